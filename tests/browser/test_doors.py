"""The doors as people go through them: three fields, the mail, codes, passkeys, signing out everywhere."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_every_page import look
from tests.serving import Serving, served, until

pytestmark = pytest.mark.browser

SECRET = "a lamp above the weir"
SET_UP = """
from talehouse.accounts.house import welcome
from talehouse.site import house

house.set_up(name="The Weir House", sign_up="open")
welcome(email="host@example.org", password=SECRET, pen_name="Keeper")
print("null")
"""


@pytest.fixture(scope="module")
def house(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """An archive of its own: its mails are counted, its doors are opened and shut."""
    with served(tmp_path_factory.mktemp("doors") / "data", new_database()) as archive:
        archive.python(f"SECRET = {SECRET!r}\n{SET_UP}")
        yield archive


def named(house: Serving) -> str:
    """The address by a name: keys know nothing of numbers."""
    return house.url.replace("127.0.0.1", "localhost")


def letters(house: Serving, to: str) -> list[str]:
    """The texts of all mails to this address, the oldest first: without a mail server they are files."""
    found = []
    for file in sorted(Path(house.data, "mail").glob("*.log")):
        for raw in file.read_bytes().split(b"-" * 79 + b"\n"):
            if raw.strip():
                told = message_from_bytes(raw, policy=policy.default)
                if told["To"] == to:
                    found.append((told["Date"].datetime, told.get_content()))
    return [text for _date, text in sorted(found)]


def send(page: Page, name: str) -> None:
    """Press a button of the page's own forms."""
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def sign_up(page: Page, who: str) -> None:
    """Fill in the three fields as fast as a person can."""
    page.goto("/accounts/signup/")
    fields = page.locator("main form").locator("input:visible:not(.trap input)")
    assert fields.count() == 3
    page.get_by_label("Email").fill(f"{who}@example.org")
    page.get_by_label("Password").fill(SECRET)
    page.get_by_label("Pen name").fill(who.title())
    page.wait_for_timeout(2100)
    send(page, "Make my account")
    page.wait_for_url(lambda url: "/accounts/" not in url)


def confirm(page: Page, house: Serving, who: str) -> None:
    """Open the link of the mail."""
    told = until(lambda: letters(house, f"{who}@example.org"))[0]
    link = re.search(r"https?://[^/]+(/accounts/confirm-email/\S+)", told)
    assert link
    page.goto(link[1])
    send(page, "Confirm it")


def sign_in(page: Page, who: str, *, first: str = "/") -> None:
    """By the password."""
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(f"{who}@example.org")
    page.get_by_label("Password").fill(SECRET)
    send(page, "Sign in")
    page.wait_for_url(lambda url: url.endswith(first) and "/accounts/login/" not in url)


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    send(page, "Sign out")
    page.wait_for_url(lambda url: "/accounts/" not in url)


def still_me(page: Page) -> None:
    """Say so, if the page asks."""
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(SECRET)
        send(page, "Go on")


def is_in(page: Page) -> bool:
    """Whether the desk opens."""
    page.goto("/write/")
    return urlsplit(page.url).path == "/write/"


def code(secret: str, steps: int = 0) -> str:
    """What an app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def key_in(page: Page) -> None:
    """A key that this browser has built in, and a person who always touches it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_new_account_goes_by_the_clocks_of_its_browser(open_page: OpenPage, house: Serving) -> None:
    page = open_page(base_url=house.url, timezone_id="America/Lima")
    sign_up(page, "tern")
    page.goto("/preferences/")
    expect(page.locator("select[name=time_zone]")).to_have_value("America/Lima")


def test_three_fields_the_mail_and_a_second_step(open_page: OpenPage, house: Serving) -> None:
    page = open_page(base_url=house.url)
    sign_up(page, "wren")
    confirm(page, house, "wren")
    page.goto("/accounts/email/")
    expect(page.locator("main")).to_contain_text("confirmed")

    page.goto("/accounts/2fa/totp/activate/")
    still_me(page)
    expect(page.locator(".qr img")).to_be_visible()
    assert page.locator(".qr img").evaluate("(picture) => picture.naturalWidth > 0")
    secret = page.locator(".secret").inner_text()
    page.get_by_label("code").fill(code(secret))
    send(page, "Use this app")
    page.wait_for_url("**/recovery-codes/")
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    with page.expect_download() as taken:
        page.get_by_role("link", name="As a file").click()
    assert taken.value.path().read_text().split() == codes

    sign_out(page)
    sign_in(page, "wren", first="/accounts/2fa/authenticate/")
    assert not is_in(page)
    page.goto("/accounts/2fa/authenticate/")
    page.get_by_label("Code").fill(code(secret, 1))
    send(page, "Sign in")
    page.wait_for_url(lambda url: "/accounts/" not in url)
    assert is_in(page)

    sign_out(page)
    sign_in(page, "wren", first="/accounts/2fa/authenticate/")
    page.get_by_label("Code").fill(codes[3])
    send(page, "Sign in")
    page.wait_for_url(lambda url: "/accounts/" not in url)
    page.goto("/accounts/2fa/")
    expect(page.locator("main")).to_contain_text("9 codes are left.")
    subjects = "\n".join(letters(house, "wren@example.org"))
    assert "you are asked for the code of an app" in subjects


