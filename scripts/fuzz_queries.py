"""Fuzzing the language of queries with atheris, guided by coverage: any string is understood, or refused.

    .venv/bin/pip install atheris && .venv/bin/python -m scripts.fuzz_queries -max_total_time=60

It needs `atheris`, which is in no lock as it has no wheel for every Python; the suite holds the same law
with Hypothesis (`search/language/tests/test_parsing.py`). A string that breaks it is written to a file.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import django


def main(arguments: list[str]) -> None:
    """Run until it is stopped, or as libFuzzer's options say."""
    atheris: Any = import_module("atheris")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with atheris.instrument_imports(include=["talehouse.search.language"]):
        parsing: Any = import_module("talehouse.search.language.parsing")
        writing: Any = import_module("talehouse.search.language.writing")
    refused = import_module("talehouse.search.language.errors").QueryError

    def one(data: bytes) -> None:
        typed = atheris.FuzzedDataProvider(data).ConsumeUnicode(len(data))
        try:
            found = parsing.parse(typed)
        except refused as error:
            if not str(error):
                raise AssertionError("refused without a word") from error
            return
        if parsing.parse(writing.write(found)) != found:
            raise AssertionError(writing.write(found))

    atheris.Setup(arguments, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
