"""The log of what was done, with its undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from talehouse.accounts.models import Account, PenName
from talehouse.stories.errors import RuleError
from talehouse.wrangling import undoing, undoing_imports
from talehouse.wrangling.models import Act, Change
from talehouse.wrangling.tasks import undo_import
from talehouse.wrangling.views.desk import wrangler_of

SIZE = 50
LONGEST = 1_000
"""Tags of an import that are put back while somebody waits; of more the worker does it."""
LASTING = (Act.UNDO, Act.IMPORT)
"""What is no single act: an undo stays, an import has a way back of its own."""


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
    context = {
        "changes": _told(shown),
        "next_url": f"/wrangling/log/?before={shown[-1].pk}" if len(found) > SIZE else "",
        "first_url": "/wrangling/log/" if before else "",
    }
    return render(request, "wrangling/log.html", context)


def _told(shown: Sequence[Change]) -> list[dict[str, Any]]:
    """Each with what can be undone of it."""
    batches = Change.objects.filter(batch__in={row.batch for row in shown}, undone_by=None).order_by()
    open_ones = dict(batches.values_list("batch").annotate(n=Count("pk")))
    imports = undoing_imports.sorted_by([row.pk for row in shown if row.act == Act.IMPORT])
    return [
        {
            "row": row,
            "together": _together(row, shown, open_ones),
            "undoes": _can_be_undone(row),
            "sorted": imports.get(row.pk),
        }
        for row in shown
    ]


def _can_be_undone(row: Change) -> bool:
    return row.act not in LASTING and not hasattr(row, "undone_by")


def _together(row: Change, shown: Sequence[Change], open_ones: dict[UUID, int]) -> int:
    """How many things were done at once, at the first of them on the page; else 0."""
    first = next(one for one in shown if one.batch == row.batch)
    number = open_ones.get(row.batch, 0)
    return number if number > 1 and first is row and row.act not in LASTING else 0


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """As it was before one change; of an import, before all that it has sorted."""
    by = wrangler_of(request)
    change = get_object_or_404(Change, pk=pk)
    try:
        if change.act == Act.IMPORT:
            return _undo_import(request, change, by)
        undoing.undo(change, by=by)
        messages.success(request, _("Undone."))
    except RuleError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect("/wrangling/log/")


def _undo_import(request: HttpRequest, change: Change, by: Account) -> HttpResponse:
    if undoing_imports.standing(change)[: LONGEST + 1].count() > LONGEST:
        undo_import.enqueue(change.pk, by.pk)
        messages.success(request, _("The import is being undone. Look again here in a minute."))
    else:
        undone = undoing_imports.undo_import(change, by=by)
        told = ngettext("%(n)d tag is as it was.", "%(n)d tags are as they were.", undone.done)
        messages.success(request, told % {"n": undone.done})
    return HttpResponseRedirect(f"/wrangling/log/{change.pk}/")


@never_cache
@require_GET
def brought(request: HttpRequest, pk: int) -> HttpResponse:
    """An import: what of it still stands, and why an undo has left that."""
    wrangler_of(request)
    change = get_object_or_404(Change, pk=pk, act=Act.IMPORT)
    after = request.GET.get("after", "")
    rows = undoing_imports.standing(change).order_by("tag")
    if after.isdecimal() and len(after) <= 18:
        rows = rows.filter(tag__gt=int(after))
    found = list(rows.select_related("tag")[: SIZE + 1])
    context = {
        "change": change,
        "sorted": undoing_imports.sorted_by([pk]).get(pk),
        "lines": undoing_imports.lines(found[:SIZE]),
        "next_url": f"/wrangling/log/{pk}/?after={found[SIZE - 1].tag_id}" if len(found) > SIZE else "",
        "first_url": f"/wrangling/log/{pk}/" if after else "",
    }
    return render(request, "wrangling/brought.html", context)


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
