"""A story as one HTML file that needs nothing beside it: to read anywhere, in any browser, for ever.

Plain data in, text out, piece by piece; equal books give equal text. Pictures stand in the file itself.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from talehouse.exports.book import Book, Chapter
from talehouse.exports.epub import text
from talehouse.exports.epub.chapters import chapter_title
from talehouse.exports.epub.front import book_title, writers
from talehouse.exports.epub.pictures import PictureShelf, kind_of
from talehouse.exports.epub.xhtml import PageText

EXTENSION = "html"

STYLES = """
:root { color-scheme: light dark; background: light-dark(#f7f2e8, #201e24);
  color: light-dark(#2a2521, #e8e1d6); }
a { color: light-dark(#8a4f00, #f0b45b); text-underline-offset: .2em; }
body { margin: 0 auto; padding: 2rem 1.25rem 5rem; max-width: 38rem; overflow-wrap: break-word;
  font: 1.125rem/1.6 Charter, "Iowan Old Style", "Source Serif 4", Georgia, serif; }
h1, h2, h3, h4, h5, h6 { font-weight: 500; line-height: 1.25; }
header, nav, article { padding-block: 1.5rem; border-block-end: 1px solid;
  border-color: color-mix(in srgb, currentColor 20%, transparent); }
article > h2 { font-size: 1.6rem; margin-block: 1rem 1.75rem; }
nav li { padding-block: .2rem; }
aside { font-size: .95em; border-inline-start: 3px solid; padding-inline-start: 1rem; opacity: .85; }
img { max-width: 100%; height: auto; }
hr { border: 0; text-align: center; margin-block: 1.75rem; }
hr::before { content: "*\\2003*\\2003*"; }
.center { text-align: center; } .right { text-align: end; } .smallcaps { font-variant: small-caps; }
.cover { display: block; max-width: 14rem; margin-block-end: 1.5rem; }
.spoiler:not(:hover):not(:focus) { background: currentColor; }
table { border-collapse: collapse; } td, th { border: 1px solid; padding: .3rem .6rem; text-align: start; }
"""

_ONLY_IN_BOOKS = re.compile(r' (?:epub:type|xml:lang)="[^"]*"')


class _Inside(PictureShelf):
    """Pictures as addresses that hold the picture itself."""

    def place(self, src: str, alt: str) -> str | None:
        picture = self._find(src)
        return inside(picture.data) if picture else None


def inside(data: bytes) -> str | None:
    """A picture as a `data:` address; None for what is none."""
    kind = kind_of(data)
    return f"data:{kind[0]};base64,{base64.b64encode(data).decode()}" if kind else None


def pieces(book: Book) -> Iterator[str]:
    """The file, piece by piece: its head, then one chapter after the other."""
    shelf = _Inside(book.pictures)
    tag, title = text.language(book.language), text.xml(book_title(book))
    yield f'<!DOCTYPE html>\n<html lang="{tag}" dir="{book.direction}">\n<head>\n<meta charset="utf-8">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>{title}</title>\n<style>{STYLES}</style>\n</head>\n<body>\n"
    yield _head(book, shelf)
    yield _contents(book)
    for number in range(1, len(book.chapters) + 1):
        yield _chapter(book, number, shelf)
    yield "</body>\n</html>\n"


def _head(book: Book, shelf: PictureShelf) -> str:
    address = inside(book.cover.data) if book.cover else None
    cover = book.cover
    names = writers(book)
    lines = [
        f'<img class="cover" src="{address}" alt="{text.attribute(cover.alt)}">' if address and cover else "",
        f"<h1>{text.xml(book_title(book))}</h1>",
        f"<p>{text.xml(book.labels.by.format(names=names))}</p>" if names else "",
        _bare(PageText(shelf, book.source_url).add(book.summary_html, "about-")),
    ]
    return "<header>\n" + "\n".join(line for line in lines if line) + "\n</header>\n"


def _contents(book: Book) -> str:
    rows = [
        f'<li><a href="#part-{number}">{text.xml(chapter_title(book, number))}</a></li>'
        for number in range(1, len(book.chapters) + 1)
    ]
    heading = text.xml(book.labels.contents)
    return "\n".join([f"<nav>\n<h2>{heading}</h2>\n<ol>", *rows, "</ol>\n</nav>\n"]) if rows else ""


def _chapter(book: Book, number: int, shelf: PictureShelf) -> str:
    chapter = book.chapters[number - 1]
    page = PageText(shelf, chapter.source_url or book.source_url)
    words = page.add(chapter.html, f"p{number}-")
    before = _note(page.add(chapter.note_before, f"p{number}-before-"), book.labels.note_before)
    after = _note(page.add(chapter.note_after, f"p{number}-after-"), book.labels.note_after)
    title = text.xml(chapter_title(book, number))
    return (
        f'<article id="part-{number}"{_language(chapter)}>\n<h2>{title}</h2>\n'
        f"{before}{_bare(words)}\n{after}</article>\n"
    )


def _language(chapter: Chapter) -> str:
    tag = f' lang="{text.language(chapter.language)}"' if chapter.language else ""
    return tag + (f' dir="{chapter.direction}"' if chapter.direction else "")


def _note(inner: str, label: str) -> str:
    return (
        f'<aside aria-label="{text.attribute(label)}">\n{_bare(inner)}\n</aside>\n' if inner.strip() else ""
    )


def _bare(xhtml: str) -> str:
    return _ONLY_IN_BOOKS.sub("", xhtml)
