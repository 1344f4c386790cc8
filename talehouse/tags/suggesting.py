"""What is compared while somebody types the name of a tag: its letters without case and accents."""

from __future__ import annotations

import unicodedata

from talehouse.lib.slugs import name_key
from talehouse.tags.relationships import parsed
from talehouse.tags.vocabulary import TagKind

_KEPT_MARKS = frozenset({0, 7, 8, 9})
"""Combining classes that are no accents: vowel signs, nukta, the sound marks of kana, virama."""

REST = 60
"""Characters of a name that are kept from a word on."""

_STROKED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)


def search_key(name: str) -> str:
    """The name as it is searched: "Éowyn  SHIELD-maiden" becomes "eowyn shield-maiden"."""
    apart = unicodedata.normalize("NFD", name_key(name))
    bare = "".join(sign for sign in apart if unicodedata.combining(sign) in _KEPT_MARKS)
    return unicodedata.normalize("NFC", bare).translate(_STROKED)[:200]


def rests(key: str) -> list[str]:
    """From a search key, what follows from each word on that does not begin it, 60 characters at most.

    "harry potter (books)" has "potter (books)" and "books)"; "mira/orlan" has "orlan". An apostrophe or a
    full stop begins no word: "o'hara" has none.
    """
    starts, inside = [], False
    for at, sign in enumerate(key):
        kind = unicodedata.category(sign)[0]
        if kind in "LN" and not inside:
            starts.append(at)
        inside = kind in "LMN" or (inside and sign in _INSIDE - _HYPHENS)
    return list(dict.fromkeys(key[at : at + REST] for at in starts if at))


def rest_key(typed: str) -> str:
    """What is compared with `rests`: what was typed, from its first letter on; "" if that is less than two
    signs, which say too little of a word, or more than `rests` hold.
    """
    key = search_key(typed)
    at = next((at for at, sign in enumerate(key) if unicodedata.category(sign)[0] in "LN"), len(key))
    return key[at:] if 2 <= len(key) - at <= REST else ""


def same_key(kind: str, name: str) -> str:
    """What names have in common that only differ by case, accents, signs and the order of words.

    Of relationships it is who belongs to them, in any order, and whether they are a romance. "" where no
    letter is left, which is the same as nothing.
    """
    pairing = parsed(name) if kind == TagKind.RELATIONSHIP else None
    if pairing is None:
        return _words(name)[:200]
    sign = "/" if pairing.romantic else "&"
    return sign.join(sorted(filter(None, map(_words, pairing.names))))[:200]


def _words(name: str) -> str:
    """The words of a name in the order of the alphabet, letters, digits and marks only: "O'Hara, Scarlett" is
    "ohara scarlett".
    """
    bare = "".join(
        sign if unicodedata.category(sign)[0] in "LMN" else "" if sign in _INSIDE else " "
        for sign in search_key(name)
    )
    return " ".join(sorted(bare.split()))


_INSIDE = frozenset("'’ʼ.-‐")
"""Signs that stand inside of words: without them "S.H.I.E.L.D." is "SHIELD", and "post-war" "postwar"."""
_HYPHENS = frozenset("-‐")
