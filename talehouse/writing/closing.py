"""Closing an account: 14 days to change one's mind, then nothing here says who it was.

What becomes of each story is said when it is asked for. The worker does it when the day has come: each story
in a transaction of its own, then the account itself, so that a crash in the middle loses and repeats nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import ProtectedError
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from talehouse.accounts.emptying import empty
from talehouse.accounts.house import orphan_pen_name
from talehouse.accounts.models import Account, PenName
from talehouse.activity.log import record
from talehouse.comments import forgetting as comments
from talehouse.imports.forgetting import forget_all
from talehouse.library import forgetting as library
from talehouse.notifications import forgetting as notifications
from talehouse.pages.versions import bump
from talehouse.search import saving as searches
from talehouse.site.house import current
from talehouse.stories import orphaning, people, purging, removing
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Departure, Role, RoleKind, Series, Story
from talehouse.writing import departing
from talehouse.writing.models import Closing, ClosingChoice

logger = logging.getLogger(__name__)

TIME_TO_THINK = timedelta(days=14)
What = ClosingChoice.What


class Wish(NamedTuple):
    """What is to become of one story; `to` only where it is handed over."""

    what: str
    to: PenName | None = None


@dataclass
class Own:
    """A story of which somebody is an author, and who else is."""

    story: Story
    is_author: bool = False
    others: list[PenName] = field(default_factory=list)

    @property
    def names(self) -> str:
        """The names of the others."""
        return ", ".join(other.name for other in self.others)


def own_stories(account: Account) -> list[Own]:
    """The stories about which somebody who leaves has to say something; two queries."""
    authors = Role.objects.filter(
        kind__in=people.AUTHORS, accepted_at__isnull=False, story__deleted_at=None
    ).select_related("story", "pen_name__account")
    mine = authors.filter(pen_name__account=account)
    found: dict[int, Own] = {}
    for role in mine.order_by("story__title", "story_id"):
        own = found.setdefault(role.story_id, Own(role.story))
        own.is_author = own.is_author or role.kind == RoleKind.AUTHOR
    others = authors.filter(story__in=found, pen_name__account__is_active=True)
    for role in others.exclude(pen_name__account=account).order_by("position", "pk"):
        found[role.story_id].others.append(role.pen_name)
    return list(found.values())


def is_only_host(account: Account) -> bool:
    """Whether nobody would run the house without them."""
    if not account.is_host:
        return False
    hosts = Account.objects.filter(host_since__isnull=False, is_active=True, closes_at=None)
    return not hosts.exclude(pk=account.pk).exists()


class Fate(NamedTuple):
    """What becomes of a story as things stand: deleted, left to the archive, or with its other authors; `to`:
    who takes the place of whoever leaves, if that was said.
    """

    own: Own
    what: str
    to: PenName | None = None


def fates(account: Account) -> list[Fate]:
    """What becomes of each story of an account that is being closed; three queries."""
    choices = ClosingChoice.objects.filter(closing__account=account).select_related("to")
    chosen = {choice.story_id: choice for choice in choices}
    return [_fate(own, chosen.get(own.story.pk)) for own in own_stories(account)]


def _fate(own: Own, choice: ClosingChoice | None) -> Fate:
    if own.others:
        return Fate(own, What.HAND_OVER, choice.to if choice and choice.to in own.others else None)
    wish = _wish_for(own.story, choice)
    return Fate(own, What.DELETE if wish == What.DELETE else What.ORPHAN)


def _wish_for(story: Story, choice: ClosingChoice | None) -> str:
    """Of a story without a wish, begun since: what nobody has seen goes, what is out is left nameless."""
    return choice.what if choice else What.DELETE if story.release_at is None else What.ORPHAN


def comments_wish(account: Account) -> str:
    """What becomes of the comments."""
    closing = Closing.objects.filter(account=account).first()
    return closing.comments if closing else Closing.Comments.NAMELESS


@transaction.atomic
def ask(*, by: Account, comments: str, wishes: Mapping[int, Wish]) -> Closing:
    """Close my account in 14 days. `wishes` says for each story (by its id) what becomes of it.

    A story with other authors stays theirs: no wish is needed, but its place may be handed to one of them.
    """
    account = _held(by)
    if account.closes_at is not None:
        raise RuleError(_("Your account is being closed already."))
    if is_only_host(account):
        raise RuleError(_("You are the only host. Make somebody else a host first; then you can leave."))
    stories = {own.story.pk: own for own in own_stories(account)}
    checked = [_checked(own, wishes.get(pk)) for pk, own in stories.items()]
    closing = Closing.objects.create(account=account, comments=comments)
    ClosingChoice.objects.bulk_create(
        [
            ClosingChoice(closing=closing, story_id=pk, what=wish.what, to=wish.to)
            for pk, wish in zip(stories, checked, strict=True)
            if wish is not None
        ]
    )
    account.closes_at = by.closes_at = closing.asked_at + TIME_TO_THINK
    account.save(update_fields=["closes_at"])
    record("account.closing", actor=by.pk, subject=account)
    transaction.on_commit(lambda: _tell(account), robust=True)
    return closing


def _held(by: Account) -> Account:
    """The account's row; all hosts' rows where one of them leaves, so that two cannot leave at once."""
    if by.is_host:
        list(Account.objects.select_for_update().filter(host_since__isnull=False).order_by("pk"))
    return Account.objects.select_for_update().get(pk=by.pk, closed_at=None)


def _checked(own: Own, wish: Wish | None) -> Wish | None:
    """The wish, if it can be done."""
    if own.others and (wish is None or not wish.what):
        return None
    if own.others and wish is not None and wish.what == What.HAND_OVER and wish.to in own.others:
        return wish
    if not own.others and wish is not None and wish.what in (What.DELETE, What.ORPHAN) and wish.to is None:
        return wish
    raise RuleError(_("Say what is to become of “%(title)s”.") % {"title": own.story.title})


def _tell(account: Account) -> None:
    """A mail that it was asked for, and how to take it back."""
    context = {"house": current(), "day": account.closes_at, "address": f"{settings.BASE_URL}/settings/"}
    with translation.override(account.language or translation.get_language() or "en"):
        subject = render_to_string("writing/email/closing_subject.txt", context).strip()
        message = render_to_string("writing/email/closing_message.txt", context)
    send_mail(subject, message, None, [account.email])


@transaction.atomic
def keep(*, by: Account) -> None:
    """Change my mind: the account stays, and nothing has happened. Raises RuleError once the day has come."""
    account = Account.objects.select_for_update().get(pk=by.pk)
    if account.closes_at is None:
        return
    if account.closes_at <= timezone.now():
        raise RuleError(_("The day has come, and your account is being closed now."))
    Closing.objects.filter(account=account).delete()
    account.closes_at = by.closes_at = None
    account.save(update_fields=["closes_at"])
    record("account.kept", actor=by.pk, subject=account)


def close_due() -> int:
    """Close the accounts whose day has come; the worker calls it. Returns how many were closed."""
    due = Account.objects.filter(closes_at__lte=timezone.now(), closed_at=None)
    return sum(_tried(pk) for pk in list(due.order_by("closes_at").values_list("pk", flat=True)))


def _tried(account_id: int) -> int:
    """One that fails waits for the next round, and does not keep the others waiting."""
    try:
        return close(account_id)
    except Exception:
        logger.exception("The account %d could not be closed; it is tried again.", account_id)
        return 0


def close(account_id: int) -> int:
    """Story by story, then the rest, then the account. Returns 1, or 0 if it was not done now."""
    with transaction.atomic():
        if _due(account_id) is None:
            return 0
    for story_id in _stories_left(account_id):
        _settle(account_id, story_id)
    for departure_id in _departures_left(account_id):
        departing.finish(departure_id)
    return _finish(account_id)


def _stories_left(account_id: int) -> list[int]:
    """Those on which the account still has a role, and whose words are not gone."""
    roles = Role.objects.filter(pen_name__account=account_id, story__purged_at=None)
    return sorted(set(roles.values_list("story_id", flat=True)))


def _departures_left(account_id: int) -> list[int]:
    left = Departure.objects.filter(pen_name__account=account_id, undone_at=None, final_at=None)
    return list(left.order_by("pk").values_list("pk", flat=True))


def _due(account_id: int) -> Account | None:
    """The account's row, if its day has come and nobody has closed it yet. The last host stays."""
    account: Account | None = (
        Account.objects.select_for_update()
        .filter(pk=account_id, closes_at__lte=timezone.now(), closed_at=None)
        .first()
    )
    if account is None or is_only_host(account):
        return None
    account.suspended_at = None  # whoever is suspended may leave too; this is never saved
    return account


