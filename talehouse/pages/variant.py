"""Which variant of a page a request asks for: pure functions of its headers, shared by all processes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

SESSION_COOKIE = "session"
LANGUAGE_COOKIE = "language"
RATING_COOKIE = "rating"
RATINGS = ("general", "teen", "mature", "explicit")
DEFAULT_RATING = "teen"

REMEMBERED = 2048
_LONGEST_REMEMBERED = 200
_QUALITY = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
_TAG = re.compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*")


class Variant(NamedTuple):
    """What a shared page may differ by: interface language, the highest rating listed, and whether it is for
    members (some stories are for them only). Within a variant nobody has a name."""

    language: str
    rating: str
    member: bool = False


def cookies(header: str) -> dict[str, str]:
    """The pairs of a Cookie header; of two pairs with one name the later counts (as in Django)."""
    pairs: dict[str, str] = {}
    for chunk in header.split(";"):
        name, equals, value = chunk.partition("=")
        if equals:
            pairs[name.strip()] = unquote(value.strip().strip('"'))
    return pairs


def session_key(header: str) -> str | None:
    """The value of the session cookie, or None when there is none."""
    if SESSION_COOKIE not in header:
        return None
    return cookies(header).get(SESSION_COOKIE) or None


def has_session(header: str) -> bool:
    """Whether the request may belong to somebody signed in (any session cookie, even an expired one)."""
    return session_key(header) is not None


def known_rating(rating: str | None) -> str:
    """The rating itself if there is such a rating, else the default."""
    return rating if rating in RATINGS else DEFAULT_RATING


class Variants:
    """Finds the variant of a request among the languages of this house."""

    def __init__(self, languages: Sequence[str], default: str) -> None:
        """``languages`` are BCP 47 tags in the spelling of the settings; ``default`` is one of them."""
        if default not in languages:
            raise ValueError(f"The default language {default!r} is not among {list(languages)!r}.")
        self.default = default
        self._spelling = {language.lower(): language for language in languages}
        self._remembered: dict[str, str] = {}

    def of(self, cookie: str, accept_language: str) -> Variant:
        """The variant that these two headers ask for ("" for a missing one)."""
        chosen = cookies(cookie) if cookie else {}
        language = self._spelling.get(chosen.get(LANGUAGE_COOKIE, "").lower())
        rating = known_rating(chosen.get(RATING_COOKIE))
        return Variant(language or self.language_for(accept_language), rating)

    def known(self, language: str, rating: str) -> Variant:
        """The nearest variant that exists for a wished language and rating."""
        return Variant(self._match(language.lower()) or self.default, known_rating(rating))

    def language_for(self, accept_language: str) -> str:
        """The best of our languages for an Accept-Language header; remembered, within bounds."""
        found = self._remembered.get(accept_language)
        if found is None:
            found = self._negotiate(accept_language)
            if len(accept_language) <= _LONGEST_REMEMBERED:
                if len(self._remembered) >= REMEMBERED:
                    self._remembered.clear()
                self._remembered[accept_language] = found
        return found

    def _negotiate(self, header: str) -> str:
        wished: list[tuple[float, str]] = []
        for part in header.lower().split(",")[:50]:
            tag, _, parameter = part.strip().partition(";")
            quality = _QUALITY.fullmatch(parameter.strip())
            weight = float(quality.group(1)) if quality else (0.0 if parameter else 1.0)
            if weight > 0 and _TAG.fullmatch(tag.strip()):
                wished.append((weight, tag.strip()))
        for _, tag in sorted(wished, key=lambda wish: -wish[0]):
            found = self._match(tag)
            if found:
                return found
        return self.default

    def _match(self, tag: str) -> str | None:
        shorter = tag
        while shorter:
            if shorter in self._spelling:
                return self._spelling[shorter]
            shorter = shorter.rpartition("-")[0]
        if tag == "*":
            return self.default
        wider = tag.partition("-")[0] + "-"
        return next((spelt for low, spelt in self._spelling.items() if low.startswith(wider)), None)
