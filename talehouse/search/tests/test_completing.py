"""What is offered while somebody types: nearest names first, synonyms as what they mean, what has results."""

from __future__ import annotations

import pytest

from talehouse.search.completing import OF_A_KIND, complete
from talehouse.search.questions import Question
from talehouse.stories import describing
from talehouse.stories.models import Story
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import TagKind
from talehouse.wrangling.tests.sorted_tags import make_synonym
from tests.cast import Cast, story
from tests.indexing import index_now

ALL = frozenset({"general", "teen", "mature", "explicit", "not-rated"})


def offered(typed: str, kinds: list[str] | None = None, **more: object) -> list[tuple[str, int, str]]:
    """Names, numbers of stories, and the synonym that was typed."""
    question = Question(member=False, ratings=ALL, **more)  # type: ignore[arg-type]
    told = complete(question, kinds or TagKind.values, typed)
    names = dict(Tag.objects.values_list("pk", "name"))
    return [(names[one.tag], one.stories, names[one.called] if one.called else "") for one in told]


def tagged(cast: Cast, title: str, *names: str, kind: str = "theme", **fields: object) -> Story:
    made = story(cast, title, **fields)  # type: ignore[arg-type]
    describing.set_tags(made, [(kind, name) for name in names], by=cast.writer)
    return made


@pytest.fixture
def lamps(cast: Cast) -> None:
    tagged(cast, "One", "Lamp", "Oil lamp", "Lamps")
    tagged(cast, "Two", "Oil lamp", "Lamps", "lanterns of old")
    tagged(cast, "Three", "Oil lamp", "Ada/Lampman", kind="relationship")
    tagged(cast, "Four", "Lights")
    lights = Tag.objects.get(name="Lights")
    make_synonym(Tag.objects.get(name="lanterns of old"), lights, by=cast.host)
    index_now()


def test_the_nearest_names_come_first(lamps: None) -> None:
    assert offered("lamp", ["theme"]) == [("Lamp", 1, ""), ("Lamps", 2, ""), ("Oil lamp", 2, "")]
    assert offered("LAMP") == [*offered("lamp", ["theme"]), ("Oil lamp", 1, ""), ("Ada/Lampman", 1, "")]
    assert offered("amp") == [] == offered("")


def test_only_what_gives_results_is_offered(lamps: None) -> None:
    lamp = Tag.objects.get(name="Lamp")
    assert offered("lamp", include=(f"tag:{lamp.pk}",)) == [
        ("Lamp", 1, ""),
        ("Lamps", 1, ""),
        ("Oil lamp", 1, ""),
    ]
    assert offered("lamp", include=("status:hiatus",)) == []


def test_a_synonym_leads_to_what_it_means_and_is_named(lamps: None) -> None:
    assert offered("lantern") == [("Lights", 2, "lanterns of old")] == offered("old")
    assert offered("lights") == [("Lights", 2, "")]


def test_a_synonym_that_one_may_not_meet_is_not_named(cast: Cast) -> None:
    secret = tagged(cast, "Secret", "whispers", visibility="private")
    tagged(cast, "One", "Voices")
    make_synonym(secret.tags.get(), Tag.objects.get(name="Voices"), by=cast.host)
    index_now()
    assert offered("whisp") == [("Voices", 1, "")]


def test_no_kind_has_more_than_its_share(cast: Cast) -> None:
    tagged(cast, "One", *(f"Lamp {n}" for n in range(9)))
    tagged(cast, "Two", "A lamp", kind="genre")
    index_now()
    assert [name for name, _n, _called in offered("lamp")] == [
        *(f"Lamp {n}" for n in range(OF_A_KIND)),
        "A lamp",
    ]
