"""Asking for the rules of the house, and changing them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from talehouse.pages.versions import bump
from talehouse.site.models import Site


def current() -> Site:
    """The row; until the host has changed anything, its defaults (asking writes nothing)."""
    return Site.objects.filter(pk=1).first() or Site(pk=1)


def of(request: HttpRequest) -> Site:
    """The row for this request; one query however often it is asked."""
    if not hasattr(request, "_site"):
        request._site = current()  # type: ignore[attr-defined]
    return request._site  # type: ignore[attr-defined,no-any-return]


@transaction.atomic
def change(**values: Any) -> Site:
    """Set some of the rules. Every kept page may show them, so all are rendered anew."""
    Site.objects.get_or_create(pk=1)
    site = Site.objects.select_for_update().get(pk=1)
    for field, value in values.items():
        setattr(site, field, value)
    site.full_clean()
    site.save()
    bump("site")
    return site


def set_up(**values: Any) -> Site:
    """The host's answers to the questions of the first start."""
    return change(set_up_at=timezone.now(), **values)
