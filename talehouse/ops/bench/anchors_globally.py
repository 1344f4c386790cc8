"""Edits of a whole chapter: a character renamed, other quotation marks and dashes, scenes reordered."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from talehouse.ops.bench.anchors_edits import Paragraph

CHANCE = {"rename": 0.1, "quotes": 0.1, "dashes": 0.1, "scenes": 0.05}
"""How often each happens to a chapter, whatever else is edited in it."""

NAMES = ["Oriel", "Bastiaan", "Quenby", "Ffion", "Thaddeus", "Wilhelmina", "Zoltan", "Isaura"]
QUOTES: list[dict[int, str]] = [
    str.maketrans(dict(zip("“”‘’", "\"\"''", strict=True))),
    str.maketrans({"“": "«", "”": "»"}),
    str.maketrans({"“": "„", "”": "“", '"': "”"}),
    str.maketrans({"“": "‘", "”": "’", "「": "『", "」": "』"}),
]
DASHES = [{"—": " – "}, {"—": "--"}, {"—": " — "}, {"–": "—", " - ": "—"}]

_NAME = re.compile(r"^\W*(\w+)", re.S)


def everywhere(chapter: list[Paragraph], dice: Random, did: Counter[str]) -> list[Paragraph]:
    """The chapter, with luck edited as a whole."""
    for kind, change in (("rename", _renamed), ("quotes", _quoted), ("dashes", _dashed), ("scenes", _seamed)):
        if dice.random() < CHANCE[kind]:
            chapter = change(chapter, dice)
            did[kind] += 1
    return chapter


def _renamed(chapter: list[Paragraph], dice: Random) -> list[Paragraph]:
    """The word that most often has a capital without beginning a sentence gets another name."""
    found: Counter[str] = Counter()
    for paragraph in chapter:
        for before, word in zip(paragraph, paragraph[1:], strict=False):
            first = _NAME.match(word.text)
            if first and first[1][0].isupper() and len(first[1]) > 2 and before.text[-1:].isalnum():
                found[first[1]] += 1
    if not found:
        return chapter
    name, other = found.most_common(1)[0][0], dice.choice(NAMES)
    pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return [[replace(w, text=pattern.sub(other, w.text)) for w in paragraph] for paragraph in chapter]


def _quoted(chapter: list[Paragraph], dice: Random) -> list[Paragraph]:
    table = dice.choice(QUOTES)
    return [[replace(word, text=word.text.translate(table)) for word in paragraph] for paragraph in chapter]


def _dashed(chapter: list[Paragraph], dice: Random) -> list[Paragraph]:
    table = dice.choice(DASHES)
    return [[replace(word, text=_swapped(word.text, table)) for word in paragraph] for paragraph in chapter]


def _swapped(text: str, table: dict[str, str]) -> str:
    for dash, other in table.items():
        text = text.replace(dash, other)
    return text


def _seamed(chapter: list[Paragraph], dice: Random) -> list[Paragraph]:
    """The scenes in another order: between breaks, or where there is none, thirds of the chapter."""
    breaks = [at for at, paragraph in enumerate(chapter) if not any(word.text for word in paragraph)]
    if breaks:
        scenes = [chapter[a + 1 : b] for a, b in zip([-1, *breaks], [*breaks, len(chapter)], strict=True)]
        dice.shuffle(scenes)
        rows = [[*scene, chapter[at]] for scene, at in zip(scenes, breaks, strict=False)]
        return [paragraph for row in [*rows, scenes[-1]] for paragraph in row]
    cuts = sorted(dice.choices(range(len(chapter) + 1), k=2))
    thirds = [chapter[: cuts[0]], chapter[cuts[0] : cuts[1]], chapter[cuts[1] :]]
    dice.shuffle(thirds)
    return [paragraph for third in thirds for paragraph in third]
