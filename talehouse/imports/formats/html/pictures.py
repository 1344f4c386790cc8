"""Pictures: found by the reader that the caller gives, kept once, named by a short key in the text."""

from __future__ import annotations

import base64
import binascii
import hashlib
import posixpath
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_to_bytes

from django.utils.translation import gettext as _
from lxml import etree
from lxml.etree import _Element

from talehouse.imports.formats.html.tree import BLOCK, drop, is_empty, tag_of
from talehouse.imports.found import FoundPicture, LeftOut

MAX_PICTURE = 40_000_000
ORNAMENT_BYTES = 40_000
ORNAMENT_TIMES = 3

Fetch = Callable[[str], bytes | None]
"""From an address as written to the bytes behind it; None when it is not in the file."""

_DATA = re.compile(r"data:(image/[\w.+-]+)?((?:;[\w=.+-]+)*),", re.I)
_REMOTE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.I)


@dataclass(slots=True)
class Gallery:
    """The pictures of one story: equal bytes are one picture."""

    pictures: dict[str, FoundPicture] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    _keys: dict[bytes, str] = field(default_factory=dict)

    def take(self, body: _Element, fetch: Fetch) -> None:
        """Point every picture of a document at its key, or leave it out and say so."""
        for element in list(body.iter("img", "svg")):
            if element.getparent() is None or any(
                tag_of(parent) == "svg" for parent in element.iterancestors()
            ):
                continue
            self._take_one(element, _address(element), fetch)

    def _take_one(self, element: _Element, address: str, fetch: Fetch) -> None:
        if not address:
            if tag_of(element) == "svg":
                self._leave(_("a drawing"), _("Drawings inside the text (SVG) are not taken."))
            drop(element)
            return
        data = from_data_uri(address) if address[:5].lower() == "data:" else fetch(address)
        reason = _reason(address, data)
        if data is None or reason:
            self._leave(_label(address), reason)
            drop(element)
            return
        alt = " ".join((element.get("alt") or element.get("title") or "").split())
        image = etree.Element("img", {"src": f"picture:{self.add(data, alt)}", "alt": alt})
        image.tail = element.tail
        parent = element.getparent()
        if parent is not None:
            parent.replace(element, image)

    def add(self, data: bytes, alt: str = "") -> str:
        """The key of a picture, which is taken in if it is new."""
        digest = hashlib.sha256(data).digest()
        key = self._keys.setdefault(digest, f"p{len(self._keys) + 1}")
        if key not in self.pictures or (alt and not self.pictures[key].alt):
            self.pictures[key] = FoundPicture(data, alt)
        return key

    def _leave(self, what: str, why: str) -> None:
        if LeftOut(what, why) not in self.left_out and len(self.left_out) < 200:
            self.left_out.append(LeftOut(what, why))

    def drop_unused(self, texts: list[str]) -> None:
        """Forget pictures that no text shows (those of pages that were left out)."""
        used = {key for text in texts for key in re.findall(r'src="picture:(p\d+)"', text)}
        self.pictures = {key: picture for key, picture in self.pictures.items() if key in used}


def _address(element: _Element) -> str:
    """Where a picture is: of an `img`, the address it loads late too; of an `svg`, that of its image."""
    if tag_of(element) == "img":
        source = element.get("src", "").strip()
        late = element.get("data-src", "").strip() or element.get("data-original", "").strip()
        return late if late and (not source or source.startswith("data:")) else source
    image = element.find(".//image")
    return image.get("href", "").strip() if image is not None else ""


def _label(address: str) -> str:
    if address[:5].lower() == "data:":
        return _("a picture")
    return unquote(posixpath.basename(address.partition("?")[0]) or address)[:120]


def _reason(address: str, data: bytes | None) -> str:
    """Why a picture cannot be taken; empty when it can."""
    if data is None:
        if _REMOTE.match(address):
            return _("The picture is on another site; only pictures inside the file are taken.")
        return _("The picture is not in the file.")
    if not data:
        return _("The picture is empty.")
    if is_svg(data):
        return _("Drawings (SVG) are not taken, only pictures.")
    return _("The picture is too large.") if len(data) > MAX_PICTURE else ""


def is_svg(data: bytes) -> bool:
    """Whether the bytes are a drawing rather than a picture."""
    head = data[:1_000].lstrip(b"\xef\xbb\xbf \r\n\t")
    return head.startswith(b"<svg") or (head.startswith(b"<?xml") and b"<svg" in data[:5_000])


def from_data_uri(address: str) -> bytes | None:
    """The bytes of a `data:` address (RFC 2397) of a picture, None if it holds something else."""
    match = _DATA.match(address[:400])
    if match is None or len(address) > MAX_PICTURE * 2:
        return None
    payload = address[match.end() :]
    if ";base64" not in match.group(2).lower():
        return unquote_to_bytes(payload)
    try:
        return base64.b64decode(re.sub(r"\s+", "", unquote(payload)), validate=False)
    except (binascii.Error, ValueError):
        return None


def picture_in_svg(data: bytes) -> bytes | None:
    """The largest picture embedded in a drawing: covers are often a photograph with lettering over it."""
    found = re.findall(rb'href\s*=\s*["\'](data:image/(?:jpe?g|png|gif|webp)[^"\']+)["\']', data)
    decoded = [from_data_uri(address.decode("ascii", "replace")) for address in found]
    return max((picture for picture in decoded if picture), key=len, default=None)


def ornaments_to_breaks(bodies: list[_Element], pictures: dict[str, FoundPicture]) -> None:
    """A small picture that stands alone in its block again and again is a scene break."""
    alone = [image for body in bodies for image in body.iter("img") if _stands_alone(image)]
    times = Counter(image.get("src", "") for image in alone)
    for image in alone:
        picture = pictures.get(image.get("src", "").removeprefix("picture:"))
        if picture and len(picture.data) <= ORNAMENT_BYTES and times[image.get("src", "")] >= ORNAMENT_TIMES:
            block = _block_of(image)
            hr = etree.Element("hr")
            hr.tail = block.tail
            parent = block.getparent()
            if parent is not None:
                parent.replace(block, hr)


def _block_of(image: _Element) -> _Element:
    block = image
    for parent in image.iterancestors():
        if tag_of(parent) in {"body", "section", "article", "main", "blockquote"} or len(parent) > 1:
            break
        block = parent
    return block


def _stands_alone(image: _Element) -> bool:
    block = _block_of(image)
    parent = image.getparent()
    if block is image and (parent is None or tag_of(parent) not in BLOCK):
        return False
    if (image.tail or "").strip() and block is image:
        return False
    texts = "".join(str(text) for text in block.itertext()).strip()
    neighbours = [n for n in (block.getprevious(), block.getnext()) if n is not None and not is_empty(n)]
    return not texts and len(neighbours) == 2
