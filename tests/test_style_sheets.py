"""One class, one meaning: sheets of the same page never style a class of one another by accident."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from django.contrib.staticfiles import finders

from talehouse.lib.statics import BUNDLES

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
HEAD = re.compile(r"([^{};]+)\{")
ALONE = re.compile(r"\.([\w-]+)(?:::?[\w-]+(?:\([^)]*\))?)*")


def selectors(sheet: str) -> list[str]:
    path = finders.find(sheet)
    assert isinstance(path, str), sheet
    with open(path, encoding="utf-8") as file:
        css = COMMENT.sub("", file.read())
    return [one.strip() for head in HEAD.findall(css) for one in re.split(r",(?![^(]*\))", head)]


@pytest.mark.parametrize("bundle", [name for name in BUNDLES if name.endswith(".css")])
def test_a_class_that_one_room_styles_everywhere_is_no_other_rooms_word(bundle: str) -> None:
    everywhere: dict[str, set[str]] = defaultdict(set)
    joined: dict[str, set[str]] = defaultdict(set)
    for sheet in BUNDLES[bundle]:
        for selector in selectors(sheet):
            if alone := ALONE.fullmatch(selector):
                everywhere[alone[1]].add(sheet)
            for compound in re.split(r"[\s>+~]+", selector):
                names = re.findall(r"\.([A-Za-z][\w-]*)", re.sub(r":[\w-]+\([^)]*\)", "", compound))
                for name in names[1:]:
                    joined[name].add(sheet)
    twice = {name: sheets for name, sheets in everywhere.items() if len(sheets) > 1}
    assert not twice, f"styled everywhere by two sheets: {twice}"
    strays = {
        name: (sheets, joined[name] - sheets)
        for name, sheets in everywhere.items()
        if joined[name] - sheets and not next(iter(sheets)).startswith("base/")
    }
    assert not strays, f"styled everywhere by one sheet, and a mark of something else in another: {strays}"
