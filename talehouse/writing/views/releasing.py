"""Pages of releasing: a part comes out now, at a time or in its turn; a story's rhythm; the calendar."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from talehouse.accounts.models import Account
from talehouse.lib.clock import Kind, Moment, offset, zone_named
from talehouse.stories import holding, publishing, removing, rhythm
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, Rhythm, Story, Visibility
from talehouse.stories.powers import Power
from talehouse.stories.taking import has_no_text, is_out
from talehouse.writing import listing
from talehouse.writing.months import month_of
from talehouse.writing.opening import account_of, desk, part_for, story_for
from talehouse.writing.reach import reach_of
from talehouse.writing.release_forms import PublishForm, RhythmForm

AHEAD = 3
"""How many coming slots a rhythm shows that has nothing in its queue."""


def told(at: datetime, zone: ZoneInfo) -> str:
    """Day and time by the clocks of a zone."""
    local = at.astimezone(zone)
    return _("%(weekday)s, %(day)s, %(time)s") % {
        "weekday": date_format(local, "l"),
        "day": date_format(local, "DATE_FORMAT"),
        "time": time_format(local.time(), "TIME_FORMAT"),
    }


def told_whole(at: datetime, zone: ZoneInfo) -> str:
    """The same with the name of the zone, and how far it is from UTC then."""
    return _("%(when)s (%(zone)s, %(offset)s)") % {
        "when": told(at, zone),
        "zone": _place(zone),
        "offset": offset(at, zone),
    }


def _place(zone: ZoneInfo) -> str:
    return zone.key.replace("_", " ")


# One part


@desk
@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a part: now, at a time, in its turn; or what was changed in one that is out."""
    found = part_for(request, pk, Power.RELEASE)
    zone = zone_named(account_of(request).time_zone)
    form = PublishForm(request.POST or None, zone=zone, coming=_own_time(found))
    if request.method == "POST":
        form = PublishForm(request.POST, zone=zone, coming=_own_time(found))
        try:
            if said := _carry_out(found, request.POST.get("do", ""), form, account_of(request)):
                messages.success(request, said)
                return HttpResponseRedirect(f"/write/parts/{found.pk}/publish/")
        except NotAllowedError:
            raise
        except RuleError as refusal:
            form.add_error(None, str(refusal))
    context = _part_page(found, form, zone) | {"reach": reach_of(found, account_of(request))}
    return render(request, "writing/publish.html", context, status=400 if form.is_bound else 200)


def _own_time(part: Part) -> datetime | None:
    """The time that a writer gave it, if it is still to come."""
    coming = part.release_at is not None and part.release_at > timezone.now()
    return part.release_at if coming and part.queued_at is None else None


def _carry_out(part: Part, do: str, form: PublishForm, by: Account) -> str:
    """Do what was asked, and say what has been done; "" if the form is not right."""
    if do == "changes":
        publishing.publish_changes(part, by=by)
        return holding.said(part.story, _("Your changes are in."))
    if do == "unschedule":
        publishing.unschedule(part, by=by)
        return _("“%(title)s” is a draft again.") % {"title": part.title}
    if do in WAYS_ON:
        return WAYS_ON[do](part, by)
    if not form.is_valid():
        return ""
    if form.cleaned_data["when"] == "now":
        return _released(publishing.publish(part, by=by), by)
    if form.cleaned_data["when"] == "queue":
        return _in_queue(rhythm.queue(part, by=by))
    publishing.schedule(part, by=by, at=form.moment.at)
    return _scheduled(part, form.moment, form.zone)


def _put_back(part: Part, by: Account) -> str:
    removing.put_back(part, by=by)
    return _("“%(title)s” is back.") % {"title": part.title}


def _ask_again(part: Part, by: Account) -> str:
    holding.ask_again(part.story, by=by)
    return _("Sent to the host.")


WAYS_ON: dict[str, Callable[[Part, Account], str]] = {"put-back": _put_back, "ask-again": _ask_again}
"""What else the page offers where readers see nothing of a part."""


def _released(part: Part, by: Account) -> str:
    fresh = Part.objects.select_related("story").get(pk=part.pk)
    said = _("“%(title)s” is out.") if reach_of(fresh, by).opens else _("“%(title)s” is published.")
    return holding.said(fresh.story, said % {"title": fresh.title})


def _in_queue(part: Part) -> str:
    if part.release_at is None:
        return _("“%(title)s” waits in the queue, which is paused.") % {"title": part.title}
    return _("“%(title)s” waits in the queue.") % {"title": part.title}


def _scheduled(part: Part, moment: Moment, zone: ZoneInfo) -> str:
    said = _("“%(title)s” comes out on %(when)s.") % {
        "title": part.title,
        "when": told_whole(moment.at, zone),
    }
    remarks = {
        Kind.NEVER: _(
            "The clocks go forward that night and leave out the time that you chose: "
            "this is the first moment after it."
        ),
        Kind.TWICE: _("The clocks go back that night and show this time twice: it is the first."),
    }
    return f"{said} {remarks[moment.kind]}" if moment.kind in remarks else said


def _part_page(part: Part, form: PublishForm, zone: ZoneInfo) -> dict[str, Any]:
    now = timezone.now()
    story, newest = part.story, part.draft or part.published
    out = is_out(part, now)
    coming = part.release_at if part.release_at and not out else None
    return {
        "part": part,
        "story": story,
        "form": form,
        "out": out,
        "coming": told_whole(coming, zone) if coming else "",
        "queued": part.queued_at is not None and not out,
        "rhythm": rhythm.rhythm_of(story),
        "words": newest.word_count if newest else 0,
        "no_text": has_no_text(part),
        "before": part.published.word_count if part.published else 0,
        "more": newest.word_count - part.published.word_count if newest and part.published else 0,
        "less": part.published.word_count - newest.word_count if newest and part.published else 0,
        "changed": part.published is not None and part.draft is not None,
        "zone": _place(zone),
        "offset": offset(now, zone),
        "share_url": settings.BASE_URL + part.url + _key(story) if out else "",
    }


