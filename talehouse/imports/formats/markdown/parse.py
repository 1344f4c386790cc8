"""Markdown: CommonMark with tables, strike-through and footnotes; parts at the level of the chapter headings.

Raw HTML in it is passed on: whatever a story's text holds is sanitised when it is written down.
"""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import unquote

from django.utils.translation import gettext as _
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from talehouse.imports.formats.markdown import codes, front
from talehouse.imports.formats.text.assembly import fill
from talehouse.imports.formats.text.decoding import decode, looks_like_text
from talehouse.imports.formats.text.headings import heading_of
from talehouse.imports.formats.text.outline import Item, outline, promoted
from talehouse.imports.found import (
    BadFileError,
    FoundPart,
    FoundPicture,
    FoundSeries,
    FoundStory,
    FoundTag,
    LeftOut,
)
from talehouse.lib.markdown.parser import commonmark

_HEADING = re.compile(rb"^#{1,6}[ \t]+\S", re.MULTILINE)
_STRESS = re.compile(rb"\*\*\S|\]\(|^\[\^\w+\]:|^> ", re.MULTILINE)
_SETEXT_BREAK = re.compile(r"^(?P<above>[^\n]+)\n(?P<rule>-{3,}|\*{3,}|_{3,})[ \t]*$", re.MULTILINE)


def sniff(head: bytes, name: str) -> bool:
    """By its ending; a `.txt` only when it plainly is Markdown."""
    if not looks_like_text(head):
        return False
    if name.lower().endswith((".md", ".markdown", ".mdown", ".mkd", ".mdx")):
        return True
    if head.startswith((b"---\n", b"---\r\n")) and re.match(
        rb"---\r?\n(?:#[^\n]*\n)*[\w .-]+:[ \t\r\n]", head
    ):
        return True
    sample = head[:20_000]
    headings = len(_HEADING.findall(sample))
    return headings >= 2 or (headings == 1 and _STRESS.search(sample) is not None)


def parse(data: bytes, *, name: str, files: Mapping[str, bytes] | None = None) -> FoundStory:
    """The story in a Markdown file; `files` are pictures beside it, by path from the file."""
    decoded = decode(data, name=name)
    story = FoundStory("", [], format="markdown", doubts=decoded.doubts)
    values, text = front.split(decoded.text)
    if not values:
        values, text = front.headed(text)
    take_front_matter(values, story)
    if not text.strip():
        raise BadFileError(_("“%(name)s” holds no text.") % {"name": name})
    page = _Page(text, story, files or {})
    fill(story, outline(promoted(page.items())), name)
    _place_front_chapter(values, story)
    for part in story.parts:
        page.place_notes(part)
    return story


def take_front_matter(values: Mapping[str, front.Value], story: FoundStory) -> None:
    """Title, author, summary, language, tags, series, rating and status of front matter, under their usual
    keys."""
    story.title = front.text_of(_first(values, "story", "title", "book"))
    story.authors = front.list_of(_first(values, "author", "authors", "by", "creator", "pen_name"))
    summary = front.text_of(_first(values, "summary", "description", "synopsis", "blurb"))
    if summary:
        story.summary = _lines(summary)
    story.language = front.text_of(_first(values, "language", "lang", "locale")).replace("_", "-")
    story.identifier = front.text_of(_first(values, "identifier", "id", "uuid"))
    address = front.text_of(_first(values, "source", "source_url", "url", "link"))
    story.source_url = address if address.startswith(("http://", "https://")) else ""
    story.rating = codes.rating(front.text_of(values.get("rating")))
    story.status = codes.status(front.text_of(values.get("status")))
    story.warnings = codes.warnings(front.list_of(_first(values, "warnings", "warning")))
    story.categories = codes.categories(
        front.list_of(_first(values, "categories", "category", "pairing", "pairings"))
    )
    story.tags = [
        FoundTag(name, kind) for key, kind in _TAG_KEYS.items() for name in front.list_of(values.get(key))
    ]
    series = front.text_of(values.get("series"))
    if series:
        story.series = FoundSeries(
            series, _number(front.text_of(_first(values, "series_index", "series index", "volume", "number")))
        )


def _lines(text: str) -> str:
    """A short text: paragraphs whose words may have marks; a line is a line, and no sign makes a list."""
    parser = commonmark(breaks=True, xhtmlOut=False)
    paragraphs = (parser.renderInline(one.strip()) for one in re.split(r"\n\s*\n", text))
    return "".join(f"<p>{one}</p>" for one in paragraphs).replace("<br>\n", "<br>")


_TAG_KEYS = {
    "tags": "theme", "keywords": "theme", "themes": "theme", "genre": "genre", "genres": "genre",
    "fandom": "fandom",
    "fandoms": "fandom", "characters": "character", "character": "character", "relationships": "relationship",
    "relationship": "relationship",
}  # fmt: skip


def _first(values: Mapping[str, front.Value], *keys: str) -> front.Value | None:
    return next((values[key] for key in keys if values.get(key)), None)


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,4}(?:\.\d{1,2})?", text) else None


def _place_front_chapter(values: Mapping[str, front.Value], story: FoundStory) -> None:
    """A file of one chapter may name it in its front matter: `chapter:`, or `title:` beside `story:`."""
    if len(story.parts) != 1:
        return
    title = front.text_of(values.get("chapter_title")) or (
        front.text_of(values.get("title")) if values.get("story") else ""
    )
    chapter = front.text_of(values.get("chapter"))
    if title or chapter:
        story.parts[0].title = title or (
            chapter
            if heading_of(chapter) is None or not chapter.isdecimal()
            else _("Chapter %(number)s") % {"number": chapter}
        )


