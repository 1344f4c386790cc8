"""What a writer sees of a first story that waits for the host, or was refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from talehouse.site import house
from talehouse.stories import approving, holding, publishing
from talehouse.stories.models import Story
from tests.cast import Cast, first, story

REASON = "Please add a summary."


@pytest.fixture(autouse=True)
def the_host_looks_first(db: None) -> Iterator[None]:
    """The rule of the house that all of this is about."""
    house.change(approves_first_story=True)
    yield


@pytest.fixture
def made(cast: Cast) -> Story:
    """A first story that the host has refused."""
    waiting = story(cast)
    approving.refuse(waiting, by=cast.host, reason=REASON)
    waiting.refresh_from_db()
    return waiting


def told(client: Client, path: str) -> str:
    """The page, in one line."""
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def pages(made: Story) -> list[str]:
    """The pages of a story that have its head."""
    return [f"/write/stories/{made.pk}/{page}" for page in ("", "parts/", "release/", "people/")]


def test_a_refusal_and_its_reason_stand_at_the_head_of_the_story(cast: Cast, made: Story) -> None:
    client = cast.client("writer")
    assert "Not approved" in told(client, "/write/")
    for path in pages(made):
        shown = told(client, path)
        assert shown.count(REASON) == 1 and "Send it to the host again" in shown, path
        assert "Not approved" in shown and "Waits for the host" not in shown, path
    assert "Published" not in told(client, pages(made)[1])


def test_whoever_waits_is_not_asked_to_send_it_again(cast: Cast, made: Story) -> None:
    holding.ask_again(made, by=cast.writer)
    client = cast.client("writer")
    assert "Waits for the host" in told(client, "/write/")
    for path in [*pages(made), f"/write/parts/{first(made).pk}/publish/"]:
        shown = told(client, path)
        assert REASON not in shown and "Send it to the host again" not in shown, path
        assert shown.count("This story waits for the host") == 1, path


@pytest.mark.parametrize("page", ["/write/parts/{part}/publish/", "/write/stories/{story}/parts/"])
def test_it_is_sent_again_without_a_change_of_the_text(cast: Cast, made: Story, page: str) -> None:
    client = cast.client("writer")
    path = page.format(part=first(made).pk, story=made.pk)
    publishing.describe(made, by=cast.writer, summary="<p>A keeper and a lamp.</p>")
    assert "Send it to the host again" in told(client, path)
    assert client.post(path, {"do": "ask-again"}).status_code == 302
    assert "Sent to the host." in told(client, path)
    assert Story.objects.waiting_for(cast.host).filter(pk=made.pk).exists()
    answer = client.post(path, {"do": "ask-again"})
    assert answer.status_code == 400 and "waits for the host again already" in answer.content.decode()
