"""`talehouse import` at the command line: what it writes, what it says, and how it ends."""

from __future__ import annotations

import json
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.management import CommandError, call_command

from talehouse.accounts.house import welcome
from talehouse.accounts.models import Account, PenName
from talehouse.imports.formats.docx.tests.making import made, para
from talehouse.imports.models import Source
from talehouse.stories.models import Revision, Story

BOOK = "# The Weir\n\n## One\n\nThe lamp was warm.\n\n## Two\n\nUntil the water was not.\n"
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="c.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
PACKAGE = (
    f'<!DOCTYPE package [<!ENTITY a0 "ha">{LAUGHS}]>'
    '<package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
    "<metadata xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title>&a9;</dc:title></metadata>"
    '<manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest>'
    '<spine><itemref idref="c"/></spine></package>'
)


def run(*arguments: str | Path) -> str:
    out = StringIO()
    call_command("import", *map(str, arguments), stdout=out)
    return out.getvalue()


def zipped(files: dict[str, str | bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def rows() -> list[int]:
    return [table.objects.count() for table in (Account, PenName, Story, Revision, Source)]


@pytest.fixture
def weir(tmp_path: Path) -> Path:
    path = tmp_path / "weir.md"
    path.write_text(BOOK)
    return path


@pytest.mark.django_db
def test_a_story_comes_in_as_a_private_draft(weir: Path) -> None:
    assert "is in, a private draft" in run(weir)
    story = Story.objects.get()
    assert (story.title, story.part_count, story.parts.count()) == ("The Weir", 0, 2)


@pytest.mark.django_db
def test_one_is_not_said_as_many(tmp_path: Path) -> None:
    path = tmp_path / "short.md"
    path.write_text("# Short\n\n## One\n\nRain.\n")
    said = run(path)
    assert ": 1 part, 1 word (new)" in said
    assert "One  –  1 word  (" in said
    out = StringIO()
    call_command("export", "Short", "-o", str(tmp_path / "x.epub"), stdout=out)
    assert "“Short”: 1 part, " in out.getvalue()


@pytest.mark.django_db
def test_published_under_a_pen_name_that_is_new(weir: Path) -> None:
    run(weir, "--publish", "--pen-name", "Ana Reed", "--language", "pt")
    story = Story.objects.get()
    assert (story.part_count, story.language) == (2, "pt")
    assert story.roles.get().pen_name.name == "Ana Reed"


@pytest.mark.django_db
def test_again_is_an_update(weir: Path) -> None:
    run(weir, "--publish")
    before = rows()
    assert "updates the story that is here" in run(weir, "--publish")
    assert rows() == before


@pytest.mark.django_db
@pytest.mark.parametrize("more", [(), ("--pen-name", "Ana Reed"), ("--publish",), ("--json",)])
def test_a_dry_run_writes_nothing(weir: Path, more: tuple[str, ...]) -> None:
    before = rows()
    run(weir, "--dry-run", *more)
    assert rows() == before == [0] * len(before)


@pytest.mark.django_db
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_json_is_one_object(weir: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]) -> None:
    run(weir, "--json", *more)
    told = json.loads(capsys.readouterr().out)
    assert [story["title"] for story in told["stories"]] == ["The Weir"]


FILES: dict[str, bytes] = {
    "bomb.zip": zipped({"a.txt": b" " * 30_000_000}),
    "bomb.epub": zipped({"mimetype": "application/epub+zip", "META-INF/container.xml": b" " * 30_000_000}),
    "laughs.epub": zipped(
        {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER, "c.opf": PACKAGE}
    ),
    "cut.docx": made(para("words"))[:-200],
    "empty.txt": b"",
    "noise.bin": bytes(range(256)) * 9,
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*FILES, "giant.txt"])
def test_a_file_that_cannot_be_read_ends_with_2_and_one_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "giant.txt":
        with path.open("wb") as stream:
            stream.truncate(2 * 1024**3)
    elif name in FILES:
        path.write_bytes(FILES[name])
    before = rows()
    with pytest.raises(CommandError) as ended:
        run(path)
    said = str(ended.value)
    assert ended.value.returncode == 2
    assert said.endswith((".", "?")) and "\n" not in said and len(said) < 300 and str(tmp_path) not in said
    assert rows() == before