def test_a_passkey_signs_in_alone_and_after_the_password(open_page: OpenPage, house: Serving) -> None:
    page = open_page(base_url=named(house))
    key_in(page)
    sign_up(page, "reed")
    confirm(page, house, "reed")
    page.goto("/accounts/2fa/webauthn/add/")
    still_me(page)
    page.get_by_label("Name").fill("Phone")
    send(page, "Add this key")
    page.wait_for_url("**/recovery-codes/")
    page.goto("/accounts/2fa/webauthn/")
    expect(page.locator("main")).to_contain_text("Phone")
    expect(page.locator("main .badge")).to_have_text("passkey")

    sign_out(page)
    page.goto("/accounts/login/?next=/write/")
    send(page, "Sign in with a passkey")
    page.wait_for_url(lambda url: urlsplit(url).path == "/write/")
    assert is_in(page)

    sign_out(page)
    sign_in(page, "reed", first="/accounts/2fa/authenticate/")
    send(page, "Use a key")
    page.wait_for_url(lambda url: "/accounts/" not in url)
    assert is_in(page)

    page.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Take away Phone").click()
    page.get_by_role("link", name="Use a key").click()
    send(page, "Use a key")
    send(page, "Take it away")
    page.wait_for_url("**/webauthn/")
    sign_out(page)
    page.goto("/accounts/login/")
    send(page, "Sign in with a passkey")
    expect(page.locator("main")).to_contain_text("does not match")
    assert not is_in(page)


def test_a_key_that_is_not_there_is_said(open_page: OpenPage, house: Serving) -> None:
    page = open_page(base_url=house.url)
    page.goto("/accounts/login/")
    send(page, "Sign in with a passkey")
    expect(page.locator("[data-passkey-said]")).to_contain_text("They need a secure address")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()


def test_signing_out_everywhere_else(open_page: OpenPage, house: Serving) -> None:
    desk, phone = open_page(base_url=house.url), open_page(base_url=house.url)
    sign_in(desk, "host")
    sign_in(phone, "host")
    desk.goto("/accounts/sessions/")
    assert desk.locator("main .entries > li").count() >= 2
    expect(desk.locator("main .badge")).to_have_count(1)
    send(desk, "Sign out everywhere else")
    expect(desk.locator("main")).to_contain_text("You are signed out everywhere else.")
    assert is_in(desk) and not is_in(phone)


def test_by_invitation_and_by_approval(open_page: OpenPage, house: Serving) -> None:
    host, guest = open_page(base_url=house.url), open_page(base_url=house.url)
    sign_in(host, "host")
    host.goto("/host/setup/")
    host.get_by_label("Everyone who asks").check()
    host.locator("main form button").last.click()
    host.wait_for_url("**/host/")
    guest.goto("/accounts/signup/")
    guest.get_by_label("Email").fill("finch@example.org")
    guest.get_by_label("Password").fill(SECRET)
    guest.get_by_label("Pen name").fill("Finch")
    guest.wait_for_timeout(2100)
    send(guest, "Make my account")
    guest.wait_for_url("**/accounts/waiting/")
    host.goto("/host/people/")
    send(host, "Let in Finch")
    sign_in(guest, "finch")
    assert is_in(guest)
    assert "has opened your account" in "".join(letters(house, "finch@example.org"))

    host.goto("/host/people/")
    host.get_by_label("For whom").fill("Lark")
    send(host, "Make a link")
    link = host.get_by_label("Link", exact=True).input_value()
    other = open_page(base_url=house.url)
    other.goto(link)
    other.get_by_label("Email").fill("lark@example.org")
    other.get_by_label("Password").fill(SECRET)
    other.get_by_label("Pen name").fill("Lark")
    other.wait_for_timeout(2100)
    send(other, "Make my account")
    other.wait_for_url(lambda url: "/accounts/" not in url)
    assert is_in(other)


def test_every_page_at_the_doors(open_page: OpenPage, house: Serving) -> None:
    page = open_page(base_url=named(house), reduced_motion="reduce")
    found = look(page, {"invited wrongly": "/accounts/signup/?invitation=x", "waiting": "/accounts/waiting/"})
    key_in(page)
    sign_in(page, "host")
    page.goto("/accounts/2fa/totp/activate/")
    still_me(page)
    base = "/accounts/2fa/"
    found += look(page, {name: base + name for name in ("", "totp/activate/", "webauthn/add/")})
    page.goto(base + "webauthn/add/")
    send(page, "Add this key")
    page.wait_for_url("**/recovery-codes/")
    page.goto(base + "totp/activate/")
    page.get_by_label("code").fill(code(page.locator(".secret").inner_text()))
    send(page, "Use this app")
    page.wait_for_url("**/2fa/")
    names = ("", "recovery-codes/", "recovery-codes/generate/", "totp/deactivate/", "webauthn/")
    found += look(page, {name: base + name for name in names})
    for link in ("Rename", "Take away"):
        page.goto(base + "webauthn/")
        page.get_by_role("link", name=link).first.click()
        found += look(page, {link: page.url})
    asks = {f"still you, {name}": f"{base}{name}reauthenticate/" for name in ("", "webauthn/")}
    doors = {"sessions": "/accounts/sessions/", "people": "/host/people/", "stories": "/host/stories/"}
    found += look(page, {**asks, **doors, "address": "/accounts/email/", "setup": "/host/setup/"})
    sign_out(page)
    sign_in(page, "host", first="/accounts/2fa/authenticate/")
    found += look(page, {"second step": "/accounts/2fa/authenticate/"})
    assert not found, "\n" + "\n".join(found)
