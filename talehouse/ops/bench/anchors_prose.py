"""Chapters of real prose to edit: the demo's stories, or the chapters of any book or folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from talehouse.imports.found import BadFileError
from talehouse.imports.opening import open_files
from talehouse.lib import html as markup
from talehouse.ops.bench.anchors_edits import Paragraph, Stock, core, words_in
from talehouse.ops.bench.running import BadInputError
from talehouse.ops.demo.loading import FOLDER, described

SHORTEST, LONGEST = 30, 110
"""Blocks of a chapter that is cut out of a demo story."""
LEFT_OUT = 0.05
"""Share of blocks that are left out of such a chapter, so that no two are the same."""
FEWEST = 3
STOCK = 400
"""Paragraphs of other chapters in the same language, from which what is written anew is taken."""


@dataclass(frozen=True, slots=True)
class Book:
    """The chapters of one story; `language` is a BCP 47 tag, "" if nobody knows."""

    language: str
    chapters: Sequence[Sequence[Paragraph]]


@dataclass(frozen=True, slots=True)
class Case:
    """A chapter to edit, and what an editor may write into it."""

    chapter: Sequence[Paragraph]
    stock: Stock


class Prose:
    """Real prose, by chapters. Raises BadInputError when there is nothing to read."""

    def __init__(self, path: Path | None) -> None:
        self.books = _demo() if path is None else _read(path)
        self._whole = path is not None
        self._all = [(book, at) for book in self.books for at in range(len(book.chapters))]
        if len(self._all) < 2:
            raise BadInputError("At least two chapters of three paragraphs are needed.")
        self._pools: dict[str, list[Paragraph]] = defaultdict(list)
        for book, at in self._all:
            self._pools[book.language] += [p for p in book.chapters[at] if any(core(w.text) for w in p)]

    def case(self, number: int, dice: Random) -> Case:
        """The chapter with this number; after the last it begins again."""
        book, at = self._all[number % len(self._all)]
        chapter = book.chapters[at] if self._whole else _cut(book, at, dice)
        mine = {id(paragraph) for paragraph in chapter}
        pool = self._pools[book.language]
        drawn = dice.sample(pool, min(len(pool), STOCK + len(chapter)))
        return Case(chapter, Stock([paragraph for paragraph in drawn if id(paragraph) not in mine]))

    def long(self, words: int) -> Case:
        """A text of so many words at least, of all books in one language, one after another."""
        language = max({book.language for book in self.books}, key=self._length)
        texts = [text for book in self.books if book.language == language for text in book.chapters]
        chapter: list[Paragraph] = []
        length = at = 0
        while length < words:
            chapter += texts[at % len(texts)]
            length += sum(map(len, texts[at % len(texts)]))
            at += 1
        return Case(chapter, Stock(self._pools[language]))

    def _length(self, language: str) -> tuple[int, str]:
        books = [book for book in self.books if book.language == language]
        return sum(len(p) for book in books for text in book.chapters for p in text), language


def _cut(book: Book, at: int, dice: Random) -> list[Paragraph]:
    """A stretch of the story that begins in chapter `at`, without some of its paragraphs."""
    start = sum(map(len, book.chapters[:at])) + dice.randrange(max(1, len(book.chapters[at]) - SHORTEST))
    blocks = (paragraph for text in book.chapters for paragraph in text)
    longest = max(SHORTEST, min(LONGEST, sum(map(len, book.chapters)) // 2))  # the rest is to be written anew
    stretch = islice(blocks, start, start + dice.randint(SHORTEST, longest))
    return [paragraph for paragraph in stretch if dice.random() >= LEFT_OUT]


def _demo() -> list[Book]:
    books: list[Book] = []
    for folder, told in described():
        files = [FOLDER / folder / part["file"] for part in told["parts"]]
        pages = [part.html for file in files for story in open_files([file]) for part in story.parts]
        books.append(Book(told["language"], [chapter for page in pages if (chapter := _blocks(page))]))
    return books


def _read(path: Path) -> list[Book]:
    if not path.exists():
        raise BadInputError(f"{path} does not exist.")
    try:
        stories = open_files([path])
    except BadFileError as error:
        raise BadInputError(str(error)) from error
    books = [
        Book(
            story.language, [chapter for part in story.parts if len(chapter := _blocks(part.html)) >= FEWEST]
        )
        for story in stories
    ]
    return [book for book in books if book.chapters]


def _blocks(html: str) -> list[Paragraph]:
    clean = markup.sanitise(html, picture=lambda _source: None)
    return [words_in(block.text) for block in markup.split(clean)]
