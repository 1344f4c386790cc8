"""The host's pages: the link of the first start, the five questions, health; nobody else finds them."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from talehouse.accounts.models import Account
from talehouse.ops import preparing, views
from talehouse.ops.demo.loading import load
from talehouse.site import house
from talehouse.stories.demo import has_demo
from tests.cast import Cast
from tests.mail_server import MailServer

ACCOUNT = {"email": "Host@example.org", "password": "correct horse battery", "pen_name": "The Keeper"}
ANSWERS = {
    "name": "The Long Shelf",
    "tagline": "Slow stories",
    "sign_up": "open",
    "mail_from": "house@example.org",
    "smtp_host": "mail.example.org",
    "smtp_port": "465",
    "smtp_security": "tls",
    "smtp_user": "me",
    "smtp_password": " secret ",
    "ceiling": "teen",
}


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    """The real ones are slow on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_the_link_makes_the_host_once(db: None) -> None:
    link = preparing.welcome_link()
    client = Client()
    assert client.get(link).status_code == 200
    answer = client.post(link, ACCOUNT)
    host = Account.objects.get()
    assert answer.headers["Location"] == "/host/setup/"
    assert host.is_host and host.email == "host@example.org"
    assert client.get("/host/setup/").status_code == 200, "the host has signed in"
    assert Client().get(link).status_code == Client().post(link, ACCOUNT).status_code == 404
    assert preparing.welcome_link() == ""
    assert house.current().welcome_token_hash == ""


@pytest.mark.parametrize(("sent", "kept"), [("America/Lima", "America/Lima"), ("", "UTC"), ("Lima", "UTC")])
def test_the_hosts_account_goes_by_the_clocks_of_its_browser(db: None, sent: str, kept: str) -> None:
    link = preparing.welcome_link()
    assert "data-time-zone" in Client().get(link).content.decode()
    assert Client().post(link, {**ACCOUNT, "time_zone": sent}).status_code == 302
    assert Account.objects.get().time_zone == kept


def test_of_two_who_send_it_at_once_one_becomes_the_host(db: None) -> None:
    """Both have opened the link before either has spent it."""
    link = preparing.welcome_link()
    other = {**ACCOUNT, "email": "second@example.org", "pen_name": "The Second"}

    def opens_for_both(token: str) -> bool:
        with mock.patch.object(views, "welcome_opens", preparing.welcome_opens):
            assert Client().post(link, other).status_code == 302
        return True

    with mock.patch.object(views, "welcome_opens", opens_for_both):
        assert Client().post(link, ACCOUNT).status_code == 404
    assert [host.email for host in Account.objects.all()] == ["second@example.org"]


def test_a_new_start_makes_a_new_link(db: None) -> None:
    old, new = preparing.welcome_link(), preparing.welcome_link()
    answer = Client().get(old)
    assert answer.status_code == 404 and "This link has been replaced." in answer.content.decode()
    assert "At least 10 characters." in Client().get(new).content.decode()


def test_once_there_is_a_host_an_old_link_is_nothing(cast: Cast) -> None:
    answer = Client().get("/host/welcome/older/")
    assert answer.status_code == 404 and "has been replaced" not in answer.content.decode()


def test_a_later_visit_is_not_the_first(cast: Cast) -> None:
    client = cast.client("host")
    assert "Open the doors" in client.get("/host/setup/").content.decode()
    client.post("/host/setup/", ANSWERS)
    page = client.get("/host/setup/").content.decode()
    assert "<h1>The house</h1>" in page and "Keep this" in page and "Open the doors" not in page


def test_the_link_itself_is_not_kept(db: None) -> None:
    token = preparing.welcome_link().rstrip("/").rpartition("/")[2]
    assert token not in str(vars(house.current()))


@pytest.mark.parametrize("token", ["guessed", "x" * 32, "ü"])
def test_another_link_opens_nothing(db: None, token: str) -> None:
    preparing.welcome_link()
    assert Client().get(f"/host/welcome/{token}/").status_code == 404
    assert Client().post(f"/host/welcome/{token}/", ACCOUNT).status_code == 404
    assert not Account.objects.exists()


WRONG = {
    "email": ["", "nobody", "waiting", "waiting-for-the-host@localhost"],
    "password": ["", "short", "1234567890"],
    "pen_name": ["", "Admin", "***"],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field in WRONG for value in WRONG[field]])
def test_a_wrong_answer_is_said_and_the_link_stays(db: None, field: str, value: str) -> None:
    link = preparing.welcome_link()
    answer = Client().post(link, {**ACCOUNT, field: value})
    assert answer.status_code == 400 and answer.context["form"].errors.keys() == {field}
    assert not Account.objects.filter(host_since__isnull=False).exists()
    assert Client().get(link).status_code == 200


@pytest.mark.parametrize("pen_name", ["Writer", "ＷＲＩＴＥＲ", "Writer!"])
def test_the_hosts_pen_name_may_not_be_somebody_elses(cast: Cast, pen_name: str) -> None:
    Account.objects.filter(pk=cast.host.pk).update(host_since=None)
    answer = Client().post(preparing.welcome_link(), {**ACCOUNT, "pen_name": pen_name})
    assert answer.status_code == 400 and answer.context["form"].errors.keys() == {"pen_name"}


def test_the_answers_are_kept(cast: Cast) -> None:
    client = cast.client("host")
    assert client.post("/host/setup/", ANSWERS).headers["Location"] == "/host/"
    site = house.current()
    kept = {name: str(getattr(site, name)) for name in ANSWERS}
    assert kept == ANSWERS and site.set_up_at is not None
    page = client.get("/host/setup/").content.decode()
    assert 'value="The Long Shelf"' in page and "secret" not in page


