"""What a pen name says and is called stands on every kept page at once."""

from __future__ import annotations

from talehouse.accounts import faces, pen_names, portraits
from talehouse.library import following, hiding
from talehouse.stories import describing, signing
from tests.addresses import picture
from tests.cast import Cast, first, story
from tests.whole import Whole


def test_a_new_name_is_on_every_kept_page_at_once(cast: Cast, whole: Whole) -> None:
    made = story(cast)
    describing.set_series(made, "The Weirs", owner=cast.pen("writer"), by=cast.writer)
    part = first(made)
    pages = ["/", "/browse/", made.url, part.url, made.series_entry.series.url, "/people/writer/"]
    for path in pages:
        assert "/people/writer/" in whole.get(path, "reader").text, path
    signing.rename(cast.pen("writer"), "Ada Stone", by=cast.writer)
    for path in pages[:-1]:
        shown = whole.get(path, "reader").text
        assert "Ada Stone" in shown and "/people/writer/" not in shown, path
    assert whole.get("/people/writer/", "reader").status == 302


def test_nobody_is_asked_to_follow_themselves(cast: Cast, whole: Whole) -> None:
    assert "/people/writer/follow/" in whole.get("/people/writer/", "reader").text
    own = whole.get("/people/writer/", "writer").text
    assert "/people/writer/follow/" not in own and "Follow" not in own
    following.follow(cast.pen("writer"), by=cast.writer)
    assert "You follow this" in whole.get("/people/writer/", "writer").text, "the way to end it"


def test_a_name_without_stories_is_no_shelf(cast: Cast, whole: Whole) -> None:
    empty = whole.get("/people/reader/").text
    assert "Nothing here yet" in empty and "shelf" not in empty
    hiding.hide(cast.pen("writer"), by=cast.reader)
    story(cast)
    hidden = whole.get("/people/writer/", "reader").text
    assert "<h2>Nothing shown here</h2>" in hidden and "You hide what would stand here." in hidden


def test_a_retired_page_says_so_at_once(cast: Cast, whole: Whole) -> None:
    pen_names.take("Second", by=cast.writer)
    assert "signs nothing new" not in whole.get("/people/writer/", "reader").text
    pen_names.retire(cast.pen("writer"), by=cast.writer)
    assert (
        "signs nothing new"
        in whole.get("/people/second/", "reader").text + whole.get("/people/writer/", "reader").text
    )


def test_a_kept_page_shows_the_new_portrait_at_once(cast: Cast, whole: Whole) -> None:
    assert "A lamp keeper" not in whole.get("/people/writer/", "reader").text
    portraits.describe(cast.pen("writer"), by=cast.writer, about="A lamp keeper.", links=())
    faces.put(cast.pen("writer"), picture(1), by=cast.writer)
    shown = whole.get("/people/writer/", "reader").text
    assert "A lamp keeper" in shown and cast.pen("writer").face_url in shown
    faces.remove(cast.pen("writer"), by=cast.writer)
    assert "/faces/" not in whole.get("/people/writer/", "reader").text
