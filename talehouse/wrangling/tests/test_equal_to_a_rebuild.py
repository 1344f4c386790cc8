"""A law: after any wrangling and tagging, effective tags are what a rebuild would make them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from talehouse.accounts import pen_names
from talehouse.accounts.models import Account
from talehouse.stories import describing, effective, publishing, purging, removing
from talehouse.stories.errors import RuleError
from talehouse.stories.models import EffectiveTag, Story
from talehouse.tags.models import Above, Tag
from talehouse.tags.naming import named
from talehouse.wrangling import sorting
from talehouse.wrangling.models import Act, Change
from talehouse.wrangling.undoing import undo
from tests.delivering import deliver_now

NAMES = [
    *(("theme", f"T{n}") for n in range(5)),
    *(("character", f"C{n}") for n in range(3)),
    *(("fandom", f"F{n}") for n in range(2)),
    *(("relationship", name) for name in ("C0/C1", "C1 & C2")),
]
THEMES = st.integers(0, 4)
numbers = st.one_of(THEMES, THEMES, st.integers(0, len(NAMES) - 1))
WISH = st.one_of(
    st.tuples(st.just("wish"), st.sampled_from([Act.SYNONYM, Act.UNDER, Act.APART]), THEMES, THEMES),
    st.tuples(st.just("wish"), st.sampled_from(list(Act)[:7]), numbers, numbers),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("tag"), st.integers(0, 2), st.sets(numbers, max_size=4)),
        WISH,
        WISH,
        WISH,
        st.tuples(st.just("undo"), st.integers(0, 9)),
        st.tuples(st.just("hear")),
        st.tuples(st.just("purge"), st.integers(1, 2)),
    ),
    min_size=10,
    max_size=40,
)
"""Most of them about themes, some of which are canonical before the first step; each story has tags then."""


class EqualToARebuild(TestCase):
    """Hypothesis rolls each example back by the test case of Django."""

    def setUp(self) -> None:
        self.host = Account.objects.create_user("host@example.org", host_since=timezone.now())
        self.pen = pen_names.add("Keeper", by=self.host)

    @given(STEPS)
    def test_any_sequence_of_wrangling_and_tagging(self, steps: list[Any]) -> None:
        self.tags = [tag.pk for kind, name in NAMES if (tag := named(kind, name))]
        self.stories = [
            publishing.create(by=self.host, pen_name=self.pen, title=f"Story {n}", rating="general")
            for n in range(3)
        ]
        for number, story in enumerate(self.stories):
            describing.set_tags(story, NAMES[number::3], by=self.host)
        sorting.do(sorting.Wish(Act.CANONICAL, tuple(self.tags[:7:2])), by=self.host)
        deliver_now()
        for name, *rest in steps:
            getattr(self, f"_{name}")(*rest)
        deliver_now()
        self._is_sound()
        assert list(effective.differences()) == []
        kept = set(EffectiveTag.objects.values_list("story", "tag", "inherited"))
        effective.rebuild()
        assert set(EffectiveTag.objects.values_list("story", "tag", "inherited")) == kept

    def _tag(self, story: int, chosen: set[int]) -> None:
        if Story.objects.standing().filter(pk=self.stories[story].pk).exists():
            describing.set_tags(self.stories[story], [NAMES[n] for n in sorted(chosen)], by=self.host)

    def _wish(self, act: Act, chosen: int, other: int) -> None:
        people = tuple(self.tags[5:7])
        wish = sorting.Wish(act, (self.tags[chosen],), self.tags[other], characters=people, romantic=True)
        self._tried(lambda: sorting.do(wish, by=self.host))

    def _undo(self, back: int) -> None:
        changes = list(Change.objects.order_by("-pk")[: back + 1])
        if changes:
            self._tried(lambda: undo(changes[-1], by=self.host))

    def _hear(self) -> None:
        deliver_now()

    def _purge(self, story: int) -> None:
        if Story.objects.standing().filter(pk=self.stories[story].pk).exists():
            removing.delete(self.stories[story], by=self.host)
            purging.purge_story(self.stories[story].pk)

    def _tried(self, rule: Any) -> None:
        with suppress(RuleError):
            rule()

    def _is_sound(self) -> None:
        """Only canonical tags are meant by others, stand above, and stand under; nothing is above itself."""
        assert (
            not Tag.objects.filter(merged_into__isnull=False)
            .exclude(merged_into__standing="canonical")
            .exists()
        )
        assert not Above.objects.exclude(tag__standing="canonical", above__standing="canonical").exists()
        steps = list(Above.objects.values_list("tag", "above"))
        while True:
            ends = {above for _tag, above in steps} - {tag for tag, _above in steps}
            left = [(tag, above) for tag, above in steps if above not in ends]
            if len(left) == len(steps):
                break
            steps = left
        assert not steps, "a circle"


pytestmark = pytest.mark.django_db
