"""Lines of text to raw HTML: paragraphs, verse, scene breaks, and the marks people type for stress."""

from __future__ import annotations

import html
import re
import statistics
import unicodedata
from dataclasses import dataclass
from enum import Enum

_ORNAMENTS = frozenset("*#~-–—_=•◦·+|^<>/\\†‡§※°¤.⁂⁎∗❦❧")
_LETTERS = re.compile(r"^\W*(?:oOo|xXx|OoO|XxX|o0o|o0O0o|oOoOo|xXxXx)\W*$")
_EM = re.compile(r"(?<![^\W_])_(?=[^\s_])([^_\n]*[^\s_])_(?![^\W_])")
_STRONG = re.compile(r"(?<![\w*])(\*{1,2})(?=[^\s*])([^*\n]*[^\s*])\1(?![\w*])")
_OPEN_END = re.compile(r"\w-$|--$|—$")
_CJK_END = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]$")


class Shape(Enum):
    """How a text marks its paragraphs."""

    BLANK_LINES = "blank lines"
    LINES = "one line each"
    WRAPPED = "hard-wrapped, blank lines between"


@dataclass(frozen=True, slots=True)
class Layout:
    """The shape of a whole text, and for a wrapped one the width in characters that it was wrapped at."""

    shape: Shape
    width: int = 0


def is_ornament(text: str) -> bool:
    """Whether a paragraph is only a scene break (`* * *`, `---`, `⁂`, `~oOo~`).

    Words, an ellipsis and emoji are none: people say things with them.
    """
    marks = "".join(text.split())
    if not marks or len(marks) > 120:
        return False
    if _LETTERS.match(marks):
        return True
    if any(character.isalnum() for character in marks) or not all(map(_ornamental, marks)):
        return False
    return bool(marks.strip(".")) and (len(marks) > 1 or marks in "#*~⁂§❦❧" or _dingbat(marks))


def _ornamental(character: str) -> bool:
    return character in _ORNAMENTS or unicodedata.category(character) in {"Mn", "Cf"} or _dingbat(character)


def _dingbat(character: str) -> bool:
    """Stars, flowers, lines and the like: U+2500 to U+27BF without the faces."""
    return "\u2500" <= character <= "\u27bf" and character not in "☹☺☻✓✔✗✘"


def blocks_of(text: str) -> list[list[str]]:
    """Runs of lines between blank lines, trailing space cut, inner indents kept."""
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip():
            blocks[-1].append(line.rstrip())
        elif blocks[-1]:
            blocks.append([])
    return blocks if blocks[-1] else blocks[:-1]


def layout_of(blocks: list[list[str]]) -> Layout:
    """How this text marks paragraphs, judged on all of it."""
    lines = sum(map(len, blocks))
    wrapped = [len(line) for block in blocks for line in block[:-1]]
    if not wrapped or len(wrapped) * 20 < lines:
        return Layout(Shape.BLANK_LINES)
    if len(blocks) == 1 and lines > 2 and _sentences(blocks[0]):
        return Layout(Shape.LINES)
    prose = [length for length in wrapped if length > 40]
    if len(prose) * 2 > len(wrapped):
        width = round(statistics.quantiles(prose, n=10)[-1]) if len(prose) > 1 else prose[0]
        near = sum(width - 15 <= length <= width + 3 for length in prose)
        if 45 <= width <= 110 and near * 10 >= len(prose) * 6:
            return Layout(Shape.WRAPPED, width)
    if len(blocks) * 4 <= lines and statistics.fmean(wrapped) >= 30:
        return Layout(Shape.LINES)
    return Layout(Shape.BLANK_LINES)


def paragraphs_of(blocks: list[list[str]], layout: Layout) -> list[list[str]]:
    """The paragraphs, each a list of the lines that stay lines in it."""
    if layout.shape is Shape.LINES:
        return [
            paragraph for at, block in enumerate(blocks) for paragraph in _each_line(block, first=at == 0)
        ]
    if layout.shape is Shape.WRAPPED:
        return [_join(block, layout.width) for block in blocks]
    return blocks


def paragraph_html(lines: list[str], *, marks: bool = True) -> str:
    """One paragraph, or `<hr>` where it is only an ornament. `marks` reads `_em_` and `*strong*`."""
    if len(lines) == 1 and is_ornament(lines[0]):
        return "<hr>"
    text = html.escape("\n".join(line.strip() for line in lines), quote=False)
    if marks:
        text = _marked(text)
    return "<p>" + text.replace("\n", "<br>") + "</p>"


def _marked(text: str) -> str:
    if text.count("_") >= 2:
        text = _EM.sub(r"<em>\1</em>", text)
    if text.count("*") >= 2:
        text = _STRONG.sub(r"<strong>\2</strong>", text)
    return text


def _sentences(lines: list[str]) -> bool:
    """Whether most lines end like a sentence, as paragraphs do and verse does not."""
    return sum(line[-1] in ".!?…:”\"»’'。！？」』*-—" for line in lines) * 10 >= len(lines) * 6


def _each_line(block: list[str], *, first: bool) -> list[list[str]]:
    """A blank line is rare in such a text, so it parts scenes."""
    lines = [[line] for line in block]
    return lines if first or is_ornament(block[0]) else [["* * *"], *lines]


def _join(block: list[str], width: int) -> list[str]:
    """Re-join a wrapped paragraph; verse (all lines short, or indented by turns) keeps its lines."""
    if len(block) == 1 or _verse(block, width):
        return block
    pieces = [block[0].strip()]
    tail = pieces[0][-2:]
    for line in block[1:]:
        glue = "" if _OPEN_END.search(tail) or _CJK_END.search(tail) else " "
        pieces.append(glue + line.strip())
        tail = (tail + pieces[-1])[-2:]
    return ["".join(pieces)]


def _verse(block: list[str], width: int) -> bool:
    """No line comes near the width although the next word would have fitted."""
    pairs = list(zip(block[:-1], block[1:], strict=True))
    short = [len(line.rstrip()) + 1 + len(after.split()[0]) < width * 0.85 for line, after in pairs]
    return all(short) if len(block) < 4 else sum(short) * 10 >= len(short) * 8
