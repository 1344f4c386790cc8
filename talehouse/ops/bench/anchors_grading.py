"""Comments on a chapter, where they belong after an edit, and whether they were placed there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from talehouse.ops.bench.anchors_edits import Paragraph, core, text_of
from talehouse.stories.anchors import Anchor, How, Placement, Quote

CONTEXT = 32
"""Characters that a quote remembers before and after itself."""
OVERLAP = 0.5
"""Marked and true characters must share at least so much of what both cover together."""
MOST = 0.5
"""Share of a quote's words that must be left for the right answer to be where they are, and not the block."""

_LONGEST = 25


@dataclass(frozen=True, slots=True)
class Comment:
    """On a block, or on the words `start` to `end` of it (`end` 0: on the whole block)."""

    block: int
    start: int = 0
    end: int = 0


def comments_on(chapter: Sequence[Paragraph], number: int, dice: Random) -> list[Comment]:
    """Half of them on whole blocks, half on words; the more words a block has, the more are quoted."""
    lengths = [len(paragraph) for paragraph in chapter]
    whole = [Comment(dice.randrange(len(chapter))) for _ in range(number // 2)]
    blocks = dice.choices(range(len(chapter)), lengths, k=number - len(whole))
    return whole + [_quoting(chapter[block], block, dice) for block in blocks]


def _quoting(paragraph: Paragraph, block: int, dice: Random) -> Comment:
    tellable = [at for at, word in enumerate(paragraph) if core(word.text)]
    if not tellable:
        return Comment(block)
    start = dice.choice(tellable)
    length = min(1 + int(dice.expovariate(1 / 5)), _LONGEST)
    return Comment(block, start, min(start + length, len(paragraph)))


def anchor_of(comment: Comment, chapter: Sequence[Paragraph], ids: Sequence[str]) -> Anchor:
    """What would be stored for this comment."""
    if not comment.end:
        return Anchor(ids[comment.block])
    paragraph = chapter[comment.block]
    text, places = text_of(paragraph), _places(paragraph)
    start, end = places[comment.start][0], places[comment.end - 1][1]
    around = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return Anchor(ids[comment.block], Quote(text[start:end], *around, start))


def _places(paragraph: Paragraph) -> list[tuple[int, int]]:
    """Where each word begins and ends in the paragraph's text."""
    ends = list(accumulate(len(word.text) + len(word.glue) for word in paragraph))
    return [
        (end - len(w.text) - len(w.glue), end - len(w.glue)) for end, w in zip(ends, paragraph, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Now:
    """Where a word of the old chapter is: block, characters, and whether it is still that word."""

    block: int
    start: int
    end: int
    kept: bool


class Truth:
    """Where everything of the old chapter is in the new one, as the editing left it."""

    def __init__(self, old: Sequence[Paragraph], new: Sequence[Paragraph]) -> None:
        self._old = old
        self._now: dict[int, dict[int, list[_Now]]] = defaultdict(lambda: defaultdict(list))
        for number, paragraph in enumerate(new):
            for word, (start, end) in zip(paragraph, _places(paragraph), strict=True):
                if word.came:
                    self._now[word.came[0]][word.came[1]].append(_Now(number, start, end, word.kept))
        self._plain_old = [_plain(paragraph) for paragraph in old]
        self._plain_new = [_plain(paragraph) for paragraph in new]
        self._times_old, self._times_new = Counter(self._plain_old), Counter(self._plain_new)

    def is_gone(self, comment: Comment) -> bool:
        """Whether nothing of the block is left."""
        return comment.block not in self._now

    def has_twin(self, comment: Comment) -> bool:
        """Whether another paragraph, before or after the edit, says just the same: nobody could tell them
        apart but by their place."""
        plain = self._plain_old[comment.block]
        mine = {now.block for words in self._now.get(comment.block, {}).values() for now in words}
        return (
            self._times_old[plain] > 1
            or any(self._times_new[self._plain_new[block]] > 1 for block in mine)
            or any(other == plain for n, other in enumerate(self._plain_new) if n not in mine)
        )

    def grade(self, comment: Comment, placement: Placement, ids: Sequence[str]) -> str:
        """right, wrong, earlier or lost; "block" if the words are there and only their block was found."""
        if placement.how == How.EARLIER:
            return "earlier"
        if placement.block not in ids:
            return "lost"
        if self.is_gone(comment):
            return "wrong"
        block = ids.index(placement.block)
        return self._quote(comment, placement, block) if comment.end else self._whole(comment, block)

    def _whole(self, comment: Comment, block: int) -> str:
        """Right is the block that has most of the old one's letters."""
        letters: Counter[int] = Counter()
        for words in self._now[comment.block].values():
            for now in words:
                letters[now.block] += 1 + (now.end - now.start) * (100 if now.kept else 1)
        return "right" if letters[block] == max(letters.values()) else "wrong"

    def _quote(self, comment: Comment, placement: Placement, block: int) -> str:
        words = self._now[comment.block]
        places = [now for at in range(comment.start, comment.end) for now in words.get(at, ())]
        left = Counter(now.block for now in places if now.kept)
        if not left:
            return self._gone_words(comment, placement, block, [now for now in places if now.block == block])
        if left[block] < max(left.values()):
            return "wrong"
        here = [now for now in places if now.block == block]
        true = min(now.start for now in here), max(now.end for now in here)
        shared = min(true[1], placement.end) - max(true[0], placement.start)
        all_of_it = max(true[1], placement.end) - min(true[0], placement.start)
        if left[block] >= MOST * (comment.end - comment.start):
            if placement.how == How.BLOCK:
                return "block"
            return "right" if shared >= OVERLAP * all_of_it else "wrong"
        return "right" if placement.how == How.BLOCK or shared > 0 else "wrong"

    def _gone_words(self, comment: Comment, placement: Placement, block: int, here: list[_Now]) -> str:
        """None of the words is left: right is the block alone, or the words in their place."""
        if placement.how == How.BLOCK:
            return self._whole(comment, block)
        beside = any(now.start < placement.end and placement.start < now.end for now in here)
        return "right" if beside else "wrong"


def _plain(paragraph: Paragraph) -> str:
    return "".join(letter for letter in text_of(paragraph).casefold() if letter.isalnum())
