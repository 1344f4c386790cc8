"""Front matter: the `key: value` lines between two `---` at the top of a Markdown file.

A small part of YAML on purpose: plain and quoted values, lists in either form, folded and literal text.
Anything else is given as the text that it is, never evaluated.
"""

from __future__ import annotations

import re

Value = str | list[str]

_KEY = re.compile(r"^(?P<key>[\w][\w .-]*?)\s*:(?:\s+(?P<value>.*))?$")
_ITEM = re.compile(r"^\s*-\s+(?P<value>.*)$")
_OPENING = re.compile(r"\A\ufeff?-{3}[ \t]*\n")
_CLOSING = re.compile(r"^(?:-{3}|\.{3})[ \t]*$", re.MULTILINE)
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:#.*)?\Z')
_SINGLE = re.compile(r"'((?:[^']|'')*)'\s*(?:#.*)?\Z")
_LABELLED = re.compile(
    r"^#{1,3} +(Title|Authors?|Year|Date|Language|Summary|Series|Source|Genre)[ \t]*:[ \t]*(\S[^\n]*)\n",
    re.MULTILINE | re.IGNORECASE,
)
_HEADED = re.compile(
    rf"\A\s*(?=#{{1,3}} +Title[ \t]*:)(?:{_LABELLED.pattern}\n*){{2,}}(?:[-*_]{{3,}}[ \t]*\n)?",
    re.MULTILINE | re.IGNORECASE,
)
_LONGEST = 20_000


def split(text: str) -> tuple[dict[str, Value], str]:
    """The values by lower-case key, and the text after them; no values when the file has no front matter."""
    opening = _OPENING.match(text)
    closing = _CLOSING.search(text, opening.end(), opening.end() + _LONGEST) if opening else None
    if not opening or not closing:
        return {}, text
    lines = text[opening.end() : closing.start()].split("\n")
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    if not _KEY.match(first):
        return {}, text
    return _values(lines), text[closing.end() :].lstrip("\n")


def headed(text: str) -> tuple[dict[str, Value], str]:
    """The values of a file that opens with `# Title: …` and more such headings, and the text after them."""
    opening = _HEADED.match(text)
    if not opening:
        return {}, text
    found = _LABELLED.findall(opening[0])
    return {key.lower(): value.strip() for key, value in found}, text[opening.end() :].lstrip("\n")


def text_of(value: Value | None) -> str:
    """One text; a list is joined by commas."""
    return ", ".join(value) if isinstance(value, list) else value or ""


def list_of(value: Value | None) -> list[str]:
    """A list; a text is cut at its commas or semicolons."""
    items = value if isinstance(value, list) else re.split(r"[,;]", value or "")
    return [item.strip() for item in items if item.strip()]


def _values(lines: list[str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    at = 0
    while at < len(lines):
        match = _KEY.match(lines[at])
        at += 1
        if match is None:
            continue
        value = (match["value"] or "").strip()
        under = _indented(lines, at)
        at += len(under)
        found[match["key"].strip().lower()] = _value(value, under)
    return found


def _indented(lines: list[str], start: int) -> list[str]:
    """The lines that belong to a key: indented ones, list items and blank lines between them."""
    end = start
    while end < len(lines) and (not lines[end].strip() or lines[end][0] in " \t" or _ITEM.match(lines[end])):
        end += 1
    return lines[start:end]


def _value(value: str, under: list[str]) -> Value:
    if re.fullmatch(r"[|>][+-]?\d?", value):
        kept = [line.strip() for line in under]
        text = "\n".join(kept) if value[0] == "|" else re.sub(r"(?<!\n)\n(?!\n)", " ", "\n".join(kept))
        return text.strip()
    items = [_ITEM.match(line) for line in under if line.strip()]
    if not value and items and all(items):
        return [_scalar(match["value"]) for match in items if match]
    if value.startswith("[") and value.endswith("]"):
        return [
            _scalar(item)
            for item in re.findall(r'\s*(?:"[^"]*"|\'[^\']*\')\s*(?=,|$)|[^,]+', value[1:-1])
            if item.strip()
        ]
    return _scalar(" ".join([value, *(line.strip() for line in under if line.strip())]))


def _scalar(value: str) -> str:
    value = value.strip()
    if quoted := _DOUBLE.match(value):
        return quoted[1].replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
    if quoted := _SINGLE.match(value):
        return quoted[1].replace("''", "'")
    value = re.sub(r"(?:^|\s+)#\s.*$", "", value)
    return "" if value in {"~", "null"} else value
