"""Out as an EPUB and in again: nothing is lost on the way, and nothing changes."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from talehouse.exports import taking
from talehouse.imports.bringing import Terms, bring
from talehouse.imports.found import FoundStory
from talehouse.imports.opening import open_files
from talehouse.imports.previewing import preview
from talehouse.lib import html as markup
from talehouse.stories import describing, pictures, publishing, removing
from talehouse.stories.models import Revision, Story
from talehouse.stories.texts import Wanted
from tests.cast import Cast

EVERY_BLOCK = """
<p>Plain, <em>soft</em>, <strong>loud</strong>, <s>gone</s>, <u>under</u>, H<sub>2</sub>O, x<sup>2</sup>,
<code>code</code>, <mark>marked</mark>, <small>small</small>, <q>said</q>, <abbr title="that is">i.e.</abbr>
<br>next line, <span class="smallcaps">Small</span> <span class="spoiler">it was the gardener</span>,
<a href="https://example.org/a?b=1&amp;c=2">a link</a>, <i>i</i>, <b>b</b>, <cite>c</cite>, <del>d</del>,
<ins>i</ins>, <kbd>k</kbd>.</p>
<h2>A heading</h2><h3>A smaller one</h3>
<p class="center">In the middle</p><p class="right">At the end</p>
<p class="verse">Roses are read<br>violets are too</p><p class="letter">Dear you,</p>
<hr>
<blockquote><p>Quoted</p><blockquote><p>twice</p></blockquote></blockquote>
<ul><li>one<ul><li>one a</li></ul></li><li><p>two</p></li></ul>
<ol start="3"><li>three</li><li>four<ol type="a"><li>deep</li></ol></li></ol>
<table><thead><tr><th>day</th><th>high</th></tr></thead>
<tbody><tr><td colspan="2">Monday</td></tr></tbody></table>
<pre>  kept   as
    it is</pre>
