"""How many queries each page makes when it is kept nowhere, counted in the process of Django itself.

Reads `bench.json` of the data folder, prints one JSON object. The beginning and end of transactions are not
counted, nor is what the front process asks before it serves a kept page (the version numbers, by one query
for each page and second).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string

from talehouse.ops.bench.making import MADE

NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


def main(arguments: list[str]) -> None:
    """Prints the numbers."""
    made = json.loads((Path(settings.DATA) / MADE).read_text())
    print(json.dumps(count_all(made)))


def count_all(made: dict[str, Any]) -> dict[str, int]:
    """Each page's number. The signed-in one is of a page that is kept: that is what each such visit costs."""
    part = next(part for part in made["parts"] if "?" not in part["path"])
    story = made["stories"][0]
    visitor = queries_of(_get(part["path"]))
    signed_in = _get(part["path"], cookie=f"session={made['session']}")
    queries_of(signed_in)  # this person may meet another rating than visitors do: now it is kept for both
    queries_of(_beacon(made["parts"][-1]["id"]))  # the first read of a day makes the day's salt
    return {
        "part_visitor": visitor,
        "part_signed_in": queries_of(signed_in),
        "story": queries_of(_get(story)),
        "home": queries_of(_get("/")),
        "browse": queries_of(_get("/browse/")),
        "beacon": queries_of(_beacon(part["id"])),
        "not_modified": visitor,
    }


def queries_of(environ: dict[str, Any]) -> int:
    """The queries of one request through the whole application, the page layer included."""
    application = import_string(settings.WSGI_APPLICATION)
    statuses: list[str] = []
    with CaptureQueriesContext(connection) as seen:
        answer = application(environ, lambda status, headers, error=None: statuses.append(status))
        b"".join(answer)
        getattr(answer, "close", lambda: None)()
    if not statuses or statuses[0][:3] not in ("200", "204"):
        raise RuntimeError(f"{environ['PATH_INFO']} answered {statuses}")
    return counted(query["sql"] for query in seen.captured_queries)


def counted(statements: Iterable[str]) -> int:
    """How many of these are queries."""
    return sum(not statement.lstrip().upper().startswith(NOT_COUNTED) for statement in statements)


def _get(path: str, *, cookie: str = "") -> dict[str, Any]:
    return _near({**RequestFactory().get(path).environ, "HTTP_COOKIE": cookie})


def _beacon(part: int) -> dict[str, Any]:
    body = urlencode({"part": part})
    kind = "application/x-www-form-urlencoded"
    request = RequestFactory().post("/beacon/read/", body, kind, HTTP_ORIGIN=settings.BASE_URL)
    return _near(request.environ)


def _near(environ: dict[str, Any]) -> dict[str, Any]:
    """As a browser on this machine asks."""
    return {**environ, "HTTP_HOST": "127.0.0.1", "SERVER_NAME": "127.0.0.1", "HTTP_USER_AGENT": "Mozilla/5.0"}
