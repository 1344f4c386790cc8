"""Word documents: `document.xml` read directly with its styles, numbering, notes and pictures.

Read directly because neither python-docx nor mammoth keeps blank-paragraph and page breaks together with
centring, notes and pictures, and both are several times slower.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from io import BytesIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lxml import etree

from talehouse.imports.formats.docx import layout
from talehouse.imports.formats.docx.blocks import Block, Reader
from talehouse.imports.formats.docx.inline import NOTE, Document
from talehouse.imports.formats.docx.names import CORE, DC, W
from talehouse.imports.formats.docx.others import refusal
from talehouse.imports.formats.docx.package import BrokenPackageError, Element, Package
from talehouse.imports.formats.docx.styles import Numbering, Styles
from talehouse.imports.formats.text.assembly import fill
from talehouse.imports.formats.text.outline import outline
from talehouse.imports.formats.text.titles import same_title, split_series
from talehouse.imports.found import BadFileError, FoundPart, FoundStory, FoundTag, LeftOut
from talehouse.lib.zips import BadZipError, open_zip

_BROKEN = (
    BrokenPackageError, BadZipError, zipfile.BadZipFile, zlib.error,
    etree.XMLSyntaxError, KeyError, ValueError,
    EOFError, OSError,
    NotImplementedError, RuntimeError, IndexError, OverflowError, LookupError,
)  # fmt: skip
_NOT_TITLES = re.compile(
    r"(?:microsoft word|document|untitled|document\d*|dokument\d*|documento?\d*|.*\.docx?)", re.IGNORECASE
)

_DOCUMENT = re.compile(r"/?word/document\d*\.xml", re.IGNORECASE)
"""The main part; some programs number it."""


def sniff(head: bytes, name: str) -> bool:
    """A zip that holds a Word document; by the ending when only the start of the file is at hand."""
    if not head.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(BytesIO(head)) as archive:
            return any(_DOCUMENT.fullmatch(entry) for entry in archive.namelist())
    except _BROKEN:
        return name.lower().endswith((".docx", ".docm", ".dotx"))


def parse(data: bytes, *, name: str) -> FoundStory:
    """The story in a Word document, its parts at the level of its chapter headings."""
    if sentence := refusal(data[:2048], name):
        raise BadFileError(sentence)
    try:
        archive = open_zip(data)
    except BadZipError as error:
        raise BadFileError(
            _("“%(name)s” is no Word document that can be read: %(why)s") % {"name": name, "why": error}
        ) from error
    try:
        with archive:
            return _story(Package(archive), name)
    except _BROKEN as error:
        raise BadFileError(
            _("“%(name)s” is damaged: Word’s own parts in it cannot be read.") % {"name": name}
        ) from error


def _story(package: Package, name: str) -> FoundStory:
    main = package.main()
    relations = package.relations(main)
    roots = {
        kind: _part_root(package, kind, main) for kind in ("styles", "numbering", "footnotes", "endnotes")
    }
    document = Document(package, Styles(roots["styles"][1]))
    numbering = Numbering(roots["numbering"][1])
    body = package.xml(main).find(f"{W}body")
    if body is None:
        raise BrokenPackageError(main)
    blocks = Reader(document, numbering, relations).blocks(body)
    story = FoundStory("", [], format="docx")
    _properties(package, story)
    _take_title(blocks, story)
    layout.mark_headings(blocks)
    breaks, doubtful = layout.scene_breaks(blocks)
    if doubtful:
        story.doubts.append(
            _(
                "Blank lines stand between many paragraphs but not all; they were taken as spacing, "
                "not as scene breaks."
            )
        )
    fill(story, outline(layout.items_of(blocks, breaks)), name)
    notes = _notes(document, numbering, package, roots)
    for part in story.parts:
        part.html = _trimmed(part.html)
        _place_notes(part, notes)
    story.pictures = document.pictures
    _report(document.dropped, story)
    return story


def _part_root(package: Package, kind: str, main: str) -> tuple[str, Element | None]:
    path = next(
        (one.target for one in package.relations(main).values() if one.kind == kind and not one.external), ""
    )
    return path, package.xml(path) if path and package.has(path) else None


def _properties(package: Package, story: FoundStory) -> None:
    """Title, author, language, subject and keywords of `docProps/core.xml`, if there is one that can be
    read."""
    path = next(
        (one.target for one in package.relations("").values() if one.kind == "core-properties"),
        "docProps/core.xml",
    )
    if not package.has(path):
        return
    try:
        root = package.xml(path)
    except (BrokenPackageError, etree.XMLSyntaxError):
        story.doubts.append(_("The file’s own title and author could not be read."))
        return
    values = {key: " ".join((root.findtext(tag) or "").split()) for key, tag in _PROPERTIES.items()}
    if values["title"] and not _NOT_TITLES.fullmatch(values["title"]):
        story.title = values["title"]
    story.authors = [author.strip() for author in re.split(r"[;/]", values["author"]) if author.strip()]
    story.language = values["language"]
    if not values["description"].lower().startswith("generated by"):
        story.summary = _escaped(values["description"])
    names = [values["subject"], *re.split(r"[,;]", values["keywords"])]
    story.tags = [FoundTag(name) for name in dict.fromkeys(name.strip() for name in names) if name]


_PROPERTIES = {
    "title": f"{DC}title",
    "author": f"{DC}creator",
    "language": f"{DC}language",
    "description": f"{DC}description",
    "subject": f"{DC}subject",
    "keywords": f"{CORE}keywords",
}


def _escaped(text: str) -> str:
    return "<p>" + text.replace("&", "&amp;").replace("<", "&lt;") + "</p>" if text else ""


def _take_title(blocks: list[Block], story: FoundStory) -> None:
    """The one paragraph in Word's Title style is the story's title; an Author paragraph its author."""
    titles = [block for block in blocks if block.style == "title"]
    if len(titles) == 1 and blocks.index(titles[0]) < 5:
        title = " ".join(titles[0].text.split())
        # The file's properties may add the place in a series to the same title.
        if same_title(split_series(story.title)[0]) != same_title(title):
            story.title = title
        blocks.remove(titles[0])
    for block in [block for block in blocks[:5] if block.style == "author"]:
        story.authors = [block.text]
        blocks.remove(block)


def _notes(
    document: Document, numbering: Numbering, package: Package, roots: dict[str, tuple[str, Element | None]]
) -> dict[tuple[str, str], str]:
    """Footnotes and endnotes by kind and id, as HTML."""
    found = {}
    for kind, part, tag in (("fn", "footnotes", "footnote"), ("en", "endnotes", "endnote")):
        path, root = roots[part]
        if root is None:
            continue
        reader = Reader(document, numbering, package.relations(path))
        for note in root.iterfind(f"{W}{tag}"):
            if note.get(f"{W}type") in {None, "normal"}:
                blocks = reader.blocks(note)
                found[kind, note.get(f"{W}id", "")] = "".join(
                    block.html if block.whole else f"<p>{NOTE.sub('', block.html)}</p>" for block in blocks
                )
    return found


def _place_notes(part: FoundPart, notes: dict[tuple[str, str], str]) -> None:
    """Number the part's notes from 1 and put them at its end, each linked with its reference."""
    order: list[tuple[str, str]] = []

    def reference(match: re.Match[str]) -> str:
        note = match[1], match[2]
        if not notes.get(note):
            return ""
        again = note in order
        if not again:
            order.append(note)
        number = order.index(note) + 1
        identifier = "" if again else f' id="fnref-{number}"'
        return f'<sup><a href="#fn-{number}" class="fn"{identifier}>{number}</a></sup>'

    part.html = NOTE.sub(reference, part.html)
    part.title = NOTE.sub("", part.title).strip()
    if order:
        listed = "".join(f'<li id="fn-{at}">{notes[note]}</li>' for at, note in enumerate(order, 1))
        part.html += f'\n<section class="footnotes"><ol>{listed}</ol></section>'


