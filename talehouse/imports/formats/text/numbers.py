"""Numbers as people write them in headings: 12, XII, twelve, doce, 十二."""

from __future__ import annotations

import re
import unicodedata

_ONES = {
    "en": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty",
    "en-ordinal": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
    "es": "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis"
    " diecisiete dieciocho diecinueve veinte",
    "es-ordinal": "primero segundo tercero cuarto quinto sexto septimo octavo noveno decimo",
    "pt": "um dois tres quatro cinco seis sete oito nove dez onze doze treze quatorze quinze "
    "dezesseis dezessete"
    " dezoito dezenove vinte",
    "fr": "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept"
    " dix-huit dix-neuf vingt",
    "fr-ordinal": "premier deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme",
    "de": "eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn"
    " siebzehn achtzehn neunzehn zwanzig",
    "de-ordinal": "erstes zweites drittes viertes funftes sechstes siebtes achtes neuntes zehntes",
    "it": "uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
    "quindici sedici"
    " diciassette diciotto diciannove venti",
    "ru": "первая вторая третья четвертая пятая шестая седьмая восьмая девятая десятая",
    "ar": "الأول الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع العاشر",
}
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_ROMAN = re.compile(r"(?=[IVXLC])(C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})\Z")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_HAN_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "两": 2,
}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}


def _bare(word: str) -> str:
    """Lower case without accents, so that `capítulo décimo` needs one spelling here."""
    parts = unicodedata.normalize("NFKD", word.lower())
    return "".join(character for character in parts if not unicodedata.combining(character))


_WORDS = {_bare(word): value for words in _ONES.values() for value, word in enumerate(words.split(), 1)}
_WORDS |= _TENS


def number_of(word: str) -> float | None:
    """The value of one written number, or None: digits of any script, Roman, words, Han."""
    word = word.strip().strip(".:,;)(][#")
    if not word:
        return None
    if re.fullmatch(r"\d{1,6}(?:[.,]\d{1,2})?", word):
        return float(unicodedata.normalize("NFKC", word).replace(",", "."))
    if _ROMAN.match(word.upper()) and (word.isupper() or word.islower()):
        return float(_roman(word.upper()))
    if all(character in _HAN_DIGITS or character in _HAN_UNITS for character in word):
        return float(_han(word))
    return _word(_bare(word))


def _roman(word: str) -> int:
    values = [_ROMAN_VALUES[character] for character in word]
    return sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))


def _han(word: str) -> int:
    if not any(character in _HAN_UNITS for character in word):
        return int("".join(str(_HAN_DIGITS[character]) for character in word))
    total, digit = 0, 0
    for character in word:
        if character in _HAN_UNITS:
            total, digit = total + max(digit, 1) * _HAN_UNITS[character], 0
        else:
            digit = _HAN_DIGITS[character]
    return total + digit


def _word(word: str) -> float | None:
    if word in _WORDS:
        return float(_WORDS[word])
    tens, _dash, ones = re.sub(r"\s+", "-", word).partition("-")
    if tens in _TENS and ones in _WORDS:
        return float(_TENS[tens] + _WORDS[ones])
    return None
