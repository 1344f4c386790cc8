"""The table of parts: order, adding, and what is done to many at once, by page."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from talehouse.stories import publishing, removing, rhythm
from talehouse.stories.models import Part, Story
from talehouse.stories.tests.test_together import ids, order
from talehouse.writing import noting
from tests.cast import PROSE, Archive, Cast, story
from tests.test_queries import ask

MOST = 13
"""Five of these are every page's: who asks, and the house."""


def do(cast: Cast, made: Story, what: str, *chosen: int, who: str = "writer", **more: Any) -> Any:
    """POST one wish for the parts with these ids."""
    return cast.client(who).post(f"/write/stories/{made.pk}/parts/", {"do": what, "part": chosen, **more})


def test_parts_go_up_and_down_without_a_script(cast: Cast) -> None:
    made = story(cast, parts=3)
    one, two, three = ids(made, 1, 2, 3)
    for what, expected in (
        (f"down-{one}", [two, one, three]),
        (f"up-{three}", [two, three, one]),
        (f"up-{two}", [two, three, one]),
        (f"down-{one}", [two, three, one]),
    ):
        answer = do(cast, made, what)
        assert answer.status_code == 302 and answer.headers["Location"].endswith(
            f"#part-{what.split('-')[1]}"
        )
        assert ids(made, 1, 2, 3) == expected
    assert do(cast, made, "up-999999").status_code == 400


def test_a_whole_order_is_kept(cast: Cast) -> None:
    made = story(cast, parts=3)
    one, two, three = ids(made, 1, 2, 3)
    assert do(cast, made, "order", order=f"{three},{one},{two}").status_code == 302
    assert ids(made, 1, 2, 3) == [three, one, two]
    assert do(cast, made, "order", order=f"{three},{one}").status_code == 400


def test_a_part_is_added_and_opened(cast: Cast) -> None:
    made = story(cast)
    answer = do(cast, made, "add", title="Low Water")
    part = made.parts.get(position=2)
    assert answer.headers["Location"] == f"/write/parts/{part.pk}/" and part.title == "Low Water"
    do(cast, made, "add", announcement="1")
    assert made.parts.get(position=3).kind == Part.Kind.ANNOUNCEMENT


def test_many_are_published_withdrawn_and_put_back(cast: Cast) -> None:
    made = story(cast, parts=2)
    for title in ("Third", "Fourth"):
        publishing.add_part(made, by=cast.writer, title=title, html=PROSE)
    assert do(cast, made, "publish", *ids(made, 3, 4)).status_code == 302
    made.refresh_from_db()
    assert made.part_count == 4
    do(cast, made, "withdraw", numbers="2-3, 4")
    assert made.parts.exclude(withdrawn_at=None).count() == 3
    do(cast, made, "put-back", *ids(made, 2), numbers="3–4")
    assert not made.parts.exclude(withdrawn_at=None).exists()


def test_deleting_offers_to_undo(cast: Cast) -> None:
    made = story(cast, parts=4)
    before, chosen = order(made), ids(made, 2, 3)
    answer = do(cast, made, "delete", *chosen)
    assert order(made) == ["Part 1", "Part 4"]
    page = cast.client("writer").get(answer.headers["Location"]).content.decode()
    assert (
        "2 parts are deleted." in page and page.count(f'type="hidden" name="part" value="{chosen[0]}"') == 2
    )
    assert do(cast, made, "bring-back", *chosen).status_code == 302
    assert order(made) == before


def test_they_are_scheduled_from_a_day(cast: Cast) -> None:
    made = story(cast)
    for title in ("Second", "Third"):
        publishing.add_part(made, by=cast.writer, title=title, html=PROSE)
    day = timezone.now().date() + timedelta(days=3)
    answer = do(cast, made, "schedule", *ids(made, 2, 3), start=day.isoformat(), at="18:00", days=range(1, 8))
    assert answer.status_code == 302
    times = [part.release_at for part in made.parts.filter(position__gt=1).order_by("position")]
    assert [at.date() for at in times if at] == [day, day + timedelta(days=1)]


@pytest.mark.parametrize("wrong", [{"start": ""}, {"days": []}, {"at": "late"}, {"start": "2001-01-01"}])
def test_a_schedule_that_cannot_be_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    made = story(cast)
    publishing.add_part(made, by=cast.writer, title="Second", html=PROSE)
    asked = {"start": "2099-01-01", "at": "18:00", "days": [1], **wrong}
    chosen = ids(made, 2)
    answer = do(cast, made, "schedule", *chosen, **asked)
    assert answer.status_code == 400 and f'value="{chosen[0]}" checked' in answer.content.decode()
    assert made.parts.get(position=2).release_at is None


def test_they_wait_in_the_queue(cast: Cast) -> None:
    made = story(cast)
    publishing.add_part(made, by=cast.writer, title="Second", html=PROSE)
    chosen = ids(made, 2)
    assert do(cast, made, "queue", *chosen).status_code == 400
    rhythm.set(made, by=cast.writer, days=[2], at=time(18), zone="UTC")
    assert do(cast, made, "queue", *chosen).status_code == 302
    assert Part.objects.get(pk=chosen[0]).queued_at is not None


