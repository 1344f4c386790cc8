"""The command line: what it takes, how it ends, and what it does not need."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment
from talehouse import __version__
from talehouse.ops import cli

WITHOUT_TABLES = (
    "The tables of this database are missing or older than the program: "
    "run “talehouse serve” once, or “talehouse migrate”."
)


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "talehouse.ops.cli", *words],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **environment},
        check=False,
    )


def test_help_needs_no_django() -> None:
    """So that it is quick, and there is help even where the settings are wrong."""
    told = run("--help", PYTHONPROFILEIMPORTTIME="1", TALEHOUSE_DATABASE_URL="nonsense:")
    assert told.returncode == 0 and "usage: talehouse COMMAND" in told.stdout
    imported = re.findall(r"\|\s+(\S+)$", told.stderr, flags=re.MULTILINE)
    assert "os" in imported
    assert not [name for name in imported if name.partition(".")[0] == "django"]


@pytest.mark.parametrize("words", [["help"], ["-h"], ["--help"]])
def test_help(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 0
    assert capsys.readouterr().out == cli.HELP


def test_without_a_command_it_helps_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().out


def test_the_help_names_commands_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    for command in re.findall(r"^  ([a-z]+) ", cli.HELP, flags=re.MULTILINE):
        with pytest.raises(SystemExit) as ended:
            cli.main([command, "--help"])
        assert ended.value.code == 0, command
        assert f"talehouse {command}" in capsys.readouterr().out


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["--version"])
    assert capsys.readouterr().out == f"{__version__}\n"


def test_an_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["pubish"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.strip() == (
        "talehouse: there is no command 'pubish'. `talehouse --help` lists them."
    )


@pytest.mark.parametrize(
    "words", [["recount", "--chek"], ["import"], ["export", "1"], ["--data"], ["--data="]]
)
def test_wrong_usage_ends_with_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_wrong_setting_is_one_sentence(tmp_path: Path) -> None:
    told = run("doctor", TALEHOUSE_DATA=str(tmp_path), TALEHOUSE_DATABASE_URL="mysql://x/y")
    assert told.returncode == 2
    assert told.stderr.startswith("talehouse: TALEHOUSE_DATABASE_URL must begin with")
    assert told.stderr.count("\n") == 1


@pytest.mark.parametrize("address", ["foo", "tales.example:8000", "ftp://x/", "https://", "http://x:port"])
def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("TALEHOUSE_BASE_URL", address)
    with pytest.raises(ImproperlyConfigured, match=f"^TALEHOUSE_BASE_URL must .* not be '{address}'"):
        environment.address("TALEHOUSE_BASE_URL", "http://127.0.0.1:8000")


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://tales.example/", "https://tales.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("", "http://127.0.0.1:8000"),
    ],
)
def test_an_address_of_the_web_is_taken(monkeypatch: pytest.MonkeyPatch, address: str, kept: str) -> None:
    monkeypatch.setenv("TALEHOUSE_BASE_URL", address)
    assert environment.address("TALEHOUSE_BASE_URL", "http://127.0.0.1:8000") == kept


def test_the_settings_check_the_address(tmp_path: Path) -> None:
    told = run("doctor", TALEHOUSE_DATA=str(tmp_path), TALEHOUSE_BASE_URL="foo")
    assert told.returncode == 2
    assert told.stderr.startswith("talehouse: TALEHOUSE_BASE_URL must begin with http:// or https://")


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        (["--data", "HERE", "doctor"], ["doctor"]),
        (["doctor", "--data", "HERE"], ["doctor"]),
        (["doctor", "--data=HERE", "--json"], ["doctor", "--json"]),
        (["doctor"], ["doctor"]),
    ],
)
def test_the_data_folder_may_stand_anywhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str], rest: list[str]
) -> None:
    monkeypatch.setenv("TALEHOUSE_DATA", "before")
    assert cli._take_data([word.replace("HERE", str(tmp_path)) for word in words]) == rest
    assert os.environ["TALEHOUSE_DATA"] == (str(tmp_path) if len(words) > len(rest) else "before")


def test_a_data_folder_of_ones_own(new_database: Callable[[], str], tmp_path: Path) -> None:
    """Everything of an archive is in its folder, made where it is missing."""
    url, data = new_database(), tmp_path / "new" / "data"
    made = run("migrate", "--data", str(data), TALEHOUSE_DATABASE_URL=url, TALEHOUSE_SECRET_KEY="")
    assert made.returncode == 0, made.stderr
    assert (data / "secret-key").stat().st_mode & 0o777 == 0o600
    looked = run("recount", "--check", f"--data={data}", TALEHOUSE_DATABASE_URL=url)
    assert (looked.returncode, looked.stdout) == (0, "Every counter equals its rows.\n")
    missing = run("export", "12", "-o", str(tmp_path / "x.epub"), TALEHOUSE_DATABASE_URL=url)
    assert missing.returncode == 2 and "There is no story '12'" in missing.stderr
    assert not (tmp_path / "x.epub").exists()


@pytest.mark.sqlite
def test_stories_come_into_a_new_data_folder_before_anything_is_served(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    """As `accounts/house.py` promises: the host's account may come later."""
    here = {"TALEHOUSE_DATA": str(tmp_path / "new"), "TALEHOUSE_DATABASE_URL": new_database()}
    book = tmp_path / "weir.md"
    book.write_text("# The Weir\n\n## One\n\nThe lamp was warm.\n")
    brought = run("import", str(book), **here)
    assert (brought.returncode, brought.stderr) == (0, "")
    assert "“The Weir”" in brought.stdout
    assert "“The Weir”" in run("export", "The Weir", "-o", str(tmp_path / "x.epub"), **here).stdout


