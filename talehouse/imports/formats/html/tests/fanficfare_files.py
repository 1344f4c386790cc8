# ruff: noqa: E501
"""Files as FanFicFare writes them, made by FanFicFare itself from its offline site."""

from __future__ import annotations

from pathlib import Path

import pytest
from fanficfare.cli import main as run


def download(folder: Path, story: int, form: str, monkeypatch: pytest.MonkeyPatch, *options: str) -> bytes:
    """The bytes of a story of test1.com in one form ("epub", "html")."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    chosen = [part for option in ("is_adult=true", *options) for part in ("-o", option)]
    run(["--non-interactive", "-f", form, *chosen, f"http://test1.com?sid={story}"])
    [made] = folder.glob(f"*.{form}")
    return made.read_bytes()


CHAPTERS = [
    "Prologue tests:[bare amp(&) qt(') amp(&) gt(>) lt(<) ATnT(AT&T) L(£) Onna(女)]",
    "Chapter 1, Xenos on Cinnabar", "Chapter 2, Sinmay on Kintikin", 'Chapter 3, "Over" Cinnabar', "Chapter 4 & 4.5",
    "Chapter 5 < 5.4", "Chapter A & B < C > D", "Chapter 7", "Chapter 8",
]  # fmt: skip
"""What that site's adapter calls its chapters."""
