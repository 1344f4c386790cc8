"""Turns any parsed HTML into XHTML that is valid inside a chapter, keeping every word.

An element that may not stand where it stands gives way to its children. Each function returns
markup; text is escaped on the way out, so what comes out is always well-formed.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from lxml import etree

from talehouse.exports.epub import elements, links, text
from talehouse.exports.epub.pictures import PictureShelf

_CLASS = re.compile(r"[\w-]+")
_DATA = re.compile(r"data-[a-z][a-z-]*")
_DEEPEST = 60

Item = tuple[etree._Element | None, str]
"""A child element, or None with the text that stands between the children."""


class Rebuilder:
    """Writes one fragment. Ids and inner links are expected to be settled in the tree already."""

    def __init__(self, shelf: PictureShelf, base_url: str) -> None:
        self._shelf = shelf
        self._base_url = base_url
        self._open: list[str] = []
        self._depth = 0

    def content(self, node: etree._Element, flow: bool) -> str:
        """The children of `node`, where blocks may stand (`flow`) or only text."""
        return self._items(_items(node), flow)

    def _items(self, items: Iterable[Item], flow: bool) -> str:
        return "".join(
            text.xml(words) if child is None else self.element(child, flow) for child, words in items
        )

    def element(self, node: etree._Element, flow: bool) -> str:
        """One element, valid where blocks may stand (`flow`) or where only text may."""
        self._depth += 1
        try:
            return self._element(node, flow)
        finally:
            self._depth -= 1

    def _element(self, node: etree._Element, flow: bool) -> str:
        tag = elements.RENAMED.get(str(node.tag), str(node.tag))
        if self._depth > _DEEPEST:
            return text.xml("".join(map(str, node.itertext())))
        if tag in elements.DROPPED:
            return ""
        if tag in elements.VOID:
            return self._void(node, tag, flow)
        if not self._fits(tag, flow):
            return self._given_way(node, tag, flow)
        if tag in elements.STRUCTURES:
            return self._structure(node, tag)
        inner_flow = tag in elements.FLOW or (tag in elements.TRANSPARENT and flow)
        return self._wrapped(node, tag, lambda: self.content(node, inner_flow))

    def _fits(self, tag: str, flow: bool) -> bool:
        if tag in elements.ONLY_INSIDE or (tag in elements.NOT_NESTED and tag in self._open):
            return False
        known = tag in elements.PHRASING or tag in elements.TRANSPARENT
        return known or (flow and tag in elements.BLOCKS)

    def _given_way(self, node: etree._Element, tag: str, flow: bool) -> str:
        """The children alone; a block inside a line leaves line breaks so that its words stay apart."""
        if tag in ("rt", "rp"):
            inner = self.content(node, flow=False)
            return f"({inner})" if tag == "rt" else inner.strip("()（）")
        block = tag in elements.BLOCKS or tag in elements.ONLY_INSIDE or tag in ("table", "tr")
        inner = self.content(node, flow)
        if block and flow and inner.strip():
            return f"<div>{inner}</div>"
        return f"{inner}<br/>" if block and inner.strip() else inner

    def _void(self, node: etree._Element, tag: str, flow: bool) -> str:
        """A void element, then what a lenient parser may have put into it."""
        if tag == "img":
            mark = self._picture(node)
        elif tag == "hr" and not flow:
            mark = "<br/>"
        else:
            mark = f"<{tag}{self.attributes(node, tag)}/>"
        return mark + self.content(node, flow)

    def _picture(self, node: etree._Element) -> str:
        alt = text.line(node.get("alt") or "")
        name = self._shelf.place(node.get("src") or "", alt)
        if name is None:
            return f'<span class="no-picture">{text.xml(alt)}</span>' if alt else ""
        return f'<img src="{name}" alt="{text.attribute(alt)}"{self.attributes(node, "img")}/>'

    def _wrapped(self, node: etree._Element, tag: str, inner: Callable[[], str]) -> str:
        attributes = self.attributes(node, tag)
        if tag == "a" and "href=" not in attributes:
            tag = "span"
            if not attributes:
                return inner()
        if tag == "bdo" and ' dir="' not in attributes:
            tag = "bdi"
        self._open.append(tag)
        try:
            return f"<{tag}{attributes}>{inner()}</{tag}>"
        finally:
            self._open.pop()

    def _structure(self, node: etree._Element, tag: str) -> str:
        shapes: dict[str, Callable[[etree._Element], str | None]] = {
            "ul": self._list,
            "ol": self._list,
            "dl": self._definitions,
            "table": self._table,
            "ruby": self._ruby,
            "figure": self._figure,
            "details": self._details,
        }
        found: list[str] = []

        def inner() -> str:
            content = shapes[tag](node)
            found.append(content or "")
            return found[0]

        markup = self._wrapped(node, tag, inner)
        if found[0]:
            return markup
        return (
            self.content(node, flow=False) if tag == "ruby" else f"<div>{self.content(node, flow=True)}</div>"
        )

    def _kept(self, child: etree._Element, flow: bool) -> str:
        """A child of a structure, under its own name."""
        tag = str(child.tag)
        return self._wrapped(child, tag, lambda: self.content(child, flow))

    def _list(self, node: etree._Element) -> str | None:
        out = []
        for child, words in _items(node):
            if child is not None and child.tag == "li":
                out.append(self._kept(child, flow=True))
            elif inner := text.xml(words) if child is None else self.element(child, flow=True):
                out.append(f"<li>{inner}</li>" if inner.strip() else inner)
        return "".join(out)

    def _definitions(self, node: etree._Element) -> str | None:
        pattern = "".join(_letter(child, words) for child, words in _items(node))
        if not re.fullmatch(r"(?:t+d+)+", pattern):
            return None
        return "".join(self._kept(child, flow=child.tag == "dd") for child in node)

    def _details(self, node: etree._Element) -> str | None:
        items = list(_items(node))
        first = next((child for child, words in items if child is not None or words.strip()), None)
        if first is None or first.tag != "summary":
            return None
        return self._kept(first, flow=False) + self._items(
            (item for item in items if item[0] is not first), flow=True
        )

    def _figure(self, node: etree._Element) -> str | None:
        captions = [child for child in node if child.tag == "figcaption"]
        if not captions:
            return self.content(node, flow=True)
        caption = captions[0]
        leads = node[0] is caption and not (node.text or "").strip()
        ends = node[-1] is caption and not (caption.tail or "").strip()
        if len(captions) > 1 or not (leads or ends):
            return None
        body = self._items((item for item in _items(node) if item[0] is not caption), flow=True)
        title = self._kept(caption, flow=True)
        return title + body if leads else body + title

    def _ruby(self, node: etree._Element) -> str | None:
        items = [(child, words) for child, words in _ruby_items(node) if child is not None or words.strip()]
        pattern = "".join(_letter(child, words) for child, words in items)
        if not re.fullmatch(r"(?:b+(?:r|prp)+)+", pattern):
            return None
        return "".join(
            text.xml(words)
            if child is None
            else self._kept(child, flow=False)
            if child.tag in ("rt", "rp")
            else self.element(child, flow=False)
            for child, words in items
        )

    def _table(self, node: etree._Element) -> str | None:
        groups = [child for child in node if child.tag in ("thead", "tbody", "tfoot", "tr")]
        others = [
            c for c in node if c.tag not in ("thead", "tbody", "tfoot", "tr", "caption", "colgroup", "col")
        ]
        captions = [child for child in node if child.tag == "caption"]
        stray = (node.text or "").strip() or any((child.tail or "").strip() for child in node)
        if not groups or others or stray or len(captions) > 1:
            return None
        body = "".join(self._rows(group, group is groups[0], group is groups[-1]) for group in groups)
        return "".join(self._kept(caption, flow=False) for caption in captions) + body

    def _rows(self, group: etree._Element, first: bool, last: bool) -> str:
        if group.tag == "tr":
            return f"<tbody>{self._row(group)}</tbody>"
        tag = str(group.tag)
        if (tag == "thead" and not first) or (tag == "tfoot" and not last):
            tag = "tbody"
        return f"<{tag}>{''.join(self._row(row) for row in group)}</{tag}>"

    def _row(self, row: etree._Element) -> str:
        if row.tag != "tr":
            return f"<tr><td>{self.content(row, flow=True)}</td></tr>"
        cells = []
        for child, words in _items(row):
            if child is not None and child.tag in ("td", "th"):
                cells.append(self._kept(child, flow=child.tag == "td"))
            elif inner := text.xml(words) if child is None else self.element(child, flow=True):
                cells.append(f"<td>{inner}</td>" if inner.strip() else inner)
        return f"<tr>{''.join(cells)}</tr>"

    def attributes(self, node: etree._Element, tag: str) -> str:
        """The attributes that are kept, in a fixed order, with a space before each."""
        kept: dict[str, str | None] = {"id": node.get("id"), "class": _classes(node)}
        kept.update(_language(node))
        kept["dir"] = node.get("dir") if node.get("dir") in ("ltr", "rtl", "auto") else None
        kept["title"] = text.line(node.get("title") or "") or None
        for name, check in elements.CHECKED.get(tag, {}).items():
            kept[name] = check((node.get(name) or "").strip())
        if tag == "li" and self._open and self._open[-1] == "ol":
            kept["value"] = elements.integer(node.get("value") or "")
        for name in sorted(str(key) for key in node.attrib):
            if _DATA.fullmatch(name):
                kept[name] = text.clean(node.get(name) or "")
        if tag == "a":
            kept["href"] = self._href(node.get("href") or "")
        kept.update(_meaning(node, tag, kept.get("href") or ""))
        return "".join(f' {name}="{text.xml(value)}"' for name, value in kept.items() if value is not None)

    def _href(self, href: str) -> str | None:
        if not href.strip():
            return None
        return href if href.startswith("#") else links.web_address(text.line(href), self._base_url)


def _items(node: etree._Element) -> Iterator[Item]:
    if node.text:
        yield None, node.text
    for child in node:
        yield child, ""
        if child.tail:
            yield None, child.tail


def _ruby_items(node: etree._Element) -> Iterator[Item]:
    """The parts of a ruby; those of a second row of readings (`rtc`, not for books) after the first."""
    for child, words in _items(node):
        if child is not None and child.tag == "rtc":
            yield from _items(child)
        else:
            yield child, words


def _letter(child: etree._Element | None, words: str) -> str:
    if child is None:
        return "b" if words.strip() else ""
    return {"rt": "r", "rp": "p", "dt": "t", "dd": "d"}.get(str(child.tag), "b")


def _classes(node: etree._Element) -> str | None:
    names = _CLASS.findall(node.get("class") or "")
    if node.tag == "center":
        names.append("center")
    return " ".join(names) or None


def _language(node: etree._Element) -> dict[str, str | None]:
    tag = node.get("lang") or ""
    if not tag or text.language(tag) != tag:
        return {}
    return {"lang": tag, "xml:lang": tag}


def _meaning(node: etree._Element, tag: str, href: str) -> dict[str, str | None]:
    """What footnotes are, said in the words of EPUB (structural semantics) and of DPUB-ARIA."""
    names = (node.get("class") or "").split()
    if tag == "a" and href.startswith("#") and "fn" in names:
        return {"epub:type": "noteref", "role": "doc-noteref"}
    if tag == "a" and re.match(r"#(?:before-|after-)?fnref-", href):
        return {"epub:type": "backlink", "role": "doc-backlink"}
    if tag == "section" and "footnotes" in names:
        return {"epub:type": "footnotes", "role": "doc-endnotes"}
    if tag == "li" and re.match(r"(?:before-|after-)?fn-", node.get("id") or ""):
        return {"epub:type": "footnote"}
    return {}
