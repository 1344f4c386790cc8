"""The demo archive: a living place on the first look, and gone without a trace when it goes."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from talehouse.accounts import pen_names
from talehouse.accounts.models import Account, PenName
from talehouse.ops import doctoring, recounting
from talehouse.ops.demo.loading import load
from talehouse.stories.demo import backdate, has_demo, remove_demo
from talehouse.stories.errors import NotAllowedError
from talehouse.stories.models import Block, Part, Revision, Series, Story
from tests.cast import Archive, Cast, first, story

ENOUGH = 6


def faults() -> list[str]:
    """What doctor calls bad."""
    return [f"{found.label}: {found.text}" for found in doctoring.examine() if found.state == "bad"]


def others(archive: Archive) -> list[object]:
    """Every value of the rows that are not of the demo."""
    kinds = ("public", "members", "unlisted", "private", "draft", "adult", "hidden")
    mine = [getattr(archive, kind).pk for kind in kinds]
    parts = Part.objects.filter(story__in=mine)
    return [
        list(Story.objects.filter(pk__in=mine).order_by("pk").values()),
        list(parts.order_by("pk").values()),
        list(Revision.objects.filter(part__in=parts).order_by("pk").values()),
        list(Block.objects.filter(part__in=parts).order_by("pk").values()),
    ]


def test_the_demo_is_a_living_place(db: None) -> None:
    number = load()
    assert number >= ENOUGH and Story.objects.count() == number and has_demo()
    assert {"ar", "ja"} <= set(Story.objects.values_list("language", flat=True))
    assert Series.objects.exists()
    assert Part.objects.filter(released_at=None, release_at__isnull=False).exists()
    assert all(made.part_count > 1 and made.read_count for made in Story.objects.all())
    assert not any(account.has_usable_password() for account in Account.objects.all())
    page = Client().get("/").content.decode()
    assert sum(escape(made.title) in page for made in Story.objects.all()) >= ENOUGH
    assert recounting.check() == [] and faults() == []
    assert load() == 0 and Story.objects.count() == number


def test_it_goes_and_nothing_of_anybody_else_is_touched(cast: Cast, archive: Archive) -> None:
    people = list(Account.objects.order_by("pk").values())
    before = others(archive)
    number = load()
    demo = Story.objects.filter(roles__pen_name__account__demo_since__isnull=False)
    titles = set(demo.values_list("title", flat=True))
    names = set(PenName.objects.filter(account__demo_since__isnull=False).values_list("name", flat=True))
    with pytest.raises(pen_names.PenNameError):
        pen_names.add(min(names), by=cast.writer)
    assert remove_demo(by=cast.host) == number
    assert others(archive) == before
    assert (
        list(Account.objects.filter(pk__in=[one["id"] for one in people]).order_by("pk").values()) == people
    )
    assert not has_demo() and recounting.check() == [] and faults() == []
    pages = "".join(
        Client().get(path).content.decode() for path in ("/", "/browse/", "/sitemap-stories-1.xml")
    )
    assert not [word for word in titles | names if escape(word) in pages]
    assert not Revision.objects.filter(part__story__deleted_at__isnull=False).exclude(html="").exists()
    assert all(pen_names.add(name, by=cast.writer).name == name for name in names)
    assert remove_demo(by=None) == 0


def test_it_can_come_back(db: None) -> None:
    number = load()
    remove_demo(by=None)
    assert load() == number and has_demo()


@pytest.mark.parametrize("who", ["writer", "reader", "suspended"])
def test_only_a_host_removes_it(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowedError):
        remove_demo(by=getattr(cast, who))


def test_a_suspended_host_does_not(cast: Cast) -> None:
    Account.objects.filter(pk=cast.host.pk).update(suspended_at=timezone.now())
    cast.host.refresh_from_db()
    with pytest.raises(NotAllowedError):
        remove_demo(by=cast.host)


def test_only_demo_parts_are_dated_back(cast: Cast) -> None:
    part = first(story(cast))
    with pytest.raises(NotAllowedError):
        backdate(part, part.made_at)
