"""Plain lines of what was found: no characters in them that no database keeps and nobody can see."""

from __future__ import annotations

import re
from dataclasses import replace

from talehouse.imports.found import FoundStory

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """Without control characters and halves of letters, which files and their names may hold."""
    return _UNSEEN.sub("", text)


def tidy(story: FoundStory) -> None:
    """Every line of a story made plain. Its HTML is not touched: the rules of `stories/` sanitise it."""
    story.title = plain(story.title)
    story.authors = [plain(author) for author in story.authors]
    story.identifier, story.source_url = plain(story.identifier), plain(story.source_url)
    story.tags = [replace(tag, name=plain(tag.name)) for tag in story.tags]
    story.doubts = [plain(doubt) for doubt in story.doubts]
    story.left_out = [replace(left, what=plain(left.what), why=plain(left.why)) for left in story.left_out]
    if story.series:
        story.series = replace(story.series, title=plain(story.series.title))
    if story.cover:
        story.cover = replace(story.cover, alt=plain(story.cover.alt))
    for part in story.parts:
        part.title, part.key, part.source_url = plain(part.title), plain(part.key), plain(part.source_url)
