"""The three formats: they parse without complaint, whatever characters a title has."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from talehouse.feeds.feed import Author, Feed, Item, Subject
from talehouse.feeds.formats import FORMATS
from talehouse.feeds.tests.reading import FORMS, json_faults, parsed

OUT = datetime(2026, 3, 1, 12, 0, 0, 999, tzinfo=UTC)
EDITED = OUT + timedelta(days=2)
ITEM = Item(
    id="urn:uuid:00000000-0000-4000-8000-000000000001",
    url="http://house.test/parts/1-one/",
    title="One & only",
    language="en",
    published=OUT,
    updated=EDITED,
    authors=(
        Author("Wren", "http://house.test/people/wren/"),
        Author("Reed", "http://house.test/people/reed/"),
    ),
    subjects=(Subject("Lamps & oil", "lamps-oil", "http://house.test/tags/theme/"),),
    summary="Be warned: 1 < 2.",
    html='<p>The lamp &amp; <em>the weir</em>.</p><p><img src="http://house.test/media/a.png" alt=""></p>',
)
FEED = Feed(
    id="urn:uuid:00000000-0000-4000-8000-000000000002",
    url="http://house.test/feeds/archive.atom",
    page="http://house.test/",
    title="The House",
    language="en",
    updated=EDITED,
    about="Stories, told in parts",
    image="http://house.test/media/b.png",
    items=(ITEM,),
)


def written(form: str, feed: Feed = FEED) -> bytes:
    return FORMATS[form].write(feed)


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_a_parser_finds_everything(form: str) -> None:
    told = parsed(written(form), FORMATS[form].mime)
    assert told.version == {"atom": "atom10", "rss": "rss20"}[form]
    head, (entry,) = told.feed, told.entries
    assert (head.title, head.link, head.subtitle) == (FEED.title, FEED.page, FEED.about)
    assert {"rel": "self", "type": FORMATS[form].mime, "href": FEED.url} in head.links
    assert (entry.id, entry.link, entry.title) == (ITEM.id, ITEM.url, ITEM.title)
    assert entry.published_parsed[:6] == OUT.timetuple()[:6]
    assert entry.updated_parsed[:6] == EDITED.timetuple()[:6]
    assert entry.content[0].value == ITEM.html
    assert entry.tags[0].scheme == ITEM.subjects[0].scheme
    assert entry.guidislink is False or form == "atom"


def test_json_feed_is_as_its_standard_says() -> None:
    body = written("json")
    assert json_faults(body) == []
    (item,) = json.loads(body)["items"]
    assert item["content_html"] == ITEM.html
    assert item["authors"] == [{"name": a.name, "url": a.url} for a in ITEM.authors]
    assert (item["date_published"], item["date_modified"]) == ("2026-03-01T12:00:00Z", "2026-03-03T12:00:00Z")


def test_the_schema_of_the_tests_sees_what_is_wrong() -> None:
    told = json.loads(written("json"))
    del told["items"][0]["content_html"]
    told["items"][0]["date"] = "yesterday"
    assert len(json_faults(json.dumps(told).encode())) == 2


def test_atom_says_who_wrote_it_and_in_which_language() -> None:
    root = etree.fromstring(written("atom"))
    names = root.xpath("//*[local-name()='entry']/*[local-name()='author']/*[local-name()='name']/text()")
    assert names == ["Wren", "Reed"]
    assert root.xpath("//*[local-name()='entry']/@xml:lang") == ["en"]
    assert root.xpath("/*/*[local-name()='author']/*[local-name()='name']/text()") == ["Talehouse"]


def test_rss_names_each_writer_and_says_that_an_id_is_no_address() -> None:
    root = etree.fromstring(written("rss"))
    assert root.xpath("//*[local-name()='creator']/text()") == ["Wren", "Reed"]
    assert root.xpath("//guid/@isPermaLink") == ["false"]
    assert root.findtext("channel/item/description") == "Be warned: 1 &lt; 2."


@pytest.mark.parametrize("form", FORMS)
def test_a_title_alone_has_no_text(form: str) -> None:
    bare = Item(ITEM.id, ITEM.url, ITEM.title, "en", OUT, OUT)
    body = written(form, Feed(FEED.id, FEED.url, FEED.page, "T", "en", OUT, items=(bare,)))
    assert b"lamp" not in body
    if form == "json":
        assert json_faults(body) == []
    else:
        assert parsed(body, FORMATS[form].mime).entries[0].get("content") is None


@given(st.text(st.characters(codec=None), max_size=40))
def test_any_characters_leave_a_document_that_parses(words: str) -> None:
    item = Item(
        "urn:uuid:1", ITEM.url, words, "en", OUT, OUT, (Author(words, ""),), summary=words, html=words
    )
    feed = Feed("urn:uuid:2", FEED.url, FEED.page, words, "en", OUT, about=words, items=(item,))
    for form in ("atom", "rss"):
        etree.fromstring(written(form, feed))
    assert json_faults(written("json", feed)) == []
