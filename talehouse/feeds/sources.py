"""What each feed tells of: its parts, by one question to the gate, and what its head says.

A feed knows nobody: whoever asks gets what a visitor gets, since the address goes on to programs and other
people. Only the feed of one's own updates is asked for in somebody's name, by a secret in its address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from talehouse.accounts.house import ORPHAN
from talehouse.accounts.models import Account, FormerName, PenName, Person, Visitor
from talehouse.lib.html import summary_of, text_of
from talehouse.library import lists
from talehouse.library.models import ListEntry
from talehouse.library.my_feed import owner_of
from talehouse.library.my_feed import parts_of as updates_of
from talehouse.pages.variant import DEFAULT_RATING
from talehouse.search import addresses, engine
from talehouse.search.addresses import Pick, Wanted
from talehouse.search.asking import heard
from talehouse.search.questions import Sort
from talehouse.site.house import of as house_of
from talehouse.stories.models import EffectiveTag, Part, Series, SeriesEntry, Story, Visibility
from talehouse.stories.visibility import PartQuerySet
from talehouse.tags.models import Tag

STORIES = 50
"""Stories that a search is followed in."""
ABOUT = 400
"""Characters of what a head says."""
BEGINNING_OF_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""When the archive as a whole was changed last while nothing is in it."""


@dataclass(frozen=True, slots=True)
class Source:
    """One feed. `person` is whose eyes it has; `page`, `image` are paths; `ending` is what addresses carry.

    `depends`: the versions that a kept answer stands on; without any it is not kept. `since` stands for the
    time of the newest item while there is none. `query`: what the address of the feed itself ends with.
    """

    id: UUID
    person: Person
    title: str
    about: str
    page: str
    parts: PartQuerySet
    since: datetime
    depends: tuple[str, ...] = ()
    language: str = ""
    image: str = ""
    ending: str = ""
    story: Story | None = None
    query: str = ""


def anybody(request: HttpRequest) -> Visitor:
    """A visitor who asked for no rating: the house's limit and the usual one hold."""
    visitor = Visitor(DEFAULT_RATING)
    visitor.house_limit = _limit(request)
    return visitor


def _limit(request: HttpRequest) -> Callable[[], str]:
    return lambda: house_of(request).ceiling


def archive(request: HttpRequest) -> Source:
    """Everything that visitors meet."""
    house, visitor = house_of(request), anybody(request)
    return Source(
        id=uuid5(NAMESPACE_URL, settings.BASE_URL),
        person=visitor,
        title=house.name,
        about=house.tagline,
        page="/",
        parts=Part.objects.listed_for(visitor),
        since=BEGINNING_OF_TIME,
        depends=("site", "lists"),
    )


def search(request: HttpRequest) -> Source:
    """What visitors find by a search, the last updated first. Raises IndexMissing."""
    house, visitor = house_of(request), anybody(request)
    wanted = replace(addresses.read(request.GET), after="", sort=Sort.UPDATED, seed=0, more=())
    understood = heard(wanted, visitor)
    found = engine.find(replace(understood.question, size=STORIES))
    query = addresses.write(wanted)
    return Source(
        id=uuid5(NAMESPACE_URL, settings.BASE_URL + wanted.address),
        person=visitor,
        title=_("%(search)s at %(house)s") % {"search": _told(wanted, understood.tags), "house": house.name},
        about="",
        page=wanted.address,
        parts=Part.objects.listed_for(visitor).filter(story__in=found.stories),
        since=BEGINNING_OF_TIME,
        query=f"?{query}",
    )


def _told(wanted: Wanted, tags: Mapping[Pick, Tag]) -> str:
    """A search as a title: what was typed, and the names of what was chosen."""
    names = [tags[pick].name if pick in tags else pick.slug for pick in wanted.wanted]
    return " · ".join([wanted.typed, *names] if wanted.typed else names) or _("Search")


def story(request: HttpRequest, pk: int) -> Source:
    """One story, an unlisted one by the key in the address. Members-only and private ones have no feed."""
    visitor, key = anybody(request), request.GET.get("key", "")[:40]
    found = get_object_or_404(Story.objects.visible_to(visitor, key=key).select_related("cover"), pk=pk)
    ending = f"?key={quote(key)}" if found.visibility == Visibility.UNLISTED else ""
    return Source(
        id=found.uuid,
        person=visitor,
        title=found.title,
        about=summary_of(text_of(found.summary), ABOUT),
        page=found.url + ending,
        parts=Part.objects.visible_to(visitor, key=key).released().filter(story=found),
        since=found.made_at,
        depends=() if ending else ("site", f"story:{found.pk}"),
        language=found.language,
        image=found.cover.url + ending if found.cover else "",
        ending=ending,
        story=found,
    )


