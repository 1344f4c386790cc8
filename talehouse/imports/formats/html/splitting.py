"""Cutting one document at the places that the table of contents points to. No text is lost or doubled."""

from __future__ import annotations

from lxml import etree
from lxml.etree import _Element

from talehouse.imports.formats.html.tree import BLOCK, CONTAINERS, is_empty, tag_of


def split_at(body: _Element, targets: list[_Element]) -> list[_Element]:
    """Bodies in order: what stands before the first target (perhaps empty), then one per target.

    Targets must be in document order. Each is moved out to the edge of the blocks that it opens, so
    that headings stay whole. Nodes are moved, not copied: the work grows with the document only.
    """
    cuts = [_edge(target, body) for target in targets]
    after: list[_Element] = []
    for cut in reversed(cuts):
        after.append(_split_before(body, cut) if cut is not None else etree.Element("body"))
    return [body, *reversed(after)]


def _edge(target: _Element, body: _Element) -> _Element | None:
    """The element to cut before: the outermost one that begins with the target."""
    cut = target
    if tag_of(target) not in BLOCK:
        cut = _block_edge(target)
    while True:
        parent = cut.getparent()
        if parent is None or parent is body or cut is body:
            break
        if (parent.text or "").strip() or any(
            not _blank(before) for before in cut.itersiblings(preceding=True)
        ):
            break
        cut = parent
    return None if cut is body else cut


def _block_edge(target: _Element) -> _Element:
    """For an anchor inside a paragraph: the paragraph, or the next one if only the anchor's end is left."""
    block = target
    for parent in target.iterancestors():
        if tag_of(parent) in CONTAINERS:
            break
        block = parent
        if tag_of(parent) in BLOCK:
            break
    follows = block.getnext()
    if block is not target and follows is not None and not _text_after(target, block) and not is_empty(block):
        return follows
    return block


def _text_after(target: _Element, block: _Element) -> bool:
    """Whether anything stands in the target or behind it in its block."""
    if not is_empty(target):
        return True
    at = target
    while at is not block:
        if (at.tail or "").strip() or any(not _blank(sibling) for sibling in at.itersiblings()):
            return True
        parent = at.getparent()
        if parent is None:
            return False
        at = parent
    return False


def _blank(element: _Element) -> bool:
    return is_empty(element) and not (element.tail or "").strip()


def _split_before(body: _Element, cut: _Element) -> _Element:
    """Move `cut` and all that follows it into a new body, inside copies of the elements around it."""
    chain: list[_Element] = []
    for parent in cut.iterancestors():
        chain.append(parent)
        if parent is body:
            break
    moved = _shell(chain[0])
    _move_from(cut, moved)
    for index, parent in enumerate(chain[:-1]):
        above = _shell(chain[index + 1])
        moved.tail, parent.tail = parent.tail, None
        above.append(moved)
        following = parent.getnext()
        if following is not None:
            _move_from(following, above)
        moved = above
    return moved


def _shell(element: _Element) -> _Element:
    """An empty copy of an element, without its id."""
    copy = etree.Element(tag_of(element) or "div", dict(element.attrib))
    copy.attrib.pop("id", None)
    return copy


def _move_from(first: _Element, into: _Element) -> None:
    at: _Element | None = first
    while at is not None:
        following = at.getnext()
        into.append(at)
        at = following
