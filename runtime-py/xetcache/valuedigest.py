"""One digest of a value, the same in every process and on every machine.

``sha256(pickle.dumps(x))`` is no such digest: pickle numbers equal strings by identity, writes sets in hash order and
changes with the library's version. A walk in Python that visits one object at a time is right but slow: it costs a
microsecond an object where pickle costs a twentieth.

This walk visits the value level by level instead. All children of a level form one *column*, and a column is
described at once by functions that loop in C:

    column of one type   →  its tag, then the type's own encoding of the whole column
    column of many types →  the types' order, then one column for each type
    containers           →  their lengths, and their items as one further column
    dicts of equal keys  →  the keys once, and one column for each key
    instances            →  their class once, and their attributes like dicts

So 200,000 records become a handful of columns of integers and strings, each packed by ``array`` or ``str.join``.
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
import sys
import types
from array import array
from collections import deque
from itertools import chain, count
from operator import attrgetter, itemgetter
from typing import Any, Callable, Dict, List, Optional, Tuple

try:
    from blake3 import blake3 as _blake3
except ImportError:  # the extra isn't installed
    _blake3 = None

ALGORITHM = "b3" if _blake3 is not None else "s2"

# Part of every digest: raised whenever an encoding below changes.
_VERSION = b"xetcache value 2\n"

_CHUNK = 1 << 16  # elements of a column that are packed at once, so packing needs little memory
_FLUSH = 1 << 20  # bytes gathered before they are hashed
_BIG = 1 << 20  # bytes from which an array is hashed on its own, by several threads
_ROW = 64  # items up to which equally long sequences are taken for rows of a table
_COLUMNS = 256  # columns waiting, up to which rows are taken apart
_SHARED_TUPLES = 1 << 17  # from this many tuples in a column on, repeated ones are written once
_SHARED_ITEMS = 1 << 20  # likewise from this many objects in all


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
    return digest_and_objects(value, sources, budget)[0]


def digest_and_objects(
    value: Any, sources: Optional[Names] = None, budget: Optional[int] = None
) -> Tuple[str, "_Walk"]:
    """The digest, and the finished walk: its ``seen.ids`` are the ids of the mutable objects reached, while it lives."""
    walk = _Walk(sources or Names(), budget)
    # The columns are many long-lived objects without cycles: a collection in between would only visit them all.
    collecting = gc.isenabled()
    gc.disable()
    try:
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


class _Seen:
    """The mutable objects met so far, numbered in visit order. Most values repeat none, so numbers are made late."""

    def __init__(self, first: int):
        self.first = first
        self.ids: set = set()
        self.columns: List[List[int]] = []
        self._numbers: Dict[int, int] = {}
        self._done = 0

    def numbers(self) -> Dict[int, int]:
        for ids in self.columns[self._done :]:
            at = self.first + len(self._numbers)
            self._numbers.update(zip(ids, count(at)))
        self._done = len(self.columns)
        return self._numbers


class _Walk:
    def __init__(self, sources: Names, budget: Optional[int], outer: Tuple["_Seen", ...] = ()):
        self.sources = sources
        self.left = budget
        self.hash = _hasher(_VERSION)
        self.out = bytearray()
        self.queue: deque = deque()
        self.seen = _Seen(outer[0].first + len(outer[0].ids) if outer else 0)
        self.outer = outer  # the same, of the walks that this one sorts set elements for, innermost first
        self.items = 0  # objects described so far, where each path to one counts
        self.expressions: Dict[int, bytes] = {}  # SymPy's: digests by id
        self.arrays: List[Any] = []  # NumPy's, in visit order
        self.arrays_of_frames: List[Any] = []  # those that pandas made
        self.of_frames: set = set()  # their ids
        self.keep: List[Any] = []  # objects made on the way: their ids must stay taken

    def run(self, value: Any) -> None:
        queue = self.queue
        queue.append([value])
        while queue:
            self.column(queue.popleft())
            if len(self.out) > _FLUSH:
                self.flush()
        if len(self.arrays) > 1:
            from . import arraydigest

            arraydigest.views(self)

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

    def column(self, col: List[Any]) -> None:
        """Describe the objects of one column and queue their children."""
        self.items += len(col)
        self.spend(8 * len(col))
        kinds = dict.fromkeys(map(type, col))
        if len(kinds) == 1:
            self.encoder(type(col[0]))(self, col)
            return
        if not kinds:
            self.out += b"0"
            return
        number = dict(zip(kinds, count()))
        groups: List[List[Any]] = [[] for _ in kinds]
        append = {kind: group.append for kind, group in zip(kinds, groups)}
        for item in col:
            append[type(item)](item)
        order = map(number.__getitem__, map(type, col))
        self.out += b"M%d," % len(kinds)
        self.out += bytes(order) if len(kinds) < 256 else _integers("Q", order)
        for kind, group in zip(kinds, groups):
            self.encoder(kind)(self, group)

    def encoder(self, kind: type) -> Callable[["_Walk", List[Any]], None]:
        return _ENCODERS.get(kind) or _encoder_for(kind)

    def fresh(self, col: List[Any]) -> List[Any]:
        """Number the mutable objects of col; those met before are written as their number and left out."""
        ids = list(map(id, col))
        seen = self.seen
        before = len(seen.ids)
        seen.ids.update(ids)
        if len(seen.ids) == before + len(ids) and all(known.ids.isdisjoint(ids) for known in self.outer):
            self.out += b"N"
            seen.columns.append(ids)
            return col
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

    def lengths(self, col: List[Any]) -> None:
        self.out += _integers("Q", map(len, col))

    def raw(self, data: bytes) -> None:
        self.out += b"%d:" % len(data)
        self.out += data

    def inner_digest(self, value: Any) -> bytes:
        """A digest of one set element, to sort by."""
        if len(self.outer) > 50:
            raise Unhashable(type(value), "sets are nested too deeply")
        walk = _Walk(self.sources, self.left, (self.seen, *self.outer))
        walk.run(value)
        walk.flush()
        return walk.hash.digest()


def _integers(code: str, numbers: Any) -> bytes:
    return _little(array(code, numbers))


def _little(numbers: array) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


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
        packed = _integers("q", col)
    except OverflowError:
        walk.out += b"I"
        walk.raw(",".join(map(hex, col)).encode())
        return
    walk.out += b"i"
    walk.out += packed


def _floats(walk: _Walk, col: List[float]) -> None:
    walk.out += b"f"
    walk.out += _integers("d", col)


def _complexes(walk: _Walk, col: List[complex]) -> None:
    walk.out += b"c"
    walk.out += _integers("d", chain.from_iterable((z.real, z.imag) for z in col))


def _strs(walk: _Walk, col: List[str]) -> None:
    walk.out += b"s"
    for at in range(0, len(col), _CHUNK):
        part = col[at : at + _CHUNK] if len(col) > _CHUNK else col
        probes = part[::1024]
        if sum(map(len, probes)) * len(part) > len(probes) << 28:  # perhaps one long string many times
            unique = dict(zip(dict.fromkeys(part), count()))
            walk.out += b"U%d," % len(unique)
            walk.out += _integers("Q", map(unique.__getitem__, part))
            for text in unique:
                walk.spend(len(text))
                walk.raw(text.encode("utf-8", "surrogatepass"))
                walk.flush()
            continue
        text = "\0".join(part)
        if text.count("\0") != len(part) - 1:
            walk.out += b"L"
            walk.lengths(part)
            text = "".join(part)
        walk.spend(len(text))
        walk.raw(text.encode("utf-8", "surrogatepass"))
        if len(walk.out) > _FLUSH:
            walk.flush()


def _bytes(walk: _Walk, col: List[bytes]) -> None:
    walk.out += b"y"
    walk.lengths(col)
    for item in col:
        walk.spend(len(item))
        if len(item) >= _BIG:
            _big(walk, memoryview(item))
        else:
            walk.out += item
        if len(walk.out) > _FLUSH:
            walk.flush()


def _bytearrays(walk: _Walk, col: List[bytearray]) -> None:
    walk.out += b"a"
    _bytes(walk, [bytes(item) for item in walk.fresh(col)])


def _big(walk: _Walk, data: memoryview) -> None:
    """Hash a large buffer on its own, with several threads where the hash can, without copying it."""
    if _blake3 is None:
        part = hashlib.sha256(data)
    else:
        part = _blake3(max_threads=_blake3.AUTO)
        part.update(data)
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


def _tuples(walk: _Walk, col: List[tuple]) -> None:
    walk.out += b"t"
    many = len(col) > _SHARED_TUPLES or (len(col) > 7 and walk.items > _SHARED_ITEMS)
    if many and len(set(map(id, col))) * 8 <= len(col):
        # A graph of shared tuples can be exponentially larger when written out than it is in memory.
        walk.out += b"S"
        col = walk.fresh(col)
    _sequences(walk, col)


def _sequences(walk: _Walk, col: List[Any]) -> None:
    if len(col) > 7 and 1 < len(col[0]) <= _ROW and len(walk.queue) < _COLUMNS and len(set(map(len, col))) == 1:
        # Rows of a table: its columns are more often of one type.
        walk.out += b"E%d," % len(col[0])
        walk.queue.extend(map(list, zip(*col)))
        return
    walk.lengths(col)
    items = list(chain.from_iterable(col))
    if items:
        walk.queue.append(items)


def _dicts(walk: _Walk, col: List[dict]) -> None:
    walk.out += b"d"
    _mappings(walk, walk.fresh(col), False)


def _mappings(walk: _Walk, col: List[dict], attributes: bool) -> None:
    """Describe dicts; with attributes their order doesn't count."""
    if len(col) > 7 or attributes:
        keys = dict.fromkeys(map(tuple, col))
        if len(keys) == 1:
            names = next(iter(keys))
            # ("a",) equals (Text("a"),): only exact strings make rows that agree in every way.
            if set(map(type, chain.from_iterable(col) if not attributes else names)) == {str}:
                walk.out += b"K%d," % len(names)
                names = sorted(names) if attributes else names
                _strs(walk, list(names))
                if len(col) > 7:
                    walk.queue.extend([list(map(itemgetter(name), col)) for name in names])
                else:
                    walk.queue.append([mapping[name] for mapping in col for name in names])
                return
        if attributes:
            try:
                col = [dict(sorted(mapping.items())) for mapping in col]
            except TypeError:  # a name in __dict__ that is no string
                pass
    walk.lengths(col)
    items = list(chain.from_iterable(col))
    if items:
        walk.queue.append(items)
        walk.queue.append(list(chain.from_iterable(map(dict.values, col))))


