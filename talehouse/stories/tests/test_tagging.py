"""Finding a tag while it is typed: by its beginning, by use, and only such as the person may know."""

from __future__ import annotations

import pytest

from talehouse.stories import describing, purging, removing, tagging
from talehouse.stories.models import Story, TagUse
from talehouse.tags.suggesting import search_key
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


def test_the_numbers_follow_the_tags(cast: Cast) -> None:
    made = tagged(cast, "One", "Lamps", "Weirs")
    describing.set_tags(made, [("theme", "Lamps")], by=cast.writer)
    uses = dict(TagUse.objects.values_list("key", "stories"))
    assert uses == {"lamps": 1, "weirs": 0}
    assert names(cast, "weirs", who="writer") == [] == list(tagging.differences())
    removing.delete(made, by=cast.writer)
    purging.purge_story(made.pk)
    assert set(TagUse.objects.values_list("stories", flat=True)) == {0}


def test_it_can_be_built_anew(cast: Cast) -> None:
    tagged(cast, "One", "Lamps", "Weirs")
    before = set(TagUse.objects.values_list("tag", "kind", "key", "stories"))
    assert list(tagging.differences()) == []
    TagUse.objects.update(stories=9, key="wrong")
    assert [(kept, true) for _tag, kept, true in tagging.differences()] == [(9, 1), (9, 1)]
    assert tagging.count_all() == 2
    assert set(TagUse.objects.values_list("tag", "kind", "key", "stories")) == before


def test_two_questions_are_asked(cast: Cast) -> None:
    tagged(cast, "Many", *(f"Lamp {n}" for n in range(14)))
    with questions() as asked:
        names(cast, "lamp")
    assert len(asked) == 2
