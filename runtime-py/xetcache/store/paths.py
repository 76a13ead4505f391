"""Where objects lie that were there before a cell ran: by the name and the path from which they are reached.

A path is a tuple of steps, each of which finds the same object in another kernel whose values have the same digests:

    ("i", n)      item n of a list, tuple, deque, or array of objects
    ("v", n)      value n of a dictionary, ("k", n) its key
    ("m", hex)    the member of a set that has this digest
    ("a", name)   an attribute
    ("c", n)      what cell n of a function's closure holds; ("d", n) its default n
"""

from __future__ import annotations

import collections
import enum
import functools
import itertools
import sys
import time
import types
from typing import Any, Dict, Iterator, List, Tuple

from .. import digest as valuedigest
from ..digest.instances import is_plain, slot_names
from ..source.local import class_is_local

Path = Tuple[Any, ...]

# Objects whose identity nobody asks for, that are found by name, or that hold nothing: by exact type.
ATOMS = frozenset(
    (type(None), bool, int, float, complex, str, bytes, range, slice, type, types.ModuleType, types.BuiltinFunctionType, type(Ellipsis), type(NotImplemented))
)
_ATOMIC = (type, types.ModuleType, enum.Enum)
_ATOMIC_MODULES = ("datetime", "decimal", "fractions", "uuid", "pathlib", "re", "zoneinfo", "ipaddress", "builtins")


class TooLong(Exception):
    """There is more to walk than the time allows."""


class Paths:
    """The objects reached from some names, as they are when this is made; it holds them, so that their identities stay."""

    def __init__(self, roots: Dict[str, Any], seconds: float):
        self.roots = roots
        self.found: Dict[int, Tuple[Any, str, Path]] = {}
        end = time.perf_counter() + seconds
        waiting: collections.deque = collections.deque((value, name, ()) for name, value in roots.items())
        steps = 0
        while waiting:
            value, name, path = waiting.popleft()
            if is_atom(value) or id(value) in self.found:
                continue
            self.found[id(value)] = (value, name, path)
            for step, child in _children(value):
                waiting.append((child, name, (*path, step)))
            steps += 1
            if steps % 256 == 0 and time.perf_counter() > end:
                raise TooLong()

    def of(self, value: Any) -> Any:
        """(name, path) of an object that was there before, or None."""
        known = self.found.get(id(value))
        return None if known is None or known[0] is not value else known[1:]

    def under(self, names: Any) -> List[Tuple[Any, str, Path]]:
        """What is first reached from one of these names, outermost first, and from no other."""
        return [known for known in self.found.values() if known[1] in names]


def resolve(roots: Dict[str, Any], name: str, path: Path) -> Any:
    """The object at a path. Raises LookupError or AttributeError where there is none."""
    value = roots[name]
    for kind, at in path:
        value = _step(value, kind, at)
    return value


def is_atom(value: Any) -> bool:
    kind = type(value)
    if kind is object:  # a sentinel: nothing but its identity
        return False
    if kind in ATOMS or isinstance(value, _ATOMIC):
        return True
    if hasattr(kind, "__next__"):  # who takes from an iterator takes it from all that hold it
        return False
    return kind.__module__ in _ATOMIC_MODULES and kind not in _CONTAINERS and not isinstance(value, _HOLDERS)


_CONTAINERS = frozenset((list, tuple, dict, set, frozenset, bytearray))
_HOLDERS = (list, tuple, dict, set, frozenset, bytearray, types.FunctionType, types.MethodType, BaseException)


def _children(value: Any) -> Iterator[Tuple[Any, Any]]:
    if isinstance(value, (list, tuple, collections.deque)):
        if not (len(value) and ATOMS.issuperset(map(type, value))):
            yield from ((("i", n), item) for n, item in enumerate(value))
    elif isinstance(value, dict):
        if not ATOMS.issuperset(map(type, value)):
            yield from ((("k", n), key) for n, key in enumerate(value))
        if not ATOMS.issuperset(map(type, value.values())):
            yield from ((("v", n), item) for n, item in enumerate(value.values()))
    elif isinstance(value, (set, frozenset)):
        for item in value:
            if not is_atom(item) and class_is_local(type(item)):
                yield ("m", _digest(item)), item
    elif isinstance(value, types.FunctionType):
        for n, cell in enumerate(value.__closure__ or ()):
            try:
                yield ("c", n), cell.cell_contents
            except ValueError:
                continue
        yield from ((("d", n), item) for n, item in enumerate(value.__defaults__ or ()))
    elif isinstance(value, types.MethodType):
        yield ("a", "__self__"), value.__self__
        yield ("a", "__func__"), value.__func__
    elif isinstance(value, functools.partial):
        for name in ("func", "args", "keywords"):
            yield ("a", name), getattr(value, name)
    elif _is_objects(value):
        yield from ((("i", n), item) for n, item in enumerate(value.ravel().tolist()))
    elif type(value).__module__.partition(".")[0] in ("pandas", "polars", "pyarrow", "numpy"):
        return
    state = getattr(value, "__dict__", None)
    if type(state) is dict:
        if is_plain(type(value)):
            yield ("a", "__dict__"), state
        yield from ((("a", name), item) for name, item in list(state.items()) if isinstance(name, str))
    for name in slot_names(type(value)) if not isinstance(value, type) else ():
        try:
            yield ("a", name), object.__getattribute__(value, name)
        except AttributeError:
            continue


def _step(value: Any, kind: str, at: Any) -> Any:
    if kind == "i":
        return value.ravel().tolist()[at] if _is_objects(value) else value[at]
    if kind == "v":
        return next(itertools.islice(value.values(), at, None))
    if kind == "k":
        return next(itertools.islice(value, at, None))
    if kind == "m":
        return next(item for item in value if not is_atom(item) and _digest(item) == at)
    if kind == "c":
        return value.__closure__[at].cell_contents
    if kind == "d":
        return value.__defaults__[at]
    state = getattr(value, "__dict__", None)
    if type(state) is dict and at in state:
        return state[at]
    return object.__getattribute__(value, at)


def _is_objects(value: Any) -> bool:
    np = sys.modules.get("numpy")
    return np is not None and type(value) is np.ndarray and value.dtype == object


def _digest(item: Any) -> str:
    try:
        return valuedigest.digest(item)
    except valuedigest.Unhashable:
        return ""
