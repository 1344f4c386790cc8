"""From the words that a writer typed to tags."""

from __future__ import annotations

import unicodedata

from django.db import transaction

from talehouse.lib.slugs import name_key, slug
from talehouse.tags.models import Tag
from talehouse.tags.relationships import parsed
from talehouse.tags.vocabulary import TagKind

LONGEST = 150


def tidy(name: str) -> str:
    """A name as it is kept: normal form C, white space folded, at most 150 characters."""
    return " ".join(unicodedata.normalize("NFC", name).split())[:LONGEST].strip()


@transaction.atomic
def named(kind: str, name: str) -> Tag | None:
    """The tag of this kind and name, made if it is new; None if nothing is left of the name."""
    name = tidy(name)
    key = name_key(name)[:200]
    if not key:
        return None
    tag = Tag.objects.filter(kind=kind, name_key=key).first()
    return tag or _make(kind, name, key)


def _make(kind: str, name: str, key: str) -> Tag:
    """Two writers may make the same tag at once: the constraint decides, the second takes the first's."""
    for number in range(1, 50):
        own = slug(name, limit=100) + ("" if number == 1 else f"-{number}")
        if Tag.objects.filter(kind=kind, slug=own).exclude(name_key=key).exists():
            continue
        told = {"name": name, "slug": own, "romantic": romance(kind, name)}
        tag, _made = Tag.objects.get_or_create(kind=kind, name_key=key, defaults=told)
        return tag
    raise ValueError(f"Too many tags look like {name!r}.")


def romance(kind: str, name: str) -> bool | None:
    """Whether a name says that it is a romance; None for other kinds, and where it does not say."""
    pairing = parsed(name) if kind == TagKind.RELATIONSHIP else None
    return pairing.romantic if pairing else None
