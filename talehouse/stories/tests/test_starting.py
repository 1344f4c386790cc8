"""A story begun with nothing asked that can wait."""

from __future__ import annotations

import pytest

from talehouse.stories import starting
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Story
from tests.cast import Cast

ASKED = {"title": "The Weir", "language": "es", "rating": "teen", "html": "<p>Agua.</p>"}


def test_a_story_and_its_first_part(cast: Cast) -> None:
    part = starting.begin(by=cast.writer, pen_name=cast.pen("writer"), **ASKED)
    story = part.story
    assert (story.title, story.language, story.rating) == ("The Weir", "es", "teen")
    assert list(story.warnings.values_list("code", flat=True)) == ["chose-not"]
    assert part.position == 1 and part.draft is not None and "Agua" in part.draft.html
    assert not Story.objects.visible_to(cast.reader).filter(pk=story.pk).exists()


def test_without_a_title_nothing_is_made(cast: Cast) -> None:
    with pytest.raises(RuleError):
        starting.begin(by=cast.writer, pen_name=cast.pen("writer"), **{**ASKED, "title": "  "})
    assert not Story.objects.exists()


def test_nobody_writes_under_another_name_or_while_suspended(cast: Cast) -> None:
    for who, name in (("writer", "reader"), ("suspended", "suspended")):
        with pytest.raises(NotAllowedError):
            starting.begin(by=getattr(cast, who), pen_name=cast.pen(name), **ASKED)
