"""Choosing formats, folders, zips and many files; which files are one story."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.imports import gathering, opening
from talehouse.imports.formats.docx.tests.making import heading, made, para
from talehouse.imports.found import BadFileError, FoundSeries, FoundStory
from talehouse.imports.opening import FORMATS, format_of, open_files, parse_file


def page(number: int, story: str = "The Weir {1}") -> bytes:
    return (
        f"Chapter {number}: Rain\n1K 2 3\n\nWords {number}.\n\n{story}Where stories live. Discover now"
    ).encode()


def zipped(files: dict[str, bytes | str]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def shape(stories: list[FoundStory]) -> list[tuple[str, list[str]]]:
    return [(story.title, [part.title for part in story.parts]) for story in stories]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.docx", made(para("a")), "docx"),
        ("a.txt", made(para("a")), "docx"),
        ("a.txt", page(1), "wattpad"),
        ("a.md", b"plain", "markdown"),
        ("a.txt", b"# One\n\na\n\n# Two\n\nb", "markdown"),
        ("a.txt", b"plain words", "text"),
        ("a", b"plain words", "text"),
        ("a.html", b"<!DOCTYPE html><html><body><p>a</p></body></html>", "html"),
        ("a.txt", b"<!DOCTYPE html><html><body><p>a</p></body></html>", "html"),
        ("a.bin", bytes(range(256)) * 9, None),
    ],
)
def test_formats_are_told_by_content_then_by_name(name: str, data: bytes, expected: str | None) -> None:
    found = format_of(data, name)
    assert (found.name if found else None) == expected


def test_pages_of_one_story_become_its_parts_in_order() -> None:
    stories = open_files(
        [("c.txt", page(10)), ("a.txt", page(2)), ("d.txt", page(1, "Other")), ("b.txt", page(1))]
    )
    assert shape(stories) == [
        ("The Weir", ["Chapter 1: Rain", "Chapter 2: Rain", "Chapter 10: Rain"]),
        ("Other", ["Chapter 1: Rain"]),
    ]
    assert stories[0].series == FoundSeries("The Weir", 1)
    assert len({part.key for part in stories[0].parts}) == 3


def test_books_of_a_series_stay_apart() -> None:
    assert len(open_files([("a.txt", page(1)), ("b.txt", page(1, "The Weir {2}"))])) == 2


def test_a_page_without_its_end_joins_its_story() -> None:
    cut = b"Chapter 3\n1 2 3\n\nWords."
    assert shape(open_files([("a.txt", page(1)), ("b.txt", page(2)), ("c.txt", cut)])) == [
        ("The Weir", ["Chapter 1: Rain", "Chapter 2: Rain", "Chapter 3"])
    ]


def test_a_folder_of_chapters_is_one_story(tmp_path: Path) -> None:
    folder = tmp_path / "The Weir"
    folder.mkdir()
    for name, text in {
        "Chapter 10.txt": "ten",
        "Chapter 2.md": "two ![a](pic.png)",
        "prologue.md": "# Prologue\n\nzero",
        "Epilogue.txt": "end",
    }.items():
        (folder / name).write_text(text)
    for name, data in {
        "cover.jpg": b"jpg",
        "pic.png": b"png",
        "summary.txt": b"It rains.",
        ".DS_Store": b"x",
        "Thumbs.db": b"x",
        "odd.bin": bytes(range(256)) * 9,
    }.items():
        (folder / name).write_bytes(data)
    (story,) = open_files([folder])
    assert shape([story]) == [("The Weir", ["Prologue", "Chapter 2", "Chapter 10", "Epilogue"])]
    assert story.cover and story.cover.data == b"jpg"
    assert story.summary == "<p>It rains.</p>"
    assert list(story.pictures) == ["pic.png"]
    assert [one.what for one in story.left_out] == ["The Weir/odd.bin"]


def test_a_zip_of_a_folder_reads_like_the_folder() -> None:
    data = zipped(
        {
            "My Weir/1.txt": "one",
            "My Weir/2.txt": "two",
            "My Weir/metadata.yml": "title: The Weir\nauthor: Ana",
            "__MACOSX/My Weir/._1.txt": "x",
            "My Weir/deep.zip": zipped({"a.txt": "a"}),
        }
    )
    (story,) = open_files([("w.zip", data)])
    assert (story.title, story.authors, [part.html for part in story.parts]) == (
        "The Weir",
        ["Ana"],
        ["<p>one</p>", "<p>two</p>"],
    )
    assert [one.what for one in story.left_out] == ["w/My Weir/deep.zip"]


def test_a_zip_of_books_gives_each_book() -> None:
    book = made(heading("One") + para("a") + heading("Two") + para("b"))
    assert shape(open_files([("w.zip", zipped({"Rain.docx": book, "Sun.docx": book}))])) == [
        ("Rain", ["One", "Two"]),
        ("Sun", ["One", "Two"]),
    ]


def test_names_tell_two_stories_apart() -> None:
    names = ["weir-02.txt", "mill_1.txt", "weir-01.txt", "mill_2.txt", "notes.txt"]
    assert shape(open_files([(name, f"words of {name}.".encode()) for name in names])) == [
        ("Weir", ["Chapter 1", "Chapter 2"]),
        ("Mill", ["Chapter 1", "Chapter 2"]),
        ("Notes", ["Notes"]),
    ]


def test_a_common_title_makes_one_story() -> None:
    chapters = [
        ("b.md", b"---\nstory: Weir\ntitle: Rain\n---\nb"),
        ("a.md", b"---\nstory: Weir\ntitle: Sun\n---\na"),
    ]
    assert shape(open_files(chapters)) == [("Weir", ["Rain", "Sun"])]


def test_chapters_without_any_title_are_untitled_and_said() -> None:
    (story,) = open_files([("ch 2.txt", b"two"), ("ch 1.txt", b"one")])
    assert (story.title, [part.html for part in story.parts]) == ("Untitled", ["<p>one</p>", "<p>two</p>"])
    assert "title" in story.doubts[0]


def test_pictures_of_the_same_name_in_two_chapters_stay_apart() -> None:
    one = "data:image/png;base64,"
    stories = open_files([("ch 1.md", f"![a]({one}YQ==)".encode()), ("ch 2.md", f"![a]({one}Yg==)".encode())])
    assert sorted(picture.data for picture in stories[0].pictures.values()) == [b"a", b"b"]
    for part in stories[0].parts:
        key = part.html.split("picture:")[1].split('"')[0]
        assert key in stories[0].pictures


def test_a_bad_file_among_good_ones_is_named() -> None:
    (story,) = open_files([("x.pdf", b"%PDF-1"), ("a.txt", b"Words here."), ("e.txt", b"")])
    assert [one.what for one in story.left_out] == ["x.pdf", "e.txt"]
    assert "PDF" in story.left_out[0].why
    assert [name in doubt for name, doubt in zip(["x.pdf", "e.txt"], story.doubts[-2:], strict=True)] == [
        True,
        True,
    ]


def test_many_bad_files_are_counted_after_the_first_twenty() -> None:
    bad = [(f"x{n}.pdf", b"%PDF-1") for n in range(23)]
    (story,) = open_files([*bad, ("a.txt", b"Words here.")])
    assert len(story.left_out) == 23
    assert "x19.pdf" in story.doubts[-2] and "3 more files" in story.doubts[-1]


def test_what_was_read_and_not_used_is_no_doubt() -> None:
    (story,) = open_files([("w/a.txt", b"Words here."), ("w/odd.png", b"\x89PNG")])
    assert [one.what for one in story.left_out] == ["w/odd.png"]
    assert not any("odd.png" in doubt for doubt in story.doubts)


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ([], "nothing"),
        ([("a.txt", b"")], "a.txt.*empty"),
        ([("a.bin", bytes(range(256)) * 9)], "a.bin.*format"),
        ([("a.doc", b"\xd0\xcf\x11\xe0")], "a.doc.*docx"),
        ([("a.zip", b"PK\x03\x04rest")], "a.zip.*unpacked"),
        ([("a.zip", zipped({}))], "nothing"),
        ([("a.zip", zipped({"a.txt": "words here"})[:-40])], "a.zip.*unpacked"),
        ([Path("no-such-file.txt")], "no-such-file.txt.*exist"),
    ],
)
def test_nothing_readable_is_one_sentence(chosen: list[tuple[str, bytes] | Path], words: str) -> None:
    with pytest.raises(BadFileError, match=words):
        open_files(chosen)


def test_a_giant_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    giant = tmp_path / "giant.txt"
    with giant.open("wb") as stream:
        stream.truncate(2_000_000_000)
    with pytest.raises(BadFileError, match=r"giant\.txt.*2000 MB"):
        open_files([giant])
    (story,) = open_files([giant, ("a.txt", b"words")])
    assert [one.what for one in story.left_out] == ["giant.txt"]


def test_too_much_at_once_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "LARGEST_CHOICE", 20)
    with pytest.raises(BadFileError, match="2 GB"):
        open_files([(f"{number}.txt", b"ten bytes.") for number in range(3)])


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST_FILES", 3)
    with pytest.raises(BadFileError, match="More than 3"):
        open_files([(f"{number}.txt", b"words") for number in range(4)])


def test_a_zip_bomb_is_refused() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b" " * 30_000_000)
    with pytest.raises(BadFileError):
        open_files([("bomb.zip", stream.getvalue())])


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret words")
    folder = tmp_path / "story"
    folder.mkdir()
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "a.md").write_text("words ![x](../secret.png)")
    (story,) = open_files([folder])
    assert "secret words" not in story.parts[0].html


def test_a_zip_with_paths_out_of_it_is_refused() -> None:
    with pytest.raises(BadFileError, match="w.zip"):
        open_files([("w.zip", zipped({"../../etc/a.txt": "words"}))])


def test_progress_counts_every_file() -> None:
    seen: list[tuple[int, int, str]] = []
    open_files([("a.txt", b"words"), ("b.txt", b"more")], progress=lambda *step: seen.append(step))
    assert seen == [(0, 2, "a.txt"), (1, 2, "b.txt"), (2, 2, "")]


def test_every_format_has_its_parser() -> None:
    assert [one.name for one in FORMATS] == ["epub", "docx", "html", "wattpad", "markdown", "text"]
    assert not any(one.sniff(b"", "x") for one in FORMATS)


@given(
    st.binary(max_size=300), st.sampled_from(["a.epub", "a.docx", "a.html", "a.md", "a.txt", "a.zip", "a"])
)
def test_any_bytes_under_any_name_give_a_story_or_one_sentence(data: bytes, name: str) -> None:
    try:
        assert all(story.parts and story.title for story in open_files([(name, data)]))
    except BadFileError as error:
        assert str(error)
    try:
        parse_file(data, name=name)
    except BadFileError as error:
        assert name in str(error)


def test_lines_hold_no_control_characters() -> None:
    page = b"<html><head><title>The\x01 Weir</title></head><body><h1>One&#1;\x7f</h1><p>words here</p>"
    (story,) = open_files([("a.html", page), ("x\x01.pdf", b"%PDF-1")])
    lines = [story.title, *story.authors, *(part.title for part in story.parts)]
    lines += [line for left in story.left_out for line in (left.what, left.why)]
    assert not any(ord(letter) < 32 or letter == "\x7f" for line in lines for letter in line)
    assert story.left_out[-1].what == "x.pdf"


def test_a_file_that_takes_too_long_is_left_alone_and_the_others_come_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opening, "LEAST_PATIENCE", 0.2)
    read = opening.parse_file

    def slow(data: bytes, *, name: str, files: Mapping[str, bytes]) -> FoundStory:
        while name == "slow.txt":
            pass
        return read(data, name=name, files=files)

    monkeypatch.setattr(opening, "parse_file", slow)
    [story] = open_files([("slow.txt", b"Words."), ("weir.txt", b"Ida ran.")])
    assert [(one.what, "far longer" in one.why) for one in story.left_out] == [("slow.txt", True)]
    with pytest.raises(BadFileError, match="slow.txt.*far longer"):
        open_files([("slow.txt", b"Words.")])


def test_a_file_that_falls_into_thousands_of_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MOST_PARTS", 3)
    chapters = [f"# Chapter {number}\n\nIda ran.\n\n" for number in range(1, 5)]
    assert len(open_files([("three.md", "".join(chapters[:3]).encode())])[0].parts) == 3
    with pytest.raises(BadFileError, match="four.md.* 4 parts"):
        open_files([("four.md", "".join(chapters).encode())])
