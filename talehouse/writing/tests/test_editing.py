"""The editor's addresses: saving by script and by form, and what is refused."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from PIL import Image

from talehouse.lib import html as markup
from talehouse.lib.rates import Rate
from talehouse.stories import drafting, pictures, publishing, removing
from talehouse.stories.models import Part, PictureUse, Revision
from talehouse.writing.sources import LARGEST
from talehouse.writing.views import editor
from tests.cast import PROSE, Archive, Cast, first

pytestmark = pytest.mark.django_db
RICH = (
    "<p>Plain <em>it</em> <strong>b <em>c</em></strong> <i>i</i><u>u</u><s>s</s></p>"
    '<p class="center" lang="ar" dir="rtl">سلام</p><h2>a</h2><hr>'
    "<blockquote><p>q</p><ul><li>x</li></ul></blockquote>"
    "<ul><li>a<ul><li>b</li></ul></li><li><p>c</p><p>d</p></li></ul><ol start=3 type=a><li>e</li></ol>"
    "<pre>one\n\n  two</pre><pre><code>x\n</code></pre>"
    "<table><tr><th>h</th></tr><tr><td><p>a</p><p>b</p></td></tr></table>"
    "<p><ruby>漢<rt>かん</rt></ruby> <span class=spoiler>s</span><br>n&nbsp;b<wbr>w</p><p>No.</p><p>No.</p>"
    "<figure><table><tr><td>1</td></tr></table><figcaption>t</figcaption></figure>"
    '<p>a<sup><a class="fn" href="#fn-1" id="fnref-1">1</a></sup></p>'
    '<section class="footnotes"><ol><li id="fn-1">n <a href="#fnref-1">b</a></li></ol></section>'
)


@pytest.fixture(autouse=True)
def fresh_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins with full buckets."""
    monkeypatch.setattr(editor, "SAVES", Rate(limit=120, seconds=60))
    monkeypatch.setattr(editor, "PICTURES", Rate(limit=40, seconds=600))


@pytest.fixture
def part(archive: Archive) -> Part:
    """A published part of the writer's public story."""
    return first(archive.public)


@pytest.fixture
def writer(cast: Cast) -> Client:
    return cast.client("writer")


def sent(part: Part, **fields: Any) -> dict[str, Any]:
    """The form, begun from the newest revision."""
    newest = part.revisions.order_by("-number")[0]
    told = {"title": part.title, "note_before": "", "text": PROSE, "note_after": "", "way": "paper"}
    return {**told, "base": newest.number, "tab": "one", **fields}


def keep(client: Client, part: Part, **fields: Any) -> Any:
    """The answer to a save by script."""
    return client.post(f"/write/parts/{part.pk}/keep/", sent(part, **fields))


def text_of(revision: Revision) -> str:
    return re.sub(r' id="b-[0-9a-z]+"', "", revision.html)


# By script


def test_a_save_is_answered_with_what_became_of_it(writer: Client, part: Part) -> None:
    answer = keep(writer, part, text="<p>One two three.</p>", automatic=1)
    assert answer.status_code == 200
    assert answer.json() == {"number": 2, "at": answer.json()["at"], "words": 3, "aside": None}
    assert "no-store" in answer["Cache-Control"]
    newest = part.revisions.get(number=2)
    assert (newest.kind, newest.tab, text_of(newest)) == ("auto", "one", "<p>One two three.</p>")
    assert keep(writer, part, text="<p>One two.</p>").json()["number"] == 3
    assert part.revisions.get(number=3).kind == "saved"


def test_title_and_notes_go_with_the_text(writer: Client, part: Part) -> None:
    keep(writer, part, title=" New  title ", note_before="<p>Before</p><h2>x</h2>", note_after="<p>After</p>")
    newest = part.revisions.get(number=2)
    assert (newest.title, newest.note_before, newest.note_after) == (
        "New title",
        "<p>Before</p><p>x</p>",
        "<p>After</p>",
    )
    page = writer.get(f"/write/parts/{part.pk}/").content.decode()
    assert "New title</textarea>" in page and "<p>Before</p>" in page
    part.refresh_from_db()
    assert part.title == "Part 1", "readers see it when it is published"


