"""The licence that Project Gutenberg puts around a text: recognised, used for the title, left out."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from talehouse.imports.found import FoundStory, LeftOut

_START = re.compile(
    r"^\*{3}\s*START OF (?:THE|THIS) PROJECT GUTENBERG.*?\*{3}[^\n]*$",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_END = re.compile(
    r"^(?:\*{3}\s*END OF (?:THE|THIS) PROJECT GUTENBERG|End of (?:the |this )?Project Gutenberg)",
    re.IGNORECASE | re.MULTILINE,
)
_FIELD = re.compile(r"^(Title|Author|Language):[ \t]*(.+(?:\n[ \t]+\S.*)*)$", re.MULTILINE)
_LANGUAGES = {
    "english": "en", "french": "fr", "german": "de", "spanish": "es", "italian": "it", "portuguese": "pt",
    "dutch": "nl",
    "finnish": "fi", "swedish": "sv", "danish": "da", "norwegian": "no", "hungarian": "hu", "polish": "pl",
    "greek": "el",
    "latin": "la", "esperanto": "eo", "chinese": "zh", "japanese": "ja", "russian": "ru", "tagalog": "tl",
    "catalan": "ca",
}  # fmt: skip
_PRODUCED = re.compile(
    r"\A\s*(?:Produced by|E-?text prepared by|Transcrib).*?(?:\n\s*\n|\Z)", re.IGNORECASE | re.DOTALL
)


def strip(text: str, story: FoundStory) -> str:
    """`text` without the licence; title, author and language of its header go into `story`."""
    start = _START.search(text[:60_000])
    if start is None:
        return text
    for key, value in _FIELD.findall(text[: start.start()]):
        _take(key, " ".join(value.split()), story)
    end = _END.search(text, start.end())
    story.left_out.append(
        LeftOut(_("Project Gutenberg’s header and licence"), _("they are not part of the story"))
    )
    return _PRODUCED.sub("", text[start.end() : end.start() if end else None])


def _take(key: str, value: str, story: FoundStory) -> None:
    if key == "Title":
        story.title = value
    elif key == "Author" and value.lower() not in {"unknown", "anonymous", "various"}:
        story.authors = [value]
    elif key == "Language":
        story.language = _LANGUAGES.get(value.lower(), "")
