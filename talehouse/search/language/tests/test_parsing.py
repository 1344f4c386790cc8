"""What somebody types is understood, or one sentence says what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.search.language.errors import QueryError
from talehouse.search.language.faults import AROUND, Fault, fault
from talehouse.search.language.faults import LONGEST as LONGEST_FAULT
from talehouse.search.language.fields import FIELDS
from talehouse.search.language.parsed import Filter, Parsed
from talehouse.search.language.parsing import LONGEST, MOST_TERMS, legible, parse
from talehouse.search.language.words import Phrase, Word, Words
from talehouse.search.language.writing import write
from talehouse.search.questions import Sort


def words(typed: str) -> Words:
    """The words of a query that has nothing else."""
    found = parse(typed)
    assert not found.filters and found.words is not None
    return found.words


def test_words_must_all_be_there_and_some_are_left_out() -> None:
    assert words("dragon keep -wolf") == Words((Word("dragon"), Word("keep")), (Word("wolf"),))


def test_either_of_two_may_be_there() -> None:
    assert words("a red OR blue | green") == Words(
        (Word("a"),), (), ((Word("red"), Word("blue"), Word("green")),)
    )


def test_a_star_lets_a_word_go_on() -> None:
    assert words("drag* title:kee＊") == Words((Word("drag", prefix=True), Word("kee", True, "title")))


@pytest.mark.parametrize(
    "typed",
    [
        '"the red keep"',
        "“the red keep”",
        "„the red keep“",
        "«the red  keep»",
        "»the red keep«",
        "＂the red keep＂",
    ],
)
def test_quotes_of_every_kind_hold_a_phrase(typed: str) -> None:
    assert words(typed) == Words((Phrase("the red keep"),))
    assert words(f"-{typed}") == Words((), (Phrase("the red keep"),))


def test_corner_brackets_hold_a_phrase() -> None:
    assert words("「水の音」 title:『水』") == Words((Phrase("水の音"), Phrase("水", "title")))


def test_full_width_signs_are_signs() -> None:
    found = parse("title：dragon －wolf\u3000words：＞１０００")
    assert found.words == Words((Word("dragon", field="title"),), (Word("wolf"),))
    assert found.filters == (Filter("words", ">1000"),)


@pytest.mark.parametrize(
    "typed", ["-", ":", "*", "Re:Zero", "http://example.org", "–", "+", "o'clock", "::", "a:b"]
)
def test_signs_alone_and_unknown_fields_are_words(typed: str) -> None:
    assert words(typed) == Words((Word(typed),))


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ('fandom:"Star Trek"', Filter("fandom", "Star Trek")),
        ("-FANDOM:x", Filter("fandom", "x", excluded=True)),
        ("author:mar*", Filter("author", "mar*")),
        ("rating:Teen", Filter("rating", "teen")),
        ('warning:"major character death"', Filter("warning", "death")),
        ("-warning:chose-not", Filter("warning", "chose-not", excluded=True)),
        ("category:F/F", Filter("category", "f-f")),
        ("category:ff", Filter("category", "f-f")),
        ("status:on-hiatus", Filter("status", "hiatus")),
        ("language:Deutsch", Filter("language", "de")),
        ("language:english", Filter("language", "en")),
        ("language:zh_Hant", Filter("language", "zh-hant")),
        ("words:>10,000", Filter("words", ">10000")),
        ("words:>=10k", Filter("words", ">=10000")),
        ("words:1000–5000", Filter("words", "1000-5000")),
        ("words:5000..1000", Filter("words", "1000-5000")),
        ("-words:>10k", Filter("words", "<=10000")),
        ("parts:7", Filter("parts", "7")),
        ("updated:<30d", Filter("updated", "<30d")),
        ("updated:2w", Filter("updated", "<2w")),
        ("-updated:<1Y", Filter("updated", ">1y")),
        ("published:2026-1-31", Filter("published", "2026-01-31")),
        ("published:>=2026", Filter("published", ">=2026")),
        ("published:2026-02..2026-01", Filter("published", "2026-01..2026-02")),
        ("reads:<5", Filter("reads", "<5")),
    ],
)
def test_fields_become_filters_in_one_spelling(typed: str, asked: Filter) -> None:
    assert parse(typed) == Parsed(filters=(asked,))


def test_several_codes_are_alternatives() -> None:
    either = (Filter("rating", "general"), Filter("rating", "teen"))
    assert parse("rating:general,teen") == Parsed(any_of=(either,))
    assert parse("rating:general OR rating:teen") == Parsed(any_of=(either,))
    assert parse("-rating:mature,explicit").filters == (
        Filter("rating", "mature", excluded=True),
        Filter("rating", "explicit", excluded=True),
    )


def test_an_order_is_taken() -> None:
    assert parse("dragon sort:votes") == Parsed(Words((Word("dragon"),)), sort=Sort.VOTES)


def test_nothing_asks_nothing() -> None:
    assert parse('  "" AND ').is_empty


@pytest.mark.parametrize(
    ("typed", "said", "about"),
    [
        ("x words:many", "wants a number", "words:many"),
        ("words:>1e9", "wants a number", "words:>1e9"),
        ("-words:7", "cannot be left out", "-words:7"),
        ("updated:2026-02-31", "wants a time", "updated:2026-02-31"),
        ("updated:soon", "wants a time", "updated:soon"),
        ("rating:high", "one of not-rated, general", "rating:high"),
        ("sort:best", "one of relevance, newest", "sort:best"),
        ("sort:votes sort:reads", "stands once", "sort:reads"),
        ("-sort:votes", "stands once", "-sort:votes"),
        ("language:klingonese", "wants a language", "language:klingonese"),
        ("fandom: x", "Nothing follows “fandom:”", "fandom:"),
        ('tag:""', "Nothing follows “tag:”", 'tag:""'),
        ("fandm:x", "Did you mean “fandom:”", "fandm:x"),
        ('a "b c', "before “b c” has no second one", '"b c'),
        ("OR a", "both sides", "OR"),
        ("a OR", "both sides", "OR"),
        ("a OR -b", "OR cannot stand beside “-b”", "-b"),
        ("a OR words:>1", "OR cannot stand beside", "words:>1"),
        ("a OR fandom:x", "OR joins words with words", "a OR fandom:x"),
        ("d*", "at least two letters", "d*"),
    ],
)
def test_what_is_wrong_is_said_and_where(typed: str, said: str, about: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(typed)
    assert said in str(caught.value)
    assert typed[caught.value.start : caught.value.end] == about


def test_a_query_has_a_longest_and_a_most() -> None:
    with pytest.raises(QueryError, match="too long"):
        parse("x" * (LONGEST + 1))
    with pytest.raises(QueryError, match="too much at once"):
        parse("a " * (MOST_TERMS + 1))
    parse("a " * MOST_TERMS)


def faulty(typed: str) -> Fault:
    with pytest.raises(QueryError) as caught:
        parse(typed)
    return fault(legible(typed), caught.value)


def test_a_fault_is_shown_where_it_stands() -> None:
    told = faulty(" \u200blamps words:many   orchard ")
    assert (told.before, told.piece, told.after) == ("lamps ", "words:many", "   orchard")
    assert "wants a number" in told.message
    told = faulty("مصابيح words:كثير البستان")
    assert (told.before, told.piece, told.after) == ("مصابيح ", "words:كثير", " البستان")


def test_of_a_long_query_the_fault_and_what_is_near_it_are_shown() -> None:
    told = faulty(f"{'lantern ' * 12}words:many {'harbour ' * 12}")
    assert told.before == "…" + "lantern " * 7 and told.piece == "words:many"
    assert told.after == " harbour" * 7 + "…"
    told = faulty('"' + "x" * 300)
    assert told.piece == '"' + "x" * (LONGEST_FAULT - 1) + "…" and told.before == told.after == ""
    marks = "ก\u0e49" * 80
    told = faulty(f"{marks} words:many {marks}")
    assert told.before[1] == "ก" and told.after[-2] == "\u0e49" and len(told.before) < 70


PIECES = st.one_of(
    st.sampled_from([f"{field}:" for field in sorted(FIELDS)]),
    st.sampled_from(
        [*'-−–:*"“”„«»「」|,.<>=≥', "OR", "AND", " ", "\u3000", "1000", "30d", "2026-01", "teen", "..", "k"]
    ),
    st.text(max_size=6),
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join)))
def test_any_string_is_understood_or_refused_and_can_be_written_down(typed: str) -> None:
    try:
        found = parse(typed)
    except QueryError as error:
        read = legible(typed)
        told = fault(read, error)
        assert told.message and told.piece and 0 <= error.start < error.end <= len(read)
        if len(read) <= AROUND:
            assert (told.before, told.piece, told.after) == (
                read[: error.start],
                read[error.start : error.end],
                read[error.end :],
            )
        return
    assert parse(write(found)) == found
