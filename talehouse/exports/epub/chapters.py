"""A part as a chapter file: heading, note before, text, note after, and where it stands online."""

from talehouse.exports.book import Book, Chapter
from talehouse.exports.epub import links, text
from talehouse.exports.epub.page import page
from talehouse.exports.epub.pictures import PictureShelf
from talehouse.exports.epub.xhtml import PageText

_TITLE_ID = "chapter-title"


def chapter_title(book: Book, number: int) -> str:
    """The title of the chapter at a position (from 1); "Part 3" where it has none."""
    return text.named(book.chapters[number - 1].title, book.labels.part_number.format(number=number))


def chapter_page(book: Book, number: int, shelf: PictureShelf) -> bytes:
    """The chapter at a position (from 1). Its pictures are put on the shelf."""
    chapter = book.chapters[number - 1]
    title = chapter_title(book, number)
    inside = PageText(shelf, chapter.source_url or book.source_url, frozenset({_TITLE_ID}))
    words = inside.add(chapter.html)
    before = _note(inside.add(chapter.note_before, "before-"), "note-before", book.labels.note_before)
    after = _note(inside.add(chapter.note_after, "after-"), "note-after", book.labels.note_after)
    body = (
        f'<section epub:type="chapter" role="doc-chapter" aria-labelledby="{_TITLE_ID}"'
        f' data-part="{chapter.uuid}"{_published(chapter)}{_kind(chapter)}>\n'
        f'<header><h1 id="{_TITLE_ID}">{text.xml(title)}</h1></header>\n'
        f'{before}<div class="text">\n{words}\n</div>\n{after}{_source(book, chapter)}</section>'
    )
    return page(title, body, book, chapter.language, chapter.direction)


def _note(inner: str, name: str, label: str) -> str:
    if not inner.strip():
        return ""
    return f'<aside class="{name}" aria-label="{text.attribute(label)}">\n{inner}\n</aside>\n'


def _published(chapter: Chapter) -> str:
    return f' data-published="{text.instant(chapter.published)}"' if chapter.published else ""


def _kind(chapter: Chapter) -> str:
    return ' data-kind="announcement"' if chapter.announcement else ""


def _source(book: Book, chapter: Chapter) -> str:
    address = links.web_address(chapter.source_url) if chapter.source_url else None
    if address is None:
        return ""
    words = book.labels.part_online.format(publisher=book.publisher) if book.publisher else address
    return f'<p class="source"><a href="{text.xml(address)}">{text.xml(words)}</a></p>\n'
