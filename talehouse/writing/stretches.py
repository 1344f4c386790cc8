"""A text cut at every block that has notes, so that each stretch of it has its threads beside its head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from talehouse.writing.noting import Place, Thread


@dataclass(slots=True)
class Stretch:
    """A block with its threads, and the blocks after it that have none.

    `writes`: the form for a new note stands open here; `answers`: the note whose form stands open.
    """

    head: Place
    rest: list[Place] = field(default_factory=list)
    writes: bool = False
    answers: str = ""

    @property
    def open(self) -> list[Thread]:
        """What is still to be talked about."""
        return [thread for thread in self.head.threads if thread.note.settled_at is None]

    @property
    def settled(self) -> list[Thread]:
        """What folds away."""
        return [thread for thread in self.head.threads if thread.note.settled_at is not None]


def stretches(places: Sequence[Place], block: str | None, note: str) -> list[Stretch]:
    """The stretches of a text; the first is what is about the whole part, and has no block.

    `block`: the one on which a note is being written, `note`: the one that is being answered.
    """
    found: list[Stretch] = []
    for number, place in enumerate(places):
        writes = place.key == block
        if number < 2 or place.threads or writes:
            found.append(Stretch(place, writes=writes, answers=note))
        else:
            found[-1].rest.append(place)
    return found
