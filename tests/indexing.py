"""The index of a test, brought up to date when the test says so."""

from __future__ import annotations

from talehouse.search import engine, feeding, feeding_texts
from talehouse.search.freshness import tell_pages
from tests.delivering import deliver_now


def index_now() -> None:
    """What has happened is in the index, also what no transaction has committed: it is built anew."""
    deliver_now()
    feeding.rebuild_now()
    feeding_texts.rebuild_now()
    tell_pages()
    assert engine.ready()
