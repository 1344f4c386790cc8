"""Kept views for the tests of this room."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import path
from django.utils.html import escape

from talehouse.pages import versions
from talehouse.pages.keeping import Page, kept
from talehouse.pages.person import Person

TEMPLATE = (
    "{% load pages %}<h1>{{ title }}</h1>{% hole 'me' %}sign in{% endhole %}"
    "<p>{{ number }}</p>{% for n in holes %}{% hole 'vote' n %}votes{% endhole %}{% endfor %}"
)
UNTIL = datetime(2100, 1, 1, tzinfo=UTC)
between: list[Callable[[], None]] = []
"""What happens between a view's reading and its answer."""


def person_of(key: str) -> Person | None:
    """``ana`` and ``ben`` are signed in."""
    return {"ana": Person(1, "en", "teen", "Ana & co"), "ben": Person(2, "es", "mature", "Ben")}.get(key)


def me(person: Person, _argument: str) -> str:
    """The person's name."""
    return f"<b>{escape(person.name)}</b>"


def vote(person: Person, argument: str) -> str:
    """The person's vote."""
    return f"<i>vote {argument} of {person.account_id}</i>"


def draw(request: HttpRequest, template: str = TEMPLATE, **context: object) -> str:
    """Render a template with the request in its context."""
    return engines["django"].from_string(template).render(context, request)


def page(request: HttpRequest) -> Page:
    """The page of a kept view."""
    found = request.page  # type: ignore[attr-defined]
    assert isinstance(found, Page)
    return found


@kept
def keep(request: HttpRequest, title: str) -> HttpResponse:
    """A page that depends on ``story:1`` and counts ``reads:1``."""
    number = versions.numbers(["story:1"])["story:1"]
    for happen in between:
        happen()
    holes = range(int(request.GET.get("show", "1")))
    page(request).keep(depends=["story:1"], counts=["reads:1"], until=UNTIL)
    return HttpResponse(draw(request, title=title, number=number, holes=holes))


@kept
def visitors(request: HttpRequest) -> HttpResponse:
    """A page that people signed in get for themselves."""
    page(request).keep(depends=["story:1"], visitors_only=True)
    return HttpResponse(draw(request, title="all", number=0, holes=[]))


@kept
def loose(request: HttpRequest) -> HttpResponse:
    """A page that is not kept though it has holes."""
    return HttpResponse(draw(request, title="loose", number=0, holes=[1]))


@kept
def gone(request: HttpRequest) -> HttpResponse:
    """Kept, but not a page: no answer but 200 is shared."""
    page(request).keep(depends=["story:1"])
    return HttpResponse("gone", status=410)


def plain(request: HttpRequest) -> HttpResponse:
    """An ordinary view that uses the same template."""
    return HttpResponse(draw(request, title="plain", number=0, holes=[]))


def change(request: HttpRequest) -> HttpResponseRedirect:
    """An ordinary write."""
    return HttpResponseRedirect("/")


urlpatterns = [
    path("kept/<str:title>/", keep),
    path("visitors/", visitors),
    path("loose/", loose),
    path("gone/", gone),
    path("plain/", plain),
    path("change/", change),
]
