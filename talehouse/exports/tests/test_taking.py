"""Taking a story away: which parts go along, for whom, and the same bytes for everybody who may have them."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone, translation

from talehouse.accounts.models import Account, Person, Visitor
from talehouse.exports import taking
from talehouse.stories import describing, people, pictures, publishing, removing
from talehouse.stories.models import Part, RoleKind, Story
from talehouse.stories.texts import Wanted
from tests.addresses import picture
from tests.cast import PROSE, Archive, Cast, story

NAMES = {
    "visitor": ["Part 1", "Part 2", "Part 3"],
    "reader": ["Part 1", "Part 2", "Part 3", "For members"],
    "writer": ["Part 1", "Part 2", "Part 3", "For members"],
}


def someone(cast: Cast, who: str) -> Person:
    account: Account | Visitor = Visitor() if who == "visitor" else getattr(cast, who)
    return account


def titles(parts: list[Part]) -> list[str]:
    return [part.title for part in parts]


def words(book: bytes) -> str:
    """Everything that is written in the file."""
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        return "\n".join(opened.read(name).decode("utf-8", "replace") for name in opened.namelist())


@pytest.mark.parametrize("who", NAMES)
def test_what_is_out_for_this_person_goes_along(cast: Cast, archive: Archive, who: str) -> None:
    """Drafts and scheduled parts never do, not even for the writer."""
    publishing.add_part(archive.public, by=cast.writer, title="Not yet", html=PROSE)
    parts = taking.released_to(archive.public, someone(cast, who))
    assert titles(parts) == NAMES[who]
    file = words(taking.epub_of(archive.public, parts))
    assert "Tomorrow" not in file and "Not yet" not in file
    assert all(title in file for title in NAMES[who])


def test_the_file_has_the_published_text_not_the_draft(cast: Cast) -> None:
    made = story(cast)
    publishing.edit(made.parts.get(), by=cast.writer, html="<p>Unfinished thoughts.</p>")
    file = words(taking.epub_of(made, taking.released_to(made, cast.writer)))
    assert "the orchard" in file and "Unfinished thoughts" not in file


@pytest.mark.parametrize("state", ["hide", "withdraw", "delete"])
def test_what_was_taken_back_does_not_go_along(cast: Cast, state: str) -> None:
    made = story(cast, parts=2)
    part = made.parts.get(position=2)
    getattr(removing, state)(part, by=cast.host if state == "hide" else cast.writer)
    for who in ("visitor", "reader", "writer"):
        assert titles(taking.released_to(made, someone(cast, who))) == ["Part 1"]


MAY = {
    "everyone": {"visitor", "reader", "suspended", "writer", "co_writer", "beta"},
    "members": {"reader", "suspended", "writer", "co_writer", "beta"},
    "nobody": {"writer", "beta"},
}


@pytest.mark.parametrize("download", MAY)
def test_the_writer_says_who_takes_it(cast: Cast, download: str) -> None:
    made = story(cast, download=download)
    role = people.ask(made, cast.pen("beta"), RoleKind.BETA, by=cast.writer)
    people.accept(role, by=cast.beta)
    people.ask(made, cast.pen("co_writer"), RoleKind.CO_AUTHOR, by=cast.writer)
    who = {name for name in MAY["everyone"] if taking.may_take(made, someone(cast, name))}
    assert who == MAY[download]


def full(cast: Cast) -> Story:
    """A story with everything that a file carries."""
    made = story(cast, "The Weir", parts=2, status="complete", summary="<p>Water.</p>")
    describing.set_tags(made, [("theme", "Lamps")], by=cast.writer)
    describing.set_warnings(made, ["violence", "death"], by=cast.writer)
    describing.set_categories(made, ["gen", "multi"], by=cast.writer)
    describing.set_series(made, "Rivers", owner=cast.pen("writer"), by=cast.writer, position=2)
    pictures.set_cover(made, pictures.keep(picture(1)), alt="A lamp")
    return Story.objects.get(pk=made.pk)


def taken(made: Story, person: Person | None = None) -> bytes:
    return taking.epub_of(made, taking.released_to(made, person or Visitor()))


def test_the_same_story_gives_the_same_bytes(cast: Cast, time_machine: object) -> None:
    made = full(cast)
    before = taken(made)
    time_machine.move_to(datetime(2031, 5, 6, tzinfo=timezone.get_default_timezone()))  # type: ignore[attr-defined]
    assert (
        taken(Story.objects.get(pk=made.pk)) == before == taken(made, cast.reader) == taken(made, cast.writer)
    )


def test_the_language_of_whoever_asks_changes_nothing(cast: Cast) -> None:
    made = full(cast)
    english = taken(made)
    with translation.override("es"):
        assert taken(made) == english
        assert translation.gettext("Graphic violence") != "Graphic violence"
    assert "Graphic violence" in words(english)


def test_a_read_changes_nothing(cast: Cast) -> None:
    made = full(cast)
    before = taken(made)
    Story.objects.update(read_count=9)
    Part.objects.update(read_count=9)
    assert taken(Story.objects.get(pk=made.pk)) == before


def test_a_lost_picture_does_not_keep_the_story_back(cast: Cast) -> None:
    """The doctor tells of the file; whoever takes the story away gets a drawn cover."""
    made = full(cast)
    kept = pictures.keep(picture(2))
    html = '<p>Look: <img src="here" alt="A lamp"></p><p>The end of it.</p>'
    publishing.edit(made.parts.get(position=1), by=cast.writer, html=html, brings=Wanted({"here": kept}))
    publishing.publish(made.parts.get(position=1), by=cast.writer)
    assert made.cover is not None and f"{kept.sha256[:12]}" in words(taken(made))
    for lost in (made.cover, kept):
        default_storage.delete(lost.name)
    file = words(taken(made))
    assert "The end of it" in file and kept.sha256[:12] not in file


def test_the_file_tells_of_no_account(cast: Cast) -> None:
    file = words(taken(full(cast)))
    assert cast.writer.email not in file and str(cast.writer.uuid) not in file


def test_the_link(cast: Cast) -> None:
    made = full(cast)
    answer = Client().get(f"/downloads/{made.pk}-the-weir.epub")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/epub+zip"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="The Weir.epub"'
    assert answer.content == taken(made)


def test_the_host_takes_drafts_if_nothing_is_out(cast: Cast, archive: Archive) -> None:
    assert titles(taking.all_of(archive.draft)) == ["One"]
    assert titles(taking.all_of(archive.public)) == ["Part 1", "Part 2", "Part 3", "For members"]
