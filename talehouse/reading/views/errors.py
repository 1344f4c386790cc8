"""Pages for when something is not there, not allowed, or broken."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: it says nothing about what might be there."""
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403: also for a form that was open too long (CSRF)."""
    return render(request, "403.html", {"csrf": bool(reason)}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500: needs neither the database nor a context processor."""
    return HttpResponse(render_to_string("500.html"), status=500)
