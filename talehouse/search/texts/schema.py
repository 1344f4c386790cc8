"""The form of the index: a document a story, one a part, and a field for each way of comparing words."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import tantivy

from talehouse.search.questions import IndexMissing
from talehouse.search.texts.analysing import WAYS

FORM = 1
"""Goes up with each change of fields or of analysis: an index of another form is no index."""
ABOUT = ("title", "tags", "summary")
"""Fields of a story's document for each way; those of `SIMPLE` hold every title and tag, without stems."""
INSIDE = ("heading", "text")
"""Fields of a part's document for each way."""
WRITERS = "writers"
BY_SPACES = "spaces"
_FORM_FILE = "form.json"


@cache
def schema() -> tantivy.Schema:
    """All fields. `part` is 0 in the document of a story; `members` is 1 where only members may look."""
    builder = tantivy.SchemaBuilder()
    for name in ("story", "part", "members"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    builder.add_text_field("way", tokenizer_name="raw", index_option="basic")
    builder.add_text_field(WRITERS, tokenizer_name=BY_SPACES)
    for way in WAYS:
        for name in (*ABOUT, *INSIDE):
            builder.add_text_field(f"{name}_{way}", tokenizer_name=BY_SPACES)
    return builder.build()


def make(folder: Path) -> tantivy.Index:
    """The index in this folder, empty if there was none. Raises IndexMissing if what is there is broken."""
    folder.mkdir(parents=True, exist_ok=True)
    if tantivy.Index.exists(str(folder)):
        return load(folder)
    index = _prepared(tantivy.Index(schema(), path=str(folder)))
    (folder / _FORM_FILE).write_text(json.dumps({"form": FORM}))
    return index


def load(folder: Path) -> tantivy.Index:
    """The index in this folder. Raises IndexMissing."""
    try:
        form = json.loads((folder / _FORM_FILE).read_text())
        if form != {"form": FORM}:
            raise IndexMissing(f"{folder} is of another form.")
        index = _prepared(tantivy.Index.open(str(folder)))
        index.searcher()
    except (OSError, ValueError) as error:
        raise IndexMissing(f"{folder}: {error}") from error
    return index


def _prepared(index: tantivy.Index) -> tantivy.Index:
    by_spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(BY_SPACES, by_spaces)
    return index
