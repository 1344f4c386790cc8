"""What is suggested: to me, with a switch and "not interested"; and beside a story, to everybody."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from talehouse.library import suggestions, wishes
from talehouse.pages.keeping import kept
from talehouse.rankings.alike import suggesting
from talehouse.reading.cards import cards
from talehouse.reading.holes import reasoned
from talehouse.reading.opening import account_of, person_of
from talehouse.search.freshness import VERSION
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Story, Visibility

PAGE = "/library/for-you/"
MOST = 24


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def for_you(request: HttpRequest) -> HttpResponse:
    """All that is suggested to me, each with its reason; POST switches it on or off."""
    account = account_of(request)
    if request.method == "POST":
        wishes.change(by=account, suggests=request.POST.get("suggests") == "1")
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(PAGE)
    found = suggesting.for_you(account, most=MOST)
    shown = [reasoned(*pair) for pair in zip(cards([one.story for one in found]), found, strict=True)]
    context = {
        "suggested": shown,
        "wanted": suggestions.wanted(account),
        "declined": suggestions.told(account),
    }
    return render(request, "reading/for_you.html", context)


@never_cache
@login_required
@require_POST
def answer(request: HttpRequest, pk: str, verb: str) -> HttpResponse:
    """I am not interested in a story, or it may be suggested again."""
    account = account_of(request)
    if verb == "again":
        suggestions.take_back(int(pk), by=account)
        messages.success(request, _("It may be suggested to you again."))
    elif verb == "decline":
        story = get_object_or_404(Story.objects.visible_to(account), pk=pk)
        try:
            suggestions.decline(story, by=account)
        except RuleError as refusal:
            return render(request, "403.html", {"message": str(refusal)}, status=403)
        messages.success(request, _("It is not suggested to you any more. Below you can take that back."))
    else:
        raise Http404
    return HttpResponseRedirect(PAGE)


@kept
def alike(request: HttpRequest, pk: int) -> HttpResponse:
    """More like this story: by its readers, by its tags, and by its words."""
    person = person_of(request)
    found = get_object_or_404(Story.objects.visible_to(person), pk=pk)
    beside = suggesting.beside(found, person, most=12)
    like = [one for one in suggesting.like(found, person) if one not in beside]
    akin = {one: words for one, words in suggesting.akin(found, person) if one not in [*beside, *like]}
    known = {card.id: card for card in cards([*beside, *like, *akin])}
    for one, words in akin.items():
        known[one.pk].reason = _("In both: %(words)s") % {"words": ", ".join(words)}
    if found.visibility == Visibility.PUBLIC and not (found.hidden_at or found.withdrawn_at or found.held_at):
        request.page.keep(  # type: ignore[attr-defined]
            depends=["site", "lists", VERSION, f"story:{pk}", f"alike:{pk}"],
            counts=[f"counts:{number}" for number in known],
        )
    context = {
        "story": found,
        "beside": [known[one.pk] for one in beside],
        "like": [known[one.pk] for one in like],
        "akin": [known[one.pk] for one in akin],
    }
    return render(request, "reading/alike.html", context)
