"""No sentence that people see in the browser stands outside of gettext: in no template, form or refusal."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import Lexer, Token, TokenType

HOUSE = settings.BASE / "talehouse"
TEMPLATES = sorted(path for path in HOUSE.rglob("templates/**/*") if path.suffix in {".html", ".txt"})
MODULES = sorted(
    path for path in HOUSE.rglob("*.py") if not {"tests", "migrations", "management"} & set(path.parts)
)

SAME_EVERYWHERE = frozenset(
    {"EPUB", "DOCX", "HTML", "Markdown", "HTML, Markdown", "ZIP", "JSON", "(JSON)", "(RSS)", "Aa"}
    | set("acjkmt")
)
"""Names of formats and of keys; the letters on the button of the reader settings."""

SPOKEN = frozenset(
    {"alt", "aria-label", "aria-description", "aria-valuetext", "placeholder", "title", "label"}
)
"""Attributes that are read to people; so are those of `data-` that hold more than a word."""

TRANSLATES = frozenset({"translate", "trans", "blocktranslate", "blocktrans", "plural"})
TRANSLATED = re.compile(r"context\s+\S+|_\((?:\"[^\"]*\"|'[^']*')\)")
LITERAL = re.compile(r"\"([^\"]*)\"|'([^']*)'")
SENTENCE = re.compile(r"\b[A-Z][a-z]+$|[^\W\d_]+ +[^\W\d_]+")
"""A word with a capital letter alone, or two words: no path, no code, no name of a field."""


class Words(HTMLParser):
    """Collects text and spoken attributes that have letters."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Attributes; `content` of a meta element is for programs unless it has two words."""
        for name, value in attrs:
            if name in SPOKEN or (name.startswith("data-") and SENTENCE.search(value or "")):
                self.handle_data(value or "")

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        if any(letter.isalpha() for letter in data):
            self.found.append(" ".join(data.split()))


def markup(tokens: list[Token]) -> str:
    """The HTML of a template without what its tags and variables write, and without what is translated."""
    kept: list[str] = []
    inside = False
    for token in tokens:
        name = token.contents.split(maxsplit=1)[0] if token.contents.strip() else ""
        if token.token_type == TokenType.BLOCK:
            inside = name in {"blocktranslate", "blocktrans", "plural"} or (
                inside and not name.startswith("end")
            )
        elif token.token_type == TokenType.TEXT and not inside:
            kept.append(token.contents)
    return "".join(kept)


def arguments(tokens: list[Token]) -> Iterator[str]:
    """Sentences given to tags and filters as they stand: `|default:"None"`, `with label="Next"`."""
    for token in tokens:
        if token.token_type in {TokenType.BLOCK, TokenType.VAR}:
            if token.contents.split(maxsplit=1)[0] in TRANSLATES:
                continue
            for one, other in LITERAL.findall(TRANSLATED.sub("", token.contents)):
                if SENTENCE.search(one or other):
                    yield one or other


def bare_words(template: str) -> list[str]:
    """What a template says outside of gettext."""
    tokens = Lexer(template).tokenize()
    reader = Words()
    reader.feed(markup(tokens))
    reader.close()
    found = [*reader.found, *arguments(tokens)]
    return [said for said in found if said not in SAME_EVERYWHERE and not said.startswith("/")]


def test_templates_were_found() -> None:
    assert len(TEMPLATES) > 40


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_template_says_nothing_outside_of_gettext(path: Path) -> None:
    assert not bare_words(path.read_text("utf-8"))


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("<p>Hello there</p>", ["Hello there"]),
        ("<p>{% translate 'Hello there' %}</p>", []),
        (
            "{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %} on",
            ["on"],
        ),
        ('<a aria-label="Close">{{ name }}</a>', ["Close"]),
        ('<a aria-label="{% translate "Close" %}" class="big button">×</a>', []),
        ('<b data-say="Stop it" data-key="left">1</b>', ["Stop it"]),
        ('{{ name|default:"Nobody" }}', ["Nobody"]),
        ('{% include "a/b.html" with label="Next part" %}', ["Next part"]),
        ('{% include "a/b.html" with label=_("Next part") %}', []),
        ("<svg><title>A lamp</title></svg>", ["A lamp"]),
        ("<p{% if x %} hidden{% endif %}>&nbsp;· {{ x|join:', ' }}</p>", []),
    ],
)
def test_the_search_finds_what_it_should(template: str, said: list[str]) -> None:
    assert bare_words(template) == said


# Scripts

