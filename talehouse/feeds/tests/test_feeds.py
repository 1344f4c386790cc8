"""What stands in each feed, and that nothing does which its address may not see."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from talehouse.accounts import pen_names
from talehouse.accounts.models import Account
from talehouse.feeds.formats import FORMATS
from talehouse.feeds.items import MOST
from talehouse.feeds.tests.reading import FORMS, get, json_faults, parsed, titles
from talehouse.library import following, hiding, my_feed
from talehouse.library.models import ListEntry, ReadingList, Wishes
from talehouse.site import house
from talehouse.stories import describing, pictures, publishing, removing
from talehouse.stories.models import Part, Series, Story
from talehouse.stories.texts import Wanted
from talehouse.tags.models import Tag
from tests.addresses import picture
from tests.cast import PROSE, Archive, Cast, first, story
from tests.test_queries import ask

QUERIES = 7


def told(path: str, client: Client | None = None, **headers: str) -> Any:
    """The JSON form of a feed."""
    answer = get(f"{path}.json", client, **headers)
    assert answer.status_code == 200, path
    assert json_faults(answer.content) == []
    return answer.json()


def list_of(cast: Cast, *stories: Story, is_public: bool = True) -> ReadingList:
    """A reading list of the reader."""
    made = ReadingList.objects.create(
        owner=cast.pen("reader"), title="Lamps and water", slug="lamps-and-water", is_public=is_public
    )
    for number, one in enumerate(stories):
        ListEntry.objects.create(list=made, story=one, position=number)
    return made


def places(cast: Cast, archive: Archive) -> dict[str, str]:
    """A feed of each kind, with the public story in it."""
    lists = list_of(cast, archive.public, archive.members, archive.unlisted, archive.adult)
    following.follow(archive.public, by=cast.stranger)
    return {
        "archive": "/feeds/archive",
        "story": f"/feeds/stories/{archive.public.pk}",
        "person": "/feeds/people/writer",
        "series": f"/feeds/series/{archive.public.series_entry.series_id}",
        "tag": "/feeds/tags/theme/lamps",
        "list": f"/feeds/lists/{lists.pk}",
        "updates": f"/feeds/updates/{my_feed.renew(by=cast.stranger)}",
    }


@pytest.mark.parametrize("form", FORMS)
def test_every_feed_parses_in_every_format(cast: Cast, archive: Archive, form: str) -> None:
    for name, path in places(cast, archive).items():
        answer = get(f"{path}.{form}")
        assert answer.status_code == 200, name
        assert answer.headers["Content-Type"] == f"{FORMATS[form].mime}; charset=utf-8"
        assert not answer.headers.get("Set-Cookie") and not answer.cookies, name
        found = titles(answer.content, form)
        assert any(title.endswith("Part 3") for title in found), name
        if form == "json":
            assert json_faults(answer.content) == [], name
        else:
            parsed(answer.content, FORMATS[form].mime)


def test_newest_first_and_fifty_at_most(cast: Cast) -> None:
    made = story(cast, parts=MOST + 2)
    for number, part in enumerate(made.parts.order_by("position")):
        Part.objects.filter(pk=part.pk).update(release_at=timezone.now() - timedelta(days=90 - number))
    found = told(f"/feeds/stories/{made.pk}")
    assert [item["title"] for item in found["items"]] == [f"Part {n}" for n in range(MOST + 2, 2, -1)]


def test_an_id_stays_whatever_becomes_of_titles(cast: Cast) -> None:
    made = story(cast)
    before = told("/feeds/archive")["items"][0]
    publishing.describe(made, by=cast.writer, title="Another Name")
    publishing.edit(first(made), by=cast.writer, title="Another part")
    after = told("/feeds/archive")["items"][0]
    assert before["id"] == after["id"] == f"urn:uuid:{first(made).uuid}"
    assert (before["title"], after["title"]) == ("The Weir · Part 1", "Another Name · Another part")


def test_published_stays_and_updated_moves(cast: Cast) -> None:
    made = story(cast)
    out = timezone.now() - timedelta(days=9)
    Part.objects.filter(pk=first(made).pk).update(release_at=out, edited_at=out + timedelta(days=1))
    (item,) = told("/feeds/archive")["items"]
    assert item["date_published"] == out.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert item["date_modified"] == (out + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_writer_chooses_how_much(cast: Cast) -> None:
    made = story(cast, feed="full")
    long = "".join(f"<p>{'word ' * 50}{n}.</p>" for n in range(9))
    publishing.edit(first(made), by=cast.writer, html=long, note_before="<p>A note.</p>")
    publishing.publish(first(made), by=cast.writer)
    (whole,) = told("/feeds/archive")["items"]
    assert whole["content_html"].count("<p>") == 10 and whole["summary"] == "A note."
    publishing.describe(made, by=cast.writer, feed="excerpt")
    (beginning,) = told("/feeds/archive")["items"]
    assert beginning["content_html"].count("word") == 150 and first(made).url in beginning["content_html"]
    publishing.describe(made, by=cast.writer, feed="none")
    (alone,) = told("/feeds/archive")["items"]
    assert alone["content_text"] == "" and not {"content_html", "summary"} & alone.keys()


def test_authors_tags_and_language_are_told(cast: Cast, archive: Archive) -> None:
    publishing.describe(archive.public, by=cast.writer, language="es")
    item = told(f"/feeds/stories/{archive.public.pk}")["items"][0]
    assert [author["name"] for author in item["authors"]] == ["Writer", "Co Writer", "Suspended"]
    assert set(item["tags"]) == {"Lamps", "Original Work"}
    assert item["language"] == "es"


def test_a_text_from_right_to_left_says_so(cast: Cast) -> None:
    story(cast, "ليل", language="ar")
    (item,) = told("/feeds/archive")["items"]
    assert item["content_html"].startswith('<div dir="rtl"><p>')


def test_pictures_are_fetched_from_anywhere(cast: Cast) -> None:
    made = story(cast, feed="full", visibility="unlisted")
    kept = pictures.keep(picture(3))
    html = '<p><img src="here" alt="A stone"></p>'
    publishing.edit(first(made), by=cast.writer, html=html, brings=Wanted({"here": kept}))
    publishing.publish(first(made), by=cast.writer)
    answer = get(f"/feeds/stories/{made.pk}.json?key={made.key}")
    text = answer.json()["items"][0]["content_html"]
    assert f'src="http://127.0.0.1:8000{kept.url}?key={made.key}"' in text
    assert answer.json()["items"][0]["url"].endswith(f"?key={made.key}")
    assert answer.json()["feed_url"].endswith(f".json?key={made.key}")


# The gate


def test_no_list_names_what_a_visitor_may_not_meet(cast: Cast, archive: Archive) -> None:
    """Whoever asks: a feed's address goes on to programs, so nobody's rights stand in it."""
    for one in (archive.members, archive.unlisted, archive.adult, archive.hidden, archive.private):
        describing.set_tags(one, [("theme", "Lamps")], by=cast.writer)
    held = ["Members Only", "By Letter", "Mine Alone", "Unfinished", "After Dark", "Out of Sight"]
    held += ["Tomorrow", "For members"]
    paths = places(cast, archive)
    del paths["updates"]
    for name, path in paths.items():
        for who in ("visitor", "reader", "writer", "host"):
            text = get(f"{path}.atom", cast.client(who)).content.decode()
            assert "Part 1" in text
            assert [word for word in held if word in text] == [], (name, who)


def test_a_rating_cookie_changes_no_feed(cast: Cast, archive: Archive) -> None:
    client = Client()
    client.cookies["rating"] = "explicit"
    assert "After Dark" not in get("/feeds/archive.atom", client).content.decode()


def test_the_house_limit_holds(cast: Cast) -> None:
    story(cast, "Half Grown", rating="teen")
    assert told("/feeds/archive")["items"]
    house.change(ceiling="general")
    assert told("/feeds/archive")["items"] == []


def test_an_adult_story_shows_titles_alone(cast: Cast) -> None:
    """Its page shows a notice first, and a feed reader cannot."""
    made = story(cast, "After Dark", rating="explicit", feed="full")
    (item,) = told(f"/feeds/stories/{made.pk}")["items"]
    assert (item["title"], item["content_text"]) == ("Part 1", "")


def test_an_unlisted_story_needs_its_key(cast: Cast, archive: Archive) -> None:
    path, key = f"/feeds/stories/{archive.unlisted.pk}.atom", archive.unlisted.key
    assert get(f"{path}?key={key}").status_code == 200
    assert [get(path, cast.client(who)).status_code for who in ("visitor", "writer")] == [404, 404]
    describing.renew_key(archive.unlisted, by=cast.writer)
    assert get(f"{path}?key={key}").status_code == 404


def test_what_is_gone_leaves_the_feed(cast: Cast) -> None:
    made = story(cast, parts=2)
    removing.withdraw(first(made), by=cast.writer)
    assert [item["title"] for item in told(f"/feeds/stories/{made.pk}")["items"]] == ["Part 2"]
    removing.delete(made, by=cast.writer)
    assert get(f"/feeds/stories/{made.pk}.atom").status_code == 404
    assert told("/feeds/archive")["items"] == []


def test_what_comes_out_comes_in(cast: Cast) -> None:
    made = story(cast)
    later = publishing.add_part(made, by=cast.writer, title="Later", html=PROSE)
    publishing.schedule(later, by=cast.writer, at=timezone.now() + timedelta(days=1))
    assert "Later" not in get("/feeds/archive.atom").content.decode()
    Part.objects.filter(pk=later.pk).update(release_at=timezone.now() - timedelta(seconds=1))
    assert "Later" in get("/feeds/archive.atom").content.decode()


def test_a_private_list_has_no_feed(cast: Cast, archive: Archive) -> None:
    private = list_of(cast, archive.public, is_public=False)
    found = [get(f"/feeds/lists/{private.pk}.atom", cast.client(who)) for who in ("visitor", "reader")]
    assert [answer.status_code for answer in found] == [404, 404]


def test_a_tag_and_a_series_of_nothing_that_is_met_have_none(cast: Cast, archive: Archive) -> None:
    describing.set_tags(archive.members, [("theme", "Inside")], by=cast.writer)
    entry = describing.set_series(archive.adult, "Nights", owner=cast.pen("writer"), by=cast.writer)
    assert entry is not None
    assert Tag.objects.filter(slug="inside").exists()
    for path in ("/feeds/tags/theme/inside", f"/feeds/series/{entry.series_id}", "/feeds/people/nobody"):
        assert get(f"{path}.atom").status_code == 404, path


def test_an_old_name_leads_to_the_new_one(cast: Cast) -> None:
    pen_names.rename(cast.pen("writer"), "Éloïse", by=cast.writer)
    answer = get("/feeds/people/writer.rss")
    assert answer.status_code == 302
    assert get(answer.headers["Location"]).status_code == 200
    assert told("/feeds/people/éloïse")["title"] == "Éloïse"


# My updates


def test_my_updates_are_what_i_follow(cast: Cast) -> None:
    mine, other = story(cast, "The Weir"), story(cast, "The Bell", by="co_writer")
    path = f"/feeds/updates/{my_feed.renew(by=cast.reader)}"
    assert told(path)["items"] == []
    following.follow(mine, by=cast.reader)
    assert [item["title"] for item in told(path)["items"]] == ["The Weir · Part 1"]
    following.follow(cast.pen("co_writer"), by=cast.reader)
    assert len(told(path)["items"]) == 2
    hiding.hide(other, by=cast.reader)
    assert len(told(path)["items"]) == 1


@pytest.mark.parametrize("what", ["series", "tag", "list"])
def test_my_updates_know_what_else_can_be_followed(cast: Cast, archive: Archive, what: str) -> None:
    things: dict[str, Series | Tag | ReadingList] = {
        "series": archive.public.series_entry.series,
        "tag": Tag.objects.get(slug="lamps"),
        "list": list_of(cast, archive.public),
    }
    following.follow(things[what], by=cast.stranger)
    path = f"/feeds/updates/{my_feed.renew(by=cast.stranger)}"
    assert "Open Water · Part 1" in [item["title"] for item in told(path)["items"]]


def test_what_is_for_members_stands_in_my_updates_with_its_title_alone(cast: Cast, archive: Archive) -> None:
    publishing.describe(archive.members, by=cast.writer, feed="full")
    following.follow(archive.members, by=cast.stranger)
    (item,) = told(f"/feeds/updates/{my_feed.renew(by=cast.stranger)}")["items"]
    assert (item["title"], item["content_text"]) == ("Members Only · Part 1", "")


def test_my_updates_have_my_rating(cast: Cast, archive: Archive) -> None:
    following.follow(archive.adult, by=cast.stranger)
    path = f"/feeds/updates/{my_feed.renew(by=cast.stranger)}"
    assert told(path)["items"] == []
    Account.objects.filter(pk=cast.stranger.pk).update(ceiling="explicit")
    (item,) = told(path)["items"]
    assert item["content_html"].startswith("<p>The lamp")
    house.change(ceiling="mature")
    assert told(path)["items"] == []


def test_a_new_address_ends_the_old_one(cast: Cast) -> None:
    old = my_feed.renew(by=cast.reader)
    new = my_feed.renew(by=cast.reader)
    assert old != new
    assert [get(f"/feeds/updates/{key}.atom").status_code for key in (old, new)] == [404, 200]


def test_the_feed_of_a_closed_account_is_gone(cast: Cast) -> None:
    key = my_feed.renew(by=cast.reader)
    Account.objects.filter(pk=cast.reader.pk).update(is_active=False)
    assert get(f"/feeds/updates/{key}.atom").status_code == 404


def test_my_updates_are_kept_nowhere(cast: Cast) -> None:
    answer = get(f"/feeds/updates/{my_feed.renew(by=cast.reader)}.atom")
    assert "X-Talehouse-Page" not in answer.headers
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_i_make_my_feed_and_renew_it_on_a_page(cast: Cast) -> None:
    client = cast.client("reader")
    assert "Make my feed" in client.get("/feeds/").content.decode()
    assert not Wishes.objects.filter(account=cast.reader).exists(), "looking writes nothing"
    client.post("/feeds/updates/renew/")
    first_key = my_feed.key_of(cast.reader)
    assert f"/feeds/updates/{first_key}.atom" in client.get("/feeds/").content.decode()
    client.post("/feeds/updates/renew/")
    assert my_feed.key_of(cast.reader) not in ("", first_key)
    assert "/feeds/updates/" not in Client().get("/feeds/").content.decode()


# Pages lead to their feeds


def alternates(client: Client, path: str) -> list[str]:
    """The addresses of feeds in the head of a page, whatever is in its text."""
    head = client.get(path).content.decode().partition("</head>")[0]
    return re.findall(r'<link rel="alternate" [^>]*href="([^"]+)"', head)


def test_pages_lead_to_feeds_that_are_there(cast: Cast, archive: Archive) -> None:
    lists = list_of(cast, archive.public)
    series, key = archive.public.series_entry.series, f"?key={archive.unlisted.key}"
    pages = ["/", "/feeds/", archive.public.url, archive.adult.url, archive.unlisted.url + key]
    pages += ["/people/writer/", "/tags/theme/lamps/", series.url, lists.url]
    for path in pages:
        for who in ("visitor", "reader"):
            found = alternates(cast.client(who), path)
            assert len(found) == len(FORMS), path
            assert [get(address).status_code for address in found] == [200] * len(FORMS), path


def test_pages_without_a_feed_lead_to_none(cast: Cast, archive: Archive) -> None:
    """What is for members, and what a visitor does not meet, has none that could be opened."""
    describing.set_tags(archive.members, [("theme", "Inside")], by=cast.writer)
    entry = describing.set_series(archive.members, "Within", owner=cast.pen("writer"), by=cast.writer)
    assert entry is not None
    private = list_of(cast, archive.public, is_public=False)
    writers = [archive.members.url, archive.unlisted.url, archive.private.url, archive.draft.url]
    pages = {"writer": [*writers, "/tags/theme/inside/", entry.series.url], "reader": [private.url]}
    for who, paths in pages.items():
        for path in paths:
            client = cast.client(who)
            assert client.get(path).status_code == 200, path
            assert alternates(client, path) == [], path


# Asking again


@pytest.mark.parametrize("form", FORMS)
def test_who_has_it_already_gets_304(cast: Cast, form: str) -> None:
    made = story(cast)
    path = f"/feeds/stories/{made.pk}.{form}"
    answer = get(path)
    etag, since = answer.headers["ETag"], answer.headers["Last-Modified"]
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = [get(path, if_none_match=etag), get(path, if_modified_since=since)]
    assert [one.status_code for one in again] == [304, 304]
    assert again[0].content == b"" and again[0].headers["ETag"] == etag
    publishing.edit(first(made), by=cast.writer, title="Another")
    assert get(path, if_none_match=etag).status_code == 200


def test_public_feeds_are_kept_and_end_with_the_next_release(cast: Cast, archive: Archive) -> None:
    note = get("/feeds/archive.atom").headers["X-Talehouse-Page"]
    assert '"lists"' in note and '"u":null' not in note
    path = f"/feeds/stories/{archive.unlisted.pk}.atom?key={archive.unlisted.key}"
    assert "X-Talehouse-Page" not in get(path).headers


def test_few_questions_however_many_stories(cast: Cast, archive: Archive) -> None:
    paths = places(cast, archive)
    few = {name: len(ask(Client(), f"{path}.atom")) for name, path in paths.items()}
    for number in range(8):
        more = story(cast, f"More {number}", parts=2)
        describing.set_tags(more, [("theme", "Lamps"), ("genre", f"Kind {number}")], by=cast.writer)
    many = {name: len(ask(Client(), f"{path}.atom")) for name, path in paths.items()}
    assert few == many
    assert max(many.values()) <= QUERIES, many
