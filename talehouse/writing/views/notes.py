"""Private notes beside a draft, and the place where beta readers read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from talehouse.accounts.models import Account
from talehouse.lib.languages import direction
from talehouse.stories import texts
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Departure, Part
from talehouse.stories.powers import Power
from talehouse.writing import listing, noting
from talehouse.writing.models import DraftNote
from talehouse.writing.noting import Place
from talehouse.writing.opening import account_of, desk, part_for
from talehouse.writing.stretches import stretches


@desk
@require_http_methods(["GET", "POST"])
def of_part(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest text of a part, and beside each block what its people say about it."""
    part = part_for(request, pk, Power.ANNOTATE)
    if request.method != "POST":
        return _page(request, part)
    try:
        anchor = _done(part, account_of(request), request.POST)
    except NotAllowedError:
        raise
    except RuleError as refusal:
        messages.error(request, str(refusal))
        return _page(request, part, status=400)
    return HttpResponseRedirect(f"/write/parts/{part.pk}/notes/{anchor}")


def _page(request: HttpRequest, part: Part, status: int = 200) -> HttpResponse:
    newest = texts.newest_of(part)
    found = noting.places(part, newest)
    rows = stretches(found, *_chosen(request, found))
    context = {
        "part": part,
        "story": part.story,
        "newest": newest,
        "state": listing.part_state(part, timezone.now()),
        "changed": part.published_id is not None and part.draft_id is not None,
        "whole": rows[0],
        "stretches": rows[1:],
        "open_count": sum(not t.note.settled_at and not t.note.deleted_at for p in found for t in p.threads),
        "typed": request.POST.get("text", ""),
        "me": account_of(request),
        "departed": _departed(part),
        "dir": direction(part.story.language),
        "may_write": Part.objects.allowing(account_of(request), Power.WRITE).filter(pk=part.pk).exists(),
        "longest": noting.LONGEST,
        **_around(part),
    }
    return render(request, "writing/notes.html", context, status=status)


def _chosen(request: HttpRequest, found: Sequence[Place]) -> tuple[str | None, str]:
    """The block that a note is being written on, and the note that is being answered.

    What somebody typed and could not be kept stands in a form again, at the latest in that of the whole part.
    """
    chosen = request.POST if request.method == "POST" else request.GET
    block, note = chosen.get("block"), chosen.get("note", "")
    if any(str(thread.note.pk) == note for place in found for thread in place.threads):
        return None, note
    if any(place.key == block for place in found):
        return block, ""
    return ("", "") if request.POST.get("text") else (None, "")


def _around(part: Part) -> dict[str, Any]:
    """The parts before and after, for those who read on; one query."""
    place = part.position or 0
    beside = Q(position=place - 1) | Q(position=place + 1)
    near = {one.position: one for one in Part.objects.filter(beside, story=part.story_id, deleted_at=None)}
    return {"before": near.get(place - 1), "after": near.get(place + 1)}


def _departed(part: Part) -> set[int]:
    """The pen names that have left this story to the archive: their notes no longer show them."""
    left = Departure.objects.filter(story=part.story_id, undone_at=None, pen_name__isnull=False)
    return set(left.values_list("pen_name", flat=True))


def _done(part: Part, by: Account, data: QueryDict) -> str:
    """Do what was asked; returns the place on the page to go back to."""
    act = ACTS.get(data.get("do", ""))
    if act is None:
        raise RuleError(_("This page does not know what to do. Load it again."))
    return act(part, by, data)


def _note(part: Part, data: QueryDict) -> DraftNote:
    told = data.get("note", "")
    number = int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 0
    return get_object_or_404(DraftNote.objects.filter(part=part).select_related("part"), pk=number)


def _write(part: Part, by: Account, data: QueryDict) -> str:
    made = noting.write(part, data.get("text", ""), by=by, block=data.get("block", "")[:12])
    return f"#n-{made.pk}"


def _answer(part: Part, by: Account, data: QueryDict) -> str:
    made = noting.answer(_note(part, data), data.get("text", ""), by=by)
    return f"#n-{made.pk}"


def _settle(part: Part, by: Account, data: QueryDict) -> str:
    note = _note(part, data)
    noting.settle(note, by=by)
    return _at(note)


def _reopen(part: Part, by: Account, data: QueryDict) -> str:
    note = _note(part, data)
    noting.reopen(note, by=by)
    return f"#n-{note.pk}"


def _delete(part: Part, by: Account, data: QueryDict) -> str:
    note = _note(part, data)
    noting.take_back(note, by=by)
    return _at(note)


def _at(note: DraftNote) -> str:
    return f"#b-{note.block}" if note.block else "#whole"


ACTS: dict[str, Callable[[Part, Account, QueryDict], str]] = {
    "write": _write,
    "answer": _answer,
    "settle": _settle,
    "reopen": _reopen,
    "delete": _delete,
}
