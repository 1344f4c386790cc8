"""The people of a story: invitations, roles, what the authors decide together, and leaving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from talehouse.accounts.models import Account
from talehouse.lib.slugs import name_key
from talehouse.stories import consenting, orphaning, people
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Departure, Part, Proposal, Role, RoleKind, Story
from talehouse.stories.powers import POWERS, WORDS, Power
from talehouse.writing import company
from talehouse.writing.opening import account_of, desk, story_for


class InviteForm(forms.Form):
    """Whom, and as what."""

    name = forms.CharField(
        label=gettext_lazy("Pen name"),
        max_length=60,
        help_text=gettext_lazy("The name that they write under here."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("As"),
        choices=[(kind.value, kind.label) for kind in people.INVITABLE],
        initial=RoleKind.BETA.value,
    )


@desk
@require_http_methods(["GET", "POST"])
def of_story(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody on a story; each of them may look, and leave."""
    story = story_for(request, pk, Power.READ)
    if request.method != "POST":
        return _page(request, story, InviteForm())
    form = InviteForm(request.POST if request.POST.get("do") == "invite" else None)
    try:
        return HttpResponseRedirect(_done(request, story, form))
    except NotAllowedError:
        raise
    except RuleError as refusal:
        if form.is_bound and not form.errors:
            form.add_error("name", str(refusal))
        elif not form.is_bound:
            messages.error(request, str(refusal))
    return _page(request, story, form, status=400)


def _page(request: HttpRequest, story: Story, form: InviteForm, status: int = 200) -> HttpResponse:
    context = company.shown(story, account_of(request))
    context |= {"form": form, "do": request.POST.get("do", ""), "typed": request.POST.get("title", "")}
    return render(request, "writing/people.html", context, status=status)


def _done(request: HttpRequest, story: Story, form: InviteForm) -> str:
    """Do what was asked; returns where to go. Raises RuleError with the sentence to show."""
    by = account_of(request)
    if by.is_suspended:
        raise NotAllowedError(_("Your account is suspended: you can look, and take your things with you."))
    if form.is_bound:
        return _invite(request, story, form, by)
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise RuleError(_("This page does not know what to do. Load it again."))
    said, onward = act(story, by, request.POST)
    messages.success(request, said)
    return onward or _here(story)


def _here(story: Story) -> str:
    return f"/write/stories/{story.pk}/people/"


def _invite(request: HttpRequest, story: Story, form: InviteForm, by: Account) -> str:
    if not form.is_valid():
        raise RuleError(_("Look at the form."))
    role = people.invite(story, form.cleaned_data["name"], RoleKind(form.cleaned_data["kind"]), by=by)
    messages.success(request, _("%(name)s is invited.") % {"name": role.pen_name.name})
    return _here(story)


Said = tuple[str, str]
"""What to say, and where to go afterwards ("": back to the page)."""


def _role(story: Story, data: QueryDict) -> Role:
    told = data.get("role", "")
    number = int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 0
    return get_object_or_404(story.roles.select_related("pen_name"), pk=number)


def _proposal(story: Story, data: QueryDict) -> Proposal:
    told = data.get("proposal", "")
    number = int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 0
    return get_object_or_404(story.proposals, pk=number)


def _take_back(story: Story, by: Account, data: QueryDict) -> Said:
    people.take_back(_role(story, data), by=by)
    return _("The invitation is taken back."), ""


def _made(kind: RoleKind) -> Callable[[Story, Account, QueryDict], Said]:
    def change(story: Story, by: Account, data: QueryDict) -> Said:
        role = people.change_kind(_role(story, data), kind, by=by)
        asked = _("%(name)s is asked to become a co-author.")
        return (asked if role.offered else _("%(name)s has a new role.")) % {"name": role.pen_name.name}, ""

    return change


def _let_go(story: Story, by: Account, data: QueryDict) -> Said:
    role = _role(story, data)
    people.let_go(role, by=by)
    return _("%(name)s is no longer on this story.") % {"name": role.pen_name.name}, ""


def _move_up(story: Story, by: Account, data: QueryDict) -> Said:
    role = _role(story, data)
    accepted = story.roles.filter(accepted_at__isnull=False, kind__in=people.AUTHORS)
    order = list(accepted.values_list("pk", flat=True))
    if role.pk in order[1:]:
        place = order.index(role.pk)
        order[place - 1 : place + 1] = [role.pk, order[place - 1]]
    people.order_authors(story, order, by=by)
    return _("The names stand in a new order."), ""


def _leave(story: Story, by: Account, data: QueryDict) -> Said:
    role = people.role_of(story, by)
    if role is None:
        raise NotAllowedError(_("You have no role on this story."))
    people.leave(role, by=by)
    return _("You have left “%(title)s”.") % {"title": story.title}, "/write/"


def _must_have_typed(story: Story, data: QueryDict) -> None:
    if name_key(data.get("title", "")) != name_key(story.title):
        raise RuleError(_("Type the title of the story to confirm: “%(title)s”.") % {"title": story.title})


