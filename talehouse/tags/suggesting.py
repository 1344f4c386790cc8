"""What is compared while somebody types the name of a tag: its letters without case and accents."""

from __future__ import annotations

import unicodedata

from talehouse.lib.slugs import name_key

_KEPT_MARKS = frozenset({0, 7, 8, 9})
"""Combining classes that are no accents: vowel signs, nukta, the sound marks of kana, virama."""

_STROKED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)


def search_key(name: str) -> str:
    """The name as it is searched: "Éowyn  SHIELD-maiden" becomes "eowyn shield-maiden"."""
    apart = unicodedata.normalize("NFD", name_key(name))
    bare = "".join(sign for sign in apart if unicodedata.combining(sign) in _KEPT_MARKS)
    return unicodedata.normalize("NFC", bare).translate(_STROKED)[:200]
