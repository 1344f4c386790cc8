"""The host asks somebody to put tags in order, and ends it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from talehouse.accounts import appointing
from talehouse.accounts.errors import DoorError, NotForYouError
from talehouse.accounts.models import Account, PenName
from talehouse.activity.models import Event
from talehouse.stories.demo import remove_demo
from tests.cast import Cast


def test_a_host_asks_somebody_and_ends_it(cast: Cast) -> None:
    host, theirs = cast.client("host"), cast.client("reader")
    assert theirs.get("/wrangling/").status_code == 404
    answer = host.post("/host/wranglers/", {"name": "  reader "}, follow=True)
    assert "in their menu" in answer.content.decode()
    cast.reader.refresh_from_db()
    assert cast.reader.is_wrangler and not cast.reader.is_host
    assert theirs.get("/wrangling/").status_code == 200
    assert 'href="/wrangling/"' in theirs.get("/library/").content.decode()
    answer = host.post(f"/host/wranglers/{cast.reader.pk}/end/", follow=True)
    assert "no more" in answer.content.decode()
    assert theirs.get("/wrangling/").status_code == 404
    assert 'href="/wrangling/"' not in theirs.get("/library/").content.decode()
    assert list(
        Event.objects.filter(verb__startswith="wrangler.").order_by("pk").values_list("verb", flat=True)
    ) == [
        "wrangler.appointed",
        "wrangler.dismissed",
    ]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Nobody", "Nobody here signs as “Nobody”"),
        ("Suspended", "suspended"),
        ("Keeper", "already"),
        ("", "required"),
        ("x" * 61, "60"),
    ],
)
def test_who_cannot_be_asked(cast: Cast, name: str, why: str) -> None:
    answer = cast.client("host").post("/host/wranglers/", {"name": name})
    assert answer.status_code == 400 and why in answer.content.decode()
    assert not appointing.wranglers().exists()


def test_nobody_of_the_demo_is_asked(cast: Cast) -> None:
    Account.objects.filter(pk=cast.stranger.pk).update(demo_since=timezone.now())
    answer = cast.client("host").post("/host/wranglers/", {"name": " Stranger "})
    assert answer.status_code == 400
    assert "“Stranger” belongs to the demo: nobody signs in there." in answer.content.decode()
    assert not appointing.wranglers().exists()


def test_whoever_was_asked_goes_with_the_demo(cast: Cast) -> None:
    demo = Account.objects.filter(pk=cast.stranger.pk)
    demo.update(demo_since=timezone.now(), wrangler_since=timezone.now())
    assert "Stranger" in cast.client("host").get("/host/wranglers/").content.decode()
    remove_demo(by=cast.host)
    assert not appointing.wranglers().exists()
    assert "Nobody yet." in cast.client("host").get("/host/wranglers/").content.decode()


def test_somebody_who_has_no_name_is_not_called_none(cast: Cast) -> None:
    appointing.appoint("Stranger", by=cast.host)
    PenName.objects.filter(account=cast.stranger).update(retired_at=timezone.now())
    page = cast.client("host").get("/host/wranglers/").content.decode()
    assert f"/host/wranglers/{cast.stranger.pk}/end/" in page and "None" not in page


def test_only_hosts_ask(cast: Cast) -> None:
    appointing.appoint("Stranger", by=cast.host)
    for who in ("reader", "stranger", "suspended"):
        with pytest.raises(NotForYouError):
            appointing.appoint("Reader", by=getattr(cast, who))
        with pytest.raises(NotForYouError):
            appointing.dismiss(cast.stranger, by=getattr(cast, who))
    appointing.dismiss(cast.stranger, by=cast.host)
    with pytest.raises(DoorError, match="any more"):
        appointing.dismiss(cast.stranger, by=cast.host)
