"""What a person asked for: language, rating, time zone."""

from __future__ import annotations

from talehouse.accounts.models import Account


def change(*, by: Account, language: str | None = None, ceiling: str | None = None) -> None:
    """Set what is given and leave the rest."""
    wanted = {"language": language, "ceiling": ceiling}
    values = {name: value for name, value in wanted.items() if value is not None}
    if values:
        Account.objects.filter(pk=by.pk).update(**values)
