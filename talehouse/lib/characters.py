"""Which characters a text may hold: no controls, no invisible junk, nothing that turns a line around.

Kept, because people need them: ZWNJ and ZWJ (Persian, emoji), the directional marks and isolates, no-break
space, soft hyphen and word joiner U+2060 (well-made books guide their line breaks with them), variation
selectors. Dropped: controls, noncharacters, U+FEFF and the invisible operators. U+200B stays only beside a
letter of the scripts that break lines by it (Thai, Lao, Tibetan, Myanmar, Khmer).
"""

import re
import unicodedata

_BREAKING = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf"
_PLANES = range(0, 0x110000, 0x10000)
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(f"{chr(p + 0xFFFE)}{chr(p + 0xFFFF)}" for p in _PLANES)
_JUNK = f"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u2061-\u2065\u206a-\u206f\ufeff\ufff9-\ufffc{_NONCHARACTERS}"
# The tag characters spell flags after a black flag; alone they hide text.
_HIDDEN = re.compile(
    f"[{_JUNK}]|(?P<flag>\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)|[\U000e0000-\U000e00ff]"
    f"|(?<![{_BREAKING}])\u200b(?![{_BREAKING}])"
)
_SUSPECT = re.compile(f"[{_JUNK}\x85\x0b\x0c\u2028\u2029\u200b\U000e0000-\U000e00ff]")
_LINE_ENDS = re.compile("[\x85\u2028\u2029\x0b\x0c]")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# U+0338 strikes through what stands before it; alone it is nothing, and after ">" it would eat a tag.
_BLANK = re.compile(r"[\s\u00ad\u0338\u061c\u2060\u200b-\u200f\u202a-\u202e\u2066-\u2069]*")
_EMBEDDINGS = {"\u202a": "\u2066", "\u202b": "\u2067"}
_ISOLATES = "\u2066\u2067\u2068"
_POP = "\u2069"


def clean(text: str) -> str:
    """`text` without controls and invisible junk; line ends of every kind become a line feed or a space."""
    if _SUSPECT.search(text) is None:
        return text
    return _HIDDEN.sub(lambda found: found["flag"] or "", _LINE_ENDS.sub(" ", text))


def plain(text: str) -> str:
    """One line for an attribute or a name: clean, NFC, white space folded, nothing that turns the line."""
    return unicodedata.normalize("NFC", " ".join(_TURNING.sub("", clean(text)).split()))


def is_blank(text: str) -> bool:
    """Whether a reader sees nothing: only white space (no-break space too) and invisible characters."""
    return _BLANK.fullmatch(text) is not None


def turns(text: str) -> bool:
    """Whether `text` holds characters that embed, override or isolate a direction."""
    return _TURNING.search(text) is not None


class Balance:
    """Makes the directional characters of one block safe: overrides go, embeddings become isolates.

    Feed the texts of the block in order, then append `rest()`: every isolate ends inside its block.
    """

    def __init__(self) -> None:
        self._open: list[str] = []

    def feed(self, text: str) -> str:
        """`text` with its directional characters made safe, knowing what came before."""
        return _TURNING.sub(lambda found: self._turn(found[0]), text)

    def rest(self) -> str:
        """The ends of the isolates that are still open."""
        return _POP * sum(kind != "override" for kind in self._open)

    def _turn(self, char: str) -> str:
        if char in _ISOLATES:
            self._open.append("isolate")
            return char
        if char in _EMBEDDINGS:
            self._open.append("embedding")
            return _EMBEDDINGS[char]
        if char in "\u202d\u202e":
            self._open.append("override")
            return ""
        if char == _POP:
            return self._close_isolate()
        return self._close_embedding()

    def _close_isolate(self) -> str:
        if "isolate" not in self._open:
            return ""
        ends = ""
        while self._open:
            kind = self._open.pop()
            ends += _POP if kind != "override" else ""
            if kind == "isolate":
                break
        return ends

    def _close_embedding(self) -> str:
        if not self._open or self._open[-1] == "isolate":
            return ""
        return _POP if self._open.pop() == "embedding" else ""


def without_surrogates(text: str) -> str:
    """`text` as real Unicode: halves of a pair are joined, lonely ones become U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
