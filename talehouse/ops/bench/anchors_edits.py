"""What writers do to a chapter, word by word, so that it is known where every word came from.

It shares no code with `stories.anchors`: the truth comes from the editing itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from talehouse.ops.bench.anchors_globally import everywhere

KINDS = {
    "typo": 30, "rewrite": 20, "insert": 12, "delete": 10, "move": 10, "split": 9, "merge": 9,
}  # fmt: skip
"""How often each kind of edit is drawn, in per cent of the edits."""

_TOKEN = re.compile(r"([\u3005\u3040-\u30ff\u3400-\u9fff]|[^\s\u3005\u3040-\u30ff\u3400-\u9fff]+)(\s*)")
_CORE = re.compile(r"^(\W*)(.*?)(\W*)$", re.S)
_SENTENCE_END = re.compile(r"[.!?…。！？؟][”’»\"'）」』)]*$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its punctuation and the space after it. `came`: the old block and the number of the word
    in it whose place this one has; None for what was added. `kept`: it is that word, if perhaps respelt."""

    text: str
    glue: str
    came: tuple[int, int] | None = None
    kept: bool = True


Paragraph = list[Word]


def words_in(text: str) -> Paragraph:
    """A text as words; those of Japanese are its letters. A scene break is one word without letters."""
    return [Word(found[1], found[2]) for found in _TOKEN.finditer(text.strip())] or [Word("", "")]


def text_of(paragraph: Sequence[Word]) -> str:
    """The words as a text."""
    return "".join(word.text + word.glue for word in paragraph).rstrip()


def core(word: str) -> str:
    """A word without the punctuation around it."""
    found = _CORE.match(word)
    return found[2] if found else word


def numbered(chapter: Sequence[Paragraph]) -> list[Paragraph]:
    """The chapter with every word knowing where it is."""
    return [
        [Word(word.text, word.glue, (block, at)) for at, word in enumerate(paragraph)]
        for block, paragraph in enumerate(chapter)
    ]


@dataclass(frozen=True, slots=True)
class Stock:
    """What is written anew is taken from here: whole paragraphs, and words. None is without letters."""

    paragraphs: Sequence[Paragraph]

    def word(self, dice: Random) -> str:
        """Any word of any paragraph."""
        while True:
            if found := core(dice.choice(dice.choice(self.paragraphs)).text):
                return found


class Editing:
    """One session of a writer with a chapter; `did` counts what was done."""

    def __init__(self, dice: Random, stock: Stock) -> None:
        self._dice = dice
        self._stock = stock
        self.did: Counter[str] = Counter()

    def edit(self, old: Sequence[Paragraph], share: float) -> list[Paragraph]:
        """The chapter with this share of its blocks edited; some chapters also as a whole."""
        chapter = numbered(old)
        kinds = [self._kind(paragraph, share) for paragraph in chapter]
        self._joining(chapter, kinds)
        rows = [self._done(paragraph, kind) for paragraph, kind in zip(chapter, kinds, strict=True)]
        new = [paragraph for row in rows for paragraph in row]
        for paragraph, kind in zip(chapter, kinds, strict=True):
            if kind == "move":
                new.insert(self._dice.randint(0, len(new)), paragraph)
        self.did.update(kind for kind in kinds if kind)
        return everywhere(new, self._dice, self.did)

    def _kind(self, paragraph: Paragraph, share: float) -> str:
        if self._dice.random() >= share:
            return ""
        kind = self._dice.choices(list(KINDS), list(KINDS.values()))[0]
        if not any(core(word.text) for word in paragraph):
            return kind if kind in ("insert", "delete", "move") else "insert"
        if (kind == "rewrite" and len(paragraph) < 3) or (kind == "split" and len(paragraph) < 6):
            return "typo"
        return kind

    def _joining(self, chapter: list[Paragraph], kinds: list[str]) -> None:
        """Let each block that is merged take in the next one, if that has words and stays where it is."""
        for at, kind in enumerate(kinds):
            if kind != "merge":
                continue
            if at + 1 == len(kinds) or kinds[at + 1] or not text_of(chapter[at + 1]):
                kinds[at] = "typo"
                continue
            first = [*chapter[at][:-1], replace(chapter[at][-1], glue=" ")]
            chapter[at], chapter[at + 1], kinds[at + 1] = first + chapter[at + 1], [], "merged"

    def _done(self, paragraph: Paragraph, kind: str) -> list[Paragraph]:
        """What stands in the place of one paragraph afterwards."""
        if kind in ("delete", "move", "merged"):
            return []
        if kind == "insert":
            return self._dice.sample([self._dice.choice(self._stock.paragraphs), paragraph], 2)
        if kind == "split":
            return self._split(paragraph)
        if kind == "typo":
            return [self._respelt(paragraph)]
        return [self._rewritten(paragraph)] if kind == "rewrite" else [paragraph]

    def _split(self, paragraph: Paragraph) -> list[Paragraph]:
        """At the end of a sentence; at any word in one of four."""
        ends = [at for at, word in enumerate(paragraph[:-1], 1) if _SENTENCE_END.search(word.text) and at > 1]
        if not ends or self._dice.random() < 0.25:
            ends = list(range(2, len(paragraph) - 1))
        cuts = sorted(self._dice.sample(ends, min(len(ends), self._dice.choice((1, 1, 1, 2)))))
        return [
            paragraph[a:b] for a, b in zip([0, *cuts], [*cuts, len(paragraph)], strict=True) if paragraph[a:b]
        ]

    def _respelt(self, paragraph: Paragraph) -> Paragraph:
        places = [at for at, word in enumerate(paragraph) if core(word.text)]
        chosen = set(self._dice.sample(places, min(len(places), self._dice.randint(1, 3))))
        return [
            replace(word, text=self._misspelt(word.text)) if at in chosen else word
            for at, word in enumerate(paragraph)
        ]

    def _misspelt(self, word: str) -> str:
        """One letter missing, doubled, changed, or changed with the next."""
        inner = core(word)
        at = self._dice.randrange(len(inner))
        letter = self._dice.choice(self._stock.word(self._dice))
        way = self._dice.randrange(4)
        if way == 0 and len(inner) > 1:
            new = inner[:at] + inner[at + 1 :]
        elif way == 1:
            new = inner[:at] + inner[at] + inner[at:]
        elif way == 2:
            new = inner[:at] + letter + inner[at + 1 :]
        else:
            new = inner[:at] + inner[at : at + 2][::-1] + inner[at + 2 :]
        return word.replace(inner, new, 1)

    def _rewritten(self, paragraph: Paragraph) -> Paragraph:
        """30 to 70 % of the words replaced, in runs: by as many others mostly, or by fewer or more."""
        wanted = min(max(1, round(len(paragraph) * self._dice.uniform(0.3, 0.7))), len(paragraph) - 1)
        chosen: set[int] = set()
        while len(chosen) < wanted:
            start = self._dice.randrange(len(paragraph))
            chosen |= set(range(start, min(start + self._dice.randint(1, 6), len(paragraph))))
            while len(chosen) > wanted:
                chosen.pop()
        new: Paragraph = []
        for at, word in enumerate(paragraph):
            new += self._instead(word) if at in chosen else [word]
        return new

    def _instead(self, word: Word) -> Paragraph:
        inner, luck = core(word.text), self._dice.random()
        if luck < 0.15:
            return []
        other = self._stock.word(self._dice)
        text = word.text.replace(inner, other, 1) if inner else other
        first = replace(word, text=text, kept=False)
        if luck > 0.85:
            return [
                replace(first, glue=word.glue or ""),
                Word(self._stock.word(self._dice), word.glue),
            ]
        return [first]
