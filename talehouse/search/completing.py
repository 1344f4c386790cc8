"""What is offered while somebody types the name of a tag into the filters: only what still gives results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from talehouse.search import engine
from talehouse.search.questions import Question
from talehouse.stories import tagging
from talehouse.stories.tagging import Match
from talehouse.tags.models import Tag

OFFERED = 10
OF_A_KIND = 5
LOOKED_AT = 500
"""Names of a kind that are counted: of more, those that most stories carry."""


class Offer(NamedTuple):
    """A tag, and how many stories of the answer have it.

    `far`: 0 if its name was typed, 1 if it begins so, 2 if a word of it does. `called`: the synonym that was
    typed, if stories of the answer carry it.
    """

    tag: int
    kind: str
    stories: int
    far: int
    called: int | None


@dataclass(slots=True)
class _Meant:
    """A tag that is meant by names which were found, and its synonyms among them, if it is not itself."""

    kind: str
    far: int
    itself: bool = False
    synonyms: list[int] = field(default_factory=list)


def complete(question: Question, kinds: Collection[str], typed: str) -> list[Offer]:
    """Tags of these kinds that are called so, then those that begin so, then those with a word that does,
    the most frequent first; only such as stand on stories of the answer.

    A synonym that is typed offers its canonical tag. Raises IndexMissing.
    """
    told: list[Offer] = []
    for far, look in enumerate((tagging.beginning, tagging.worded), start=1):
        found = [one for kind in kinds for one in look(kind, typed, LOOKED_AT)]
        known = {one.tag for one in told}
        meant = {tag: one for tag, one in _meant(found, far).items() if tag not in known}
        told = _first([*told, *_counted(question, meant)])
        if len(told) == OFFERED:
            break
    return told


def _meant(found: Sequence[Match], far: int) -> dict[int, _Meant]:
    rows = Tag.objects.filter(pk__in=[one.tag for one in found])
    tags = {pk: (kind, merged) for pk, kind, merged in rows.values_list("pk", "kind", "merged_into")}
    meant: dict[int, _Meant] = {}
    for one in found:
        kind, merged = tags[one.tag]
        name = meant.setdefault(merged or one.tag, _Meant(kind, far))
        name.far = 0 if one.exact else name.far
        if merged:
            name.synonyms.append(one.tag)
        else:
            name.itself = True
    return meant


def _counted(question: Question, meant: dict[int, _Meant]) -> Iterable[Offer]:
    if not meant:
        return
    synonyms = [pk for one in meant.values() if not one.itself for pk in one.synonyms]
    counts = engine.count(question, [f"tag:{pk}" for pk in (*meant, *synonyms)])
    for tag, one in meant.items():
        if stories := counts[f"tag:{tag}"]:
            carried = (pk for pk in one.synonyms if not one.itself and counts[f"tag:{pk}"])
            yield Offer(tag, one.kind, stories, one.far, next(carried, None))


def _first(offers: Iterable[Offer]) -> list[Offer]:
    told: list[Offer] = []
    of_a_kind: Counter[str] = Counter()
    for one in sorted(offers, key=lambda one: (one.far, -one.stories, one.tag)):
        of_a_kind[one.kind] += 1
        if of_a_kind[one.kind] <= OF_A_KIND:
            told.append(one)
    return told[:OFFERED]
