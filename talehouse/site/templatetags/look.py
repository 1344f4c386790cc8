"""How numbers, dates, languages, counters and icons are written in templates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django import template
from django.conf.locale import LANG_INFO
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms import CheckboxInput, FileInput, ModelChoiceField, Select
from django.utils.formats import date_format, get_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_noop, ngettext

from talehouse.site.house import of as house_of

register = template.Library()

COMPACT_FROM = 10_000
"""From here on a number is shown short (12.3K); its full form stands in the title."""

DROP_CAP_SCRIPTS = ("LATIN ", "CYRILLIC ", "GREEK ")
DROP_CAP_LETTERS = 80
"""A paragraph must be this long before a large first letter has lines to stand beside."""

NUMBERED = re.compile(r"\s*(?:[^\W\d]+\s+)?(?:\d|[IVXLC]+\s*(?:[.:)–—-]|$))")
"""A numeral, Arabic or Roman, at the head of a title or after its first word."""

ICONS = {
    "reads": '<path d="M2 12s3.600-6.500 10-6.500S22 12 22 12s-3.600 6.500-10 6.500S2 12 2 12z"/>'
    '<circle cx="12" cy="12" r="2.600"/>',
    "votes": '<path d="m12 3.600 2.600 5.400 5.900.8-4.300 4.100 1.100 5.900L12 17l-5.300 2.800'
    ' 1.100-5.900L3.500 9.800l5.900-.8z"/>',
    "comments": '<path d="M4 5h16v11H10l-5 4v-4H4z"/>',
    "elsewhere": '<path d="M4 12h12M11 6l6 6-6 6M20 4v16"/>',
    "forward": '<path d="M4 12h16M14 6l6 6-6 6"/>',
    "back": '<path d="M20 12H4M10 6l-6 6 6 6"/>',
    "book": '<path d="M12 6.500C9.500 4.500 6.500 4 3 4v14.500c3.500 0 6.500.5 9 2.500 2.500-2 5.500-2.500 '
    '9-2.500V4c-3.500 0-6.500.5-9 2.500zM12 6.500V21"/>',
    "bring": '<path d="M12 15V4M7.500 8.500 12 4l4.500 4.500M4 15v5h16v-5"/>',
    "take": '<path d="M12 4v11M7.500 10.500 12 15l4.500-4.500M4 15v5h16v-5"/>',
    "pen": '<path d="M4 20l1-4.500L16.500 4a2 2 0 0 1 3 3L8.500 19z M14.500 6l3.500 3.500"/>',
    "list": '<path d="M8 6h12M8 12h12M8 18h12M4 6h.010M4 12h.010M4 18h.010"/>',
    "covers": '<path d="M4 4h6v7H4zM14 4h6v7h-6zM4 14h6v6H4zM14 14h6v6h-6z"/>',
    "tag": '<path d="M4 4h8l8.500 8.500-8 8L4 12zM8.200 8.200h.010"/>',
    "search": '<circle cx="10.500" cy="10.500" r="6.500"/><path d="m15.500 15.500 5 5"/>',
    "check": '<path d="m5 12.500 4.500 4.500L19 7.500"/>',
    "minus": '<path d="M5 12h14"/>',
    "bookmark": '<path d="M6 4h12v16.500l-6-4.500-6 4.500z"/>',
    "close": '<path d="M6 6l12 12M18 6 6 18"/>',
    "ok": '<circle cx="12" cy="12" r="9"/><path d="m8 12.500 2.700 2.700L16 9.500"/>',
    "warn": '<path d="M12 4 2.500 20h19zM12 10v4.500M12 17.200v.010"/>',
    "bad": '<circle cx="12" cy="12" r="9"/><path d="m9 9 6 6M15 9l-6 6"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.500M12 7.700v.010"/>',
    "bell": '<path d="M6 16V10.500a6 6 0 0 1 12 0V16l1.500 2.500h-15zM10 21h4"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.500 2"/>',
    "pause": '<path d="M9 6v12M15 6v12"/>',
    "calendar": '<path d="M4 6h16v14H4zM4 10.500h16M8 3.500V8M16 3.500V8"/>',
    "speak": '<path d="M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4 4 0 0 1 0 6'
    'M18 6.500a8 8 0 0 1 0 11"/>',
    "feed": '<path d="M5 5a14 14 0 0 1 14 14M5 11.500a7.500 7.500 0 0 1 7.500 7.500M6 18h.010"/>',
    "settings": '<path d="M4 7h9M19 7h1M4 17h1M11 17h9"/><circle cx="16" cy="7" r="2.500"/>'
    '<circle cx="8" cy="17" r="2.500"/>',
}
"""Drawn on a 24 × 24 field with a line of 1.6; no fills."""

FLIPPED = frozenset({"forward", "back", "elsewhere", "speak", "list"})
"""Icons that point along the line of reading and turn round where it runs from right to left."""


def _of(thing: Any, name: str) -> Any:
    """A field of an object or of a plain dict, as templates know both; None when there is none."""
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


@lru_cache(maxsize=64)
def _separators(language: str | None) -> tuple[str, str]:
    """What divides thousands and decimals in `language`; cached, since asking Django is slow in lists."""
    return str(get_format("THOUSAND_SEPARATOR", language)), str(get_format("DECIMAL_SEPARATOR", language))


def _grouped(count: int, separator: str) -> str:
    return f"{count:,}".replace(",", separator)


@register.filter
def full(count: int) -> str:
    """Every digit, with the separators of the language: 12,345."""
    return _grouped(count, _separators(get_language())[0])


def _tenths(count: int, unit: int, point: str) -> str:
    """`count` in units, cut (never rounded up) to one decimal below a hundred: 12.3, 340."""
    whole, tenth = divmod(count * 10 // unit, 10)
    return str(whole) if whole >= 100 or not tenth else f"{whole}{point}{tenth}"


def compact(count: int) -> str:
    """Short from 10,000 on, and never more than is true: 12.3K, 340K, 1.2M."""
    thousands, point = _separators(get_language())
    if count < COMPACT_FROM:
        return _grouped(count, thousands)
    if count < 1_000_000:
        return gettext("%(number)sK") % {"number": _tenths(count, 1000, point)}
    return gettext("%(number)sM") % {"number": _tenths(count, 1_000_000, point)}


@register.filter
def number(count: int) -> SafeString:
    """The number as people read it; a shortened one carries its full form."""
    if count < COMPACT_FROM:
        return SafeString(compact(count))
    return format_html('<data value="{}" title="{}">{}</data>', count, full(count), compact(count))


def _phrase(kind: str, count: int) -> str:
    """The sentence for so many of a kind, with a place `%(n)s` for the number."""
    match kind:
        case "part":
            return ngettext("%(n)s part", "%(n)s parts", count)
        case "word":
            return ngettext("%(n)s word", "%(n)s words", count)
        case "read":
            return ngettext("%(n)s read", "%(n)s reads", count)
        case "vote":
            return ngettext("%(n)s vote", "%(n)s votes", count)
        case "comment":
            return ngettext("%(n)s comment", "%(n)s comments", count)
        case "story":
            return ngettext("%(n)s story", "%(n)s stories", count)
        case "minute":
            return ngettext("%(n)s min", "%(n)s min", count)
        case _:
            raise template.TemplateSyntaxError(f"amount: there is no phrase for {kind!r}.")


@register.simple_tag(takes_context=True)
def house(context: template.Context) -> Any:
    """The `site` row, whatever a view of somebody else (allauth) put into the context under that name."""
    return house_of(context["request"])


@register.filter
def leading_tag(tags: Sequence[Any]) -> str:
    """The one tag that a small card has room for: the first genre, else nothing."""
    return next((str(tag.name) for tag in tags if tag.kind == "genre"), "")


@register.simple_tag
def amount(count: int, kind: str) -> str:
    """So many parts, words, reads, votes, comments, stories or minutes, in the reader's language."""
    return _phrase(kind, count) % {"n": full(count)}


