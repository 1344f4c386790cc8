"""Drawn covers: the same for the same story, small, readable, and safe to stand inline."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from talehouse.lib.covers import LARGEST, lettering, svg
from talehouse.lib.covers.colours import contrast, palette
from talehouse.lib.covers.dice import Dice
from talehouse.lib.covers.pictures import PICTURES

ANY = st.text(st.characters(exclude_categories=()), max_size=300)
READABLE = 4.5


def drawn(title: str, seed: int = 1, author: str = "Ilse Marrow") -> etree._Element:
    return etree.fromstring(svg(title, author, seed))


def title_group(title: str, seed: int) -> etree._Element:
    return drawn(title, seed).findall("g")[-1]


def lines(title: str, seed: int = 1) -> list[str]:
    return [str(text.text) for text in drawn(title, seed).iterfind("g/text")]


def test_the_same_story_keeps_its_cover() -> None:
    assert svg("The Weir Keepers", "Ilse Marrow", 7) == svg("The Weir Keepers", "Ilse Marrow", 7)


def test_covers_are_many() -> None:
    covers = {svg("The Weir Keepers", "Ilse Marrow", seed) for seed in range(200)}
    grounds = {cover.split('fill="')[1][:7] for cover in covers}

    assert len(covers) == 200
    assert len(grounds) > 100


@settings(max_examples=150, deadline=None)
@given(title=ANY, author=ANY, seed=st.integers(min_value=0), standalone=st.booleans())
def test_any_words_make_a_small_safe_picture(title: str, author: str, seed: int, standalone: bool) -> None:
    cover = svg(title, author, seed, standalone=standalone)
    tree = etree.fromstring(cover)

    assert len(cover.encode()) <= LARGEST
    assert (tree.get("role"), tree.get("viewBox")) == ("img", "0 0 200 300")
    assert {etree.QName(node).localname for node in tree.iter()} <= {"svg", "g", "path", "circle", "text"}
    assert not {"style", "id", "class", "href"} & {str(name) for node in tree.iter() for name in node.attrib}


def test_words_stand_out_from_what_is_behind_them() -> None:
    for seed in range(1000):
        dice = Dice(seed)
        colours = palette(dice)
        picture, _ = PICTURES[dice.below(len(PICTURES))]
        _, behind_author = picture(dice, colours, "The Weir Keepers")

        assert contrast(colours.ink, colours.ground) >= READABLE, seed
        assert contrast(colours.readable_on(behind_author), behind_author) >= READABLE, seed


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#abcdef", "#abcdef") == 1


def test_screen_readers_hear_title_and_author() -> None:
    assert drawn('Ash & <"Ember">', author="Q & A").get("aria-label") == 'Ash & <"Ember">, Q & A'


@pytest.mark.parametrize("seed", range(30))
def test_right_to_left_titles_start_at_the_right(seed: int) -> None:
    group = title_group("دفتر المطر", seed)

    assert group.get("direction") == "rtl"
    assert {text.get("x") for text in group} in ({"182"}, {"100"})


@pytest.mark.parametrize("seed", range(30))
def test_the_title_stays_inside(seed: int) -> None:
    for title in (
        "The Extraordinarily Long and Improbable Account of How My Grandmother Stole the Moon",
        "転生したら図書館の司書だった件について～静かな書架と終わらない物語～",
        "Donaudampfschifffahrtsgesellschaftskapitän",
        "비 오는 날의 우체국에서 기다리는 사람",
    ):
        group = title_group(title, seed)
        size = float(group.get("font-size", "0"))
        heights = [float(text.get("y", "0")) for text in group]
        assert all(lettering.width(str(text.text)) * size <= 164.01 for text in group)
        assert all(later > one for one, later in pairwise(heights))
        assert heights[0] - size / 2 > 20
        assert heights[-1] < 266


def test_no_word_of_a_title_is_lost() -> None:
    for seed in range(40):
        assert " ".join(lines("A Small War in the Greenhouse", seed)) == "A Small War in the Greenhouse"
        assert "".join(lines("猫と灯台の長い夜、そして朝", seed)) == "猫と灯台の長い夜、そして朝"


def test_korean_breaks_between_words() -> None:
    assert " ".join(lines("비 오는 날의 우체국")) == "비 오는 날의 우체국"


def test_no_line_starts_with_a_closing_mark() -> None:
    for seed in range(40):
        assert all(
            line[0] not in "、。」ーっ"
            for line in lines("「ねえ、ちょっと、待って」とカーテンが言った。", seed)
        )


def test_a_word_too_long_for_a_line_is_broken_with_a_hyphen() -> None:
    found = lines("Donaudampfschifffahrtsgesellschaftskapitän")

    assert re.sub("-", "", "".join(found)) == "Donaudampfschifffahrtsgesellschaftskapitän"
    assert all(line.endswith("-") for line in found[:-1])


def test_a_title_without_end_is_cut() -> None:
    assert lines("moon " * 400)[-1].endswith("…")


def test_a_file_of_its_own_says_what_it_is() -> None:
    assert etree.fromstring(svg("Ash", "Q", 1, standalone=True)).tag == "{http://www.w3.org/2000/svg}svg"
