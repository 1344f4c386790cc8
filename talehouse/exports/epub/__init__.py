"""EPUB 3.3, written by hand: small, valid, and the same bytes for the same story.

Here: from a `Book` to a file. Not here: where the book comes from (the tables).
"""

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from talehouse.exports.book import Book
from talehouse.exports.epub.chapters import chapter_page
from talehouse.exports.epub.container import pack
from talehouse.exports.epub.front import cover_of, cover_page, title_page
from talehouse.exports.epub.navigation import navigation_page, ncx
from talehouse.exports.epub.package import package
from talehouse.exports.epub.page import COVER, NAVIGATION, STYLES, TITLE_PAGE, chapter_file
from talehouse.exports.epub.pictures import PictureShelf
from talehouse.exports.epub.styles import STYLES as STYLE_SHEET

MIME = "application/epub+zip"
EXTENSION = "epub"

__all__ = ["EXTENSION", "MIME", "write", "write_to"]


def write(book: Book) -> bytes:
    """The book as one EPUB file. Equal books give equal bytes."""
    out = BytesIO()
    write_to(book, out)
    return out.getvalue()


def write_to(book: Book, out: BinaryIO) -> None:
    """Write the book into a seekable binary file; chapters are made one at a time."""
    pack(((f"EPUB/{name}", data) for name, data in _files(book)), book.modified, out)


def _files(book: Book) -> Iterator[tuple[str, bytes]]:
    """Content first; navigation and the package document, which know all the rest, last."""
    shelf = PictureShelf(book.pictures)
    cover_name, cover = cover_of(book)
    yield cover_name, cover.data
    yield STYLES, STYLE_SHEET.encode()
    yield COVER, cover_page(book, cover_name, cover)
    yield TITLE_PAGE, title_page(book, shelf)
    for number in range(1, len(book.chapters) + 1):
        yield chapter_file(number), chapter_page(book, number, shelf)
    for name, picture in shelf.files.items():
        yield name, picture.data
    yield NAVIGATION, navigation_page(book)
    yield "toc.ncx", ncx(book)
    yield "package.opf", package(book, shelf, cover_name, cover)