@register.simple_tag
def byline(authors: Iterable[Any]) -> SafeString:
    """Who wrote it, linked, as one sentence: not every language says “by”, and not all of them before."""
    links = format_html_join(
        ", ",
        '<a href="{}"><bdi>{}</bdi></a>',
        ((_of(author, "url"), _of(author, "name")) for author in authors),
    )
    return format_html(gettext("by {names}"), names=links)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon; with a label it is a picture with a name, without one it is decoration."""
    css = "icon flip" if name in FLIPPED else "icon"
    shape = mark_safe(ICONS[name])  # noqa: S308 - our own drawing
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', css, label, shape
        )
    return format_html('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', css, shape)


def _counter(name: str, kind: str, count: int) -> tuple[str, SafeString, SafeString, str]:
    sentence = _phrase(kind, count)
    shown = format_html_join(
        "",
        '<span class="{}">{}</span>',
        (
            ("word", piece) if piece != "%(n)s" else ("n", compact(count))
            for piece in re.split(r"(%\(n\)s)", sentence)
            if piece
        ),
    )
    return sentence % {"n": full(count)}, icon(name), shown, sentence % {"n": full(count)}


@register.filter
def elsewhere(brought: Sequence[int] | None) -> str:
    """Reads, votes and comments of another house in one sentence, those that are not zero; "" for none."""
    kinds = ("read", "vote", "comment")
    told = [amount(n, kind) for n, kind in zip(brought or (), kinds, strict=False) if n > 0]
    return gettext("%(counts)s elsewhere") % {"counts": ", ".join(told)} if told else ""


def _elsewhere(brought: Any) -> SafeString:
    """What an import brought in, said apart: numbers of another house are never added to ours."""
    sentence = elsewhere([_of(brought, name) or 0 for name in ("reads", "votes", "comments")])
    if not sentence:
        return SafeString("")
    return format_html('<li class="elsewhere">{}<span>{}</span></li>', icon("elsewhere"), sentence)


@register.simple_tag
def counts(thing: Any, css: str = "") -> SafeString:
    """The three counters of a story, part or card: icon, number, and a name that is read aloud in full."""
    rows = (
        _counter("reads", "read", _of(thing, "reads")),
        _counter("votes", "vote", _of(thing, "votes")),
        _counter("comments", "comment", _of(thing, "comments")),
    )
    items = format_html_join(
        "",
        '<li data-count="{}" title="{}">{}<span aria-hidden="true">{}</span><span class="vh">{}</span></li>',
        ((name, *row) for name, row in zip(("reads", "votes", "comments"), rows, strict=True)),
    )
    brought = SafeString("") if css == "tight" else _elsewhere(_of(thing, "elsewhere"))
    return format_html('<ul class="counts {}">{}{}</ul>', css, items, brought)


@register.filter
def when(moment: datetime | None) -> SafeString:
    """A day in words inside `<time>` with the exact UTC time; nothing for nothing."""
    if moment is None:
        return SafeString("")
    utc = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}">{}</time>', utc.strftime("%Y-%m-%dT%H:%M:%SZ"), date_format(utc, "DATE_FORMAT")
    )


OTHER_LANGUAGES = {
    "la": gettext_noop("Latin"),
    "tl": gettext_noop("Tagalog"),
    "zh": gettext_noop("Chinese"),
}
"""Languages of stories that Django has no name for."""


@lru_cache(maxsize=512)
def _language_name(tag: str, interface: str | None) -> str:
    if tag.lower() in OTHER_LANGUAGES:
        return gettext(OTHER_LANGUAGES[tag.lower()])
    info = LANG_INFO.get(tag.lower()) or LANG_INFO.get(tag.partition("-")[0].lower())
    while info and "fallback" in info:
        info = LANG_INFO.get(info["fallback"][0])
    return gettext(info["name"]) if info else tag


@register.filter
def language_name(tag: str) -> str:
    """A BCP 47 tag as a name in the interface's language; the tag itself when nobody named it."""
    return _language_name(tag, get_language())


