"""Footnotes: finds references and notes however a program wrote them, and gives both our ids.

A reference is a link to a place in the same text that is marked as one (`epub:type`, `role`, a class that
programs use), or whose text is a note's mark ("1", "[2]", "*") and whose target stands further on. A link
back leads from inside the note to the block of its reference. Our ids are `fn-KEY` and `fnref-KEY`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from talehouse.lib.html.tree import BLOCKS, Node, text, walk

_OURS = re.compile(r"fn-([A-Za-z0-9._-]{1,40})")
_OUR_REF = re.compile(r"fnref-[A-Za-z0-9._-]{1,40}")
_MARK = re.compile(r"[\s\[({]*(\d{1,4}|[ivxlc]{1,6}|[a-z]|[*†‡§¶#]{1,4})[\s\])}.]*", re.IGNORECASE)
_REFERENCE = re.compile(r"noteref|footnote-?ref|doc-noteref", re.IGNORECASE)
_BACK = re.compile(r"backlink|back-?ref|footnote-?back|footnote-return", re.IGNORECASE)
_SECTION = re.compile(r"(doc-)?(footnotes?|endnotes?|rearnotes?)", re.IGNORECASE)
_SECTION_TAGS = ("section", "div", "aside")


class Notes:
    """The footnotes of one tree; `mark` writes what it finds into the attributes (names with a star)."""

    def __init__(self, tree: Sequence[Node | str]) -> None:
        self._nodes = list(walk(tree))
        self._order = {id(node): number for number, node in enumerate(self._nodes)}
        self._places: dict[str, Node] = {}
        for node in self._nodes:
            for name in (node.attrs.get("id"), node.attrs.get("name") if node.tag == "a" else None):
                if name:
                    self._places.setdefault(name, node)
        self._keys: dict[int, str] = {}
        self._refs: dict[int, list[Node]] = {}
        self._taken = {name for name in self._places if _OURS.fullmatch(name) or _OUR_REF.fullmatch(name)}

    def mark(self) -> None:
        """References and notes get `*id` and `*href`, sections of notes `*notes`."""
        for node in self._nodes:
            if node.tag in _SECTION_TAGS and _is_section(node):
                node.attrs["*notes"] = ""
        links = [(node, self._target(node)) for node in self._nodes if node.tag == "a"]
        inner = [(link, target) for link, target in links if target is not None]
        refs = {id(link) for link, target in inner if self._is_reference(link, target)}
        for link, target in inner:
            if id(link) in refs:
                self._refer(link, target)
        for link, target in inner:
            if id(link) not in refs:
                self._lead_back(link, target)

    def _target(self, link: Node) -> Node | None:
        href = link.attrs.get("href", "")
        return self._places.get(href[1:]) if href.startswith("#") else None

    def _is_reference(self, link: Node, target: Node) -> bool:
        name = link.attrs["href"][1:]
        if _OURS.fullmatch(name):
            return True
        said = _said(link)
        if _OUR_REF.fullmatch(name) or _BACK.search(said):
            return False
        ahead = self._order[id(target)] > self._order[id(link)] and _block(target) is not _block(link)
        return ahead and bool(_REFERENCE.search(said) or _MARK.fullmatch(text(link.children)))

    def _refer(self, link: Node, target: Node) -> None:
        name = link.attrs["href"][1:]
        ours = _OURS.fullmatch(name)
        note = target if ours else (_block(target) or target)
        key = self._keys.get(id(note))
        if key is None:
            key = ours[1] if ours else self._fresh_key()
            self._keys[id(note)] = key
            note.attrs["*id"] = f"fn-{key}"
            if note.tag in _SECTION_TAGS:
                note.attrs["*notes"] = ""
        own = link.attrs.get("id", "")
        keeps = _OUR_REF.fullmatch(own) and self._places.get(own) is link
        link.attrs |= {"*fn": "", "*href": f"#fn-{key}", "*id": own if keeps else self._fresh_ref(key)}
        self._refs.setdefault(id(note), []).append(link)

    def _fresh_key(self) -> str:
        number = len(self._keys) + 1
        while f"fn-{number}" in self._taken or f"fnref-{number}" in self._taken:
            number += 1
        self._taken.add(f"fn-{number}")
        return str(number)

    def _fresh_ref(self, key: str) -> str:
        name, number = f"fnref-{key}", 1
        while name in self._taken:
            number += 1
            name = f"fnref-{key[:30]}.{number}"
        self._taken.add(name)
        return name

    def _lead_back(self, link: Node, target: Node) -> None:
        if target.attrs.get("*id", "").startswith("fnref-") and "*fn" in target.attrs:
            link.attrs["*href"] = "#" + target.attrs["*id"]
            return
        node: Node | None = link
        while node is not None and id(node) not in self._refs:
            node = node.parent
        for ref in self._refs[id(node)] if node is not None else []:
            if _block(ref) is _block(target):
                link.attrs["*href"] = "#" + ref.attrs["*id"]
                return


def _said(link: Node) -> str:
    return " ".join(link.attrs.get(name, "") for name in ("epub:type", "role", "class"))


def _is_section(node: Node) -> bool:
    said = " ".join(node.attrs.get(name, "") for name in ("epub:type", "role", "class")).split()
    return any(_SECTION.fullmatch(word) for word in said)


def _block(node: Node) -> Node | None:
    """The block that holds `node`, itself if it is one."""
    here: Node | None = node
    while here is not None and here.tag not in BLOCKS:
        here = here.parent
    return here


def settle(blocks: list[Node]) -> None:
    """Ids that nothing links to and links that lead nowhere go; an id stands once."""
    nodes = list(walk(blocks))
    ids: dict[str, Node] = {}
    for node in nodes:
        if "id" in node.attrs and ids.setdefault(node.attrs["id"], node) is not node:
            del node.attrs["id"]
    linked = {node.attrs["href"][1:] for node in nodes if node.attrs.get("href", "").startswith("#")}
    dead = linked - ids.keys()
    for node in nodes:
        if node.attrs.get("id", "") not in linked:
            node.attrs.pop("id", None)
        if any(_is_dead(child, dead) for child in node.children):
            node.children = _without_dead(node.children, dead)
    if dead:
        settle(blocks)  # a reference that went may have been where a link back led


def _is_dead(child: Node | str, dead: set[str]) -> bool:
    if isinstance(child, str):
        return False
    if child.tag == "a":
        return child.attrs["href"].startswith("#") and child.attrs["href"][1:] in dead
    return child.tag == "span" and not child.attrs


def _without_dead(children: Sequence[Node | str], dead: set[str]) -> list[Node | str]:
    kept: list[Node | str] = []
    for child in children:
        if isinstance(child, Node) and _is_dead(child, dead):
            kept += _without_dead(child.children, dead)
        else:
            kept.append(child)
    return kept


def gather(blocks: list[Node]) -> list[Node]:
    """Top-level notes stand in `<section class="footnotes">`; sections that touch become one."""
    gathered: list[Node] = []
    for block in blocks:
        if block.tag == "section" or _is_note(block):
            inner = block.children if block.tag == "section" else [block]
            if not gathered or gathered[-1].tag != "section":
                gathered.append(Node("section", {"class": "footnotes"}))
            gathered[-1].children += inner
        else:
            gathered.append(block)
    return gathered


def _is_note(block: Node) -> bool:
    items = block.children if block.tag in ("ul", "ol") else []
    holders = [block, *(item for item in items if isinstance(item, Node))]
    return any(holder.attrs.get("id", "").startswith("fn-") for holder in holders)
