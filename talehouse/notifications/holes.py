"""Whether something is new for me, in the bar of every page."""

from __future__ import annotations

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import translation

from talehouse.pages.person import Person


def bell(person: Person, argument: str) -> str:
    """The way to what is new, lit if there is something. `settings.PERSON_FACTS` has asked already."""
    return _bell(bool(person.extra.get("unread")), translation.get_language() or "")


@lru_cache(maxsize=16)
def _bell(lit: bool, language: str) -> str:
    return render_to_string("notifications/_bell.html", {"lit": lit})
