"""From what happened to who hears of it: a consumer of the log, and the fan-out of releases to followers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from talehouse.accounts.models import Account, Blocking
from talehouse.activity.models import Event
from talehouse.comments.models import Comment
from talehouse.library.models import Follow
from talehouse.notifications import devices, wishes
from talehouse.notifications.models import FanOut, Kind, Notification
from talehouse.stories import consenting
from talehouse.stories.models import Part, Proposal, Role
from talehouse.stories.powers import POWERS, Power

BATCH = 1000
"""Followers that are told in one transaction."""


@dataclass(frozen=True, slots=True)
class News:
    """Something to be told; `group`s that are equal and unread are one notification."""

    kind: str
    group: str
    subject_type: str
    subject_id: int
    event: int
    actor: int | None = None


def hear(events: Sequence[Event]) -> None:
    """Tell whoever is concerned. The cursor moves in the same transaction, so nobody is told twice."""
    for event in events:
        if teller := TELLERS.get(event.verb):
            teller(event)


def tell(news: News, accounts: Iterable[int]) -> int:
    """One notification for each of these accounts, or one more in the unread one of its group."""
    ids = set(accounts)
    ways = wishes.ways(ids, news.kind)
    ids = {pk for pk in ids if ways[pk].on_site or ways[pk].mail != "never" or ways[pk].push}
    unread = Notification.objects.filter(account__in=ids, group=news.group, read_at=None)
    known = {row.account_id: row for row in unread}
    now = timezone.now()
    for row in known.values():
        if row.last_event < news.event:
            row.count, row.last_event, row.made_at = row.count + 1, news.event, now
    Notification.objects.bulk_update(known.values(), ["count", "last_event", "made_at"], batch_size=500)
    people = {
        a.pk: a for a in Account.objects.filter(pk__in=ids - known.keys(), is_active=True, closed_at=None)
    }
    made = [_row(news, account, ways[pk]) for pk, account in people.items()]
    Notification.objects.bulk_create(made, batch_size=500)
    return len(made)


def _row(news: News, account: Account, way: wishes.Way) -> Notification:
    now = timezone.now()
    return Notification(
        account=account,
        kind=news.kind,
        group=news.group,
        subject_type=news.subject_type,
        subject_id=news.subject_id,
        actor_id=news.actor,
        last_event=news.event,
        mail_due_at=wishes.due(way.mail, now, wishes.zone_of(account)),
        push_due_at=now if way.push else None,
    )


def _authors(story_id: int) -> set[int]:
    roles = Role.objects.filter(story=story_id, kind__in=POWERS[Power.OWN], accepted_at__isnull=False)
    return set(roles.values_list("pen_name__account", flat=True))


def _without(accounts: Iterable[int], actor: int | None) -> set[int]:
    """Not the one who did it, and none who has blocked them."""
    ids = set(accounts) - {actor}
    if actor is None:
        return ids
    return ids - set(Blocking.objects.filter(by__in=ids, account=actor).values_list("by", flat=True))


def _comment_said(event: Event) -> None:
    found = Comment.objects.select_related("parent__pen_name", "series__owner").filter(pk=event.subject_id)
    comment = found.first()
    if comment is None:
        return
    signed = comment.pen_name_id
    here = f"part:{comment.part_id}" if comment.part_id else f"story:{comment.story_id or comment.series_id}"
    told: set[int] = set()

    def news(kind: str, group: str, accounts: Iterable[int]) -> None:
        ids = _without(accounts, event.actor_id) - told
        told.update(ids)
        tell(News(kind, group, "comment", comment.pk, event.pk, signed), ids)

    if comment.parent is not None and comment.parent.pen_name is not None:
        news(Kind.REPLY, f"reply:{comment.parent_id}", [comment.parent.pen_name.account_id])
    named = comment.mentions.values_list("pen_name__account", flat=True)
    news(Kind.MENTION, f"mention:{comment.pk}", named)
    owners = _authors(comment.story_id) if comment.story_id else _owner(comment)
    news(Kind.COMMENT, f"comment:{here}", owners)


def _owner(comment: Comment) -> set[int]:
    return {comment.series.owner.account_id} if comment.series else set()


def _comment_held(event: Event) -> None:
    """The authors are told of what waits for them."""
    comment = Comment.objects.filter(pk=event.subject_id).first()
    if comment is not None and comment.story_id is not None:
        ids = _without(_authors(comment.story_id), event.actor_id)
        group = f"comment:held:{comment.story_id}"
        tell(News(Kind.COMMENT, group, "comment", comment.pk, event.pk, comment.pen_name_id), ids)


def _vote_cast(event: Event) -> None:
    """Who voted is shown to nobody: there is no actor."""
    part = Part.objects.filter(pk=event.subject_id).first()
    if part is not None:
        ids = _without(_authors(part.story_id), event.actor_id)
        tell(News(Kind.VOTES, f"votes:{part.story_id}", "part", part.pk, event.pk), ids)


def _invited(event: Event) -> None:
    role = Role.objects.select_related("pen_name").filter(pk=event.subject_id).first()
    if role is not None:
        ids = _without([role.pen_name.account_id], event.actor_id)
        tell(News(Kind.INVITATION, f"invitation:{role.pk}", "role", role.pk, event.pk), ids)


def _proposed(event: Event) -> None:
    """Everybody who has to agree and has not, whomever they have blocked: nothing is decided without them."""
    proposal = Proposal.objects.select_related("story", "role__pen_name").filter(pk=event.subject_id).first()
    if proposal is not None and proposal.done_at is None and proposal.ended_at is None:
        ids = {role.pen_name.account_id for role in consenting.asked(proposal)}
        ids -= {event.actor_id, *proposal.consents.values_list("account", flat=True)}
        tell(_asking(proposal, event), ids)


def _asking(proposal: Proposal, event: Event) -> News:
    return News(Kind.PEOPLE, f"proposal:{proposal.pk}", "proposal", proposal.pk, event.pk)


def _role_accepted(event: Event) -> None:
    """Whoever asked is told, and who is an author now hears what the authors are deciding."""
    role = Role.objects.select_related("story", "pen_name").filter(pk=event.subject_id).first()
    if role is None:
        return
    _answered(event, role.story_id, _asker(event), role.pen_name_id)
    if role.kind in POWERS[Power.OWN]:
        for proposal in consenting.open_proposals(role.story):
            tell(_asking(proposal, event), {role.pen_name.account_id})


def _role_declined(event: Event) -> None:
    _answered(event, event.data["story"], _asker(event), event.data.get("pen_name"))


def _proposal_declined(event: Event) -> None:
    proposal = Proposal.objects.filter(pk=event.subject_id).first()
    if proposal is not None:
        roles = Role.objects.filter(story=proposal.story_id, accepted_at__isnull=False)
        signed = roles.filter(pen_name__account=event.actor_id)
        pen_name = signed.values_list("pen_name", flat=True).first()
        _answered(event, proposal.story_id, proposal.by_id, pen_name)


def _answered(event: Event, story_id: int, asker: int | None, pen_name: int | None) -> None:
    """Tell whoever asked, if they are an author still; `pen_name` is that of who has answered."""
    if asker is None or asker not in _authors(story_id):
        return
    group = f"answer:{event.verb}:{event.subject_id}:{event.pk}"
    tell(News(Kind.PEOPLE, group, "company", story_id, event.pk, pen_name), _without([asker], event.actor_id))


def _asker(event: Event) -> int | None:
    """Who invited last, or offered another role, before this answer."""
    asked = Event.objects.filter(
        subject_type="role", subject_id=event.subject_id, verb__in=("role.invited", "role.changed")
    )
    return asked.filter(pk__lt=event.pk).order_by("-pk").values_list("actor_id", flat=True).first()


NOTED = ("part.note-written", "part.note-answered")


def _noted(event: Event) -> None:
    """The authors, and whoever of the story's people has written beside this part before."""
    part = Part.objects.filter(pk=event.subject_id).first()
    if part is None:
        return
    roles = Role.objects.filter(
        story=part.story_id, kind__in=POWERS[Power.ANNOTATE], accepted_at__isnull=False
    )
    people = dict(roles.values_list("pen_name__account", "pen_name"))
    before = Event.objects.filter(subject_type="part", subject_id=part.pk, verb__in=NOTED, pk__lt=event.pk)
    wrote = people.keys() & set(before.values_list("actor_id", flat=True))
    ids = _without(_authors(part.story_id) | wrote, event.actor_id)
    signed = people.get(event.actor_id or 0)
    tell(News(Kind.NOTE, f"notes:{part.pk}", "notes", part.pk, event.pk, signed), ids)


