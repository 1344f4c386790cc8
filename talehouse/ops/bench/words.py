"""Pseudo-English from a seed: words that nobody knows, of the lengths and frequencies that people use.

Frequent words are short (Zipf's law of abbreviation), and how often the word of rank r occurs goes with
1 / (r + 2.7) (Mandelbrot's form of Zipf's law).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from random import Random

ONSETS = (
    "b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p ph pl pr qu r s sc sh sl sp st str t th tr v w y"
).split()
NUCLEI = "a e i o u a e i o u ai au ea ee ie oa oo ou".split()
CODAS = ["", "", "", *"b ck d f g l ll m n nd ng nt p r rd rn s sh ss st t th w x".split()]
SYLLABLES = (1, 2, 2, 2, 3, 3, 4)
SHORTEST = "a i".split()
SIZE = 6000
"""Words in the vocabulary: about what one novel uses."""


def zipf(count: int, *, power: float = 1.0, shift: float = 0.0) -> list[float]:
    """The weights of ranks 1 to `count`: 1 / (rank + shift) ** power; they do not add up to 1."""
    return [1 / (rank + shift) ** power for rank in range(1, count + 1)]


def word(dice: Random) -> str:
    """One new word."""
    syllables = dice.choice(SYLLABLES)
    return "".join(dice.choice(ONSETS) + dice.choice(NUCLEI) for _ in range(syllables)) + dice.choice(CODAS)


def vocabulary(dice: Random, size: int = SIZE) -> list[str]:
    """Different words, the frequent ones first: mostly the short ones, with some chance."""
    found = dict.fromkeys(SHORTEST)
    while len(found) < size:
        found[word(dice)] = None
    return sorted(found, key=lambda one: len(one) * dice.lognormvariate(0, 0.35))


class Prose:
    """Sentences and names, endlessly, from one seed."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._words = vocabulary(dice)
        self._weights = list(accumulate(zipf(len(self._words), shift=2.7)))

    def words(self, count: int) -> list[str]:
        """Words as often as their rank wants it."""
        return self._dice.choices(self._words, cum_weights=self._weights, k=count)

    def sentence(self) -> str:
        """A sentence: log-normal length around eleven words, now and then a comma, a question, a shout."""
        words = self.words(max(2, round(self._dice.lognormvariate(2.4, 0.5))))
        words[0] = words[0].capitalize()
        if len(words) > 8:
            words[self._dice.randrange(3, len(words) - 3)] += ","
        return " ".join(words) + self._dice.choice("......?!")

    def paragraph(self) -> str:
        """One paragraph as HTML: narration or speech, some with a word in italics or bold."""
        sentences = [self.sentence() for _ in range(max(1, round(self._dice.lognormvariate(1.1, 0.6))))]
        if self._dice.random() < 0.35:
            sentences[0] = f"“{sentences[0]}”"
        if self._dice.random() < 0.12:
            sentences[-1] = self._stressed(sentences[-1])
        return f"<p>{' '.join(sentences)}</p>"

    def _stressed(self, sentence: str) -> str:
        tag = self._dice.choice(("em", "em", "em", "strong"))
        first, _, rest = sentence.partition(" ")
        return f"<{tag}>{first}</{tag}> {rest}"

    def title(self, most: int = 5) -> str:
        """A title of one to `most` rarer words."""
        count = self._dice.randint(1, most)
        return " ".join(name.capitalize() for name in self._dice.sample(self._words[200:], count))

    def name(self) -> str:
        """The name of a person: two rare words."""
        return " ".join(part.capitalize() for part in self._dice.sample(self._words[1000:], 2))


def chosen(dice: Random, things: Sequence[str], weights: Sequence[float], count: int) -> list[str]:
    """At most `count` different things, frequent ones more often, in the order in which they were drawn.

    `weights` are cumulative.
    """
    return list(dict.fromkeys(dice.choices(things, cum_weights=weights, k=count))) if things else []
