"""What the desk shows of stories, parts, and what was deleted: each list by one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.lib import covers
from talehouse.stories import holding, pictures
from talehouse.stories.models import Part, Role, RoleKind, Story
from talehouse.stories.powers import POWERS, Power
from talehouse.stories.removing import UNDO
from talehouse.tags.vocabulary import RATING_LEVEL, Status

PAGE = 50
SHORT = 6


@dataclass(frozen=True, slots=True)
class State:
    """How a story or a part stands, in a word, and how the badge looks."""

    label: str
    css: str = ""


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A story on the desk."""

    story: Story
    role: str
    states: list[State]
    words: int
    drafts: int
    parts: int
    next_at: datetime | None
    edited_at: datetime
    asked_for: bool
    counters: dict[str, int]
    cover_svg: SafeString
    cover_srcset: str
    can: frozenset[Power]


def powers_with(kinds: Iterable[str], account: Account) -> frozenset[Power]:
    """What these roles allow; a suspended account only looks."""
    held = set(kinds)
    mine = {power for power, roles in POWERS.items() if roles & held}
    return frozenset(mine & {Power.READ} if account.is_suspended else mine)


def powers_on(story: Story, account: Account) -> frozenset[Power]:
    """What this account may do on a story; one query."""
    roles = story.roles.filter(pen_name__account=account, accepted_at__isnull=False)
    return powers_with(roles.values_list("kind", flat=True), account)


def _standing() -> Any:
    return Part.objects.filter(story=OuterRef("pk"), deleted_at=None).order_by()


def _one(parts: Any, **told: Any) -> Subquery:
    name = next(iter(told))
    return Subquery(parts.values("story").annotate(**told).values(name), output_field=IntegerField())


def my_stories(account: Account) -> QuerySet[Story]:
    """Those on which the account has a role of any kind, the one last worked on first."""
    roles = Role.objects.filter(
        story=OuterRef("pk"), pen_name__account=account, accepted_at__isnull=False
    ).order_by("position", "pk")
    parts = _standing()
    coming = parts.filter(published__isnull=False, withdrawn_at=None, release_at__gt=timezone.now())
    saved = parts.annotate(at=Coalesce("draft__made_at", "published__made_at"))
    words = Sum(Coalesce("draft__word_count", "published__word_count"))
    return (
        Story.objects.standing()
        .allowing(account, Power.READ)
        .select_related("cover")
        .annotate(
            my_role=Subquery(roles.values("kind")[:1]),
            drafts=Coalesce(_one(parts.filter(draft__isnull=False), n=Count("pk")), 0),
            all_parts=Coalesce(_one(parts, n=Count("pk")), 0),
            all_words=Coalesce(_one(parts, w=words), 0),
            next_at=Subquery(coming.order_by("release_at").values("release_at")[:1]),
            saved_at=Coalesce(Subquery(saved.order_by("-at").values("at")[:1]), F("made_at")),
        )
        .order_by("-saved_at", "-pk")
    )


def line_of(story: Any, account: Account) -> StoryLine:
    """A line for a story that was fetched by `my_stories`."""
    out = story.part_count > 0
    return StoryLine(
        story=story,
        role=str(RoleKind(story.my_role).label),
        states=states_of(story),
        words=story.word_count if out else story.all_words,
        drafts=story.drafts,
        parts=story.part_count if out else story.all_parts,
        next_at=story.next_at,
        edited_at=story.saved_at,
        asked_for=out and RATING_LEVEL[story.rating] >= RATING_LEVEL["mature"],
        counters={
            "reads": story.read_count,
            "votes": story.vote_count,
            "comments": story.comment_count,
        },
        cover_svg=_drawn(story),
        cover_srcset=pictures.srcset(story.cover) if story.cover else "",
        can=powers_with([story.my_role], account),
    )


def _drawn(story: Story) -> SafeString:
    if story.cover_id:
        return SafeString("")
    return mark_safe(covers.svg(story.title, "", story.uuid.int % 2**31))  # noqa: S308  our own drawing


def states_of(story: Story) -> list[State]:
    """What its people ought to know of a story, the weightiest first."""
    now = timezone.now()
    found = [
        State(_("Hidden by the host"), "bad") if story.hidden_at else None,
        State(_("Withdrawn"), "bad") if story.withdrawn_at else None,
        _held(story),
    ]
    if story.release_at is None:
        found.append(State(_("Draft")))
    elif story.release_at > now:
        found.append(State(_("Scheduled")))
    else:
        found.append(State(str(Status(story.status).label), "good"))
    closer = {"members": _("For members"), "unlisted": _("Unlisted"), "private": _("Private")}
    if story.visibility in closer:
        found.append(State(closer[story.visibility]))
    return [state for state in found if state]


def _held(story: Story) -> State | None:
    """How a first story stands with the host, if it does not stand well."""
    if holding.is_refused(story):
        return State(_("Not approved"), "bad")
    return State(_("Waits for the host")) if story.held_at else None


def part_state(part: Part, now: datetime) -> State:
    """How one part stands."""
    if part.hidden_at:
        return State(_("Hidden by the host"), "bad")
    if part.withdrawn_at:
        return State(_("Withdrawn"), "bad")
    if part.published_id is None:
        return State(_("In the queue")) if part.queued_at else State(_("Draft"))
    if part.release_at is None or part.release_at > now:
        return State(_("In the queue") if part.queued_at else _("Scheduled"))
    return _held(part.story) or State(_("Published"), "good")


def drafts_waiting(account: Account) -> QuerySet[Part]:
    """Drafts that the account may write on, the one last saved first."""
    drafts = Part.objects.standing().allowing(account, Power.WRITE).filter(draft__isnull=False)
    return drafts.select_related("story", "draft").order_by("-draft__made_at", "-pk")[:SHORT]


def coming_next(account: Account) -> QuerySet[Part]:
    """What comes out next by itself."""
    parts = Part.objects.standing().allowing(account, Power.READ)
    coming = parts.filter(published__isnull=False, withdrawn_at=None, release_at__gt=timezone.now())
    return coming.select_related("story").order_by("release_at", "position")[:SHORT]


def lately_deleted(account: Account) -> list[dict[str, Any]]:
    """Stories and parts that may still be brought back, the last deleted first; one query."""
    since = timezone.now() - UNDO
    gone: Any = {"deleted_at__gte": since, "purged_at": None}
    columns = ("what", "pk", "story_id", "title", "story_title", "deleted_at")
    stories = (
        Story.objects.allowing(account, Power.OWN)
        .filter(**gone)
        .annotate(what=Value("story"), story_id=F("pk"), story_title=Value(""))
    )
    parts = (
        Part.objects.allowing(account, Power.REMOVE)
        .filter(Q(story__deleted_at=None), **gone)
        .annotate(what=Value("part"), story_title=F("story__title"))
    )
    rows = stories.order_by().values_list(*columns).union(parts.order_by().values_list(*columns), all=True)
    return [dict(zip(columns, row, strict=True)) for row in rows.order_by("-deleted_at")[:20]]
