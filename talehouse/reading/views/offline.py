"""What a device needs to keep stories: the app's manifest, what a story consists of, the offline page."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from talehouse.accounts.owner_marks import owner_mark
from talehouse.pages.keeping import kept
from talehouse.reading.opening import key_of, person_of, suffix
from talehouse.reading.versions import version_of
from talehouse.site.house import current
from talehouse.stories.models import Part, Story
from talehouse.stories.visibility import needs_notice

ICONS = (("192x192", "base/icon-192.png", "any"), ("512x512", "base/icon-512.png", "any"))
MASKABLE = ("512x512", "base/icon-maskable-512.png", "maskable")


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The archive as an app: its name, icons and colours (W3C Web Application Manifest)."""
    house = current()
    icons = [
        {"src": static(path), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for sizes, path, purpose in (*ICONS, MASKABLE)
    ]
    told: dict[str, Any] = {
        "id": "/",
        "name": house.name,
        "short_name": house.name[:20],
        "description": house.tagline,
        "start_url": "/?app",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f7f2e8",
        "theme_color": "#f7f2e8",
        "icons": icons,
        "shortcuts": [{"name": _("Kept offline"), "url": "/offline/"}],
    }
    answer = JsonResponse(told, content_type="application/manifest+json")
    answer["Cache-Control"] = "max-age=86400"
    return answer


@kept
def page(request: HttpRequest) -> HttpResponse:
    """What is kept on this device, and where one lands without a connection. The same for everybody: what it
    lists comes from the device."""
    request.page.keep(depends=["site"])  # type: ignore[attr-defined]
    return render(request, "reading/offline.html", {"app": app_version()})


@never_cache
@require_GET
def story(request: HttpRequest, pk: int) -> HttpResponse:
    """What a story consists of on a device: its parts that are out and may be read, with their versions.

    404 for whatever they may not see: the device then removes it. 401 if `owner` names somebody who is not
    signed in here: a session that has ended takes nothing away.
    """
    person, key = person_of(request), key_of(request)
    owner = request.GET.get("owner", "")
    if owner and (person.pk is None or owner != owner_mark(person.pk)):
        return JsonResponse({}, status=401)
    found: Story = get_object_or_404(Story.objects.visible_to(person, key=key).select_related("cover"), pk=pk)
    shows = request.GET.get("show") == "1" or not needs_notice(found.rating, person.limit)
    parts = Part.objects.visible_to(person, key=key).released().filter(story=found, position__isnull=False)
    ending = suffix(found, key)
    told = {
        "id": found.pk,
        "title": found.title,
        "url": found.url + ending,
        "cover": found.cover.url + ending if found.cover else None,
        "language": found.language,
        "app": app_version(),
        "parts": [_part(part, ending) for part in parts.order_by("position")] if shows else [],
        "notice": not shows,
    }
    return JsonResponse(told)


def _part(part: Part, ending: str) -> dict[str, Any]:
    """One part; the page that belongs to it carries the same version."""
    return {
        "id": part.pk,
        "title": part.title,
        "url": part.url + ending,
        "words": part.word_count,
        "version": version_of(part),
    }


@lru_cache(maxsize=1)
def app_version() -> str:
    """Another one with each change of the files that pages need: kept pages are then fetched anew."""
    hashed = getattr(staticfiles_storage, "hashed_files", {})
    names = json.dumps(sorted(hashed.items())) if hashed else "loose"
    return hashlib.sha256(names.encode()).hexdigest()[:12]
