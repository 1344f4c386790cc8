"""Private notes: who writes them, where they stand when the text changes, who sees them."""

from __future__ import annotations

from datetime import time

import pytest
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.stories import drafting, orphaning, publishing, removing, revising, rhythm, texts
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, Revision, RoleKind, Story
from talehouse.writing import noting
from talehouse.writing.models import DraftNote
from tests.cast import Cast, first, join, story
from tests.test_queries import ask

ONE, TWO, THREE = "<p>The lamp.</p>", "<p>The water.</p>", "<p>The stone.</p>"
MOST = 14


@pytest.fixture
def part(cast: Cast) -> Part:
    """A draft of three paragraphs; everybody has joined."""
    made = publishing.create(by=cast.writer, pen_name=cast.pen("writer"), title="The Weir")
    join(made, cast, co_writer=RoleKind.CO_AUTHOR, editor=RoleKind.EDITOR, beta=RoleKind.BETA)
    return publishing.add_part(made, by=cast.writer, title="One", html=ONE + TWO + THREE)


def keys(part: Part) -> list[str]:
    return [place.key for place in noting.places(part, texts.newest_of(part))]


def shown(part: Part) -> dict[str, list[tuple[str, bool]]]:
    """Block → the notes beside it, and whether their own block is gone."""
    return {
        place.key: [(thread.note.text, thread.is_lost) for thread in place.threads]
        for place in noting.places(part, texts.newest_of(part))
        if place.threads
    }


def rewrite(part: Part, html: str, cast: Cast) -> None:
    newest = texts.newest_of(part)
    assert newest is not None
    drafting.save(part, by=cast.writer, html=html, base=newest.number)


def test_a_note_stands_beside_its_block(cast: Cast, part: Part) -> None:
    note = noting.write(part, "  Which lamp?\r\nThe old one? ", by=cast.beta, block=keys(part)[1])
    assert (note.text, note.words, note.by) == ("Which lamp?\nThe old one?", "The lamp.", cast.pen("beta"))
    noting.write(part, "As a whole: yes.", by=cast.editor)
    assert shown(part) == {"": [("As a whole: yes.", False)], "1": [(note.text, False)]}


def test_the_page_says_how_the_part_stands_as_the_table_of_parts_does(cast: Cast, part: Part) -> None:
    def badges() -> str:
        page = cast.client("beta").get(f"/write/parts/{part.pk}/notes/").content.decode()
        return " ".join(page.partition('<p class="facts">')[2].partition("</p>")[0].split())

    assert "Draft" in badges()
    rhythm.set(part.story, by=cast.writer, days=[2], at=time(18), zone="UTC")
    rhythm.queue(part, by=cast.writer)
    assert "In the queue" in badges() and "good" not in badges()
    publishing.publish(part, by=cast.writer)
    assert '<span class="badge good">Published</span>' in badges() and "Changed since" not in badges()
    rewrite(part, ONE, cast)
    assert "Published" in badges() and "Changed since" in badges()


def test_it_stays_with_its_block_when_that_moves_and_changes(cast: Cast, part: Part) -> None:
    noting.write(part, "Which?", by=cast.beta, block="3")
    rewrite(part, "<p>The stone, wet.</p>" + ONE + TWO, cast)
    assert shown(part) == {"3": [("Which?", False)]} and keys(part) == ["", "3", "1", "2"]


def test_when_the_block_is_gone_it_stays_where_it_stood(cast: Cast, part: Part) -> None:
    noting.write(part, "Why water?", by=cast.beta, block="2")
    rewrite(part, ONE + THREE, cast)
    assert shown(part) == {"1": [("Why water?", True)]}
    rewrite(part, THREE, cast)
    assert shown(part) == {"": [("Why water?", True)]}


def test_it_stays_also_when_the_old_text_is_thinned(cast: Cast, part: Part) -> None:
    note = noting.write(part, "Why water?", by=cast.beta, block="2")
    rewrite(part, ONE + THREE, cast)
    DraftNote.objects.filter(pk=note.pk).update(revision=None)
    assert shown(part) == {"3": [("Why water?", True)]}
    assert DraftNote.objects.get().words == "The water."


