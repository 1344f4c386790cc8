"""Edits that are hard to follow, made by hand: where the block is now, and where the quoted words are."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.stories.anchors import Alignment, Anchor, How, Kind, Placement, Quote, align, compare, place
from talehouse.stories.anchors.quoting import rows_in

HOUSE = "The house above the quarry had been empty since the flood, and nobody had thought to lock it."
LAMP = "Somebody had left a lamp in the window. Its wick was new, and the glass was warm to the hand."
STAIRS = "On the stairs lay a single glove, grey, much too small for anyone who had ever lived here."
DOG = "Then the dog began to bark, once, twice, and after that it would not stop for the rest of the night."


def with_ids(texts: Sequence[str]) -> list[tuple[str, str]]:
    return [(f"i{number}", text) for number, text in enumerate(texts)]


def published(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    """The new blocks with the ids that they get."""
    keys = align(with_ids(old), new)
    return [(key or f"n{number}", text) for number, (key, text) in enumerate(zip(keys, new, strict=True))]


def quoted(block: int, exact: str, text: str, nth: int = 0) -> Anchor:
    """A comment on the `nth` occurrence of these words."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(exact, start + 1)
    end = start + len(exact)
    return Anchor(f"i{block}", Quote(exact, text[max(0, start - 32) : start], text[end : end + 32], start))


def placed(old: Sequence[str], new: Sequence[str], block: int, exact: str = "", nth: int = 0) -> Placement:
    anchor = quoted(block, exact, old[block], nth) if exact else Anchor(f"i{block}")
    found = place([anchor], with_ids(old), published(old, new))
    assert len(found) == 1
    return found[0]


def words(old: Sequence[str], new: Sequence[str], block: int, exact: str, nth: int = 0) -> tuple[int, str]:
    """Where a quote is found: the number of the new block, and the characters that are marked."""
    found = placed(old, new, block, exact, nth)
    number = [key for key, _ in published(old, new)].index(found.block)
    return number, new[number][found.start : found.end]


def kinds(alignment: Alignment) -> list[Kind]:
    return [went.kind for went in alignment.went]


# Blocks


def test_a_dialogue_of_equal_answers_keeps_each_with_its_question() -> None:
    questions = [f"“Was it {name} who opened the door?”" for name in ("Ada", "Bo", "Cy", "Dee", "Eve")]
    old = [line for question in questions for line in (question, "“No.”")]
    new = [*old[:2], *old[4:6], "A clock struck.", *old[6:]]
    assert align(with_ids(old), new) == ["i0", "i1", "i4", "i5", None, "i6", "i7", "i8", "i9"]


def test_equal_answers_stay_with_questions_that_were_edited() -> None:
    old = [
        "“Did you see the harbour master?”", "“No.”",
        "“Did anybody come to the window?”", "“No.”",
        "“Will you sign this statement now?”", "“No.”",
    ]  # fmt: skip
    new = [
        "“Did anybody at all come near the window?”",
        "“No.”",
        "“Will you please sign this statement?”",
        "“No.”",
    ]
    assert align(with_ids(old), new) == ["i2", "i3", "i4", "i5"]


def test_an_equal_line_elsewhere_is_closer_than_one_that_is_only_alike() -> None:
    assert compare(["a-", "a", "a", "aa"], ["a"]).inherits == (1,)


def test_a_silence_keeps_its_place() -> None:
    old = [HOUSE, "…", LAMP, "…", STAIRS]
    assert align(with_ids(old), [HOUSE, LAMP, "...", STAIRS]) == ["i0", "i2", "i3", "i4"]


def test_a_scene_that_moved_takes_everything_along() -> None:
    first = [HOUSE, "“No.”", LAMP]
    second = [STAIRS, "“No.”", DOG]
    alignment = compare([*first, "", *second], [*second, "", *first])
    assert alignment.inherits == (4, 5, 6, 3, 0, 1, 2)


def test_a_block_that_moved_and_was_edited_is_the_same_block() -> None:
    moved = STAIRS.replace("grey, much", "red and much")
    alignment = compare([STAIRS, HOUSE, LAMP, DOG], [HOUSE, LAMP, DOG, moved])
    assert alignment.inherits == (1, 2, 3, 0)
    assert kinds(alignment) == [Kind.MOVED, Kind.SAME, Kind.SAME, Kind.SAME]


def test_the_larger_piece_of_a_split_block_has_its_id() -> None:
    short, long = (
        "He knew it at once.",
        "It was the coat that his father had worn on the morning of the wreck.",
    )
    for pieces in ([short, long], [long, short]):
        alignment = compare([HOUSE, " ".join(pieces), DOG], [HOUSE, *pieces, DOG])
        assert alignment.went[1].kind == Kind.SPLIT
        assert alignment.went[1].main == 1 + pieces.index(long)
        assert alignment.inherits[1 + pieces.index(short)] is None


