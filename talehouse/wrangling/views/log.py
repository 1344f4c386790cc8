"""The log of what was done, with its undo."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from talehouse.accounts.models import PenName
from talehouse.stories.errors import RuleError
from talehouse.wrangling import undoing
from talehouse.wrangling.models import Act, Change
from talehouse.wrangling.views.desk import wrangler_of

SIZE = 50
LASTING = (Act.UNDO, Act.IMPORT)
"""What is not undone in one step."""


@never_cache
@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """What was done, the newest first."""
    wrangler_of(request)
    names = PenName.objects.filter(account=OuterRef("by"), retired_at=None).order_by("-preferred", "pk")
    rows = Change.objects.select_related("tag", "other", "undone_by").annotate(
        signs=Subquery(names.values("name")[:1])
    )
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) <= 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: SIZE + 1])
    shown = found[:SIZE]
    batches = Change.objects.filter(batch__in={row.batch for row in shown}, undone_by=None).order_by()
    open_ones = dict(batches.values_list("batch").annotate(n=Count("pk")))
    context = {
        "changes": [
            {"row": row, "together": _together(row, shown, open_ones), "undoes": _can_be_undone(row)}
            for row in shown
        ],
        "next_url": f"/wrangling/log/?before={shown[-1].pk}" if len(found) > SIZE else "",
        "first_url": "/wrangling/log/" if before else "",
    }
    return render(request, "wrangling/log.html", context)


def _can_be_undone(row: Change) -> bool:
    return row.act not in LASTING and not hasattr(row, "undone_by")


def _together(row: Change, shown: Sequence[Change], open_ones: dict[UUID, int]) -> int:
    """How many things were done at once, at the first of them on the page; else 0."""
    first = next(one for one in shown if one.batch == row.batch)
    number = open_ones.get(row.batch, 0)
    return number if number > 1 and first is row and row.act not in LASTING else 0


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """As it was before one change."""
    by = wrangler_of(request)
    change = get_object_or_404(Change, pk=pk)
    try:
        undoing.undo(change, by=by)
        messages.success(request, _("Undone."))
    except RuleError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect("/wrangling/log/")


@require_POST
def undo_batch(request: HttpRequest, batch: UUID) -> HttpResponse:
    """As it was before all that was done at once."""
    by = wrangler_of(request)
    try:
        number = len(undoing.undo_batch(batch, by=by))
        told = ngettext("%(n)d change is undone.", "%(n)d changes are undone.", number)
        messages.success(request, told % {"n": number})
    except RuleError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect("/wrangling/log/")