def _sets(walk: _Walk, col: List[set]) -> None:
    walk.out += b"x"
    _unordered(walk, walk.fresh(col))


def _frozensets(walk: _Walk, col: List[frozenset]) -> None:
    walk.out += b"z"
    _unordered(walk, col)


def _unordered(walk: _Walk, col: List[Any]) -> None:
    _sequences(walk, [_sorted_elements(walk, elements) for elements in col])


def _sorted_elements(walk: _Walk, elements: Any) -> List[Any]:
    if len(elements) < 2:
        return list(elements)
    kinds = set(map(type, elements))
    if len(kinds) == 1:
        kind = next(iter(kinds))
        if kind in (str, int, bytes):
            return sorted(elements)
        if kind is float:
            return sorted(elements, key=float.hex)
        if kind is tuple:
            # Comparing tuples of one plain type never fails, so the order can't depend on the hash seed.
            inner = set(map(type, chain.from_iterable(elements)))
            if len(inner) == 1 and inner <= {str, int}:
                return sorted(elements)
    return sorted(elements, key=walk.inner_digest)


# Functions, classes, modules.


def _functions(walk: _Walk, col: List[types.FunctionType]) -> None:
    walk.out += b"F"
    for f in col:
        walk.raw(walk.sources.function(f))


def _classes(walk: _Walk, col: List[type]) -> None:
    walk.out += b"T"
    for cls in col:
        walk.raw(walk.sources.class_(cls))


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
)