<p>&amp; &lt;tag&gt; a\u00a0b … é 😀 👩‍👩‍👧 co\u00adop</p>
<p lang="fr" dir="ltr">Un mot <span lang="de">und</span></p>
<p dir="rtl" lang="ar">هطل المطر <span dir="ltr">all night</span>.</p>
<figure><img src="picture:river" alt="A river"><figcaption>The river</figcaption></figure>
<p><img src="picture:mill" alt="A mill"></p>
<p>With a note<a href="#fn-1" id="fnref-1">1</a> and another<a href="#fn-2" id="fnref-2">2</a>.</p>
<section class="footnotes"><ol><li id="fn-1"><p>The first. <a href="#fnref-1">↩</a></p></li>
<li id="fn-2"><p>The <em>second</em>. <a href="#fnref-2">↩</a></p></li></ol></section>
"""
JAPANESE = "<p>　<ruby>灯台<rt>とうだい</rt></ruby>に猫がいた。</p><p class='center'>◇</p><p>「はい」</p>"
ARABIC = "<p>هطل المطر طوال الليل.</p><hr><p>ثم توقف.</p>"


def picture(colour: int, size: tuple[int, int] = (24, 16)) -> bytes:
    stream = BytesIO()
    Image.new("RGB", size, (40, 90, colour)).save(stream, "PNG")
    return stream.getvalue()


def written(cast: Cast) -> Story:
    """A story with everything that a story can have."""
    by, pen = cast.writer, cast.pen("writer")
    story = publishing.create(
        by=by,
        pen_name=pen,
        title="The Weir & the <Keepers> \"of\" 'It'",
        summary='<p>Two <em>keepers</em> &amp; a river.</p><p><a href="https://example.org/">Elsewhere</a></p>',
        language="en-GB",
        rating="teen",
        status="hiatus",
    )
    describing.set_tags(
        story,
        [
            ("fandom", "The Weir & Mill"),
            ("genre", "Slow fantasy"),
            ("character", "Ilse <Marrow>"),
            ("relationship", "Ilse/Bo"),
            ("theme", "Complete"),
            ("theme", "雨"),
        ],
        by=by,
    )
    describing.set_warnings(story, ["violence", "death"], by=by)
    describing.set_categories(story, ["f-f", "gen"], by=by)
    describing.set_series(story, 'The "River" & sea', owner=pen, by=by, position=2.5)
    pictures.set_cover(story, pictures.keep(picture(9, (60, 90))), alt="A weir at night")
    brings = Wanted(
        {f"picture:{name}": pictures.keep(picture(n)) for n, name in enumerate(["river", "mill"])}
    )
    notes = {"note_before": "<p>Before, <em>softly</em>.</p>", "note_after": "<p>After &amp; out.</p>"}
    publishing.add_part(story, by=by, title="Chapter <1> & more", html=EVERY_BLOCK, brings=brings, **notes)
    publishing.add_part(story, by=by, title="第一話　灯", html=JAPANESE)
    publishing.add_part(story, by=by, title="الفصل الأول", html=ARABIC)
    publishing.add_part(story, by=by, title="4", html="<p>4</p><p>Four it is.</p>")
    publishing.publish_all(story, by=by)
    return again(story)


def again(story: Story) -> Story:
    """The story as it stands in the database."""
    return Story.objects.get(pk=story.pk)


def book(story: Story) -> bytes:
    return taking.epub_of(story, taking.all_of(story))


def read(data: bytes) -> FoundStory:
    (found,) = open_files([("book.epub", data)])
    return found


def bring_as(cast: Cast, who: str, data: bytes) -> Story:
    terms = Terms(by=getattr(cast, who), pen_name=cast.pen(who), language="xx", publish=True)
    return again(bring(read(data), terms))


def about(story: Story) -> dict[str, Any]:
    return {
        **{name: getattr(story, name) for name in ("title", "summary", "language", "rating", "status")},
        "tags": list(story.story_tags.values_list("tag__kind", "tag__name")),
        "warnings": sorted(story.warnings.values_list("code", flat=True)),
        "categories": sorted(story.categories.values_list("code", flat=True)),
        "series": (story.series_entry.series.title, story.series_entry.position),
        "words": story.word_count,
    }


def texts(story: Story) -> list[tuple[str, str, str, str, int]]:
    parts = story.parts.filter(deleted_at=None).select_related("published").order_by("position")
    return [
        (part.title, part.note_before, part.note_after, part.published.html, part.published.word_count)
        for part in parts
        if part.published
    ]


def chapters(data: bytes) -> list[tuple[str, str, str, str]]:
    """Titles, texts and notes of a book, without the ids of its parts and addresses."""
    return [(part.title, part.html, part.note_before, part.note_after) for part in read(data).parts]


def without_pictures(html: str) -> str:
    return re.sub(r"(src=\")[^\"]*", r"\1", html)


def test_everything_comes_back_for_another_account(cast: Cast) -> None:
    story = written(cast)
    copy = bring_as(cast, "reader", book(story))
    assert copy != story and copy.roles.get().pen_name == cast.pen("reader")
    assert about(copy) == about(story)
    assert [(t, b, a, w) for t, b, a, _html, w in texts(copy)] == [
        (t, b, a, w) for t, b, a, _html, w in texts(story)
    ]
    for (_t, _b, _a, copied, _w), (_t2, _b2, _a2, ours, _w2) in zip(texts(copy), texts(story), strict=True):
        assert without_pictures(copied) == without_pictures(ours)
        assert [key for key, _block in markup.parse(copied)] == [key for key, _block in markup.parse(ours)]
        assert copied.count("<img") == ours.count("<img")
    assert copy.cover is not None and story.cover is not None
    assert (copy.cover.width, copy.cover.height) == (story.cover.width, story.cover.height)


def test_a_copy_goes_out_as_the_same_chapters(cast: Cast) -> None:
    story = written(cast)
    copy = bring_as(cast, "reader", book(story))
    assert chapters(book(copy)) == chapters(book(story))


def test_one_s_own_book_finds_its_own_story_and_changes_nothing(cast: Cast) -> None:
    story = written(cast)
    before = about(story), texts(story), Revision.objects.count(), Story.objects.count()
    data = book(story)
    shown = preview(read(data), by=cast.writer)
    assert shown["updates"] and {part["state"] for part in shown["parts"]} == {"same"}
    same = bring_as(cast, "writer", data)
    assert same == story
    assert (about(same), texts(same), Revision.objects.count(), Story.objects.count()) == before
    assert (same.source_url, {part.source_url for part in same.parts.all()}) == ("", {""})
    assert not same.parts.filter(draft__isnull=False).exists()
    assert not same.parts.filter(edited_at__isnull=False).exists()


def test_an_older_book_of_one_s_own_changes_the_text_back_as_a_draft(cast: Cast) -> None:
    story = written(cast)
    data = book(story)
    part = story.parts.get(title="4")
    publishing.edit(part, by=cast.writer, html="<p>4</p><p>Five it is, after all.</p>")
    publishing.publish(part, by=cast.writer)
    bring(read(data), Terms(by=cast.writer, pen_name=cast.pen("writer")))
    part.refresh_from_db()
    assert part.draft is not None and "Four it is." in part.draft.html
    assert part.published is not None and "Five it is" in part.published.html


def test_a_book_without_its_hosts_words_has_no_doubts(cast: Cast) -> None:
    found = read(book(written(cast)))
    assert found.doubts == []
    assert [part.block_ids is None for part in found.parts] == [False] * 4


INLINE = st.sampled_from(
    [
        "Plain words",
        "<em>soft</em>",
        "<strong>loud <em>both</em></strong>",
        "a<br>b",
        "H<sub>2</sub>O",
        "“Yes!”",
    ]
    + [
        "<ruby>漢<rt>かん</rt></ruby>",
        '<a href="https://example.org/">out</a>',
        "&lt;b&gt; &amp;",
        "دفتر المطر",
    ]
    + [
        "<code>x  y</code>",
        "12",
        "***",
        "I.",
        "Chapter 3",
        "* * *",
        "—",
        "\u00a0",
        "<span class='spoiler'>s</span>",
    ]
)
LINE = st.lists(INLINE, min_size=1, max_size=4).map(" ".join)
BLOCK = st.one_of(
    LINE.map("<p>{}</p>".format),
    LINE.map('<p class="center">{}</p>'.format),
    LINE.map("<h2>{}</h2>".format),
    LINE.map("<blockquote><p>{}</p></blockquote>".format),
    st.lists(LINE, min_size=1, max_size=3).map(
        lambda items: f"<ul>{''.join(f'<li>{i}</li>' for i in items)}</ul>"
    ),
    LINE.map("<table><tbody><tr><td>{}</td><td>x</td></tr></tbody></table>".format),
    LINE.map("<pre>{}\n  two</pre>".format),
    st.just("<hr>"),
    st.just("<p></p>"),
)
TEXT = st.lists(BLOCK, min_size=1, max_size=8).map("".join)
TITLE = st.sampled_from(
    ["Chapter 1", "I", "1", "Contents", "About the author", "Cover", "Notes", "a & <b>", "題"]
)


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.tuples(TITLE, TEXT), min_size=1, max_size=4))
def test_any_blocks_come_back_with_their_ids(cast: Cast, parts: list[tuple[str, str]]) -> None:
    story = publishing.create(by=cast.writer, pen_name=cast.pen("writer"), title="Any", rating="general")
    for title, html in parts:
        publishing.add_part(story, by=cast.writer, title=title, html=html)
    publishing.publish_all(story, by=cast.writer)
    data = book(again(story))
    copy = bring_as(cast, "reader", data)
    assert texts(copy) == texts(story)
    assert chapters(book(copy)) == chapters(data)
    removing.delete(copy, by=cast.reader)
