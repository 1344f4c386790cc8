"""Saying something: on a part, on words of it, on a story, on a series, or in answer to somebody."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.blocking import has_blocked_any
from talehouse.accounts.models import Account, PenName
from talehouse.activity.log import record
from talehouse.comments import counting, wording
from talehouse.comments.models import Bar, Comment, CommentEdit, Mention
from talehouse.lib import html as markup
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import CommentsFrom, CommentsWait, Part, Role, Series, Story
from talehouse.stories.powers import POWERS, Power
from talehouse.stories.quoting import Quote, anchored

WINDOW = timedelta(hours=24)
"""How long a comment can be edited."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is commented on: a series, or a story, or a part of it, perhaps a block and words of that.

    What it names has been found through the gate.
    """

    series: Series | None = None
    story: Story | None = None
    part: Part | None = None
    block: str = ""
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody without an account: the name that they gave, and an opaque key of their browser."""

    name: str
    key: str


@transaction.atomic
def say(
    place: Place,
    *,
    by: Account | Guest,
    text: str,
    pen_name: PenName | None = None,
    parent: Comment | None = None,
) -> Comment:
    """A new comment, or an answer to `parent`. One that has to wait is seen by its sender and the authors.

    Raises RuleError for empty or too long words, for words that are not in the text any more, and where
    nothing more can be said; NotAllowedError for somebody who may not.
    """
    text = _words(text)
    place = _held(place)
    story = place.story
    if parent is not None:
        parent = Comment.objects.select_related("root", "pen_name").get(pk=parent.pk)
    authors = authors_of(place)
    _refuse(story, place, by, authors, parent)
    comment = Comment(series=place.series, story=story, part=place.part, text=text)
    _sign(comment, by, pen_name)
    _answer(comment, parent)
    if place.part is not None and place.block:
        anchored(comment, place.part, place.block, place.quote)
    if why := _held_for(story, by, authors, text):
        comment.held_for, comment.held_at = why, timezone.now()
    _write(comment, text)
    counting.move(comment, int(counting.is_counted(comment)))
    actor = by.pk if isinstance(by, Account) else None
    record("comment.held" if comment.held_at else "comment.said", actor=actor, subject=comment)
    return comment


def _words(text: str) -> str:
    text = wording.tidy(text)
    if not text:
        raise RuleError(_("Please write something first."))
    if len(text) > wording.LONGEST:
        raise RuleError(
            _("This is longer than %(most)d characters. Please say it shorter, or in two comments.")
            % {"most": wording.LONGEST}
        )
    return text


def _held(place: Place) -> Place:
    """The place as it is now: the story's row is held, as every rule takes it first, and then the part is
    read, as it may have been moved, or its text published anew, since somebody opened the page."""
    if place.part is None:
        return replace(place, story=_held_story(place.story.pk if place.story else None))
    _held_story(place.part.story_id)
    part = Part.objects.select_related("published").get(pk=place.part.pk)
    return replace(place, story=_held_story(part.story_id), part=part)


def _held_story(story_id: int | None) -> Story | None:
    """The row of this story, held until the transaction ends; None for none."""
    if story_id is None:
        return None
    return Story.objects.select_for_update().get(pk=story_id)


def hold(comment: Comment) -> None:
    """Hold the row of the story on which a comment stands now; a moved part's comments lag behind."""
    if comment.part_id is None:
        _held_story(comment.story_id)
    else:
        _held_story(Part.objects.values_list("story_id", flat=True).get(pk=comment.part_id))


def authors_of(place: Place) -> set[int]:
    """The accounts that decide about comments there: the authors, or the owner of the series."""
    if place.series is not None:
        return {place.series.owner.account_id}
    story_id = place.part.story_id if place.part else place.story.pk if place.story else None
    roles = Role.objects.filter(story=story_id, kind__in=POWERS[Power.OWN], accepted_at__isnull=False)
    return set(roles.values_list("pen_name__account", flat=True))


def _refuse(
    story: Story | None, place: Place, by: Account | Guest, authors: set[int], parent: Comment | None
) -> None:
    if isinstance(by, Account) and by.is_suspended:
        raise NotAllowedError(_("Your account is suspended and cannot comment."))
    if story is not None:
        _refuse_where_closed(story, place, by)
    if isinstance(by, Account) and by.pk not in authors and _is_unwanted(authors, by):
        raise NotAllowedError(_("You cannot comment here."))
    if parent is not None:
        _refuse_answer(parent, place, by)


def _refuse_where_closed(story: Story, place: Place, by: Account | Guest) -> None:
    closed = story.comments_closed_at or (place.part and place.part.comments_closed_at)
    if closed or story.comments_from == CommentsFrom.NOBODY:
        raise NotAllowedError(_("Comments are closed here."))
    if isinstance(by, Guest) and story.comments_from != CommentsFrom.EVERYONE:
        raise NotAllowedError(_("Please sign in to comment on this story."))


