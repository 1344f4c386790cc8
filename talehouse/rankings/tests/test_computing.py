"""The ranks of an archive: what counts, who is left out, and that fraud moves nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.pages.versions import numbers
from talehouse.rankings.computing import RANKINGS, VERSION, recompute
from talehouse.rankings.models import Rank
from talehouse.rankings.tests import crowds
from talehouse.reads.counting import bring_days
from talehouse.reads.models import Read
from talehouse.stories import publishing, removing
from talehouse.stories.models import Role, Story
from tests.cast import Cast, first, story


def order(name: str) -> list[str]:
    """The titles of a ranking."""
    return list(Rank.objects.filter(ranking=name).order_by("position").values_list("story__title", flat=True))


def inputs(name: str, of: Story) -> dict[str, float]:
    """What its score was made of."""
    found: dict[str, float] = Rank.objects.get(ranking=name, story=of).inputs
    return found


def old_story(cast: Cast, title: str, *, parts: int = 3, days: float = 90) -> Story:
    made = story(cast, title, parts=parts)
    crowds.backdate(made, days)
    made.refresh_from_db()
    return made


def test_loved_is_votes_per_reader_of_those_with_enough_readers(cast: Cast) -> None:
    liked, plain, unknown = (old_story(cast, title) for title in ("Liked", "Plain", "Unknown"))
    readers = crowds.people(60)
    crowds.begin(liked, readers[:40], at=timezone.now() - timedelta(days=40))
    crowds.begin(plain, readers, at=timezone.now() - timedelta(days=40))
    crowds.begin(unknown, readers[:19])
    crowds.vote(liked, readers[:30])
    crowds.vote(plain, readers[:6])
    crowds.vote(unknown, readers[:19])
    recompute()
    assert order("loved") == ["Liked", "Plain"]
    assert inputs("loved", liked) == {"voters": 30, "readers": 40, "waiting": 0, "mean": 0.36}
    assert order("gems") == ["Liked"]


def test_finished_is_having_read_the_last_part_older_than_30_days(cast: Cast) -> None:
    kept, left, short = (old_story(cast, t, parts=n) for t, n in (("Kept", 3), ("Left", 3), ("Short", 2)))
    readers = crowds.people(30)
    for one in (kept, left, short):
        crowds.begin(one, readers)
    crowds.finish(kept, readers[:20])
    crowds.finish(left, readers[:2])
    crowds.finish(short, readers)
    newest = publishing.add_part(kept, by=cast.writer, title="New", html="<p>More.</p>")
    publishing.publish(newest, by=cast.writer)
    recompute()
    assert order("finished") == ["Kept", "Left"]
    assert inputs("finished", kept)["ended"] == 20
    assert RANKINGS["finished"].inputs["ended"].private


def test_the_storys_own_people_are_no_readers(cast: Cast) -> None:
    one = old_story(cast, "Kept")
    readers = crowds.people(20)
    crowds.begin(one, [*readers[:19], cast.writer])
    crowds.vote(one, readers[:3])
    recompute()
    assert order("loved") == []
    crowds.begin(one, readers[19:])
    recompute()
    assert order("loved") == ["Kept"]


def test_a_new_story_rises_past_a_well_read_one(cast: Cast) -> None:
    giant, new = old_story(cast, "Giant"), story(cast, "New")
    for week in range(1, 9):
        crowds.read(giant, 100, days=week * 7)
    crowds.read(giant, 110)
    crowds.read(new, 25)
    voters = crowds.people(5)
    crowds.vote(new, voters)
    recompute()
    assert order("rising") == ["New", "Giant"]
    assert inputs("rising", giant) == {
        "readers": 110,
        "readers_before": 100,
        "votes": 0,
        "votes_before": 0,
        "age": 90,
    }


def test_a_reader_of_many_parts_is_one_reader_a_day(cast: Cast) -> None:
    one = story(cast, "One", parts=3)
    for part in one.parts.all():
        Read.objects.create(part=part, day=timezone.now().date(), key="same")
    recompute()
    assert inputs("rising", one)["readers"] == 1
    assert inputs("longest", one)["reads"] == 3


def test_days_that_came_in_as_totals_count(cast: Cast) -> None:
    one = story(cast, "Brought")
    bring_days(first(one), {timezone.now().date(): 12})
    recompute()
    assert inputs("longest", one) == {"reads": 12, "words": 12 * first(one).word_count}
    assert inputs("rising", one)["readers"] == 12


def test_fresh_is_what_came_out_last(cast: Cast) -> None:
    old_story(cast, "Old", days=20)
    old_story(cast, "Ancient", days=200)
    story(cast, "New")
    recompute()
    assert order("fresh") == ["New", "Old"]


@pytest.mark.parametrize("reads_too", [False, True])
def test_a_burst_of_new_accounts_moves_nothing(cast: Cast, reads_too: bool) -> None:
    liked, other = old_story(cast, "Liked"), old_story(cast, "Other")
    readers = crowds.people(50)
    long_ago = timezone.now() - timedelta(days=40)
    crowds.begin(liked, readers, at=long_ago)
    crowds.begin(other, readers, at=long_ago)
    crowds.vote(liked, readers[:25], days=30)
    crowds.vote(other, readers[:5], days=30)
    now = timezone.now()
    recompute(now)
    before = list(Rank.objects.order_by("ranking", "position").values_list("ranking", "story", "score"))
    hired = crowds.people(60, name="hired", days=1)
    crowds.vote(other, hired)
    if reads_too:
        crowds.begin(other, hired)
        crowds.finish(other, hired)
    recompute(now + timedelta(minutes=1))
    after = list(Rank.objects.order_by("ranking", "position").values_list("ranking", "story", "score"))
    assert after == before
    assert inputs("loved", other)["waiting"] == 60
    later = timezone.now() + timedelta(days=15)
    recompute(later)
    assert inputs("loved", other)["waiting"] == 0, "waiting ends when the accounts are old enough"


def test_honest_growth_moves(cast: Cast) -> None:
    liked, other = old_story(cast, "Liked"), old_story(cast, "Other")
    readers = crowds.people(50)
    long_ago = timezone.now() - timedelta(days=40)
    crowds.begin(liked, readers, at=long_ago)
    crowds.begin(other, readers, at=long_ago)
    crowds.vote(liked, readers[:25], days=30)
    crowds.vote(other, readers[:5], days=30)
    recompute()
    assert order("loved") == ["Liked", "Other"] and order("rising") == []
    new = crowds.people(15, name="new", days=2)
    crowds.begin(other, new)
    crowds.vote(other, [*readers[5:40], *new])
    recompute()
    assert order("loved") == ["Other", "Liked"] and order("rising") == ["Other"]
    assert inputs("loved", other)["waiting"] == 0


def test_suspended_accounts_weigh_nothing(cast: Cast) -> None:
    one = old_story(cast, "One")
    readers = crowds.people(25)
    crowds.begin(one, readers)
    crowds.vote(one, readers)
    Account.objects.filter(pk__in=[reader.pk for reader in readers[:5]]).update(suspended_at=timezone.now())
    recompute()
    assert inputs("loved", one)["readers"] == inputs("loved", one)["voters"] == 20


@pytest.mark.parametrize("how", ["opted out", "withdrawn", "unlisted", "private", "deleted"])
def test_who_stands_in_no_ranking(cast: Cast, how: str) -> None:
    one = story(cast, "Gone")
    crowds.read(one, 10)
    recompute()
    assert order("rising") == order("fresh") == order("longest") == ["Gone"]
    if how == "opted out":
        publishing.describe(one, by=cast.writer, ranked=False)
    elif how in ("withdrawn", "deleted"):
        {"withdrawn": removing.withdraw, "deleted": removing.delete}[how](one, by=cast.writer)
    else:
        publishing.describe(one, by=cast.writer, visibility=how)
    recompute()
    assert not Rank.objects.exists()


def test_the_same_rows_give_the_same_ranks_and_nothing_is_written_twice(cast: Cast) -> None:
    for number in range(4):
        crowds.read(story(cast, f"Story {number}"), 10 + number // 2)
    now = timezone.now()
    assert recompute(now) == 3
    version = numbers([VERSION])
    rows = list(Rank.objects.order_by("pk").values_list())
    assert recompute(now) == 0
    assert list(Rank.objects.order_by("pk").values_list()) == rows and numbers([VERSION]) == version
    Rank.objects.all().delete()
    recompute(now)
    assert [row[1:] for row in Rank.objects.order_by("pk").values_list()] == [row[1:] for row in rows]


def test_as_many_questions_for_a_larger_archive(cast: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            recompute()
        return len([one for one in captured if one["sql"].startswith(("SELECT", "\nSELECT"))])

    crowds.read(story(cast, "One"), 3)
    few = asked()
    for number in range(12):
        crowds.read(story(cast, f"Story {number}"), number)
    assert asked() == few <= 8 + len(RANKINGS)


def test_roles_that_are_taken_up_later_count_too(cast: Cast) -> None:
    one = old_story(cast, "One")
    readers = crowds.people(19)
    crowds.begin(one, [*readers, cast.co_writer])
    crowds.vote(one, readers[:3])
    recompute()
    assert order("loved") == ["One"]
    Role.objects.create(story=one, pen_name=cast.pen("co_writer"), kind="beta", accepted_at=timezone.now())
    recompute()
    assert order("loved") == []
