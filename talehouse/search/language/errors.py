"""What is wrong with a query."""

from __future__ import annotations


class QueryError(Exception):
    """One plain, translated sentence: what is wrong, where, and what to do.

    `start` and `end` are the characters of what was typed (as `parsing.legible` has it) that it is about.
    """

    def __init__(self, message: str, *, start: int = 0, end: int = 0) -> None:
        super().__init__(message)
        self.start, self.end = start, end
