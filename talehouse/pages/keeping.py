"""``@kept``: a view whose answer may be shared says so, and what it depends on.

Everything that the view reads, and the version numbers noted on the answer, come from one moment (a read
snapshot). So a change that commits while the view runs leaves an answer whose numbers are already old: the
next check refuses it, and no stale page can look fresh.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils.cache import patch_vary_headers

from talehouse.pages import holes, variant, versions
from talehouse.pages.note import HEADER, Note
from talehouse.pages.person import Person
from talehouse.pages.pieces import Pieces
from talehouse.pages.store import CACHE_CONTROL

P = ParamSpec("P")
ENVIRON_KEY = "talehouse.variant"
_BEGIN = {"sqlite": "BEGIN DEFERRED", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}


class Page:
    """What a kept view knows of its own answer (``request.page``)."""

    def __init__(self) -> None:
        self.kept = False
        self.holes = 0
        self._depends: set[str] = set()
        self._counts: set[str] = set()
        self._until: datetime | None = None
        self._visitors_only = False

    def keep(
        self,
        *,
        depends: Iterable[str],
        counts: Iterable[str] = (),
        until: datetime | None = None,
        visitors_only: bool = False,
    ) -> None:
        """This answer is the same for every person of this variant.

        It holds while the versions ``depends`` stand; those of ``counts`` may lag by a minute; at ``until``
        (an aware time: the next scheduled release) it ends. ``visitors_only``: people signed in get their
        own page. May be called again: keys add up, the earlier end counts.
        """
        if until is not None and until.tzinfo is None:
            raise ValueError("until must be an aware time.")
        self.kept = True
        self._depends.update(depends)
        self._counts.update(counts)
        self._visitors_only = self._visitors_only or visitors_only
        if until is not None and (self._until is None or until < self._until):
            self._until = until

    def add_hole(self) -> None:
        """Count a hole that the template draws; raises ``TooManyHoles`` above the limit."""
        self.holes += 1
        if self.holes > holes.MOST:
            raise holes.TooManyHoles(f"A page may have {holes.MOST} holes; this template draws more.")

    def note(self) -> Note:
        """The note for the answer; reads the numbers by one query."""
        numbers = versions.numbers(sorted(self._depends | self._counts))
        return Note(
            {key: numbers[key] for key in sorted(self._depends)},
            {key: numbers[key] for key in sorted(self._counts - self._depends)},
            None if self._until is None else self._until.timestamp(),
            self.holes,
            self._visitors_only,
        )


def page_of(request: HttpRequest) -> Page | None:
    """The page of a request that a kept view answers."""
    page = getattr(request, "page", None)
    return page if isinstance(page, Page) else None


def person_on(request: HttpRequest) -> Person | None:
    """Who is signed in on a request that Django renders for one person; found once per request."""
    if ENVIRON_KEY in request.META:
        return None
    if not hasattr(request, "_page_person"):
        key = variant.session_key(request.META.get("HTTP_COOKIE", ""))
        request._page_person = None if key is None else holes.person_finder()(key)  # type: ignore[attr-defined]
    person: Person | None = request._page_person  # type: ignore[attr-defined]
    return person


@contextmanager
def snapshot() -> Iterator[None]:
    """One moment for all reads inside; no lock, no writes. Inside a transaction it does nothing."""
    if connection.in_atomic_block:
        yield
        return
    begin = _BEGIN.get(connection.vendor)
    if begin is None:
        raise ImproperlyConfigured(f"The page layer knows SQLite and PostgreSQL, not {connection.vendor}.")
    with connection.cursor() as cursor:
        cursor.execute(begin)
    try:
        yield
    except BaseException:
        _end("ROLLBACK")
        raise
    _end("COMMIT")


def _end(command: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(command)
    except Exception:
        connection.close()
        raise


View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def kept(view: View[P]) -> View[P]:
    """Make a GET view able to have its answer kept: it gets ``request.page`` (see ``Page.keep``).

    The view and its template run in one read snapshot and must not write.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        page = Page()
        request.page = page  # type: ignore[attr-defined]
        with snapshot():
            response = view(request, *args, **kwargs)
            _render(response)
            if page.kept and response.status_code == 200 and not response.streaming:
                _sign(request, response, page)
            elif page.holes and isinstance(response, HttpResponse):
                response.content = Pieces.cut(response.content).plain()
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    return cast("View[P]", answer)


def _render(response: Any) -> None:
    if isinstance(response, HttpResponse) and not getattr(response, "is_rendered", True):
        response.render()  # type: ignore[attr-defined]


def _sign(request: HttpRequest, response: HttpResponseBase, page: Page) -> None:
    if person_on(request) is None:
        response[HEADER] = page.note().write()
    response["Cache-Control"] = CACHE_CONTROL
    patch_vary_headers(response, ["Accept-Encoding", "Cookie", "Accept-Language"])
