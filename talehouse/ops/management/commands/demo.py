"""`talehouse demo [--remove]`: the demo archive."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from talehouse.ops.demo.loading import load
from talehouse.ops.preparing import make_first_tables
from talehouse.stories.demo import remove_demo


class Command(BaseCommand):
    """Putting it in twice does nothing the second time."""

    help = "Put the demo archive in, or take it out again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command's own options."""
        parser.add_argument("--remove", action="store_true", help="take the demo archive out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many stories came or went."""
        make_first_tables()
        if options["remove"]:
            self.stdout.write(f"{remove_demo(by=None)} demo stories are gone.")
        else:
            self.stdout.write(f"{load()} demo stories are in.")
