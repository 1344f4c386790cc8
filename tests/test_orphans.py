"""Whoever leaves a story to the archive is gone from its pages at once, and from its rows after 30 days."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.db.models import F, Model

from talehouse.accounts import pen_names
from talehouse.accounts.models import Account, PenName
from talehouse.activity.models import Event
from talehouse.imports.models import Import, Source
from talehouse.stories import (
    consenting,
    describing,
    drafting,
    orphaning,
    people,
    pictures,
    publishing,
    removing,
    rhythm,
)
from talehouse.stories.models import Departure, Part, Proposal, RoleKind, Series, Story
from talehouse.writing import departing, noting
from tests.addresses import picture
from tests.cast import PROSE, Cast
from tests.whole import Whole

NAME = "Zephyrine Quill"
NUMBER = 7_700_000_123


@pytest.fixture
def leaver(db: None) -> Account:
    """Somebody whose name and number nothing else has."""
    account = Account.objects.create_user("quill@example.org", pk=NUMBER)
    pen_names.add(NAME, by=account)
    return account


@pytest.fixture
def left(cast: Cast, leaver: Account) -> Story:
    """A story on which the leaver has left every kind of trace; others stay on it as helpers."""
    pen_name = leaver.pen_name
    assert pen_name is not None
    story = publishing.create(by=leaver, pen_name=pen_name, title="The Weir House", rating="general")
    part = publishing.add_part(story, by=leaver, title="One", html=PROSE)
    publishing.publish(part, by=leaver)
    drafting.save(part, by=leaver, html=PROSE + "<p>More.</p>", base=1)
    publishing.publish(part, by=leaver)
    gone = publishing.publish(publishing.add_part(story, by=leaver, title="Two", html=PROSE), by=leaver)
    removing.withdraw(gone, by=leaver)
    removing.delete(publishing.add_part(story, by=leaver, title="Three", html=PROSE), by=leaver)
    removing.withdraw(story, by=leaver)
    removing.put_back(story, by=leaver)
    describing.set_tags(story, [("theme", "Lamps")], by=leaver)
    describing.set_series(story, "The Weirs", owner=pen_name, by=leaver)
    pictures.give_cover(story, pictures.keep(picture(4)), by=leaver, alt="A lamp")
    rhythm.set(story, by=leaver, days=[1], at=time(9), zone="UTC")
    editor = people.ask(story, cast.pen("editor"), RoleKind.EDITOR, by=leaver)
    people.accept(editor, by=cast.editor)
    note = noting.write(part, "Too slow?", by=leaver)
    noting.answer(noting.write(part, "No.", by=cast.editor, block="1"), "Yes.", by=leaver)
    noting.settle(note, by=leaver)
    _decide_something(cast, story, leaver)
    job = Import.objects.create(owner=leaver, pen_name=pen_name, state=Import.State.DONE)
    job.stories.add(story)
    Source.objects.create(owner=leaver, identifier="urn:weir", story=story)
    return story


def _decide_something(cast: Cast, story: Story, leaver: Account) -> None:
    """Two proposals of the leaver: one taken back, one that waited for a co-author who has left since."""
    other = people.accept(
        people.ask(story, cast.pen("co_writer"), RoleKind.CO_AUTHOR, by=leaver), by=cast.co_writer
    )
    consenting.take_back(consenting.propose(story, Proposal.What.DELETE, by=leaver), by=leaver)
    consenting.propose(story, Proposal.What.ORPHAN, by=leaver)
    people.leave(other, by=cast.co_writer)


def told(whole: Whole, who: str, story: Story) -> Iterator[tuple[str, str]]:
    """Everything that anybody learns of a story: pages, lists, and what is in its book."""
    entry = story.series_entry
    paths = ["/", "/browse/", story.url, *(part.url for part in story.parts.filter(deleted_at=None))]
    paths += [entry.series.url, "/tags/theme/lamps/", "/people/orphan/", "/sitemap-stories-1.xml"]
    for path in paths:
        yield path, whole.get(unquote(path), who).text
    book = whole.get(f"/downloads/{story.pk}-{unquote(story.slug)}.epub", who)
    assert book.status == 200
    with zipfile.ZipFile(io.BytesIO(book.body)) as files:
        for name in files.namelist():
            yield f"book: {name}", files.read(name).decode("utf-8", "replace")


@pytest.mark.parametrize("who", ["visitor", "reader"])
def test_the_name_is_gone_from_all_pages_at_once(
    cast: Cast, whole: Whole, left: Story, leaver: Account, who: str
) -> None:
    before = dict(told(whole, who, left))
    shown = {path for path, text in before.items() if NAME in text}
    assert {left.url, "/people/orphan/"} & shown == {left.url} and len(shown) > 4
    orphaning.orphan(left, by=leaver)
    whole.layer.store.written()  # as when it is done through this process; another looks within a second
    left = Story.objects.get(pk=left.pk)
    after = dict(told(whole, who, left))
    assert [path for path, text in after.items() if NAME in text or "zephyrine" in text.casefold()] == []
    assert "The Weir House" in after["/people/orphan/"] and ">Orphan<" in after[left.url]
    own = whole.get("/people/zephyrine-quill/", who)
    assert own.status == 200 and "The Weir House" not in own.text


def test_the_people_of_the_story_see_no_name_either(
    cast: Cast, whole: Whole, left: Story, leaver: Account
) -> None:
    part = left.parts.get(position=1)
    paths = [
        f"/write/stories/{left.pk}/people/",
        f"/write/parts/{part.pk}/notes/",
        f"/write/parts/{part.pk}/revisions/",
        part.url,
    ]
    before = [path for path in paths if NAME in whole.get(unquote(path), "editor").text]
    orphaning.orphan(left, by=leaver)
    assert len(before) > 2
    for path in paths:
        got = whole.get(unquote(path), "editor")
        assert got.status == 200 and NAME not in got.text, path


def rows_of(story: Story) -> list[Model]:
    """Every row that hangs on a story, in whatever room, through all foreign keys that point to it."""
    found: dict[tuple[str, Any], Model] = {}
    waiting: list[Model] = [story]
    while waiting:
        row = waiting.pop()
        key = (row._meta.label, row.pk)
        if key in found:
            continue
        found[key] = row
        for relation in row._meta.get_fields(include_hidden=True):
            if (relation.one_to_many or relation.one_to_one) and relation.auto_created:
                child: Any = relation.related_model
                waiting += child._default_manager.filter(**{relation.field.name: row.pk})  # type: ignore[union-attr]
    return list(found.values())


def traces(story: Story, leaver: Account) -> list[str]:
    """What in the rows of a story, or in the log, still says who it was."""
    names = set(PenName.objects.filter(account=leaver).values_list("pk", flat=True))
    found = []
    for row in rows_of(story):
        for column in row._meta.concrete_fields:
            value = column.value_from_object(row)
            target = column.related_model
            is_who = (target is Account and value == leaver.pk) or (target is PenName and value in names)
            is_said = isinstance(value, str) and ("quill" in value.casefold() or str(NUMBER) in value)
            if is_who or is_said:
                found.append(f"{row._meta.label} {row.pk}: {column.name}")
    parts = [*story.parts.values_list("pk", flat=True)]
    for event in Event.objects.all():
        ours = event.subject_type == "story" and event.subject_id == story.pk
        ours = ours or (event.subject_type == "part" and event.subject_id in parts)
        if (ours or event.data.get("story") == story.pk) and event.actor_id == leaver.pk:
            found.append(f"event {event.verb}")
        if str(NUMBER) in str(event.data) or "quill" in str(event.data).casefold():
            found.append(f"event {event.verb}: data")
    return found


def test_after_30_days_no_row_says_who_it_was(cast: Cast, left: Story, leaver: Account) -> None:
    other = publishing.create(by=leaver, pen_name=leaver.pen_name, title="Kept")  # type: ignore[arg-type]
    orphaning.orphan(left, by=leaver)
    assert len(traces(left, leaver)) > 15
    assert departing.finish_due() == 0
    Departure.objects.update(left_at=F("left_at") - timedelta(days=31))
    assert departing.finish_due() == 1 and departing.finish_due() == 0
    left = Story.objects.get(pk=left.pk)
    assert traces(left, leaver) == []
    assert not Import.objects.filter(stories=left, owner=leaver).exists()
    assert [role.pen_name.name for role in left.roles.all()] == ["Orphan", "Editor"]
    assert Event.objects.filter(actor_id=leaver.pk, subject_id=other.pk, verb="story.created").exists()
    assert not Series.objects.filter(owner__account=leaver).exists()
    notes = Part.objects.get(story=left, position=1).draft_notes.order_by("pk")
    assert [note.by.name for note in notes] == ["Orphan", "Editor", "Orphan"]


def test_a_failure_in_one_room_leaves_all_as_it_was(
    cast: Cast, left: Story, leaver: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    orphaning.orphan(left, by=leaver)
    Departure.objects.update(left_at=F("left_at") - timedelta(days=31))
    before = traces(left, leaver)

    def broken(story_id: int, account: Account) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(noting, "forget_writer", broken)
        assert departing.finish_due() == 0
    assert traces(left, leaver) == before
    assert departing.finish_due() == 1
