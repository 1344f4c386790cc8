"""The frame that every XHTML file of a book shares, and the names of those files."""

from talehouse.exports.book import Book, Direction
from talehouse.exports.epub import text

COVER = "cover.xhtml"
TITLE_PAGE = "title.xhtml"
NAVIGATION = "nav.xhtml"
STYLES = "styles.css"


def chapter_file(number: int) -> str:
    """The file of the chapter at a position, counted from 1."""
    return f"chapter-{number:04d}.xhtml"


def page(
    title: str, body: str, book: Book, language: str | None = None, direction: Direction | None = None
) -> bytes:
    """A whole XHTML document around `body`; language and direction are the book's unless given."""
    tag = text.language(language or book.language)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" \
lang="{tag}" xml:lang="{tag}" dir="{direction or book.direction}">
<head>
<title>{text.xml(title)}</title>
<link rel="stylesheet" type="text/css" href="{STYLES}"/>
</head>
<body>
{body}
</body>
</html>
""".encode()
