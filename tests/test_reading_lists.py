"""Pages of reading lists, marks and mails about a story: what people do there, with plain forms."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from talehouse.lib.rates import Rate
from talehouse.library import by_mail, following, forgetting, hiding, listing, marking
from talehouse.library.models import Follow, Hide, Highlight, MailFollow, ReadingList
from talehouse.reading.views import by_mail as mail_views
from talehouse.stories.models import Part
from talehouse.tags.models import Tag
from tests.cast import Archive, Cast, first, story
from tests.test_queries import questions
from tests.whole import Whole


def test_a_list_is_made_filled_ordered_shared_and_deleted(cast: Cast, archive: Archive) -> None:
    client = cast.client("reader")
    other = story(cast, "Still Water")
    made = client.post("/library/lists/", {"title": "Water", "note": "Wet.", "is_public": "on"})
    reading_list = ReadingList.objects.get()
    path = f"/library/lists/{reading_list.pk}/"
    assert made["Location"] == path
    into = {"into": str(reading_list.pk), "note": "Deep."}
    assert client.post(f"/library/lists/add/{archive.public.pk}/", into).status_code == 302
    client.post(f"/library/lists/add/{other.pk}/", {"into": str(reading_list.pk)})
    text = Client().get(reading_list.url).content.decode()
    assert text.index("Open Water") < text.index("Still Water") and "Deep." in text and "Wet." in text
    last = reading_list.entries.get(story=other)
    assert client.post(path, {"do": f"up-{last.pk}"}).status_code == 302
    client.post(path, {"do": f"note-{last.pk}", f"note-{last.pk}": "Calm."})
    text = Client().get(reading_list.url).content.decode()
    assert text.index("Still Water") < text.index("Open Water") and "Calm." in text
    client.post(path, {"do": f"remove-{last.pk}"})
    client.post(path, {"do": "details", "title": "Waters", "note": ""})
    reading_list.refresh_from_db()
    assert (reading_list.title, reading_list.is_public, reading_list.entries.count()) == ("Waters", False, 1)
    assert Client().get(reading_list.url).status_code == 404
    assert client.post(path, {"do": "delete"})["Location"] == "/library/lists/"
    assert not ReadingList.objects.exists()


def test_a_story_goes_into_a_new_list_and_out_of_it(cast: Cast, archive: Archive) -> None:
    client, path = cast.client("reader"), f"/library/lists/add/{archive.public.pk}/"
    client.post(path, {"into": "new", "title": "Water"})
    made = ReadingList.objects.get()
    assert made.entries.get().story == archive.public and not made.is_public
    assert "It stands in “Water” now." in client.get(path).content.decode()
    client.post(path, {"out_of": str(made.pk)})
    assert not made.entries.exists()


@pytest.mark.parametrize("wrong", [{}, {"into": "new"}, {"into": "999999"}, {"into": "nonsense"}])
def test_what_was_typed_stays_when_a_list_cannot_be_filled(
    cast: Cast, archive: Archive, wrong: dict[str, str]
) -> None:
    answer = cast.client("reader").post(
        f"/library/lists/add/{archive.public.pk}/", {"note": "Keep me.", **wrong}
    )
    assert answer.status_code == 400 and "Keep me." in answer.content.decode()


def test_nobody_fills_the_list_of_somebody_else(cast: Cast, archive: Archive) -> None:
    theirs = listing.make("Theirs", by=cast.stranger, is_public=True)
    answer = cast.client("reader").post(f"/library/lists/add/{archive.public.pk}/", {"into": str(theirs.pk)})
    assert answer.status_code == 400 and not theirs.entries.exists()


def test_an_order_that_was_dragged_is_kept(cast: Cast) -> None:
    made = listing.make("Three", by=cast.reader)
    ids = [listing.add(made, story(cast, name), by=cast.reader).pk for name in "ABC"]
    path = f"/library/lists/{made.pk}/"
    order = ",".join(map(str, reversed(ids)))
    assert cast.client("reader").post(path, {"do": "order", "order": order}).status_code == 302
    assert list(made.entries.order_by("position").values_list("pk", flat=True)) == ids[::-1]
    wrong = cast.client("reader").post(path, {"do": "order", "order": "999999"})
    assert wrong.status_code == 400 and "Load the page again" in wrong.content.decode()


def test_a_kept_list_page_follows_its_list(cast: Cast, archive: Archive, whole: Whole) -> None:
    made = listing.make("Water", by=cast.reader, is_public=True)
    assert "Open Water" not in whole.get(made.url, "editor").text
    listing.add(made, archive.public, by=cast.reader)
    assert "Open Water" in whole.get(made.url, "editor").text
    assert "Change this list" in whole.get(made.url, "reader").text
    assert "Change this list" not in whole.get(made.url, "stranger").text
    assert "Water" in whole.get("/people/reader/", "editor").text
    listing.describe(made, by=cast.reader, title="Mine", note="", is_public=False)
    assert whole.get(made.url, "editor").status == 404 and whole.get(made.url, "stranger").status == 404
    assert "Water" not in whole.get("/people/reader/", "editor").text
    made.refresh_from_db()
    assert whole.get(made.url, "reader").status == 200


def test_a_list_page_asks_little_whatever_its_length(cast: Cast) -> None:
    made = listing.make("Long", by=cast.reader, is_public=True)
    asked = []
    for number in (2, 12):
        for n in range(number):
            listing.add(made, story(cast, f"Story {number} {n}"), by=cast.reader)
        Client().get(made.url)
        with questions() as found:
            Client().get(made.url)
        asked.append(len(found))
    assert asked[0] == asked[1] <= 6, found


@pytest.mark.parametrize("what", ["tag", "list"])
def test_a_tag_and_a_list_are_followed_by_their_button(
    cast: Cast, archive: Archive, whole: Whole, what: str
) -> None:
    made = listing.make("Water", by=cast.reader, is_public=True)
    thing: Any = Tag.objects.get(name="Lamps") if what == "tag" else made
    path = "/tags/theme/lamps/follow/" if what == "tag" else f"/lists/{made.pk}/follow/"
    assert f'action="{path}"' in whole.get(thing.url, "stranger").text
    assert cast.client("stranger").post(path)["Location"] == thing.url
    assert following.follows(thing, by=cast.stranger)
    assert "You follow this" in whole.get(thing.url, "stranger").text
    cast.client("stranger").post(path, {"follow": "0"})
    assert not following.follows(thing, by=cast.stranger)


def test_a_paragraph_is_marked_without_javascript(cast: Cast, archive: Archive) -> None:
    part, client = first(archive.public), cast.client("reader")
    page = client.get(f"/parts/{part.pk}/comments/?block=1").content.decode()
    assert f'action="/parts/{part.pk}/marks/"' in page
    marked = client.post(f"/parts/{part.pk}/marks/", {"block": "1", "note": "Warm."})
    assert marked["Location"] == f"{part.url}#b-1"
    assert Highlight.objects.get().note == "Warm."
    assert "Warm." in client.get(f"/parts/{part.pk}/marks/?block=1").content.decode()
    assert "Warm." in client.get("/library/marks/?q=warm").content.decode()
    pk = Highlight.objects.get().pk
    client.post(f"/library/marks/{pk}/", {"do": "note", "note": "Cold."})
    assert Highlight.objects.get().note == "Cold."
    client.post(f"/library/marks/{pk}/", {"do": "remove"})
    assert not Highlight.objects.exists()


def test_a_part_page_says_whether_there_are_marks_of_mine(cast: Cast, archive: Archive, whole: Whole) -> None:
    part = Part.objects.select_related("published").get(pk=first(archive.public).pk)
    marking.mark(part, "1", None, by=cast.reader)
    assert "data-some" in whole.get(part.url, "reader").text
    assert "data-some" not in whole.get(part.url, "stranger").text
    assert "mark-words" in whole.get(part.url, "stranger").text
    assert "mark-words" not in whole.get(part.url).text
    assert "orchard" in whole.get(f"/parts/{part.pk}/marks/", "reader").text
    assert "orchard" not in whole.get(f"/parts/{part.pk}/marks/", "stranger").text


def test_marks_are_listed_by_few_questions(cast: Cast, archive: Archive) -> None:
    client, asked = cast.client("reader"), []
    for part in archive.public.parts.filter(position__lte=3).select_related("published"):
        for block in ("1", "2"):
            marking.mark(part, block, None, by=cast.reader)
        client.get("/library/marks/")
        with questions() as found:
            client.get("/library/marks/")
        asked.append(len(found))
    assert asked[0] == asked[-1] <= 12, found


def test_a_story_is_followed_by_mail(cast: Cast, archive: Archive) -> None:
    client = Client()
    page = client.get(archive.public.url).content.decode()
    path = f"/stories/{archive.public.pk}/follow-by-mail/"
    assert path in page
    answer = client.post(path, {"email": "reed@example.net"})
    assert "A letter is on its way to reed@example.net" in answer.content.decode()
    again = client.post(path, {"email": "reed@example.net"})
    assert again.content.decode().count("on its way") == answer.content.decode().count("on its way")
    by_mail.send_due()
    (letter,) = mail.outbox
    row = MailFollow.objects.get()
    link = f"/by-mail/{row.secret}/"
    assert link in str(letter.body)
    client.get(link)
    row.refresh_from_db()
    assert row.confirmed_at is None
    assert "You hear when it goes on" in client.post(link).content.decode()
    row.refresh_from_db()
    assert row.confirmed_at is not None
    strict = Client(enforce_csrf_checks=True)
    strict.get(f"{link}end/")
    assert MailFollow.objects.exists()
    ended = strict.post(f"{link}end/", {"List-Unsubscribe": "One-Click"})
    assert ended.status_code == 200 and not MailFollow.objects.exists()
    assert client.get(link).status_code == 404


def test_an_address_that_is_none_is_not_written_to(cast: Cast, archive: Archive) -> None:
    answer = Client().post(f"/stories/{archive.public.pk}/follow-by-mail/", {"email": "nobody"})
    assert answer.status_code == 400 and 'value="nobody"' in answer.content.decode()
    assert not MailFollow.objects.exists()


def test_one_place_does_not_type_in_many_addresses(
    cast: Cast, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_views, "RATE", Rate(limit=2, seconds=3600))
    path = f"/stories/{archive.public.pk}/follow-by-mail/"
    found = [Client().post(path, {"email": f"r{n}@example.net"}).status_code for n in range(3)]
    assert found == [200, 200, 429]
    assert MailFollow.objects.count() == 2


def test_nothing_of_mine_is_left_when_my_account_is_closed(cast: Cast, archive: Archive) -> None:
    made = listing.make("Water", by=cast.reader, is_public=True)
    listing.add(made, archive.public, by=cast.reader)
    following.follow(made, by=cast.stranger)
    following.follow(archive.public, by=cast.reader)
    hiding.hide(archive.public, by=cast.reader)
    part = Part.objects.select_related("published").get(pk=first(archive.public).pk)
    marking.mark(part, "1", None, by=cast.reader)
    forgetting.forget_all(cast.reader)
    left = [table for table in (ReadingList, Follow, Hide, Highlight) if table._default_manager.exists()]
    assert not left
