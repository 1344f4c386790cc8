"""Finding a tag while it is typed: by its beginning or a word, by use, and only such as one may know."""

from __future__ import annotations

import pytest

from talehouse.ops import recounting
from talehouse.stories import describing, purging, removing, tagging
from talehouse.stories.models import Story, TagUse, TagWord
from talehouse.tags.suggesting import rests, search_key
from tests.cast import Cast, story
from tests.test_queries import questions


def names(cast: Cast, typed: str, who: str = "reader", kind: str = "theme") -> list[str]:
    return [tag.name for tag in tagging.suggest(getattr(cast, who), kind, typed)]


def tagged(cast: Cast, title: str, *tags: str, **fields: object) -> Story:
    made = story(cast, title, **fields)  # type: ignore[arg-type]
    describing.set_tags(made, [("theme", tag) for tag in tags], by=cast.writer)
    return made


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Éowyn  SHIELD-maiden", "eowyn shield-maiden"),
        ("Straße", "strasse"),
        ("Ångström", "angstrom"),
        ("Łódź", "lodz"),
        ("İstanbul", "istanbul"),
        ("が", "が"),
        ("हिन्दी", "हिन्दी"),
        ("مُحَمَّد", "محمد"),
    ],
)
def test_case_and_accents_do_not_matter(name: str, key: str) -> None:
    assert search_key(name) == key


def test_the_most_used_come_first(cast: Cast) -> None:
    tagged(cast, "One", "Lamps", "Lambs")
    tagged(cast, "Two", "Lamps", "Élan", "Other")
    assert names(cast, "LAM") == ["Lamps", "Lambs"]
    assert names(cast, "el") == ["Élan"]
    assert names(cast, "la") == ["Lamps", "Lambs"] and names(cast, "zz") == [] == names(cast, " ")
    assert names(cast, "lam", kind="genre") == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Harry Potter", ["potter"]),
        ("The Weir (Old Books)", ["weir (old books)", "old books)", "books)"]),
        ("Mira/Orlan", ["orlan"]),
        ("O'Hara, S.H.I.E.L.D.", ["s.h.i.e.l.d."]),
        ("Post-War", ["war"]),
        ("(Lamps)", ["lamps)"]),
        ("la la la", ["la la", "la"]),
        ("हिन्दी कविता", ["कविता"]),
        ("Lamps", []),
        ("灯火 守り", ["守り"]),
    ],
)
def test_a_word_begins_after_what_is_no_letter(name: str, found: list[str]) -> None:
    assert rests(search_key(name)) == found


def test_what_is_called_so_comes_first_then_what_begins_so_then_words(cast: Cast) -> None:
    tagged(cast, "One", "Lamp", "Lamps", "Lamp oil", "Old lamp", "Oil (Lamp)")
    tagged(cast, "Two", "Lamps", "Old lamp", "Oil (Lamp)")
    tagged(cast, "Three", "Old lamp", "Élan/Lamplight")
    assert names(cast, "lamp") == ["Lamp", "Lamps", "Lamp oil", "Old lamp", "Oil (Lamp)", "Élan/Lamplight"]
    assert names(cast, "LAMPL") == ["Élan/Lamplight"] == names(cast, "(lampl")
    assert names(cast, "old la") == ["Old lamp"] and names(cast, "oil (l") == ["Oil (Lamp)"]
    assert names(cast, "amp") == [] == names(cast, "lamp", kind="genre")


def test_one_letter_says_nothing_of_words(cast: Cast) -> None:
    tagged(cast, "One", "Old lamp", "Lamps")
    assert names(cast, "l") == ["Lamps"] and names(cast, "la") == ["Lamps", "Old lamp"]


def test_a_tag_with_the_word_twice_is_told_once(cast: Cast) -> None:
    tagged(cast, "One", "My lamp, your lamps")
    assert names(cast, "lamp") == ["My lamp, your lamps"]


