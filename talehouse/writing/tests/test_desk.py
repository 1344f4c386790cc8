"""The desk: what it shows, to whom, with how many questions; and beginning a story."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from talehouse.accounts import pen_names
from talehouse.stories import people, publishing, removing
from talehouse.stories.models import Role, RoleKind, Story
from tests.cast import PROSE, Archive, Cast, first, story
from tests.test_queries import ask

MOST = 12
"""Five of these are every page's: who asks, and the house."""


def page(client: Client, path: str = "/write/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_my_stories_and_nobody_elses(cast: Cast, archive: Archive) -> None:
    mine = page(cast.client("writer"))
    for made in (archive.public, archive.private, archive.draft, archive.hidden):
        assert made.title in mine
    for who in ("co_writer", "editor", "beta", "suspended"):
        theirs = page(cast.client(who))
        assert "Open Water" in theirs and "Mine Alone" not in theirs
    for who in ("reader", "stranger", "host"):
        theirs = page(cast.client(who))
        assert "Open Water" not in theirs and "Your desk is clear" in theirs


def test_each_state_has_its_word(cast: Cast, archive: Archive) -> None:
    removing.withdraw(archive.members, by=cast.writer)
    Story.objects.filter(pk=archive.adult.pk).update(held_at=timezone.now())
    mine = page(cast.client("writer"))
    for word in ("Draft", "Hidden by the host", "Withdrawn", "Waits for the host", "Unlisted", "Private"):
        assert word in mine
    assert "Beta reader" in page(cast.client("beta"))


def test_drafts_are_one_click_away(cast: Cast) -> None:
    made = story(cast)
    draft = publishing.add_part(made, by=cast.writer, title="Half a page", html=PROSE)
    assert f'href="/write/parts/{draft.pk}/"' in page(cast.client("writer"))


def test_a_beta_reader_gets_no_drafts_to_write_on(cast: Cast, archive: Archive) -> None:
    publishing.add_part(archive.public, by=cast.writer, title="Half a page", html=PROSE)
    assert "Half a page" not in page(cast.client("beta"))
    assert "Half a page" in page(cast.client("editor"))


def test_what_comes_out_next(cast: Cast, archive: Archive) -> None:
    mine = page(cast.client("writer"))
    assert "Tomorrow" in mine and "/write/calendar/" in mine


def test_an_invitation_can_be_answered(cast: Cast) -> None:
    role = people.invite(story(cast), cast.pen("reader").name, RoleKind.BETA, by=cast.writer)
    theirs = page(cast.client("reader"))
    assert f'action="/write/invitations/{role.pk}/"' in theirs and "The Weir" in theirs
    assert "/write/invitations/" not in page(cast.client("stranger"))
    people.accept(Role.objects.get(pk=role.pk), by=cast.reader)
    assert "/write/invitations/" not in page(cast.client("reader"))


def test_what_was_deleted_can_be_brought_back(cast: Cast) -> None:
    made, kept = story(cast, "Burnt"), story(cast, "Kept", parts=2)
    removing.delete(made, by=cast.writer)
    removing.delete(first(kept), by=cast.writer)
    client = cast.client("writer")
    shown = page(client)
    assert f'action="/write/stories/{made.pk}/back/"' in shown and "Part 1" in shown
    assert client.post(f"/write/stories/{made.pk}/back/").status_code == 302
    assert (
        client.post(
            f"/write/stories/{kept.pk}/parts/",
            {"do": "bring-back", "part": kept.parts.exclude(deleted_at=None).get().pk},
        ).status_code
        == 302
    )
    assert Story.objects.get(pk=made.pk).deleted_at is None
    assert "Deleted in the last" not in page(client)


def test_nothing_comes_back_after_a_month(cast: Cast) -> None:
    made = story(cast, "Burnt")
    removing.delete(made, by=cast.writer)
    Story.objects.filter(pk=made.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    client = cast.client("writer")
    assert "Burnt" not in page(client)
    client.post(f"/write/stories/{made.pk}/back/")
    assert Story.objects.get(pk=made.pk).deleted_at is not None


def test_a_long_desk_has_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("talehouse.writing.listing.PAGE", 2)
    for number in range(3):
        story(cast, f"Story {number}")
    client = cast.client("writer")
    newest, older = page(client), page(client, "/write/?from=2")
    assert "?from=2" in newest and "Story 2" in newest and "Story 0" in older
    assert page(client, "/write/?from=nonsense")


def test_the_desk_asks_little_however_much_lies_on_it(cast: Cast) -> None:
    client = cast.client("writer")

    def more(number: int) -> None:
        for n in range(number):
            made = story(cast, f"More {n}", parts=2)
            publishing.add_part(made, by=cast.writer, title="A draft", html=PROSE)
            coming = publishing.add_part(made, by=cast.writer, title="Soon", html=PROSE)
            publishing.schedule(coming, by=cast.writer, at=timezone.now() + timedelta(days=2))
            removing.delete(first(made), by=cast.writer)
            other = story(cast, f"Theirs {n}", by="co_writer")
            people.invite(other, cast.pen("writer").name, RoleKind.BETA, by=cast.co_writer)

    more(2)
    few = ask(client, "/write/")
    more(4)
    many = ask(client, "/write/")
    assert len(many) == len(few) <= MOST, "\n".join(many)


ASKED = {"title": "The Weir", "language": "en", "rating": "teen", "text": "One.\n\nTwo <3."}


def begin(client: Client, **changes: Any) -> Any:
    return client.post("/write/new/", {**ASKED, **changes})


def test_a_story_begins_with_four_things(cast: Cast) -> None:
    answer = begin(cast.client("writer"))
    made = Story.objects.get()
    part = first(made)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/write/parts/{part.pk}/")
    assert (made.title, made.rating) == ("The Weir", "teen") and part.draft is not None
    assert "One.</p>" in part.draft.html and "Two &lt;3." in part.draft.html


@pytest.mark.parametrize("missing", ["title", "rating", "language"])
def test_what_is_missing_is_said_and_the_rest_kept(cast: Cast, missing: str) -> None:
    answer = begin(cast.client("writer"), **{missing: ""})
    shown = answer.content.decode()
    assert answer.status_code == 400 and "Two &lt;3." in shown and 'aria-invalid="true"' in shown
    assert not Story.objects.exists()


def test_the_pen_name_is_asked_only_where_there_are_two(cast: Cast) -> None:
    client = cast.client("writer")
    assert 'name="pen_name"' not in page(client, "/write/new/")
    second = pen_names.add("Somebody Else", by=cast.writer)
    assert 'name="pen_name"' in page(client, "/write/new/")
    begin(client, pen_name=second.pk)
    assert Story.objects.get().roles.get().pen_name == second
    assert begin(client, pen_name=cast.pen("reader").pk).status_code == 400


def test_a_suspended_account_begins_nothing(cast: Cast) -> None:
    assert begin(cast.client("suspended")).status_code == 403
    assert not Story.objects.exists()


def test_a_new_writer_finds_both_ways(cast: Cast) -> None:
    shown = page(cast.client("reader"))
    assert 'href="/write/new/"' in shown and 'href="/write/import/"' in shown
