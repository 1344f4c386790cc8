"""Pen names as readers meet them: found by their address, an old one too, and what their page tells."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.safestring import mark_safe

from talehouse.accounts.house import ORPHAN
from talehouse.accounts.models import FormerName, PenName
from talehouse.accounts.portraits import shown
from talehouse.lib.slugs import slug as make_slug


def known() -> QuerySet[PenName]:
    """Those that have a page: of accounts that are open, and the archive's own for stories left to it."""
    return PenName.objects.filter(Q(account__is_active=True) | Q(account__email=ORPHAN))


def now_called(slug: str) -> PenName | None:
    """What a pen name of this old address is called now, unless its owner has ended that."""
    former = FormerName.objects.filter(
        slug__in={slug, make_slug(slug)}, ended_at=None, pen_name__account__is_active=True
    )
    found = former.select_related("pen_name").first()
    return found.pen_name if found else None


def told(pen_name: PenName) -> dict[str, Any]:
    """What its page says of it."""
    return {
        "name": pen_name.name,
        "about": mark_safe(pen_name.about),  # noqa: S308  sanitised on the way in
        "links": shown(pen_name.links),
        "face": pen_name.face_url,
        "since": pen_name.made_at,
        "following": f"penname-{pen_name.pk}",
        "retired": pen_name.retired_at is not None,
        "url": pen_name.url,
    }
