"""Keeping a search under a name, following it, and making it what holds everywhere."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.library import never
from talehouse.library.never import Line, What
from talehouse.search import addresses
from talehouse.search.addresses import Pick, Wanted
from talehouse.search.models import SavedSearch
from talehouse.search.picks import tags_of
from talehouse.stories.errors import NotAllowedError, RuleError

MOST = 100
"""Searches that one account may keep."""
_EVERYWHERE = {
    "warning": What.WARNING,
    "category": What.CATEGORY,
    "rating": What.RATING,
    "status": What.STATUS,
    "language": What.LANGUAGE,
}


@transaction.atomic
def keep(wanted: Wanted, name: str, *, by: Account) -> SavedSearch:
    """Keep this search. One of the same name is written anew.

    Raises RuleError without a name, for a search that asks for nothing, and at a hundred.
    """
    _may(by)
    name = " ".join(name.split())[:100].strip()
    if not name:
        raise RuleError(_("Give the search a name, so that you find it again."))
    if wanted.is_everything and wanted.sort is None:
        raise RuleError(_("Nothing is chosen yet. Choose something first, then keep the search."))
    mine = SavedSearch.objects.filter(account=by)
    if mine.exclude(name=name).count() >= MOST:
        raise RuleError(_("You keep %(most)d searches already. Remove one first.") % {"most": MOST})
    query = addresses.write(replace(wanted, after="", seed=0, more=()))
    kept, is_new = mine.get_or_create(name=name, defaults={"account": by, "query": query})
    if not is_new:
        kept.query = query
        kept.save(update_fields=["query"])
        if kept.default_at:
            (make_default if lines_of(wanted) else end_default)(kept, by=by)
    return kept


@transaction.atomic
def remove(kept: SavedSearch, *, by: Account) -> None:
    """It is gone, and nothing that it left out everywhere is left out any more."""
    held = _held(kept, by)
    if held.default_at:
        never.never((), by=by)
    held.delete()


@transaction.atomic
def follow(kept: SavedSearch, *, by: Account) -> None:
    """What is new in it stands on my page of updates."""
    _may(by)
    _set(kept, by, followed_at=timezone.now())


@transaction.atomic
def unfollow(kept: SavedSearch, *, by: Account) -> None:
    """It does not any more."""
    _set(kept, by, followed_at=None)


@transaction.atomic
def make_default(kept: SavedSearch, *, by: Account) -> None:
    """What it leaves out I never meet, in any list. Only one search is that; another gives way.

    Raises RuleError if it leaves nothing out.
    """
    held = _held(kept, by)
    lines = lines_of(addresses.parse(held.query))
    if not lines:
        raise RuleError(
            _("This search leaves nothing out. Leave a tag, a warning or another thing out, then keep it.")
        )
    SavedSearch.objects.filter(account=by).exclude(default_at=None).update(default_at=None)
    _set(kept, by, default_at=timezone.now())
    never.never(lines, by=by)


@transaction.atomic
def end_default(kept: SavedSearch, *, by: Account) -> None:
    """Nothing is left out everywhere any more; the search stays."""
    if _held(kept, by).default_at:
        _set(kept, by, default_at=None)
        never.never((), by=by)


def lines_of(wanted: Wanted) -> list[Line]:
    """What a search leaves out, as lines that hold everywhere; and its languages, if it asks for some."""
    tags = tags_of(wanted.unwanted)
    lines = [Line(What.TAG, tag=tag.pk) for tag in tags.values()]
    lines += [
        Line(_EVERYWHERE[pick.kind], code=pick.slug) for pick in wanted.unwanted if pick.kind in _EVERYWHERE
    ]
    return lines + [Line(What.ONLY_LANGUAGE, code=pick.slug) for pick in _languages(wanted)]


def _languages(wanted: Wanted) -> list[Pick]:
    return [pick for pick in wanted.wanted if pick.kind == "language"]


@transaction.atomic
def forget_all(account: Account) -> None:
    """No search of this account, which is being closed, is left."""
    SavedSearch.objects.filter(account=account).delete()


def _may(by: Account) -> None:
    if by.is_suspended:
        raise NotAllowedError(_("Your account is suspended."))


def _held(kept: SavedSearch, by: Account) -> SavedSearch:
    return SavedSearch.objects.select_for_update().get(pk=kept.pk, account=by)


def _set(kept: SavedSearch, by: Account, **wanted: object) -> None:
    SavedSearch.objects.filter(pk=_held(kept, by).pk).update(**wanted)
