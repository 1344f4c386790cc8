"""Runs the whole suite on SQLite, then on PostgreSQL, and ends with the sums.

    .venv/bin/python scripts/suite.py [--slow] [-- PYTEST-ARGUMENT…]

What asks no database runs on SQLite only. So do the browser's tests; `--slow` runs them on PostgreSQL too,
after the tests that are marked slow, on SQLite, which are left out otherwise. The last line is `N passed, N
failed`, over both. The status is 1 when a test failed, broke or was skipped (a skip hides a missing part), or
when a run collected nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2


def count(report: Path) -> Counter[str]:
    """The totals of one run, from pytest's own report; a test that broke outside its body failed too."""
    totals: Counter[str] = Counter()
    if not report.exists():
        return totals
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        totals += Counter(
            failed=bad, skipped=skipped, passed=max(0, int(suite.get("tests", 0)) - bad - skipped)
        )
    return totals


def run(name: str, before: list[str], arguments: list[str], folder: Path) -> tuple[int, Counter[str]]:
    """One run of the suite on one database: pytest's status and its totals."""
    print(f"\nThe suite on {name}", flush=True)
    report = folder / f"{name}.xml"
    command = [*before, sys.executable, "-m", "pytest", "-q", f"--junitxml={report}"]
    command += ["-n", str(WORKERS), "--dist", "loadfile", *arguments]
    environment = dict(os.environ)
    environment.pop("TALEHOUSE_DATABASE_URL", None)
    done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
    return done.returncode, count(report)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="The suite on SQLite and on PostgreSQL.")
    parser.add_argument("--slow", action="store_true", help="the slow tests, and the browser's on PostgreSQL")
    parser.add_argument("rest", nargs="*", help="arguments for pytest, after --")
    return parser.parse_args()


def main() -> int:
    """Runs both, sums up, and judges."""
    asked = parse()
    first, second = ("slow", "browser") if asked.slow else ("not slow", "not slow and not browser")
    beside_postgres = [sys.executable, str(ROOT / "scripts" / "with_postgres.py")]
    with tempfile.TemporaryDirectory(prefix="talehouse-suite-") as name:
        folder = Path(name)
        runs = [
            run("SQLite", [], [*asked.rest, "-m", first], folder),
            run("PostgreSQL", beside_postgres, [*asked.rest, "-m", second], folder),
        ]
    totals = sum((counted for _, counted in runs), Counter[str]())
    print()
    if totals["skipped"]:
        print(f"{totals['skipped']} skipped: a test that does not run is a failure here, see above.")
    print(f"{totals['passed']} passed, {totals['failed']} failed", flush=True)
    return 1 if totals["failed"] or totals["skipped"] or any(status for status, _ in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
