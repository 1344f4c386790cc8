"""Broken, old and hostile books: read as far as they can be, or refused in one sentence."""

# Markup stands in one line, as it would in a file.
# ruff: noqa: E501

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talehouse.imports.formats.epub.parse import parse, sniff
from talehouse.imports.formats.epub.tests.books import CONTAINER, Maker, words, xhtml
from talehouse.imports.found import BadFileError, FoundStory

PLAIN = (
    Maker()
    .chapter("a.xhtml", "<h1>Dawn</h1><p>Light é.</p>", "Dawn")
    .chapter("b.xhtml", "<p>Night.</p>", "Dusk")
)


def read(maker: Maker) -> FoundStory:
    return parse(maker.build(), name="b.epub")


def one(page: bytes | str) -> str:
    maker = Maker().chapter("a.xhtml", page if isinstance(page, bytes) else page.encode(), "Dawn")
    return " ".join(words(read(maker).parts[0].html))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "windows-1251"]
)
def test_every_declared_encoding(encoding: str) -> None:
    letters = "Ночь" if encoding == "windows-1251" else "Café"
    page = xhtml(f"<p>{letters}</p>").replace(
        'encoding="utf-8"', f'encoding="{encoding.removesuffix("-sig")}"'
    )
    assert one(page.encode(encoding)) == letters


def test_a_wrong_declaration_does_not_spoil_utf_8() -> None:
    assert one(xhtml("<p>Café</p>").replace("utf-8", "iso-8859-1").encode()) == "Café"


def test_an_undeclared_encoding_is_guessed_and_said_so() -> None:
    page = (
        b"<html><body><p>" + ("Это была тёмная и бурная ночь. " * 20).encode("cp1251") + b"</p></body></html>"
    )
    story = read(Maker().chapter("a.xhtml", page, "Dawn"))
    assert words(story.parts[0].html)[0] == "Это"
    assert story.doubts


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("<p>a&nbsp;b &mdash; &eacute; &amp; &lt;</p>", "a b — é & <"),
        ("<p>a<p>b<br>c", "a b c"),
        ("<p>a & b < c</p>", "a & b < c"),
        ("<p>a <i>b</p><p>c</i></p>", "a b c"),
        ('<a id="x"/><p>a</p><script/><title/><p>b & c</p>', "a b & c"),
        ("<p>a &unknown; b</p>", "a &unknown; b"),
        ("<p>\x0ba\x00b</p>", "ab"),
    ],
)
def test_broken_markup_is_read_as_a_browser_would(body: str, wanted: str) -> None:
    assert one(xhtml(body)) == wanted


def test_entities_that_stand_for_characters_are_read() -> None:
    page = xhtml("<p>&own; x</p>").replace("<!DOCTYPE html>", '<!DOCTYPE html [<!ENTITY own "&#169;">]>')
    assert one(page) == "© x"


LAUGHS = '<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE html [<!ENTITY % a SYSTEM "http://x.example/a.dtd"> %a;]>'


@pytest.mark.parametrize("doctype", [LAUGHS, OUTSIDE, PARAMETER])
@pytest.mark.parametrize("where", ["chapter", "package", "container", "ncx"])
def test_hostile_entities_are_refused(doctype: str, where: str) -> None:
    maker = Maker(nav="ncx")
    page = xhtml("<p>&a;</p>").replace(
        "<!DOCTYPE html>", doctype if where == "chapter" else "<!DOCTYPE html>"
    )
    maker.chapter("a.xhtml", page.encode(), "Dawn")
    opf, ncx, outside = maker.opf(), maker.ncx(), CONTAINER.format(opf="OEBPS/content.opf")
    if where == "package":
        maker.opf = lambda: opf.replace('<?xml version="1.0"?>', doctype)  # type: ignore[method-assign]
    if where == "ncx":
        maker.ncx = lambda: doctype + ncx  # type: ignore[method-assign]
    data = maker.build()
    if where == "container":
        data = _replaced(
            data, "META-INF/container.xml", outside.replace('<?xml version="1.0"?>', doctype).encode()
        )
    with pytest.raises(BadFileError, match="entities"):
        parse(data, name="b.epub")


