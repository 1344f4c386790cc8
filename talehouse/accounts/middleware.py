"""Who asks, and in which language: put on the request once, the same way for kept and fresh pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from talehouse.accounts.models import Person, Visitor
from talehouse.pages.variant import Variant, Variants, has_session
from talehouse.site.house import of as house_of

Next = Callable[[HttpRequest], HttpResponse]
_NUL = re.compile("\0|%00")


def _variant(request: HttpRequest) -> Variant:
    given = request.META.get("talehouse.variant")
    if isinstance(given, Variant):
        return given
    return _variants().of(request.META.get("HTTP_COOKIE", ""), request.META.get("HTTP_ACCEPT_LANGUAGE", ""))


@cache
def _variants() -> Variants:
    return Variants([code for code, _name in settings.LANGUAGES], settings.LANGUAGE_CODE)


class LanguageMiddleware:
    """The interface language: the cookie's, else the browser's wish."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        variant = _variant(request)
        request.variant = variant  # type: ignore[attr-defined]
        with translation.override(variant.language):
            request.LANGUAGE_CODE = variant.language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", variant.language)
        return response


class PersonMiddleware:
    """`request.person`: the account that signed in, else a visitor with the rating of their cookie.

    The language that an account has chosen holds wherever it is signed in, as it does on kept pages.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.person = SimpleLazyObject(lambda: _person(request))  # type: ignore[attr-defined]
        variant: Variant = request.variant  # type: ignore[attr-defined]
        language = _own_language(request) or variant.language
        request.variant = variant._replace(language=language)  # type: ignore[attr-defined]
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        response.headers.setdefault("Cache-Control", "private, no-store")  # also pages of errors show a name
        return response


class PlainMiddleware:
    """An address with a NUL in it leads nowhere: PostgreSQL takes none, so asking it would be an error."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or _NUL.search(request.META.get("QUERY_STRING", "")):
            raise Http404
        return self.get_response(request)


def _own_language(request: HttpRequest) -> str:
    """What the account that asks has chosen, if that is a language of the house; "" for a page to be kept,
    whose language is settled."""
    if "talehouse.variant" in request.META or not has_session(request.META.get("HTTP_COOKIE", "")):
        return ""
    wanted: str = getattr(request.user, "language", "")
    return wanted if wanted in dict(settings.LANGUAGES) else ""


def _person(request: HttpRequest) -> Person:
    variant: Variant = request.variant  # type: ignore[attr-defined]
    nameless = Visitor(variant.rating, member=variant.member)
    person: Person = request.user if request.user.is_authenticated else nameless
    person.house_limit = lambda: house_of(request).ceiling  # asked only where stories are listed
    return person
