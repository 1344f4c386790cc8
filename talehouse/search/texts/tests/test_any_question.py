"""Whatever is typed, the index answers; and each story that it names has the words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.search.language.errors import QueryError
from talehouse.search.language.parsing import parse
from talehouse.search.texts import asking
from talehouse.search.texts.asking import Reader
from talehouse.search.texts.documents import PartText, StoryTexts
from talehouse.search.texts.passages import inside, passage_in
from talehouse.search.texts.tests.conftest import HEAP
from talehouse.search.texts.units import usable
from talehouse.search.texts.writing import Writer

TEXTS = {
    "en": '<p id="b-1">The keeper’s dragons slept.</p>\n<p id="b-2">Nobody spoke until the water did.</p>',
    "de": '<p id="b-1">Die Häuser der Königin.</p>',
    "ja": '<p id="b-1">東京の猫は眠っていた。</p>',
    "th": '<p id="b-1">เขาอ่านภาษาไทยอยู่</p>',
    "ko": '<p id="b-1">고양이가 집에 있다.</p>',
    "hi": '<p id="b-1">हिन्दी में किताबें</p>',
}
WORDS = sorted({word for html in TEXTS.values() for word in html.replace("<", " ").replace(">", " ").split()})


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """One story in each language."""
    folder: Path = tmp_path_factory.mktemp("index") / "texts"
    with Writer(folder, heap=HEAP, threads=1) as writer:
        for number, (language, html) in enumerate(TEXTS.items(), 1):
            writer.add(
                StoryTexts(number, language, f"Title {number}", parts=(PartText(number, "One", html),))
            )
    yield Reader(folder)


PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from([*'-*"„“ |.\\()[]^$+?', "OR", "title:", "text:", "กู", "ि", "ー"]),
    st.text(max_size=5),
)


@given(typed=st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=10).map(" ".join)))
def test_it_answers_whatever_is_typed(reader: Reader, typed: str) -> None:
    try:
        words = parse(typed).words
    except QueryError:
        return
    if words is None:
        return
    found = reader.match(words, member=True)
    assert found.stories.tolist() == sorted(set(found.stories.tolist()))
    assert len(found.stories) == len(found.scores)
    assert found.but or (found.scores > 0).all()


@pytest.mark.parametrize("counted", [0, 60_000])
def test_a_word_that_stands_almost_everywhere_is_found_everywhere(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, counted: int
) -> None:
    """However few documents are scored."""
    words = parse("title* -1").words
    assert words is not None
    everywhere = reader.match(words, member=False)
    monkeypatch.setattr(asking, "SCORED", 2)
    monkeypatch.setattr(asking, "COUNTED", counted)
    reader.forget()
    found = reader.match(words, member=False)
    assert found.stories.tolist() == everywhere.stories.tolist() == [2, 3, 4, 5, 6]
    assert (found.scores > 0).all()
    reader.forget()


@given(typed=st.sampled_from(WORDS))
def test_what_is_found_in_a_text_can_be_shown(reader: Reader, typed: str) -> None:
    words = parse(f'text:"{typed}"').words
    assert words is not None
    units = list(inside(usable(words)))
    languages = dict(enumerate(TEXTS, 1))
    for story in reader.match(words, member=True, forgiving=False).stories:
        language = languages[int(story)]
        assert passage_in(TEXTS[language], language, units) is not None
