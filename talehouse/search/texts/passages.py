"""Where the words stand: the block of a text that shows them best, with the words marked.

Made only for the stories of the page that is shown, from texts as the gate lets this person have them now.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape

import tantivy

from talehouse.accounts.models import Person
from talehouse.lib import html as markup
from talehouse.search.language.words import Words
from talehouse.search.texts.analysing import Piece, analysis, first_letter, is_letters, plain, way_of
from talehouse.search.texts.asking import Reader
from talehouse.search.texts.schema import schema
from talehouse.search.texts.units import Form, Q, Unit, best_of, forms, inside_queries, usable
from talehouse.stories.models import Part

LENGTH = 240
"""Characters of a passage, about."""
BEFORE = 70
"""Characters that may stand before the first word that is marked."""
LOOKED_AT = 5_000
"""Parts, the best first, among which the best of each story is chosen."""
_SPACES = re.compile(r"\s+")
_BLOCK_START = re.compile(r'\n(?=<[a-z0-9]+ id="b-)')


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of one block; `html` is escaped, with `<mark>` around the words. `url` leads to the block."""

    part: int
    block: str
    title: str
    url: str
    html: str


def passages(
    reader: Reader, words: Words, story_ids: Collection[int], *, person: Person
) -> dict[int, Passage]:
    """For each of these stories that has the words in a part that this person may meet, the best passage."""
    units = list(inside(usable(words)))
    best = best_parts(reader, units, story_ids, member=person.is_authenticated)
    parts = Part.objects.listed_for(person).filter(pk__in=best.values()).select_related("story", "published")
    columns = ("title", "slug", "story__language", "published__html")
    found: dict[int, Passage] = {}
    for part in parts.only(*columns):
        assert part.published is not None  # the gate lists none without
        if place := passage_in(part.published.html, part.story.language, units):
            block, html = place
            found[part.story_id] = Passage(part.pk, block, part.title, f"{part.url}#b-{block}", html)
    return found


def inside(words: Words) -> Iterator[Unit]:
    """What is looked for in texts."""
    for unit in (*words.wanted, *(unit for group in words.any_of for unit in group)):
        if unit.field in ("", "text"):
            yield unit


def best_parts(
    reader: Reader, units: Sequence[Unit], story_ids: Collection[int], *, member: bool
) -> dict[int, int]:
    """The part of each story in which the words count most."""
    each = [
        best_of(queries)
        for way in reader.ways
        for unit in units
        if (queries := inside_queries(unit, way, reader.searcher))
    ]
    if not each or not story_ids:
        return {}
    within = Q.term_set_query(schema(), "story", sorted(story_ids))
    both = Q.boolean_query(
        [
            (tantivy.Occur.Must, Q.boolean_query([(tantivy.Occur.Should, query) for query in each])),
            (tantivy.Occur.Must, Q.const_score_query(within, 0.0)),
        ]
    )
    searcher = reader.searcher
    hits = searcher.search(reader.allowed(both, member), limit=LOOKED_AT, count=False).hits
    addresses = [hit[1] for hit in hits]
    stories = searcher.fast_field_values("story", addresses)
    parts = searcher.fast_field_values("part", addresses)
    best: dict[int, int] = {}
    for story, part in zip(stories, parts, strict=True):
        best.setdefault(int(story or 0), int(part or 0))
    return best


def passage_in(stored: str, language: str, units: Sequence[Unit]) -> tuple[str, str] | None:
    """The id of the block with most of the words, the first of equals, and its passage as HTML."""
    way = way_of(language)
    asked = [found for unit in units if (found := forms(unit, way))]
    best, most = "", 0
    for block in _BLOCK_START.split(stored):
        held = _held(list(analysis(way).pieces(plain(block))), asked)
        if held > most:
            best, most = block, held
        if most == len(asked):
            break
    if not best:
        return None
    ((key, block_found),) = markup.parse(best)
    return key, marked(block_found.text, way, asked)


def _held(pieces: Sequence[Piece], asked: Sequence[Sequence[Form]]) -> int:
    """How many of the words a block has."""
    told = [piece.text for piece in pieces]
    known = set(told)
    return sum(any(next(_places(told, form, known), None) is not None for form in each) for each in asked)


def _places(told: Sequence[str], form: Form, known: Collection[str]) -> Iterator[int]:
    """Where the pieces stand next to each other."""
    *before, last = form.pieces
    if not all(piece in known for piece in (before if form.starts else form.pieces)):
        return
    length = len(form.pieces)
    for at in range(len(told) - length + 1):
        end = told[at + length - 1]
        ends = end == last or (form.starts and end.startswith(last))
        if ends and list(told[at : at + length - 1]) == before:
            yield at


def marked(text: str, way: str, asked: Sequence[Sequence[Form]]) -> str:
    """A passage of this text, escaped, with the words marked."""
    spans = _spans(text, way, asked)
    start, end = _window(text, spans)
    pieces: list[str] = []
    at = start
    for first, last in spans:
        if start <= first and last <= end:
            pieces += [_plain(text[at:first]), "<mark>", _plain(text[first:last]), "</mark>"]
            at = last
    pieces.append(_plain(text[at:end]))
    return ("…" if start else "") + "".join(pieces).strip() + ("…" if end < len(text) else "")


def _plain(text: str) -> str:
    return escape(_SPACES.sub(" ", text), quote=False)


def _spans(text: str, way: str, asked: Sequence[Sequence[Form]]) -> list[tuple[int, int]]:
    """The characters of the words, in order; such as overlap are one."""
    pieces = list(analysis(way).pieces(text))
    told = [piece.text for piece in pieces]
    known = set(told)
    found = sorted(
        (pieces[at].start, _end(pieces[at + len(form.pieces) - 1], form, text))
        for each in asked
        for form in each
        for at in _places(told, form, known)
    )
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _end(last: Piece, form: Form, text: str) -> int:
    """Of a pair of which only the first letter was asked for, the end of that."""
    if form.starts and is_letters(text[last.start : last.end]):
        return first_letter(text, last.start)
    return last.end


def _window(text: str, spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """From where to where: around the words that stand closest, cut between words."""
    if len(text) <= LENGTH or not spans:
        return 0, _before_word(text, LENGTH) if len(text) > LENGTH else len(text)
    first = max(
        spans,
        key=lambda one: (sum(one[0] <= other[0] < one[0] + LENGTH - BEFORE for other in spans), -one[0]),
    )
    start = _after_space(text, first[0] - BEFORE, first[0])
    end = _before_word(text, max(start + LENGTH, first[1]))
    return start, max(end, first[1])


def _after_space(text: str, at: int, most: int) -> int:
    if at <= 0:
        return 0
    found = _SPACES.search(text, at, most)
    return found.end() if found else at


def _before_word(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = max(text.rfind(" ", at - 40, at), text.rfind("\n", at - 40, at))
    return space if space > 0 else at
