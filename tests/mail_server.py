"""A mail server on this machine, as hosts have one: it takes mails, or fails as it is told."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from socket import SocketIO
from typing import Any

import pytest

from talehouse.site import house


@dataclass
class MailServer:
    """A server that takes mails by SMTP (RFC 5321), or fails at one command, as it is told.

    `fails` names the command, and what is answered to it; "" closes the connection without a word. "." is the
    end of a mail. `taken` are the mails that it has said "250" to, with their envelopes; `spoken` are the
    commands.
    """

    fails: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listening.getsockname()[1])
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def asked(self) -> int:
        """How often somebody wanted to hand over a mail."""
        return self.spoken.count("MAIL")

    def close(self) -> None:
        """Listen no more."""
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join(timeout=10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self.listening.accept()
            except OSError:
                return
            connection.settimeout(10)
            with connection, connection.makefile("rwb", buffering=0) as line:
                self._talk(line)

    def _talk(self, line: SocketIO) -> None:
        if not self._answer(line, "", "220 mail.example.org"):
            return
        sender, receivers = "", list[str]()
        while told := line.readline().decode("ascii").strip():
            command = told.partition(" ")[0].upper()
            self.spoken.append(command)
            if command == "MAIL":
                sender, receivers = told.partition("<")[2].partition(">")[0], []
            if command == "RCPT":
                receivers.append(told.partition("<")[2].partition(">")[0])
            usual = {"DATA": "354 go on", "QUIT": "221 bye"}.get(command, "250 fine")
            if not self._answer(line, command, usual) or command == "QUIT":
                return
            if command == "DATA" and "DATA" not in self.fails and not self._take(line, sender, receivers):
                return

    def _answer(self, line: SocketIO, command: str, usual: str) -> bool:
        answer = self.fails.get(command, usual)
        if answer:
            line.write(f"{answer}\r\n".encode())
        return bool(answer) and not answer.startswith("421")

    def _take(self, line: SocketIO, sender: str, receivers: list[str]) -> bool:
        said = b""
        while (told := line.readline()) not in (b".\r\n", b""):
            said += told.removeprefix(b".") if told.startswith(b"..") else told
        if "." not in self.fails:
            message = email.message_from_bytes(said, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            self.taken.append((sender, receivers, message))
        return self._answer(line, ".", "250 taken")


@pytest.fixture
def mail_server(db: None, settings: Any) -> Iterator[MailServer]:
    """The host's mail server."""
    server = MailServer()
    settings.EMAIL_BACKEND = "talehouse.site.mail.SiteEmailBackend"
    house.change(
        smtp_host="127.0.0.1", smtp_port=server.port, smtp_security="none", mail_from="house@example.org"
    )
    yield server
    server.close()
