"""The index follows the archive: after a round it holds what the database says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.activity.log import record
from talehouse.library.models import PartRead
from talehouse.reads import counting
from talehouse.search import cursors, engine, feeding, sources
from talehouse.search.completing import complete
from talehouse.search.questions import IndexMissing, Question, Sort
from talehouse.search.tests.fed import ALL, a_new_one, everything, kept, more_tags, round_of, true
from talehouse.stories import describing, publishing, removing
from talehouse.stories.models import Part, Story
from talehouse.tags.models import Tag
from talehouse.votes import casting
from tests.cast import Cast, story
from tests.delivering import deliver_now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_folder")]


def test_a_missing_index_is_built_in_the_first_round(cast: Cast) -> None:
    made = story(cast, parts=2)
    assert not engine.ready()
    with pytest.raises(IndexMissing):
        engine.find(everything())
    round_of()
    assert engine.ready()
    assert engine.find(everything()).stories == (made.pk,)
    assert kept() == true()


def test_only_what_somebody_may_meet_is_kept(cast: Cast) -> None:
    shown = [story(cast, "Shown"), story(cast, "For members", visibility="members")]
    story(cast, "Unlisted", visibility="unlisted")
    story(cast, "Private", visibility="private")
    story(cast, "Draft", parts=0)
    removing.withdraw(story(cast, "Withdrawn"), by=cast.writer)
    removing.hide(story(cast, "Hidden"), by=cast.host)
    removing.delete(story(cast, "Deleted"), by=cast.writer)
    round_of()
    assert {row.story for row in kept()} == {one.pk for one in shown}
    visitor = Question(member=False, ratings=ALL)
    assert engine.find(visitor).stories == (shown[0].pk,)


def _rates(cast: Cast) -> None:
    publishing.describe(Story.objects.get(title="First"), by=cast.writer, rating="mature", language="de")


def _withdraws(cast: Cast) -> None:
    removing.withdraw(Story.objects.get(title="First"), by=cast.writer)


def _hides(cast: Cast) -> None:
    removing.hide(Story.objects.get(title="First"), by=cast.host)


def _votes(cast: Cast) -> None:
    part = Story.objects.get(title="First").parts.get()
    casting.cast(part, by=cast.reader)


@pytest.mark.parametrize("act", [a_new_one, more_tags, _rates, _withdraws, _hides, _votes])
def test_what_happens_is_found_in_the_next_round(cast: Cast, act: Callable[[Cast], None]) -> None:
    story(cast, "First")
    story(cast, "Second")
    feeder = feeding.Feeder(cursors.folder())
    feeder.round()
    before = kept()
    act(cast)
    assert kept() == before
    assert feeder.round()
    assert kept() == true() != before
    assert feeder.round() == 0


def test_terms_of_a_story(cast: Cast) -> None:
    made = story(cast, "First", rating="teen", status="complete")
    more_tags(cast)
    round_of()
    [row] = kept()
    tags = {one.tag.name: one.tag_id for one in made.story_tags.select_related("tag")}
    pen = cast.pen("writer").pk
    wanted = {"rating:teen", "audience:public", "status:complete", "language:en", "shape:crossover"}
    wanted |= {f"tag:{pk}" for pk in tags.values()} | {f"own:{pk}" for pk in tags.values()}
    wanted |= {f"main:{tags['Ada/Bea']}", f"pen:{pen}"}
    assert set(row.terms) == wanted
    fresh = Story.objects.get(pk=made.pk)
    assert fresh.updated_at is not None
    assert fresh.release_at is not None
    assert row.numbers[0] == fresh.word_count
    assert row.numbers[1:4] == (1, int(fresh.release_at.timestamp()), int(fresh.updated_at.timestamp()))


def test_facets_and_what_completes_what_is_typed(cast: Cast) -> None:
    story(cast, "First")
    story(cast, "Second")
    more_tags(cast)
    round_of()
    answer = engine.find(everything(facets=("tag:fandom",), facet_size=1))
    assert [one.stories for one in answer.facets["tag:fandom"]] == [1]
    assert answer.more == {"tag:fandom"}
    assert [one.stories for one in complete(everything(), ["theme"], "FO")] == [1]
    assert complete(everything(include=("status:hiatus",)), ["theme"], "fo") == []
    assert complete(everything(), ["theme"], "") == []


def test_counters_that_tell_the_log_nothing_come_with_time(cast: Cast) -> None:
    made = story(cast, "First")
    feeder = feeding.Feeder(cursors.folder())
    feeder.round()
    reader = counting.Reader(cast.reader, "192.0.2.1", "a browser")
    assert counting.record(made.parts.get(), by=reader)
    assert feeder.round() == 0
    feeder._counted -= feeding.COUNTERS
    assert feeder.round() == 1
    assert kept() == true()
    assert engine.find(everything(sort=Sort.READS)).stories == (made.pk,)
    feeder._counted -= feeding.COUNTERS
    assert feeder.round() == 0


def test_a_story_with_a_synonym_and_what_it_means_follows_what_wranglers_do(cast: Cast) -> None:
    made = story(cast, "First")
    for kind, names in (("theme", ("Lamps", "Lanterns")), ("relationship", ("Ada/Bea", "Bea/Ada"))):
        describing.set_tags(made, [(kind, name) for name in names], by=cast.writer)
        facet = f"tag:{kind}"
        feeder = feeding.Feeder(cursors.folder())
        feeder.round()
        for standing, meant in (("synonym", names[1]), ("unsorted", "")):
            canonical = Tag.objects.filter(name=meant).first()
            Tag.objects.filter(name=names[0]).update(standing=standing, merged_into=canonical)
            with transaction.atomic():
                record("tag.wrangled", actor=None, subject=Tag.objects.get(name=names[0]))
            deliver_now()
            feeder.round()
            assert kept() == true()
            before = engine.find(everything(facets=(facet,))).facets
            assert len(before[facet]) == 2 - bool(meant)
            feeding.rebuild_now()
            assert engine.find(everything(facets=(facet,))).facets == before


def test_who_reaches_the_end_is_asked_of_the_last_part_that_readers_may_open(cast: Cast) -> None:
    made = story(cast, "First", parts=3)
    Part.objects.filter(story=made).update(release_at=timezone.now() - timedelta(days=60))
    first, second, last = made.parts.order_by("position")
    Part.objects.filter(pk=last.pk).update(visibility="private")
    readers = Account.objects.bulk_create(
        [Account(email=f"r{number}@example.org", password="!") for number in range(20)]
    )
    now = timezone.now()
    rows = [(one, part) for one in readers for part in (first, second)]
    PartRead.objects.bulk_create(
        [PartRead(account=one, part=part, read_at=now, finished_at=now) for one, part in rows]
    )
    assert sources.shares(lambda asked, _path: asked) == {made.pk: (0, sources.MILLION)}


# What goes wrong


# Folding
