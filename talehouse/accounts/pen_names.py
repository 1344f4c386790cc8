"""The rules of pen names: who may sign with what, so that nobody ever signs as somebody else."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account, FormerName, PenName, ReservedName, key_and_slug
from talehouse.activity.log import record
from talehouse.pages.versions import bump

RESERVED = {"admin", "administrator", "host", "moderator", "talehouse", "anonymous", "orphan", "system"}

TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of writing, also of what stands beside the name."""

MOST = 20
"""Pen names that one account makes for itself; a host's has those of everybody whose stories came in."""

MOST_RENAMES, RENAMED_WITHIN = 5, timedelta(days=30)
"""New names for one pen name in that time: an old one stays reserved, so names could be hoarded."""


class PenNameError(Exception):
    """The name cannot be taken; the message says why."""


class NotYoursError(PenNameError):
    """This person may not change this pen name."""


def tidy(name: str) -> str:
    """A pen name as it is kept: normal form C, white space folded."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def check(name: str) -> None:
    """Raises PenNameError if nobody could sign with this name."""
    key, _address = key_and_slug(name)
    if not key or not any(character.isalnum() for character in name):
        raise PenNameError(_("A pen name needs at least one letter or digit."))
    if len(name) > 60:
        raise PenNameError(_("A pen name can have at most 60 characters."))
    if any(unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn"} or sign in TURNING for sign in name):
        raise PenNameError(_("A pen name cannot hold control characters."))
    if key in RESERVED:
        raise PenNameError(_("This name is reserved. Please choose another."))


def reserved(value: str) -> str:
    """The keyed hash under which a name (its key, or its slug) of a closed account is kept."""
    return salted_hmac("talehouse.accounts.reserved-name", value, algorithm="sha256").hexdigest()


def is_taken(name: str, *, besides: PenName | None = None) -> bool:
    """Whether somebody writes or wrote under this name, in any spelling, or under one with the same page.

    `besides`: what this pen name is and was called does not count.
    """
    key, address = _columns(tidy(name))
    same = Q(name_key=key) | Q(slug=address)
    own = besides.pk if besides else 0
    # In this order: a name that is just being given up is found on one side or on the other.
    return (
        PenName.objects.filter(same).exclude(pk=own).exists()
        or FormerName.objects.filter(same).exclude(pen_name=own).exists()
        or ReservedName.objects.filter(hash__in=(reserved(key), reserved(address))).exists()
    )


def _columns(name: str) -> tuple[str, str]:
    key, address = key_and_slug(name)
    return key[:80], address


def _taken() -> PenNameError:
    return PenNameError(_("Somebody already writes under this name. Please choose another."))


def add(name: str, *, by: Account) -> PenName:
    """A new pen name for this account. Raises PenNameError if it is taken, reserved or empty."""
    name = tidy(name)
    check(name)
    key, address = _columns(name)
    if is_taken(name):
        raise _taken()
    try:
        with transaction.atomic():
            return PenName.objects.create(account=by, name=name, name_key=key, slug=address)
    except IntegrityError:
        raise _taken() from None


@transaction.atomic
def take(name: str, *, by: Account) -> PenName:
    """Another pen name for myself."""
    account = _acting(by)
    if not account.is_host and account.pen_names.count() >= MOST:
        raise PenNameError(
            _("You have %(most)d pen names, and that is as many as there can be.") % {"most": MOST}
        )
    made = add(name, by=account)
    record("pen-name.made", actor=by.pk, subject=made)
    return made


def refuse_suspended(by: Account) -> None:
    """Raises NotYoursError for whoever may only look."""
    if by.is_suspended or by.closed_at is not None:
        raise NotYoursError(_("Your account is suspended: you can read, and take your stories with you."))


def _acting(by: Account) -> Account:
    """The account's row, held, so that whoever acts at once stands in line. Refuses a suspended one."""
    account = Account.objects.select_for_update().get(pk=by.pk)
    refuse_suspended(account)
    return account


