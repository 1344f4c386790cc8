"""Names in filters become terms, for those who may know them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from talehouse.accounts.models import Person, Visitor
from talehouse.search.language.parsing import parse
from talehouse.search.language.resolving import NOTHING, Resolved, Unknown, also_by, resolve
from talehouse.search.questions import Span
from talehouse.stories import describing
from talehouse.stories.effective import refresh
from talehouse.stories.models import Story
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import Standing
from tests.cast import Archive, Cast, story

NOW = datetime(2026, 3, 1, tzinfo=UTC)
VISITOR = Visitor()


def asked(typed: str, person: Person = VISITOR) -> Resolved:
    """What a query comes to."""
    return resolve(parse(typed), person=person, now=NOW)


def term(name: str) -> str:
    """The term of a tag."""
    return f"tag:{Tag.objects.get(name=name).pk}"


@pytest.fixture
def tagged(cast: Cast) -> Story:
    """A story with tags, one of which is a synonym of another story's."""
    one = story(cast, "One")
    describing.set_tags(
        one,
        [
            ("fandom", "Middle-earth (books)"),
            ("character", "Éowyn"),
            ("theme", "Lighthouses"),
            ("genre", "Epic"),
        ],
        by=cast.writer,
    )
    other = story(cast, "Two", by="reader")
    describing.set_tags(other, [("fandom", "Arda")], by=cast.reader)
    meant = Tag.objects.get(name="Middle-earth (books)")
    Tag.objects.filter(pk=meant.pk).update(standing=Standing.CANONICAL)
    Tag.objects.filter(name="Arda").update(standing=Standing.SYNONYM, merged_into=meant)
    refresh([one.pk, other.pk])
    return one


def test_a_name_is_a_term_whatever_its_case_and_accents(tagged: Story) -> None:
    for typed in ("character:Éowyn", "character:eowyn", "tag:EOWYN"):
        assert asked(typed) == Resolved(include=(term("Éowyn"),))
    assert asked("-character:eowyn") == Resolved(exclude=(term("Éowyn"),))


def test_a_name_of_another_kind_is_unknown(tagged: Story) -> None:
    found = asked("genre:eowyn")
    assert found.include == (NOTHING,) and found.unknown == (Unknown("genre", "eowyn"),)
    assert asked("-genre:eowyn").exclude == ()


def test_a_synonym_leads_to_what_it_means_and_says_so(tagged: Story) -> None:
    meant = term("Middle-earth (books)")
    assert asked("fandom:arda") == Resolved(include=(meant,), also=("Middle-earth (books)",))
    assert asked('fandom:"middle-earth (books)"') == Resolved(include=(meant,), also=("Arda",))


def test_words_that_are_a_tag_say_what_else_they_find(tagged: Story) -> None:
    words = parse("arda").words
    assert words is not None and also_by(words, person=VISITOR) == ("Middle-earth (books)",)
    others = parse("lighthouses").words
    assert others is not None and also_by(others, person=VISITOR) == ()


def test_a_beginning_or_a_word_will_do_and_is_said(tagged: Story) -> None:
    meant = term("Middle-earth (books)")
    assert asked("fandom:middle-earth").include == (meant,)
    assert asked("fandom:midd*").include == (meant,)
    assert asked("fandom:midd*").also == ("Middle-earth (books)", "Arda")
    assert asked("fandom:midd").include == (NOTHING,)


def test_a_mistyped_name_is_taken_if_that_is_sure_and_offered_if_not(tagged: Story) -> None:
    sure = asked("theme:lighthuoses")
    assert sure.include == (term("Lighthouses"),) and sure.instead == (("lighthuoses", "Lighthouses"),)
    unsure = asked("theme:lighthearses")
    assert unsure.include == (NOTHING,)
    assert unsure.unknown == (Unknown("theme", "lighthearses", ("Lighthouses",)),)


def test_either_of_two_names_will_do(tagged: Story) -> None:
    found = asked("character:eowyn OR theme:lighthouses")
    assert found.any_of == ((term("Éowyn"), term("Lighthouses")),)


def test_writers_are_found_by_their_names(tagged: Story, cast: Cast) -> None:
    writer, reader = f"pen:{cast.pen('writer').pk}", f"pen:{cast.pen('reader').pk}"
    assert asked("author:writer") == Resolved(include=(writer,))
    assert asked("author:writre").instead == (("writre", "Writer"),)
    assert asked("author:re*").include == (reader,)
    assert asked("-author:READER").exclude == (reader,)


def test_codes_and_spans_are_themselves(db: None) -> None:
    found = asked("rating:general,teen -warning:death status:complete words:>10")
    assert found.any_of == (("rating:general", "rating:teen"),)
    assert found.exclude == ("warning:death",) and found.include == ("status:complete",)
    assert found.spans == (Span("words", low=11),)


def test_nobody_learns_a_name_that_stands_on_nothing_they_may_meet(archive: Archive, cast: Cast) -> None:
    for made, name in (
        (archive.members, "Of Members"),
        (archive.draft, "Of Drafts"),
        (archive.unlisted, "Of Letters"),
        (archive.hidden, "Of Hidden"),
        (archive.adult, "Of Adults"),
    ):
        describing.set_tags(made, [("theme", name)], by=cast.writer)
    for name in ("of members", "of drafts", "of letters", "of hidden", "of adults", "of memberz", "of mem*"):
        found = asked(f'theme:"{name}"')
        assert found.include == (NOTHING,) and found.unknown == (Unknown("theme", name),), name
    assert asked('theme:"of members"', cast.stranger).include == (term("Of Members"),)
    assert asked('theme:"of adults"', Visitor("explicit")).include == (term("Of Adults"),)
    assert asked('theme:"of drafts"', cast.stranger).include == (NOTHING,)


def test_a_pen_name_that_signs_nothing_here_is_not_found(archive: Archive, cast: Cast) -> None:
    for name in ("stranger", "editor", "reader", "strangr"):
        assert asked(f"author:{name}").unknown == (Unknown("author", name),)


def test_a_language_is_found_in_each_spelling_of_its_tag() -> None:
    assert asked("language:PT-br").any_of == (("language:pt-br", "language:pt-BR"),)
    assert asked("-language:zh-hant").exclude == ("language:zh-hant", "language:zh-Hant")
    assert asked("language:english").include == ("language:en",)
