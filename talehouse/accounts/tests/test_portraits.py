"""What a pen name says of its writer, and its picture."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from talehouse.accounts import faces, pen_names, portraits
from talehouse.accounts.pen_names import NotYoursError, PenNameError
from talehouse.lib.pictures import BadPictureError
from tests.cast import Cast


def photo(width: int = 800, height: int = 500, colour: tuple[int, int, int] = (90, 60, 20)) -> bytes:
    """A picture as a telephone sends it: with where it was taken."""
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (width, height), colour).save(target, "JPEG", exif=exif)
    return target.getvalue()


def describe(cast: Cast, about: str = "", links: tuple[str, ...] = ()) -> None:
    portraits.describe(cast.pen("writer"), by=cast.writer, about=about, links=links)


def test_the_page_of_a_pen_name_says_who_writes(cast: Cast) -> None:
    describe(
        cast, "I keep a weir.\nAnd a lamp.\n\nAnd <b>bees</b> & books.", ("https://www.example.org/me/",)
    )
    page = Client().get("/people/writer/").content.decode()
    assert "<p>I keep a weir.\nAnd a lamp.\n\nAnd <b>bees" not in page
    assert "bees" in page and "&amp; books" in page
    assert 'href="https://www.example.org/me/" rel="nofollow ugc noopener"' in page
    assert "<span>example.org/me</span>" in page


def test_plain_words_keep_their_paragraphs_and_come_back(cast: Cast) -> None:
    text = "One & two < three.\nA line.\n\nAnother paragraph."
    stored = portraits.about_html(text)
    assert stored == "<p>One &amp; two &lt; three.<br>A line.</p><p>Another paragraph.</p>"
    assert portraits.about_text(stored) == text


def test_simple_html_is_kept_and_nothing_else(cast: Cast) -> None:
    stored = portraits.about_html(
        '<p onclick="x()">I am <em>me</em>.</p><script>alert(1)</script><img src=x>'
    )
    assert stored == "<p>I am <em>me</em>.</p>"
    assert portraits.about_text(stored) == stored
    assert portraits.about_html(portraits.about_text(stored)) == stored


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "ftp://example.org/",
        "example.org",
        "https://",
        "https://good.example@evil.example/",
        "https://exa mple.org/",
        "https://example.org/" + "x" * 300,
        'https://example.org/"onclick="x',
        "data:text/html,x",
        "//example.org/",
    ],
)
def test_what_is_no_page_is_no_link(cast: Cast, link: str) -> None:
    if '"' in link:  # a quotation mark in a path is legal, and harmless once it is escaped
        describe(cast, links=(link,))
        assert "&quot;onclick" in Client().get("/people/writer/").content.decode()
        return
    with pytest.raises(PenNameError, match="not the address"):
        describe(cast, links=(link,))


def test_there_are_five_links_at_most_each_once(cast: Cast) -> None:
    many = [f"https://example.org/{number}" for number in range(6)]
    with pytest.raises(PenNameError, match="at most 5"):
        describe(cast, links=tuple(many))
    describe(cast, links=(*many[:5], many[0], "", "  "))
    assert cast.pen("writer").links == many[:5]


def test_a_text_has_its_limit(cast: Cast) -> None:
    with pytest.raises(PenNameError, match="5000"):
        describe(cast, "x" * 5001)


def test_only_its_owner_says_it(cast: Cast) -> None:
    for act in (
        lambda: portraits.describe(cast.pen("writer"), by=cast.stranger, about="Mine now", links=()),
        lambda: faces.put(cast.pen("writer"), photo(), by=cast.stranger),
        lambda: faces.remove(cast.pen("writer"), by=cast.stranger),
        lambda: faces.put(cast.pen("suspended"), photo(), by=cast.suspended),
        lambda: portraits.describe(cast.pen("suspended"), by=cast.suspended, about="Still here", links=()),
    ):
        with pytest.raises(NotYoursError):
            act()
    assert cast.pen("writer").about == "" and cast.pen("writer").face == ""


def test_a_picture_is_a_square_without_its_past(cast: Cast) -> None:
    faces.put(cast.pen("writer"), photo(), by=cast.writer)
    answer = Client().get(cast.pen("writer").face_url)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "image/webp"
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert shown.size == (320, 320) and shown.format == "WEBP"
        assert not shown.getexif()
    assert b"home" not in answer.content
    assert (
        Client().get(cast.pen("writer").face_url, headers={"if-none-match": answer["ETag"]}).status_code
        == 304
    )


def test_a_small_picture_is_not_blown_up(cast: Cast) -> None:
    faces.put(cast.pen("writer"), photo(60, 90), by=cast.writer)
    with Image.open(io.BytesIO(Client().get(cast.pen("writer").face_url).content)) as shown:
        assert shown.size == (60, 60)


def test_one_picture_of_two_pen_names_has_two_addresses(cast: Cast) -> None:
    other = pen_names.take("Another", by=cast.writer)
    faces.put(cast.pen("writer"), photo(), by=cast.writer)
    faces.put(other, photo(), by=cast.writer)
    other.refresh_from_db()
    one, two = (Client().get(name.face_url) for name in (cast.pen("writer"), other))
    assert one.content == two.content
    assert cast.pen("writer").face != other.face and one["ETag"] != two["ETag"]


def test_an_old_picture_is_gone(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    def put(data: bytes | None) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            if data is None:
                faces.remove(cast.pen("writer"), by=cast.writer)
            else:
                faces.put(cast.pen("writer"), data, by=cast.writer)
        return cast.pen("writer").face

    first = put(photo())
    assert put(photo()) == first and default_storage.exists(faces.path(first))
    second = put(photo(colour=(1, 2, 3)))
    assert not default_storage.exists(faces.path(first))
    assert Client().get(f"/faces/{first}").status_code == 404
    assert put(None) == "" and cast.pen("writer").face_url == ""
    assert not default_storage.exists(faces.path(second))
    assert Client().get(f"/faces/{second}").status_code == 404


def test_what_is_no_picture_is_refused(cast: Cast) -> None:
    with pytest.raises(BadPictureError):
        faces.put(cast.pen("writer"), b"<svg xmlns='http://www.w3.org/2000/svg'/>", by=cast.writer)
    assert cast.pen("writer").face == ""
