"""Browsers that are allowed: whose they are, how many, and what is none; the pages for it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.lib import webpush
from talehouse.notifications import devices, house_key, wishes
from talehouse.notifications.models import Device, HouseKey, Kind, Pace
from talehouse.notifications.wishes import Way
from talehouse.stories.errors import NotAllowedError, RuleError
from tests.cast import Cast
from tests.receiving import Subscriber

SETTINGS = "/settings/notifications/"
DEVICES = f"{SETTINGS}devices/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
BROWSER = Subscriber()
GIVEN = {"p256dh": BROWSER.p256dh, "auth": BROWSER.auth}


def allow(by: Account, name: str = "one") -> Device:
    return devices.subscribe(f"https://push.example/{name}", **GIVEN, by=by, agent=FIREFOX)


def test_a_browser_is_allowed_and_named_and_taken_out(cast: Cast) -> None:
    device = allow(cast.reader)
    assert (device.account, device.browser, device.system) == (cast.reader, "Firefox", "Linux")
    assert allow(cast.reader) == device, "the same browser is one row"
    devices.remove(device, by=cast.reader)
    assert not Device.objects.exists()


def test_a_browser_belongs_to_who_is_signed_in_there(cast: Cast) -> None:
    device = allow(cast.reader)
    Device.objects.filter(pk=device.pk).update(tries=3)
    moved = allow(cast.stranger)
    assert (moved.pk, moved.account, moved.tries) == (device.pk, cast.stranger, 0)
    assert not cast.reader.devices.exists()


def test_nobody_takes_out_a_browser_of_somebody_else(cast: Cast) -> None:
    device = allow(cast.reader)
    with pytest.raises(NotAllowedError):
        devices.remove(device, by=cast.stranger)
    assert Device.objects.exists()


def test_a_suspended_account_allows_nothing(cast: Cast) -> None:
    with pytest.raises(NotAllowedError):
        allow(cast.suspended)


def test_twenty_and_no_more(cast: Cast) -> None:
    for number in range(devices.MOST):
        allow(cast.reader, str(number))
    with pytest.raises(RuleError, match="twenty"):
        allow(cast.reader, "more")
    allow(cast.reader, "3")
    allow(cast.stranger, "other")
    with pytest.raises(RuleError):
        allow(cast.reader, "other")
    assert cast.reader.devices.count() == devices.MOST


# Another address


def renew(by: Account, old: str = "one", new: str = "two", session: str = "a") -> Device:
    addresses = [name and f"https://push.example/{name}" for name in (old, new)]
    return devices.renew(*addresses, **GIVEN, by=by, session=session)


def test_a_browser_gets_another_address(cast: Cast) -> None:
    device = allow(cast.reader)
    other = allow(cast.reader, "other")
    Device.objects.update(failed_at=timezone.now(), retry_at=timezone.now(), tries=3)
    assert renew(cast.reader) == device
    device.refresh_from_db()
    assert (device.endpoint, device.session, device.browser) == ("https://push.example/two", "a", "Firefox")
    assert device.failed_at is None and device.retry_at, "what it has missed is still tried again"
    assert set(cast.reader.devices.all()) == {device, other}
    assert renew(cast.reader) == device, "told twice is told once"


def test_a_browser_that_knows_its_old_address_no_more_is_that_of_the_session(cast: Cast) -> None:
    device, other = allow(cast.reader), allow(cast.reader, "other")
    Device.objects.filter(pk=device.pk).update(session="a")
    Device.objects.filter(pk=other.pk).update(session="b")
    assert renew(cast.reader, old="") == device
    with pytest.raises(NotAllowedError):
        renew(cast.reader, old="", new="three", session="c")
    assert set(cast.reader.devices.values_list("endpoint", flat=True)) == {
        "https://push.example/two",
        "https://push.example/other",
    }


def test_a_browser_that_was_allowed_anew_meanwhile_is_one(cast: Cast) -> None:
    allow(cast.reader)
    anew = allow(cast.reader, "two")
    assert renew(cast.reader) == anew
    assert cast.reader.devices.get() == anew


def test_nobody_moves_a_browser_of_somebody_else(cast: Cast) -> None:
    device = allow(cast.reader)
    with pytest.raises(NotAllowedError):
        renew(cast.stranger)
    theirs = allow(cast.stranger, "theirs")
    with pytest.raises(NotAllowedError):
        renew(cast.stranger, old="theirs", new="one")
    for one, name in ((device, "one"), (theirs, "theirs")):
        one.refresh_from_db()
        assert one.endpoint == f"https://push.example/{name}"


def test_a_browser_that_was_taken_out_stays_out(cast: Cast) -> None:
    devices.remove(allow(cast.reader), by=cast.reader)
    with pytest.raises(NotAllowedError):
        renew(cast.reader)
    assert not Device.objects.exists()


def test_it_does_not_move_where_nothing_can_be_pushed_to(cast: Cast) -> None:
    device = allow(cast.reader)
    with pytest.raises(RuleError):
        devices.renew(device.endpoint, "http://push.example/two", **GIVEN, by=cast.reader, session="a")
    device.refresh_from_db()
    assert device.endpoint == "https://push.example/one"


def test_a_script_tells_the_new_address_with_the_token_of_a_page(cast: Cast) -> None:
    device = allow(cast.reader)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.reader, backend="allauth.account.auth_backends.AuthenticationBackend")
    told = {"old": device.endpoint, "endpoint": "https://push.example/two", **GIVEN}
    assert client.post(f"{DEVICES}renew/", told).status_code == 403
    page: Any = client.get(SETTINGS)
    token = re.search(r'data-token="([0-9a-f]+)"', page.content.decode())
    assert token is not None
    told["form_token"] = token[1]
    assert client.post(f"{DEVICES}renew/", told).status_code == 204
    device.refresh_from_db()
    assert device.endpoint == "https://push.example/two" and len(device.session) == 32
    again: Any = client.post(f"{DEVICES}renew/", {**told, "endpoint": "nothing"})
    assert again.status_code == 400 and "nothing that can be pushed to" in again.json()["error"]
    strange: Any = cast.client("stranger").post(f"{DEVICES}renew/", told)
    assert strange.status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": ""},
        {"endpoint": "http://push.example/one"},
        {"endpoint": "javascript:alert(1)"},
        {"endpoint": "https://127.0.0.1/one"},
        {"endpoint": "https://[::1]/one"},
        {"endpoint": "https://user:word@push.example/one"},
        {"endpoint": "https://push.example/" + "a" * 600},
        {"p256dh": ""},
        {"p256dh": "A" * 87},
        {"p256dh": BROWSER.p256dh + "=" * 200},
        {"auth": "short"},
        {"auth": "not base64 at all!!!!!"},
    ],
)
def test_what_cannot_be_pushed_to_is_refused(cast: Cast, wrong: dict[str, str]) -> None:
    with pytest.raises(RuleError):
        devices.subscribe(**{"endpoint": "https://push.example/one", **GIVEN, **wrong}, by=cast.reader)
    assert not Device.objects.exists()


def test_the_first_browser_begins_with_what_most_people_want(cast: Cast) -> None:
    wishes.choose(Kind.REPLY, Way(on_site=False, mail=Pace.WEEKLY), by=cast.reader)
    allow(cast.reader)
    ways = wishes.all_of(cast.reader)
    assert {kind for kind, way in ways.items() if way.push} == set(wishes.PUSHED_FIRST) - {Kind.WAITING}
    assert ways[Kind.REPLY] == Way(on_site=False, mail=Pace.WEEKLY, push=True)


def test_what_was_chosen_before_stays(cast: Cast) -> None:
    wishes.choose(Kind.VOTES, Way(push=True), by=cast.reader)
    allow(cast.reader)
    assert {kind for kind, way in wishes.all_of(cast.reader).items() if way.push} == {Kind.VOTES}


# The key of the house


def test_the_key_is_made_once(cast: Cast) -> None:
    first = house_key.public()
    assert house_key.public() == first
    assert len(webpush.decode(first)) == 65
    with pytest.raises(IntegrityError), transaction.atomic():
        HouseKey.objects.create(pk=2, private=webpush.new_key())
    assert HouseKey.objects.get().private not in f"{HouseKey.objects.get()!r}"


def test_a_browser_asks_for_the_public_half(cast: Cast) -> None:
    answer: Any = cast.client("reader").post(f"{DEVICES}key/")
    assert answer.json() == {"key": house_key.public()}
    assert HouseKey.objects.get().private not in answer.content.decode()


# Pages


def test_the_page_says_to_allow_a_browser_first(cast: Cast) -> None:
    client = cast.client("reader")
    page: Any = client.get(SETTINGS)
    assert "Allow a browser first" in page.content.decode()
    sent: Any = client.post(
        DEVICES, {"endpoint": "https://push.example/one", **GIVEN}, headers={"user-agent": FIREFOX}
    )
    assert (sent.status_code, sent.headers["Location"]) == (302, SETTINGS)
    after: Any = client.get(SETTINGS)
    text = after.content.decode()
    assert "Allow a browser first" not in text and "Firefox on Linux" in text
    device = Device.objects.get()
    assert f'data-device="{device.mark}"' in text
    assert "push.example" not in text, "the endpoint is a secret"
    assert client.post(f"{DEVICES}{device.pk}/remove/").status_code == 302
    assert not Device.objects.exists()


def test_a_refusal_is_said_on_the_page(cast: Cast) -> None:
    client = cast.client("reader")
    answer: Any = client.post(DEVICES, {"endpoint": "http://push.example/one", **GIVEN})
    assert answer.status_code == 400
    assert "nothing that can be pushed to" in answer.content.decode()
    refused: Any = cast.client("suspended").post(DEVICES, {"endpoint": "https://push.example/one", **GIVEN})
    assert refused.status_code == 403
    assert "suspended" in refused.content.decode()


def test_the_browser_of_somebody_else_is_not_there(cast: Cast) -> None:
    device = allow(cast.reader)
    assert cast.client("stranger").post(f"{DEVICES}{device.pk}/remove/").status_code == 404
    assert Device.objects.exists()


def test_the_form_keeps_what_is_pushed(cast: Cast) -> None:
    client = cast.client("reader")
    fields = {f"mail-{kind}": "never" for kind in Kind.values}
    assert client.post(SETTINGS, {**fields, "push-reply": "on", "site-reply": "on"}).status_code == 302
    assert wishes.all_of(cast.reader)[Kind.REPLY] == Way(on_site=True, push=True)
    page: Any = client.get(SETTINGS)
    assert page.context["form"]["push-reply"].initial and not page.context["form"]["push-votes"].initial
    client.post(SETTINGS, fields)
    assert not any(way.push for way in wishes.all_of(cast.reader).values())


def test_the_worker_is_served_at_the_root(cast: Cast) -> None:
    client = cast.client("reader")
    answer: Any = client.get("/sw.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "showNotification" in answer.content.decode()
    again: Any = client.get("/sw.js", headers={"if-none-match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert not answer.cookies and not again.cookies
