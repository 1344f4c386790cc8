"""What a writer decides about comments: which wait, where they are closed, which old text opens."""

from __future__ import annotations

from typing import Any

import pytest

from talehouse.comments import deciding, saying
from talehouse.comments.models import Comment
from talehouse.comments.saying import Place, say
from talehouse.stories import publishing, revising
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part
from tests.cast import Cast, first, story
from tests.delivering import deliver_now
from tests.test_queries import questions


@pytest.fixture
def part(cast: Cast) -> Part:
    return first(story(cast))


def fresh(part: Part) -> Part:
    return Part.objects.select_related("story", "published").get(pk=part.pk)


def on(part: Part, block: str = "") -> Place:
    now = fresh(part)
    return Place(story=now.story, part=now, block=block)


def page(cast: Cast, who: str, path: str, status: int = 200) -> str:
    answer: Any = cast.client(who).get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return str(answer.content.decode())


def test_comments_that_wait_are_on_the_desk_and_let_through_together(cast: Cast, part: Part) -> None:
    publishing.describe(part.story, by=cast.writer, comments_wait="all")
    said = [say(on(part), by=cast.reader, text=f"Number {n}.") for n in range(3)]
    assert "3 comments wait for you" in page(cast, "writer", "/write/")
    waiting = page(cast, "writer", "/write/comments/")
    assert all(f"Number {n}." in waiting for n in range(3))
    for other in ("reader", "stranger", "editor"):
        assert "Number" not in page(cast, other, "/write/comments/")
    client = cast.client("writer")
    client.post("/write/comments/", {"comment": [said[0].pk, said[1].pk], "do": "show"})
    client.post("/write/comments/", {"comment": [said[2].pk], "do": "hide"})
    assert "Nothing waits for you." in page(cast, "writer", "/write/comments/")
    assert fresh(part).comment_count == 2
    seen = page(cast, "visitor", f"/parts/{part.pk}/comments/")
    assert "Number 0." in seen and "Number 1." in seen and "Number 2." not in seen


def test_nobody_decides_about_what_waits_for_somebody_else(cast: Cast, part: Part) -> None:
    publishing.describe(part.story, by=cast.writer, comments_wait="all")
    said = say(on(part), by=cast.reader, text="Let me in.")
    for other in ("reader", "stranger", "editor", "beta"):
        cast.client(other).post("/write/comments/", {"comment": [said.pk], "do": "show"})
    said.refresh_from_db()
    assert said.held_at is not None
    cast.client("writer").post("/write/comments/", {"comment": ["x", "999999", "9" * 30], "do": "show"})
    said.refresh_from_db()
    assert said.held_at is not None


def test_the_list_of_what_waits_needs_few_questions(cast: Cast, part: Part) -> None:
    publishing.describe(part.story, by=cast.writer, comments_wait="all")
    client, numbers = cast.client("writer"), []
    client.get("/write/comments/")
    for n in range(12):
        say(on(part), by=cast.reader, text=f"Number {n}.")
        if n in (1, 11):
            with questions() as asked:
                assert client.get("/write/comments/").status_code == 200
            numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 6


def test_comments_are_closed_for_a_part_and_opened_again(cast: Cast, part: Part) -> None:
    path, writer = f"/parts/{part.pk}/comments/", cast.client("writer")
    writer.post(f"{path}close/")
    assert "Comments are closed here." in page(cast, "reader", path)
    refused: Any = cast.client("reader").post(path, {"text": "Still."})
    assert refused.status_code == 403 and Comment.objects.count() == 0
    assert "Open the comments again" in page(cast, "writer", path)
    assert "Open the comments again" not in page(cast, "host", path)
    writer.post(f"{path}close/", {"open": "1"})
    assert cast.client("reader").post(path, {"text": "Again."}).status_code == 302


def test_closing_a_story_closes_its_parts(cast: Cast, part: Part) -> None:
    cast.client("writer").post(f"/stories/{part.story_id}/comments/close/")
    for path in (f"/stories/{part.story_id}/comments/", f"/parts/{part.pk}/comments/"):
        assert cast.client("reader").post(path, {"text": "Still."}).status_code == 403
    with pytest.raises(NotAllowedError):
        deciding.close(part, by=cast.reader)


def test_a_preview_shows_how_it_will_look_and_writes_nothing(cast: Cast, part: Part) -> None:
    path = f"/parts/{part.pk}/comments/"
    fields = {"text": "*So* it is, @writer. <b>no</b>", "block": "2", "preview": "1"}
    answer: Any = cast.client("reader").post(path, fields)
    shown = answer.content.decode()
    assert answer.status_code == 200 and Comment.objects.count() == 0
    assert "<em>So</em> it is" in shown and 'class="mention"' in shown and "&lt;b&gt;no&lt;/b&gt;" in shown
    assert "*So* it is, @writer." in shown, "what was typed stays in the form"
    empty: Any = cast.client("reader").post(path, {"text": " ", "preview": "1"})
    assert empty.status_code == 400


