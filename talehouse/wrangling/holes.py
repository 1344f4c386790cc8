"""The way from a tag's page to the desk, for those who put tags in order."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.translation import gettext as _

from talehouse.pages.person import Person


def my_wrangling(person: Person, argument: str) -> str:
    """The link of a tag ("tag-12"). No query: the page layer has asked already whether this person may."""
    number = argument.removeprefix("tag-")
    if not person.extra.get("wrangles") or not number.isdecimal():
        return ""
    return format_html('<a class="button" href="/wrangling/tags/{}/">{}</a>', number, _("Put it in order"))
