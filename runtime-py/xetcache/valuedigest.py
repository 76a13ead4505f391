"""One digest of a value, the same in every process and on every machine.

``sha256(pickle.dumps(x))`` is no such digest: pickle numbers equal strings by identity, writes sets in hash order and
changes with the library's version. A walk in Python that visits one object at a time is right but slow: it costs a
microsecond an object where pickle costs a twentieth.

This walk visits many objects at once instead. The children of a list, or of a thousand lists, form one *column*. It is
cut into blocks that the processor's cache can hold, and a block is described by functions that loop in C, then the columns
of its own children, then the next block:

    block of one type      →  its tag, then the type's own encoding of the whole block
    block of plain values  →  what ``marshal`` writes of them, in its version 2
    block of many types    →  the types' order, then what would be written of each type alone
    containers             →  their lengths, and their items as one further column
    rows of equal length   →  a column for each place
    dicts of equal keys    →  the keys once, and a column for each key
    instances              →  their class once, and their attributes like dicts

So 200,000 records become columns of integers and strings, each packed by ``struct`` or ``str.join``.
The description can be read back (every length is written before what it measures), so different values differ; it
is a function of the value alone, so equal ones agree.

What counts (the order of the rules is the order of the code):

- type and value: 1, 1.0 and True differ, 0.0 and -0.0 differ, NaN equals itself by its bits;
- order of lists, tuples and dicts; not of sets, whose elements are sorted, nor of an instance's attributes;
- sharing of mutable objects, as an index in visit order: ``[[0] * 3] * 3`` is not ``[[0] * 3 for _ in range(3)]``.
  Sharing of immutable objects does not count. Cycles are such references too;
- arrays: dtype, shape, the order of their axes in memory, every byte (never a sample), whether they can be written to, and which
  are views of the same memory;
- frames: columns, dtypes, categories, index and values, not how pandas groups the columns into blocks;
- instances: the class (by its source where it is the user's own, else by its dotted name) and the state that pickle
  would store;
- functions by what the ``sources`` object says of them.

The hash is BLAKE3 where the package ``blake3`` is installed, else SHA-256; a prefix says which.
"""

from __future__ import annotations

import copyreg
import functools
import gc
import hashlib
import importlib
import marshal
import sys
import types
from array import array
from itertools import chain, compress, count, islice
from operator import attrgetter, eq, methodcaller
from struct import Struct, error as StructError, pack
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

try:
    from blake3 import blake3 as _blake3
except ImportError:  # the extra isn't installed
    _blake3 = None

ALGORITHM = "b3" if _blake3 is not None else "s2"

# Part of every digest: raised whenever an encoding below changes.
_VERSION = b"xetcache value 3\n"

_BLOCK = 2048  # objects of a column that are described together: the passes over them then find them in the processor's cache
_CHARS = 1 << 18  # characters that are joined at once
_SHORT = 32  # characters up to which it is faster to put something between strings than to write their lengths
_FLUSH = 1 << 18  # bytes gathered before they are hashed
_DIRECT = 1 << 16  # bytes that are hashed where they are
_BIG = 1 << 20  # bytes from which an array is hashed on its own, by several threads
_AT_ONCE = 1 << 21  # bytes of it that they share: on a busy machine one waits long for another that has half of the whole
_ROW = 64  # items up to which equally long sequences are rows of a table
_ROWS = 256  # of them from which they are taken apart into columns
_SHARED_ITEMS = 1 << 20  # objects described from which on repeated tuples are written once
_LATER = 1 << 15  # mutable objects from which on repeated ones are looked for later


class Unhashable(TypeError):
    """A value that has no digest: it stands for something outside (a connection, a lock) or hides its state."""

    def __init__(self, type_: type, why: str = ""):
        self.type = type_
        self.why = why
        name = type_.__qualname__ if type_.__module__ == "builtins" else f"{type_.__module__}.{type_.__qualname__}"
        super().__init__(f"{name} can't be hashed" + (f" ({why})" if why else ""))


