"""The parts of a story: their order, and the same done to many of them at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from talehouse.stories import holding, moving, ordering, publishing, rhythm, together
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, Story
from talehouse.stories.powers import Power
from talehouse.stories.removing import UNDO
from talehouse.writing import listing, noting
from talehouse.writing.forms import BulkScheduleForm
from talehouse.writing.opening import account_of, desk, story_for

MOST = 2000
"""As many parts are shown; no story that anybody wrote has more."""


@desk
@require_http_methods(["GET", "POST"])
def parts(request: HttpRequest, pk: int) -> HttpResponse:
    """The table of parts; a POST names what is to be done in `do`."""
    story = story_for(request, pk, Power.READ)
    if request.method == "GET":
        return _show(request, story, BulkScheduleForm(auto_id="when-%s"))
    form = _schedule_form(request)
    try:
        return HttpResponseRedirect(_do(request, story, form))
    except NotAllowedError:
        raise
    except RuleError as refusal:
        return _show(request, story, form, str(refusal))


def _schedule_form(request: HttpRequest) -> BulkScheduleForm:
    """What was typed into it; only whoever asks for it is told what is missing."""
    if request.POST.get("do") == "schedule":
        return BulkScheduleForm(request.POST, auto_id="when-%s")
    typed = {name: request.POST.get(name, "") for name in ("start", "at")}
    days = request.POST.getlist("days")
    return BulkScheduleForm(initial={**typed, "days": days}, auto_id="when-%s")


def _do(request: HttpRequest, story: Story, form: BulkScheduleForm) -> str:
    """Carry out what was asked; returns where to go then. Raises RuleError."""
    wish = request.POST.get("do", "")
    if wish.startswith(("up-", "down-")):
        return _step(request, story, wish)
    doer = DOERS.get(wish)
    if doer is None:
        raise RuleError(_("Choose what is to be done."))
    return doer(request, story, form)


def _here(story: Story) -> str:
    return f"/write/stories/{story.pk}/parts/"


def _chosen(request: HttpRequest, story: Story) -> list[int]:
    """The ids of the boxes that are ticked, and those of the numbers that were typed.

    Raises RuleError for numbers that no part has.
    """
    ticked = [int(told) for told in request.POST.getlist("part") if _is_number(told)]
    wanted = _numbers(request.POST.get("numbers", ""))
    if not wanted:
        return ticked
    rows = story.parts.filter(deleted_at=None, position__in=wanted).values_list("pk", flat=True)
    chosen = {*ticked, *rows}
    if not chosen:
        raise RuleError(_("This story has no parts with these numbers."))
    return list(chosen)


def _is_number(told: str) -> bool:
    return told.isascii() and told.isdigit() and len(told) < 18


def _numbers(told: str) -> set[int]:
    """3-5, 9 as numbers. Raises RuleError for anything else."""
    found: set[int] = set()
    for piece in filter(None, re.split(r"[\s,;]+", re.sub(r"\s*[-–—]\s*", "-", told.strip()))):
        match = re.fullmatch(r"([0-9]{1,5})(?:-([0-9]{1,5}))?", piece)
        if match is None:
            raise RuleError(_("Write numbers of parts like this: 3-17, 20."))
        first, last = int(match[1]), int(match[2] or match[1])
        found |= set(range(first, min(last, first + MOST) + 1))
    return found


def _add(request: HttpRequest, story: Story, form: BulkScheduleForm) -> str:
    number = story.parts.filter(deleted_at=None).count() + 1
    announcement = "announcement" in request.POST
    title = request.POST.get("title", "").strip() or (
        _("Announcement") if announcement else _("Part %(n)d") % {"n": number}
    )
    kind = Part.Kind.ANNOUNCEMENT if announcement else Part.Kind.CHAPTER
    part = publishing.add_part(story, by=account_of(request), title=title, html="", kind=kind)
    return f"/write/parts/{part.pk}/"


def _publish(request: HttpRequest, story: Story, form: BulkScheduleForm) -> str:
    number = together.publish(story, _chosen(request, story), by=account_of(request))
    text = ngettext("%(n)d part is out now.", "%(n)d parts are out now.", number) % {"n": number}
    messages.success(request, holding.said(story, text if number else _("Readers see the newest texts now.")))
    return _here(story)


def _ask_again(request: HttpRequest, story: Story, form: BulkScheduleForm) -> str:
    holding.ask_again(story, by=account_of(request))
    messages.success(request, _("Sent to the host."))
    return _here(story)


def _withdraw(request: HttpRequest, story: Story, form: BulkScheduleForm) -> str:
    number = together.withdraw(story, _chosen(request, story), by=account_of(request))
    text = ngettext(
        "%(n)d part is withdrawn; its comments and counts are kept.",
        "%(n)d parts are withdrawn; their comments and counts are kept.",
        number,
    )
    messages.success(request, text % {"n": number})
    return _here(story)


def _put_back(request: HttpRequest, story: Story, form: BulkScheduleForm) -> str:
    number = together.put_back(story, _chosen(request, story), by=account_of(request))
    text = ngettext("%(n)d part is back.", "%(n)d parts are back.", number) % {"n": number}
    messages.success(request, text)
    return _here(story)


def _schedule(request: HttpRequest, story: Story, form: BulkScheduleForm) -> str:
    if not form.is_valid():
        raise RuleError(_("Choose a day, a time and at least one day of the week."))
    chosen = together.chosen(story, _chosen(request, story))
    account, told = account_of(request), form.cleaned_data
    rhythm.schedule_from(story, chosen, by=account, zone=account.time_zone, **told)
    text = ngettext("%(n)d part has its time.", "%(n)d parts have their times.", len(chosen))
    messages.success(request, text % {"n": len(chosen)})
    return _here(story)


def _queue(request: HttpRequest, story: Story, form: BulkScheduleForm) -> str:
    number = together.queue(story, _chosen(request, story), by=account_of(request))
    text = ngettext("%(n)d part waits in the queue.", "%(n)d parts wait in the queue.", number)
    messages.success(request, text % {"n": number})
    return _here(story)


def _move(request: HttpRequest, story: Story, form: BulkScheduleForm) -> str:
    told = request.POST.get("to", "")
    if not _is_number(told):
        raise RuleError(_("Choose the story to which they are to go."))
    to = get_object_or_404(Story.objects.visible_to(account_of(request)), pk=int(told))
    number = moving.move(story, _chosen(request, story), to=to, by=account_of(request))
    text = ngettext("%(n)d part stands here now.", "%(n)d parts stand here now.", number) % {"n": number}
    messages.success(request, text)
    return _here(to)


def _delete(request: HttpRequest, story: Story, form: BulkScheduleForm) -> str:
    chosen = _chosen(request, story)
    together.remove(story, chosen, by=account_of(request))
    return f"{_here(story)}?gone={'-'.join(str(pk) for pk in chosen[:500])}"


def _bring_back(request: HttpRequest, story: Story, form: BulkScheduleForm) -> str:
    number = together.bring_back(story, _chosen(request, story), by=account_of(request))
    text = ngettext("%(n)d part is back in its place.", "%(n)d parts are back in their places.", number)
    messages.success(request, text % {"n": number})
    return _here(story)


def _order(request: HttpRequest, story: Story, form: BulkScheduleForm) -> str:
    told = [piece for piece in request.POST.get("order", "").split(",") if _is_number(piece)]
    ordering.reorder(story, by=account_of(request), order=[int(piece) for piece in told])
    messages.success(request, _("The order is kept."))
    return _here(story)


def _step(request: HttpRequest, story: Story, wish: str) -> str:
    """One place up or down: the two swap."""
    direction, _dash, told = wish.partition("-")
    ids = list(story.parts.filter(deleted_at=None).order_by("position").values_list("pk", flat=True))
    if not _is_number(told) or int(told) not in ids:
        raise RuleError(_("One of these parts is not here any more. Nothing was changed; look again."))
    place = ids.index(int(told))
    other = place + (-1 if direction == "up" else 1)
    if 0 <= other < len(ids):
        ids[place], ids[other] = ids[other], ids[place]
    ordering.reorder(story, by=account_of(request), order=ids)
    return f"{_here(story)}#part-{told}"


Doer = Callable[[HttpRequest, Story, BulkScheduleForm], str]
DOERS: dict[str, Doer] = {
    "add": _add,
    "publish": _publish,
    "ask-again": _ask_again,
    "withdraw": _withdraw,
    "put-back": _put_back,
    "schedule": _schedule,
    "queue": _queue,
    "move": _move,
    "delete": _delete,
    "bring-back": _bring_back,
    "order": _order,
}


def _show(request: HttpRequest, story: Story, form: BulkScheduleForm, error: str = "") -> HttpResponse:
    account, now = account_of(request), timezone.now()
    standing = story.parts.filter(deleted_at=None).select_related("draft", "published").order_by("position")
    ticked = {told for told in request.POST.getlist("part") if _is_number(told)}
    can = listing.powers_on(story, account)
    notes = noting.open_notes(story) if Power.ANNOTATE in can else {}
    context: dict[str, Any] = {
        "story": story,
        "parts": [_line(part, now, ticked, notes.get(part.pk, 0)) for part in _light(standing)[:MOST]],
        "can": can,
        "others": _others(story, account) if Power.ARRANGE in can else [],
        **_deleted(request, story),
        "rhythm": rhythm.rhythm_of(story),
        "states": listing.states_of(story),
        "zone": account.time_zone,
        "form": form,
        "error": error,
        "numbers": request.POST.get("numbers", ""),
        "here": "parts",
    }
    return render(request, "writing/parts.html", context, status=400 if error else 200)


def _light(parts: Any) -> Any:
    """Without the texts, which the table does not show."""
    return parts.defer("draft__html", "published__html", "note_before", "note_after")


def _line(part: Part, now: Any, ticked: set[str], notes: int) -> dict[str, Any]:
    newest = part.draft or part.published
    return {
        "part": part,
        "state": listing.part_state(part, now),
        "changed": part.published_id is not None and part.draft_id is not None,
        "words": newest.word_count if newest else 0,
        "reads": part.read_count,
        "votes": part.vote_count,
        "comments": part.comment_count,
        "notes": notes,
        "ticked": str(part.pk) in ticked,
    }


def _others(story: Story, account: Any) -> Any:
    """The stories to which parts may be moved."""
    mine = Story.objects.standing().allowing(account, Power.ARRANGE).exclude(pk=story.pk)
    return mine.only("pk", "title").order_by("title", "pk")[:200]


def _deleted(request: HttpRequest, story: Story) -> dict[str, list[Part]]:
    """What may be brought back, and apart what has just been deleted, for the button that undoes it."""
    told = {int(piece) for piece in request.GET.get("gone", "").split("-") if _is_number(piece)}
    since = timezone.now() - UNDO
    parts = story.parts.filter(deleted_at__gte=since, purged_at=None)
    order = parts.order_by("-deleted_at", "former_position")
    found = list(order.only("pk", "title", "deleted_at", "story_id")[:MOST])
    return {"gone": [part for part in found if part.pk in told], "deleted": found}