def test_the_second_to_save_is_told_both_numbers(cast: Cast, writer: Client, part: Part) -> None:
    assert keep(cast.client("co_writer"), part, text="<p>Theirs.</p>", tab="two").status_code == 200
    answer = keep(writer, part, text="<p>Mine.</p>", base=1)
    assert answer.status_code == 409
    told = answer.json()
    assert (told["number"], told["aside"]) == (2, 3)
    assert told["compare"] == f"/write/parts/{part.pk}/revisions/?one=2&other=3&conflict=1"
    assert text_of(part.revisions.get(number=3)) == "<p>Mine.</p>"
    part.refresh_from_db()
    assert part.draft is not None and part.draft.number == 2
    assert keep(writer, part, text="<p>Mine.</p>", base=2).status_code == 200


def test_a_title_that_is_being_typed_anew_holds_nothing_up(writer: Client, part: Part) -> None:
    assert keep(writer, part, title="", text="<p>Words.</p>", automatic=1).status_code == 200
    answer = keep(writer, part, title="", text="<p>Words, more.</p>")
    assert (answer.status_code, answer.json()) == (400, {"error": "A part needs a title."})


def test_a_form_without_its_text_empties_nothing(writer: Client, part: Part) -> None:
    answer = writer.post(f"/write/parts/{part.pk}/keep/", {"title": "x", "way": "paper", "base": 1})
    assert answer.status_code == 400
    assert part.revisions.count() == 1
    assert writer.post(f"/write/parts/{part.pk}/", {"title": "x", "way": "html"}).status_code == 400
    assert part.revisions.count() == 1


@pytest.mark.parametrize(
    ("who", "status"), [("visitor", 401), ("stranger", 403), ("beta", 403), ("suspended", 403)]
)
def test_refusals_are_json(cast: Cast, part: Part, who: str, status: int) -> None:
    for answer in (keep(cast.client(who), part), cast.client(who).get(f"/write/parts/{part.pk}/keep/")):
        assert answer.status_code == status
        assert set(answer.json()) == {"error"}
    assert part.revisions.count() == 1


def test_what_is_gone_is_404(cast: Cast, archive: Archive, writer: Client) -> None:
    part = archive.public.parts.get(position=2)
    removing.delete(part, by=cast.writer)
    assert keep(writer, part).json() == {"error": "This part is not here any more."}
    assert cast.client("stranger").get(f"/write/parts/{first(archive.draft).pk}/keep/").status_code == 404


