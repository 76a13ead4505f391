"""How numbers, text and bytes enter a value's digest. An encoder writes its tag and the column; it knows the column's length
from the level above."""

from __future__ import annotations

import math
import sys
from itertools import chain, count
from operator import ne
from struct import error as StructError, pack
from typing import Any, List

from . import hashing, tags
from .packing import codes, integers

CHARS = 1 << 18  # characters that are joined at once
FLUSH = 1 << 18  # bytes gathered before they are hashed
_SHORT = 32  # characters up to which it is faster to put something between strings than to write their lengths


def none(walk: Any, col: List[Any]) -> None:
    walk.out += tags.NONE


def ellipsis(walk: Any, col: List[Any]) -> None:
    walk.out += tags.ELLIPSIS


def not_implemented(walk: Any, col: List[Any]) -> None:
    walk.out += tags.NOT_IMPLEMENTED


def bools(walk: Any, col: List[bool]) -> None:
    walk.out += tags.BOOLS
    walk.out += bytes(col)


def ints(walk: Any, col: List[int]) -> None:
    try:
        packed = pack("<%dq" % len(col), *col)
    except StructError:
        walk.out += tags.LARGE_INTS
        walk.raw(",".join(map(hex, col)).encode())
        return
    walk.out += tags.INTS
    walk.out += packed


def floats(walk: Any, col: List[float]) -> None:
    walk.out += tags.FLOATS
    if not walk.nan_is_shared and any(map(ne, col, col)):
        nan = getattr(sys.modules.get("numpy"), "nan", math.nan)
        walk.nan_is_shared = any(item is nan for item in col)
    walk.out += pack("<%dd" % len(col), *col)


def complexes(walk: Any, col: Any) -> None:
    walk.out += tags.COMPLEXES
    walk.out += pack("<%dd" % (2 * len(col)), *chain.from_iterable((z.real, z.imag) for z in col))


def strs(walk: Any, col: Any) -> None:
    walk.out += tags.STRS
    about = chars(col)
    short = about <= _SHORT * len(col)
    if about <= CHARS:
        _joined(walk, col, short)
    elif about > CHARS << 8:  # perhaps one long string many times
        unique = dict(zip(dict.fromkeys(col), count()))
        walk.out += tags.UNIQUE_STRS + b"%d," % len(unique)
        walk.out += codes(unique, col)
        for text in unique:
            walk.spend(len(text))
            walk.raw(text.encode("utf-8", "surrogatepass"))
    else:
        size = max(1, len(col) * CHARS // about)
        walk.out += b"%d," % size
        for at in range(0, len(col), size):
            _joined(walk, col[at : at + size], short)


def chars(col: Any) -> int:
    """About how many characters col holds."""
    probes = [item for item in col[::256] if type(item) in (str, bytes)]
    return sum(map(len, probes)) * len(col) // (len(probes) or 1)


def _joined(walk: Any, col: Any, short: bool) -> None:
    text = "\0".join(col) if short else ""
    if not short or text.count("\0") != len(col) - 1:
        walk.out += tags.LENGTHS
        walk.lengths(col)
        text = "".join(col)
    walk.spend(len(text))
    walk.raw(text.encode("utf-8", "surrogatepass"))


def byte_strings(walk: Any, col: Any) -> None:
    walk.out += tags.BYTES
    lengths = list(map(len, col))
    walk.spend(sum(lengths))
    walk.out += integers(lengths)
    if max(lengths) < hashing.BIG and sum(lengths) <= 8 * CHARS:
        walk.out += b"".join(col)
        return
    for item in col:
        if len(item) >= hashing.BIG:
            walk.out += hashing.of_buffers([memoryview(item)])
        else:
            walk.out += item
            if len(walk.out) > FLUSH:
                walk.flush()


def bytearrays(walk: Any, col: List[bytearray]) -> None:
    walk.out += tags.BYTEARRAYS
    col = walk.fresh(col)
    if col:
        byte_strings(walk, list(map(bytes, col)))


def ranges(walk: Any, col: List[range]) -> None:
    walk.out += tags.RANGES
    walk.queue.append(list(chain.from_iterable((r.start, r.stop, r.step) for r in col)))


def slices(walk: Any, col: List[slice]) -> None:
    walk.out += tags.SLICES
    walk.queue.append(list(chain.from_iterable((s.start, s.stop, s.step) for s in col)))
