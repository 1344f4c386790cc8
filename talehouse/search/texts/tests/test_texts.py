"""What is found by words, by whom, and where it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from talehouse.accounts.models import Visitor
from talehouse.search.questions import IndexMissing
from talehouse.search.texts import asking
from talehouse.search.texts.asking import Reader
from talehouse.search.texts.tests.conftest import HEAP, Texts
from talehouse.search.texts.writing import Writer
from talehouse.stories import describing, publishing, removing
from talehouse.stories.effective import refresh
from talehouse.stories.models import Part, Story
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import Standing
from tests.cast import Archive, Cast, first, story

Built = Callable[[], Texts]


def written(cast: Cast, title: str, *htmls: str, **fields: Any) -> Story:
    """A story with these parts, all published."""
    made = story(cast, title, parts=0, **fields)
    for number, html in enumerate(htmls, 1):
        part = publishing.add_part(made, by=cast.writer, title=f"Part {number}", html=html)
        publishing.publish(part, by=cast.writer)
    made.refresh_from_db()
    return made


def test_words_are_found_wherever_they_stand(cast: Cast, built: Built) -> None:
    summary = "<p>Hester inherits a river.</p>"
    parts = ("<p>Dragons slept.</p>", "<p>The lighthouse burned.</p>")
    made = written(cast, "The Weir-Keepers", *parts, summary=summary)
    describing.set_tags(made, [("theme", "Slow Burn")], by=cast.writer)
    other = written(cast, "Other", "<p>Nothing of it.</p>")
    texts = built()
    for typed in (
        "weir",
        "keeper",
        "dragon",
        "lighthouses",
        "hester",
        "burn",
        "writer",
        "title:weir",
        "text:dragon",
    ):
        assert texts.found(typed) - {other.pk} == {made.pk}, typed
    assert texts.found("dragon lighthouse hester") == {made.pk}
    assert texts.found("title:dragon") == texts.found("text:weir") == texts.found("summary:weir") == set()
    assert texts.found("nobody") == set()


def test_phrases_stand_in_one_block(cast: Cast, built: Built) -> None:
    made = written(cast, "One", "<p>the red keep</p><p>burned down</p>")
    texts = built()
    assert texts.found('"red keep"') == texts.found('"RED KEEPS"') == {made.pk}
    assert texts.found('"keep red"') == texts.found('"keep burned"') == set()


def test_what_is_left_out_is_left_out_of_the_whole_story(cast: Cast, built: Built) -> None:
    with_both = written(cast, "One", "<p>red</p>", "<p>blue wolf</p>")
    red = written(cast, "Two", "<p>red</p>")
    texts = built()
    assert texts.found("red") == {with_both.pk, red.pk}
    assert texts.found("red -wolf") == texts.found('red -"blue wolf"') == {red.pk}
    only = texts.ask("-wolf")
    assert only.but and only.stories.tolist() == [with_both.pk]


def test_either_word_will_do_and_words_may_go_on(cast: Cast, built: Built) -> None:
    red, blue = written(cast, "One", "<p>crimson</p>"), written(cast, "Two", "<p>cobalt</p>")
    texts = built()
    assert texts.found("crimson OR cobalt") == {red.pk, blue.pk}
    assert texts.found("crim*") == {red.pk}
    assert texts.found("cobalts*") == {blue.pk}


@pytest.mark.parametrize(
    ("language", "html", "typed"),
    [
        ("de", "<p>Die Häuser der Königin.</p>", "haus"),
        ("de", "<p>Die Häuser der Königin.</p>", "konigin"),
        ("fr", "<p>L’élève chantait.</p>", "eleves"),
        ("es", "<p>Las canciones.</p>", "cancion"),
        ("ru", "<p>Новая ёлка.</p>", "новый"),
        ("el", "<p>Ο Οδυσσέας.</p>", "ΟΔΥΣΣΕΑΣ"),
        ("ar", "<p>في الْكِتَابِ.</p>", "الكتاب"),
        ("ja", "<p>東京の猫は眠っていた。</p>", "猫"),
        ("ja", "<p>東京の猫は眠っていた。</p>", "眠って"),
        ("zh-Hant", "<p>第二天，他回到了北京。</p>", "北京"),
        ("ko", "<p>고양이가 집에 있다.</p>", "고양이"),
        ("th", "<p>เขาอ่านภาษาไทย</p>", "ภาษา"),
        ("hi", "<p>हिन्दी में किताबें</p>", "किताबें"),
        ("he", "<p>שָׁלוֹם עולם</p>", "שלום"),
        ("vi", "<p>Nguyễn đọc sách</p>", "nguyen"),
    ],
)
def test_every_script_is_found_and_marked(
    cast: Cast, built: Built, language: str, html: str, typed: str
) -> None:
    made = written(cast, "One", "<p>x</p>", html, language=language)
    english = written(cast, "Two", "<p>Something else.</p>")
    texts = built()
    assert texts.found(typed) == {made.pk}
    (passage,) = texts.passages(typed, made.pk, english.pk).values()
    assert passage.part == made.parts.get(position=2).pk
    assert "<mark>" in passage.html


def test_a_single_letter_of_such_a_script_is_marked_alone(cast: Cast, built: Built) -> None:
    made = written(cast, "One", "<p>東京の猫は眠っていた。</p>", language="ja")
    assert built().passages("猫", made.pk)[made.pk].html == "東京の<mark>猫</mark>は眠っていた。"


# The gate


def test_nobody_finds_what_nobody_may_meet(archive: Archive, built: Built) -> None:
    texts = built()
    open_to_members = {archive.public.pk, archive.members.pk, archive.adult.pk}
    assert texts.found("orchard") == {archive.public.pk, archive.adult.pk}
    assert texts.found("orchard", member=True) == open_to_members
    for title in ("letter", "alone", "unfinished", "sight", "tomorrow"):
        assert texts.found(title, member=True) == set(), title


def test_a_members_part_is_found_by_members_only(cast: Cast, built: Built) -> None:
    made = written(cast, "One", "<p>open</p>", "<p>secret lighthouse</p>")
    publishing.edit(made.parts.get(position=2), by=cast.writer, visibility="members")
    texts = built()
    assert texts.found("lighthouse") == texts.found("open lighthouse") == set()
    assert texts.found("lighthouse", member=True) == {made.pk}
    assert texts.found("open -lighthouse") == {made.pk}
    assert texts.passages("lighthouse", made.pk) == {}
    assert "secret" in texts.passages("lighthouse", made.pk, person=cast.reader)[made.pk].html


def test_a_passage_comes_from_what_may_be_seen_now(cast: Cast, built: Built) -> None:
    """Whatever the index still holds."""
    made = written(cast, "One", "<p>open</p>", "<p>the lighthouse burned</p>")
    texts = built()
    second = made.parts.get(position=2)
    assert texts.passages("lighthouse", made.pk)
    removing.withdraw(second, by=cast.writer)
    assert texts.passages("lighthouse", made.pk) == {}
    adult = written(cast, "Two", "<p>the lighthouse</p>")
    texts.replace(adult.pk)
    assert texts.passages("lighthouse", adult.pk)
    Story.objects.filter(pk=adult.pk).update(rating="explicit")
    assert texts.passages("lighthouse", adult.pk) == {}
    assert texts.passages("lighthouse", adult.pk, person=Visitor("explicit"))


def test_a_misspelt_name_gives_no_members_name_away(cast: Cast, built: Built) -> None:
    made = written(cast, "Lighthouse", "<p>x</p>", visibility="members")
    texts = built()
    assert texts.ask("lighthuose").instead == ()
    members = texts.ask("lighthuose", member=True)
    assert members.instead == (("lighthuose", "lighthouse"),) and members.stories.tolist() == [made.pk]


# What changes


def test_edits_and_removals_are_found_anew(cast: Cast, built: Built) -> None:
    made = written(cast, "One", "<p>crimson</p>")
    other = written(cast, "Two", "<p>crimson</p>")
    texts = built()
    publishing.edit(first(made), by=cast.writer, html="<p>cobalt</p>")
    publishing.publish(first(made), by=cast.writer)
    texts.replace(made.pk)
    assert texts.found("crimson") == {other.pk} and texts.found("cobalt") == {made.pk}
    removing.withdraw(other, by=cast.writer)
    texts.replace(other.pk)
    assert texts.found("crimson") == set()


def test_a_reader_sees_what_is_committed_later(cast: Cast, built: Built) -> None:
    written(cast, "One", "<p>crimson</p>")
    texts = built()
    reader = Reader(texts.folder)
    later = written(cast, "Two", "<p>cobalt</p>", language="de")
    assert not len(reader.match(texts.words("cobalt"), member=False).stories)
    texts.replace(later.pk)
    assert reader.match(texts.words("cobalt"), member=False).stories.tolist() == [later.pk]


def test_synonyms_find_what_they_mean_and_the_other_way(cast: Cast, built: Built) -> None:
    one, two = written(cast, "One", "<p>x</p>"), written(cast, "Two", "<p>x</p>")
    describing.set_tags(one, [("fandom", "Middle-earth")], by=cast.writer)
    describing.set_tags(two, [("fandom", "Arda")], by=cast.writer)
    meant = Tag.objects.get(name="Middle-earth")
    Tag.objects.filter(pk=meant.pk).update(standing=Standing.CANONICAL)
    Tag.objects.filter(name="Arda").update(standing=Standing.SYNONYM, merged_into=meant)
    refresh([one.pk, two.pk])
    texts = built()
    assert texts.found("arda") == texts.found('"middle earth"') == {one.pk, two.pk}


def test_what_stories_say_of_themselves_is_written_anew_alone(cast: Cast, built: Built) -> None:
    one, two = written(cast, "One", "<p>x</p>"), written(cast, "Two", "<p>x</p>")
    describing.set_tags(one, [("fandom", "Middle-earth")], by=cast.writer)
    describing.set_tags(two, [("fandom", "Arda")], by=cast.writer)
    texts = built()
    meant = Tag.objects.get(name="Middle-earth")
    Tag.objects.filter(name="Arda").update(standing=Standing.SYNONYM, merged_into=meant)
    refresh([one.pk, two.pk])
    assert texts.found("arda") == {two.pk}
    with Writer(texts.folder, heap=HEAP, threads=1) as writer:
        writer.describe([one.pk, two.pk])
    assert texts.found("arda") == texts.found("middle") == texts.found("x") == {one.pk, two.pk}
    assert Reader(texts.folder).searcher.num_docs == 4


# Passages


def test_a_passage_is_of_the_right_block_and_marked(cast: Cast, built: Built) -> None:
    filler = "<p>Nothing happens here at all.</p>" * 3
    made = written(
        cast, "One", filler, f"{filler}<p>He said: a &lt;b&gt; <em>red</em> keep &amp; a wolf.</p>{filler}"
    )
    passage = built().passages('"red keep" wolf', made.pk)[made.pk]
    part = Part.objects.get(pk=passage.part)
    assert part.position == 2 and passage.url == f"{part.url}#b-{passage.block}"
    assert passage.html == "He said: a &lt;b&gt; <mark>red keep</mark> &amp; a <mark>wolf</mark>."
    assert part.published is not None
    assert f'<p id="b-{passage.block}">He said' in part.published.html


def test_the_part_with_most_of_the_words_is_shown(cast: Cast, built: Built) -> None:
    made = written(cast, "One", "<p>a wolf</p>", "<p>a lantern and a wolf</p>", "<p>a lantern</p>")
    passage = built().passages("lantern wolf", made.pk)[made.pk]
    assert passage.html == "a <mark>lantern</mark> and a <mark>wolf</mark>"


def test_a_long_block_is_cut_around_the_words(cast: Cast, built: Built) -> None:
    long = "Some words before it and so on. " * 30
    made = written(cast, "One", f"<p>{long}Then the lighthouse. {long}</p>")
    html = built().passages("lighthouse", made.pk)[made.pk].html
    assert html.startswith("…") and html.endswith("…") and "<mark>lighthouse</mark>" in html
    assert 150 < len(html) < 300


def test_a_word_of_the_title_alone_has_no_passage(cast: Cast, built: Built) -> None:
    made = written(cast, "Lighthouse", "<p>nothing</p>")
    texts = built()
    assert texts.found("lighthouse") == {made.pk}
    assert texts.passages("lighthouse", made.pk) == texts.passages("title:nothing", made.pk) == {}


# Forgiving


def test_typing_errors_in_names_and_titles_are_overlooked_and_said(cast: Cast, built: Built) -> None:
    made = written(cast, "The Cartographer", "<p>x</p>")
    describing.set_tags(made, [("character", "Éowyn Dunharrow")], by=cast.writer)
    texts = built()
    for typed, meant in (("cartogropher", "cartographer"), ("eowin", "eowyn"), ("wrtier", "writer")):
        answer = texts.ask(typed)
        assert answer.stories.tolist() == [made.pk] and answer.instead == ((typed, meant),)
    assert texts.ask("cartographer").instead == ()
    assert texts.ask("zzzzzz").instead == () and not len(texts.ask("zzzzzz").stories)


def test_one_word_too_many_is_overlooked_and_said(cast: Cast, built: Built) -> None:
    made = written(cast, "One", "<p>until the water rose</p>")
    answer = built().ask("until the water burned")
    assert answer.stories.tolist() == [made.pk] and answer.partly


# The index itself


def test_a_lost_or_torn_index_is_missing(cast: Cast, built: Built, tmp_path: Path) -> None:
    written(cast, "One", "<p>crimson</p>")
    with pytest.raises(IndexMissing):
        Reader(tmp_path / "nothing")
    texts = built()
    meta = texts.folder / "meta.json"
    whole = meta.read_text()
    for torn in ("", whole[: len(whole) // 2]):
        meta.write_text(torn)
        with pytest.raises(IndexMissing):
            Reader(texts.folder)
        with pytest.raises(IndexMissing):
            Writer(texts.folder, heap=HEAP, threads=1)
    meta.write_text(whole)
    (texts.folder / "form.json").write_text('{"form": 0}')
    with pytest.raises(IndexMissing):
        Reader(texts.folder)


def test_an_index_without_its_files_is_missing(cast: Cast, built: Built) -> None:
    written(cast, "One", "<p>crimson</p>")
    texts = built()
    for part in texts.folder.glob("*.idx"):
        part.unlink()
    with pytest.raises(IndexMissing):
        Reader(texts.folder)


def test_only_one_writes_at_a_time(cast: Cast, built: Built) -> None:
    written(cast, "One", "<p>crimson</p>")
    texts = built()
    with (
        Writer(texts.folder, heap=HEAP, threads=1),
        pytest.raises(IndexMissing),
    ):
        Writer(texts.folder, heap=HEAP, threads=1)


def test_words_that_nobody_wrote_do_not_pile_up(
    cast: Cast, built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(cast, "The Weir", "<p>Water.</p>")
    texts = built()
    reader = Reader(texts.folder)
    monkeypatch.setattr(asking, "KEPT", 10 * asking.WORD)
    for number in range(50):
        reader.match(texts.words(f"nowhere{number}"), member=False, forgiving=False)
    assert 0 < len(reader._known) <= 10


def test_four_words_are_put_right_at_most(cast: Cast, built: Built) -> None:
    made = written(cast, "Harbour Lantern Orchard Millstone Ferryman", "<p>Water.</p>")
    texts = built()
    typed = "harbuor lantren orchrad millstnoe"
    assert len(texts.ask(typed).instead) == 4 and texts.ask(typed).stories.tolist() == [made.pk]
    assert texts.ask(f"{typed} ferrymna").instead == ()
