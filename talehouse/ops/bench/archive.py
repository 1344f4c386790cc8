"""A whole archive from a seed: who writes, what they write, how it is tagged and how often it is read.

Every row is as the rules would have left it: `recount --check` and `doctor` find nothing in it, which a test
holds. It is meant for empty tables in a data folder of its own, never for a host's.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import TypeVar

from django.db import transaction

from talehouse.accounts.models import Account, PenName, key_and_slug
from talehouse.lib import html as markup
from talehouse.lib.slugs import slug
from talehouse.ops.bench.tagging import Names, Tagger, generated
from talehouse.ops.bench.texts import Texts, key
from talehouse.ops.bench.words import Prose, zipf
from talehouse.ops.bench.writing import Draft, Instalment, write
from talehouse.reads.models import ReadDay
from talehouse.stories import effective
from talehouse.stories.models import Block, Part, Revision, Series, Story
from talehouse.stories.tagging import count_all
from talehouse.stories.texts import note
from talehouse.tags.vocabulary import Category, Rating, Status, TagKind, Warning

BATCH = 50
"""Stories in one transaction."""
READS_OF_THE_FIRST = 20
"""Reads of the most read story's first part, for each story in the archive."""
STAYING = 0.8
"""Of the readers of a part, those who go on to the next."""
DAYS = 6
"""The most days over which the reads of a part are spread."""
OLDEST = timedelta(days=1500)
RATINGS = {Rating.GENERAL: 30, Rating.TEEN: 40, Rating.MATURE: 15, Rating.EXPLICIT: 10, Rating.NOT_RATED: 5}
STATUSES = {Status.COMPLETE: 45, Status.IN_PROGRESS: 40, Status.HIATUS: 10, Status.ABANDONED: 5}
WARNINGS = {Warning.NONE_APPLY: 60, Warning.CHOSE_NOT: 25, Warning.VIOLENCE: 10, Warning.DEATH: 5}
IN_SERIES = 0.1
TWO_WRITERS = 0.05

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Size:
    """How large: stories, parts of each, words of a part (the mean), and the seed that all follows from."""

    stories: int = 2000
    parts: int = 5
    words: int = 2000
    seed: int = 1