def test_an_empty_password_keeps_the_one_that_is_set(cast: Cast) -> None:
    client = cast.client("host")
    client.post("/host/setup/", ANSWERS)
    client.post("/host/setup/", {**ANSWERS, "smtp_password": "", "smtp_port": "", "tagline": ""})
    site = house.current()
    assert (site.smtp_password, site.smtp_port, site.tagline) == (" secret ", 587, "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"sign_up": "perhaps"},
        {"mail_from": "me"},
        {"smtp_port": "99999"},
        {"smtp_host": "smtp://mail.example.org"},
        {"smtp_host": "mail.example.org:465"},
        {"smtp_host": "mail..org"},
        {"smtp_host": "mail server"},
        {"ceiling": "x"},
        {"ceiling": ""},
    ],
)
def test_a_wrong_answer_changes_nothing(cast: Cast, wrong: dict[str, str]) -> None:
    answer = cast.client("host").post("/host/setup/", {**ANSWERS, **wrong})
    assert answer.status_code == 400 and answer.context["form"].errors.keys() == wrong.keys()
    assert house.current().name == "Talehouse" and house.current().set_up_at is None


@pytest.mark.parametrize(("archive", "stays"), [("demo", True), ("empty", False)])
def test_the_demo_stays_or_goes_as_the_host_says(cast: Cast, archive: str, stays: bool) -> None:
    load()
    cast.client("host").post("/host/setup/", {**ANSWERS, "archive": archive})
    assert has_demo() is stays


def test_once_the_house_is_set_up_its_page_does_not_remove_the_demo(cast: Cast) -> None:
    load()
    client = cast.client("host")
    assert 'name="archive"' in client.get("/host/setup/").content.decode()
    client.post("/host/setup/", {**ANSWERS, "archive": "demo"})
    assert 'name="archive"' not in client.get("/host/setup/").content.decode()
    assert client.post("/host/setup/", {**ANSWERS, "archive": "empty"}).status_code == 302
    assert has_demo()


def test_one_button_removes_the_demo(cast: Cast) -> None:
    load()
    client = cast.client("host")
    assert "/host/demo/remove/" in client.get("/host/").content.decode()
    assert client.post("/host/demo/remove/").headers["Location"] == "/host/"
    assert not has_demo()
    assert "/host/demo/remove/" not in client.get("/host/").content.decode()


@pytest.mark.parametrize("who", ["visitor", "reader", "writer", "suspended"])
@pytest.mark.parametrize("path", ["/host/", "/host/setup/"])
def test_nobody_else_finds_the_hosts_pages(cast: Cast, path: str, who: str) -> None:
    client = cast.client(who)
    assert client.get(path).status_code == 404
    assert client.post(path, ANSWERS).status_code in (404, 405)
    assert house.current().name == "Talehouse"


def test_the_house_answers_programs(db: None) -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_dead_database_is_told(db: None) -> None:
    with mock.patch.object(connection, "cursor", side_effect=OSError("the disk is gone")):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"ok": False})


def test_the_data_is_for_this_account_alone(db: None, settings: Settings, tmp_path: Path) -> None:
    """Mails hold links that open accounts, uploads hold what nobody has published."""
    settings.DATA = tmp_path / "data"
    settings.MAIL_FOLDER, settings.UPLOADS = settings.DATA / "mail", settings.DATA / "uploads"
    settings.MEDIA_ROOT, settings.STATIC_ROOT = settings.DATA / "media", settings.DATA / "static"
    file = settings.DATA / "talehouse.sqlite3"
    with mock.patch.dict(connection.settings_dict, NAME=str(file)):
        preparing.make_folders()
    made = [settings.DATA, *settings.DATA.iterdir()]
    assert len(made) == 4 + (connection.vendor == "sqlite")
    assert {path.name for path in made if path.stat().st_mode & 0o077} == set()


def test_another_start_changes_nothing(cast: Cast) -> None:
    preparing.prepare()
    assert preparing.migrate() is False
    assert not has_demo()


def test_a_test_mail_reaches_the_host(cast: Cast, mail_server: MailServer) -> None:
    client = cast.client("host")
    assert "Send me a test mail" in client.get("/host/").content.decode()
    answer = client.post("/host/mail/", follow=True)
    ((sender, receivers, mail),) = mail_server.taken
    assert (sender, receivers) == ("house@example.org", [cast.host.email])
    assert mail["Subject"] == "A test mail from Talehouse"
    assert f"A mail to {cast.host.email} is on its way." in answer.content.decode()


@pytest.mark.parametrize(
    ("command", "answered", "sentence", "is_noted"),
    [
        ("MAIL", "550 no", "The mail server takes no mail from this address.", True),
        ("", "554 no", "The mail server refused.", True),
        ("EHLO", "", "The mail server does not answer at this port.", True),
        ("RCPT", "550 no", "The mail server takes no mail to host@example.org.", False),
    ],
)
def test_a_mail_server_that_fails_is_told_on_the_hosts_page(
    cast: Cast, mail_server: MailServer, command: str, answered: str, sentence: str, is_noted: bool
) -> None:
    cast.host.email = "host@example.org"
    cast.host.save()
    mail_server.fails[command] = answered
    client = cast.client("host")
    page = client.post("/host/mail/", follow=True).content.decode()
    assert sentence in page and not mail_server.taken
    later = client.get("/host/").content.decode()
    assert ("the last mail could not be sent" in later) is is_noted and (sentence in later) is is_noted
    mail_server.fails.clear()
    assert "could not be sent" not in client.post("/host/mail/", follow=True).content.decode()


def test_without_a_mail_server_there_is_nothing_to_test(cast: Cast) -> None:
    assert "Send me a test mail" not in cast.client("host").get("/host/").content.decode()
