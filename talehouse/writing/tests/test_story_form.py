"""What a story says of itself: one form, written down whole or not at all."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from talehouse.activity.models import Event
from talehouse.stories import describing, people
from talehouse.stories.models import RoleKind, Story
from talehouse.writing import forms, telling
from tests.cast import Archive, Cast, story


def shown(made: Story) -> dict[str, Any]:
    """What the form of this story would send if nothing was touched."""
    told = telling.as_told(Story.objects.get(pk=made.pk))
    return {name: value for name, value in told.items() if value is not None}


def send(client: Client, made: Story, **changes: Any) -> Any:
    return client.post(f"/write/stories/{made.pk}/", {**shown(made), **changes})


def picture(width: int = 800) -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (width, width * 3 // 2), (30, 60, 90)).save(target, "JPEG")
    return SimpleUploadedFile("cover.jpg", target.getvalue(), "image/jpeg")


@pytest.fixture
def made(cast: Cast) -> Story:
    """A story with everything."""
    one = story(cast, summary="<p>A lamp.</p><p>A <em>warm</em> one.</p>", planned_parts=3)
    describing.set_warnings(one, ["chose-not"], by=cast.writer)
    describing.set_categories(one, ["gen"], by=cast.writer)
    describing.set_tags(one, [("theme", "Lamps"), ("fandom", "One, two"), ("genre", "Slow")], by=cast.writer)
    describing.set_series(one, "The Keepers", owner=cast.pen("writer"), by=cast.writer, position=2.5)
    return one


def test_sent_as_it_was_shown_nothing_changes(cast: Cast, made: Story) -> None:
    before = (shown(made), Event.objects.count())
    assert send(cast.client("writer"), made).status_code == 302
    assert (shown(made), Event.objects.count()) == before


def test_everything_can_be_said_at_once(cast: Cast, made: Story) -> None:
    answer = send(
        cast.client("writer"),
        made,
        title="The Weir Again",
        language="es",
        rating="mature",
        summary="Plain.\r\n\r\nTwo & three.",
        warnings=["violence", "death"],
        categories=["f-f", "multi"],
        tags_theme='Lamps, "Salt, and water"',
        tags_character="Anna",
        series="The Wardens",
        series_place="4",
        status="complete",
        planned_parts="12",
        visibility="members",
        comments_from="nobody",
        download="members",
        feed="full",
        note_before="Hello.",
        note_after="<em>Bye</em>",
    )
    assert answer.status_code == 302
    made = Story.objects.get(pk=made.pk)
    assert (made.title, made.language, made.rating, made.status) == (
        "The Weir Again",
        "es",
        "mature",
        "complete",
    )
    assert made.summary == "<p>Plain.</p><p>Two &amp; three.</p>"
    assert (made.visibility, made.comments_from, made.download, made.planned_parts) == (
        "members",
        "nobody",
        "members",
        12,
    )
    assert made.feed == "full"
    assert (made.note_before, made.note_after) == ("<p>Hello.</p>", "<p><em>Bye</em></p>")
    assert set(made.warnings.values_list("code", flat=True)) == {"violence", "death"}
    assert set(made.categories.values_list("code", flat=True)) == {"f-f", "multi"}
    assert list(made.story_tags.values_list("tag__kind", "tag__name")) == [
        ("fandom", "One, two"),
        ("genre", "Slow"),
        ("character", "Anna"),
        ("theme", "Lamps"),
        ("theme", "Salt, and water"),
    ]
    assert (made.series_entry.series.title, made.series_entry.position) == ("The Wardens", Decimal(4))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "required"),
        ("rating", "scary", "not one of"),
        ("warnings", [], "Choose at least one"),
        ("warnings", ["none-apply", "death"], "cannot stand beside"),
        ("planned_parts", "0", "greater than"),
        ("tags_theme", ",".join(f"t{n}" for n in range(90)), "75 tags"),
        ("tags_theme", "x" * 151, "150 characters"),
        ("series", "", "Name the series"),
        ("visibility", "everybody", "not one of"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    cast: Cast, made: Story, field: str, value: Any, words: str
) -> None:
    before = shown(made)
    answer = send(cast.client("writer"), made, **{"summary": "Not lost.", field: value})
    page = answer.content.decode()
    assert answer.status_code == 400 and words in page and "Not lost." in page
    assert f'id="id_{field}' in page and shown(made) == before


def test_a_cover_is_dressed_and_undressed(cast: Cast, made: Story) -> None:
    client = cast.client("writer")
    assert send(client, made, cover=picture(), cover_alt="A lamp").status_code == 302
    made.refresh_from_db()
    assert made.cover is not None and made.cover_alt == "A lamp"
    page = client.get(made.url).content.decode()
    assert f"/media/{made.cover.sha256}-320.webp 320w" in page
    send(client, made, cover_alt="A warm lamp")
    made.refresh_from_db()
    assert made.cover is not None and made.cover_alt == "A warm lamp"
    send(client, made, cover_remove="on")
    made.refresh_from_db()
    assert made.cover is None and made.picture_uses.count() == 0


def test_a_file_that_is_no_picture_is_refused_whole(cast: Cast, made: Story) -> None:
    wrong = SimpleUploadedFile("cover.jpg", b"not a picture", "image/jpeg")
    answer = send(cast.client("writer"), made, cover=wrong, title="Changed")
    assert answer.status_code == 400 and "id_cover_error" in answer.content.decode()
    made.refresh_from_db()
    assert made.title == "The Weir" and made.cover is None


def test_a_taken_place_is_told(cast: Cast, made: Story) -> None:
    other = story(cast, "Second")
    describing.set_warnings(other, ["chose-not"], by=cast.writer)
    client = cast.client("writer")
    send(client, other, series="the keepers", series_place="2.5")
    assert "stands at 3" in client.get(f"/write/stories/{other.pk}/").content.decode()
    other.refresh_from_db()
    assert other.series_entry.series == Story.objects.get(pk=made.pk).series_entry.series
    send(client, other, series="", series_place="")
    assert not hasattr(Story.objects.get(pk=other.pk), "series_entry")


def test_a_co_author_leaves_the_series_to_its_owner(cast: Cast, made: Story) -> None:
    people.accept(
        people.invite(made, cast.pen("co_writer").name, RoleKind.CO_AUTHOR, by=cast.writer), by=cast.co_writer
    )
    client = cast.client("co_writer")
    answer = send(client, made, series_place="9")
    assert answer.status_code == 400 and "belongs to Writer" in answer.content.decode()
    assert send(client, made, title="By both").status_code == 302
    assert Story.objects.get(pk=made.pk).series_entry.position == Decimal("2.5")
    assert (
        "The Keepers"
        not in client.get(f"/write/stories/{story(cast, 'Own', by='co_writer').pk}/").content.decode()
    )


def test_the_secret_link_can_be_renewed(cast: Cast, archive: Archive) -> None:
    client, old = cast.client("writer"), archive.unlisted.key
    path = f"/write/stories/{archive.unlisted.pk}/"
    assert old in client.get(path).content.decode()
    assert client.post(f"{path}key/").status_code == 302
    archive.unlisted.refresh_from_db()
    new = archive.unlisted.key
    assert new != old and new in client.get(path).content.decode()
    reader = cast.client("reader")
    assert reader.get(f"{archive.unlisted.url}?key={old}").status_code == 404
    assert reader.get(f"{archive.unlisted.url}?key={new}").status_code == 200


def test_a_story_is_withdrawn_and_put_back(cast: Cast, made: Story) -> None:
    client, reader = cast.client("writer"), cast.client("reader")
    client.post(f"/write/stories/{made.pk}/withdraw/")
    assert reader.get(made.url).status_code == 404
    client.post(f"/write/stories/{made.pk}/withdraw/", {"back": "1"})
    assert reader.get(made.url).status_code == 200


@pytest.mark.parametrize(
    ("who", "status"), [("reader", 403), ("editor", 403), ("beta", 403), ("suspended", 403), ("visitor", 302)]
)
def test_nobody_else_changes_it(cast: Cast, archive: Archive, who: str, status: int) -> None:
    assert send(cast.client(who), archive.public, title="Mine now").status_code == status
    for path in ("key/", "withdraw/"):
        assert cast.client(who).post(f"/write/stories/{archive.public.pk}/{path}").status_code == status
    archive.public.refresh_from_db()
    assert archive.public.title == "Open Water" and archive.public.withdrawn_at is None


def test_suggestions_are_for_those_who_have_signed_in(cast: Cast, made: Story) -> None:
    told = cast.client("reader").get("/write/tags/?kind=theme&q=la").json()
    assert told == {"tags": [{"name": "Lamps", "stories": 1}]}
    assert cast.client("reader").get("/write/tags/?kind=nonsense&q=la").json() == {"tags": []}
    assert cast.client("visitor").get("/write/tags/?kind=theme&q=la").status_code == 302


@given(st.lists(st.text(st.sampled_from('ab ",é'), min_size=1, max_size=6)))
def test_a_line_of_names_is_read_as_it_was_written(names: list[str]) -> None:
    kept = list(dict.fromkeys(name for raw in names if (name := " ".join(raw.split()))))
    assert forms.read(forms.written(kept)) == kept


def test_a_writer_takes_a_story_out_of_the_rankings_and_back(cast: Cast, made: Story) -> None:
    client = cast.client("writer")
    for sent, ranked in (("", False), ("on", True)):
        assert send(client, made, ranked=sent).status_code == 302
        made = Story.objects.get(pk=made.pk)
        assert made.ranked is ranked
