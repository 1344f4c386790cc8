"""The token that forms on kept pages carry: bound to the session, so that a hole can write it.

A kept page is shared, and Django's own token goes with a cookie that only an uncached page may set. This one
is an HMAC of the session's key: a page of another site knows neither. The check of the origin stays Django's.
"""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.crypto import constant_time_compare, salted_hmac

FIELD = "form_token"
HEADER = "X-Form-Token"


@lru_cache(maxsize=4096)
def token_for(session_key: str) -> str:
    """The token of a session (128 bits, hexadecimal)."""
    return salted_hmac("talehouse.accounts.form_tokens", session_key, algorithm="sha256").hexdigest()[:32]


class FormTokenMiddleware(CsrfViewMiddleware):
    """Django's protection against forged forms, which takes the session's token as well as its own."""

    def _check_token(self, request: HttpRequest) -> None:
        given = request.POST.get(FIELD, "") or request.headers.get(HEADER, "")
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if given and key and constant_time_compare(given, token_for(key)):
            return
        super()._check_token(request)  # type: ignore[misc]
