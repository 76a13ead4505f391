"""How instances of all other classes enter a value's digest: their class, and the state that pickle would store."""

from __future__ import annotations

import copyreg
import enum
import functools
import types
from operator import attrgetter, methodcaller
from typing import Any, List, Tuple

from .containers import attributes, once, sequences, unordered
from .errors import Unhashable

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


def stand_ins(walk: Any, col: List[Any]) -> None:
    """Objects that say themselves what stands for them: ``file()``, ``opaque()``."""
    walk.out += b"V"
    walk.raw(type(col[0]).__qualname__.encode())
    values = [item.__xetcache_value__() for item in col]
    walk.keep.append(values)
    walk.queue.append(values)


def instances(walk: Any, col: List[Any]) -> None:
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
        attributes(walk, list(map(attrgetter("__dict__"), col)))
        return
    if shape == "namedtuple":
        walk.out += b"t"
        sequences(walk, list(map(tuple, once(walk, col))))
        return
    if isinstance(shape, tuple):
        try:
            rows = list(map(attrgetter(*shape), col))
        except AttributeError:  # a slot that was never set
            pass
        else:
            walk.out += b"L"
            sequences(walk, rows)
            return
    if shape == "set":
        walk.out += b"x"
        unordered(walk, col)
        walk.queue.append([getattr(item, "__dict__", None) for item in col])
        return
    walk.out += b"C"
    rows = reduced(kind, col)
    walk.keep.append(rows)
    if set(map(type, rows)) == {tuple} and set(map(len, rows)) == {2}:
        walk.out += b"2"
    else:
        rows = list(map(whole, rows))
        walk.keep.append(rows)
    walk.queue.extend(zip(*rows))


@functools.lru_cache(maxsize=4096)
def _immutable(kind: type) -> bool:
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


def reduced(kind: type, col: Any) -> List[Any]:
    """What pickle would store of each item."""
    if issubclass(kind, (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)):
        raise Unhashable(kind)
    try:
        return list(map(copyreg.dispatch_table.get(kind) or methodcaller("__reduce_ex__", 4), col))
    except Exception as e:
        message = str(e)
        raise Unhashable(kind, "" if "pickle" in message else message) from None


def whole(parts: Any) -> Tuple[Any, ...]:
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
