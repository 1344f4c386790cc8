"""A server behind the front that does exactly what a test wants, right or wrong, on plain sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from talehouse.pages.tests.running import House

LONG = 16_000_000
Answer = Callable[[socket.socket, int], bool]
"""Answers a request; the number tells how many this connection carried before. False ends the connection."""


def says(data: bytes, *, stays: bool = True) -> Answer:
    """An answer of these bytes."""

    def answer(client: socket.socket, _before: int) -> bool:
        client.sendall(data)
        return stays

    return answer


def slow(client: socket.socket, before: int) -> bool:
    """Long enough that requests meet."""
    time.sleep(0.1)
    return PLAIN(client, before)


def silent(client: socket.socket, _before: int) -> bool:
    """Nothing, until the front has gone."""
    client.recv(1)
    return False


def once(client: socket.socket, before: int) -> bool:
    """The first request of a connection only: those that follow are read, and not answered."""
    return before == 0 and PLAIN(client, before)


OK = b"HTTP/1.1 200 OK\r\n"
PLAIN = says(OK + b"Content-Length: 2\r\n\r\nok")


@dataclass
class Inside(House):
    """A front with this server behind it."""

    heads: list[bytes] = field(default_factory=list)
    wholly_sent: int = 0
    opened: int = 0
    closed: int = 0
    listener: socket.socket | None = None
    answers: ClassVar[dict[bytes, Answer]] = {
        b"/plain": PLAIN,
        b"/slow": slow,
        b"/silent": silent,
        b"/once": once,
        b"/early": says(
            b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok"
        ),
        b"/behind": says(OK + b"Content-Length: 2\r\n\r\nok" + OK + b"Content-Length: 4\r\n\r\nevil"),
        b"/half": says(OK + b"Content-Length: 9\r\n\r\nhalf", stays=False),
        b"/gone": says(b"", stays=False),
        b"/chunks": says(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nch\r\n4\r\nunks\r\n0\r\n\r\n"),
        b"/broken-chunks": says(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nch\r\nx\r\n"),
        b"/no-length": says(OK + b"\r\n" + b"z" * LONG, stays=False),
        b"/empty": says(b"HTTP/1.1 204 No Content\r\n\r\n"),
        b"/headers": says(
            OK + b"Content-Length: 0\r\nServer: x\r\nX-Talehouse-A: b\r\nSet-Cookie: a=b\r\n\r\n"
        ),
        b"/no-http": says(b"SMTP ready\r\n\r\n"),
        b"/two-lengths": says(OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nok"),
        b"/both": says(OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok"),
        b"/lone-lf": says(OK + b"X: a\nContent-Length: 2\r\n\r\nok"),
        b"/endless": says(OK + b"X: a\r\n" * 20_000),
        b"/long-line": says(OK + b"X: " + b"a" * 40_000 + b"\r\n\r\n"),
    }

    @property
    def open(self) -> int:
        """How many connections are open now."""
        return self.opened - self.closed

    def seen(self, target: str) -> int:
        """How many requests for an address came."""
        return sum(head.split(b" ")[1] == target.encode() for head in self.heads)

    def start_server(self) -> None:
        """Listen, with a thread for each connection."""
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.socket))
        self.listener.listen(128)
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def stop_server(self) -> None:
        """Listen no more."""
        if self.listener is not None:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.opened += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        before = 0
        with client:
            try:
                while self._one(client, before):
                    before += 1
            except OSError:
                pass
        self.closed += 1

    def _one(self, client: socket.socket, before: int) -> bool:
        data = b""
        while b"\r\n\r\n" not in data:
            more = client.recv(65536)
            if not more:
                return False
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        self.heads.append(head)
        length = int(next((line[15:] for line in head.split(b"\r\n") if line[:15] == b"content-length:"), 0))
        path = head.split(b" ")[1].partition(b"?")[0]
        while len(body) < length:
            body += client.recv(65536)
        stays = self.answers[path](client, before)
        self.wholly_sent += path == b"/no-length"
        return stays
