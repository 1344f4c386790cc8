"""Writing the index of texts. One process does, and only one at a time: tantivy's own lock sees to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType

import tantivy

from talehouse.search.questions import IndexMissing
from talehouse.search.texts import schema
from talehouse.search.texts.analysing import BREAK, SIMPLE, analysis, plain, way_of
from talehouse.search.texts.documents import PartText, StoryTexts, texts_of
from talehouse.stories.models import Story

HEAP = 160_000_000
"""Bytes that tantivy gathers before it writes a segment."""
THREADS = 2
CHUNK = 1000

Progress = Callable[[int, int], None]


class Writer:
    """Writes into the index of one folder. What it wrote is found after `commit`.

    Raises IndexMissing if the folder is broken, or if another process writes there.
    """

    def __init__(self, folder: Path, *, heap: int = HEAP, threads: int = THREADS) -> None:
        self._index = schema.make(folder)
        try:
            self._writer = self._index.writer(heap, threads)
        except ValueError as error:
            raise IndexMissing(f"{folder}: {error}") from error

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.commit()
        self.close()

    def replace(self, story_ids: Iterable[int]) -> None:
        """Write these stories anew, as the database has them; those that nobody may meet any more go."""
        ids = sorted(set(story_ids))
        self.forget(ids)
        for story in texts_of(ids):
            self.add(story)

    def describe(self, story_ids: Iterable[int]) -> None:
        """Write anew what stories say of themselves, and leave their parts: for when only the names of tags,
        titles or writers have changed. Much cheaper than `replace`; not for who may meet what.
        """
        ids = sorted(set(story_ids))
        about = tantivy.Query.term_query(schema.schema(), "part", 0)
        of_these = tantivy.Query.term_set_query(schema.schema(), "story", ids)
        must = tantivy.Occur.Must
        self._writer.delete_documents_by_query(tantivy.Query.boolean_query([(must, about), (must, of_these)]))
        for story in texts_of(ids, parts=False):
            self._writer.add_document(_about(story, way_of(story.language)))

    def forget(self, story_ids: Sequence[int]) -> None:
        """Take stories and their parts out."""
        self._writer.delete_documents_by_query(
            tantivy.Query.term_set_query(schema.schema(), "story", story_ids)
        )

    def add(self, story: StoryTexts) -> None:
        """Put a story in that is not there."""
        way = way_of(story.language)
        self._writer.add_document(_about(story, way))
        for part in story.parts:
            self._writer.add_document(_inside(story, part, way))

    def commit(self) -> None:
        """From now on it is found."""
        self._writer.commit()

    def close(self) -> None:
        """Wait for what merges in the background, and let others write."""
        self._writer.wait_merging_threads()


def build(folder: Path, progress: Progress | None = None, *, heap: int = HEAP, threads: int = THREADS) -> int:
    """Write all stories into an empty folder. Returns how many stories."""
    ids = list(Story.objects.listed_for_somebody().order_by("pk").values_list("pk", flat=True))
    with Writer(folder, heap=heap, threads=threads) as writer:
        for done in _chunks(len(ids)):
            for story in texts_of(ids[done : done + CHUNK]):
                writer.add(story)
            if progress:
                progress(min(done + CHUNK, len(ids)), len(ids))
    return len(ids)


def _chunks(length: int) -> Iterator[int]:
    return iter(range(0, length, CHUNK))


def _about(story: StoryTexts, way: str) -> tantivy.Document:
    """Names are compared as they are, and by their stems."""
    document = tantivy.Document()
    document.add_unsigned("story", story.story)
    document.add_unsigned("part", 0)
    document.add_unsigned("members", int(story.members))
    document.add_text("way", way)
    document.add_text(schema.WRITERS, _apart(story.writers, SIMPLE))
    for one in dict.fromkeys((way, SIMPLE)):
        document.add_text(f"title_{one}", analysis(one).indexed(story.title))
        document.add_text(f"tags_{one}", _apart(story.tags, one))
    document.add_text(f"summary_{way}", analysis(way).indexed(story.summary))
    return document


def _apart(names: Iterable[str], way: str) -> str:
    return f" {BREAK} ".join(analysis(way).indexed(name) for name in names)


def _inside(story: StoryTexts, part: PartText, way: str) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("story", story.story)
    document.add_unsigned("part", part.part)
    document.add_unsigned("members", int(part.members))
    document.add_text("way", way)
    document.add_text(f"heading_{way}", analysis(way).indexed(part.title))
    document.add_text(f"text_{way}", analysis(way).indexed(plain(part.html)))
    return document