class OverBudget(Exception):
    """The value is larger than the budget given to ``digest``."""


class Refused(Exception):
    """Raised by ``sources`` for a class whose instances it doesn't want in the digest."""


class Names:
    """Describes functions and classes by their dotted names alone."""

    def function(self, f: types.FunctionType) -> bytes:
        return f"{f.__module__}.{f.__qualname__}".encode("utf-8", "surrogatepass")

    def class_(self, cls: type) -> bytes:
        return f"{cls.__module__}.{cls.__qualname__}".encode("utf-8", "surrogatepass")

    def instance(self, cls: type) -> bytes:
        """Describes the class of an instance."""
        return self.class_(cls)


def digest(value: Any, sources: Optional[Names] = None, budget: Optional[int] = None) -> str:
    """The digest of value, as ``b3:`` or ``s2:`` and 64 hex digits.

    sources describes functions and classes (default: by name). budget bounds the work in bytes described. Raises
    Unhashable, OverBudget, or Refused from sources; nothing else.
    """
    kind = type(value)
    if kind in _LEAVES and (kind not in _SIZED or len(value) < _SHORT):  # nothing to put off, nothing to collect
        walk = _Walk(sources or Names(), budget)
        walk.block((value,))
        return f"{ALGORITHM}:{walk.hexdigest()}"
    return digest_and_objects(value, sources, budget)[0]


def digest_and_objects(
    value: Any, sources: Optional[Names] = None, budget: Optional[int] = None
) -> Tuple[str, "_Walk"]:
    """The digest, and the finished walk: ``seen.all()`` are the ids of the mutable objects reached, while it lives."""
    # The columns are many long-lived objects without cycles: a collection in between would only visit them all.
    collecting = gc.isenabled()
    gc.disable()
    try:
        try:
            walk = _Walk(sources or Names(), budget)
            walk.run_or_check(value)
        except _Shared:
            walk = _Walk(sources or Names(), budget, at_once=True)
            walk.run(value)
    except (Unhashable, OverBudget, Refused):
        raise
    except Exception as e:  # a __reduce__, __getstate__ or array subclass of the user's that fails
        raise Unhashable(type(value), f"{type(e).__name__}: {e}") from e
    finally:
        if collecting:
            gc.enable()
    return f"{ALGORITHM}:{walk.hexdigest()}", walk


def hash_bytes(data: bytes) -> str:
    """The digest of raw bytes, in the same form."""
    return f"{ALGORITHM}:{_hasher(data).hexdigest()}"


def _hasher(data: bytes = b"") -> Any:
    return hashlib.sha256(data) if _blake3 is None else _blake3(data)


class _Shared(Exception):
    """A value shares objects, which the walk had put off looking for."""


class _Seen:
    """The mutable objects met so far, numbered in visit order. Most values repeat none, so numbers are made late.

    A set of many ids is slow: each one is somewhere else in memory. From _LATER ids on they are only kept, and sorted when
    they have doubled and at the end. If one then is there twice, the walk starts again and looks each of them up at once.
    """

    def __init__(self, first: int, at_once: bool):
        self.first = first
        self.ids: set = set()
        self.columns: List[Any] = []
        self.later: Optional[array] = None
        self._limit = sys.maxsize if at_once else _LATER
        self._numbers: Dict[int, int] = {}
        self._done = 0

    def add(self, ids: List[int]) -> bool:
        """Note ids; whether all of them are new, as far as is known."""
        if self.later is None:
            before = len(self.ids)
            self.ids.update(ids)
            if len(self.ids) != before + len(ids):
                self._limit = sys.maxsize
                return False
            if before + len(ids) > self._limit:
                self.later = array("Q", self.ids)
                self.ids, self.columns = set(), []
                self._limit *= 4
        else:
            self.later.fromlist(ids)
            if len(self.later) > self._limit:
                self.check()
                self._limit = 4 * len(self.later)
        return True

    def check(self) -> None:
        """Raises _Shared if an id was noted twice."""
        if self.later is None:
            return
        np = sys.modules.get("numpy")
        if np is None:
            in_order = sorted(self.later)
            if any(map(eq, in_order, islice(in_order, 1, None))):
                raise _Shared()
            return
        ids = np.sort(np.frombuffer(self.later, dtype=np.uint64))
        if bool((ids[1:] == ids[:-1]).any()):
            raise _Shared()

    def all(self) -> set:
        return self.ids if self.later is None else set(self.later)

    def numbers(self) -> Dict[int, int]:
        if self.later is not None:
            raise _Shared()
        for ids in self.columns[self._done :]:
            at = self.first + len(self._numbers)
            self._numbers.update(zip(ids, count(at)))
        self._done = len(self.columns)
        return self._numbers


