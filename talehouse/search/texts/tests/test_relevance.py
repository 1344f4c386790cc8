"""How good the order of answers is: a judged set, nDCG at ten, and a floor.

nDCG: K. Järvelin, J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM Transactions on
Information Systems 20 (2002), with the gain 2^grade − 1.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from math import log2
from pathlib import Path
from typing import Any

from talehouse.accounts import pen_names
from talehouse.accounts.models import Account, PenName
from talehouse.lib.slugs import name_key
from talehouse.ops.demo.loading import FOLDER, load
from talehouse.search.texts.tests.conftest import Texts
from talehouse.stories import describing, publishing
from talehouse.stories.effective import refresh
from talehouse.stories.models import Story
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import Standing

JUDGED = Path(__file__).parent / "judged"
FLOOR = 0.97
FEWEST = 60


def gained(grades: Sequence[int]) -> float:
    """The discounted gain of the first ten."""
    return sum(float(2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades[:10]))


def ndcg(found: Sequence[str], good: Mapping[str, int]) -> float:
    """From 0 to 1: how near the order is to the best one."""
    best = sorted(good.values(), reverse=True)
    ideal = gained(best)
    return gained([good.get(key, 0) for key in found]) / ideal


def read(name: str) -> dict[str, Any]:
    """One of the judged files."""
    return tomllib.loads((JUDGED / name).read_text("utf-8"))


def writer(name: str) -> PenName:
    """A pen name, made if it is new."""
    known = PenName.objects.filter(name_key=name_key(name)).first()
    return known or pen_names.add(
        name, by=Account.objects.create_user(f"{Account.objects.count()}@example.org")
    )


def put_in() -> dict[int, str]:
    """The demo and the judged stories; each story's name by its number."""
    load()
    keys: dict[int, str] = {}
    for file in FOLDER.glob("*/story.toml"):
        told = tomllib.loads(file.read_text("utf-8"))
        keys[Story.objects.get(title=told["title"]).pk] = told["slug"]
    told = read("stories.toml")
    for one in told["story"]:
        pen = writer(one["writer"])
        story = publishing.create(
            by=pen.account, pen_name=pen, title=one["title"], summary=f"<p>{one['summary']}</p>",
            language=one["language"], rating="general",
        )  # fmt: skip
        describing.set_tags(story, [(kind, name) for kind, name in one["tags"]], by=pen.account)
        for title, text in one["parts"]:
            html = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n"))
            publishing.publish(
                publishing.add_part(story, by=pen.account, title=title, html=html), by=pen.account
            )
        keys[story.pk] = one["key"]
    for name, meant in told["synonyms"].items():
        canonical = Tag.objects.get(name=meant)
        Tag.objects.filter(pk=canonical.pk).update(standing=Standing.CANONICAL)
        Tag.objects.filter(name=name).update(standing=Standing.SYNONYM, merged_into=canonical)
    refresh(keys)
    return keys


def test_a_perfect_order_gains_all_and_a_poor_one_less() -> None:
    good = {"a": 3, "b": 1}
    assert ndcg(["a", "b", "c"], good) == 1
    assert 0.6 < ndcg(["b", "a"], good) < ndcg(["a", "c", "b"], good) < 1
    assert ndcg(["c"], good) == 0


def test_the_judged_set_names_stories_that_there_are(db: None) -> None:
    keys = set(put_in().values())
    queries = read("queries.toml")["query"]
    assert len(queries) == len({query["typed"] for query in queries}) >= FEWEST
    assert {key for query in queries for key in query["good"]} <= keys


def test_answers_are_in_a_good_order(db: None, built: Callable[[], Texts]) -> None:
    keys = put_in()
    texts = built()
    scores: dict[str, float] = {}
    for query in read("queries.toml")["query"]:
        found = [keys[story] for story in texts.ranked(query["typed"])]
        scores[query["typed"]] = ndcg(found, query["good"])
    mean = sum(scores.values()) / len(scores)
    poor = {typed: round(score, 2) for typed, score in scores.items() if score < 0.75}
    assert mean >= FLOOR, f"nDCG at ten: {mean:.3f}; poor ones: {poor}"
