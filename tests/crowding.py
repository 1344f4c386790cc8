"""What each of a crowd does at one part: vote and take it back, comment, answer, like, delete."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from django.db import close_old_connections, connection

from talehouse.accounts.models import Account
from talehouse.comments import deciding
from talehouse.comments.models import Comment, Like
from talehouse.comments.saying import Place, say
from talehouse.ops.recounting import check
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part
from talehouse.votes import casting
from talehouse.votes.models import Vote


@dataclass
class Crowd:
    """People at one part. `refused`: what a rule said to them; `errors`: everything else that went wrong."""

    part: int
    rounds: int = 1
    refused: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def act(self, account: Account) -> None:
        """Everything that one person does; after each step the connection goes back, as after a request."""
        chance = Random(account.email)
        for number in range(self.rounds):
            for step in (self._vote, self._say, self._answer, self._like, self._delete):
                try:
                    step(account, chance, number)
                except RuleError as refusal:
                    self.refused[str(refusal)] += 1
                except Exception as error:
                    self.errors.append(repr(error))
                close_old_connections()

    def together(self, accounts: list[Account]) -> None:
        """All of them at the same time, each in a thread."""
        begin = threading.Barrier(len(accounts))

        def go(account: Account) -> None:
            begin.wait()
            try:
                self.act(account)
            finally:
                connection.close()

        threads = [threading.Thread(target=go, args=(account,)) for account in accounts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _part(self) -> Part:
        return Part.objects.select_related("story", "published").get(pk=self.part)

    def _vote(self, account: Account, chance: Random, number: int) -> None:
        """Twice, as somebody who presses twice; who takes it back has it again in the end, or not."""
        part = self._part()
        casting.cast(part, by=account)
        casting.cast(part, by=account)
        if number < self.rounds - 1 or votes_in_the_end(account) is False:
            casting.take_back(part, by=account)

    def _say(self, account: Account, chance: Random, number: int) -> None:
        part = self._part()
        block = chance.choice(["", "1", "2"])
        say(Place(story=part.story, part=part, block=block), by=account, text=f"Round {number}.")

    def _answer(self, account: Account, chance: Random, _number: int) -> None:
        part = self._part()
        newest = Comment.objects.filter(part=part).order_by("-pk").select_related("root")
        parent = newest[chance.randrange(5) : 5].first() if newest.exists() else None
        if parent is not None:
            say(Place(story=part.story, part=part), by=account, text="Indeed.", parent=parent)

    def _like(self, account: Account, chance: Random, _number: int) -> None:
        oldest = Comment.objects.filter(part=self.part).exclude(pen_name__account=account).order_by("pk")
        for comment in oldest[:3]:
            deciding.like(comment, by=account)
            if chance.random() < 0.4:
                deciding.unlike(comment, by=account)

    def _delete(self, account: Account, chance: Random, _number: int) -> None:
        mine = Comment.objects.filter(part=self.part, pen_name__account=account, deleted_at=None).first()
        if mine is not None and chance.random() < 0.3:
            deciding.take_back(mine, by=account)


def votes_in_the_end(account: Account) -> bool:
    """Whether this person's vote stands when everything is over."""
    return len(account.email) % 3 != 0 or account.email[-13:-12] != "0"


def wrong(part: int, accounts: list[Account]) -> list[str]:
    """What is not as it must be when everybody has gone."""
    found = [f"{difference}" for difference in check()]
    votes = Counter(Vote.objects.filter(part=part).values_list("account", flat=True))
    found += [f"account {pk} has {number} votes" for pk, number in votes.items() if number > 1]
    expected = {account.pk for account in accounts if votes_in_the_end(account)}
    if set(votes) != expected:
        found.append(f"{len(votes)} votes, not {len(expected)}")
    if not Like.objects.exists():
        found.append("nobody liked anything")
    return found