@pytest.mark.sqlite
def test_looking_at_a_book_in_a_new_data_folder_leaves_the_first_start_the_first(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    here = {"TALEHOUSE_DATA": str(tmp_path / "new"), "TALEHOUSE_DATABASE_URL": new_database()}
    book = tmp_path / "weir.md"
    book.write_text("# The Weir\n\n## One\n\nThe lamp was warm.\n")
    looked = run("import", str(book), "--dry-run", **here)
    assert (looked.returncode, looked.stderr) == (0, "")
    assert "“The Weir”" in looked.stdout and "Nothing was written" in looked.stdout
    assert WITHOUT_TABLES in run("recount", "--check", **here).stderr


@pytest.mark.sqlite
def test_the_demo_comes_into_a_new_data_folder(new_database: Callable[[], str], tmp_path: Path) -> None:
    told = run("demo", "--remove", TALEHOUSE_DATA=str(tmp_path), TALEHOUSE_DATABASE_URL=new_database())
    assert (told.returncode, told.stdout, told.stderr) == (0, "0 demo stories are gone.\n", "")


NEEDING_TABLES = (
    ["export", "1", "-o", "/dev/null"],
    ["recount", "--check"],
    ["vocabulary", "export", "/dev/null"],
    ["reindex"],
    ["worker", "--once"],
)


@pytest.mark.parametrize("words", NEEDING_TABLES, ids=lambda words: words[0])
def test_without_tables_it_says_how_to_make_them(
    new_database: Callable[[], str], tmp_path: Path, words: list[str]
) -> None:
    told = run(*words, TALEHOUSE_DATA=str(tmp_path), TALEHOUSE_DATABASE_URL=new_database())
    assert (told.returncode, told.stdout, told.stderr) == (2, "", f"talehouse: {WITHOUT_TABLES}\n")


@pytest.mark.postgresql
def test_on_a_server_the_tables_are_made_by_serve_alone(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    told = run("demo", TALEHOUSE_DATA=str(tmp_path), TALEHOUSE_DATABASE_URL=new_database())
    assert (told.returncode, told.stdout, told.stderr) == (2, "", f"talehouse: {WITHOUT_TABLES}\n")


def test_a_server_out_of_reach_is_one_sentence_without_its_password(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens here, and nobody else can
        port = taken.getsockname()[1]
        url = f"postgresql://house:a-secret@127.0.0.1:{port}/tales"
        told = run("recount", TALEHOUSE_DATA=str(tmp_path), TALEHOUSE_DATABASE_URL=url)
    assert told.returncode == 2
    *_why_by_the_pool, said = told.stderr.splitlines()
    assert said.startswith(f"talehouse: PostgreSQL on 127.0.0.1, port {port}, does not let us in. ")
    assert "Traceback" not in told.stderr
    assert "a-secret" not in told.stderr + told.stdout


@pytest.mark.parametrize("folder", ["/proc/none", __file__], ids=["that cannot be made", "that is a file"])
def test_a_data_folder_that_cannot_be_is_one_sentence(folder: str) -> None:
    told = run("doctor", "--data", folder, TALEHOUSE_SECRET_KEY="")
    assert told.returncode == 2
    assert told.stderr.startswith(f"talehouse: The data folder {folder} cannot be made or written: ")
    assert told.stderr.count("\n") == 1


@pytest.mark.sqlite
def test_a_database_file_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "x.sqlite3"
    told = run("doctor", TALEHOUSE_DATA=str(tmp_path), TALEHOUSE_DATABASE_URL=f"sqlite:///{path}")
    assert told.returncode == 2
    assert told.stderr.startswith(f"talehouse: The database file {path} cannot be opened: ")
    assert told.stderr.count("\n") == 1
