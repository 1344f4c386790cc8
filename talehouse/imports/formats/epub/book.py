"""The container: files by name, however the addresses in the book are written, and its limits."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from talehouse.imports.found import BadFileError
from talehouse.lib.zips import BadZipError, Zip, open_zip

_FONTS = (
    "http://www.idpf.org/2008/embedding",
    "http://ns.adobe.com/pdf/enc#RC",
)
"""Algorithms that only hide fonts (EPUB OCF 3.3, section 4.4; Adobe's older one): the text is readable."""

_METHOD = re.compile(rb"EncryptionMethod[^>]*Algorithm\s*=\s*[\"']([^\"']+)[\"']")
_REFERENCE = re.compile(rb"CipherReference[^>]*URI\s*=\s*[\"']([^\"']+)[\"']")
_FONT_NAME = re.compile(r"\.(?:otf|ttf|ttc|woff2?|dfont|eot|pfb)$", re.I)


@dataclass(slots=True)
class Book:
    """The files of an EPUB; addresses are found exactly, then decoded, then without regard to case."""

    _zip: Zip
    _folded: dict[str, str] = field(default_factory=dict)
    _kept: dict[str, bytes] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Every file in the book, in the order of the container."""
        return list(dict.fromkeys(self._folded.values()))

    def find(self, address: str) -> str:
        """The name of the file behind a path from the container's root; empty if there is none."""
        for path in (address, unquote(address)):
            clean = unicodedata.normalize("NFC", posixpath.normpath(path.replace("\\", "/")).lstrip("/"))
            for wanted in (clean, clean.casefold()):
                if found := self._folded.get(wanted):
                    return found
        return ""

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None if it is not there. Raises BadFileError if it is damaged or too large."""
        found = self.find(name) if name else ""
        if not found:
            return None
        if found not in self._kept:
            try:
                self._kept[found] = self._zip.read(found)
            except BadZipError as error:
                raise BadFileError(str(error)) from error
        return self._kept[found]

    def read_if_whole(self, name: str) -> bytes | None:
        """As `read`, for pictures and stylesheets: a damaged one is as good as none."""
        try:
            return self.read(name)
        except BadFileError:
            return None


def open_book(data: bytes) -> Book:
    """Open an EPUB's container. Raises BadFileError for anything that is not one, or is hostile or locked."""
    try:
        archive = open_zip(data)
    except BadZipError as error:
        raise BadFileError(str(error)) from error
    names = archive.names()
    folded = {name.casefold(): name for name in reversed(names)}
    book = Book(archive, folded | {name: name for name in names})
    _refuse_locked(book)
    return book


def _refuse_locked(book: Book) -> None:
    """Refuse a book whose text is encrypted; hidden fonts are no hindrance."""
    listed = book.read("META-INF/encryption.xml")
    if listed is None:
        return
    blocks = re.split(rb"<(?:\w+:)?EncryptedData\b", listed[:4_000_000])[1:]
    for block in blocks:
        method, reference = _METHOD.search(block), _REFERENCE.search(block)
        algorithm = method.group(1).decode("latin-1") if method else ""
        uri = unquote(reference.group(1).decode("latin-1")) if reference else ""
        if algorithm not in _FONTS and not _FONT_NAME.search(uri):
            raise BadFileError(
                _("This book is locked by copy protection (DRM) and cannot be read; use a copy without it.")
            )


def resolve(base: str, href: str) -> tuple[str, str]:
    """Path from the container's root and fragment of a link written in the file `base`.

    Both are empty for links to other sites.
    """
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return "", ""
    if parts.scheme or parts.netloc:
        return "", ""
    fragment = unquote(parts.fragment)
    if not parts.path:
        return base, fragment
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), parts.path)).lstrip("/"), fragment
