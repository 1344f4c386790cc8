"""My library as pages: plain forms, and how many questions it all costs."""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

from django.utils import timezone

from talehouse.exports.everything import pack
from talehouse.library import following, forgetting, history, shelving, wishes
from talehouse.library.models import PartRead, Reading, Shelf, ShelfEntry, Visit, Wishes
from talehouse.library.placing import Place, mark_read, note
from talehouse.stories import removing
from talehouse.stories.models import Part, Story
from tests.cast import Archive, Cast, first, story
from tests.test_queries import questions
from tests.whole import Whole

MOST = 10


# What stands on the pages of others


def shown(page: str, mark: str) -> str:
    """The element of a page that begins with this mark."""
    return page.partition(mark)[2].partition("</section>")[0]


def test_a_part_knows_where_i_was_and_nobody_elses_page_does(cast: Cast, whole: Whole) -> None:
    part = first(story(cast))
    note([Place(part.pk, timezone.now(), "2", 650)], by=cast.reader, device_now=timezone.now())
    assert "&quot;share&quot;: 650" in whole.get(part.url, "reader").text
    assert "&quot;share&quot;: 0" in whole.get(part.url, "stranger").text
    assert "data-my-place" not in whole.get(part.url).text


def test_a_story_says_how_far_i_am_and_leads_on(cast: Cast, whole: Whole) -> None:
    made = story(cast, parts=3)
    parts = list(made.parts.order_by("position"))
    whole.get(made.url)
    page = whole.get(made.url, "reader").text
    assert "Start reading" in page and f'href="{parts[0].url}"' in shown(page, "my-story")
    mark_read(parts[0], by=cast.reader)
    note([Place(parts[1].pk, timezone.now(), "2", 650)], by=cast.reader, device_now=timezone.now())
    shelving.put(made, "reading", by=cast.reader)
    mine = shown(whole.get(made.url, "reader").text, "my-story")
    assert f'href="{parts[1].url}#b-2"' in mine and "Continue reading" in mine
    assert "1 of 3 read" in mine
    assert re.search(r'data-shelf="reading" aria-pressed="true"', mine)
    assert f'data-read="{parts[0].pk}" data-half="{parts[1].pk}"' in mine
    assert "Start reading" in whole.get(made.url).text


def test_what_is_read_and_on_no_shelf_stands_under_all_and_the_empty_shelf_says_how_it_fills(
    cast: Cast,
) -> None:
    made, client = story(cast), cast.client("reader")
    now, itself = timezone.now(), "let stories move by themselves"
    note([Place(first(made).pk, now, "2", 300)], by=cast.reader, device_now=now)
    page = client.get("/library/").content.decode()
    below = page.partition('class="shelf-tabs"')[2]
    assert "Nothing stands on a shelf yet" in below and itself in below and made.title in below
    for shelf, told in (("reading", True), ("finished", True), ("to-read", False)):
        page = client.get(f"/library/?shelf={shelf}").content.decode()
        assert "Nothing stands on this shelf" in page and (itself in page) is told, shelf
    shelving.put(made, "reading", by=cast.reader)
    page = client.get("/library/").content.decode()
    assert "Nothing stands on a shelf yet" not in page
    page = client.get("/library/?shelf=reading").content.decode()
    assert made.title in page.partition('class="shelf-tabs"')[2]


def test_an_empty_library_leads_writers_on_too(cast: Cast) -> None:
    ways = (
        'href="/browse/">Browse',
        'class="button" href="/write/new/"',
        'class="button" href="/write/import/"',
    )

    def led(who: str, shelf: str = "") -> list[bool]:
        page = cast.client(who).get(f"/library/{shelf}").content.decode()
        main = page.partition("<main")[2].partition("</main>")[0]
        return [way in main for way in ways]

    assert led("reader") == [True, True, True]
    assert led("reader", "?shelf=reading") == [True, False, False]
    assert led("suspended") == [True, False, False]
    shelving.put(story(cast), "reading", by=cast.reader)
    assert led("reader") == [False, False, False]


def test_an_unlisted_storys_way_on_carries_its_key(cast: Cast, archive: Archive) -> None:
    made = archive.unlisted
    part, now = first(made), timezone.now()
    note([Place(part.pk, now, "2", 300, key=made.key)], by=cast.reader, device_now=now)
    client = cast.client("reader")
    way = f"{part.url}?key={made.key}#b-2"
    assert way in client.get(f"{made.url}?key={made.key}").content.decode()
    for path in ("/", "/library/"):
        assert way in client.get(path).content.decode(), path
    assert client.get(made.url).status_code == 404
    assert client.get(f"/library/stories/{made.pk}/").status_code == 200
    made.key = "renewed"
    made.save(update_fields=["key"])
    for path in ("/", "/library/"):
        assert made.title not in client.get(path).content.decode(), path


