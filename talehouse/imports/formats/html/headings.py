"""Chapter headings and titles: which text is one, and when it only repeats what is known."""

from __future__ import annotations

import re
import unicodedata

from lxml.etree import _Element

from talehouse.imports.formats.html.tree import (
    BLOCK,
    CONTAINERS,
    HEADINGS,
    classes_of,
    drop,
    is_empty,
    tag_of,
    text_of,
    types_of,
)

MAX_TITLE = 300

_WORDS = (
    "chapter|chap|ch|part|episode|prologue|epilogue|interlude|book|volume|act|scene|letter|canto|stave|intermission"
    "|capítulo|capitulo|cap|parte|prólogo|prologo|epílogo|epilogo|libro|livro|episodio|episódio|interludio"
    "|chapitre|partie|livre|épilogue|épisode|tome|kapitel|teil|prolog|epilog|buch|zwischenspiel|capitolo"
    "|hoofdstuk|deel|proloog|epiloog|rozdział|rozdzial|część|kapitola|časť|část|fejezet|capitolul|poglavlje"
    "|luku|osa|kapittel|bölüm|глава|часть|пролог|эпилог|книга|том|розділ|частина|глава|κεφάλαιο|μέρος"
    "|chương|bab|बाब|अध्याय|الفصل|فصل|פרק|บทที่|บท"
)
_CHAPTER = re.compile(rf"(?:the\s+)?(?:{_WORDS})\b", re.I)
_ORDINAL = re.compile(
    r"(?:\d{1,5}|[ivxlcdm]{1,9})(?:\s*[.:)\-–—]\s*.*|$)|第\s*[\d０-９一二三四五六七八九十百千〇零两]+\s*[章回話话节節部卷編篇]"
    r"|(?:序章|終章|终章|楔子|尾声|プロローグ|エピローグ|幕間|番外|외전|프롤로그|에필로그)|제?\s*\d+\s*[장화부]",
    re.I,
)
_DIVIDER = re.compile(
    r"(?:the\s+)?(?:part|book|volume|vol|act|parte|libro|livro|partie|livre|tome|teil|buch|band|deel|часть|книга|том"
    r"|частина|część|tom|osa)\b|第\s*[\d０-９一二三四五六七八九十百]+\s*[部卷編篇]",
    re.I,
)
_BARE = re.compile(
    rf"(?:(?:{_WORDS})\s*)?(?:\d{{1,5}}|[ivxlcdm]{{1,9}}|[a-z]+(?:[ -][a-z]+)?)"
    r"|第\s*[\d０-９一二三四五六七八九十百千〇零两]+\s*[章回話话节節]",
    re.I,
)
_TITLE_CLASS = re.compile(r"chapter|title|heading|^ct$|^cn$|^ch\d*$|number|ordinal", re.I)
_TITLE_TYPES = frozenset(("title", "fulltitle", "ordinal", "label", "subtitle"))


