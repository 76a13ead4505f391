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
- order of lists, tuples and dicts; not of sets, whose elements are sorted unless all are integers;
- sharing of mutable objects, as an index in visit order: ``[[0] * 3] * 3`` is not ``[[0] * 3 for _ in range(3)]``.
  Sharing of immutable objects does not count. Cycles are such references too;
- arrays: dtype, shape, the order of their axes in memory, every byte (never a sample), whether they can be written to, and which
  are views of the same memory;
- frames: columns, dtypes, categories, index and values, not how pandas groups the columns into blocks;
- instances: the class (by its source where it is the user's own, else by its dotted name) and the state that pickle
  would store;
- functions by what the ``sources`` object says of them.

The hash is a tree of SHA-256 (hashing.py), the same whatever is installed; a prefix says which.
"""

from __future__ import annotations

from __future__ import annotations

import gc
import marshal
import sys
from array import array
from itertools import count, islice
from operator import eq
from types import FunctionType, ModuleType
from typing import Any, Container, Dict, List, Optional, Tuple

from . import hashing, tags
from .errors import OverBudget, Refused, Unhashable
from .packing import apart, codes, integers, little
from .registry import ENCODERS, encoder_for
from .scalars import CHARS, FLUSH, chars

# Part of every digest: raised whenever an encoding changes.
_VERSION = b"xetcache value 4\n"

BLOCK = 2048  # objects of a column that are described together: the passes over them then find them in the processor's cache
LATER = 1 << 15  # mutable objects from which on repeated ones are looked for later
_DIRECT = 1 << 16  # bytes that are hashed where they are

_MARSHALLED = {type(None), bool, int, float, str, bytes}
_SIZED = {str, bytes}
_SHORT = 32  # characters of a text that is no work
_LEAVES = _MARSHALLED


class Names:
    """Describes functions and classes by their dotted names alone."""

    def function(self, f: FunctionType) -> bytes:
        return f"{f.__module__}.{f.__qualname__}".encode("utf-8", "surrogatepass")

    def class_(self, cls: type) -> bytes:
        return f"{cls.__module__}.{cls.__qualname__}".encode("utf-8", "surrogatepass")

    def instance(self, cls: type) -> bytes:
        """Describes the class of an instance."""
        return self.class_(cls)

    def module(self, module: ModuleType) -> bytes:
        return f"{module.__name__} {getattr(module, '__version__', '')}".encode("utf-8", "surrogatepass")

    def is_own(self, cls: type) -> bool:
        """Whether a class is the user's own: then its instances count by their attributes, whatever they say to pickle."""
        return cls.__module__ == "__main__"


def digest(value: Any, sources: Optional[Names] = None, budget: Optional[int] = None) -> str:
    """The digest of value, as ``s4:`` and 64 hex digits.

    sources describes functions and classes (default: by name). budget bounds the work in bytes described. Raises
    Unhashable, OverBudget, or Refused from sources; nothing else.
    """
    kind = type(value)
    if kind in _LEAVES and (kind not in _SIZED or len(value) < _SHORT):  # nothing to put off, nothing to collect
        walk = Walk(sources or Names(), budget)
        walk.block((value,))
        return f"{hashing.ALGORITHM}:{walk.hexdigest()}"
    return digest_and_objects(value, sources, budget)[0]


def digest_and_objects(
    value: Any, sources: Optional[Names] = None, budget: Optional[int] = None
) -> Tuple[str, "Walk"]:
    """The digest, and the finished walk: ``seen.all()`` are the ids of the mutable objects reached, while it lives."""
    # The columns are many long-lived objects without cycles: a collection in between would only visit them all.
    collecting = gc.isenabled()
    gc.disable()
    try:
        try:
            walk = Walk(sources or Names(), budget)
            walk.run_or_check(value)
        except _Shared:
            walk = Walk(sources or Names(), budget, at_once=True)
            walk.run(value)
    except (Unhashable, OverBudget, Refused):
        raise
    except Exception as e:  # a __reduce__, __getstate__ or array subclass of the user's that fails
        raise Unhashable(type(value), f"{type(e).__name__}: {e}") from e
    finally:
        if collecting:
            gc.enable()
    return f"{hashing.ALGORITHM}:{walk.hexdigest()}", walk


class _Shared(Exception):
    """A value shares objects, which the walk had put off looking for."""


class _Seen:
    """The mutable objects met so far, numbered in visit order. Most values repeat none, so numbers are made late.

    A set of many ids is slow: each one is somewhere else in memory. From LATER ids on they are only kept, and sorted when
    they have doubled and at the end. If one then is there twice, the walk starts again and looks each of them up at once.
    """

    def __init__(self, first: int, at_once: bool):
        self.first = first
        self.ids: set = set()
        self.columns: List[Any] = []
        self.later: Optional[array] = None
        self._limit = sys.maxsize if at_once else LATER
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


class Walk:
    def __init__(self, sources: Names, budget: Optional[int], outer: Tuple["_Seen", ...] = (), at_once: bool = False):
        self.sources = sources
        self.left = budget
        self.hash = hashing.hasher(_VERSION)
        self.out = bytearray()
        self.queue: List[Any] = []  # the columns that hold the children of the block being described
        self.seen = _Seen(outer[0].first + len(outer[0].ids) if outer else 0, at_once or bool(outer))
        self.outer = outer  # the same, of the walks that this one sorts set elements for, innermost first
        self.items = 0  # objects described so far, where each path to one counts
        self.shares = False  # whether a mutable object was met twice
        self.expressions: Dict[int, bytes] = {}  # SymPy's: digests by id
        self.arrays: List[Any] = []  # NumPy's, in visit order
        self.arrays_of_frames: List[Any] = []  # those that pandas made
        self.of_frames: Dict[int, Any] = {}  # by their ids, whose they are
        self.of_indexes: set = set()  # the ids of those of them that no one changes
        self.states: set = set()  # the ids of the dictionaries that hold the attributes of instances
        self.value: Any = None
        self.nan_is_shared = False  # whether NumPy's own NaN is in it, whose identity code asks for
        self.views: Any = None  # describes what arrays share, once one was met
        self.keep: List[Any] = []  # objects made on the way: their ids must stay taken

    def reached(self) -> set:
        """The ids of the mutable objects that were met, while the walk lives."""
        return self.seen.all() | self.states

    def run(self, value: Any) -> None:
        self.value = value
        queue = self.queue
        stack: List[Any] = [(value,)]  # blocks to describe, the next one last
        while stack:
            self.block(stack.pop())
            for col in reversed(queue):
                if len(col) <= BLOCK:
                    stack.append(col)
                else:
                    stack.extend(col[at : at + BLOCK] for at in range((len(col) - 1) // BLOCK * BLOCK, -1, -BLOCK))
            queue.clear()
            if len(self.out) > FLUSH:
                self.flush()
        self.seen.check()
        if len(self.arrays) > 1:
            self.views(self)

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
            self.out += tags.EMPTY
            return
        kinds = list(map(type, col))
        kind = kinds[0]
        if kinds[-1] is kind and kinds.count(kind) == size:
            (ENCODERS.get(kind) or encoder_for(kind))(self, col)
            return
        number = dict(zip(dict.fromkeys(kinds), count()))
        if _MARSHALLED.issuperset(number) and chars(col) <= CHARS:
            data = marshal.dumps(list(col), 2)  # of all versions of its format the one without references
            self.spend(len(data))
            self.out += tags.MARSHALLED
            self.raw(data)
            return
        self.out += tags.MIXED + b"%d," % len(number)
        order = codes(number, kinds)
        self.out += order
        for kind, group in zip(number, apart(col, order, len(number))):
            (ENCODERS.get(kind) or encoder_for(kind))(self, group)

    def fresh(self, col: Any) -> Any:
        """Number the mutable objects of col; those met before are written as their number and left out."""
        ids = list(map(id, col))
        seen = self.seen
        before = len(seen.ids)
        if seen.add(ids) and all(known.later is None and known.ids.isdisjoint(ids) for known in self.outer):
            self.out += tags.NEW
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
        self.out += tags.REPEATED
        self.out += little(numbers)
        return new

    def fresh_but(self, col: List[Any], apart: Container[int]) -> List[Any]:
        """The same, but what has its id in apart isn't numbered: that it is shared means nothing."""
        inside = [id(item) in apart for item in col] if apart else []
        if not any(inside):
            return self.fresh(col)
        self.out += tags.UNNUMBERED
        self.out += bytes(inside)
        rest = self.fresh([item for item, there in zip(col, inside) if not there])
        return [item for item, there in zip(col, inside) if there] + rest

    def lengths(self, col: Any) -> None:
        self.out += integers(list(map(len, col)))

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
        walk = Walk(self.sources, self.left, (self.seen, *self.outer))
        walk.run(value)
        walk.flush()
        return walk.hash.digest()
