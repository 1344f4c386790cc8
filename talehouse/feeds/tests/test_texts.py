"""What of a text stands in a feed: whole or its beginning, for programs that know none of our styles."""

from __future__ import annotations

from talehouse.feeds.texts import ENOUGH, LONGEST, Place, beginning, whole

PLACE = Place("http://house.test", "http://house.test/parts/1-one/", "", "Hidden words", "Read on")
PICTURE = f"/media/{'a' * 64}.png"
ONWARD = '<p><a href="http://house.test/parts/1-one/">Read on</a></p>'


def stored(*blocks: str) -> str:
    """Blocks as a text keeps them."""
    return "\n".join(block.replace(">", f' id="b-{n}">', 1) for n, block in enumerate(blocks))


def test_block_ids_and_classes_go() -> None:
    text = stored("<p>One <em>two</em>.</p>", "<hr>").replace("<em>", '<em class="smallcaps">')
    assert whole(text, PLACE) == "<p>One <em>two</em>.</p><hr>"


def test_addresses_become_absolute() -> None:
    text = stored(f'<figure><img src="{PICTURE}" alt="A stone"></figure>', '<p><a href="#fn-1">1</a></p>')
    told = whole(text, PLACE)
    assert f'src="http://house.test{PICTURE}"' in told
    assert 'href="http://house.test/parts/1-one/#fn-1"' in told


def test_pictures_of_an_unlisted_story_carry_its_key() -> None:
    place = Place("http://house.test", "http://house.test/parts/1-one/?key=k", "?key=k", "", "")
    assert f'{PICTURE}?key=k"' in whole(stored(f'<figure><img src="{PICTURE}" alt=""></figure>'), place)


def test_hidden_words_are_folded() -> None:
    text = stored('<p>It was <span class="spoiler">the cat</span>.</p>', "<p>Nobody knew.</p>")
    told = whole(text, PLACE)
    assert told.startswith(
        "<details><summary>Hidden words</summary><p>It was <span>the cat</span>.</p></details>"
    )
    assert told.endswith("<p>Nobody knew.</p>")


def test_notes_stand_before_and_after() -> None:
    told = whole(stored("<p>Text.</p>"), PLACE, before="<p>Before.</p>", after="<p>After.</p>")
    assert told == "<aside><p>Before.</p></aside><p>Text.</p><aside><p>After.</p></aside>"


def test_a_beginning_is_whole_blocks_and_the_way_to_the_rest() -> None:
    blocks = [f"<p>{'word ' * 59}{n}.</p>" for n in range(6)]
    told = beginning(stored(*blocks), PLACE)
    assert told == "".join(blocks[: ENOUGH // 60]) + ONWARD


def test_a_long_block_is_cut_and_is_the_last() -> None:
    told = beginning(stored("<p>Short.</p>", f"<p>{'words ' * 400}.</p>", "<p>Never.</p>"), PLACE)
    assert "Never" not in told
    assert told.startswith("<p>Short.</p><p>words words") and told.endswith(f"…</p>{ONWARD}")
    assert len(told) < LONGEST + 200


def test_a_cut_block_does_not_tell_what_it_hides() -> None:
    text = stored(f'<p>It was <span class="spoiler">the cat</span> {"and so on " * 200}.</p>')
    told = beginning(text, PLACE)
    assert "the cat" not in told and "It was […] and so on" in told


def test_an_empty_text_has_no_beginning() -> None:
    assert beginning("", PLACE) == ONWARD
