"""What becomes of somebody's comments when they close their account, or leave a story without their name."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.comments import counting, wording
from talehouse.comments.models import Bar, Comment, CommentEdit
from talehouse.comments.saying import hold


@transaction.atomic
def forget_all(account: Account, *, remove: bool) -> None:
    """Nothing in the comments names this account any more. `remove`: what it said goes too, and leaves an
    empty place where others have answered.

    Its likes stay, as no count is lowered by that; its pen names are emptied by the room of accounts.
    """
    Bar.objects.filter(by=account).delete()
    Bar.objects.filter(account=account).delete()
    _unname(account)
    mine = Comment.objects.filter(pen_name__account=account)
    CommentEdit.objects.filter(comment__in=mine).delete()
    for comment in mine if remove else ():
        _remove(comment, account)


def _remove(comment: Comment, account: Account) -> None:
    hold(comment)
    fresh = Comment.objects.get(pk=comment.pk)
    with counting.counted_again(fresh):
        fresh.deleted_at = fresh.deleted_at or timezone.now()
        fresh.deleted_by = fresh.deleted_by or account
        fresh.text = fresh.html = ""
        fresh.save(update_fields=["deleted_at", "deleted_by", "text", "html"])


def _unname(account: Account) -> None:
    """Others' comments lose the link to the name; what they typed is theirs and stays."""
    naming = Comment.objects.filter(mentions__pen_name__account=account).distinct()
    for comment in naming.prefetch_related("mentions__pen_name"):
        comment.mentions.filter(pen_name__account=account).delete()
        named = wording.mentions(comment.text)
        others = {slug: name for slug, name in named.items() if name.account_id != account.pk}
        Comment.objects.filter(pk=comment.pk).update(html=wording.rendered(comment.text, others))


@transaction.atomic
def forget_writer(story_id: int, account: Account, *, nameless: int) -> None:
    """Whoever left this story without their name also answered on it: those comments are signed by the pen
    name `nameless` from now on.
    """
    mine = Comment.objects.filter(story=story_id, pen_name__account=account)
    CommentEdit.objects.filter(comment__in=mine).delete()
    mine.update(pen_name=nameless)
