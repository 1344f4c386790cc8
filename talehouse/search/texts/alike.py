"""Stories that are like one: by its tags and by the words that are peculiar to it.

Words are weighed by how often they stand in the story and how few others have them (tf-idf, as in
K. Spärck Jones, "A statistical interpretation of term specificity", Journal of Documentation 28, 1972).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import log

import numpy as np

from talehouse.search.language.words import Phrase, Word
from talehouse.search.texts.analysing import SIMPLE, analysis, is_letters, plain, way_of
from talehouse.search.texts.asking import Reader
from talehouse.search.texts.documents import StoryTexts, texts_of
from talehouse.search.texts.units import Unit, forms

WORDS = 25
"""Peculiar words that are looked for."""
TAGS = 25
SHORTEST = 4
READ = 60_000
"""Characters of a story that are read, in the order of its parts: enough to tell what it is about."""
SHARED = 5
"""Words and tags that are told of each."""
TAGS_COUNT = 2.0
"""How much a tag counts, beside a word; divided by its own words, since each adds to a score."""
COMMON = 0.1
"""Share of all documents from which on a word is peculiar to nothing."""
FEW = 20
"""Documents that may have a peculiar word in a small archive."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A story, how like it is (only the order means something), and what both have, the weightiest first."""

    story: int
    score: float
    tags: tuple[str, ...]
    words: tuple[str, ...]


def similar(reader: Reader, story_id: int, *, member: bool, limit: int = 20) -> list[Alike]:
    """The stories most like this one, of those that a visitor or a member may meet; nothing, if it is none of
    them itself. What is above somebody's rating the caller leaves out, through the gate.
    """
    reader.refresh()
    found = next(texts_of([story_id]), None)
    if found is None or (found.members and not member):
        return []
    tags = {tag: Phrase(tag, "tag") for tag in dict.fromkeys(found.tags)}
    words = _peculiar(reader, found, member)
    scores: dict[int, float] = defaultdict(float)
    shared: dict[int, list[tuple[float, str]]] = defaultdict(list)
    asked: list[tuple[str, Unit, float]] = [
        (tag, unit, TAGS_COUNT / len(pieces[0].pieces))
        for tag, unit in [*tags.items()][:TAGS]
        if (pieces := forms(unit, SIMPLE))
    ]
    asked += [(word, Word(word, field="text"), weight) for word, weight in words]
    for name, unit, weight in asked:
        stories, each = reader.stories(unit, member)
        for at in np.argsort(-each)[: 50 * limit]:
            value = float(each[at]) * weight
            scores[int(stories[at])] += value
            shared[int(stories[at])].append((value, name))
    scores.pop(story_id, None)
    best = sorted(scores, key=lambda one: (-scores[one], -one))[:limit]
    return [_told(one, scores[one], shared[one], tags) for one in best]


def _told(story: int, score: float, shared: list[tuple[float, str]], tags: dict[str, Phrase]) -> Alike:
    names = [name for _value, name in sorted(shared, key=lambda one: (-one[0], one[1]))]
    return Alike(
        story,
        score,
        tuple(name for name in names if name in tags)[:SHARED],
        tuple(name for name in names if name not in tags)[:SHARED],
    )


def _peculiar(reader: Reader, story: StoryTexts, member: bool) -> list[tuple[str, float]]:
    """The story's own words as they are written most often, and their weights (the highest is 1)."""
    way = way_of(story.language)
    counts: Counter[str] = Counter()
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for piece, surface in _read(story, way, member):
        counts[piece] += 1
        written[piece][surface] += 1
    whole = max(1, reader.searcher.num_docs)
    weights: dict[str, float] = {}
    for piece, count in counts.most_common(2_000):
        having = reader.searcher.doc_freq(f"text_{way}", piece)
        if 1 < having <= max(FEW, whole * COMMON):
            weights[piece] = (1 + log(count)) * log(whole / having)
    best = sorted(weights, key=lambda one: (-weights[one], one))[:WORDS]
    highest = weights[best[0]] if best else 1.0
    return [(written[piece].most_common(1)[0][0], weights[piece] / (highest or 1.0)) for piece in best]


def _read(story: StoryTexts, way: str, member: bool) -> list[tuple[str, str]]:
    """Pieces and the words that they come from; of scripts in pairs, the pairs."""
    left = READ
    found: list[tuple[str, str]] = []
    for part in story.parts:
        if left <= 0 or (part.members and not member):
            continue
        text = plain(part.html)[:left]
        left -= len(text)
        for piece in analysis(way).pieces(text):
            surface = text[piece.start : piece.end].casefold()
            if len(piece.text) >= SHORTEST or (is_letters(piece.text) and len(piece.text) > 1):
                found.append((piece.text, surface))
    return found
