"""A comment is still at its words after the writer has edited, moved, split or deleted the paragraph."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talehouse.activity.models import Event
from talehouse.comments import placing
from talehouse.comments.models import Comment
from talehouse.comments.placing import follow_text
from talehouse.comments.saying import Place, say
from talehouse.lib import html as markup
from talehouse.library import following_texts
from talehouse.stories import publishing
from talehouse.stories.models import Part
from talehouse.stories.quoting import Quote
from tests.cast import Cast, first, story
from tests.delivering import deliver_now

LAMP = "<p>She carried the lamp for three miles under her coat, past the drowned orchard and the gate.</p>"
STONE = "<p>“Set it down,” said the keeper, “but not on the stone. The stone remembers.”</p>"
GRASS = "<p>She set it on the grass. At once the water in the sluice went quiet, and a chain ran.</p>"


def fresh(part: Part) -> Part:
    return Part.objects.select_related("story", "published").get(pk=part.pk)


def publish(part: Part, cast: Cast, html: str) -> None:
    """A new text is out, and the worker has read the log."""
    publishing.edit(part, by=cast.writer, html=html)
    publishing.publish(part, by=cast.writer)
    deliver_now()


def said_at(part: Part, cast: Cast, words: str, quoted: bool = True) -> Comment:
    """A comment at the block with these words, on the words themselves or on the whole block."""
    now = fresh(part)
    assert now.published is not None
    for key, block in markup.parse(now.published.html):
        if words in block.text:
            quote = Quote(words, block.text.index(words)) if quoted else None
            return say(Place(story=now.story, part=now, block=key, quote=quote), by=cast.reader, text="Oh!")
    raise AssertionError(words)


def shown(comment: Comment) -> tuple[str, str]:
    """(how it was found, the words that it stands at now)."""
    comment.refresh_from_db()
    now = fresh(comment.part)  # type: ignore[arg-type]  # these are all on parts
    assert now.published is not None and comment.placed_on == now.published
    texts = {key: block.text for key, block in markup.parse(now.published.html)}
    return comment.how, texts[comment.block][comment.start : comment.end]


@pytest.mark.parametrize("room", [placing, following_texts])
def test_texts_that_nobody_said_anything_about_cost_nothing_each(cast: Cast, room: Any) -> None:
    """An archive of ten thousand parts that comes in is not read once more for it."""
    released = [Event(verb="part.released", subject_id=part.pk) for part in story(cast, parts=4).parts.all()]
    with CaptureQueriesContext(connection) as asked:
        room.follow_texts(released)
    assert len(asked) <= 3, "however many they are"


@pytest.fixture
def part(cast: Cast) -> Part:
    made = first(story(cast))
    publish(made, cast, LAMP + STONE + GRASS)
    return made


def test_words_stay_where_the_paragraph_is_edited(cast: Cast, part: Part) -> None:
    comment = said_at(part, cast, "The stone remembers.")
    publish(part, cast, LAMP + STONE.replace("“Set it down,” said", "“Put it down now,” whispered") + GRASS)
    assert shown(comment) == ("exact", "The stone remembers.")


def test_words_go_with_a_paragraph_that_is_edited_and_moved(cast: Cast, part: Part) -> None:
    comment = said_at(part, cast, "three miles")
    publish(part, cast, STONE + GRASS + LAMP.replace("She carried", "Tamsin had carried"))
    assert shown(comment) == ("exact", "three miles")
    assert comment.order == 2


def test_a_comment_on_a_block_goes_with_it(cast: Cast, part: Part) -> None:
    comment = said_at(part, cast, "grass", quoted=False)
    publish(part, cast, GRASS + LAMP + STONE)
    assert (shown(comment)[0], comment.order) == ("block", 0)


def test_what_is_gone_stays_at_its_neighbour_with_its_words(cast: Cast, part: Part) -> None:
    comment = said_at(part, cast, "The stone remembers.")
    publish(part, cast, LAMP + GRASS)
    how, words = shown(comment)
    assert (how, words, comment.quote) == ("earlier", "", "The stone remembers.")
    publish(part, cast, LAMP + STONE + GRASS)
    assert shown(comment) == ("exact", "The stone remembers."), "words that come back are found again"


def test_what_is_gone_is_never_taken_for_its_neighbour(cast: Cast, part: Part) -> None:
    whole = said_at(part, cast, "remembers", quoted=False)
    for html in (LAMP + GRASS, GRASS + LAMP, GRASS):
        publish(part, cast, html)
        assert shown(whole)[0] == "earlier"
    publish(part, cast, GRASS + STONE)
    assert (shown(whole)[0], whole.order) == ("block", 1)


def test_before_the_worker_has_run_the_old_place_stands(cast: Cast, part: Part) -> None:
    comment = said_at(part, cast, "three miles")
    before = (comment.block, comment.start, comment.end)
    publishing.edit(part, by=cast.writer, html=STONE + LAMP + GRASS)
    publishing.publish(part, by=cast.writer)
    comment.refresh_from_db()
    assert (comment.block, comment.start, comment.end) == before
    deliver_now()
    assert shown(comment) == ("exact", "three miles")


def test_reading_the_log_twice_changes_nothing(cast: Cast, part: Part) -> None:
    comment = said_at(part, cast, "three miles")
    publish(part, cast, STONE + LAMP + GRASS)
    before = shown(comment)
    assert follow_text(fresh(part)) == 0
    assert shown(comment) == before


TEXTS = st.permutations([LAMP, STONE, GRASS]).flatmap(
    lambda blocks: st.lists(st.sampled_from(blocks), min_size=1, max_size=5)
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=1, max_size=3))
def test_whatever_is_published_every_comment_is_listed_once(
    cast: Cast, texts: list[list[str]], part: Part
) -> None:
    comments = [said_at(part, cast, words) for words in ("three miles", "grass")] if _has(part) else []
    for text in texts:
        publish(part, cast, "".join(text))
    for comment in comments:
        shown(comment)
    rows: Any = Comment.objects.filter(part=part)
    assert len({row.pk for row in rows}) == rows.count()
    placed = sorted(rows.exclude(how="earlier"), key=lambda row: (row.order, row.start))
    now = fresh(part)
    assert now.published is not None
    keys = [key for key, _ in markup.parse(now.published.html)]
    assert [keys.index(row.block) for row in placed] == [row.order for row in placed]


def _has(part: Part) -> bool:
    now = fresh(part)
    assert now.published is not None
    return all(words in now.published.html for words in ("three miles", "grass"))