class _Page:
    """One Markdown text, parsed once: top-level blocks rendered one by one, notes kept for their parts."""

    def __init__(self, text: str, story: FoundStory, files: Mapping[str, bytes]) -> None:
        self._story, self._files = story, files
        self._md = commonmark().use(footnote_plugin)
        self._env: dict[str, Any] = {}
        self._notes: dict[str, str] = {}
        renderer = self._md.renderer
        assert isinstance(renderer, RendererHTML)
        rules = cast(dict[str, Any], renderer.rules)
        rules["footnote_ref"] = _reference
        rules["footnote_anchor"] = lambda *_args: ""
        self._renderer = renderer
        self._tokens = self._md.parse(_SETEXT_BREAK.sub(_part_break, text), self._env)

    def items(self) -> list[Item]:
        """Headings and blocks in order."""
        found: list[Item] = []
        at = 0
        while at < len(self._tokens):
            end = _block_end(self._tokens, at)
            tokens = self._tokens[at:end]
            if tokens[0].type == "footnote_block_open":
                self._keep_notes(tokens)
            else:
                found.append(self._item(tokens))
            at = end
        return found

    def _item(self, tokens: list[Token]) -> Item:
        self._pictures(tokens)
        level = int(tokens[0].tag[1]) if tokens[0].type == "heading_open" else 0
        text = " ".join(_plain(token) for token in tokens if token.type == "inline" or token.content)
        shown = self._renderer.render(tokens, self._md.options, self._env).strip()
        if level:
            shown = re.sub(
                r"^<h\d>|</h\d>$", lambda tag: tag[0].replace(str(level), str(min(level + 1, 6))), shown
            )
        return Item(shown, " ".join(text.split()), level)

    def _pictures(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            for child in token.children or ():
                if child.type == "image":
                    self._picture(child)

    def _picture(self, token: Token) -> None:
        source = str(token.attrs.get("src", ""))
        data, key = _picture_data(source, self._files)
        if data is None:
            self._story.left_out.append(LeftOut(source[:120], _("the picture is not beside the file")))
            token.type, token.content, token.children = "text", token.content, None
            return
        self._story.pictures.setdefault(key, FoundPicture(data, token.content))
        token.attrs["src"] = f"picture:{key}"

    def _keep_notes(self, tokens: list[Token]) -> None:
        at = 0
        while at < len(tokens):
            if tokens[at].type == "footnote_open":
                end = next(one for one in range(at, len(tokens)) if tokens[one].type == "footnote_close")
                inner = tokens[at + 1 : end]
                self._pictures(inner)
                self._notes[str(tokens[at].meta["id"])] = self._renderer.render(
                    inner, self._md.options, self._env
                ).strip()
                at = end
            at += 1

    def place_notes(self, part: FoundPart) -> None:
        """Number the part's notes from 1 and put them at its end."""
        order: list[str] = []

        def reference(match: re.Match[str]) -> str:
            if match[1] not in order:
                order.append(match[1])
                identifier = f' id="fnref-{len(order)}"'
            else:
                identifier = ""
            number = order.index(match[1]) + 1
            return f'<sup><a href="#fn-{number}" class="fn"{identifier}>{number}</a></sup>'

        part.html = _NOTE.sub(reference, part.html)
        if order:
            listed = "".join(
                f'<li id="fn-{at}">{_NOTE.sub("", self._notes.get(one, ""))}</li>'
                for at, one in enumerate(order, 1)
            )
            part.html += f'\n<section class="footnotes"><ol>{listed}</ol></section>'


_NOTE = re.compile("\x00(\\d+)\x00")


def _reference(tokens: Sequence[Token], at: int, _options: Any, _env: Any) -> str:
    """A mark for later: decoded text holds no NUL."""
    return f"\x00{tokens[at].meta['id']}\x00"


def _part_break(match: re.Match[str]) -> str:
    """`---` right under a paragraph is a scene break that would make a heading of it: put a blank line
    between.

    A short line without a full stop may be meant as a heading, and stays one.
    """
    above = match["above"].strip()
    if not above:
        return match[0]
    if match["rule"][0] == "-" and len(above) <= 60 and above[-1] not in ".!?…:,;”\"’'»*_)-|":
        return match[0]
    if "|" in above:
        return match[0]
    return f"{match['above']}\n\n{match['rule']}"


def _block_end(tokens: list[Token], start: int) -> int:
    depth = 0
    for at in range(start, len(tokens)):
        depth += tokens[at].nesting
        if depth <= 0:
            return at + 1
    return len(tokens)


def _plain(token: Token) -> str:
    """The words of a token, without marks."""
    if not token.children:
        return (
            re.sub(r"<[^<>]*>", " ", token.content)
            if token.type in {"html_block", "html_inline"}
            else token.content
        )
    return "".join(
        " " if child.type in {"softbreak", "hardbreak"} else _plain(child) for child in token.children
    )


def _picture_data(source: str, files: Mapping[str, bytes]) -> tuple[bytes | None, str]:
    """A picture's bytes and key: from the files beside the text, or from a `data:` address."""
    if source.startswith("data:image/"):
        head, _comma, encoded = source.partition(",")
        try:
            data = base64.b64decode(unquote(encoded), validate=False) if head.endswith(";base64") else None
        except (binascii.Error, ValueError):
            data = None
        return data, f"data-{binascii.crc32(data or b''):08x}"
    path = posixpath.normpath(unquote(source).replace("\\", "/")).lstrip("/")
    if ":" in path or path.startswith("..") or path not in files:
        return None, ""
    return files[path], path
