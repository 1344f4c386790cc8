"""When somebody's 30 days to come back to an orphaned story are over, every room forgets them."""

from __future__ import annotations

import logging

from django.db import transaction

from talehouse.accounts.house import orphan_pen_name
from talehouse.comments import forgetting as comments
from talehouse.imports.forgetting import forget_writer
from talehouse.notifications import forgetting as notifications
from talehouse.stories import orphaning
from talehouse.stories.models import Departure
from talehouse.writing import noting

logger = logging.getLogger(__name__)


def finish_due() -> int:
    """Make final what is due, each in its own transaction; the worker calls it. Returns how many."""
    return sum(_tried(pk) for pk in orphaning.due())


def _tried(departure_id: int) -> int:
    """One that fails waits for the next round, and does not keep the others waiting."""
    try:
        return finish(departure_id)
    except Exception:
        logger.exception("The departure %d could not be made final; it is tried again.", departure_id)
        return 0


@transaction.atomic
def finish(departure_id: int) -> int:
    """Take the name away for good, in all rooms or in none. Returns 1, or 0 if it was done already."""
    story_id = Departure.objects.values_list("story", flat=True).get(pk=departure_id)
    account = orphaning.finish(departure_id)
    if account is None:
        return 0
    noting.forget_writer(story_id, account)
    forget_writer(story_id, account)
    notifications.forget_writer(story_id, account)
    comments.forget_writer(story_id, account, nameless=orphan_pen_name().pk)
    return 1
