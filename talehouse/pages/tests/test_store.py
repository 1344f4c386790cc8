"""The store: bounded memory, and the rule that says when an entry may be served."""

from __future__ import annotations

import gzip
import time
from typing import Any

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.pages import encoding
from talehouse.pages.note import Note
from talehouse.pages.store import (
    COUNT_SECONDS,
    STALE_SECONDS,
    Entry,
    Store,
    Unkept,
    entry_of,
)

HTML = [("Content-Type", "text/html; charset=utf-8")]


def make(
    path: str = "/a/", body: bytes = b"<p>hello</p>" * 50, *, at: float | None = None, **note: Any
) -> Entry:
    """An entry that depends on ``part:1`` at 3 and counts ``reads:1`` at 7."""
    found = Note(**{"depends": {"part:1": 3}, "counts": {"reads:1": 7}, **note})
    asked_at = time.monotonic() if at is None else at
    entry = entry_of((path, "en", "teen"), 200, HTML, body, found, asked_at=asked_at)
    assert entry is not None
    return entry


def test_an_entry_just_made_serves_at_once_and_is_checked_after_a_second() -> None:
    store, now = Store(1_000_000), time.monotonic()
    entry = make(at=now)
    store.put(entry)
    assert store.get(entry.key) is entry
    assert store.due(entry, now + 0.9) is None
    assert store.due(entry, now + 1.1) == ("part:1",)
    assert store.due(entry, now + 0.1, grace=0.0) == ("part:1",)


def test_a_write_makes_every_entry_be_checked() -> None:
    store, entry = Store(1_000_000), make()
    store.put(entry)
    store.written()
    now = time.monotonic()
    assert store.due(entry, now) == ("part:1",)
    assert store.settle(entry, ("part:1",), {"part:1": 3}, now + 0.001)
    assert store.due(entry, now + 0.002) is None


def test_an_entry_asked_for_before_a_write_is_checked_even_if_it_came_after() -> None:
    store, asked_at = Store(1_000_000), time.monotonic()
    store.written()
    entry = make(at=asked_at)
    store.put(entry)
    assert store.due(entry, time.monotonic()) == ("part:1",)


def test_a_changed_version_ends_the_entry() -> None:
    store, entry = Store(1_000_000), make()
    store.put(entry)
    assert not store.settle(entry, ("part:1",), {"part:1": 4}, time.monotonic())
    assert store.get(entry.key) is None
    assert store.bytes == 0


def test_counts_are_looked_at_once_a_minute() -> None:
    store, now = Store(1_000_000), time.monotonic()
    entry = make(at=now)
    store.put(entry)
    later = now + COUNT_SECONDS + 1
    assert store.due(entry, now + COUNT_SECONDS - 1) == ("part:1",)
    assert store.due(entry, later) == ("part:1", "reads:1")
    assert store.settle(entry, ("part:1", "reads:1"), {"part:1": 3, "reads:1": 7}, later)
    assert store.due(entry, later + 2) == ("part:1",)
    assert not store.settle(entry, ("part:1", "reads:1"), {"part:1": 3, "reads:1": 8}, later)


def test_a_key_without_a_row_is_at_zero() -> None:
    store = Store(1_000_000)
    entry = make(depends={"new:1": 0}, counts={})
    store.put(entry)
    assert store.settle(entry, ("new:1",), {}, time.monotonic())
    assert not store.settle(entry, ("new:1",), {"new:1": 1}, time.monotonic())


def test_an_entry_ends_at_its_time() -> None:
    store = Store(1_000_000)
    early, late = make("/early/", until=time.time() - 1), make("/late/", until=time.time() + 1000)
    store.put(early)
    store.put(late)
    assert store.get(early.key) is None
    assert store.get(late.key) is late


def test_stale_entries_are_bearable_for_a_minute() -> None:
    store, now = Store(1_000_000), time.monotonic()
    entry = make(at=now)
    assert store.is_bearable(entry, now + STALE_SECONDS - 1)
    assert not store.is_bearable(entry, now + STALE_SECONDS + 1)


def test_dropping_an_old_entry_leaves_the_newer_one() -> None:
    store, old, new = Store(1_000_000), make(), make(body=b"new" * 200)
    store.put(old)
    store.put(new)
    store.drop(old)
    assert store.get(new.key) is new


