"""My pen names: making, renaming, showing who writes, retiring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from talehouse.accounts import faces, pen_names, portraits
from talehouse.accounts.models import FormerName, PenName
from talehouse.accounts.pen_names import NotYoursError, PenNameError
from talehouse.lib.pictures import BadPictureError
from talehouse.stories import signing
from talehouse.writing.account_forms import NameForm, PortraitForm
from talehouse.writing.opening import account_of, desk

PAGE = 50
LIST = "/settings/pen-names/"


@desk
@require_http_methods(["GET", "POST"])
def pen_name_list(request: HttpRequest) -> HttpResponse:
    """All my pen names, and a place to make another."""
    account = account_of(request)
    form = NameForm(*_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = pen_names.take(form.cleaned_data["name"], by=account)
            messages.success(request, _("You can sign as %(name)s from now on.") % {"name": made.name})
            return HttpResponseRedirect(f"{LIST}{made.pk}/")
        except NotYoursError:
            raise
        except PenNameError as error:
            form.add_error("name", str(error))
    mine = account.pen_names.order_by("retired_at", "-preferred", "pk")
    page = Paginator(mine, PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "zone": account.time_zone}
    return render(request, "writing/settings/pen_names.html", context, status=400 if form.errors else 200)


def _sent(request: HttpRequest) -> tuple[Any, ...]:
    """What was sent with a form; nothing when it is only looked at. Who is suspended only looks."""
    if request.method != "POST":
        return ()
    pen_names.refuse_suspended(account_of(request))
    return request.POST, request.FILES


def _mine(request: HttpRequest, pk: int) -> PenName:
    found: PenName = get_object_or_404(account_of(request).pen_names, pk=pk)
    return found


@desk
@require_http_methods(["GET", "POST"])
def pen_name(request: HttpRequest, pk: int) -> HttpResponse:
    """One of my pen names: what it says of its writer."""
    mine = _mine(request, pk)
    form = PortraitForm(mine, *_sent(request))
    if request.method == "POST" and form.is_valid() and _keep(request, mine, form):
        messages.success(request, _("Kept."))
        return HttpResponseRedirect(f"{LIST}{mine.pk}/")
    return _page(request, mine, form, NameForm(initial={"name": mine.name}))


def _keep(request: HttpRequest, mine: PenName, form: PortraitForm) -> bool:
    """The picture and the words; what cannot be kept is said beside its field, and nothing else is lost."""
    told = form.cleaned_data
    face = told["face"].read() if told["face"] else None
    try:
        portraits.describe(
            mine,
            by=account_of(request),
            about=told["about"],
            links=told["links"].splitlines(),
            face=face,
        )
        return True
    except NotYoursError:
        raise
    except BadPictureError as error:
        form.add_error("face", str(error))
    except PenNameError as error:
        form.add_error("links", str(error))
    return False


def _page(request: HttpRequest, mine: PenName, form: PortraitForm, name_form: NameForm) -> HttpResponse:
    context = {
        "pen_name": PenName.objects.get(pk=mine.pk),
        "form": form,
        "name_form": name_form,
        "former": mine.former_names.order_by("-made_at"),
    }
    wrong = bool(form.errors or name_form.errors)
    return render(request, "writing/settings/pen_name.html", context, status=400 if wrong else 200)


@desk
@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Call one of my pen names something else."""
    mine = _mine(request, pk)
    form = NameForm(*_sent(request))
    if form.is_valid():
        try:
            renamed = signing.rename(mine, form.cleaned_data["name"], by=account_of(request))
            messages.success(request, _("It is called %(name)s now.") % {"name": renamed.name})
            return HttpResponseRedirect(f"{LIST}{mine.pk}/")
        except NotYoursError:
            raise
        except PenNameError as error:
            form.add_error("name", str(error))
    return _page(request, mine, PortraitForm(mine), form)


@desk
@require_POST
def end_former(request: HttpRequest, pk: int, former: int) -> HttpResponse:
    """The page under an old name no longer leads to the new one."""
    found = get_object_or_404(FormerName.objects.filter(pen_name=_mine(request, pk)), pk=former)
    pen_names.end_former(found, by=account_of(request))
    messages.success(request, _("%(name)s leads nowhere now.") % {"name": found.name})
    return HttpResponseRedirect(f"{LIST}{pk}/")


CHANGES: Mapping[str, tuple[Callable[..., None], object]] = {
    "prefer": (pen_names.prefer, gettext_lazy("“%(name)s” is offered first when you write.")),
    "retire": (pen_names.retire, gettext_lazy("“%(name)s” is retired: it signs nothing new.")),
    "bring-back": (pen_names.bring_back, gettext_lazy("“%(name)s” signs again.")),
    "remove-picture": (faces.remove, gettext_lazy("The picture is taken away.")),
}
"""What each button does, and what is said then."""


@desk
@require_POST
def change(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """What one button does."""
    mine = _mine(request, pk)
    if what not in CHANGES:
        raise Http404
    try:
        rule, said = CHANGES[what]
        rule(mine, by=account_of(request))
        messages.success(request, str(said) % {"name": mine.name})
    except NotYoursError:
        raise
    except PenNameError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(f"{LIST}{pk}/")
