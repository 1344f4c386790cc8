"""The whole application as a process serves it: the page layer around Django, asked without a network."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any, NamedTuple
from wsgiref.util import setup_testing_defaults

from django.core.handlers.wsgi import WSGIHandler

from talehouse.pages.layer import PageLayer
from tests.cast import Cast


class Got(NamedTuple):
    """An answer as it leaves the server."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        """Headers and body, all that anybody learns."""
        lines = [f"{name}: {value}" for name, value in self.headers]
        return "\n".join(lines) + "\n\n" + self.body.decode("utf-8", "replace")

    def header(self, wanted: str) -> str:
        """The value of a header; "" without one."""
        return next((value for name, value in self.headers if name.lower() == wanted.lower()), "")


class Whole:
    """Asks as one of the cast."""

    def __init__(self, cast: Cast) -> None:
        self.layer = PageLayer(WSGIHandler())
        self.cast = cast
        self._cookies: dict[str, str] = {"visitor": ""}

    def get(self, path: str, who: str = "visitor", **headers: str) -> Got:
        """One GET, with the cookies of this person."""
        environ: dict[str, Any] = {}
        setup_testing_defaults(environ)
        path, _mark, query = path.partition("?")
        environ |= {"PATH_INFO": path.encode().decode("latin-1"), "QUERY_STRING": query}
        environ |= {"HTTP_HOST": "testserver", "HTTP_COOKIE": self._cookie(who)}
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, told: list[tuple[str, str]], _error: object = None) -> Any:
            started.append((status, told))
            return lambda _data: None

        answer = self.layer(environ, start)
        body = b"".join(answer)
        if close := getattr(answer, "close", None):
            close()
        status, told = started[-1]
        return Got(int(status[:3]), told, body)

    def _cookie(self, who: str) -> str:
        if who not in self._cookies:
            cookies: SimpleCookie = self.cast.client(who).cookies
            self._cookies[who] = "; ".join(f"{name}={one.value}" for name, one in cookies.items())
        return self._cookies[who]
