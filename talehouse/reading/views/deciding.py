"""What is done with a comment: liked, changed, taken back; approved, hidden, pinned by those who decide."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from talehouse.accounts import blocking
from talehouse.accounts.models import Account, PenName
from talehouse.comments import deciding, saying
from talehouse.comments.models import Comment
from talehouse.reading.opening import onward
from talehouse.reading.views.talking import ABOUT, SPOTS, account_of, found
from talehouse.reading.views.unsent import keeps_words, shown_again, signed_out
from talehouse.stories.errors import NotAllowedError, RuleError

Rule = Callable[[Comment, Account], object]
RULES: dict[str, Rule] = {
    "like": lambda comment, by: deciding.like(comment, by=by),
    "unlike": lambda comment, by: deciding.unlike(comment, by=by),
    "delete": lambda comment, by: deciding.take_back(comment, by=by),
    "approve": lambda comment, by: deciding.approve(comment, by=by),
    "hide": lambda comment, by: deciding.hide(comment, by=by),
    "unhide": lambda comment, by: deciding.unhide(comment, by=by),
    "pin": lambda comment, by: deciding.pin(comment, by=by),
    "unpin": lambda comment, by: deciding.pin(comment, by=by, on=False),
    "freeze": lambda comment, by: deciding.freeze(comment, by=by),
    "thaw": lambda comment, by: deciding.freeze(comment, by=by, on=False),
    "strike": lambda comment, by: deciding.strike_quote(comment, by=by),
    "bar": lambda comment, by: deciding.bar(comment, by=by),
}
DONE = {
    "delete": gettext_lazy("Your comment is gone."),
    "approve": gettext_lazy("Everybody sees it now."),
    "hide": gettext_lazy("Only its sender and the authors see it now."),
    "bar": gettext_lazy("Whoever said this comments on none of your stories any more."),
}


@never_cache
@login_required
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Do one of these with a comment; a script gets JSON, a plain form goes back to where it stood."""
    said, spot = found(request, pk)
    account = account_of(request)
    if account is None or verb not in RULES:
        raise Http404
    try:
        RULES[verb](said, account)
    except RuleError as refusal:
        return _refused(request, str(refusal))
    if "js" in request.POST:
        said.refresh_from_db(fields=["like_count"])
        return JsonResponse({"likes": said.like_count})
    if verb in DONE:
        messages.success(request, str(DONE[verb]), extra_tags=ABOUT)
    seen = Comment.objects.visible_to(account, decides=True).filter(pk=pk, deleted_at=None).exists()
    return HttpResponseRedirect(f"/comments/{pk}/" if seen else spot.url)


def _refused(request: HttpRequest, message: str) -> HttpResponse:
    if "js" in request.POST:
        return JsonResponse({"message": message}, status=403)
    return render(request, "403.html", {"message": message}, status=403)


@never_cache
@login_required
@require_POST
def close(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Nothing more can be said on this part or story, or, with `open`, it can again."""
    spot = SPOTS[kind](request, pk)
    account, thing = account_of(request), spot.place.part or spot.place.story
    if account is None or thing is None:
        raise Http404
    try:
        deciding.close(thing, by=account, on="open" not in request.POST)
    except NotAllowedError as refusal:
        return _refused(request, str(refusal))
    return HttpResponseRedirect(spot.url)


@never_cache
@require_http_methods(["GET", "POST"])
@keeps_words
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what I said, within a day."""
    account = account_of(request)
    if account is None:
        return signed_out(request)
    said, spot = found(request, pk)
    if said.pen_name is None or said.pen_name.account_id != account.pk:
        return shown_again(request, _("This comment is not yours to change."), status=403)
    error, text = "", request.POST.get("text", said.text)
    if request.method == "POST":
        try:
            saying.edit(said, by=account, text=text)
        except NotAllowedError as refusal:
            return shown_again(request, str(refusal), status=403)
        except RuleError as refusal:
            error = str(refusal)
        else:
            return HttpResponseRedirect(f"/comments/{pk}/")
    context = {"comment": said, "spot": spot, "text": text, "error": error}
    return render(request, "comments/edit.html", context, status=400 if error else 200)


@never_cache
@login_required
@require_http_methods(["GET"])
def before(request: HttpRequest, pk: int) -> HttpResponse:
    """What a comment said before it was changed: for hosts alone."""
    said, spot = found(request, pk)
    account = account_of(request)
    if account is None or not account.is_host:
        raise Http404
    context = {"comment": said, "spot": spot, "edits": said.edits.order_by("-until", "-pk")}
    return render(request, "comments/before.html", context)


NAME_RULES: dict[str, Callable[[PenName, Account], None]] = {
    "block": lambda pen_name, by: blocking.block(pen_name, by=by),
    "unblock": lambda pen_name, by: blocking.unblock(pen_name, by=by),
    "mute": lambda pen_name, by: blocking.mute(pen_name, by=by),
    "unmute": lambda pen_name, by: blocking.unmute(pen_name, by=by),
}


@never_cache
@login_required
@require_POST
def name(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Block or mute a pen name, or no more; then back to where the form stood, else to the list of those."""
    account = account_of(request)
    if account is None or verb not in NAME_RULES:
        raise Http404
    pen_name: PenName = get_object_or_404(PenName, slug=slug)
    try:
        NAME_RULES[verb](pen_name, account)
    except blocking.BlockingError as refusal:
        return _refused(request, str(refusal))
    return HttpResponseRedirect(onward(request, "/settings/people/"))


@never_cache
@login_required
@require_http_methods(["GET"])
def names(request: HttpRequest) -> HttpResponse:
    """Whom I have blocked and muted, by the names that I saw."""
    account = account_of(request)
    if account is None:
        raise Http404
    context = {
        "blocked": account.blockings.select_related("through").order_by("-made_at"),
        "muted": account.mutings.select_related("pen_name").order_by("-made_at"),
        "barred": account.bars.select_related("through").order_by("-made_at"),
    }
    return render(request, "comments/names.html", context)


@login_required
@require_POST
def unbar(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody whom I had barred may comment again."""
    account = account_of(request)
    if account is not None:
        deciding.unbar(get_object_or_404(account.bars, pk=pk), by=account)
    return HttpResponseRedirect("/settings/people/")
