"""Saving a text: sanitised, split into blocks, and each block given the id that it had before.

A text becomes a revision that never changes afterwards. Ids are counted per part in base 36, so they stay
short in addresses, and are never given twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max

from talehouse.accounts.models import Account
from talehouse.lib import html as markup
from talehouse.stories.anchors import align
from talehouse.stories.models import Block, Part, Picture, PictureUse, Revision

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
BLOCK_KEY = re.compile(r"[0-9a-z]{1,8}")
MEDIA_NAME = re.compile(r"/media/([0-9a-f]{64})\.[a-z]{3,4}$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a text brings along: its own pictures (by the name in its HTML), and block ids to take over."""

    pictures: Mapping[str, Picture]
    block_ids: Sequence[str] | None = None


NOTHING = Wanted(pictures={})


@dataclass(frozen=True, slots=True)
class Words:
    """What goes with a text and is published with it; None: as the part has it."""

    title: str | None = None
    note_before: str | None = None
    note_after: str | None = None


AS_THE_PART_HAS_THEM = Words()


def newest_of(part: Part) -> Revision | None:
    """The newest text, whether published or not; what was set aside does not count."""
    found: Revision | None = part.revisions.exclude(kind=Revision.Kind.ASIDE).order_by("-number").first()
    return found


def save(
    part: Part,
    html: str,
    *,
    by: Account | None,
    brings: Wanted = NOTHING,
    kind: Revision.Kind = Revision.Kind.SAVED,
    words: Words = AS_THE_PART_HAS_THEM,
    tab: str = "",
    restored_from: Revision | None = None,
) -> Revision:
    """The revision of this text: a new one, or the newest if nothing has changed.

    Call it inside a rule that has locked the story. The part's `draft` points to it afterwards unless it
    is what is already published, or is set aside.
    """
    newest = newest_of(part)
    blocks = markup.split(markup.sanitise(html, picture=lambda src: _our_address(part, src, brings.pictures)))
    keys = _keys(part, newest, blocks, brings.block_ids)
    stored = markup.join(blocks, keys)
    if newest is not None and newest.html == stored and _says(part, newest) == _says(part, words):
        revision = newest
    else:
        revision = Revision.objects.create(
            part=part,
            number=(part.revisions.aggregate(last=Max("number"))["last"] or 0) + 1,
            kind=kind,
            html=stored,
            title=words.title,
            note_before=words.note_before,
            note_after=words.note_after,
            word_count=sum(block.words for block in blocks),
            tab=tab,
            restored_from=restored_from,
            made_by=by,
        )
    if revision.kind != Revision.Kind.ASIDE:
        part.draft = None if revision.pk == part.published_id else revision
    part.save(update_fields=["draft", "next_block"])
    _note_pictures(part, stored)
    return revision


def _says(part: Part, words: Words | Revision) -> tuple[str, str, str]:
    """Title and notes as they are with these words."""
    return (
        part.title if words.title is None else words.title,
        part.note_before if words.note_before is None else words.note_before,
        part.note_after if words.note_after is None else words.note_after,
    )


def _our_address(part: Part, src: str, pictures: Mapping[str, Picture]) -> str | None:
    """Pictures come only from our own media, and only such as this story already has or brings."""
    if src in pictures:
        return pictures[src].url
    match = MEDIA_NAME.match(src)
    if match and PictureUse.objects.filter(story=part.story_id, picture__sha256=match[1]).exists():
        return src
    return None


def _keys(
    part: Part, newest: Revision | None, blocks: Sequence[markup.Block], wished: Sequence[str] | None
) -> list[str]:
    if newest is None and wished is not None and _usable(wished, len(blocks)):
        part.next_block = max([int(key, 36) for key in wished], default=0) + 1
        return list(wished)
    old = [(key, block.text) for key, block in markup.parse(newest.html)] if newest else []
    inherited = align(old, [block.text for block in blocks])
    return [key if key is not None else _fresh(part) for key in inherited]


def _usable(keys: Sequence[str], length: int) -> bool:
    return len(keys) == length == len(set(keys)) and all(BLOCK_KEY.fullmatch(key) for key in keys)


def _fresh(part: Part) -> str:
    number = part.next_block
    part.next_block += 1
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits


def _note_pictures(part: Part, stored: str) -> None:
    names = set(re.findall(r'src="/media/([0-9a-f]{64})\.', stored))
    if not names:
        return
    for picture in Picture.objects.filter(sha256__in=names):
        PictureUse.objects.get_or_create(picture=picture, part=part, defaults={"story_id": part.story_id})


def settle_blocks(part: Part, revision: Revision) -> None:
    """One row per block that was ever published: its place now, or where it stood."""
    keys = [key for key, _block in markup.parse(revision.html)]
    known = {block.key: block for block in part.blocks.all()}
    Block.objects.bulk_create(
        [
            Block(part=part, key=key, position=place, last_position=place)
            for place, key in enumerate(keys)
            if key not in known
        ]
    )
    _move(known, {key: place for place, key in enumerate(keys)})


def _move(known: Mapping[str, Block], places: Mapping[str, int]) -> None:
    moved: list[Block] = []
    for key, block in known.items():
        place = places.get(key)
        if place != block.position:
            block.position = place
            block.last_position = block.last_position if place is None else place
            moved.append(block)
    Block.objects.bulk_update(moved, ["position", "last_position"], batch_size=500)


def same_words(one: Revision, other: Revision) -> bool:
    """Whether two texts differ only in typography: quotation marks, dashes, spaces, case, markup."""
    return _folded(one) == _folded(other)


def _folded(revision: Revision) -> str:
    return re.sub(r"[\W_]+", "", markup.text_of(revision.html)).casefold()


def note(html: str) -> str:
    """A note or a summary, sanitised; it holds no pictures."""
    return markup.sanitise_note(html)


def pictures_of(parts: Iterable[Part]) -> set[str]:
    """The content addresses of the pictures in the published texts of these parts."""
    found: set[str] = set()
    for part in parts:
        if part.published:
            found |= set(re.findall(r'src="/media/([0-9a-f]{64})\.', part.published.html))
    return found