def test_a_block_that_comes_back_has_its_notes_again(cast: Cast, part: Part) -> None:
    noting.write(part, "Why water?", by=cast.beta, block="2")
    rewrite(part, ONE + THREE, cast)
    old = Revision.objects.get(part=part, number=1)
    revising.restore(old, by=cast.writer)
    assert shown(part)["2"] == [("Why water?", False)]


def test_answers_stand_in_one_thread(cast: Cast, part: Part) -> None:
    note = noting.write(part, "Why water?", by=cast.beta, block="2")
    answer = noting.answer(note, "Why not?", by=cast.writer)
    noting.answer(answer, "True.", by=cast.beta)
    (thread,) = noting.places(part, texts.newest_of(part))[2].threads
    assert [one.text for one in thread.answers] == ["Why not?", "True."]


def test_settled_and_opened_again(cast: Cast, part: Part) -> None:
    note = noting.write(part, "Why water?", by=cast.beta, block="2")
    noting.settle(note, by=cast.editor)
    noting.settle(note, by=cast.writer)
    note.refresh_from_db()
    assert note.settled_at is not None and note.settled_by == cast.editor
    assert noting.open_notes(part.story) == {}
    noting.reopen(note, by=cast.beta)
    assert noting.open_notes(part.story) == {part.pk: 1}


def test_one_deletes_ones_own_and_answers_keep_their_place(cast: Cast, part: Part) -> None:
    note = noting.write(part, "Secret words", by=cast.beta, block="2")
    noting.answer(note, "I see.", by=cast.writer)
    with pytest.raises(NotAllowedError, match="somebody else"):
        noting.take_back(note, by=cast.writer)
    noting.take_back(note, by=cast.beta)
    (thread,) = noting.places(part, texts.newest_of(part))[2].threads
    assert thread.note.deleted_at and [one.text for one in thread.answers] == ["I see."]
    assert not DraftNote.objects.filter(text__contains="Secret").exists()
    noting.take_back(thread.answers[0], by=cast.writer)
    assert shown(part) == {}
    for act in (noting.settle, noting.reopen, noting.take_back):
        with pytest.raises(RuleError, match="has been deleted"):
            act(note, by=cast.beta)


def test_what_is_no_note(cast: Cast, part: Part) -> None:
    for text in ("", " \n ", "x" * (noting.LONGEST + 1)):
        with pytest.raises(RuleError):
            noting.write(part, text, by=cast.beta)
    with pytest.raises(RuleError, match="paragraph is gone"):
        noting.write(part, "Where?", by=cast.beta, block="zz")
    removing.delete(part, by=cast.writer)
    with pytest.raises(RuleError, match="deleted"):
        noting.write(part, "Gone", by=cast.beta)


@pytest.mark.parametrize("who", ["reader", "host", "suspended"])
def test_others_have_no_part_in_it(cast: Cast, part: Part, who: str) -> None:
    note = noting.write(part, "Why?", by=cast.beta)
    person = getattr(cast, who)
    for act in (
        lambda: noting.write(part, "I", by=person),
        lambda: noting.answer(note, "I", by=person),
        lambda: noting.settle(note, by=person),
        lambda: noting.reopen(note, by=person),
        lambda: noting.take_back(note, by=person),
    ):
        with pytest.raises(NotAllowedError):
            act()
    Account.objects.filter(pk=cast.beta.pk).update(suspended_at=timezone.now())
    with pytest.raises(NotAllowedError):
        noting.take_back(note, by=Account.objects.get(pk=cast.beta.pk))


def test_notes_beside_what_is_emptied_go(cast: Cast, part: Part) -> None:
    noting.write(part, "Why?", by=cast.beta)
    assert noting.forget_purged() == 0
    Part.objects.filter(pk=part.pk).update(purged_at=timezone.now())
    assert noting.forget_purged() == 1


