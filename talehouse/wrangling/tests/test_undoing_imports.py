"""One undo for a whole import: all goes back but what somebody has changed or built on, which is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from talehouse.accounts.models import Account
from talehouse.activity.models import Event
from talehouse.stories import effective
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import StoryTag
from talehouse.tags.models import Above, Member, Tag
from talehouse.tags.naming import named
from talehouse.wrangling import bringing, undoing_imports
from talehouse.wrangling.bringing import bring
from talehouse.wrangling.files.entries import Entry
from talehouse.wrangling.models import Act, Change, Touched
from talehouse.wrangling.tests.brought import FILE, names_left
from talehouse.wrangling.tests.sorted_tags import (
    found,
    make_canonical,
    make_synonym,
    put_under,
    set_apart,
    set_aside,
    set_members,
    tag,
    tagged,
    take_out,
)
from talehouse.wrangling.undoing import undo
from talehouse.wrangling.undoing_imports import Undone, standing, undo_import
from tests.cast import Cast
from tests.delivering import deliver_now
from tests.test_queries import questions


def everything() -> tuple[object, ...]:
    """The whole order, as rows, of all that somebody has sorted or that stands anywhere."""
    unsorted = {"standing": "unsorted", "merged_into": None}
    rows = Tag.objects.order_by("pk").values("pk", "kind", "name", "standing", "merged_into", "romantic")
    return (
        [row for row in rows if not unsorted.items() <= row.items()],
        sorted(Above.objects.values_list("tag", "above")),
        sorted(Member.objects.values_list("relationship", "character", "position")),
    )


def test_all_is_as_it_was_and_writers_words_stay(cast: Cast, by: Account) -> None:
    one = tagged(cast, "One", "lampes", "Lamps")
    make_canonical([tag("Old"), tag("Oil"), tag("Olden")], by=by)
    put_under(tag("Old"), tag("Oil"), by=by)
    words = list(StoryTag.objects.order_by("pk").values())
    before = everything()
    change = bring(FILE, by=by).change
    deliver_now()
    assert found(one) == {"lampes", "Lamps", "Light", "Weir"}
    assert everything() != before
    seen = Event.objects.filter(verb="tag.wrangled").count()
    assert undo_import(change, by=by) == Undone(11, 0)
    assert everything() == before
    assert Event.objects.filter(verb="tag.wrangled").count() == seen + 11
    deliver_now()
    assert found(one) == {"lampes", "Lamps"} and list(effective.differences()) == []
    assert list(StoryTag.objects.order_by("pk").values()) == words
    assert Tag.objects.filter(name="Light", standing="unsorted").exists()


def test_it_is_one_row_in_the_log_and_so_is_its_undo(by: Account) -> None:
    change = bring(FILE, by=by).change
    undo_import(change, by=by)
    assert list(Change.objects.order_by("pk").values_list("act", "batch", "by", "undoes")) == [
        (Act.IMPORT, change.batch, by.pk, None),
        (Act.UNDO, change.batch, by.pk, change.pk),
    ]
    assert Touched.objects.filter(change__act=Act.UNDO).count() == 11
    with pytest.raises(RuleError, match="nothing left"):
        undo_import(change, by=by)
    again = bring(FILE, by=by)
    assert (again.made, again.sorted) == (0, 10)
    assert undo_import(again.change, by=None) == Undone(11, 0)


SINCE: dict[str, tuple[Callable[[Account], Any], set[str]]] = {
    "set apart": (lambda by: set_apart(tag("lampes"), by=by), {"lampes"}),
    "another meaning": (
        lambda by: [set_apart(tag("lampen"), by=by), make_synonym(tag("lampen"), tag("Light"), by=by)],
        {"lampen", "Light"},
    ),
    "a synonym of ours": (
        lambda by: make_synonym(tag("lamp"), tag("Lamps"), by=by),
        {"Lamps", "Light", "Weir"},
    ),
    "merged": (
        lambda by: make_synonym(tag("Old"), tag("Ancient"), by=by),
        {"Old", "Light"},
    ),
    "under it": (
        lambda by: [make_canonical(tag("Glow"), by=by), put_under(tag("Glow"), tag("Light"), by=by)],
        {"Light"},
    ),
    "out of it": (lambda by: take_out(tag("Lamps"), tag("Weir", "fandom"), by=by), {"Lamps", "Light"}),
    "members": (
        lambda by: set_members(
            tag("Mira & Wen", "relationship"),
            [
                tag("Mira", "character"),
                make_canonical(tag("Wen", "character"), by=by)[0].tag or tag("Wen", "character"),
            ],
            by=by,
        ),
        {"Mira", "Weir"},
    ),
    "aside": (lambda by: set_apart(tag("hmm"), by=by), {"hmm"}),
    "there and back": (lambda by: [set_apart(tag("hmm"), by=by), set_aside(tag("hmm"), by=by)], set()),
    "undone by hand": (lambda by: undo(make_synonym(tag("lamp"), tag("Lamps"), by=by)[0], by=by), set()),
}


@pytest.mark.parametrize("what", SINCE)
def test_what_has_changed_since_and_what_it_stands_on_are_left(by: Account, what: str) -> None:
    act, left = SINCE[what]
    change = bring(FILE, by=by).change
    act(by)
    now = {one.name: (one.standing, one.merged_into_id) for one in Tag.objects.all()}
    assert undo_import(change, by=by) == Undone(11 - len(left), len(left))
    assert names_left(change) == left
    for one in Tag.objects.filter(name__in=[entry.name for entry in FILE]):
        if one.name in left:
            assert (one.standing, one.merged_into_id) == now[one.name]
        else:
            assert one.standing == "unsorted"
    assert Change.objects.filter(undoes=change).exists() == (not left)


def test_the_rest_goes_once_nothing_stands_in_the_way(by: Account) -> None:
    change = bring(FILE, by=by).change
    (since,) = make_synonym(tag("lamp"), tag("Lamps"), by=by)
    assert undo_import(change, by=by) == Undone(8, 3)
    assert undo_import(change, by=by) == Undone(0, 3)
    undo(since, by=by)
    assert undo_import(change, by=by) == Undone(3, 0)
    assert Change.objects.get(undoes=change).pk == Change.objects.latest("pk").pk


def test_an_older_act_says_that_an_import_came_after_it(by: Account) -> None:
    (made,) = make_canonical(tag("Old"), by=by)
    change = bring(FILE, by=by).change
    with pytest.raises(RuleError, match="“Old” has changed since: on .* “Old” – Bring a vocabulary in"):
        undo(made, by=by)
    undo_import(change, by=by)
    undo(made, by=by)
    assert tag("Old").standing == "unsorted"


def test_half_an_import_can_be_undone(by: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing, "BATCH", 3)
    before = everything()
    done = 0

    def stop(number: int, total: int) -> None:
        nonlocal done
        done = number
        if number > 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(FILE, by=by, progress=stop)
    change = Change.objects.get(act=Act.IMPORT)
    assert 0 < done < len(FILE) and everything() != before
    assert undo_import(change, by=by).left == 0
    assert everything() == before


def test_what_others_sort_while_it_comes_in_is_theirs(by: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing, "BATCH", 100)

    def meddle(number: int, total: int) -> None:
        """Once all tags are there, before anything stands above them."""
        if number == total:
            set_aside(tag("Old"), by=by)
            make_canonical(tag("Glow"), by=by)
            put_under(tag("Lamps"), tag("Glow"), by=by)

    brought = bring(FILE, by=by, progress=meddle)
    assert brought.skipped["steps upward that cannot be"] == 1
    assert not Above.objects.filter(tag=tag("Old")).exists()
    undo_import(brought.change, by=by)
    assert names_left(brought.change) == {"Old", "Lamps", "Light", "Weir"}
    assert tag("Old").standing == "aside" and tag("Lamps").standing == "canonical"


def test_many_tags_are_few_questions(by: Account) -> None:
    def asked(number: int, letter: str) -> int:
        entries = [Entry("theme", f"{letter}{n}", "canonical") for n in range(number)]
        entries += [
            Entry("theme", f"{letter}{n} s", "synonym", merged_into=f"{letter}{n}") for n in range(number)
        ]
        change = bring(entries, by=by).change
        with questions() as told:
            undo_import(change, by=by)
        return len(told)

    asked(2, "z")
    assert asked(40, "a") == asked(80, "b")


def test_nobody_else_and_nothing_else(cast: Cast, by: Account) -> None:
    change = bring(FILE, by=by).change
    for who in ("reader", "suspended"):
        with pytest.raises(NotAllowedError):
            undo_import(change, by=getattr(cast, who))
    (other,) = make_canonical(tag("Ash"), by=by)
    with pytest.raises(RuleError, match="no import"):
        undo_import(other, by=by)
    with pytest.raises(RuleError, match="in one step"):
        undo(change, by=by)
    assert standing(change).count() == 11


# The page


# The command


# The law


THEMES = [f"T{n}" for n in range(6)]
ENTRIES = st.lists(
    st.one_of(
        st.builds(
            Entry,
            st.just("theme"),
            st.sampled_from(THEMES),
            st.sampled_from(["canonical", "aside", "unsorted"]),
            above=st.lists(st.tuples(st.just("theme"), st.sampled_from(THEMES)), max_size=2).map(tuple),
        ),
        st.builds(
            Entry,
            st.just("theme"),
            st.sampled_from(THEMES),
            st.just("synonym"),
            merged_into=st.sampled_from(THEMES),
        ),
        st.builds(Entry, st.just("character"), st.sampled_from(["C0", "C1"]), st.just("canonical")),
        st.builds(
            Entry,
            st.just("relationship"),
            st.just("C0/C1"),
            st.sampled_from(["canonical", "unsorted"]),
            members=st.just(("C0", "C1")),
        ),
    ),
    max_size=10,
)


class BackAsItWas(TestCase):
    """Whatever was there, and whatever came in: undone at once, all is as it was."""

    @given(ENTRIES, ENTRIES, ENTRIES)
    def test_any_import_over_any_order(self, first: Any, second: Any, third: Any) -> None:
        for name in THEMES:
            named("theme", name)
        bring(first, by=None)
        states = [everything()]
        changes = []
        for entries in (second, third):
            changes.append(bring(entries, by=None).change)
            states.append(everything())
        for change in reversed(changes):
            assert everything() == states.pop()
            if standing(change).exists():
                assert undo_import(change, by=None).left == 0
        assert everything() == states.pop()


@pytest.mark.django_db(transaction=True)
def test_two_undo_the_same_and_a_wrangler_works_meanwhile(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing_imports, "BATCH", 5)
    entries = [Entry("theme", f"T{n}", "canonical") for n in range(30)]
    change = bring(entries, by=None).change
    failed: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except RuleError:
            pass
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    work = [
        lambda: undo_import(change, by=cast.host),
        lambda: undo_import(change, by=cast.host),
        lambda: [make_synonym(tag(f"our {n}"), tag(f"T{n}"), by=cast.host) for n in range(0, 30, 7)],
    ]
    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []
    ours = {n for n in range(0, 30, 7) if tag(f"our {n}").standing == "synonym"}
    for n in range(30):
        assert tag(f"T{n}").standing == ("canonical" if n in ours else "unsorted"), n
    assert Touched.objects.filter(change=change, undone_by=None).count() <= len(ours)