class Maker:
    """Draws stories one after the other and writes them in batches."""

    def __init__(
        self, size: Size, now: datetime, names: Callable[[Prose], dict[TagKind, Names]] | None = None
    ) -> None:
        self.size, self.now = size, now
        self.dice = Random(size.seed)
        self.prose = Prose(self.dice)
        self.texts = Texts(self.dice, self.prose, pool=min(10_000, 200 + size.stories * size.parts))
        self.tagger = Tagger(self.dice, names(self.prose) if names else generated(self.prose, size.stories))
        self.writers: list[PenName] = []
        self.series: dict[int, tuple[Series, int]] = {}
        self._ranks = self.dice.sample(range(size.stories), size.stories)
        self._fame: list[float] = []

    def make(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Everything: people first, then stories."""
        self._people()
        for first in range(0, self.size.stories, BATCH):
            last = min(first + BATCH, self.size.stories)
            write([self._draft(number) for number in range(first, last)], self.tagger.rows.values())
            if progress:
                progress(last, self.size.stories)
        count_all()
        effective.rebuild()

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.dice.getrandbits(128), version=4)

    def _pick(self, weights: dict[T, int]) -> T:
        return self.dice.choices(list(weights), list(weights.values()))[0]

    # People

    @transaction.atomic
    def _people(self) -> None:
        """A third as many writers as stories; a few of them write most."""
        names: dict[str, str] = {}
        while len(names) < max(2, self.size.stories // 3):
            name = self.prose.name()
            names.setdefault(key_and_slug(name)[0], name)
        accounts = [
            Account(
                email=f"writer-{number}@localhost",
                uuid=self._uuid(),
                password="!",
                joined_at=self.now - OLDEST,
            )
            for number in range(1, len(names) + 1)
        ]
        Account.objects.bulk_create(accounts)
        pairs = zip(accounts, names.values(), strict=True)
        self.writers = PenName.objects.bulk_create([self._pen_name(account, name) for account, name in pairs])
        self._fame = list(accumulate(zipf(len(self.writers), power=0.8)))

    def _pen_name(self, account: Account, name: str) -> PenName:
        folded, address = key_and_slug(name)
        made = self.now - OLDEST
        return PenName(
            account=account, uuid=self._uuid(), name=name, name_key=folded, slug=address, made_at=made
        )

    def _writer(self) -> PenName:
        return self.dice.choices(self.writers, cum_weights=self._fame)[0]

    # Stories

    def _draft(self, number: int) -> Draft:
        first = self._writer()
        writers = [first]
        if self.dice.random() < TWO_WRITERS and (second := self._writer()).pk != first.pk:
            writers.append(second)
        draft = Draft(
            story=self._story(),
            writers=writers,
            tags=self.tagger.draw(),
            warning=self._pick(WARNINGS),
            category=self.dice.choice(Category.values),
        )
        self._parts(draft, self._ranks[number] + 1)
        if self.dice.random() < IN_SERIES:
            draft.entry = self._place_in_series(first)
        return draft

    def _story(self) -> Story:
        title = self.prose.title()
        summary = " ".join(self.prose.sentence() for _ in range(self.dice.randint(1, 5)))
        return Story(
            uuid=self._uuid(),
            title=title,
            slug=slug(title, limit=60),
            summary=note(f"<p>{summary}</p>"),
            rating=self._pick(RATINGS),
            status=self._pick(STATUSES),
            key=f"{self.dice.getrandbits(96):024x}",
        )

    def _place_in_series(self, writer: PenName) -> tuple[Series, int]:
        series, last = self.series.get(writer.pk, (None, 0))
        if series is None or last >= 6:
            title = self.prose.title(3)
            series = Series(
                uuid=self._uuid(), title=title, slug=slug(title, limit=60), owner=writer, made_at=self.now
            )
            last = 0
        self.series[writer.pk] = (series, last + 1)
        return series, last + 1

    # Parts

    def _parts(self, draft: Draft, rank: int) -> None:
        """Out one after the other since some day; read as the story's rank says, later parts by fewer."""
        story = draft.story
        age = OLDEST * self.dice.random()
        step = min(timedelta(days=self.dice.lognormvariate(1.9, 0.7)), age / self.size.parts)
        reads = READS_OF_THE_FIRST * self.size.stories / rank
        for place in range(self.size.parts):
            at = self.now - age + step * place
            draft.parts.append(self._part(draft, place + 1, at, round(reads * STAYING**place)))
        out = [instalment.part for instalment in draft.parts]
        story.made_at, story.release_at, story.updated_at = (
            out[0].made_at,
            out[0].release_at,
            out[-1].release_at,
        )
        story.part_count = len(out)
        story.word_count = sum(part.word_count for part in out)
        story.read_count = sum(part.read_count for part in out)

    def _part(self, draft: Draft, position: int, at: datetime, reads: int) -> Instalment:
        blocks = self.texts.chapter(self.size.words)
        keys = [key(number) for number in range(1, len(blocks) + 1)]
        words = sum(block.words for block in blocks)
        title = f"Chapter {position}: {self.prose.title(4)}"
        part = Part(
            uuid=self._uuid(),
            position=position,
            title=title,
            slug=slug(title, limit=60),
            next_block=len(blocks) + 1,
            word_count=words,
            read_count=reads,
            made_at=at,
            release_at=at,
            released_at=at,
        )
        revision = Revision(
            uuid=self._uuid(),
            number=1,
            html=markup.join(blocks, keys),
            word_count=words,
            made_at=at,
            made_by_id=draft.writers[0].account_id,
            published_at=at,
        )
        rows = [Block(key=one, position=place, last_position=place) for place, one in enumerate(keys)]
        return Instalment(part, revision, rows, self._days(at, reads))

    def _days(self, since: datetime, reads: int) -> list[ReadDay]:
        """The reads of a part by day: half on the first, half of the rest on the second, and so on."""
        found: list[ReadDay] = []
        days = min(DAYS, (self.now.date() - since.date()).days + 1)
        for day in range(days):
            today = reads if day == days - 1 else (reads + 1) // 2
            if today:
                found.append(ReadDay(day=since.date() + timedelta(days=day), total=today))
            reads -= today
        return found
