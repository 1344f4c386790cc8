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
from talehouse.tags.models import Above, Member, Tag
from talehouse.tags.naming import named
from talehouse.wrangling import sorting
from talehouse.wrangling.bringing import bring
from talehouse.wrangling.files.entries import Entry
from talehouse.wrangling.models import Act, Change
from talehouse.wrangling.undoing import undo
from talehouse.wrangling.undoing_imports import undo_import
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
ENTRY = st.one_of(
    st.tuples(numbers, st.sampled_from(["canonical", "aside"]), st.lists(numbers, max_size=2)),
    st.tuples(THEMES, st.just("synonym"), st.lists(THEMES, min_size=1, max_size=1)),
)
"""A tag, its standing, and what it stands under; of a synonym what it means."""
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("tag"), st.integers(0, 2), st.sets(numbers, max_size=4)),
        WISH,
        WISH,
        WISH,
        st.tuples(st.just("undo"), st.integers(0, 9)),
        st.tuples(st.just("bring"), st.lists(ENTRY, min_size=1, max_size=6)),
        st.tuples(st.just("unbring"), st.integers(0, 2)),
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

    def _bring(self, told: list[tuple[int, str, list[int]]]) -> None:
        """What stands in the file may be new here: names of its own besides those of the stories."""
        entries = []
        for number, standing, others in told:
            kind, name = NAMES[number]
            if standing == "synonym":
                entries.append(Entry(kind, name, standing, merged_into=NAMES[others[0]][1]))
                continue
            members = ("C0", "C1") if kind == "relationship" else ()
            entries.append(Entry(kind, name, standing, "", tuple(NAMES[one] for one in others), members))
        bring([*entries, Entry("theme", "New", "canonical", above=(NAMES[0],))], by=self.host)

    def _unbring(self, back: int) -> None:
        imports = Change.objects.filter(act=Act.IMPORT).order_by("-pk")[: back + 1]
        if imports:
            self._tried(lambda: undo_import(imports[len(imports) - 1], by=self.host))

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
        """Only canonical tags are meant, stand above and under, and belong to relationships; nothing is above
        itself.
        """
        assert (
            not Tag.objects.filter(merged_into__isnull=False)
            .exclude(merged_into__standing="canonical")
            .exists()
        )
        assert not Above.objects.exclude(tag__standing="canonical", above__standing="canonical").exists()
        assert not Member.objects.exclude(character__standing="canonical").exists()
        steps = list(Above.objects.values_list("tag", "above"))
        while True:
            ends = {above for _tag, above in steps} - {tag for tag, _above in steps}
            left = [(tag, above) for tag, above in steps if above not in ends]
            if len(left) == len(steps):
                break
            steps = left
        assert not steps, "a circle"


pytestmark = pytest.mark.django_db