def test_home_begins_with_what_i_read_last(cast: Cast, whole: Whole) -> None:
    now = timezone.now()
    stories = [story(cast, f"Story {number}", parts=2) for number in range(8)]
    for number, made in enumerate(stories):
        note([Place(first(made).pk, now - timedelta(hours=number), "2", 400)], by=cast.reader, device_now=now)
    shelving.put(stories[0], "dropped", by=cast.reader)
    removing.withdraw(stories[1], by=cast.writer)
    read_out = list(stories[2].parts.order_by("position"))
    mark_read(read_out[1], by=cast.reader, above=True)
    mine = shown(whole.get("/", "reader").text, "library continuing")
    assert re.findall(r"<bdi>(Story \d)</bdi>", mine) == [f"Story {number}" for number in range(3, 8)]
    assert "data-continue-here" in whole.get("/").text
    assert "data-continue-here" not in whole.get("/", "reader").text
    assert "library continuing" not in whole.get("/", "stranger").text


# My own pages


def test_shelves_by_plain_forms(cast: Cast) -> None:
    made, client = story(cast), cast.client("reader")
    path = f"/library/stories/{made.pk}/shelf/"
    answer = client.post(path, {"shelf": "to-read"})
    assert answer.headers["Location"] == f"/stories/{made.pk}/"
    assert made.title in client.get("/library/?shelf=to-read").content.decode()
    assert client.post(path, {"shelf": "attic"}).status_code == 400
    assert client.post(path, {"shelf": "", "next": "/library/"}).headers["Location"] == "/library/"
    assert (
        client.post(path, {"next": "https://elsewhere.example/"}).headers["Location"]
        == f"/stories/{made.pk}/"
    )
    assert made.title not in client.get("/library/?shelf=to-read").content.decode()
    client.post("/library/shelves/", {"name": "Rain"})
    shelf = Shelf.objects.get()
    json_wanted = {"accept": "application/json"}
    assert client.post(path, {"own": f"{shelf.pk}-1"}, headers=json_wanted).json() == {
        "said": "On the shelf."
    }
    assert made.title in client.get(f"/library/?shelf={shelf.pk}").content.decode()
    client.post(path, {"own": f"{shelf.pk}-0"})
    assert made.title not in client.get(f"/library/?shelf={shelf.pk}").content.decode()
    assert cast.client("stranger").post(path, {"own": f"{shelf.pk}-1"}).status_code == 404
    for nonsense in ("x", "-1", "9" * 30, ""):
        assert client.post(path, {"own": nonsense}).status_code == 404


def test_a_story_that_may_not_be_seen_is_put_on_no_shelf(cast: Cast, archive: Archive) -> None:
    for made in (archive.private, archive.draft, archive.unlisted, archive.hidden):
        answer = cast.client("reader").post(f"/library/stories/{made.pk}/shelf/", {"shelf": "reading"})
        assert answer.status_code == 404
    assert not Reading.objects.exists()


def test_what_is_not_here_any_more_stands_without_its_title_and_can_be_taken_off(cast: Cast) -> None:
    made, client = story(cast, "Soon Gone"), cast.client("reader")
    shelving.put(made, "reading", by=cast.reader)
    removing.withdraw(made, by=cast.writer)
    page = client.get("/library/?shelf=reading").content.decode()
    assert "not here any more" in page and "Soon Gone" not in page and made.slug not in page
    client.post(f"/library/stories/{made.pk}/leave/", {"next": "/library/?shelf=reading"})
    assert "not here any more" not in client.get("/library/?shelf=reading").content.decode()


def test_parts_are_marked_by_plain_forms(cast: Cast) -> None:
    made, client = story(cast, parts=3), cast.client("reader")
    parts, path = list(made.parts.order_by("position")), f"/library/stories/{made.pk}/"
    answer = client.post(f"{path}read/", {"read-above": parts[1].pk})
    assert answer.headers["Location"] == f"{path}#part-{parts[1].pk}"
    page = client.get(path).content.decode()
    assert page.count('class="is-read"') == 2
    client.post(f"{path}read/", {"unread": parts[0].pk})
    assert client.get(path).content.decode().count('class="is-read"') == 1
    other = first(story(cast, "Other"))
    assert client.post(f"{path}read/", {"read": other.pk}).status_code == 404
    assert client.post(f"{path}read/", {"read": "x"}).status_code == 404


