"""Take everything with me: every word of my stories, drafts too, and nothing of anybody else's."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone, translation
from lxml import html as parser

from talehouse.accounts.models import Account
from talehouse.exports.everything import pack
from talehouse.exports.tests.test_epubcheck import complaints
from talehouse.lib.html import text_of
from talehouse.lib.rates import Rate
from talehouse.stories import drafting, pictures, publishing, removing
from talehouse.stories.models import Part, Role, RoleKind, Story
from talehouse.stories.texts import Wanted
from talehouse.writing.views import settings as views
from tests.addresses import picture
from tests.cast import PROSE, Archive, Cast, story

ADDRESS = "/settings/everything.zip"


@pytest.fixture(autouse=True)
def as_often_as_one_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "TAKING", Rate(limit=10, seconds=3600))


def taken(account: Account) -> dict[str, bytes]:
    """The files by their names."""
    with pack(account) as file, zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def body(answer: Any) -> bytes:
    """What a streamed answer says; then it is closed."""
    return b"".join(answer.streaming_content)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def inside(book: bytes) -> str:
    """Everything that is written in an EPUB."""
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        pages = [opened.read(name) for name in opened.namelist() if name.endswith(".xhtml")]
    return "\n".join(parser.fromstring(page).text_content() for page in pages)


def readable(page: bytes) -> str:
    return str(parser.fromstring(page).text_content())


def busy_story(cast: Cast) -> Story:
    """Published, edited and not published again, scheduled, never published, with notes and a picture."""
    made = story(cast, "The Weir & the Lamp", parts=2, summary="<p>About a weir.</p>")
    edited = made.parts.get(position=1)
    drafting.save(
        edited,
        by=cast.writer,
        html="<p>Rewritten overnight.</p>",
        base=1,
        title="A Better Title",
        note_before="<p>Sorry for the wait.</p>",
    )
    scheduled = publishing.add_part(made, by=cast.writer, title="Tomorrow", html="<p>Not before noon.</p>")
    publishing.schedule(scheduled, by=cast.writer, at=timezone.now() + timedelta(days=1))
    lamp = pictures.keep(picture(3))
    publishing.add_part(
        made,
        by=cast.writer,
        title="Half a Page",
        html='<p>Half.</p><p><img src="here" alt="A stone"></p>',
        brings=Wanted({"here": lamp}),
        note_after="<p>More soon.</p>",
    )
    made.refresh_from_db()
    return made


def test_every_word_of_every_part_goes_along_twice(cast: Cast) -> None:
    made = busy_story(cast)
    files = taken(cast.writer)
    name = f"stories/{made.pk}-{made.slug}"
    assert set(files) == {"index.html", f"{name}.epub", f"{name}.html"}
    texts = [
        revision.html for part in made.parts.all() for revision in (part.published, part.draft) if revision
    ]
    assert len(texts) == 5
    for whole in (inside(files[f"{name}.epub"]), readable(files[f"{name}.html"])):
        there = " ".join(words_of(whole))
        for text in (*texts, "<p>About a weir.</p>", "<p>Sorry for the wait.</p>", "<p>More soon.</p>"):
            assert " ".join(words_of(text_of(text))) in there, text
        for title in ("The Weir & the Lamp", "Part 1", "A Better Title (draft)", "Tomorrow (scheduled)"):
            assert title in whole
        assert "Half a Page (draft)" in whole and "Part 2 (draft)" not in whole


def test_the_book_is_valid(cast: Cast, tmp_path: Path) -> None:
    busy_story(cast)
    book = tmp_path / "busy.epub"
    book.write_bytes(next(data for name, data in taken(cast.writer).items() if name.endswith(".epub")))
    assert complaints(book) == []


def test_the_page_needs_nothing_beside_it(cast: Cast) -> None:
    busy_story(cast)
    page = next(
        data for name, data in taken(cast.writer).items() if name.startswith("stories/") and b"<html" in data
    )
    tree = parser.fromstring(page)
    assert [image.get("src", "")[:22] for image in tree.iter("img")] == ["data:image/jpeg;base64"]
    assert not list(tree.iter("script", "link", "iframe"))
    ids = [node.get("id") for node in tree.iter() if node.get("id")]
    assert len(ids) == len(set(ids)) > 5
    assert {
        link.get("href", "")[1:] for link in tree.iter("a") if link.get("href", "").startswith("#")
    } <= set(ids)


def test_the_index_leads_to_each(cast: Cast) -> None:
    busy_story(cast)
    story(cast, "水の家")
    files = taken(cast.writer)
    tree = parser.fromstring(files["index.html"].decode())
    links = [link for _node, _name, link, _at in tree.iterlinks()]
    assert {unquote(link) for link in links} == set(files) - {"index.html"}
    assert "The Weir & the Lamp" in tree.text_content() and "2 drafts" in tree.text_content()


def test_the_same_stories_give_the_same_bytes(cast: Cast) -> None:
    busy_story(cast)
    with pack(cast.writer) as one, pack(cast.writer) as other:
        assert one.read() == other.read()
    with translation.override("es"), pack(cast.writer) as third:
        spanish = third.read()
    with pack(cast.writer) as one:
        assert one.read() != spanish or b"My stories" in spanish  # only the index is in my language


def test_what_is_not_mine_stays_here(cast: Cast, archive: Archive) -> None:
    """A helper takes nothing; a co-author takes the story, as it is theirs too."""
    for who in ("reader", "stranger", "editor", "beta", "host"):
        assert set(taken(getattr(cast, who))) == {"index.html"}, who
    theirs = taken(cast.co_writer)
    assert len([name for name in theirs if name.endswith(".epub")]) == 1
    assert all("Mine Alone" not in data.decode("utf-8", "replace") for data in theirs.values())
    mine = taken(cast.writer)
    for title in ("mine-alone", "unfinished", "by-letter", "out-of-sight", "after-dark"):
        assert any(title in name for name in mine), title


def test_what_is_deleted_stays_gone(cast: Cast) -> None:
    made = story(cast, parts=2)
    part: Part = made.parts.get(position=2)
    publishing.edit(part, by=cast.writer, html="<p>Burnt.</p>")
    removing.delete(part, by=cast.writer)
    assert all(b"Burnt" not in data for name, data in taken(cast.writer).items() if name.endswith("html"))
    removing.delete(made, by=cast.writer)
    assert set(taken(cast.writer)) == {"index.html"}


def test_an_invitation_is_no_claim(cast: Cast, archive: Archive) -> None:
    Role.objects.create(story=archive.private, pen_name=cast.pen("stranger"), kind=RoleKind.CO_AUTHOR)
    assert set(taken(cast.stranger)) == {"index.html"}


def test_it_is_one_plain_link(cast: Cast) -> None:
    made = busy_story(cast)
    answer = cast.client("writer").get(ADDRESS)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(body(answer))) as archive:
        assert f"stories/{made.pk}-{made.slug}.epub" in archive.namelist()
    assert Client().get(ADDRESS).status_code == 302


def test_a_suspended_account_takes_its_stories_too(cast: Cast, archive: Archive) -> None:
    answer = cast.client("suspended").get(ADDRESS)
    with zipfile.ZipFile(io.BytesIO(body(answer))) as opened:
        assert any("open-water" in name for name in opened.namelist())


def test_nobody_keeps_the_house_busy_with_it(cast: Cast) -> None:
    client = cast.client("reader")
    for _time in range(10):
        answer = client.get(ADDRESS)
        assert answer.status_code == 200 and body(answer)
    assert client.get(ADDRESS).status_code == 429
    other = cast.client("stranger").get(ADDRESS)
    assert other.status_code == 200 and body(other)


def test_prose_is_what_the_cast_wrote(cast: Cast) -> None:
    story(cast)
    page = next(
        data for name, data in taken(cast.writer).items() if name.startswith("stories/") and b"<html" in data
    )
    assert text_of(PROSE).split("\n\n")[0] in readable(page)
