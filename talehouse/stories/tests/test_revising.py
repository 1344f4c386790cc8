"""Looking back: restoring, naming, and deciding about what was set aside."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from talehouse.activity.models import Event
from talehouse.stories import drafting, ordering, people, publishing, removing, revising, thinning
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, Revision, RoleKind
from tests.cast import PROSE, Archive, Cast, first, story

Kind = Revision.Kind
EDITED = PROSE.replace(
    "<p>Nobody spoke until the water did.</p>", "<p>A wholly other ending stands here.</p>"
)
TEXT = ("html", "title", "note_before", "note_after", "word_count", "kind", "number", "made_at", "made_by_id")
"""What a saved text is: never changed afterwards. Its name, and when it came out, are said about it."""


@pytest.fixture
def part(cast: Cast) -> Part:
    """A published part with a draft after it; the co-writer may change it too."""
    made = story(cast, parts=2)
    people.accept(
        people.ask(made, cast.pen("co_writer"), RoleKind.CO_AUTHOR, by=cast.writer), by=cast.co_writer
    )
    part = first(made)
    drafting.save(part, by=cast.writer, html=EDITED, base=1, title="Renamed", note_after="<p>Bye</p>")
    return part


@pytest.fixture
def aside(cast: Cast, part: Part) -> Revision:
    """What the co-writer typed while the writer saved."""
    saved = drafting.save(part, by=cast.co_writer, html="<p>Mine instead.</p>", base=1, tab="b")
    assert saved.is_aside
    return saved.revision


def numbered(part: Part, number: int) -> Revision:
    return part.revisions.get(number=number)


def test_a_restored_text_is_a_new_draft_with_its_words_and_ids(cast: Cast, part: Part) -> None:
    made = revising.restore(numbered(part, 1), by=cast.writer)
    part.refresh_from_db()
    assert (made.number, made.kind, made.restored_from) == (3, Kind.RESTORED, numbered(part, 1))
    assert made.html == numbered(part, 1).html and part.draft == made
    assert part.published == numbered(part, 1)
    assert numbered(part, 2).title == "Renamed"
    assert Event.objects.filter(verb="part.restored", subject_id=part.pk).count() == 1


def test_title_and_notes_come_back_with_the_text(cast: Cast, part: Part) -> None:
    publishing.publish(part, by=cast.writer)
    drafting.save(part, by=cast.writer, html="<p>Third.</p>", base=2, title="Third", note_after="")
    publishing.publish(part, by=cast.writer)
    revising.restore(numbered(part, 2), by=cast.writer)
    publishing.publish(part, by=cast.writer)
    part.refresh_from_db()
    assert (part.title, part.note_after) == ("Renamed", "<p>Bye</p>")


def test_blocks_that_were_gone_are_the_same_again(cast: Cast, part: Part) -> None:
    before = dict(part.blocks.values_list("key", "position"))
    drafting.save(part, by=cast.writer, html="<p>Nothing of it is left at all.</p>", base=2)
    publishing.publish(part, by=cast.writer)
    revising.restore(numbered(part, 1), by=cast.writer)
    publishing.publish(part, by=cast.writer)
    assert dict(part.blocks.filter(position__isnull=False).values_list("key", "position")) == before


def test_the_newest_text_is_not_restored(cast: Cast, part: Part) -> None:
    with pytest.raises(RuleError, match="newest"):
        revising.restore(numbered(part, 2), by=cast.writer)
    assert part.revisions.count() == 2


def test_a_text_that_is_not_kept_any_more_is_told_of(cast: Cast, part: Part) -> None:
    gone = numbered(part, 1)
    part.revisions.model.objects.filter(pk=gone.pk).update(part=part.story.parts.get(position=2), number=9)
    with pytest.raises(RuleError, match="not kept"):
        revising.restore(gone, by=cast.writer)


def test_an_unseen_part_shows_the_restored_title_at_once(cast: Cast, part: Part) -> None:
    new = publishing.add_part(part.story, by=cast.writer, title="First name", html="<p>One.</p>")
    drafting.save(new, by=cast.writer, html="<p>Two.</p>", base=1, title="Second name")
    drafting.save(new, by=cast.writer, html="<p>Three.</p>", base=2, title="Third name")
    revising.restore(numbered(new, 2), by=cast.writer)
    new.refresh_from_db()
    assert new.title == "Second name"


def test_a_name_is_given_and_taken_away(cast: Cast, part: Part) -> None:
    revising.name(numbered(part, 1), by=cast.writer, name="  Before   the flood ")
    assert numbered(part, 1).name == "Before the flood"
    revising.name(numbered(part, 1), by=cast.writer, name="")
    assert numbered(part, 1).name == ""


def test_keeping_mine_makes_it_the_draft_and_loses_nothing(cast: Cast, part: Part, aside: Revision) -> None:
    made = revising.keep_mine(aside, by=cast.co_writer)
    part.refresh_from_db()
    aside.refresh_from_db()
    assert part.draft == made and made.restored_from == aside and aside.settled_at is not None
    assert "Mine instead." in made.html
    assert [row.number for row in part.revisions.order_by("number")] == [1, 2, 3, 4]


def test_keeping_mine_when_it_is_what_stands_there_settles_it(
    cast: Cast, part: Part, aside: Revision
) -> None:
    made = revising.keep_mine(aside, by=cast.co_writer)
    assert revising.keep_mine(aside, by=cast.writer) == made
    assert part.revisions.count() == 4


def test_dismissing_leaves_the_draft_and_keeps_the_text(cast: Cast, part: Part, aside: Revision) -> None:
    revising.dismiss(aside, by=cast.co_writer)
    part.refresh_from_db()
    aside.refresh_from_db()
    assert part.draft == numbered(part, 2) and aside.settled_at is not None
    assert "Mine instead." in aside.html


def test_saving_on_from_theirs_decides_about_all_that_this_window_set_aside(
    cast: Cast, part: Part, aside: Revision
) -> None:
    drafting.save(part, by=cast.co_writer, html="<p>Mine instead, and more.</p>", base=1, tab="b")
    other = drafting.save(part, by=cast.writer, html="<p>From a third window.</p>", base=1, tab="c").revision
    open_ones = part.revisions.filter(kind=Revision.Kind.ASIDE, settled_at=None).order_by("number")
    last = open_ones.filter(tab="b").latest("number").number
    drafting.save(part, by=cast.co_writer, html="<p>Late.</p>", base=1, tab="d", settles=last)
    assert open_ones.filter(tab="b").exists(), "what is set aside itself decides nothing"
    drafting.save(part, by=cast.co_writer, html="<p>Mine after all.</p>", base=2, tab="b", settles=last)
    assert set(open_ones.values_list("tab", flat=True)) == {"c", "d"} and other in open_ones
    drafting.save(part, by=cast.co_writer, html="<p>Once more.</p>", base=None, tab="b", settles=1)
    assert open_ones.filter(pk=other.pk).exists(), "a number of something else decides nothing"


def test_only_what_was_set_aside_is_decided_about(cast: Cast, part: Part) -> None:
    for rule in (revising.keep_mine, revising.dismiss):
        with pytest.raises(RuleError, match="not set aside"):
            rule(numbered(part, 1), by=cast.writer)


@pytest.mark.parametrize("who", ["reader", "stranger", "host", "suspended", "beta"])
def test_nobody_else_does_any_of_it(cast: Cast, archive: Archive, who: str) -> None:
    person = getattr(cast, who)
    part = first(archive.public)
    drafting.save(part, by=cast.writer, html="<p>New.</p>", base=1, tab="a")
    aside = drafting.save(part, by=cast.editor, html="<p>Other.</p>", base=1, tab="b").revision
    rules: list[Callable[[], object]] = [
        lambda: revising.restore(numbered(part, 1), by=person),
        lambda: revising.name(numbered(part, 1), by=person, name="Mine"),
        lambda: revising.keep_mine(aside, by=person),
        lambda: revising.dismiss(aside, by=person),
    ]
    for rule in rules:
        with pytest.raises(NotAllowedError):
            rule()


def test_an_editor_restores(cast: Cast, archive: Archive) -> None:
    part = first(archive.public)
    drafting.save(part, by=cast.writer, html="<p>New.</p>", base=1)
    assert revising.restore(numbered(part, 1), by=cast.editor).made_by == cast.editor


def test_nothing_changes_a_text_that_was_published(cast: Cast, part: Part, aside: Revision) -> None:
    publishing.publish(part, by=cast.writer)
    kept = list(part.revisions.filter(published_at__isnull=False).order_by("pk").values("pk", *TEXT))
    assert len(kept) == 2
    revising.name(numbered(part, 1), by=cast.writer, name="The first")
    revising.keep_mine(aside, by=cast.writer)
    publishing.edit(part, by=cast.writer, title="Another", note_before="<p>Hello</p>")
    drafting.save(part, by=cast.writer, html="<p>Typed.</p>", base=4, automatic=True)
    revising.restore(numbered(part, 2), by=cast.co_writer)
    publishing.publish(part, by=cast.co_writer)
    removing.withdraw(part, by=cast.writer)
    removing.put_back(part, by=cast.writer)
    removing.delete(part, by=cast.writer)
    removing.undelete(part, by=cast.writer)
    ordering.reorder(
        part.story, by=cast.writer, order=[*part.story.parts.order_by("-pk").values_list("pk", flat=True)]
    )
    thinning.thin_all()
    pks = [row["pk"] for row in kept]
    assert list(part.revisions.filter(pk__in=pks).order_by("pk").values("pk", *TEXT)) == kept
