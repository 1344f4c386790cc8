"""What changed between two texts: the laws, and what a person would call the change."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.lib import html as markup
from talehouse.stories.differences import (
    Difference,
    Row,
    State,
    Version,
    compare,
    without_ids,
)
from talehouse.stories.wording import Run, What, pieces_of

INLINE = (
    "{}", "<em>{}</em>", "<strong>{} <em>so</em></strong>", "a <s>{}</s> b", "{}<br>{}",
    '<a href="https://example.org/{}">{}</a>', '<span class="spoiler">{}</span>',
    '{}<img src="/media/x.png" alt="{}">', "<ruby>漢<rt>かん</rt></ruby>{}",
)  # fmt: skip
BLOCKS = (
    "<p>{}</p>", '<p class="center">{}</p>', "<h3>{}</h3>", "<blockquote><p>{}</p><p>{}</p></blockquote>",
    "<ul><li>{}</li><li>x {}</li></ul>", "<pre>{}\n  {}</pre>", "<p>{}</p><hr><p>{}</p>",
)  # fmt: skip
WORDS = st.lists(
    st.sampled_from("lamp weir keeper … — “No.” don’t 1,000 彼は走った ที่บ้าน नहीं 👩‍👩‍👧 & <".split()),
    min_size=1,
    max_size=6,
)


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A few words with a format around them."""
    said = " ".join(draw(WORDS)).replace("&", "&amp;").replace("<", "&lt;")
    return draw(st.sampled_from(INLINE)).replace("{}", said)


@st.composite
def texts(draw: st.DrawFn) -> list[tuple[str, markup.Block]]:
    """The blocks of a text with their ids; ids and words meet those of another text often."""
    blocks = draw(st.lists(st.tuples(st.sampled_from(BLOCKS), lines()), max_size=7))
    html = "".join(block.replace("{}", line) for block, line in blocks)
    made = markup.split(markup.sanitise(html, picture=lambda src: src))
    keys = draw(st.permutations([str(n) for n in range(len(made) + 3)]))
    return list(zip(keys, made, strict=False))


def stored(blocks: Sequence[tuple[str, markup.Block]]) -> str:
    """The stored form."""
    return markup.join([block for _, block in blocks], [key for key, _ in blocks])


def told(html: str) -> str:
    """The text of a block, with its pictures."""
    return "".join(piece.text + piece.thing for piece in pieces_of(html))


def side(runs: Sequence[Run], left_out: What) -> str:
    return "".join(run.text + run.thing for run in runs if run.what != left_out)


def before(found: Difference) -> list[str]:
    """The blocks that taking the changes back gives."""
    whole = {State.KEPT, State.AWAY}
    gone = {State.CHANGED, State.REPLACED, State.REMOVED}
    return [
        told(row.html) if row.state in whole else side(row.runs, What.ADDED)
        for row in found.rows
        if row.state in whole | gone
    ]


def after(found: Difference) -> list[str]:
    """The blocks that making the changes gives."""
    left = {State.AWAY, State.REMOVED}
    return [
        told(row.html) if row.state == State.KEPT else side(row.runs, What.REMOVED)
        for row in found.rows
        if row.state not in left
    ]


@given(texts(), texts())
def test_making_the_changes_gives_the_second_text_and_taking_them_back_the_first(
    one: list[tuple[str, markup.Block]], other: list[tuple[str, markup.Block]]
) -> None:
    found = compare(Version(stored(one)), Version(stored(other)))
    assert before(found) == [told(block.html) for _, block in one]
    assert after(found) == [told(block.html) for _, block in other]


@given(texts())
def test_pieces_join_to_what_a_reader_sees(blocks: list[tuple[str, markup.Block]]) -> None:
    for _key, block in markup.parse(stored(blocks)):
        assert "".join(piece.text for piece in pieces_of(block.html)) == block.text


@given(texts())
def test_a_text_does_not_differ_from_itself(blocks: list[tuple[str, markup.Block]]) -> None:
    found = compare(Version(stored(blocks), "One", "<p>n</p>"), Version(stored(blocks), "One", "<p>n</p>"))
    assert {row.state for row in found.rows} <= {State.KEPT}
    assert (found.title, found.note_before, found.note_after) == (None, None, None)


def one_row(one: str, other: str) -> Row:
    """The row of a paragraph that was edited."""
    return compare(Version(f'<p id="b-1">{one}</p>'), Version(f'<p id="b-1">{other}</p>')).rows[0]


