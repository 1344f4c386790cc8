"""From bytes to a tree of plain HTML elements, whatever the encoding and however broken the markup.

Nothing is fetched, no entity of the file's own is expanded unless it stands for plain characters.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html import escape
from html.entities import html5

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _
from lxml import etree
from lxml.etree import _Element

from talehouse.imports.found import BadFileError

TYPE = "data-epub-type"
"""Where `epub:type` is kept while we work; it never leaves the parser."""

VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
BLOCK = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table tbody td tfoot th thead"
    " tr ul".split()
)
CONTAINERS = frozenset("article body center div footer header hgroup main section".split())
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
MEDIA = frozenset(("img", "image", "svg", "video", "audio", "object", "math", "table", "hr"))

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})|<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""",
    re.I,
)
_VISIBLE = re.compile(r"[^\s\u200b\ufeff\u00ad\u2060]")
_SAMPLE = 65_536
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}\?>", re.S)
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]{0,1000}(\[(?P<subset>.*?)\]\s*)?>", re.S | re.I)
_ENTITY = re.compile(r"<!ENTITY\s+([\w.-]{1,64})\s+(?:\"([^\"]*)\"|'([^']*)'|(\S+))", re.S)
_CHARACTERS = re.compile(r"(?:[^&<%]|&#x?[0-9a-fA-F]{1,6};){1,64}")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_SELF_CLOSED = re.compile(r"<([A-Za-z][\w:-]{0,30})(\s[^<>]{0,2000}?)?/>")


class HostileFileError(BadFileError):
    """The file does what no honest book needs; nothing of it is read."""


class NoTextError(BadFileError):
    """There is no text in this file; a book may do without it."""


def text_of(element: _Element) -> str:
    """All text inside, with white space folded to single spaces."""
    return " ".join("".join(element.itertext()).split())


def tag_of(element: _Element) -> str:
    """The element's name, or an empty string for a comment or an instruction."""
    return element.tag if isinstance(element.tag, str) else ""


def types_of(element: _Element) -> set[str]:
    """The words of `epub:type` and the ARIA `doc-` roles, without namespace prefix or `doc-`."""
    words = f"{element.get(TYPE, '')} {element.get('role', '').replace('doc-', ' ')}".lower().split()
    return {word.rpartition(":")[2] for word in words}


def classes_of(element: _Element) -> list[str]:
    """The words of the class attribute."""
    return element.get("class", "").split()


def short_text(element: _Element, limit: int = 80) -> str:
    """The folded text of a short element; empty when it is longer than `limit`."""
    parts: list[str] = []
    length = 0
    for text in element.itertext():
        parts.append(str(text))
        length += len(text)
        if length > limit * 4:
            return ""
    text = " ".join("".join(parts).split())
    return text if len(text) <= limit else ""


def is_empty(element: _Element) -> bool:
    """Whether nothing of it can be seen: no text, no picture, no table."""
    if any(_VISIBLE.search(text) for text in element.itertext()):
        return False
    return tag_of(element) not in MEDIA and not any(tag_of(inner) in MEDIA for inner in element.iter())


def drop(element: _Element) -> None:
    """Take an element out and leave the text behind it where it was."""
    parent = element.getparent()
    if parent is None:
        return
    _append_text(element, element.tail)
    element.tail = None
    parent.remove(element)


def unwrap(element: _Element) -> None:
    """Take away an element's own tag and leave its content where it was."""
    parent = element.getparent()
    if parent is None:
        return
    _append_text(element, element.text)
    for child in list(element):
        element.addprevious(child)
    _append_text(element, element.tail)
    element.tail = None
    parent.remove(element)


def _append_text(element: _Element, text: str | None) -> None:
    """Put text right before an element."""
    if not text:
        return
    before, parent = element.getprevious(), element.getparent()
    if before is not None:
        before.tail = (before.tail or "") + text
    elif parent is not None:
        parent.text = (parent.text or "") + text


def ancestors(element: _Element) -> Iterator[_Element]:
    """Parents from the nearest to the root."""
    parent = element.getparent()
    while parent is not None:
        yield parent
        parent = parent.getparent()


def inner_html(element: _Element) -> str:
    """What stands inside an element, as HTML."""
    start = escape(element.text, quote=False) if element.text else ""
    parts = [str(etree.tostring(child, encoding="unicode", method="html")) for child in element]
    return (start + "".join(parts)).strip()


