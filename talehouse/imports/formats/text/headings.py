"""What a chapter's heading looks like in the languages that people write in, and how headings sort."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from talehouse.imports.formats.text.numbers import number_of

_CHAPTER = (
    "chapter|chapt?|ch|episode|ep|cap[ií]tulo|capitolo|capitolul|cap[ií]tol|cap|chapitre|[ée]pisode|"
    "kapitel|kap|"
    "hoofdstuk|rozdzia[łl]|глава|розділ|раздел|epizod|κεφάλαιο|bab|kabanata|chương|luku|fejezet|"
    "kapitola|poglavlje|"
    "глава|bölüm|peatükk|kapitulli|skyrius|nodaļa|الفصل|فصل|الباب|פרק|अध्याय|บทที่|ตอนที่|chap"
)
_SECTION = (
    "part|parte|partie|teil|part[ií]|deel|cz[ęe]ść|часть|частина|μέρος|kısım|phần|book|libro|"
    "livre|buch|книга|volume|volumen|band|tome|tomo|vol|الجزء|חלק"
)
_FIRST = (
    "prologue|pr[óo]logo|prolog|prologus|prolo[oo]g|пролог|πρόλογος|önsöz|giriş|foreword|preface|"
    "pr[ée]face|vorwort|prefacio|"
    "pref[áa]cio|prefazione|introduction|introducci[óo]n|introdu[çc][ãa]o|einleitung|introduzione|"
    "предисловие|вступление|"
    "序章|序|プロローグ|楔子|序幕|프롤로그|مقدمة|تمهيد|הקדמה"
)
_LAST = (
    "epilogue|ep[íi]logo|epilog|[ée]pilogue|эпилог|епілог|επίλογος|afterword|nachwort|posf[áa]cio|"
    "postfazione|postface|sonsöz|"
    "終章|尾声|尾聲|エピローグ|에필로그|خاتمة|אפילוג"
)
_BETWEEN = "interlude|interludio|interl[úu]dio|interlude|zwischenspiel|intermezzo|интерлюдия|幕間"

_TWO_WORDS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\s\w+\b"
_WORD_THEN_NUMBER = re.compile(
    rf"^\W*(?P<word>{_CHAPTER}|"
    rf"{_SECTION})(?![^\W\d])\.?[\s:#№º°._-]*(?:the\s+)?(?P<number>{_TWO_WORDS}|[^\s.:—–\-,|"
    rf"(\[~…]+(?:-\w+)?)?(?P<rest>.*)$",
    re.IGNORECASE,
)
_NUMBER_THEN_WORD = re.compile(
    rf"^\W*(?P<number>\d{{1,4}})(?:\.|º|ª|°|st|nd|rd|th|-[a-zñü]{{1,3}})?\s*(?P<word>{_CHAPTER}|"
    rf"{_SECTION})\b(?P<rest>.*)$",
    re.IGNORECASE,
)
_HAN = re.compile(
    r"^\W*(?:第|제)\s*(?P<number>[0-9０-９零〇一二三四五六七八九十百千两]+)\s*(?P<word>[章话話回节節部卷編编장화부권])(?P<rest>.*)$"
)
_NAMED = re.compile(
    rf"^\W*(?:(?P<first>{_FIRST})|(?P<last>{_LAST})|(?P<between>{_BETWEEN}))(?P<rest>(?![\w]).*)$",
    re.IGNORECASE,
)
_BARE = re.compile(r"^\W*(?P<number>\d{1,4}|[IVXLC]{1,8}|[〇一二三四五六七八九十百]{1,5})\W*$")
_NUMBER_THEN_TITLE = re.compile(r"^\W*(?P<number>\d{1,4})\s*[.):\-–—|~]+\s*(?P<rest>\D.*)$")
_JOINT = re.compile(r"^[\s.:,;|~—–\-_]+")
_LONGEST = 120
_IS_CHAPTER = re.compile(rf"(?:{_CHAPTER})\Z", re.IGNORECASE)


class Rank(IntEnum):
    """Where a heading belongs when its number does not say: a prologue before, an epilogue after."""

    FIRST = 0
    NUMBERED = 1
    BETWEEN = 2
    LAST = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """A line read as a heading. `section` is true for what holds chapters (part, book, volume);
    `bare` for a number that stands alone; `rest` is the title after the number, perhaps empty."""

    rank: Rank
    number: float | None
    rest: str = ""
    section: bool = False
    bare: bool = False


def heading_of(line: str) -> Heading | None:
    """`line` read as a chapter's heading, or None. A sentence that merely begins with such a word is none."""
    line = line.strip().strip("*_#=~").strip()
    if not line or len(line) > _LONGEST:
        return None
    return _named(line) or _numbered(line) or _bare(line)


def number_first(line: str) -> Heading | None:
    """`3. The Weir` read as chapter 3: only for file names and titles, never for lines of a text."""
    match = _NUMBER_THEN_TITLE.match(line.strip())
    if not match:
        return None
    return Heading(Rank.NUMBERED, float(match["number"]), match["rest"].strip())


def counted(found: dict[int, Heading]) -> set[int]:
    """Bare numbers that run 1, 2, 3 …; none when most numbers that stand alone do not."""
    bare = [(at, heading.number) for at, heading in found.items() if heading.bare]
    run: set[int] = set()
    for at, number in bare:
        if number == len(run) + 1:
            run.add(at)
    return run if len(run) * 10 >= len(bare) * 6 else set()


def _named(line: str) -> Heading | None:
    match = _NAMED.match(line)
    if not match or not _separate(match["rest"]):
        return None
    rank = Rank.FIRST if match["first"] else Rank.LAST if match["last"] else Rank.BETWEEN
    numbered = _JOINT.sub("", match["rest"])
    return Heading(rank, number_of(numbered.split(" ", 1)[0]) if numbered else None, numbered)


def _numbered(line: str) -> Heading | None:
    match = _WORD_THEN_NUMBER.match(line)
    number = number_of(match["number"] or "") if match else None
    if not match or (
        number is None and not _ordinal_like(match["word"], match["number"] or "", match["rest"])
    ):
        match = _NUMBER_THEN_WORD.match(line) or _HAN.match(line)
        if not match:
            return None
        number = number_of(match["number"])
    if not _separate(match["rest"]) and "第" not in line and "제" not in line:
        return None
    section = not _IS_CHAPTER.match(match["word"]) and match["word"] not in "章话話回节節장화"
    return Heading(Rank.NUMBERED, number, _JOINT.sub("", match["rest"]).strip(), section=section)


def _ordinal_like(word: str, number: str, rest: str) -> bool:
    """`الفصل الأول`: an ordinal written out in a language whose numbers we do not read."""
    return not word.isascii() and bool(number) and not word.islower() and not rest.strip()


def _bare(line: str) -> Heading | None:
    match = _BARE.match(line)
    number = number_of(match["number"]) if match else None
    return Heading(Rank.NUMBERED, number, bare=True) if number is not None else None


def _separate(rest: str) -> bool:
    """Whether what follows the number is a title and not the rest of a sentence."""
    if not rest.strip():
        return True
    if (
        rest[:1] in ".:,;|~—–-_([{…\t\n|/"
        or _JOINT.match(rest) is not None
        and rest.strip()[:1] in ":|~—–-_([{"
    ):
        return not (rest[0] == "," and rest.rstrip()[-1:] in ".!?")
    words = rest.split()
    return len(words) <= 9 and rest.rstrip()[-1:] not in ".!?,;" and not words[0][:1].islower()
