"""The feeds themselves, and the page that tells of them."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from talehouse.accounts.models import Account, Person
from talehouse.feeds import sources
from talehouse.feeds.formats import FORMATS
from talehouse.feeds.items import feed_of, next_release
from talehouse.feeds.sources import Source
from talehouse.library import my_feed
from talehouse.pages.keeping import kept
from talehouse.pages.store import CACHE_CONTROL
from talehouse.search.questions import IndexMissing
from talehouse.site.house import of as house_of


@kept
def archive(request: HttpRequest, form: str) -> HttpResponse:
    """What is new in the whole archive."""
    return _answer(request, sources.archive(request), form)


@kept
def search(request: HttpRequest, form: str) -> HttpResponse:
    """What is new in what a search finds; without an index to ask, the program shall come again."""
    try:
        source = sources.search(request)
    except IndexMissing:
        told = _("Search is being rebuilt. Please come again in a minute.")
        return HttpResponse(
            told, status=503, headers={"Retry-After": "60"}, content_type="text/plain; charset=utf-8"
        )
    return _answer(request, source, form)


@kept
def story(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The parts of a story."""
    return _answer(request, sources.story(request, pk), form)


@kept
def person(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """What is new under a pen name; an old name leads to the new one."""
    try:
        source = sources.person(request, slug)
    except Http404:
        now = sources.now_called(slug)
        if not now:
            raise
        return HttpResponseRedirect(f"/feeds/people/{quote(now)}.{form}")
    return _answer(request, source, form)


@kept
def series(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """What is new in a series."""
    return _answer(request, sources.series(request, pk), form)


@kept
def tag(request: HttpRequest, kind: str, slug: str, form: str) -> HttpResponse:
    """What is new in the stories of a tag."""
    return _answer(request, sources.tag(request, kind, slug), form)


@kept
def reading_list(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """What is new in the stories of a public reading list."""
    return _answer(request, sources.reading_list(request, pk), form)


@kept
def updates(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """What is new in what somebody follows; the secret in the address says who."""
    answer = _answer(request, sources.updates(request, key), form)
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _answer(request: HttpRequest, source: Source, form: str) -> HttpResponse:
    """The same for whoever asks by this address. A program that has the answer already gets 304."""
    chosen = FORMATS[form]
    url = settings.BASE_URL + quote(request.path) + source.ending + source.query
    feed = feed_of(source, url=url, house=house_of(request).name)
    body = chosen.write(feed)
    answer = HttpResponse(body, content_type=f"{chosen.mime}; charset=utf-8")
    if source.depends:
        request.page.keep(depends=source.depends, until=next_release(source))  # type: ignore[attr-defined]
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    at = int(feed.updated.timestamp())
    headers = {"Cache-Control": CACHE_CONTROL, "ETag": etag, "Last-Modified": http_date(at)}
    told: Any = get_conditional_response(request, etag=etag, last_modified=at, response=answer)
    for name, value in headers.items():
        told[name] = value
    return told  # type: ignore[no-any-return]


@kept
def index(request: HttpRequest) -> HttpResponse:
    """What feeds there are; for whoever has signed in, the address of their own."""
    account = _account(request)
    if account is None:
        request.page.keep(depends=["site"], visitors_only=True)  # type: ignore[attr-defined]
    key = my_feed.key_of(account) if account else ""
    context = {
        "base": settings.BASE_URL,
        "forms": {"atom": "Atom", "rss": "RSS", "json": "JSON Feed"},
        "account": account,
        "mine": f"/feeds/updates/{key}" if key else "",
        "canonical_url": f"{settings.BASE_URL}/feeds/",
    }
    return render(request, "feeds/index.html", context)


def _account(request: HttpRequest) -> Account | None:
    person: Person = request.person  # type: ignore[attr-defined]
    return person if isinstance(person, Account) else None


@login_required
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """A new secret address for the feed of my updates."""
    had = bool(my_feed.key_of(request.user))  # type: ignore[arg-type]
    my_feed.renew(by=request.user)  # type: ignore[arg-type]
    told = (
        _("Your feed has a new address; the old one leads nowhere now.") if had else _("Your feed is there.")
    )
    messages.success(request, told)
    return HttpResponseRedirect("/feeds/#mine")
