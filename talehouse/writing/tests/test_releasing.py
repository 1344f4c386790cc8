"""The pages of releasing: by which clocks, in which words, and what a refusal leaves in the form."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone, translation

from talehouse.accounts.models import Account
from talehouse.activity.models import Event
from talehouse.lib.clock import moment, slots
from talehouse.stories import publishing, removing, rhythm
from talehouse.stories.models import Part, Story
from talehouse.writing.months import month_of
from tests.cast import PROSE, Cast, first, story
from tests.test_queries import questions

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def writer(cast: Cast) -> Client:
    """The writer's browser; her clocks are those of Berlin."""
    Account.objects.filter(pk=cast.writer.pk).update(time_zone="Europe/Berlin")
    cast.writer.refresh_from_db()
    return cast.client("writer")


def draft(cast: Cast, made: Story | None = None, title: str = "Tomorrow") -> Part:
    return publishing.add_part(made or story(cast), by=cast.writer, title=title, html=PROSE)


def page(part: Part) -> str:
    return f"/write/parts/{part.pk}/publish/"


def told(client: Client, path: str) -> str:
    """The page, in one line."""
    return " ".join(client.get(path).content.decode().split())


def send(client: Client, part: Part, **fields: str) -> Any:
    return client.post(page(part), {"do": "publish", **fields})


# One part


def test_now(cast: Cast, writer: Client) -> None:
    part = draft(cast)
    assert send(writer, part, when="now").headers["Location"] == page(part)
    part.refresh_from_db()
    assert part.released_at is not None
    after = told(writer, page(part))
    assert "is out" in after and f"http://127.0.0.1:8000{part.url}" in after.replace("&amp;", "&")


def test_the_link_to_an_unlisted_part_carries_its_key(cast: Cast, writer: Client) -> None:
    made = story(cast, visibility="unlisted")
    assert f"{first(made).url}?key={made.key}" in told(writer, page(first(made)))


def test_at_a_time_by_the_writers_clocks(cast: Cast, writer: Client) -> None:
    part = draft(cast)
    day = timezone.now().astimezone(BERLIN).date() + timedelta(days=20)
    before = told(writer, page(part))
    assert "Europe/Berlin" in before and "UTC+0" in before
    send(writer, part, when="at", day=day.isoformat(), at="18:30")
    part.refresh_from_db()
    assert part.release_at == datetime.combine(day, time(18, 30), BERLIN)
    after = told(writer, page(part))
    assert "comes out on" in after and "Europe/Berlin" in after
    assert f'value="{day.isoformat()}"' in after and 'value="18:30"' in after


def last_sunday(month: int) -> date:
    """The last Sunday of a month of the next year but one."""
    last = date(timezone.now().year + 2, month, 31)
    return last - timedelta(days=last.isoweekday() % 7)


def test_a_night_without_that_time_says_so(cast: Cast, writer: Client) -> None:
    part, night = draft(cast), last_sunday(3)
    send(writer, part, when="at", day=night.isoformat(), at="02:30")
    part.refresh_from_db()
    assert part.release_at == datetime.combine(night, time(1), UTC)
    assert "leave out the time that you chose" in told(writer, page(part))


def test_a_night_with_that_time_twice_says_so(cast: Cast, writer: Client) -> None:
    part, night = draft(cast), last_sunday(10)
    send(writer, part, when="at", day=night.isoformat(), at="02:30")
    part.refresh_from_db()
    assert part.release_at == datetime.combine(night, time(0, 30), UTC)
    assert "show this time twice" in told(writer, page(part))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"when": "at", "day": "2020-01-01", "at": "10:00"}, "This time has passed"),
        ({"when": "at", "day": "", "at": "10:00"}, "Choose a day."),
        ({"when": "at", "day": "2030-01-01", "at": ""}, "Choose a time."),
        ({"when": "at", "day": "9999-12-31", "at": "10:00"}, "next ten years"),
        ({"when": "at", "day": "0001-01-01", "at": "00:00"}, "next ten years"),
        ({"when": "at", "day": "2030-02-31", "at": "10:00"}, "valid date"),
        ({"when": "queue"}, "no rhythm yet"),
    ],
)
def test_what_cannot_be_is_said_and_the_input_stays(
    cast: Cast, writer: Client, fields: dict[str, str], sentence: str
) -> None:
    part = draft(cast)
    answer = send(writer, part, **fields)
    shown = answer.content.decode()
    assert answer.status_code == 400 and sentence in shown
    assert all(f'value="{fields[name]}"' in shown for name in ("day", "at") if fields.get(name))
    part.refresh_from_db()
    assert part.release_at is None


