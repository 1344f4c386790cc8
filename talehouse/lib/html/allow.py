"""What markup may say here: the allowlist, and what foreign attributes and styles mean in our words.

The list is written out for people in `docs/formats.md`, section "The HTML that a text may hold".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

import nh3

from talehouse.lib import characters
from talehouse.lib.html.tree import Node

CLASSES = ("center", "right", "spoiler", "smallcaps", "letter", "verse", "note")
HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
TABLE_PARTS = frozenset({"thead", "tbody", "tr", "td", "th"})
BLOCK_TAGS = frozenset({"p", "blockquote", "ul", "ol", "li", "pre", "hr", "figure", "figcaption", "table"})
FORMATS = frozenset(
    "em strong i b u s del ins sub sup small mark code kbd q cite abbr span ruby rb rt rp rtc".split()
)
RUBY_PARTS = frozenset({"rb", "rt", "rp", "rtc"})
RENAMED = {
    "h1": "h2", "strike": "s", "tt": "code", "samp": "code", "var": "em", "dfn": "em", "acronym": "abbr",
    "bdi": "span", "tfoot": "tbody", "center": "div",
}  # fmt: skip
OUR_TAGS = HEADINGS | TABLE_PARTS | BLOCK_TAGS | FORMATS | {"br", "wbr", "a", "img", "section"}
TRANSPARENT = frozenset(
    "address article aside caption dd details div dl dt fieldset figcaption footer form header legend main "
    "nav section summary".split()
)

_DROPPED = frozenset(
    "script style title template noscript iframe object audio video canvas svg select textarea button input "
    "option datalist embed applet noembed noframes xmp plaintext annotation map".split()
)
_GLOBAL = {"class", "style", "align", "lang", "xml:lang", "dir", "id", "role", "epub:type", "title"}
_ATTRIBUTES = {
    "*": _GLOBAL,
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}

WIDE = nh3.Cleaner(
    tags=set((OUR_TAGS | set(RENAMED) | TRANSPARENT | {"font", "big", "bdo"}) - _DROPPED),
    clean_content_tags=set(_DROPPED),
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "data", "picture", "cid", "file", "blob"},
    link_rel=None,
)
"""The first gate: whatever came in, as canonical markup; still with what `meaning` translates."""

STRICT = nh3.Cleaner(
    tags=set(OUR_TAGS),
    clean_content_tags=set(_DROPPED),
    attributes={
        "*": {"class", "lang", "dir", "id"},
        "a": {"href", "title"},
        "abbr": {"title"},
        "img": {"src", "alt", "width", "height"},
        "ol": {"start", "type"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan"},
    },
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener",
)
"""The last gate: nothing leaves but what `docs/formats.md` lists."""

_LOOKED_AT_TWICE = re.compile("[&\u0080-\u00bf]")
_MOST_AT_ONCE = 500
_TEXT = re.compile(r"(?<![^>])[^<]+")

_LANG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_LINK = re.compile(r"(https?://[^/\s]|mailto:\S)", re.IGNORECASE)
_SPACES = re.compile(r"[\x00-\x20\x7f-\x9f]+")
_SIZES = {"width": 20_000, "height": 20_000, "colspan": 100, "rowspan": 1_000}
_BOLD = re.compile(r"bold|bolder|[6-9]\d\d|1000")
_RAISED = {"super": "sup", "sub": "sub"}


def through(gate: nh3.Cleaner, html: str) -> str:
    """What `gate` lets out.

    In one run of text its time grows with the square of the number of `&` and of letters from U+0080 to
    U+00BF, so a run with more of them than anybody writes is parted by empty comments, which the gate drops.
    """
    if len(html) > _MOST_AT_ONCE and len(_LOOKED_AT_TWICE.findall(html)) > _MOST_AT_ONCE:
        html = _TEXT.sub(_parted, html)
    return gate.clean(html)


def _parted(found: re.Match[str]) -> str:
    text = found[0]
    cuts = [sign.start() for sign in _LOOKED_AT_TWICE.finditer(text)][_MOST_AT_ONCE::_MOST_AT_ONCE]
    ends = zip([0, *cuts], [*cuts, len(text)], strict=True)
    return "<!---->".join(text[start:end] for start, end in ends) if cuts else text


@dataclass(slots=True)
class Meaning:
    """An element in our words: `tag` ("" for one that is only its content), attributes, formats by style."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    wraps: tuple[str, ...] = ()
    aligned: bool = False


def meaning(node: Node) -> Meaning:
    """What an element says; pure, and the same again for its own result."""
    return _foreign(node) if node.attrs else _bare(node.tag)


@cache
def _bare(tag: str) -> Meaning:
    return _foreign(Node(tag))


