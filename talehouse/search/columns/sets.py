"""Sets of positions: between bitmaps and arrays, quickly."""

from __future__ import annotations

import struct
from array import array

import numpy as np
from pyroaring import BitMap

from talehouse.search.columns.rows import Array

_BLOCK = 1 << 16
_COOKIE = 12346
_SPARSE = 4096


def of_positions(positions: Array) -> BitMap:
    """The set of these positions, sorted or not."""
    return BitMap(array("I", np.ascontiguousarray(positions, np.uint32).tobytes()))


def positions(found: BitMap) -> Array:
    """The positions in a set, ascending."""
    return np.frombuffer(found.to_array(), np.uint32)


def of_mask(mask: Array) -> BitMap:
    """The set of the positions at which a mask is true.

    Written as the portable form of Roaring bitmaps (RoaringFormatSpec, without runs), since building one from
    half a million numbers takes fifty times as long.
    """
    heads, bodies = [], []
    for key in range(-(-len(mask) // _BLOCK)):
        block = mask[key * _BLOCK : (key + 1) * _BLOCK]
        if not (count := int(np.count_nonzero(block))):
            continue
        if count <= _SPARSE:
            body = np.flatnonzero(block).astype("<u2").tobytes()
        else:
            body = np.packbits(block, bitorder="little").tobytes().ljust(_BLOCK // 8, b"\0")
        heads.append((key, count - 1))
        bodies.append(body)
    return BitMap.deserialize(_portable(heads, bodies))


def _portable(heads: list[tuple[int, int]], bodies: list[bytes]) -> bytes:
    start = 8 + 8 * len(heads)
    offsets = np.cumsum([start, *map(len, bodies)])[:-1]
    told = struct.pack("<II", _COOKIE, len(heads))
    told += b"".join(struct.pack("<HH", *head) for head in heads)
    return told + offsets.astype("<u4").tobytes() + b"".join(bodies)
