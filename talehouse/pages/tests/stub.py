"""A small web application to stand behind the front in tests: no Django, its own versions."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from talehouse.pages.tests.running import BUMP, connect

Start = Callable[..., Any]
BIG = 3_000_000


class Stub:
    """``/parts/…`` is kept and shows how often it was rendered; ``/echo`` tells what came; and so on."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.renders: dict[str, int] = {}

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterator[bytes] | list[bytes]:
        """WSGI."""
        path = environ["PATH_INFO"]
        name = path.strip("/").partition("/")[0] or "home"
        answer: Callable[..., Any] = getattr(self, f"do_{name}", self.do_missing)
        return answer(environ, start)  # type: ignore[no-any-return]

    def do_parts(self, environ: dict[str, Any], start: Start) -> list[bytes]:
        """A kept page; slow enough that concurrent misses meet."""
        path = environ["PATH_INFO"]
        number = self.number()
        self.renders[path] = self.renders.get(path, 0) + 1
        time.sleep(0.05)
        note = {"d": {"part:1": number}, "c": {}, "u": None}
        body = (
            f"<p>{path} version {number} render {self.renders[path]} {environ['QUERY_STRING']}</p>"
            + "tale " * 500
        )
        return reply(start, body.encode(), ("X-Talehouse-Page", json.dumps(note)))

    def do_words(self, environ: dict[str, Any], start: Start) -> list[bytes]:
        """A kept page with many different words, which are worth compressing well."""
        body = " ".join(f"{number * number:x}and{number * 7919:o}" for number in range(3000))
        return reply(start, body.encode(), ("X-Talehouse-Page", '{"d": {}, "c": {}, "u": null}'))

    def do_static(self, environ: dict[str, Any], start: Start) -> list[bytes]:
        """A static file that never changes."""
        self.renders["static"] = self.renders.get("static", 0) + 1
        headers = [("Content-Type", "text/css"), ("Cache-Control", "public, max-age=31536000, immutable")]
        body = b"a{color:red}" * 200
        start("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def do_renders(self, environ: dict[str, Any], start: Start) -> list[bytes]:
        """How often each path was rendered."""
        return reply(start, json.dumps(self.renders).encode())

    def do_echo(self, environ: dict[str, Any], start: Start) -> list[bytes]:
        """What came, as JSON."""
        body = read_body(environ)
        seen = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
        seen |= {"method": environ["REQUEST_METHOD"], "query": environ["QUERY_STRING"], "length": len(body)}
        return reply(start, json.dumps(seen).encode())

    def do_change(self, environ: dict[str, Any], start: Start) -> list[bytes]:
        """A write that pages depend on."""
        read_body(environ)
        with connect(self.database) as connection:
            connection.execute(BUMP)
        return reply(start, b"changed")

    def do_big(self, environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        """A long answer without a length."""
        start("200 OK", [("Content-Type", "application/octet-stream")])
        return (b"x" * 30_000 for _ in range(BIG // 30_000))

    def do_missing(self, environ: dict[str, Any], start: Start) -> list[bytes]:
        """404."""
        start("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "7")])
        return [b"missing"]

    def number(self) -> int:
        """The number of ``part:1``."""
        with connect(self.database) as connection:
            row = connection.execute("SELECT number FROM pages_version WHERE key = 'part:1'").fetchone()
        return int(row[0]) if row else 0


def read_body(environ: dict[str, Any]) -> bytes:
    """The whole request body."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return body


def reply(start: Start, body: bytes, *headers: tuple[str, str]) -> list[bytes]:
    """An HTML answer."""
    start("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(body))), *headers])
    return [body]


def make() -> Stub:
    """The application on the database named in the environment (a factory for granian)."""
    return Stub(os.environ["STUB_DATABASE"])
