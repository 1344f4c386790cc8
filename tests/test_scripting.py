"""Nothing that somebody sends runs in somebody else's page: what leaves the sanitiser is on the list.

`tests/browser/test_scripting.py` shows the same in a real browser, through every door.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from talehouse.accounts.models import PenName
from talehouse.accounts.portraits import about_html
from talehouse.comments.wording import rendered, tidy
from talehouse.imports.formats.html.parse import parse as parse_html
from talehouse.imports.formats.markdown.parse import parse as parse_markdown
from talehouse.imports.found import BadFileError, FoundStory
from talehouse.lib import html as markup
from talehouse.lib import plain
from talehouse.lib.markdown import as_html, as_markdown
from talehouse.stories.texts import note
from tests.attacks import COMMENT, INLINE, NOTE, TEXT, faults, payloads, wrapped

WREN = PenName(name='"><img src=x onerror=alert(1)>', slug="wren")
"""Somebody whom a comment names; no rule would take this name, and the markup does not rely on that."""


def text(html: str) -> str:
    """A text as it is kept; every picture is one of ours, which lets through the most."""
    return markup.sanitise(
        html, picture=lambda source: source if source.startswith("/media/") else "/media/x.png"
    )


def said(words: str) -> str:
    """A comment as it is kept."""
    return rendered(tidy(words), {"wren": WREN})


def of_markdown(source: str) -> str:
    """A text that was written in Markdown."""
    return text(as_html(source))


def there_and_back(html: str) -> str:
    """A text that was opened in the editor as Markdown and saved again."""
    return text(as_html(as_markdown(markup.sanitise(html, picture=lambda source: None))))


def of_a_form(words: str) -> str:
    """A summary that was typed into a field, shown there again, and sent again."""
    return note(plain.to_html(plain.to_text(note(plain.to_html(words)))))


DOORS: dict[str, tuple[Callable[[str], str], frozenset[str]]] = {
    "a text": (text, TEXT),
    "a text in Markdown": (of_markdown, TEXT),
    "a text in Markdown again": (there_and_back, TEXT),
    "a note": (note, NOTE),
    "a summary": (of_a_form, NOTE),
    "a portrait": (about_html, NOTE),
    "a line": (markup.inline, INLINE),
    "a comment": (said, COMMENT),
}


def test_there_are_enough_attempts() -> None:
    assert len(set(payloads())) == len(payloads()) >= 500


def test_the_judge_sees_what_is_bad() -> None:
    """A judge that finds nothing would prove nothing."""
    for bad in (
        "<p onclick=x>a</p>",
        "<script>x</script>",
        '<p style="color:red">a</p>',
        '<a href="javascript:x" rel="nofollow ugc noopener">a</a>',
        '<a href="https://e.example/">a</a>',
        '<p id="talk-sheet">a</p>',
        '<p class="bar">a</p>',
        "<svg></svg>",
        "<!-- a -->",
        '<img src="https://e.example/">',
    ):
        assert faults(bad), bad
    assert sum(bool(faults(payload)) for payload in payloads()) > 300


def judge(bad: list[str]) -> None:
    """Fail with the first of what was found."""
    assert not bad, f"{len(bad)} faults:\n" + "\n".join(bad[:10])


@pytest.mark.parametrize("door", DOORS)
def test_nothing_but_the_list_is_left_of_any_attempt(door: str) -> None:
    clean, elements = DOORS[door]
    bad = []
    for payload in payloads():
        got = clean(payload)
        bad += [f"{payload!r}: {fault}" for fault in faults(got, elements, more=("mention",))]
    judge(bad)


@pytest.mark.parametrize("where", dict(wrapped()))
def test_nothing_is_left_wherever_it_stands(where: str) -> None:
    around = dict(wrapped())[where]
    bad = []
    for payload in payloads()[:: 5 if where == "very deep" else 1]:  # those take long
        got = text(around(payload))
        bad += [f"{payload!r}: {fault}" for fault in faults(got)]
        if text(got) != got:
            bad.append(f"{payload!r}: sanitised again it changes: {got!r} {text(got)!r}")
    judge(bad)


@pytest.mark.parametrize(("clean", "door"), [(note, "a note"), (markup.inline, "a line"), (text, "a text")])
def test_sanitising_twice_changes_nothing(clean: Callable[[str], str], door: str) -> None:
    judge([f"{one!r}: {clean(one)!r}" for one in payloads() if clean(clean(one)) != clean(one)])


def test_books_hold_nothing_else_either() -> None:
    """The markup of an EPUB is well-formed, so that no reader has to guess."""
    for payload in payloads():
        xhtml = markup.as_xhtml(text(payload))
        tree = etree.fromstring(f"<body>{xhtml}</body>")
        assert {node.tag for node in tree.iter()} <= TEXT | {"body"}, payload


def _parsed(parse: Callable[..., FoundStory], source: str, name: str) -> FoundStory | None:
    try:
        return parse(source.encode("utf-8", "surrogatepass"), name=name)
    except BadFileError:
        return None


@pytest.mark.parametrize("kind", ["html", "md"])
def test_what_a_file_brings_is_sanitised_too(kind: str) -> None:
    bad = []
    for payload in payloads():
        found = (
            _parsed(parse_html, f"<title>{payload}</title><h1>One</h1>{payload}<p>x</p>", "x.html")
            if kind == "html"
            else _parsed(parse_markdown, f"---\nsummary: {payload!r}\n---\n# One\n\n{payload}\n\nx\n", "x.md")
        )
        for part in found.parts if found else ():
            bad += [f"{payload!r}: {fault}" for fault in faults(text(part.html))]
            bad += [f"{payload!r}: {fault}" for fault in faults(note(part.note_before), NOTE)]
        bad += [f"{payload!r}: {fault}" for fault in faults(note(found.summary), NOTE)] if found else []
    judge(bad)


# Markup that nobody has thought of

NAMES = st.sampled_from(
    "a abbr annotation-xml b base body br desc div em embed font foreignObject form frameset h1 head html i "
    "iframe img input li link listing math mglyph mi mtext meta noembed noframes noscript object ol option p "
    "plaintext pre rt ruby script section select style svg table tbody td template textarea title tr u use "
    "xmp x:y SCRIPT \u212ait".split()
)
ATTRIBUTES = st.sampled_from(
    "href src onclick onerror style id name class title xlink:href srcdoc action formaction alt lang dir "
    "type start colspan rel target data-x epub:type ONLOAD x:onclick".split()
)
BITS = st.one_of(
    st.sampled_from(payloads()),
    st.sampled_from(
        "javascript: data: &quot; &#34; &lt; &gt; &amp; --> <!-- ]]> <![CDATA[ </ /> > < \" ' ` = \x00 \t "
        "\u0338 https://e.example/ #fn-1 fn-1 fnref-1 @wren || ** [x]( ) \u202e \u2028".split(" ")
    ),
    st.text(max_size=6),
)
VALUES = st.lists(BITS, max_size=2).map("".join)
QUOTES = st.sampled_from(['"', "'", "", "`"])
ATTRIBUTE = st.tuples(ATTRIBUTES, QUOTES, VALUES).map(lambda one: f" {one[0]}={one[1]}{one[2]}{one[1]}")
OPENING = st.tuples(NAMES, st.lists(ATTRIBUTE, max_size=3), st.sampled_from([">", "/>", " >", "", "\n>"]))
TAGS = st.one_of(
    OPENING.map(lambda one: f"<{one[0]}{''.join(one[1])}{one[2]}"), NAMES.map(lambda name: f"</{name}>")
)
MARKUP = st.lists(st.one_of(TAGS, BITS), max_size=12).map("".join)


@given(MARKUP)
def test_generated_markup_leaves_nothing_but_the_list(source: str) -> None:
    for clean, elements in DOORS.values():
        got = clean(source[:4000])
        assert faults(got, elements, more=("mention",)) == [], got
    for again in (text, note):
        assert again(again(source)) == again(source)


@given(
    st.lists(st.sampled_from(payloads()), min_size=2, max_size=4),
    st.sampled_from(["", " ", "\n\n", '"', "<b>"]),
)
def test_several_attempts_do_not_help_one_another(some: list[str], between: str) -> None:
    for clean, elements in DOORS.values():
        assert faults(clean(between.join(some)), elements, more=("mention",)) == []
