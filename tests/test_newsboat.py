"""newsboat, a feed reader that people use, reads our feeds over HTTP without complaint."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import feedparser
import pytest

from tests.serving import Serving

FEEDS = ("/feeds/archive.atom", "/feeds/archive.rss")


def newsboat(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One run with files of its own; nothing of the person at this machine is read."""
    program = shutil.which("newsboat")
    if program is None:
        pytest.fail("newsboat is missing: run python3 scripts/system_needs.py")
    own = ["-u", str(folder / "urls"), "-c", str(folder / "cache.db"), "-C", str(folder / "config")]
    log = ["-l", "3", "-d", str(folder / "log")]
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "dumb"}
    return subprocess.run(
        [program, *own, *log, *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("path", FEEDS)
def test_newsboat_reads_the_archive(serving: Serving, tmp_path: Path, path: str) -> None:
    (tmp_path / "config").write_text("auto-reload no\ncleanup-on-quit no\n")
    (tmp_path / "urls").write_text(f"{serving.url}{path}\n")
    ran = newsboat(tmp_path, "-x", "reload")
    said = (tmp_path / "log").read_text() if (tmp_path / "log").exists() else ""
    assert (ran.returncode, said) == (0, ""), (ran.stdout, ran.stderr)
    written = {entry.id for entry in feedparser.parse(serving.get(path).text).entries}
    with closing(sqlite3.connect(tmp_path / "cache.db")) as cache:
        items = list(cache.execute("SELECT guid, title, author, content FROM rss_item"))
    assert {guid for guid, *_rest in items} == written != set()
    assert all(title and author for _guid, title, author, _text in items)
    assert any("<p" in text for *_rest, text in items)
