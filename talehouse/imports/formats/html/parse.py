"""HTML to a FoundStory: a saved page, or a file that an archive or a word processor exported."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from django.utils.translation import gettext as _
from ftfy import fix_encoding
from ftfy.badness import badness
from lxml.etree import _Element

from talehouse.imports.formats.html import ao3, fanficfare
from talehouse.imports.formats.html.breaks import mark_breaks
from talehouse.imports.formats.html.chapters import (
    as_body,
    bylines_to_text,
    chapter_headings,
    empty_body,
    mark_headings,
    take_contents_out,
)
from talehouse.imports.formats.html.clean import finish, remove_machinery
from talehouse.imports.formats.html.css import Stylesheet, apply
from talehouse.imports.formats.html.footnotes import Notes, Page, find_notes, put_notes
from talehouse.imports.formats.html.gutenberg import licence_left_out, take_licence_out
from talehouse.imports.formats.html.headings import (
    first_heading,
    folded,
    is_bare,
    join_titles,
    looks_like_divider,
    take_heading_out,
)
from talehouse.imports.formats.html.labels import Facts, fill, join_notes
from talehouse.imports.formats.html.matter import kind_by_name, why_left_out
from talehouse.imports.formats.html.page import is_saved_page, main_of, read_head, remove_chrome, title_in
from talehouse.imports.formats.html.pictures import Gallery, ornaments_to_breaks
from talehouse.imports.formats.html.splitting import split_at
from talehouse.imports.formats.html.tree import (
    HEADINGS,
    body_of,
    classes_of,
    decode,
    drop,
    html_root,
    is_empty,
    tag_of,
    text_of,
    xhtml_root,
)
from talehouse.imports.found import BadFileError, FoundPart, FoundStory, LeftOut

FORMAT = "html"
LONGEST_IMPRINT = 600
"""Letters; more under a name like "Cover" is a chapter so called."""
MAX_BYTES = 64_000_000
SHORT_OPENING = 150
_ENDINGS = (".html", ".htm", ".xhtml", ".xht", ".shtml", ".mhtml")
_START = re.compile(rb"<(?:!doctype\s+html|html|head|body|!--)", re.I)


def sniff(data_head: bytes, name: str) -> bool:
    """Whether a file is a page: by its name, unless it is plainly something else, or by its first tag."""
    head = data_head[:1024].replace(b"\x00", b"")
    if head.startswith((b"PK\x03\x04", b"%PDF", b"{\\rtf")):
        return False
    if name.lower().endswith(_ENDINGS[:-1]):
        return True
    return bool(_START.match(head.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")))


def parse(data: bytes, *, name: str, files: Mapping[str, bytes] | None = None) -> FoundStory:
    """Read a page; `files` are those that lie beside it, by path relative to it.

    Raises BadFileError with one plain sentence if there is no text in it.
    """
    if len(data) > MAX_BYTES:
        raise BadFileError(_("“%(file)s” is too large for a page (over 64 MB).") % {"file": name})
    text, guessed = decode(data)
    story = FoundStory(title="", parts=[], format=FORMAT)
    if guessed:
        story.doubts.append(_("The file’s encoding had to be guessed; please look for wrong letters."))
    text = _mended(text, story)
    root = xhtml_root(text, where=name) if text.lstrip()[:5] == "<?xml" else html_root(text, where=name)
    _Work(story, root, text, dict(files or {})).run()
    if not story.parts:
        raise BadFileError(_("“%(file)s” has no text in it to import.") % {"file": name})
    story.title = story.title or posixpath.splitext(posixpath.basename(name))[0] or _("Untitled")
    return story


def _mended(text: str, story: FoundStory) -> str:
    """Text whose letters were decoded wrongly before it was saved ("Ã©" for "é"), mended if that is sure."""
    if not re.search(r"[ÃÂâð][\u0080-\u00bf\u2010-\u2122\u0152-\u017e\u02c6\u02dc€]", text):
        return text
    fixed = fix_encoding(text)
    if fixed == text or badness(text) < 3 or badness(fixed) * 4 > badness(text):
        return text
    story.doubts.append(
        _("Letters that had been saved in a wrong encoding were mended; please look at accents.")
    )
    return fixed


@dataclass(slots=True)
class _Work:
    """One import in progress."""

    story: FoundStory
    root: _Element
    text: str
    files: dict[str, bytes]
    gallery: Gallery = field(default_factory=Gallery)
    facts: Facts = field(default_factory=Facts)
    notes: Notes = field(default_factory=Notes)
    pending: str = ""
    """A number that stands as a heading above the next one."""

    def run(self) -> None:
        """Read the page and fill the story."""
        read_head(self.root, self.text, self.facts)
        body = body_of(self.root)
        styles = apply(body, self._sheet())
        remove_machinery_but_nav(body)
        mark_breaks(body, styles)
        if take_licence_out(body):
            self.story.left_out.append(licence_left_out())
        if not self._take_archive(body):
            self._take_page(body)
        texts = [text for part in self.story.parts for text in (part.html, part.note_before, part.note_after)]
        self.gallery.drop_unused(texts)
        self.story.pictures = self.gallery.pictures
        self.story.left_out += self.gallery.left_out
        fill(self.story, self.facts)
        self.story.authors = self.story.authors or self.facts.authors
        self.story.title = self.story.title or self.facts.title
        self.story.identifier = self.story.identifier or self.story.source_url

    def _sheet(self) -> Stylesheet:
        sheet = Stylesheet()
        for element in self.root.iter("link", "style"):
            if tag_of(element) == "style":
                sheet.add("".join(str(text) for text in element.itertext()))
            elif "stylesheet" in element.get("rel", "").lower() and (
                css := self._file(element.get("href", ""))
            ):
                sheet.add(decode(css)[0])
        return sheet

    def _file(self, address: str) -> bytes | None:
        """A file beside the page, by its address as written."""
        path = posixpath.normpath(unquote(address.partition("?")[0].partition("#")[0]).replace("\\", "/"))
        return self.files.get(path) or self.files.get(path.removeprefix("./"))

    def _prepare(self, main: _Element) -> None:
        """Pictures and notes of the text that is taken."""
        self.gallery.take(main, self._file)
        ornaments_to_breaks([main], self.gallery.pictures)
        self.notes = find_notes([Page(main, "", lambda href: href if href.startswith("#") else "")])

    def _leave(self, what: str, why: str) -> None:
        self.story.left_out.append(LeftOut(what, why))

    # Exported by archives

    def _take_archive(self, body: _Element) -> bool:
        """Read a file that an archive made, whose shape is known."""
        chapters = next((e for e in body.iter("div") if e.get("id") == "chapters"), None)
        preface = next((e for e in body.iter("div") if e.get("id") == "preface"), None)
        if chapters is not None and preface is not None and ao3.is_ao3(preface):
            self._take_ao3(body, preface, chapters)
            return True
        sections = [e for e in body.iter("a") if re.fullmatch(r"section\d{4,}", e.get("name", ""))]
        if sections and fanficfare.is_title_page(body):
            self._take_fanficfare(body, sections)
            return True
        if chapters is not None and ao3.is_ao3(body):
            self._take_ao3_page(body, chapters)
            return True
        return False

    def _clear_head(self) -> None:
        """What an archive puts into the head only repeats its own page about the story."""
        self.facts = Facts(language=self.facts.language)

    def _take_ao3(self, body: _Element, preface: _Element, chapters: _Element) -> None:
        self._clear_head()
        ao3.read_preface(preface, self.facts)
        for after in [e for e in body.iter("div") if e.get("id") == "afterword"]:
            ao3.read_afterword(after, self.facts)
            self._leave(_("Afterword"), _("Its notes were read; the page is not part of the story."))
        self._leave(_("Preface"), _("What it says about the story was read; the page is not part of it."))
        main = as_body(chapters)
        self._prepare(main)
        groups = [e for e in main if "meta" in classes_of(e) and e.find(".//h2") is not None]
        if not groups:
            for heading in list(main.iter("h2")):
                if "toc-heading" in classes_of(heading):
                    drop(heading)
            self._add_part(main, self.facts.title)
            return
        for chapter in split_at(main, groups):
            self._add_part(chapter, "")

    def _take_ao3_page(self, body: _Element, chapters: _Element) -> None:
        """A page of the archive itself, saved from a browser: one chapter or all."""
        for meta in [e for e in body.iter("dl") if "meta" in classes_of(e)]:
            holder = empty_body()
            drop(meta)
            holder.append(meta)
            self.facts.title = ""
            ao3.read_preface(holder, self.facts)
        title = next((e for e in body.iter("h2") if "title" in classes_of(e)), None)
        self.facts.title = text_of(title) if title is not None else self.facts.title
        authors = [text_of(e) for e in body.iter("a") if e.get("rel") == "author"]
        self.facts.authors = list(dict.fromkeys(authors)) or self.facts.authors
        summary = body.find(".//div[@class='preface group']/div[@class='summary module']/blockquote")
        self.facts.summary = finish(summary) if summary is not None else self.facts.summary
        main = as_body(chapters)
        for landmark in [e for e in main.iter() if "landmark" in classes_of(e)]:
            drop(landmark)
        self._prepare(main)
        starts = [e for e in main if "chapter" in classes_of(e) and e.find(".//h3") is not None]
        if not starts:
            self._add_part(main, self.facts.title)
        for chapter in split_at(main, starts) if starts else []:
            self._add_part(chapter, "")

    def _take_fanficfare(self, body: _Element, sections: list[_Element]) -> None:
        self._clear_head()
        self._prepare(body)
        opening, *chapters = split_at(body, sections)
        fanficfare.read_title_page(opening, self.facts)
        cover = opening.find("img[@alt='cover']")
        if cover is not None:
            self.story.cover = self.gallery.pictures.get(cover.get("src", "").removeprefix("picture:"))
        self._leave(_("Title page"), _("What it says about the story was read; the page is not part of it."))
        for section, chapter in zip(sections, chapters, strict=True):
            heading = section.find(".//h2")
            self._add_part(chapter, text_of(heading if heading is not None else section))

    # Anything else

    def _take_page(self, body: _Element) -> None:
        main = body
        if is_saved_page(body):
            found = main_of(body)
            outside = found is not body and len(text_of(body)) > len(text_of(found)) + 40
            main = as_body(found) if found is not body else body
            if remove_chrome(main) or outside:
                self._leave(
                    _("The page around the text"),
                    _("Menus, comments and links of the site are not the story."),
                )
        self.story.title = title_in(main, self.facts)
        for byline in main.iter("p", "div", "address"):
            if {"author", "byline", "Author"} & set(classes_of(byline)) and not self.facts.authors:
                self.facts.authors = [re.sub(r"^(?:by|von|par|por|di)\s+", "", text_of(byline), flags=re.I)]
        self._prepare(main)
        if take_contents_out(main):
            self._leave(_("Contents"), why_left_out())
        mark_headings(main)
        bylines_to_text(main, self.facts.authors)
        headings = chapter_headings(main, self.story.title)
        if not headings:
            take_heading_out(main, self.story.title)
            self._add_part(main, first_heading(main) or self.story.title)
            return
        opening, *chapters = split_at(main, headings)
        for chapter in chapters:
            self._add_part(chapter, "")
        self._hold("")
        self._opening(opening)

    def _opening(self, opening: _Element) -> None:
        """What stands before the first chapter: the title and author, perhaps words of the author's."""
        for heading in list(opening.iter(*HEADINGS, "p", "div")):
            said = folded(re.sub(r"^(?:by|von|par|por|di)\s+", "", text_of(heading), flags=re.I))
            known = {folded(name) for name in [self.story.title, *self.facts.authors]}
            if heading.getparent() is not None and said in known | {
                folded(self.story.title + "by" + a) for a in self.facts.authors
            }:
                drop(heading)
        if is_empty(opening):
            return
        if self.story.parts and len(text_of(opening).split()) <= SHORT_OPENING:
            put_notes(opening, self.notes)
            first = self.story.parts[0]
            first.note_before = join_notes(finish(opening), first.note_before)
            self.story.doubts.append(
                _("What stands before the first chapter was kept as the author’s note with “%(part)s”.")
                % {"part": first.title}
            )
            return
        self._add_part(opening, _("Opening"), at=0)

    def _hold(self, heading: str) -> None:
        """A heading with nothing under it: a number waits for the name that follows, else it is left out."""
        if self.pending:
            self._leave(self.pending, _("A heading with no text under it."))
            self.pending = ""
        if is_bare(heading):
            self.pending = heading
        elif heading:
            self._leave(heading, _("A heading with no text under it."))

    def _is_publishers(self, title: str, text: str) -> bool:
        if kind_by_name(title, words=len(text.split())) != "publisher":
            return False
        return len(text) < LONGEST_IMPRINT or folded(title) in {"contents", "tableofcontents"}

    def _add_part(self, body: _Element, title: str, at: int | None = None) -> None:
        heading = first_heading(body)
        title = title or heading
        if is_empty(body):
            self._hold(heading)
            return
        if self._is_publishers(title, text_of(body)):
            self._leave(title, why_left_out())
            return
        take_heading_out(body, title)
        before, after = ao3.chapter_notes(body) if self.facts.source_url else ("", "")
        put_notes(body, self.notes)
        html = finish(body)
        if not html:
            self._hold(heading)
            return
        number = len(self.story.parts) + 1
        title, self.pending = _under(self.pending, title), ""
        part = FoundPart(
            title or _("Part %(number)d") % {"number": number}, html, key=f"part-{number}",
            note_before=before, note_after=after,
        )  # fmt: skip
        self.story.parts.insert(len(self.story.parts) if at is None else at, part)


def _under(number: str, title: str) -> str:
    """The title with the number that stands above it as a heading of its own; "Book II" is no number."""
    if not number or not title or looks_like_divider(number):
        return " – ".join(one for one in (number, title) if one)
    return join_titles([number, title])


def remove_machinery_but_nav(body: _Element) -> None:
    """Scripts and players go before anything is weighed; what is navigation tells a saved page."""
    navs = list(body.iter("nav"))
    for nav in navs:
        nav.tag = "menu"
    remove_machinery(body)
    for nav in navs:
        nav.tag = "nav"
