"""Parts that move to another story take everything along."""

from __future__ import annotations

from datetime import time

import pytest

from talehouse.stories import moving, people, pictures, publishing, rhythm
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, PictureUse, RoleKind
from talehouse.stories.tests.test_together import ids, order, sound
from talehouse.stories.texts import Wanted
from tests.addresses import picture
from tests.cast import PROSE, Archive, Cast, story
from tests.test_queries import questions


def test_parts_go_behind_the_last(cast: Cast) -> None:
    here, there = story(cast, "Here", parts=4), story(cast, "There", parts=2)
    chosen = ids(here, 2, 4)
    Part.objects.filter(pk__in=chosen).update(read_count=7, vote_count=2)
    blocks = list(Part.objects.get(pk=chosen[0]).blocks.values_list("pk", "key"))
    assert moving.move(here, chosen, to=there, by=cast.writer) == 2
    assert order(here) == ["Part 1", "Part 3"]
    assert order(there) == ["Part 1", "Part 2", "Part 2", "Part 4"]
    assert ids(there, 3, 4) == chosen
    for one in (here, there):
        sound(one)
    assert (here.read_count, there.read_count, there.part_count) == (0, 14, 4)
    moved = Part.objects.get(pk=chosen[0])
    assert list(moved.blocks.values_list("pk", "key")) == blocks and moved.revisions.count() == 1


def test_the_address_stays(cast: Cast) -> None:
    here, there = story(cast, "Here", parts=2), story(cast, "There")
    part = here.parts.get(position=1)
    client = cast.client("reader")
    assert "There" not in client.get(part.url).content.decode()
    moving.move(here, [part.pk], to=there, by=cast.writer)
    page = client.get(part.url)
    assert page.status_code == 200 and "There" in page.content.decode()


def test_pictures_go_along(cast: Cast) -> None:
    here, there = story(cast, "Here", parts=2), story(cast, "There", visibility="private")
    part = here.parts.get(position=1)
    kept = pictures.keep(picture(1))
    publishing.edit(
        part, by=cast.writer, html='<p><img src="x" alt="A lamp"></p>', brings=Wanted({"x": kept})
    )
    publishing.publish(part, by=cast.writer)
    assert kept in pictures.visible_to(cast.reader)
    moving.move(here, [part.pk], to=there, by=cast.writer)
    assert PictureUse.objects.get(picture=kept).story_id == there.pk
    assert kept not in pictures.visible_to(cast.reader)
    publishing.edit(part, by=cast.writer, html=f'<p><img src="{kept.url}" alt="A lamp"> again</p>')
    part.refresh_from_db()
    assert part.draft is not None and kept.url in part.draft.html


def test_a_part_leaves_the_queue_of_its_story(cast: Cast) -> None:
    here, there = story(cast, "Here"), story(cast, "There")
    rhythm.set(here, by=cast.writer, days=[1, 4], at=time(18), zone="Europe/Madrid")
    waiting = [publishing.add_part(here, by=cast.writer, title=title, html=PROSE) for title in ("One", "Two")]
    for part in waiting:
        rhythm.queue(part, by=cast.writer)
    first_slot = Part.objects.get(pk=waiting[0].pk).release_at
    moving.move(here, [waiting[0].pk], to=there, by=cast.writer)
    moved, left = (Part.objects.get(pk=part.pk) for part in waiting)
    assert (moved.queued_at, moved.release_at, moved.published_id) == (None, None, None)
    assert moved.draft_id is not None and left.release_at == first_slot


def test_to_the_same_story_is_refused(cast: Cast) -> None:
    made = story(cast, parts=2)
    with pytest.raises(RuleError):
        moving.move(made, ids(made, 1), to=made, by=cast.writer)


@pytest.mark.parametrize("who", ["reader", "beta", "editor", "suspended", "host"])
def test_nobody_else_may(cast: Cast, archive: Archive, who: str) -> None:
    there = story(cast, "There")
    with pytest.raises(NotAllowedError):
        moving.move(archive.public, ids(archive.public, 1), to=there, by=getattr(cast, who))


def test_one_needs_the_power_on_both(cast: Cast, archive: Archive) -> None:
    own = story(cast, "Own", by="co_writer")
    moving.move(archive.public, ids(archive.public, 1), to=own, by=cast.co_writer)
    with pytest.raises(NotAllowedError):
        moving.move(own, ids(own, 1), to=archive.private, by=cast.co_writer)
    people.accept(
        people.invite(own, cast.pen("editor").name, RoleKind.EDITOR, by=cast.co_writer), by=cast.editor
    )
    with pytest.raises(NotAllowedError):
        moving.move(archive.public, ids(archive.public, 1), to=own, by=cast.editor)


def test_the_number_of_questions_does_not_grow(cast: Cast) -> None:
    here, there = story(cast, "Here", parts=14), story(cast, "There")
    counts = []
    for chosen in (ids(here, 1, 2), ids(here, *range(3, 11))):
        with questions() as asked:
            moving.move(here, chosen, to=there, by=cast.writer)
        counts.append(len(asked))
    assert counts[0] == counts[1]
