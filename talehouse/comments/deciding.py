"""What is decided about a comment: by its sender, by the authors of the story, by a host.

Each is one transaction that first takes the story's row, so that counters stay true. Nothing is ever thrown
away here: a decision is a time with its actor, and can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.activity.log import record
from talehouse.comments import counting
from talehouse.comments.models import Bar, Comment, Like
from talehouse.comments.saying import Place, authors_of, hold
from talehouse.comments.showing import CommentQuerySet
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.locking import locked as held
from talehouse.stories.models import Part, Story
from talehouse.stories.powers import Power
from talehouse.stories.sums import bump_story


def decides(comment: Comment, by: Account) -> bool:
    """Whether this person decides about it: an author of the story, the owner of the series, a host."""
    if by.is_suspended:
        return False
    return by.is_host or by.pk in authors_of(Place(series=comment.series, story=comment.story))


STATE = "held_for held_at hidden_at hidden_by deleted_at deleted_by pinned_at quote_struck_at".split()
"""What is decided here. Likes and places in the text move meanwhile: they are never written from here."""


@contextmanager
def _changing(comment: Comment) -> Iterator[Comment]:
    """The comment as it is now, saved afterwards; the counters follow."""
    hold(comment)
    fresh = Comment.objects.select_related("story", "series__owner", "part", "pen_name", "root").get(
        pk=comment.pk
    )
    with counting.counted_again(fresh):
        yield fresh
        fresh.save(update_fields=STATE)


def _by_author(comment: Comment, by: Account) -> None:
    if not decides(comment, by):
        raise NotAllowedError(_("Only the authors of the story decide about this comment."))


@transaction.atomic
def approve(comment: Comment, *, by: Account) -> None:
    """A comment that waited is seen by everybody from now on."""
    with _changing(comment) as fresh:
        _by_author(fresh, by)
        if fresh.held_at is None:
            return
        fresh.held_at, fresh.held_for = None, ""
        record("comment.said", actor=_sender(fresh), subject=fresh)


@transaction.atomic
def decide_waiting(ids: Iterable[int], *, by: Account, show: bool) -> int:
    """Let these comments that wait be seen by everybody, or hide them; returns how many that were.

    Those that do not wait, or about which this person does not decide, are left alone.
    """
    mine = waiting_for(by).filter(pk__in=list(ids))
    found = list(mine.order_by("story", "pk"))  # each takes its story's row: always in one order
    for comment in found:
        if show:
            approve(comment, by=by)
        else:
            hide(comment, by=by)
    return len(found)


def waiting_for(account: Account) -> CommentQuerySet:
    """Comments that wait for a decision of this account, on its stories and series."""
    stories = Story.objects.standing().allowing(account, Power.OWN)
    on_mine = Q(story__in=stories.values("pk")) | Q(series__owner__account=account)
    waits = Comment.objects.filter(held_at__isnull=False, hidden_at=None, deleted_at=None)
    return waits.filter(on_mine)


def _sender(comment: Comment) -> int | None:
    return comment.pen_name.account_id if comment.pen_name else None


@transaction.atomic
def hide(comment: Comment, *, by: Account) -> None:
    """Only its sender and the authors see it, marked so."""
    with _changing(comment) as fresh:
        _by_author(fresh, by)
        if fresh.hidden_at is None:
            fresh.hidden_at, fresh.hidden_by = timezone.now(), by
            record("comment.hidden", actor=by.pk, subject=fresh)


@transaction.atomic
def unhide(comment: Comment, *, by: Account) -> None:
    """Undo a hiding. What a host has hidden, a host shows again."""
    with _changing(comment) as fresh:
        _by_author(fresh, by)
        if fresh.hidden_by and fresh.hidden_by.is_host and not by.is_host:
            raise NotAllowedError(_("A host has hidden this comment."))
        fresh.hidden_at = fresh.hidden_by = None


@transaction.atomic
def take_back(comment: Comment, *, by: Account) -> None:
    """Its sender takes it back: gone, or an empty place if there are answers.

    Its words stay for moderators.
    """
    with _changing(comment) as fresh:
        if _sender(fresh) != by.pk and not by.is_host:
            raise NotAllowedError(_("This comment is not yours to delete."))
        if fresh.deleted_at is None:
            fresh.deleted_at, fresh.deleted_by = timezone.now(), by
            record("comment.deleted", actor=by.pk, subject=fresh)


@transaction.atomic
def pin(comment: Comment, *, by: Account, on: bool = True) -> None:
    """Stand above the others, or no more. Only the first of a thread can."""
    with _changing(comment) as fresh:
        _by_author(fresh, by)
        if fresh.root_id is not None:
            raise RuleError(_("Only the first comment of a thread can be pinned."))
        fresh.pinned_at = timezone.now() if on else None


@transaction.atomic
def freeze(comment: Comment, *, by: Account, on: bool = True) -> None:
    """Nothing more can be said in this thread, or it can again."""
    with _changing(comment) as fresh:
        _by_author(fresh, by)
        first = fresh.root or fresh
        Comment.objects.filter(pk=first.pk).update(frozen_at=timezone.now() if on else None)
        fresh.refresh_from_db(fields=["frozen_at"])


@transaction.atomic
def strike_quote(comment: Comment, *, by: Account) -> None:
    """The words that it was about are not shown any more (the writer has sealed them)."""
    with _changing(comment) as fresh:
        _by_author(fresh, by)
        fresh.quote_struck_at = timezone.now()


@transaction.atomic
def bar(comment: Comment, *, by: Account) -> None:
    """Whoever said this comments on none of my stories any more."""
    _by_author(Comment.objects.select_related("story", "series__owner").get(pk=comment.pk), by)
    if comment.pen_name is None:
        raise RuleError(_("A guest cannot be barred: let guests’ comments wait, or take none."))
    if comment.pen_name.account_id == by.pk:
        raise RuleError(_("This name is your own."))
    defaults = {"account_id": comment.pen_name.account_id}
    Bar.objects.get_or_create(by=by, through=comment.pen_name, defaults=defaults)


@transaction.atomic
def unbar(bar: Bar, *, by: Account) -> None:
    """They may comment again."""
    Bar.objects.filter(pk=bar.pk, by=by).delete()


@transaction.atomic
def close(thing: Story | Part, *, by: Account, on: bool = True) -> None:
    """Nothing more can be said there, or it can again."""
    story = held(thing.pk if isinstance(thing, Story) else thing.story_id, by=by, power=Power.DESCRIBE)
    type(thing)._default_manager.filter(pk=thing.pk).update(comments_closed_at=timezone.now() if on else None)
    bump_story(story)


@transaction.atomic
def like(comment: Comment, *, by: Account) -> bool:
    """Returns whether that is new. Nobody likes a comment of their own."""
    if by.is_suspended:
        raise NotAllowedError(_("Your account is suspended."))
    if _sender(comment) == by.pk:
        raise NotAllowedError(_("This comment is your own."))
    _like, is_new = Like.objects.get_or_create(comment=comment, account=by)
    if is_new:
        _count_likes(comment, 1)
    return is_new


@transaction.atomic
def unlike(comment: Comment, *, by: Account) -> bool:
    """Returns whether there was one to take back."""
    taken = bool(Like.objects.filter(comment=comment, account=by).delete()[0])
    if taken:
        _count_likes(comment, -1)
    return taken


def _count_likes(comment: Comment, step: int) -> None:
    Comment.objects.filter(pk=comment.pk).update(like_count=F("like_count") + step)