def _is_unwanted(authors: set[int], by: Account) -> bool:
    return has_blocked_any(authors, by) or Bar.objects.filter(by__in=authors, account=by).exists()


def _refuse_answer(parent: Comment, place: Place, by: Account | Guest) -> None:
    first = parent.root or parent
    if parent.deleted_at or not counting.is_counted(parent):
        raise RuleError(_("This comment is not here any more."))
    if first.frozen_at:
        raise NotAllowedError(_("Nothing more can be said in this thread."))
    here = (place.series.pk if place.series else None, place.part.pk if place.part else None)
    if here != (parent.series_id, parent.part_id):
        raise RuleError(_("This comment is not here any more."))
    asked = parent.pen_name
    if asked is not None and isinstance(by, Account) and has_blocked_any([asked.account_id], by):
        raise NotAllowedError(_("You cannot answer this comment."))


def _sign(comment: Comment, by: Account | Guest, pen_name: PenName | None) -> None:
    if isinstance(by, Guest):
        comment.guest_name, comment.guest_key = " ".join(by.name.split())[:60], by.key
        if not comment.guest_name:
            raise RuleError(_("Please say what to call you."))
        return
    signed = pen_name or by.pen_name
    if signed is None or signed.account_id != by.pk or signed.retired_at is not None:
        raise NotAllowedError(_("You cannot write under this name."))
    comment.pen_name = signed


def _answer(comment: Comment, parent: Comment | None) -> None:
    if parent is not None:
        comment.parent, comment.root, comment.depth = parent, parent.root or parent, parent.depth + 1


def _held_for(story: Story | None, by: Account | Guest, authors: set[int], text: str) -> str:
    if isinstance(by, Guest):
        return Comment.Held.GUEST
    if story is None or by.pk in authors:
        return ""
    if story.comments_wait == CommentsWait.ALL:
        return Comment.Held.ALL
    if story.comments_wait == CommentsWait.FIRST and not _was_approved(by, authors):
        return Comment.Held.FIRST
    return Comment.Held.WORD if has_held_word(story, text) else ""


def _was_approved(by: Account, authors: set[int]) -> bool:
    """Whether an earlier comment of this account on a story of these authors stands."""
    stories = Role.objects.filter(
        pen_name__account__in=authors, kind__in=POWERS[Power.OWN], accepted_at__isnull=False
    ).values("story")
    return Comment.objects.counted().filter(pen_name__account=by.pk, story__in=stories).exists()


def has_held_word(story: Story, text: str) -> bool:
    """Whether one of the writer's words stands in it, as a whole word, whatever its case."""
    words = [re.escape(word.strip()) for word in story.held_words.splitlines() if word.strip()]
    return bool(words) and re.search(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", text, re.IGNORECASE) is not None


def _write(comment: Comment, text: str) -> None:
    """The row, its markup, and whom it names."""
    named = wording.mentions(text)
    comment.text, comment.html = text, wording.rendered(text, named)
    known = ("text", "html", "edited_at", "held_for", "held_at")  # likes and places move meanwhile
    comment.save(update_fields=known if comment.pk else None)
    comment.mentions.all().delete()
    Mention.objects.bulk_create([Mention(comment=comment, pen_name=one) for one in named.values()])


@transaction.atomic
def edit(comment: Comment, *, by: Account, text: str) -> Comment:
    """Say it otherwise, within a day; what was said before is kept for moderators."""
    text = _words(text)
    hold(comment)
    fresh = Comment.objects.select_related("story", "pen_name").get(pk=comment.pk)
    if fresh.pen_name is None or fresh.pen_name.account_id != by.pk or by.is_suspended or fresh.deleted_at:
        raise NotAllowedError(_("This comment is not yours to change."))
    if fresh.made_at < timezone.now() - WINDOW:
        raise RuleError(_("A comment can be changed within a day. This one is older."))
    if text == fresh.text:
        return fresh
    CommentEdit.objects.create(comment=fresh, text=fresh.text)
    with counting.counted_again(fresh):
        fresh.edited_at = timezone.now()
        if fresh.story and not fresh.held_at and has_held_word(fresh.story, text):
            fresh.held_for, fresh.held_at = Comment.Held.WORD, timezone.now()
        _write(fresh, text)
    record("comment.edited", actor=by.pk, subject=fresh)
    return fresh


def words_of(part: Part, block: str) -> str:
    """The words of a block of the text that is out, "" if it is not there any more."""
    blocks = markup.parse(part.published.html) if part.published else []
    return next((found.text for key, found in blocks if key == block), "")
