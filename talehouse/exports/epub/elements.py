"""Which elements and attributes a chapter may use, after the HTML standard's content models."""

from collections.abc import Callable

VOID = frozenset({"br", "hr", "img", "wbr"})
DROPPED = frozenset(
    [
        "audio",
        "canvas",
        "embed",
        "form",
        "head",
        "iframe",
        "input",
        "math",
        "noscript",
        "object",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
    ]
)
RENAMED = {
    "address": "div",
    "article": "section",
    "center": "div",
    "footer": "div",
    "header": "div",
    "main": "div",
    "nav": "div",
    "strike": "s",
    "tt": "code",
}
FLOW = frozenset(["aside", "blockquote", "div", "figcaption", "li", "section", "td", "dd"])
"""Elements that hold blocks and text."""
TEXT_BLOCKS = frozenset(["caption", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "summary", "th"])
"""Elements that are blocks and hold text only."""
TRANSPARENT = frozenset({"a", "del", "ins"})
"""Elements that hold whatever the element around them may hold."""
PHRASING = frozenset(
    [
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "dfn",
        "em",
        "i",
        "kbd",
        "mark",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
        "var",
    ]
)
"""Elements inside a line of text."""
STRUCTURES = frozenset(["details", "dl", "figure", "ol", "ruby", "table", "ul"])
"""Elements whose children are of a fixed kind; see `rebuild`."""
ONLY_INSIDE = frozenset(["caption", "dd", "dt", "figcaption", "li", "rp", "rt", "summary", "td", "th"])
"""Elements that mean nothing outside of their structure."""
NOT_NESTED = frozenset({"a", "dfn", "ruby"})

BLOCKS = (FLOW | TEXT_BLOCKS | (STRUCTURES - {"ruby"}) | {"hr"}) - ONLY_INSIDE


def _count(value: str) -> str | None:
    return str(int(value)) if value.isascii() and value.isdigit() and 0 < int(value[:6]) <= 1000 else None


def _pixels(value: str) -> str | None:
    return str(int(value)) if value.isascii() and value.isdigit() and len(value) < 6 else None


def integer(value: str) -> str | None:
    """The whole number of up to eight digits that `value` spells, or None."""
    digits = value.removeprefix("-")
    return str(int(value)) if digits.isascii() and digits.isdigit() and len(digits) < 9 else None


def _one_of(*values: str) -> Callable[[str], str | None]:
    return lambda value: value if value in values else None


CHECKED: dict[str, dict[str, Callable[[str], str | None]]] = {
    "img": {"width": _pixels, "height": _pixels},
    "ol": {"start": integer, "type": _one_of("1", "a", "A", "i", "I")},
    "td": {"colspan": _count, "rowspan": _count},
    "th": {"colspan": _count, "rowspan": _count, "scope": _one_of("row", "col", "rowgroup", "colgroup")},
}
"""Attributes of single elements: what makes a valid value of the one found, or None."""
