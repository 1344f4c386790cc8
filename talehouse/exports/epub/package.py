"""The package document: metadata, every file of the book, and the order to read them in."""

from talehouse.exports.book import Book, Cover
from talehouse.exports.epub import text
from talehouse.exports.epub.metadata import PREFIX, metadata
from talehouse.exports.epub.page import COVER, NAVIGATION, STYLES, TITLE_PAGE, chapter_file
from talehouse.exports.epub.pictures import PictureShelf

_XHTML = "application/xhtml+xml"


def package(book: Book, shelf: PictureShelf, cover_name: str, cover: Cover) -> bytes:
    """The OPF of a book whose chapters were all written, so that the shelf knows their pictures."""
    tag = text.language(book.language)
    chapters = [chapter_file(number) for number in range(1, len(book.chapters) + 1)]
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="book-id" \
xml:lang="{tag}" dir="{book.direction}" prefix="{PREFIX}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
{metadata(book, shelf, described_cover=bool(cover.alt))}
<meta name="cover" content="cover-image"/>
</metadata>
<manifest>
{_manifest(shelf, cover_name, cover, chapters)}
</manifest>
<spine toc="ncx" page-progression-direction="{book.direction}">
{_spine(chapters)}
</spine>
</package>
""".encode()


def _manifest(shelf: PictureShelf, cover_name: str, cover: Cover, chapters: list[str]) -> str:
    items = [
        _item("cover-image", cover_name, cover.mime, "cover-image"),
        *(_item(f"picture-{n}", name, shelf.files[name].mime) for n, name in enumerate(shelf.files, start=1)),
        _item("styles", STYLES, "text/css"),
        _item("cover", COVER, _XHTML),
        _item("title-page", TITLE_PAGE, _XHTML),
        *(_item(file.removesuffix(".xhtml"), file, _XHTML) for file in chapters),
        _item("nav", NAVIGATION, _XHTML, "nav"),
        _item("ncx", "toc.ncx", "application/x-dtbncx+xml"),
    ]
    return "\n".join(items)


def _item(key: str, href: str, mime: str, properties: str = "") -> str:
    mark = f' properties="{properties}"' if properties else ""
    return f'<item id="{key}" href="{href}" media-type="{mime}"{mark}/>'


def _spine(chapters: list[str]) -> str:
    names = ["cover", "title-page", "nav", *(file.removesuffix(".xhtml") for file in chapters)]
    return "\n".join(f'<itemref idref="{name}"/>' for name in names)
