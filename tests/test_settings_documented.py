"""Each `TALEHOUSE_…` that the code reads stands in docs/settings.md, and nothing else does."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r"\bTALEHOUSE_[A-Z0-9_]*[A-Z0-9]\b")


def names_in_code() -> dict[str, str]:
    """Every setting that a module of the product names, with one file that names it."""
    modules = [path for folder in ("config", "talehouse") for path in sorted((ROOT / folder).rglob("*.py"))]
    return {
        name: str(path.relative_to(ROOT))
        for path in modules
        if "tests" not in path.relative_to(ROOT).parts
        for name in NAME.findall(path.read_text())
    }


def names_in_docs() -> set[str]:
    """Every setting that the document names."""
    return set(NAME.findall((ROOT / "docs" / "settings.md").read_text()))


def test_every_setting_is_documented() -> None:
    documented = names_in_docs()
    assert {name: where for name, where in names_in_code().items() if name not in documented} == {}


def test_every_documented_setting_is_read() -> None:
    assert names_in_docs() - set(names_in_code()) == set()


def test_the_names_are_found() -> None:
    assert "TALEHOUSE_DATA" in names_in_code()
