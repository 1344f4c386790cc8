"""Laws: whatever was typed, every file of the book is well-formed XML and says it again."""

import re
from dataclasses import replace
from html import escape

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from talehouse.exports.book import Chapter, Person, Series, Subject, Term
from talehouse.exports.epub.pictures import PictureShelf
from talehouse.exports.epub.text import clean, line
from talehouse.exports.epub.xhtml import PageText
from talehouse.exports.tests import books
from talehouse.exports.tests.files import Files

ANY = st.text(st.characters(exclude_categories=()), max_size=60)
TAGS = [
    "p",
    "b",
    "a",
    "h2",
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tr",
    "td",
    "ruby",
    "rt",
    "rp",
    "figure",
    "figcaption",
    "dl",
    "dt",
    "dd",
    "section",
    "div",
    "span",
    "hr",
    "br",
    "o:p",
    "font",
]
SOUP = st.lists(
    st.one_of(
        st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
        st.sampled_from(
            ['<p id="b-1">', '<a href="#b-1">', '<a href="#c" id="c">', "&amp;", "&#0;", "<!--", "<![CDATA["]
        ),
        ANY,
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(title=ANY, name=ANY, words=ANY, tag=ANY)
def test_every_file_is_well_formed(title: str, name: str, words: str, tag: str) -> None:
    book = replace(
        books.minimal(),
        title=title,
        language=tag,
        authors=(Person(name, tag, words),),
        summary_html=words,
        summary_text=words,
        subjects=(Subject(tag, words),),
        rating=Term(tag, words),
        series=Series(title, 2),
        source_url=words,
        publisher=name,
        rights=words,
        chapters=(Chapter(books.uuid_for("c"), title, words, words, words, words, None, language=tag),),
    )
    files = Files(book)

    assert len(files.all_xml()) >= 7
    told = files.value("package.opf", "//dc:title")
    assert told == (line(title) if line(title).strip() else "Untitled")


@settings(max_examples=150, deadline=None)
@given(words=ANY)
def test_the_words_of_a_paragraph_come_out_as_they_went_in(words: str) -> None:
    markup = PageText(PictureShelf({}), "").add(f"<p>{escape(words)}</p>")

    assert "".join(map(str, etree.fromstring(markup).itertext())) == clean(words)


@settings(max_examples=250, deadline=None)
@given(pieces=SOUP)
def test_any_html_becomes_well_formed_with_unique_ids(pieces: list[str]) -> None:
    markup = PageText(PictureShelf({}), "").add("".join(pieces))
    tree = etree.fromstring(f'<div xmlns:epub="urn:x">{markup}</div>')
    ids = [str(node.get("id")) for node in tree.iter() if node.get("id")]

    assert len(ids) == len(set(ids))
    assert all(
        str(node.get("href"))[1:] in ids for node in tree.iter("a") if str(node.get("href")).startswith("#")
    )


@settings(max_examples=200, deadline=None)
@given(tags=st.lists(st.sampled_from(TAGS), max_size=12))
def test_no_word_is_lost_between_any_tags(tags: list[str]) -> None:
    html = "".join(f"<{tag}>word{n} " for n, tag in enumerate(tags))
    markup = PageText(PictureShelf({}), "").add(html)
    numbers = [int(n) for n in re.findall(r"word(\d+)", markup)]

    assert sorted(numbers) == list(range(len(tags)))
