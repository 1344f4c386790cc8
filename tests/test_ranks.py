"""Rankings, rows of the home page, suggestions and collections, as people meet them."""

from __future__ import annotations

import pytest

from talehouse.library import (
    following,
    forgetting,
    hiding,
    listing,
    shelving,
    suggestions,
    taking,
    wishes,
)
from talehouse.library.models import ReadingList, Wishes
from talehouse.rankings import collecting
from talehouse.rankings.alike import computing as alike
from talehouse.rankings.computing import recompute
from talehouse.rankings.models import Collection
from talehouse.rankings.tests import crowds
from talehouse.rankings.tests.test_suggesting import finish
from talehouse.site.house import set_up
from talehouse.stories import describing, publishing, removing
from talehouse.stories.effective import rebuild
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Story
from tests.cast import Cast, story
from tests.test_queries import ask
from tests.whole import Whole


@pytest.fixture
def read(cast: Cast) -> list[Story]:
    """Three stories that are read, the first most; the first two have a tag, the last is in Spanish."""
    made = [story(cast, title) for title in ("Weir", "Lamp")] + [story(cast, "Molino", language="es")]
    for number, one in enumerate(made):
        crowds.read(one, 20 - 5 * number)
    for one in made[:2]:
        describing.set_tags(one, [("theme", "Lamps")], by=cast.writer)
    rebuild()
    recompute()
    return made


def test_a_ranking_tells_its_formula_and_each_storys_inputs(whole: Whole, read: list[Story]) -> None:
    text = whole.get("/rankings/rising/").text
    assert "divided by the square root" in text
    assert text.index("Weir") < text.index("Lamp") < text.index("Molino")
    assert "Readers this week, each once a day" in text and "Why is this here?" in text
    told = whole.get("/rankings/").text
    assert "Whose votes weigh" in told and told.count("Weir") == 3


def test_of_a_tag_and_of_a_language(whole: Whole, read: list[Story]) -> None:
    tagged = whole.get("/rankings/rising/?kind=theme&tag=lamps").text
    assert "Weir" in tagged and "Lamp" in tagged and "Molino" not in tagged
    spanish = whole.get("/rankings/rising/?language=es").text
    assert "Molino" in spanish and "Weir" not in spanish
    assert whole.get("/rankings/rising/?tag=Lamps&language=es").status == 302
    both = whole.get("/rankings/rising/?kind=theme&tag=lamps&language=es").text
    assert "Nothing stands here yet" in both
    assert "There is no tag called “nothing”" in whole.get("/rankings/rising/?tag=nothing").text


def test_no_language_is_offered_that_only_stories_out_of_reach_have(
    cast: Cast, whole: Whole, read: list[Story]
) -> None:
    crowds.read(story(cast, "Not yet", language="de", rating="explicit"), 9)
    crowds.read(story(cast, "Not for all", language="fr", visibility="members"), 9)
    recompute()
    visitors, members = whole.get("/rankings/rising/").text, whole.get("/rankings/rising/", "reader").text
    assert [f'value="{code}"' in visitors for code in ("es", "de", "fr")] == [True, False, False]
    assert [f'value="{code}"' in members for code in ("es", "de", "fr")] == [True, False, True]


def test_pages_of_a_ranking_are_full_and_numbered(cast: Cast, whole: Whole) -> None:
    for number in range(30):
        crowds.read(story(cast, f"Story {number:02}"), 40 - number)
    recompute()
    for one in Story.objects.filter(title__in=["Story 00", "Story 05"]):
        hiding.hide(one, by=cast.reader)
    assert whole.get("/rankings/rising/").text.count("why-here") == 24
    mine = whole.get("/rankings/rising/", "reader").text
    assert mine.count("why-here") == 24 and "Story 05" not in mine
    following_page = whole.get("/rankings/rising/?page=2", "reader").text
    assert following_page.count("why-here") == 4 and 'start="25"' in following_page
    assert "Story 05" in whole.get("/rankings/rising/").text


def test_what_is_withdrawn_leaves_at_once(cast: Cast, whole: Whole, read: list[Story]) -> None:
    paths = ("/rankings/rising/", "/rankings/", "/")
    assert ["Weir" in whole.get(path, "stranger").text for path in paths] == [True] * 3
    removing.withdraw(read[0], by=cast.writer)
    assert ["Weir" in whole.get(path, "stranger").text for path in paths] == [False] * 3


