"""How instances of all other classes enter a value's digest: their class, and the state that pickle would store."""

from __future__ import annotations

import copyreg
import enum
import functools
import io
import logging
import threading
import types
from operator import attrgetter, methodcaller
from typing import Any, List, Tuple

from . import tags
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


def stateless(walk: Any, col: List[Any]) -> None:
    """Locks, which are free when no cell runs, and loggers, which are found by their names."""
    walk.out += tags.STATELESS
    walk.queue.append([getattr(item, "name", "") if isinstance(item, logging.Logger) else "" for item in col])
    walk.raw(type(col[0]).__qualname__.encode())


STATELESS = (type(threading.Lock()), type(threading.RLock()), threading.Event, threading.Condition, threading.Semaphore, logging.Logger)


def stand_ins(walk: Any, col: List[Any]) -> None:
    """Objects that say themselves what stands for them: ``file()``, ``opaque()``."""
    walk.out += tags.STAND_INS
    walk.raw(type(col[0]).__qualname__.encode())
    values = [item.__xetcache_value__() for item in col]
    walk.keep.append(values)
    walk.queue.append(values)


def instances(walk: Any, col: List[Any]) -> None:
    kind = type(col[0])
    walk.out += tags.INSTANCES
    walk.raw(walk.sources.instance(kind))
    if not _immutable(kind):
        col = walk.fresh(col)
        if not col:
            return
    if issubclass(kind, BaseException):
        _exceptions(walk, col)
        return
    shape = shape_of(kind)
    if shape == "reduce" and walk.sources.is_own(kind) and is_plain(kind):
        shape = "own"  # what its methods say to pickle may leave out what code sees
    if shape == "attributes":
        walk.out += tags.BY_ATTRIBUTES
        states = list(map(attrgetter("__dict__"), col))
        walk.states.update(map(id, states))
        attributes(walk, _without_caches(kind, states))
        return
    if shape == "own":
        walk.out += tags.BY_ALL_ATTRIBUTES
        walk.states.update(id(own_dict(item)) for item in col)
        attributes(walk, _without_caches(kind, [state_of(item) for item in col]))
        return
    if shape == "namedtuple":
        walk.out += tags.NAMEDTUPLES
        sequences(walk, list(map(tuple, once(walk, col))))
        return
    if isinstance(shape, tuple):
        try:
            rows = list(map(attrgetter(*shape), col))
        except AttributeError:  # a slot that was never set
            pass
        else:
            walk.out += tags.BY_SLOTS
            sequences(walk, rows)
            return
    if shape == "set":
        walk.out += tags.DERIVED_SETS
        unordered(walk, col)
        walk.queue.append([getattr(item, "__dict__", None) for item in col])
        return
    walk.out += tags.REDUCED
    rows = [_row_without_caches(kind, row) for row in reduced(kind, col)]
    walk.keep.append(rows)
    if set(map(type, rows)) == {tuple} and set(map(len, rows)) == {2}:
        walk.out += tags.SHORT
    else:
        rows = list(map(whole, rows))
        walk.keep.append(rows)
    walk.queue.extend(zip(*rows))


def _exceptions(walk: Any, col: List[BaseException]) -> None:
    """Exceptions, with what pickling them loses."""
    walk.out += tags.EXCEPTIONS
    if any(item.__traceback__ is not None for item in col):
        raise Unhashable(type(col[0]), "it has a traceback")
    rows = [(item.args, vars(item), item.__cause__, item.__context__, item.__suppress_context__, reduced(type(item), [item])[0][:2]) for item in col]
    walk.keep.append(rows)
    walk.queue.append(rows)


def own_dict(item: Any) -> dict:
    """The dictionary of an instance's attributes; an empty one if it has none, whatever its ``__getattr__`` says."""
    held = getattr(item, "__dict__", None)
    return held if type(held) is dict else {}


def state_of(item: Any) -> dict:
    """The attributes of an instance of a plain class, in its ``__dict__`` and its slots."""
    state = dict(own_dict(item))
    for name in slot_names(type(item)):
        try:
            state[name] = object.__getattribute__(item, name)
        except AttributeError:  # one that was never set
            pass
    return state


@functools.lru_cache(maxsize=4096)
def is_plain(kind: type) -> bool:
    """Whether instances hold nothing but their attributes: no class among their bases is written in C."""
    return all(cls.__flags__ & (1 << 9) for cls in kind.__mro__[:-1])


@functools.lru_cache(maxsize=4096)
def slot_names(kind: type) -> Tuple[str, ...]:
    return tuple(name for cls in kind.__mro__ for name in _slots(cls))


# Attributes that libraries fill when they are first asked, by the package of the class.
_CACHES = {
    "networkx": ("__networkx_cache__",),
    "pandas": ("_cache", "_item_cache"),
    "statsmodels": ("_cache", "_summary_cache", "_summary_statistics_cache", "_nobs_int", "diagn"),
    "xarray": ("_cache",),
    "sklearn": ("_stop_words_id", "_sklearn_output_config_cache"),
}


@functools.lru_cache(maxsize=4096)
def cache_names(kind: type) -> Tuple[str, ...]:
    """The attributes of a class's instances that are filled lazily from the others."""
    cached = [name for cls in kind.__mro__ for name, value in vars(cls).items() if isinstance(value, functools.cached_property)]
    return (*cached, *_CACHES.get(kind.__module__.partition(".")[0], ()))


def _without_caches(kind: type, states: List[dict]) -> List[dict]:
    caches = cache_names(kind)
    if not caches or not any(name in state for state in states for name in caches):
        return states
    return [{name: value for name, value in state.items() if name not in caches} for state in states]


@functools.lru_cache(maxsize=4096)
def _immutable(kind: type) -> bool:
    return issubclass(kind, enum.Enum) or kind.__module__.startswith(_IMMUTABLE_MODULES) or shape_of(kind) == "namedtuple"


@functools.lru_cache(maxsize=4096)
def shape_of(kind: type) -> Any:
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


# Those whose state ends with the dictionary of their attributes, which they get only when somebody asks for it.
_DICT_WHEN_ASKED = (functools.partial, io.StringIO, io.BytesIO)


def _row_without_caches(kind: type, row: Any) -> Any:
    """A reduced item, its state without lazily filled attributes."""
    if kind in _DICT_WHEN_ASKED and type(row[2]) is tuple and row[2][-1] == {}:
        return (*row[:2], (*row[2][:-1], None), *row[3:])
    if not cache_names(kind) or not isinstance(row, tuple) or len(row) < 3:
        return row
    state = row[2]
    if type(state) is dict:
        state = _without_caches(kind, [state])[0]
    elif type(state) is tuple and len(state) == 2 and any(type(part) is dict for part in state):
        state = tuple(_without_caches(kind, [part])[0] if type(part) is dict else part for part in state)
    return (*row[:2], state, *row[3:])


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
