"""The pages of my account: what they show, what they refuse, what stays in a form."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from talehouse.accounts import pen_names
from talehouse.accounts.models import Account, PenName
from talehouse.lib.rates import Rate
from talehouse.stories import people
from talehouse.stories.models import RoleKind
from talehouse.writing import closing
from talehouse.writing.closing import What, Wish
from talehouse.writing.models import Closing, ClosingChoice
from talehouse.writing.views import closing as views
from tests.cast import Cast, story
from tests.test_queries import questions

PASSWORD = "the lamp above the weir"
NAMES = "/settings/pen-names/"


def words(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined,no-any-return]


def at(name: PenName) -> str:
    return f"{NAMES}{name.pk}/"


def test_one_page_leads_everywhere(cast: Cast) -> None:
    page = words(cast.client("writer").get("/settings/"))
    for path in (
        NAMES,
        "/preferences/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/sessions/",
        "/settings/everything.zip",
        "/settings/close/",
    ):
        assert f'href="{path}' in page, path
    assert "writer@example.org" not in page
    assert 'href="/settings/"' in words(cast.client("writer").get("/preferences/"))


def test_a_name_that_is_taken_stays_in_the_form(cast: Cast) -> None:
    answer = cast.client("writer").post(NAMES, {"name": "  Stranger "})
    assert answer.status_code == 400
    assert "Somebody already writes under this name" in words(answer) and 'value="  Stranger "' in words(
        answer
    )
    answer = cast.client("writer").post(f"{at(cast.pen('writer'))}name/", {"name": "Stranger"})
    assert answer.status_code == 400 and 'value="Stranger"' in words(answer)
    assert cast.pen("writer").name == "Writer"


def test_a_new_name_opens_its_page(cast: Cast) -> None:
    answer = cast.client("writer").post(NAMES, {"name": "Second"})
    assert answer.headers["Location"] == at(PenName.objects.get(name="Second"))


def test_words_and_picture_are_sent_together(cast: Cast) -> None:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), (9, 9, 9)).save(target, "PNG")
    face = SimpleUploadedFile("me.png", target.getvalue(), "image/png")
    told = {"about": "Hello.", "links": "https://example.org/\r\n\r\n", "face": face}
    assert cast.client("writer").post(at(cast.pen("writer")), told).status_code == 302
    mine = cast.pen("writer")
    assert (mine.about, mine.links) == ("<p>Hello.</p>", ["https://example.org/"]) and mine.face


def test_a_bad_picture_or_link_is_said_beside_it_and_the_words_stay(cast: Cast) -> None:
    client, path = cast.client("writer"), at(cast.pen("writer"))
    broken = SimpleUploadedFile("me.png", b"not a picture", "image/png")
    answer = client.post(path, {"about": "My long text.", "links": "", "face": broken})
    assert (
        answer.status_code == 400
        and "picture is damaged" in words(answer)
        and "My long text." in words(answer)
    )
    answer = client.post(path, {"about": "Another.", "links": "ftp://example.org/"})
    assert answer.status_code == 400 and "is not the address of a page" in words(answer)
    assert "Another." in words(answer) and "ftp://example.org/" in words(answer)
    assert cast.pen("writer").about == ""


def test_a_picture_that_was_chosen_beside_a_wrong_field_has_to_be_chosen_again_and_that_is_said(
    cast: Cast,
) -> None:
    client, path, told = cast.client("writer"), at(cast.pen("writer")), "a picture has to be chosen again"
    assert told not in words(client.get(path))
    target = io.BytesIO()
    Image.new("RGB", (40, 30), (9, 9, 9)).save(target, "PNG")
    face = SimpleUploadedFile("me.png", target.getvalue(), "image/png")
    answer = client.post(path, {"about": "Hello.", "links": "ftp://example.org/", "face": face})
    assert answer.status_code == 400 and told in words(answer)
    assert not cast.pen("writer").face


def test_a_suspended_account_looks_at_its_names(cast: Cast) -> None:
    client, mine = cast.client("suspended"), cast.pen("suspended")
    assert client.get(at(mine)).status_code == 200 and "<textarea" not in words(client.get(at(mine)))
    assert "Make this name mine" not in words(client.get(NAMES))
    assert client.post(NAMES, {"name": "Another"}).status_code == 403
    assert client.post(at(mine), {"about": "Still here"}).status_code == 403


def test_a_house_with_a_thousand_names_shows_them_in_pages(cast: Cast) -> None:
    for number in range(60):
        pen_names.add(f"Brought In {number}", by=cast.host)
    client = cast.client("host")
    assert words(client.get(NAMES)).count('class="who"') == 50
    assert words(client.get(f"{NAMES}?page=2")).count('class="who"') == 11
    assert client.get(f"{NAMES}?page=nonsense").status_code == 200
    assert words(client.get("/settings/")).count('class="who"') == 6


@pytest.mark.parametrize("path", ["/settings/", NAMES, "/settings/close/"])
def test_lists_ask_little_however_long_they_are(cast: Cast, path: str) -> None:
    client = cast.client("writer")

    def asked() -> int:
        with questions() as found:
            assert client.get(path).status_code == 200
        return len(found)

    story(cast)
    asked()
    few = asked()
    for number in range(5):
        pen_names.add(f"Name {number}", by=cast.writer)
        made = story(cast, f"Story {number}")
        role = people.ask(made, cast.pen("co_writer"), RoleKind.CO_AUTHOR, by=cast.writer)
        people.accept(role, by=cast.co_writer)
    assert asked() == few <= 11


# Closing


def with_password(cast: Cast) -> Account:
    cast.writer.set_password(PASSWORD)
    cast.writer.save()
    return cast.writer


def test_the_password_is_asked_again(cast: Cast) -> None:
    with_password(cast)
    made, client = story(cast), cast.client("writer")
    wishes = {f"story-{made.pk}": "orphan", "comments": "remove"}
    for wrong in ({}, {"password": ""}, {"password": "guessed"}):
        answer = client.post("/settings/close/", {**wishes, **wrong})
        assert answer.status_code == 400 and not Closing.objects.exists()
        assert "checked" in words(answer).partition('value="orphan"')[2][:200]
    answer = client.post("/settings/close/", {**wishes, "password": PASSWORD})
    assert answer.status_code == 302
    assert Closing.objects.get().comments == "remove"
    assert ClosingChoice.objects.get().what == "orphan"


def test_guessing_comes_to_an_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "TRYING", Rate(limit=3, seconds=600))
    with_password(cast)
    client = cast.client("writer")
    tries = [
        client.post("/settings/close/", {"comments": "remove", "password": f"guess {n}"}) for n in range(4)
    ]
    assert [answer.status_code for answer in tries] == [400, 400, 400, 429]
    assert client.post("/settings/close/", {"comments": "remove", "password": PASSWORD}).status_code == 429


def test_a_story_is_handed_to_whom_the_form_names_only(cast: Cast) -> None:
    with_password(cast)
    made, client = story(cast), cast.client("writer")
    people.accept(
        people.ask(made, cast.pen("co_writer"), RoleKind.CO_AUTHOR, by=cast.writer), by=cast.co_writer
    )
    told = {"comments": "nameless", "password": PASSWORD}
    for forged in (f"hand-over:{cast.pen('stranger').pk}", "hand-over:x", "delete", "orphan"):
        assert client.post("/settings/close/", {**told, f"story-{made.pk}": forged}).status_code == 400, (
            forged
        )
    heir = f"hand-over:{cast.pen('co_writer').pk}"
    assert client.post("/settings/close/", {**told, f"story-{made.pk}": heir}).status_code == 302
    assert ClosingChoice.objects.get().to == cast.pen("co_writer")


@pytest.mark.parametrize("path", ["/settings/", "/write/", "/settings/close/"])
def test_who_leaves_is_told_and_may_stay(cast: Cast, path: str) -> None:
    client = cast.client("writer")
    assert "Keep my account" not in words(client.get(path))
    Account.objects.filter(pk=cast.writer.pk).update(closes_at=timezone.now() + timedelta(days=9))
    assert "Keep my account" in words(client.get(path))
    assert client.post("/settings/keep/", {"next": path}).headers["Location"] == path
    assert "Keep my account" not in words(client.get(path))
    assert (
        client.post("/settings/keep/", {"next": "https://evil.example/"}).headers["Location"] == "/settings/"
    )


def test_who_leaves_sees_what_was_chosen(cast: Cast) -> None:
    kept, burnt = story(cast, "Left Behind"), story(cast, "Burnt")
    given, shared = story(cast, "Given"), story(cast, "Ours")
    for made in (given, shared):
        role = people.ask(made, cast.pen("co_writer"), RoleKind.CO_AUTHOR, by=cast.writer)
        people.accept(role, by=cast.co_writer)
    wishes = {
        kept.pk: Wish(What.ORPHAN),
        burnt.pk: Wish(What.DELETE),
        given.pk: Wish(What.HAND_OVER, cast.pen("co_writer")),
    }
    closing.ask(by=cast.writer, comments="remove", wishes=wishes)
    story(cast, "Begun Since", parts=0)
    page = " ".join(words(cast.client("writer").get("/settings/close/")).split())
    for title, fate in {
        "Left Behind": "It is left to the archive, without your name: readers keep it.",
        "Burnt": "It is deleted, with every draft and old text.",
        "Given": "Your place is handed over to Co Writer.",
        "Ours": "It stays with Co Writer, and your name leaves it.",
        "Begun Since": "It is deleted, with every draft and old text.",
    }.items():
        told = page.partition(f">{title}<")[2].partition("</dd>")[0]
        assert told.endswith(f"<dd>{fate}"), title
    assert "They are removed." in page and "They stay, without your name." not in page


def test_comments_that_stay_are_said_to_stay(cast: Cast) -> None:
    closing.ask(by=cast.reader, comments="nameless", wishes={})
    page = words(cast.client("reader").get("/settings/close/"))
    assert "They stay, without your name." in page and "dl class" not in page


def test_the_only_host_is_told_so(cast: Cast) -> None:
    page = words(cast.client("host").get("/settings/close/"))
    assert "You are the only host" in page and "Close my account in 14 days" not in page
    assert cast.client("host").post("/settings/close/", {"comments": "remove"}).status_code == 400
    assert not Closing.objects.exists()
