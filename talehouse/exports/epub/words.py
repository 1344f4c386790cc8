"""The words that a book says by itself, in the language of the story."""

from contextlib import AbstractContextManager
from dataclasses import fields

from django.utils.translation import gettext, override

from talehouse.exports.book import Labels


def in_language(language: str) -> AbstractContextManager[None]:
    """Every translation inside is that of a book in this language (BCP 47), whoever asks for the book."""
    return override(language.lower() or None)


def labels(language: str) -> Labels:
    """The labels in a language (BCP 47), or in the archive's own where no translation exists.

    The story's language decides, not the visitor's: one story is one file, the same for everyone.
    """
    with in_language(language):
        return Labels(**{label.name: gettext(str(label.default)) for label in fields(Labels)})
