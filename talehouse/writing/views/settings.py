"""The page from which everything of my account is reached, and the way to take it all along."""

from __future__ import annotations

from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from talehouse.exports.everything import pack
from talehouse.lib.rates import Rate
from talehouse.writing.opening import account_of, desk, refused

FEW = 6
"""Pen names that the first page shows; a host who brought an archive in has thousands."""

TAKING = Rate(limit=10, seconds=3600)


@desk
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All doors of an account."""
    account = account_of(request)
    names = account.pen_names.filter(retired_at=None).order_by("-preferred", "pk")[: FEW + 1]
    context = {"pen_names": names[:FEW], "more": len(names) > FEW, "account": account}
    return render(request, "writing/settings/index.html", context)


@desk
@require_GET
def everything(request: HttpRequest) -> HttpResponse:
    """All my stories in one file. A suspended account may take them too."""
    account = account_of(request)
    if not TAKING.allows(str(account.uuid)):
        return refused(request, _("You have taken everything along ten times. Please wait a while."), 429)
    return cast("HttpResponse", FileResponse(pack(account), as_attachment=True, filename="talehouse.zip"))
