"""Browsing with the index: what is found, what is said, who meets what, and pages that are kept."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from talehouse.accounts.models import Visitor
from talehouse.library import hiding, shelving
from talehouse.search import feeding, saving
from talehouse.search.addresses import Pick, Wanted
from talehouse.search.models import SavedSearch
from talehouse.stories import describing, publishing, removing
from talehouse.stories.models import Story
from talehouse.tags.models import Tag
from talehouse.wrangling.tests.sorted_tags import make_synonym
from tests.cast import Archive, Cast, story
from tests.indexing import index_now
from tests.test_queries import questions
from tests.whole import Whole

PEOPLE = ("visitor", "reader", "stranger", "writer", "co_writer", "editor", "beta", "host", "suspended")


@pytest.fixture
def lamps(cast: Cast) -> dict[str, Story]:
    """Four stories with different tags, lengths and warnings."""
    made = {
        "Harbour Lamps": story(cast, "Harbour Lamps", parts=3, status="complete"),
        "Orchard Song": story(cast, "Orchard Song", language="es"),
        "Stone and Weir": story(cast, "Stone and Weir", by="stranger"),
        "Night Ferry": story(cast, "Night Ferry", rating="explicit"),
    }
    tags = [("fandom", "The Keepers"), ("theme", "Lamps")]
    describing.set_tags(made["Harbour Lamps"], tags, by=cast.writer)
    describing.set_tags(made["Orchard Song"], [("theme", "Lamps"), ("genre", "Quiet")], by=cast.writer)
    describing.set_tags(made["Stone and Weir"], [("fandom", "The Keepers")], by=cast.stranger)
    describing.set_warnings(made["Stone and Weir"], ["death"], by=cast.stranger)
    index_now()
    return made


def titles(text: str) -> list[str]:
    """The stories of a page, in their order."""
    return [
        title.strip()
        for title in re.findall(
            r'<h2>(?:<span[^>]*>\d+</span>)?<a href="/stories/[^>]*><bdi>([^<]*)</bdi>', text
        )
    ]


def found(cast: Cast, address: str, who: str = "reader") -> set[str]:
    answer = cast.client(who).get(address)
    assert answer.status_code == 200
    return set(titles(answer.content.decode()))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", {"Harbour Lamps", "Orchard Song", "Stone and Weir"}),
        ("with=theme/lamps", {"Harbour Lamps", "Orchard Song"}),
        ("with=theme/lamps&with=genre/quiet", {"Orchard Song"}),
        ("without=theme/lamps", {"Stone and Weir"}),
        ("with=fandom/the-keepers&without=warning/death", {"Harbour Lamps"}),
        ("with=language/es&with=language/en", {"Harbour Lamps", "Orchard Song", "Stone and Weir"}),
        ("with=language/es", {"Orchard Song"}),
        ("status=complete", {"Harbour Lamps"}),
        ("parts-from=2", {"Harbour Lamps"}),
        ("parts-to=2", {"Orchard Song", "Stone and Weir"}),
        ("updated=7d", {"Harbour Lamps", "Orchard Song", "Stone and Weir"}),
        ("until=2020-01-01", set()),
        ("with=theme/nobody-has-this", set()),
        ("q=harbour", {"Harbour Lamps"}),
        ("q=harbuor", {"Harbour Lamps"}),
        ("q=theme:lamps", {"Harbour Lamps", "Orchard Song"}),
        ("q=author:stranger", {"Stone and Weir"}),
        ("q=%22nobody+spoke%22", {"Harbour Lamps", "Orchard Song", "Stone and Weir"}),
        ("q=nobody+-harbour", {"Orchard Song", "Stone and Weir"}),
        ("with=rating/explicit", set()),
    ],
)
def test_what_is_asked_is_found(cast: Cast, lamps: dict[str, Story], query: str, wanted: set[str]) -> None:
    assert found(cast, f"/browse/?{query}") == wanted


def test_the_database_alone_finds_the_same(cast: Cast, lamps: dict[str, Story], settings: Settings) -> None:
    queries = (
        "",
        "with=theme/lamps",
        "without=warning/death",
        "with=language/es",
        "parts-from=2",
        "status=complete",
        "q=harbour",
        "q=-harbour+song+OR+weir",
        "q=theme:lamps+status:complete",
        "q=author:stranger",
        "q=words:%3E1+updated:%3C3d+-genre:quiet+sort:words",
        "with=rating/general&with=category/gen",
        "with=theme/nobody-has-this",
        "shelves=no",
    )
    shelving.put(lamps["Orchard Song"], "to-read", by=cast.reader)
    indexed = [found(cast, f"/browse/?{query}") for query in queries]
    settings.INDEX = Path(settings.INDEX) / "nowhere"
    assert [found(cast, f"/browse/?{query}") for query in queries] == indexed
    assert "Search is being rebuilt" in cast.client("reader").get("/browse/").content.decode()
    everything = found(cast, "/browse/?since=0001-01-01&until=9999-12-31")
    assert everything == indexed[0]


def test_facets_count_and_lead_on(cast: Cast, lamps: dict[str, Story]) -> None:
    text = cast.client("visitor").get("/browse/?with=fandom/the-keepers").content.decode()
    assert "2 stories" in text
    assert "/browse/?with=fandom/the-keepers&amp;with=theme/lamps" in text
    assert "/browse/?with=fandom/the-keepers&amp;without=theme/lamps" in text
    assert re.search(r"<bdi>Lamps</bdi><small>\s*1\s*</small>", text)


def test_a_passage_leads_to_its_block(cast: Cast, lamps: dict[str, Story]) -> None:
    text = cast.client("visitor").get("/browse/?q=keeper+stone+harbour").content.decode()
    mark = re.search(r'<p class="passage"[^>]*><a[^>]* href="(/parts/[^"]+)#b-([^"]+)">(.*?)</a>', text)
    assert mark and "<mark>" in mark[3]
    assert f'id="b-{mark[2]}"' in cast.client("visitor").get(mark[1]).content.decode()


def test_a_wrong_query_is_kept_in_the_field_and_its_fault_is_marked(
    cast: Cast, lamps: dict[str, Story]
) -> None:
    text = cast.client("visitor").get("/browse/?q=<b>+words:many+lamps").content.decode()
    field = re.search(r'<input id="q"[^>]*>', text)
    assert field and 'value="&lt;b&gt; words:many lamps"' in field[0]
    assert 'aria-invalid="true" aria-describedby="q-wrong"' in field[0] and 'dir="auto"' in field[0]
    told = re.search(r'<div class="wrong" id="q-wrong" role="alert">.*?</div>', text)
    assert told and "wants a number" in told[0]
    assert "<bdi>&lt;b&gt; <mark>words:many</mark> lamps</bdi>" in told[0]


def test_stories_after_a_wrong_query_are_not_passed_off_as_its_answer(
    cast: Cast, lamps: dict[str, Story]
) -> None:
    client, unused = cast.client("visitor"), "Nothing of what you typed was used; these are "
    text = client.get("/browse/?q=words:many+lamps").content.decode()
    assert text.index(f"{unused}all stories.") < text.index('<p class="sum"')
    text = client.get("/browse/?q=words:many&with=fandom/the-keepers").content.decode()
    assert f"{unused}the stories that fit the rest." in text and "all stories." not in text
    assert unused not in client.get("/browse/?q=words:many&with=fandom/nobody").content.decode()
    assert unused not in client.get("/browse/?q=lamps").content.decode()


def test_nothing_is_told_of_a_query_that_is_right(cast: Cast, lamps: dict[str, Story]) -> None:
    text = cast.client("visitor").get("/browse/?q=words:10").content.decode()
    assert "q-wrong" not in text and "aria-invalid" not in text


def test_a_tag_by_name_becomes_a_pick(cast: Cast, lamps: dict[str, Story]) -> None:
    answer = cast.client("visitor").get("/browse/?tag=lamps&without=warning/death")
    assert answer.status_code == 302
    assert answer["Location"] == "/browse/?with=theme/lamps&without=warning/death"
    answer = cast.client("visitor").get("/browse/?tag=no+such+tag")
    assert answer.status_code == 200 and "There is no tag called" in answer.content.decode()


def test_a_mistyped_word_of_a_title_out_of_reach_is_not_put_right(
    cast: Cast, lamps: dict[str, Story]
) -> None:
    assert "Harbour" in cast.client("visitor").get("/browse/?q=harbuor").content.decode()
    text = cast.client("visitor").get("/browse/?q=ferrj").content.decode()
    assert "ferry" not in text.lower()


def test_a_word_of_a_tag_is_offered_with_its_synonym(cast: Cast, lamps: dict[str, Story]) -> None:
    keepers = Tag.objects.get(name="The Keepers")
    describing.set_tags(lamps["Orchard Song"], [("fandom", "Wardens")], by=cast.writer)
    make_synonym(Tag.objects.get(name="Wardens"), keepers, by=cast.host)
    index_now()
    for typed, called in (("keep", ""), ("ward", "Wardens")):
        told = cast.client("visitor").get(f"/browse/suggest/?typed={typed}").json()["tags"]
        assert told == [{"name": "The Keepers", "kind": "Fandom", "stories": 3, "called": called}]
    told = cast.client("visitor").get("/browse/suggest/?typed=keep&with=theme/lamps").json()["tags"]
    assert [tag["stories"] for tag in told] == [1]


def test_leaving_a_warning_out_offers_those_that_say_nothing(cast: Cast, lamps: dict[str, Story]) -> None:
    text = cast.client("visitor").get("/browse/?without=warning/death").content.decode()
    assert "without=warning/death&amp;without=warning/chose-not&amp;without=warning/unknown" in text
    assert (
        "chose not to warn, or whose warnings are unknown"
        not in cast.client("visitor").get("/browse/").content.decode()
    )


def test_chance_has_a_seed_in_the_address(cast: Cast, lamps: dict[str, Story]) -> None:
    answer = cast.client("visitor").get("/browse/?sort=random")
    assert answer.status_code == 302
    address = answer["Location"]
    one, two = (titles(cast.client("visitor").get(address).content.decode()) for _twice in range(2))
    assert one == two and len(one) == 3


@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_finds_what_the_gate_does_not_list(cast: Cast, archive: Archive, who: str) -> None:
    """By words of its text, by title, by tag, by writer, and by nothing at all."""
    for one in (archive.unlisted, archive.private, archive.draft, archive.hidden):
        describing.set_tags(one, [("theme", "Nowhere Else")], by=cast.writer)
    index_now()
    person = getattr(cast, who, None)
    listed = set(Story.objects.listed_for(person or Visitor()).values_list("title", flat=True))
    for query in (
        "",
        "q=lamp",
        "q=author:writer",
        "q=tag:%22nowhere+else%22",
        "with=theme/nowhere-else",
        "sort=words",
    ):
        answer = cast.client(who).get(f"/browse/?{query}")
        text = answer.content.decode()
        assert set(titles(text)) <= listed, query
        assert "Nowhere Else" not in text.replace('value="tag:&quot;nowhere else&quot;"', ""), query
        for one in (archive.unlisted, archive.private, archive.draft, archive.hidden):
            assert one.title not in text, query
    for typed in ("nowh", "lam"):
        told = cast.client(who).get(f"/browse/suggest/?typed={typed}").json()["tags"]
        assert "Nowhere Else" not in {tag["name"] for tag in told}


def test_a_story_taken_back_is_not_shown_before_the_index_knows(cast: Cast, lamps: dict[str, Story]) -> None:
    removing.withdraw(lamps["Harbour Lamps"], by=cast.writer)
    assert found(cast, "/browse/") == {"Orchard Song", "Stone and Weir"}
    assert found(cast, "/browse/?q=harbour") == set()


def test_what_i_hide_is_not_counted_for_me(cast: Cast, lamps: dict[str, Story]) -> None:
    hiding.hide(Tag.objects.get(name="Lamps"), by=cast.reader)
    text = cast.client("reader").get("/browse/").content.decode()
    assert titles(text) == ["Stone and Weir"] and "1 story" in text
    assert "3 stories" in cast.client("stranger").get("/browse/").content.decode()


def test_hiding_a_synonym_hides_what_it_means(cast: Cast, lamps: dict[str, Story]) -> None:
    """The tag that I hide was made a synonym meanwhile."""
    lamp = Tag.objects.get(name="Lamps")
    other = Tag.objects.create(kind="theme", name="Lanterns", name_key="lanterns", slug="lanterns")
    hiding.hide(other, by=cast.reader)
    make_synonym(other, lamp, by=cast.host)
    index_now()
    text = cast.client("reader").get("/browse/").content.decode()
    assert titles(text) == ["Stone and Weir"] and "1 story" in text


def test_my_default_holds_in_the_search_too(cast: Cast, lamps: dict[str, Story]) -> None:
    kept = saving.keep(Wanted(unwanted=(Pick("warning", "death"),)), "Gently", by=cast.reader)
    saving.make_default(kept, by=cast.reader)
    text = cast.client("reader").get("/browse/").content.decode()
    assert set(titles(text)) == {"Harbour Lamps", "Orchard Song"} and "2 stories" in text
    assert "without what you never want to meet" in text


def test_my_default_holds_for_what_a_tag_has_come_to_mean(cast: Cast, lamps: dict[str, Story]) -> None:
    describing.set_tags(lamps["Stone and Weir"], [("theme", "Lanterns")], by=cast.stranger)
    saving.make_default(
        saving.keep(Wanted(unwanted=(Pick("theme", "lamps"),)), "Dark", by=cast.reader), by=cast.reader
    )
    assert found(cast, "/browse/") == {"Stone and Weir"} == found(cast, "/people/stranger/")
    lamp, lantern = Tag.objects.get(slug="lamps"), Tag.objects.get(slug="lanterns")
    make_synonym(lamp, lantern, by=cast.host)
    index_now()
    assert found(cast, "/browse/") == set() == found(cast, "/people/stranger/")


def test_not_on_my_shelves(cast: Cast, lamps: dict[str, Story]) -> None:
    shelving.put(lamps["Orchard Song"], "to-read", by=cast.reader)
    shelving.put(lamps["Harbour Lamps"], "finished", by=cast.reader)
    assert found(cast, "/browse/?shelves=no") == {"Stone and Weir"}
    assert found(cast, "/browse/?unread=yes") == {"Orchard Song", "Stone and Weir"}


def test_a_kept_page_follows_the_index(cast: Cast, whole: Whole, lamps: dict[str, Story]) -> None:
    for who in ("reader", "stranger"):
        assert "3 stories" in whole.get("/browse/", who).text
    made = story(cast, "Fresh Water")
    index_now()
    text = whole.get("/browse/", "reader").text
    assert made.title in text and "4 stories" in text


def test_pages_by_key_show_each_story_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {f"Number {number:02}" for number in range(50)}
    for title in sorted(made):
        story(cast, title)
    index_now()
    for sort in ("updated", "words", "reads", "random&seed=7"):
        address, seen = f"/browse/?sort={sort}", []
        while address:
            text = cast.client("visitor").get(address).content.decode()
            seen += titles(text)
            after = re.search(r'href="(/browse/[^"]*)" rel="next"', text)
            address = after[1].replace("&amp;", "&") if after else ""
        assert len(seen) == 50 and set(seen) == made, sort


def test_keeping_following_and_removing_a_search(cast: Cast, lamps: dict[str, Story]) -> None:
    client = cast.client("reader")
    keep = "/library/searches/keep/?with=theme/lamps&without=warning/death"
    assert "Lamps" in client.get(keep).content.decode()
    assert client.post(keep, {"name": " "}).status_code == 400
    assert client.post(keep, {"name": "Lamp light"}).status_code == 302
    kept = SavedSearch.objects.get(account=cast.reader)
    assert "Lamp light" in client.get("/library/searches/").content.decode()
    for verb in ("follow", "default", "no-default", "unfollow", "remove"):
        assert client.post(f"/library/searches/{kept.pk}/{verb}/").status_code == 302
    assert not SavedSearch.objects.exists()


def test_what_is_new_in_a_followed_search_stands_on_the_updates_page(
    cast: Cast, lamps: dict[str, Story]
) -> None:
    kept = saving.keep(Wanted(wanted=(Pick("theme", "lamps"),)), "Lamp light", by=cast.reader)
    saving.follow(kept, by=cast.reader)
    SavedSearch.objects.update(followed_at=timezone.now() - timedelta(minutes=1))
    Story.objects.update(updated_at=timezone.now() - timedelta(hours=1))
    feeding.rebuild_now()
    assert "Lamp light" not in cast.client("reader").get("/library/updates/").content.decode()
    part = publishing.add_part(lamps["Orchard Song"], by=cast.writer, title="Again", html="<p>More.</p>")
    publishing.publish(part, by=cast.writer)
    index_now()
    text = cast.client("reader").get("/library/updates/").content.decode()
    assert "Lamp light" in text and "Orchard Song" in text and "Harbour Lamps" not in text


def test_the_feed_of_a_search(cast: Cast, lamps: dict[str, Story]) -> None:
    for form in ("atom", "rss", "json"):
        text = cast.client("visitor").get(f"/feeds/browse.{form}?with=theme/lamps").content.decode()
        assert "Harbour Lamps" in text and "Stone and Weir" not in text and "Night Ferry" not in text


def test_the_tag_of_a_draft_is_told_by_no_feed_and_no_kept_search(
    cast: Cast, lamps: dict[str, Story]
) -> None:
    describing.set_tags(story(cast, "Draft", parts=0), [("theme", "Secret Name")], by=cast.writer)
    client, query = cast.client("reader"), "with=theme/secret-name&with=theme/lamps"
    feed = client.get(f"/feeds/browse.atom?{query}").content.decode()
    assert "Lamps" in feed and "Secret Name" not in feed
    assert client.post(f"/library/searches/keep/?{query}", {"name": "Mine"}).status_code == 302
    page = client.get("/library/searches/").content.decode()
    assert "<bdi>Lamps</bdi>" in page and "Secret Name" not in page


def test_many_kept_searches_are_no_more_questions(cast: Cast, lamps: dict[str, Story]) -> None:
    client = cast.client("reader")

    def asked(number: int) -> int:
        wanted = Wanted(wanted=(Pick("theme", "lamps"),), unwanted=(Pick("fandom", f"nothing-{number}"),))
        saving.keep(wanted, f"Search {number}", by=cast.reader)
        with questions() as found:
            client.get("/library/searches/")
        return len(found)

    _first, one, *_others, many = map(asked, range(6))
    assert one == many


def test_without_an_index_the_feed_asks_to_come_again(cast: Cast) -> None:
    answer = cast.client("visitor").get("/feeds/browse.atom?q=lamp")
    assert answer.status_code == 503 and answer["Retry-After"] == "60"


def test_a_search_that_finds_nothing_speaks_of_no_shelf(cast: Cast, lamps: dict[str, Story]) -> None:
    page = cast.client("visitor").get("/browse/?q=nowhere-at-all").content.decode()
    assert "<h2>Nothing found</h2>" in page and "No story matches" in page and "shelf" not in page
