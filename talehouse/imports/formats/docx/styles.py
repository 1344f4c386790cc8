"""Styles and numbering: what a paragraph or run looks like once its styles are followed to the root.

Toggle properties (bold, italics, …) of paragraph and character style cancel each other out, and a value
on the run itself decides (ECMA-376 part 1, 17.7.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeVar

from talehouse.imports.formats.docx.names import W
from talehouse.imports.formats.docx.package import Element

T = TypeVar("T")

TOGGLES = ("b", "i", "strike", "dstrike", "smallCaps", "caps", "vanish")
_OFF = {"0", "false", "off", "none"}
_HEADING = re.compile(r"heading (\d)\Z")
_QUOTES = {"quote", "intense quote", "block text", "blockquote", "quotations", "block quotation"}
_FORMATS = {"bullet": "ul", "none": ""}


@dataclass(slots=True)
class Look:
    """Properties as far as they are set: on a run or paragraph itself, or by one style after inheritance."""

    toggles: dict[str, bool] = field(default_factory=dict)
    underline: bool | None = None
    raised: str | None = None
    align: str | None = None
    page_break: bool | None = None
    outline: int | None = None
    bidi: bool | None = None
    numbering: tuple[str, int] | None = None

    def under(self, other: Look) -> Look:
        """`self` with what `other`, which is more specific, sets."""
        return Look(
            self.toggles | other.toggles,
            _later(self.underline, other.underline),
            _later(self.raised, other.raised),
            _later(self.align, other.align),
            _later(self.page_break, other.page_break),
            _later(self.outline, other.outline),
            _later(self.bidi, other.bidi),
            _later(self.numbering, other.numbering),
        )


def _later(first: T | None, second: T | None) -> T | None:
    return first if second is None else second


@dataclass(slots=True)
class Style:
    """One style after inheritance; `name` is Word's own English name, whatever the program's language."""

    name: str
    look: Look

    @property
    def heading(self) -> int:
        """The heading level, 0 for none; the style's name decides before its outline level."""
        match = _HEADING.match(self.name)
        if match:
            return int(match[1])
        return self.look.outline + 1 if self.look.outline is not None and self.look.outline < 9 else 0

    @property
    def quote(self) -> bool:
        """Whether paragraphs of this style are a quotation."""
        return self.name in _QUOTES


class Styles:
    """The styles of a document by id."""

    def __init__(self, root: Element | None) -> None:
        self._elements: dict[str, Element] = {}
        self._styles: dict[str, Style] = {}
        self.defaults = Look()
        self.default_paragraph = ""
        if root is not None:
            self._read(root)

    def _read(self, root: Element) -> None:
        for element in root.iter(f"{W}style"):
            identifier = element.get(f"{W}styleId", "")
            self._elements.setdefault(identifier, element)
            if element.get(f"{W}type") == "paragraph" and is_on(element.get(f"{W}default", "0")):
                self.default_paragraph = identifier
        for properties in root.iterfind(f"{W}docDefaults/*/*"):
            self.defaults = self.defaults.under(look_of(properties))

    def get(self, identifier: str | None) -> Style:
        """The style of this id with everything it inherits; an empty one when there is none."""
        key = identifier or ""
        if key not in self._styles:
            self._styles[key] = self._inherit(key, depth=0)
        return self._styles[key]

    def _inherit(self, identifier: str, depth: int) -> Style:
        element = self._elements.get(identifier)
        if element is None or depth > 30:
            return Style("", Look())
        look = Look()
        base = element.find(f"{W}basedOn")
        if base is not None:
            look = self._inherit(base.get(f"{W}val", ""), depth + 1).look
        for tag in ("pPr", "rPr"):
            properties = element.find(f"{W}{tag}")
            if properties is not None:
                look = look.under(look_of(properties))
        name = element.find(f"{W}name")
        return Style("" if name is None else name.get(f"{W}val", "").lower().strip(), look)


def look_of(properties: Element) -> Look:
    """What one `w:rPr` or `w:pPr` sets."""
    look = Look()
    for child in properties:
        tag = child.tag
        if not isinstance(tag, str) or not tag.startswith(W):
            continue
        _set(look, tag[len(W) :], child.get(f"{W}val"), child)
    return look


