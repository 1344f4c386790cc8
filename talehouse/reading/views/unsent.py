"""Words that came with a post which was refused: they are shown again, so that none are lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

View = Callable[..., HttpResponse]


def keeps_words(view: View) -> View:
    """For a view that takes `text`: where its place is not found, the answer shows the words that were sent.

    It says the same for what is not there and for what is not theirs to see.
    """

    @wraps(view)
    def kept(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except Http404:
            if not _words(request):
                raise
            message = _("This is not here any more, or only for those who have signed in.")
            return shown_again(request, message, status=404)

    return kept


def signed_out(request: HttpRequest) -> HttpResponse:
    """For a page that needs an account: the way to sign in, below the words that somebody has sent."""
    if not _words(request):
        return redirect_to_login(request.get_full_path())
    return shown_again(request, _("You are signed out."), status=403)


def shown_again(request: HttpRequest, message: str, *, status: int) -> HttpResponse:
    """A page with the words that were sent, if any, and why nothing was done with them."""
    context = {"message": message, "unsent": _words(request), "back": request.get_full_path()}
    template = "comments/unsent.html" if context["unsent"] else "403.html"
    return render(request, template, context, status=status)


def _words(request: HttpRequest) -> str:
    text = request.POST.get("text", "") if request.method == "POST" else ""
    return text if text.strip() else ""