def test_a_part_without_a_text(cast: Cast, writer: Client) -> None:
    empty = Part.objects.create(story=story(cast), position=9, title="Empty", slug="empty")
    assert "There is no text yet." in told(writer, page(empty))
    answer = send(writer, empty, when="now")
    assert answer.status_code == 400
    assert Part.objects.get(pk=empty.pk).release_at is None


def test_a_part_with_an_empty_text(cast: Cast, writer: Client) -> None:
    made = story(cast)
    rhythm.set(made, by=cast.writer, days=[2], at=time(18), zone="UTC")
    empty = publishing.add_part(made, by=cast.writer, title="Empty", html="")
    assert "There is no text yet." in told(writer, page(empty))
    answer = send(writer, empty, when="now")
    assert answer.status_code == 400 and "“Empty” has no text yet." in answer.content.decode()
    path = f"/write/stories/{made.pk}/release/"
    assert "Put 1 draft into the queue" not in told(writer, path)
    queued = draft(cast, made)
    rhythm.queue(queued, by=cast.writer)
    publishing.edit(queued, by=cast.writer, html="")
    assert "no text yet: it waits" in told(writer, path)


def test_off_the_schedule_again(cast: Cast, writer: Client) -> None:
    part = draft(cast)
    publishing.schedule(part, by=cast.writer, at=timezone.now() + timedelta(days=1))
    assert "Take it off the schedule" in told(writer, page(part))
    writer.post(page(part), {"do": "unschedule"})
    part.refresh_from_db()
    assert part.release_at is None and part.draft is not None


def test_a_newer_text_comes_out_only_when_the_writer_says_so(cast: Cast, writer: Client) -> None:
    part = draft(cast)
    at = timezone.now() + timedelta(days=1)
    publishing.schedule(part, by=cast.writer, at=at)
    publishing.edit(part, by=cast.writer, html=PROSE + "<p>Three more words.</p>")
    shown = told(writer, page(part))
    assert "25 words then, 28 words now: 3 more." in shown and "does not come out yet" in shown
    writer.post(page(part), {"do": "changes"})
    part.refresh_from_db()
    assert part.published is not None and "Three more words." in part.published.html
    assert part.release_at == at and part.released_at is None


def test_changes_of_a_part_that_is_out_tell_nobody_again(cast: Cast, writer: Client) -> None:
    part = first(story(cast))
    publishing.edit(part, by=cast.writer, html="<p>Fewer words.</p>")
    shown = told(writer, page(part))
    assert "25 words then, 2 words now: 23 fewer." in shown and "is told again" in shown
    writer.post(page(part), {"do": "changes"})
    part.refresh_from_db()
    assert part.published is not None and "Fewer words." in part.published.html
    assert Event.objects.filter(verb="part.released", subject_id=part.pk).count() == 1
    assert "What readers see is the newest text." in told(writer, page(part))


def test_in_its_turn(cast: Cast, writer: Client) -> None:
    part = draft(cast)
    rhythm.set(part.story, by=cast.writer, days=[2, 5], at=time(18), zone="Europe/Berlin")
    send(writer, part, when="queue")
    part.refresh_from_db()
    assert part.release_at == slots([2, 5], time(18), BERLIN, timezone.now(), 1)[0]
    assert "In its turn of" in told(writer, page(part))
    rhythm.pause(part.story, by=cast.writer)
    assert "It waits in the queue" in told(writer, page(part))


# A story's rhythm