class _Walk:
    def __init__(self, sources: Names, budget: Optional[int], outer: Tuple["_Seen", ...] = (), at_once: bool = False):
        self.sources = sources
        self.left = budget
        self.hash = _hasher(_VERSION)
        self.out = bytearray()
        self.queue: List[Any] = []  # the columns that hold the children of the block being described
        self.seen = _Seen(outer[0].first + len(outer[0].ids) if outer else 0, at_once or bool(outer))
        self.outer = outer  # the same, of the walks that this one sorts set elements for, innermost first
        self.items = 0  # objects described so far, where each path to one counts
        self.shares = False  # whether a mutable object was met twice
        self.expressions: Dict[int, bytes] = {}  # SymPy's: digests by id
        self.arrays: List[Any] = []  # NumPy's, in visit order
        self.arrays_of_frames: List[Any] = []  # those that pandas made
        self.of_frames: set = set()  # their ids
        self.of_indexes: set = set()  # the ids of those of them that no one changes
        self.keep: List[Any] = []  # objects made on the way: their ids must stay taken

    def run(self, value: Any) -> None:
        queue = self.queue
        stack: List[Any] = [(value,)]  # blocks to describe, the next one last
        while stack:
            self.block(stack.pop())
            for col in reversed(queue):
                if len(col) <= _BLOCK:
                    stack.append(col)
                else:
                    stack.extend(col[at : at + _BLOCK] for at in range((len(col) - 1) // _BLOCK * _BLOCK, -1, -_BLOCK))
            queue.clear()
            if len(self.out) > _FLUSH:
                self.flush()
        self.seen.check()
        if len(self.arrays) > 1:
            from . import arraydigest

            arraydigest.views(self)

    def run_or_check(self, value: Any) -> None:
        try:
            self.run(value)
        except OverBudget:
            self.seen.check()
            raise

    def flush(self) -> None:
        self.hash.update(self.out)
        self.out = bytearray()

    def hexdigest(self) -> str:
        self.flush()
        return self.hash.hexdigest()

    def spend(self, amount: int) -> None:
        if self.left is not None:
            self.left -= amount
            if self.left < 0:
                raise OverBudget()

    def block(self, col: Any) -> None:
        """Describe the objects of one block of a column and queue their children."""
        size = len(col)
        self.items += size
        self.spend(8 * size)
        if size == 0:
            self.out += b"0"
            return
        kinds = list(map(type, col))
        kind = kinds[0]
        if kinds[-1] is kind and kinds.count(kind) == size:
            (_ENCODERS.get(kind) or _encoder_for(kind))(self, col)
            return
        number = dict(zip(dict.fromkeys(kinds), count()))
        if _MARSHALLED.issuperset(number) and _chars(col) <= _CHARS:
            data = marshal.dumps(list(col), 2)  # of all versions of its format the one without references
            self.spend(len(data))
            self.out += b"*"
            self.raw(data)
            return
        self.out += b"M%d," % len(number)
        order = _codes(number, kinds)
        self.out += order
        for kind, group in zip(number, _apart(col, order, len(number))):
            (_ENCODERS.get(kind) or _encoder_for(kind))(self, group)

    def fresh(self, col: Any) -> Any:
        """Number the mutable objects of col; those met before are written as their number and left out."""
        ids = list(map(id, col))
        seen = self.seen
        before = len(seen.ids)
        if seen.add(ids) and all(known.later is None and known.ids.isdisjoint(ids) for known in self.outer):
            self.out += b"N"
            if seen.later is None:
                seen.columns.append(ids)
            return col
        self.shares = True
        known = {}
        for outer in self.outer[::-1]:
            known.update(outer.numbers())
        known.update(seen.numbers())
        numbers = array("q")
        new, new_ids = [], []
        for item, ident in zip(col, ids):
            number = known.get(ident, -1)
            numbers.append(number)
            if number < 0:
                known[ident] = seen.first + before + len(new)
                new.append(item)
                new_ids.append(ident)
        seen.columns.append(new_ids)
        self.out += b"R"
        self.out += _little(numbers)
        return new

    def fresh_but(self, col: List[Any], apart: set) -> List[Any]:
        """The same, but what has its id in apart isn't numbered: that it is shared means nothing."""
        inside = [id(item) in apart for item in col] if apart else []
        if not any(inside):
            return self.fresh(col)
        self.out += b"J"
        self.out += bytes(inside)
        rest = self.fresh([item for item, there in zip(col, inside) if not there])
        return [item for item, there in zip(col, inside) if there] + rest

    def lengths(self, col: Any) -> None:
        self.out += _integers(list(map(len, col)))

    def raw(self, data: bytes) -> None:
        self.out += b"%d:" % len(data)
        if len(data) > _DIRECT:
            self.flush()
            self.hash.update(data)
        else:
            self.out += data

    def inner_digest(self, value: Any) -> bytes:
        """A digest of one set element, to sort by."""
        if len(self.outer) > 50:
            raise Unhashable(type(value), "sets are nested too deeply")
        walk = _Walk(self.sources, self.left, (self.seen, *self.outer))
        walk.run(value)
        walk.flush()
        return walk.hash.digest()


def _integers(numbers: Any) -> bytes:
    return pack("<%dQ" % len(numbers), *numbers)


def _little(numbers: array) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _codes(number: Dict[Any, int], items: Any) -> bytes:
    """The numbers of items, each in one byte if that is enough for all."""
    numbers = map(number.__getitem__, items)
    return bytes(numbers) if len(number) < 256 else _integers(list(numbers))


_MARSHALLED = {type(None), bool, int, float, str, bytes}
_SIZED = {str, bytes}
_LEAVES = _MARSHALLED
_ONLY = [bytes(code == only for code in range(256)) for only in range(8)]


def _apart(col: Any, order: bytes, groups: int) -> List[List[Any]]:
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


# Scalars. An encoder writes its tag and the column; it knows the column's length from the level above.


def _none(walk: _Walk, col: List[Any]) -> None:
    walk.out += b"n"


def _ellipsis(walk: _Walk, col: List[Any]) -> None:
    walk.out += b"e"


def _not_implemented(walk: _Walk, col: List[Any]) -> None:
    walk.out += b"m"


def _bools(walk: _Walk, col: List[bool]) -> None:
    walk.out += b"b"
    walk.out += bytes(col)


def _ints(walk: _Walk, col: List[int]) -> None:
    try:
        packed = pack("<%dq" % len(col), *col)
    except StructError:
        walk.out += b"I"
        walk.raw(",".join(map(hex, col)).encode())
        return
    walk.out += b"i"
    walk.out += packed


def _floats(walk: _Walk, col: List[float]) -> None:
    walk.out += b"f"
    walk.out += pack("<%dd" % len(col), *col)


def _complexes(walk: _Walk, col: Any) -> None:
    walk.out += b"c"
    walk.out += pack("<%dd" % (2 * len(col)), *chain.from_iterable((z.real, z.imag) for z in col))


def _strs(walk: _Walk, col: Any) -> None:
    walk.out += b"s"
    chars = _chars(col)
    short = chars <= _SHORT * len(col)
    if chars <= _CHARS:
        _joined(walk, col, short)
    elif chars > _CHARS << 8:  # perhaps one long string many times
        unique = dict(zip(dict.fromkeys(col), count()))
        walk.out += b"U%d," % len(unique)
        walk.out += _codes(unique, col)
        for text in unique:
            walk.spend(len(text))
            walk.raw(text.encode("utf-8", "surrogatepass"))
    else:
        size = max(1, len(col) * _CHARS // chars)
        walk.out += b"%d," % size
        for at in range(0, len(col), size):
            _joined(walk, col[at : at + size], short)


def _chars(col: Any) -> int:
    """About how many characters col holds."""
    probes = [item for item in col[::256] if type(item) in (str, bytes)]
    return sum(map(len, probes)) * len(col) // (len(probes) or 1)


def _joined(walk: _Walk, col: Any, short: bool) -> None:
    text = "\0".join(col) if short else ""
    if not short or text.count("\0") != len(col) - 1:
        walk.out += b"L"
        walk.lengths(col)
        text = "".join(col)
    walk.spend(len(text))
    walk.raw(text.encode("utf-8", "surrogatepass"))


def _bytes(walk: _Walk, col: Any) -> None:
    walk.out += b"y"
    lengths = list(map(len, col))
    walk.spend(sum(lengths))
    walk.out += _integers(lengths)
    if max(lengths) < _BIG and sum(lengths) <= 8 * _CHARS:
        walk.out += b"".join(col)
        return
    for item in col:
        if len(item) >= _BIG:
            _big(walk, [memoryview(item)])
        else:
            walk.out += item
            if len(walk.out) > _FLUSH:
                walk.flush()


def _bytearrays(walk: _Walk, col: List[bytearray]) -> None:
    walk.out += b"a"
    col = walk.fresh(col)
    if col:
        _bytes(walk, list(map(bytes, col)))


def _big(walk: _Walk, buffers: Iterable[memoryview]) -> None:
    """Hash a large buffer, or what would be one, on its own, with several threads where the hash can, without copying it."""
    if _blake3 is None:
        part = hashlib.sha256()
        for data in buffers:
            part.update(data)
    else:
        part = _blake3(max_threads=_blake3.AUTO)
        for data in buffers:
            for at in range(0, len(data), _AT_ONCE):
                part.update(data[at : at + _AT_ONCE])
    walk.out += part.digest()


def _ranges(walk: _Walk, col: List[range]) -> None:
    walk.out += b"r"
    walk.queue.append(list(chain.from_iterable((r.start, r.stop, r.step) for r in col)))


def _slices(walk: _Walk, col: List[slice]) -> None:
    walk.out += b"w"
    walk.queue.append(list(chain.from_iterable((s.start, s.stop, s.step) for s in col)))


# Containers.


def _lists(walk: _Walk, col: List[list]) -> None:
    walk.out += b"l"
    _sequences(walk, walk.fresh(col))


def _tuples(walk: _Walk, col: Any) -> None:
    walk.out += b"t"
    _sequences(walk, _once(walk, col))


def _once(walk: _Walk, col: Any) -> Any:
    if len(col) > 7 and walk.items > _SHARED_ITEMS and len(set(map(id, col))) * 8 <= len(col):
        # A graph of shared tuples can be exponentially larger when written out than it is in memory.
        walk.out += b"S"
        return walk.fresh(col)
    return col


def _sequences(walk: _Walk, col: Any) -> None:
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
        walk.out += b"E%d," % lengths[0]
        walk.queue.extend(zip(*col))
        return
    walk.out += _integers(lengths)
    items = list(chain.from_iterable(col))
    if items:
        walk.queue.append(items)


def _dicts(walk: _Walk, col: Any) -> None:
    walk.out += b"d"
    col = walk.fresh(col)
    if col:
        _mappings(walk, col)


def _mappings(walk: _Walk, col: Any) -> None:
    lengths = list(map(len, col))
    keys = list(chain.from_iterable(col))
    if len(col) >= _ROWS and set(map(type, keys)) == {str}:  # other types have objects that are equal and still differ
        if lengths.count(lengths[0]) == len(col) and keys == keys[: lengths[0]] * len(col):
            walk.out += b"K"
            _names(walk, keys[: lengths[0]])
            walk.queue.extend(zip(*map(dict.values, col)))
            return
        layouts = list(map(tuple, col))
        number = dict(zip(dict.fromkeys(layouts), count()))
        if len(number) * 64 <= len(col):
            walk.out += b"B%d," % len(number)
            for names in number:
                _names(walk, names)
            order = _codes(number, layouts)
            walk.out += order
            for group in _apart(col, order, len(number)):
                walk.queue.extend(zip(*map(dict.values, group)))
            return
    walk.out += _integers(lengths)
    if keys:
        walk.queue.append(keys)
        walk.queue.append(list(chain.from_iterable(map(dict.values, col))))


def _names(walk: _Walk, names: Any) -> None:
    walk.out += b"%d," % len(names)
    if names:
        _strs(walk, names)


def _attributes(walk: _Walk, col: List[dict]) -> None:
    """Describe the attributes of instances: dicts whose order doesn't count."""
    layouts = list(map(tuple, col))
    names = layouts[0]
    if layouts.count(names) == len(col) and set(map(type, names)) <= {str}:
        in_order = sorted(names)
    else:
        try:
            col = [dict(sorted(mapping.items())) for mapping in col]
        except TypeError:  # a name in __dict__ that is no string
            pass
        layouts = list(map(tuple, col))
        in_order = names = layouts[0]
        if layouts.count(names) != len(col) or not set(map(type, names)) <= {str}:
            walk.out += b"J"
            _mappings(walk, col)
            return
    walk.out += b"K"
    _names(walk, in_order)
    if len(col) >= _ROWS:
        columns = dict(zip(names, zip(*map(dict.values, col))))
        walk.queue.extend(map(columns.__getitem__, in_order))
    elif names:
        walk.queue.append([mapping[name] for mapping in col for name in in_order])


def _sets(walk: _Walk, col: Any) -> None:
    walk.out += b"x"
    _unordered(walk, walk.fresh(col))


def _frozensets(walk: _Walk, col: Any) -> None:
    walk.out += b"z"
    _unordered(walk, col)


_ORDERED = {int, str, bytes, bool}  # one of these types can be sorted, and equal objects of it are the same


def _unordered(walk: _Walk, col: Any) -> None:
    kinds = set(map(type, chain.from_iterable(col)))
    if len(kinds) == 1 and kinds <= _ORDERED:
        _sequences(walk, list(map(sorted, col)))
    else:
        _sequences(walk, [_sorted_elements(walk, elements) for elements in col])


def _sorted_elements(walk: _Walk, elements: Any) -> List[Any]:
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


def _sorted_of(walk: _Walk, kind: type, elements: List[Any]) -> List[Any]:
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


# Functions, classes, modules.


def _functions(walk: _Walk, col: List[types.FunctionType]) -> None:
    walk.out += b"F"
    _described(walk, col, walk.sources.function)


def _classes(walk: _Walk, col: List[type]) -> None:
    walk.out += b"T"
    _described(walk, col, walk.sources.class_)


def _described(walk: _Walk, col: Any, describe: Callable[[Any], bytes]) -> None:
    if len(col) > 1:
        ids = list(map(id, col))
        unique = dict(zip(ids, col))
        number = dict(zip(unique, count()))
        walk.out += b"%d," % len(unique)
        walk.out += _codes(number, ids)
        col = list(unique.values())
    for item in col:
        walk.raw(describe(item))


def _builtins(walk: _Walk, col: List[types.BuiltinFunctionType]) -> None:
    walk.out += b"B"
    for f in col:
        walk.raw(f.__qualname__.encode())
    walk.queue.append([f.__self__ if not isinstance(f.__self__, types.ModuleType) else f.__module__ for f in col])


def _methods(walk: _Walk, col: List[types.MethodType]) -> None:
    walk.out += b"H"
    walk.queue.append(list(chain.from_iterable((m.__func__, m.__self__) for m in col)))


def _wrappers(walk: _Walk, col: List[Any]) -> None:
    walk.out += b"W"
    walk.raw(type(col[0]).__name__.encode())
    walk.queue.append([w.__func__ for w in col])


def _cached(walk: _Walk, col: List[Any]) -> None:
    walk.out += b"j"
    walk.queue.append([f.__wrapped__ for f in col])


def _properties(walk: _Walk, col: List[property]) -> None:
    walk.out += b"P"
    walk.queue.append(list(chain.from_iterable((p.fget, p.fset, p.fdel) for p in col)))


def _modules(walk: _Walk, col: List[types.ModuleType]) -> None:
    walk.out += b"D"
    walk.queue.append([f"{m.__name__} {getattr(m, '__version__', '')}" for m in col])


_ENCODERS: Dict[type, Callable[[_Walk, List[Any]], None]] = {
    type(None): _none,
    type(Ellipsis): _ellipsis,
    type(NotImplemented): _not_implemented,
    bool: _bools,
    int: _ints,
    float: _floats,
    complex: _complexes,
    str: _strs,
    bytes: _bytes,
    bytearray: _bytearrays,
    range: _ranges,
    slice: _slices,
    list: _lists,
    tuple: _tuples,
    dict: _dicts,
    set: _sets,
    frozenset: _frozensets,
    type: _classes,
    types.FunctionType: _functions,
    types.BuiltinFunctionType: _builtins,
    types.MethodType: _methods,
    types.ModuleType: _modules,
    staticmethod: _wrappers,
    classmethod: _wrappers,
    property: _properties,
    type(functools.lru_cache()(lambda: None)): _cached,
}


# Instances of all other classes.

# Modules whose instances can't change, so that sharing them means nothing.
_IMMUTABLE_MODULES = (
    "datetime",
    "decimal",
    "fractions",
    "uuid",
    "pathlib",
    "re",
    "zoneinfo",
    "ipaddress",
    "pandas._libs.",
    "pandas.core.dtypes.",
    "numpy.dtypes",
    "_cython_",  # functions of extension modules
)


# Who has encoders for the classes of a library.
_LIBRARIES = {"numpy": ".arraydigest", "pandas": ".framedigest", "sympy": ".exprdigest", "random": ".randomdigest"}
_loaded: Dict[str, Callable[[type], Optional[Callable[["_Walk", List[Any]], None]]]] = {}


def _encoder_for(kind: type) -> Callable[[_Walk, List[Any]], None]:
    """The encoder of a class that has no entry above. Libraries are looked at only once they are imported."""
    if hasattr(kind, "__xetcache_value__"):
        return _stand_ins
    if issubclass(kind, type):
        return _classes
    for library, encoders in _LIBRARIES.items():
        if sys.modules.get(library) is not None:
            if library not in _loaded:
                _loaded[library] = importlib.import_module(encoders, __package__).encoder
            found = _loaded[library](kind)
            if found is not None:
                return found
    return _instances


def _stand_ins(walk: _Walk, col: List[Any]) -> None:
    """Objects that say themselves what stands for them: ``file()``, ``opaque()``."""
    walk.out += b"V"
    walk.raw(type(col[0]).__qualname__.encode())
    values = [item.__xetcache_value__() for item in col]
    walk.keep.append(values)
    walk.queue.append(values)


def _instances(walk: _Walk, col: List[Any]) -> None:
    kind = type(col[0])
    walk.out += b"O"
    walk.raw(walk.sources.instance(kind))
    if not _immutable(kind):
        col = walk.fresh(col)
        if not col:
            return
    shape = _shape(kind)
    if shape == "attributes":
        walk.out += b"A"
        _attributes(walk, list(map(attrgetter("__dict__"), col)))
        return
    if shape == "namedtuple":
        walk.out += b"t"
        _sequences(walk, list(map(tuple, _once(walk, col))))
        return
    if isinstance(shape, tuple):
        try:
            rows = list(map(attrgetter(*shape), col))
        except AttributeError:  # a slot that was never set
            pass
        else:
            walk.out += b"L"
            _sequences(walk, rows)
            return
    if shape == "set":
        walk.out += b"x"
        _unordered(walk, col)
        walk.queue.append([getattr(item, "__dict__", None) for item in col])
        return
    walk.out += b"C"
    rows = _reduced(kind, col)
    walk.keep.append(rows)
    if set(map(type, rows)) == {tuple} and set(map(len, rows)) == {2}:
        walk.out += b"2"
    else:
        rows = list(map(_whole, rows))
        walk.keep.append(rows)
    walk.queue.extend(zip(*rows))


@functools.lru_cache(maxsize=4096)
def _immutable(kind: type) -> bool:
    import enum

    return issubclass(kind, enum.Enum) or kind.__module__.startswith(_IMMUTABLE_MODULES) or _shape(kind) == "namedtuple"


@functools.lru_cache(maxsize=4096)
def _shape(kind: type) -> Any:
    """How the state of an instance is read: a shortcut that loops in C, or "reduce"."""
    if issubclass(kind, (set, frozenset)):
        return "set"
    own = {name for cls in kind.__mro__[:-1] for name in vars(cls)}
    object_state = getattr(object, "__getstate__", None)
    if kind in copyreg.dispatch_table or own & {"__reduce__", "__reduce_ex__", "__getnewargs_ex__"}:
        return "reduce"
    if getattr(kind, "__getstate__", None) is not object_state:
        return "reduce"
    if issubclass(kind, tuple):
        plain = kind.__mro__[1:] == (tuple, object) and hasattr(kind, "_fields") and "__dict__" not in own
        return "namedtuple" if plain else "reduce"
    if "__getnewargs__" in own or kind.__flags__ & (1 << 9) == 0:  # Py_TPFLAGS_HEAPTYPE: a class written in Python
        return "reduce"
    if any(cls.__flags__ & (1 << 9) == 0 for cls in kind.__mro__[:-1]):
        return "reduce"  # derived from a class written in C: a dict, an exception
    slots = [name for cls in kind.__mro__ for name in _slots(cls)]
    if not slots:
        return "attributes" if "__dict__" in own else "reduce"
    if "__dict__" in own or len(slots) < 2:
        return "reduce"
    return tuple(sorted(slots))


def _slots(cls: type) -> List[str]:
    names = vars(cls).get("__slots__", ())
    names = [names] if isinstance(names, str) else list(names)
    stripped = cls.__name__.lstrip("_")
    return [
        f"_{stripped}{n}" if n.startswith("__") and not n.endswith("__") and stripped else n
        for n in names
        if n not in ("__dict__", "__weakref__")
    ]


def _reduced(kind: type, col: Any) -> List[Any]:
    """What pickle would store of each item."""
    if issubclass(kind, (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)):
        raise Unhashable(kind)
    try:
        return list(map(copyreg.dispatch_table.get(kind) or methodcaller("__reduce_ex__", 4), col))
    except Exception as e:
        message = str(e)
        raise Unhashable(kind, "" if "pickle" in message else message) from None


def _whole(parts: Any) -> Tuple[Any, ...]:
    """The parts of one reduced item in full, with its items in lists."""
    if isinstance(parts, str):
        return (parts, None, None, None, None)
    func, args, *rest = parts
    state, items, pairs = (rest + [None] * 3)[:3]
    return (
        func,
        args,
        state,
        None if items is None else list(items),
        None if pairs is None else list(pairs),
    )
