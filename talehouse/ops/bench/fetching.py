"""One request at a time, as a browser asks: to see that pages are what they should be, and to warm them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from types import TracebackType
from urllib.parse import urlencode, urlsplit

from talehouse.ops.bench.processes import Server, ServerError
from talehouse.ops.bench.wrk import BROWSER


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the body as it was sent, compressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header, "" without one."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), "")


class Visit:
    """One connection to a server, kept open."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection = HTTPConnection(urlsplit(server.base).netloc, timeout=30)

    def __enter__(self) -> Visit:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def get(self, path: str, *, expect: int = 200, **headers: str) -> Answer:
        """A GET; `_` in a header's name stands for `-`. Raises ServerError for another status."""
        return self._ask("GET", path, None, expect, {k.replace("_", "-"): v for k, v in headers.items()})

    def beacon(self, part: int, *, address: str) -> Answer:
        """The beacon of a read, from a reader at this address."""
        more = {
            "Origin": self._server.base,
            "X-Forwarded-For": address,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self._ask("POST", "/beacon/read/", urlencode({"part": part}), 204, more)

    def _ask(
        self, method: str, path: str, body: str | None, expect: int, headers: Mapping[str, str]
    ) -> Answer:
        try:
            self._connection.request(method, path, body, {**BROWSER, **headers})
            response = self._connection.getresponse()
            answer = Answer(response.status, dict(response.getheaders()), response.read())
        except (OSError, HTTPException) as error:
            raise ServerError(f"{method} {path} failed: {error or type(error).__name__}.") from error
        if answer.status != expect:
            told = f"{method} {path} answered {answer.status} where {expect} was due."
            raise ServerError(f"{told} {self._server.name} wrote: {self._server.told()}")
        return answer