@pytest.mark.django_db
def test_what_is_not_there_is_named_as_it_was_given(weir: Path) -> None:
    given = f"{weir.parent}/drafts/../drafts/missing.txt"
    with pytest.raises(CommandError) as ended:
        run(weir, given)
    assert ended.value.returncode == 2
    assert str(ended.value) == f"“{given}” does not exist or may not be read."
    assert not Story.objects.exists()


@pytest.mark.django_db
def test_a_language_that_the_file_does_not_say_is_told_in_words_of_the_command_line(weir: Path) -> None:
    said = run(weir, "--language", "pt")
    assert "doubtful: The file does not say its language; it is taken to be “pt” (--language)." in said
    assert "below" not in said
    assert "its language" not in run(weir, "--language", "es"), "a story that is here keeps its own"
    assert Story.objects.get().language == "pt"


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["xx yy", "", "e", "en-" + "x" * 30])
def test_a_language_that_is_no_tag_is_refused(weir: Path, language: str) -> None:
    with pytest.raises(CommandError) as ended:
        run(weir, "--language", language)
    assert ended.value.returncode == 2
    assert str(ended.value) == f"--language: “{language}” is no language tag."
    assert not Story.objects.exists()


@pytest.mark.django_db
def test_a_language_is_kept_as_a_tag(weir: Path) -> None:
    run(weir, "--language", "pt_BR")
    assert Story.objects.get().language == "pt-BR"


OTHERS = "---\nauthor: Nora Quill\n---\n\n" + BOOK
SIGNED = "doubtful: The file says Nora Quill; it is signed Ada Host (--pen-name changes that)."


@pytest.mark.django_db
def test_a_book_of_somebody_else_is_not_signed_without_a_word(weir: Path) -> None:
    weir.write_text(OTHERS)
    welcome(email="ada@example.org", password="an orchard under water", pen_name="Ada Host")
    assert SIGNED in run(weir, "--dry-run")
    assert "signed" not in run(weir, "--dry-run", "--pen-name", "Ada Host"), "the host has said so"
    assert SIGNED in run(weir)
    assert Story.objects.get().roles.get().pen_name.name == "Ada Host"
    assert "signed" not in run(weir), "a story that is here keeps who signed it"


@pytest.mark.django_db
def test_before_there_is_a_host_the_first_writer_signs_for_all(weir: Path, tmp_path: Path) -> None:
    weir.write_text(OTHERS)
    assert "signed" not in run(weir, "--dry-run")
    other = tmp_path / "mill.md"
    other.write_text("---\nauthor: Ada Reed\n---\n\n# The Mill\n\n## One\n\nIt turned.\n")
    said = run(weir, other)
    assert "The file says Ada Reed; it is signed Nora Quill" in said or (
        "The file says Nora Quill; it is signed Ada Reed" in said
    )
    assert PenName.objects.count() == 1


@pytest.mark.django_db
def test_a_writer_that_nobody_can_sign_as_is_told(weir: Path) -> None:
    weir.write_text(OTHERS.replace("Nora Quill", "Orphan"))
    assert "The file says Orphan; it is signed Archive" in run(weir)
    assert Story.objects.get().roles.get().pen_name.name == "Archive"


@pytest.mark.django_db
def test_one_bad_file_among_good_ones_is_named(weir: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.docx").write_bytes(FILES["cut.docx"])
    assert "left out: cut.docx" in run(weir, tmp_path / "cut.docx")
    assert Story.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("more", "rating"), [((), "not-rated"), (("--rating", "teen"), "teen")])
def test_the_rating_where_the_file_says_none(weir: Path, more: tuple[str, ...], rating: str) -> None:
    run(weir, *more)
    assert Story.objects.get().rating == rating


@pytest.mark.django_db
def test_a_rating_that_does_not_exist_is_refused(weir: Path) -> None:
    with pytest.raises(CommandError, match="purple"):
        run(weir, "--rating", "purple")
    assert not Story.objects.exists()
