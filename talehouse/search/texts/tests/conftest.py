"""An index in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from talehouse.accounts.models import Person, Visitor
from talehouse.search.language.parsing import parse
from talehouse.search.language.words import Words
from talehouse.search.texts.asking import Matches, Reader
from talehouse.search.texts.passages import Passage, passages
from talehouse.search.texts.writing import Writer, build

VISITOR = Visitor()
HEAP = 20_000_000


@dataclass
class Texts:
    """The index as tests ask it."""

    folder: Path

    def words(self, typed: str) -> Words:
        """What was typed, which has words."""
        found = parse(typed).words
        assert found is not None
        return found

    def ask(self, typed: str, *, member: bool = False, forgiving: bool = True) -> Matches:
        """All that matches."""
        return Reader(self.folder).match(self.words(typed), member=member, forgiving=forgiving)

    def found(self, typed: str, *, member: bool = False) -> set[int]:
        """The stories that match exactly."""
        matches = self.ask(typed, member=member, forgiving=False)
        assert not matches.but
        return set(matches.stories.tolist())

    def ranked(self, typed: str, *, member: bool = False) -> list[int]:
        """The stories that match, the best first; of equals the newest."""
        matches = self.ask(typed, member=member)
        pairs = sorted(zip(-matches.scores, -matches.stories, strict=True))
        return [-int(story) for _score, story in pairs]

    def passages(self, typed: str, *stories: int, person: Person = VISITOR) -> dict[int, Passage]:
        """The passages of these stories."""
        return passages(Reader(self.folder), self.words(typed), stories, person=person)

    def replace(self, *stories: int) -> None:
        """Write these stories anew."""
        with Writer(self.folder, heap=HEAP, threads=1) as writer:
            writer.replace(stories)


@pytest.fixture
def built(tmp_path: Path, db: None) -> Callable[[], Texts]:
    """Builds an index of what is in the database."""

    def make() -> Texts:
        build(tmp_path / "texts", heap=HEAP, threads=1)
        return Texts(tmp_path / "texts")

    return make
