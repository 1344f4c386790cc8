"""Closing my account, and changing my mind."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from talehouse.accounts.models import Account
from talehouse.lib.rates import Rate
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.writing import closing
from talehouse.writing.account_forms import CloseForm
from talehouse.writing.models import Closing
from talehouse.writing.opening import account_of, desk, refused

TRYING = Rate(limit=10, seconds=600)
"""Passwords that may be tried here."""


def _has_no_password(request: HttpRequest) -> bool:
    """Who signs in with a passkey only shows it again; everybody else types the password into the form."""
    return not account_of(request).has_usable_password()


@desk
@reauthentication_required(enabled=_has_no_password)  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """What closing means, and what is to become of each story."""
    account = account_of(request)
    if account.closes_at is not None:
        return _being_closed(request, account)
    if request.method == "POST" and not TRYING.allows(str(account.uuid)):
        return refused(request, _("Too many tries. Please wait a while."), 429)
    form = CloseForm(
        account, closing.own_stories(account), *([request.POST] if request.method == "POST" else [])
    )
    if request.method == "POST" and form.is_valid() and _asked(request, form):
        return HttpResponseRedirect("/settings/close/")
    context = {"form": form, "account": account, "is_only_host": closing.is_only_host(account)}
    status = 400 if request.method == "POST" else 200
    return render(request, "writing/settings/close.html", context, status=status)


def _being_closed(request: HttpRequest, account: Account) -> HttpResponse:
    """What was chosen, as it will be done."""
    context = {
        "account": account,
        "fates": closing.fates(account),
        "removes_comments": closing.comments_wish(account) == Closing.Comments.REMOVE,
    }
    return render(request, "writing/settings/closing.html", context)


def _asked(request: HttpRequest, form: CloseForm) -> bool:
    try:
        closing.ask(by=account_of(request), comments=form.cleaned_data["comments"], wishes=form.wishes())
        return True
    except NotAllowedError:
        raise
    except RuleError as error:
        form.add_error(None, str(error))
        return False


@desk
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Change my mind within the 14 days."""
    try:
        closing.keep(by=account_of(request))
        messages.success(request, _("Your account stays, with everything in it."))
    except RuleError as error:
        messages.error(request, str(error))
    onward = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(onward if own else "/settings/")
