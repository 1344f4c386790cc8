"""The host at the doors: who waits to be let in, invitations, and first stories that wait."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from talehouse.accounts import approving as people_rules
from talehouse.accounts import invitations
from talehouse.accounts.errors import DoorError
from talehouse.accounts.models import Account, Invitation, PenName
from talehouse.ops.forms import InvitationForm, RefusalForm
from talehouse.ops.views import host_of
from talehouse.stories import approving as story_rules
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part, Role, Story

SHOWN = 100
"""People, invitations and stories on one page; what comes after them moves up."""
LINK = "invitation-link"
"""How the page knows the message that holds a new link."""


@never_cache
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Who waits, and the invitations that are out."""
    host_of(request)
    return _people(request, InvitationForm())


def _people(request: HttpRequest, form: InvitationForm, status: int = 200) -> HttpResponse:
    context = {
        "waiting": _with_names(people_rules.waiting(), "pk")[:SHOWN],
        "more": max(0, people_rules.waiting().count() - SHOWN),
        "invitations": _with_names(Invitation.objects.order_by("-pk"), "used_by")[:SHOWN],
        "form": form,
        "now": timezone.now(),
    }
    return render(request, "ops/people.html", context, status=status)


def _with_names(rows: QuerySet[Any], account: str) -> QuerySet[Any]:
    """Each with `signs`: the first pen name of the account that this column names."""
    names = PenName.objects.filter(account=OuterRef(account)).order_by("-preferred", "pk")
    named: QuerySet[Any] = rows.annotate(signs=Subquery(names.values("name")[:1]))
    return named


@require_POST
def decide_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody in who waits, or not."""
    host = host_of(request)
    account = get_object_or_404(Account, pk=pk, waits_since__isnull=False)
    try:
        if request.POST.get("decision") == "approve":
            people_rules.approve(account, by=host)
            messages.success(request, _("%(email)s is in, and gets a mail.") % {"email": account.email})
        elif request.POST.get("decision") == "refuse":
            people_rules.refuse(account, by=host)
            messages.success(request, _("%(email)s is gone.") % {"email": account.email})
    except DoorError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect("/host/people/")


@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """A new invitation: its link is shown once, on the page that follows."""
    host = host_of(request)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _people(request, form, status=400)
    try:
        _made, token = invitations.make(by=host, note=form.cleaned_data["note"])
    except DoorError as refusal:
        messages.error(request, str(refusal))
    else:
        link = request.build_absolute_uri(f"/accounts/signup/?invitation={token}")
        messages.success(request, link, extra_tags=LINK)
    return HttpResponseRedirect("/host/people/")


@require_POST
def end_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """An invitation lets nobody in any more."""
    host = host_of(request)
    try:
        invitations.end(get_object_or_404(Invitation, pk=pk), by=host)
        messages.success(request, _("The invitation has ended."))
    except DoorError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect("/host/people/")


@never_cache
@require_GET
def stories(request: HttpRequest) -> HttpResponse:
    """First stories that wait, with the way to read them."""
    return _stories(request, host_of(request))


def _stories(request: HttpRequest, host: Account, refused: RefusalForm | None = None) -> HttpResponse:
    parts = Part.objects.visible_to(host).order_by("position")
    roles = Role.objects.filter(accepted_at__isnull=False).select_related("pen_name")
    found = (
        Story.objects.waiting_for(host)
        .order_by(F("held_at").asc(), "pk")
        .prefetch_related(
            Prefetch("parts", parts, to_attr="to_read"), Prefetch("roles", roles, to_attr="people")
        )
    )
    rows = [
        {"story": story, "form": refused if refused and refused.about == story.pk else RefusalForm(story.pk)}
        for story in found[:SHOWN]
    ]
    return render(request, "ops/stories.html", {"rows": rows}, status=400 if refused else 200)


@require_POST
def decide_story(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a first story out, or say why not."""
    host = host_of(request)
    story = get_object_or_404(Story.objects.waiting_for(host), pk=pk)
    form = RefusalForm(pk, request.POST)
    try:
        if request.POST.get("decision") == "approve":
            story_rules.approve(story, by=host)
            messages.success(request, _("“%(title)s” is out.") % {"title": story.title})
        elif not form.is_valid():
            return _stories(request, host, form)
        else:
            story_rules.refuse(story, by=host, reason=form.cleaned_data["reason"])
            messages.success(
                request, _("The writer of “%(title)s” reads your answer.") % {"title": story.title}
            )
    except RuleError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect("/host/stories/")
