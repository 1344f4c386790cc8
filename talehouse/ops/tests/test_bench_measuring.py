"""What the bench makes of what it measures: CPU time, medians, ratios, the mixed load, its table."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from talehouse.ops.bench import bare, mixture, pages, queries
from talehouse.ops.bench.archive import Size
from talehouse.ops.bench.figures import Round, figures, ratios
from talehouse.ops.bench.processes import (
    TICKS,
    ServerError,
    cpu_seconds,
    free_port,
    memory_mb,
    own_environment,
    start,
    tree,
)
from talehouse.ops.bench.running import BadInputError, Wish
from talehouse.ops.bench.telling import table
from talehouse.ops.bench.wrk import Load, Step
from talehouse.ops.bench.yardsticks import NOT_ADDED, _config, bare_command, static_path
from tests.cast import Cast


def load(requests: int, seconds: float = 2.0, **more: int) -> Load:
    return Load(requests, seconds, more.get("bytes", 0), more.get("p50_us", 0), more.get("p99_us", 0), 0, 0)


# Processes


def process(proc: Path, pid: int, parent: int, *, user: int = 0, system: int = 0, pss: int = 0) -> None:
    """A process as proc(5) shows it, under a name that would mislead a careless reader."""
    folder = proc / str(pid)
    folder.mkdir(parents=True)
    fields = ["S", str(parent), *["0"] * 9, str(user), str(system), *["0"] * 30]
    (folder / "stat").write_text(f"{pid} (a) S 1 (b) {' '.join(fields)}\n")
    (folder / "smaps_rollup").write_text(
        f"0-1 ---p 0 [rollup]\nRss: {pss * 2} kB\nPss: {pss} kB\nPss_Dirty: 7 kB\n"
    )


def test_cpu_and_memory_are_those_of_a_process_and_all_below_it(tmp_path: Path) -> None:
    process(tmp_path, 10, 1, user=5, system=6, pss=1024)
    process(tmp_path, 11, 10, user=100, pss=2048)
    process(tmp_path, 12, 11, system=200, pss=512)
    process(tmp_path, 13, 1, user=4000, pss=9999)
    (tmp_path / "self").mkdir()
    assert tree(10, tmp_path) == [10, 11, 12]
    assert cpu_seconds(10, tmp_path) == pytest.approx(311 / TICKS)
    assert memory_mb(10, tmp_path) == pytest.approx(3.5)


def test_a_process_that_is_gone_costs_nothing(tmp_path: Path) -> None:
    assert cpu_seconds(99, tmp_path) == 0
    assert memory_mb(99, tmp_path) == 0


def test_the_work_of_a_child_is_counted() -> None:
    """A real child that works until it is told to stop: its CPU time is ours to see, ours is not its."""
    busy = subprocess.Popen(
        [sys.executable, "-c", "print(flush=True)\nwhile True: pass"], stdout=subprocess.PIPE
    )
    try:
        assert busy.stdout is not None
        busy.stdout.readline()
        before = cpu_seconds(os.getpid())
        while cpu_seconds(busy.pid) < 0.1:
            time.sleep(0.01)
        assert busy.pid in tree(os.getpid())
        assert cpu_seconds(os.getpid()) > before
        assert memory_mb(busy.pid) > 0.5
    finally:
        busy.kill()
        busy.communicate()


def test_nothing_of_the_hosts_settings_reaches_the_bench(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TALEHOUSE_DATABASE_URL", "postgresql://the-hosts-own/")
    monkeypatch.setenv("TALEHOUSE_BASE_URL", "https://tales.example")
    told = own_environment(tmp_path / "data", TALEHOUSE_PAGE_MEMORY_MB="3")
    ours = {name: value for name, value in told.items() if name.startswith("TALEHOUSE_")}
    assert ours == {
        "TALEHOUSE_DATA": str(tmp_path / "data"),
        "TALEHOUSE_LOG_LEVEL": "WARNING",
        "TALEHOUSE_PAGE_MEMORY_MB": "3",
    }
    assert told["PATH"] == os.environ["PATH"]


def test_a_server_is_started_awaited_and_stopped(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("here")
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "http.server",
        str(port),
        "--bind",
        "127.0.0.1",
        "--directory",
        str(tmp_path),
    ]
    server = start("files", command, port, environment=os.environ, log=tmp_path / "log", path="/index.html")
    try:
        assert server.cold_start_s > 0
        assert tree(server.pid) == [server.pid]
    finally:
        server.stop()
    assert server.process.returncode is not None


def test_a_server_that_does_not_start_says_what_it_wrote(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('the door is shut')"]
    with pytest.raises(ServerError, match="lodge did not start. It wrote: the door is shut"):
        start("lodge", command, free_port(), environment=os.environ, log=tmp_path / "log")


# Figures


def test_figures_are_medians_with_their_spread() -> None:
    rounds = [
        Round(load(1000, bytes=5_000_000, p50_us=900, p99_us=4000), 0.1),
        Round(load(4000, bytes=20_400_000, p50_us=1100, p99_us=9000), 1.2),
        Round(load(2000, bytes=10_000_000, p50_us=1000, p99_us=5000), 0.4),
    ]
    assert figures(rounds) == {
        "rps": 1000.0,
        "p50_ms": 1.0,
        "p99_ms": 5.0,
        "bytes": 5000,
        "cpu_us": 200.0,
        "cpu_us_spread": [100.0, 300.0],
        "requests": 7000,
    }


def test_ratios_compare_round_by_round() -> None:
    """A round in which the whole machine was slow moves no ratio: both sides were slow in it."""
    slow = [1.0, 5.0, 1.0]
    rounds = {
        "nginx": [Round(load(1000), 0.01 * factor) for factor in slow],
        "django": [Round(load(1000), 0.3 * factor) for factor in slow],
        "part_visitor": [Round(load(1000), 0.02 * factor) for factor in slow],
        "part_signed_in": [Round(load(1000), 0.6 * factor) for factor in slow],
    }
    medians, spread = ratios(rounds)
    expected = {"part_visitor_vs_nginx": 0.5, "part_visitor_vs_django": 15.0, "part_signed_in_vs_django": 0.5}
    assert medians == pytest.approx(expected)
    assert {name: pytest.approx([value, value]) for name, value in expected.items()} == spread


# The mixed load

weights = st.lists(st.integers(2000, 20_000), min_size=5, max_size=200)


@given(weights, st.floats(0.3, 2.0))
def test_more_memory_misses_less(sizes: list[int], power: float) -> None:
    total = sum(sizes)
    found = [mixture.misses(sizes, round(total * share), power) for share in (0.2, 0.5, 0.9, 1.0)]
    assert found == sorted(found, reverse=True)
    assert found[-1] == 0
    assert 0 < found[0] < 1


@given(weights)
def test_the_exponent_gives_the_misses_that_were_asked_for(sizes: list[int]) -> None:
    memory = sum(sizes) // 2
    power = mixture.exponent(sizes, memory)
    if mixture.misses(sizes, memory, 3.0) < 0.05 < mixture.misses(sizes, memory, 0.1):
        assert mixture.misses(sizes, memory, power) == pytest.approx(0.05, abs=0.002)


def test_the_approximation_agrees_with_a_real_memory() -> None:
    """A simulated least-recently-used memory misses what the formula says."""
    listed = [mixture.Page(f"/parts/{n}-x/", n, 5000 + n % 7 * 1000) for n in range(1, 401)]
    memory = sum(page.weight for page in listed) // 2
    sizes = {page.path: page.weight for page in listed}
    power = mixture.exponent([page.weight for page in listed], memory)
    steps = [step for step in mixture.plan(Random(1), listed, power, 16_000, "") if step.kind == "v"]
    held = mixture.remembered(steps[:8000], sizes, memory)
    missed = 0
    for step in steps[8000:12_000]:
        missed += step.what not in held
        held = mixture.remembered([*(Step("v", path) for path in held), step], sizes, memory)
    assert missed / 4000 == pytest.approx(mixture.MISSES, abs=0.012)


def test_the_plan_has_its_shares() -> None:
    listed = [mixture.Page(f"/parts/{n}-x/", n, 5000) for n in range(1, 101)]
    steps = mixture.plan(Random(4), listed, 1.0, 20_000, "session=abc")
    kinds = {kind: sum(step.kind == kind for step in steps) / 20_000 for kind in "vsb"}
    assert kinds["s"] == pytest.approx(mixture.SIGNED_IN, abs=0.01)
    assert kinds["b"] == pytest.approx(mixture.WRITES, abs=0.005)
    assert sum(kinds.values()) == pytest.approx(1)
    assert {step.tag for step in steps if step.kind == "s"} == {"session=abc"}
    assert len({step.what for step in steps if step.kind == "v"}) > 90


def test_a_memory_forgets_what_was_used_longest_ago() -> None:
    steps = [Step("v", name) for name in ("a", "b", "a", "c")]
    assert mixture.remembered([*steps, Step("b", "9")], dict.fromkeys("abc", 10), 20) == ["a", "c"]


def test_the_memory_is_half_of_what_all_weigh_in_whole_megabytes() -> None:
    assert mixture.memory_for([mixture.Page("/", 1, 3 * mixture.MEGABYTE)] * 4) == 6 * mixture.MEGABYTE
    assert mixture.memory_for([mixture.Page("/", 1, 5)]) == mixture.MEGABYTE


# Yardsticks


def test_nginx_answers_with_our_headers() -> None:
    config = _config(
        Path("/x"), 8123, {"Content-Type": "text/html; charset=utf-8", "Vary": "Cookie", "ETag": "W/1"}
    )
    assert 'default_type "text/html; charset=utf-8";' in config
    assert 'add_header Vary "Cookie";' in config
    assert "ETag" not in config
    assert "listen 127.0.0.1:8123;" in config
    assert "etag" in NOT_ADDED


@pytest.mark.parametrize(
    ("path", "file"), [("/parts/1-x/", "/parts/1-x"), ("/parts/2-y/?show=1", "/parts/2-y")]
)
def test_nginx_has_plain_files(path: str, file: str) -> None:
    assert static_path(path) == file


def test_the_bare_django_runs_as_ours_does() -> None:
    command = bare_command(8123)
    assert "talehouse.ops.bench.bare_wsgi:application" in command
    assert command[command.index("--port") + 1] == "8123"
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert {"--workers", "--blocking-threads", "--no-ws"} <= set(command)
    assert not {"--uds", "--uds-permissions", "config.wsgi:application"} & set(command)


@pytest.mark.urls("talehouse.ops.bench.bare")
def test_the_bare_view_asks_nothing(
    client: Client,
    db: None,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bare, "_body", lambda: b"the same bytes")
    with django_assert_num_queries(0):
        answer = client.get("/")
    assert answer.content == b"the same bytes"
    assert "Content-Security-Policy" in answer.headers  # the middleware is there


# Queries


def test_the_frame_of_a_transaction_is_not_a_query() -> None:
    told = [
        "BEGIN IMMEDIATE",
        "SELECT 1",
        "SAVEPOINT a",
        "UPDATE x",
        "RELEASE SAVEPOINT a",
        "COMMIT",
        "PRAGMA x",
    ]
    assert queries.counted(told) == 2


@pytest.mark.django_db(transaction=True)
def test_queries_are_counted_through_the_whole_application(cast: Cast) -> None:
    visitor = {**RequestFactory().get("/about/counting/").environ, "HTTP_HOST": "127.0.0.1"}
    assert 0 < queries.queries_of(visitor) <= 6
    with pytest.raises(RuntimeError, match="/nowhere/"):
        queries.queries_of({**visitor, "PATH_INFO": "/nowhere/"})


# The command


TOLD = {
    "ratios": {"part_visitor_vs_nginx": 0.5},
    "ratios_spread": {"part_visitor_vs_nginx": [0.4, 0.6]},
    "goals": {"part_visitor_vs_nginx": {"goal": 0.25, "met": True}},
    "pages": {"home": {**figures([Round(load(10), 0.1)]), "queries": 5}},
    "yardsticks": {"nginx": figures([Round(load(10), 0.1)])},
    "archive": {"stories": 2000, "all_words": 20_000_000, "tags": 900, "made_s": 30.0},
    "mixed": {"page_memory_mb": 50, "parts": 10_000, "zipf_exponent": 1.1, "misses_expected": 0.05},
    "memory_mb": 200.0,
    "cold_start_s": 1.5,
    "machine": {"cores": 2},
    "recount_differences": 0,
}


def test_the_table_tells_ratios_goals_and_pages() -> None:
    text = table(TOLD)
    assert "part_visitor_vs_nginx" in text
    assert "goal 0.25: met" in text
    assert "5.0% misses expected" in text
    assert "Every counter equals its rows." in text
    assert "3 counters differ" in table({**TOLD, "recount_differences": 3})


def test_missing_programs_are_named_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "program", lambda name: None)
    with pytest.raises(BadInputError, match="needs wrk and nginx. On Debian: apt install wrk nginx"):
        pages.run(Wish(Size()), lambda _sentence: None)
    with pytest.raises(CommandError) as caught:
        call_command("bench", "pages")
    assert caught.value.returncode == 2


def test_a_bench_of_another_name_is_bad_usage() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("bench", "nonsense")


def test_the_wish_follows_the_options(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from talehouse.ops.management.commands import bench as command  # noqa: PLC0415

    wishes: list[Wish] = []

    def measure(options: dict[str, Any]) -> dict[str, object]:
        wishes.append(command._wish(options))
        return TOLD

    monkeypatch.setitem(command.BENCHES, "pages", (measure, table))
    out = tmp_path / "told.json"
    call_command("bench", "pages", "--quick", "--stories", "7", "--rounds", "2", "--out", str(out), "--json")
    call_command("bench", "pages")
    assert wishes == [
        Wish(Size(7, 5, 800, 1), seconds=1, rounds=2),
        Wish(Size(2000, 5, 2000, 1), seconds=3, rounds=5),
    ]
    assert '"part_visitor_vs_nginx": 0.5' in out.read_text()
