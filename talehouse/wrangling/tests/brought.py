"""A vocabulary that comes in, for the tests of this room."""

from __future__ import annotations

from talehouse.wrangling.files.entries import Entry
from talehouse.wrangling.models import Change
from talehouse.wrangling.undoing_imports import standing

FILE = [
    Entry("theme", "Lamps", "canonical", above=(("theme", "Light"), ("fandom", "Weir"))),
    Entry("theme", "Light", "canonical"),
    Entry("theme", "Old", "canonical", above=(("theme", "Light"),)),
    Entry("theme", "lampes", "synonym", merged_into="Lamps"),
    Entry("theme", "lampen", "synonym", merged_into="Lamps"),
    Entry("theme", "hmm", "aside"),
    Entry("fandom", "Weir", "canonical"),
    Entry("character", "Mira", "canonical", above=(("fandom", "Weir"),)),
    Entry("character", "Orlan", "canonical"),
    Entry(
        "relationship", "Mira/Orlan", "canonical", members=("Mira", "Orlan"), above=(("character", "Mira"),)
    ),
    Entry("relationship", "Orlan & Mira", "unsorted", members=("Orlan", "Mira")),
]


def names_left(change: Change) -> set[str]:
    return set(standing(change).values_list("tag__name", flat=True))
