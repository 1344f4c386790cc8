"""A pen name gets another name: the old one leads on until that is ended, and is never anybody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from talehouse.accounts import pen_names
from talehouse.accounts.models import FormerName, PenName, ReservedName, key_and_slug
from talehouse.accounts.pen_names import NotYoursError, PenNameError
from talehouse.activity.models import Event
from talehouse.stories import signing
from tests.cast import Cast


def rename(cast: Cast, name: str) -> PenName:
    return signing.rename(cast.pen("writer"), name, by=cast.writer)


def leads_to(path: str) -> str:
    """Where an address leads; "" for nothing."""
    answer = Client().get(path)
    return answer.headers["Location"] if answer.status_code == 302 else ""


def test_the_old_page_leads_to_the_new_one(cast: Cast) -> None:
    renamed = rename(cast, "  Ada   Stone ")
    assert (renamed.name, renamed.url) == ("Ada Stone", "/people/ada-stone/")
    assert Client().get("/people/ada-stone/").status_code == 200
    assert leads_to("/people/writer/") == leads_to("/people/Writer/") == "/people/ada-stone/"
    assert Event.objects.get(verb="pen-name.renamed").data == {}


def test_until_its_owner_ends_that(cast: Cast) -> None:
    former = rename(cast, "Ada Stone").former_names.get()
    pen_names.end_former(former, by=cast.writer)
    assert Client().get("/people/writer/").status_code == 404
    assert pen_names.is_taken("writer")


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize("name", ["Writer", "wRiTeR", "Writer!"])
def test_an_old_name_is_nobody_elses(cast: Cast, ended: bool, name: str) -> None:
    renamed = rename(cast, "Ada Stone")
    if ended:
        pen_names.end_former(renamed.former_names.get(), by=cast.writer)
    for other in (cast.stranger, cast.writer):
        with pytest.raises(PenNameError, match="already writes"):
            pen_names.take(name, by=other)
    with pytest.raises(PenNameError, match="already writes"):
        signing.rename(cast.pen("stranger"), name, by=cast.stranger)


def test_its_owner_may_go_back(cast: Cast) -> None:
    rename(cast, "Ada Stone")
    back = rename(cast, "Writer")
    assert (back.name, back.slug) == ("Writer", "writer")
    assert [former.name for former in back.former_names.all()] == ["Ada Stone"]
    assert leads_to("/people/ada-stone/") == "/people/writer/"
    assert rename(cast, "Ada Stone").former_names.get().name == "Writer"


def test_another_spelling_of_the_same_name_leaves_nothing_behind(cast: Cast) -> None:
    assert rename(cast, "WRITER").name == "WRITER"
    assert rename(cast, "WRITER").url == "/people/writer/"
    assert not FormerName.objects.exists()


def test_names_with_one_address_are_all_kept(cast: Cast) -> None:
    """The page is the same, the names are not: each stays reserved."""
    for name in ("Ann B", "Ann-B", "Ann.B", "Zoe"):
        rename(cast, name)
    assert FormerName.objects.count() == 4
    assert leads_to("/people/ann-b/") == leads_to("/people/writer/") == "/people/zoe/"
    for name in ("Ann B", "ann-b", "Ann.B"):
        assert pen_names.is_taken(name)
    assert rename(cast, "Ann.B").url == "/people/ann-b/"
    assert Client().get("/people/ann-b/").status_code == 200


def test_a_reserved_name_is_taken(cast: Cast) -> None:
    key, address = key_and_slug("Somebody Gone")
    ReservedName.objects.create(hash=pen_names.reserved(key))
    assert pen_names.is_taken("SOMEBODY gone") and not pen_names.is_taken("Somebody Here")
    ReservedName.objects.update(hash=pen_names.reserved(address))
    with pytest.raises(PenNameError, match="already writes"):
        pen_names.add("Somebody, gone", by=cast.reader)
    assert "somebody" not in ReservedName.objects.get().hash


@pytest.mark.parametrize("name", ["", "***", "Moderator", "x" * 61, "Stranger", "\u202eevil"])
def test_what_cannot_be_signed_with_is_refused(cast: Cast, name: str) -> None:
    with pytest.raises(PenNameError):
        rename(cast, name)
    assert cast.pen("writer").name == "Writer" and not FormerName.objects.exists()


def test_nobody_renames_what_is_not_theirs(cast: Cast) -> None:
    with pytest.raises(NotYoursError):
        signing.rename(cast.pen("writer"), "Taken Over", by=cast.stranger)
    former = rename(cast, "Ada Stone").former_names.get()
    with pytest.raises(NotYoursError):
        pen_names.end_former(former, by=cast.stranger)
    assert FormerName.objects.get().ended_at is None


def test_names_are_not_hoarded(cast: Cast) -> None:
    for number in range(5):
        rename(cast, f"Name {number}")
    with pytest.raises(PenNameError, match="rest"):
        rename(cast, "Name 5")
    FormerName.objects.update(made_at=timezone.now() - timedelta(days=31))
    assert rename(cast, "Name 5").name == "Name 5"


def test_an_account_has_so_many_names_and_a_host_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pen_names, "MOST", 2)
    pen_names.take("Second", by=cast.reader)
    with pytest.raises(PenNameError, match="2 pen names"):
        pen_names.take("Third", by=cast.reader)
    pen_names.take("Keeper Two", by=cast.host)
    assert pen_names.take("Keeper Three", by=cast.host).account == cast.host


def test_a_suspended_account_changes_nothing(cast: Cast) -> None:
    mine = cast.pen("suspended")
    for act in (
        lambda: pen_names.take("Another", by=cast.suspended),
        lambda: signing.rename(mine, "Another", by=cast.suspended),
        lambda: pen_names.prefer(mine, by=cast.suspended),
        lambda: pen_names.retire(mine, by=cast.suspended),
        lambda: pen_names.bring_back(mine, by=cast.suspended),
    ):
        with pytest.raises(NotYoursError, match="suspended"):
            act()


def test_a_retired_name_signs_nothing_new_and_may_come_back(cast: Cast) -> None:
    first_name, second = cast.pen("writer"), pen_names.take("Second", by=cast.writer)
    pen_names.prefer(first_name, by=cast.writer)
    pen_names.retire(first_name, by=cast.writer)
    assert cast.writer.pen_name == second
    assert Client().get("/people/writer/").status_code == 200
    pen_names.prefer(first_name, by=cast.writer)
    assert cast.writer.pen_name == second
    pen_names.bring_back(first_name, by=cast.writer)
    assert cast.writer.pen_name == first_name


def test_one_name_stays_in_use(cast: Cast) -> None:
    with pytest.raises(PenNameError, match="stays in use"):
        pen_names.retire(cast.pen("writer"), by=cast.writer)