SCRIPTS = sorted(HOUSE.rglob("static/**/*.js"))
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
QUOTED = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`")
SAID = re.compile(r"^(?=.*[a-z])[A-Z].* |[^\W\d_] +[^\W\d_].*[.!?…]$")
"""In a script: words that begin or end as a sentence does. Keys (`Escape`) and lists of names do not."""


def quoted_sentences(script: str) -> list[str]:
    """Sentences in a script: words come from `data-` attributes, which templates translate."""
    found = ["".join(pieces) for pieces in QUOTED.findall(COMMENT.sub("", script))]
    return [words for words in found if SAID.search(words)]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_nothing_by_itself(path: Path) -> None:
    assert not quoted_sentences(path.read_text("utf-8"))


def test_the_search_in_scripts_finds_what_it_should() -> None:
    assert quoted_sentences('label.textContent = "Stop it"; // "Not this one"') == ["Stop it"]
    assert quoted_sentences("left.textContent = left.dataset.left;") == []


# Python

REFUSALS = re.compile(
    r"(Rule|NotAllowed|BadFile|BadPicture|BadZip|HostileFile|NoText|Validation|PenName)Error$"
)
"""Their message is shown to the person who asked."""
SAYS = frozenset({"LeftOut", "success", "warning", "info", "error", "Finding", *("label", "help_text")})
"""Calls and keywords whose words are shown: messages, findings, things left out of an import."""


def is_bare(node: ast.expr) -> bool:
    """Whether words stand here as they are: a literal or an f-string with two words or more."""
    if isinstance(node, ast.JoinedStr):
        return any(is_bare(piece) or _has_letters(piece) for piece in node.values)
    if isinstance(node, ast.BinOp):
        return is_bare(node.left)
    return (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(SENTENCE.search(node.value))
    )


def _has_letters(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and any(letter.isalpha() for letter in str(node.value))


def called(call: ast.Call) -> str:
    """The last name of what is called: `error` of `messages.error(…)`."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def said_by(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call that people will read."""
    name = called(call)
    logs = isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") in {
        "logger",
        "logging",
    }
    if (REFUSALS.search(name) or name in SAYS) and not logs:
        yield from call.args
    if name == "append" and getattr(getattr(call.func, "value", None), "attr", "") == "doubts":
        yield from call.args
    yield from (keyword.value for keyword in call.keywords if keyword.arg in {"label", "help_text"})


def bare_sentences(module: str) -> list[str]:
    """Where a module says something to people outside of gettext: line and words."""
    calls = [node for node in ast.walk(ast.parse(module)) if isinstance(node, ast.Call)]
    return [
        f"{node.lineno}: {ast.unparse(node)}" for call in calls for node in said_by(call) if is_bare(node)
    ]


def test_no_refusal_label_or_message_stands_outside_of_gettext() -> None:
    wrong = [
        f"{path.relative_to(HOUSE)}:{line}"
        for path in MODULES
        for line in bare_sentences(path.read_text("utf-8"))
    ]
    assert len(MODULES) > 100
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("module", "number"),
    [
        ('raise RuleError("It cannot be.")', 1),
        ('raise RuleError(_("It cannot be."))', 0),
        ('raise BadFileError(f"“{name}” is empty.")', 1),
        ('raise BadFileError("%s is empty" % name)', 1),
        ('field = CharField(label="Pen name")', 1),
        ('field = CharField(label=_("Pen name"), help_text="What you sign with")', 1),
        ('messages.success(request, "It is done.")', 1),
        ('logger.error("The parser failed")', 0),
        ('story.doubts.append("Please look at it")', 1),
        ('raise KeyError("no such thing")', 0),
    ],
)
def test_the_search_in_modules_finds_what_it_should(module: str, number: int) -> None:
    assert len(bare_sentences(module)) == number


def at_import(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls that run when a module is loaded."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from at_import(child)


def spoken_too_early(module: str) -> list[int]:
    """Lines that translate while the module is loaded, which fixes one language for everybody."""
    tree = ast.parse(module)
    lazy = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name.endswith("_lazy")
    }
    eager = {"_", "gettext", "ngettext", "pgettext", "npgettext"} - lazy
    return [call.lineno for call in at_import(tree) if called(call) in eager]


def test_nothing_is_translated_while_modules_are_loaded() -> None:
    wrong = {str(path.relative_to(HOUSE)): spoken_too_early(path.read_text("utf-8")) for path in MODULES}
    assert not {name: lines for name, lines in wrong.items() if lines}
    assert spoken_too_early("from x import gettext as _\nNAMES = {'a': _('Part')}") == [2]
    assert not spoken_too_early("from x import gettext_lazy as _\nNAMES = {'a': _('Part')}")
