"""What the preview of an import shows and asks: cover, language, who signs, the rating."""

from __future__ import annotations

import re
from base64 import b64decode
from io import BytesIO
from unittest import mock

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from talehouse.imports.formats.epub.tests.books import Maker
from talehouse.imports.models import Import
from talehouse.imports.tests.by_page import ONE, agree, choose, shown, worked
from talehouse.stories.models import Story
from talehouse.stories.pictures import give_cover, keep_cover
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("own_folder")


def test_a_language_that_the_file_does_not_say_is_to_be_checked_below(cast: Cast) -> None:
    client = cast.client("writer")
    job = choose(client)
    worked(job)
    assert "Please check the one that is chosen below" in shown(client, job)


def with_cover(cover: bytes) -> tuple[str, bytes]:
    maker = Maker(extra={"front.png": cover}, properties={"front.png": "cover-image"})
    return "weir.epub", maker.chapter("one.xhtml", "<h1>One</h1><p>The lamp was warm.</p>").build()


def cover_in(page: str) -> str:
    """Where the one cover of a preview comes from; "" if it is drawn."""
    found = re.search(r'<div class="cover"[^>]*><img src="([^"]+)"', page)
    return found[1] if found else ""


def test_the_preview_shows_the_cover_of_the_file_re_encoded(cast: Cast) -> None:
    secret = PngInfo()
    secret.add_text("Comment", "from my own desk")
    raw = BytesIO()
    Image.new("RGB", (600, 900), (20, 90, 160)).save(raw, "PNG", pnginfo=secret)
    client = cast.client("writer")
    job = choose(client, with_cover(raw.getvalue()))
    worked(job)
    mime, data = cover_in(shown(client, job)).split(";base64,")
    sent = b64decode(data)
    assert mime == "data:image/webp" and b"from my own desk" not in sent
    with Image.open(BytesIO(sent)) as image:
        assert image.size == (240, 360)
        assert image.convert("RGB").getpixel((120, 180)) == pytest.approx((20, 90, 160), abs=6)
    assert cast.client("reader").get(job.url).status_code == 404
    agree(client, cast, job)
    assert worked(job).preview == [] and Story.objects.get().cover is not None


def test_a_cover_that_cannot_be_read_is_drawn_and_said(cast: Cast) -> None:
    client = cast.client("writer")
    job = choose(client, with_cover(b"\x89PNG\r\n\x1a\nand no more"))
    worked(job)
    page = shown(client, job)
    assert cover_in(page) == "" and "The picture the cover will be left out" in page


def test_a_story_that_is_here_keeps_its_cover_where_the_file_brings_none(cast: Cast) -> None:
    client = cast.client("writer")
    job = choose(client)
    worked(job)
    assert cover_in(shown(client, job)) == ""
    agree(client, cast, job)
    worked(job)
    raw = BytesIO()
    Image.new("RGB", (60, 90)).save(raw, "PNG")
    story, cover = Story.objects.get(), keep_cover(raw.getvalue())
    give_cover(story, cover, by=cast.writer)
    job = choose(client)
    worked(job)
    assert cover_in(shown(client, job)) == cover.url


SIGNED = b"---\nauthor: Anna Weber\n---\n\n" + ONE


def signers() -> list[str]:
    return list(Story.objects.values_list("roles__pen_name__name", flat=True))


def test_a_writer_who_is_not_one_of_my_names_is_said(cast: Cast) -> None:
    client = cast.client("writer")
    job = worked(choose(client, ("weir.md", SIGNED)))
    assert "The file says Anna Weber; it will be signed" in shown(client, job)
    mine = worked(choose(client, ("weir.md", SIGNED.replace(b"Anna Weber", b"WRITER"))))
    assert "The file says" not in shown(client, mine)
    agree(client, cast, job)
    worked(job)
    assert signers() == ["Writer"]
    again = worked(choose(client, ("weir.md", SIGNED)))
    assert "updates a story" in shown(client, again) and "The file says Anna" not in shown(client, again)


def test_signed_with_a_new_pen_name(cast: Cast) -> None:
    client = cast.client("writer")
    job = worked(choose(client, ("weir.md", SIGNED)))
    answers = [agree(client, cast, job, new_pen_name=" Anna  Weber ").status_code for _time in range(2)]
    assert answers == [302, 200]
    assert worked(job).state == Import.State.DONE
    assert signers() == ["Anna Weber"]
    assert set(cast.writer.pen_names.values_list("name", flat=True)) == {"Writer", "Anna Weber"}


TAKEN = [("new_pen_name", "stranger", "Somebody already"), ("new_pen_name", "admin", "reserved")]


@pytest.mark.parametrize(
    ("field", "value", "why"), [*TAKEN, ("rating", "purple", "not one of the available")]
)
def test_what_cannot_be_had_is_an_error_on_the_form(cast: Cast, field: str, value: str, why: str) -> None:
    client = cast.client("writer")
    job = worked(choose(client))
    response = agree(client, cast, job, **{field: value})
    assert response.status_code == 400 and why in response.content.decode()
    assert worked(job).state == Import.State.READY and cast.writer.pen_names.count() == 1


def test_a_new_pen_name_that_somebody_took_meanwhile_agrees_to_nothing(cast: Cast) -> None:
    client = cast.client("writer")
    job = worked(choose(client))
    with mock.patch("talehouse.accounts.pen_names.is_taken", return_value=False):
        response = agree(client, cast, job, new_pen_name="Stranger")
    assert response.status_code == 400 and "Somebody already" in response.content.decode()
    job.refresh_from_db()
    assert (job.state, job.pen_name) == (Import.State.READY, None)


HIDDEN = "Only readers who asked for this rating meet it in lists."


@pytest.mark.parametrize(
    ("rating", "publish", "said"),
    [("not-rated", True, True), ("explicit", True, True), ("teen", True, False), ("not-rated", False, False)],
)
def test_the_chosen_rating_and_who_meets_it(cast: Cast, rating: str, publish: bool, said: bool) -> None:
    client = cast.client("writer")
    job = worked(choose(client))
    agree(client, cast, job, rating=rating, **({"publish": "on"} if publish else {}))
    job = worked(job)
    assert Story.objects.get().rating == rating
    assert [HIDDEN in page for page in (shown(client, job), client.get("/write/").content.decode())] == [
        said
    ] * 2


def test_counts_from_elsewhere_and_unread_files_stand_in_the_preview(cast: Cast) -> None:
    page = b"Chapter 1\n6.5K 1.2K 347\n\nWords in a row.\n\nThe Weir {2}Where stories live. Discover now"
    client = cast.client("writer")
    html = shown(client, worked(choose(client, ("a.txt", page), ("b.pdf", b"%PDF-1.7"))))
    assert "6,500 reads, 1,200 votes, 347 comments elsewhere" in html
    check = html[html.index("Please check") : html.index("Parts, one by one")]
    assert "b.pdf" in check
