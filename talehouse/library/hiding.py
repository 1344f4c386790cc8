"""What somebody does not want to meet: a story, a tag, a writer. No counter changes, and nobody learns of it.

A page that lists stories asks `without_hidden`, in its query, so that its pages are full. What is hidden
still opens by its address. A tag is hidden with all that is found under it; a synonym with
what it means.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account, PenName, Person
from talehouse.library.models import Hide
from talehouse.library.never import never_met
from talehouse.stories.errors import RuleError
from talehouse.stories.models import EffectiveTag, Role, Story
from talehouse.stories.people import AUTHORS
from talehouse.tags.models import Tag, meant

MOST = 2_000
"""Things that one account may hide."""

Hidden = Story | Tag | PenName
_KINDS: dict[type[models.Model], Hide.Target] = {
    Story: Hide.Target.STORY,
    Tag: Hide.Target.TAG,
    PenName: Hide.Target.PEN_NAME,
}
Rows = TypeVar("Rows", bound=QuerySet[Any])


class Line(NamedTuple):
    """Something that is hidden, as its list shows it; no address where it may not be opened any more."""

    hide: Hide
    name: str
    url: str = ""


@transaction.atomic
def hide(thing: Hidden, *, by: Account) -> None:
    """I do not want to meet this in any list. The thing was found through the gate."""
    Account.objects.select_for_update().only("pk").get(pk=by.pk)
    if Hide.objects.filter(account=by).count() >= MOST:
        raise RuleError(
            _("You hide %(most)d things already. Show one of them again, then hide this.") % {"most": MOST}
        )
    Hide.objects.get_or_create(account=by, target=_KINDS[type(thing)], target_id=thing.pk)


@transaction.atomic
def unhide(thing: Hidden, *, by: Account) -> None:
    """I want to meet it again."""
    _rows(thing, by).delete()


@transaction.atomic
def end(row: Hide, *, by: Account) -> None:
    """The same by the list of what I hide, whatever has become of the thing itself."""
    Hide.objects.filter(pk=row.pk, account=by).delete()


def hides(thing: Hidden, *, by: Person) -> bool:
    """Whether this person hides the thing."""
    return by.pk is not None and _rows(thing, by).exists()


def _rows(thing: Hidden, account: Account) -> QuerySet[Hide]:
    mine = Hide.objects.filter(account=account, target=_KINDS[type(thing)])
    if isinstance(thing, Tag):
        return mine.filter(
            target_id__in=Tag.objects.filter(Q(pk=thing.pk) | Q(merged_into=thing)).values("pk")
        )
    return mine.filter(target_id=thing.pk)


def without_hidden(rows: Rows, person: Person, *, story: str = "pk") -> Rows:
    """Without the stories that this person hides, or that carry a tag or a writer's name that they hide.

    `story` is the path of the story's key from the row ("story_id" for parts).
    """
    return rows if person.pk is None else rows.filter(~_hidden_by(person, story))


def _hidden_by(account: Account, story: str) -> Q:
    def of(target: Hide.Target) -> QuerySet[Hide]:
        return Hide.objects.filter(account=account.pk, target=target)

    own = of(Hide.Target.STORY).filter(target_id=OuterRef(story))
    names = of(Hide.Target.PEN_NAME).values("target_id")
    tagged = EffectiveTag.objects.filter(story=OuterRef(story), tag__in=hidden_tags(account))
    signed = Role.objects.filter(
        story=OuterRef(story), kind__in=AUTHORS, accepted_at__isnull=False, pen_name__in=names
    )
    return Q(Exists(own)) | Q(Exists(tagged)) | Q(Exists(signed)) | never_met(account, story)


def hidden_tags(account: Account) -> QuerySet[Tag, Any]:
    """The ids of the tags that this account hides, of a synonym what it means: a question, for use inside of
    another.
    """
    hides = Hide.objects.filter(account=account.pk, target=Hide.Target.TAG).values("target_id")
    return meant(hides)


def mine(account: Account) -> list[Line]:
    """Everything that this account hides, the newest first; by four questions at most."""
    rows = list(Hide.objects.filter(account=account).order_by("-made_at", "-pk")[:MOST])
    wanted = {kind: [row.target_id for row in rows if row.target == kind] for kind in Hide.Target}
    stories = Story.objects.visible_to(account).filter(pk__in=wanted[Hide.Target.STORY])
    named: dict[tuple[str, int], tuple[str, str]] = {}
    named |= {("story", one.pk): (one.title, one.url) for one in stories.only("pk", "title", "slug")}
    named |= {
        ("tag", one.pk): (one.name, one.url) for one in Tag.objects.filter(pk__in=wanted[Hide.Target.TAG])
    }
    pen_names = PenName.objects.filter(pk__in=wanted[Hide.Target.PEN_NAME], account__is_active=True)
    named |= {("penname", one.pk): (one.name, one.url) for one in pen_names}
    return [Line(row, *named.get((row.target, row.target_id), ("",))) for row in rows]
