"""Asking the index of texts: all stories that match, and how well.

A story matches if every word is found somewhere in it that the person may meet: in its title, summary, names
or tags, or in a part. Its score adds, for each word, that of the best part and that of the story itself
(BM25), and more where the words stand in one part, or near one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tantivy

from talehouse.search.language.words import Word, Words
from talehouse.search.questions import IndexMissing
from talehouse.search.texts import schema, spelling
from talehouse.search.texts.analysing import WAYS
from talehouse.search.texts.units import (
    WEIGHTS,
    Q,
    Unit,
    about_queries,
    best_of,
    forms,
    inside_queries,
    usable,
)

KEPT = 4_000_000
"""Stories that are remembered in all, of the words that were asked last, until the index changes (48 MB)."""
WORD = 100
"""A word counts for so many stories more, so that words which nobody wrote do not pile up."""
NEAR = 2_000
"""Parts that are looked at for words that stand together."""
COMMON = 5_000
"""Stories of the rarest word, up to which it is asked whether the words stand together in a text."""
SCORED = 5_000
"""Documents of one word that are scored, the best; in all others it counts as in the last of these."""
COUNTED = 60_000
"""Stories that tantivy counts in one go (its limit is 65,000); with more, each document is looked at."""
TOGETHER = 0.5
"""What one part with all words adds, of its score."""
CLOSE = 3.0
"""What the words in their order add, times the weight of the place."""
MISTYPED = 4
"""Words that nobody wrote up to which each is compared with all names and titles: that is slow work."""
FEWEST_PARTLY = 3
"""Words from which on most of them are enough, if no story has all."""

Numbers = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Occur = tantivy.Occur
_LEAST = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """The numbers of all stories that match, ascending, and their scores beside them.

    `but`: nothing was wanted, so these are the stories that do not match, and all others do. `instead`: words
    that nobody wrote, and what was looked for in their place. `partly`: no story has all words, so these have
    most.
    """

    stories: Numbers
    scores: Scores
    but: bool = False
    instead: tuple[tuple[str, str], ...] = ()
    partly: bool = False


class Reader:
    """Reads the index of one folder, and sees what has been committed since. Raises IndexMissing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = schema.load(folder)
        self._seen = -1
        self.forget()
        self.refresh()

    def refresh(self) -> None:
        """Take in what was committed; cheap if nothing was."""
        try:
            seen = (self._folder / "meta.json").stat().st_mtime_ns
            if seen == self._seen:
                return
            self._index.reload()
        except (OSError, ValueError) as error:
            raise IndexMissing(f"{self._folder}: {error}") from error
        self._seen = seen
        self.forget()
        self.searcher = self._index.searcher()
        self.ways = [way for way in WAYS if self.searcher.doc_freq("way", way)]
        self._guarded = bool(self.searcher.doc_freq("members", 1))
        self._count = self.searcher.doc_freq("part", 0)

    def forget(self) -> None:
        """Let go of what is remembered of words, so that it is asked anew."""
        self._known: dict[tuple[Unit, bool], tuple[Numbers, Scores]] = {}
        self._kept = 0

    # All stories that match

    def match(self, words: Words, *, member: bool, forgiving: bool = True) -> Matches:
        """The stories that match. `forgiving`: if there are none, typing errors in names, and one word too
        many, are overlooked, and that is said.
        """
        self.refresh()
        words = usable(words)
        found = self._found(words, member)
        if forgiving and not len(found.stories) and not found.but:
            return self._forgiven(words, member) or found
        return found

    def _found(self, words: Words, member: bool) -> Matches:
        barred = self._barred(words, member)
        sets = self._sets(words, member)
        if not sets:
            return Matches(barred, np.zeros(len(barred), np.float32), but=True)
        stories, scores = _all_of(sets)
        kept = ~np.isin(stories, barred)
        stories, scores = stories[kept], scores[kept]
        if len(stories) and len(words.wanted) > 1:
            scores = scores + self._closeness(words.wanted, member, stories, min(len(one[0]) for one in sets))
        return Matches(stories, scores)

    def _sets(self, words: Words, member: bool) -> list[tuple[Numbers, Scores]]:
        sets = [self.stories(unit, member) for unit in words.wanted]
        return sets + [_any_of([self.stories(unit, member) for unit in group]) for group in words.any_of]

    def _barred(self, words: Words, member: bool) -> Numbers:
        found = [self.stories(unit, member)[0] for unit in words.unwanted]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)

    def stories(self, unit: Unit, member: bool) -> tuple[Numbers, Scores]:
        """The stories of one word or phrase; the best part of each counts, and the story itself."""
        if (known := self._known.get((unit, member))) is not None:
            return known
        about = about_queries(unit, self.ways, self.searcher)
        inside = [query for way in self.ways for query in inside_queries(unit, way, self.searcher)]
        found = _any_of([self._hits(queries, member) for queries in (about, inside)], add=True)
        self._remember((unit, member), found)
        return found

    def _remember(self, key: tuple[Unit, bool], found: tuple[Numbers, Scores]) -> None:
        """Several threads may ask at once: the worst is that something is remembered twice or not at all."""
        size = WORD + len(found[0])
        if self._kept + size > KEPT:
            self.forget()
        self._kept += size
        self._known[key] = found

    def _hits(self, queries: Sequence[tantivy.Query], member: bool, limit: int = 0) -> tuple[Numbers, Scores]:
        """The stories of the documents that match, each with the best score."""
        if not queries:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        query, searcher = self.allowed(best_of(queries), member), self.searcher
        hits = searcher.search(query, limit=limit or SCORED, count=False).hits
        numbers = np.array(searcher.fast_field_values("story", [hit[1] for hit in hits]), np.int64)
        scores = np.maximum(np.fromiter((hit[0] for hit in hits), np.float32, len(hits)), _LEAST)
        if limit or len(hits) < SCORED:
            return _best(numbers, scores)
        every = self._every(query, searcher)
        return _best(
            np.concatenate([numbers, every]),
            np.concatenate([scores, np.full(len(every), scores[-1], np.float32)]),
        )

    def _every(self, query: tantivy.Query, searcher: tantivy.Searcher) -> Numbers:
        """All stories of the documents that match, without scores."""
        if self._count <= COUNTED:
            terms = {"field": "story", "size": COUNTED, "segment_size": COUNTED}
            found = searcher.aggregate(query, {"stories": {"terms": terms}})["stories"]["buckets"]
            return np.fromiter((bucket["key"] for bucket in found), np.int64, len(found))
        hits = searcher.search(Q.const_score_query(query, 1.0), limit=searcher.num_docs, count=False).hits
        return np.array(searcher.fast_field_values("story", [hit[1] for hit in hits]), np.int64)

    def allowed(self, query: tantivy.Query, member: bool) -> tantivy.Query:
        """Without what only members may meet, unless it is one who asks."""
        if member or not self._guarded:
            return query
        members = Q.term_query(schema.schema(), "members", 1)
        return Q.boolean_query([(Occur.Must, query), (Occur.MustNot, members)])

    # Words that stand together

    def _closeness(self, wanted: Sequence[Unit], member: bool, stories: Numbers, rarest: int) -> Scores:
        added = np.zeros(len(stories), np.float32)
        rare = rarest <= COMMON
        for queries in (self._in_one_part(wanted) if rare else [], self._in_order(wanted, inside=rare)):
            numbers, scores = self._hits(queries, member, NEAR)
            place = np.searchsorted(numbers, stories).clip(0, max(0, len(numbers) - 1))
            if len(numbers):
                added += np.where(numbers[place] == stories, scores[place], 0).astype(np.float32)
        return added

    def _in_one_part(self, wanted: Sequence[Unit]) -> list[tantivy.Query]:
        found: list[tantivy.Query] = []
        for way in self.ways:
            each = [inside_queries(unit, way, self.searcher) for unit in wanted]
            if all(each):
                all_of = Q.boolean_query([(Occur.Must, best_of(queries)) for queries in each])
                found.append(Q.boost_query(all_of, TOGETHER))
        return found

    def _in_order(self, wanted: Sequence[Unit], *, inside: bool) -> list[tantivy.Query]:
        """The words nearly as they were typed, in a title or, if `inside`, in a text."""
        found: list[tantivy.Query] = []
        if any(unit.field or (isinstance(unit, Word) and unit.prefix) for unit in wanted):
            return found
        for way in self.ways:
            pieces = [piece for unit in wanted for form in forms(unit, way) for piece in form.pieces]
            for name in ("title", "heading", "text") if inside else ("title",):
                phrase = Q.phrase_query(schema.schema(), f"{name}_{way}", list(pieces), slop=len(wanted))
                found.append(Q.boost_query(phrase, CLOSE * WEIGHTS[name]))
        return found

    # When nothing is found

    def _forgiven(self, words: Words, member: bool) -> Matches | None:
        changed, instead = self._spelt(words, member)
        if instead:
            found = self._found(changed, member)
            if len(found.stories):
                return Matches(found.stories, found.scores, instead=instead)
        return self._partly(changed, member, instead)

    def _spelt(self, words: Words, member: bool) -> tuple[Words, tuple[tuple[str, str], ...]]:
        """Words that nobody wrote, by those in names and titles that look like them."""
        plain = [unit for unit in dict.fromkeys(words.wanted) if isinstance(unit, Word) and not unit.prefix]
        lost = [unit for unit in plain if not len(self.stories(unit, member)[0])]
        instead: dict[Unit, Unit] = {}
        for unit in lost if len(lost) <= MISTYPED else ():
            near = spelling.like(unit, self.searcher)
            if better := next((one for one in near if len(self.stories(one, member)[0])), None):
                instead[unit] = better
        wanted = tuple(instead.get(unit, unit) for unit in words.wanted)
        said = tuple((unit.text, better.text) for unit, better in instead.items())
        return Words(wanted, words.unwanted, words.any_of), said

    def _partly(self, words: Words, member: bool, instead: tuple[tuple[str, str], ...]) -> Matches | None:
        """Stories that have all words but one."""
        sets = self._sets(words, member)
        if len(sets) < FEWEST_PARTLY:
            return None
        stories, scores = _any_of(sets, add=True)
        held = np.zeros(len(stories), np.int64)
        for numbers, _scores in sets:
            held += np.isin(stories, numbers)
        kept = (held >= len(sets) - 1) & ~np.isin(stories, self._barred(words, member))
        return Matches(stories[kept], scores[kept], instead=instead, partly=True) if kept.any() else None