def test_a_rhythm_is_set_and_the_queue_filled(cast: Cast, writer: Client) -> None:
    made = story(cast)
    parts = [draft(cast, made, f"Draft {number}") for number in range(3)]
    path = f"/write/stories/{made.pk}/release/"
    fields = {"do": "set", "days": ["2", "5"], "at": "18:00", "zone": "Europe/Berlin"}
    assert writer.post(path, fields).status_code == 302
    assert "Tuesday, Friday at 6 p.m." in told(writer, path)
    writer.post(path, {"do": "queue"})
    expected = slots([2, 5], time(18), BERLIN, timezone.now(), 3)
    assert list(made.parts.filter(queued_at__isnull=False).values_list("release_at", flat=True)) == expected
    assert all(part.title in told(writer, path) for part in parts)
    writer.post(path, {"do": "leave", "part": str(parts[0].pk)})
    assert made.parts.filter(queued_at__isnull=False).count() == 2
    writer.post(path, {"do": "pause"})
    assert "The rhythm is paused" in told(writer, path)
    writer.post(path, {"do": "resume"})
    writer.post(path, {"do": "end"})
    assert rhythm.rhythm_of(made) is None


def test_one_release_has_one_time_on_every_page(cast: Cast, time_machine: Any) -> None:
    time_machine.move_to(datetime(2026, 1, 5, 12, tzinfo=UTC))
    made, client = story(cast), cast.client("writer")
    rhythm.set(made, by=cast.writer, days=[5], at=time(18), zone="Europe/Berlin")
    part = rhythm.queue(draft(cast, made), by=cast.writer)
    assert cast.writer.time_zone == "UTC"
    release = f"/write/stories/{made.pk}/release/"
    for path in (release, f"/write/stories/{made.pk}/parts/", "/write/", "/write/calendar/", page(part)):
        shown = told(client, path)
        assert "5 p.m." in shown and "By the clocks of UTC" in shown, path
        assert "6 p.m." not in shown or path == release
    assert "Friday at 6 p.m. (Europe/Berlin)" in told(client, release)
    assert "The rhythm itself goes by the clocks of Europe/Berlin." in told(client, release)
    Account.objects.filter(pk=cast.writer.pk).update(time_zone="Europe/Berlin")
    assert "The rhythm itself" not in told(client, release)


def test_a_pause_says_once_what_stays_and_what_comes_out_all_the_same(cast: Cast, writer: Client) -> None:
    made = story(cast)
    rhythm.set(made, by=cast.writer, days=[2], at=time(18), zone="Europe/Berlin")
    rhythm.queue(draft(cast, made), by=cast.writer)
    path = f"/write/stories/{made.pk}/release/"
    paused = " ".join(writer.post(path, {"do": "pause"}, follow=True).content.decode().split())
    assert paused.count("The rhythm is paused") == 1 and "othing comes out" not in paused
    assert "comes out all the same" not in paused
    own = draft(cast, made, "By hand")
    publishing.schedule(own, by=cast.writer, at=timezone.now() + timedelta(days=1))
    assert "What has a time of its own comes out all the same." in told(writer, path)


def test_a_rhythm_that_cannot_be(cast: Cast, writer: Client) -> None:
    made = story(cast)
    path = f"/write/stories/{made.pk}/release/"
    answer = writer.post(path, {"do": "set", "at": "25:00", "zone": "Mars/Olympus"})
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert "Choose at least one day of the week." in shown and "valid time" in shown
    for do in ("pause", "resume", "end", "nonsense", ""):
        assert writer.post(path, {"do": do}).status_code == 400
    for part in ("", "abc", "999999", "9" * 5000):
        assert writer.post(path, {"do": "leave", "part": part}).status_code == 404
    another = draft(cast, story(cast, "Another"))
    assert writer.post(path, {"do": "leave", "part": str(another.pk)}).status_code == 404


# The calendar


