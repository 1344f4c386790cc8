"""What the name of a relationship says: who belongs to it, and whether it is a romance."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from talehouse.lib.slugs import name_key

_ROMANTIC = re.compile(r"/|×|(?<=\s)[xX](?=\s)")
_FRIENDLY = re.compile(r"(?<=\s)&(?=\s)")
_OPENING, _CLOSING = "([{", ")]}"
FEWEST = 2


class Pairing(NamedTuple):
    """Who belongs to a relationship, in the order of its name, and whether they are more than friends."""

    names: tuple[str, ...]
    romantic: bool

    @property
    def key(self) -> tuple[bool, tuple[str, ...]]:
        """What two spellings have in common: the same people in any order, and the same bond."""
        return self.romantic, tuple(sorted(name_key(name) for name in self.names))


def parsed(name: str) -> Pairing | None:
    """The people of "A/B" (also "A x B", "A×B"), a romance, or of "A & B", which is none; in any number.

    Whatever stands in brackets belongs to a name. A name that divides in both ways is a romance among some of
    them. None where fewer than two people are left.
    """
    shown = unicodedata.normalize("NFKC", name)
    bare = _covered(shown)
    cuts = sorted({match.span() for sign in (_ROMANTIC, _FRIENDLY) for match in sign.finditer(bare)})
    starts, ends = [0, *(end for _start, end in cuts)], [*(start for start, _end in cuts), len(shown)]
    people = (" ".join(shown[start:end].split()) for start, end in zip(starts, ends, strict=True))
    each = tuple({name_key(one): one for one in people if name_key(one)}.values())
    return Pairing(each, _ROMANTIC.search(bare) is not None) if len(each) >= FEWEST else None


def _covered(name: str) -> str:
    """The name with a dot for every sign in brackets; a bracket that nothing closes covers nothing."""
    depth, signs = 0, []
    for sign in name:
        depth -= sign in _CLOSING and depth > 0
        signs.append("." if depth else sign)
        depth += sign in _OPENING
    return name if depth else "".join(signs)
