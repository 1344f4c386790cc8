"""Typing errors in names and titles: the words of the index that a word was meant to be."""

from __future__ import annotations

from dataclasses import replace

import tantivy
from rapidfuzz import process
from rapidfuzz.distance import OSA

from talehouse.search.language.words import Word
from talehouse.search.texts.analysing import SIMPLE, analysis, is_letters
from talehouse.search.texts.schema import WRITERS

SHORTEST = 4
"""Letters from which on a typing error can be told from another word."""
LIKE = 0.7
"""The least likeness, from 0 to 1: one error in four letters, two in seven."""
LOOKED_AT = 100_000
"""Words of one field that are compared."""
OFFERED = 4

_FIELDS = {
    "": (f"title_{SIMPLE}", WRITERS, f"tags_{SIMPLE}"),
    "title": (f"title_{SIMPLE}",),
    "author": (WRITERS,),
}


def like(word: Word, searcher: tantivy.Searcher) -> list[Word]:
    """Words that it may have been meant to be, the likeliest first; such as begin alike come before."""
    typed = "".join(analysis(SIMPLE).folded(word.text)[:1])
    if len(typed) < SHORTEST or is_letters(typed) or word.field not in _FIELDS:
        return []
    near = _near(typed, word, searcher, typed[0]) or _near(typed, word, searcher, "")
    return [replace(word, text=one) for one in near]


def _near(typed: str, word: Word, searcher: tantivy.Searcher, beginning: str) -> list[str]:
    counts: dict[str, int] = {}
    for field in _FIELDS[word.field]:
        for term, count in searcher.terms_with_prefix(field, beginning, limit=LOOKED_AT):
            counts[term] = counts.get(term, 0) + count
    found = process.extract(
        typed, list(counts), scorer=OSA.normalized_similarity, score_cutoff=LIKE, limit=OFFERED * 4
    )
    ranked = sorted(found, key=lambda one: (-round(one[1], 2), -counts[one[0]], one[0]))
    return [term for term, _likeness, _place in ranked[:OFFERED]]
