"""Where the text of a page is, what surrounds it, and what its head says about it."""

from __future__ import annotations

import re
from collections import Counter

from lxml.etree import _Element

from talehouse.imports.formats.html.headings import looks_like_chapter
from talehouse.imports.formats.html.labels import Facts, language_code
from talehouse.imports.formats.html.tree import BLOCK, classes_of, drop, tag_of, text_of

_CHROME_TAGS = ("nav", "footer", "aside", "form", "dialog", "menu", "search")
_CHROME_NAMES = re.compile(
    r"^(?:comments?|respond|sidebar|side-?bar|share|sharing|social|breadcrumbs?|cookie\S*|related\S*|pagination|pager"
    r"|menu|navbar|nav|navigation|site-?header|site-?footer|masthead|advert\S*|ads?|banner|skip-?link\S*|toolbar"
    r"|widget\S*|newsletter|subscribe|login|search|feedback|kudos|actions|post-?navigation|nav-?links|page-?nav\S*)$",
    re.I,
)
_MAIN_NAMES = (
    "chapters", "workskin", "storytext", "storytextp", "chapter-content", "chapter__content", "story-content",
    "entry-content", "post-content", "post-body", "article-body", "chapter-inner", "chp_raw", "story",
    "chapter",
    "content", "main", "main-content",
)  # fmt: skip
_SAVED = re.compile(r"saved from url=\(\d{1,6}\)(https?://[^\s>]{1,2000})", re.I)
_BY = re.compile(r"^(.{1,200}?)\s+(?:by|von|par|por|di)\s+(.{1,120})$", re.I)
SHARE_OF_MAIN = 0.5


def is_saved_page(body: _Element) -> bool:
    """Whether a page has a site's furniture around its text; an exported file has none."""
    if any(tag_of(element) in {"nav", "footer", "form"} for element in body.iter()):
        return True
    named = sum(
        any(_CHROME_NAMES.match(name) for name in _names(element))
        for element in body.iter("div", "section", "ul")
    )
    return named >= 2


def _names(element: _Element) -> list[str]:
    return [*classes_of(element), element.get("id", "")]


def main_of(body: _Element) -> _Element:
    """The element that holds the text of a saved page: by its name, else the smallest with most of it."""
    weights = _weights(body)
    total = weights.get(body, 0)
    named = [element for element in body.iter() if _is_main(element)]
    for wanted in ("article", "main", *_MAIN_NAMES):
        fitting = [e for e in named if (tag_of(e) == wanted or wanted in _names(e)) and weights.get(e, 0) > 0]
        best = max(fitting, key=lambda element: weights.get(element, 0), default=None)
        if best is not None and weights.get(best, 0) >= SHARE_OF_MAIN * total:
            return best
    return _densest(body, weights, total)


def _is_main(element: _Element) -> bool:
    return tag_of(element) in {"article", "main"} or bool(set(_names(element)) & set(_MAIN_NAMES))


def _weights(body: _Element) -> dict[_Element, int]:
    """Letters of running text under each element: that of paragraphs, and loose text between line breaks."""
    weights: Counter[_Element] = Counter()
    for element in body.iter("p", "br", "blockquote", "pre"):
        own = len(element.tail or "") if tag_of(element) == "br" else len(text_of(element))
        if own < 20:
            continue
        at: _Element | None = element
        depth = 0
        while at is not None and depth < 300:
            weights[at] += own
            at, depth = at.getparent(), depth + 1
    return dict(weights)


def _densest(body: _Element, weights: dict[_Element, int], total: int) -> _Element:
    best = body
    while total:
        inner = max(best, key=lambda child: weights.get(child, 0), default=None)
        if (
            inner is None
            or weights.get(inner, 0) < 0.9 * total
            or tag_of(inner) not in BLOCK - {"p", "blockquote", "pre"}
        ):
            return best
        best = inner
    return best


def remove_chrome(main: _Element) -> bool:
    """Drop what surrounds a text even inside its own element; tells whether there was anything."""
    found = False
    for element in list(main.iter()):
        if element is main or element.getparent() is None:
            continue
        named = tag_of(element) in {"div", "section", "ul", "ol", "header", "span", "p"} and any(
            _CHROME_NAMES.match(name) for name in _names(element)
        )
        if tag_of(element) in _CHROME_TAGS or named:
            found = found or bool(text_of(element))
            drop(element)
    return found


def read_head(root: _Element, text: str, facts: Facts) -> None:
    """Title, author, summary, language, address and tags from a page's head."""
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("http-equiv") or "").lower()
        if name and (content := " ".join(meta.get("content", "").split())):
            metas.setdefault(name, content)
    title = root.find(".//title")
    facts.title = _first(metas, "dc.title", "dcterms.title", "og:title", "title") or (
        text_of(title) if title is not None else ""
    )
    author = _first(metas, "author", "dc.creator", "dcterms.creator", "article:author")
    if author and not author.startswith("http"):
        facts.authors = [name.strip() for name in re.split(r"[;]|,\s(?=\w+\s)", author) if name.strip()]
    split = _BY.match(facts.title)
    if split and (not facts.authors or split.group(2) in facts.authors):
        facts.title, facts.authors = split.group(1), facts.authors or [split.group(2)]
    summary = _first(metas, "dc.description", "description", "og:description")
    if summary:
        facts.summary = "<p>" + summary.replace("&", "&amp;").replace("<", "&lt;") + "</p>"
    facts.language = root.get("lang", "") or _first(metas, "content-language", "dc.language")
    facts.language = (
        facts.language.replace("_", "-")
        if re.fullmatch(r"[\w-]{2,20}", facts.language)
        else language_code(facts.language)
    )
    keywords = _first(metas, "keywords", "dc.subject")
    facts.add_tags([word.strip() for word in keywords.split(",") if word.strip()][:50], "theme")
    saved = _SAVED.search(text[:2000])
    canonical = next(
        (link.get("href", "") for link in root.iter("link") if link.get("rel") == "canonical"), ""
    )
    address = canonical or metas.get("og:url", "") or (saved.group(1) if saved else "")
    facts.source_url = address if address.startswith(("http://", "https://")) else ""


def _first(metas: dict[str, str], *names: str) -> str:
    return next((metas[name] for name in names if name in metas), "")


def title_in(main: _Element, facts: Facts) -> str:
    """The story's title: the only top heading or a paragraph styled as the title, else what the head says."""
    for element in main.iter("p", "h1", "div"):
        if (
            {"MsoTitle", "title", "Title"} & set(classes_of(element))
            and (text := text_of(element))
            and len(text) < 300
        ):
            return text
    tops = [text_of(element) for element in main.iter("h1") if text_of(element)]
    if len(tops) == 1 and not looks_like_chapter(tops[0]) and len(tops[0]) < 300:
        split = _BY.match(tops[0])
        return split.group(1) if split and split.group(2) in facts.authors else tops[0]
    return facts.title
