"""The formulas alone: pure, and monotone where they must be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from talehouse.rankings import finished, gems, loved, rising
from talehouse.rankings.weighing import FEW, Crowd

COUNTS = st.integers(0, 100_000)
RISING = st.fixed_dictionaries(
    {
        "readers": COUNTS,
        "readers_before": st.floats(0, 1e5),
        "votes": COUNTS,
        "votes_before": st.floats(0, 1e5),
        "age": st.integers(0, 5000),
    }
)
LOVED = st.fixed_dictionaries(
    {"voters": COUNTS, "readers": st.integers(20, 100_000), "mean": st.floats(0, 1), "waiting": COUNTS}
)


@given(RISING, st.integers(1, 1000))
def test_rising_grows_with_this_week_and_falls_with_the_past(told: dict[str, float], more: int) -> None:
    score = rising.score(told)
    assert score >= 0
    assert rising.score({**told, "readers": told["readers"] + more}) >= score
    assert rising.score({**told, "votes": told["votes"] + more}) >= score
    assert rising.score({**told, "readers_before": told["readers_before"] + more}) <= score
    assert rising.score({**told, "votes_before": told["votes_before"] + more}) <= score
    assert rising.score({**told, "age": told["age"] + more}) <= score


def test_a_new_writer_rises_past_a_giant() -> None:
    giant = {"readers": 5400, "readers_before": 5000, "votes": 200, "votes_before": 190, "age": 400}
    new = {"readers": 30, "readers_before": 0, "votes": 6, "votes_before": 0, "age": 6}
    assert rising.score(new) > rising.score(giant) > 0


def test_pages_that_are_only_opened_lift_no_further_than_thirty_readers() -> None:
    told = {"readers": 32, "readers_before": 2, "votes": 0, "votes_before": 0, "age": 40}
    assert rising.score({**told, "readers": 30_000}) == rising.score(told)


@given(LOVED, st.integers(1, 1000))
def test_loved_grows_with_voters_and_stays_a_share(told: dict[str, float], more: int) -> None:
    score = loved.score(told)
    assert 0 <= score <= 1
    assert loved.score({**told, "voters": told["voters"] + more}) >= score
    assert loved.score({**told, "readers": told["readers"] + more}) <= loved.score(
        {**told, "voters": min(told["voters"], told["readers"]) + more, "readers": told["readers"] + more}
    )


def test_few_readers_prove_less_than_many() -> None:
    few = {"voters": 20, "readers": 20, "mean": 0.1}
    many = {"voters": 900, "readers": 1000, "mean": 0.1}
    assert loved.score(many) > loved.score(few) > 0.1


@given(st.integers(0, 1000), st.integers(20, 1000), st.floats(0, 1))
def test_finished_grows_with_those_who_finished(ended: int, readers: int, mean: float) -> None:
    told = {"ended": ended, "readers": readers, "mean": mean}
    assert 0 <= finished.score(told) <= finished.score({**told, "ended": ended + 1}) <= 1


@given(LOVED, COUNTS)
def test_a_gem_is_loved_above_the_average_by_few(told: dict[str, float], few: int) -> None:
    score = gems.score({**told, "few": few})
    assert score in (0, loved.score(told))
    assert not score or (told["readers"] <= few and score > told["mean"])


@given(COUNTS, COUNTS, COUNTS)
def test_who_weighs(older: int, new: int, beside: int) -> None:
    crowd = Crowd(older, new, beside)
    assert older <= crowd.weighs <= older + new
    assert crowd.weighs + crowd.waits == older + new
    if new <= FEW or new <= beside:
        assert crowd.waits == 0
    else:
        assert crowd.weighs == older
