"""The pages before the story: the cover and the title page."""

from collections.abc import Iterable
from itertools import groupby

from talehouse.exports.book import Book, Cover, Subject
from talehouse.exports.epub import links, text
from talehouse.exports.epub.page import page
from talehouse.exports.epub.pictures import PictureShelf, kind_of
from talehouse.exports.epub.xhtml import PageText
from talehouse.lib import covers

_TITLE_ID = "book-title"
WRITERS = ("author", "co-author")


def book_title(book: Book) -> str:
    """The title on one line, or the word for a story without one."""
    return text.named(book.title, book.labels.untitled)


def cover_of(book: Book) -> tuple[str, Cover]:
    """File name and picture: the book's own cover if a reading system can show it, else a drawn one."""
    alt = book.labels.cover_of.format(title=book_title(book))
    kind = kind_of(book.cover.data) if book.cover else None
    if book.cover and kind:
        mime, extension = kind
        return f"images/cover.{extension}", Cover(book.cover.data, mime, text.line(book.cover.alt) or alt)
    drawn = covers.svg(book_title(book), writers(book), book.cover_seed, standalone=True)
    return "images/cover.svg", Cover(drawn.encode(), "image/svg+xml", alt)


def writers(book: Book) -> str:
    """The names that the story is signed with, in order."""
    return ", ".join(
        name for person in book.authors if person.role in WRITERS and (name := text.line(person.name))
    )


def cover_page(book: Book, name: str, cover: Cover) -> bytes:
    """A page that shows nothing but the cover."""
    body = (
        '<section epub:type="cover" class="cover">\n'
        f'<p><img src="{name}" alt="{text.attribute(cover.alt)}"/></p>\n</section>'
    )
    return page(book.labels.cover, body, book)


def title_page(book: Book, shelf: PictureShelf) -> bytes:
    """Title, writers, series, summary, and the facts that tell a reader what to expect."""
    title = book_title(book)
    names, series, rights = writers(book), _series(book), text.line(book.rights or "")
    lines = [
        f'<section epub:type="titlepage" class="title-page" aria-labelledby="{_TITLE_ID}">',
        f'<h1 id="{_TITLE_ID}">{text.xml(title)}</h1>',
        f'<p class="writers">{text.xml(book.labels.by.format(names=names))}</p>' if names else "",
        f'<p class="series">{text.xml(series)}</p>' if series else "",
        _summary(book, shelf),
        _facts(book),
        _source(book),
        f'<p class="rights">{text.xml(rights)}</p>' if rights else "",
        "</section>",
    ]
    return page(title, "\n".join(line for line in lines if line), book)


def _series(book: Book) -> str:
    if book.series is None:
        return ""
    title = text.line(book.series.title)
    if not title or book.series.position is None:
        return title
    return book.labels.series_position.format(series=title, position=position(book.series.position))


def position(number: float) -> str:
    """A place in a series: `2`, or `1.5` between two others."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def _summary(book: Book, shelf: PictureShelf) -> str:
    inner = PageText(shelf, book.source_url, frozenset({_TITLE_ID})).add(book.summary_html)
    return f'<div class="summary">\n{inner}\n</div>' if inner.strip() else ""


def _facts(book: Book) -> str:
    labels = book.labels
    facts = [
        (labels.rating, book.rating.label if book.rating else ""),
        (labels.warnings, _listed(term.label for term in book.warnings)),
        (labels.categories, _listed(term.label for term in book.categories)),
        (labels.status, book.status.label if book.status else ""),
        (labels.tags, _tags(book.subjects)),
        (labels.published, text.day(book.published) if book.published else ""),
        (labels.updated, text.day(book.modified)),
    ]
    rows = [f"<dt>{text.xml(name)}</dt>\n<dd>{text.xml(value)}</dd>" for name, value in facts if value]
    return "\n".join(['<dl class="facts">', *rows, "</dl>"])


def _tags(subjects: tuple[Subject, ...]) -> str:
    """Tags of one kind stay together, in the order of their first."""
    order = list(dict.fromkeys(subject.kind for subject in subjects))
    together = sorted(subjects, key=lambda subject: order.index(subject.kind))
    return _listed(tag.name for _, tags in groupby(together, lambda tag: tag.kind) for tag in tags)


def _listed(names: Iterable[str]) -> str:
    return " · ".join(name for name in map(text.line, names) if name)


def _source(book: Book) -> str:
    address = links.web_address(book.source_url) if book.source_url else None
    if address is None:
        return ""
    words = book.labels.story_online.format(publisher=book.publisher) if book.publisher else address
    return f'<p class="source"><a href="{text.xml(address)}">{text.xml(words)}</a></p>'
