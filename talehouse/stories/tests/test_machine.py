"""Two people at one story, in any order: no word is lost, and everybody sees what a simple model says.

The author and a co-author write from what each of them saw last, which may be old. The model knows of each
part whether it lies deleted or withdrawn, when it comes out, and which text readers have.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis
import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from talehouse.accounts.models import Account, Person, Visitor
from talehouse.stories import drafting, ordering, people, publishing, removing, revising, sums, thinning
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part, Revision, RoleKind, Story
from tests.cast import person

Kind = Revision.Kind
START = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
WHO = st.sampled_from(["author", "co_author"])
WORDS = st.integers(0, 30)
SAID = re.compile(r">(Word \d+)</p>")
MINUTES = st.one_of(st.integers(1, 90), st.integers(60, 60 * 30), st.integers(60 * 24, 60 * 24 * 40))


@dataclass
class Known:
    """What the model knows of a part. `seen`: the newest number that each person has looked at."""

    newest: str
    public: str = ""
    comes_out: datetime | None = None
    deleted: datetime | None = None
    withdrawn: bool = False
    given: set[str] = field(default_factory=set)
    seen: dict[str, int] = field(default_factory=dict)

    def is_out(self, now: datetime) -> bool:
        """Whether its time has come."""
        return self.comes_out is not None and self.comes_out <= now

    def is_seen(self, now: datetime) -> bool:
        """Whether readers see it."""
        return self.is_out(now) and self.deleted is None and not self.withdrawn


def html(word: int) -> str:
    """A text of one paragraph."""
    return f"<p>Word {word}</p>"


def said(revision: Revision | None) -> str:
    """The words of such a text."""
    match = SAID.search(revision.html) if revision else None
    return match[1] if match else ""


class Desk(RuleBasedStateMachine):
    """The rules of the desk, each with what the model makes of it."""

    parts = Bundle("parts")

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.clock = time_machine.travel(START, tick=False)
        self.hand = self.clock.start()
        self.model: dict[int, Known] = {}

    def teardown(self) -> None:
        """Nothing is left of an example, whatever became of it."""
        self.clock.stop()
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize(target=parts)
    def begin(self) -> Any:
        self.author, self.co_author = person("machine"), person("mate")
        self.cast: dict[str, Person] = {
            "visitor": Visitor(),
            "member": person("member"),
            "stranger to the house": Visitor(member=True),
            "author": self.author,
            "co_author": self.co_author,
        }
        pen_name, other = self.author.pen_name, self.co_author.pen_name
        assert pen_name is not None and other is not None
        self.story = publishing.create(by=self.author, pen_name=pen_name, title="Machine", rating="general")
        role = people.ask(self.story, other, RoleKind.CO_AUTHOR, by=self.author)
        people.accept(role, by=self.co_author)
        return multiple(*(self._added("author", word) for word in range(2)))

    def _added(self, who: str, word: int) -> int:
        part = publishing.add_part(self.story, by=self._account(who), title="A part", html=html(word))
        told = f"Word {word}"
        self.model[part.pk] = Known(told, given={told}, seen=dict.fromkeys(("author", "co_author"), 1))
        return int(part.pk)

    def _account(self, who: str) -> Account:
        account: Account = getattr(self, who)
        return account

    @staticmethod
    def _part(pk: int) -> Part:
        return Part.objects.select_related("draft", "published").get(pk=pk)

    def _refused(self, known: Known, act: Any) -> bool:
        """Do it; whether it was refused, as it must be for a part that lies deleted."""
        try:
            act()
        except RuleError:
            return True
        assert known.deleted is None
        return False

    # Writing

    @rule(target=parts, who=WHO, word=WORDS)
    def add(self, who: str, word: int) -> Any:
        if len(self.model) > 4:
            return multiple()
        return self._added(who, word)

    @rule(pk=parts, who=WHO)
    def look(self, pk: int, who: str) -> None:
        newest = self._part(pk).revisions.exclude(kind=Kind.ASIDE).order_by("-number").first()
        self.model[pk].seen[who] = newest.number if newest else 0

    @rule(pk=parts, who=WHO, word=WORDS, automatic=st.booleans(), tab=st.booleans())
    def save(self, pk: int, who: str, word: int, automatic: bool, tab: bool) -> None:
        known, part, base = self.model[pk], self._part(pk), self.model[pk].seen[who]
        since = part.revisions.filter(number__gt=base).exclude(kind=Kind.ASIDE)
        others = since.exclude(made_by=self._account(who), tab=who).exists()
        saved: list[drafting.Saved] = []

        def act() -> None:
            saved.append(
                drafting.save(
                    part,
                    by=self._account(who),
                    html=html(word),
                    base=base,
                    tab=who if tab else "",
                    automatic=automatic,
                )
            )

        if self._refused(known, act):
            assert known.deleted is not None
            return
        told = f"Word {word}"
        known.given.add(told)
        assert said(saved[0].revision) == told
        if saved[0].is_aside:
            assert said(saved[0].newest) == known.newest != told
            assert others or not tab
        else:
            assert not others or told == known.newest
            known.newest, known.seen[who] = told, saved[0].revision.number

    @rule(pk=parts, who=WHO, words=st.lists(WORDS, min_size=1, max_size=4))
    def type_on(self, pk: int, who: str, words: list[int]) -> None:
        """One window saves by itself, again and again, from the newest."""
        self.look(pk=pk, who=who)
        for word in words:
            self.save(pk=pk, who=who, word=word, automatic=True, tab=True)

    @rule(pk=parts, one=WORDS, other=WORDS)
    def both_type(self, pk: int, one: int, other: int) -> None:
        """Both begin from the same text, and both save."""
        for who in ("author", "co_author"):
            self.look(pk=pk, who=who)
        for who, word in (("author", one), ("co_author", other)):
            self.save(pk=pk, who=who, word=word, automatic=True, tab=True)

    @rule(pk=parts, who=WHO, word=WORDS)
    def edit(self, pk: int, who: str, word: int) -> None:
        known = self.model[pk]
        act = lambda: publishing.edit(self._part(pk), by=self._account(who), html=html(word))  # noqa: E731
        if not self._refused(known, act):
            known.newest = f"Word {word}"
            known.given.add(known.newest)

    @rule(pk=parts, who=WHO, back=st.integers(1, 9))
    def restore(self, pk: int, who: str, back: int) -> None:
        known, rows = self.model[pk], list(self._part(pk).revisions.order_by("-number"))
        old = rows[back % len(rows)]
        if not self._refused(known, lambda: revising.restore(old, by=self._account(who))):
            known.newest = said(old)

    @rule(pk=parts, who=WHO, keep=st.booleans())
    def decide(self, pk: int, who: str, keep: bool) -> None:
        known = self.model[pk]
        aside = self._part(pk).revisions.filter(kind=Kind.ASIDE, settled_at=None).order_by("number").first()
        if aside is None:
            return
        act = revising.keep_mine if keep else revising.dismiss
        if not self._refused(known, lambda: act(aside, by=self._account(who))) and keep:
            known.newest = said(aside)

    @rule(pk=parts, who=WHO, back=st.integers(0, 9))
    def name(self, pk: int, who: str, back: int) -> None:
        rows = list(self._part(pk).revisions.order_by("-number"))
        row = rows[back % len(rows)]
        self._refused(self.model[pk], lambda: revising.name(row, by=self._account(who), name="Kept"))

    # Coming out

    @rule(pk=parts, who=WHO)
    def publish(self, pk: int, who: str) -> None:
        known, now = self.model[pk], timezone.now()
        if not self._refused(known, lambda: publishing.publish(self._part(pk), by=self._account(who))):
            known.public = known.newest
            known.comes_out = known.comes_out if known.is_out(now) else now

    @rule(pk=parts, who=WHO, minutes=MINUTES)
    def schedule(self, pk: int, who: str, minutes: int) -> None:
        known, now = self.model[pk], timezone.now()
        at = now + timedelta(minutes=minutes)
        act = lambda: publishing.schedule(self._part(pk), by=self._account(who), at=at)  # noqa: E731
        if self._refused(known, act):
            assert known.deleted or known.is_out(now)
        else:
            known.public, known.comes_out = known.newest, at

    @rule(pk=parts, who=WHO)
    def unschedule(self, pk: int, who: str) -> None:
        known, now = self.model[pk], timezone.now()
        if self._refused(known, lambda: publishing.unschedule(self._part(pk), by=self._account(who))):
            assert known.deleted or known.is_out(now) or known.comes_out is None
        else:
            known.comes_out = None

    # Order and removal

    @rule(who=WHO, by=st.integers(1, 5))
    def reorder(self, who: str, by: int) -> None:
        standing = list(
            self.story.parts.filter(deleted_at=None).order_by("position").values_list("pk", flat=True)
        )
        turned = standing[by % (len(standing) or 1) :] + standing[: by % (len(standing) or 1)]
        ordering.reorder(self.story, by=self._account(who), order=turned)
        now = self.story.parts.filter(deleted_at=None).order_by("position").values_list("pk", flat=True)
        assert list(now) == turned

    @rule(pk=parts, who=WHO)
    def delete_or_undelete(self, pk: int, who: str) -> None:
        known, now = self.model[pk], timezone.now()
        if known.deleted is None:
            removing.delete(self._part(pk), by=self._account(who))
            known.deleted = now
            return
        try:
            removing.undelete(self._part(pk), by=self._account(who))
        except RuleError:
            assert now - known.deleted > removing.UNDO
            return
        if known.comes_out is not None and known.deleted < known.comes_out <= now:
            known.comes_out = None  # its time went by while it lay there: it comes back as a draft
        known.deleted = None

    @rule(pk=parts, who=WHO)
    def withdraw_or_put_back(self, pk: int, who: str) -> None:
        known = self.model[pk]
        if known.deleted is None:
            act = removing.put_back if known.withdrawn else removing.withdraw
            act(self._part(pk), by=self._account(who))
            known.withdrawn = not known.withdrawn

    # Time

    @rule(minutes=MINUTES, everything=st.booleans())
    def time_goes_by(self, minutes: int, everything: bool) -> None:
        """The worker comes by at once: what is due comes out; only what the law names is thinned."""
        self.hand.shift(timedelta(minutes=minutes))
        publishing.release_due()
        before = {row.pk: row for row in Revision.objects.filter(part__story=self.story)}
        (thinning.thin_all if everything else thinning.thin)()
        left = set(Revision.objects.filter(part__story=self.story).values_list("pk", flat=True))
        kept = {row.restored_from_id for row in before.values()} | set(
            self.story.parts.values_list("draft", flat=True)
        )
        for row in (row for pk, row in before.items() if pk not in left):
            assert (row.kind, row.name, row.published_at) == (Kind.AUTO, "", None)
            assert timezone.now() - row.made_at > timedelta(hours=1) and row.pk not in kept
        for pk, known in self.model.items():
            lost = {said(row) for row in before.values() if row.part_id == pk and row.pk not in left}
            known.given -= lost - self._kept(pk)

    @staticmethod
    def _kept(pk: int) -> set[str]:
        return {said(row) for row in Revision.objects.filter(part=pk)}

    # What is always so

    @invariant()
    def positions_are_dense(self) -> None:
        if self.model:
            there = list(
                self.story.parts.filter(deleted_at=None)
                .order_by("position")
                .values_list("position", flat=True)
            )
            assert there == list(range(1, len(there) + 1))

    @invariant()
    def no_word_is_lost(self) -> None:
        for pk, known in self.model.items():
            assert known.given <= self._kept(pk)

    @invariant()
    def each_has_the_text_that_the_model_says(self) -> None:
        now = timezone.now()
        for pk, known in self.model.items():
            part = self._part(pk)
            assert said(part.draft or part.published) == known.newest
            if known.is_out(now) or known.comes_out:
                assert said(part.published) == known.public

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        now = timezone.now()
        for who, somebody in self.cast.items() if self.model else ():
            mine = who in ("author", "co_author")
            expected = {
                pk for pk, known in self.model.items() if (mine and not known.deleted) or known.is_seen(now)
            }
            parts = Part.objects.visible_to(somebody).filter(story=self.story)
            assert set(parts.values_list("pk", flat=True)) == expected, who
            listed = Story.objects.listed_for(somebody).filter(pk=self.story.pk).exists()
            assert listed == any(known.is_seen(now) for known in self.model.values()), who

    @invariant()
    def counters_are_right(self) -> None:
        if self.model:
            fresh = Story.objects.get(pk=self.story.pk)
            expected = sums.expected(fresh)
            assert {name: getattr(fresh, name) for name in expected} == expected
            for part in fresh.parts.select_related("published"):
                assert part.word_count == (part.published.word_count if part.published else 0)


@pytest.mark.django_db
def test_two_people_at_one_story() -> None:
    profile = hypothesis.settings.default
    assert profile is not None
    examples = max(profile.max_examples // 3, 1)
    run_state_machine_as_test(
        Desk, settings=hypothesis.settings(max_examples=examples, stateful_step_count=30)
    )