def _trimmed(html: str) -> str:
    """Without scene breaks at the very start or end of a part."""
    return re.sub(r"\A(?:\s*<hr>)+\s*|\s*(?:<hr>\s*)+\Z", "", html)


def _report(dropped: Counter[str], story: FoundStory) -> None:
    for kind, count in dropped.items():
        what, why = _dropped(kind, count)
        story.left_out.append(LeftOut(what, why))


def _dropped(kind: str, count: int) -> tuple[str, str]:
    sentences = {
        "contents": (_("Contents"), _("the page makes its own")),
        "comments": (
            ngettext("%(count)d comment", "%(count)d comments", count),
            _("remarks in the margin are not part of the story"),
        ),
        "deletions": (
            ngettext("%(count)d deleted passage", "%(count)d deleted passages", count),
            _("marked as deleted in Word"),
        ),
        "hidden": (
            ngettext("%(count)d hidden passage", "%(count)d hidden passages", count),
            _("marked as hidden in Word"),
        ),
        "linked pictures": (
            ngettext("%(count)d picture", "%(count)d pictures", count),
            _("not in the file, only a link to it"),
        ),
        "missing pictures": (
            ngettext("%(count)d picture", "%(count)d pictures", count),
            _("missing in the file"),
        ),
        "drawings": (
            ngettext("%(count)d drawing", "%(count)d drawings", count),
            _("in a form that browsers do not show"),
        ),
        "too many pictures": (
            ngettext("%(count)d picture", "%(count)d pictures", count),
            _("there are too many in the file"),
        ),
    }
    what, why = sentences[kind]
    return (what % {"count": count} if "%(" in what else what), why