def test_how_many_reach_the_end_is_told_to_the_writer_alone(cast: Cast, whole: Whole) -> None:
    kept = story(cast, "Kept", parts=3)
    crowds.backdate(kept, 60)
    readers = crowds.people(30)
    crowds.begin(kept, readers)
    crowds.finish(kept, readers[:21])
    recompute()
    page = whole.get("/rankings/finished/").text
    assert "Kept" in page and "Readers with an account who have begun it" in page
    assert "Readers who reached the end" not in page and ">21<" not in page
    assert "70.0 %" not in page, "of the only story here the mean is its own share"
    desk = whole.get(f"/write/stories/{kept.pk}/ranks/", "writer").text
    assert "Readers who reached the end" in desk and ">21<" in desk


def test_a_writer_takes_a_story_out_of_all_rankings(cast: Cast, whole: Whole, read: list[Story]) -> None:
    publishing.describe(read[0], by=cast.writer, ranked=False)
    assert "Weir" not in whole.get("/rankings/rising/").text
    assert "taken this story out" in whole.get(f"/write/stories/{read[0].pk}/ranks/", "writer").text


def test_home_has_its_rows_in_order(cast: Cast, whole: Whole, read: list[Story]) -> None:
    text = whole.get("/").text
    assert text.index('id="row-rising"') < text.index('id="row-fresh"') < text.index('id="row-longest"')
    assert "row-followed" not in text and "row-for-you" not in text


def test_home_tells_what_is_new_from_those_i_follow(cast: Cast, whole: Whole, read: list[Story]) -> None:
    following.follow(read[1], by=cast.reader)
    text = whole.get("/", "reader").text
    mine = text[text.index("row-followed") : text.index('class="hello')]
    assert "Lamp" in mine and "Part 1" in mine and "Weir" not in mine
    assert "row-followed" not in whole.get("/").text


@pytest.fixture
def alike_stories(cast: Cast) -> list[Story]:
    """Two stories that ten readers finished; the reader has finished the first."""
    made = [story(cast, title) for title in ("Weir", "Lamp")]
    finish(made, crowds.people(10))
    shelving.put(made[0], "finished", by=cast.reader)
    alike.recompute()
    return made


def test_home_suggests_with_a_reason_and_takes_no_for_an_answer(
    cast: Cast, whole: Whole, alike_stories: list[Story]
) -> None:
    text = whole.get("/", "reader").text
    assert "Because you finished “\u2068Weir\u2069”" in text and "Not interested" in text
    client = cast.client("reader")
    answer = client.post(f"/library/for-you/{alike_stories[1].pk}/decline/", follow=True)
    assert "Suggest it again" in answer.text and "Because you finished" not in answer.text
    assert "row-for-you" not in whole.get("/", "reader").text
    client.post(f"/library/for-you/{alike_stories[1].pk}/again/")
    assert "Because you finished “\u2068Weir\u2069”" in client.get("/library/for-you/").text


def test_a_number_that_no_story_can_have_is_nowhere(cast: Cast) -> None:
    for verb in ("again", "decline"):
        assert cast.client("reader").post(f"/library/for-you/{'9' * 25}/{verb}/").status_code == 404


def test_the_switch(cast: Cast, alike_stories: list[Story]) -> None:
    client = cast.client("reader")
    client.post("/library/for-you/", {"suggests": "0"})
    assert Wishes.objects.get(account=cast.reader).suggests is False
    assert "You have switched suggestions off" in client.get("/library/for-you/").text
    assert "row-for-you" not in client.get("/").text
    client.post("/library/for-you/", {"suggests": "1"})
    assert "Because you finished" in client.get("/library/for-you/").text


def test_the_houses_limit_holds_for_suggestions(cast: Cast, whole: Whole, alike_stories: list[Story]) -> None:
    publishing.describe(alike_stories[1], by=cast.writer, rating="mature")
    cast.reader.ceiling = "explicit"
    cast.reader.save()
    assert "Because you finished" in whole.get("/", "reader").text
    set_up(ceiling="teen")
    assert "Because you finished" not in whole.get("/", "reader").text


def test_a_storys_page_tells_what_its_readers_also_finished(
    cast: Cast, whole: Whole, alike_stories: list[Story]
) -> None:
    weir, lamp = alike_stories
    sentence = "Readers who finished this also finished"
    assert sentence in whole.get(weir.url).text and "Lamp" in whole.get(weir.url).text
    assert sentence in whole.get(weir.url, "reader").text
    assert sentence not in whole.get(lamp.url, "reader").text, "the reader knows the only one"
    assert "Lamp" in whole.get(f"/stories/{weir.pk}/alike/").text
    assert sentence in whole.get(weir.url, "stranger").text
    hiding.hide(lamp, by=cast.stranger)
    assert sentence not in whole.get(weir.url, "stranger").text
    removing.withdraw(lamp, by=cast.writer)
    assert "Lamp" not in cast.client("visitor").get(weir.url).text