def _replaced(data: bytes, name: str, content: bytes | None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        if content is not None:
            new.writestr(name, content)
    return out.getvalue()


def test_nesting_too_deep_does_not_lose_the_rest_of_the_book() -> None:
    deep = xhtml("<div>" * 5000 + "x" + "</div>" * 5000)
    story = read(Maker().chapter("a.xhtml", deep.encode(), "Deep").chapter("b.xhtml", "<p>Fine.</p>", "Dusk"))
    assert [part.title for part in story.parts] == ["Dusk"]
    assert [left.what for left in story.left_out] == ["a.xhtml"]


def test_nesting_that_can_be_read_is() -> None:
    assert one(xhtml("<div>" * 400 + "x" + "</div>" * 400)) == "x"


@pytest.mark.parametrize("folder", ["", "OPS/", "a/b c/"])
def test_any_folder_and_no_mimetype(folder: str) -> None:
    maker = Maker(folder=folder, mimetype=False).chapter("a.xhtml", "<p>x</p>", "Dawn")
    assert [part.title for part in read(maker).parts] == ["Dawn"]


def test_addresses_that_differ_in_case_or_are_encoded() -> None:
    maker = Maker().chapter("Kapitel Eins.xhtml", "<p>x</p>", "Dawn")
    maker.entries = [("Dawn", "kapitel%20eins.XHTML")]
    opf = maker.opf().replace("Kapitel Eins.xhtml", "KAPITEL%20eins.xhtml")
    maker.opf = lambda: opf  # type: ignore[method-assign]
    assert [part.title for part in read(maker).parts] == ["Dawn"]


def test_missing_and_empty_files_are_left_out_and_said_so() -> None:
    data = _replaced(PLAIN.build(), "OEBPS/b.xhtml", None)
    story = parse(data, name="b.epub")
    assert [part.title for part in story.parts] == ["Dawn"] and story.left_out[0].what == "b.xhtml"
    story = parse(_replaced(PLAIN.build(), "OEBPS/b.xhtml", b""), name="b.epub")
    assert story.left_out[0].what == "b.xhtml"


def test_a_missing_container_file_is_no_hindrance() -> None:
    story = parse(_replaced(PLAIN.build(), "META-INF/container.xml", None), name="b.epub")
    assert [part.title for part in story.parts] == ["Dawn", "Dusk"]


def _encryption(algorithm: str, uri: str) -> bytes:
    return (
        '<encryption xmlns:enc="x"><enc:EncryptedData><enc:EncryptionMethod Algorithm="' + algorithm + '"/>'
        '<enc:CipherData><enc:CipherReference URI="'
        + uri
        + '"/></enc:CipherData></enc:EncryptedData></encryption>'
    ).encode()


def test_locked_books_are_refused_and_hidden_fonts_are_not() -> None:
    locked = _encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OEBPS/a.xhtml")
    with pytest.raises(BadFileError, match="DRM"):
        parse(_replaced(PLAIN.build(), "META-INF/encryption.xml", locked), name="b.epub")
    font = _encryption("http://www.idpf.org/2008/embedding", "OEBPS/f.otf")
    assert parse(_replaced(PLAIN.build(), "META-INF/encryption.xml", font), name="b.epub").parts


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"not a zip",
        PLAIN.build()[:300],
        _replaced(PLAIN.build(), "OEBPS/content.opf", b""),
    ],
)
def test_what_is_no_book_gets_one_sentence(data: bytes) -> None:
    with pytest.raises(BadFileError) as caught:
        parse(data, name="b.epub")
    assert str(caught.value).count(". ") == 0


def test_sniffing() -> None:
    assert sniff(PLAIN.build()[:2048], "no-name")
    assert not sniff(b"<html>", "x.epub") and not sniff(b"PK\x03\x04word/document.xml", "x.docx")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_are_a_story_or_a_sentence(data: bytes) -> None:
    for prefix in (b"", b"PK\x03\x04"):
        with pytest.raises(BadFileError):
            parse(prefix + data, name="b.epub")


FILES = ["META-INF/container.xml", "OEBPS/content.opf", "OEBPS/nav.xhtml", "OEBPS/a.xhtml"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), st.integers(0, 2000), st.integers(0, 60), st.binary(max_size=40))
def test_mutated_books_are_a_story_or_a_sentence(name: str, at: int, gone: int, new: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(PLAIN.build())) as book:
        content = book.read(name)
    try:
        story = parse(
            _replaced(PLAIN.build(), name, content[:at] + new + content[at + gone :]), name="b.epub"
        )
    except BadFileError:
        return
    assert story.parts and all(part.title and part.html for part in story.parts)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=8))
def test_mutated_containers_are_a_story_or_a_sentence(at: int, new: bytes) -> None:
    data = PLAIN.build()
    with suppress(BadFileError):
        assert parse(data[:at] + new + data[at + len(new) :], name="b.epub").parts
