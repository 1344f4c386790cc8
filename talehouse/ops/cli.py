"""The command `talehouse`: a thin door to Django's commands, quick where Django is not needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

HELP = """Talehouse: a home for serial fiction.

usage: talehouse COMMAND [options]     (talehouse COMMAND --help tells more)

  serve                  serve the archive: pages, Django and worker, supervised
  demo                   put the demo archive in (--remove takes it out again)
  import PATH...         bring stories in: EPUB, DOCX, HTML, Markdown, text, folders, zips
  export STORY -o FILE   take a story out as an EPUB
  vocabulary import PATH... | export FILE
                         the order among tags, from files and into one
  doctor                 look for faults in this installation
  recount [--check]      compare every counter with its rows, and mend it
  rank                   work the rankings and what is alike out anew
  reindex                build the index of the search anew, while the old one serves
  worker                 run the worker alone
  bench NAME             measure: pages, anchors, search, recommendations

  migrate, shell, createsuperuser, ...   Django's own commands

Options of all: --data DIR (default: TALEHOUSE_DATA, or ./data).
Exit status: 0 done, 1 failed, 2 bad usage or input.
Settings come from the environment: see docs/settings.md.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; exits with its status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    words = _take_data(words)
    if not words or words[0] in {"help", "--help", "-h"} and len(words) == 1:
        print(HELP, end="")
        raise SystemExit(0 if words else 2)
    if words[0] in {"--version", "version"}:
        from talehouse import __version__

        print(__version__)
        return
    _run(words)


def _take_data(words: list[str]) -> list[str]:
    """`--data DIR` anywhere on the line is the data folder: it must be known before Django starts."""
    rest: list[str] = []
    pending = iter(words)
    for word in pending:
        if word == "--data":
            os.environ["TALEHOUSE_DATA"] = next(pending, "") or _no_folder()
        elif word.startswith("--data="):
            os.environ["TALEHOUSE_DATA"] = word.removeprefix("--data=") or _no_folder()
        else:
            rest.append(word)
    return rest


def _no_folder() -> NoReturn:
    _refuse("--data needs a folder.", 2)


def _run(words: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, ManagementUtility, get_commands
    from django.db import Error

    try:
        django.setup()
        if words[0] not in get_commands():
            _refuse(f"there is no command {words[0]!r}. `talehouse --help` lists them.", 2)
        # With --traceback Django hands its errors on, and they are said here as plainly as all others.
        ManagementUtility(["talehouse", words[0], "--traceback", *words[1:]]).execute()
    except BrokenPipeError:  # whoever read our output has heard enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except CommandError as error:
        _refuse(str(error), error.returncode)
    except ImproperlyConfigured as error:
        _refuse(str(error), 2)
    except Error as error:
        from talehouse.ops import faults

        if told := faults.sentence(error, words[0]):
            _refuse(told, 2)
        raise


def _refuse(why: str, status: int) -> NoReturn:
    print(f"talehouse: {why}", file=sys.stderr)
    raise SystemExit(status)


if __name__ == "__main__":
    main()
