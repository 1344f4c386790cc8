"""`talehouse doctor`: look for faults."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from talehouse.ops.doctoring import examine

MARKS = {"ok": "ok  ", "warn": "look", "bad": "BAD "}


class Command(BaseCommand):
    """Exit status 1 if anything is bad."""

    help = "Look for faults in this installation, and say what to do about each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command's own options."""
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints a line a check, as soon as it is done."""
        findings = []
        for finding in examine():
            findings.append(finding)
            if not options["json"]:
                self.stdout.write(f"{MARKS[finding.state]}  {finding.label}: {finding.text}")
                self.stdout.flush()
        bad = sum(finding.state == "bad" for finding in findings)
        if options["json"]:
            json.dump({"faults": bad, "findings": [finding._asdict() for finding in findings]}, sys.stdout)
            sys.stdout.write("\n")
        else:
            some = ngettext("%(n)s fault.", "%(n)s faults.", bad) % {"n": bad}
            self.stdout.write(some if bad else "No fault found.")
        if bad:
            raise SystemExit(1)
