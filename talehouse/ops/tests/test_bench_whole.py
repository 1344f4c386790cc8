"""The whole bench from end to end, small: real servers, wrk, nginx."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

KEYS = {"rps", "p50_ms", "p99_ms", "bytes", "queries"}
PAGES = {
    "part_visitor",
    "part_signed_in",
    "story",
    "home",
    "browse",
    "beacon",
    "read",
    "not_modified",
    "mixed",
}


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder for temporary files with a short name: the path of a Unix socket has at most 107 bytes."""
    with TemporaryDirectory(prefix="bench-") as name:
        yield Path(name)


@pytest.mark.slow
@pytest.mark.sqlite
def test_the_bench_measures_everything_and_leaves_nothing(tmp_path: Path, scratch: Path) -> None:
    """Needs wrk and nginx; without them the bench fails, with the sentence that names them."""
    command = [sys.executable, "-m", "talehouse.ops.cli", "bench", "pages", "--quick", "--rounds", "2"]
    command += ["--stories", "20", "--words", "300", "--json", "--data", str(tmp_path / "data")]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told["ratios"]) == {
        "part_visitor_vs_nginx",
        "part_visitor_vs_django",
        "part_signed_in_vs_django",
    }
    assert all(value > 0 for value in told["ratios"].values())
    assert set(told["pages"]) == PAGES
    assert all(set(figures) >= KEYS and figures["requests"] > 0 for figures in told["pages"].values())
    assert told["memory_mb"] > 0
    assert told["cold_start_s"] > 0
    assert told["recount_differences"] == 0
    assert list(scratch.iterdir()) == []
