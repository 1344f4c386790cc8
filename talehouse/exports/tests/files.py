"""Looking into a written book."""

from io import BytesIO
from zipfile import ZipFile

from lxml import etree

from talehouse.exports.book import Book
from talehouse.exports.epub import write

NAMES = {
    "h": "http://www.w3.org/1999/xhtml",
    "opf": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
    "ncx": "http://www.daisy.org/z3986/2005/ncx/",
    "epub": "http://www.idpf.org/2007/ops",
}


class Files:
    """The files of a book, parsed strictly as XML."""

    def __init__(self, book: Book) -> None:
        self.zip = ZipFile(BytesIO(write(book)))

    def names(self) -> list[str]:
        return self.zip.namelist()

    def text(self, name: str) -> str:
        return self.zip.read(f"EPUB/{name}").decode()

    def xml(self, name: str) -> etree._Element:
        return etree.fromstring(self.zip.read(f"EPUB/{name}"))

    def all_xml(self) -> dict[str, etree._Element]:
        kept = (name for name in self.names() if name.endswith((".xhtml", ".opf", ".ncx", ".svg", ".xml")))
        return {name: etree.fromstring(self.zip.read(name)) for name in kept}

    def values(self, name: str, path: str) -> list[str]:
        """Texts or attribute values at an XPath with the prefixes of `NAMES`."""
        found = self.xml(name).xpath(path, namespaces=NAMES)
        assert isinstance(found, list)
        return [
            "".join(str(t) for t in item.itertext()) if isinstance(item, etree._Element) else str(item)
            for item in found
        ]

    def value(self, name: str, path: str) -> str:
        (only,) = self.values(name, path)
        return only

    def meta(self, name: str, refines: str = "") -> list[str]:
        """Values of `<meta property=…>` of the package, of the book itself or refining an id."""
        mark = f"@refines='#{refines}'" if refines else "not(@refines)"
        return self.values("package.opf", f"//opf:meta[@property='{name}'][{mark}]")
