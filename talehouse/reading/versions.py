"""The version of a part as it is read: it changes with the words and with what stands around them."""

from __future__ import annotations

import hashlib

from talehouse.stories.models import Part


def version_of(part: Part) -> str:
    """Sixteen letters that change whenever a reader would see another text; counters do not matter."""
    shown = (part.published_id, part.title, part.note_before, part.note_after)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