def test_too_large_and_too_often(writer: Client, part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = keep(writer, part, text="é" * (LARGEST // 2 + 1))
    assert answer.status_code == 413 and "2 MB" in answer.json()["error"]
    monkeypatch.setattr(editor, "SAVES", Rate(limit=1, seconds=3600))
    assert keep(writer, part).status_code == 200
    assert keep(writer, part).status_code == 429


@pytest.mark.parametrize(
    "said", ["database or disk is full", "could not extend file: No space left on device"]
)
def test_a_full_disk_of_the_server_is_said(
    writer: Client, part: Part, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    def full(*_arguments: Any, **_named: Any) -> None:
        raise OperationalError(said)

    monkeypatch.setattr(drafting, "save", full)
    answer = keep(writer, part)
    assert (answer.status_code, answer.json()) == (507, {"error": "The server has no room left."})


def test_who_asks_is_told_the_newest_and_a_token(cast: Cast, writer: Client, part: Part) -> None:
    told = writer.get(f"/write/parts/{part.pk}/keep/").json()
    assert told["number"] == 1 and len(told["token"]) > 30
    assert told["owner"] == cast.client("writer").get(f"/write/parts/{part.pk}/keep/").json()["owner"]
    owners = {
        cast.client(who).get(f"/write/parts/{number}/keep/").json()["owner"]
        for who in ("writer", "co_writer")
        for number in (part.pk, part.pk + 1)
    }
    assert len(owners) == 2, "another for each person, the same for all of their parts"
    assert str(cast.writer.pk) not in owners
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = writer.cookies
    assert strict.post(f"/write/parts/{part.pk}/keep/", sent(part)).status_code == 403
    strict.cookies["csrf"] = told["token"]
    answer = strict.post(f"/write/parts/{part.pk}/keep/", sent(part), headers={"x-csrftoken": told["token"]})
    assert answer.status_code == 200


def test_nobody_sends_the_words_of_somebody_else(cast: Cast, writer: Client, part: Part) -> None:
    owner = writer.get(f"/write/parts/{part.pk}/keep/").json()["owner"]
    assert keep(cast.client("co_writer"), part, owner=owner).status_code == 401
    assert part.revisions.count() == 1
    assert keep(writer, part, owner=owner).status_code == 200


# Three ways to write


@pytest.mark.parametrize("way", ["paper", "markdown", "html"])
def test_what_nobody_changes_comes_back_as_it_was(writer: Client, part: Part, cast: Cast, way: str) -> None:
    picture = pictures.add_to_part(part, a_picture(), by=cast.writer)
    text = (
        RICH
        + f'<figure><img src="{picture.url}" alt="A &quot;lamp&quot;"><figcaption>c</figcaption></figure>'
    )
    text += f'<p><img src="{picture.url}" alt="x" width="3"></p>'
    keep(writer, part, text=text, note_before="<p>a <em>b</em></p>")
    before = part.revisions.get(number=2)
    assert len(markup.parse(before.html)) > 16
    page = writer.get(f"/write/parts/{part.pk}/?as={way}")
    sheet = page.context["sheet"]
    fields = {
        name: getattr(sheet, name).replace("\n", "\r\n")
        for name in ("title", "note_before", "text", "note_after")
    }
    answer = keep(writer, part, **fields, way=way, base=sheet.base, tab=sheet.tab)
    assert answer.json()["number"] == 2, "the same text with the same ids is no new revision"
    assert part.revisions.count() == 2


def a_picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (8, 6), (10, 120, 90)).save(target, "PNG")
    return target.getvalue()


def test_a_form_saves_and_comes_back(writer: Client, part: Part) -> None:
    answer = writer.post(f"/write/parts/{part.pk}/", sent(part, way="markdown", text="A *b*.\n\n---\n\nC."))
    assert (answer.status_code, answer["Location"]) == (302, f"/write/parts/{part.pk}/?as=markdown")
    assert text_of(part.revisions.get(number=2)).split("\n") == ["<p>A <em>b</em>.</p>", "<hr>", "<p>C.</p>"]
    answer = writer.post(f"/write/parts/{part.pk}/", sent(part, way="html", then="markdown"))
    assert answer["Location"].endswith("?as=markdown")
    answer = writer.post(f"/write/parts/{part.pk}/", sent(part, way="html", then="publish"))
    assert answer["Location"] == f"/write/parts/{part.pk}/publish/"


def test_what_was_typed_stays_in_the_form(writer: Client, part: Part) -> None:
    typed = "Not & <b>lost</b>"
    answer = writer.post(f"/write/parts/{part.pk}/", sent(part, way="markdown", title=" ", text=typed))
    assert answer.status_code == 400
    assert "A part needs a title." in answer.content.decode()
    assert answer.context["sheet"].text == typed
    assert "Not &amp; &lt;b&gt;lost&lt;/b&gt;</textarea>" in answer.content.decode()
    answer = writer.post(f"/write/parts/{part.pk}/", sent(part, way="html", text="x" * (LARGEST + 1)))
    assert answer.status_code == 413
    assert part.revisions.count() == 1


def test_a_form_that_comes_second_leads_to_both_texts(cast: Cast, writer: Client, part: Part) -> None:
    keep(cast.client("co_writer"), part, text="<p>Theirs.</p>", tab="two")
    answer = writer.post(f"/write/parts/{part.pk}/", sent(part, way="html", text="<p>Mine.</p>", base=1))
    assert answer["Location"] == f"/write/parts/{part.pk}/revisions/?one=2&other=3&conflict=1"


def test_only_who_may_release_is_offered_it(cast: Cast, part: Part) -> None:
    assert b'value="publish"' in cast.client("writer").get(f"/write/parts/{part.pk}/").content
    assert b'value="publish"' not in cast.client("editor").get(f"/write/parts/{part.pk}/").content


@pytest.mark.parametrize("query", ["", "?as=markdown"])
def test_the_page_asks_few_questions(
    writer: Client, part: Part, query: str, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_max_num_queries(12):
        assert writer.get(f"/write/parts/{part.pk}/{query}").status_code == 200


# Pictures


def upload(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("lamp.png", data, "image/png")


def test_a_picture_is_kept_and_its_text_may_show_it(cast: Cast, writer: Client, part: Part) -> None:
    answer = writer.post(f"/write/parts/{part.pk}/pictures/", {"picture": upload(a_picture())})
    told = answer.json()
    assert (answer.status_code, told["width"], told["height"]) == (200, 8, 6)
    assert PictureUse.objects.filter(part=part, story=part.story_id).count() == 1
    keep(writer, part, text=f'<figure><img src="{told["url"]}" alt="A lamp"></figure>')
    assert f'<img src="{told["url"]}" alt="A lamp">' in part.revisions.get(number=2).html
    assert cast.client("visitor").get(told["url"]).status_code == 200
    again = writer.post(f"/write/parts/{part.pk}/pictures/", {"picture": upload(a_picture())})
    assert again.json() == told


def test_a_picture_with_the_form_stands_at_the_end(writer: Client, part: Part) -> None:
    fields = sent(part, way="markdown", text="A.", picture=upload(a_picture()), alt=' A  "lamp" ')
    assert writer.post(f"/write/parts/{part.pk}/", fields).status_code == 302
    assert re.fullmatch(
        r'<p>A.</p>\n<figure><img src="/media/[0-9a-f]{64}\.jpg" alt="A &quot;lamp&quot;"></figure>',
        text_of(part.revisions.get(number=2)),
    )


def test_what_is_no_picture_is_refused(
    cast: Cast, writer: Client, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/write/parts/{part.pk}/pictures/"
    assert writer.post(address, {"picture": upload(b"not a picture")}).status_code == 400
    assert writer.post(address).json() == {"error": "Choose a picture first."}
    fields = sent(part, way="html", text="<p>kept</p>", picture=upload(b"no"))
    answer = writer.post(f"/write/parts/{part.pk}/", fields)
    assert answer.status_code == 400 and answer.context["sheet"].text == "<p>kept</p>"
    assert cast.client("beta").post(address, {"picture": upload(a_picture())}).status_code == 403
    assert cast.client("visitor").post(address, {"picture": upload(a_picture())}).status_code == 401
    monkeypatch.setattr(editor, "PICTURES", Rate(limit=1, seconds=3600))
    writer.post(address, {"picture": upload(a_picture())})
    assert writer.post(address, {"picture": upload(a_picture())}).status_code == 429
    assert PictureUse.objects.filter(part=part).count() == 1


def test_a_new_part_without_a_text_opens(cast: Cast, archive: Archive, writer: Client) -> None:
    part = publishing.add_part(archive.draft, by=cast.writer, title="Empty", html="")
    for way in ("paper", "markdown", "html"):
        page = writer.get(f"/write/parts/{part.pk}/?as={way}")
        assert page.status_code == 200 and page.context["sheet"].text == ""
    assert keep(writer, part, text="<p>First words.</p>").status_code == 200


def test_the_help_shows_a_tag_as_a_tag(cast: Cast, archive: Archive) -> None:
    page = cast.client("writer").get(f"/write/parts/{first(archive.public).pk}/?as=html").content.decode()
    assert "A line with &lt;hr&gt; is a scene break." in page
