"""Attempts to run a script in somebody else's page, and what markup of ours may hold at the most.

The list here is that of `docs/formats.md`, written down once more: the sanitiser is not asked about itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import html5lib

HERE = Path(__file__).parent
HTML = "{http://www.w3.org/1999/xhtml}"
_CHARACTER = re.compile(r"⟦([0-9A-F]{1,6})⟧")

COMMENT = frozenset("p br blockquote em strong a span".split())
INLINE = frozenset(
    "em strong i b u s del ins sub sup small mark code kbd q cite abbr span ruby rb rt rp rtc br wbr".split()
) | {"a"}
NOTE = INLINE | frozenset("p blockquote ul ol li pre".split())
TEXT = NOTE | frozenset("h2 h3 h4 h5 h6 hr figure figcaption table thead tbody tr td th section img".split())
"""The elements of a comment, of a line, of a note or a summary, and of a text."""

CLASSES = frozenset("center right spoiler smallcaps letter verse note footnotes fn".split())
REL = "nofollow ugc noopener"
EVERYWHERE = {"class": r".*", "lang": r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", "dir": "ltr|rtl|auto"}
NUMBER = r"-?[0-9]{1,6}"
LINK = r"(https?://|mailto:)[^\x00-\x20\x7f]+"
OWN: dict[str, dict[str, str]] = {
    "a": {"href": rf"{LINK}|#fn(ref)?-[A-Za-z0-9._-]+", "title": r".*", "rel": re.escape(REL)},
    "abbr": {"title": r".*"},
    "img": {"src": r"/media/.*", "alt": r".*", "width": NUMBER, "height": NUMBER},
    "ol": {"start": NUMBER, "type": "[aAiI]"},
    "td": {"colspan": NUMBER, "rowspan": NUMBER},
    "th": {"colspan": NUMBER, "rowspan": NUMBER},
}
OUR_ID = r"fn(ref)?-[A-Za-z0-9._-]{1,60}"


@cache
def payloads() -> tuple[str, ...]:
    """Every attempt of `payloads.txt`; each call in it has a number of its own."""
    text = (HERE / "payloads.txt").read_text(encoding="utf-8")
    lines = text[text.index("\n== ") :].split("\n")
    numbers = count(1)
    written = (line for line in lines if line.strip() and not line.startswith("== "))
    return tuple(_numbered(_CHARACTER.sub(_character, line), numbers) for line in written)


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _numbered(payload: str, numbers: Iterator[int]) -> str:
    number = str(next(numbers))
    return payload.replace("alert(1)", f"alert({number})").replace("__pwned(1)", f"__pwned({number})")


def wrapped() -> Iterator[tuple[str, Callable[[str], str]]]:
    """Places in which an attempt may stand, by name: what comes before decides what a parser makes of it."""
    yield "alone", lambda payload: payload
    yield "in a paragraph", lambda payload: f"<p>before {payload} after</p>"
    yield "in a table", lambda payload: f"<table><tr><td>{payload}</td><th>x</th></tr></table>"
    yield "in a list", lambda payload: f"<ul><li>{payload}<li>x</ul>"
    yield "in a link", lambda payload: f'<a href="https://e.example/">{payload}</a>'
    yield "in an attribute", lambda payload: f'<abbr title="{payload}">x</abbr>'
    yield "in a bare attribute", lambda payload: f"<img src=/media/x.png alt={payload}>"
    yield "in a formula", lambda payload: f"<math><mi>{payload}</mi></math>"
    yield "in a drawing", lambda payload: f"<svg><desc>{payload}</desc></svg>"
    yield "in text that is not parsed", lambda payload: f"<pre>{payload}</pre><textarea>{payload}</textarea>"
    yield "behind an open comment", lambda payload: f"<!-- {payload} --> {payload}"
    yield "very deep", lambda payload: "<b>" * 401 + payload
    yield "in ruby", lambda payload: f"<ruby>x<rt>{payload}</rt></ruby>"
    yield "in a note", lambda payload: f'x<a href="#n1">1</a><p id="n1">{payload}</p>'
    yield "said twice", lambda payload: f"<p title='{payload}'>{payload}</p>{payload}"


def faults(html: str, elements: frozenset[str] = TEXT, *, more: tuple[str, ...] = ()) -> list[str]:
    """What this markup holds that the list does not have, as a browser would read it, with and without
    scripts. `more`: classes that we add ourselves."""
    found: list[str] = []
    for scripting in (True, False):
        tree = html5lib.parseFragment(html, container="div", treebuilder="etree", scripting=scripting)
        for node in tree.iter():
            if node is not tree:
                found += _faults_of(node, elements, CLASSES | set(more))
    return found


def _faults_of(node: Any, elements: frozenset[str], classes: frozenset[str] | set[str]) -> Iterator[str]:
    if not isinstance(node.tag, str) or not node.tag.startswith(HTML):
        yield f"{node.tag!r} is no element of HTML"
        return
    name = node.tag.removeprefix(HTML)
    if name not in elements:
        yield f"<{name}>"
    allowed = {**EVERYWHERE, "id": OUR_ID, **OWN.get(name, {})}
    if node.attrib.get("class") == "mention" and name == "a":
        allowed["href"] = r"/people/[^/\s]+/"
    for attribute, value in node.attrib.items():
        pattern = allowed.get(str(attribute))
        if pattern is None or re.fullmatch(pattern, value, re.DOTALL) is None:
            yield f"<{name} {attribute}={value!r}>"
    if strange := set(node.attrib.get("class", "").split()) - classes:
        yield f"<{name} class={sorted(strange)}>"
    if name == "a" and node.attrib.get("rel") != REL and node.attrib.get("class") != "mention":
        yield f"<a {node.attrib}> leads out with credit"
