"""Front and back matter: what a page is, by its markup, its name or what stands in it."""

from __future__ import annotations

import re
from typing import Final, Literal

from django.utils.translation import gettext as _

from talehouse.imports.formats.html.headings import folded

Kind = Literal["text", "publisher", "before", "after", "notes", "divider"]
"""`publisher`: left out. `before`, `after`: the author's words around the story. `notes`: endnotes."""

PUBLISHER_TYPES: Final = frozenset(
    "titlepage halftitlepage halftitle imprint colophon toc toc-brief landmarks loi lot loa lov"
    " copyright-page copyright uncopyright cover index bibliography other-credits seriespage contributors"
    " errata page-list publisher-logo title-page halftitle-page cover-page"
    .split()
)  # fmt: skip
BEFORE_TYPES: Final = frozenset("dedication epigraph preface foreword introduction preamble".split())
AFTER_TYPES: Final = frozenset("afterword acknowledgments acknowledgements".split())
NOTES_TYPES: Final = frozenset("endnotes rearnotes footnotes".split())
TEXT_TYPES: Final = frozenset("chapter prologue epilogue conclusion appendix bodymatter subchapter".split())
DIVIDER_TYPES: Final = frozenset("part division volume".split())

_PUBLISHER_NAMES: Final = """
contents|table of contents|toc|brief contents|copyright|copyright page|copyright notice|legal notice
|title page|titlepage|halftitle|half title|half title page|cover|cover page|front cover|back cover
|colophon|imprint|uncopyright|list of illustrations|illustrations|about the author|about the authors
|also by|about the publisher|index|other books|newsletter|update log|landmarks
|about this ebook|about this book|project gutenberg license|the full project gutenberg license
|transcribers note|transcribers notes|contenido|índice|indice|tabla de contenido|tabla de contenidos
|derechos de autor|créditos|portada|portadilla|cubierta|título|titulo|página de título
|sobre el autor|sobre la autora|página legal|aviso legal|conteúdo|sumário|capa|folha de rosto
|direitos autorais|ficha técnica|ficha catalográfica|sobre o autor|sobre a autora|inhalt
|inhaltsverzeichnis|impressum|titelseite|titel|umschlag|über den autor|über die autorin
|copyright seite|table des matières|sommaire|page de titre|couverture|mentions légales
|copyright et mentions légales|à propos de lauteur|sommario|copertina|frontespizio|colofone
|note legali|sullautore|inhoud|inhoudsopgave|titelpagina|omslag|over de auteur|spis treści|okładka
|strona tytułowa|strona redakcyjna|o autorze|o autorce|obsah|obálka|titulní strana|tiráž|tartalom
|innehåll|innehållsförteckning|omslag|titelsida|indhold|innhold|sisällys|cuprins|содержание
|оглавление|обложка|титульный лист|об авторе|выходные данные|зміст|обкладинка|περιεχόμενα
|içindekiler|目次|目录|目錄|表紙|封面|扉|奥付|版权|版权页|版權頁|書名頁|书名页|차례|목차|표지|판권
|สารบัญ|mục lục|المحتويات|الفهرس|תוכן
|תוכן העניינים|זכויות יוצרים|כריכה|שער|דף פתיחה|על המחבר|על המחברת|حقوق النشر|الغلاف|صفحة العنوان
|عن المؤلف|عن الكاتب|titlepage
"""
_BEFORE_NAMES: Final = """
preface|foreword|dedication|epigraph|prefacio|prólogo del autor|dedicatoria|epígrafe|prefácio
|dedicatória|vorwort|widmung|préface|avantpropos|dédicace|prefazione|dedica|voorwoord|opdracht
|przedmowa|dedykacja|předmluva|предисловие|посвящение|эпиграф|まえがき|前書き|献辞|献词|自序|머리말|헌사
|הקדמה|הקדשה|פתח דבר|إهداء|الإهداء|مقدمة المؤلف
"""
_AFTER_NAMES: Final = """
afterword|acknowledgments|acknowledgements|epílogo del autor|agradecimientos|agradecimentos|nachwort
|danksagung|postface|remerciements|postfazione|ringraziamenti|nawoord|dankwoord|posłowie
|podziękowania|doslov|послесловие|благодарности|あとがき|後書き|謝辞|后记|後記|致谢|후기|감사의 말
|תודות|אחרית דבר|شكر وتقدير
"""
_NOTES_NAMES: Final = """
notes|endnotes|footnotes|notas|notas al pie|notas finales|notas de rodapé|anmerkungen|fußnoten
|endnoten|notes de bas de page|note|noten|przypisy|poznámky|примечания|сноски|注释|註釋|脚注|注|각주|주석
"""


def _names(text: str) -> frozenset[str]:
    return frozenset(folded(name) for name in text.split("|"))


_PUBLISHER, _BEFORE, _AFTER, _NOTES = map(
    _names, (_PUBLISHER_NAMES, _BEFORE_NAMES, _AFTER_NAMES, _NOTES_NAMES)
)
_FILE = re.compile(
    r"^(?:\d+[_-])?(?:cover|cover-?page|title-?_?page|half-?title(?:page)?|copyright(?:-?page)?|imprint|colophon|toc|nav"
    r"|contents|tableofcontents|uncopyright|log_page|toc_page)\d*$",
    re.I,
)
_RIGHTS = re.compile(r"©|\(c\)\s*\d{4}|\bisbn\b|all rights reserved|todos los derechos reservados"
                     r"|alle rechte vorbehalten|tous droits réservés|無断転載|版权所有", re.I)  # fmt: skip


def why_left_out() -> str:
    """The sentence that the preview shows beside the publisher's pages."""
    return _("A page of the book around the story, such as its title page, contents or copyright.")


def kind_by_types(types: set[str]) -> Kind | None:
    """What the markup says; the story's own words win over what surrounds it."""
    if types & PUBLISHER_TYPES:
        return "publisher"
    if types & NOTES_TYPES:
        return "notes"
    if types & BEFORE_TYPES:
        return "before"
    if types & AFTER_TYPES:
        return "after"
    if types & DIVIDER_TYPES:
        return "divider"
    return "text" if types & TEXT_TYPES else None


def kind_by_name(title: str, *, words: int) -> Kind | None:
    """What a title says when nothing else does.

    A long text under a publisher's name ("Cover", "Index", "Credits") is a chapter so called.
    """
    name = folded(title)
    if name in _PUBLISHER:
        return (
            "publisher"
            if words < 400 or name in {"contents", "tableofcontents", "inhaltsverzeichnis"}
            else None
        )
    if name in _NOTES:
        return "notes"
    if name in _BEFORE:
        return "before"
    return "after" if name in _AFTER else None


def kind_by_file(stem: str, *, words: int) -> Kind | None:
    """What a file's name says, for short pages without any title."""
    return "publisher" if words < 400 and _FILE.match(stem) else None


def is_rights_page(text: str) -> bool:
    """Whether a short page is about rights: two different signs of it."""
    return len(text) < 4_000 and len({match.lower() for match in _RIGHTS.findall(text)}) >= 2
