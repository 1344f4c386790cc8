"""The script that a browser keeps for this house, and runs when no page is open (a service worker)."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe


@lru_cache(maxsize=1)
def _script() -> tuple[bytes, str]:
    """The bundle `worker.js` and its ETag. It is served here and not under its hashed name: its address must
    stay the same, and its folder is how far it reaches."""
    with staticfiles_storage.open("bundles/worker.js") as file:
        script = bytes(file.read())
    return script, f'"{hashlib.sha256(script).hexdigest()[:32]}"'


@require_safe
@condition(etag_func=lambda request: _script()[1])
def script(request: HttpRequest) -> HttpResponse:
    """Asked for again at each visit, so that no old worker outlives a new version of the house."""
    answer = HttpResponse(_script()[0], content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer
