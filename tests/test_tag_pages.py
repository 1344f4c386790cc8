"""The page of a tag: what is found under it, what it means, what stands around it, how it is used."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from talehouse.library import following, hiding, my_feed
from talehouse.library.models import Follow, Hide
from talehouse.reading import months
from talehouse.stories import describing
from talehouse.stories.models import Story
from talehouse.wrangling.tests.sorted_tags import (
    make_canonical,
    make_synonym,
    put_under,
    set_apart,
    set_members,
    tag,
    tagged,
)
from tests.cast import Cast, story
from tests.delivering import deliver_now
from tests.test_queries import questions
from tests.whole import Whole


@pytest.fixture
def order(cast: Cast) -> dict[str, Story]:
    """“lampes” means “Lamps”, which stands under “Light”; each has a story of its own."""
    made = {name: tagged(cast, f"Of {name}", name) for name in ("lampes", "Lamps", "Light", "Ash")}
    make_canonical([tag("Lamps"), tag("Light")], by=cast.host)
    make_synonym(tag("lampes"), tag("Lamps"), by=cast.host)
    put_under(tag("Lamps"), tag("Light"), by=cast.host)
    deliver_now()
    return made


def titles(page: str) -> set[str]:
    return {name for name in ("lampes", "Lamps", "Light", "Ash") if f"Of {name}" in page}


def test_a_canonical_tag_lists_what_its_synonyms_and_lower_tags_carry(order: dict[str, Story]) -> None:
    page = Client().get("/tags/theme/lamps/").content.decode()
    assert titles(page) == {"lampes", "Lamps"} and "2 stories" in page
    assert "Also written" in page and "<bdi>lampes</bdi>" in page
    assert "Part of" in page and 'href="/tags/theme/light/"' in page
    page = Client().get("/tags/theme/light/").content.decode()
    assert titles(page) == {"lampes", "Lamps", "Light"}
    assert "Under it: Theme" in page and 'href="/tags/theme/lamps/"' in page


def test_a_synonym_leads_to_what_it_means_and_that_says_so(order: dict[str, Story]) -> None:
    answer = Client().get("/tags/theme/lampes/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/tags/theme/lamps/?from=lampes")
    page = Client().get("/tags/theme/lamps/?from=lampes").content.decode()
    assert "“lampes” means the same: its stories are here, too." in page
    for other in ("light", "lost", ""):
        assert "means the same" not in Client().get(f"/tags/theme/lamps/?from={other}").content.decode()


def test_a_tag_that_is_set_apart_has_its_page_again(cast: Cast, order: dict[str, Story]) -> None:
    set_apart(tag("lampes"), by=cast.host)
    deliver_now()
    assert titles(Client().get("/tags/theme/lampes/").content.decode()) == {"lampes"}
    assert titles(Client().get("/tags/theme/lamps/").content.decode()) == {"Lamps"}


def test_kept_pages_follow_the_order(cast: Cast, whole: Whole, order: dict[str, Story]) -> None:
    assert titles(whole.get("/tags/theme/lamps/", "reader").text) == {"lampes", "Lamps"}
    set_apart(tag("lampes"), by=cast.host)
    deliver_now()
    assert titles(whole.get("/tags/theme/lamps/", "reader").text) == {"Lamps"}
    describing.set_tags(order["Ash"], [("theme", "Lamps")], by=cast.writer)
    for path in ("/tags/theme/lamps/", "/tags/theme/light/"):
        assert "Ash" in titles(whole.get(path, "reader").text)


def test_a_canonical_tag_without_stories_is_there_and_one_of_drafts_is_not(cast: Cast) -> None:
    make_canonical(tag("Weirs"), by=cast.host)
    tagged(cast, "Secret", "Whispers", visibility="private")
    empty = Client().get("/tags/theme/weirs/").content.decode()
    assert "Nothing here yet" in empty and "No story carries this tag yet" in empty and "shelf" not in empty
    assert Client().get("/tags/theme/whispers/").status_code == 404


def test_a_synonym_of_drafts_tells_nothing_but_what_it_means(cast: Cast) -> None:
    tagged(cast, "Secret", "lampes", visibility="private")
    make_synonym(tag("lampes"), tag("Lamps"), by=cast.host)
    deliver_now()
    page = Client().get("/tags/theme/lamps/").content.decode()
    assert "Secret" not in page and "0 stories" in page


def test_a_relationship_shows_who_belongs_to_it(cast: Cast) -> None:
    tagged(cast, "One", "Mira/Orlan", kind="relationship")
    people = [tag("Mira", "character"), tag("Orlan", "character")]
    make_canonical([*people, tag("Mira/Orlan", "relationship")], by=cast.host)
    set_members(tag("Mira/Orlan", "relationship"), people, by=cast.host, romantic=True)
    deliver_now()
    page = Client().get("/tags/relationship/mira-orlan/").content.decode()
    assert "Who belongs to it" in page and "Part of" not in page
    page = Client().get("/tags/character/mira/").content.decode()
    assert "Under it: Relationship" in page and "One" in page


def test_what_is_hidden_hides_with_all_that_is_found_under_it(cast: Cast, order: dict[str, Story]) -> None:
    listed = Story.objects.all()
    for name, left in (
        ("Light", {"Ash"}),
        ("Lamps", {"Light", "Ash"}),
        ("lampes", {"Light", "Ash"}),
        ("Ash", {"lampes", "Lamps", "Light"}),
    ):
        hiding.hide(tag(name), by=cast.reader)
        met = hiding.without_hidden(listed, cast.reader)
        assert {one.title.removeprefix("Of ") for one in met} == left, name
        Hide.objects.all().delete()


def test_whoever_hid_or_followed_a_synonym_finds_it_at_what_it_means(
    cast: Cast, whole: Whole, order: dict[str, Story]
) -> None:
    hiding.hide(tag("lampes"), by=cast.reader)
    following.follow(tag("lampes"), by=cast.reader)
    page = whole.get("/tags/theme/lamps/", "reader").text
    assert "You hide this tag" in page and "You follow this" in page
    assert hiding.hides(tag("Lamps"), by=cast.reader) and following.follows(tag("Lamps"), by=cast.reader)
    hiding.unhide(tag("Lamps"), by=cast.reader)
    following.unfollow(tag("Lamps"), by=cast.reader)
    assert not Hide.objects.exists() and not Follow.objects.exists()


def test_updates_of_a_tag_are_of_all_that_is_found_under_it(cast: Cast, order: dict[str, Story]) -> None:
    for name, found in (("Light", {"lampes", "Lamps", "Light"}), ("lampes", {"lampes", "Lamps"})):
        following.follow(tag(name), by=cast.reader)
        parts = my_feed.parts_of(cast.reader)
        assert {part.story.title.removeprefix("Of ") for part in parts} == found
        Follow.objects.all().delete()


def test_the_feed_of_a_tag_is_of_all_that_is_found_under_it(order: dict[str, Story]) -> None:
    for slug in ("lamps", "lampes"):
        feed = Client().get(f"/feeds/tags/theme/{slug}.atom")
        page = feed.content.decode()
        assert feed.status_code == 200 and titles(page) == {"lampes", "Lamps"}, slug


def test_more_stories_and_tags_are_no_more_questions(cast: Cast, order: dict[str, Story]) -> None:
    def asked() -> int:
        with questions() as seen:
            assert Client().get("/tags/theme/light/").status_code == 200
        return len(seen)

    asked()
    few = asked()
    names = [f"Light {number}" for number in range(8)]
    tagged(cast, "Many", *names)
    make_canonical([tag(name) for name in names], by=cast.host)
    put_under([tag(name) for name in names], tag("Light"), by=cast.host)
    make_synonym([tag(f"lumière {number}") for number in range(8)], tag("Light"), by=cast.host)
    deliver_now()
    assert asked() == few


def test_the_way_to_the_desk_is_for_wranglers(cast: Cast, whole: Whole, order: dict[str, Story]) -> None:
    link = f'href="/wrangling/tags/{tag("Lamps").pk}/"'
    assert link in whole.get("/tags/theme/lamps/", "host").text
    for who in ("visitor", "reader", "writer", "suspended"):
        assert link not in whole.get("/tags/theme/lamps/", who).text


def test_usage_is_drawn_by_the_month_of_the_first_release(cast: Cast) -> None:
    for number, month in enumerate((3, 3, 5)):
        one = tagged(cast, f"Story {number}", "Lamps")
        Story.objects.filter(pk=one.pk).update(release_at=datetime(2026, month, 1, tzinfo=UTC))
    story(cast, "Without")
    counts = months.counted(Story.objects.filter(effective_tags__tag=tag("Lamps")))
    assert counts == {"2026-03": 2, "2026-05": 1}
    drawn = months.drawn(counts, date(2026, 6, 20))
    assert [(bar.month.month, bar.stories) for bar in drawn.bars] == [(3, 2), (4, 0), (5, 1), (6, 0)]
    assert drawn.total == 3 and drawn.most is not None and drawn.most.month == date(2026, 3, 1)
    assert [(bar.y, bar.height) for bar in drawn.bars[:2]] == [(0.0, months.HEIGHT), (months.HEIGHT, 0)]
    page = Client().get("/tags/theme/lamps/").content.decode()
    assert "Since March 2026; most in March 2026: 2 stories." in page
    assert '<th scope="row">May 2026</th><td>1</td>' in page.replace('<span class="n">', "")


def test_ten_years_are_drawn_and_no_more() -> None:
    drawn = months.drawn({"1999-12": 4, "2026-05": 1}, date(2026, 6, 1))
    assert len(drawn.bars) == months.MOST and drawn.total == 5
    assert drawn.most is not None and drawn.most.month == date(2026, 5, 1)
    assert months.drawn({}, date(2026, 6, 1)).most is None