def test_a_preview_of_an_answer_says_whom_it_answers(cast: Cast, part: Part) -> None:
    root = say(on(part, "2"), by=cast.stranger, text="Why a stone?")
    path, client = f"/parts/{part.pk}/comments/", cast.client("reader")

    def label(**fields: str) -> str:
        answer: Any = client.post(path, {"text": "Because.", "preview": "1", **fields})
        assert answer.status_code == 200
        return str(answer.content.decode()).partition('<label for="say">')[2].partition("<")[0]

    assert label(parent=str(root.pk)) == "Your answer to Stranger"
    assert label() == label(parent="999999") == "Your comment"
    deciding.hide(root, by=cast.writer)
    assert label(parent=str(root.pk)) == "Your comment"


def test_a_comment_of_a_later_part_never_shows_earlier(cast: Cast) -> None:
    made = story(cast)
    early, late = (
        first(made),
        publishing.add_part(made, by=cast.writer, title="The end", html="<p>He dies.</p>"),
    )
    publishing.publish(late, by=cast.writer)
    say(on(late), by=cast.reader, text="I cannot believe that he dies.")
    say(on(early), by=cast.reader, text="So it begins.")
    for path in (
        f"/parts/{early.pk}/comments/",
        f"/stories/{made.pk}/comments/",
        f"/parts/{early.pk}/bubbles/",
        made.url,
        early.url,
        "/",
        cast.pen("reader").url,
    ):
        assert "he dies" not in page(cast, "visitor", path), path
    assert "he dies" in page(cast, "visitor", f"/parts/{late.pk}/comments/")


# The version that a comment was about (law 2)


@pytest.fixture
def changed(cast: Cast, part: Part) -> Part:
    """The second paragraph, on which the reader has said something, is gone."""
    say(on(part, "2"), by=cast.reader, text="Why a stone?")
    publishing.edit(part, by=cast.writer, html="<p>All of it is new, every single word.</p>")
    publishing.publish_changes(part, by=cast.writer)
    deliver_now()
    assert Comment.objects.get().how == "earlier"
    return fresh(part)


def test_readers_open_the_earlier_version_where_the_writer_allows_it(cast: Cast, changed: Part) -> None:
    way = f"/parts/{changed.pk}/before/1/"
    listed = f"/parts/{changed.pk}/comments/"
    page(cast, "stranger", way, status=404)
    assert way not in page(cast, "stranger", listed)
    assert way in page(cast, "writer", listed)
    page(cast, "writer", way)
    publishing.describe(changed.story, by=cast.writer, old_revisions_open=True)
    assert way in page(cast, "visitor", listed)
    assert "This is an earlier version" in page(cast, "visitor", way)


def test_a_sealed_version_opens_for_its_people_only(cast: Cast, changed: Part) -> None:
    way = f"/parts/{changed.pk}/before/1/"
    publishing.describe(changed.story, by=cast.writer, old_revisions_open=True)
    cast.client("writer").post(f"/write/parts/{changed.pk}/revisions/1/seal/")
    page(cast, "stranger", way, status=404)
    assert way not in page(cast, "stranger", f"/parts/{changed.pk}/comments/")
    page(cast, "writer", way)
    cast.client("writer").post(f"/write/parts/{changed.pk}/revisions/1/seal/", {"open": "1"})
    page(cast, "stranger", way)


def test_what_was_never_out_opens_for_nobody(cast: Cast, changed: Part) -> None:
    publishing.describe(changed.story, by=cast.writer, old_revisions_open=True)
    publishing.edit(changed, by=cast.writer, html="<p>A secret draft.</p>")
    number = fresh(changed).revisions.order_by("-number").values_list("number", flat=True)[0]
    page(cast, "writer", f"/parts/{changed.pk}/before/{number}/", status=404)


def test_the_text_that_is_out_cannot_be_sealed(cast: Cast, changed: Part) -> None:
    assert changed.published is not None
    with pytest.raises(RuleError):
        revising.seal(changed.published, by=cast.writer)
    with pytest.raises(NotAllowedError):
        revising.seal(changed.revisions.get(number=1), by=cast.editor)


def test_hosts_see_what_a_comment_said_before(cast: Cast, part: Part) -> None:
    said = say(on(part), by=cast.reader, text="The first words.")
    saying.edit(said, by=cast.reader, text="Milder words.")
    shown = page(cast, "host", f"/comments/{said.pk}/before/")
    assert "The first words." in shown and "Milder words." in shown
    assert f"/comments/{said.pk}/before/" in page(cast, "host", f"/parts/{part.pk}/comments/")
    for other in ("reader", "writer", "stranger"):
        page(cast, other, f"/comments/{said.pk}/before/", status=404)
        assert "first words" not in page(cast, other, f"/parts/{part.pk}/comments/")
