"""Marks: on words or a paragraph, for their owner alone, and following the text."""

from __future__ import annotations

import json

import pytest

from talehouse.library import marking, marks
from talehouse.library.models import Highlight
from talehouse.stories import moving, publishing, removing
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part
from talehouse.stories.quoting import Quote
from tests.cast import Cast, first, story
from tests.delivering import deliver_now


@pytest.fixture
def part(cast: Cast) -> Part:
    return fresh(first(story(cast)))


def fresh(part: Part) -> Part:
    return Part.objects.select_related("story", "published").get(pk=part.pk)


def block(part: Part, number: int = 0) -> str:
    standing = part.blocks.filter(position__isnull=False).order_by("position")
    return standing.values_list("key", flat=True)[number]


def words(part: Part, cast: Cast) -> list[str]:
    return [one.words for one in marking.shown_in(fresh(part), cast.reader)]


def rewritten(part: Part, cast: Cast, html: str) -> None:
    publishing.edit(part, by=cast.writer, html=html)
    publishing.publish(part, by=cast.writer)
    deliver_now()


def test_words_are_marked_with_a_note(cast: Cast, part: Part) -> None:
    made = marking.mark(part, block(part), Quote("lamp had been"), by=cast.reader, note=" Warm. ")
    assert (made.quote, made.quote_prefix, made.note) == ("lamp had been", "The ", "Warm.")
    assert words(part, cast) == ["lamp had been"]
    assert marking.shown_in(part, cast.stranger) == []


def test_words_across_a_line_break_are_found(cast: Cast) -> None:
    made = publishing.add_part(story(cast), by=cast.writer, title="Verse", html="<p>One line<br>and  two</p>")
    verse = fresh(publishing.publish(made, by=cast.writer))
    assert marking.mark(verse, block(verse), Quote("line and"), by=cast.reader).quote == "line\nand"


def test_a_whole_paragraph_keeps_its_words(cast: Cast, part: Part) -> None:
    made = marking.mark(part, block(part), None, by=cast.reader)
    assert made.quote == "The lamp had been warm since the orchard."
    long = publishing.add_part(part.story, by=cast.writer, title="Long", html=f"<p>{'word ' * 200}</p>")
    long = fresh(publishing.publish(long, by=cast.writer))
    quoted = marking.mark(long, block(long), None, by=cast.reader).quote
    assert len(quoted) == 599 and quoted.endswith("word")


def test_a_break_is_marked_without_words(cast: Cast, part: Part) -> None:
    assert marking.mark(part, block(part, 2), None, by=cast.reader).quote == ""
    assert words(part, cast) == [""]


def test_the_same_words_twice_are_one_mark(cast: Cast, part: Part) -> None:
    made = marking.mark(part, block(part), Quote("lamp"), by=cast.reader, note="First.")
    assert marking.mark(part, block(part), Quote("lamp"), by=cast.reader).note == "First."
    assert marking.mark(part, block(part), Quote("lamp"), by=cast.reader, note="Second.").pk == made.pk
    marking.mark(part, block(part), Quote("lamp"), by=cast.stranger)
    assert Highlight.objects.count() == 2
    assert Highlight.objects.get(pk=made.pk).note == "Second."


@pytest.mark.parametrize(("wanted", "note"), [("nowhere", ""), ("x" * 601, ""), ("lamp", "x" * 5_001)])
def test_what_cannot_be_marked(cast: Cast, part: Part, wanted: str, note: str) -> None:
    with pytest.raises(RuleError):
        marking.mark(part, block(part), Quote(wanted), by=cast.reader, note=note)
    with pytest.raises(RuleError):
        marking.mark(part, "zz", None, by=cast.reader)
    assert not Highlight.objects.exists()


def test_marks_are_bounded(cast: Cast, part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "MOST", 1)
    marking.mark(part, block(part), Quote("lamp"), by=cast.reader)
    with pytest.raises(RuleError, match="1 marks"):
        marking.mark(part, block(part), Quote("warm"), by=cast.reader)


def test_a_note_is_changed_and_a_mark_taken_away(cast: Cast, part: Part) -> None:
    made = marking.mark(part, block(part), Quote("lamp"), by=cast.reader)
    assert marking.annotate(made, "Now.", by=cast.reader).note == "Now."
    for refused in (
        lambda: marking.annotate(made, "Mine.", by=cast.stranger),
        lambda: marking.remove(made, by=cast.stranger),
        lambda: marking.mark(part, block(part), None, by=cast.suspended),
    ):
        with pytest.raises(NotAllowedError):
            refused()
    marking.remove(made, by=cast.reader)
    assert not Highlight.objects.exists()


