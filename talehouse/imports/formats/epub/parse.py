"""EPUB 2 and 3 to a FoundStory."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from html import escape

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lxml import etree
from lxml.etree import _Element

from talehouse.imports.formats.epub import assembly
from talehouse.imports.formats.epub.assembly import Draft, assemble, fallback_title
from talehouse.imports.formats.epub.book import Book, open_book, resolve
from talehouse.imports.formats.epub.documents import Document, Reader
from talehouse.imports.formats.epub.metadata import cover_of, read_metadata
from talehouse.imports.formats.epub.navigation import Navigation, read_navigation
from talehouse.imports.formats.epub.outline import entries, pieces
from talehouse.imports.formats.epub.own import own_part
from talehouse.imports.formats.epub.package import Package, read_package
from talehouse.imports.formats.html import ao3, fanficfare
from talehouse.imports.formats.html.chapters import empty_body
from talehouse.imports.formats.html.clean import finish
from talehouse.imports.formats.html.footnotes import Notes, Page, Resolve, find_notes, put_notes
from talehouse.imports.formats.html.gutenberg import licence_left_out, take_licence_out
from talehouse.imports.formats.html.headings import first_heading, folded, take_heading_out
from talehouse.imports.formats.html.labels import Facts, fill, join_notes
from talehouse.imports.formats.html.matter import NOTES_TYPES, kind_by_name, why_left_out
from talehouse.imports.formats.html.pictures import Gallery, ornaments_to_breaks
from talehouse.imports.formats.html.tree import drop, is_empty, text_of, types_of
from talehouse.imports.found import BadFileError, FoundPart, FoundStory, LeftOut

FORMAT = "epub"
LONGEST_OPENING = 300
"""Letters of a page without a name that opens the first chapter."""
MEDIA_TYPE = b"application/epub+zip"


def sniff(data_head: bytes, name: str) -> bool:
    """Whether a file is an EPUB: by its first entry, else by its name if it is a zip at all."""
    if not data_head.startswith(b"PK\x03\x04"):
        return False
    return MEDIA_TYPE in data_head[:120] or name.lower().endswith((".epub", ".kepub"))


def parse(data: bytes, *, name: str) -> FoundStory:
    """Read an EPUB.

    Raises BadFileError with one plain sentence if it is broken beyond reading, locked or hostile.
    """
    book = open_book(data)
    package = read_package(book)
    story = FoundStory(title="", parts=[], format=FORMAT)
    read_metadata(package, story)
    work = _Work(book, package, story, read_navigation(book, package))
    work.run()
    if not story.parts:
        raise BadFileError(_("“%(file)s” has no text in it to import.") % {"file": name})
    story.title = story.title or posixpath.splitext(posixpath.basename(name))[0] or _("Untitled")
    return story


@dataclass(slots=True)
class _Work:
    """One import in progress."""

    book: Book
    package: Package
    story: FoundStory
    navigation: Navigation
    gallery: Gallery = field(default_factory=Gallery)
    facts: Facts = field(default_factory=Facts)
    keys: set[str] = field(default_factory=set)
    before: list[tuple[str, str]] = field(default_factory=list)
    """Title and HTML of the author's words around the story."""
    after: list[tuple[str, str]] = field(default_factory=list)
    opening: str = ""
    """A picture or a line before the first chapter that has no name; it opens that chapter."""

    def run(self) -> None:
        """Read every document, tell the parts apart and fill the story."""
        documents = self._documents()
        self.story.language = self.story.language or next((d.lang for d in documents if d.lang), "")
        own = {document.name: part for document in documents if (part := own_part(document)) is not None}
        if own:
            self._take_own(documents, own)
        else:
            self._take(documents)
        self._cover()
        texts = [text for part in self.story.parts for text in (part.html, part.note_before, part.note_after)]
        self.gallery.drop_unused(texts)
        self.story.pictures = self.gallery.pictures

    def _documents(self) -> list[Document]:
        reader = Reader(self.book, self.gallery)
        found: list[Document] = []
        for item, linear in self.package.spine:
            document = reader.read(item.name, item.media_type, linear=linear)
            if document is not None:
                found.append(document)
            else:
                self._leave(posixpath.basename(item.name), _("The file is missing, empty or broken."))
        if sum([take_licence_out(document.body) for document in found]):
            self.story.left_out.append(licence_left_out())
        if reader.guessed:
            self.story.doubts.append(
                ngettext(
                    "The encoding of %(count)d file had to be guessed; please look for wrong letters.",
                    "The encoding of %(count)d files had to be guessed; please look for wrong letters.",
                    len(reader.guessed),
                )
                % {"count": len(reader.guessed)}
            )
        return found

    def _leave(self, what: str, why: str) -> None:
        self.story.left_out.append(LeftOut(what, why))

    def _take_own(self, documents: list[Document], own: dict[str, FoundPart]) -> None:
        for document in documents:
            if document.name in own:
                self.story.parts.append(own[document.name])
                self.story.left_out += document.missing
            else:
                self._leave(first_heading(document.body) or document.title or document.stem, why_left_out())

    def _take(self, documents: list[Document]) -> None:
        outline = entries(self.navigation.points)
        known = {entry.file for entry in outline}
        in_order = [d for d in documents if d.linear or d.name in known]
        found, lost = pieces(in_order, outline)
        for title in lost[:20]:
            self.story.doubts.append(
                _("The table of contents names “%(title)s”, but its place is not in the text.")
                % {"title": title}
            )
        named = sum(document.name in known for document in in_order)
        context = assembly.Book(
            self.story.title,
            self.story.authors,
            has_nav=bool(outline),
            sparse_nav=bool(outline) and named * 2 < len(in_order),
            nav_file=self.navigation.file,
            guide=self.package.guide,
            landmarks=self.navigation.landmarks,
        )
        drafts = assemble(found, context)
        notes = find_notes(self._pages(drafts, [d for d in documents if d not in in_order]))
        for document in documents:
            if document not in in_order and not is_empty(document.body):
                self._leave(document.title or document.stem, _("It stands outside the order of reading."))
        ornaments_to_breaks([body for draft in drafts for body in draft.bodies], self.gallery.pictures)
        self._take_drafts(drafts, notes)
        self._around()
        fill(self.story, self.facts)
        if self.facts.authors and not self.story.authors:
            self.story.authors = self.facts.authors
        self.story.title = self.story.title or self.facts.title

    def _pages(self, drafts: list[Draft], outside: list[Document]) -> list[Page]:
        pages = [
            Page(body, draft.document.name, self._resolver(draft.document), draft.kind == "notes")
            for draft in drafts
            for body in draft.bodies
        ]
        for document in outside:
            is_notes = (
                bool(types_of(document.body) & NOTES_TYPES)
                or kind_by_name(document.title, words=0) == "notes"
            )
            pages.append(Page(document.body, document.name, self._resolver(document), is_notes))
        return pages

    def _resolver(self, document: Document) -> Resolve:
        def to_address(href: str) -> str:
            path, fragment = resolve(document.name, href)
            if not path or not fragment:
                return ""
            return f"{self.book.find(path) or path}#{fragment}"

        return to_address

    def _take_drafts(self, drafts: list[Draft], notes: Notes) -> None:
        pending: list[str] = []
        for index, draft in enumerate(drafts):
            body = _joined(draft.bodies)
            if draft.kind in {"fanficfare", "ao3", "ao3-end"}:
                self._read_page(draft, body)
            elif draft.kind == "publisher":
                self._words_of_title_page(body)
                self._leave(draft.title or draft.document.title or draft.document.stem, why_left_out())
            elif draft.kind == "notes" and (is_empty(body) or _only_heading(body)):
                self._leave(
                    draft.title or _("Notes"),
                    _("Each note now stands at the end of the part that refers to it."),
                )
            elif is_empty(body):
                self._leave(draft.title or draft.document.stem, _("There is no text in it."))
            elif draft.kind in {"text", "divider"} and _only_heading(body) and index + 1 < len(drafts):
                self._divider(draft, body, pending)
            else:
                more = any(later.kind == "text" for later in drafts[index + 1 :])
                self._take_text(draft, body, notes, pending, more=more)
        if pending:
            self._leave(" – ".join(pending), _("A heading with no text under it."))

    def _words_of_title_page(self, body: _Element) -> None:
        """An epigraph or a dedication on the title page is the author's word, not the publisher's."""
        marked = [e for e in body.iter() if types_of(e) & {"epigraph", "dedication"} and e is not body]
        for element in marked:
            if not any(parent in marked for parent in element.iterancestors()):
                holder = empty_body()
                drop(element)
                holder.append(element)
                if html := finish(holder):
                    self.before.append(("", html))

    def _read_page(self, draft: Draft, body: _Element) -> None:
        if draft.kind == "fanficfare":
            known = frozenset(tag.name for tag in self.story.tags)
            fanficfare.read_title_page(body, self.facts, known=known)
        elif draft.kind == "ao3":
            ao3.read_preface(body, self.facts)
        else:
            ao3.read_afterword(body, self.facts)
        self._leave(
            draft.title or draft.document.stem,
            _("What it says about the story was read; the page is not part of it."),
        )

    def _divider(self, draft: Draft, body: _Element, pending: list[str]) -> None:
        title = draft.title or text_of(body)
        if folded(title) in {folded(self.story.title), folded(self.story.title.partition(":")[0])}:
            self._leave(title, why_left_out())
        else:
            pending += [*draft.above, title]

    def _take_text(
        self, draft: Draft, body: _Element, notes: Notes, pending: list[str], *, more: bool
    ) -> None:
        for above in [self.story.title, *pending, *draft.above, draft.title]:
            take_heading_out(body, above)
        before, after = (
            ao3.chapter_notes(body) if self.facts.source_url or "ao3" in self._archive() else ("", "")
        )
        put_notes(body, notes)
        html = finish(body)
        if not html:
            self._leave(draft.title or draft.document.stem, _("There is no text in it."))
            return
        if draft.kind in {"before", "after"}:
            around = self.before if draft.kind == "before" else self.after
            around.append((draft.title, html))
            return
        if not self.story.parts and more and _is_opening(draft, body):
            self.opening += html
            return
        html, self.opening = self.opening + html, ""
        names = [name for name in [*pending, *draft.above] if folded(name) != folded(self.story.title)]
        pending.clear()
        self._pictures_missing([draft.document, *draft.documents])
        title = draft.title or fallback_title(len(self.story.parts) + 1)
        url = draft.document.metas.get("chapterurl", "") if not draft.fragment else ""
        self.story.parts.append(
            FoundPart(
                title=" – ".join([*dict.fromkeys(names), title]),
                html=html,
                key=self._key(url or draft.document.name + (f"#{draft.fragment}" if draft.fragment else "")),
                note_before=before,
                note_after=after,
                source_url=url,
            )
        )

    def _pictures_missing(self, documents: list[Document]) -> None:
        for document in documents:
            self.story.left_out += [left for left in document.missing if left not in self.story.left_out]
            document.missing = []

    def _archive(self) -> str:
        publishers = " ".join(self.package.dc("publisher")).lower()
        return "ao3" if "archive of our own" in publishers else ""

    def _key(self, wanted: str) -> str:
        key, count = wanted, 1
        while key in self.keys:
            count += 1
            key = f"{wanted}~{count}"
        self.keys.add(key)
        return key

    def _around(self) -> None:
        """The author's preface, dedication or afterword: notes of the first and last part, else parts."""
        if not self.story.parts:
            self.story.parts = [
                FoundPart(title=title or fallback_title(n), html=html, key=self._key(f"around-{n}"))
                for n, (title, html) in enumerate([*self.before, *self.after], 1)
            ]
            return
        if self.before:
            part = self.story.parts[0]
            part.note_before = join_notes(*(_titled(*words) for words in self.before), part.note_before)
            self._say_where(self.before, part.title)
        if self.after:
            part = self.story.parts[-1]
            part.note_after = join_notes(part.note_after, *(_titled(*words) for words in self.after))
            self._say_where(self.after, part.title)

    def _say_where(self, around: list[tuple[str, str]], part: str) -> None:
        titles = ", ".join(f"“{title}”" for title, _html in around if title) or _("An untitled page")
        self.story.doubts.append(
            _("%(titles)s stands as the author’s note with “%(part)s”, not as a part of its own.")
            % {"titles": titles, "part": part}
        )

    def _cover(self) -> None:
        self.story.cover, cut_out = cover_of(self.book, self.package)
        if cut_out:
            self.story.doubts.append(_("The cover is a drawing; only the picture inside it was taken."))


def _is_opening(draft: Draft, body: _Element) -> bool:
    """Whether a page before the story has no name and hardly a word: a map, an ornament, a motto."""
    return not draft.title and len(text_of(body)) <= LONGEST_OPENING


def _joined(bodies: list[_Element]) -> _Element:
    """One body out of several files of the same part."""
    body = bodies[0]
    for other in bodies[1:]:
        if (other.text or "").strip():
            loose = etree.SubElement(body, "p")
            loose.text = other.text
        for child in list(other):
            body.append(child)
    return body


def _only_heading(body: _Element) -> bool:
    """Whether nothing but a heading stands in a document."""
    if any(True for _image in body.iter("img", "table")):
        return False
    heading = folded(first_heading(body))
    return bool(heading) and heading == folded(text_of(body))


def _titled(title: str, html: str) -> str:
    return f"<p><strong>{escape(title, quote=False)}</strong></p>{html}" if title else html
