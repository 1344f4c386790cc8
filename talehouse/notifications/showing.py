"""Notifications as sentences with an address, for those who may still see what they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from talehouse.accounts import approving
from talehouse.accounts.models import Account, PenName
from talehouse.comments.models import Comment
from talehouse.notifications.models import Kind, Notification
from talehouse.stories import consenting
from talehouse.stories.models import Part, Proposal, Role, Story
from talehouse.stories.powers import Power


@dataclass(frozen=True, slots=True)
class Line:
    """One notification in words. `text` is plain; `url` is where it leads on this site; `reason` is what a
    host gave for a decision, for the mail.
    """

    notification: Notification
    text: str
    url: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for the hosts now, however many rows tell of it; `pk` is what the row began with."""

    pk: int
    number: int


def lines(notifications: Iterable[Notification], account: Account) -> list[Line]:
    """In the same order, without what the account may not see (any more). Five questions, however many."""
    rows = list(notifications)
    things = _things(rows, account)
    names = _names(row.actor_id for row in rows)
    told = []
    for row in rows:
        thing = things.get((row.subject_type, row.subject_id))
        if thing is not None:
            text, url = SENTENCES[row.kind](row, thing, names.get(row.actor_id or 0, ""))
            told.append(Line(row, text, url, _reason(row, thing)))
    return told


