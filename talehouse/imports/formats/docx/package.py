"""The zip of a Word document: its parts by relationship, as hardened XML trees in one set of names.

Format: ECMA-376 (Office Open XML), transitional and strict.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from talehouse.imports.formats.docx.names import REL, STRICT
from talehouse.lib.zips import Zip

Element = etree._Element
_LARGEST_XML = 120_000_000
_LARGEST_PICTURE = 40_000_000


class BrokenPackageError(Exception):
    """A part is missing, too large, or no XML."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a relationship id of a part leads: a path in the package, or an address when external."""

    kind: str
    target: str
    external: bool


class Package:
    """Read access to an opened .docx; never writes, never follows a link out of the file."""

    def __init__(self, archive: Zip) -> None:
        self._archive = archive
        self._names = {name.lstrip("/").lower(): name for name in archive.names()}

    def has(self, path: str) -> bool:
        """Whether the package holds `path`."""
        return path.lower() in self._names

    def read(self, path: str, limit: int = _LARGEST_PICTURE) -> bytes:
        """The bytes of a part, at most `limit`."""
        name = self._names.get(path.lower())
        if name is None:
            raise BrokenPackageError(path)
        data = self._archive.read(name)
        if len(data) > limit:
            raise BrokenPackageError(path)
        return data

    def xml(self, path: str) -> Element:
        """The root of an XML part; a document type (entities) is refused, Word never writes one."""
        data = self.read(path, _LARGEST_XML)
        if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:4096]:
            raise BrokenPackageError(path)
        for strict, transitional in STRICT:
            data = data.replace(strict, transitional)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        tree = etree.parse(BytesIO(data), parser)
        root = tree.getroot()
        if tree.docinfo.internalDTD is not None:
            raise BrokenPackageError(path)
        return root

    def relations(self, path: str) -> dict[str, Relation]:
        """Relationship id → where it leads, for the part at `path` ("" for the package itself)."""
        folder, file = posixpath.split(path)
        rels = posixpath.join(folder, "_rels", f"{file}.rels")
        if not self.has(rels):
            return {}
        found = {}
        for element in self.xml(rels).iter(f"{REL}Relationship"):
            external = element.get("TargetMode") == "External"
            target = element.get("Target", "")
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = element.get("Type", "").rpartition("/")[2]
            found[element.get("Id", "")] = Relation(kind, target, external)
        return found

    def main(self) -> str:
        """The path of the document's main part."""
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and self.has(relation.target):
                return relation.target
        if self.has("word/document.xml"):
            return "word/document.xml"
        raise BrokenPackageError("word/document.xml")