def test_long_names_are_found_by_each_word(cast: Cast) -> None:
    long = f"x {'y' * 70} orchard"
    tagged(cast, "One", long)
    assert names(cast, "orch") == [long] == names(cast, "y" * 60) and names(cast, "y" * 61) == []
    assert names(cast, search_key(long)) == [long]


def test_ten_at_most(cast: Cast) -> None:
    tagged(cast, "Many", *(f"Lamp {n}" for n in range(14)))
    assert len(names(cast, "lamp")) == 10


def test_signs_of_patterns_stand_for_themselves(cast: Cast) -> None:
    tagged(cast, "One", "100% wool", "100 lamps", "a_b", "axb")
    assert names(cast, "100%") == ["100% wool"] and names(cast, "a_") == ["a_b"]


def test_nothing_is_told_of_what_one_may_not_meet(cast: Cast) -> None:
    tagged(cast, "Private", "Secret lamp", visibility="private")
    tagged(cast, "Unlisted", "Hushed lamp", visibility="unlisted")
    tagged(cast, "Dark", "Adult lamp", rating="explicit")
    tagged(cast, "Draft", "Early lamp", parts=0)
    for name in ("secret", "hushed", "adult", "early"):
        assert names(cast, name) == [] and len(names(cast, name, who="writer")) == 1
    assert names(cast, "lamp") == [] and len(names(cast, "lamp", who="writer")) == 4


def test_the_numbers_follow_the_tags(cast: Cast) -> None:
    made = tagged(cast, "One", "Lamps", "Weirs")
    describing.set_tags(made, [("theme", "Lamps")], by=cast.writer)
    uses = dict(TagUse.objects.values_list("key", "stories"))
    assert uses == {"lamps": 1, "weirs": 0}
    assert names(cast, "weirs", who="writer") == [] == list(tagging.differences())
    removing.delete(made, by=cast.writer)
    purging.purge_story(made.pk)
    assert set(TagUse.objects.values_list("stories", flat=True)) == {0}


def test_words_have_the_numbers_of_their_tags(cast: Cast) -> None:
    made = tagged(cast, "One", "Old lamp")
    tagged(cast, "Two", "Old lamp")
    assert list(TagWord.objects.values_list("rest", "stories")) == [("lamp", 2)]
    describing.set_tags(made, [], by=cast.writer)
    assert list(TagWord.objects.values_list("rest", "stories")) == [("lamp", 1)]


def test_it_can_be_built_anew(cast: Cast) -> None:
    tagged(cast, "One", "Old lamp", "Weirs")
    uses = set(TagUse.objects.values_list("tag", "kind", "key", "stories"))
    words = set(TagWord.objects.values_list("tag", "kind", "rest", "stories"))
    assert list(tagging.differences()) == list(tagging.wrong_words()) == []
    TagUse.objects.update(stories=9, key="wrong")
    TagWord.objects.update(rest="wrong")
    assert [(kept, true) for _tag, kept, true in tagging.differences()] == [(9, 1), (9, 1)]
    assert tagging.count_all() == 2
    assert set(TagUse.objects.values_list("tag", "kind", "key", "stories")) == uses
    assert set(TagWord.objects.values_list("tag", "kind", "rest", "stories")) == words


def test_a_recount_finds_and_mends_words(cast: Cast) -> None:
    tagged(cast, "One", "Old lamp", "New moon rising")
    TagWord.objects.filter(rest="lamp").update(stories=7)
    TagWord.objects.filter(rest="rising").delete()
    told = [(one.column, one.shown, one.rows) for one in recounting.check()]
    assert told == [("words", 0, 2), ("words", 1, 2)]
    recounting.mend()
    assert recounting.check() == [] and names(cast, "rising") == ["New moon rising"]


def test_two_questions_are_asked_and_two_more_where_words_are_wanted(cast: Cast) -> None:
    tagged(cast, "Many", "Old lamp 1", *(f"Lamp {n}" for n in range(14)))
    for typed, number in (("lamp", 2), ("lamp 1", 4), ("1", 1)):
        with questions() as asked:
            names(cast, typed)
        assert len(asked) == number, typed
