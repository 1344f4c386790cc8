"""From whatever a person chose (files, folders, zips, many at once) to the stories in it.

Formats are told by content first, then by name. What cannot be read among other files is named in
`left_out` and stops nothing; when nothing can be read, BadFileError says why.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from talehouse.imports import gathering, grouping
from talehouse.imports.formats.docx.others import refusal
from talehouse.imports.found import BadFileError, FoundStory, LeftOut
from talehouse.imports.gathering import Beside, Entry
from talehouse.imports.tidying import tidy
from talehouse.lib import bounds

logger = logging.getLogger(__name__)

MOST_NAMED = 20
"""Files that could not be read, named one by one among the doubts; all of them stand in `left_out`."""

MOST_PARTS = gathering.MOST_FILES
"""Parts of one story: as many as a folder of chapters may have files."""

LEAST_PATIENCE, PATIENCE_PER_BYTE = 60.0, 1e-5
"""Seconds of CPU time that reading a file may take, whatever its size, and more for each byte of it: ten
times what the slowest of our formats needs."""

Progress = Callable[[int, int, str], None]
"""Called before each file: files done, files in all, the file's name."""

Source = Path | tuple[str, bytes]
"""A path on this machine, or an upload: its name and its bytes."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its module, which has `sniff(head, name)` and `parse(data, *, name)`.

    `with_files`: `parse` also takes `files`, the pictures beside the file. `chapters`: one file of it may be
    one chapter of a story.
    """

    name: str
    with_files: bool = False
    chapters: bool = True

    def _module(self) -> Any:
        return importlib.import_module(f"talehouse.imports.formats.{self.name}.parse")

    def sniff(self, head: bytes, name: str) -> bool:
        """Whether this format can read the file."""
        return bool(self._module().sniff(head, name))

    def parse(self, data: bytes, *, name: str, files: Mapping[str, bytes]) -> FoundStory:
        """The story in the file; BadFileError when it cannot be read."""
        extra = {"files": files} if self.with_files else {}
        return cast(FoundStory, self._module().parse(data, name=name, **extra))


FORMATS: tuple[Format, ...] = (
    Format("epub", chapters=False),
    Format("docx"),
    Format("html", with_files=True),
    Format("wattpad"),
    Format("markdown", with_files=True),
    Format("text"),
)
"""Asked in this order: the narrower before the wider."""


def open_files(sources: Iterable[Source], *, progress: Progress | None = None) -> list[FoundStory]:
    """The stories in all `sources`, chapters of one story put together; BadFileError when there is none."""
    with ExitStack() as stack:
        entries, refused = gathering.gather(sources, stack)
        files = gathering.by_folder(entries)
        opened: list[grouping.Opened] = []
        extras: list[Entry] = []
        for done, entry in enumerate(entries):
            if progress:
                progress(done, len(entries), entry.path)
            if entry.is_picture or grouping.is_about(entry, entries):
                extras.append(entry)
            else:
                _open(entry, files, opened, refused)
        if progress:
            progress(len(entries), len(entries), "")
        unread = list(refused)
        stories = grouping.group(opened, extras, refused, files)
    if not stories:
        raise BadFileError(
            refused[0].why if refused else _("There is nothing in it that can be read as a story.")
        )
    stories[0].left_out += refused
    stories[0].doubts += _unread(unread)
    for story in stories:
        tidy(story)
    return stories


def patient(size: int, *, name: str) -> AbstractContextManager[None]:
    """A block that raises BadFileError when it takes far longer than `size` bytes of a story should.

    A file can be made so that a parser goes through it again and again; without this the worker would do
    nothing else for hours.
    """

    def error() -> BadFileError:
        sentence = _("It takes far longer to read than a file of its size should, so it was left alone.")
        return BadFileError(_named(name, sentence))

    return bounds.thinking(LEAST_PATIENCE + size * PATIENCE_PER_BYTE, error=error)


def format_of(data: bytes, name: str) -> Format | None:
    """The format that reads this file, or None."""
    return next((one for one in FORMATS if one.sniff(data, name)), None)


def parse_file(data: bytes, *, name: str, files: Mapping[str, bytes] | None = None) -> FoundStory:
    """The story in one file that is no zip of files; BadFileError (one sentence) when it cannot be read."""
    if not data.strip(b" \t\r\n\0"):
        raise BadFileError(_("“%(name)s” is empty.") % {"name": name})
    if sentence := refusal(data[:2048], name):
        raise BadFileError(sentence)
    found = format_of(data, name)
    if found is None:
        raise BadFileError(
            _(
                "“%(name)s” is not in a format that can be read; choose EPUB, Word (.docx), HTML, "
                "Markdown or text."
            )
            % {"name": name}
        )
    try:
        story = found.parse(data, name=name, files=files or {})
    except BadFileError as error:
        raise BadFileError(_named(name, str(error))) from error
    except Exception as error:
        # Files come from strangers: an oversight in a parser must not become an error page.
        logger.exception("The %s parser failed", found.name)
        raise BadFileError(_("“%(name)s” is damaged and cannot be read.") % {"name": name}) from error
    if len(story.parts) > MOST_PARTS:
        raise BadFileError(
            _("“%(name)s” falls into %(count)d parts, and a story can have at most %(most)d.")
            % {"name": name, "count": len(story.parts), "most": MOST_PARTS}
        )
    story.format = story.format or found.name
    return story


def _named(name: str, sentence: str) -> str:
    """The sentence with the file that it is about: of several files, people must know which."""
    if name in sentence:
        return sentence
    return _("“%(name)s”: %(sentence)s") % {"name": name, "sentence": sentence}


def _unread(refused: Sequence[LeftOut]) -> list[str]:
    """Files that could not be read are worth a look before the others are written without them."""
    said = [_named(one.what, one.why) for one in refused[:MOST_NAMED]]
    if more := len(refused) - len(said):
        said.append(
            ngettext(
                "%(count)d more file could not be read; it is named among what is left out.",
                "%(count)d more files could not be read; they are named among what is left out.",
                more,
            )
            % {"count": more}
        )
    return said


def _open(
    entry: Entry, files: dict[str, dict[str, Entry]], opened: list[grouping.Opened], refused: list[LeftOut]
) -> None:
    try:
        with patient(entry.size, name=entry.path):
            story = parse_file(entry.data(), name=entry.path, files=Beside(entry.folder, files))
    except BadFileError as error:
        refused.append(LeftOut(entry.path, str(error)))
        return
    single = len(story.parts) == 1 and any(one.name == story.format and one.chapters for one in FORMATS)
    opened.append(grouping.Opened(entry, story, chapter=single))
