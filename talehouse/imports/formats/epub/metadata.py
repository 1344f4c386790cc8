"""What the package says about the story, in both EPUB 2 and EPUB 3 words, Calibre's and our own."""

from __future__ import annotations

import html
import re

from talehouse.imports.formats.epub.book import Book, resolve
from talehouse.imports.formats.epub.package import Package, attribute
from talehouse.imports.formats.html.headings import folded
from talehouse.imports.formats.html.labels import RATINGS, STATUSES, language_code, number
from talehouse.imports.formats.html.pictures import is_svg, picture_in_svg
from talehouse.imports.found import FoundPicture, FoundSeries, FoundStory, FoundTag

_WEB = re.compile(r"(?:url:|uri:)?\s*(https?://\S+)", re.I)
_MARKUP = re.compile(r"<(?:p|br|div|span|i|b|em|strong|a|blockquote|ul|ol|h\d|hr)\b[^<>]*>", re.I)
_NOISE = re.compile(r"fanfiction|last update.*|\d{4}/\d\d", re.I)
_KINDS = frozenset(("fandom", "genre", "character", "relationship", "theme"))
MAX_TAGS = 500


def read_metadata(package: Package, story: FoundStory) -> None:
    """Fill the story's fields from the package document."""
    story.title = title_of(package)
    story.authors = _authors(package)
    story.language = language_code(next(iter(package.dc("language")), ""))
    story.identifier = _identifier(package)
    story.source_url = _source(package)
    story.summary = _summary(package)
    story.series = _series(package)
    _read_own(package, story)
    _tags(package, story)
    _wattpad_words(package, story)


def title_of(package: Package) -> str:
    """The main title, with its subtitle after a colon; empty if the package names none."""
    titles = [
        (element.get("id", ""), text) for name, element, text in package.dublin if name == "title" and text
    ]
    by_type: dict[str, str] = {}
    for identifier, text in titles:
        for kind in package.refined(identifier, "title-type")[:1]:
            by_type.setdefault(kind.strip().lower(), text)
    if "main" in by_type:
        subtitle = by_type.get("subtitle", "")
        main = by_type["main"]
        return f"{main}: {subtitle}" if subtitle and folded(subtitle) not in folded(main) else main
    return titles[0][1] if titles else ""


def _authors(package: Package) -> list[str]:
    creators: list[tuple[str, set[str]]] = []
    for name, element, text in package.dublin:
        if name == "creator" and text:
            roles = {role.strip().lower() for role in package.refined(element.get("id", ""), "role")}
            if role := attribute(element, "role"):
                roles.add(role.lower())
            creators.append((text, roles))
    authors = [text for text, roles in creators if "aut" in roles] or [
        text for text, roles in creators if not roles or roles & {"cre", "author"}
    ]
    return list(dict.fromkeys(authors or [text for text, _roles in creators]))


def _identifier(package: Package) -> str:
    found = [
        (element.get("id", ""), text)
        for name, element, text in package.dublin
        if name == "identifier" and text
    ]
    own = [text for identifier, text in found if identifier == package.unique_id]
    return (own or [text for _identifier, text in found] or [""])[0]


def _source(package: Package) -> str:
    for text in package.values("talehouse:story") + package.dc("source") + package.dc("identifier"):
        if match := _WEB.fullmatch(text.strip()):
            return match.group(1)
    return ""


def _summary(package: Package) -> str:
    for name, element, _text in package.dublin:
        if name == "description":
            raw = "".join(str(text) for text in element.itertext()).strip()
            inner = "".join(str(child.tag) for child in element)
            return as_html(raw) if not inner else as_html(_text)
    return ""


def as_html(text: str) -> str:
    """Summary text as HTML: kept if it is markup (perhaps escaped twice), else paragraphs at blank lines."""
    if "&lt;" in text and not _MARKUP.search(text) and _MARKUP.search(html.unescape(text)):
        text = html.unescape(text)
    if _MARKUP.search(text):
        return text.strip()
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", html.unescape(text))]
    return "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in paragraphs if part)


