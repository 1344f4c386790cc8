"""What a device is told of a story that it keeps, and the archive as an app."""

from __future__ import annotations

import json
from typing import Any

from talehouse.accounts.owner_marks import owner_mark
from talehouse.stories import publishing, removing
from talehouse.stories.models import Story
from tests.cast import Cast, first, story


def told(cast: Cast, who: str, made: Story, status: int = 200, **query: str) -> dict[str, Any]:
    answer: Any = cast.client(who).get(f"/offline/stories/{made.pk}/", query)
    assert answer.status_code == status, answer.status_code
    return dict(answer.json()) if status == 200 else {}


def test_a_device_learns_the_parts_and_when_they_change(cast: Cast) -> None:
    made = story(cast)
    part = first(made)
    before = told(cast, "visitor", made)
    assert [one["id"] for one in before["parts"]] == [part.pk]
    assert before["url"] == made.url and before["parts"][0]["url"] == part.url
    publishing.edit(part, by=cast.writer, html="<p>Other words.</p>")
    assert told(cast, "visitor", made)["parts"] == before["parts"], "a draft is nobody's business"
    publishing.publish_changes(part, by=cast.writer)
    after = told(cast, "visitor", made)["parts"][0]
    assert after["id"] == part.pk and after["version"] != before["parts"][0]["version"]


def test_what_may_not_be_seen_is_not_told(cast: Cast) -> None:
    made = story(cast)
    later = publishing.add_part(made, by=cast.writer, title="Draft", html="<p>Not yet.</p>")
    assert later.pk not in [one["id"] for one in told(cast, "visitor", made)["parts"]]
    publishing.describe(made, by=cast.writer, visibility="members")
    told(cast, "visitor", made, status=404)
    assert told(cast, "reader", made)["parts"]
    removing.withdraw(made, by=cast.writer)
    told(cast, "reader", made, status=404)


def test_an_unlisted_story_needs_its_key(cast: Cast) -> None:
    made = story(cast)
    publishing.describe(made, by=cast.writer, visibility="unlisted")
    made.refresh_from_db()
    told(cast, "visitor", made, status=404)
    found = told(cast, "visitor", made, key=made.key)
    assert found["url"].endswith(f"?key={made.key}") and found["parts"][0]["url"].endswith(f"?key={made.key}")


def test_an_adult_story_is_kept_only_by_who_opened_it(cast: Cast) -> None:
    made = story(cast)
    publishing.describe(made, by=cast.writer, rating="explicit")
    assert (told(cast, "visitor", made)["parts"], told(cast, "visitor", made)["notice"]) == ([], True)
    assert told(cast, "visitor", made, show="1")["parts"]


def test_a_session_that_has_ended_takes_nothing_away(cast: Cast) -> None:
    made = story(cast)
    publishing.describe(made, by=cast.writer, visibility="members")
    mark = owner_mark(cast.reader.pk)
    told(cast, "visitor", made, status=401, owner=mark)
    told(cast, "stranger", made, status=401, owner=mark)
    assert told(cast, "reader", made, owner=mark)["parts"]


def test_marks_tell_nothing_and_differ(cast: Cast) -> None:
    marks = {owner_mark(account.pk) for account in (cast.reader, cast.writer, cast.stranger)}
    assert len(marks) == 3
    assert all(len(mark) == 16 and str(cast.reader.pk) != mark for mark in marks)
    page = cast.client("reader").get("/about/").content.decode()
    assert f'data-owner="{owner_mark(cast.reader.pk)}"' in page
    assert "data-owner" not in cast.client("visitor").get("/about/").content.decode()


def test_the_archive_is_an_app(cast: Cast) -> None:
    answer: Any = cast.client("visitor").get("/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    manifest = json.loads(answer.content)
    assert manifest["start_url"].startswith("/") and manifest["display"] == "standalone"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    assert any(icon["purpose"] == "maskable" for icon in manifest["icons"])
    assert "/manifest.webmanifest" in cast.client("visitor").get("/").content.decode()


def test_the_offline_page_names_nobody_and_every_story_offers_to_be_kept(cast: Cast) -> None:
    page = cast.client("visitor").get("/offline/").content.decode()
    assert 'data-app="' in page and "Kept on this device" in page
    made = story(cast)
    assert f'data-keep="{made.pk}"' in cast.client("visitor").get(made.url).content.decode()


def test_the_page_of_what_is_kept_does_not_say_that_nobody_is_signed_in(cast: Cast) -> None:
    page = cast.client("visitor").get("/offline/").content.decode()
    assert "Kept on this device" in page and "/accounts/login/" not in page
    assert "data-owner" in cast.client("reader").get("/offline/").content.decode()
    assert "/accounts/login/" in cast.client("visitor").get("/about/").content.decode()