def page(cast: Cast, part: Part, who: str = "beta", query: str = "") -> str:
    answer = cast.client(who).get(f"/write/parts/{part.pk}/notes/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def post(cast: Cast, part: Part, who: str = "beta", **data: str) -> tuple[int, str]:
    answer = cast.client(who).post(f"/write/parts/{part.pk}/notes/", data)
    return answer.status_code, answer.headers.get("Location", "") + answer.content.decode()


def test_the_page_shows_the_newest_text_and_takes_notes(cast: Cast, part: Part) -> None:
    status, told = post(cast, part, do="write", block="2", text="<b>Why</b>\nwater?")
    note = DraftNote.objects.get()
    assert (status, told) == (302, f"/write/parts/{part.pk}/notes/#n-{note.pk}")
    text = page(cast, part)
    assert "The water." in text and "&lt;b&gt;Why&lt;/b&gt;\nwater?" in text
    assert post(cast, part, "writer", do="answer", note=str(note.pk), text="So.")[0] == 302
    assert post(cast, part, "editor", do="settle", note=str(note.pk))[0] == 302
    assert "1 settled" in page(cast, part)
    assert post(cast, part, do="reopen", note=str(note.pk))[0] == 302
    assert post(cast, part, do="delete", note=str(note.pk))[0] == 302
    assert "This note has been deleted" in page(cast, part)


def test_without_javascript_the_form_opens_beside_the_block(cast: Cast, part: Part) -> None:
    assert page(cast, part).count('name="block" value="2"') == 0
    assert page(cast, part, query="?block=2").count('name="block" value="2"') == 1
    note = noting.write(part, "Why?", by=cast.beta, block="2")
    assert f'id="answer-{note.pk}"' in page(cast, part, query=f"?note={note.pk}")
    for nothing in ("?block=zz", "?note=999", "?note=x", "?block=2%00"):
        assert cast.client("beta").get(f"/write/parts/{part.pk}/notes/{nothing}").status_code in (200, 404)


def test_what_was_typed_is_never_lost(cast: Cast, part: Part) -> None:
    """The block is gone, or the note that was answered: the words stand in a form again, with the reason."""
    status, told = post(cast, part, do="write", block="zz", text="Long thoughts")
    assert status == 400 and ">Long thoughts</textarea>" in told and "paragraph is gone" in told
    status, told = post(cast, part, do="write", block="2", text=" ")
    assert status == 400 and 'name="block" value="2"' in told
    note = noting.write(part, "Why?", by=cast.writer)
    noting.answer(note, "So.", by=cast.beta)
    noting.take_back(note, by=cast.writer)
    status, told = post(cast, part, do="answer", note=str(note.pk), text="Long thoughts")
    assert status == 400 and ">Long thoughts</textarea>" in told


def test_a_note_of_another_part_is_not_found(cast: Cast, part: Part) -> None:
    other = first(story(cast, "Another", by="stranger"))
    theirs = noting.write(other, "Mine", by=cast.stranger)
    for do in ("settle", "delete", "answer"):
        assert post(cast, part, do=do, note=str(theirs.pk), text="x")[0] == 404
    assert post(cast, part, do="nonsense")[0] == 400
    assert post(cast, part, do="settle", note="9" * 30)[0] == 404


def test_who_has_left_without_their_name_is_not_named(cast: Cast, part: Part) -> None:
    noting.write(part, "Why?", by=cast.co_writer)
    assert "Co Writer" in page(cast, part)
    orphaning.orphan(Story.objects.get(pk=part.story_id), by=cast.co_writer)
    assert "Co Writer" not in page(cast, part) and "somebody who has left" in page(cast, part)


def test_the_page_asks_as_often_however_many_notes_there_are(cast: Cast, part: Part) -> None:
    path = f"/write/parts/{part.pk}/notes/"
    noting.write(part, "One", by=cast.beta, block="2")
    rewrite(part, ONE + THREE, cast)
    few = ask(cast.client("editor"), path)
    for number in range(12):
        note = noting.write(part, f"Note {number}", by=cast.beta, block="13"[number % 2])
        noting.answer(note, "Yes", by=cast.writer)
    rewrite(part, ONE, cast)
    many = ask(cast.client("editor"), path)
    assert len(few) == len(many) <= MOST, "\n".join(many)
