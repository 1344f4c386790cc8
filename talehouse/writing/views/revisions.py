"""What a part was before: the list, one old text, two side by side, and deciding what becomes the draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from talehouse.lib.clock import zone_named
from talehouse.lib.languages import direction
from talehouse.stories import differences, revising
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, Revision
from talehouse.stories.powers import Power
from talehouse.writing import comparing, past
from talehouse.writing.opening import account_of, desk, part_for


@desk
@require_GET
def listing(request: HttpRequest, pk: int) -> HttpResponse:
    """All revisions of a part, fifty a page; with `one` and `other`, two of them side by side."""
    part = part_for(request, pk, Power.READ)
    if "one" in request.GET or "other" in request.GET:
        return _compared(request, part)
    before = _number(request.GET["before"]) if "before" in request.GET else None
    with timezone.override(zone_named(account_of(request).time_zone)):
        found = past.page(part, before)
        context = {"page": found, "before": before, "alone": len(found.lines) < 2}
        return render(request, "writing/revisions.html", _context(request, part) | context)


@desk
@require_GET
def old_text(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One revision, to be read."""
    part = part_for(request, pk, Power.READ)
    revision = _revision(part, number)
    with timezone.override(zone_named(account_of(request).time_zone)):
        (line,) = past.lines(part, [revision], newest=past.newest_number(part))
        beside = part.revisions.values_list("number", flat=True)
        context = {
            "line": line,
            "shown": past.shown(part, revision),
            "html": mark_safe(revision.html),  # noqa: S308  sanitised on the way in
            "older": beside.filter(number__lt=number).order_by("-number").first(),
            "may_seal": _may_seal(request, part, revision),
            "newer": beside.filter(number__gt=number).order_by("number").first(),
        }
        return render(request, "writing/revision.html", _context(request, part) | context)


def _may_seal(request: HttpRequest, part: Part, revision: Revision) -> bool:
    """Only a text that readers could otherwise open: one that was out and is not the one that is out now."""
    if revision.published_at is None or revision.pk == part.published_id:
        return False
    return Part.objects.allowing(account_of(request), Power.DESCRIBE).filter(pk=part.pk).exists()


def _compared(request: HttpRequest, part: Part) -> HttpResponse:
    one, other = (_revision(part, _number(request.GET.get(name, ""))) for name in ("one", "other"))
    asked = request.GET.get("conflict") == "1" and other.kind == Revision.Kind.ASIDE
    if one.number > other.number and not asked:
        one, other = other, one
    found = differences.compare(_version(part, one), _version(part, other))
    rows = comparing.stretches(found)
    with timezone.override(zone_named(account_of(request).time_zone)):
        newest = past.newest_number(part)
        lines = [past.lines(part, [row], newest=newest)[0] for row in (one, other)]
        context = {
            "old": lines[0],
            "new": lines[1],
            "stretches": rows,
            "changes": max((row.number for row in rows), default=0),
            "conflict": asked and other.settled_at is None,
            "mine": other.made_by_id == account_of(request).pk,
        }
        return render(request, "writing/compare.html", _context(request, part) | context)


def _version(part: Part, revision: Revision) -> differences.Version:
    return differences.Version(revision.html, **past.shown(part, revision))


def _context(request: HttpRequest, part: Part) -> dict[str, Any]:
    writing = Part.objects.allowing(account_of(request), Power.WRITE).filter(pk=part.pk)
    return {
        "part": part,
        "story": part.story,
        "dir": direction(part.story.language),
        "may_write": writing.exists(),
        "newest": past.newest_number(part),
        "longest": revising.LONGEST_NAME,
    }


def _number(told: str) -> int:
    if not (told.isascii() and told.isdigit() and len(told) < 10):
        raise Http404
    return int(told)


def _revision(part: Part, number: int) -> Revision:
    found: Revision = get_object_or_404(
        part.revisions.select_related("part__story", "restored_from"), number=number
    )
    return found


# Deciding

Rule = Callable[[HttpRequest, Revision], str]


def _deciding(rule: Rule) -> Callable[..., HttpResponse]:
    """A form of these pages: the rule is called, what it says is shown, and where it leads is gone to."""

    @desk
    @require_POST
    def decide(request: HttpRequest, pk: int, number: int) -> HttpResponse:
        part = part_for(request, pk, Power.WRITE)
        try:
            return HttpResponseRedirect(rule(request, _revision(part, number)))
        except NotAllowedError:
            raise
        except RuleError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(f"/write/parts/{part.pk}/revisions/")

    return decide


@_deciding
def restore(request: HttpRequest, revision: Revision) -> str:
    """Make this text the newest draft."""
    made = revising.restore(revision, by=account_of(request))
    said = _("Revision %(old)s is the draft again, as revision %(new)s. Nothing was removed.")
    messages.success(request, said % {"old": revision.number, "new": made.number})
    return f"/write/parts/{revision.part_id}/revisions/"


@_deciding
def name(request: HttpRequest, revision: Revision) -> str:
    """Name this revision; no name takes it away."""
    named = revising.name(revision, by=account_of(request), name=request.POST.get("name", ""))
    said = _("Revision %(number)s has its name.") if named.name else _("Revision %(number)s has no name now.")
    messages.success(request, said % {"number": revision.number})
    before = request.POST.get("before", "")
    page = f"?before={before}" if before.isascii() and before.isdigit() else ""
    return f"/write/parts/{revision.part_id}/revisions/{page}#r-{revision.number}"


@desk
@require_POST
def seal(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """No reader opens this text any more; with `open`, they may again."""
    part = part_for(request, pk, Power.DESCRIBE)
    closes = "open" not in request.POST
    try:
        revising.seal(_revision(part, number), by=account_of(request), on=closes)
    except NotAllowedError:
        raise
    except RuleError as refusal:
        messages.error(request, str(refusal))
    else:
        said = (
            _("Readers cannot open this text any more.") if closes else _("Readers may open this text again.")
        )
        messages.success(request, said)
    return HttpResponseRedirect(f"/write/parts/{pk}/revisions/{number}/")


@_deciding
def keep(request: HttpRequest, revision: Revision) -> str:
    """What was set aside becomes the draft, and one goes on writing."""
    revising.keep_mine(revision, by=account_of(request))
    messages.success(request, _("Your text is the draft now. The other one stays in the list of revisions."))
    return f"/write/parts/{revision.part_id}/"


@_deciding
def dismiss(request: HttpRequest, revision: Revision) -> str:
    """The draft stays, and one goes on writing in it."""
    revising.dismiss(revision, by=account_of(request))
    said = _("You go on with the newest text. What you had typed stays in the list of revisions.")
    messages.success(request, said)
    return f"/write/parts/{revision.part_id}/"
