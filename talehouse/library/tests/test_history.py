"""History and updates: mine alone, searched, paged, and never telling of what may not be seen."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.library import following, history, updates
from talehouse.library.models import Visit, Wishes
from talehouse.stories import publishing, removing
from talehouse.stories.models import Part, Story
from tests.cast import PROSE, Cast, first, story


def visit(account: Account, part: Part, hours: int) -> Visit:
    """Somebody had this part open so many hours ago."""
    return Visit.objects.create(account=account, part=part, at=timezone.now() - timedelta(hours=hours))


def test_history_is_searched_by_title_in_every_script_and_goes_by_pages(cast: Cast) -> None:
    one, other = story(cast, "Река и мост", parts=2), story(cast, "The Orchard")
    for number, part in enumerate([*one.parts.order_by("position"), first(other)]):
        visit(cast.reader, part, number)
    visit(cast.stranger, first(other), 1)
    assert len(history.page(cast.reader).visits) == 3
    assert {found.part.story_id for found in history.page(cast.reader, "река").visits} == {one.pk}
    assert {found.part_id for found in history.page(cast.reader, "orchard").visits} == {first(other).pk}
    assert len(history.page(cast.reader, "Part 2").visits) == 1
    assert history.page(cast.reader, "%").visits == []


def test_pages_follow_one_another_without_a_gap(cast: Cast) -> None:
    part, seen = story(cast, parts=7), []
    for number, one in enumerate(part.parts.order_by("position")):
        visit(cast.reader, one, number // 2)
    size, history.SIZE = history.SIZE, 3
    try:
        key = ""
        while True:
            page = history.page(cast.reader, before=key)
            seen += [one.pk for one in page.visits]
            key = page.following
            if not key:
                break
    finally:
        history.SIZE = size
    assert seen == list(history.visits(cast.reader).values_list("pk", flat=True))
    for nonsense in ("x", "1_x", "9" * 30 + "_1", "253402300800000000_1"):
        history.page(cast.reader, before=nonsense)


def test_what_may_not_be_seen_any_more_tells_no_title(cast: Cast) -> None:
    gone = story(cast, "Secret Garden")
    visit(cast.reader, first(gone), 1)
    assert history.told(cast.reader)[0]["story"] == "Secret Garden"
    removing.withdraw(gone, by=cast.writer)
    found = history.page(cast.reader).visits
    assert [one.seen for one in found] == [False]  # type: ignore[attr-defined]
    assert history.page(cast.reader, "secret").visits == []
    assert [row["story"] + row["part"] + row["address"] for row in history.told(cast.reader)] == [""]


def test_one_visit_goes_and_only_mine(cast: Cast) -> None:
    mine = visit(cast.reader, first(story(cast)), 1)
    history.forget(mine, by=cast.stranger)
    assert Visit.objects.count() == 1
    history.forget(mine, by=cast.reader)
    assert Visit.objects.count() == 0


def test_updates_tell_by_story_what_came_out_since_one_looked(cast: Cast) -> None:
    followed, other = story(cast, "Followed", parts=2), story(cast, "Not Followed")
    following.follow(followed, by=cast.reader)
    told = updates.updates(cast.reader)
    assert [one.story for one in told.new] == [followed] and told.earlier == []
    assert [part.title for part in told.new[0].shown] == ["Part 1", "Part 2"]
    updates.looked(told.until, by=cast.reader)
    told = updates.updates(cast.reader)
    assert told.new == [] and [one.story for one in told.earlier] == [followed]
    third = publishing.publish(
        publishing.add_part(followed, by=cast.writer, title="Third", html=PROSE), by=cast.writer
    )
    told = updates.updates(cast.reader)
    assert [part for one in told.new for part in one.shown] == [third]
    assert other not in [one.story for one in told.earlier]
    assert updates.updates(cast.stranger).new == []


def test_updates_never_tell_of_what_may_not_be_met(cast: Cast) -> None:
    dark, gone = story(cast, "After Dark", rating="explicit"), story(cast, "Gone")
    for made in (dark, gone):
        following.follow(made, by=cast.reader)
    removing.withdraw(gone, by=cast.writer)
    assert updates.updates(cast.reader).new == []
    Story.objects.filter(pk=dark.pk).update(rating="general")
    assert [one.story for one in updates.updates(cast.reader).new] == [dark]


def test_having_looked_never_goes_back_and_never_ahead(cast: Cast) -> None:
    now = timezone.now()
    updates.looked(now + timedelta(days=9), by=cast.reader)
    looked = Wishes.objects.get().looked_at
    assert looked is not None and looked <= timezone.now()
    updates.looked(now - timedelta(days=9), by=cast.reader)
    assert Wishes.objects.get().looked_at == looked


def test_many_parts_of_one_story_are_told_in_few_lines(cast: Cast) -> None:
    made = story(cast, parts=updates.SHOWN + 3)
    following.follow(made, by=cast.reader)
    (told,) = updates.updates(cast.reader).new
    assert ([part.title for part in told.shown][-1], told.more) == (f"Part {updates.SHOWN + 3}", 3)
