"""One process writes, another reads: what it reads is always whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from talehouse.search.columns import files
from talehouse.search.columns.base import Base
from talehouse.search.columns.index import Index
from talehouse.search.columns.rows import COLUMNS, Row
from talehouse.search.questions import Question
from talehouse.search.tests.archive import RATINGS, TAGS, laid

ROUNDS = 150
_WRITER = """
import sys
from pathlib import Path
import django
django.setup()
from talehouse.search.columns import files
from talehouse.search.columns.building import build
from talehouse.search.columns.folding import folded
from talehouse.search.columns.index import Index
from talehouse.search.columns.tail import Change, append
from talehouse.search.tests.test_two_processes import ROUNDS, TAGS, row
folder = Path(sys.argv[1])
for number in range(2, ROUNDS + 2):
    used = files.current(folder)
    change = Change([row(number), row(number + 1000)], [number - 1, number + 999], TAGS)
    append(folder / used / files.TAIL, change)
    if number % 40 == 0:
        index = Index(folder)
        base, tail = index.refresh()
        name = files.next_generation(folder)
        build(folded(base, tail), {}, folder / name)
        files.switch(folder, name)
        files.sweep(folder)
"""


def row(story: int) -> Row:
    """A story that everybody may meet."""
    return Row(story, tuple(story for _ in COLUMNS), ("audience:public", "rating:teen", "tag:1"))


def test_a_reader_sees_each_record_whole_and_every_new_base(tmp_path: Path) -> None:
    """Each record takes two stories away and brings two: whoever saw half of one would count one or three."""
    laid(tmp_path, [row(1), row(1001)], kinds=TAGS)
    index = Index(tmp_path)
    question = Question(member=False, ratings=frozenset(RATINGS), facets=("tag:fandom",))
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings", "TALEHOUSE_DATA": str(tmp_path / "data")}
    (tmp_path / "data").mkdir()
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path)], env=environment)
    seen, generations = {1}, set()
    while writer.poll() is None:
        answer = index.find(question)
        newest, other = sorted(answer.stories)
        assert (answer.total, other) == (2, newest + 1000)
        assert answer.facets["tag:fandom"][0].stories == 2
        assert newest >= max(seen)
        seen.add(newest)
        generations.add(files.current(tmp_path))
    assert writer.wait() == 0
    assert sorted(index.find(question).stories) == [ROUNDS + 1, ROUNDS + 1001]
    assert len(seen) > 2
    assert len(generations) > 1


def test_a_base_that_is_swept_away_while_it_is_asked_is_asked_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid(tmp_path, [row(1), row(1001)], kinds=TAGS)
    swept: list[str] = []
    facet = Base.facet

    def gone_once(self: Base, kind: str) -> object:
        if not swept:
            swept.append(kind)
            raise FileNotFoundError(kind)
        return facet(self, kind)

    monkeypatch.setattr(Base, "facet", gone_once)
    question = Question(member=False, ratings=frozenset(RATINGS), facets=("tag:fandom",))
    assert Index(tmp_path).find(question).total == 2
    assert swept == ["fandom"]