def test_they_move_to_another_story_of_mine(cast: Cast, archive: Archive) -> None:
    made, there = story(cast, "Here", parts=3), story(cast, "There")
    answer = do(cast, made, "move", *ids(made, 1, 2), to=there.pk)
    assert answer.headers["Location"] == f"/write/stories/{there.pk}/parts/"
    assert order(there) == ["Part 1", "Part 1", "Part 2"]
    theirs = story(cast, "Theirs", by="co_writer")
    assert do(cast, made, "move", *ids(made, 1), to=theirs.pk).status_code == 403
    hidden = story(cast, "Hidden", by="co_writer", visibility="private")
    assert do(cast, made, "move", *ids(made, 1), to=hidden.pk).status_code == 404
    assert do(cast, made, "move", *ids(made, 1)).status_code == 400


@pytest.mark.parametrize("what", ["publish", "withdraw", "put-back", "delete", "queue", "nonsense", ""])
def test_without_a_choice_it_is_said(cast: Cast, what: str) -> None:
    made = story(cast, parts=2)
    answer = do(cast, made, what)
    assert answer.status_code == 400 and "Choose" in answer.content.decode()
    assert len(order(made)) == 2


@pytest.mark.parametrize("numbers", ["all", "1-", "1;x", "99"])
def test_numbers_that_are_none_are_refused(cast: Cast, numbers: str) -> None:
    made = story(cast, parts=2)
    assert do(cast, made, "delete", numbers=numbers).status_code == 400
    assert len(order(made)) == 2


WISHES = (
    "publish",
    "withdraw",
    "put-back",
    "delete",
    "bring-back",
    "move",
    "order",
    "add",
    "queue",
    "schedule",
)


@pytest.mark.parametrize(
    ("who", "status"), [("editor", 403), ("beta", 403), ("suspended", 403), ("reader", 403)]
)
@pytest.mark.parametrize("what", WISHES)
def test_nobody_else_may(cast: Cast, archive: Archive, who: str, status: int, what: str) -> None:
    made = archive.public
    before = list(made.parts.order_by("pk").values())
    chosen, own = ids(made, 1), story(cast, "Own", by=who) if who != "suspended" else made
    more = {"to": own.pk, "order": str(chosen[0]), "start": "2099-01-01", "at": "18:00", "days": [1]}
    assert do(cast, made, what, *chosen, who=who, **more).status_code in (
        status,
        400 if what == "move" else status,
    )
    assert list(made.parts.order_by("pk").values()) == before


def test_a_beta_reader_only_looks(cast: Cast, archive: Archive) -> None:
    part = archive.public.parts.get(position=1)
    path, editor = f"/write/stories/{archive.public.pk}/parts/", f'href="/write/parts/{part.pk}/"'
    page = cast.client("beta").get(path).content.decode()
    assert "Tomorrow" in page and editor not in page and 'value="delete"' not in page
    assert editor in cast.client("editor").get(path).content.decode()


def test_a_private_story_is_not_there(cast: Cast, archive: Archive) -> None:
    assert cast.client("stranger").get(f"/write/stories/{archive.private.pk}/parts/").status_code == 404


def test_the_table_asks_little_however_long_it_is(cast: Cast) -> None:
    made, client = story(cast, parts=3), cast.client("writer")
    removing.delete(made.parts.get(position=1), by=cast.writer)
    few = ask(client, f"/write/stories/{made.pk}/parts/")
    for number in range(20):
        publishing.add_part(made, by=cast.writer, title=f"More {number}", html=PROSE)
        story(cast, f"Other {number}", parts=0)
    for part in made.parts.filter(deleted_at=None):
        noting.write(part, "Why water?", by=cast.writer)
    many = ask(client, f"/write/stories/{made.pk}/parts/")
    assert len(many) == len(few) <= MOST, "\n".join(many)


@pytest.mark.parametrize("what", ["publish", "withdraw", "delete", "schedule"])
def test_numbers_that_no_part_has_are_said_to_be_none(cast: Cast, what: str) -> None:
    made = story(cast, parts=2)
    when: dict[str, Any] = {"start": "2030-01-01", "at": "18:00", "days": ["2"]}
    answer = do(cast, made, what, numbers="9-12", **when)
    assert answer.status_code == 400
    assert "This story has no parts with these numbers." in answer.content.decode()


def test_only_whoever_schedules_is_told_what_the_schedule_lacks(cast: Cast) -> None:
    made = story(cast)
    fold = '<details class="fold" open><summary>Schedule from a date'
    refused = do(cast, made, "publish", start="2030-01-01", at="", days=["2"])
    page = refused.content.decode()
    assert refused.status_code == 400 and "Choose at least one part first." in page
    assert "errorlist" not in page and fold not in page and 'value="2030-01-01"' in page
    page = do(cast, made, "schedule").content.decode()
    assert page.count("errorlist") == 3 and fold in page
