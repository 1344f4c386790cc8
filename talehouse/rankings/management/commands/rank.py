"""`talehouse rank`: work the ranks, and what is alike, out anew."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from talehouse.rankings.alike import computing as alike
from talehouse.rankings.computing import RANKINGS, recompute
from talehouse.rankings.models import Rank


class Command(BaseCommand):
    """The same as the worker does every hour; the same rows give the same ranks."""

    help = "Work the rankings and the stories that are alike out anew, from the rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command's own options."""
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints how many places each ranking has, and of what has changed, how much."""
        changed, stories = recompute(), alike.recompute()
        told = {name: Rank.objects.filter(ranking=name).count() for name in RANKINGS}
        if options["json"]:
            self.stdout.write(json.dumps({"places": told, "changed": changed, "alike_changed": stories}))
            return
        for name, number in told.items():
            self.stdout.write(f"{name}: {number}")
        if changed:
            self.stdout.write(f"Rankings that have changed: {changed} of {len(told)}.")
        if stories:
            self.stdout.write(f"Stories with a new list of others like them: {stories}.")