def marked(runs: Sequence[Run]) -> str:
    """Runs as they are written in tests: [-gone-]{+come+}."""
    signs = {What.KEPT: "{}", What.ADDED: "{{+{}+}}", What.REMOVED: "[-{}-]"}
    return "".join(signs[run.what].format(run.text) for run in runs)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (
            "She set it down, slowly.",
            "She put it down, very slowly.",
            "She [-set-]{+put+} it down,{+ very+} slowly.",
        ),
        ("I can’t see.", "I can see.", "I [-can’t-]{+can+} see."),
        ("彼は走った。", "彼女は走った。", "彼{+女+}は走った。"),
        ("กินข้าวที่บ้าน", "กินข้าวที่วัด", "กินข้าวที่[-บ้าน-]{+วัด+}"),
        ("The old red lamp", "A new blue lamp", "[-The old red-]{+A new blue+} lamp"),
        ("He said <em>no</em>.", "He said no.", "He said [-no-]{+no+}."),
        ("It came and went.", "It came and came and went.", "It came and {+came and +}went."),
    ],
)
def test_words_are_compared_as_a_person_would(one: str, other: str, expected: str) -> None:
    assert marked(one_row(one, other).runs) == expected


def test_a_word_made_italic_carries_its_format() -> None:
    runs = one_row("He said no.", "He said <em>no</em>.").runs
    assert Run(What.ADDED, "no", ("em",)) in runs


def paragraphs(*named: str) -> Version:
    """A text of paragraphs, each written as "id words"."""
    split = [line.partition(" ") for line in named]
    return Version("\n".join(f'<p id="b-{key}">{words}</p>' for key, _, words in split))


def states(found: Difference) -> list[str]:
    return [row.state.value for row in found.rows]


def test_a_block_is_known_by_its_id_then_by_its_words() -> None:
    old = paragraphs("1 Nothing in common here", "2 The keeper came home late that night")
    new = paragraphs("1 Wholly other words now", "9 The keeper came home late that very night")
    assert states(compare(old, new)) == ["changed", "changed"]


def test_a_moved_block_is_told_at_both_places() -> None:
    old = paragraphs("1 One stays", "2 Two goes down", "3 Three stays", "4 Four stays")
    new = paragraphs("1 One stays", "3 Three stays", "4 Four stays", "2 Two goes far down")
    found = compare(old, new)
    assert states(found) == ["kept", "away", "kept", "kept", "here"]
    assert {row.place for row in found.rows if row.place} == {1}
    assert marked(found.rows[-1].runs) == "Two goes {+far +}down"


def test_words_that_came_back_elsewhere_are_known_again() -> None:
    old = paragraphs("1 One stays here", "2 The keeper came home", "3 Three stays here")
    new = paragraphs("1 One stays here", "3 Three stays here", "8 The keeper came home")
    assert states(compare(old, new)) == ["kept", "away", "kept", "here"]


def test_other_words_at_another_place_are_no_move() -> None:
    old = paragraphs("1 One stays here", "2 How long have you been walking?", "3 Three stays here")
    new = paragraphs("1 One stays here", "3 Three stays here", "8 He looked at her boots.")
    assert states(compare(old, new)) == ["kept", "removed", "kept", "added"]


def test_what_went_and_what_came_share_a_line() -> None:
    old = paragraphs("1 Same", "2 The orchard was quiet", "3 End")
    new = paragraphs("1 Same", "7 Somebody knocked", "8 Twice", "3 End")
    assert states(compare(old, new)) == ["kept", "replaced", "added", "kept"]


def test_a_paragraph_that_becomes_a_heading_is_a_change() -> None:
    found = compare(Version('<p id="b-1">The weir</p>'), Version('<h3 id="b-1">The weir</h3>')).rows[0]
    assert (found.state, found.reshaped, marked(found.runs)) == (State.CHANGED, True, "The weir")


def test_title_and_notes_are_compared_too() -> None:
    found = compare(
        Version("", "The Old Weir", "<p>Hello.</p>"),
        Version("", "The Weir", "<p>Hello, you.</p>", "<p>Bye.</p>"),
    )
    assert found.title is not None and marked(found.title) == "The [-Old -]Weir"
    assert found.note_before is not None and marked(found.note_before) == "Hello{+, you+}."
    assert found.note_after is not None and marked(found.note_after) == "{+Bye.+}"


def test_a_block_too_large_for_the_table_is_still_compared() -> None:
    one = " ".join(f"word{n % 700}" for n in range(12_000))
    other = one.replace("word13 ", "else ", 1)
    assert before(compare(paragraphs(f"1 {one}"), paragraphs(f"1 {other}"))) == [one]
    assert after(compare(paragraphs(f"1 {one}"), paragraphs(f"1 {other}"))) == [other]


def test_ids_do_not_come_along_to_be_shown() -> None:
    assert without_ids('<p><a href="#fn-1" id="fnref-1">1</a></p>') == '<p><a href="#fn-1">1</a></p>'
