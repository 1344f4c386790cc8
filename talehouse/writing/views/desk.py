"""The desk: my stories, what waits, what comes out next, what may be brought back; and beginning anew."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from talehouse.accounts.models import Account
from talehouse.comments import deciding
from talehouse.stories import consenting, holding, people, publishing, removing, starting
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Proposal, RoleKind, Story
from talehouse.stories.powers import Power
from talehouse.writing import listing
from talehouse.writing.forms import NewStoryForm
from talehouse.writing.opening import account_of, desk, story_for


@desk
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Everything that I write on, at one look."""
    account = account_of(request)
    start = _start(request)
    mine = list(listing.my_stories(account)[start : start + listing.PAGE + 1])
    context = {
        "stories": [listing.line_of(story, account) for story in mine[: listing.PAGE]],
        "older": start + listing.PAGE if len(mine) > listing.PAGE else None,
        "start": start,
        "drafts": listing.drafts_waiting(account),
        "invitations": [_invitation(role) for role in people.invitations_of(account)[:20]],
        "proposals": [_proposal(one) for one in consenting.unanswered_by(account)[:20]],
        "coming": listing.coming_next(account),
        "waiting": deciding.waiting_for(account).count(),
        "deleted": listing.lately_deleted(account),
        "zone": account.time_zone,
    }
    return render(request, "writing/desk.html", context)


def _start(request: HttpRequest) -> int:
    told = request.GET.get("from", "")
    return min(int(told), 100_000) if told.isascii() and told.isdigit() and len(told) < 7 else 0


def _invitation(role: Any) -> dict[str, Any]:
    return {
        "url": f"/write/invitations/{role.pk}/",
        "title": role.story.title,
        "pen_name": role.pen_name.name,
        "kind": str(RoleKind(role.offered or role.kind).label),
        "by": role.invited_by.name if role.invited_by else "",
    }


def _proposal(proposal: Proposal) -> dict[str, str]:
    return {"url": f"/write/stories/{proposal.story_id}/people/", "text": consenting.question(proposal)}


@desk
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a story: title, language, rating and text, then into the editor."""
    account = account_of(request)
    sent = request.POST if request.method == "POST" else None
    form = NewStoryForm(sent, account=account, initial={"language": _language(request, account)})
    if request.method == "POST" and form.is_valid():
        try:
            part = starting.begin(by=account, **form.wishes())
            return HttpResponseRedirect(f"/write/parts/{part.pk}/")
        except NotAllowedError:
            raise
        except RuleError as refusal:
            form.add_error(None, str(refusal))
    return render(request, "writing/new.html", {"form": form}, status=400 if form.is_bound else 200)


def _language(request: HttpRequest, account: Account) -> str:
    """The language of what they began last, else that of the page."""
    last = Story.objects.filter(roles__pen_name__account=account).order_by("-pk").values_list("language")
    found = last.first()
    return str(found[0]) if found else str(request.LANGUAGE_CODE)


@desk
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish every draft of one of my stories."""
    story = story_for(request, pk, Power.RELEASE)
    number = publishing.publish_all(story, by=account_of(request))
    text = ngettext("%(n)d part is out now.", "%(n)d parts are out now.", number) % {"n": number}
    messages.success(request, holding.said(story, text))
    return HttpResponseRedirect(story.url)


@desk
@require_POST
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the deletion of a story, within 30 days."""
    account = account_of(request)
    story = Story.objects.allowing(account, Power.OWN).filter(pk=pk).exclude(deleted_at=None).first()
    if story is None:
        story_for(request, pk, Power.OWN)
        return HttpResponseRedirect("/write/")
    try:
        removing.undelete(story, by=account)
        messages.success(request, _("“%(title)s” is back.") % {"title": story.title})
    except NotAllowedError:
        raise
    except RuleError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect("/write/")