def _series(package: Package) -> FoundSeries | None:
    collections = [
        meta
        for meta in package.metas
        if meta.name == "belongs-to-collection" and meta.value and not meta.refines
    ]
    for meta in collections:
        kinds = package.refined(meta.id, "collection-type")
        if not kinds or "series" in kinds:
            position = package.refined(meta.id, "group-position")
            return FoundSeries(meta.value, number(position[0] if position else None))
    names = package.values("calibre:series")
    if not names:
        return None
    index = number(next(iter(package.values("calibre:series_index")), None))
    return FoundSeries(names[0], index)


def _read_own(package: Package, story: FoundStory) -> None:
    """What Talehouse itself wrote into the package."""
    story.rating = next(iter(package.values("talehouse:rating")), "")
    story.warnings = package.values("talehouse:warning")
    story.categories = package.values("talehouse:category")
    story.status = next(iter(package.values("talehouse:status")), "")
    story.summary = next(iter(package.values("talehouse:summary")), story.summary)


def _tags(package: Package, story: FoundStory) -> None:
    """Subjects as tags; those that only say a status, a rating or a date are read as that."""
    own = bool(package.values("talehouse:story"))
    seen: set[str] = set()
    for name, element, text in package.dublin:
        if name != "subject" or not text or len(seen) >= MAX_TAGS:
            continue
        kinds = [kind for kind in package.refined(element.get("id", ""), "talehouse:kind") if kind in _KINDS]
        label = text if own else html.unescape(text)
        if label in seen:
            continue
        seen.add(label)
        if kinds or own:
            story.tags.append(FoundTag(label, kinds[0] if kinds else "theme"))
        elif not _NOISE.fullmatch(label) and not _known_word(label, story):
            story.tags.append(FoundTag(label))


def _wattpad_words(package: Package, story: FoundStory) -> None:
    """Tags and state as downloaders of Wattpad's stories write them: `meta name="tags"`, `completed`."""
    listed = ",".join(package.values("tags")).split(",")
    story.tags = story.tags or [FoundTag(tag) for word in listed[:MAX_TAGS] if (tag := word.strip())]
    if "1" in package.values("completed"):
        story.status = story.status or "complete"


def _known_word(label: str, story: FoundStory) -> bool:
    name = folded(label)
    if name in STATUSES and len(name) > 3:
        story.status = story.status or STATUSES[name]
        return True
    if name in RATINGS and len(name) > 7:
        story.rating = story.rating or RATINGS[name]
        return True
    return False


def cover_of(book: Book, package: Package) -> tuple[FoundPicture | None, bool]:
    """The cover, and whether it was cut out of a drawing (which may have held lettering besides)."""
    for name in _cover_names(book, package):
        data = book.read_if_whole(name)
        if not data:
            continue
        if not is_svg(data):
            return FoundPicture(data), False
        if inner := picture_in_svg(data):
            return FoundPicture(inner), True
    return None, False


def _cover_names(book: Book, package: Package) -> list[str]:
    names = [item.name for item in package.items.values() if "cover-image" in item.properties]
    for value in package.values("cover"):
        item = package.items.get(value)
        names.append(item.name if item else book.find(value))
    pictures = [item for item in package.items.values() if item.media_type.startswith("image/")]
    names += [
        item.name for item in pictures if item.name in package.guide and "cover" in package.guide[item.name]
    ]
    names += [
        item.name
        for item in pictures
        if item.id.lower() in {"cover", "cover-image", "coverimage", "cover-img"}
    ]
    for item, _linear in package.spine[:1]:
        names += _first_picture(book, item.name) if _is_cover_page(package, item.name, item.id) else []
    names += [item.name for item in pictures if re.search(r"(^|/)cover\.\w+$", item.name, re.I)]
    return [name for name in dict.fromkeys(names) if name]


def _is_cover_page(package: Package, name: str, identifier: str) -> bool:
    return (
        "cover" in package.guide.get(name, "") or "cover" in f"{identifier} {name.rpartition('/')[2]}".lower()
    )


def _first_picture(book: Book, name: str) -> list[str]:
    data = (book.read_if_whole(name) or b"")[:200_000].decode("utf-8", "replace")
    match = re.search(r"""<(?:\w+:)?(?:img|image)\b[^>]*?(?:src|href)\s*=\s*["']([^"']+)["']""", data)
    path = resolve(name, html.unescape(match.group(1)))[0] if match else ""
    found = book.find(path) if path else ""
    return [found] if found else []
