"""The pseudo-English of a bench archive, and the chapters made of it."""

from __future__ import annotations

from collections import Counter
from random import Random
from statistics import mean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.lib import html as markup
from talehouse.ops.bench.texts import Texts, key
from talehouse.ops.bench.words import Prose, chosen, vocabulary, zipf


@pytest.fixture(scope="module")
def prose() -> Prose:
    return Prose(Random(7))


@pytest.fixture(scope="module")
def texts(prose: Prose) -> Texts:
    return Texts(Random(8), prose, pool=400)


def test_words_have_natural_lengths(prose: Prose) -> None:
    lengths = [len(word) for word in prose.words(20_000)]
    assert 3.8 < mean(lengths) < 6.2  # English prose: 4.2 to 4.8
    assert min(lengths) == 1
    assert max(lengths) > 8


def test_frequent_words_are_short(prose: Prose) -> None:
    counts = Counter(prose.words(50_000))
    common = [len(word) for word, _ in counts.most_common(50)]
    rare = [len(word) for word, count in counts.items() if count == 1]
    assert mean(common) + 2 < mean(rare)


def test_a_vocabulary_has_no_word_twice() -> None:
    words = vocabulary(Random(1), 500)
    assert len(words) == len(set(words)) == 500


def test_one_seed_is_one_prose() -> None:
    one, other = (Prose(Random(3)) for _ in range(2))
    assert [one.paragraph() for _ in range(20)] == [other.paragraph() for _ in range(20)]
    assert Prose(Random(4)).paragraph() != Prose(Random(3)).paragraph()


def test_zipf_falls_with_the_rank() -> None:
    assert zipf(4) == [1, 1 / 2, 1 / 3, 1 / 4]
    assert zipf(2, power=2, shift=1) == [1 / 4, 1 / 9]


def test_things_are_chosen_once_and_by_their_weight() -> None:
    draws = Counter(one for _ in range(2000) for one in chosen(Random(_), "abc", [8, 9, 10], 2))
    assert draws["a"] > draws["b"] > 0
    assert draws["a"] <= 2000
    assert chosen(Random(1), [], [], 3) == []


def test_a_paragraph_is_what_a_text_may_hold(prose: Prose) -> None:
    for _ in range(200):
        paragraph = prose.paragraph()
        assert markup.sanitise(paragraph, picture=lambda _source: None) == paragraph


def test_chapters_are_log_normal_around_the_mean(texts: Texts) -> None:
    lengths = [sum(block.words for block in texts.chapter(1000)) for _ in range(600)]
    assert 900 < mean(lengths) < 1150
    assert median(lengths) < mean(lengths)  # a long tail to the right
    assert max(lengths) > 2 * median(lengths)


def test_a_chapter_is_as_the_rules_store_it(texts: Texts) -> None:
    """Sanitising and splitting what is stored gives the same blocks: no scene break at an end or twice."""
    for _ in range(30):
        blocks = texts.chapter(600)
        html = "\n".join(block.html for block in blocks)
        again = markup.split(markup.sanitise(html, picture=lambda _source: None))
        assert [(one.html, one.words) for one in again] == [(one.html, one.words) for one in blocks]


@given(st.integers(1, 10**9))
def test_a_key_is_the_number_in_base_36(number: int) -> None:
    assert int(key(number), 36) == number
    assert not key(number).startswith("0")
