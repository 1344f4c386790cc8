"""What the pages about a story say, label by label, in the words of the archives people come from.

Ratings, warnings and categories are mapped to the codes of our fixed vocabularies; a rating that we do
not know stays unknown and is reported, an unknown warning becomes a theme tag so that it is not lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from talehouse.imports.formats.html.headings import folded
from talehouse.imports.found import FoundSeries, FoundStory, FoundTag

RATINGS = {
    "notrated": "not-rated", "unrated": "not-rated", "generalaudiences": "general", "general": "general",
    "g": "general", "k": "general", "kplus": "general", "everyone": "general", "allages": "general",
    "pg": "general",
    "teenandupaudiences": "teen", "teen": "teen", "teens": "teen", "t": "teen", "pg13": "teen",
    "fictiont": "teen",
    "fictionk": "general", "fictionm": "mature", "mature": "mature", "m": "mature", "r": "mature",
    "explicit": "explicit", "e": "explicit", "ma": "explicit", "nc17": "explicit", "x": "explicit",
    "adult": "explicit",
}  # fmt: skip
WARNINGS = {
    "noarchivewarningsapply": "none-apply", "nowarningsapply": "none-apply", "none": "none-apply",
    "creatorchosenottousearchivewarnings": "chose-not", "authorchosenottousearchivewarnings": "chose-not",
    "chosenottousearchivewarnings": "chose-not", "chosenottowarn": "chose-not",
    "choosenottousearchivewarnings":
    "chose-not", "unknown": "unknown",
    "graphicdepictionsofviolence": "violence", "graphicviolence": "violence", "violence": "violence",
    "majorcharacterdeath": "death", "characterdeath": "death", "death": "death",
    "rapenoncon": "non-consent", "rapenonconsent": "non-consent", "rape": "non-consent",
    "noncon": "non-consent",
    "rapeornonconsent": "non-consent", "nonconsent": "non-consent",
    "underage": "underage", "underagesex": "underage",
}  # fmt: skip
CATEGORIES = {
    "ff": "f-f", "femslash": "f-f", "fm": "f-m", "mf": "f-m", "het": "f-m", "gen": "gen", "mm": "m-m",
    "slash": "m-m",
    "multi": "multi", "other": "other",
}  # fmt: skip
STATUSES = {
    "complete": "complete", "completed": "complete", "inprogress": "in-progress", "ongoing": "in-progress",
    "incomplete": "in-progress", "wip": "in-progress", "hiatus": "hiatus", "onhiatus": "hiatus",
    "abandoned": "abandoned", "discontinued": "abandoned", "dropped": "abandoned",
}  # fmt: skip
_LANGUAGES = {
    "english": "en", "français": "fr", "french": "fr", "deutsch": "de", "german": "de", "español": "es",
    "spanish": "es", "italiano": "it", "italian": "it", "português": "pt", "portuguese": "pt",
    "portuguêsbrasileiro": "pt-BR", "portuguêseuropeu": "pt-PT", "русский": "ru", "russian": "ru",
    "українська": "uk", "polski": "pl", "polish": "pl", "čeština": "cs", "magyar": "hu", "nederlands": "nl",
    "dutch": "nl", "svenska": "sv", "swedish": "sv", "suomi": "fi", "finnish": "fi", "norsk": "no",
    "dansk": "da",
    "danish": "da", "türkçe": "tr", "turkish": "tr",
    "中文": "zh", "中文普通話國語": "zh", "中文普通话国语": "zh",
    "chinese": "zh", "日本語": "ja", "japanese": "ja", "한국어": "ko", "korean": "ko", "العربية": "ar",
    "arabic": "ar",
    "עברית": "he", "hebrew": "he", "bahasaindonesia": "id", "indonesian": "id", "tiếngviệt": "vi",
    "vietnamese": "vi",
    "ไทย": "th", "ελληνικά": "el", "greek": "el", "română": "ro", "latina": "la", "esperanto": "eo",
}  # fmt: skip
_TAG_LABELS = {
    "fandom": "fandom", "fandoms": "fandom", "category": "fandom", "genre": "genre", "genres": "genre",
    "character": "character", "characters": "character", "relationship": "relationship",
    "relationships": "relationship", "pairing": "relationship", "pairings": "relationship",
    "ships": "relationship",
    "additionaltag": "theme", "additionaltags": "theme", "freeformtags": "theme", "tag": "theme",
    "tags": "theme",
    "erotictags": "theme", "keywords": "theme",
}  # fmt: skip
_SERIES = re.compile(r"(?:part\s+([\d.]{1,6})\s+of\s+)?(.*?)(?:\s*\[([\d.]{1,8})\])?", re.I | re.S)


@dataclass(slots=True)
class Facts:
    """What is known about a story from its own pages; merged into the FoundStory at the end."""

    title: str = ""
    authors: list[str] = field(default_factory=list)
    summary: str = ""
    language: str = ""
    source_url: str = ""
    rating: str = ""
    status: str = ""
    warnings: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    tags: list[FoundTag] = field(default_factory=list)
    series: FoundSeries | None = None
    note_before: str = ""
    note_after: str = ""
    doubts: list[str] = field(default_factory=list)

    def add(self, label: str, values: list[str]) -> None:
        """Take in one label with its values; labels without meaning for us are passed over."""
        name = folded(label)
        values = [" ".join(value.split()) for value in values if value.strip()]
        if not values:
            return
        if name == "rating":
            self.set_rating(values[0])
        elif name in {"warning", "warnings", "archivewarning", "archivewarnings", "contentwarnings"}:
            self._add_warnings(values)
        elif name in {"category", "categories", "ao3categories"} and self._add_categories(values):
            return
        elif name == "status":
            self.status = STATUSES.get(folded(values[0]), self.status)
        elif name == "series":
            self.series = series_of(values[0]) or self.series
        elif name == "language":
            self.language = language_code(values[0]) or self.language
        elif kind := _TAG_LABELS.get(name):
            self.add_tags(values, kind)

    def add_tags(self, names: list[str], kind: str) -> None:
        """Add tags of one kind, each once."""
        known = {tag.name for tag in self.tags}
        self.tags += [FoundTag(name, kind) for name in dict.fromkeys(names) if name not in known]

    def set_rating(self, value: str) -> None:
        """Map a rating; one that no archive we know uses is left open and reported."""
        name = folded(value.replace("+", "plus"))
        self.rating = RATINGS.get(name) or RATINGS.get(name.removesuffix("plus"), "")
        if not self.rating:
            self.doubts.append(
                _("The file’s rating “%(rating)s” is not one of ours; please choose one.")
                % {"rating": value[:60]}
            )

    def _add_warnings(self, values: list[str]) -> None:
        for value in values:
            code = WARNINGS.get(folded(value))
            if code is None:
                self.add_tags([value], "theme")
            elif code not in self.warnings:
                self.warnings.append(code)

    def _add_categories(self, values: list[str]) -> bool:
        codes = [CATEGORIES.get(folded(value), "") for value in values]
        if not all(codes):
            return False
        self.categories = list(dict.fromkeys(self.categories + codes))
        return True


def series_of(text: str) -> FoundSeries | None:
    """A series from "Part 2 of Name" or "Name [2]"; a position of 0 in brackets means none."""
    match = _SERIES.fullmatch(" ".join(text.split()))
    if match is None or not match.group(2).strip():
        return None
    return FoundSeries(match.group(2).strip(), number(match.group(1) or match.group(3)))


def number(text: str | None) -> float | None:
    """A position as a number, None if there is none."""
    try:
        found = float(text) if text and len(text) < 12 else None
    except ValueError:
        return None
    return found if found is not None and 0 <= found < 1e6 else None


def language_code(name: str) -> str:
    """The BCP 47 code of a language's name as archives write it; a code is returned as it is."""
    name = name.strip().replace("_", "-")
    if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", name):
        return "" if name.lower() in {"und", "mul", "zxx"} else name
    return _LANGUAGES.get(folded(name), "")


def fill(story: FoundStory, facts: Facts) -> None:
    """Give a story what its own pages say; tags named there win over the same names without a kind."""
    story.summary = facts.summary or story.summary
    story.language = story.language or facts.language
    story.source_url = story.source_url or facts.source_url
    story.rating = facts.rating or story.rating
    story.status = facts.status or story.status
    story.warnings = story.warnings or facts.warnings
    story.categories = story.categories or facts.categories
    story.series = story.series or facts.series
    named = {tag.name for tag in facts.tags}
    story.tags = facts.tags + [tag for tag in story.tags if tag.name not in named]
    story.doubts += facts.doubts
    if story.parts:
        first, last = story.parts[0], story.parts[-1]
        first.note_before = join_notes(facts.note_before, first.note_before)
        last.note_after = join_notes(last.note_after, facts.note_after)


def join_notes(*notes: str) -> str:
    """Notes after each other."""
    return "\n".join(note for note in notes if note)
