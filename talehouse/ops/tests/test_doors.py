"""The host's pages about people, invitations and first stories, and what they say when it cannot be done."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from talehouse.accounts import invitations
from talehouse.accounts.models import Account, Invitation
from talehouse.site import house
from talehouse.stories.models import Story
from tests.cast import Cast, first, person, story


def waits(name: str) -> Account:
    """Somebody who waits to be let in."""
    return person(name, is_active=False, waits_since=timezone.now())


def test_who_waits_is_shown_and_let_in(cast: Cast) -> None:
    one, other = waits("newcomer"), waits("spammer")
    client = cast.client("host")
    assert "2 people wait to be let in." in client.get("/host/").content.decode()
    page = client.get("/host/people/").content.decode()
    assert "newcomer@example.org" in page and "Spammer" in page
    client.post(f"/host/people/{one.pk}/", {"decision": "approve"})
    client.post(f"/host/people/{other.pk}/", {"decision": "refuse"})
    one.refresh_from_db()
    assert one.is_active and not Account.objects.filter(pk=other.pk).exists()
    page = client.get("/host/people/").content.decode()
    assert "newcomer@example.org is in" in page and "spammer@example.org is gone" in page
    assert client.post(f"/host/people/{one.pk}/", {"decision": "refuse"}).status_code == 404
    assert Account.objects.filter(pk=one.pk).exists()


def test_a_form_without_a_decision_decides_nothing(cast: Cast) -> None:
    one = waits("newcomer")
    cast.client("host").post(f"/host/people/{one.pk}/")
    one.refresh_from_db()
    assert one.waits_since is not None


def link_on(page: str) -> str:
    """The link of a new invitation, if the page shows one."""
    found = re.search(r'readonly value="[^"]*(/accounts/signup/\?invitation=[\w-]+)"', page)
    return found[1] if found else ""


def test_the_link_of_an_invitation_is_shown_once_and_opens_the_door(cast: Cast) -> None:
    house.change(sign_up="invitation")
    client = cast.client("host")
    answer = client.post("/host/invitations/", {"note": "For <Wren>"}, follow=True)
    link = link_on(answer.content.decode())
    assert link and 'name="pen_name"' in Client().get(link).content.decode()
    page = client.get("/host/people/").content.decode()
    assert link_on(page) == "" and "For &lt;Wren&gt;" in page
    made = Invitation.objects.get()
    client.post(f"/host/invitations/{made.pk}/end/")
    assert "opens nothing" in Client().get(link).content.decode()
    answer = client.post(f"/host/invitations/{made.pk}/end/", follow=True)
    assert "has ended" in answer.content.decode()


def test_a_note_that_is_too_long_is_said_and_stays(cast: Cast) -> None:
    answer = cast.client("host").post("/host/invitations/", {"note": "x" * 121})
    assert answer.status_code == 400 and "x" * 121 in answer.content.decode()
    assert not Invitation.objects.exists()


def test_who_used_an_invitation_is_shown_by_name(cast: Cast) -> None:
    made, token = invitations.make(by=cast.host)
    invitations.spend(token, by=cast.reader)
    page = cast.client("host").get("/host/people/").content.decode()
    assert "Reader" in page and "used" in page and f"/host/invitations/{made.pk}/end/" not in page


def test_first_stories_are_read_and_decided(cast: Cast) -> None:
    house.change(approves_first_story=True)
    made, other = story(cast, "The Weir", parts=2), story(cast, "Pills", by="stranger")
    client = cast.client("host")
    assert "2 first stories wait for you." in client.get("/host/").content.decode()
    page = client.get("/host/stories/").content.decode()
    assert made.url in page and first(made).url in page and "Pills" in page
    seen = client.get(made.url).content.decode()
    assert "waits for you" in seen and client.get(first(made).url).status_code == 200
    assert "waits for the host" in cast.client("writer").get(made.url).content.decode()
    assert "waits for the host" in cast.client("writer").get(first(made).url).content.decode()
    assert cast.client("reader").get(made.url).status_code == Client().get(first(made).url).status_code == 404

    client.post(f"/host/stories/{made.pk}/", {"decision": "approve"})
    assert Client().get(made.url).status_code == 200
    answer = client.post(f"/host/stories/{other.pk}/", {"decision": "refuse", "reason": " "})
    assert answer.status_code == 400 and "Say why" in answer.content.decode()
    client.post(f"/host/stories/{other.pk}/", {"decision": "refuse", "reason": "An <advertisement>."})
    assert "An &lt;advertisement&gt;." in cast.client("stranger").get(other.url).content.decode()
    assert client.get(other.url).status_code == 404
    assert "Nothing waits for you." in client.get("/host/stories/").content.decode()
    assert client.post(f"/host/stories/{other.pk}/", {"decision": "approve"}).status_code == 404


def test_publishing_says_that_the_story_waits(cast: Cast) -> None:
    house.change(approves_first_story=True)
    house.change(name="The Long Shelf")
    made = story(cast, parts=1)
    answer = cast.client("writer").post(f"/write/stories/{made.pk}/publish/", follow=True)
    assert "waits for the host" in answer.content.decode()


def test_the_rule_is_a_tick_on_the_page_of_the_house(cast: Cast) -> None:
    client = cast.client("host")
    answers = {"name": "Shelf", "sign_up": "approval", "ceiling": "teen", "approves_first_story": "on"}
    assert client.post("/host/setup/", answers).status_code == 302
    assert house.current().approves_first_story and house.current().sign_up == "approval"
    page = client.get("/host/setup/").content.decode()
    assert re.search(r'name="approves_first_story"[^>]*checked', page)
    del answers["approves_first_story"]
    client.post("/host/setup/", answers)
    assert not house.current().approves_first_story


@pytest.mark.parametrize("path", ["/host/people/", "/host/stories/"])
def test_these_pages_ask_no_more_for_a_longer_list(cast: Cast, path: str) -> None:
    house.change(approves_first_story=True)
    client = cast.client("host")

    def more(number: int) -> int:
        for n in range(number):
            at = Account.objects.count()
            waits(f"waits_{at}_{n}")
            _made, token = invitations.make(by=cast.host)
            invitations.spend(token, by=cast.reader)
            story(cast, f"Story {at} {n}", parts=2)
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    few = more(1)
    assert more(4) == few <= 12
    assert Story.objects.waiting_for(cast.host).count() == 5


def test_without_a_mail_server_the_host_is_told(cast: Cast) -> None:
    assert "mails are files in the folder" in cast.client("host").get("/host/").content.decode()
    house.change(smtp_host="mail.example.org")
    page = cast.client("host").get("/host/").content.decode()
    assert "mails are files" not in page and "mail.example.org" in page
