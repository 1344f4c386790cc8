"""Saving: no word is lost, and nothing is overwritten without a word."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from talehouse.stories import drafting, people, publishing, revising
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, Revision, RoleKind
from tests.cast import PROSE, Archive, Cast, first, story

Kind = Revision.Kind


@pytest.fixture
def part(cast: Cast) -> Part:
    """A part with an empty text that writer and co-writer may change."""
    return shared(cast)


def shared(cast: Cast) -> Part:
    """The part, of a story of both."""
    made = publishing.create(by=cast.writer, pen_name=cast.pen("writer"), title="The Weir")
    people.accept(
        people.ask(made, cast.pen("co_writer"), RoleKind.CO_AUTHOR, by=cast.writer), by=cast.co_writer
    )
    return publishing.add_part(made, by=cast.writer, title="One", html="<p>Begun.</p>")


def words(revision: Revision) -> str:
    """The text of a revision of one paragraph."""
    return revision.html.partition(">")[2].removesuffix("</p>")


def test_a_save_is_the_newest_draft(cast: Cast, part: Part) -> None:
    saved = drafting.save(part, by=cast.writer, html="<p>More.</p>", base=1, tab="a", automatic=True)
    part.refresh_from_db()
    assert (saved.is_aside, saved.revision.number, saved.revision.kind) == (False, 2, Kind.AUTO)
    assert part.draft == saved.revision and saved.newest == saved.revision


def test_the_same_text_makes_no_revision(cast: Cast, part: Part) -> None:
    saved = drafting.save(part, by=cast.writer, html="<p>Begun.</p>", base=1, tab="a", automatic=True)
    assert saved.revision.number == 1 and part.revisions.count() == 1


def test_saving_by_hand_keeps_what_was_saved_by_itself(cast: Cast, part: Part) -> None:
    drafting.save(part, by=cast.writer, html="<p>More.</p>", base=1, tab="a", automatic=True)
    saved = drafting.save(part, by=cast.writer, html="<p>More.</p>", base=2, tab="a")
    assert (saved.revision.number, saved.revision.kind) == (2, Kind.SAVED)


def test_who_comes_second_is_set_aside(cast: Cast, part: Part) -> None:
    theirs = drafting.save(part, by=cast.co_writer, html="<p>Theirs.</p>", base=1, tab="b")
    mine = drafting.save(part, by=cast.writer, html="<p>Mine.</p>", base=1, tab="a")
    part.refresh_from_db()
    assert mine.is_aside and mine.revision.kind == Kind.ASIDE and mine.newest == theirs.revision
    assert part.draft == theirs.revision
    assert {words(row) for row in part.revisions.all()} == {"Begun.", "Theirs.", "Mine."}


def test_another_window_of_the_same_person_is_set_aside_too(cast: Cast, part: Part) -> None:
    drafting.save(part, by=cast.writer, html="<p>Here.</p>", base=1, tab="a")
    assert drafting.save(part, by=cast.writer, html="<p>There.</p>", base=1, tab="b").is_aside
    assert drafting.save(part, by=cast.writer, html="<p>And there.</p>", base=1, tab="").is_aside


def test_a_window_whose_answer_was_lost_does_not_quarrel_with_itself(cast: Cast, part: Part) -> None:
    drafting.save(part, by=cast.writer, html="<p>Some.</p>", base=1, tab="a")
    again = drafting.save(part, by=cast.writer, html="<p>Some more.</p>", base=1, tab="a")
    assert not again.is_aside and again.revision.number == 3


def test_somebody_elses_window_of_the_same_name_counts_as_another(cast: Cast, part: Part) -> None:
    drafting.save(part, by=cast.co_writer, html="<p>Theirs.</p>", base=1, tab="a")
    assert drafting.save(part, by=cast.writer, html="<p>Mine.</p>", base=1, tab="a").is_aside


def test_the_same_words_from_an_old_text_are_no_quarrel(cast: Cast, part: Part) -> None:
    theirs = drafting.save(part, by=cast.co_writer, html="<p>Both.</p>", base=1, tab="b")
    mine = drafting.save(part, by=cast.writer, html="<p>Both.</p>", base=1, tab="a")
    assert not mine.is_aside and mine.revision == theirs.revision


def test_sending_again_what_was_set_aside_keeps_it_once(cast: Cast, part: Part) -> None:
    drafting.save(part, by=cast.co_writer, html="<p>Theirs.</p>", base=1, tab="b")
    mine = drafting.save(part, by=cast.writer, html="<p>Mine.</p>", base=1, tab="a")
    again = drafting.save(part, by=cast.writer, html="<p>Mine.</p>", base=1, tab="a")
    assert again.is_aside and again.revision == mine.revision
    assert part.revisions.count() == 3


def test_what_was_set_aside_and_kept_is_no_quarrel_any_more(cast: Cast, part: Part) -> None:
    drafting.save(part, by=cast.co_writer, html="<p>Theirs.</p>", base=1, tab="b")
    mine = drafting.save(part, by=cast.writer, html="<p>Mine.</p>", base=1, tab="a")
    kept = revising.keep_mine(mine.revision, by=cast.writer)
    again = drafting.save(part, by=cast.writer, html="<p>Mine.</p>", base=1, tab="a")
    assert not again.is_aside and again.revision == kept


def test_who_goes_on_from_a_text_set_aside_has_not_seen_the_newest(cast: Cast, part: Part) -> None:
    drafting.save(part, by=cast.co_writer, html="<p>Theirs.</p>", base=1, tab="b")
    mine = drafting.save(part, by=cast.writer, html="<p>Mine.</p>", base=1, tab="a")
    on = drafting.save(part, by=cast.writer, html="<p>Mine, on.</p>", base=mine.revision.number, tab="a")
    assert on.is_aside


def test_title_and_notes_go_with_the_text(cast: Cast, part: Part) -> None:
    saved = drafting.save(
        part, by=cast.writer, html="<p>Begun.</p>", base=1, title="  New  name ", note_after="<p>Bye</p>"
    )
    part.refresh_from_db()
    assert (part.title, part.note_after) == ("New name", "")
    assert (saved.revision.number, saved.revision.note_after) == (2, "<p>Bye</p>")
    publishing.publish(part, by=cast.writer)
    drafting.save(part, by=cast.writer, html="<p>Begun.</p>", base=2, title="Another", note_after="")
    part.refresh_from_db()
    assert (part.title, part.note_after) == ("New name", "<p>Bye</p>")
    publishing.publish(part, by=cast.writer)
    part.refresh_from_db()
    assert (part.title, part.note_after) == ("Another", "")


def test_a_part_needs_a_title(cast: Cast, part: Part) -> None:
    with pytest.raises(RuleError, match="title"):
        drafting.save(part, by=cast.writer, html="<p>More.</p>", base=1, title=" ")


def test_a_deleted_part_takes_no_text(cast: Cast, part: Part) -> None:
    Part.objects.filter(pk=part.pk).update(deleted_at=part.made_at, position=None)
    with pytest.raises(RuleError, match="deleted"):
        drafting.save(part, by=cast.writer, html="<p>More.</p>", base=1)


@pytest.mark.parametrize("who", ["reader", "stranger", "host", "suspended", "beta"])
def test_nobody_else_saves(cast: Cast, archive: Archive, who: str) -> None:
    with pytest.raises(NotAllowedError):
        drafting.save(first(archive.public), by=getattr(cast, who), html="<p>Mine.</p>", base=1)


def test_a_paragraph_that_is_written_again_is_the_published_one(cast: Cast) -> None:
    part = first(story(cast))
    assert part.published is not None
    whole = part.published.html
    drafting.save(part, by=cast.writer, html="<p>Something else entirely stands here.</p>", base=1, tab="a")
    saved = drafting.save(part, by=cast.writer, html=whole, base=2, tab="a")
    assert saved.revision.html == whole


@pytest.mark.django_db(transaction=True)
def test_many_at_once_lose_no_word(cast: Cast) -> None:
    """Two people, four windows, each from what it saw last: every text is in some revision, in one line."""
    part = shared(cast)
    given: list[str] = []
    failures: list[BaseException] = []

    def write(number: int) -> None:
        base, by = 1, cast.writer if number % 2 else cast.co_writer
        try:
            for step in range(6):
                told = f"Window {number} says {step}."
                given.append(told)
                saved = drafting.save(
                    Part.objects.get(pk=part.pk),
                    by=by,
                    html=f"<p>{told}</p>",
                    base=base,
                    tab=f"w{number}",
                    automatic=step % 2 == 0,
                )
                base = saved.newest.number
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    part.refresh_from_db()
    kept = list(part.revisions.order_by("number"))
    assert failures == []
    assert {words(row) for row in kept} == {"Begun.", *given}
    assert [row.number for row in kept] == list(range(1, len(kept) + 1))
    assert part.draft == [row for row in kept if row.kind != Kind.ASIDE][-1]


def test_publishing_what_is_out_already_brings_no_old_title_back(cast: Cast) -> None:
    part = first(story(cast))
    number = part.revisions.latest("number").number
    drafting.save(part, by=cast.writer, html=PROSE, base=number, title="By the Weir")
    publishing.publish(part, by=cast.writer)
    publishing.edit(part, by=cast.writer, title="Above the Weir")
    publishing.publish(part, by=cast.writer)
    part.refresh_from_db()
    assert part.title == "Above the Weir"
