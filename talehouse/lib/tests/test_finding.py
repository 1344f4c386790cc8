"""Find and replace in a stored text: in what readers see, never in tags."""

from __future__ import annotations

import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.lib import html as markup
from talehouse.lib.html.finding import Wanted, hits, pattern, replaced


def stored(*blocks: str) -> str:
    split = markup.split(markup.sanitise("".join(blocks), picture=lambda src: src))
    return markup.join(split, [str(n) for n in range(1, len(split) + 1)])


def put(html: str, wanted: Wanted, new: str) -> str:
    """Everything that can be, replaced; without the ids."""
    found = {hit.number for hit in hits(html, wanted)}
    return re.sub(r' id="b-\d+"', "", replaced(html, wanted, new, found)[0])


@pytest.mark.parametrize(
    ("html", "wanted", "expected"),
    [
        ("<p>A lamp, a Lamp.</p>", Wanted("lamp"), "<p>A torch, a torch.</p>"),
        ("<p>A lamp, a Lamp.</p>", Wanted("lamp", case=True), "<p>A torch, a Lamp.</p>"),
        ("<p>lamps lamp clamp</p>", Wanted("lamp", whole=True), "<p>lamps torch clamp</p>"),
        ("<p>A <em>lamp</em>.</p>", Wanted("lamp"), "<p>A <em>torch</em>.</p>"),
        ("<p>A <em>la</em>mp.</p>", Wanted("lamp"), "<p>A <em>torch</em>.</p>"),
        ("<p>A l<em>am</em>p.</p>", Wanted("lamp"), "<p>A torch.</p>"),
        ("<p>The old\u00a0lamp.</p>", Wanted("old lamp"), "<p>The torch.</p>"),
        ("<p>the keeper’s</p>", Wanted("keeper's"), "<p>the torch</p>"),
        ("<p>a &amp; b</p>", Wanted("&"), "<p>a torch b</p>"),
        ("<p>em <em>em</em></p>", Wanted("em"), "<p>torch <em>torch</em></p>"),
        ("<p>a.b axb</p>", Wanted("a.b"), "<p>torch axb</p>"),
        ("<p>Straße</p>", Wanted("straße"), "<p>torch</p>"),
        ("<ul><li>lamp</li></ul>", Wanted("lamp"), "<ul><li>torch</li></ul>"),
    ],
)
def test_words_are_replaced(html: str, wanted: Wanted, expected: str) -> None:
    assert put(stored(html), wanted, "torch") == expected


def test_new_words_are_no_markup() -> None:
    assert put(stored("<p>lamp</p>"), Wanted("lamp"), "<b>&") == "<p>&lt;b&gt;&amp;</p>"


def test_addresses_of_links_and_pictures_stay() -> None:
    html = '<p><a href="https://lamp.example/lamp">lamp</a> <img src="/media/lamp.png" alt="lamp"></p>'
    done = put(stored(html), Wanted("lamp"), "torch")
    assert 'href="https://lamp.example/lamp"' in done and ">torch</a>" in done and 'alt="lamp"' in done


@pytest.mark.parametrize(
    "html",
    [
        '<p>la<a href="https://a.example/">mp</a></p>',
        '<p><a href="https://a.example/">la</a>mp</p>',
        "<p>la<ruby>mp<rt>x</rt></ruby></p>",
    ],
)
def test_what_runs_across_a_link_is_told_and_left(html: str) -> None:
    text = stored(html)
    assert [hit.replaceable for hit in hits(text, Wanted("lamp"))] == [False]
    assert replaced(text, Wanted("lamp"), "torch", {0}) == (text, 0)


@pytest.mark.parametrize(
    "html", ["<p>la</p><p>mp</p>", "<ul><li>la</li><li>mp</li></ul>", "<p>la<br>mp</p>", "<p>lmp</p>"]
)
def test_what_is_not_one_word_is_not_found(html: str) -> None:
    assert hits(stored(html), Wanted("lamp")) == []


def test_a_hit_tells_where_it_stands() -> None:
    [hit] = hits(stored("<p>One.</p><p>The <em>old</em> lamp is warm.</p>"), Wanted("lamp"))
    assert (hit.block, hit.before, hit.found, hit.after) == ("2", "The old ", "lamp", " is warm.")


def test_only_the_chosen_places_change() -> None:
    text = stored("<p>lamp lamp</p><p>lamp</p>")
    done, number = replaced(text, Wanted("lamp"), "torch", {1, 2, 99})
    assert (markup.text_of(done), number) == ("lamp torch\n\ntorch", 2)


def test_nothing_is_found_of_nothing() -> None:
    assert hits(stored("<p>a b</p>"), Wanted("  ")) == []


TEXTS = st.lists(
    st.lists(
        st.tuples(
            st.text(st.sampled_from("ab &<\u00a0"), min_size=1, max_size=6),
            st.sampled_from(["", "em", "a", "strong"]),
        ),
        min_size=1,
        max_size=5,
    ),
    min_size=1,
    max_size=4,
)


def written(paragraphs: list[list[tuple[str, str]]]) -> str:
    def run(words: str, tag: str) -> str:
        opened = '<a href="https://a.example/">' if tag == "a" else f"<{tag}>"
        return f"{opened}{escape(words)}</{tag}>" if tag else escape(words)

    return stored(*(f"<p>{''.join(run(*piece) for piece in one)}</p>" for one in paragraphs))


@given(
    TEXTS, st.sampled_from(["a", "ab", "b a", "&", "aa", "<"]), st.text(st.sampled_from("xy<&"), max_size=3)
)
def test_the_laws_of_replacing(paragraphs: list[list[tuple[str, str]]], words: str, new: str) -> None:
    """Nothing chosen changes nothing; ids stay; where every place could be replaced, what readers see is what
    replacing in plain text gives."""
    text, wanted = written(paragraphs), Wanted(words, case=True)
    found = hits(text, wanted)
    able = {hit.number for hit in found if hit.replaceable}
    assert replaced(text, wanted, new, set()) == (text, 0)
    done, number = replaced(text, wanted, new, able)
    assert number == len(able)
    assert re.findall(r'id="b-(\d+)"', done) == re.findall(r'id="b-(\d+)"', text)
    said = [block.text for _key, block in markup.parse(text)]
    says = [block.text for _key, block in markup.parse(done)]
    if len(able) == len(found):
        assert says == [pattern(wanted).sub(lambda _match: new, words) for words in said]
    if not able:
        assert says == said
