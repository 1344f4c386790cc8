"""From a story in the archive to a `Book`: which parts go along, and for whom."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from talehouse.accounts.models import Person
from talehouse.exports import book, epub
from talehouse.exports.epub.words import in_language, labels
from talehouse.lib.html import text_of
from talehouse.lib.languages import direction
from talehouse.site.house import current
from talehouse.stories.models import Download, Part, Picture, Revision, Role, RoleKind, Story
from talehouse.tags.vocabulary import Category, Rating, Status, Warning

MEDIA = re.compile(r'src="/media/([0-9a-f]{64})\.')


def may_take(story: Story, person: Person) -> bool:
    """Whether the writer allows this person to take the story away; its own people always may."""
    if story.download == Download.EVERYONE:
        return True
    if story.download == Download.MEMBERS and person.is_authenticated:
        return True
    roles = Role.objects.filter(story=story, accepted_at__isnull=False, pen_name__account=person.pk)
    return person.pk is not None and roles.exists()


def released_to(story: Story, person: Person, *, key: str = "") -> list[Part]:
    """The parts that this person may read now, in order: drafts and scheduled ones never go along."""
    parts = Part.objects.visible_to(person, key=key).released().filter(story=story)
    return list(parts.select_related("published").order_by("position"))


def all_of(story: Story) -> list[Part]:
    """What is out; if nothing is, the drafts. For the host at the command line."""
    parts = story.parts.filter(deleted_at=None).select_related("published", "draft").order_by("position")
    out = [part for part in parts if part.published and part.release_at and part.release_at <= timezone.now()]
    return out or [part for part in parts if part.published or part.draft]


def epub_of(story: Story, parts: Sequence[Part]) -> bytes:
    """The EPUB of these parts: the same bytes for the same revisions."""
    with in_language(story.language):
        return epub.write(book_of(story, parts))


def book_of(story: Story, parts: Sequence[Part]) -> book.Book:
    """Everything of the story that a file carries."""
    texts = [(part, part.published or part.draft) for part in parts]
    chapters = tuple(chapter(part, text) for part, text in texts if text)
    return book_with(story, chapters, [text for _part, text in texts if text])


def book_with(story: Story, chapters: tuple[book.Chapter, ...], texts: Sequence[Revision]) -> book.Book:
    """The story with these chapters, which were made of these texts."""
    entry = getattr(story, "series_entry", None)
    return book.Book(
        uuid=story.uuid,
        title=story.title,
        modified=_modified(story, texts),
        language=story.language,
        authors=_authors(story),
        summary_html=story.summary,
        summary_text=text_of(story.summary),
        subjects=tuple(
            book.Subject(name, kind) for name, kind in story.story_tags.values_list("tag__name", "tag__kind")
        ),
        rating=book.Term(story.rating, str(Rating(story.rating).label)),
        warnings=tuple(
            book.Term(code, str(Warning(code).label))
            for code in story.warnings.order_by("code").values_list("code", flat=True)
        ),
        categories=tuple(
            book.Term(code, str(Category(code).label))
            for code in story.categories.order_by("code").values_list("code", flat=True)
        ),
        status=book.Term(story.status, str(Status(story.status).label)),
        series=book.Series(entry.series.title, float(entry.position)) if entry else None,
        published=story.release_at,
        source_url=settings.BASE_URL + story.url,
        cover=_cover(story),
        cover_seed=story.uuid.int % 2**31,
        chapters=chapters,
        pictures=_pictures(chapters),
        direction=direction(story.language),
        publisher=current().name,
        labels=labels(story.language),
    )


def _modified(story: Story, texts: Sequence[Revision]) -> datetime:
    return max([text.published_at or text.made_at for text in texts] + [story.made_at])


def _authors(story: Story) -> tuple[book.Person, ...]:
    roles = story.roles.filter(accepted_at__isnull=False, kind__in=(RoleKind.AUTHOR, RoleKind.CO_AUTHOR))
    return tuple(book.Person(name, kind) for name, kind in roles.values_list("pen_name__name", "kind"))


def chapter(part: Part, text: Revision) -> book.Chapter:
    """The part with this text, under the part's own title and with its notes."""
    return book.Chapter(
        uuid=part.uuid,
        title=part.title,
        html=text.html,
        note_before=part.note_before,
        note_after=part.note_after,
        source_url=settings.BASE_URL + part.url,
        published=part.release_at,
        announcement=part.kind == Part.Kind.ANNOUNCEMENT,
    )


def _cover(story: Story) -> book.Cover | None:
    data = _bytes(story.cover) if story.cover else None
    if story.cover is None or data is None:
        return None
    return book.Cover(data, story.cover.mime, story.cover_alt)


def _bytes(picture: Picture) -> bytes | None:
    """None if the file is lost: the doctor tells the host, and the text goes without it."""
    try:
        with default_storage.open(picture.name) as file:
            return bytes(file.read())
    except FileNotFoundError:
        return None


def _pictures(chapters: Sequence[book.Chapter]) -> Mapping[str, book.Picture]:
    named = {sha for chapter in chapters for sha in MEDIA.findall(chapter.html)}
    found = Picture.objects.filter(sha256__in=named)
    return {
        picture.url: book.Picture(data, picture.mime)
        for picture in found
        if (data := _bytes(picture)) is not None
    }
