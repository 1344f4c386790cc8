"""Block ids survive an edit: laws first, then examples."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from talehouse.stories.anchors import align, fold

TEXTS = st.lists(st.text("abc “”\"’'—-", max_size=12), max_size=30)
UNIQUE = st.lists(st.text("abcdefghij", min_size=1, max_size=12), max_size=30, unique=True)


def with_ids(texts: Sequence[str]) -> list[tuple[str, str]]:
    return [(f"i{number}", text) for number, text in enumerate(texts)]


@given(TEXTS)
def test_nothing_changed_keeps_every_id(texts: list[str]) -> None:
    old = with_ids(texts)
    assert align(old, texts) == [key for key, _ in old]


@given(TEXTS, TEXTS)
def test_no_id_is_given_twice_and_none_is_invented(old: list[str], new: list[str]) -> None:
    found = align(with_ids(old), new)
    given_ids = [key for key in found if key is not None]
    assert len(found) == len(new)
    assert len(set(given_ids)) == len(given_ids)
    assert set(given_ids) <= {key for key, _ in with_ids(old)}


@given(UNIQUE, st.data())
def test_deleting_blocks_keeps_the_ids_of_the_others(texts: list[str], data: st.DataObject) -> None:
    keep = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    rest = [pair for pair, kept in zip(with_ids(texts), keep, strict=True) if kept]
    assert align(with_ids(texts), [text for _, text in rest]) == [key for key, _ in rest]


@given(TEXTS, st.data())
def test_deleting_blocks_loses_no_text_that_is_still_there(texts: list[str], data: st.DataObject) -> None:
    keep = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    rest = [text for text, kept in zip(texts, keep, strict=True) if kept]
    found = align(with_ids(texts), rest)
    known = dict(with_ids(texts))
    for text, key in zip(rest, found, strict=True):
        if fold(text):
            assert key is not None
            assert fold(known[key]) == fold(text)


@given(UNIQUE.filter(bool), st.data())
def test_a_block_that_moved_keeps_its_id(texts: list[str], data: st.DataObject) -> None:
    place = st.integers(0, len(texts) - 1)
    moved = with_ids(texts)
    moved.insert(data.draw(place), moved.pop(data.draw(place)))
    assert align(with_ids(texts), [text for _, text in moved]) == [key for key, _ in moved]


@given(UNIQUE, UNIQUE, st.data())
def test_inserting_blocks_keeps_the_ids_of_all(
    texts: list[str], more: list[str], data: st.DataObject
) -> None:
    new: list[tuple[str | None, str]] = list(with_ids(texts))
    for text in more:
        new.insert(data.draw(st.integers(0, len(new))), (None, f"Z{text}Z{text}Z"))
    found = align(with_ids(texts), [text for _, text in new])
    assert [key for (key, _), got in zip(new, found, strict=True) if key is not None and got != key] == []


@given(TEXTS)
def test_typographic_change_keeps_every_id(texts: list[str]) -> None:
    plain = str.maketrans({"“": '"', "”": '"', "’": "'", "—": "-", " ": "\u00a0"})
    assert align(with_ids(texts), [text.translate(plain) for text in texts]) == [
        k for k, _ in with_ids(texts)
    ]


def test_a_mended_sentence_keeps_its_id() -> None:
    old = with_ids(
        ["The hous stood on a hil.", "Nobody had lived there for years.", "Then the lamp went on."]
    )
    new = ["The house stood on a hill.", "Nobody had lived there for forty years.", "Then the lamp went on."]
    assert align(old, new) == ["i0", "i1", "i2"]


def test_another_sentence_is_fresh() -> None:
    old = with_ids(["First.", "The house stood on a hill.", "Last."])
    assert align(old, ["First.", "Quite unlike: seven geese!", "Last."]) == ["i0", None, "i2"]


def test_similar_texts_do_not_change_places() -> None:
    old = with_ids(["She said yes to him today.", "She said yes to her today."])
    assert align(old, ["She said yes to her to-day!", "She said yes to him to-day!"]) != ["i1", "i0"]


def test_scene_breaks_stay_beside_their_neighbours() -> None:
    old = with_ids(["one", "", "two", "", "three"])
    assert align(old, ["one", "two", "", "three"]) == ["i0", "i2", "i3", "i4"]
    assert align(old, ["zero", "one", "", "two", "", "three"]) == [None, "i0", "i1", "i2", "i3", "i4"]


def test_repeated_lines_go_with_their_neighbours() -> None:
    scene = ["He left the room.", "She stayed where she was.", "The clock struck nine."]
    old = with_ids([*scene, "“No.”", "The door was shut.", "“No.”", "Rain fell.", "“No.”", "It was late."])
    new = ["“No.”", "It was late.", "“No.”", "Rain fell.", *scene, "“No.”", "The door was shut."]
    assert align(old, new) == ["i7", "i8", "i5", "i6", "i0", "i1", "i2", "i3", "i4"]


def test_dashes_and_ellipses_are_one_text() -> None:
    assert fold("Wait -- what… “he” said") == fold('Wait—what... "he"\u00a0said')