def test_a_block_in_three_pieces_is_known_in_all_of_them() -> None:
    alignment = compare([LAMP, f"{HOUSE} {STAIRS} {DOG}"], [LAMP, HOUSE, STAIRS, DOG])
    assert alignment.went[1].kind == Kind.SPLIT
    assert sorted(alignment.went[1].pieces) == [1, 2, 3]


def test_merged_blocks_are_both_in_the_new_one() -> None:
    old = [HOUSE, "“No.”", LAMP, DOG]
    new = [HOUSE, f"“No.” {LAMP}", DOG]
    alignment = compare(old, new)
    assert kinds(alignment) == [Kind.SAME, Kind.MERGED, Kind.EDITED, Kind.SAME]
    assert placed(old, new, 1) == Placement(How.BLOCK, "i2")
    assert placed(old, new, 2) == Placement(How.BLOCK, "i2")
    assert words(old, new, 1, "No") == (1, "No")
    assert words(old, new, 2, "Its wick was new") == (1, "Its wick was new")


def test_a_block_that_is_gone_stood_between_its_neighbours() -> None:
    old = [HOUSE, LAMP, STAIRS, DOG]
    found = placed(old, [HOUSE, DOG], 1, "left a lamp")
    assert found == Placement(How.EARLIER, "i0", before="i0", after="i3")
    assert placed(old, [STAIRS, DOG], 0) == Placement(How.EARLIER, "i2", before="", after="i2")


def test_another_paragraph_in_the_same_place_is_not_the_same_paragraph() -> None:
    new = [HOUSE, "Seven geese crossed under a pale moon, going south.", DOG]
    assert compare([HOUSE, LAMP, DOG], new).inherits == (0, None, 2)
    assert placed([HOUSE, LAMP, DOG], new, 1).how == How.EARLIER


def test_a_rewritten_paragraph_in_its_place_is_the_same_paragraph() -> None:
    new = "Someone must have put that lamp in our window: its wick was white, the glass still warm."
    assert compare([HOUSE, LAMP, DOG], [HOUSE, new, DOG]).inherits == (0, 1, 2)


def test_everything_deleted_keeps_every_comment() -> None:
    old = [HOUSE, LAMP]
    assert placed(old, [], 0) == Placement(How.EARLIER, "")
    assert placed(old, [], 1, "lamp") == Placement(How.EARLIER, "")
    assert kinds(compare(old, [])) == [Kind.GONE, Kind.GONE]
    assert compare([], [HOUSE]).inherits == (None,)


def test_texts_without_a_word_keep_their_place() -> None:
    old = ["", HOUSE, "", "?!", "", LAMP]
    assert align(with_ids(old), [HOUSE, "", "?!", "", "", LAMP]) == ["i1", "i2", "i3", "i4", None, "i5"]


# Quotes


def test_a_quote_stays_at_its_words_when_others_change() -> None:
    new = [HOUSE, LAMP.replace("Somebody had left", "Mother always leaves").replace("new", "brand new"), DOG]
    assert words([HOUSE, LAMP, DOG], new, 1, "the glass was warm") == (1, "the glass was warm")
    assert placed([HOUSE, LAMP, DOG], new, 1, "the glass was warm").how == How.EXACT


def test_the_second_of_equal_words_stays_the_second() -> None:
    old = ["He said no. She said no. They all said no, and that was that.", DOG]
    new = ["They were asked. He said no. She said no. In the end they all said no, and that was that.", DOG]
    for nth, after in enumerate((". She", ". In", ", and")):
        found = placed(old, new, 0, "said no", nth)
        assert new[0][found.start : found.end] == "said no"
        assert new[0][found.end :].startswith(after)


def test_quotes_in_a_split_block_go_to_their_piece() -> None:
    old = [HOUSE, f"{LAMP} {STAIRS}", DOG]
    new = [HOUSE, LAMP, STAIRS, DOG]
    assert words(old, new, 1, "the glass was warm") == (1, "the glass was warm")
    assert words(old, new, 1, "a single glove, grey") == (2, "a single glove, grey")


def test_a_quote_over_the_seam_of_a_split_goes_where_most_of_it_is() -> None:
    old = [f"{LAMP} {STAIRS}"]
    number, marked = words(old, [LAMP, STAIRS], 0, "to the hand. On the stairs lay a single glove")
    assert (number, marked) == (1, "On the stairs lay a single glove")


