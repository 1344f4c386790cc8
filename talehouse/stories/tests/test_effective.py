"""Effective tags: what a story is found under, kept by rules and by the log, the same as a rebuild."""

from __future__ import annotations

import pytest
from django.db import transaction

from talehouse.activity.log import record
from talehouse.activity.models import Event
from talehouse.ops import recounting
from talehouse.stories import describing, effective, purging, removing
from talehouse.stories.models import EffectiveTag, StaleStory, Story
from talehouse.tags.models import Above, Tag
from talehouse.tags.naming import named
from tests.cast import Cast, story
from tests.delivering import deliver_now


def tag(name: str, kind: str = "theme") -> Tag:
    made = named(kind, name)
    assert made is not None
    return made


def tagged(cast: Cast, title: str, *names: str) -> Story:
    made = story(cast, title)
    describing.set_tags(made, [("theme", name) for name in names], by=cast.writer)
    return made


def found(one: Story) -> dict[str, bool]:
    return dict(EffectiveTag.objects.filter(story=one).values_list("tag__name", "inherited"))


def canonical(*names: str) -> None:
    Tag.objects.filter(name__in=names).update(standing="canonical")


def synonym(name: str, of: str) -> None:
    Tag.objects.filter(name=name).update(standing="synonym", merged_into=tag(of))


@transaction.atomic
def wrangled(*names: str) -> None:
    for name in names:
        record("tag.wrangled", actor=None, subject=Tag.objects.get(name=name))


def test_a_story_is_found_under_its_own_tags_at_once(cast: Cast) -> None:
    one = tagged(cast, "One", "Lamps", "Weirs")
    assert found(one) == {"Lamps": False, "Weirs": False}
    describing.set_tags(one, [("theme", "Lamps")], by=cast.writer)
    assert found(one) == {"Lamps": False} and not list(effective.differences())


def test_it_is_found_under_what_its_tags_mean_and_what_stands_above(cast: Cast) -> None:
    for name in ("Lanterns", "Light", "All Things"):
        tag(name)
    canonical("Lanterns", "Light", "All Things")
    Above.objects.create(tag=tag("Lanterns"), above=tag("Light"))
    Above.objects.create(tag=tag("Light"), above=tag("All Things"))
    tag("Lamps")
    synonym("Lamps", "Lanterns")
    one = tagged(cast, "One", "Lamps", "Light")
    assert found(one) == {"Lamps": False, "Lanterns": True, "Light": False, "All Things": True}
    describing.set_tags(one, [("theme", "Weirs")], by=cast.writer)
    assert found(one) == {"Weirs": False}


def test_what_wranglers_do_comes_by_the_log_and_is_told(cast: Cast) -> None:
    one, other = tagged(cast, "One", "Lamps"), tagged(cast, "Other", "Weirs")
    tag("Lanterns")
    canonical("Lanterns")
    synonym("Lamps", "Lanterns")
    wrangled("Lamps")
    assert len(list(effective.differences())) == 1
    before = Event.objects.order_by("-pk").values_list("pk", flat=True)[0]
    deliver_now()
    assert found(one) == {"Lamps": False, "Lanterns": True}
    assert found(other) == {"Weirs": False}
    told = Event.objects.filter(pk__gt=before, verb="story.retagged").values_list("subject_id", flat=True)
    assert list(told) == [one.pk]
    Tag.objects.filter(name="Lamps").update(standing="unsorted", merged_into=None)
    wrangled("Lamps")
    deliver_now()
    assert found(one) == {"Lamps": False} and not list(effective.differences())


def test_tags_that_were_set_while_the_order_changed_are_seen_to_later(cast: Cast) -> None:
    one = tagged(cast, "One", "Lamps")
    tag("Lanterns")
    synonym("Lamps", "Lanterns")  # nobody hears of it
    assert found(one) == {"Lamps": False}
    deliver_now()  # of the tags that were set
    assert found(one) == {"Lamps": False, "Lanterns": True}


def test_many_stories_wait_for_the_duty(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effective, "AT_ONCE", 1)
    monkeypatch.setattr(effective, "BATCH", 1)
    stories = [tagged(cast, f"Story {number}", "Lamps") for number in range(3)]
    deliver_now()
    tag("Lanterns")
    synonym("Lamps", "Lanterns")
    wrangled("Lamps")
    deliver_now()
    assert StaleStory.objects.count() == 2 and len(list(effective.differences())) == 2
    assert effective.catch_up() == 2
    assert all(found(one) == {"Lamps": False, "Lanterns": True} for one in stories)
    assert not StaleStory.objects.exists()


def test_a_circle_ends(cast: Cast) -> None:
    one = tagged(cast, "One", "Lamps")
    Above.objects.create(tag=tag("Lamps"), above=tag("Light"))
    Above.objects.create(tag=tag("Light"), above=tag("Lamps"))
    effective.rebuild()
    assert found(one) == {"Lamps": False, "Light": True}


def test_a_story_that_is_emptied_is_found_under_nothing(cast: Cast) -> None:
    one = tagged(cast, "One", "Lamps")
    removing.delete(one, by=cast.writer)
    purging.purge_story(one.pk)
    assert found(one) == {} and not list(effective.differences())


def test_what_is_wrangled_during_a_rebuild_is_not_forgotten(cast: Cast) -> None:
    one = tagged(cast, "One", "Lamps")
    tag("Lanterns")
    deliver_now()

    def meanwhile(_done: int, _of: int) -> None:
        synonym("Lamps", "Lanterns")
        wrangled("Lamps")
        effective._mark([tag("Lamps").pk])

    effective.rebuild(meanwhile)
    assert effective.catch_up() == 1
    assert found(one) == {"Lamps": False, "Lanterns": True} and not list(effective.differences())


def test_a_rebuild_makes_the_same_and_a_recount_mends(cast: Cast) -> None:
    one = tagged(cast, "One", "Lamps", "Weirs")
    before = found(one)
    EffectiveTag.objects.filter(tag=tag("Lamps")).delete()
    EffectiveTag.objects.filter(tag=tag("Weirs")).update(inherited=True)
    EffectiveTag.objects.create(story=one, tag=tag("Ash"))
    assert [(where.column, where.shown, where.rows) for where in recounting.check()] == [
        (f"tag {tag('Lamps').pk}", "not there", "its own"),
        (f"tag {tag('Weirs').pk}", "inherited", "its own"),
        (f"tag {tag('Ash').pk}", "its own", "not there"),
    ]
    recounting.mend()
    assert found(one) == before and recounting.check() == []
    EffectiveTag.objects.all().delete()
    assert effective.rebuild() == 2
    assert found(one) == before
