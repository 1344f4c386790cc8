"""The paragraphs of a saved Wattpad page, told apart from what the site put between them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from talehouse.imports.formats.text.prose import blocks_of
from talehouse.imports.formats.wattpad import furniture

_EDGE_BLOCKS = 4
_DEDICATION = re.compile(
    r"^\s*[•·]\s*(?=\S)(?P<text>(?:dedicated|dedicado|dedicada|dédié|gewidmet|dedicato|dedik)\b.{1,160})$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Body:
    """Paragraphs as lists of lines; `dropped` counts the site's own lines by what they are."""

    paragraphs: list[list[str]] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    doubtful_numbers: list[str] = field(default_factory=list)
    dedication: str = ""


def read(lines: list[str]) -> Body:
    """The paragraphs between the page's head and its closing lines."""
    found = Body()
    blocks = _pictures(_paragraphs(lines), found)
    blocks = _advertisements(blocks, found)
    blocks = _edges(blocks, found)
    if blocks and (match := _DEDICATION.match(blocks[0][0])):
        found.dedication = match["text"].strip()
        blocks = [blocks[0][1:], *blocks[1:]] if blocks[0][1:] else blocks[1:]
    found.paragraphs = _comment_counts(blocks, found)
    return found


def _paragraphs(lines: list[str]) -> list[list[str]]:
    """Blank lines part paragraphs; in a page saved without them every line is one."""
    blocks = blocks_of("\n".join(lines))
    count = sum(map(len, blocks))
    if count > 8 and len(blocks) * 6 <= count:
        return [[line] for block in blocks for line in block]
    return blocks


def _pictures(blocks: list[list[str]], found: Body) -> list[list[str]]:
    """Drop the sentence where a picture stood, and the caption before it that repeats a neighbour."""
    kept: list[list[str]] = []
    for at, block in enumerate(blocks):
        rest = [line for line in block if not furniture.PICTURE_GONE.fullmatch(line)]
        if len(rest) == len(block):
            kept.append(block)
            continue
        found.dropped[_("pictures that the page no longer showed")] += 1
        if rest:
            kept.append(rest)
        elif kept and _repeats(kept[-1], [*kept[-2:-1], *blocks[at + 1 : at + 2]]):
            kept.pop()
    return kept


def _repeats(caption: list[str], neighbours: list[list[str]]) -> bool:
    """The site captions a picture with the first sentence of the paragraph beside it."""
    words = _flat(caption).rstrip(".…")
    return bool(words) and any(_flat(neighbour).startswith(words) for neighbour in neighbours)


def _flat(block: list[str]) -> str:
    return " ".join(" ".join(block).split())


def _advertisements(blocks: list[list[str]], found: Body) -> list[list[str]]:
    kept = [[line for line in block if not furniture.ADVERTISEMENT.fullmatch(line)] for block in blocks]
    dropped = sum(map(len, blocks)) - sum(map(len, kept))
    if dropped:
        found.dropped[_("“Advertisement”")] += dropped
    return [block for block in kept if block]


def _edges(blocks: list[list[str]], found: Body) -> list[list[str]]:
    """Buttons and labels at the very top and bottom; the same words inside the text are the writer's."""
    for at in (0, -1):
        for _turn in range(_EDGE_BLOCKS):
            if not blocks or not all(map(furniture.is_edge, blocks[at])):
                break
            for line in blocks.pop(at):
                found.dropped[f"“{line.strip()}”"] += 1
    return blocks


def _comment_counts(blocks: list[list[str]], found: Body) -> list[list[str]]:
    """Take out numbers alone on a line only where they plainly are Wattpad's counts of inline comments."""
    numbers = [
        (at, block[-1].strip()) for at, block in enumerate(blocks) if furniture.COUNT.fullmatch(block[-1])
    ]
    if not numbers:
        return blocks
    if not _are_counts(blocks, numbers):
        found.doubtful_numbers = [number for _at, number in numbers]
        return blocks
    found.dropped[_("counts of comments on paragraphs")] += len(numbers)
    places = {at for at, _number in numbers}
    kept = [block[:-1] if at in places else block for at, block in enumerate(blocks)]
    return [block for block in kept if block]


def _are_counts(blocks: list[list[str]], numbers: list[tuple[int, str]]) -> bool:
    """At least three, each after a paragraph of words, at least one in six paragraphs, and no 1, 2, 3 … or
    3, 2, 1."""
    if len(numbers) < 3 or len(numbers) * 6 < len(blocks) - len(numbers):
        return False
    after_words = all(
        len(blocks[at]) > 1 or (at and not furniture.COUNT.fullmatch(blocks[at - 1][-1]))
        for at, _number in numbers
    )
    values = [int(number) if number.isdecimal() else -1 for _at, number in numbers]
    steps = {after - before for before, after in zip(values, values[1:], strict=False)}
    return after_words and steps not in ({1}, {-1})
