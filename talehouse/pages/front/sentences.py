"""The front's own short pages: plain HTML without style or script, so every policy allows them.

The front runs without Django, so that it is small and up at once; it reads the same catalogues.
What it says about a malformed request is for programmers, and stays English.
"""

from __future__ import annotations

import gettext
from functools import lru_cache
from html import escape
from http import HTTPStatus
from pathlib import Path

LOCALE = Path(__file__).resolve().parents[2] / "locale"


def gettext_noop(words: str) -> str:
    """Marks words for translators, who find them by this name; `page` translates."""
    return words


_TITLES = {
    503: gettext_noop("Talehouse is starting"),
    504: gettext_noop("This takes too long"),
    413: gettext_noop("This file is too large"),
}
_SENTENCES = {
    503: gettext_noop("Talehouse is starting; try again in a few seconds. This page tries by itself."),
    504: gettext_noop("The page was not ready in time. Please try again in a minute."),
}
FULL = gettext_noop("The house is full")
"""A 503 of another kind: this is its title, and why is said by the one who refuses."""


@lru_cache(maxsize=64)
def _catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of an interface language (BCP 47), or English where there is none."""
    name, _, place = language.partition("-")
    spelt = f"{name}_{place.upper() if len(place) == 2 else place.title()}" if place else name
    return gettext.translation("django", LOCALE, [spelt], fallback=True)


def page(status: int, why: str = "", language: str = "en") -> tuple[list[tuple[str, str]], bytes]:
    """Headers and body of an error page, in the language of the one who asked."""
    say = _catalogue(language).gettext
    title = FULL if status == 503 and why else _TITLES.get(status, reason(status))
    sentence = why or _SENTENCES.get(status, reason(status))
    body = (
        f'<!doctype html><html lang="{escape(language)}" dir="auto"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(say(title))}</title><h1>{escape(say(title))}</h1><p>{escape(say(sentence))}</p></html>\n"
    ).encode()
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
    if status == 503:
        headers += [("Retry-After", "3"), ("Refresh", "3")]
    return headers, body


def reason(status: int) -> str:
    """The phrase of a status line."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"
