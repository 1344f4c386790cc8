"""Find and replace by page: every place is seen before anything is changed."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

import pytest

from talehouse.stories import drafting, publishing, rhythm
from talehouse.stories.models import Story
from tests.cast import PROSE, Archive, Cast, story


def address(made: Story) -> str:
    return f"/write/stories/{made.pk}/replace/"


def places(page: str) -> list[str]:
    return re.findall(r'name="place" value="([0-9-]+)" checked', page)


def send(cast: Cast, made: Story, who: str = "writer", **more: Any) -> Any:
    page = cast.client("writer").get(address(made), {"find": "keeper"}).content.decode()
    told = {"find": "keeper", "into": "warden", "place": places(page), **more}
    return cast.client(who).post(address(made), told)


def test_each_place_is_shown_with_what_stands_around(cast: Cast) -> None:
    made = story(cast, parts=2)
    page = cast.client("writer").get(address(made), {"find": "KEEPER"}).content.decode()
    assert "2 places found in 2 parts." in page and "said the <mark>keeper</mark>," in page
    assert len(places(page)) == 2
    for wished in ({"find": "KEEPER", "case": "on"}, {"find": "keep", "whole": "on"}, {"find": "dragon"}):
        assert "stand nowhere" in cast.client("writer").get(address(made), wished).content.decode()


def test_what_is_ticked_becomes_drafts(cast: Cast) -> None:
    made = story(cast, parts=2)
    client = cast.client("writer")
    looked = places(client.get(address(made), {"find": "keeper"}).content.decode())
    told = {"find": "keeper", "into": "warden", "place": looked}
    page = client.post(address(made), told, follow=True).content.decode()
    assert "2 places replaced in 2 parts. 2 drafts wait to be published." in page
    assert made.parts.filter(draft__html__contains="warden").count() == 2


def test_what_waits_in_the_queue_needs_nobody_to_publish_it(cast: Cast) -> None:
    made = story(cast)
    rhythm.set(made, by=cast.writer, days=[2], at=time(18), zone="UTC")
    rhythm.queue(publishing.add_part(made, by=cast.writer, title="Two", html=PROSE), by=cast.writer)
    client = cast.client("writer")
    looked = places(client.get(address(made), {"find": "keeper"}).content.decode())
    told = {"find": "keeper", "into": "warden", "place": looked}
    page = client.post(address(made), told, follow=True).content.decode()
    assert "2 places replaced in 2 parts. 1 draft waits to be published." in page
    assert "1 part in the queue comes out with the new text in its turn." in page


def test_it_can_be_published_at_once(cast: Cast) -> None:
    made = story(cast)
    assert send(cast, made, publish="1").status_code == 302
    assert made.parts.filter(published__html__contains="warden", draft=None).count() == 1


def test_a_stale_look_is_refused(cast: Cast) -> None:
    made = story(cast)
    looked = places(cast.client("writer").get(address(made), {"find": "keeper"}).content.decode())
    drafting.save(made.parts.get(), by=cast.writer, html="<p>The keeper slept.</p>", base=1)
    answer = send(cast, made, place=looked)
    assert answer.status_code == 400 and "has been changed since you looked" in answer.content.decode()
    assert places(answer.content.decode()) == [f"{made.parts.get().pk}-2-0"]


@pytest.mark.parametrize("wrong", [{"place": []}, {"place": ["x"]}, {"find": " "}, {"find": ""}])
def test_without_a_choice_nothing_happens(cast: Cast, wrong: dict[str, Any]) -> None:
    made = story(cast)
    assert send(cast, made, **wrong).status_code == 400
    assert made.parts.get().draft is None


def test_looking_changes_nothing(cast: Cast) -> None:
    made = story(cast)
    client = cast.client("writer")
    assert client.get(address(made), {"find": "keeper", "into": "warden"}).status_code == 200
    assert client.get(address(made)).status_code == 200
    assert made.parts.get().revisions.count() == 1


@pytest.mark.parametrize(
    ("who", "status"), [("editor", 302), ("beta", 403), ("suspended", 403), ("reader", 403), ("visitor", 302)]
)
def test_those_who_write_may(cast: Cast, archive: Archive, who: str, status: int) -> None:
    assert send(cast, archive.public, who).status_code == status
    changed = archive.public.parts.filter(draft__html__contains="warden").exists()
    assert changed == (who == "editor")


def test_an_editor_does_not_publish(cast: Cast, archive: Archive) -> None:
    assert send(cast, archive.public, "editor", publish="1").status_code == 403
    assert not archive.public.parts.filter(draft__html__contains="warden").exists()