def test_a_mark_follows_its_words_and_is_kept_without_them(cast: Cast, part: Part) -> None:
    marking.mark(part, block(part), Quote("warm since the orchard"), by=cast.reader)
    html = "<p>A new beginning.</p><p>Their lamp, still warm since the orchard.</p>"
    rewritten(part, cast, html)
    (shown,) = marking.shown_in(fresh(part), cast.reader)
    assert (shown.words, shown.block) == ("warm since the orchard", block(fresh(part), 1))
    rewritten(part, cast, "<p>Nothing of that any more, in a text about the sea.</p>")
    (shown,) = marking.shown_in(fresh(part), cast.reader)
    assert shown.words == "" and shown.mark.how in ("earlier", "block")
    assert shown.mark.quote == "warm since the orchard"
    rewritten(part, cast, html)
    assert words(part, cast) == ["warm since the orchard"]


def test_until_it_is_placed_anew_a_mark_is_looked_for_as_it_was(cast: Cast, part: Part) -> None:
    marking.mark(part, block(part), Quote("warm since the orchard"), by=cast.reader)
    publishing.edit(part, by=cast.writer, html="<p>Warm since the orchard.</p>")
    publishing.publish(part, by=cast.writer)
    assert words(part, cast) == ["warm since the orchard"]


def test_a_mark_goes_along_when_its_part_moves(cast: Cast, part: Part) -> None:
    marking.mark(part, block(part), None, by=cast.reader)
    other = story(cast, "Elsewhere")
    moving.move(part.story, [part.pk], to=other, by=cast.writer)
    deliver_now()
    assert Highlight.objects.get().story == other


def test_the_list_is_grouped_searched_and_paged(
    cast: Cast, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "SIZE", 2)
    second = fresh(first(story(cast, "The Mill")))
    for one, quote, note in ((part, "lamp", ""), (second, "lamp", "Orchard!"), (second, "warm", "")):
        marking.mark(one, block(one), Quote(quote), by=cast.reader, note=note)
    groups, key = marks.page(marks.of(cast.reader), cast.reader)
    assert [(group.first.story, len(group.lines)) for group in groups] == [("The Mill", 2)]
    rest, end = marks.page(marks.of(cast.reader), cast.reader, after=key)
    assert [(group.first.story, len(group.lines)) for group in rest] == [("The Weir", 1)] and not end
    found = marks.of(cast.reader, words="orchard lamp")
    assert [one.note for one in found] == ["Orchard!"]
    assert marks.of(cast.reader, story=second.story_id).count() == 2
    assert [(one.title, n) for one, n in marks.stories_of(cast.reader)] == [("The Mill", 2), ("The Weir", 1)]
    assert not marks.of(cast.stranger).exists()


def test_what_may_not_be_seen_any_more_keeps_its_words_and_no_name(cast: Cast, part: Part) -> None:
    marking.mark(part, block(part), Quote("lamp"), by=cast.reader)
    removing.withdraw(part.story, by=cast.writer)
    (group,), _key = marks.page(marks.of(cast.reader), cast.reader)
    assert (group.first.story, group.first.url, group.first.mark.quote) == ("", "", "lamp")
    assert marks.stories_of(cast.reader) == []
    (told,) = json.loads("".join(marks.as_json(cast.reader)))["marks"]
    assert (told["words"], told["story"], told["url"]) == ("lamp", None, None)
    assert "The Weir" not in "".join(marks.as_markdown(cast.reader))


def test_they_are_taken_away_as_markdown_and_json(cast: Cast, part: Part) -> None:
    marking.mark(part, block(part), Quote("lamp had"), by=cast.reader, note="*Warm*\n# no heading")
    (told,) = json.loads("".join(marks.as_json(cast.reader)))["marks"]
    assert told["words"] == "lamp had" and told["note"] == "*Warm*\n# no heading"
    assert told["url"].endswith(f"{part.url}#b-{block(part)}")
    text = "".join(marks.as_markdown(cast.reader))
    assert "## The Weir" in text and "### Part 1" in text and "> lamp had" in text
    assert "\\*Warm\\*\n\\# no heading" in text