def decode(data: bytes) -> tuple[str, bool]:
    """Text of a file, and whether its encoding had to be guessed.

    Order: byte order mark, zero bytes of UTF-16, valid UTF-8 (whatever the file declares: other
    encodings are practically never valid UTF-8), what it declares, a guess from the bytes.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace"), False
    if wide := _utf16_without_mark(data):
        return data.decode(wide, "replace"), False
    declared = _declared(data)
    if not (b"\x1b" in data and declared.startswith("iso-2022")):
        try:
            return data.decode("utf-8"), False
        except UnicodeDecodeError:
            pass
    if text := _decoded_as(data, declared):
        return text, False
    guess = from_bytes(data[:_SAMPLE]).best()
    return data.decode(guess.encoding if guess else "cp1252", "replace"), True


def _utf16_without_mark(data: bytes) -> str:
    head = data[:200].lstrip(b"\x00 \r\n\t")[:2]
    if len(data) < 4 or head[:1] != b"<":
        return ""
    if data[1:2] == b"\x00" and data[3:4] == b"\x00":
        return "utf-16-le"
    return "utf-16-be" if data[0:1] == b"\x00" and data[2:3] == b"\x00" else ""


def _declared(data: bytes) -> str:
    found = _DECLARED.search(data[:4096])
    return (found.group(1) or found.group(2)).decode("ascii").lower() if found else ""


def _decoded_as(data: bytes, name: str) -> str:
    """The text in a declared encoding; Latin-1 is read as browsers do, as Windows-1252."""
    if name in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii", "iso8859-1"}:
        name = "cp1252"
    try:
        if name and not codecs.lookup(name)._is_text_encoding:
            return ""
        return data.decode(name) if name else ""
    except (LookupError, UnicodeDecodeError, ValueError):
        return ""


def plain_xml(text: str, *, where: str) -> str:
    """XML without declaration, document type and named entities, so that no parser has to expand any.

    Entities that the file declares for plain characters are replaced; others are refused, since
    only attacks (and no book) build entities of entities or of other files.
    """
    text = _CONTROL.sub("", _XML_DECLARATION.sub("", text, count=1))
    own: dict[str, str] = {}
    if doctype := _DOCTYPE.search(text[:200_000]):
        own = _own_entities(doctype.group("subset") or "", where)
        text = text[: doctype.start()] + text[doctype.end() :]
    elif "<!ENTITY" in text:
        raise _hostile(where)

    def replace(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in _XML_NAMES:
            return match.group()
        if name in own:
            return own[name]
        characters = html5.get(f"{name};")
        return escape(characters) if characters else f"&amp;{name};"

    return _NAMED.sub(replace, text).strip()


def _own_entities(subset: str, where: str) -> dict[str, str]:
    if re.search(r"<!ENTITY\s+%", subset):
        raise _hostile(where)
    found: dict[str, str] = {}
    for name, double, single, other in _ENTITY.findall(subset):
        value = double or single
        if other or (value and not _CHARACTERS.fullmatch(value)):
            raise _hostile(where)
        found[name] = value
    return found


def _hostile(where: str) -> HostileFileError:
    return HostileFileError(
        _("“%(file)s” declares XML entities of its own, which no book needs; it was not read.")
        % {"file": where}
    )


def xml_root(data: bytes, *, where: str) -> _Element:
    """The root of an XML file, strictly if it can be, mended where it is broken.

    Raises BadFileError if there is no element in it at all, or if it is hostile.
    """
    text = plain_xml(decode(data)[0], where=where)
    for recover in (False, True):
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, huge_tree=False, recover=recover,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            root = etree.fromstring(text, parser)
        except (etree.XMLSyntaxError, ValueError):
            continue
        if root is not None:
            return root
    raise BadFileError(_("“%(file)s” in the file is broken and cannot be read.") % {"file": where})


def xhtml_root(text: str, *, where: str) -> _Element:
    """The normalised root of an XHTML document; a broken one is read as a browser would."""
    plain = plain_xml(text, where=where)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(plain, parser)
    except (etree.XMLSyntaxError, ValueError):
        return html_root(_SELF_CLOSED.sub(_closed, plain), where=where)
    normalise(root)
    return root


def _closed(match: re.Match[str]) -> str:
    name = match.group(1)
    if name.lower() in VOID:
        return match.group()
    return f"<{name}{match.group(2) or ''}></{name}>"


def html_root(text: str, *, where: str) -> _Element:
    """The normalised root of an HTML document, read with recovery.

    Raises BadFileError if there is nothing in it or if it is nested deeper than the parser can go.
    """
    text = _CONTROL.sub("", _XML_DECLARATION.sub("", text, count=1))
    if not text.strip():
        raise NoTextError(_("“%(file)s” is empty.") % {"file": where})
    for deep in (False, True):
        parser = etree.HTMLParser(
            recover=True, no_network=True, remove_comments=True, remove_pis=True, huge_tree=deep
        )
        try:
            root = etree.fromstring(text, parser)
        except (etree.XMLSyntaxError, ValueError):
            root = None
        if root is not None and "depth" not in " ".join(entry.message for entry in parser.error_log):
            normalise(root)
            return root
    raise NoTextError(_("“%(file)s” is nested too deeply or has no text in it.") % {"file": where})


def normalise(root: _Element) -> None:
    """Plain lower-case names: no namespaces, `epub:type` as `data-epub-type`, `xml:lang` as `lang`."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        element.tag = _plain_name(element.tag)
        given = [(str(name), str(value)) for name, value in element.attrib.items()]
        plain = [(_attribute(name), value, name) for name, value in given]
        if any(short != name for short, _value, name in plain):
            _set_anew(element, plain)
    etree.cleanup_namespaces(root)


def _set_anew(element: _Element, plain: list[tuple[str, str, str]]) -> None:
    """All attributes by their plain names; one that has its plain name in the file comes first.

    They are cleared together, as lxml takes none away by a name that it would not have given.
    """
    element.attrib.clear()
    for short, value, _name in sorted(plain, key=lambda one: one[0] != one[2]):
        if short and short not in element.attrib:
            element.set(short, value)


def _plain_name(name: str) -> str:
    """An element's name without namespace; elements of office programs (`o:p`) are only wrappers."""
    space, _brace, local = name.rpartition("}")
    prefix, _colon, bare = local.rpartition(":")
    foreign = prefix.lower() not in {"", "html", "h", "xhtml", "svg", "mml", "m"} or "microsoft" in space
    return "span" if foreign or not re.fullmatch(r"[A-Za-z][\w.-]*", bare) else bare.lower()


def _attribute(name: str) -> str:
    """The plain name of an attribute; empty when it has no use."""
    space, _brace, local = name.rpartition("}")
    prefix, _colon, bare = local.rpartition(":")
    if bare == "type" and (space.endswith("2007/ops") or prefix == "epub"):
        return TYPE
    if prefix == "xmlns" or not re.fullmatch(r"[A-Za-z_][\w.-]*", bare):
        return ""
    return bare.lower()


def body_of(root: _Element) -> _Element:
    """The body, or the root where there is none."""
    found = root.find(".//body")
    return found if found is not None else root
