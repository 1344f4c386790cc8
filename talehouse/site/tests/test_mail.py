"""Mail: files in the data folder until the host names a server; then that server, with its protection."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from pytest_django import Settings

from talehouse.site import house
from talehouse.site.mail import SiteEmailBackend, fault_of
from talehouse.site.models import MailFault


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where mails lie."""
    settings.MAIL_FOLDER = tmp_path / "mail"
    return tmp_path / "mail"


def letter(sender: str | None = None) -> EmailMessage:
    return EmailMessage("A new part", "It is out.", sender, ["reader@example.org"])


def test_without_a_server_mails_are_files(db: None, folder: Path) -> None:
    assert SiteEmailBackend().send_messages([letter(), letter()]) == 2
    (file,) = folder.iterdir()
    assert file.read_text().count("Subject: A new part") == 2


def test_the_hosts_address_is_the_sender(db: None, folder: Path) -> None:
    house.change(mail_from="house@example.org")
    SiteEmailBackend().send_messages([letter(), letter("other@example.org")])
    (file,) = folder.iterdir()
    text = file.read_text()
    assert text.count("From: house@example.org") == 1 and text.count("From: other@example.org") == 1


@pytest.mark.parametrize(
    ("address", "expected"),
    [("https://tales.example.org:8443", "nobody@tales.example.org"), ("http://[::1]:8000", "nobody@[::1]")],
)
def test_until_the_host_chooses_it_is_nobody_at_the_house(
    db: None, folder: Path, settings: Settings, address: str, expected: str
) -> None:
    settings.BASE_URL = address
    SiteEmailBackend().send_messages([letter()])
    (file,) = folder.iterdir()
    assert f"From: {expected}\n" in file.read_text()


def test_nothing_to_send(db: None, folder: Path) -> None:
    assert SiteEmailBackend().send_messages([]) == 0


@pytest.mark.parametrize(
    ("security", "tls", "ssl"), [("starttls", True, False), ("tls", False, True), ("none", False, False)]
)
def test_the_hosts_server_is_used_as_it_was_said(db: None, security: str, tls: bool, ssl: bool) -> None:
    house.change(
        smtp_host="mail.example.org",
        smtp_port=2525,
        smtp_user="me",
        smtp_password="x",
        smtp_security=security,
    )
    backend = SiteEmailBackend()._connection(house.current())
    assert isinstance(backend, EmailBackend)
    assert (backend.host, backend.port, backend.username, backend.password) == (
        "mail.example.org",
        2525,
        "me",
        "x",
    )
    assert (backend.use_tls, backend.use_ssl, backend.timeout) == (tls, ssl, 20)


@pytest.fixture
def mail_server() -> Iterator[tuple[int, list[bytes]]]:
    """A server that takes one mail: its port, and the lines that it was sent."""
    lines: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_take_one, args=(listening, lines), daemon=True)
        thread.start()
        yield listening.getsockname()[1], lines
        thread.join(timeout=10)


def _take_one(listening: socket.socket, lines: list[bytes]) -> None:
    connection, _address = listening.accept()
    connection.settimeout(10)
    with connection, connection.makefile("rwb", buffering=0) as line:
        line.write(b"220 here\r\n")
        in_text = False
        while told := line.readline():
            lines.append(told.strip())
            if in_text and told != b".\r\n":
                continue
            in_text = told.upper().startswith(b"DATA")
            line.write(b"354 go on\r\n" if in_text else b"250 fine\r\n")
            if told.upper().startswith(b"QUIT"):
                return


def test_a_mail_reaches_a_real_server(db: None, mail_server: tuple[int, list[bytes]]) -> None:
    port, lines = mail_server
    house.change(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", mail_from="house@example.org")
    assert SiteEmailBackend().send_messages([letter()]) == 1
    assert b"Subject: A new part" in lines and b"From: house@example.org" in lines


FAULTS = [
    (socket.gaierror(-2, "Name or service not known"), MailFault.NAME),
    (ConnectionRefusedError(), MailFault.AWAY),
    (TimeoutError(), MailFault.AWAY),
    (smtplib.SMTPServerDisconnected("closed"), MailFault.AWAY),
    (ssl.SSLError(1, "wrong version number"), MailFault.PROTECTION),
    (smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."), MailFault.PROTECTION),
    (smtplib.SMTPAuthenticationError(535, b"no"), MailFault.PERSON),
    (smtplib.SMTPSenderRefused(550, b"no", "house@example.org"), MailFault.SENDER),
    (smtplib.SMTPConnectError(554, b"no"), MailFault.OTHER),
]


@pytest.mark.parametrize(("error", "fault"), FAULTS)
def test_each_failure_has_its_sentence(error: OSError, fault: MailFault) -> None:
    assert fault_of(error) is fault


def test_a_server_that_is_not_there_is_noted_until_a_mail_goes_out(
    db: None, mail_server: tuple[int, list[bytes]]
) -> None:
    port, _lines = mail_server
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = taken.getsockname()[1]
    house.change(smtp_host="127.0.0.1", smtp_port=nobody, smtp_security="none")
    with pytest.raises(OSError, match="refused"):
        SiteEmailBackend().send_messages([letter()])
    assert house.current().mail_fault == MailFault.AWAY and house.current().mail_failed_at is not None
    house.change(smtp_port=port)
    assert house.current().mail_fault == MailFault.AWAY, "nobody knows yet whether that is right"
    SiteEmailBackend().send_messages([letter()])
    assert (house.current().mail_fault, house.current().mail_failed_at) == ("", None)