def test_a_visitor_meets_nothing_above_their_rating_beside_a_story(
    cast: Cast, whole: Whole, alike_stories: list[Story]
) -> None:
    publishing.describe(alike_stories[1], by=cast.writer, rating="explicit")
    assert "Lamp" not in whole.get(alike_stories[0].url).text


def test_more_stories_are_declined_than_one_may(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggestions, "MOST", 1)
    suggestions.decline(story(cast, "One"), by=cast.reader)
    with pytest.raises(RuleError, match="Take one back"):
        suggestions.decline(story(cast, "Two"), by=cast.reader)


@pytest.fixture
def chosen(cast: Cast, read: list[Story]) -> ReadingList:
    """A public list of the host with two stories."""
    made = listing.make(
        "For the train", by=cast.host, pen_name=cast.pen("host"), note="Short and warm.", is_public=True
    )
    for one in (read[2], read[0]):
        listing.add(made, one, by=cast.host)
    return made


def test_the_host_puts_a_list_in_front(cast: Cast, chosen: ReadingList) -> None:
    client = cast.client("host")
    assert "For the train" in client.get("/host/collections/").text
    assert client.post("/host/collections/", {"list": f"https://example.org{chosen.url}"}).status_code == 302
    for path in ("/", "/collections/"):
        text = client.get(path).text
        row = text[text.index("For the train") :]
        assert "Short and warm." in row and row.index("Molino") < row.index("Weir")
    client.post("/host/collections/", {"do": f"off-{chosen.pk}"})
    assert "For the train" not in client.get("/").text


def test_a_list_that_is_private_again_is_not_shown(cast: Cast, whole: Whole, chosen: ReadingList) -> None:
    collecting.put_up(chosen, by=cast.host)
    assert "For the train" in whole.get("/", "stranger").text
    listing.describe(chosen, by=cast.host, title=chosen.title, note="", is_public=False)
    assert "For the train" not in whole.get("/", "stranger").text
    chosen.refresh_from_db()
    Collection.objects.all().delete()
    with pytest.raises(RuleError, match="everybody may see"):
        collecting.put_up(chosen, by=cast.host)


def test_their_order(cast: Cast, chosen: ReadingList) -> None:
    other = listing.make("Other", by=cast.host, pen_name=cast.pen("host"), is_public=True)
    for one in (chosen, other, chosen):
        collecting.put_up(one, by=cast.host)
    client = cast.client("host")

    def order() -> list[str]:
        return [one.reading_list.title for one in collecting.shown()]

    assert order() == ["For the train", "Other"]
    client.post("/host/collections/", {"do": f"up-{other.pk}"})
    client.post("/host/collections/", {"do": f"up-{other.pk}"})
    assert order() == ["Other", "For the train"]
    client.post("/host/collections/", {"do": f"down-{other.pk}"})
    assert order() == ["For the train", "Other"]


def test_refusals_of_collections(cast: Cast, chosen: ReadingList, monkeypatch: pytest.MonkeyPatch) -> None:
    for act in (
        lambda: collecting.put_up(chosen, by=cast.reader),
        lambda: collecting.take_down(chosen.pk, by=cast.reader),
        lambda: collecting.move(chosen.pk, 1, by=cast.reader),
    ):
        with pytest.raises(NotAllowedError):
            act()
    answer = cast.client("host").post("/host/collections/", {"list": "the train"})
    assert answer.status_code == 400 and "Copy it from" in answer.text and 'value="the train"' in answer.text
    monkeypatch.setattr(collecting, "MOST", 0)
    with pytest.raises(RuleError, match="Take one down first"):
        collecting.put_up(chosen, by=cast.host)


def test_my_own_pages_ask_little_whatever_the_archives_size(cast: Cast) -> None:
    crowd = crowds.people(8)
    client = cast.client("reader")
    asked = []
    for more in (3, 9):
        made = [story(cast, f"{more} {number}") for number in range(more)]
        finish(made, crowd)
        shelving.put(made[0], "finished", by=cast.reader)
        following.follow(made[1], by=cast.reader)
        recompute()
        alike.recompute()
        asked.append([len(ask(client, path)) for path in ("/", "/library/for-you/")])
    assert asked[0] == asked[1]
    assert asked[0][0] <= 17 and asked[0][1] <= 12, asked


def test_a_reader_takes_along_what_they_declined(cast: Cast) -> None:
    suggestions.decline(story(cast, "One"), by=cast.reader)
    told = taking.everything(cast.reader)["not for me"]
    assert [one["title"] for one in told] == ["One"]
    wishes.change(by=cast.reader, suggests=False)
    forgetting.forget_all(cast.reader)
    assert taking.everything(cast.reader) == {} and suggestions.wanted(cast.reader)