@transaction.atomic
def _settle(account_id: int, story_id: int) -> None:
    """Do with one story what was wished for it, or what is left of the wish."""
    account = _due(account_id)
    if account is None:
        return
    story = Story.objects.select_for_update().get(pk=story_id)
    choice = ClosingChoice.objects.filter(closing__account=account, story=story).select_related("to").first()
    for asked in story.roles.filter(pen_name__account=account, accepted_at=None):
        people.end(story, asked)
    role = people.role_of(story, account)
    if role is None:
        return
    others = people.authors(story).exclude(pen_name__account=account)
    if role.kind not in people.AUTHORS or (others.exists() and story.deleted_at):
        people.end(story, role)
    elif others.exists():
        _leave_to_others(story, role, account, choice)
    else:
        _leave_behind(story, account, choice)


def _leave_to_others(story: Story, role: Role, account: Account, choice: ClosingChoice | None) -> None:
    heir = choice.to if choice else None
    if heir is None or not people.authors(story).filter(pen_name=heir).exists():
        first = people.authors(story).exclude(pen_name__account=account).first()
        heir = first.pen_name if first else None
    if heir is not None:
        people.hand_over(story, by=account, to=heir)


def _leave_behind(story: Story, account: Account, choice: ClosingChoice | None) -> None:
    wish = _wish_for(story, choice)
    if story.deleted_at is None and wish != What.DELETE:
        orphaning.orphan(story, by=account)
        return
    if story.deleted_at is None:
        removing.delete(story, by=account)
    purging.purge_story(story.pk)


@transaction.atomic
def _finish(account_id: int) -> int:
    """The account itself, once nothing else is left."""
    account = _due(account_id)
    if account is None or _stories_left(account_id) or _departures_left(account_id):
        return 0
    forget_all(account)
    comments.forget_all(account, remove=comments_wish(account) == Closing.Comments.REMOVE)
    library.forget_all(account)
    notifications.forget_all(account)
    searches.forget_all(account)
    _leave_series(Series.objects.filter(owner__account=account))
    Closing.objects.filter(account=account).delete()
    empty(account)
    return 1


def _leave_series(owned: Iterable[Series]) -> None:
    """A series went along with the stories in it. One that holds nothing goes, any other is the archive's."""
    for series in owned:
        try:
            with transaction.atomic():
                if not series.entries.exclude(story__purged_at__isnull=False).exists():
                    series.delete()
                    continue
        except ProtectedError:  # somebody has said something about it
            pass
        series.owner = orphan_pen_name()
        series.save(update_fields=["owner"])
        bump("lists", f"series:{series.pk}")