def _set(look: Look, name: str, value: str | None, element: Element) -> None:
    if name in TOGGLES:
        look.toggles[name] = is_on(value)
    elif name == "u":
        look.underline = is_on(value)
    elif name == "vertAlign":
        look.raised = {"superscript": "sup", "subscript": "sub"}.get(value or "", "")
    elif name == "jc":
        look.align = {"center": "center", "right": "right", "end": "right"}.get(value or "", "")
    elif name == "pageBreakBefore":
        look.page_break = is_on(value)
    elif name == "bidi":
        look.bidi = is_on(value)
    elif name == "outlineLvl" and value and value.isdecimal():
        look.outline = int(value)
    elif name == "numPr":
        number, level = element.find(f"{W}numId"), element.find(f"{W}ilvl")
        depth = level.get(f"{W}val", "0") if level is not None else "0"
        if number is not None:
            look.numbering = (number.get(f"{W}val", "0"), int(depth) if depth.isdecimal() else 0)


def is_on(value: str | None) -> bool:
    """A toggle without a value is on."""
    return value is None or value.lower() not in _OFF


@dataclass(slots=True)
class _Level:
    kind: str
    text: str
    start: int


class Numbering:
    """Lists and numbered headings: the list's kind, and the running number of each level."""

    def __init__(self, root: Element | None) -> None:
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._numbers: dict[str, str] = {}
        self._counters: dict[str, dict[int, int]] = {}
        if root is not None:
            self._read(root)

    def _read(self, root: Element) -> None:
        for abstract in root.iter(f"{W}abstractNum"):
            levels = {}
            for level in abstract.iter(f"{W}lvl"):
                depth = level.get(f"{W}ilvl", "0")
                levels[int(depth) if depth.isdecimal() else 0] = _Level(
                    _value(level, "numFmt", "decimal"),
                    _value(level, "lvlText", ""),
                    _int(_value(level, "start", "1")),
                )
            self._abstract[abstract.get(f"{W}abstractNumId", "")] = levels
        for number in root.iter(f"{W}num"):
            self._numbers[number.get(f"{W}numId", "")] = _value(number, "abstractNumId", "")

    def kind(self, numbering: tuple[str, int]) -> str:
        """`ul` or `ol`; "" for no list (number 0, or an unknown one)."""
        level = self._level(numbering)
        return _FORMATS.get(level.kind, "ol") if level else ""

    def label(self, numbering: tuple[str, int]) -> str:
        """Count one on, and give the label as Word shows it before a heading: `Chapter 3`."""
        level = self._level(numbering)
        if level is None or level.kind in {"bullet", "none"}:
            return ""
        abstract, depth = self._numbers[numbering[0]], numbering[1]
        counters = self._counters.setdefault(abstract, {})
        counters[depth] = counters.get(depth, level.start - 1) + 1
        for deeper in [one for one in counters if one > depth]:
            del counters[deeper]
        return re.sub(r"%(\d)", lambda match: self._shown(abstract, int(match[1]) - 1), level.text).strip()

    def _shown(self, abstract: str, depth: int) -> str:
        level = self._abstract[abstract].get(depth)
        number = self._counters[abstract].get(depth, level.start if level else 1)
        return _formatted(number, level.kind if level else "decimal")

    def _level(self, numbering: tuple[str, int]) -> _Level | None:
        return self._abstract.get(self._numbers.get(numbering[0], ""), {}).get(numbering[1])


def _formatted(number: int, kind: str) -> str:
    if kind in {"upperRoman", "lowerRoman"} and 0 < number < 400:
        roman = _roman(number)
        return roman if kind == "upperRoman" else roman.lower()
    if kind in {"upperLetter", "lowerLetter"} and 0 < number <= 26:
        return chr((64 if kind == "upperLetter" else 96) + number)
    return str(number)


def _roman(number: int) -> str:
    shown = ""
    for value, letters in (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        while number >= value:
            shown, number = shown + letters, number - value
    return shown


def _value(element: Element, name: str, default: str) -> str:
    child = element.find(f"{W}{name}")
    return default if child is None else child.get(f"{W}val", default)


def _int(text: str) -> int:
    return int(text) if text.isdecimal() else 1
