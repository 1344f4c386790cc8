"""Numbers that follow from a seed alone."""

from collections.abc import Iterator
from hashlib import sha256


class Dice:
    """Numbers that follow from a seed alone, on every machine and in every version."""

    def __init__(self, seed: int) -> None:
        self._stream = self._bytes(seed)

    @staticmethod
    def _bytes(seed: int) -> Iterator[int]:
        block = 0
        while True:
            yield from sha256(f"{seed}/{block}".encode()).digest()
            block += 1

    def below(self, end: int) -> int:
        """A number from 0 up to `end`, without it; `end` is at most 65,536."""
        return (next(self._stream) * 256 + next(self._stream)) % end

    def between(self, first: int, last: int) -> int:
        """A number from `first` to `last`, both possible."""
        return first + self.below(last - first + 1)
