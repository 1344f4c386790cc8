"""Take everything with me: all stories of a person in one zip file, to read and to bring back elsewhere.

Each story is there as an EPUB and as one HTML file, drafts too, marked as such, and `index.html` leads to
them. `library.json` is what they read and keep. The same stories give the same bytes.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import IO, BinaryIO, NamedTuple, cast
from uuid import uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.exports import epub, readable
from talehouse.exports.book import Book, Chapter
from talehouse.exports.epub.container import entry
from talehouse.exports.epub.words import in_language
from talehouse.exports.taking import book_with, chapter
from talehouse.library.taking import everything
from talehouse.search import lately
from talehouse.site.house import current
from talehouse.stories.models import Part, Revision, RoleKind, Story

IN_MEMORY = 4 * 1024 * 1024
"""What is larger while it is being put together stands in a temporary file."""

STYLES = mark_safe("""
:root { color-scheme: light dark; background: light-dark(#f7f2e8, #201e24);
  color: light-dark(#2a2521, #e8e1d6); }
a { color: light-dark(#8a4f00, #f0b45b); text-underline-offset: .2em; }
body { margin: 0 auto; padding: 2rem 1.25rem 5rem; max-width: 42rem; overflow-wrap: break-word;
  font: 1.0625rem/1.55 system-ui, sans-serif; }
h1, h2 { font: 500 1.9rem/1.2 Charter, "Iowan Old Style", Georgia, serif; }
h2 { font-size: 1.3rem; margin-block: 0 .25rem; }
ul { list-style: none; padding: 0; }
li { padding-block: 1.1rem; border-block-start: 1px solid;
  border-color: color-mix(in srgb, currentColor 20%, transparent); }
p { margin-block: .25rem; }
""")  # noqa: S308 - our own style sheet
"""Of the index, which stands alone in the zip file."""


class Taken(NamedTuple):
    """A story in the zip file, as its index tells of it."""

    title: str
    language: str
    direction: str
    writers: str
    words: int
    parts: int
    drafts: int
    name: str


def mine(account: Account) -> models.QuerySet[Story]:
    """The stories of which this account is an author; where it only helps, they are somebody else's."""
    own = Story.objects.visible_to(account).filter(
        roles__pen_name__account=account,
        roles__kind__in=(RoleKind.AUTHOR, RoleKind.CO_AUTHOR),
        roles__accepted_at__isnull=False,
    )
    return own.select_related("cover", "series_entry__series").distinct().order_by("pk")


def pack(account: Account) -> IO[bytes]:
    """The zip file, at its beginning: a temporary file that is gone once it is closed.

    One story at a time is held in memory.
    """
    out = cast("IO[bytes]", tempfile.TemporaryFile())  # noqa: SIM115 - whoever asked closes it
    try:
        _write(account, out)
        out.seek(0)
    except BaseException:
        out.close()
        raise
    return out


def _write(account: Account, out: IO[bytes]) -> None:
    told: list[Taken] = []
    newest = datetime(1980, 1, 1, tzinfo=UTC)
    with ZipFile(out, "w") as archive:
        for story in mine(account).iterator(chunk_size=50):
            book, taken = whole(story)
            newest = max(newest, book.modified)
            _put(archive, book, taken.name)
            told.append(taken)
        context = {"stories": told, "house": current().name, "styles": STYLES}
        index = render_to_string("exports/everything.html", context)
        archive.writestr(entry("index.html", newest, ZIP_DEFLATED), index.encode())
        kept = everything(account)
        if searches := lately.everything(account):
            kept["searches"] = searches
        if kept:
            library = json.dumps(kept, indent=1, ensure_ascii=False)
            archive.writestr(entry("library.json", newest, ZIP_DEFLATED), library.encode())


def _put(archive: ZipFile, book: Book, name: str) -> None:
    packed = entry(f"{name}.epub", book.modified, ZIP_STORED)
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file, archive.open(packed, "w") as target:
        epub.write_to(book, cast("BinaryIO", file))
        file.seek(0)
        shutil.copyfileobj(file, target)
    with archive.open(entry(f"{name}.{readable.EXTENSION}", book.modified, ZIP_DEFLATED), "w") as page:
        for piece in readable.pieces(book):
            page.write(piece.encode())


def whole(story: Story) -> tuple[Book, Taken]:
    """The story with every part that stands, published or not, and what the index says of it."""
    parts = story.parts.filter(deleted_at=None).select_related("published", "draft").order_by("position")
    with in_language(story.language):
        texts = [found for part in parts for found in _texts(part)]
        book = book_with(story, tuple(made for made, _text in texts), [text for _made, text in texts])
    names = ", ".join(person.name for person in book.authors)
    drafts = sum(text.published_at is None for _made, text in texts)
    taken = Taken(
        title=story.title,
        language=story.language,
        direction=book.direction,
        writers=names,
        words=sum(text.word_count for _made, text in texts),
        parts=len(texts) - drafts,
        drafts=drafts,
        name=f"stories/{story.pk}-{story.slug}",
    )
    return book, taken


def _texts(part: Part) -> Iterator[tuple[Chapter, Revision]]:
    """What readers see or will see, and then the draft that would take its place."""
    if part.published:
        made = chapter(part, part.published)
        is_out = part.release_at is not None and part.release_at <= timezone.now()
        yield (made if is_out else _marked(made, _("%(title)s (scheduled)"))), part.published
    if part.draft:
        yield _draft(part, part.draft), part.draft


def _draft(part: Part, text: Revision) -> Chapter:
    """A draft under its own title, with its own notes, and never taken for the part that is out."""
    made = chapter(part, text)
    if text.title:
        made = replace(made, title=text.title)
    if text.note_before is not None:
        made = replace(made, note_before=text.note_before)
    if text.note_after is not None:
        made = replace(made, note_after=text.note_after)
    own = uuid5(part.uuid, "draft") if part.published else part.uuid
    return replace(_marked(made, _("%(title)s (draft)")), uuid=own, published=None)


def _marked(made: Chapter, sentence: str) -> Chapter:
    return replace(made, title=sentence % {"title": made.title})
