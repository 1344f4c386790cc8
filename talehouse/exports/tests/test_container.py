"""The zip: same story, same bytes; in the order that readers and tools expect."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED

import pytest

from talehouse.exports.epub import write, write_to
from talehouse.exports.tests import books
from talehouse.exports.tests.files import Files


@pytest.mark.parametrize("name", books.KINDS)
def test_equal_books_are_equal_bytes(name: str) -> None:
    assert write(books.KINDS[name]()) == write(books.KINDS[name]())


def test_the_same_instant_in_another_zone_is_the_same_file() -> None:
    book = books.minimal()
    moved = replace(book, modified=book.modified.astimezone(timezone(timedelta(hours=9))))

    assert write(moved) == write(book)


def test_a_later_edit_is_another_file() -> None:
    book = books.minimal()

    assert write(replace(book, modified=book.modified + timedelta(minutes=1))) != write(book)


def test_a_file_gets_the_same_bytes() -> None:
    out = BytesIO()
    write_to(books.rich(), out)

    assert out.getvalue() == write(books.rich())


def test_mimetype_is_first_and_bare() -> None:
    first = Files(books.rich()).zip.infolist()[0]

    assert (first.filename, first.compress_type, first.extra) == ("mimetype", ZIP_STORED, b"")
    assert write(books.rich())[30:58] == b"mimetypeapplication/epub+zip"


def test_what_knows_the_rest_is_written_last() -> None:
    names = Files(books.rich()).names()

    assert names[1] == "META-INF/container.xml"
    assert names[-3:] == ["EPUB/nav.xhtml", "EPUB/toc.ncx", "EPUB/package.opf"]


def test_entries_say_nothing_of_the_machine() -> None:
    for entry in Files(books.rich()).zip.infolist():
        assert entry.date_time == (2025, 3, 9, 18, 30, 14)
        assert (entry.create_system, entry.external_attr, entry.extra) == (3, 0o644 << 16, b"")
        assert entry.compress_type == (ZIP_STORED if entry.filename == "mimetype" else ZIP_DEFLATED)


@pytest.mark.parametrize(("year", "told"), [(1911, 1980), (2500, 2107)])
def test_times_that_a_zip_cannot_tell(year: int, told: int) -> None:
    book = replace(books.minimal(), modified=datetime(year, 6, 1, tzinfo=UTC))

    assert {entry.date_time[0] for entry in Files(book).zip.infolist()} == {told}
    assert Files(book).meta("dcterms:modified") == [f"{year}-06-01T00:00:00Z"]