def _delete(story: Story, by: Account, data: QueryDict) -> Said:
    _must_have_typed(story, data)
    made = consenting.propose(story, Proposal.What.DELETE, by=by)
    if made.done_at:
        return _("“%(title)s” is deleted. You can bring it back for 30 days.") % {
            "title": story.title
        }, "/write/"
    return _still_asked(), ""


def _orphan(story: Story, by: Account, data: QueryDict) -> Said:
    _must_have_typed(story, data)
    made = consenting.propose(story, Proposal.What.ORPHAN, by=by)
    return _left(story) if made.done_at else (_still_asked(), "")


def _orphan_alone(story: Story, by: Account, data: QueryDict) -> Said:
    _must_have_typed(story, data)
    orphaning.orphan(story, by=by)
    return _left(story)


def _left(story: Story) -> Said:
    return _("Your name is gone from “%(title)s”.") % {"title": story.title}, "/write/departures/"


def _still_asked() -> str:
    return _("The other authors are asked. It is done when the last of them has said yes.")


def _propose_removal(story: Story, by: Account, data: QueryDict) -> Said:
    role = _role(story, data)
    made = consenting.propose(story, Proposal.What.REMOVE, by=by, role=role)
    if made.done_at:
        return _("%(name)s is no longer on this story.") % {"name": role.pen_name.name}, ""
    return _still_asked(), ""


def _agree(story: Story, by: Account, data: QueryDict) -> Said:
    made = consenting.consent(_proposal(story, data), by=by)
    if not made.done_at:
        return _("You have said yes."), ""
    match made.what:
        case Proposal.What.DELETE:
            return _("Everybody has said yes, and the story is deleted."), "/write/"
        case Proposal.What.ORPHAN:
            return _left(story)
    return _("Everybody has said yes, and it is done."), ""


def _disagree(story: Story, by: Account, data: QueryDict) -> Said:
    consenting.take_back(_proposal(story, data), by=by)
    return _("Your yes is taken back."), ""


def _decline(story: Story, by: Account, data: QueryDict) -> Said:
    consenting.decline(_proposal(story, data), by=by)
    return _("You have said no, and the proposal has ended."), ""


ACTS: dict[str, Callable[[Story, Account, QueryDict], Said]] = {
    "take-back": _take_back,
    "make-beta": _made(RoleKind.BETA),
    "make-editor": _made(RoleKind.EDITOR),
    "make-co-author": _made(RoleKind.CO_AUTHOR),
    "let-go": _let_go,
    "up": _move_up,
    "leave": _leave,
    "delete": _delete,
    "orphan": _orphan,
    "orphan-alone": _orphan_alone,
    "remove": _propose_removal,
    "agree": _agree,
    "disagree": _disagree,
    "decline": _decline,
}


@desk
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """What I have been asked, and my answer. Nothing of the story but its title is told."""
    by = account_of(request)
    role = get_object_or_404(people.invitations_of(by), pk=pk)
    if request.method != "POST":
        return render(request, "writing/invitation.html", _asked(role))
    answer = request.POST.get("answer", "")
    try:
        if answer == "accept":
            people.accept(role, by=by)
            messages.success(request, _("Welcome to “%(title)s”.") % {"title": role.story.title})
            return HttpResponseRedirect(_first_page(role))
        if answer == "decline":
            people.decline(role, by=by)
            messages.success(request, _("You have declined. Nothing else happens."))
            return HttpResponseRedirect("/write/")
        refusal = _("Say yes or no.")
    except NotAllowedError:
        raise
    except RuleError as error:
        refusal = str(error)
    messages.error(request, refusal)
    return render(request, "writing/invitation.html", _asked(role), status=400)


def _asked(role: Role) -> dict[str, Any]:
    kind = RoleKind(role.offered or role.kind)
    powers = [WORDS[power] for power in Power if kind in POWERS[power]]
    return {"role": role, "title": role.story.title, "kind": kind, "powers": powers}


def _first_page(role: Role) -> str:
    """Where who has just joined begins: helpers at the first text, authors among the people."""
    first = Part.objects.standing().filter(story=role.story_id).order_by("position").first()
    if role.kind in people.HELPERS and first is not None and not role.offered:
        return f"/write/parts/{first.pk}/notes/"
    return f"/write/stories/{role.story_id}/people/"


@desk
@require_GET
def departures(request: HttpRequest) -> HttpResponse:
    """The stories that I left to the archive, and may come back to for 30 days."""
    left = orphaning.departures_of(account_of(request))
    return render(request, "writing/departures.html", {"departures": left, "days": orphaning.UNDO.days})


@desk
@require_POST
def come_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Put my name back on a story that I left to the archive."""
    by = account_of(request)
    left = get_object_or_404(Departure.objects.filter(pen_name__account=by).select_related("story"), pk=pk)
    try:
        orphaning.undo(left, by=by)
    except NotAllowedError:
        raise
    except RuleError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect("/write/departures/")
    messages.success(request, _("“%(title)s” is yours again.") % {"title": left.story.title})
    return HttpResponseRedirect(_here(left.story))
