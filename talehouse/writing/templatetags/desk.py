"""How the desk writes times: by the clocks of the person's time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from talehouse.lib.clock import zone_named
from talehouse.stories import holding
from talehouse.stories.models import Story

register = template.Library()


@register.filter
def moment(at: datetime | None, zone: str) -> SafeString:
    """Day and time by the clocks of a time zone, inside `<time>` with the exact UTC time."""
    if at is None:
        return SafeString("")
    try:
        local = at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        local = at.astimezone(UTC)
    exact = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = f"{date_format(local, 'DATE_FORMAT', use_l10n=True)}, {date_format(local, 'TIME_FORMAT')}"
    return format_html('<time datetime="{}">{}</time>', exact, told)


@register.filter
def place(zone: str) -> str:
    """A time zone by whose clocks `moment` writes, as people read its name."""
    return zone_named(zone).key.replace("_", " ")


@register.filter
def waits_for_host(story: Story) -> str:
    """What the people of a story that waits for the host, or was refused, have to know."""
    return holding.told(story)
