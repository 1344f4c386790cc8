"""Books made by code for the tests, and the law that no word is lost."""

# Markup stands in one line, as it would in a file.
# ruff: noqa: E501

from __future__ import annotations

import io
import zipfile
from collections import Counter
from dataclasses import dataclass, field

from lxml import html

from talehouse.imports.found import FoundStory

CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="{opf}" media-type="application/oebps-package+xml"/></rootfiles></container>"""

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c6360000000000200"
    "01e221bc330000000049454e44ae426082".replace(" ", "")
)


def xhtml(body: str, *, title: str = "", head: str = "", attributes: str = "") -> str:
    """A chapter file."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        'xmlns:xlink="http://www.w3.org/1999/xlink">'
        f"<head><title>{title}</title>{head}</head><body {attributes}>{body}</body></html>"
    )


@dataclass
class Maker:
    """An EPUB in the making: files in reading order, entries of its table of contents, metadata."""

    metadata: str = (
        "<dc:title>The Mill</dc:title><dc:creator>Ada Reed</dc:creator><dc:language>en</dc:language>"
    )
    version: str = "3.0"
    folder: str = "OEBPS/"
    chapters: list[tuple[str, str | bytes]] = field(default_factory=list)
    entries: list[tuple[str, str] | tuple[str, str, list[tuple[str, str]]]] = field(default_factory=list)
    extra: dict[str, bytes] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    guide: str = ""
    landmarks: str = ""
    nav: str = "nav"
    nonlinear: set[str] = field(default_factory=set)
    outside: dict[str, bytes] = field(default_factory=dict)
    mimetype: bool = True

    def chapter(self, name: str, body: str | bytes, entry: str | None = None, **more: str) -> Maker:
        """Add a file to the reading order, and an entry for it."""
        self.chapters.append(
            (name, xhtml(body, **more) if isinstance(body, str) and "<html" not in body else body)
        )
        if entry is not None:
            self.entries.append((entry, name))
        return self

    def opf(self) -> str:
        """The package document."""
        items = [
            f'<item id="c{n}" href="{name}" media-type="application/xhtml+xml"/>'
            for n, (name, _body) in enumerate(self.chapters)
        ]
        for n, name in enumerate(self.extra):
            kind = {"css": "text/css", "png": "image/png", "svg": "image/svg+xml"}.get(
                name.rpartition(".")[2], "x/y"
            )
            extra = f' properties="{self.properties[name]}"' if name in self.properties else ""
            items.append(f'<item id="x{n}" href="{name}" media-type="{kind}"{extra}/>')
        if self.nav == "nav":
            items.append(
                '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
            )
        if self.nav == "ncx":
            items.append('<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>')
        spine = "".join(
            f'<itemref idref="c{n}"{" linear=" + chr(34) + "no" + chr(34) if name in self.nonlinear else ""}/>'
            for n, (name, _body) in enumerate(self.chapters)
        )
        toc = ' toc="ncx"' if self.nav == "ncx" else ""
        return (
            f'<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="{self.version}" '
            'unique-identifier="uid" prefix="talehouse: https://talehouse.example/vocab#">'
            '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">'
            f"{self.metadata}</metadata><manifest>{''.join(items)}</manifest><spine{toc}>{spine}</spine>"
            f"{f'<guide>{self.guide}</guide>' if self.guide else ''}</package>"
        )

    def nav_xhtml(self) -> str:
        """The navigation document of EPUB 3."""
        rows = []
        for entry in self.entries:
            inner = "".join(
                f'<li><a href="{href}">{title}</a></li>'
                for title, href in (entry[2] if len(entry) > 2 else [])
            )
            label = f'<a href="{entry[1]}">{entry[0]}</a>' if entry[1] else f"<span>{entry[0]}</span>"
            rows.append(f"<li>{label}{f'<ol>{inner}</ol>' if inner else ''}</li>")
        marks = f'<nav epub:type="landmarks"><ol>{self.landmarks}</ol></nav>' if self.landmarks else ""
        return xhtml(
            f'<nav epub:type="toc"><h1>Contents</h1><ol>{"".join(rows)}</ol></nav>{marks}', title="Contents"
        )

    def ncx(self) -> str:
        """The navigation of EPUB 2."""
        rows = "".join(
            f'<navPoint id="n{n}"><navLabel><text>{entry[0]}</text></navLabel><content src="{entry[1]}"/></navPoint>'
            for n, entry in enumerate(self.entries)
        )
        return f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{rows}</navMap></ncx>'

    def build(self) -> bytes:
        """The bytes of the book."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as book:
            if self.mimetype:
                book.writestr("mimetype", "application/epub+zip")
            book.writestr("META-INF/container.xml", CONTAINER.format(opf=f"{self.folder}content.opf"))
            book.writestr(f"{self.folder}content.opf", self.opf())
            for name, body in self.chapters:
                book.writestr(f"{self.folder}{name}", body)
            for name, data in self.extra.items():
                book.writestr(f"{self.folder}{name}", data)
            for name, data in self.outside.items():
                book.writestr(name, data)
            if self.nav == "nav":
                book.writestr(f"{self.folder}nav.xhtml", self.nav_xhtml())
            if self.nav == "ncx":
                book.writestr(f"{self.folder}toc.ncx", self.ncx())
        return out.getvalue()


def words(markup: str) -> list[str]:
    """The words of some HTML in order; blocks end words."""
    if not markup.strip():
        return []
    root = html.fromstring(f"<div>{markup}</div>")
    for element in root.iter():
        element.tail = f" {element.tail or ''}" if element.tag in BLOCKS else element.tail
        element.text = f" {element.text or ''}" if element.tag in BLOCKS else element.text
    return root.text_content().split()


BLOCKS = frozenset("p div h1 h2 h3 h4 li blockquote section br td header".split())


def all_words(story: FoundStory) -> Counter[str]:
    """Every word of a story with its titles and notes."""
    found: Counter[str] = Counter()
    for part in story.parts:
        for markup in (part.note_before, part.html, part.note_after):
            found.update(words(markup))
        found.update(part.title.split())
    return found
