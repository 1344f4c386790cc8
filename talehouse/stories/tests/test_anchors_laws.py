"""What is always true of an alignment and of placed comments, whatever the texts."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from talehouse.stories.anchors import Anchor, How, Kind, Quote, align, compare, fold, place

WORDS = st.sampled_from(
    [
        "No",
        "no",
        "the",
        "The",
        "lamp",
        "river",
        "Tamsin",
        "“Yes,”",
        "…",
        "—",
        "don’t",
        "水",
        "私は",
        "قال",
        "été",
        "e\u0301te\u0301",
    ]
)
TEXT = st.one_of(
    st.lists(WORDS, max_size=12).map(" ".join), st.text(max_size=20), st.just("“No.”"), st.just("")
)
TEXTS = st.lists(TEXT, max_size=12)
SENTENCES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40)).map(
        lambda pair: f"On day {pair[0]} the river rose by {pair[1]} inches and took gate {pair[0] + pair[1]}."
    ),
    min_size=1,
    max_size=12,
    unique=True,
)


@st.composite
def anchors_on(draw: st.DrawFn, texts: Sequence[str]) -> list[Anchor]:
    """Comments on blocks of a text, on words of them, and on what is not in it at all."""
    found: list[Anchor] = []
    for _ in range(draw(st.integers(0, 8))):
        number = draw(st.integers(0, len(texts)))
        if number == len(texts):
            found.append(Anchor("elsewhere", draw(st.none() | st.builds(Quote, st.text(max_size=8)))))
            continue
        start = draw(st.integers(0, len(texts[number])))
        end = draw(st.integers(start, len(texts[number])))
        exact = texts[number][start:end]
        around = texts[number][max(0, start - 9) : start], texts[number][end : end + 9]
        wrong = draw(st.integers(-3, 3)) if draw(st.booleans()) else 0
        quote = Quote(exact, *around, max(0, start + wrong)) if draw(st.booleans()) else None
        found.append(Anchor(f"i{number}", quote))
    return found


def with_ids(texts: Sequence[str], name: str = "i") -> list[tuple[str, str]]:
    return [(f"{name}{number}", text) for number, text in enumerate(texts)]


def published(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    keys = align(with_ids(old), new)
    return [(key or f"n{number}", text) for number, (key, text) in enumerate(zip(keys, new, strict=True))]


@given(TEXTS, TEXTS)
def test_every_old_block_has_one_fate_and_no_new_one_two_origins(old: list[str], new: list[str]) -> None:
    alignment = compare(old, new)
    origins = [o for o in alignment.inherits if o is not None]
    assert len(alignment.inherits) == len(new)
    assert len(alignment.went) == len(old)
    assert len(origins) == len(set(origins))
    for n, o in enumerate(alignment.inherits):
        if o is not None:
            assert alignment.went[o].main == n
    for went in alignment.went:
        assert (went.main is None) == (went.kind == Kind.GONE)
        assert len(went.pieces) == len(set(went.pieces))
        assert set(went.pieces) <= set(range(len(new)))


@given(TEXTS)
def test_a_text_that_did_not_change_is_the_same_throughout(texts: list[str]) -> None:
    alignment = compare(texts, texts)
    assert alignment.inherits == tuple(range(len(texts)))
    assert {went.kind for went in alignment.went} <= {Kind.SAME}


@given(SENTENCES, SENTENCES)
def test_equal_blocks_in_the_same_order_keep_their_order(old: list[str], new: list[str]) -> None:
    shared = [text for text in old if text in new]
    new = [text for text in new if text not in shared] + shared
    alignment = compare(old, new)
    places = [new.index(text) for text in shared]
    assert [alignment.went[old.index(text)].main for text in shared] == places


@given(TEXTS, TEXTS, st.data())
def test_every_comment_is_placed_once_and_where_there_is_something(
    old: list[str], new: list[str], data: st.DataObject
) -> None:
    anchors = data.draw(anchors_on(old))
    blocks = published(old, new)
    texts = dict(blocks)
    found = place(anchors, with_ids(old), blocks)
    assert len(found) == len(anchors)
    for anchor, placement in zip(anchors, found, strict=True):
        assert placement.block in texts or (placement.block == "" and not blocks)
        if placement.how in (How.BLOCK, How.EARLIER):
            assert (placement.start, placement.end) == (0, 0)
        else:
            assert anchor.quote
            assert 0 <= placement.start < placement.end <= len(texts[placement.block])
        assert {placement.before, placement.after} <= {"", *texts}


@given(TEXTS, TEXTS, st.data())
def test_the_same_question_has_the_same_answer(old: list[str], new: list[str], data: st.DataObject) -> None:
    anchors = data.draw(anchors_on(old))
    blocks = published(old, new)
    assert published(old, new) == blocks
    assert place(anchors, with_ids(old), blocks) == place(anchors, with_ids(old), blocks)
    for anchor, together in zip(anchors, place(anchors, with_ids(old), blocks), strict=True):
        assert place([anchor], with_ids(old), blocks) == [together]


@given(TEXTS, st.data())
def test_comments_on_a_text_that_did_not_change_stay_where_they_are(
    texts: list[str], data: st.DataObject
) -> None:
    anchors = data.draw(anchors_on(texts))
    for anchor, found in zip(anchors, place(anchors, with_ids(texts), with_ids(texts)), strict=True):
        if anchor.block == "elsewhere":
            continue
        assert found.block == anchor.block
        if anchor.quote and anchor.quote.exact:
            assert found.how == How.EXACT
            text = dict(with_ids(texts))[found.block]
            assert text[found.start : found.end] == anchor.quote.exact


@given(SENTENCES, st.data())
def test_quotes_go_along_with_blocks_that_move(texts: list[str], data: st.DataObject) -> None:
    new = data.draw(st.permutations(texts))
    blocks = published(texts, new)
    anchors = data.draw(anchors_on(texts))
    for anchor, found in zip(anchors, place(anchors, with_ids(texts), blocks), strict=True):
        if anchor.block != "elsewhere" and anchor.quote and anchor.quote.exact:
            text = dict(blocks)[found.block]
            assert text == dict(with_ids(texts))[anchor.block]
            assert text[found.start : found.end] == anchor.quote.exact


@given(SENTENCES, SENTENCES)
def test_what_is_joined_and_cut_apart_again_is_not_lost(first: list[str], second: list[str]) -> None:
    """Merging all blocks to one and splitting them again: every sentence is found with its words."""
    sentences = [*first, *(text for text in second if text not in first)]
    one = [" ".join(sentences)]
    anchors = [Anchor("i0", Quote(text, start=one[0].index(text))) for text in sentences]
    apart = place(anchors, with_ids(one), published(one, sentences))
    texts = dict(published(one, sentences))
    assert [texts[found.block][found.start : found.end] for found in apart] == sentences
    whole = [Anchor(f"i{number}", Quote(text)) for number, text in enumerate(sentences)]
    joined = place(whole, with_ids(sentences), published(sentences, one))
    assert [one[0][found.start : found.end] for found in joined] == sentences


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
