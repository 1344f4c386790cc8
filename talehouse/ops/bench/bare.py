"""A bare Django: the middleware of the settings around a view that asks the database nothing.

The yardstick for what Django itself costs. Its answer has the bytes of a compressed part page, from the file
`bare-body` in the data folder.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = "bare-body"


@cache
def _body() -> bytes:
    return (Path(settings.DATA) / BODY).read_bytes()


def bare(request: HttpRequest) -> HttpResponse:
    """The same bytes for everybody."""
    return HttpResponse(_body(), headers={"Content-Encoding": "br"})


urlpatterns = [path("", bare)]
