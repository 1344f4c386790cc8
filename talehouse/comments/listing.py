"""Comments as they are listed: threads, page by page, by key; answers flat after the third step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Q

from talehouse.accounts.house import orphan_pen_name
from talehouse.accounts.models import PenName, Person
from talehouse.comments.models import Comment, Like
from talehouse.comments.showing import CommentQuerySet
from talehouse.stories.models import Departure

THREADS = 20
"""Threads on a page."""
ANSWERS = 300
"""Answers that are fetched for them at the most; the rest stand on the page of their thread."""
FLAT_AFTER = 3
"""Answers deeper than this stand below one another without a further step."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ORDERS = {"newest": ("-made_at", "-pk"), "oldest": ("made_at", "pk"), "liked": ("-like_count", "-pk")}


class Hidden(NamedTuple):
    """What a list leaves out: how many comments by names that the person has muted, and in their threads."""

    muted: int = 0


@dataclass
class Shown:
    """A comment in a list. `step` is how far it is moved in; `is_empty`: nothing but its place is shown;
    `more`: answers in its thread that are not on this page.

    `signed` is the name that stands on it: the archive's where its writer has left the story without theirs.
    """

    comment: Comment
    signed: PenName | None = None
    step: int = 0
    is_mine: bool = False
    is_liked: bool = False
    is_empty: bool = False
    more: int = 0
    answers: list[Shown] = field(default_factory=list)

    def flat(self) -> Iterator[Shown]:
        """The answers below it in reading order."""
        for answer in self.answers:
            yield answer
            yield from answer.flat()


