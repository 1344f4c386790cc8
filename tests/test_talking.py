"""Comments as people meet them: pages without JavaScript, the sheet, bubbles, and who sees what."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone

from talehouse.comments.models import Comment
from talehouse.comments.saying import Place, say
from talehouse.notifications import reading
from talehouse.reads.models import Read
from talehouse.stories import describing, publishing
from talehouse.stories.models import Part
from tests.cast import Cast, first, story
from tests.delivering import deliver_now
from tests.test_queries import questions
from tests.whole import Whole

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def part(cast: Cast) -> Part:
    return first(story(cast))


def on(part: Part, block: str = "") -> Place:
    fresh = Part.objects.select_related("story", "published").get(pk=part.pk)
    return Place(story=fresh.story, part=fresh, block=block)


def page(cast: Cast, who: str, path: str, **headers: str) -> str:
    answer: Any = cast.client(who).get(path, headers=headers)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.content.decode())


def test_a_plain_form_says_something_at_a_paragraph_and_counts_the_read(cast: Cast, part: Part) -> None:
    client = cast.client("reader")
    path = f"/parts/{part.pk}/comments/"
    answer: Any = client.post(path, {"text": "Why a stone?", "block": "2"}, headers={"user-agent": FIREFOX})
    said = Comment.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/comments/{said.pk}/")
    assert (said.block, said.pen_name) == ("2", cast.pen("reader"))
    assert Read.objects.count() == 1
    there: Any = client.get(f"/comments/{said.pk}/")
    assert there.headers["Location"] == f"{path}?at={said.pk}&block=2#c-{said.pk}"
    assert "Why a stone?" in page(cast, "visitor", f"{path}?block=2")
    assert "Why a stone?" not in page(cast, "visitor", f"{path}?block=1")


def test_words_and_what_was_typed_stay_when_something_is_wrong(cast: Cast, part: Part) -> None:
    path = f"/parts/{part.pk}/comments/"
    fields = {"text": "My words.", "block": "2", "quote": "nowhere in it", "start": "0"}
    answer: Any = cast.client("reader").post(path, fields)
    assert answer.status_code == 400
    assert "My words." in answer.content.decode() and "not in the text any more" in answer.content.decode()


def test_an_answer_stands_in_its_thread(cast: Cast, part: Part) -> None:
    root = say(on(part, "2"), by=cast.reader, text="One.")
    path = f"/parts/{part.pk}/comments/"
    cast.client("writer").post(path, {"text": "Because.", "parent": str(root.pk)})
    answer = Comment.objects.get(parent=root)
    assert answer.root == root
    assert "Because." in page(cast, "visitor", f"{path}?block=2")


def test_the_sheet_is_a_piece_of_a_page(cast: Cast, part: Part) -> None:
    say(on(part, "2"), by=cast.reader, text="One.")
    sheet = page(cast, "stranger", f"/parts/{part.pk}/comments/?block=2", **{"x-sheet": "1"})
    assert "<html" not in sheet and "One." in sheet and "<textarea" in sheet


def test_the_sheet_tells_what_is_about_comments_and_leaves_the_rest_for_a_page(
    cast: Cast, part: Part
) -> None:
    client, path = cast.client("reader"), f"/parts/{part.pk}/comments/?block=2"
    publishing.describe(part.story, by=cast.writer, comments_wait="all")

    def got(address: str, **headers: str) -> str:
        return str(client.get(address, headers=headers).content.decode())

    other = "What you read from now on stands in no history."
    client.post("/library/history/pause/")
    assert other not in got(path, **{"x-sheet": "1"})
    client.post(path, {"text": "One.", "block": "2", "js": "1"})
    sheet = got(path, **{"x-sheet": "1"})
    assert "waits until the writer has seen it" in sheet and other not in sheet
    assert "waits until" not in got(path, **{"x-sheet": "1"})
    page = got("/notifications/")
    assert other in page and "waits until" not in page
    assert other not in got("/notifications/")


@pytest.mark.parametrize("comments_from", ["members", "everyone"])
def test_signing_in_leads_back_to_the_paragraph(cast: Cast, part: Part, comments_from: str) -> None:
    publishing.describe(part.story, by=cast.writer, comments_from=comments_from)
    path = f"/parts/{part.pk}/comments/"
    sheet = page(cast, "visitor", f"{path}?block=2", **{"x-sheet": "1"})
    assert f'href="/accounts/login/?next={part.url}%23b-2"' in sheet
    listed = page(cast, "visitor", f"{path}?block=2").partition("<main")[2]
    assert f'href="/accounts/login/?next={path}%3Fblock%3D2"' in listed
    whole = page(cast, "visitor", path).partition("<main")[2]
    assert f'href="/accounts/login/?next={path}"' in whole


def test_bubbles_tell_how_many_stand_where(cast: Cast, part: Part) -> None:
    root = say(on(part, "2"), by=cast.reader, text="One.")
    say(on(part), by=cast.writer, text="Two.", parent=root)
    say(on(part), by=cast.stranger, text="On the whole.")
    answer: Any = cast.client("visitor").get(f"/parts/{part.pk}/bubbles/")
    assert answer.json() == {"blocks": {"2": 2}, "comments": 3}


def test_what_is_done_with_a_comment(cast: Cast, part: Part) -> None:
    said = say(on(part), by=cast.reader, text="One.")

    def do(who: str, verb: str) -> int:
        return int(cast.client(who).post(f"/comments/{said.pk}/{verb}/").status_code)

    assert (do("writer", "like"), do("reader", "like"), do("visitor", "like")) == (302, 403, 302)
    assert (do("stranger", "hide"), do("stranger", "delete"), do("writer", "delete")) == (403, 403, 403)
    assert do("writer", "hide") == 302
    path = f"/parts/{part.pk}/comments/"
    assert "One." not in page(cast, "visitor", path)
    assert "One." in page(cast, "reader", path) and "One." in page(cast, "writer", path)
    assert do("stranger", "like") == 404
    assert do("writer", "unhide") == 302
    assert do("writer", "nonsense") == 404
    edited: Any = cast.client("reader").post(f"/comments/{said.pk}/edit/", {"text": "Two."})
    assert edited.status_code == 302 and "Two." in page(cast, "visitor", path)
    other: Any = cast.client("stranger").post(f"/comments/{said.pk}/edit/", {"text": "Mine."})
    assert other.status_code == 403
    assert do("reader", "delete") == 302
    assert "Two." not in page(cast, "visitor", path)


def test_a_comment_is_not_deleted_at_one_tap(cast: Cast, part: Part) -> None:
    said = say(on(part), by=cast.reader, text="One.")
    listed = page(cast, "reader", f"/parts/{part.pk}/comments/")
    way = rf'<details><summary[^>]*>Delete it</summary><form[^>]* action="/comments/{said.pk}/delete/">'
    assert re.search(way + r".*?>Delete it for good</button></form></details>", listed)
    assert listed.count(f"/comments/{said.pk}/delete/") == 1


def test_a_guest_is_asked_for_a_name_and_waits(cast: Cast, part: Part) -> None:
    path = f"/parts/{part.pk}/comments/"
    assert cast.client("visitor").post(path, {"text": "Hello", "guest_name": "Ann"}).status_code == 403
    publishing.describe(part.story, by=cast.writer, comments_from="everyone")
    client = cast.client("visitor")
    assert client.post(path, {"text": "Hello"}).status_code == 400
    sent: Any = client.post(path, {"text": "Hello", "guest_name": "Ann"})
    assert sent.status_code == 302 and Comment.objects.get().held_for == "guest"
    mine: Any = client.get(path)
    assert "Hello" in mine.content.decode() and "waits for the writer" in mine.content.decode()
    assert "Hello" not in page(cast, "visitor", path)


def test_a_visitor_who_reads_comments_gets_no_cookie(cast: Cast, part: Part) -> None:
    publishing.describe(part.story, by=cast.writer, comments_from="everyone")
    say(on(part), by=cast.reader, text="One.")
    client = cast.client("visitor")
    for path in (f"/parts/{part.pk}/comments/", f"/parts/{part.pk}/bubbles/"):
        assert not client.get(path).cookies, path


def test_stories_and_series_have_their_own(cast: Cast, part: Part) -> None:
    entry = describing.set_series(part.story, "The Keepers", owner=cast.pen("writer"), by=cast.writer)
    assert entry is not None
    for path in (f"/stories/{part.story_id}/comments/", f"/series/{entry.series_id}/comments/"):
        assert cast.client("reader").post(path, {"text": f"On {path}"}).status_code == 302
        assert f"On {path}" in page(cast, "visitor", path)


def test_muting_and_blocking_by_name(cast: Cast, part: Part) -> None:
    say(on(part), by=cast.stranger, text="Rude.")
    client = cast.client("reader")
    assert client.post("/people/stranger/mute/").status_code == 302
    listed = page(cast, "reader", f"/parts/{part.pk}/comments/")
    assert "Rude." not in listed and "1 comment is hidden by you." in listed
    assert "Rude." in page(cast, "writer", f"/parts/{part.pk}/comments/")
    assert client.post("/people/stranger/block/").status_code == 302
    names = page(cast, "reader", "/settings/people/")
    assert names.count("Stranger") >= 2
    for verb in ("unmute", "unblock"):
        client.post(f"/people/stranger/{verb}/")
    assert "Stranger" not in page(cast, "reader", "/settings/people/")
    assert client.post("/people/reader/mute/").status_code == 403


def test_muting_stays_where_the_words_were(cast: Cast, part: Part) -> None:
    say(on(part), by=cast.stranger, text="Rude.")
    path = f"/parts/{part.pk}/comments/"
    form = page(cast, "reader", path).partition('action="/people/stranger/mute/"')[2].partition("</form>")[0]
    assert f'name="next" value="{path}"' in form
    client = cast.client("reader")
    assert client.post("/people/stranger/mute/", {"next": path}).headers["Location"] == path
    listed = page(cast, "reader", path)
    assert "1 comment is hidden by you." in listed and "Be the first" not in listed
    away = client.post("/people/stranger/unmute/", {"next": "https://elsewhere.example.org/"})
    assert away.headers["Location"] == "/settings/people/"
    assert "Be the first" not in page(cast, "visitor", path)


def test_a_long_list_asks_the_same_number_of_questions(cast: Cast, part: Part) -> None:
    client = cast.client("reader")

    def ask() -> int:
        client.get(f"/parts/{part.pk}/comments/")
        with questions() as asked:
            client.get(f"/parts/{part.pk}/comments/")
        return len(asked)

    for number in range(2):
        root = say(on(part), by=cast.stranger, text=f"Number {number}")
        say(on(part), by=cast.writer, text="Yes.", parent=root)
    few = ask()
    for number in range(30):
        root = say(on(part), by=cast.stranger, text=f"Number {number}")
        say(on(part), by=cast.writer, text="Yes.", parent=root)
    assert ask() == few <= 16
    listed = page(cast, "reader", f"/parts/{part.pk}/comments/")
    assert listed.count('class="comment"') == 40
    following = listed.partition('href="?after=')[2].partition('"')[0]
    rest = page(cast, "reader", f"/parts/{part.pk}/comments/?after={following}")
    assert rest.count('class="comment"') == 24


def test_comments_of_an_adult_part_are_behind_its_notice(cast: Cast) -> None:
    part = first(story(cast, "After Dark", rating="explicit"))
    say(on(part), by=cast.reader, text="One.")
    path = f"/parts/{part.pk}/comments/"
    assert cast.client("visitor").get(path).status_code == 404
    assert cast.client("visitor").get(f"{path}?show=1").status_code == 200


def test_the_bell_is_lit_while_something_is_new(cast: Cast, whole: Whole) -> None:
    part = first(story(cast))
    assert 'class="bell"' in whole.get("/", "writer").text
    say(on(part), by=cast.reader, text="One.")
    deliver_now()
    assert 'class="bell lit"' in whole.get("/", "writer").text
    assert 'class="bell"' in whole.get("/", "stranger").text
    assert 'class="bell' not in whole.get("/").text
    cast.writer.notifications.update(read_at=timezone.now())
    assert 'class="bell"' in whole.get("/", "writer").text


def test_what_was_opened_is_read_and_the_rest_stays_new(cast: Cast, part: Part) -> None:
    other = first(story(cast, "Another"))
    say(on(part), by=cast.reader, text="One.")
    say(on(other), by=cast.reader, text="Two.")
    deliver_now()
    client = cast.client("writer")
    told = client.get("/notifications/").content.decode()
    assert told.count('<li class="new">') == 2
    newest, older = cast.writer.notifications.filter(kind="comment").order_by("-pk")
    assert f'action="/notifications/{older.pk}/read/"' in told
    assert 'I have read it<span class="vh">: <bdi>Reader has commented on “Part 1”</bdi></span>' in told
    answer = client.post(f"/notifications/{older.pk}/read/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/notifications/")
    told = client.get("/notifications/").content.decode()
    assert told.count('<li class="new">') == 1
    assert f"/notifications/{older.pk}/" not in told and f"/notifications/{newest.pk}/read/" in told
    assert client.post(f"/notifications/{newest.pk}/read/", {"js": "1"}).status_code == 204
    assert "I have read it" not in client.get("/notifications/").content.decode()


def test_reading_one_comes_back_to_the_page_of_the_list(cast: Cast, part: Part) -> None:
    say(on(part), by=cast.reader, text="One.")
    deliver_now()
    path = f"/notifications/{cast.writer.notifications.get(kind='comment').pk}/read/"
    for before, page in (("77", "/notifications/?before=77"), ("//elsewhere.example", "/notifications/")):
        assert cast.client("writer").post(path, {"before": before}).headers["Location"] == page
    above = cast.writer.notifications.latest("pk").pk + 1
    cast.writer.notifications.update(read_at=None)
    told = cast.client("writer").get(f"/notifications/?before={above}").content.decode()
    assert f'name="before" value="{above}"' in told


def test_nobody_reads_what_was_told_to_another(cast: Cast, part: Part) -> None:
    say(on(part), by=cast.reader, text="One.")
    deliver_now()
    told = cast.writer.notifications.get(kind="comment")
    assert cast.client("reader").post(f"/notifications/{told.pk}/read/").status_code == 404
    assert not reading.read_one(told, by=cast.reader)
    told.refresh_from_db()
    assert told.read_at is None
    assert cast.client("writer").get(f"/notifications/{told.pk}/read/").status_code == 405
    assert reading.read_one(told, by=cast.writer) and not reading.read_one(told, by=cast.writer)
