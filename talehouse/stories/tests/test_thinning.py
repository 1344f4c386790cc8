"""Thinning: which automatic saves stay, told by a model that is written another way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import time_machine as machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from talehouse.accounts.models import Account
from talehouse.stories import drafting, publishing, revising, thinning
from talehouse.stories.models import Part, Revision
from talehouse.writing.models import DraftNote
from tests.cast import PROSE, Cast, person, story

Kind = Revision.Kind
NOW = datetime(2026, 3, 14, 15, 26, tzinfo=timezone.get_fixed_timezone(0))
AGES = st.one_of(st.integers(0, 90), st.integers(0, 60 * 50), st.integers(0, 60 * 24 * 40))
"""Minutes: many near the first bound, some near the second, some beyond the third."""


def written(part: Part, ages: list[int], by: Account, **fields: Any) -> None:
    """So many automatic saves, the oldest first; a title is unique, so that each can be found again."""
    first = part.revisions.order_by("-number").first()
    number = first.number if first else 0
    Revision.objects.bulk_create(
        [
            Revision(
                part=part,
                number=number + place,
                kind=Kind.AUTO,
                made_by=by,
                made_at=NOW - timedelta(minutes=age),
                **fields,
            )
            for place, age in enumerate(sorted(ages, reverse=True), 1)
        ]
    )


def lawful(part: Part, now: datetime) -> set[int]:
    """The numbers of those that stay, by the law as people say it."""
    rows = list(part.revisions.order_by("number"))
    automatic = [row for row in rows if row.kind == Kind.AUTO]
    stay = {row.number for row in rows if row.kind != Kind.AUTO}
    stay |= {max(row.number for row in rows if row.made_by == by) for by in {row.made_by for row in rows}}
    hour, day, month = timedelta(hours=1), timedelta(days=1), timedelta(days=30)
    stay |= {row.number for row in automatic if now - row.made_at <= hour}
    for age, form in ((day, "%Y-%m-%d %H"), (month, "%Y-%m-%d")):
        last = {row.made_at.strftime(form): row for row in automatic}
        stay |= {row.number for row in last.values() if now - row.made_at <= age}
    return stay


def fresh(name: str) -> tuple[Account, Part]:
    """A writer with an empty part."""
    writer = person(f"{name}{Account.objects.count()}")
    assert writer.pen_name is not None
    made = publishing.create(by=writer, pen_name=writer.pen_name, title="The Weir")
    part = publishing.add_part(made, by=writer, title="One", html=PROSE)
    part.revisions.update(made_at=NOW - timedelta(days=90))
    return writer, part


class AnyHistory(TestCase):
    """Hypothesis chooses when things were saved, and how often the worker came by."""

    @given(st.lists(AGES, max_size=25), st.lists(AGES, max_size=5))
    def test_what_stays_is_what_the_law_says(self, mine: list[int], theirs: list[int]) -> None:
        writer, part = fresh("thin")
        other = person(f"other{Account.objects.count()}")
        written(part, mine, writer)
        written(part, theirs, other)
        with machine.travel(NOW, tick=False):
            expected = lawful(part, NOW)
            thinning.thin_all()
            assert set(part.revisions.values_list("number", flat=True)) == expected
            assert thinning.thin_all() == thinning.thin() == 0

    @given(
        st.lists(st.integers(0, 60 * 24 * 3), max_size=20),
        st.lists(st.integers(1, 60 * 20), min_size=1, max_size=12),
    )
    def test_coming_by_often_leaves_what_coming_once_does(self, ages: list[int], pauses: list[int]) -> None:
        writer, part = fresh("often")
        written(part, ages, writer)
        kept = {row.number: row for row in part.revisions.all()}
        at = NOW
        for pause in pauses:
            at += timedelta(minutes=pause)
            with machine.travel(at, tick=False):
                thinning.thin()
        often = set(part.revisions.values_list("number", flat=True))
        part.revisions.exclude(number=1).delete()
        Revision.objects.bulk_create([row for number, row in kept.items() if number > 1])
        with machine.travel(at, tick=False):
            thinning.thin_all()
        assert often == set(part.revisions.values_list("number", flat=True))


def gone(cast: Cast, protect: Callable[[Revision, Part], object]) -> bool:
    """Whether an old automatic save goes after `protect` has done something to it."""
    made = story(cast)
    part = publishing.add_part(made, by=cast.writer, title="Two", html=PROSE)
    written(part, [60 * 24 * 100], cast.writer, html='<p id="b-1">Old.</p>')
    old = part.revisions.get(number=2)
    part.refresh_from_db()
    drafting.save(part, by=cast.writer, html="<p>Newer.</p>", base=2)
    protect(old, part)
    thinning.thin_all()
    return not Revision.objects.filter(pk=old.pk).exists()


def test_an_old_automatic_save_goes(cast: Cast) -> None:
    assert gone(cast, lambda old, part: None)


def test_a_named_one_stays(cast: Cast) -> None:
    assert not gone(cast, lambda old, part: revising.name(old, by=cast.writer, name="The first"))


def test_one_that_was_restored_stays(cast: Cast) -> None:
    assert not gone(cast, lambda old, part: revising.restore(old, by=cast.writer))


def test_a_published_one_stays(cast: Cast) -> None:
    def publish(old: Revision, part: Part) -> None:
        revising.restore(old, by=cast.writer)
        publishing.publish(part, by=cast.writer)
        Revision.objects.filter(pk=old.pk).update(published_at=NOW)
        part.revisions.filter(restored_from=old).update(restored_from=None)

    assert not gone(cast, publish)


def test_one_with_a_note_beside_it_stays(cast: Cast) -> None:
    def note(old: Revision, part: Part) -> None:
        DraftNote.objects.create(part=part, revision=old, by=cast.pen("writer"), text="Here?")

    assert not gone(cast, note)


def test_the_newest_of_each_person_stays(cast: Cast) -> None:
    assert not gone(cast, lambda old, part: Revision.objects.filter(pk=old.pk).update(made_by=cast.co_writer))


def test_the_draft_stays_however_old(cast: Cast) -> None:
    part = publishing.add_part(story(cast), by=cast.writer, title="Two", html=PROSE)
    saved = drafting.save(part, by=cast.writer, html="<p>Old.</p>", base=1, automatic=True)
    part.revisions.update(made_at=NOW - timedelta(days=400), made_by=None)
    Revision.objects.filter(pk=saved.revision.pk).update(made_by=cast.writer)
    assert thinning.thin_all() == 0


def test_many_are_removed_in_batches(cast: Cast) -> None:
    part = publishing.add_part(story(cast), by=cast.writer, title="Two", html=PROSE)
    with machine.travel(NOW, tick=False):
        written(part, [60 * 24 * 35] * (thinning.MOST_AT_ONCE + 20), cast.writer)
        drafting.save(part, by=cast.writer, html="<p>New.</p>", base=part.revisions.count())
        assert thinning.thin() == 0
        assert thinning.thin_all() == thinning.MOST_AT_ONCE + 20