def _key(story: Story) -> str:
    """What the link to an unlisted story carries along."""
    return f"?key={quote(story.key)}" if story.visibility == Visibility.UNLISTED else ""


# A story's rhythm


@dataclass(frozen=True, slots=True)
class Turn:
    """A part in the queue, and when its turn comes."""

    part: Part
    when: str
    empty: bool = False


@desk
@require_http_methods(["GET", "POST"])
def story(request: HttpRequest, pk: int) -> HttpResponse:
    """A story's rhythm, what waits in its queue, and what has a time of its own."""
    found, account = story_for(request, pk, Power.RELEASE), account_of(request)
    kept = rhythm.rhythm_of(found)
    form = RhythmForm(rhythm=kept, zone=account.time_zone)
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do == "set":
            form = RhythmForm(request.POST, rhythm=None, zone=account.time_zone)
        try:
            if said := _change(found, do, form, request.POST.get("part", ""), account):
                messages.success(request, said)
                return HttpResponseRedirect(f"/write/stories/{found.pk}/release/")
        except NotAllowedError:
            raise
        except RuleError as refusal:
            messages.error(request, str(refusal))
    status = 400 if request.method == "POST" else 200
    context = _story_page(found, kept, form, account)
    return render(request, "writing/release.html", context, status=status)


def _change(story: Story, do: str, form: RhythmForm, part: str, by: Account) -> str:
    """Do what was asked, and say what has been done; "" if it is not clear what, or the form is not right."""
    acts: dict[str, Callable[[], str]] = {
        "set": lambda: _set(story, form, by),
        "pause": lambda: _done(rhythm.pause(story, by=by), _("Paused.")),
        "resume": lambda: _done(rhythm.resume(story, by=by), _("It goes on.")),
        "end": lambda: _done(rhythm.end(story, by=by), _("The rhythm has ended. What waited is a draft.")),
        "queue": lambda: _queue_all(story, by),
        "leave": lambda: _leave(story, part, by),
    }
    return acts[do]() if do in acts else ""


def _done(result: None, said: str) -> str:
    return said


def _set(story: Story, form: RhythmForm, by: Account) -> str:
    if not form.is_valid():
        return ""
    told = form.cleaned_data
    rhythm.set(story, by=by, days=told["days"], at=told["at"], zone=told["zone"])
    return _("This is the rhythm now.")


def _queue_all(story: Story, by: Account) -> str:
    number = rhythm.queue_drafts(story, by=by)
    return ngettext("%(n)d draft joined the queue.", "%(n)d drafts joined the queue.", number) % {"n": number}


def _leave(story: Story, part: str, by: Account) -> str:
    found = story.parts.filter(pk=int(part)).first() if re.fullmatch("[0-9]{1,18}", part) else None
    if found is None:
        raise Http404
    rhythm.leave_queue(found, by=by)
    return _("“%(title)s” is a draft again.") % {"title": found.title}


def _story_page(story: Story, kept: Rhythm | None, form: RhythmForm, account: Account) -> dict[str, Any]:
    """Every time by the clocks of the account, as on the other pages; the rhythm keeps those that it has."""
    now = timezone.now()
    zone = zone_named(account.time_zone)
    parts = story.parts.filter(deleted_at=None, released_at=None).defer("note_before", "note_after")
    waiting = [part for part in parts.order_by("position") if not is_out(part, now)]
    queue = [part for part in waiting if part.queued_at]
    return {
        "story": story,
        "form": form,
        "rhythm": kept,
        "days": _days(kept, form),
        "rhythm_zone": _place(zone_named(kept.time_zone)) if kept and kept.time_zone != zone.key else "",
        "queue": [_turn(part, kept, zone) for part in queue],
        "own": _own_times(waiting, zone),
        "drafts": rhythm.ready_drafts(story).count(),
        "ahead": [told(at, zone) for at in _ahead(kept, now)] if kept and not queue else [],
        "states": listing.states_of(story),
        "can": listing.powers_on(story, account),
        "zone": _place(zone),
        "offset": offset(now, zone),
    }


def _turn(part: Part, kept: Rhythm | None, zone: ZoneInfo) -> Turn:
    if part.release_at:
        return Turn(part, told(part.release_at, zone))
    return Turn(part, "", empty=kept is not None and kept.paused_at is None and has_no_text(part))


def _own_times(parts: Sequence[Part], zone: ZoneInfo) -> list[Turn]:
    """What was given a time by hand, the next first."""
    by_hand = [(part.release_at, part) for part in parts if part.release_at and not part.queued_at]
    return [Turn(part, told(at, zone)) for at, part in sorted(by_hand, key=lambda one: one[0])]


def _days(kept: Rhythm | None, form: RhythmForm) -> str:
    """The days of the rhythm in words."""
    names = dict(form.fields["days"].choices)  # type: ignore[attr-defined]
    return ", ".join(str(names[int(day)]) for day in kept.days) if kept else ""


def _ahead(kept: Rhythm, now: datetime) -> list[datetime]:
    days = [int(day) for day in kept.days]
    return rhythm.slots(days, kept.at, zone_named(kept.time_zone), now, AHEAD)


# The calendar


@desk
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """A month of what comes out, and came out, of my stories."""
    account = account_of(request)
    zone = zone_named(account.time_zone)
    month = month_of(account, zone, request.GET.get("month", ""))
    context = {"month": month, "zone": _place(zone), "offset": offset(timezone.now(), zone)}
    return render(request, "writing/calendar.html", context)
