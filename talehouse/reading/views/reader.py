"""The settings of the reading page, as a device tells them."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from talehouse.lib.rates import Rate
from talehouse.library import reader_settings
from talehouse.reading.opening import sender_of
from talehouse.stories.errors import RuleError

RATE = Rate(limit=60, seconds=60)
"""Messages of one account a minute; a page sends one after a pause."""


@never_cache
@require_POST
def keep(request: HttpRequest) -> JsonResponse:
    """JSON in, as `library/reader_settings.py` says; what counts now out. 401 without an account."""
    account = sender_of(request, RATE)
    if isinstance(account, JsonResponse):
        return account
    try:
        wishes = reader_settings.keep(reader_settings.read(request.body), by=account)
    except RuleError as refusal:
        return JsonResponse({"message": str(refusal)}, status=400)
    at = reader_settings.milliseconds(wishes.reader_at)
    return JsonResponse({"settings": wishes.reader, "at": at})
