"""The beacon: one small POST that says "I had this part in view"."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from talehouse.lib.rates import Rate
from talehouse.reads import counting
from talehouse.stories.models import Part

RATE = Rate(limit=60, seconds=60)
"""Reads that one address may send a minute; nobody reads faster, and a shared address rarely does."""


def _same_origin(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin", "")
    try:
        return origin == settings.BASE_URL or (origin != "" and urlsplit(origin).netloc == request.get_host())
    except ValueError:  # an origin that is no address ("http://[")
        return False


def reader_of(request: HttpRequest) -> counting.Reader:
    """Who reads, for the one moment that it takes to count."""
    return counting.Reader(
        person=request.person,  # type: ignore[attr-defined]
        address=request.META.get("HTTP_X_FORWARDED_FOR", "") or request.META.get("REMOTE_ADDR", ""),
        browser=request.headers.get("User-Agent", "")[:400],
    )


@csrf_exempt
@require_POST
def beacon(request: HttpRequest) -> HttpResponse:
    """Count a read of `part`; 204 whether or not it counted, so that nobody can ask who has read.

    403 for another origin, 400 without a part, 404 for a part that may not be seen, 429 when too many come.
    It reads who is signed in and sets no cookie.
    """
    if not _same_origin(request):
        return HttpResponse(status=403)
    reader = reader_of(request)
    if not RATE.allows(reader.address):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    number = request.POST.get("part", "")
    if not number.isdecimal() or len(number) > 18:
        return HttpResponse(status=400)
    person = request.person  # type: ignore[attr-defined]
    key = request.POST.get("key", "")[:40].replace("\0", "")
    parts = Part.objects.visible_to(person, key=key)
    part = parts.only("pk", "story_id").filter(pk=int(number), published__isnull=False).first()
    if part is None:
        return HttpResponse(status=404)
    counting.record(part, by=reader)
    return HttpResponse(status=204)
