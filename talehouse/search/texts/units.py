"""What one word or phrase of a question is in the index: its pieces in each way, and the queries for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import tantivy

from talehouse.search.language.words import Phrase, Word, Words
from talehouse.search.texts.analysing import BREAK, SIMPLE, Analysis, analysis, is_letters, letters, runs
from talehouse.search.texts.schema import WRITERS, schema

Unit = Word | Phrase
_SIGN = re.compile(r"[!-/:-@\[-`{-~]")
Q = tantivy.Query

WEIGHTS = {"title": 6.0, "writers": 5.0, "tags": 4.0, "summary": 2.0, "heading": 2.0, "text": 1.0}
"""How much a place counts; what the judged set (`tests/judged/`) bears out."""
TIE = 0.1
"""What the other places add to the best one."""
_ABOUT = {"": ("title", "tags", "summary", WRITERS), "title": ("title",), "author": (WRITERS,)}
_ABOUT |= {"summary": ("summary",), "tag": ("tags",), "text": ()}
_INSIDE = {"": ("heading", "text"), "text": ("text",)}


@dataclass(frozen=True, slots=True)
class Form:
    """Pieces next to each other; `starts`: the last may go on."""

    pieces: tuple[str, ...]
    starts: bool = False


def forms(unit: Unit, way: str) -> list[Form]:
    """What is looked for in one way; nothing, if there is no letter in it."""
    how = analysis(way)
    if isinstance(unit, Word) and unit.prefix and (begun := _begun(unit.text, how)):
        exact = _form(unit.text, how)
        return [begun, *([exact] if exact and exact.pieces != begun.pieces else [])]
    found = _form(unit.text, how)
    return [found] if found else []


def _form(text: str, how: Analysis) -> Form | None:
    """Of a run of letters the last one alone is not asked for, since the text may go on there."""
    cut = [run for run in runs(text) if run != BREAK]
    if not cut:
        return None
    pieces = [piece for run in cut for piece in how.stems(run) if piece]
    if is_letters(cut[-1]):
        if letters(cut[-1]) == 1:
            return Form(tuple(pieces), starts=True)
        pieces.pop()
    return Form(tuple(pieces)) if pieces else None


def _begun(text: str, how: Analysis) -> Form | None:
    cut = [run for run in runs(text) if run != BREAK]
    if not cut or is_letters(cut[-1]):
        return None
    before = [piece for run in cut[:-1] for piece in how.stems(run)]
    last = how.folded(cut[-1])
    return Form((*before, *last), starts=True) if last else None


def is_empty(unit: Unit) -> bool:
    """Whether nothing of it can be looked for."""
    return not forms(unit, SIMPLE)


def usable(words: Words) -> Words:
    """Without words that are signs only."""
    return Words(
        tuple(unit for unit in words.wanted if not is_empty(unit)),
        tuple(unit for unit in words.unwanted if not is_empty(unit)),
        tuple(group for group in (_usable(group) for group in words.any_of) if group),
    )


def _usable(group: Sequence[Unit]) -> tuple[Unit, ...]:
    return tuple(unit for unit in group if not is_empty(unit))


def asked(form: Form, field: str) -> tantivy.Query:
    """The query for one form in one field."""
    *before, last = form.pieces
    if form.starts and not before:
        return Q.regex_query(schema(), field, _SIGN.sub(r"\\\g<0>", last) + ".*")
    if form.starts:
        return Q.phrase_prefix_query(schema(), field, list(form.pieces))
    if before:
        return Q.phrase_query(schema(), field, list(form.pieces))
    return Q.term_query(schema(), field, last)


def about_queries(unit: Unit, ways: Sequence[str], searcher: tantivy.Searcher) -> list[tantivy.Query]:
    """For the documents of stories."""
    found: list[tantivy.Query] = []
    for name in _ABOUT[unit.field]:
        if name == WRITERS:
            found += _weighed(unit, SIMPLE, WRITERS, WRITERS, searcher)
            continue
        for way in ways if name == "summary" else dict.fromkeys((*ways, SIMPLE)):
            found += _weighed(unit, way, f"{name}_{way}", name, searcher)
    return found


def inside_queries(unit: Unit, way: str, searcher: tantivy.Searcher) -> list[tantivy.Query]:
    """For the documents of parts, in one way."""
    return [
        query
        for name in _INSIDE.get(unit.field, ())
        for query in _weighed(unit, way, f"{name}_{way}", name, searcher)
    ]


def _weighed(
    unit: Unit, way: str, field: str, name: str, searcher: tantivy.Searcher
) -> Iterator[tantivy.Query]:
    for form in forms(unit, way):
        lone = len(form.pieces) == 1 and not form.starts
        if lone and not searcher.doc_freq(field, form.pieces[0]):
            continue
        yield Q.boost_query(asked(form, field), WEIGHTS[name])


def best_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    """Wherever it counts most."""
    return queries[0] if len(queries) == 1 else Q.disjunction_max_query(list(queries), TIE)
