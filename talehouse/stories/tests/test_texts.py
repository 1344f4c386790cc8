"""What counts as an edit, and what a text brings along."""

from __future__ import annotations

import pytest

from talehouse.stories import drafting, publishing, texts
from talehouse.stories.models import Part, Revision
from tests.cast import PROSE, Cast, first, story


def same(one: str, other: str, **named: str) -> bool:
    """Whether two texts of one paragraph have the same words."""
    return texts.same_words(Revision(html=f"<p>{one}</p>"), Revision(html=f"<p>{other}</p>"), **named)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“No,” she said.", '"No", she said.'),
        ("don't", "don’t"),
        ("a - b", "a — b"),
        ("Wait...", "Wait…"),
        ("the Weir", "The weir"),
        ("all right", "<em>all</em>  right"),
        ("ﬁne", "fine"),
        ("“नहीं”", "नहीं"),
    ],
)
def test_typography_is_no_edit(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("not here", "now here"),
        ("naive", "naïve"),
        ("की", "के"),
        ("ที่", "ทู่"),
        ("Room 1", "Room 2"),
        ("One", "One two"),
    ],
)
def test_other_words_are_an_edit(one: str, other: str) -> None:
    assert not same(one, other)


def test_another_picture_is_an_edit() -> None:
    one, other = (f'<img src="/media/{sign * 64}.png" alt="A stone">' for sign in "ab")
    assert same(one, one) and not same(one, other)


def test_two_paragraphs_of_one_are_typography() -> None:
    assert same("One. Two.", "One.</p><p>Two.")


def test_a_new_title_is_an_edit_and_other_quotes_in_it_are_not() -> None:
    renamed, respelt = Revision(html="<p>x</p>", title="Dusk"), Revision(html="<p>x</p>", title="DAWN!")
    assert not texts.same_words(Revision(html="<p>x</p>"), renamed, title="Dawn")
    assert texts.same_words(Revision(html="<p>x</p>"), respelt, title="Dawn")
    assert texts.same_words(Revision(html="<p>x</p>", title="Old"), Revision(html="<p>x</p>"), title="Dawn")


def republished(cast: Cast, part: Part, **changes: str) -> Part:
    """The part, saved with these changes and published again."""
    drafting.save(part, by=cast.writer, html=changes.pop("html", PROSE), base=1, **changes)  # type: ignore[arg-type]
    publishing.publish(part, by=cast.writer)
    part.refresh_from_db()
    return part


def test_readers_are_told_of_an_edit_that_is_more_than_typography(cast: Cast) -> None:
    made = story(cast, parts=5)
    told = [
        republished(cast, part, **change).edited_at is not None
        for part, change in zip(
            made.parts.order_by("position"),
            (
                {"html": PROSE.replace("warm", "cold")},
                {"html": PROSE.replace("“", "«").replace("”", "»")},
                {"title": "A new name"},
                {"title": "PART 4."},
                {"note_before": "<p>Thank you all!</p>"},
            ),
            strict=True,
        )
    ]
    assert told == [True, False, True, False, False]


def test_a_text_of_a_file_is_told_apart(cast: Cast) -> None:
    made = story(cast)
    part = publishing.add_part(
        made, by=cast.writer, title="Brought", html=PROSE, brings=texts.Wanted({}, imported=True)
    )
    assert part.revisions.get().kind == Revision.Kind.IMPORTED
    assert first(made).revisions.get().kind == Revision.Kind.SAVED
