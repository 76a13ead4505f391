"""How columns of small numbers become bytes, and are taken apart by them."""

from __future__ import annotations

import sys
from array import array
from itertools import compress
from struct import pack
from typing import Any, Dict, List

_ONLY = [bytes(code == only for code in range(256)) for only in range(8)]


def integers(numbers: Any) -> bytes:
    return pack("<%dQ" % len(numbers), *numbers)


def little(numbers: array) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def codes(number: Dict[Any, int], items: Any) -> bytes:
    """The numbers of items, each in one byte if that is enough for all."""
    numbers = map(number.__getitem__, items)
    return bytes(numbers) if len(number) < 256 else integers(list(numbers))


def apart(col: Any, order: bytes, groups: int) -> List[List[Any]]:
    """The items of each group, where order holds their groups' codes."""
    if groups <= len(_ONLY):
        return [list(compress(col, order.translate(only))) for only in _ONLY[:groups]]
    found: List[List[Any]] = [[] for _ in range(groups)]
    for item, code in zip(col, order if groups < 256 else _from_little(order)):
        found[code].append(item)
    return found


def _from_little(data: bytes) -> array:
    numbers = array("Q", data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
