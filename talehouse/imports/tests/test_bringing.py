"""Writing down what was found: whole or not at all, and once however often a file comes in."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from talehouse.accounts.models import Visitor
from talehouse.imports.bringing import Terms, bring, in_place
from talehouse.imports.found import Elsewhere, FoundPart, FoundPicture, FoundSeries, FoundStory, FoundTag
from talehouse.imports.matching import identifier_of
from talehouse.imports.models import Source, SourcePart
from talehouse.imports.opening import open_files
from talehouse.imports.previewing import preview
from talehouse.lib import html as markup
from talehouse.stories import publishing, removing
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part, PictureUse, Revision, Series, Story
from talehouse.stories.sums import expected
from talehouse.tags.models import Tag
from tests.cast import Cast

PROSE = (
    "<p>The lamp was warm {n}.</p><p>Nobody spoke until the water did {n}.</p><p>Then they all did {n}.</p>"
)


def picture(colour: int = 0, size: tuple[int, int] = (12, 8)) -> bytes:
    stream = BytesIO()
    Image.new("RGB", size, (40, 90, colour)).save(stream, "PNG")
    return stream.getvalue()


def chapter(number: int, **fields: Any) -> FoundPart:
    given = {"html": PROSE.replace("{n}", f"at {number}"), "key": f"c{number}", **fields}
    return FoundPart(f"Chapter {number}", **given)


def found(*numbers: int, **fields: Any) -> FoundStory:
    given = {"title": "The Weir", "identifier": "urn:isbn:1", "language": "en", **fields}
    return FoundStory(parts=[chapter(number) for number in numbers], **given)


def terms(cast: Cast, who: str = "writer", **more: Any) -> Terms:
    return Terms(by=getattr(cast, who), pen_name=cast.pen(who), **more)


def standing(story: Story) -> list[Part]:
    return list(story.parts.filter(deleted_at=None).select_related("draft", "published").order_by("position"))


def titles(story: Story) -> list[str]:
    return [part.title for part in standing(story)]


def newest(part: Part) -> Revision:
    revision = part.revisions.order_by("-number").first()
    assert revision is not None
    return revision


def keys(part: Part) -> list[str]:
    return [key for key, _block in markup.parse(newest(part).html)]


def counts() -> tuple[int, ...]:
    return tuple(
        table.objects.count()
        for table in (Story, Part, Revision, Source, SourcePart, PictureUse, Series, Tag)
    )


def test_a_new_story_is_a_private_draft(cast: Cast) -> None:
    story = bring(found(1, 2), terms(cast))
    assert (story.title, story.part_count, story.release_at) == ("The Weir", 0, None)
    assert titles(story) == ["Chapter 1", "Chapter 2"]
    assert all(part.draft and part.published is None for part in standing(story))
    assert not Story.objects.visible_to(Visitor()).exists()
    assert not Story.objects.visible_to(cast.reader).exists()
    assert story.roles.get().pen_name == cast.pen("writer")


def test_published_at_once_if_that_is_wished(cast: Cast) -> None:
    story = bring(found(1, 2, rating="general"), terms(cast, publish=True))
    assert story.part_count == 2
    assert Story.objects.listed_for(Visitor()).get() == story


def test_everything_that_the_file_says_is_kept(cast: Cast) -> None:
    told = found(
        1,
        summary="<p>It <em>rains</em>.</p><script>x</script>",
        language="pt-BR",
        tags=[FoundTag("Rain", "genre"), FoundTag("Ana", "character"), FoundTag("Slow")],
        rating="teen",
        warnings=["violence", "no such warning"],
        categories=["gen", "no such category"],
        status="complete",
        source_url="https://example.org/works/1",
        series=FoundSeries("Keepers", 2),
    )
    story = bring(told, terms(cast))
    assert story.summary == "<p>It <em>rains</em>.</p>"
    assert (story.language, story.rating, story.status) == ("pt-BR", "teen", "complete")
    assert set(story.tags.values_list("name", "kind")) == {
        ("Rain", "genre"),
        ("Ana", "character"),
        ("Slow", "theme"),
    }
    assert list(story.warnings.values_list("code", flat=True)) == ["violence"]
    assert list(story.categories.values_list("code", flat=True)) == ["gen"]
    assert story.source_url == "https://example.org/works/1"
    assert (story.series_entry.series.title, int(story.series_entry.position)) == ("Keepers", 2)


def test_what_the_file_does_not_say_is_left_as_the_writer_set_it(cast: Cast) -> None:
    story = bring(found(1), terms(cast))
    publishing.describe(story, by=cast.writer, summary="<p>Mine.</p>", rating="mature", language="fr")
    story = bring(found(1, language=""), terms(cast))
    assert (story.summary, story.rating, story.language) == ("<p>Mine.</p>", "mature", "fr")


@pytest.mark.parametrize(
    ("told", "kept"),
    [("", "es"), ("de", "de"), ("zh_Hant", "zh-Hant"), ("English", "es"), ("x" * 40, "es"), ("<b>", "es")],
)
def test_a_language_is_a_language_tag_or_the_one_that_was_chosen(cast: Cast, told: str, kept: str) -> None:
    assert bring(found(1, language=told), terms(cast, language="es")).language == kept


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    first = bring(found(1, 2), terms(cast, publish=True))
    ids = [keys(part) for part in standing(first)]
    before = counts()
    again = bring(found(1, 2), terms(cast, publish=True))
    assert again == first
    assert counts() == before
    assert [keys(part) for part in standing(again)] == ids
    assert all(part.draft is None and part.edited_at is None for part in standing(again))


def test_a_changed_chapter_becomes_one_draft_and_keeps_the_ids_of_the_rest(cast: Cast) -> None:
    story = bring(found(1, 2), terms(cast, publish=True))
    before = [keys(part) for part in standing(story)]
    changed = found(1, 2)
    changed.parts[1].html = changed.parts[1].html.replace(
        "<p>Nobody spoke until the water did at 2.</p>",
        "<p>Somewhere a door that had been shut for years was opened.</p>",
    )
    one, two = standing(bring(changed, terms(cast)))
    assert one.draft is None and keys(one) == before[0]
    assert two.draft is not None and two.revisions.count() == 2
    assert [keys(two)[0], keys(two)[2]] == [before[1][0], before[1][2]]
    assert keys(two)[1] not in before[1]


def test_a_chapter_in_the_middle_lands_in_its_place(cast: Cast) -> None:
    story = bring(found(1, 3), terms(cast))
    bring(found(1, 2, 3, 4), terms(cast))
    assert titles(story) == ["Chapter 1", "Chapter 2", "Chapter 3", "Chapter 4"]


def test_a_chapter_in_front_lands_in_front(cast: Cast) -> None:
    story = bring(found(2, 3), terms(cast))
    bring(found(1, 2, 3), terms(cast))
    assert titles(story) == ["Chapter 1", "Chapter 2", "Chapter 3"]


def test_parts_that_the_file_does_not_have_stay_in_their_places(cast: Cast) -> None:
    story = bring(found(1, 2, 3), terms(cast))
    own = publishing.add_part(story, by=cast.writer, title="Thanks", html="<p>Thank you.</p>")
    bring(found(1, 3), terms(cast))
    assert titles(story) == ["Chapter 1", "Chapter 2", "Chapter 3", "Thanks"]
    assert newest(own).number == 1


def test_chapters_are_known_by_their_titles_where_the_source_has_no_keys(cast: Cast) -> None:
    def without_keys(*numbers: int) -> FoundStory:
        told = found(*numbers)
        for part in told.parts:
            part.key = ""
        return told

    story = bring(without_keys(1, 3), terms(cast))
    bring(without_keys(1, 2, 3), terms(cast))
    assert titles(story) == ["Chapter 1", "Chapter 2", "Chapter 3"]


def test_without_keys_chapters_of_the_same_title_stay_apart(cast: Cast) -> None:
    told = FoundStory("The Weir", [FoundPart("Untitled", f"<p>Words {n}.</p>") for n in range(3)])
    story = bring(told, terms(cast))
    assert [newest(part).html.count(f"Words {n}.") for n, part in enumerate(standing(story))] == [1, 1, 1]
    bring(told, terms(cast))
    assert [newest(part).number for part in standing(story)] == [1, 1, 1]


@given(st.data())
def test_the_new_order_has_every_part_once_and_keeps_what_the_file_does_not_have(data: st.DataObject) -> None:
    ours = list(range(data.draw(st.integers(0, 6))))
    known = data.draw(st.permutations(ours).map(lambda order: order[: len(order) // 2 + 1]))
    new = {100 + n for n in range(data.draw(st.integers(0, 4)))}
    order = data.draw(st.permutations([*known, *new]))
    after = in_place([*ours, *sorted(new)], order, new)
    assert sorted(after) == sorted([*ours, *new])
    assert [pk for pk in after if pk in known] == [pk for pk in order if pk in known]
    assert {pk: n for n, pk in enumerate(pk for pk in after if pk not in new) if pk not in known} == {
        pk: n for n, pk in enumerate(ours) if pk not in known
    }
    for one, other in zip(order, order[1:], strict=False):
        if other in new:
            assert after.index(other) == after.index(one) + 1


def test_somebody_else_s_import_of_the_same_book_is_another_story(cast: Cast) -> None:
    mine, theirs = bring(found(1), terms(cast)), bring(found(1), terms(cast, "stranger"))
    assert mine != theirs
    assert bring(found(1), terms(cast)) == mine
    assert bring(found(1), terms(cast, "stranger")) == theirs


def test_a_deleted_story_comes_back_as_a_new_one(cast: Cast) -> None:
    old = bring(found(1, 2), terms(cast))
    removing.delete(old, by=cast.writer)
    new = bring(found(1, 2), terms(cast))
    assert new != old and titles(new) == ["Chapter 1", "Chapter 2"]
    assert bring(found(1, 2, 3), terms(cast)) == new
    assert titles(new) == ["Chapter 1", "Chapter 2", "Chapter 3"]
    assert titles(old) == ["Chapter 1", "Chapter 2"]


def test_a_deleted_part_comes_back_as_a_new_one(cast: Cast) -> None:
    story = bring(found(1, 2), terms(cast))
    removing.delete(standing(story)[0], by=cast.writer)
    bring(found(1, 2), terms(cast))
    assert titles(story) == ["Chapter 1", "Chapter 2"]


def test_pictures_are_re_encoded_and_used_in_the_text(cast: Cast) -> None:
    raw = picture(140)
    told = found(1, cover=FoundPicture(picture(9, (60, 90)), "A weir"), pictures={"a": FoundPicture(raw)})
    told.parts[0].html += '<p><img src="picture:a" alt="The river"></p>'
    story = bring(told, terms(cast))
    use = PictureUse.objects.select_related("picture").get(part=standing(story)[0])
    assert f'src="{use.picture.url}"' in newest(standing(story)[0]).html
    kept = Path(settings.MEDIA_ROOT, use.picture.name).read_bytes()
    assert kept != raw and Image.open(BytesIO(kept)).size == (12, 8)
    assert story.cover is not None and story.cover_alt == "A weir"


def test_a_broken_picture_is_said_and_left_out(cast: Cast) -> None:
    told = found(1, cover=FoundPicture(b"no picture"), pictures={"a": FoundPicture(b"\x89PNG no")})
    told.parts[0].html += '<p>Before <img src="picture:a" alt="The river"> after.</p>'
    shown = preview(told, by=cast.writer)
    assert sum("will be left out" in doubt for doubt in shown["doubts"]) == 2
    story = bring(told, terms(cast))
    html = newest(standing(story)[0]).html
    assert story.cover is None and "<img" not in html and "[The river]" in html
    assert not PictureUse.objects.exists()


def test_a_picture_that_is_not_in_the_file_brings_nothing(cast: Cast) -> None:
    told = found(1)
    told.parts[0].html += '<p><img src="https://far.example/x.png" alt="far"></p><img src="/media/x.png">'
    assert "<img" not in newest(standing(bring(told, terms(cast)))[0]).html


def test_all_or_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before, add, calls = counts(), publishing.add_part, []

    def fail_at_the_third(*arguments: Any, **fields: Any) -> Part:
        calls.append(fields["title"])
        if len(calls) == 3:
            raise RuleError("no")
        return add(*arguments, **fields)

    monkeypatch.setattr(publishing, "add_part", fail_at_the_third)
    told = found(1, 2, 3, tags=[FoundTag("Rain")], series=FoundSeries("Keepers"))
    with pytest.raises(RuleError):
        bring(told, terms(cast))
    assert len(calls) == 3 and counts() == before


def test_an_update_that_fails_leaves_the_story_as_it_was(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    story = bring(found(1, 2, 3), terms(cast, publish=True))
    before = counts()
    changed = found(1, 2, 3, title="Another", summary="<p>New.</p>")
    for part in changed.parts:
        part.html += "<p>One line more than there was.</p>"

    def fail(*_arguments: Any, **_fields: Any) -> None:
        raise RuleError("no")

    monkeypatch.setattr(publishing, "publish_all", fail)
    with pytest.raises(RuleError):
        bring(changed, terms(cast, publish=True))
    story.refresh_from_db()
    assert counts() == before and (story.title, story.summary) == ("The Weir", "")


def test_counts_from_elsewhere_stay_apart_from_ours(cast: Cast) -> None:
    told = found(1)
    told.parts[0].elsewhere = Elsewhere(6500, 312, 45)
    story = bring(told, terms(cast, publish=True))
    part = standing(story)[0]
    assert (part.elsewhere_reads, part.elsewhere_votes, part.elsewhere_comments) == (6500, 312, 45)
    assert (part.read_count, part.vote_count, part.comment_count, story.read_count) == (0, 0, 0, 0)
    assert preview(told, by=cast.writer)["parts"][0]["elsewhere"] == [6500, 312, 45]


def test_what_a_draft_had_elsewhere_is_in_no_sum(cast: Cast) -> None:
    told = found(1)
    told.parts[0].elsewhere = Elsewhere(6500, 312, 45)
    bring(told, terms(cast, publish=True))
    told = found(1, 2)
    told.parts[0].elsewhere, told.parts[1].elsewhere = Elsewhere(6500, 312, 45), Elsewhere(2100, 100, 7)
    story = bring(told, terms(cast))
    assert expected(story)["elsewhere_reads"] == story.elsewhere_reads == 6500
    publishing.publish(standing(story)[1], by=cast.writer)
    story.refresh_from_db()
    assert (story.elsewhere_reads, story.elsewhere_votes, story.elsewhere_comments) == (8600, 412, 52)


def test_counts_that_no_site_has_are_cut_at_what_can_be_added_up(cast: Cast) -> None:
    told = found(1, 2)
    told.parts[0].elsewhere = told.parts[1].elsewhere = Elsewhere(10**30, -4, 3)
    story = bring(told, terms(cast, publish=True))
    assert (story.elsewhere_reads, story.elsewhere_votes, story.elsewhere_comments) == (2 * 10**12, 0, 6)


def test_a_page_with_its_place_in_the_series(cast: Cast) -> None:
    page = b"Chapter 1\n6.5K 312 45\n\nWords in a row.\n\nThe Weir {2}Where stories live. Discover now"
    (told,) = open_files([("a.txt", page)])
    story = bring(told, terms(cast))
    assert (story.title, story.series_entry.series.title, int(story.series_entry.position)) == (
        "The Weir",
        "The Weir",
        2,
    )
    assert standing(story)[0].elsewhere_reads == 6500


def test_a_place_in_a_series_that_the_file_does_not_name_stays(cast: Cast) -> None:
    one = bring(found(1, series=FoundSeries("Keepers")), terms(cast))
    bring(found(1, identifier="2", title="The Mill", series=FoundSeries("Keepers")), terms(cast))
    one = bring(found(1, series=FoundSeries("keepers")), terms(cast))
    assert one.series_entry.position == 1


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//far.example/", "x", ""])
def test_only_web_addresses_are_kept_as_sources(cast: Cast, address: str) -> None:
    told = found(1, source_url=address)
    told.parts[0].source_url = address
    story = bring(told, terms(cast))
    assert (story.source_url, standing(story)[0].source_url) == ("", "")


def test_the_longest_of_everything_fits(cast: Cast) -> None:
    told = found(
        1,
        title="W" * 5_000,
        identifier="i" * 5_000,
        source_url="https://example.org/" + "x" * 5_000,
        tags=[FoundTag(f"{n}{'t' * 500}") for n in range(200)],
        series=FoundSeries("S" * 5_000, 10.0**9),
        cover=FoundPicture(picture(), "a" * 5_000),
    )
    told.parts[0].title = "C" * 5_000
    told.parts[0].key = "k" * 5_000
    story = bring(told, terms(cast))
    assert bring(told, terms(cast)) == story
    assert len(story.title) == 200


def test_without_an_identifier_title_and_writer_make_the_story(cast: Cast) -> None:
    one = found(1, identifier="", authors=["Ana"], format="text")
    other = found(1, identifier="", authors=["Bo"], format="text")
    assert identifier_of(one) != identifier_of(other)
    assert bring(one, terms(cast)) == bring(one, terms(cast)) != bring(other, terms(cast))


def test_the_rating_is_the_files_else_the_chosen_one(cast: Cast) -> None:
    silent = FoundStory(title="Silent", parts=[FoundPart("One", "<p>Words.</p>")])
    rated = FoundStory(title="Rated", parts=[FoundPart("One", "<p>Words.</p>")], rating="mature")
    terms = Terms(by=cast.writer, pen_name=cast.pen("writer"), rating="general")
    assert [bring(found, terms).rating for found in (silent, rated)] == ["general", "mature"]
