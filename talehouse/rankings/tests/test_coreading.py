"""Which stories are alike, by numbers alone; and that it beats popularity on readers with known tastes."""

from __future__ import annotations

import numpy as np

from talehouse.ops.bench.readership import Size
from talehouse.ops.bench.recommendations import run
from talehouse.rankings.alike.coreading import LEAST, MOST, Likeness, likenesses


def alike(*finished: list[int]) -> dict[int, Likeness]:
    """`finished`: what each reader finished."""
    pairs = [(reader, story) for reader, stories in enumerate(finished) for story in stories]
    readers, stories = np.array(pairs, dtype=np.int64).T
    return {one.story: one for one in likenesses(readers, stories)}


def test_what_the_same_readers_finished_is_alike_and_the_closest_comes_first() -> None:
    found = alike(*[[10, 20]] * 8, *[[10, 30]] * 6, *[[30, 40]] * 9)
    assert found[10].others.tolist() == [20, 30]
    assert found[30].others.tolist() == [40, 10]
    assert found[20].others.tolist() == [10]
    assert all(0 < score < 1 for one in found.values() for score in one.scores)


def test_pairs_of_fewer_than_five_readers_are_told_to_nobody() -> None:
    assert alike(*[[1, 2]] * (LEAST - 1)) == {}
    assert alike(*[[1, 2]] * LEAST)[1].others.tolist() == [2]


def test_likeness_goes_both_ways_and_no_story_is_like_itself() -> None:
    found = alike(*[[1, 2, 3]] * 7, *[[2, 3]] * 3)
    scores = {(a, b): s for a, one in found.items() for b, s in zip(one.others, one.scores, strict=True)}
    assert all(scores[b, a] == score for (a, b), score in scores.items())
    assert not any(a == b for a, b in scores)


def test_the_order_of_the_rows_does_not_matter() -> None:
    pairs = np.array([(r, s) for r in range(40) for s in range(r % 7, 30, 3)], dtype=np.int64)
    shuffled = np.random.default_rng(1).permutation(pairs)
    one, other = (
        [(a, b.tolist(), c.tolist()) for a, b, c in likenesses(*rows.T)] for rows in (pairs, shuffled)
    )
    assert one == other and one


def test_nobody_has_finished_anything() -> None:
    nothing = np.array([], dtype=np.int64)
    assert list(likenesses(nothing, nothing)) == []


def test_so_many_are_kept_at_most() -> None:
    assert len(alike(*[list(range(MOST + 20))] * 6)[0].others) == MOST


def test_it_beats_popularity_clearly() -> None:
    told = run(Size(stories=400, readers=600, finished=25, seed=7), lambda _sentence: None)
    assert told["recall_at_20"] > 1.6 * told["popularity_recall_at_20"] > 0.1
    assert told["cold"]["recall_at_20"] > 1.2 * told["cold"]["popularity_recall_at_20"]
