"""Pages for when something is not there, not allowed, or broken."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: it says nothing about what might be there."""
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403: also for a form that was open too long (CSRF)."""
    return render(request, "403.html", {"csrf": bool(reason)}, status=403)


def not_allowed(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """405: somebody went where only a form is sent. Scripts get a sentence; who takes no page, nothing."""
    answer = refused
    if request.headers.get("Accept") == "application/json":
        answer = JsonResponse({"message": _("This works only from a page.")}, status=405)
    elif request.accepts("text/html"):
        answer = render(request, "405.html", status=405)
    answer.headers["Allow"] = refused.headers["Allow"]
    return answer


def broken(request: HttpRequest) -> HttpResponse:
    """500: needs neither the database nor a context processor."""
    return HttpResponse(render_to_string("500.html"), status=500)