def person(request: HttpRequest, slug: str) -> Source:
    """What a pen name wrote or helped to write."""
    visitor = anybody(request)
    found = get_object_or_404(_pen_names(), slug=slug)
    parts = Part.objects.listed_for(visitor).filter(
        story__roles__pen_name=found,
        story__roles__kind__in=("author", "co-author"),
        story__roles__accepted_at__isnull=False,
    )
    return Source(
        id=found.uuid,
        person=visitor,
        title=found.name,
        about=summary_of(text_of(found.about), ABOUT),
        page=found.url,
        parts=parts,
        since=found.made_at,
        depends=("site", "lists", f"pen:{found.pk}"),
        image=found.face_url,
    )


def _pen_names() -> QuerySet[PenName]:
    """Those that have a page."""
    return PenName.objects.filter(Q(account__is_active=True) | Q(account__email=ORPHAN))


def now_called(slug: str) -> str:
    """What a pen name that was called `slug` is called in addresses now, unless its owner has ended that."""
    former = FormerName.objects.filter(slug=slug, ended_at=None, pen_name__account__is_active=True)
    found = former.select_related("pen_name").first()
    return found.pen_name.slug if found else ""


def series(request: HttpRequest, pk: int) -> Source:
    """The stories of a series; it is there only while visitors meet one of them."""
    visitor = anybody(request)
    met = SeriesEntry.objects.filter(series=OuterRef("pk"), story__in=Story.objects.listed_for(visitor))
    found = get_object_or_404(Series.objects.filter(Exists(met)), pk=pk)
    return Source(
        id=found.uuid,
        person=visitor,
        title=found.title,
        about=summary_of(text_of(found.summary), ABOUT),
        page=found.url,
        parts=Part.objects.listed_for(visitor).filter(story__series_entry__series=found),
        since=found.made_at,
        depends=("site", "lists", f"series:{found.pk}"),
    )


def tag(request: HttpRequest, kind: str, slug: str) -> Source:
    """The stories under a tag (of a synonym, what it means); it is there while visitors meet one of them."""
    visitor = anybody(request)
    listed = Story.objects.listed_for(visitor).filter(pk=OuterRef("story"))
    carried = EffectiveTag.objects.filter(Exists(listed), tag=OuterRef("pk"))
    tags = Tag.objects.filter(Exists(carried)).select_related("merged_into")
    found = get_object_or_404(tags, kind=kind, slug=slug)
    found = found.merged_into or found
    return Source(
        id=found.uuid,
        person=visitor,
        title=_("%(tag)s at %(house)s") % {"tag": found.name, "house": house_of(request).name},
        about="",
        page=found.url,
        parts=Part.objects.listed_for(visitor).filter(story__effective_tags__tag=found),
        since=found.made_at,
        depends=("site", "lists", f"tag:{found.pk}"),
    )


def reading_list(request: HttpRequest, pk: int) -> Source:
    """What is new in the stories of a public reading list."""
    visitor = anybody(request)
    found = get_object_or_404(lists.visible_to(visitor), pk=pk)
    chosen = ListEntry.objects.filter(list=found).values("story")
    return Source(
        id=found.uuid,
        person=visitor,
        title=found.title,
        about=summary_of(found.note, ABOUT),
        page=found.url,
        parts=Part.objects.listed_for(visitor).filter(story__in=chosen),
        since=found.made_at,
        depends=("site", "lists", f"list:{pk}", f"pen:{found.owner_id}"),
    )


def updates(request: HttpRequest, key: str) -> Source:
    """What came out in what somebody follows, by the secret of their address."""
    account: Account = get_object_or_404(owner_of(key))
    account.house_limit = _limit(request)
    return Source(
        id=uuid5(account.uuid, "updates"),
        person=account,
        title=_("New in what I follow, at %(house)s") % {"house": house_of(request).name},
        about="",
        page="/library/updates/",
        parts=updates_of(account),
        since=account.joined_at,
    )
