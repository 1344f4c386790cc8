"""Positions stay dense and unique, whatever is done and however many do it at once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from talehouse.accounts.models import Account
from talehouse.stories import ordering, publishing, removing
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part, Story
from tests.cast import Cast, person, story


def positions(made: Story) -> list[int | None]:
    return list(made.parts.filter(deleted_at=None).order_by("position").values_list("position", flat=True))


class AnySequence(TestCase):
    """Hypothesis chooses what happens to the parts of one story."""

    @given(
        st.lists(
            st.tuples(st.sampled_from(["add", "delete", "undelete", "reorder"]), st.integers(0, 9)),
            max_size=12,
        )
    )
    def test_positions_are_dense(self, steps: list[tuple[str, int]]) -> None:
        writer = person(f"w{Account.objects.count()}")
        pen_name = writer.pen_name
        assert pen_name is not None
        made = publishing.create(by=writer, pen_name=pen_name, title="Steps")
        for what, number in steps:
            act(made, writer, what, number)
            assert positions(made) == list(range(1, len(positions(made)) + 1))


def act(made: Story, writer: Account, what: str, number: int) -> None:
    standing = list(made.parts.filter(deleted_at=None).order_by("position"))
    deleted = list(made.parts.filter(deleted_at__isnull=False).order_by("pk"))
    if what == "add":
        publishing.add_part(made, by=writer, title=f"Part {number}", html="<p>Words.</p>")
    elif what == "delete" and standing:
        removing.delete(standing[number % len(standing)], by=writer)
    elif what == "undelete" and deleted:
        removing.undelete(deleted[number % len(deleted)], by=writer)
    elif what == "reorder":
        turned = [part.pk for part in standing[number:] + standing[:number]]
        ordering.reorder(made, by=writer, order=turned)


def test_an_order_that_misses_a_part_is_refused(cast: Cast) -> None:
    made = story(cast, parts=3)
    keys = list(made.parts.values_list("pk", flat=True))
    for wrong in (keys[:2], [*keys, keys[0]], [*keys[:2], 999_999]):
        with pytest.raises(RuleError, match="once"):
            ordering.reorder(made, by=cast.writer, order=wrong)


@pytest.mark.django_db(transaction=True)
def test_many_at_once() -> None:
    writer = person("crowd")
    pen_name = writer.pen_name
    assert pen_name is not None
    made = publishing.create(by=writer, pen_name=pen_name, title="Crowd")
    for number in range(4):
        publishing.add_part(made, by=writer, title=f"Part {number}", html="<p>Words.</p>")
    failures: list[BaseException] = []

    def crowd(number: int) -> None:
        try:
            for step in range(3):
                act(made, writer, ["add", "delete", "reorder"][(number + step) % 3], number)
        except RuleError:
            pass  # somebody else was first: a plain refusal is an answer
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=crowd, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert positions(made) == list(range(1, len(positions(made)) + 1))
    assert Part.objects.filter(story=made, position__lt=1).count() == 0
