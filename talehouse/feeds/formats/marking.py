"""XML by `lxml`, with texts that XML can hold."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from lxml import etree

from talehouse.lib.characters import without_surrogates

Element = etree._Element  # the name that lxml-stubs give to what `etree.Element` makes
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Whatever XML 1.0 does not know (section 2.2), not even as a reference."""
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def safe(text: str) -> str:
    """`text` without the characters that no XML may hold."""
    return _NOT_XML.sub("", without_surrogates(text))


def add(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    """A new last child; `name` may carry a namespace in braces."""
    child = etree.SubElement(parent, name, {key: safe(value) for key, value in attributes.items()})
    if text:
        child.text = safe(text)
    return child


def moment(at: datetime) -> str:
    """RFC 3339, in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def document(root: Element) -> bytes:
    """The whole document in UTF-8."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
