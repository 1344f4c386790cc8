"""Find and replace over a story: drafts come of it, and nothing else unless it is wished."""

from __future__ import annotations

import pytest

from talehouse.activity.models import Event
from talehouse.lib.html.finding import Wanted
from talehouse.stories import drafting, publishing, replacing
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, Story
from talehouse.stories.replacing import Choice
from tests.cast import Archive, Cast, first, story

KEEPER = Wanted("keeper", whole=True)


def everything(made: Story, wanted: Wanted = KEEPER) -> dict[int, Choice]:
    """Every place that was found."""
    return {
        one.part.pk: Choice(one.base, frozenset(hit.number for hit in one.hits))
        for one in replacing.look(made, wanted)
    }


def newest(part: Part) -> str:
    fresh = Part.objects.select_related("draft", "published").get(pk=part.pk)
    text = fresh.draft or fresh.published
    assert text is not None
    return text.html


def test_drafts_come_of_it(cast: Cast) -> None:
    made = story(cast, parts=2)
    keys = list(first(made).blocks.values_list("key", flat=True))
    done = replacing.replace(made, KEEPER, "warden", everything(made), by=cast.writer)
    assert done == (2, 2, 0, 0)
    for part in made.parts.select_related("draft", "published"):
        assert part.draft and part.published
        assert "warden" in part.draft.html and "keeper" in part.published.html
        assert all(f'id="b-{key}"' in part.draft.html for key in keys)


def test_only_what_was_chosen_changes(cast: Cast) -> None:
    made = story(cast, parts=2)
    part = first(made)
    choice = {part.pk: everything(made)[part.pk]}
    assert replacing.replace(made, KEEPER, "warden", choice, by=cast.writer).parts == 1
    assert "keeper" in newest(made.parts.get(position=2))


def test_published_at_once_it_tells_nobody(cast: Cast) -> None:
    made = story(cast, parts=2)
    pending = made.parts.get(position=2)
    drafting.save(pending, by=cast.writer, html="<p>The keeper, once more.</p>", base=1, title="New title")
    before = Event.objects.filter(verb="part.released").count()
    done = replacing.replace(made, KEEPER, "warden", everything(made), by=cast.writer, publish=True)
    assert done == (2, 2, 1, 0)
    out, waits = (made.parts.select_related("draft", "published").get(position=n) for n in (1, 2))
    assert out.draft is None and out.published and "warden" in out.published.html and out.edited_at is None
    assert waits.draft and waits.draft.title == "New title" and "warden" in waits.draft.html
    assert waits.published and "keeper" in waits.published.html
    assert Event.objects.filter(verb="part.released").count() == before


def test_what_was_changed_meanwhile_stops_all(cast: Cast) -> None:
    made = story(cast, parts=2)
    choices = everything(made)
    drafting.save(made.parts.get(position=2), by=cast.writer, html="<p>The keeper slept.</p>", base=1)
    with pytest.raises(RuleError, match="Part 2"):
        replacing.replace(made, KEEPER, "warden", choices, by=cast.writer)
    assert "keeper" in newest(first(made))


def test_a_part_of_another_story_is_refused(cast: Cast) -> None:
    made, other = story(cast), story(cast, "Other")
    with pytest.raises(RuleError):
        replacing.replace(made, KEEPER, "warden", everything(other), by=cast.writer)


def test_an_editor_makes_drafts_and_publishes_nothing(cast: Cast, archive: Archive) -> None:
    choices = everything(archive.public)
    with pytest.raises(NotAllowedError):
        replacing.replace(archive.public, KEEPER, "warden", choices, by=cast.editor, publish=True)
    assert replacing.replace(archive.public, KEEPER, "warden", choices, by=cast.editor).published == 0


@pytest.mark.parametrize("who", ["reader", "beta", "suspended", "host"])
def test_nobody_else_may(cast: Cast, archive: Archive, who: str) -> None:
    with pytest.raises(NotAllowedError):
        replacing.replace(archive.public, KEEPER, "x", everything(archive.public), by=getattr(cast, who))


def test_a_scheduled_part_keeps_its_time(cast: Cast, archive: Archive) -> None:
    at = archive.scheduled.release_at
    replacing.replace(
        archive.public, KEEPER, "warden", everything(archive.public), by=cast.writer, publish=True
    )
    part = Part.objects.select_related("published").get(pk=archive.scheduled.pk)
    assert part.release_at == at and part.published and "warden" in part.published.html


def test_looking_stops_at_a_limit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made = story(cast, parts=3)
    monkeypatch.setattr(replacing, "MOST_HITS", 2)
    assert [len(one.hits) for one in replacing.look(made, KEEPER)] == [1, 1]


def test_pages_show_the_new_words(cast: Cast) -> None:
    made = story(cast)
    replacing.replace(made, KEEPER, "warden", everything(made), by=cast.writer)
    assert "keeper" in cast.client("reader").get(first(made).url).content.decode()
    publishing.publish(first(made), by=cast.writer)
    assert "warden" in cast.client("reader").get(first(made).url).content.decode()
