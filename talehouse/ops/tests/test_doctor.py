"""The doctor finds what was planted; the recount tells and mends it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from talehouse.ops import doctoring, recounting
from talehouse.ops.models import WorkerBeat
from talehouse.pages.models import Version
from talehouse.reads.models import Read
from talehouse.site import house
from talehouse.stories import pictures, purging, removing
from talehouse.stories.models import Block, Part, Role, Story
from tests.addresses import picture
from tests.cast import Archive, Cast, first, story


def states() -> dict[str, str]:
    return {found.label: found.state for found in doctoring.examine()}


def bad() -> set[str]:
    return {label for label, state in states().items() if state == "bad"}


def test_a_sound_archive_has_no_fault(archive: Archive) -> None:
    assert bad() == set()
    assert len(states()) == len(doctoring.THOROUGH)


def _gap(made: Story) -> None:
    Part.objects.filter(story=made, position=2).update(position=7)


def _no_writer(made: Story) -> None:
    Role.objects.filter(story=made).delete()


def _no_text(made: Story) -> None:
    Part.objects.filter(story=made, position=1).update(draft=None, published=None, word_count=0)


def _block_lost(made: Story) -> None:
    Block.objects.filter(part=first(made), position=1).delete()


def _blocks_out_of_order(made: Story) -> None:
    last = Block.objects.filter(part=first(made)).order_by("-position")[0]
    Block.objects.filter(pk=last.pk).update(position=0)


def _picture_lost(made: Story) -> None:
    kept = pictures.keep(picture(9))
    pictures.set_cover(made, kept)
    default_storage.delete(kept.name)


def _reads_drifted(made: Story) -> None:
    Story.objects.filter(pk=made.pk).update(read_count=5)


FAULTS: dict[str, tuple[Callable[[Story], None], str]] = {
    "a gap in the positions": (_gap, "Positions"),
    "a story of nobody": (_no_writer, "Stories"),
    "a part without a text": (_no_text, "Stories"),
    "a paragraph's row lost": (_block_lost, "Paragraphs"),
    "paragraphs in another order": (_blocks_out_of_order, "Paragraphs"),
    "a picture's file lost": (_picture_lost, "Pictures"),
    "a counter that drifted": (_reads_drifted, "Counters"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(cast: Cast, capsys: pytest.CaptureFixture[str], fault: str) -> None:
    plant, label = FAULTS[fault]
    made = story(cast, parts=3)
    assert bad() == set()
    plant(made)
    assert label in bad()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor")
    assert ended.value.code == 1
    said = capsys.readouterr().out.splitlines()[-1]
    assert said == ("1 fault." if len(bad()) == 1 else f"{len(bad())} faults.")


def test_what_was_deleted_and_emptied_is_no_fault(cast: Cast, time_machine: object) -> None:
    made, other = story(cast, parts=2), story(cast, parts=3)
    removing.delete(made, by=cast.writer)
    removing.delete(other.parts.get(position=1), by=cast.writer)
    assert bad() == set()
    time_machine.move_to(timezone.now() + timedelta(days=31))  # type: ignore[attr-defined]
    assert purging.purge_due() == 2
    assert bad() == set()


def test_the_worker_is_missed(db: None) -> None:
    assert states()["Worker"] == "warn"
    WorkerBeat.objects.create(worker="one", at=timezone.now())
    assert states()["Worker"] == "ok"
    WorkerBeat.objects.update(at=timezone.now() - timedelta(minutes=5))
    assert states()["Worker"] == "warn"


def test_mail_is_looked_at(db: None) -> None:
    assert states()["Mail"] == "warn"
    house.change(smtp_host="mail.example.org")
    assert states()["Mail"] == "ok"


def test_a_key_that_others_can_read_is_told(db: None, settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    key = tmp_path / "secret-key"
    key.write_text("x")
    key.chmod(0o644)
    assert states()["Secret key"] == "warn"
    key.chmod(0o600)
    assert states()["Secret key"] == "ok"


def test_the_doctor_speaks_to_programs(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("doctor", json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["faults"] == 0
    assert {"label", "state", "text"} == set(told["findings"][0])


def rows() -> list[Mapping[str, object]]:
    """Everything that stands on stories and parts."""
    stories, parts = Story.objects.order_by("pk").values(), Part.objects.order_by("pk").values()
    return [dict(row) for row in (*stories, *parts)]


def drift(made: Story) -> None:
    Part.objects.filter(story=made, position=1).update(read_count=9, vote_count=1, word_count=2)
    Story.objects.filter(pk=made.pk).update(word_count=1)


def test_recount_check_tells_and_changes_nothing(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    made = story(cast, parts=2)
    Read.objects.create(part=first(made), day=timezone.now().date(), key="x")
    drift(made)
    for _ in range(2):
        with pytest.raises(SystemExit) as ended:
            call_command("recount", check=True, json=True)
        assert ended.value.code == 1
        told = json.loads(capsys.readouterr().out)
        assert told["mended"] is False
        columns = {one["column"] for one in told["differences"] if one["where"].startswith("part")}
        assert columns == {"read_count", "vote_count", "word_count"}
        (reads,) = [one for one in told["differences"] if one["where"] == f"part {first(made).pk}"][:1]
        assert (reads["shown"], reads["rows"]) == (9, 1)


def test_recount_mends(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    made = story(cast, parts=2)
    true = rows()
    drift(made)
    call_command("recount", json=True)
    assert json.loads(capsys.readouterr().out)["mended"] is True
    assert rows() == true
    call_command("recount", check=True)
    assert "Every counter equals its rows" in capsys.readouterr().out


def test_recounting_ends_the_pages_that_showed_it(cast: Cast) -> None:
    made = story(cast)
    drift(made)
    before = [(one.key, one.number) for one in _versions(made)]
    recounting.mend()
    assert [(one.key, one.number) for one in _versions(made)] != before


def _versions(made: Story) -> list[Version]:
    return list(Version.objects.filter(key=f"story:{made.pk}"))
