"""Blocks of a Word document to the items of an outline: headings, scene breaks, lists, quotations."""

from __future__ import annotations

import html
from collections import Counter
from itertools import pairwise

from talehouse.imports.formats.docx.blocks import Block
from talehouse.imports.formats.text.headings import Heading, counted, heading_of
from talehouse.imports.formats.text.outline import Item, is_front_matter
from talehouse.imports.formats.text.prose import is_ornament

_SHORT = 70
_RARE = 5
"""Gaps are scene breaks when at most one paragraph in this many has one before it."""


def mark_headings(blocks: list[Block]) -> None:
    """Give chapters a level where the document has no heading styles: by their words, else by their place
    and look."""
    titles = [block for block in blocks if block.style == "title"]
    if len(titles) > 1:
        for block in blocks:
            block.heading = 1 if block.style == "title" else block.heading + 1 if block.heading else 0
        return
    if any(block.heading for block in blocks):
        return
    named = [block for block in blocks if _named(block)]
    if len(named) < 2:
        named = [block for at, block in enumerate(blocks) if at and block.breaks and _titled(block)]
    if len(named) < 2:
        bare = {at: found for at, block in enumerate(blocks) if (found := _bare(block))}
        named = [blocks[at] for at in sorted(counted(bare))]
    if len(named) < 2:
        return
    for block in named:
        found = heading_of(block.text)
        block.heading = 1 if found and found.section else 2


def _named(block: Block) -> bool:
    if block.whole or block.listed or len(block.text) > 120 or block.html.count("<br>") > 1:
        return False
    found = heading_of(block.text.replace("\n", " "))
    if found is None:
        return is_front_matter(block.text)
    return not found.bare or block.breaks or block.align == "center"


def _bare(block: Block) -> Heading | None:
    found = None if block.whole or block.listed or len(block.text) > 12 else heading_of(block.text)
    return found if found and found.bare else None


def _titled(block: Block) -> bool:
    """The first line of a page, short and centred or bold."""
    short = len(block.text) <= _SHORT and block.text.rstrip()[-1:] not in ",;" and not is_ornament(block.text)
    return short and not block.whole and not block.listed and (block.align == "center" or block.bold)


def scene_breaks(blocks: list[Block]) -> tuple[set[int], bool]:
    """Indexes of blocks with a scene break before them, and whether the blank paragraphs were too many to
    tell.

    One blank between all paragraphs is only spacing: then two are a break. A page break inside a chapter is
    one.
    """
    pairs = [at for at, (before, block) in enumerate(pairwise(blocks), 1) if _plain(before) and _plain(block)]
    gaps = Counter(min(blocks[at].gap, 3) for at in pairs)
    spaced = sum(count for gap, count in gaps.items() if gap)
    usual = gaps.most_common(1)[0][0] if gaps and spaced * 2 > len(pairs) else 0
    wide = [at for at in pairs if blocks[at].gap > usual]
    doubtful = len(wide) * _RARE > len(pairs) and len(wide) > 1 and len(pairs) > 3
    breaks = {at for at in pairs if blocks[at].breaks}
    return breaks | (set() if doubtful else set(wide)), doubtful


def _plain(block: Block) -> bool:
    return not block.heading and block.style not in {"title", "subtitle"} and not is_ornament(block.text)


def items_of(blocks: list[Block], breaks: set[int]) -> list[Item]:
    """The items in order; neighbouring list items and quoted paragraphs are put together."""
    items: list[Item] = []
    at = 0
    while at < len(blocks):
        block = blocks[at]
        if at in breaks:
            items.append(Item("<hr>", ""))
        end = _run_end(blocks, at, breaks)
        if block.listed:
            items.append(_list(blocks[at:end]))
        elif block.quote:
            inner = "".join(_paragraph(one) for one in blocks[at:end])
            items.append(
                Item(f"<blockquote>{inner}</blockquote>", " ".join(one.text for one in blocks[at:end]))
            )
        else:
            items.append(_item(block))
        at = end
    return items


def _run_end(blocks: list[Block], start: int, breaks: set[int]) -> int:
    """The end of the list or quotation that begins at `start`; one further for anything else."""
    block, end = blocks[start], start + 1
    if not (block.listed or block.quote):
        return end
    while end < len(blocks) and end not in breaks and not blocks[end].heading:
        same = (
            blocks[end].listed is not None if block.listed else blocks[end].quote and not blocks[end].listed
        )
        if not same:
            break
        end += 1
    return end


def _item(block: Block) -> Item:
    if block.whole:
        return Item(block.html, block.text)
    if not block.heading:
        return Item(_paragraph(block), block.text)
    text = " ".join(f"{block.number} {block.text}".split())
    number = html.escape(block.number, quote=False) + " " if block.number else ""
    level = min(block.heading + 1, 6)
    return Item(f"<h{level}>{number}{block.html}</h{level}>", text, block.heading)


def _paragraph(block: Block) -> str:
    if is_ornament(block.text) and "\x00" not in block.html and "<img" not in block.html:
        return "<hr>"
    align = f' style="text-align:{block.align}"' if block.align else ""
    direction = ' dir="rtl"' if block.rtl else ""
    return f"<p{align}{direction}>{block.html}</p>"


def _list(blocks: list[Block]) -> Item:
    """Nested lists from Word's levels."""
    shown, stack = "", list[str]()
    for block in blocks:
        kind, depth = block.listed or ("ul", 0)
        while len(stack) > depth + 1:
            shown += f"</li></{stack.pop()}>"
        if len(stack) == depth + 1 and stack[-1] != kind and depth == 0:
            shown += f"</li></{stack.pop()}>"
        if len(stack) == depth + 1:
            shown += "</li><li>"
        while len(stack) < depth + 1:
            stack.append(kind)
            shown += f"<{kind}><li>"
        shown += block.html
    while stack:
        shown += f"</li></{stack.pop()}>"
    return Item(shown, "\n".join(block.text for block in blocks))
