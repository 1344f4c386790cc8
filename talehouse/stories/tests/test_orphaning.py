"""Leaving a story to the archive: the name goes at once, can come back for 30 days, and is then gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from talehouse.accounts import pen_names
from talehouse.accounts.house import ORPHAN, orphan_pen_name
from talehouse.accounts.models import Account, PenName
from talehouse.activity.models import Event
from talehouse.pages.versions import numbers
from talehouse.stories import describing, orphaning, people, publishing
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Departure, Revision, Role, RoleKind, Series, Story
from tests.cast import Cast, first, story


def joined(cast: Cast, made: Story, who: str = "co_writer") -> Role:
    role = people.ask(made, cast.pen(who), RoleKind.CO_AUTHOR, by=cast.writer)
    return people.accept(role, by=getattr(cast, who))


def kinds(made: Story) -> dict[str, str]:
    return dict(made.roles.values_list("pen_name__name", "kind"))


def later(days: int = 31) -> None:
    """As if so many days had passed since everybody left."""
    Departure.objects.update(left_at=F("left_at") - timedelta(days=days))


def test_the_archives_name_is_made_once_and_nobody_signs_in_with_it(db: None) -> None:
    name = orphan_pen_name()
    assert orphan_pen_name() == name and name.url == "/people/orphan/"
    account = Account.objects.get(email=ORPHAN)
    assert not account.is_active and not account.has_usable_password()


def test_the_archives_name_finds_an_address_beside_another(cast: Cast) -> None:
    taken = pen_names.add("Orphan!", by=cast.writer)
    assert taken.slug == "orphan"
    assert orphan_pen_name().slug != "orphan" and orphan_pen_name().account.email == ORPHAN


def test_a_sole_author_leaves_the_story_to_the_archive(cast: Cast) -> None:
    made = story(cast)
    people.ask(made, cast.pen("beta"), RoleKind.BETA, by=cast.writer)
    pages = [f"pen:{cast.pen('writer').pk}", f"story:{made.pk}"]
    before = numbers(pages)
    (left,) = orphaning.orphan(made, by=cast.writer)
    assert (left.pen_name, left.kind) == (cast.pen("writer"), "author")
    assert kinds(made) == {"Orphan": "author"}
    made.refresh_from_db()
    assert made.orphaned_at is not None
    assert not Story.objects.editable_by(cast.writer).exists()
    assert all(numbers(pages)[page] > before[page] for page in pages)


def test_one_of_several_takes_only_their_own_name_away(cast: Cast) -> None:
    made = story(cast)
    joined(cast, made)
    asked = people.ask(made, cast.pen("beta"), RoleKind.BETA, by=cast.writer)
    orphaning.orphan(made, by=cast.writer)
    assert people.invitations_of(cast.beta).get().invited_by is None
    people.take_back(asked, by=cast.co_writer)
    assert kinds(made) == {"Orphan": "co-author", "Co Writer": "author"}
    made.refresh_from_db()
    assert made.orphaned_at is None and Story.objects.editable_by(cast.co_writer).exists()
    with pytest.raises(RuleError, match="last author"):
        people.leave(made.roles.get(pen_name=cast.pen("co_writer")), by=cast.co_writer)
    orphaning.orphan(made, by=cast.co_writer)
    assert kinds(made) == {"Orphan": "author"} and made.departures.count() == 2


def test_who_left_comes_back(cast: Cast) -> None:
    made = story(cast)
    describing.set_series(made, "The Weirs", owner=cast.pen("writer"), by=cast.writer, position=2)
    (left,) = orphaning.orphan(made, by=cast.writer)
    assert orphaning.departures_of(cast.writer) == [left]
    with pytest.raises(NotAllowedError, match="Only who left"):
        orphaning.undo(left, by=cast.stranger)
    orphaning.undo(left, by=cast.writer)
    made.refresh_from_db()
    assert kinds(made) == {"Writer": "author"} and made.orphaned_at is None
    assert (made.series_entry.series.owner, int(made.series_entry.position)) == (cast.pen("writer"), 2)
    assert Series.objects.count() == 1 and orphaning.departures_of(cast.writer) == []
    with pytest.raises(RuleError, match="cannot be undone"):
        orphaning.undo(left, by=cast.writer)


def test_one_comes_back_and_the_other_does_not(cast: Cast) -> None:
    made = story(cast)
    joined(cast, made)
    (one,) = orphaning.orphan(made, by=cast.writer)
    (other,) = orphaning.orphan(made, by=cast.co_writer)
    orphaning.undo(other, by=cast.co_writer)
    assert kinds(made) == {"Orphan": "co-author", "Co Writer": "author"}
    orphaning.undo(one, by=cast.writer)
    assert kinds(made) == {"Writer": "author", "Co Writer": "author"}


def test_after_30_days_nobody_comes_back(cast: Cast) -> None:
    (left,) = orphaning.orphan(story(cast), by=cast.writer)
    later(29)
    assert orphaning.due() == []
    later(1)
    with pytest.raises(RuleError, match="30 days ago"):
        orphaning.undo(left, by=cast.writer)
    assert orphaning.due() == [left.pk]


def test_only_the_name_that_is_still_theirs_comes_back(cast: Cast) -> None:
    (left,) = orphaning.orphan(story(cast), by=cast.writer)
    PenName.objects.filter(pk=cast.pen("writer").pk).update(account=cast.stranger)
    with pytest.raises(NotAllowedError):
        orphaning.undo(left, by=cast.writer)


def test_it_is_made_final_once(cast: Cast) -> None:
    made = story(cast)
    (left,) = orphaning.orphan(made, by=cast.writer)
    other = story(cast, "Another")
    later()
    assert orphaning.finish(left.pk) == cast.writer
    assert orphaning.finish(left.pk) is None
    left.refresh_from_db()
    assert left.final_at is not None and left.pen_name is None
    assert not Revision.objects.filter(part__story=made, made_by__isnull=False).exists()
    assert first(other).published.made_by == cast.writer  # type: ignore[union-attr]
    of_made = Event.objects.filter(subject_type="part", subject_id=first(made).pk)
    assert of_made.exists() and not of_made.filter(actor_id__isnull=False).exists()
    assert Event.objects.filter(actor_id=cast.writer.pk, subject_id=other.pk).exists()


def test_who_came_back_is_not_made_final(cast: Cast) -> None:
    (left,) = orphaning.orphan(story(cast), by=cast.writer)
    orphaning.undo(left, by=cast.writer)
    later()
    assert orphaning.due() == [] and orphaning.finish(left.pk) is None
    assert orphaning.orphan(Story.objects.get(), by=cast.writer)


def test_stories_of_one_series_stay_together(cast: Cast) -> None:
    """Left one after another, they stand in one series of the archive, in their order."""
    made = [story(cast, title) for title in ("One", "Two", "Three")]
    for place, one in enumerate(made, 1):
        describing.set_series(one, "The Weirs", owner=cast.pen("writer"), by=cast.writer, position=place)
    theirs = story(cast, "Elsewhere", by="stranger")
    describing.set_series(theirs, "The Weirs", owner=cast.pen("stranger"), by=cast.stranger)
    orphaning.orphan(theirs, by=cast.stranger)
    departures = [orphaning.orphan(one, by=cast.writer)[0] for one in (made[1], made[0], made[2])]
    archive = orphan_pen_name()
    shelves = [
        [(entry.story.title, int(entry.position)) for entry in series.entries.select_related("story")]
        for series in archive.series.order_by("pk")
    ]
    assert sorted(len(shelf) for shelf in shelves) == [1, 3]
    assert [("One", 1), ("Two", 2), ("Three", 3)] in shelves
    assert not cast.pen("writer").series.exists()
    orphaning.undo(departures[0], by=cast.writer)
    (back,) = cast.pen("writer").series.all()
    assert [(entry.story.title, int(entry.position)) for entry in back.entries.all()] == [("Two", 2)]
    orphaning.undo(departures[1], by=cast.writer)
    assert [entry.story.title for entry in back.entries.all()] == ["One", "Two"]


def test_orphans_keep_their_drafts_unseen_and_their_schedule(cast: Cast) -> None:
    made = story(cast)
    publishing.add_part(made, by=cast.writer, title="Half", html="<p>Half a page.</p>")
    orphaning.orphan(made, by=cast.writer)
    assert Story.objects.visible_to(cast.reader).get() == made
    assert [part.title for part in made.parts.visible_to(cast.writer)] == ["Part 1"]


@pytest.mark.parametrize("who", ["editor", "stranger", "host", "suspended"])
def test_others_orphan_nothing(cast: Cast, who: str) -> None:
    made = story(cast)
    role = people.ask(made, cast.pen("editor"), RoleKind.EDITOR, by=cast.writer)
    people.accept(role, by=cast.editor)
    for rule in (orphaning.orphan, orphaning.orphan_together):
        with pytest.raises(NotAllowedError):
            rule(made, by=getattr(cast, who))
    assert not Departure.objects.exists()


def test_who_left_was_suspended_since(cast: Cast) -> None:
    (left,) = orphaning.orphan(story(cast), by=cast.writer)
    Account.objects.filter(pk=cast.writer.pk).update(suspended_at=timezone.now())
    with pytest.raises(NotAllowedError):
        orphaning.undo(left, by=Account.objects.get(pk=cast.writer.pk))


def test_a_series_that_something_hangs_on_goes_out_of_sight(cast: Cast) -> None:
    """It cannot be deleted while there are comments on it; its owner is the archive then, and it is empty."""
    made = [story(cast, title) for title in ("One", "Two")]
    for one in made:
        describing.set_series(one, "The Weirs", owner=cast.pen("writer"), by=cast.writer)
    series = Series.objects.get()
    series.comments.create(text="Lovely", pen_name=cast.pen("reader"))
    for one in made:
        orphaning.orphan(one, by=cast.writer)
    series.refresh_from_db()
    assert series.owner == orphan_pen_name() and not series.entries.exists()
    assert not Series.objects.filter(owner=cast.pen("writer")).exists()