def test_half_a_paragraph_moved_into_another_takes_its_quotes_along() -> None:
    wick = "Its wick was new, and the glass was warm to the hand."
    new = [HOUSE, "Somebody had left a lamp in the window.", STAIRS, f"{DOG} {wick}"]
    old = [HOUSE, LAMP, STAIRS, DOG]
    assert words(old, new, 1, "the glass was warm") == (3, "the glass was warm")
    assert words(old, new, 1, "a lamp in the window") == (1, "a lamp in the window")


def test_quotes_follow_sentences_that_changed_places() -> None:
    old = ["The rain had stopped before dawn. Two boats were missing. Nobody on the quay would say whose."]
    new = ["Two boats were missing. Nobody on the quay would say whose. The rain had stopped before dawn."]
    for exact in ("The rain had stopped", "Two boats were missing.", "would say whose"):
        assert words(old, new, 0, exact) == (0, exact)


def test_a_quote_of_a_deleted_sentence_stays_at_its_block() -> None:
    new = [HOUSE, "Somebody had left a lamp in the window.", DOG]
    assert placed([HOUSE, LAMP, DOG], new, 1, "Its wick was new") == Placement(How.BLOCK, "i1")


def test_words_that_stand_elsewhere_too_are_not_mistaken_for_deleted_ones() -> None:
    old = [HOUSE, "“Go,” he said. The tide was already over the lower steps. “Now,” he said.", DOG]
    new = [HOUSE, "The tide was already over the lower steps. “Now,” he said.", DOG]
    assert placed(old, new, 1, "he said", 0).how == How.BLOCK
    assert words(old, new, 1, "he said", 1) == (1, "he said")
    assert placed(old, new, 1, "he said", 1).start == new[1].rindex("he said")


def test_a_renamed_character_is_still_the_one_who_was_quoted() -> None:
    old = ["Tamsin lifted the lamp down, and it was warm.", "“Put it back,” said Vi to Tamsin.", DOG]
    new = [text.replace("Tamsin", "Wilhelmina") for text in old]
    assert words(old, new, 0, "Tamsin") == (0, "Wilhelmina")
    assert words(old, new, 1, "Tamsin") == (1, "Wilhelmina")
    assert words(old, new, 0, "Tamsin lifted the lamp") == (0, "Wilhelmina lifted the lamp")


def test_a_mended_typo_inside_of_a_quote() -> None:
    old, new = ["She opend teh door and went in.", DOG], ["She opened the door and went in.", DOG]
    assert words(old, new, 0, "opend teh door") == (0, "opened the door")
    assert placed(old, new, 0, "opend").how == How.FUZZY


def test_other_quotation_marks_and_dashes_change_nothing() -> None:
    old = ["“Wait—no,” he said, ‘not that one…’", "“Never,” said Vi."]
    new = ["\"Wait -- no,\" he said, 'not that one...'", "« Never, » said Vi."]
    assert align(with_ids(old), new) == ["i0", "i1"]
    assert words(old, new, 0, "“Wait—no,” he") == (0, '"Wait -- no," he')
    assert placed(old, new, 0, "no,” he said").how == How.EXACT
    assert words(old, new, 1, "Never,” said") == (1, "Never, » said")


def test_a_quote_may_begin_within_a_word() -> None:
    old = ["Everybody had always known that the bridge was unfinished."]
    new = ["In that town everybody had always known that the bridge was unfinished, more or less."]
    assert words(old, new, 0, "body had alw") == (0, "body had alw")


def test_a_quote_of_signs_stays_between_its_words() -> None:
    old = ["Wait … what is it … no, go on."]
    new = ["Oh, wait … what is it … no, do go on."]
    found = placed(old, new, 0, "…", 1)
    assert new[0][found.start :].startswith("… no")
    assert placed(old, ["Oh, wait, what is it, no, do go on."], 0, "…", 1).how == How.BLOCK


def test_right_to_left_text() -> None:
    old = ["كان المقياس في وسط الساحة، ولم يقترب منه أحد.", "قالت أمي: لا تلمسيه أبدًا.", "ثم جاء المطر."]
    new = [
        "ثم جاء المطر.",
        "كان المقياس القديم في وسط الساحة، ولم يقترب منه أحد.",
        "قالت أمي: لا تلمسيه أبدا.",
    ]
    assert align(with_ids(old), new) == ["i2", "i0", "i1"]
    assert words(old, new, 0, "وسط الساحة") == (1, "وسط الساحة")
    assert words(old, new, 1, "لا تلمسيه") == (2, "لا تلمسيه")


