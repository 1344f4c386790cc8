"""What the index holds and should hold, for the tests of this room."""

from __future__ import annotations

from talehouse.search import cursors, feeding, sources
from talehouse.search.columns.folding import folded
from talehouse.search.columns.index import Index
from talehouse.search.columns.rows import Row
from talehouse.search.questions import Question
from talehouse.stories import describing
from talehouse.stories.models import Story
from tests.cast import Cast, story

ALL = frozenset({"general", "teen", "mature", "explicit", "not-rated"})


def round_of() -> int:
    """One round of the feeder of stories."""
    return feeding.Feeder(cursors.folder()).round()


def kept() -> list[Row]:
    """The rows that the index holds."""
    index = Index(cursors.folder())
    base, tail = index.refresh()
    rows = sources._rows(folded(base, tail))
    index.close()
    return sorted(rows, key=lambda row: row.story)


def true() -> list[Row]:
    """The rows that it should hold."""
    return sorted(sources._rows(sources.everything()), key=lambda row: row.story)


def everything(**wish: object) -> Question:
    """All that a member may meet."""
    return Question(member=True, ratings=ALL, **wish)  # type: ignore[arg-type]


def a_new_one(cast: Cast) -> None:
    """A story comes out."""
    story(cast, "A new one", parts=1)


def more_tags(cast: Cast) -> None:
    """The story “First” gets tags."""
    describing.set_tags(
        Story.objects.get(title="First"),
        [("fandom", "Tides"), ("fandom", "Weirs"), ("relationship", "Ada/Bea"), ("theme", "Fog")],
        by=cast.writer,
    )
