"""Hostile zip files are refused with one sentence; honest ones are read."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from talehouse.lib.zips import BadZipError, open_zip


def made(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_reads_names_and_files() -> None:
    with open_zip(made({"a.txt": b"one", "folder/b.txt": b"two"})) as archive:
        assert archive.names() == ["a.txt", "folder/b.txt"]
        assert archive.read("folder/b.txt") == b"two"
        with pytest.raises(KeyError):
            archive.read("c.txt")


def test_reads_from_a_path(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(made({"a": b"1"}))
    with open_zip(path) as archive:
        assert archive.read("a") == b"1"


def test_folders_are_not_files() -> None:
    assert open_zip(made({"folder/": b"", "folder/a": b""})).names() == ["folder/a"]


def as_legacy(data: bytes, written: bytes, meant: bytes) -> bytes:
    """The zip with another name of the same length and without the mark for UTF-8."""
    assert len(written) == len(meant)
    return data.replace(written, meant)


def test_utf8_names_without_the_mark_are_understood() -> None:
    data = as_legacy(made({"xxxxx.txt": b"1"}), b"xxxxx.txt", "é木.txt".encode())
    assert open_zip(data).names() == ["é木.txt"]


def test_other_names_are_read_as_cp437() -> None:
    data = as_legacy(made({"xxx.txt": b"1"}), b"xxx.txt", b"\x81ber"[:3] + b".txt")
    assert open_zip(data).names() == ["übe.txt"]


def test_backslashes_divide_folders_and_names_are_composed() -> None:
    data = as_legacy(made({"a/b.txt": b"1"}), b"a/b.txt", b"a\\b.txt")
    assert open_zip(data).names() == ["a/b.txt"]
    assert open_zip(made({"cafe\u0301": b"1"})).names() == ["café"]


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/passwd", "C:/x", "a\\..\\x"])
def test_a_path_that_leads_out_is_refused(name: str) -> None:
    with pytest.raises(BadZipError, match="leads out"):
        open_zip(made({name: b"1"}))


def test_a_link_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(BadZipError, match="link"):
        open_zip(out.getvalue())


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_occurs_twice_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", b"1")
        archive.writestr("a", b"2")
    with pytest.raises(BadZipError, match="twice"):
        open_zip(out.getvalue())


def test_a_password_is_refused() -> None:
    data = bytearray(made({"a": b"1"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(BadZipError, match="password"):
        open_zip(bytes(data))


def test_another_packing_is_refused() -> None:
    with pytest.raises(BadZipError, match="packed"):
        open_zip(made({"a": b"1"}, zipfile.ZIP_BZIP2))


def test_a_bomb_is_refused_while_it_is_read() -> None:
    archive = open_zip(made({"a": bytes(5 << 20)}))
    with pytest.raises(BadZipError, match="far too much"):
        archive.read("a")


def test_a_lie_about_the_size_is_found() -> None:
    data = bytearray(made({"a": b"x" * 5000}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 10)
    with pytest.raises(BadZipError):
        open_zip(bytes(data)).read("a")


def test_limits_on_file_total_and_count() -> None:
    data = made({"a": bytes(range(256)) * 40, "b": bytes(range(256)) * 40})
    with pytest.raises(BadZipError, match="larger than"):
        open_zip(data, limit_file=5_000).read("a")
    with pytest.raises(BadZipError, match="more than"):
        open_zip(data, limit_total=15_000)
    with pytest.raises(BadZipError, match="more than 1 files"):
        open_zip(data, limit_count=1)


def test_reading_again_and_again_spends_the_budget() -> None:
    archive = open_zip(made({"a": b"x" * 900}), limit_total=1_000)
    archive.read("a")
    with pytest.raises(BadZipError, match="more than"):
        archive.read("a")


def test_a_wrong_checksum_is_found() -> None:
    data = made({"a": b"hello world"}, zipfile.ZIP_STORED).replace(b"hello", b"jello")
    with pytest.raises(BadZipError, match="damaged"):
        open_zip(data).read("a")


def test_entries_that_share_bytes_are_refused() -> None:
    data = bytearray(made({"a": b"x" * 50, "b": b"x" * 50}))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    with pytest.raises(BadZipError, match="honest"):
        open_zip(bytes(data))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a zip"),
        (b"hello", "not a zip"),
        (made({"a": b"x" * 100})[:-30], "cut short"),
        (b"PK", "cut short"),
    ],
    ids=["nothing", "text", "cut", "two letters"],
)
def test_what_is_no_whole_zip_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(BadZipError, match=says):
        open_zip(data)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadZipError, match="cannot be opened"):
        open_zip(tmp_path / "nothing.zip")


def test_a_zip_in_a_zip_shares_the_budget_and_goes_no_deeper() -> None:
    inner = made({"a": b"1" * 600})
    middle = made({"inner.zip": inner})
    assert open_zip(middle).open("inner.zip").read("a") == b"1" * 600
    outer = open_zip(made({"middle.zip": middle}))
    with pytest.raises(BadZipError, match="zip files in zip files"):
        outer.open("middle.zip").open("inner.zip")
    tight = open_zip(middle, limit_total=len(inner) + 500)
    with pytest.raises(BadZipError, match="more than"):
        tight.open("inner.zip").read("a")