def _decided(event: Event) -> None:
    """The host has approved or refused a story, or hidden something."""
    story_id = event.subject_id
    if event.subject_type == "part":
        story_id = Part.objects.values_list("story_id", flat=True).get(pk=event.subject_id)
    ids = _authors(story_id) - {event.actor_id}
    group = f"decision:{event.verb}:{event.subject_id}"
    tell(News(Kind.DECISION, group, event.subject_type, event.subject_id, event.pk), ids)


def _released(event: Event) -> None:
    """The authors are told at once, followers in batches by the worker."""
    part = Part.objects.filter(pk=event.subject_id).first()
    if part is None:
        return
    FanOut.objects.get_or_create(event=event.pk, defaults={"part_id": part.pk})
    if event.actor_id is None:  # by the clock: who published by hand has seen it
        tell(News(Kind.RELEASE, f"release:{part.pk}", "part", part.pk, event.pk), _authors(part.story_id))


def _waits(event: Event) -> None:
    """Every host has one line for accounts and one for stories, which begins anew once it has been read."""
    hosts = Account.objects.filter(host_since__isnull=False, suspended_at=None)
    ids = set(hosts.values_list("pk", flat=True)) - {event.actor_id}
    news = News(
        Kind.WAITING,
        f"waiting:{event.subject_type}",
        f"waiting-{event.subject_type}",
        event.subject_id,
        event.pk,
    )
    Notification.objects.filter(account__in=ids, group=news.group).exclude(read_at=None).delete()
    tell(news, ids)