def _things(rows: list[Notification], account: Account) -> dict[tuple[str, int], Any]:
    """What the notifications are about, through the gate."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        wanted[row.subject_type].add(row.subject_id)
    found: dict[tuple[str, int], Any] = {}
    for kind, finder in FINDERS.items():
        if wanted[kind]:
            found |= {(kind, thing.pk): thing for thing in finder(account, wanted[kind])}
    return found


def _parts(account: Account, ids: set[int]) -> Iterable[Part]:
    return Part.objects.visible_to(account).filter(pk__in=ids).select_related("story")


def _stories(account: Account, ids: set[int]) -> Iterable[Story]:
    return Story.objects.visible_to(account).filter(pk__in=ids)


def _roles(account: Account, ids: set[int]) -> Iterable[Role]:
    mine = Role.objects.filter(pk__in=ids, pen_name__account=account, accepted_at=None)
    return mine.filter(story__deleted_at=None).select_related("story")


def _proposals(account: Account, ids: set[int]) -> Iterable[Proposal]:
    return consenting.unanswered_by(account).filter(pk__in=ids)


def _companies(account: Account, ids: set[int]) -> Iterable[Story]:
    """Stories whose people the account may ask and answer."""
    return Story.objects.standing().allowing(account, Power.INVITE).filter(pk__in=ids)


def _parts_with_notes(account: Account, ids: set[int]) -> Iterable[Part]:
    """Those beside which the account may read notes."""
    return Part.objects.standing().allowing(account, Power.ANNOTATE).filter(pk__in=ids)


def _accounts_that_wait(account: Account, ids: set[int]) -> Iterable[Waiting]:
    allowed = account.is_host and not account.is_suspended
    return _all_waiting(ids, approving.waiting().count() if allowed else 0)


def _stories_that_wait(account: Account, ids: set[int]) -> Iterable[Waiting]:
    return _all_waiting(ids, Story.objects.waiting_for(account).count())


def _all_waiting(ids: set[int], number: int) -> Iterable[Waiting]:
    return [Waiting(pk, number) for pk in ids] if number else []


def _comments(account: Account, ids: set[int]) -> Iterable[Comment]:
    """Those that stand, on what the account may see; the authors also see what waits for them."""
    rows = Comment.objects.filter(pk__in=ids, hidden_at=None, deleted_at=None)
    seen = list(rows.not_muted_by(account).select_related("part__story", "story", "series"))
    stories = Story.objects.visible_to(account).filter(pk__in={one.story_id for one in seen if one.story_id})
    parts = Part.objects.visible_to(account).filter(pk__in={one.part_id for one in seen if one.part_id})
    open_stories, open_parts = (set(things.values_list("pk", flat=True)) for things in (stories, parts))
    return [
        one
        for one in seen
        if one.series_id or (one.story_id in open_stories and (not one.part_id or one.part_id in open_parts))
    ]


FINDERS: dict[str, Callable[[Account, set[int]], Iterable[Any]]] = {
    "part": _parts,
    "story": _stories,
    "role": _roles,
    "proposal": _proposals,
    "company": _companies,
    "notes": _parts_with_notes,
    "waiting-account": _accounts_that_wait,
    "waiting-story": _stories_that_wait,
    "comment": _comments,
}


def _names(ids: Iterable[int | None]) -> dict[int, str]:
    known = {pk for pk in ids if pk is not None}
    return dict(PenName.objects.filter(pk__in=known).values_list("pk", "name")) if known else {}


Said = tuple[str, str]


def _new_part(row: Notification, part: Part, _who: str) -> Said:
    if row.count == 1:
        sentence = _("A new part of “%(story)s”: %(part)s")
    else:
        several = "%(n)d new parts of “%(story)s”, the last: %(part)s"
        sentence = ngettext("%(n)d new part of “%(story)s”: %(part)s", several, row.count)
    return sentence % {"n": row.count, "story": part.story.title, "part": part.title}, part.url


def _where(comment: Comment) -> str:
    thing = comment.part or comment.story or comment.series
    return thing.title if thing else ""


def _reply(row: Notification, comment: Comment, who: str) -> Said:
    if row.count == 1:
        sentence = _("%(who)s has answered you on “%(where)s”")
    else:
        several = "%(n)d answers to your comment on “%(where)s”"
        sentence = ngettext("%(n)d answer to your comment on “%(where)s”", several, row.count)
    return sentence % _words(row, comment, who), f"/comments/{comment.pk}/"


def _words(row: Notification, comment: Comment, who: str) -> dict[str, object]:
    return {"n": row.count, "who": who or comment.guest_name or _("Somebody"), "where": _where(comment)}


def _mention(row: Notification, comment: Comment, who: str) -> Said:
    sentence = _("%(who)s names you in a comment on “%(where)s”")
    return sentence % _words(row, comment, who), f"/comments/{comment.pk}/"


def _comment(row: Notification, comment: Comment, who: str) -> Said:
    if comment.held_at:
        sentence = ngettext(
            "%(n)d comment waits for you, on “%(where)s”",
            "%(n)d comments wait for you, the last on “%(where)s”",
            row.count,
        )
    elif row.count == 1:
        sentence = _("%(who)s has commented on “%(where)s”")
    else:
        several = "%(n)d new comments on “%(where)s”"
        sentence = ngettext("%(n)d new comment on “%(where)s”", several, row.count)
    return sentence % _words(row, comment, who), f"/comments/{comment.pk}/"


def _votes(row: Notification, part: Part, _who: str) -> Said:
    several = "%(n)d people voted for “%(story)s”"
    sentence = ngettext("%(n)d person voted for “%(story)s”", several, row.count)
    return sentence % {"n": row.count, "story": part.story.title}, part.story.url


def _invitation(row: Notification, role: Role, _who: str) -> Said:
    sentence = _("You are invited to work on “%(story)s” as %(role)s")
    return sentence % {"story": role.story.title, "role": role.get_kind_display()}, "/write/"


def _note(row: Notification, part: Part, who: str) -> Said:
    if row.count == 1:
        sentence = _("%(who)s has written a private note beside “%(part)s”")
    else:
        several = "%(n)d new private notes beside “%(part)s”"
        sentence = ngettext("%(n)d new private note beside “%(part)s”", several, row.count)
    told = {"n": row.count, "who": who or _("Somebody"), "part": part.title}
    return sentence % told, f"/write/parts/{part.pk}/notes/"


def _people(row: Notification, thing: Proposal | Story, who: str) -> Said:
    if isinstance(thing, Proposal):
        return consenting.question(thing), f"/write/stories/{thing.story_id}/people/"
    sentences = {
        "role.accepted": _("%(who)s has accepted your invitation to “%(story)s”"),
        "role.declined": _("%(who)s has declined your invitation to “%(story)s”"),
        "proposal.declined": _("%(who)s has said no to your proposal for “%(story)s”: it has ended"),
    }
    told = {"who": who or _("Somebody"), "story": thing.title}
    return sentences[row.group.split(":")[1]] % told, f"/write/stories/{thing.pk}/people/"


def _decision(row: Notification, thing: Story | Part, _who: str) -> Said:
    verb = row.group.split(":")[1]
    sentences = {
        "story.approved": _("The host has approved “%(title)s”: everybody can read it now"),
        "story.refused": _("The host has not approved “%(title)s”"),
    }
    sentence = sentences.get(verb, _("The host has hidden “%(title)s”"))
    return sentence % {"title": thing.title}, thing.url


def _reason(row: Notification, thing: Any) -> str:
    """Why the host has not approved a story, while that stands."""
    refused = row.kind == Kind.DECISION and row.group.startswith("decision:story.refused:")
    return str(thing.refusal) if refused else ""


def _release(row: Notification, part: Part, _who: str) -> Said:
    return _("“%(part)s” has come out") % {"part": part.title}, part.url


def _waiting(row: Notification, thing: Waiting, _who: str) -> Said:
    n = thing.number
    if row.subject_type == "waiting-account":
        sentence = ngettext(
            "%(n)d account waits for your approval", "%(n)d accounts wait for your approval", n
        )
        return sentence % {"n": n}, "/host/people/"
    sentence = ngettext(
        "%(n)d first story waits for your approval", "%(n)d first stories wait for your approval", n
    )
    return sentence % {"n": n}, "/host/stories/"


SENTENCES: dict[str, Callable[[Notification, Any, str], Said]] = {
    Kind.NEW_PART: _new_part,
    Kind.REPLY: _reply,
    Kind.MENTION: _mention,
    Kind.COMMENT: _comment,
    Kind.VOTES: _votes,
    Kind.INVITATION: _invitation,
    Kind.NOTE: _note,
    Kind.PEOPLE: _people,
    Kind.DECISION: _decision,
    Kind.RELEASE: _release,
    Kind.WAITING: _waiting,
}
