"""The fixed, seeded mix of questions of `bench search`, by classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random

from talehouse.search.questions import Question, Sort, Span, Without

FACETS = ("tag:fandom", "tag:genre", "tag:character", "tag:relationship", "tag:theme", "rating")
MUTED = 5
"""Each fifth question of a class carries what a reader does not want to meet."""
TEEN, ALL = frozenset({"general", "teen"}), frozenset({"general", "teen", "not-rated", "mature", "explicit"})
SORTS = (Sort.UPDATED, Sort.NEWEST, Sort.READS, Sort.VOTES, Sort.COMMENTS, Sort.WORDS)


class Mix:
    """Draws questions. `tags` are those of each kind with how many stories have them, the most first."""

    def __init__(
        self, tags: Mapping[str, Sequence[tuple[int, int]]], stories: int, pens: int, seed: int
    ) -> None:
        self.dice = Random(f"search/{seed}")
        self.tags, self.stories, self.pens = tags, stories, pens
        self._classes: dict[str, tuple[int, Callable[[], Question]]] = {
            "one tag": (36, lambda: self._asked(include=(self._tag(),))),
            "two tags": (30, lambda: self._asked(include=self._pair())),
            "tag and words": (20, lambda: self._asked(include=(self._tag(),), spans=(self._words(),))),
            "tag without others": (30, self._without_others),
            "many filters": (20, self._many),
            "a few of a fandom": (20, self._few),
            "random order": (20, lambda: self._asked(include=(self._tag(),), sort=Sort.RANDOM, seed=7)),
            "broad": (24, self._broad),
        }

    def draw(self, queries: int) -> list[tuple[str, Question]]:
        """So many, in the shares of their classes, shuffled."""
        whole = sum(count for count, _draw in self._classes.values())
        found = [
            (name, draw() if number % MUTED else replace(draw(), without=self._mutes()))
            for name, (count, draw) in self._classes.items()
            for number in range(max(1, round(count * queries / whole)))
        ]
        self.dice.shuffle(found)
        return found

    def _asked(self, **wish: object) -> Question:
        member = self.dice.random() < 0.5
        asked: dict[str, object] = {
            "member": member,
            "ratings": self.dice.choice([TEEN, ALL]),
            "sort": self.dice.choice(SORTS),
            "facets": FACETS,
        }
        return Question(**{**asked, **wish})  # type: ignore[arg-type]

    def _mutes(self) -> Without:
        return Without(
            stories=frozenset(self.dice.sample(range(1, self.stories + 1), min(30, self.stories))),
            tags=frozenset(int(self._tag()[4:]) for _ in range(10)),
            pen_names=frozenset(self.dice.randint(1, self.pens) for _ in range(10)),
        )

    def _tag(self, kind: str = "", *, among: int = 3_000) -> str:
        """One of the more popular tags, any of them as likely as another on the scale of ranks."""
        known = self.tags[kind or self.dice.choice(list(self.tags))]
        rank = int(min(among, len(known)) ** self.dice.random()) - 1
        return f"tag:{known[rank][0]}"

    def _pair(self) -> tuple[str, ...]:
        return self._tag("fandom"), self._tag(self.dice.choice(["genre", "theme", "character"]), among=300)

    def _words(self) -> Span:
        low = self.dice.choice([1_000, 5_000, 10_000, 50_000])
        return Span("words", low, self.dice.choice([None, low * 4]))

    def _without_others(self) -> Question:
        exclude = tuple(self._tag() for _ in range(self.dice.randint(1, 4)))
        return self._asked(include=(self._tag("fandom", among=300),), exclude=exclude)

    def _many(self) -> Question:
        return self._asked(
            include=(self._tag("genre"), "status:complete"),
            any_of=(("language:en", "language:es", "language:de"), (self._tag("theme"), self._tag("theme"))),
            exclude=("warning:death", "warning:chose-not", self._tag()),
            spans=(self._words(), Span("parts", 2, None)),
        )

    def _few(self) -> Question:
        return self._asked(include=(self._tag("fandom", among=20_000), "status:complete", "category:gen"))

    def _broad(self) -> Question:
        """At least 300,000 of a million stories."""
        whole = {"member": True, "ratings": ALL}
        wishes: list[dict[str, object]] = [
            {},
            whole,
            {"exclude": (self._tag("theme"), "warning:chose-not")},
            {**whole, "include": ("status:complete",)},
            {**whole, "spans": (Span("words", 2_000, None),)},
            {**whole, "include": ("language:en",), "exclude": (self._tag("fandom"),)},
            {**whole, "include": ("category:m-m",), "sort": Sort.RANDOM},
        ]
        return self._asked(**self.dice.choice(wishes))
