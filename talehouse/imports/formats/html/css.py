"""A small reader of stylesheets: what their classes mean is written onto the elements.

Only what survives in a text is read: centring, italics, bold, underline and strike, small capitals,
raised and lowered. Selectors are tags, classes, ids and their descendants or children, with CSS 2's
order of precedence; anything else (pseudo-classes, attributes, siblings, media) is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import _Element

from talehouse.imports.formats.html.tree import BLOCK, CONTAINERS, HEADINGS, classes_of, tag_of

MAX_CSS = 1_000_000
MAX_RULES = 5_000
MAX_TRIES = 1_000_000
"""Steps of rules tried on elements, all together: a limit for hostile files, far above real books."""
MAX_CLIMB = 64
LOOSE = "data-loose-style"
"""Where a container keeps its style for text that stands in it without a paragraph of its own."""

_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.S)
_COMPOUND = re.compile(r"([\w-]+|\*)?((?:[.#][\w-]+)*)")
_NAME = re.compile(r"([.#])([\w-]+)")

Style = dict[str, str]


@dataclass(frozen=True, slots=True)
class Simple:
    """One step of a selector: a tag (or any), classes and ids that an element must have."""

    tag: str
    classes: frozenset[str]
    ids: frozenset[str]

    def matches(self, element: _Element) -> bool:
        """Whether the element is one of these."""
        if self.tag and self.tag != tag_of(element):
            return False
        if self.ids and element.get("id") not in self.ids:
            return False
        return not self.classes or self.classes <= set(classes_of(element))


@dataclass(frozen=True, slots=True)
class Rule:
    """A selector from right to left, how it ranks, and what it sets."""

    target: Simple
    above: tuple[tuple[str, Simple], ...]
    rank: tuple[int, int, int, int]
    style: Style

    def matches(self, element: _Element) -> bool:
        """Whether the rule is about this element; a descendant step takes the nearest that fits."""
        if not self.target.matches(element):
            return False
        at: _Element | None = element
        for how, step in self.above:
            at = at.getparent() if at is not None else None
            for _step in range(MAX_CLIMB):
                if at is None or how == ">" or step.matches(at):
                    break
                at = at.getparent()
            if at is None or not step.matches(at):
                return False
        return True


@dataclass(slots=True)
class Stylesheet:
    """Rules found so far, by what their last step names, so that few are tried per element."""

    by_class: dict[str, list[Rule]] = field(default_factory=dict)
    by_id: dict[str, list[Rule]] = field(default_factory=dict)
    by_tag: dict[str, list[Rule]] = field(default_factory=dict)
    count: int = 0
    tries: int = 0

    def add(self, css: str) -> None:
        """Read a stylesheet after those already read."""
        for selectors, style in _blocks(css):
            for selector in selectors.split(","):
                rule = _rule(selector, style, self.count)
                if rule is not None and self.count < MAX_RULES:
                    self.count += 1
                    self._file(rule)

    def _file(self, rule: Rule) -> None:
        if rule.target.ids:
            self.by_id.setdefault(min(rule.target.ids), []).append(rule)
        elif rule.target.classes:
            self.by_class.setdefault(min(rule.target.classes), []).append(rule)
        else:
            self.by_tag.setdefault(rule.target.tag, []).append(rule)

    def style_of(self, element: _Element) -> Style:
        """What the stylesheet and the element's own style attribute set on it."""
        own = element.get("style")
        candidates = list(self._candidates(element)) if self.tries < MAX_TRIES else []
        self.tries += sum(1 + len(rule.above) for rule in candidates)
        rules = [rule for rule in candidates if rule.matches(element)]
        if not rules and not own:
            return {}
        style: Style = {}
        for rule in sorted(rules, key=lambda rule: rule.rank):
            style.update(rule.style)
        style.update(declarations(own or ""))
        return style

    def _candidates(self, element: _Element) -> Iterator[Rule]:
        yield from self.by_tag.get(tag_of(element), ())
        yield from self.by_tag.get("", ())
        if self.by_class:
            for name in dict.fromkeys(classes_of(element)):
                yield from self.by_class.get(name, ())
        if self.by_id:
            yield from self.by_id.get(element.get("id", ""), ())


def _blocks(css: str) -> Iterator[tuple[str, Style]]:
    """Selector and declarations of each rule; blocks of `@media screen` and the like are passed over."""
    text = _COMMENT.sub(" ", css[:MAX_CSS])
    at = 0
    while (start := text.find("{", at)) >= 0:
        head = text[at:start].rpartition(";")[2].strip()
        end = _end_of_block(text, start)
        if not head.startswith("@") and (style := declarations(text[start + 1 : end])):
            yield head, style
        at = end + 1


def _end_of_block(text: str, start: int) -> int:
    depth = 0
    for match in re.compile(r"[{}]").finditer(text, start):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.start()
    return len(text)


def _rule(selector: str, style: Style, order: int) -> Rule | None:
    steps = re.sub(r"\s*>\s*", " > ", selector.strip()).split()
    if not steps or len(steps) > 16:
        return None
    found: list[tuple[str, Simple]] = []
    how = " "
    for step in reversed(steps):
        if step == ">":
            how = ">"
            continue
        simple = _simple(step)
        if simple is None:
            return None
        found.append((how, simple))
        how = " "
    if not found:
        return None
    ids = sum(len(simple.ids) for _how, simple in found)
    classes = sum(len(simple.classes) for _how, simple in found)
    tags = sum(bool(simple.tag) for _how, simple in found)
    return Rule(found[0][1], tuple(found[1:]), (ids, classes, tags, order), style)


