"""What a book says about itself: Dublin Core, series, accessibility, and our own vocabulary.

The `talehouse:` properties carry what other vocabularies cannot, so that an import brings the
story back whole; `docs/formats-export.md` lists them.
"""

from collections.abc import Iterator

from talehouse.exports.book import Book, Person
from talehouse.exports.epub import links, text
from talehouse.exports.epub.front import WRITERS, book_title, position
from talehouse.exports.epub.pictures import PictureShelf

PREFIX = "talehouse: https://talehouse.example/vocab#"

# MARC relator codes: https://www.loc.gov/marc/relators/relaterm.html
_RELATORS = {
    "author": "aut",
    "co-author": "aut",
    "editor": "edt",
    "beta-reader": "pfr",
    "translator": "trl",
    "illustrator": "ill",
}
_ARTICLES = {
    "en": ("the", "a", "an"),
    "de": ("der", "die", "das", "ein", "eine"),
    "es": ("el", "la", "los", "las", "un", "una"),
    "fr": ("le", "la", "les", "un", "une"),
    "it": ("il", "lo", "la", "i", "gli", "le", "un", "una"),
    "nl": ("de", "het", "een"),
    "pt": ("o", "a", "os", "as", "um", "uma"),
}


def metadata(book: Book, shelf: PictureShelf, described_cover: bool) -> str:
    """The children of the package's `<metadata>`, one on each line, in a fixed order."""
    return "\n".join(
        [
            *_identity(book),
            *_people(book),
            *_about(book),
            *_subjects(book),
            *_series(book),
            *_own(book),
            *_accessibility(book, shelf, described_cover),
        ]
    )


def _dc(name: str, value: str, key: str = "") -> str:
    mark = f' id="{key}"' if key else ""
    return f"<dc:{name}{mark}>{text.xml(value)}</dc:{name}>"


def _meta(name: str, value: str, refines: str = "", scheme: str = "") -> str:
    mark = (f' refines="#{refines}"' if refines else "") + f' property="{name}"'
    return f"<meta{mark}{f' scheme={chr(34)}{scheme}{chr(34)}' if scheme else ''}>{text.xml(value)}</meta>"


def _identity(book: Book) -> Iterator[str]:
    title = book_title(book)
    yield _dc("identifier", f"urn:uuid:{book.uuid}", "book-id")
    yield _dc("title", title, "title")
    yield _meta("title-type", "main", "title")
    yield _meta("file-as", sort_title(title, book.language), "title")
    yield _dc("language", text.language(book.language))
    yield _meta("dcterms:modified", text.instant(book.modified))


def sort_title(title: str, language: str) -> str:
    """The title as shelves sort it, the leading article last: "Weir Keepers, The"."""
    first, _, rest = title.partition(" ")
    articles = _ARTICLES.get(language.split("-", maxsplit=1)[0].lower(), ())
    return f"{rest}, {first}" if rest and first.lower() in articles else title


def _people(book: Book) -> Iterator[str]:
    people = [person for person in book.authors if text.line(person.name)]
    for number, person in enumerate(people, start=1):
        yield from _person(person, f"person{number}", number)


def _person(person: Person, key: str, number: int) -> Iterator[str]:
    yield _dc("creator" if person.role in WRITERS else "contributor", text.line(person.name), key)
    yield _meta("role", _RELATORS.get(person.role, "ctb"), key, "marc:relators")
    yield _meta("file-as", text.named(person.file_as, text.line(person.name)), key)
    yield _meta("display-seq", str(number), key)
    if person.role != "author":
        yield _meta("talehouse:role", text.line(person.role) or "author", key)


def _about(book: Book) -> Iterator[str]:
    if text.line(book.publisher):
        yield _dc("publisher", text.line(book.publisher))
    if book.published:
        yield _dc("date", text.instant(book.published))
    if address := links.web_address(book.source_url) if book.source_url else None:
        yield _dc("source", address)
    if text.clean(book.summary_text).strip():
        yield _dc("description", text.clean(book.summary_text).strip())
    if text.line(book.rights or ""):
        yield _dc("rights", text.line(book.rights or ""))


def _subjects(book: Book) -> Iterator[str]:
    subjects = [subject for subject in book.subjects if text.line(subject.name)]
    for number, subject in enumerate(subjects, start=1):
        yield _dc("subject", text.line(subject.name), f"tag{number}")
        if text.line(subject.kind):
            yield _meta("talehouse:kind", text.line(subject.kind), f"tag{number}")


def _series(book: Book) -> Iterator[str]:
    """Both forms: that of EPUB 3, and the one of calibre that most e-readers look for."""
    title = text.line(book.series.title) if book.series else ""
    if book.series is None or not title:
        return
    yield f'<meta property="belongs-to-collection" id="series">{text.xml(title)}</meta>'
    yield _meta("collection-type", "series", "series")
    if book.series.position is not None:
        yield _meta("group-position", position(book.series.position), "series")
    yield f'<meta name="calibre:series" content="{text.attribute(title)}"/>'
    if book.series.position is not None:
        yield f'<meta name="calibre:series_index" content="{position(book.series.position)}"/>'


def _own(book: Book) -> Iterator[str]:
    yield _meta("talehouse:story", f"urn:uuid:{book.uuid}")
    terms = [("rating", book.rating), *(("warning", term) for term in book.warnings)]
    terms += [*(("category", term) for term in book.categories), ("status", book.status)]
    for name, term in terms:
        if term and text.line(term.code):
            yield _meta(f"talehouse:{name}", text.line(term.code))
    if text.clean(book.summary_html).strip():
        yield _meta("talehouse:summary", text.clean(book.summary_html).strip())


def _accessibility(book: Book, shelf: PictureShelf, described_cover: bool) -> Iterator[str]:
    """Only what is true of this book. Nobody has certified it, so nothing is said of conformance."""
    described = shelf.all_described and described_cover
    features = ["structuralNavigation", "tableOfContents", "readingOrder", "displayTransformability", "ARIA"]
    yield _meta("schema:accessMode", "textual")
    if shelf.used:
        yield _meta("schema:accessMode", "visual")
    yield _meta("schema:accessModeSufficient", "textual" if described else "textual,visual")
    for feature in [*features, *(["alternativeText"] if described else [])]:
        yield _meta("schema:accessibilityFeature", feature)
    moving = any(picture.mime in ("image/gif", "image/webp") for picture in shelf.files.values())
    yield _meta("schema:accessibilityHazard", "unknown" if moving else "none")
    yield _meta("schema:accessibilitySummary", " ".join(_told(book, shelf, described)))


def _told(book: Book, shelf: PictureShelf, described: bool) -> Iterator[str]:
    yield text.line(book.labels.accessibility)
    if shelf.used:
        yield book.labels.pictures_described if described else book.labels.pictures_undescribed