@dataclass
class Page:
    """One page of threads; `following` is the key of the next page, "" on the last."""

    threads: list[Shown]
    following: str = ""
    hidden: Hidden = Hidden()


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for comments, and what they may see of them.

    `owns`: an author of the story or the owner of the series; `decides`: one of those, or a host.
    """

    person: Person
    decides: bool = False
    owns: bool = False
    guest_key: str = ""

    def seen(self, comments: CommentQuerySet) -> CommentQuerySet:
        """Those of these comments that they see, mutes apart."""
        return comments.visible_to(self.person, decides=self.decides, guest_key=self.guest_key)

    def reads(self, comment: Comment) -> bool:
        """Whether they read its words; else only its place is theirs to see."""
        if comment.deleted_at is not None:
            return False
        return self.decides or self.said(comment) or not (comment.held_at or comment.hidden_at)

    def said(self, comment: Comment) -> bool:
        """Whether it is their own."""
        if comment.pen_name is not None:
            return self.person.pk is not None and comment.pen_name.account_id == self.person.pk
        return bool(self.guest_key) and comment.guest_key == self.guest_key


def page_of(comments: CommentQuerySet, asking: Asking, *, order: str = "newest", after: str = "") -> Page:
    """A page of threads of these comments (all of one place), pinned ones first on the first page."""
    seen = asking.seen(comments)
    shown = seen.not_muted_by(asking.person)
    roots = shown.filter(root=None).select_related("pen_name", "revision", "part")
    columns = ORDERS.get(order, ORDERS["newest"])
    pinned = list(roots.filter(pinned_at__isnull=False).order_by("-pinned_at", "-pk")[:THREADS])
    others = roots.exclude(pk__in=[root.pk for root in pinned])
    found = list(_after(others, columns, after).order_by(*columns)[: THREADS + 1])
    following = _key(found[THREADS - 1], columns) if len(found) > THREADS else ""
    threads = [*([] if after else pinned), *found[:THREADS]]
    hidden = _hidden(seen, asking.person)
    return Page(_with_answers(threads, asking, most=ANSWERS), following, hidden)


def with_thread(page: Page, comments: CommentQuerySet, asking: Asking, number: int) -> Page:
    """The page with the whole thread of this first comment, which somebody came for: above the others if it
    is not among them."""
    roots = asking.seen(comments).not_muted_by(asking.person).filter(root=None, pk=number)
    root = roots.select_related("pen_name", "revision", "part").first()
    if root is None:
        return page
    (whole,) = _with_answers([root], asking, most=None)
    threads = [whole if one.comment.pk == root.pk else one for one in page.threads]
    return replace(page, threads=threads if whole in threads else [whole, *threads])


def one_of(comments: CommentQuerySet, asking: Asking, number: int) -> Shown | None:
    """One of these comments without its answers; None for one whose words they do not see."""
    found = asking.seen(comments).select_related("pen_name").filter(pk=number).first()
    if found is None or not asking.reads(found):
        return None
    return _shown(found, asking, set(), _gone([found]))


def _hidden(seen: CommentQuerySet, person: Person) -> Hidden:
    if person.pk is None:
        return Hidden()
    muted = _muted(person)
    silent = seen.filter(deleted_at=None).filter(Q(pen_name__in=muted) | Q(root__pen_name__in=muted))
    return Hidden(silent.count())


def _muted(person: Person) -> Any:
    return person.mutings.values("pen_name")  # type: ignore[union-attr]  # who has a pk is an account


def _after(roots: CommentQuerySet, columns: tuple[str, str], key: str) -> CommentQuerySet:
    """Those behind the key of the last one that was shown; a key that cannot be read begins anew."""
    first, _dot, number = key.partition(".")
    if not (first.isdecimal() and number.isdecimal() and len(key) < 40):
        return roots
    name = columns[0].lstrip("-")
    value = EPOCH + timedelta(microseconds=int(first[:17])) if name == "made_at" else int(first[:9])
    side = "lt" if columns[0].startswith("-") else "gt"
    return roots.filter(Q(**{f"{name}__{side}": value}) | Q(**{name: value, f"pk__{side}": int(number)}))


def _key(comment: Comment, columns: tuple[str, str]) -> str:
    value = getattr(comment, columns[0].lstrip("-"))
    first = (value - EPOCH) // timedelta(microseconds=1) if isinstance(value, datetime) else value
    return f"{first}.{comment.pk}"


def _with_answers(roots: list[Comment], asking: Asking, *, most: int | None) -> list[Shown]:
    """The threads with their answers, by one question for the answers and one for my likes.

    Of more than `most` answers the newest stay away, and the threads say how many those are.
    """
    ids = [root.pk for root in roots]
    below = asking.seen(Comment.objects.filter(root__in=ids)).not_muted_by(asking.person)
    found = list(below.select_related("pen_name").order_by("made_at", "pk")[: most and most + 1])
    answers = found[:most]
    liked = _liked(asking.person, [*ids, *(answer.pk for answer in answers)])
    gone = _gone([*roots, *answers])
    all_shown = {one.pk: _shown(one, asking, liked, gone) for one in [*roots, *answers]}
    for answer in answers:
        above = all_shown.get(answer.parent_id or 0) or all_shown.get(answer.root_id or 0)
        if above is not None:
            mine = all_shown[answer.pk]
            mine.step = min(above.step + 1, FLAT_AFTER)
            above.answers.append(mine)
    if len(found) > len(answers):
        _count_rest([all_shown[pk] for pk in ids], below)
    return [all_shown[pk] for pk in ids]


def _count_rest(threads: list[Shown], below: CommentQuerySet) -> None:
    all_of_them = dict(below.order_by().values_list("root").annotate(n=Count("pk")))
    for thread in threads:
        thread.more = all_of_them.get(thread.comment.pk, 0) - sum(1 for _answer in thread.flat())


def _gone(comments: list[Comment]) -> dict[tuple[int | None, int | None], PenName]:
    """Whose name is not shown on which story, as they have left it without theirs, and what stands there."""
    stories = {one.story_id for one in comments if one.story_id}
    left = Departure.objects.filter(story__in=stories, undone_at=None, pen_name__isnull=False)
    pairs = list(left.values_list("story", "pen_name"))
    archive = orphan_pen_name() if pairs else None
    return {(story, name): archive for story, name in pairs if archive is not None}


def _shown(
    comment: Comment, asking: Asking, liked: set[int], gone: dict[tuple[int | None, int | None], PenName]
) -> Shown:
    return Shown(
        comment,
        signed=gone.get((comment.story_id, comment.pen_name_id), comment.pen_name),
        is_mine=asking.said(comment),
        is_liked=comment.pk in liked,
        is_empty=not asking.reads(comment),
    )


def _liked(person: Person, ids: list[int]) -> set[int]:
    if person.pk is None or not ids:
        return set()
    return set(Like.objects.filter(account=person.pk, comment__in=ids).values_list("comment", flat=True))


def bubbles(part_id: int) -> dict[str, int]:
    """How many comments stand at each block of a part, as every visitor may see them; by one question.

    An answer stands where its thread stands.
    """
    counted = Comment.objects.counted().filter(part=part_id)
    at: dict[str, int] = defaultdict(int)
    for block, number in _by_block(counted.filter(root=None), "block"):
        at[block] += number
    for block, number in _by_block(counted.filter(root__isnull=False), "root__block"):
        at[block] += number
    at.pop("", None)
    return dict(at)


def _by_block(comments: CommentQuerySet, column: str) -> list[tuple[str, int]]:
    return list(comments.order_by().values_list(column).annotate(n=Count("pk")))