def test_history_is_searched_paused_cleared_and_taken_along(cast: Cast) -> None:
    made, client = story(cast, "=Formula", parts=2), cast.client("reader")
    for part in made.parts.all():
        note([Place(part.pk, timezone.now(), "1", 300)], by=cast.reader, device_now=timezone.now())
    page = client.get("/library/history/?q=Part+2").content.decode()
    assert "Part 2" in page and "Part 1" not in page
    rows = list(csv.DictReader(io.StringIO(client.get("/library/history.csv").content.decode())))
    assert [row["story"] for row in rows] == ["'=Formula"] * 2, "no spreadsheet takes a title for a formula"
    told = client.get("/library/history.json").json()["history"]
    assert {row["part"] for row in told} == {"Part 1", "Part 2"}
    assert all(row["story"] == "=Formula" and "/parts/" in row["address"] for row in told)
    visit = Visit.objects.first()
    assert visit is not None
    client.post(f"/library/history/{visit.pk}/forget/")
    assert Visit.objects.count() == 1
    client.post("/library/history/pause/")
    assert "Paused since" in client.get("/library/history/").content.decode()
    client.post("/library/history/resume/")
    assert "Paused since" not in client.get("/library/history/").content.decode()
    client.post("/library/history/clear/")
    assert (Visit.objects.count(), PartRead.objects.count()) == (0, 2)


def test_updates_are_seen_by_a_form_and_not_by_looking(cast: Cast) -> None:
    made, client = story(cast, "Followed"), cast.client("reader")
    following.follow(made, by=cast.reader)
    page = client.get("/library/updates/").content.decode()
    until = re.search(r'name="until" value="([^"]+)"', page)
    assert until is not None and "Before that" not in page
    assert not Wishes.objects.filter(looked_at__isnull=False).exists()
    assert client.post("/library/updates/seen/", {"until": until[1], "js": "1"}).status_code == 204
    assert "Before that" in client.get("/library/updates/").content.decode()
    for nonsense in ("", "yesterday", "2026-01-01T00:00:00"):
        assert client.post("/library/updates/seen/", {"until": nonsense}).status_code == 302


def test_settings_of_the_library(cast: Cast) -> None:
    client = cast.client("reader")
    client.post("/library/settings/", {"moves_shelves": "on"})
    assert Wishes.objects.get().moves_shelves
    wishes.change(by=cast.reader, words=3000, seconds=600)
    assert "about 300 words a minute" in client.get("/library/settings/").content.decode()
    client.post("/library/settings/", {"anew": "1"})
    assert (Wishes.objects.get().words, Wishes.objects.get().moves_shelves) == (0, True)
    client.post("/library/settings/", {})
    assert not Wishes.objects.get().moves_shelves


def test_own_shelves_are_made_renamed_and_removed_by_forms(cast: Cast) -> None:
    client = cast.client("reader")
    assert client.post("/library/shelves/", {"name": "Rain"}).status_code == 302
    again = client.post("/library/shelves/", {"name": "Rain"})
    assert again.status_code == 400 and 'value="Rain"' in again.content.decode()
    path = f"/library/shelves/{Shelf.objects.get().pk}/"
    assert client.post(f"{path}rename/", {"name": " "}).status_code == 400
    client.post(f"{path}rename/", {"name": "Snow"})
    assert "Snow" in client.get("/library/").content.decode()
    client.post(f"{path}remove/")
    assert not Shelf.objects.exists()


def test_nothing_is_left_of_a_closed_account(cast: Cast) -> None:
    made = story(cast)
    for account in (cast.reader, cast.stranger):
        note([Place(first(made).pk, timezone.now(), "1", 300)], by=account, device_now=timezone.now())
        shelving.add(made, shelving.make("Rain", by=account), by=account)
        history.pause(by=account)
    forgetting.forget_all(cast.reader)
    for table in (Visit, PartRead, Reading, Shelf, Wishes):
        assert [row.account for row in table._default_manager.all()] == [cast.stranger], table
    assert ShelfEntry.objects.get().shelf.account == cast.stranger


