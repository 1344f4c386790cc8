"""What a parser found in a file: plain data, nothing written, nothing sanitised.

Every format's `parse(data, *, name)` returns one `FoundStory`. The HTML in it is raw: the rules of
`stories/` sanitise it on the way in, so a parser never has to be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


class BadFileError(Exception):
    """The file cannot be read; the message is one plain sentence for the person who chose it."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Counters that a part had at its old place; kept apart from ours and shown as brought in."""

    reads: int = 0
    votes: int = 0
    comments: int = 0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something recognised and not taken: `what` it is (its title or file) and `why`."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class FoundPicture:
    """A picture as it stands in the file (bytes not yet decoded) and its alternative text."""

    data: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True)
class FoundTag:
    """A subject of the file; `kind` is one of fandom, genre, character, relationship, theme."""

    name: str
    kind: str = "theme"


@dataclass(frozen=True, slots=True)
class FoundSeries:
    """The series that a story belongs to, and its place in it (1, 2, 2.5), if the file says so."""

    title: str
    position: float | None = None


@dataclass(slots=True)
class FoundPart:
    """One part: raw HTML whose pictures are `<img src="picture:KEY">`, KEY from `FoundStory.pictures`.

    `key` finds the same part when the file is imported again (the chapter's own address in its source,
    else its file in the book, else its place); unique within the story. Notes are raw HTML.
    An `announcement` does not count as a part.
    Footnotes stand at the end of the html as a list; references link to `#fn-…` ids.
    """

    title: str
    html: str
    key: str = ""
    note_before: str = ""
    note_after: str = ""
    source_url: str = ""
    published_at: datetime | None = None
    announcement: bool = False
    elsewhere: Elsewhere | None = None
    block_ids: list[str] | None = None
    """Our own block ids in order of the blocks, only in a book that Talehouse itself wrote."""


@dataclass(slots=True)
class FoundStory:
    """A whole story as found in one file or in several files that belong together.

    `identifier` is the story's own (a source address or the book's unique identifier), empty if it has
    none. `summary` is raw HTML. `language` is BCP 47, "" when the file does not say. `rating`, `warnings`,
    `categories`, `status` are codes of the fixed vocabularies, empty when unknown.
    """

    title: str
    parts: list[FoundPart]
    format: str = ""
    authors: list[str] = field(default_factory=list)
    summary: str = ""
    language: str = ""
    identifier: str = ""
    source_url: str = ""
    tags: list[FoundTag] = field(default_factory=list)
    rating: str = ""
    warnings: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    status: str = ""
    series: FoundSeries | None = None
    cover: FoundPicture | None = None
    pictures: dict[str, FoundPicture] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