@register.filter
def has_drop_cap(html: str) -> bool:
    """Whether the text opens with a long paragraph whose first letter is Latin, Cyrillic or Greek."""
    opening = re.match(r"\s*<p[^>]*>(.*?)</p>", html[:4000], re.DOTALL)
    if opening is None:
        return False
    words = re.sub(r"<[^>]*>", "", opening[1]).lstrip()
    if len(words) < DROP_CAP_LETTERS or not words[0].isalpha():
        return False
    return unicodedata.name(words[0], "").startswith(DROP_CAP_SCRIPTS)


@register.filter
def says_its_number(title: str) -> bool:
    """Whether a part's title counts already (Chapter 3, 3., IV: …), so that no number stands above it."""
    return NUMBERED.match(title) is not None


@register.filter
def is_check(field: Any) -> bool:
    """Whether a form field is a single box to tick, which stands before its label."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def may_be_empty(field: Any) -> bool:
    """Whether a form field may be left empty: not a list to choose one from that offers nothing empty."""
    asked = field.field
    if asked.required:
        return False
    if not isinstance(asked.widget, Select) or asked.widget.allow_multiple_selected:
        return True
    if isinstance(asked, ModelChoiceField):  # its choices would be asked of the database
        return asked.empty_label is not None
    return any(value in ("", None) for value, _label in asked.choices)


@register.filter
def is_file(field: Any) -> bool:
    """Whether a form field takes files, and so gets a place to drop them."""
    return isinstance(field.field.widget, FileInput)


@register.filter
def said_once(field: Any) -> Any:
    """The form field, without a placeholder that is only a longer or shorter way to say its label."""
    attrs = field.field.widget.attrs
    told, label = (set(str(text).casefold().split()) for text in (attrs.get("placeholder", ""), field.label))
    if told <= label or label <= told:
        attrs.pop("placeholder", None)
    return field


@register.simple_tag
@lru_cache(maxsize=1)
def icon_address() -> str:
    """The archive's icon inside the page itself: one request less for everybody who comes."""
    found = finders.find("base/icon.svg")
    drawing = Path(str(found)).read_text("utf-8") if found else ""
    return "data:image/svg+xml," + quote(" ".join(drawing.split()), safe="/:=(),")


@register.simple_tag
def safe_static(path: str) -> str:
    """The address of a static file, or nothing: an error page must never fail for want of a style sheet."""
    try:
        return staticfiles_storage.url(path)
    except (ValueError, OSError):
        return ""