def _encoder_for(kind: type) -> Callable[[_Walk, List[Any]], None]:
    """The encoder of a class that has no entry above. Libraries are looked at only once they are imported."""
    if hasattr(kind, "__xetcache_value__"):
        return _stand_ins
    if issubclass(kind, type):
        return _classes
    if "numpy" in sys.modules:
        from . import arraydigest

        found = arraydigest.encoder(kind)
        if found is not None:
            return found
    if "pandas" in sys.modules:
        from . import framedigest

        found = framedigest.encoder(kind)
        if found is not None:
            return found
    if "sympy" in sys.modules:
        from . import exprdigest

        found = exprdigest.encoder(kind)
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
        _mappings(walk, list(map(attrgetter("__dict__"), col)), True)
        return
    if shape == "namedtuple":
        walk.out += b"t"
        _sequences(walk, col)
        return
    if isinstance(shape, tuple):
        try:
            rows = list(map(attrgetter(*shape), col))
        except AttributeError:  # a slot that was never set
            pass
        else:
            walk.out += b"L"
            walk.keep.append(rows)
            walk.queue.append(rows)
            return
    if shape == "set":
        walk.out += b"x"
        _unordered(walk, col)
        walk.queue.append([getattr(item, "__dict__", None) for item in col])
        return
    walk.out += b"C"
    rows = [_reduced(item, kind) for item in col]
    walk.keep.append(rows)
    walk.queue.append(rows)


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


def _reduced(item: Any, kind: type) -> Tuple[Any, ...]:
    """What pickle would store of item, with its items in lists."""
    if isinstance(item, (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)):
        raise Unhashable(kind)
    try:
        reducer = copyreg.dispatch_table.get(kind)
        parts = reducer(item) if reducer is not None else item.__reduce_ex__(4)
    except Exception as e:
        message = str(e)
        raise Unhashable(kind, "" if "pickle" in message else message) from None
    if isinstance(parts, str):
        return (parts,)
    func, args, *rest = parts
    state, items, pairs = (rest + [None] * 3)[:3]
    return (
        func,
        args,
        state,
        None if items is None else list(items),
        None if pairs is None else [pair for pair in pairs],
    )
