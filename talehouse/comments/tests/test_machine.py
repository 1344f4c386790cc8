"""A writer who changes her text again and again, and readers who talk about it: no comment is ever lost.

After each step every comment that somebody may see is listed to them exactly once, the counters equal a
recount, and what stands at a place in the text stands in reading order (law 2 and law 3).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import hypothesis
import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from talehouse.accounts import blocking
from talehouse.accounts.models import Account, PenName, Person, Visitor
from talehouse.comments import deciding, listing, saying
from talehouse.comments.listing import Asking
from talehouse.comments.models import Comment
from talehouse.comments.saying import Guest, Place, say
from talehouse.lib import html as markup
from talehouse.ops.recounting import check
from talehouse.stories import moving, publishing, removing
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part, Story
from talehouse.stories.quoting import Quote
from tests.cast import person
from tests.delivering import deliver_now

READERS = st.sampled_from(["one", "two"])
CHOICE = st.integers(0, 10_000)
"""Which of the things that there are, counted round."""
SAID = ["lamp", "weir", "keeper", "orchard", "ledger", "rope", "winter", "bell", "sister", "stone", "door"]


def sentence(number: int) -> str:
    """A paragraph; every seventh is one that stands in a text more than once."""
    if number % 7 == 0:
        return "No."
    one, other = SAID[number % len(SAID)], SAID[(number * 5 + 3) % len(SAID)]
    return f"The {one} of row {number} kept the {other}, and nobody asked the {SAID[number % 4]} why."


class Talk(RuleBasedStateMachine):
    """The rules of texts and comments at one part."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.number = self.guests = self.step = 0

    def teardown(self) -> None:
        """Nothing is left of an example, whatever became of it."""
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize(number=st.integers(1, 6))
    def begin(self, number: int) -> None:
        self.writer, self.one, self.two = person("writer"), person("one"), person("two")
        self.host = person("keeper", host_since="2026-01-01T00:00Z")
        pen_name = self.writer.pen_name
        assert pen_name is not None
        self.stories = [
            publishing.create(
                by=self.writer, pen_name=pen_name, title=title, rating="general", comments_from="everyone"
            )
            for title in ("Machine", "Other machine")
        ]
        self.paragraphs = [self._fresh() for _ in range(number)]
        self.pk = publishing.add_part(self.stories[0], by=self.writer, title="Part", html=self._html()).pk
        publishing.publish(self._part(), by=self.writer)
        deliver_now()

    def _fresh(self) -> str:
        self.number += 1
        return sentence(self.number)

    def _html(self) -> str:
        return "".join(f"<p>{text}</p>" for text in self.paragraphs)

    def _part(self) -> Part:
        return Part.objects.select_related("story", "published").get(pk=self.pk)

    def _story(self) -> Story:
        return self._part().story

    @staticmethod
    def _name(account: Account) -> PenName:
        assert account.pen_name is not None
        return account.pen_name

    def _reader(self, who: str) -> Account:
        account: Account = getattr(self, who)
        return account

    def _one_of(self, choice: int, **wanted: Any) -> Comment | None:
        found = list(Comment.objects.filter(part=self.pk, **wanted).order_by("pk"))
        return found[choice % len(found)] if found else None

    # The text

    def _publish(self) -> None:
        publishing.edit(self._part(), by=self.writer, html=self._html())
        publishing.publish(self._part(), by=self.writer)

    def _at(self, choice: int) -> int:
        return choice % len(self.paragraphs)

    @rule(at=CHOICE, word=CHOICE)
    def change_words(self, at: int, word: int) -> None:
        place = self._at(at)
        words = self.paragraphs[place].split()
        words[word % len(words)] = f"other{self.number}"
        self.number += 1
        self.paragraphs[place] = " ".join(words)
        self._publish()

    @rule(at=CHOICE, number=st.integers(1, 3))
    def insert(self, at: int, number: int) -> None:
        place = at % (len(self.paragraphs) + 1)
        self.paragraphs[place:place] = [self._fresh() for _ in range(number)]
        self._publish()

    @precondition(lambda self: len(self.paragraphs) > 1)
    @rule(at=CHOICE)
    def delete_paragraph(self, at: int) -> None:
        del self.paragraphs[self._at(at)]
        self._publish()

    @rule(at=CHOICE, to=CHOICE)
    def move_paragraph(self, at: int, to: int) -> None:
        text = self.paragraphs.pop(self._at(at))
        self.paragraphs.insert(to % (len(self.paragraphs) + 1), text)
        self._publish()

    @rule(at=CHOICE)
    def split(self, at: int) -> None:
        place = self._at(at)
        words = self.paragraphs[place].split()
        if len(words) > 1:
            half = len(words) // 2
            self.paragraphs[place : place + 1] = [" ".join(words[:half]), " ".join(words[half:])]
        self._publish()

    @precondition(lambda self: len(self.paragraphs) > 1)
    @rule(at=CHOICE)
    def merge(self, at: int) -> None:
        place = at % (len(self.paragraphs) - 1)
        self.paragraphs[place : place + 2] = [" ".join(self.paragraphs[place : place + 2])]
        self._publish()

    @rule()
    def begin_anew(self) -> None:
        self.paragraphs = [self._fresh() for _ in range(2)]
        self._publish()

    @rule(twice=st.booleans())
    def the_worker_comes_by(self, twice: bool) -> None:
        deliver_now()
        if twice:
            assert deliver_now() == 0

    # Comments

    def _say(self, place: Place, by: Account | Guest, parent: Comment | None = None) -> None:
        try:
            say(place, by=by, text=f"Comment {Comment.objects.count()}.", parent=parent)
        except RuleError:
            assert parent is not None or self._part().comments_closed_at is not None

    @rule(who=READERS)
    def say_on_the_part(self, who: str) -> None:
        part = self._part()
        self._say(Place(story=part.story, part=part), self._reader(who))

    @rule(who=READERS, at=CHOICE, start=CHOICE, length=st.integers(0, 40))
    def say_at_a_place(self, who: str, at: int, start: int, length: int) -> None:
        """On words of a block, or on the whole of it."""
        part = self._part()
        assert part.published is not None
        blocks = markup.parse(part.published.html)
        key, block = blocks[at % len(blocks)]
        begin = start % len(block.text)
        quote = Quote(block.text[begin : begin + length], begin) if length else None
        self._say(Place(story=part.story, part=part, block=key, quote=quote), self._reader(who))

    @rule(which=CHOICE, who=st.sampled_from(["one", "two", "writer"]))
    def answer(self, which: int, who: str) -> None:
        part, parent = self._part(), self._one_of(which)
        if parent is not None:
            self._say(Place(story=part.story, part=part), self._reader(who), parent)

    @rule()
    def a_guest(self) -> None:
        part = self._part()
        self.guests += 1
        self._say(Place(story=part.story, part=part), Guest("Guest", f"key-{self.guests}"))

    @rule(which=CHOICE, held=st.booleans())
    def say_it_otherwise(self, which: int, held: bool) -> None:
        said = self._one_of(which, pen_name__account=self.one, deleted_at=None)
        if said is not None:
            publishing.describe(self._story(), by=self.writer, held_words="spoiler" if held else "")
            saying.edit(said, by=self.one, text=f"{said.text} spoiler")

    @rule(which=CHOICE, who=READERS)
    def take_back(self, which: int, who: str) -> None:
        said = self._one_of(which, pen_name__account=self._reader(who))
        if said is not None:
            deciding.take_back(said, by=self._reader(who))

    @rule(which=CHOICE, by=st.sampled_from(["writer", "host"]))
    def hide_or_show(self, which: int, by: str) -> None:
        said = self._one_of(which)
        if said is None:
            return
        act = deciding.unhide if said.hidden_at else deciding.hide
        try:
            act(said, by=self._reader(by))
        except RuleError:
            assert said.hidden_by == self.host and by == "writer"

    @rule(which=CHOICE)
    def approve(self, which: int) -> None:
        said = self._one_of(which, held_at__isnull=False)
        if said is not None:
            deciding.approve(said, by=self.writer)

    @rule(which=CHOICE)
    def pin_or_not(self, which: int) -> None:
        said = self._one_of(which, root=None)
        if said is not None:
            deciding.pin(said, by=self.writer, on=said.pinned_at is None)

    @rule(which=CHOICE, who=READERS)
    def like(self, which: int, who: str) -> None:
        said = self._one_of(which, deleted_at=None, hidden_at=None)
        if said is not None and (said.pen_name is None or said.pen_name.account_id != self._reader(who).pk):
            act = deciding.like if which % 3 else deciding.unlike
            act(said, by=self._reader(who))

    @rule(wait=st.sampled_from(["all", "first", "never"]))
    def let_comments_wait(self, wait: str) -> None:
        publishing.describe(self._story(), by=self.writer, comments_wait=wait)

    @rule(on=st.booleans())
    def mute(self, on: bool) -> None:
        (blocking.mute if on else blocking.unmute)(self._name(self.two), by=self.one)

    # The part

    @rule(back=st.booleans())
    def withdraw_or_put_back(self, back: bool) -> None:
        (removing.put_back if back else removing.withdraw)(self._part(), by=self.writer)

    @rule()
    def delete_and_bring_back(self) -> None:
        removing.delete(self._part(), by=self.writer)
        assert check() == []
        removing.undelete(self._part(), by=self.writer)

    @rule()
    def move_to_the_other_story(self) -> None:
        here = self._story()
        other = next(story for story in self.stories if story.pk != here.pk)
        moving.move(here, [self.pk], to=other, by=self.writer)

    # What is always so

    def _listed(self, asking: Asking, order: str) -> list[int]:
        """The comments that a person finds when they turn all pages, in the order of the pages."""
        rows = Comment.objects.filter(part=self.pk)
        found: list[int] = []
        after = ""
        while True:
            page = listing.page_of(rows, asking, order=order, after=after)
            for one in page.threads:
                whole = listing.with_thread(page, rows, asking, one.comment.pk) if one.more else page
                thread = next(two for two in whole.threads if two.comment.pk == one.comment.pk)
                assert bool(one.more) == (thread is not one)
                shown = [thread, *thread.flat()]
                found += [one.comment.pk for one in shown if not one.is_empty]
                assert all(one.comment.text for one in shown if not one.is_empty)
            after = page.following
            if not after:
                return found

    def _expected(self, who: Person) -> set[int]:
        """Those that this person may see, worked out one by one."""
        rows = Comment.objects.filter(part=self.pk, deleted_at=None).select_related(
            "pen_name", "root__pen_name"
        )
        decides = who in (self.writer, self.host)
        muted = set(who.mutings.values_list("pen_name", flat=True)) if isinstance(who, Account) else set()
        return {
            row.pk
            for row in rows
            if (decides or not (row.held_at or row.hidden_at) or self._is_by(row, who))
            and not muted & {row.pen_name_id, row.root.pen_name_id if row.root else None}
        }

    @staticmethod
    def _is_by(row: Comment, who: Person) -> bool:
        return row.pen_name is not None and row.pen_name.account_id == who.pk

    @invariant()
    def everybody_finds_each_comment_once(self) -> None:
        """One of them after each step, in one order, each in turn."""
        if hasattr(self, "pk"):
            who = (Visitor(), self.one, self.two, self.writer)[self.step % 4]
            order = list(listing.ORDERS)[self.step % 3]
            self.step += 1
            listed = Counter(self._listed(Asking(who, decides=who is self.writer), order))
            assert set(listed) == self._expected(who), (who, order)
            assert set(listed.values()) <= {1}, (who, order)

    @invariant()
    def what_a_muter_does_not_see_is_counted(self) -> None:
        if hasattr(self, "pk"):
            page = listing.page_of(Comment.objects.filter(part=self.pk), Asking(self.one))
            everything = Asking(self.one).seen(Comment.objects.filter(part=self.pk, deleted_at=None))
            assert page.hidden.muted == everything.count() - len(self._expected(self.one))

    @invariant()
    def counters_equal_a_recount(self) -> None:
        if hasattr(self, "pk"):
            assert check() == []
            assert self._part().comment_count == len(self._expected(Visitor()))

    @invariant()
    def places_are_in_reading_order(self) -> None:
        if not hasattr(self, "pk"):
            return
        rows = Comment.objects.filter(part=self.pk).exclude(quoted_block="").select_related("placed_on")
        for row in rows:
            assert row.placed_on is not None
            blocks = markup.parse(row.placed_on.html)
            assert [key for key, _ in blocks].index(row.block) == row.order
            assert 0 <= row.start <= row.end <= len(dict(blocks)[row.block].text)

    @invariant()
    def bubbles_count_what_stands_at_places(self) -> None:
        if hasattr(self, "pk"):
            counted = Comment.objects.counted().filter(part=self.pk)
            anchored = [row for row in counted.select_related("root") if (row.root or row).quoted_block]
            assert sum(listing.bubbles(self.pk).values()) == len(anchored)

    @rule()
    def everything_is_placed_in_the_text_that_is_out(self) -> None:
        deliver_now()
        part = self._part()
        assert part.published is not None
        rows = Comment.objects.filter(part=self.pk).exclude(quoted_block="")
        assert not rows.exclude(placed_on=part.published).exists()
        assert not rows.exclude(story=part.story).exists()
        keys = [key for key, _ in markup.parse(part.published.html)]
        assert set(listing.bubbles(self.pk)) <= set(keys)
        in_order = list(rows.order_by("order", "start", "pk").values_list("block", flat=True))
        assert in_order == sorted(in_order, key=keys.index)


@pytest.mark.django_db
def test_whatever_happens_no_comment_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "THREADS", 3)
    monkeypatch.setattr(listing, "ANSWERS", 4)
    deliver_now()
    profile = hypothesis.settings.default
    assert profile is not None
    run_state_machine_as_test(
        Talk,
        settings=hypothesis.settings(max_examples=max(profile.max_examples // 3, 1), stateful_step_count=25),
    )
