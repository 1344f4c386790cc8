"""Writing and releasing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.utils import timezone

from talehouse.accounts.models import Visitor
from talehouse.activity.models import Event
from talehouse.stories import ordering, pictures, publishing, purging, removing, rhythm, together
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Block, Part, Story
from tests.addresses import picture
from tests.cast import PROSE, Cast, first, story


def test_a_draft_is_private_until_it_is_published(cast: Cast) -> None:
    made = publishing.create(
        by=cast.writer, pen_name=cast.pen("writer"), title="  The   Weir ", rating="general"
    )
    part = publishing.add_part(made, by=cast.writer, title="One", html=PROSE)
    assert made.title == "The Weir"
    assert not Part.objects.visible_to(cast.reader).exists()
    assert Part.objects.visible_to(cast.writer).exists()
    publishing.publish(part, by=cast.writer)
    made.refresh_from_db()
    assert Story.objects.listed_for(Visitor()).get() == made
    assert (made.part_count, made.word_count) == (1, 25)


def test_an_edit_is_seen_when_it_is_published(cast: Cast) -> None:
    part = first(story(cast))
    seen = part.published
    assert seen is not None
    publishing.edit(part, by=cast.writer, html=PROSE + "<p>More of it.</p>")
    part.refresh_from_db()
    assert part.published == seen and part.draft is not None
    publishing.publish(part, by=cast.writer)
    part.refresh_from_db()
    assert part.published is not None and "More of it." in part.published.html
    assert part.edited_at is not None and part.draft is None
    assert seen.html == part.revisions.get(number=1).html


def test_a_typographical_edit_does_not_show_as_edited(cast: Cast) -> None:
    part = first(story(cast))
    publishing.edit(part, by=cast.writer, html=PROSE.replace("“", '"').replace("”", '"'))
    publishing.publish(part, by=cast.writer)
    part.refresh_from_db()
    assert part.published is not None and part.published.number == 2
    assert part.edited_at is None


def test_blocks_keep_their_ids_and_the_lost_ones_their_place(cast: Cast) -> None:
    part = first(story(cast))
    before = dict(part.blocks.values_list("position", "key"))
    html = PROSE.replace(
        "<p>Nobody spoke until the water did.</p>", "<p>Wholly other words stand here now, you see.</p>"
    )
    publishing.edit(part, by=cast.writer, html=html)
    publishing.publish(part, by=cast.writer)
    after = dict(part.blocks.filter(position__isnull=False).values_list("position", "key"))
    assert [after[n] for n in range(3)] == [before[n] for n in range(3)]
    gone = Block.objects.get(part=part, key=before[3])
    assert (gone.position, gone.last_position) == (None, 3)


def test_saving_the_same_text_makes_no_revision(cast: Cast) -> None:
    part = first(story(cast))
    publishing.edit(part, by=cast.writer, html=PROSE)
    part.refresh_from_db()
    assert part.revisions.count() == 1 and part.draft is None


def test_a_scheduled_part_is_visible_from_its_time_on(cast: Cast, time_machine: object) -> None:
    made = story(cast)
    part = publishing.add_part(made, by=cast.writer, title="Tomorrow", html=PROSE)
    at = timezone.now() + timedelta(hours=1)
    publishing.schedule(part, by=cast.writer, at=at)
    assert not Part.objects.visible_to(Visitor()).filter(pk=part.pk).exists()
    time_machine.move_to(at + timedelta(seconds=1))  # type: ignore[attr-defined]
    assert Part.objects.visible_to(Visitor()).filter(pk=part.pk).exists()


def test_what_follows_a_release_happens_once(cast: Cast, time_machine: object) -> None:
    made = story(cast)
    part = publishing.add_part(made, by=cast.writer, title="Tomorrow", html=PROSE)
    at = timezone.now() + timedelta(hours=1)
    publishing.schedule(part, by=cast.writer, at=at)
    assert publishing.release_due() == 0
    time_machine.move_to(at + timedelta(seconds=1))  # type: ignore[attr-defined]
    assert [publishing.release_due(), publishing.release_due()] == [1, 0]
    assert Event.objects.filter(verb="part.released", subject_id=part.pk).count() == 1
    made.refresh_from_db()
    assert made.part_count == 2 and made.updated_at == at


def test_a_past_time_is_refused(cast: Cast) -> None:
    part = publishing.add_part(story(cast), by=cast.writer, title="Late", html=PROSE)
    with pytest.raises(RuleError, match="passed"):
        publishing.schedule(part, by=cast.writer, at=timezone.now() - timedelta(minutes=1))


def test_unscheduling_makes_a_draft_of_it(cast: Cast) -> None:
    part = publishing.add_part(story(cast), by=cast.writer, title="Later", html=PROSE)
    publishing.schedule(part, by=cast.writer, at=timezone.now() + timedelta(days=1))
    publishing.unschedule(part, by=cast.writer)
    part.refresh_from_db()
    assert part.release_at is None and part.published is None and part.draft is not None
    assert part.word_count == 0, "the words of what readers see"


def test_withdrawing_and_putting_back(cast: Cast) -> None:
    made = story(cast)
    removing.withdraw(made, by=cast.writer)
    assert not Story.objects.visible_to(Visitor()).exists()
    removing.put_back(made, by=cast.writer)
    assert Story.objects.visible_to(Visitor()).exists()


def test_a_withdrawn_part_leaves_the_sums(cast: Cast) -> None:
    made = story(cast, parts=2)
    removing.withdraw(first(made), by=cast.writer)
    made.refresh_from_db()
    assert made.part_count == 1


def test_deleting_closes_the_gap_and_undoing_opens_it_again(cast: Cast) -> None:
    made = story(cast, parts=4)
    second = made.parts.get(position=2)
    removing.delete(second, by=cast.writer)
    standing = made.parts.filter(deleted_at=None).order_by("position")
    assert list(standing.values_list("title", "position")) == [
        ("Part 1", 1),
        ("Part 3", 2),
        ("Part 4", 3),
    ]
    removing.undelete(second, by=cast.writer)
    titles = made.parts.filter(deleted_at=None).order_by("position").values_list("title", flat=True)
    assert list(titles) == ["Part 1", "Part 2", "Part 3", "Part 4"]


def test_after_thirty_days_nothing_comes_back(cast: Cast, time_machine: object) -> None:
    part = first(story(cast, parts=2))
    removing.delete(part, by=cast.writer)
    time_machine.move_to(timezone.now() + timedelta(days=31))  # type: ignore[attr-defined]
    with pytest.raises(RuleError, match="30 days"):
        removing.undelete(part, by=cast.writer)
    assert purging.purge_due() == 1
    assert set(part.revisions.values_list("html", flat=True)) == {""}
    assert purging.purge_due() == 0


def test_every_author_has_to_agree_to_a_deletion(cast: Cast, archive: object) -> None:
    made = Story.objects.get(title="Open Water")
    with pytest.raises(NotAllowedError, match="Every author"):
        removing.delete(made, by=cast.writer)


@pytest.mark.parametrize("who", ["reader", "stranger", "suspended", "host", "beta"])
def test_nobody_else_writes(cast: Cast, archive: object, who: str) -> None:
    made = Story.objects.get(title="Open Water")
    person = getattr(cast, who)
    for rule in (
        lambda: publishing.describe(made, by=person, title="Mine"),
        lambda: publishing.add_part(made, by=person, title="Mine", html=PROSE),
        lambda: publishing.edit(first(made), by=person, html="<p>Mine</p>"),
        lambda: publishing.publish(first(made), by=person),
        lambda: ordering.reorder(made, by=person, order=[]),
        lambda: removing.withdraw(made, by=person),
        lambda: removing.delete(first(made), by=person),
    ):
        with pytest.raises(NotAllowedError):
            rule()


def test_an_editor_changes_text_and_does_not_publish(cast: Cast, archive: object) -> None:
    part = first(Story.objects.get(title="Open Water"))
    publishing.edit(part, by=cast.editor, html="<p>Mended.</p>")
    with pytest.raises(NotAllowedError):
        publishing.publish(part, by=cast.editor)


def test_only_a_host_hides(cast: Cast) -> None:
    made = story(cast)
    with pytest.raises(NotAllowedError):
        removing.hide(made, by=cast.writer)
    removing.hide(made, by=cast.host)
    assert not Story.objects.visible_to(cast.reader).exists()
    assert Story.objects.visible_to(cast.writer).exists()
    removing.unhide(made, by=cast.host)
    assert Story.objects.visible_to(cast.reader).exists()


def test_a_story_and_a_part_need_a_title(cast: Cast) -> None:
    with pytest.raises(RuleError, match="title"):
        publishing.create(by=cast.writer, pen_name=cast.pen("writer"), title="  ")
    with pytest.raises(RuleError, match="title"):
        publishing.add_part(story(cast), by=cast.writer, title="", html=PROSE)


def test_nobody_signs_with_anothers_pen_name(cast: Cast) -> None:
    with pytest.raises(NotAllowedError):
        publishing.create(by=cast.reader, pen_name=cast.pen("writer"), title="Not mine")


EMPTY = "<p> </p><p>&nbsp;</p>"


def test_an_empty_part_does_not_come_out(cast: Cast) -> None:
    made = story(cast)
    rhythm.set(made, by=cast.writer, days=[2], at=time(18), zone="UTC")
    empty = publishing.add_part(made, by=cast.writer, title="Empty", html=EMPTY)
    tomorrow = timezone.now() + timedelta(days=1)
    ways: list[Callable[[], object]] = [
        lambda: publishing.publish(empty, by=cast.writer),
        lambda: publishing.schedule(empty, by=cast.writer, at=tomorrow),
        lambda: rhythm.queue(empty, by=cast.writer),
        lambda: together.publish(made, [empty.pk], by=cast.writer),
        lambda: together.queue(made, [empty.pk], by=cast.writer),
        lambda: rhythm.schedule_from(
            made, [empty], by=cast.writer, start=tomorrow.date(), days=[1], at=time(18), zone="UTC"
        ),
    ]
    for way in ways:
        with pytest.raises(RuleError, match="“Empty” has no text yet."):
            way()
    assert rhythm.queue_drafts(made, by=cast.writer) == 0
    empty.refresh_from_db()
    assert empty.release_at is None and empty.queued_at is None


def test_what_is_out_is_not_replaced_by_nothing(cast: Cast) -> None:
    part = first(story(cast))
    publishing.edit(part, by=cast.writer, html=EMPTY)
    with pytest.raises(RuleError, match="no text yet"):
        publishing.publish_changes(part, by=cast.writer)


def test_a_picture_or_a_sign_alone_is_a_text(cast: Cast) -> None:
    made = story(cast)
    sign = publishing.add_part(made, by=cast.writer, title="Silence", html="<p>…</p>")
    image = pictures.add_to_part(first(made), picture(3), by=cast.writer)
    html = f'<p><img src="{image.url}" alt="A lamp"></p>'
    drawn = publishing.add_part(made, by=cast.writer, title="Drawn", html=html)
    for part in (sign, drawn):
        out = publishing.publish(part, by=cast.writer)
        assert out.released_at is not None and out.word_count == 0


def test_what_was_brought_in_comes_out_as_it_is(cast: Cast) -> None:
    made = publishing.create(by=cast.writer, pen_name=cast.pen("writer"), title="Brought in")
    for title, html in (("One", PROSE), ("Empty", "")):
        publishing.add_part(made, by=cast.writer, title=title, html=html)
    assert publishing.publish_all(made, by=cast.writer) == 2
    assert made.parts.filter(released_at__isnull=False).count() == 2
    publishing.publish(made.parts.get(position=2), by=cast.writer)