TELLERS: dict[str, Callable[[Event], None]] = {
    "comment.said": _comment_said,
    "comment.held": _comment_held,
    "part.note-written": _noted,
    "part.note-answered": _noted,
    "vote.cast": _vote_cast,
    "role.invited": _invited,
    "role.accepted": _role_accepted,
    "role.declined": _role_declined,
    "proposal.made": _proposed,
    "proposal.declined": _proposal_declined,
    "account.waits": _waits,
    "story.held": _waits,
    "story.approved": _decided,
    "story.refused": _decided,
    "story.hidden": _decided,
    "part.hidden": _decided,
    "part.released": _released,
    "session.left": devices.session_left,
    "sessions.ended": devices.sessions_ended,
}
"""Which event is told by whom, or ends whose telling."""


def fan_out() -> int:
    """Tell followers of the releases that wait, a thousand in a transaction. Returns how many were told.

    A crash goes on where it was, and tells nobody twice.
    """
    told = 0
    for pk in list(FanOut.objects.filter(done_at=None).order_by("pk").values_list("pk", flat=True)):
        while (number := _next_batch(pk)) is not None:
            told += number
    return told


@transaction.atomic
def _next_batch(pk: int) -> int | None:
    """The next followers of one release; None when all have been told."""
    job = FanOut.objects.select_for_update().get(pk=pk)
    if job.done_at is not None:
        return None
    part = Part.objects.select_related("story").filter(pk=job.part_id).first()
    followers = _followers(part, job.after) if part is not None else []
    if part is None or not followers:
        FanOut.objects.filter(pk=pk).update(done_at=timezone.now())
        return None
    FanOut.objects.filter(pk=pk).update(after=followers[-1])
    ids = set(followers) - _authors(part.story_id)
    return tell(News(Kind.NEW_PART, f"new-part:{part.story_id}", "part", part.pk, job.event), ids)


def _followers(part: Part, after: int) -> list[int]:
    """The next accounts, in the order of their ids, that followed the story, an author of it or its series
    when the part came out."""
    pen_names = part.story.roles.filter(kind__in=POWERS[Power.OWN], accepted_at__isnull=False)
    entry = getattr(part.story, "series_entry", None)
    wanted = Q(target=Follow.Target.STORY, target_id=part.story_id)
    wanted |= Q(target=Follow.Target.PEN_NAME, target_id__in=pen_names.values("pen_name"))
    if entry is not None:
        wanted |= Q(target=Follow.Target.SERIES, target_id=entry.series_id)
    then = part.released_at or timezone.now()
    rows = Follow.objects.filter(wanted, account__gt=after, made_at__lte=then)
    ids = rows.order_by("account").values_list("account", flat=True)
    return list(ids.distinct()[:BATCH])
