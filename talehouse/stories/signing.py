"""A pen name gets another name: everything that it has signed shows the new one at once."""

from __future__ import annotations

from django.db import transaction

from talehouse.accounts import pen_names
from talehouse.accounts.models import Account, PenName
from talehouse.pages.versions import bump
from talehouse.stories.models import Role, Series

AT_ONCE = 500
"""Versions that one statement raises: every database takes so many values."""


@transaction.atomic
def rename(pen_name: PenName, name: str, *, by: Account) -> PenName:
    """Call a pen name something else, on every page that it has signed.

    The page under the old name leads to the new one until its owner ends that; nobody else ever gets that
    name. Raises PenNameError.
    """
    renamed = pen_names.rename(pen_name, name, by=by)
    signed = Role.objects.filter(pen_name=renamed).values_list("story_id", flat=True)
    owned = Series.objects.filter(owner=renamed).values_list("pk", flat=True)
    keys = sorted([*(f"story:{pk}" for pk in signed), *(f"series:{pk}" for pk in owned)])
    for start in range(0, len(keys), AT_ONCE):
        bump(*keys[start : start + AT_ONCE])
    return renamed