def test_the_library_is_taken_along_without_what_may_not_be_seen(cast: Cast) -> None:
    made, gone = story(cast, "Still Here"), story(cast, "Gone Since")
    for one in (made, gone):
        note(
            [Place(first(one).pk, timezone.now(), "1", 300, True)], by=cast.reader, device_now=timezone.now()
        )
        following.follow(one, by=cast.reader)
    following.follow(cast.pen("writer"), by=cast.reader)
    shelving.put(made, "reading", by=cast.reader)
    shelving.add(made, shelving.make("Rain", by=cast.reader), by=cast.reader)
    removing.withdraw(gone, by=cast.writer)
    with pack(cast.reader) as file, ZipFile(file) as archive:
        text = archive.read("library.json").decode()
    told = json.loads(text)
    assert "Gone Since" not in text and gone.slug not in text
    assert [(one["title"], one["shelf"]) for one in told["stories"]] == [("Still Here", "reading"), ("", "")]
    assert told["stories"][0]["place"]["part"].endswith(first(made).url)
    assert [bool(one["read"]) for one in told["parts"]] == [True, True]
    assert told["shelves"][0]["stories"][0]["title"] == "Still Here"
    assert [(one["kind"], one["title"]) for one in told["follows"]] == [
        ("story", "Still Here"),
        ("story", ""),
        ("penname", "Writer"),
    ]
    assert len(told["history"]) == 2
    with pack(cast.stranger) as file, ZipFile(file) as archive:
        assert "library.json" not in archive.namelist()


# How many questions


def many(cast: Cast, number: int) -> list[Story]:
    """So many stories of one part each, made without the rules: they would take minutes."""
    pattern = story(cast, "Pattern")
    part = first(pattern)
    stories = []
    for n in range(number):
        made = Story.objects.get(pk=pattern.pk)
        made.pk, made.uuid, made.title, made.key = None, uuid.uuid4(), f"Story {n}", f"key {n}"
        stories.append(made)
    made_stories = Story.objects.bulk_create(stories, batch_size=500)
    parts = []
    for one in made_stories:
        copy = Part(**fields_of(part))
        copy.pk, copy.uuid, copy.story = None, uuid.uuid4(), one
        parts.append(copy)
    Part.objects.bulk_create(parts, batch_size=500)
    return list(made_stories)


def fields_of(part: Part) -> dict[str, Any]:
    """The columns of a part."""
    return {field.attname: getattr(part, field.attname) for field in Part._meta.concrete_fields}


def test_a_library_of_five_thousand_stories_opens_in_ten_questions_and_goes_by_pages(cast: Cast) -> None:
    stories, now = many(cast, 5000), timezone.now()
    kinds = ("to-read", "reading", "finished", "dropped")
    Reading.objects.bulk_create(
        [
            Reading(
                account=cast.reader,
                story=made,
                shelf=kinds[n % 4],
                touched_at=now - timedelta(minutes=n // 3),
            )
            for n, made in enumerate(stories)
        ],
        batch_size=500,
    )
    rain = shelving.make("Rain", by=cast.reader)
    ShelfEntry.objects.bulk_create([ShelfEntry(shelf=rain, story=made) for made in stories[:100]])
    client = cast.client("reader")
    seen: list[str] = []
    for start in ("/library/", "/library/?shelf=reading", f"/library/?shelf={rain.pk}"):
        path = start
        client.get(path)
        for _page in range(3):
            with questions() as asked:
                page = client.get(path).content.decode()
            assert len(asked) <= MOST, "\n".join([path, *asked])
            seen += re.findall(r'<h2><a href="/stories/(\d+)-', page) if start == "/library/" else []
            following_page = re.search(r'href="(/library/\?[^"]*after=[^"]*)"[^>]*rel="next"', page)
            assert following_page is not None, path
            path = following_page[1].replace("&amp;", "&")
    order = Reading.objects.order_by("-touched_at", "-pk").values_list("story_id", flat=True)
    assert [int(number) for number in seen] == list(order[:72])


def test_a_part_and_a_story_ask_little_of_somebody_who_has_signed_in(cast: Cast, whole: Whole) -> None:
    made = story(cast, parts=3)
    part, now = first(made), timezone.now()
    note([Place(part.pk, now, "1", 300)], by=cast.reader, device_now=now)
    shelving.add(made, shelving.make("Rain", by=cast.reader), by=cast.reader)
    for path, most in ((part.url, 8), (made.url, 8), ("/", 8)):
        whole.get(path)
        whole.get(path, "reader")
        with questions() as asked:
            assert whole.get(path, "reader").status == 200
        assert len(asked) <= most, "\n".join([path, *asked])
