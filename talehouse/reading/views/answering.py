"""A reader answers what they have read: the posts that need several rooms."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from talehouse.accounts.models import Account, PenName
from talehouse.library import following, lists
from talehouse.reading.opening import key_of, person_of, suffix
from talehouse.reading.views.lists import met
from talehouse.reads import counting
from talehouse.reads.views import reader_of
from talehouse.site.templatetags.look import amount, compact
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part, Series, Story
from talehouse.votes import casting


def _answer_to(request: HttpRequest, pk: int) -> Part:
    """A part that is out and that this person may see."""
    visible = Part.objects.visible_to(person_of(request), key=key_of(request)).released()
    return get_object_or_404(visible.select_related("story"), pk=pk)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


@never_cache
@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Cast a vote, or take it back (`vote=0`). Sent without JavaScript, it records the read too."""
    wants = request.POST.get("vote") != "0"
    if not isinstance(person := person_of(request), Account) and not person.is_authenticated:
        return _signed_out(request, pk)
    part = _answer_to(request, pk)
    account: Account = person  # type: ignore[assignment]  # who has signed in is an account
    try:
        (casting.cast if wants else casting.take_back)(part, by=account)
    except RuleError as refusal:
        return _refused(request, str(refusal))
    if "js" not in request.POST:
        counting.record(part, by=reader_of(request))
        return HttpResponseRedirect(f"{part.url}{suffix(part.story, key_of(request))}#vote")
    part.refresh_from_db(fields=["vote_count"])
    votes = {"short": compact(part.vote_count), "full": amount(part.vote_count, "vote")}
    return JsonResponse({"voted": wants, "votes": votes})


def _refused(request: HttpRequest, message: str) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"message": message}, status=403)
    return render(request, "403.html", {"message": message}, status=403)


def _signed_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody may vote without an account; whose session has ended signs in and comes back."""
    if _wants_json(request):
        return JsonResponse({"message": _("Please sign in first.")}, status=401)
    if not Part.objects.visible_to(person_of(request), key=key_of(request)).filter(pk=pk).exists():
        raise Http404
    return HttpResponseRedirect(f"/accounts/login/?next=/parts/{pk}/")


@never_cache
@login_required
@require_POST
def follow_story(request: HttpRequest, pk: int) -> HttpResponse:
    """Hear of new parts of a story, or no more (`follow=0`)."""
    return _follow(request, get_object_or_404(Story.objects.visible_to(person_of(request)), pk=pk))


@never_cache
@login_required
@require_POST
def follow_series(request: HttpRequest, pk: int) -> HttpResponse:
    """Hear of new parts of all stories of a series of which one may be met."""
    listed = Story.objects.listed_for(person_of(request)).values("pk")
    series = Series.objects.filter(entries__story__in=listed).distinct()
    return _follow(request, get_object_or_404(series, pk=pk))


@never_cache
@login_required
@require_POST
def follow_person(request: HttpRequest, slug: str) -> HttpResponse:
    """Hear of whatever comes out under a pen name."""
    return _follow(request, get_object_or_404(PenName, slug=slug))


@never_cache
@login_required
@require_POST
def follow_tag(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Find what is new under a tag among my updates."""
    return _follow(request, get_object_or_404(met(person_of(request)), kind=kind, slug=slug))


@never_cache
@login_required
@require_POST
def follow_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Find what is new in a public reading list among my updates."""
    return _follow(request, get_object_or_404(lists.public(), pk=pk))


def _follow(request: HttpRequest, thing: following.Followed) -> HttpResponse:
    account: Account = person_of(request)  # type: ignore[assignment]  # who has signed in is an account
    try:
        (following.unfollow if request.POST.get("follow") == "0" else following.follow)(thing, by=account)
    except RuleError as refusal:
        return _refused(request, str(refusal))
    return HttpResponseRedirect(thing.url)