def _foreign(node: Node) -> Meaning:
    style = _style(node.attrs.get("style", ""))
    tag = _our_tag(node.tag)
    if tag in ("b", "strong") and _is_normal(style.get("font-weight", "")):
        tag = ""
    if tag in ("i", "em") and style.get("font-style") == "normal":
        tag = ""
    align = _alignment(node, style)
    found = Meaning(tag, aligned=bool(align), wraps=_wraps(tag, style))
    _describe(found, node, style, align)
    if tag in ("", "span"):
        found.tag = "span" if found.attrs else ""
    return found


def _our_tag(tag: str) -> str:
    tag = RENAMED.get(tag, tag)
    if tag in OUR_TAGS and tag != "section":
        return tag
    return "div" if tag in TRANSPARENT else ("span" if tag in ("font", "big") else "")


def _style(source: str) -> dict[str, str]:
    pairs = (piece.partition(":") for piece in source.lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs if value}


def _is_normal(weight: str) -> bool:
    return weight in ("normal", "lighter") or (weight.isdecimal() and int(weight) < 600)


def _alignment(node: Node, style: dict[str, str]) -> str:
    align = style.get("text-align") or node.attrs.get("align", "").strip().lower()
    if node.tag == "center":
        align = "center"
    inside_a_line = node.tag in FORMATS or node.tag in ("a", "br", "font", "img", "wbr")
    return "" if inside_a_line or node.tag == "table" else align


def _wraps(tag: str, style: dict[str, str]) -> tuple[str, ...]:
    if not style:
        return ()
    line = style.get("text-decoration", "") + " " + style.get("text-decoration-line", "")
    heavy = _BOLD.fullmatch(style.get("font-weight", "")) and tag not in HEADINGS and tag != "th"
    found = [
        "strong" if heavy else "",
        "em" if style.get("font-style", "").startswith(("italic", "oblique")) else "",
        "u" if "underline" in line and tag != "a" else "",
        "s" if "line-through" in line else "",
        _RAISED.get(style.get("vertical-align", ""), "") if tag in FORMATS or tag in ("", "a") else "",
    ]
    same = {"b": "strong", "i": "em", "del": "s", "ins": "u"}
    return tuple(wrap for wrap in found if wrap and wrap != same.get(tag, tag))


def _describe(found: Meaning, node: Node, style: dict[str, str], align: str) -> None:
    attrs, given = found.attrs, node.attrs
    if "*id" in given and found.tag not in ("br", "hr", "img", "wbr", "tr", "thead", "tbody"):
        attrs["id"] = given["*id"]
    classes = set(given.get("class", "").split())
    if align in ("center", "right"):
        classes = (classes - {"center", "right"}) | {align}
    if "small-caps" in (style.get("font-variant", "") + style.get("font-variant-caps", "")):
        classes.add("smallcaps")
    kept = [name for name in CLASSES if name in classes]
    if "*fn" in given:
        kept.append("fn")
    if kept and found.tag not in ("br", "wbr", "hr"):
        attrs["class"] = " ".join(kept)
    _describe_language(attrs, given, node.tag)
    _describe_own(attrs, given, found.tag)


def _describe_language(attrs: dict[str, str], given: dict[str, str], tag: str) -> None:
    lang = (given.get("lang") or given.get("xml:lang") or "").strip()
    if _LANG.fullmatch(lang) and tag not in ("br", "wbr", "hr"):
        attrs["lang"] = lang
    direction = given.get("dir", "auto" if tag == "bdi" else "").strip().lower()
    if direction in ("ltr", "rtl", "auto") and tag not in ("br", "wbr", "hr", "img", "bdo"):
        attrs["dir"] = direction


def _describe_own(attrs: dict[str, str], given: dict[str, str], tag: str) -> None:
    if tag in ("a", "abbr") and (title := characters.plain(given.get("title", ""))):
        attrs["title"] = title
    if tag == "a" and (href := _href(given)):
        attrs["href"] = href
    if tag == "ol":
        start = given.get("start", "").strip()
        if re.fullmatch(r"-?[0-9]{1,6}", start) and int(start) != 1:
            attrs["start"] = str(int(start))
        if given.get("type") in ("a", "A", "i", "I"):
            attrs["type"] = given["type"]
    for name in (
        ("width", "height") if tag == "img" else ("colspan", "rowspan") if tag in ("td", "th") else ()
    ):
        size = given.get(name, "").strip().removesuffix("px")
        if re.fullmatch(r"[0-9]{1,6}", size) and 1 <= int(size) <= _SIZES[name]:
            attrs[name] = str(int(size))


def _href(given: dict[str, str]) -> str:
    if "*href" in given:
        return given["*href"]
    href = _SPACES.sub("", given.get("href", ""))
    return href if _LINK.match(href) else ""
