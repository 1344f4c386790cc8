"""The address of a search: what is written is read again, and what nobody wrote does no harm."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, urlencode

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from talehouse.search import addresses
from talehouse.search.addresses import Pick, Range, Wanted
from talehouse.search.questions import Sort

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HARRY = Pick("fandom", "harry-potter")
DEATH = Pick("warning", "death")
picks = st.lists(
    st.one_of(
        st.builds(Pick, st.just("fandom"), st.text("abcé中-", min_size=1, max_size=20)),
        st.builds(Pick, st.just("warning"), st.sampled_from(sorted(addresses.CODES["warning"]))),
        st.builds(Pick, st.just("language"), st.sampled_from(["en", "zh-hans"])),
    ),
    max_size=6,
    unique=True,
).map(tuple)
numbers = st.none() | st.integers(0, 10**9)
days = st.none() | st.dates()
searches = st.builds(
    Wanted,
    typed=st.text(max_size=60).map(lambda text: " ".join(text.split())),
    wanted=picks,
    unwanted=picks,
    words=st.builds(Range, numbers, numbers),
    parts=st.builds(Range, numbers, numbers),
    updated=st.sampled_from(["", "7d", "365d"]),
    since=days,
    until=days,
    crossover=st.sampled_from(["", "yes", "no"]),
    main=st.booleans(),
    unshelved=st.booleans(),
    unread=st.booleans(),
    sort=st.none() | st.sampled_from(list(Sort)),
    seed=st.integers(0, 10**6),
    after=st.text("0123456789_", max_size=20),
    more=st.lists(st.sampled_from(addresses.KINDS), unique=True, max_size=3).map(tuple),
)


@given(searches)
def test_what_is_written_is_read_again(wanted: Wanted) -> None:
    assert addresses.parse(addresses.write(wanted)) == wanted


@given(
    st.lists(
        st.tuples(st.sampled_from(["q", "with", "words-from", "since", "sort", "seed", "more"]), st.text())
    )
)
def test_no_address_is_refused(pairs: list[tuple[str, str]]) -> None:
    query = urlencode(pairs, errors="surrogatepass")
    wanted = addresses.read(QueryDict(query))
    assert addresses.parse(addresses.write(wanted)) == wanted


@pytest.mark.parametrize(
    "query",
    [
        "with=fandom",
        "with=nothing/known",
        "with=warning/unheard-of",
        "without=/",
        "words-from=many",
        "words-to=-3",
        "since=yesterday",
        "sort=best",
        "updated=30",
        "crossover=perhaps",
        "more=everything",
    ],
)
def test_what_cannot_be_read_is_left_out(query: str) -> None:
    assert addresses.parse(query) == Wanted()


def test_a_pick_is_wanted_or_not_but_never_both() -> None:
    wanted = Wanted(after="1_2").with_pick(HARRY)
    assert wanted.wanted == (HARRY,) and wanted.after == ""
    wanted = wanted.excluding(HARRY).excluding(DEATH)
    assert (wanted.wanted, wanted.unwanted) == ((), (HARRY, DEATH))
    assert wanted.without_pick(HARRY).unwanted == (DEATH,)


def test_the_address_says_it_in_words() -> None:
    wanted = Wanted(typed="lamp oil", wanted=(HARRY,), unwanted=(DEATH,), words=Range(1000, None))
    assert (
        wanted.address == "/browse/?q=lamp+oil&with=fandom/harry-potter&without=warning/death&words-from=1000"
    )
    assert Wanted().address == "/browse/"
    assert Wanted(sort=Sort.VOTES).is_everything and not wanted.is_everything


def test_days_are_whole_days_of_utc() -> None:
    span = Wanted(since=date(2026, 11, 1), until=date(2026, 11, 2)).seconds(NOW)
    assert span == (
        int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()),
        int(datetime(2026, 11, 3, tzinfo=UTC).timestamp()) - 1,
    )
    assert Wanted(updated="7d").seconds(NOW) == (int(NOW.timestamp()) - 7 * 86_400, None)
    assert Wanted().seconds(NOW) == (None, None)


def test_more_picks_than_anybody_wants_are_cut() -> None:
    query = urlencode([("with", f"theme/t{number}") for number in range(500)])
    assert len(addresses.parse(query).wanted) == addresses.MOST_PICKS
    assert len(parse_qsl(addresses.write(addresses.parse(query)))) == addresses.MOST_PICKS
