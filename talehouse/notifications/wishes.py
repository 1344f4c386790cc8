"""How somebody wants to hear of each kind: on the site, by mail, by push; and their quiet hours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from talehouse.accounts.models import Account
from talehouse.notifications.models import Kind, Pace, Quiet, Wish

DIGEST_AT = time(8)
"""When digests go out, by the receiver's own clock; weekly ones on Mondays."""


@dataclass(frozen=True, slots=True)
class Way:
    """How one kind is told."""

    on_site: bool = True
    mail: str = Pace.NEVER
    push: bool = False


DEFAULTS: dict[str, Way] = {
    Kind.NEW_PART: Way(mail=Pace.DAILY),
    Kind.REPLY: Way(mail=Pace.DAILY),
    Kind.MENTION: Way(mail=Pace.DAILY),
    Kind.COMMENT: Way(mail=Pace.DAILY),
    Kind.VOTES: Way(),
    Kind.INVITATION: Way(mail=Pace.AT_ONCE),
    Kind.NOTE: Way(mail=Pace.DAILY),
    Kind.PEOPLE: Way(mail=Pace.AT_ONCE),
    Kind.DECISION: Way(mail=Pace.AT_ONCE),
    Kind.RELEASE: Way(),
    Kind.WAITING: Way(mail=Pace.AT_ONCE),
}
"""What holds until somebody chooses: few mails, and at once only what waits for an answer."""

PUSHED_FIRST = (
    Kind.NEW_PART,
    Kind.REPLY,
    Kind.MENTION,
    Kind.INVITATION,
    Kind.PEOPLE,
    Kind.DECISION,
    Kind.WAITING,
)
"""What is pushed once somebody has allowed a browser and chosen nothing."""


def ways(accounts: Iterable[int], kind: str) -> dict[int, Way]:
    """How each of these accounts wants to hear of a kind; by one question."""
    ids = list(accounts)
    chosen = {
        w.account_id: Way(w.on_site, w.mail, w.push) for w in Wish.objects.filter(account__in=ids, kind=kind)
    }
    return {pk: chosen.get(pk, DEFAULTS[kind]) for pk in ids}


def all_of(account: Account) -> dict[str, Way]:
    """How this account wants to hear of everything that it may hear of: what waits is a host's business."""
    chosen = {w.kind: Way(w.on_site, w.mail, w.push) for w in Wish.objects.filter(account=account)}
    kinds = [kind for kind in Kind.values if account.is_host or kind != Kind.WAITING]
    return {kind: chosen.get(kind, DEFAULTS[kind]) for kind in kinds}


@transaction.atomic
def choose(kind: str, way: Way, *, by: Account) -> None:
    """Hear of a kind this way from now on."""
    values = {"on_site": way.on_site, "mail": way.mail, "push": way.push}
    Wish.objects.update_or_create(account=by, kind=kind, defaults=values)


@transaction.atomic
def choose_all(chosen: dict[str, Way], *, by: Account) -> None:
    """Set all of them."""
    for kind, way in chosen.items():
        choose(kind, way, by=by)


@transaction.atomic
def begin_push(*, by: Account) -> None:
    """With the first browser: what most people want at once is pushed, unless something was chosen before."""
    now = all_of(by)
    if not any(way.push for way in now.values()):
        for kind in now.keys() & set(PUSHED_FIRST):
            choose(kind, Way(now[kind].on_site, now[kind].mail, push=True), by=by)


@transaction.atomic
def choose_quiet(begins: time | None, ends: time | None, *, by: Account) -> None:
    """Neither mail nor push between these times; None for no such hours."""
    begins, ends = (begins, ends) if begins != ends else (None, None)
    Quiet.objects.update_or_create(account=by, defaults={"begins": begins, "ends": ends})


def quiet_of(account: Account) -> Quiet:
    """The row of this account, made when it is first wanted."""
    return Quiet.objects.get_or_create(account=account)[0]


@transaction.atomic
def end_mails(secret: str, kind: str) -> Account | None:
    """No more mails of this kind ("all": of any), by the secret in a mail; whose they were, if anybody's."""
    found = Quiet.objects.select_related("account").filter(secret=secret).first()
    if found is None:
        return None
    now = all_of(found.account)
    for one in now if kind == "all" else now.keys() & {kind}:
        way = now[one]
        choose(one, Way(way.on_site, Pace.NEVER, way.push), by=found.account)
    return found.account


def zone_of(account: Account) -> ZoneInfo:
    """The clock that this person lives by."""
    try:
        return ZoneInfo(account.time_zone)
    except (ValueError, KeyError, OSError):
        return ZoneInfo("UTC")


def due(pace: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When a mail of this pace goes out, for something that happens now."""
    if pace == Pace.AT_ONCE:
        return now
    if pace == Pace.NEVER:
        return None
    here = now.astimezone(zone)
    day = here.date() if here.time() < DIGEST_AT else here.date() + timedelta(days=1)
    if pace == Pace.WEEKLY:
        day += timedelta(days=-day.weekday() % 7)
    return datetime.combine(day, DIGEST_AT, zone)


def after_quiet(now: datetime, quiet: Quiet | None, zone: ZoneInfo) -> datetime:
    """Now, or the end of the quiet hours that it falls into."""
    if quiet is None or quiet.begins is None or quiet.ends is None:
        return now
    here = now.astimezone(zone)
    begins, ends, at = quiet.begins, quiet.ends, here.time()
    inside = begins <= at < ends if begins < ends else at >= begins or at < ends
    if not inside:
        return now
    day = here.date() if at < ends else here.date() + timedelta(days=1)
    return datetime.combine(day, ends, zone)
