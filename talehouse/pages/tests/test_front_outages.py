"""The front when what it leans on goes away: a plain page, and recovery without a restart."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator

import pytest

from talehouse.pages.tests.running import House, read_all


@pytest.fixture
def house() -> Iterator[House]:
    """A house for one test."""
    running = House(extra=("--connect-patience", "0.3"))
    try:
        yield running.start()
        assert "unexpected" not in running.errors()
    finally:
        running.stop()


def test_without_the_server_kept_pages_stay_and_the_rest_says_why(house: House) -> None:
    kept = house.get("/parts/kept/")[1]
    connection = house.connect()
    connection.request("GET", "/echo")
    connection.getresponse().read()
    house.stop_server()
    assert house.get("/parts/kept/")[1] == kept
    connection.request("GET", "/echo")
    response = connection.getresponse()
    page = response.read()
    connection.close()
    assert response.status == 503
    assert b"Talehouse is starting" in page
    assert response.headers["Retry-After"] == "3"
    assert response.headers["Refresh"] == "3"
    assert house.ask("POST", "/change", b"x")[0].status == 503
    house.start_server()
    assert house.get("/echo")[0].status == 200
    assert house.ask("POST", "/change", b"x")[0].status == 200
    assert house.get("/parts/new/")[0].status == 200


def test_when_the_database_cannot_be_asked_kept_pages_are_still_served(house: House) -> None:
    kept = house.get("/parts/kept/")[1]
    away = house.database.with_suffix(".away")
    house.database.rename(away)
    time.sleep(1.2)
    assert house.get("/parts/kept/")[1] == kept
    away.rename(house.database)
    house.bump()
    time.sleep(1.2)
    assert house.get("/parts/kept/")[1] != kept


def test_a_restored_database_file_is_noticed(house: House) -> None:
    before = house.get("/parts/kept/")[1]
    fresh = house.folder / "fresh.sqlite3"
    with sqlite3.connect(fresh) as connection:
        connection.execute("CREATE TABLE pages_version (key varchar(80) PRIMARY KEY, number bigint)")
        connection.execute("INSERT INTO pages_version VALUES ('part:1', 77)")
    connection.close()
    for tail in ("-wal", "-shm"):
        house.database.with_name(house.database.name + tail).unlink(missing_ok=True)
    os.replace(fresh, house.database)
    time.sleep(1.2)
    after = house.get("/parts/kept/")[1]
    assert after != before
    assert b"version 77" in after


def test_a_stop_lets_running_answers_finish(house: House) -> None:
    with socket.create_connection(("127.0.0.1", house.port), timeout=20) as busy:
        busy.sendall(b"GET /parts/last/ HTTP/1.1\r\nHost: tales.example\r\n\r\n")
        time.sleep(0.02)
        assert house.front is not None
        house.front.send_signal(signal.SIGTERM)
        found = read_all(busy)
    assert found.startswith(b"HTTP/1.1 200 ")
    assert b"render 1" in found
    assert house.front.wait(20) == 0


def test_too_many_connections_are_turned_away(house: House) -> None:
    house.extra = ("--connections", "5")
    assert house.front is not None
    house.front.send_signal(signal.SIGTERM)
    house.front.wait(20)
    house.start_front()
    crowd = [socket.create_connection(("127.0.0.1", house.port), timeout=20) for _ in range(5)]
    time.sleep(0.1)
    assert house.raw(b"GET / HTTP/1.1\r\nHost: tales.example\r\n\r\n").startswith(b"HTTP/1.1 503 ")
    for client in crowd:
        client.close()
    time.sleep(0.1)
    assert house.get("/echo")[0].status == 200
