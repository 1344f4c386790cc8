"""Reads: once a day, never one's own, and counters that equal the rows."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from talehouse.accounts.models import Account, Visitor
from talehouse.ops.recounting import check, mend
from talehouse.reads import counting
from talehouse.reads.counting import Reader
from talehouse.reads.models import Read, ReadDay, Salt
from talehouse.stories import removing
from talehouse.stories.models import Part
from tests.cast import Archive, Cast, first, story

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def no_salt_of_another_test() -> None:
    """Each test has tables of its own, so no salt may be remembered from another."""
    counting._salt.cache_clear()


def visitor(address: str = "192.0.2.1", browser: str = FIREFOX) -> Reader:
    return Reader(person=Visitor(), address=address, browser=browser)


def member(account: Account) -> Reader:
    return Reader(person=account, address="192.0.2.9", browser=FIREFOX)


def test_a_read_counts_once_a_day(cast: Cast, time_machine: object) -> None:
    made = story(cast)
    part = first(made)
    assert counting.record(part, by=visitor())
    assert not counting.record(part, by=visitor())
    assert counting.record(part, by=visitor("192.0.2.2"))
    time_machine.move_to(timezone.now() + timedelta(days=1))  # type: ignore[attr-defined]
    assert counting.record(part, by=visitor())
    part.refresh_from_db()
    made.refresh_from_db()
    assert (part.read_count, made.read_count) == (3, 3)
    assert check() == []


def test_an_account_counts_once_wherever_it_reads(cast: Cast) -> None:
    part = first(story(cast))
    assert counting.record(part, by=member(cast.reader))
    assert not counting.record(part, by=Reader(cast.reader, "198.51.100.7", "another browser"))


@pytest.mark.parametrize("who", ["writer", "co_writer", "editor", "beta"])
def test_the_storys_people_are_never_counted(cast: Cast, archive: Archive, who: str) -> None:
    assert not counting.record(first(archive.public), by=member(getattr(cast, who)))


@pytest.mark.parametrize(
    "browser",
    [
        "",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "curl/8.5.0",
        "python-requests/2.32",
        "Mozilla/5.0 AppleWebKit/537.36 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        "facebookexternalhit/1.1",
        "Feedfetcher-Google; (+http://www.google.com/feedfetcher.html)",
    ],
)
def test_bots_are_never_counted(cast: Cast, browser: str) -> None:
    assert not counting.record(first(story(cast)), by=visitor(browser=browser))


@pytest.mark.parametrize(
    "browser",
    [
        FIREFOX,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/18.1 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 14; Cubot KingKong) AppleWebKit/537.36 Chrome/131.0 Mobile Safari",
        "Mozilla/5.0 (X11; Linux armv7l like Android) AppleWebKit/531.2+ Version/5.0 Kobo Touch",
    ],
)
def test_people_are(cast: Cast, browser: str) -> None:
    assert counting.record(first(story(cast)), by=visitor(browser=browser))


def test_no_row_tells_who_read(cast: Cast) -> None:
    counting.record(first(story(cast)), by=member(cast.reader))
    row = Read.objects.values().get()
    assert set(row) == {"id", "part_id", "day", "key"}
    assert str(cast.reader.pk) not in row["key"] or len(row["key"]) == 22


def test_the_salt_is_thrown_away_when_the_day_is_over(cast: Cast, time_machine: object) -> None:
    counting.record(first(story(cast)), by=visitor())
    assert counting.forget_salts() == 0
    time_machine.move_to(timezone.now() + timedelta(days=1))  # type: ignore[attr-defined]
    assert counting.forget_salts() == 1
    assert not Salt.objects.exists()


def test_the_database_refuses_a_second_row(cast: Cast) -> None:
    part = first(story(cast))
    Read.objects.create(part=part, day=counting.today(), key="k")
    with pytest.raises(IntegrityError), transaction.atomic():
        Read.objects.create(part=part, day=counting.today(), key="k")


def test_old_rows_fold_into_totals_and_no_count_changes(cast: Cast, time_machine: object) -> None:
    part = first(story(cast))
    for number in range(4):
        counting.record(part, by=visitor(f"192.0.2.{number}"))
    time_machine.move_to(timezone.now() + timedelta(days=91))  # type: ignore[attr-defined]
    counting.record(part, by=visitor())
    assert [counting.fold(), counting.fold()] == [4, 0]
    assert ReadDay.objects.get().total == 4 and Read.objects.count() == 1
    assert check() == []


def test_a_deleted_part_takes_its_reads_out_of_the_sum_and_brings_them_back(cast: Cast) -> None:
    made = story(cast, parts=2)
    part = first(made)
    counting.record(part, by=visitor())
    removing.delete(part, by=cast.writer)
    made.refresh_from_db()
    assert made.read_count == 0 and check() == []
    removing.undelete(part, by=cast.writer)
    made.refresh_from_db()
    assert made.read_count == 1 and check() == []


def test_recount_finds_and_mends_a_difference(cast: Cast) -> None:
    part = first(story(cast))
    counting.record(part, by=visitor())
    Part.objects.filter(pk=part.pk).update(read_count=7)
    assert [(one.where, one.column, one.shown, one.rows) for one in check()][0] == (
        f"part {part.pk}",
        "read_count",
        7,
        1,
    )
    assert mend() and check() == []


@pytest.mark.django_db(transaction=True)
def test_many_readers_at_once(cast: Cast) -> None:
    made = story(cast)
    part = first(made)
    failures: list[BaseException] = []

    def read(number: int) -> None:
        try:
            for step in range(5):
                counting.record(part, by=visitor(f"192.0.2.{number * 5 + step}"))
                counting.record(part, by=visitor("192.0.2.250"))
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=read, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made.refresh_from_db()
    assert failures == [] and made.read_count == 31 and check() == []