def _simple(step: str) -> Simple | None:
    match = _COMPOUND.fullmatch(step)
    if match is None:
        return None
    names = _NAME.findall(match.group(2))
    tag = (match.group(1) or "").lower()
    return Simple(
        tag="" if tag == "*" else tag,
        classes=frozenset(name for kind, name in names if kind == "."),
        ids=frozenset(name for kind, name in names if kind == "#"),
    )


def declarations(text: str) -> Style:
    """The declarations of a block or a style attribute that we read, in our own few words."""
    style: Style = {}
    for part in text[:20_000].split(";"):
        name, _colon, value = part.partition(":")
        _declare(style, name.strip().lower(), value.replace("!important", "").strip().lower())
    return style


def _declare(style: Style, name: str, value: str) -> None:
    if name == "text-align" and value:
        style[name] = "right" if value == "end" else value.removeprefix("-webkit-")
    elif name == "font-style":
        style[name] = "italic" if "italic" in value or "oblique" in value else "normal"
    elif name == "font-weight":
        style[name] = _weight(value)
    elif name in {"text-decoration", "text-decoration-line"}:
        lines = [line for line in ("underline", "line-through") if line in value]
        style["text-decoration"] = " ".join(lines) or "none"
    elif name in {"font-variant", "font-variant-caps"}:
        style["font-variant"] = "small-caps" if "small-caps" in value else "normal"
    elif name == "vertical-align":
        style[name] = value
    elif name == "font":
        _shorthand(style, value)
    elif _draws(name, value):
        style["rule"] = "drawn"


def _draws(name: str, value: str) -> bool:
    """Whether a declaration puts something visible into an empty block."""
    if name in {"background", "background-image"}:
        return "url(" in value
    borders = {"border", "border-top", "border-bottom", "border-top-style", "border-bottom-style"}
    return name in borders and not re.search(r"\b(?:none|hidden)\b|^0\b", value)


def _weight(value: str) -> str:
    if value in {"bold", "bolder"}:
        return "bold"
    return "bold" if value.isdigit() and len(value) <= 4 and int(value) >= 600 else "normal"


def _shorthand(style: Style, value: str) -> None:
    words = value.split()
    if "italic" in words or "oblique" in words:
        style["font-style"] = "italic"
    if any(_weight(word) == "bold" for word in words):
        style["font-weight"] = "bold"
    if "small-caps" in words:
        style["font-variant"] = "small-caps"


def apply(body: _Element, sheet: Stylesheet) -> dict[_Element, Style]:
    """Write what the stylesheet means onto the elements under `body`, as short style attributes.

    What a container without text of its own (a centred `div`) says goes down to its paragraphs, since
    containers do not outlive the import. Returns each element's full style, for finding scene breaks.
    """
    styles: dict[_Element, Style] = {}
    for element in body.iter():
        if not isinstance(element.tag, str):
            continue
        style = sheet.style_of(element)
        parent = element.getparent()
        handed = _handed_down(styles.get(parent, {}), parent) if parent is not None else {}
        if tag_of(element) == "center" or element.get("align") in {"center", "right"}:
            handed = {**handed, "text-align": element.get("align") or "center"}
        if handed and tag_of(element) in BLOCK:
            style = {**handed, **style}
        if style:
            styles[element] = style
    for element in body.iter():
        _write(element, styles.get(element, {}))
    return styles


def _handed_down(style: Style, parent: _Element) -> Style:
    if not style or tag_of(parent) not in CONTAINERS | {"blockquote"}:
        return {}
    names = ("text-align", "font-style", "font-weight", "font-variant")
    return {name: style[name] for name in names if name in style}


def _write(element: _Element, style: Style) -> None:
    """Replace the style attribute by the few properties that mean something here."""
    element.attrib.pop("style", None)
    if not style:
        return
    tag = tag_of(element)
    block = tag in BLOCK
    kept: list[str] = []
    if block and style.get("text-align") in {"center", "right"}:
        kept.append(f"text-align: {style['text-align']}")
    if style.get("font-style") == "italic" and tag not in {"i", "em", "cite", "dfn", "var"}:
        kept.append("font-style: italic")
    if style.get("font-weight") == "bold" and tag not in HEADINGS | {"b", "strong", "th"}:
        kept.append("font-weight: bold")
    if style.get("text-decoration", "none") != "none" and tag not in {"u", "s", "del", "ins", "strike"}:
        kept.append(f"text-decoration: {style['text-decoration']}")
    if style.get("font-variant") == "small-caps" and tag not in HEADINGS:
        kept.append("font-variant: small-caps")
    if style.get("vertical-align") in {"super", "sub"} and tag not in {"sup", "sub"} and not block:
        kept.append(f"vertical-align: {style['vertical-align']}")
    if style.get("font-weight") == "normal" and tag in {"b", "strong"}:
        element.tag = "span"
    if kept:
        element.set(LOOSE if tag in CONTAINERS else "style", "; ".join(kept))
