"""From stored HTML to the inside of a chapter file: parsing, and ids that are unique in the file."""

import re
from collections import Counter

from lxml import etree

from talehouse.exports.epub import text
from talehouse.exports.epub.pictures import PictureShelf
from talehouse.exports.epub.rebuild import Rebuilder

_ID = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_NOT_ID = re.compile(r"[^\w.-]", re.ASCII)
_WRITTEN_ID = re.compile(r' id="([^"]+)"')
_WHOLE_PAGE = re.compile(r"</?(?:html|body)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


class PageText:
    """The HTML of one file. Fragments come one by one; each may link into itself and earlier ones."""

    def __init__(self, shelf: PictureShelf, base_url: str, reserved: frozenset[str] = frozenset()) -> None:
        self._shelf = shelf
        self._base_url = base_url
        self._ids = set(reserved)
        self._targets: dict[str, str] = {}

    def add(self, html: str, prefix: str = "") -> str:
        """Valid XHTML for `html`; its ids get `prefix`, and a number where they were taken."""
        tree = _parsed(text.clean(html))
        own = self._settle_ids(tree, prefix)
        _point_links(tree, {**self._targets, **own})
        markup = Rebuilder(self._shelf, self._base_url).content(tree, flow=True)
        there = self._ids_before(own) | set(_WRITTEN_ID.findall(markup))
        if _cut_links(tree, there):
            markup = Rebuilder(self._shelf, self._base_url).content(tree, flow=True)
        self._targets = {**own, **self._targets}
        return markup.strip("\n")

    def _settle_ids(self, tree: etree._Element, prefix: str) -> dict[str, str]:
        own: dict[str, str] = {}
        taken: Counter[str] = Counter()
        for node in tree.iter():
            old = str(node.attrib.pop("id", ""))
            if old and old.strip():
                new = wanted = _valid_id(prefix + old)
                while new in self._ids:
                    taken[wanted] += 1
                    new = f"{wanted}-{taken[wanted] + 1}"
                self._ids.add(new)
                own.setdefault(old, new)
                node.set("id", new)
        return own

    def _ids_before(self, own: dict[str, str]) -> set[str]:
        return set(self._targets.values()) - set(own.values())


def _parsed(html: str) -> etree._Element:
    html = _WHOLE_PAGE.sub("", html)  # the parser stops at the end of a page, wherever it stands
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True
    )
    root = etree.fromstring(f"<html><body><x-text>{html}</x-text></body></html>".encode(), parser)
    if any("depth" in error.message.lower() for error in parser.error_log):
        return _words_only(html)
    return root


def _words_only(html: str) -> etree._Element:
    """For HTML nested deeper than the parser goes: its words, without marks."""
    body = etree.Element("body")
    paragraph = etree.SubElement(body, "p")
    paragraph.text = _TAG.sub(" ", html)
    return body


def _valid_id(name: str) -> str:
    name = _NOT_ID.sub("-", name.strip())
    return name if _ID.fullmatch(name) else f"x-{name}"


def _point_links(tree: etree._Element, targets: dict[str, str]) -> None:
    for link in tree.iter("a"):
        href = (link.get("href") or "").strip()
        if href.startswith("#"):
            link.set("href", f"#{targets.get(href[1:], '')}")


def _cut_links(tree: etree._Element, there: set[str]) -> bool:
    """Take the address off links whose place is not in the file; True if there was one."""
    cut = False
    for link in tree.iter("a"):
        href = link.get("href") or ""
        if href.startswith("#") and href[1:] not in there:
            del link.attrib["href"]
            cut = True
    return cut
