"""Saving a text: sanitised, split into blocks, and each block given the id that it had before.

A text becomes a revision that never changes afterwards. Ids are counted per part in base 36, so they stay
short in addresses, and are never given twice.
"""

from __future__ import annotations

import re
import unicodedata
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
MEDIA_USED = re.compile(r'src="/media/([0-9a-f]{64})\.')


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a text brings along: its own pictures (by the name in its HTML), and block ids to take over.

    `imported`: it comes from a file, not from somebody who writes here.
    """

    pictures: Mapping[str, Picture]
    block_ids: Sequence[str] | None = None
    imported: bool = False


NOTHING = Wanted(pictures={})


@dataclass(frozen=True, slots=True)
class Words:
    """What goes with a text and is published with it; None: as the part has it."""

    title: str | None = None
    note_before: str | None = None
    note_after: str | None = None


AS_THE_PART_HAS_THEM = Words()


def is_empty(revision: Revision) -> bool:
    """Whether there is nothing to see in it: no word, no sign, no picture. Saving keeps nothing else."""
    return not revision.html


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
    is what is already published, or is set aside. A restored text has the block ids that it had.
    """
    newest = newest_of(part)
    blocks = markup.split(markup.sanitise(html, picture=lambda src: _our_address(part, src, brings.pictures)))
    aside = kind == Revision.Kind.ASIDE and not (newest and _is(part, newest, blocks, words))
    if aside and (known := _set_aside_already(part, by, blocks, words)):
        return known
    keys = _keys(part, restored_from or newest, blocks, brings.block_ids)
    stored = markup.join(blocks, keys)
    if newest is not None and newest.html == stored and says(part, newest) == says(part, words):
        revision = newest
    else:
        revision = Revision.objects.create(
            part=part,
            number=(part.revisions.aggregate(last=Max("number"))["last"] or 0) + 1,
            kind=Revision.Kind.IMPORTED if brings.imported else kind,
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


def _set_aside_already(
    part: Part, by: Account | None, blocks: Sequence[markup.Block], words: Words
) -> Revision | None:
    """The text that this person had set aside last, if it is sent again."""
    asides = part.revisions.filter(kind=Revision.Kind.ASIDE, made_by=by)
    last: Revision | None = asides.order_by("-number").first()
    return last if last is not None and _is(part, last, blocks, words) else None


def _is(part: Part, revision: Revision, blocks: Sequence[markup.Block], words: Words) -> bool:
    """Whether this is what a revision holds, whatever ids its blocks have."""
    told = [block.html for _, block in markup.parse(revision.html)]
    return told == [block.html for block in blocks] and says(part, revision) == says(part, words)


def says(part: Part, words: Words | Revision) -> tuple[str, str, str]:
    """Title and notes (before, after) as they are with these words."""
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
    told = [block.text for block in blocks]
    keys = align(_told(newest), told)
    _come_back(part, newest, keys, told)
    return [key if key is not None else _fresh(part) for key in keys]


def _told(revision: Revision | None) -> list[tuple[str, str]]:
    return [(key, block.text) for key, block in markup.parse(revision.html)] if revision else []


def _come_back(part: Part, newest: Revision | None, keys: list[str | None], told: Sequence[str]) -> None:
    """A block that was deleted in the draft and is written again is still the one that is published."""
    fresh = [place for place, key in enumerate(keys) if key is None]
    if not fresh or part.published is None or newest is None or newest.pk == part.published_id:
        return
    here = {key for key, _text in _told(newest)} | set(keys)
    gone = [(key, text) for key, text in _told(part.published) if key not in here]
    for place, key in zip(fresh, align(gone, [told[place] for place in fresh]), strict=True):
        keys[place] = key


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
    names = set(MEDIA_USED.findall(stored))
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


def same_words(one: Revision, other: Revision, *, title: str = "") -> bool:
    """Whether two texts differ only in typography: quotation marks, dashes, spaces, case, markup.

    A picture that is not the same is no typography. With the `title` that readers see, a title that comes
    with `other` counts as words too; notes never do: they are about the text.
    """
    if title and other.title and _folded(title) != _folded(other.title):
        return False
    if one.html == other.html:
        return True
    if MEDIA_USED.findall(one.html) != MEDIA_USED.findall(other.html):
        return False
    return _folded(markup.text_of(one.html)) == _folded(markup.text_of(other.html))


def _folded(text: str) -> str:
    """Letters, digits and their marks alone (in Devanagari, Thai and others a vowel is a mark)."""
    plain = unicodedata.normalize("NFKC", text)
    if plain.isascii():
        return re.sub(r"[\W_]+", "", plain).casefold()
    kept = (sign for sign in plain.casefold() if sign.isalnum() or unicodedata.category(sign)[0] == "M")
    return "".join(kept)


def note(html: str) -> str:
    """A note or a summary, sanitised; it holds no pictures."""
    return markup.sanitise_note(html)


def pictures_of(parts: Iterable[Part]) -> set[str]:
    """The content addresses of the pictures in the published texts of these parts."""
    found: set[str] = set()
    for part in parts:
        if part.published:
            found |= set(MEDIA_USED.findall(part.published.html))
    return found
