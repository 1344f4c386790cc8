"""`talehouse bench NAME`: measure how fast the house is next to yardsticks, how well comments stay put."""

from __future__ import annotations

import json
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError

from talehouse.ops.bench import anchors, pages, recommendations, search
from talehouse.ops.bench.anchors import AnchorsWish
from talehouse.ops.bench.archive import Size
from talehouse.ops.bench.processes import ServerError
from talehouse.ops.bench.readership import Size as Readership
from talehouse.ops.bench.running import BadInputError, Wish
from talehouse.ops.bench.search import SearchWish
from talehouse.ops.bench.telling import table

Measure = Callable[[dict[str, Any]], dict[str, Any]]
BENCHES: dict[str, tuple[Measure, Callable[[dict[str, Any]], str]]] = {
    "pages": (lambda options: pages.run(_wish(options), _progress), table),
    "anchors": (lambda options: anchors.run(_anchors_wish(options), _progress), anchors.table),
    "search": (lambda options: search.run(_search_wish(options), _progress), search.table),
    "recommendations": (
        lambda options: recommendations.run(_readership(options), _progress),
        recommendations.table,
    ),
}
QUICK = {"stories": 60, "words": 800, "seconds": 1}
NORMAL = {"stories": 2000, "words": 2000, "seconds": 3}


class Command(BaseCommand):
    """Exit status 1 if something failed, a counter differs afterwards, a comment was lost or a count of the
    search is not that of SQL; 2 for bad input or missing programs.

    A goal that is not met is told and fails nothing: figures depend on the machine.
    """

    help = "Measure the house on an archive or texts of its own (never yours). docs/bench.md tells more."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command's own options."""
        parser.add_argument("name", choices=sorted(BENCHES), help="what to measure")
        parser.add_argument("--stories", type=_number, help=f"stories in the archive ({NORMAL['stories']})")
        parser.add_argument("--parts", type=_number, default=5, help="parts of each story (%(default)s)")
        parser.add_argument("--words", type=_number, help=f"words of a part, the mean ({NORMAL['words']})")
        parser.add_argument(
            "--seed", type=_number, default=1, help="another seed makes another archive (%(default)s)"
        )
        parser.add_argument("--rounds", type=_number, default=5, help="interleaved rounds (%(default)s)")
        parser.add_argument("--seconds", type=_number, help="seconds of each round (3)")
        parser.add_argument(
            "--vocabulary",
            type=Path,
            metavar="DIR",
            help="a folder with fandoms.csv and freeforms.json for the tags",
        )
        parser.add_argument(
            "--text",
            type=Path,
            metavar="PATH",
            help="anchors: an EPUB or a folder of texts to edit instead of the demo's stories",
        )
        parser.add_argument("--only", choices=search.HALVES, help="search: one half of it alone")
        parser.add_argument("--chapters", type=_number, help=f"anchors: chapters ({AnchorsWish.chapters})")
        parser.add_argument(
            "--quick", action="store_true", help="a small archive and short rounds, to try it out"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
        parser.add_argument("--out", type=Path, metavar="FILE", help="write the JSON object to this file too")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measures and prints; progress goes to standard error."""
        signal.signal(signal.SIGTERM, _end)
        measure, tell = BENCHES[options["name"]]
        try:
            told = measure(options)
        except BadInputError as error:
            raise CommandError(str(error), returncode=2) from error
        except ServerError as error:
            raise CommandError(str(error), returncode=1) from error
        self._give(told, tell(told), options)
        if told.get("recount_differences") or told.get("lost") or told.get("mismatches"):
            raise SystemExit(1)

    def _give(self, told: dict[str, Any], text: str, options: dict[str, Any]) -> None:
        whole = json.dumps(told, indent=2, ensure_ascii=False)
        if out := options["out"]:
            try:
                out.write_text(whole + "\n")
            except OSError as error:
                raise CommandError(f"{out} cannot be written: {error.strerror}.", returncode=2) from error
        self.stdout.write(whole if options["json"] else text)


def _wish(options: dict[str, Any]) -> Wish:
    usual = QUICK if options["quick"] else NORMAL
    stories, words, seconds = (options[name] or usual[name] for name in ("stories", "words", "seconds"))
    return Wish(
        size=Size(stories, options["parts"], words, options["seed"]),
        seconds=seconds,
        rounds=options["rounds"],
        vocabulary=str(options["vocabulary"].resolve()) if options["vocabulary"] else "",
    )


def _readership(options: dict[str, Any]) -> Readership:
    stories = options["stories"] or (800 if options["quick"] else Readership.stories)
    readers = 1_500 if options["quick"] else Readership.readers
    return Readership(stories=stories, readers=readers, seed=options["seed"])


def _search_wish(options: dict[str, Any]) -> SearchWish:
    quick = options["quick"]
    return SearchWish(
        stories=options["stories"] or (20_000 if quick else SearchWish.stories),
        queries=60 if quick else SearchWish.queries,
        parts=2_000 if quick else SearchWish.parts,
        seed=options["seed"],
        vocabulary=str(options["vocabulary"].resolve()) if options["vocabulary"] else "",
        only=options["only"] or "",
    )


def _anchors_wish(options: dict[str, Any]) -> AnchorsWish:
    usual = 50 if options["quick"] else AnchorsWish.chapters
    return AnchorsWish(options["text"], options["chapters"] or usual, seed=options["seed"])


def _number(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 10**7:
        raise ArgumentTypeError(f"needs a whole number from 1 on, not {text!r}")
    return int(text)


def _progress(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """A SIGTERM ends the run like Ctrl+C: everything that was started is stopped."""
    raise SystemExit(128 + number)
