"""What two do at once with one comment does not undo one another: decisions, likes, and places in a text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from talehouse.accounts.models import Account
from talehouse.comments import deciding, forgetting, saying
from talehouse.comments.models import Comment, Like
from talehouse.comments.saying import Place, say
from talehouse.ops.recounting import check, mend
from talehouse.stories.models import Part
from tests.cast import Cast, first, story


def said(cast: Cast) -> Comment:
    part = Part.objects.select_related("story", "published").get(pk=first(story(cast)).pk)
    return say(Place(story=part.story, part=part, block="1"), by=cast.reader, text="One.")


ACTS: dict[str, Callable[[Comment, Account, Account], object]] = {
    "hide": lambda comment, writer, _reader: deciding.hide(comment, by=writer),
    "pin": lambda comment, writer, _reader: deciding.pin(comment, by=writer),
    "freeze": lambda comment, writer, _reader: deciding.freeze(comment, by=writer),
    "strike": lambda comment, writer, _reader: deciding.strike_quote(comment, by=writer),
    "take back": lambda comment, _writer, reader: deciding.take_back(comment, by=reader),
    "edit": lambda comment, _writer, reader: saying.edit(comment, by=reader, text="Two."),
    "forget": lambda _comment, _writer, reader: forgetting.forget_all(reader, remove=True),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_decision_writes_nothing_but_itself(cast: Cast, act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the reading of a row and its writing, somebody likes it and the worker places it anew."""
    comment = said(cast)
    whole = Comment.save

    def meanwhile(self: Comment, **options: object) -> None:
        monkeypatch.setattr(Comment, "save", whole)
        deciding.like(comment, by=cast.stranger)
        Comment.objects.filter(pk=comment.pk).update(block="2", order=1)
        whole(self, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Comment, "save", meanwhile)
    ACTS[act](comment, cast.writer, cast.reader)
    comment.refresh_from_db()
    assert (comment.like_count, comment.block, comment.order) == (1, "2", 1)
    assert check() == []


def test_a_recount_finds_and_mends_likes_too(cast: Cast) -> None:
    comment = said(cast)
    Like.objects.create(comment=comment, account=cast.stranger)
    (found,) = check()
    assert (found.where, found.column, found.shown, found.rows) == (
        f"comment {comment.pk}",
        "like_count",
        0,
        1,
    )
    assert len(mend()) == 1
    assert check() == []