def held(pen_name: PenName, *, by: Account) -> PenName:
    """The pen name's row as it is now, held until the transaction ends. Raises NotYoursError."""
    account = _acting(by)
    found: PenName | None = account.pen_names.select_for_update().filter(pk=pen_name.pk).first()
    if found is None:
        raise NotYoursError(_("This pen name is not yours."))
    return found


def changed(pen_name: PenName, verb: str, *, by: Account, also: Iterable[str] = ()) -> None:
    """Tell the log, and have every page that shows the pen name itself rendered anew, and `also` these."""
    record(f"pen-name.{verb}", actor=by.pk, subject=pen_name)
    bump(f"pen:{pen_name.pk}", *also)


@transaction.atomic
def rename(pen_name: PenName, name: str, *, by: Account) -> PenName:
    """Call it something else. The old name stays its own: its page leads to the new one.

    People rename through `stories.signing`, which has everything that is signed with it rendered anew.
    """
    mine, name = held(pen_name, by=by), tidy(name)
    check(name)
    key, address = _columns(name)
    if name == mine.name:
        return mine
    if key != mine.name_key:
        _give_up_old_name(mine, name)
    mine.name, mine.name_key, mine.slug = name, key, address
    try:
        with transaction.atomic():
            mine.save(update_fields=["name", "name_key", "slug"])
    except IntegrityError:
        raise _taken() from None
    changed(mine, "renamed", by=by, also=["lists"])
    return mine


def _give_up_old_name(mine: PenName, new: str) -> None:
    """Keep the present name as a former one; a former one that is taken up again is no longer former."""
    if is_taken(new, besides=mine):
        raise _taken()
    lately = mine.former_names.filter(made_at__gt=timezone.now() - RENAMED_WITHIN)
    if lately.count() >= MOST_RENAMES:
        raise PenNameError(_("This pen name got a new name five times in 30 days. Let it rest for a while."))
    mine.former_names.filter(name_key=_columns(new)[0]).delete()
    address = mine.slug
    if FormerName.objects.filter(slug=address).exists():
        address = f"{mine.slug}~{mine.former_names.count()}"  # that page leads on already; no slug has a "~"
    FormerName.objects.create(pen_name=mine, name=mine.name, name_key=mine.name_key, slug=address)


@transaction.atomic
def end_former(former: FormerName, *, by: Account) -> None:
    """The page under an old name no longer leads to the new one. Nobody else gets the name even so."""
    mine = held(former.pen_name, by=by)
    mine.former_names.filter(pk=former.pk, ended_at=None).update(ended_at=timezone.now())
    changed(mine, "former-ended", by=by)


@transaction.atomic
def prefer(pen_name: PenName, *, by: Account) -> None:
    """Offer this one of my pen names first."""
    mine = held(pen_name, by=by)
    if mine.retired_at is None:
        by.pen_names.filter(preferred=True).exclude(pk=mine.pk).update(preferred=False)
        by.pen_names.filter(pk=mine.pk).update(preferred=True)


@transaction.atomic
def retire(pen_name: PenName, *, by: Account) -> None:
    """Sign nothing new with it. What it signed stays signed, and its page stays."""
    mine = held(pen_name, by=by)
    if not by.pen_names.filter(retired_at=None).exclude(pk=mine.pk).exists():
        raise PenNameError(_("One pen name stays in use: make another before you retire this one."))
    mine.retired_at = mine.retired_at or timezone.now()
    mine.preferred = False
    mine.save(update_fields=["retired_at", "preferred"])
    changed(mine, "retired", by=by)


@transaction.atomic
def bring_back(pen_name: PenName, *, by: Account) -> None:
    """Sign with a retired pen name again."""
    mine = held(pen_name, by=by)
    mine.retired_at = None
    mine.save(update_fields=["retired_at"])
    changed(mine, "brought-back", by=by)
