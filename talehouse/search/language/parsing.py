"""From what somebody typed to what is asked.

Words must all be there; "phrases" stand next to each other; -word is left out; dragon* may go on; OR finds
either; fields (`fields.py`) narrow it down. Anything else is a word: no query is refused for its signs alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from talehouse.lib import characters
from talehouse.search.language import fields, spans
from talehouse.search.language.errors import QueryError
from talehouse.search.language.lexing import COLONS, STARS, Term, terms
from talehouse.search.language.parsed import Filter, Parsed
from talehouse.search.language.words import Phrase, Word, Words
from talehouse.search.questions import Sort

LONGEST = 500
"""Characters of a query."""
MOST_TERMS = 40
_LIKE_A_FIELD = 80
"""From this likeness on (0 to 100) a word before a colon is a field that was mistyped."""

Found = Word | Phrase | Filter


def parse(typed: str) -> Parsed:
    """What is asked. Raises QueryError with one sentence; its place is one in `legible(typed)`."""
    typed = legible(typed)
    if len(typed) > LONGEST:
        raise QueryError(
            _("This is too long: a query has at most %(most)d characters, and yours has %(length)d.")
            % {"most": LONGEST, "length": len(typed)},
            start=LONGEST,
            end=len(typed),
        )
    found = [term for term in terms(typed) if not term.is_and]
    if len(found) > MOST_TERMS:
        raise QueryError(
            _("This asks for too much at once: take at most %(most)d words and fields.")
            % {"most": MOST_TERMS},
            start=found[MOST_TERMS].start,
            end=len(typed),
        )
    return _gathered(found)


def legible(typed: str) -> str:
    """What is read of what was typed: real characters, none invisible, no white space around them."""
    return characters.without_surrogates(characters.clean(typed)).strip()


def _gathered(found: list[Term]) -> Parsed:
    wanted: list[Word | Phrase] = []
    unwanted: list[Word | Phrase] = []
    word_groups: list[tuple[Word | Phrase, ...]] = []
    filters: list[Filter] = []
    filter_groups: list[tuple[Filter, ...]] = []
    sort: Sort | None = None
    for group in _groups(found):
        if group[0].field == "sort":
            sort = _sort(group, sort)
            continue
        one_of = _alternatives(group)
        if len(one_of) > 1 and not group[0].excluded:
            words = tuple(one for one in one_of if not isinstance(one, Filter))
            asked = tuple(one for one in one_of if isinstance(one, Filter))
            if words and asked:
                raise _mixed(group)
            word_groups += [words] if words else []
            filter_groups += [asked] if asked else []
            continue
        for one in one_of:
            if isinstance(one, Filter):
                filters.append(one)
            else:
                (unwanted if group[0].excluded else wanted).append(one)
    words_asked = Words(tuple(wanted), tuple(unwanted), tuple(word_groups))
    return Parsed(words_asked if words_asked != Words() else None, tuple(filters), sort, tuple(filter_groups))


def _groups(found: list[Term]) -> list[list[Term]]:
    """Terms that OR joins, together; all others alone."""
    groups: list[list[Term]] = []
    joins: Term | None = None
    for term in found:
        if term.is_or:
            if joins or not groups:
                raise _lonely(term)
            joins = term
        elif joins:
            groups[-1].append(term)
            joins = None
        else:
            groups.append([term])
    if joins:
        raise _lonely(joins)
    for group in groups:
        if len(group) > 1:
            _check_group(group)
    return groups


def _lonely(term: Term) -> QueryError:
    return QueryError(
        _("“%(sign)s” needs something on both sides, like dragon OR wyvern; as a word, write it small.")
        % {"sign": term.text},
        start=term.start,
        end=term.end,
    )


def _check_group(group: list[Term]) -> None:
    for term in group:
        if term.excluded or term.field == "sort" or term.field in fields.NUMBERS + fields.DATES:
            raise QueryError(
                _("OR cannot stand beside “%(term)s”: it joins words, names and the like.")
                % {"term": _shown(term)},
                start=term.start,
                end=term.end,
            )


def _mixed(group: list[Term]) -> QueryError:
    return QueryError(
        _("OR joins words with words and fields with fields, not “%(one)s” with “%(other)s”.")
        % {"one": _shown(group[0]), "other": _shown(group[-1])},
        start=group[0].start,
        end=group[-1].end,
    )


def _shown(term: Term) -> str:
    field = f"{term.field}:" if term.field else ""
    return f"{'-' if term.excluded else ''}{field}{term.text}"


def _sort(group: list[Term], before: Sort | None) -> Sort:
    term = group[0]
    if term.excluded or before is not None:
        raise QueryError(
            _("“sort:” stands once, and is not left out: like sort:votes."), start=term.start, end=term.end
        )
    return Sort(_coded(term)[0].value)


def _alternatives(group: Iterable[Term]) -> list[Found]:
    return [one for term in group for one in _read(term)]


def _read(term: Term) -> list[Found]:
    if term.field in fields.NUMBERS or term.field in fields.DATES:
        return [_measured(term)]
    if term.field in fields.CODES or term.field == "language":
        return [*_coded(term)]
    if term.field in fields.NAMES:
        return [Filter(term.field, _name(term), term.excluded)]
    return [_word(term)]


def _name(term: Term) -> str:
    star = not term.quoted and term.text[-1] in STARS
    return term.text[:-1] + "*" if star else term.text


def _measured(term: Term) -> Filter:
    dates = term.field in fields.DATES
    try:
        value = spans.read(term.field, term.text, dates=dates, excluded=term.excluded)
    except QueryError as error:
        raise QueryError(str(error), start=term.start, end=term.end) from None
    return Filter(term.field, value)


def _coded(term: Term) -> list[Filter]:
    """One or several with commas between them."""
    try:
        codes = [fields.code(term.field, piece) for piece in term.text.split(",") if piece.strip()]
        if not codes:
            fields.code(term.field, term.text)
    except QueryError as error:
        raise QueryError(str(error), start=term.start, end=term.end) from None
    return [Filter(term.field, code, term.excluded) for code in dict.fromkeys(codes)]


def _word(term: Term) -> Word | Phrase:
    if term.quoted:
        return Phrase(term.text, term.field)
    _refuse_mistyped(term)
    text = term.text.rstrip(STARS)
    if not text or text == term.text:
        return Word(term.text, field=term.field)
    if len(text) < 2 and text.isascii():
        raise QueryError(
            _("“%(read)s” would find too much: give at least two letters before the star.")
            % {"read": term.text},
            start=term.start,
            end=term.end,
        )
    return Word(text, prefix=True, field=term.field)


def _refuse_mistyped(term: Term) -> None:
    """A title like “Re:Zero” is a word; `fandm:x` is a field that was mistyped."""
    colon = next((at for at, sign in enumerate(term.text) if sign in COLONS), 0)
    before = term.text[:colon].lower()
    if term.field or len(before) < 4 or colon == len(term.text) - 1 or not before.isalpha():
        return
    meant = process.extractOne(before, sorted(fields.FIELDS), scorer=fuzz.ratio, score_cutoff=_LIKE_A_FIELD)
    if meant:
        raise QueryError(
            _(
                "There is no field “%(read)s:”. Did you mean “%(meant)s:”? To find the word itself, put it "
                "in quotation marks."
            )
            % {"read": before, "meant": meant[0]},
            start=term.start,
            end=term.end,
        )
