"""How a reader finds a chapter: the EPUB 3 navigation document, and toc.ncx for older readers."""

from talehouse.exports.book import Book
from talehouse.exports.epub import text
from talehouse.exports.epub.chapters import chapter_title
from talehouse.exports.epub.front import book_title
from talehouse.exports.epub.page import COVER, NAVIGATION, TITLE_PAGE, chapter_file, page


def _entries(book: Book) -> list[tuple[str, str]]:
    """(file, title) of each chapter; the title page if there is none: a contents may not be empty."""
    chapters = [(chapter_file(n), chapter_title(book, n)) for n in range(1, len(book.chapters) + 1)]
    return chapters or [(TITLE_PAGE, book_title(book))]


def navigation_page(book: Book) -> bytes:
    """The contents, and the landmarks that reading systems jump to."""
    labels = book.labels
    contents = "\n".join(f'<li><a href="{file}">{text.xml(title)}</a></li>' for file, title in _entries(book))
    marks = [
        ("cover", COVER, labels.cover),
        ("titlepage", TITLE_PAGE, labels.title_page),
        ("toc", f"{NAVIGATION}#toc", labels.contents),
        ("bodymatter", _entries(book)[0][0], labels.beginning),
    ]
    landmarks = "\n".join(
        f'<li><a epub:type="{kind}" href="{file}">{text.xml(label)}</a></li>' for kind, file, label in marks
    )
    body = (
        f'<nav epub:type="toc" role="doc-toc" id="toc" aria-labelledby="toc-title">\n'
        f'<h1 id="toc-title">{text.xml(labels.contents)}</h1>\n<ol>\n{contents}\n</ol>\n</nav>\n'
        f'<nav epub:type="landmarks" hidden="hidden">\n<ol>\n{landmarks}\n</ol>\n</nav>'
    )
    return page(labels.contents, body, book)


def ncx(book: Book) -> bytes:
    """The contents as EPUB 2 readers look for them."""
    points = "\n".join(
        f'<navPoint id="point-{n}" playOrder="{n}"><navLabel><text>{text.xml(title)}</text></navLabel>'
        f'<content src="{file}"/></navPoint>'
        for n, (file, title) in enumerate(_entries(book), start=1)
    )
    tag = text.language(book.language)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1" xml:lang="{tag}">
<head>
<meta name="dtb:uid" content="urn:uuid:{book.uuid}"/>
<meta name="dtb:depth" content="1"/>
<meta name="dtb:totalPageCount" content="0"/>
<meta name="dtb:maxPageNumber" content="0"/>
</head>
<docTitle><text>{text.xml(book_title(book))}</text></docTitle>
<navMap>
{points}
</navMap>
</ncx>
""".encode()