def folded(text: str) -> str:
    """Letters and digits only, for comparing titles that differ in case, spacing and punctuation."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in text if unicodedata.category(char)[0] in "LNM")


def looks_like_chapter(text: str) -> bool:
    """Whether a heading is one of a row ("Chapter 3", "IV.", "第3章") or a named one ("Prologue")."""
    text = text.strip()
    return bool(text) and len(text) <= MAX_TITLE and bool(_CHAPTER.match(text) or _ORDINAL.match(text))


def looks_like_divider(text: str) -> bool:
    """Whether a heading names a part of a book that has chapters of its own ("Book II", "Teil 1")."""
    return bool(_DIVIDER.match(text.strip()))


def first_heading(body: _Element) -> str:
    """The text of the heading that the document opens with, empty if it opens with text."""
    texts: list[str] = []
    for element in leading(body):
        if not _is_title(element) or (texts and not is_bare(texts[-1])):
            break
        texts.append(text_of(element))
        if sum(map(len, texts)) > MAX_TITLE:
            break
    return join_titles(texts)


def is_bare(text: str) -> bool:
    """Whether a heading is only a number or "Chapter 3", so that the next line may be its name."""
    text = text.strip(" .:–—-")
    return bool(_BARE.fullmatch(text)) and (bool(_ORDINAL.fullmatch(text)) or bool(_CHAPTER.match(text)))


def is_ordinal(text: str) -> bool:
    """Whether a title is a number and nothing else ("3", "IV.")."""
    return bool(re.fullmatch(r"(?:\d{1,5}|[ivxlcdm]{1,9})", text.strip(" .:–—-"), re.I))


def join_titles(texts: list[str]) -> str:
    """Pieces of one heading in one line: "Chapter 3", "The Tower" → "Chapter 3: The Tower"."""
    kept = [text for text in texts if text]
    return ": ".join(text.rstrip(" :.–—-") if text is not kept[-1] else text for text in kept)[:MAX_TITLE]


def leading(body: _Element) -> list[_Element]:
    """The first blocks with text, at most six; containers are entered, empty blocks skipped."""
    found: list[_Element] = []
    stack: list[_Element | None] = [None] if (body.text or "").strip() else _steps(body)
    while stack and len(found) < 6:
        element = stack.pop()
        if element is None:
            break
        if tag_of(element) in CONTAINERS | {"a"} and _starts_with_block(element):
            stack.extend(_steps(element))
        elif not is_empty(element):
            found.append(element)
    return found


def _steps(parent: _Element) -> list[_Element | None]:
    """The children in reverse, with None where loose text ends the row of blocks."""
    steps: list[_Element | None] = []
    for child in parent:
        steps.append(child)
        if (child.tail or "").strip():
            steps.append(None)
    return steps[::-1]


def _starts_with_block(element: _Element) -> bool:
    """Whether a block is the first thing that one reads in an element."""
    if (element.text or "").strip():
        return False
    for child in element:
        if tag_of(child) in BLOCK:
            return True
        if not is_empty(child) or (child.tail or "").strip():
            return False
    return False


def _is_title(element: _Element) -> bool:
    if tag_of(element) in HEADINGS:
        return True
    parents = {tag_of(parent) for parent in element.iterancestors()}
    if types_of(element) & _TITLE_TYPES or "hgroup" in parents:
        return True
    return tag_of(element) in {"p", "div"} and any(_TITLE_CLASS.search(name) for name in classes_of(element))


def take_heading_out(body: _Element, title: str) -> None:
    """Remove the headings that a text opens with, as far as they only repeat its title.

    Also when the title stands in several blocks ("I" above "The Tower" for "I: The Tower"). A plain
    paragraph is only taken if it is marked as a title or *is* the whole title with no words of speech.
    """
    wanted = folded(title)
    if not wanted:
        return
    run: list[_Element] = []
    said = ""
    best = 0
    for element in leading(body):
        text = folded(text_of(element))
        if not (_is_title(element) or _plain_title(element, wanted)) or not text:
            break
        run.append(element)
        said += text
        if said == wanted or (
            len(run) == 1 and said and wanted.endswith(said) and tag_of(element) in HEADINGS
        ):
            best = len(run)
            break
        if not wanted.startswith(said):
            break
    else:
        best = len(run) if said and wanted == said else best
    if not best and run and _all_in_title(run[0], wanted):
        best = 1
    for element in run[:best]:
        _remove_with_wrappers(element)


def _all_in_title(element: _Element, wanted: str) -> bool:
    """A first heading that is the first half of the title, as when the nav says more than the page."""
    said = folded(text_of(element))
    return tag_of(element) in HEADINGS and len(said) >= 1 and wanted.startswith(said)


def _plain_title(element: _Element, wanted: str) -> bool:
    text = text_of(element)
    if tag_of(element) != "p" or re.search(r"[“”„«»\"「」『』?!…]", text):
        return False
    return folded(text) == wanted and (looks_like_chapter(text) or _stands_out(element, text))


def _stands_out(element: _Element, text: str) -> bool:
    """Whether a paragraph is centred, or bold as a whole."""
    style = element.get("style", "")
    bold = sum(len(text_of(child)) for child in element if tag_of(child) in {"b", "strong"})
    return "center" in style or "bold" in style or bold == len(text)


def _remove_with_wrappers(element: _Element) -> None:
    parent = element.getparent()
    drop(element)
    while parent is not None and tag_of(parent) not in {"body", "html"} and is_empty(parent):
        above = parent.getparent()
        if above is None or any(
            True for _child in parent.iter("a") if _child.get("id") or _child.get("name")
        ):
            return
        drop(parent)
        parent = above
