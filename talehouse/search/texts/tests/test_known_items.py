"""Stories of the bench archive that somebody remembers a little of: they must stand near the top.

What is meant is judged by how it is asked: the story that a title was taken from, or those that have the
whole sentence (that archive is made of a pool of paragraphs, so some stand in several stories). Its words
are invented, and titles share many, as real ones do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from random import Random

from django.utils.html import strip_tags

from talehouse.ops.bench.archive import Maker, Size
from talehouse.search.texts.tests.conftest import Texts
from talehouse.search.texts.tests.test_relevance import ndcg
from talehouse.stories.models import Part, Story

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIZE = Size(stories=300, parts=2, words=300, seed=11)
EACH = 20
FLOORS = {"title": 0.97, "mistyped": 0.95, "remembered": 0.95}


def mistyped(title: str, chance: Random) -> str:
    """Two letters of its longest word in the wrong order."""
    longest = max(title.split(), key=len)
    at = chance.randrange(1, len(longest) - 2) if len(longest) > 3 else 0
    wrong = longest[:at] + longest[at + 1 : at + 2] + longest[at : at + 1] + longest[at + 2 :]
    return title.replace(longest, wrong, 1)


def sentence(part: Part, chance: Random) -> list[str]:
    """Six words that stand next to each other."""
    words = plain(part).split()
    begin = chance.randrange(len(words) - 6)
    return words[begin : begin + 6]


def plain(part: Part) -> str:
    """The words of a part, with one space between them."""
    assert part.published is not None
    return " ".join(strip_tags(part.published.html.replace("</p>", " ")).split())


def titles(chosen: Sequence[Story], chance: Random) -> Iterator[tuple[str, str, set[int]]]:
    """(kind, query, the stories that are meant)."""
    for story in chosen:
        yield "title", story.title, {story.pk}
        yield "mistyped", mistyped(story.title, chance), {story.pk}


def sentences(chosen: Sequence[Story], chance: Random) -> Iterator[tuple[str, str, set[int]]]:
    """Sentences of which one word is forgotten."""
    all_of = [(part.story_id, plain(part)) for part in Part.objects.select_related("published")]
    for story in chosen:
        said = sentence(story.parts.select_related("published").order_by("position")[1], chance)
        meant = {number for number, text in all_of if " ".join(said) in text}
        del said[chance.randrange(1, 5)]
        yield "remembered", " ".join(word.strip("“”.,?!;:") for word in said), meant


def test_what_somebody_remembers_of_the_bench_archive_is_found(db: None, built: Callable[[], Texts]) -> None:
    Maker(SIZE, NOW).make()
    texts, chance = built(), Random(3)
    stories = Story.objects.filter(visibility="public", part_count__gt=1).order_by("pk")
    chosen = chance.sample(list(stories), EACH)
    scores: dict[str, list[float]] = {kind: [] for kind in FLOORS}
    for kind, typed, meant in (*titles(chosen, chance), *sentences(chosen, chance)):
        found = [str(number) for number in texts.ranked(typed)]
        scores[kind].append(ndcg(found, {str(number): 3 for number in meant}))
    means = {kind: sum(each) / len(each) for kind, each in scores.items()}
    assert all(means[kind] >= floor for kind, floor in FLOORS.items()), f"nDCG at ten: {means}"