def test_the_month_shows_what_comes_out_by_the_writers_clocks(
    cast: Cast, writer: Client, time_machine: Any
) -> None:
    time_machine.move_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    part = draft(cast)
    publishing.schedule(part, by=cast.writer, at=datetime(2026, 3, 20, 23, 30, tzinfo=UTC))
    with translation.override("en-gb"):
        month = month_of(cast.writer, BERLIN, "")
    assert month.first == date(2026, 3, 1)
    assert [whole for _short, whole in month.weekdays][0] == "Monday"
    found = {one.day: [entry.title for entry in one.entries] for one in month.busy}
    assert found == {date(2026, 3, 10): ["Part 1"], date(2026, 3, 21): ["Tomorrow"]}, (
        "Berlin is an hour ahead"
    )
    assert [one.day for week in month.weeks for one in week if one.today] == [date(2026, 3, 10)]
    assert (month.before, month.after) == ("2026-02", "2026-04")
    shown = told(writer, "/write/calendar/")
    assert page(part) in shown and 'aria-current="date"' in shown
    assert '<time datetime="2026-03-20T23:30:00Z">12:30 a.m.</time>' in shown


def test_the_week_begins_as_the_language_has_it(cast: Cast) -> None:
    with translation.override("en"):
        assert month_of(cast.writer, BERLIN, "2026-03").weekdays[0][1] == "Sunday"


def test_every_month_has_its_days(cast: Cast) -> None:
    for year in (1990, 2024, 2026, 2099):
        for number in range(1, 13):
            month = month_of(cast.writer, ZoneInfo("America/New_York"), f"{year}-{number:02d}")
            inside = [one.day for week in month.weeks for one in week if one.inside]
            assert inside[0].day == 1 and (inside[-1] + timedelta(days=1)).day == 1
            assert all(len(week) == 7 for week in month.weeks)
    assert month_of(cast.writer, BERLIN, "2099-12").after == ""
    assert month_of(cast.writer, BERLIN, "1990-01").before == ""


@pytest.mark.parametrize("named", ["", "2026-13", "26-1", "2026-3", "9999-01", "0000-01", "<script>"])
def test_a_month_that_is_none_is_this_one(cast: Cast, named: str) -> None:
    today = timezone.now().astimezone(BERLIN).date()
    assert month_of(cast.writer, BERLIN, named).first == today.replace(day=1)


def test_nobody_elses_releases_and_nothing_taken_back(cast: Cast, archive: Any) -> None:
    at = timezone.now() + timedelta(days=1)
    month = moment(at.date(), time(12), BERLIN).at.strftime("%Y-%m")

    def titles(who: str) -> set[str]:
        found = month_of(getattr(cast, who), ZoneInfo("UTC"), month)
        return {entry.title for week in found.weeks for one in week for entry in one.entries}

    assert "Tomorrow" in titles("writer") and "Tomorrow" in titles("co_writer")
    for who in ("reader", "stranger", "host", "beta", "editor"):
        assert titles(who) == set(), who
    removing.withdraw(archive.scheduled, by=cast.writer)
    assert "Tomorrow" not in titles("writer")


def test_a_full_day_counts_what_has_no_room(cast: Cast, writer: Client) -> None:
    made = story(cast, parts=9)
    assert made.part_count == 9
    assert "and 5 more" in told(writer, "/write/calendar/")


def test_the_pages_ask_no_more_for_more(cast: Cast, writer: Client) -> None:
    made = story(cast)
    rhythm.set(made, by=cast.writer, days=[1, 4], at=time(18), zone="UTC")
    paths = ["/write/calendar/", f"/write/stories/{made.pk}/release/"]

    def asked() -> list[int]:
        told_of = []
        for path in paths:
            writer.get(path)
            with questions() as found:
                assert writer.get(path).status_code == 200
            told_of.append(len(found))
        return told_of

    draft(cast, made, "One")
    rhythm.queue_drafts(made, by=cast.writer)
    few = asked()
    for number in range(12):
        draft(cast, made, f"More {number}")
    other = story(cast, "Another", parts=3)
    publishing.schedule(draft(cast, other), by=cast.writer, at=timezone.now() + timedelta(hours=1))
    rhythm.queue_drafts(made, by=cast.writer)
    assert asked() == few
    assert few[0] <= 7 and few[1] <= 11, few
