"""What a saved Wattpad page holds besides the writer's words: counts, closing lines, advertisements, buttons.

The sentences are those that the site itself shows in its interface languages; they are recognised, never
kept.
"""

from __future__ import annotations

import re

from talehouse.imports.found import Elsewhere

_CLOSING = (
    "Where stories live. Discover now",
    "Donde viven las historias. Descúbrelo ahora",
    "Onde histórias criam vida. Descubra agora",
    "Où les histoires vivent. Découvrez maintenant",
    "Dove le storie prendono vita. Scoprilo ora",
    "Hikayelerin yaşadığı yer. Şimdi keşfedin",
)
_LOOSE = r"Wo\s+Geschichten\s+leben\.\s*Entdecke\w*(?:\s\w+){0,2}"
CLOSING = re.compile(
    "|".join([*(r"\s+".join(map(re.escape, line.split())) for line in _CLOSING), _LOOSE]), re.IGNORECASE
)
"""The site's sentence after the story's title, at the very end."""

READING_BOX = re.compile(
    r"\s*(?:you are reading|kamu sedang membaca|binabasa mo ang|du liest gerade|est[áa]s leyendo|"
    r"você está lendo|"
    r"stai leggendo|okuduğun|vous lisez|bạn đang đọc)\s*:?\s*",
    re.IGNORECASE,
)
"""The heading of the box that names the story on newer pages."""

PICTURE_GONE = re.compile(
    r"\s*(?:oops|ops|¡?ay|oups)!?\s.*(?:content guidelines|pautas de contenido|diretrizes de "
    r"conteúdo|linee guida|içerik kuralları|"
    r"directives de contenu|inhaltsrichtlinien|image does not follow).*",
    re.IGNORECASE,
)
"""The sentence where a picture stood; the line before it then repeats a neighbouring paragraph as its
caption."""

ADVERTISEMENT = re.compile(
    r"\s*(?:advertisement|advertising|publicidad|publicidade|publicité|pubblicità|reklam|anzeige|"
    r"werbung|sponsored)\s*[.:]?\s*",
    re.IGNORECASE,
)
_EDGE = re.compile(
    r"\s*(?:continue (?:reading )?(?:to )?(?:the )?next (?:part|chapter)|(?:next|previous)(?: part| "
    r"chapter)?|load(?:ing)?(?: more| next)?"
    r"(?: pages?)?\W*|add(?: to (?:library|reading list))?|vote|votes?|share|comments?|report(?: "
    r"this)?(?: (?:part|story))?|follow|"
    r"sign up|log in|get notified.*|table of contents|start reading|read(?:ing)? list|wattpad "
    r"original|paid stor(?:y|ies)(?: badge)?.*|"
    r"for every story tagged #.*|pen your pride|"
    r"there (?:is|are) \d+ more free parts?|page\s*\d+(?:\s*(?:/|of)\s*\d+)?|\d{1,3}\s*/\s*\d{1,3}|"
    r"continuar (?:leyendo la siguiente parte|a ler o próximo capítulo)|siguiente(?: parte)?|"
    r"próxima? (?:parte|capítulo)|"
    r"comment|embed story|share via \w+|share (?:to|on) \w+|submit|cancel|join now|already a member\?.*)\s*",
    re.IGNORECASE,
)
COUNT = re.compile(r"\s*\d{1,3}(?:[.,]\d)?[kKmM]?\+?\s*")
"""A number alone, as Wattpad shows the comments on a paragraph."""

_LONGEST_COUNTS = 200
_TOKEN = re.compile(
    r"(?<![\w.,])(\d[\d.,\u00a0'’]*)[^\S\n]*(k|m|b|mil|mio|bn|tys|тыс|rb|jt)?(?![^\W\d_])", re.IGNORECASE
)
_UNITS = {
    "k": 1e3,
    "mil": 1e3,
    "tys": 1e3,
    "тыс": 1e3,
    "rb": 1e3,
    "m": 1e6,
    "mio": 1e6,
    "jt": 1e6,
    "b": 1e9,
    "bn": 1e9,
}
_READS = (
    r"reads?|views?|lecturas?|leituras?|lectures?|letture|gelesen|okunma|odczyt\w*|bacaan|vistas|lượt đọc"
)
_VOTES = r"votes?|stars?|likes?|votos?|voti|stimmen|oy|bintang|estrellas?|étoiles?"
_COMMENTS = r"comments?|comentarios?|comentários?|commentaires?|commenti|kommentare?|yorum|komentar\w*"
_LABEL = re.compile(rf"(?P<reads>{_READS})|(?P<votes>{_VOTES})|(?P<comments>{_COMMENTS})", re.IGNORECASE)


def is_edge(line: str) -> bool:
    """Whether a line near the start or end of the page is a button or a label of the site."""
    return _EDGE.fullmatch(line) is not None


def counts_in(line: str) -> Elsewhere | None:
    """Reads, votes and comments of one line (`6.5K 312 45`, `6.5K reads · 312 votes · 45 comments`)."""
    numbers = numbers_in(line)
    if len(numbers) != 3:
        return None
    labels = [match.lastgroup or "" for match in _LABEL.finditer(line)]
    if sorted(labels) == ["comments", "reads", "votes"]:
        return Elsewhere(**dict(zip(labels, numbers, strict=True)))
    return Elsewhere(*numbers)


def numbers_in(line: str) -> list[int]:
    """The counts in a line that holds nothing but counts, their labels and icons; else none."""
    if len(line) > _LONGEST_COUNTS:
        return []
    without = _LABEL.sub(" ", line)
    # Icons and labels may be glued to the numbers.
    without = re.sub(r"[^\w.,'’\u00a0\s]", " ", without)
    numbers = [_value(match) for match in _TOKEN.finditer(without)]
    rest = _TOKEN.sub(" ", without)
    if any(character.isalnum() for character in rest) or any(number < 0 for number in numbers):
        return []
    return numbers


def _value(match: re.Match[str]) -> int:
    """`6.5K` 6500; `1,234` and `1.234` 1234; -1 for what is no count."""
    digits, unit = match[1].strip(".,'’\u00a0"), (match[2] or "").lower()
    if unit:
        digits = re.sub(r"[,'’\u00a0]", ".", digits)
        return round(float(digits) * _UNITS[unit]) if digits.count(".") <= 1 else -1
    if not re.fullmatch(r"\d+|\d{1,3}(?:([.,'’\u00a0])\d{3})(?:\1\d{3})*", digits) or len(digits) > 15:
        return -1
    return int(re.sub(r"\D", "", digits))
