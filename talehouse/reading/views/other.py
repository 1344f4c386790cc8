"""Pictures, preferences, what the archive says of itself, and what it says to crawlers."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from talehouse.accounts import faces
from talehouse.accounts import preferences as wishes
from talehouse.accounts.models import PenName
from talehouse.lib.clock import zones
from talehouse.pages.keeping import kept
from talehouse.pages.variant import RATINGS
from talehouse.reading.opening import person_of
from talehouse.site.house import of as house_of
from talehouse.stories import pictures
from talehouse.stories.models import Part, Story

YEAR = 60 * 60 * 24 * 365
MAP_SIZE = 5000
"""Addresses in one sitemap file; the protocol allows 50,000."""
NOT_FOR_CRAWLERS = (
    "/accounts/",
    "/host/",
    "/write/",
    "/settings/",
    "/preferences/",
    "/beacon/",
    "/feeds/updates/",
)


@require_GET
def media(request: HttpRequest, sha256: str, extension: str) -> HttpResponse:
    """A picture, for whoever may see a place where it is used. The browser asks again each time (304)."""
    key = request.GET.get("key", "")[:40]
    found = get_object_or_404(
        pictures.visible_to(person_of(request), key=key), sha256=sha256, extension=extension
    )
    return _file(request, found.name, found.mime, found.sha256[:32])


@require_GET
def cover(request: HttpRequest, sha256: str, width: str) -> HttpResponse:
    """A narrower copy of a cover, by the same gate; where there is none, the cover itself."""
    if int(width) not in pictures.WIDTHS:
        raise Http404
    key = request.GET.get("key", "")[:40]
    found = get_object_or_404(pictures.visible_to(person_of(request), key=key), sha256=sha256)
    narrow = f"{sha256}-{width}.webp"
    if default_storage.exists(narrow):
        return _file(request, narrow, "image/webp", f"{sha256[:32]}-{width}")
    return _file(request, found.name, found.mime, sha256[:32])


@require_GET
def face(request: HttpRequest, name: str) -> HttpResponse:
    """The picture of a pen name; once it is taken away, it is not found."""
    get_object_or_404(PenName, face=name, account__is_active=True)
    return _file(request, faces.path(name), "image/webp", name[:32])


def _file(request: HttpRequest, name: str, mime: str, tag: str) -> HttpResponse:
    headers = {
        "Cache-Control": "private, no-cache",
        "ETag": f'"{tag}"',
        "Content-Security-Policy": "default-src 'none'",
    }
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    try:
        with default_storage.open(name) as file:
            data = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    return HttpResponse(data, content_type=mime, headers=headers)


@never_cache
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Language and the highest rating to meet in lists: for an account, or in two cookies for a visitor."""
    onward = _next(request)
    if request.method == "POST":
        response = HttpResponseRedirect(onward or "/preferences/")
        language = request.POST.get("language", "")
        rating = request.POST.get("rating", "")
        _remember(request, response, language, rating)
        _remember_zone(request)
        return response
    context: dict[str, Any] = {
        "languages": settings.LANGUAGES,
        "language": request.LANGUAGE_CODE,
        "ceilings": _ceilings(request),
        "next": onward,
        "zone": getattr(person_of(request), "time_zone", ""),
        "zones": _zones() if person_of(request).pk else [],
    }
    return render(request, "reading/preferences.html", context)


def _ceilings(request: HttpRequest) -> list[dict[str, Any]]:
    """The highest ratings that may be asked for here."""
    limit = RATINGS.index(house_of(request).ceiling)
    labels = {
        "general": _("General only"),
        "teen": _("Up to teen"),
        "mature": _("Up to mature, and not rated"),
        "explicit": _("Everything, explicit too"),
    }
    ceiling = person_of(request).limit
    return [{"key": key, "label": labels[key], "current": key == ceiling} for key in RATINGS[: limit + 1]]


@lru_cache(maxsize=1)
def _zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Time zones by region, each with its name as it is kept and as it is read."""
    by_region = groupby(zones(), lambda name: name.partition("/")[0])
    return [(region, [(name, _place_of(name)) for name in names]) for region, names in by_region]


def _place_of(zone: str) -> str:
    return zone.partition("/")[2].replace("_", " ").replace("/", ", ") or zone


def _remember_zone(request: HttpRequest) -> None:
    person, zone = person_of(request), request.POST.get("time_zone", "")
    if person.pk is not None and zone in zones():
        wishes.change(by=person, time_zone=zone)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if own else ""


def _remember(request: HttpRequest, response: HttpResponse, language: str, rating: str) -> None:
    person = person_of(request)
    known = dict(settings.LANGUAGES)
    if person.pk is not None:
        wishes.change(
            by=person,
            language=language if language in known else None,
            ceiling=rating if rating in RATINGS else None,
        )
    options: dict[str, Any] = {"max_age": YEAR, "samesite": "Lax", "secure": settings.HTTPS, "httponly": True}
    if language in known:
        response.set_cookie("language", language, **options)
    if rating in RATINGS:
        response.set_cookie("rating", rating, **options)


@kept
def about(request: HttpRequest) -> HttpResponse:
    """What this archive is."""
    request.page.keep(depends=["site"])  # type: ignore[attr-defined]
    return render(request, "reading/about.html")


@kept
def counting(request: HttpRequest) -> HttpResponse:
    """The law of counting, written out for readers."""
    request.page.keep(depends=["site"])  # type: ignore[attr-defined]
    return render(request, "reading/about_counting.html")


@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may fetch: everything public; not the desks, forms and beacons."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in NOT_FOR_CRAWLERS),
    ]
    lines += ["", f"Sitemap: {settings.BASE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@kept
def sitemap(request: HttpRequest) -> HttpResponse:
    """The index of the sitemap's files."""
    visitor = person_of(request)
    stories = Story.objects.listed_for(visitor).count()
    parts = Part.objects.listed_for(visitor).count()
    files = [f"stories-{n + 1}" for n in range(-(-stories // MAP_SIZE))]
    files += [f"parts-{n + 1}" for n in range(-(-parts // MAP_SIZE))]
    request.page.keep(depends=["site", "lists"])  # type: ignore[attr-defined]
    rows = "".join(f"<sitemap><loc>{settings.BASE_URL}/sitemap-{name}.xml</loc></sitemap>" for name in files)
    return _xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>')


@kept
def sitemap_file(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """One file of the sitemap: listed stories or parts, by id, so that files stay as they were."""
    models: dict[str, type[Story] | type[Part]] = {"stories": Story, "parts": Part}
    if kind not in models or int(number) == 0:
        raise Http404
    listed: Any = models[kind].objects.listed_for(person_of(request)).order_by("pk")
    end = int(number) * MAP_SIZE
    page = list(listed.only("pk", "slug")[end - MAP_SIZE : end])
    if not page:
        raise Http404
    request.page.keep(depends=["site", "lists"])  # type: ignore[attr-defined]
    rows = "".join(f"<url><loc>{settings.BASE_URL}{thing.url}</loc></url>" for thing in page)
    return _xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>')


def _xml(body: str) -> HttpResponse:
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + body
    return HttpResponse(text, content_type="application/xml; charset=utf-8")
