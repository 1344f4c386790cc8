"""A story as a book: what every export format needs to know, and nothing of our tables.

Plain data. Whoever exports a story fills a `Book`; a format turns it into bytes.
All times are UTC and aware; all HTML is stored HTML (already sanitised).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

Direction = Literal["ltr", "rtl"]


def gettext_noop(words: str) -> str:
    """Marks words for translators, who find them by this name; no Django here, and no change."""
    return words


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a fixed vocabulary: the code that machines keep and the label that people read."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Person:
    """A pen name and what it did: `author`, `co-author`, `editor`, `beta-reader`, `translator`,
    `illustrator`.

    `file_as` is the form that a shelf sorts by; without one it is the name itself, since a pen
    name cannot be taken apart safely into first and last names.
    """

    name: str
    role: str = "author"
    file_as: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A tag: its name as the writer spelled it and its kind (`fandom`, `genre`, `character`, …)."""

    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """The series that the story belongs to; a position may stand between two others (1.5)."""

    title: str
    position: float | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of one picture and its media type, such as `image/png`."""

    data: bytes
    mime: str


@dataclass(frozen=True, slots=True)
class Cover:
    """A cover picture and the words that stand for it."""

    data: bytes
    mime: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One part. `html` is its stored text: blocks with `id="b-…"`, and footnotes at its end.

    An `announcement` stands among the chapters and is none. `language` and `direction` are given only where
    they differ from the book's.
    """

    uuid: UUID
    title: str
    html: str
    note_before: str = ""
    note_after: str = ""
    source_url: str = ""
    published: datetime | None = None
    announcement: bool = False
    language: str | None = None
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """The few words that a book says by itself, in the language of its reader.

    `{…}` names are filled in by the writer of the format. The defaults are the English words;
    `exports.epub.words.labels` translates them.
    """

    contents: str = gettext_noop("Contents")
    cover: str = gettext_noop("Cover")
    cover_of: str = gettext_noop("Cover of {title}")
    title_page: str = gettext_noop("Title page")
    beginning: str = gettext_noop("Start of the story")
    untitled: str = gettext_noop("Untitled")
    part_number: str = gettext_noop("Part {number}")
    by: str = gettext_noop("by {names}")
    series_position: str = gettext_noop("{series}, {position}")
    rating: str = gettext_noop("Rating")
    warnings: str = gettext_noop("Warnings")
    categories: str = gettext_noop("Pairings")
    status: str = gettext_noop("Status")
    tags: str = gettext_noop("Tags")
    summary: str = gettext_noop("Summary")
    published: str = gettext_noop("Published")
    updated: str = gettext_noop("Updated")
    note_before: str = gettext_noop("Note before this part")
    note_after: str = gettext_noop("Note after this part")
    story_online: str = gettext_noop("This story at {publisher}")
    part_online: str = gettext_noop("This part at {publisher}")
    accessibility: str = gettext_noop(
        "Text that flows and can be read aloud, with a table of contents and headings; "
        "size, font and colours follow the settings of the reader."
    )
    pictures_described: str = gettext_noop("Every picture has a description.")
    pictures_undescribed: str = gettext_noop("Some pictures have no description.")


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that a story's file carries.

    `modified` is the time of the newest revision or edit, never the time of the export: the same
    story must give the same bytes. `pictures` are found by the `src` that the HTML uses, or by the
    end of its path. Without a `cover`, one is drawn from title, author and `cover_seed`.
    """

    uuid: UUID
    title: str
    modified: datetime
    language: str = "und"
    authors: tuple[Person, ...] = ()
    summary_html: str = ""
    summary_text: str = ""
    subjects: tuple[Subject, ...] = ()
    rating: Term | None = None
    warnings: tuple[Term, ...] = ()
    categories: tuple[Term, ...] = ()
    status: Term | None = None
    series: Series | None = None
    published: datetime | None = None
    source_url: str = ""
    cover: Cover | None = None
    cover_seed: int = 0
    chapters: tuple[Chapter, ...] = ()
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    direction: Direction = "ltr"
    publisher: str = ""
    rights: str | None = None
    labels: Labels = field(default_factory=Labels)
