"""How containers enter a value's digest: their lengths, and their items as one further column."""

from __future__ import annotations

from itertools import chain, count
from operator import eq
from struct import Struct
from typing import Any, Dict, List

from . import tags
from .packing import apart, codes, integers
from .scalars import strs

_ROW = 64  # items up to which equally long sequences are rows of a table
_ROWS = 256  # of them from which they are taken apart into columns
_SHARED_ITEMS = 1 << 20  # objects described from which on repeated tuples are written once


def lists(walk: Any, col: List[list]) -> None:
    walk.out += tags.LISTS
    sequences(walk, walk.fresh(col))


def tuples(walk: Any, col: Any) -> None:
    walk.out += tags.TUPLES
    sequences(walk, once(walk, col))


def once(walk: Any, col: Any) -> Any:
    if len(col) > 7 and walk.items > _SHARED_ITEMS and len(set(map(id, col))) * 8 <= len(col):
        # A graph of shared tuples can be exponentially larger when written out than it is in memory.
        walk.out += tags.SHARED_TUPLES
        return walk.fresh(col)
    return col


def sequences(walk: Any, col: Any) -> None:
    if len(col) == 1:
        walk.out += b"%d," % len(col[0])
        if col[0]:
            walk.queue.append(col[0])
        return
    if not col:
        return
    lengths = list(map(len, col))
    if len(col) >= _ROWS and 1 <= lengths[0] <= _ROW and lengths.count(lengths[0]) == len(col):
        # Rows of a table: its columns are more often of one type.
        walk.out += tags.ROWS + b"%d," % lengths[0]
        walk.queue.extend(zip(*col))
        return
    walk.out += integers(lengths)
    items = list(chain.from_iterable(col))
    if items:
        walk.queue.append(items)


def dicts(walk: Any, col: Any) -> None:
    walk.out += tags.DICTS
    col = walk.fresh(col)
    if col:
        _mappings(walk, col)


def _mappings(walk: Any, col: Any) -> None:
    lengths = list(map(len, col))
    keys = list(chain.from_iterable(col))
    if len(col) >= _ROWS and set(map(type, keys)) == {str}:  # other types have objects that are equal and still differ
        if lengths.count(lengths[0]) == len(col) and keys == keys[: lengths[0]] * len(col):
            walk.out += tags.SAME_KEYS
            _names(walk, keys[: lengths[0]])
            walk.queue.extend(zip(*map(dict.values, col)))
            return
        layouts = list(map(tuple, col))
        number = dict(zip(dict.fromkeys(layouts), count()))
        if len(number) * 64 <= len(col):
            walk.out += tags.LAYOUTS + b"%d," % len(number)
            for names in number:
                _names(walk, names)
            order = codes(number, layouts)
            walk.out += order
            for group in apart(col, order, len(number)):
                walk.queue.extend(zip(*map(dict.values, group)))
            return
    walk.out += integers(lengths)
    if keys:
        walk.queue.append(keys)
        walk.queue.append(list(chain.from_iterable(map(dict.values, col))))


def _names(walk: Any, names: Any) -> None:
    walk.out += b"%d," % len(names)
    if names:
        strs(walk, names)


def attributes(walk: Any, col: List[dict]) -> None:
    """Describe the attributes of instances."""
    layouts = list(map(tuple, col))
    names = layouts[0]
    if layouts.count(names) != len(col) or not set(map(type, names)) <= {str}:
        walk.out += tags.ANY_ATTRIBUTES
        _mappings(walk, col)
        return
    walk.out += tags.SAME_ATTRIBUTES
    _names(walk, names)
    if len(col) >= _ROWS:
        walk.queue.extend(zip(*map(dict.values, col)))
    elif names:
        walk.queue.append(list(chain.from_iterable(map(dict.values, col))))


def sets(walk: Any, col: Any) -> None:
    walk.out += tags.SETS
    unordered(walk, walk.fresh(col))


def frozensets(walk: Any, col: Any) -> None:
    walk.out += tags.FROZENSETS
    unordered(walk, col)


_ORDERED = {int, str, bytes, bool}  # one of these types can be sorted, and equal objects of it are the same


def unordered(walk: Any, col: Any) -> None:
    kinds = set(map(type, chain.from_iterable(col)))
    if kinds == {int}:  # their order doesn't hang on the hash seed, and code sees it
        sequences(walk, list(map(list, col)))
    elif len(kinds) == 1 and kinds <= _ORDERED:
        sequences(walk, list(map(sorted, col)))
    else:
        sequences(walk, [_sorted_elements(walk, elements) for elements in col])


def _sorted_elements(walk: Any, elements: Any) -> List[Any]:
    if len(elements) < 2:
        return list(elements)
    groups: Dict[type, List[Any]] = {}
    for element in elements:
        groups.setdefault(type(element), []).append(element)
    found: List[Any] = []
    for kind in _PLAIN:
        if kind in groups:
            found += _sorted_of(walk, kind, groups.pop(kind))
    return found + sorted(chain.from_iterable(groups.values()), key=walk.inner_digest)


_PLAIN = (type(None), bool, int, float, str, bytes, tuple, frozenset)
_bits = Struct("<d").pack


def _sorted_of(walk: Any, kind: type, elements: List[Any]) -> List[Any]:
    """Elements of one plain type in an order that the hash seed has no part in."""
    if len(elements) < 2:
        return elements
    if kind in _ORDERED:
        return sorted(elements)
    if kind is float:
        return sorted(elements, key=_bits)
    if kind is tuple and len(set(map(len, elements))) == 1:
        columns = [(set(map(type, column)), column) for column in zip(*elements)]
        if all(len(kinds) == 1 and (kinds <= _ORDERED or kinds == {float} and all(map(eq, col, col))) for kinds, col in columns):
            return sorted(elements)  # comparing them never fails, and there is no NaN among them
    if kind is frozenset:
        kinds = set(map(type, chain.from_iterable(elements)))
        if len(kinds) == 1 and kinds <= _ORDERED:
            return sorted(elements, key=sorted)
    return sorted(elements, key=walk.inner_digest)