def test_japanese_text() -> None:
    old = ["シャッターは半分までしか上がらなかった。", "母はどこに何があるか、ぜんぶ覚えていた。帳面はない。"]
    new = [
        "母はどこに何があるか、すべて覚えていた。",
        "帳面はない。",
        "古いシャッターは半分までしか上がらなかった。",
    ]
    assert align(with_ids(old), new) == ["i1", None, "i0"]
    assert words(old, new, 0, "半分まで") == (2, "半分まで")
    assert words(old, new, 1, "帳面はない") == (1, "帳面はない")


def test_composed_and_decomposed_letters_are_the_same() -> None:
    old, new = (
        ["Le café était fermé depuis l’été.", DOG],
        ["Le cafe\u0301 e\u0301tait ferme\u0301 depuis l’été !", DOG],
    )
    assert align(with_ids(old), new) == ["i0", "i1"]
    assert words(old, new, 0, "café était") == (0, "cafe\u0301 e\u0301tait")


# What the consumer may bring along


def test_an_id_that_both_texts_have_is_trusted() -> None:
    old = [("a", "“No.”"), ("b", "“No.”")]
    new = [("b", "“No.”"), ("c", HOUSE)]
    found = place([Anchor("a"), Anchor("b")], old, new)
    assert found == [Placement(How.EARLIER, "b", after="b"), Placement(How.BLOCK, "b")]


def test_an_anchor_of_a_text_that_is_not_at_hand_is_found_by_its_quote() -> None:
    new = [("a", HOUSE), ("b", LAMP), ("c", DOG)]
    quote = Quote("a lamp in the window", "Somebody had left ", ". Its wick was new", 18)
    start = LAMP.index("a lamp")
    assert place([Anchor("b", quote)], [], new) == [Placement(How.EXACT, "b", start, start + 20)]
    assert place([Anchor("x", quote)], [], new) == [Placement(How.CONTEXT, "b", start, start + 20)]
    assert place([Anchor("x", Quote("the", "in ", " window"))], [], new)[0].how == How.EARLIER
    assert place([Anchor("b", Quote("of geese"))], [], new) == [Placement(How.BLOCK, "b")]
    edited = Quote("Some body had left a lamb in the window", "", ". Its")
    assert place([Anchor("b", edited)], [], new)[0].how == How.FUZZY


def test_a_quote_with_a_wrong_start_is_found_by_what_stood_around_it() -> None:
    text = "He said no. She said no. They all said no."
    quote = Quote("said no", "They all ", ".", 2)
    found = place([Anchor("a", quote)], [("a", text)], [("a", text)])
    assert found == [Placement(How.EXACT, "a", text.rindex("said no"), len(text) - 1)]


# Size: these would not end within minutes if the work grew with the square


def test_thousands_of_equal_paragraphs() -> None:
    old = ["“No.”"] * 2000
    new = ["“No.”"] * 900 + [HOUSE] + ["“No.”"] * 1000
    keys = [key for key in align(with_ids(old), new) if key]
    assert len(keys) == len(set(keys)) == 1900
    mixed = [text for number in range(700) for text in ("“No.”", "“Yes.”", f"It was {number} o’clock.")]
    again = mixed[600:900] + mixed[:600] + mixed[1000:]
    keys = [key for key in align(with_ids(mixed), again) if key]
    assert len(keys) == len(set(keys)) == len(again)


@pytest.mark.parametrize("pieces", [1, 200])
def test_one_giant_paragraph(pieces: int) -> None:
    sentences = [
        f"On day {number} the river rose by {number * 7} inches and took a gate." for number in range(1500)
    ]
    old = [" ".join(sentences)]
    kept = [sentence for number, sentence in enumerate(sentences) if number % 10]
    size = len(kept) // pieces
    new = [" ".join(kept[at : at + size]) for at in range(0, len(kept), size)]
    anchors = [quoted(0, f"day {number} the", old[0]) for number in range(1, 1500, 7)]
    found = place(anchors, with_ids(old), published(old, new))
    texts = dict(published(old, new))
    for anchor, placement in zip(anchors, found, strict=True):
        assert anchor.quote
        there = anchor.quote.exact in " ".join(new)
        marked = texts[placement.block][placement.start : placement.end]
        assert marked == anchor.quote.exact if there else marked != anchor.quote.exact


@pytest.mark.parametrize("word", ["no ", "雨"])
def test_one_word_without_end(word: str) -> None:
    old, new = word * 300_000, (word + "yes ") * 150_000
    assert len(align([("i0", old)], [new])) == 1


@given(st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcde"), max_size=4))
def test_rows_are_found_wherever_they_stand(text: list[str], keys: list[str]) -> None:
    expected = [at for at in range(len(text)) if keys and text[at : at + len(keys)] == keys]
    assert list(rows_in(keys, text)) == expected
