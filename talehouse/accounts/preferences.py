"""What a person asked for: language, rating, time zone."""

from __future__ import annotations

from talehouse.accounts.models import Account
from talehouse.lib.clock import zones


def change(
    *, by: Account, language: str | None = None, ceiling: str | None = None, time_zone: str | None = None
) -> None:
    """Set what is given and leave the rest. Raises ValueError for a time zone that there is not."""
    if time_zone is not None and time_zone not in zones():
        raise ValueError(f"There is no time zone {time_zone!r}.")
    wanted = {"language": language, "ceiling": ceiling, "time_zone": time_zone}
    values = {name: value for name, value in wanted.items() if value is not None}
    if values:
        Account.objects.filter(pk=by.pk).update(**values)