def _best(numbers: Numbers, scores: Scores) -> tuple[Numbers, Scores]:
    """Each story once, with its best score."""
    if not len(numbers):
        return numbers, scores
    table = np.zeros(int(numbers.max()) + 1, np.float32)
    np.maximum.at(table, numbers, scores)
    stories = np.flatnonzero(table)
    return stories, table[stories]


def _all_of(sets: Sequence[tuple[Numbers, Scores]]) -> tuple[Numbers, Scores]:
    stories, scores = min(sets, key=lambda one: len(one[0]))
    total = np.zeros(len(stories), np.float32)
    for numbers, _scores in sets:
        stories = stories[np.isin(stories, numbers, assume_unique=True)]
    total = np.zeros(len(stories), np.float32)
    for numbers, scores in sets:
        total += scores[np.searchsorted(numbers, stories)] if len(numbers) else 0
    return stories, total


def _any_of(sets: Sequence[tuple[Numbers, Scores]], *, add: bool = False) -> tuple[Numbers, Scores]:
    """Stories of one set or another; scores are added, or the best is taken."""
    some = [one for one in sets if len(one[0])]
    if len(some) < 2:
        return some[0] if some else (np.zeros(0, np.int64), np.zeros(0, np.float32))
    table = np.zeros(max(int(numbers[-1]) for numbers, _scores in some) + 1, np.float32)
    for numbers, scores in some:
        table[numbers] = table[numbers] + scores if add else np.maximum(table[numbers], scores)
    stories = np.flatnonzero(table)
    return stories, table[stories]