@given(st.lists(st.tuples(st.sampled_from("pgrd"), st.integers(0, 30), st.integers(0, 6000)), max_size=80))
def test_memory_never_grows_above_its_bound(steps: list[tuple[str, int, int]]) -> None:
    store = Store(40_000)
    for step, number, size in steps:
        entry = store.get((f"/{number}/", "en", "teen"))
        if step == "p":
            store.put(make(f"/{number}/", b"x" * size))
        elif step == "r" and entry is not None:
            entry.bodies["gzip"] = b"y" * size
            store.resize(entry)
        elif step == "d" and entry is not None:
            store.drop(entry)
        assert store.bytes <= store.max_bytes
        assert store.bytes == sum(entry.size for entry in store._entries.values())


def test_the_least_recently_used_leaves_first() -> None:
    store = Store(4 * make().weigh())
    for path in ("/1/", "/2/", "/3/", "/4/"):
        store.put(make(path))
    store.get(("/1/", "en", "teen"))
    store.put(make("/5/"))
    assert store.get(("/1/", "en", "teen")) is not None
    assert store.get(("/2/", "en", "teen")) is None


@pytest.mark.parametrize("extra", [("Set-Cookie", "a=1"), ("Content-Encoding", "gzip")])
def test_an_answer_for_one_person_is_never_kept(extra: tuple[str, str]) -> None:
    assert entry_of(("/", "en", "teen"), 200, [*HTML, extra], b"x", Note(), asked_at=0.0) is None


def test_markers_that_no_template_drew_are_never_trusted() -> None:
    body = b"<p><!--hole:me-->x<!--/hole--></p>"
    assert entry_of(("/", "en", "teen"), 200, HTML, body, Note(holes=0), asked_at=0.0) is None
    assert entry_of(("/", "en", "teen"), 200, HTML, body, Note(holes=1), asked_at=0.0) is not None


def test_bodies_in_every_encoding_are_the_page() -> None:
    entry = make()
    assert gzip.decompress(entry.make("gzip")) == entry.plain()
    assert brotli.decompress(entry.make("br")) == entry.plain()
    assert len({entry.etag(name) for name in ("br", "gzip", "identity")}) == 3
    assert entry.etag("br") != make(body=b"other" * 99).etag("br")


def test_the_plain_page_comes_back_from_a_compressed_one() -> None:
    entry = make()
    plain = entry.plain()
    entry.bodies["br"] = entry.make("br")
    entry.pieces = None
    assert entry.plain() == plain
    assert gzip.decompress(entry.make("gzip")) == plain


def test_unkept_keys_are_bounded_and_forgotten() -> None:
    unkept = Unkept(seconds=1000, most=10)
    for number in range(25):
        unkept.add((f"/{number}", "en", "teen"))
    assert ("/24", "en", "teen") in unkept
    assert len(unkept._since) <= 10
    brief = Unkept(seconds=0.0)
    brief.add(("/", "en", "teen"))
    assert ("/", "en", "teen") not in brief


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", ("identity",)),
        ("gzip, deflate, br", ("br", "gzip", "identity")),
        ("br;q=0, gzip", ("gzip", "identity")),
        ("br; q=0.000, *", ("gzip", "identity")),
        ("*", ("br", "gzip", "identity")),
        ("GZIP;q=0.5", ("gzip", "identity")),
        ("deflate, zstd", ("identity",)),
    ],
)
def test_encodings_are_negotiated(header: str, wanted: tuple[str, ...]) -> None:
    assert encoding.wanted(header) == wanted


@given(
    st.dictionaries(st.text(max_size=80), st.integers(0, 2**60), max_size=20),
    st.dictionaries(st.text(max_size=80), st.integers(0, 2**60), max_size=20),
    st.none() | st.floats(0, 4e9),
)
def test_a_note_survives_its_header(
    depends: dict[str, int], counts: dict[str, int], until: float | None
) -> None:
    note = Note(depends, counts, until, 3, True)
    written = note.write()
    assert written.isascii()
    assert "\n" not in written
    assert Note.read(written) == note


@pytest.mark.parametrize(
    "value", ["", "{", "[]", "{}", '{"d":1,"c":{},"u":null}', '{"d":{"a":"x"},"c":{},"u":0}', "1"]
)
def test_what_is_no_note_is_none(value: str) -> None:
    assert Note.read(value) is None
