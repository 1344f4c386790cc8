"""From bytes to text: byte order mark, UTF-8, else a guess that is owned up to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import ftfy
from charset_normalizer import from_bytes
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from talehouse.imports.found import BadFileError

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_LATIN = {
    "latin_1",
    *(f"iso8859_{part}" for part in (1, 2, 3, 4, 9, 10, 13, 14, 15, 16)),
    "cp1250",
    "cp1252",
    "cp1254",
    "cp1257",
    "cp1258",
}
_WESTERN = "…‘’“”–—\u00a0¡«»¿àáâäåæçèéêëíîïñóôöøúûüßÉÖÜÄ".encode("cp1252")
_SAMPLE = 60_000
"""Bytes shown to charset-normalizer: enough to tell encodings apart, few enough to be quick."""

_MOJIBAKE = re.compile(
    "[\u00c3\u00c2][\u0080-\u00bf]|\u00e2\u20ac[\u2122\u0153\u009d\u201c\u201d\u00a6\u02dc]"
)
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f\u00ad\ufeff\ufffe\uffff\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_BEYOND = re.compile("[\u0080-\U0010ffff]")
_BREAKS = re.compile("\r\n?|[\x0b\x85\u2028]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with `\\n` line ends and no control characters; `doubts` says what was guessed."""

    text: str
    doubts: list[str] = field(default_factory=list)


def decode(data: bytes, *, name: str) -> Decoded:
    """The text in `data`; BadFileError when it is not text at all."""
    text, doubts = _decode(data, name)
    if text.count("\ufffd") > max(20, len(text) // 50) or len(_CONTROLS.findall(text)) * 50 > len(text):
        raise BadFileError(_("“%(name)s” is not a text that can be read.") % {"name": name})
    text, mended = _mend(text)
    if mended:
        doubts.append(
            _("Letters that had been saved in a wrong encoding were put right; please look at accents.")
        )
    return Decoded(tidy(text), doubts)


def tidy(text: str) -> str:
    """One kind of line end, no control characters, no soft hyphens; a form feed parts paragraphs."""
    text = _BREAKS.sub("\n", text).replace("\u2029", "\n\n").replace("\x0c", "\n\n")
    return _UNWANTED.sub("", text)


def looks_like_text(head: bytes) -> bool:
    """Whether the first bytes could be text in any encoding that `decode` reads."""
    sample = head[:4096]
    if any(sample.startswith(mark) for mark, _codec in _MARKS):
        return True
    if b"\0" in sample:
        return _bare_utf16(sample) != ""
    odd = sum(byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1a\x1b" for byte in sample)
    return odd * 50 <= len(sample)


def _decode(data: bytes, name: str) -> tuple[str, list[str]]:
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace"), []
    if not looks_like_text(data):
        raise BadFileError(_("“%(name)s” is not a text file.") % {"name": name})
    if b"\0" in data[:4096]:
        return data.decode(_bare_utf16(data[:4096]), "replace"), []
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return _guess(data)


def _bare_utf16(sample: bytes) -> str:
    """UTF-16 without a mark: in most scripts every second byte is then zero."""
    half = len(sample) // 2
    if half < 4:
        return ""
    if sample[1::2].count(0) > half * 0.4 and sample[0::2].count(0) < half * 0.1:
        return "utf-16-le"
    if sample[0::2].count(0) > half * 0.4 and sample[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return ""


def _guess(data: bytes) -> tuple[str, list[str]]:
    """Nearly UTF-8 stays UTF-8 with its few broken bytes marked; anything else is guessed."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = sum(character > "\x7f" for character in text) - broken
    if broken * 10 <= sound:
        sentence = ngettext(
            "%(count)d letter was damaged in the file and shows as �.",
            "%(count)d letters were damaged in the file and show as �.",
            broken,
        )
        return text, [sentence % {"count": broken}]
    codec = _guess_codec(data)
    return data.decode(codec, "replace"), [
        _("The file does not say how its letters are encoded; %(codec)s was guessed.") % {"codec": codec}
    ]


def _japanese(sample: bytes) -> str:
    """The encoding in which a text is plainly Japanese: hardly a broken letter, and kana among the others.

    Asked before anybody guesses, as Japanese texts use signs that not every table has.
    """
    for codec in ("cp932", "euc_jis_2004"):
        text = sample.decode(codec, "replace")
        beyond = len(_BEYOND.findall(text))
        broken = text.count("\ufffd")
        if beyond >= 4 and len(_KANA.findall(text)) * 4 >= beyond and broken * 50 <= beyond:
            return codec
    return ""


def _guess_codec(data: bytes) -> str:
    first = re.search(rb"[\x80-\xff]", data)
    start = max(0, (first.start() if first else 0) - 2_000)
    if japanese := _japanese(data[: 4 * _SAMPLE]):
        return japanese
    best = from_bytes(data[start : start + _SAMPLE]).best()
    codec = best.encoding if best else "cp1252"
    # Windows text claims these, and means its own superset with curly quotes.
    if codec in _LATIN and _western(data):
        return "cp1252"
    return codec


def _western(data: bytes) -> bool:
    """Whether the high bytes are the quotes, dashes and accents of Western Windows text."""
    high = re.findall(rb"[\x80-\xff]", data[:_SAMPLE])
    usual = sum(byte in _WESTERN for byte in high)
    return usual * 4 >= len(high) * 3


def _mend(text: str) -> tuple[str, bool]:
    """Undo text that was decoded twice, only where several lines plainly show it."""
    if len(_MOJIBAKE.findall(text)) < 3:
        return text, False
    fix: Callable[[str], str] = ftfy.fix_encoding
    lines = [fix(line) if _MOJIBAKE.search(line) else line for line in text.split("\n")]
    mended = "\n".join(lines)
    return mended, mended != text
