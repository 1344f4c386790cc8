"""Which pages have a feed: those whose feed would tell a visitor of something (the room `feeds` decides)."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils import timezone

from talehouse.accounts.models import lower
from talehouse.pages.variant import DEFAULT_RATING
from talehouse.site.house import of as house_of
from talehouse.stories.models import Story, Visibility
from talehouse.stories.visibility import ratings_up_to


def of_story(found: Story, ending: str) -> str:
    """The address of a story's feed without its format; "" while a visitor would find none there."""
    opens = found.visibility == Visibility.PUBLIC or (found.visibility == Visibility.UNLISTED and ending)
    taken = found.hidden_at or found.withdrawn_at or found.held_at
    out = found.release_at is not None and found.release_at <= timezone.now()
    return f"/feeds/stories/{found.pk}" if opens and out and not taken else ""


def of_list(request: HttpRequest, stories: Iterable[Story], page: str) -> str:
    """The same for a page that lists stories: a visitor must meet one of these."""
    ratings = ratings_up_to(lower(DEFAULT_RATING, house_of(request).ceiling))
    met = any(one.visibility == Visibility.PUBLIC and one.rating in ratings for one in stories)
    return f"/feeds{page.rstrip('/')}" if met else ""
