"""A bench archive: every row as the rules would have left it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from django.db import transaction
from django.db.models import Count, Sum
from django.test import Client

from talehouse.accounts.models import PenName
from talehouse.activity.models import Event
from talehouse.lib import html as markup
from talehouse.ops import doctoring, recounting
from talehouse.ops.bench import queries
from talehouse.ops.bench.archive import Maker, Size
from talehouse.ops.bench.making import found, sign_in
from talehouse.ops.bench.tagging import HABITS, Tagger, VocabularyError, from_folder, generated
from talehouse.ops.bench.words import Prose
from talehouse.pages.versions import numbers
from talehouse.reads.models import ReadDay
from talehouse.stories.models import Block, Part, Revision, Role, SeriesEntry, Story, StoryTag
from talehouse.tags.models import Tag
from talehouse.tags.naming import named
from talehouse.tags.vocabulary import TagKind

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SMALL = Size(stories=60, parts=3, words=120, seed=5)


@pytest.fixture
def archive(db: None) -> Maker:
    maker = Maker(SMALL, NOW)
    maker.make()
    return maker


def test_recount_and_doctor_find_nothing(archive: Maker) -> None:
    assert recounting.check() == []
    checks = (doctoring._database, doctoring._whole, doctoring._positions, doctoring._blocks)
    findings = list(doctoring.examine((*checks, doctoring._counters, doctoring._pictures)))
    assert [one for one in findings if one.state != "ok"] == []


def test_the_archive_has_the_size_that_was_asked_for(archive: Maker) -> None:
    assert Story.objects.count() == 60
    assert Part.objects.count() == Revision.objects.count() == 180
    assert Story.objects.filter(part_count=3, word_count__gt=0).count() == 60
    words = Part.objects.aggregate(words=Sum("word_count"))["words"]
    assert 0.8 < words / (180 * 120) < 1.5


def test_progress_is_told_up_to_the_end(db: None) -> None:
    told: list[tuple[int, int]] = []
    Maker(Size(stories=55, parts=1, words=20), NOW).make(lambda done, total: told.append((done, total)))
    assert told == [(50, 55), (55, 55)]


def test_texts_are_stored_with_ids_and_their_rows(archive: Maker) -> None:
    for part in Part.objects.select_related("published"):
        assert part.published is not None
        blocks = markup.parse(part.published.html)
        keys = [one for one, _ in blocks]
        assert keys == list(
            Block.objects.filter(part=part).order_by("position").values_list("key", flat=True)
        )
        assert part.next_block == len(keys) + 1
        assert part.word_count == part.published.word_count == sum(block.words for _, block in blocks)
        assert part.draft is None


def test_everything_is_out_since_some_time_in_order(archive: Maker) -> None:
    for story in Story.objects.prefetch_related("parts"):
        times = [part.release_at for part in story.parts.order_by("position") if part.release_at]
        assert times == sorted(times)
        assert times[-1] <= NOW
        assert (story.release_at, story.updated_at) == (times[0], times[-1])
    assert not Part.objects.filter(released_at=None).exists()


def test_reads_are_rows_by_day_and_the_first_parts_have_most(archive: Maker) -> None:
    assert ReadDay.objects.filter(day__gt=NOW.date()).count() == 0
    by_place = dict(Part.objects.values_list("position").annotate(reads=Sum("read_count")))
    assert by_place[1] > by_place[2] > by_place[3] > 0
    reads = sorted(Story.objects.values_list("read_count", flat=True), reverse=True)
    assert reads[0] > 10 * reads[29]  # Zipf: the thirtieth has a thirtieth


def test_every_story_has_its_people_and_a_log(archive: Maker) -> None:
    assert not Story.objects.exclude(roles__kind="author").exists()
    assert not Role.objects.filter(accepted_at=None).exists()
    verbs = Counter(Event.objects.values_list("verb", flat=True))
    assert verbs == {"story.created": 60, "part.created": 180, "part.released": 180}
    story = Story.objects.first()
    assert story is not None
    assert numbers([f"story:{story.pk}", "lists"])[f"story:{story.pk}"] > 0


def test_series_are_numbered_from_one(archive: Maker) -> None:
    places: dict[int, list[int]] = {}
    for series, place in SeriesEntry.objects.order_by("series", "position").values_list("series", "position"):
        places.setdefault(series, []).append(int(place))
    assert places
    assert all(found == list(range(1, len(found) + 1)) for found in places.values())


def test_tags_follow_zipf_and_are_such_as_the_rule_makes(archive: Maker) -> None:
    per_story = StoryTag.objects.count() / 60
    assert 7 < per_story < 14
    uses = sorted(Tag.objects.annotate(n=Count("stories")).values_list("n", flat=True), reverse=True)
    assert uses[0] > 5 * uses[len(uses) // 2]
    for tag in Tag.objects.order_by("?")[:20]:
        assert named(tag.kind, tag.name) == tag


def rows_of(seed: int) -> list[object]:
    """What an archive of this seed holds; nothing of it stays."""
    with transaction.atomic():
        Maker(Size(stories=12, parts=2, words=60, seed=seed), NOW).make()
        story = ("uuid", "key", "title", "summary", "rating", "read_count", "updated_at")
        made: list[object] = [
            list(Story.objects.order_by("pk").values_list(*story)),
            list(Revision.objects.order_by("pk").values_list("uuid", "html")),
            list(StoryTag.objects.order_by("pk").values_list("tag__slug", "position")),
            list(PenName.objects.order_by("pk").values_list("name", flat=True)),
            list(ReadDay.objects.order_by("pk").values_list("day", "total")),
        ]
        transaction.set_rollback(True)
    return made


def test_one_seed_is_one_archive(db: None) -> None:
    first = rows_of(9)
    assert rows_of(9) == first
    assert rows_of(10) != first


def test_what_was_made_can_be_read(archive: Maker, client: Client) -> None:
    made = found()
    assert len(made["parts"]) == 180
    assert len(made["stories"]) == 60
    for part in made["parts"][:12]:
        answer = client.get(part["path"])
        assert answer.status_code == 200
        assert f'data-part="{part["id"]}"'.encode() in answer.content  # adult ones too, after the notice
    json.dumps(made)


def test_the_reader_is_signed_in(archive: Maker, client: Client) -> None:
    client.cookies["session"] = sign_in()
    assert b"Bench Reader" in client.get(found()["parts"][0]["path"]).content


@pytest.mark.django_db(transaction=True)
def test_queries_of_every_page_are_counted(archive: Maker) -> None:
    """Pages stay within their six; what somebody signed in costs is less than what a page costs to make."""
    told = queries.count_all({**found(), "session": sign_in()})
    assert set(told) == {
        "part_visitor",
        "part_signed_in",
        "story",
        "home",
        "browse",
        "beacon",
        "not_modified",
    }
    assert 0 < told["part_visitor"] <= 6
    assert 0 < told["part_signed_in"] <= 8
    assert 0 < told["browse"] <= 6
    assert told["beacon"] > 2


# Tags


def folder_with(tmp_path: Path, fandoms: str, freeforms: str) -> Path:
    (tmp_path / "fandoms.csv").write_text("id, type, name, canonical, cached_count, merger_id\n" + fandoms)
    (tmp_path / "freeforms.json").write_text(freeforms)
    return tmp_path


def test_a_vocabulary_gives_names_by_their_counts(tmp_path: Path) -> None:
    fandoms = (
        '1,Fandom,Sea Stories,True,900,-1,\n2,Fandom,None,True,800,\n3,Fandom,"Fog, and Rain",True,100,\n'
    )
    folder = folder_with(tmp_path, fandoms, '{"Slow Burn": 90, "None": 4, "Gone": -1, "Tea &amp; Toast": 10}')
    names = from_folder(folder, Prose(Random(1)), 20)
    assert names[TagKind.FANDOM] == {"Sea Stories": 900, "Fog, and Rain": 100}
    assert names[TagKind.THEME] == {"Slow Burn": 90, "Tea & Toast": 10}
    assert len(names[TagKind.CHARACTER]) > 10


@pytest.mark.parametrize(
    ("fandoms", "freeforms", "named_file"),
    [
        ("1,Fandom,A,True,many,\n", "{}", "fandoms.csv.*'many'"),
        ("1,Fandom,A,True,5,\n", "[1]", "freeforms.json"),
        ("1,Fandom,A,True,5,\n", "{not json", "freeforms.json"),
        ("", '{"A": 1}', "fandoms.csv"),
    ],
)
def test_a_broken_vocabulary_is_named(tmp_path: Path, fandoms: str, freeforms: str, named_file: str) -> None:
    with pytest.raises(VocabularyError, match=named_file):
        from_folder(folder_with(tmp_path, fandoms, freeforms), Prose(Random(1)), 20)


def test_a_missing_vocabulary_is_named(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError, match="fandoms.csv"):
        from_folder(tmp_path / "nowhere", Prose(Random(1)), 20)


def test_spellings_of_one_name_are_one_tag_and_slugs_are_unique() -> None:
    names = {TagKind.THEME: {"Slow Burn": 1.0, "slow  burn": 1.0, "Slow, Burn!": 1.0}}
    tagger = Tagger(Random(1), {habit.kind: names.get(habit.kind, {}) for habit in HABITS})
    for _ in range(40):
        tagger.draw()
    assert len(tagger.rows) == 2
    assert {tag.slug for tag in tagger.rows.values()} == {"slow-burn", "slow-burn-2"}


def test_a_story_has_no_tag_twice() -> None:
    tagger = Tagger(Random(2), generated(Prose(Random(3)), 10))
    for _ in range(50):
        tags = tagger.draw()
        assert len({(tag.kind, tag.name_key) for tag in tags}) == len(tags)
