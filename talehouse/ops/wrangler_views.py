"""Whom the host has asked to put tags in order."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from talehouse.accounts import appointing
from talehouse.accounts.errors import DoorError
from talehouse.accounts.models import PenName
from talehouse.ops.forms import WranglerForm
from talehouse.ops.views import host_of


@never_cache
@require_http_methods(["GET", "POST"])
def wranglers(request: HttpRequest) -> HttpResponse:
    """Who puts tags in order, and asking somebody else."""
    host = host_of(request)
    form = WranglerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            appointing.appoint(form.cleaned_data["name"], by=host)
            messages.success(request, _("They find the desk in their menu now."))
            return HttpResponseRedirect("/host/wranglers/")
        except DoorError as refusal:
            form.add_error("name", str(refusal))
    names = PenName.objects.filter(account=OuterRef("pk"), retired_at=None).order_by("-preferred", "pk")
    rows = appointing.wranglers().annotate(signs=Subquery(names.values("name")[:1]))
    status = 400 if request.method == "POST" else 200
    return render(request, "ops/wranglers.html", {"rows": rows, "form": form}, status=status)


@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody puts tags in order no more."""
    host = host_of(request)
    try:
        appointing.dismiss(get_object_or_404(appointing.wranglers(), pk=pk), by=host)
        messages.success(request, _("They put tags in order no more. What they did stays."))
    except DoorError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect("/host/wranglers/")
