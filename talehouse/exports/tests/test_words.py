"""The words of a book follow the language of the story, not of the visitor."""

from django.utils import translation

from talehouse.exports.book import Labels
from talehouse.exports.epub.words import labels


def test_english_is_what_stands_in_the_code() -> None:
    assert labels("en") == Labels()


def test_the_language_of_the_visitor_changes_nothing() -> None:
    with translation.override("es"):
        assert labels("en-GB") == Labels()


def test_an_unknown_language_still_has_words() -> None:
    assert labels("und").contents
