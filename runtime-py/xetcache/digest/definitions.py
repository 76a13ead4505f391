"""How functions, classes and modules enter a value's digest: by what ``sources`` says of them, or by their names."""

from __future__ import annotations

import types
from itertools import chain, count
from typing import Any, Callable, List

from . import tags
from .packing import codes


def functions(walk: Any, col: List[types.FunctionType]) -> None:
    walk.out += tags.FUNCTIONS
    _described(walk, col, walk.sources.function)


def classes(walk: Any, col: List[type]) -> None:
    walk.out += tags.CLASSES
    _described(walk, col, walk.sources.class_)


def _described(walk: Any, col: Any, describe: Callable[[Any], bytes]) -> None:
    if len(col) > 1:
        ids = list(map(id, col))
        unique = dict(zip(ids, col))
        number = dict(zip(unique, count()))
        walk.out += b"%d," % len(unique)
        walk.out += codes(number, ids)
        col = list(unique.values())
    for item in col:
        walk.raw(describe(item))


def builtins(walk: Any, col: List[types.BuiltinFunctionType]) -> None:
    walk.out += tags.BUILTINS
    for f in col:
        walk.raw(f.__qualname__.encode())
    walk.queue.append([f.__self__ if not isinstance(f.__self__, types.ModuleType) else f.__module__ for f in col])


def methods(walk: Any, col: List[types.MethodType]) -> None:
    walk.out += tags.METHODS
    walk.queue.append(list(chain.from_iterable((m.__func__, m.__self__) for m in col)))


def wrappers(walk: Any, col: List[Any]) -> None:
    walk.out += tags.WRAPPERS
    walk.raw(type(col[0]).__name__.encode())
    walk.queue.append([w.__func__ for w in col])


def cached(walk: Any, col: List[Any]) -> None:
    walk.out += tags.CACHED
    walk.queue.append([f.__wrapped__ for f in col])


def properties(walk: Any, col: List[property]) -> None:
    walk.out += tags.PROPERTIES
    walk.queue.append(list(chain.from_iterable((p.fget, p.fset, p.fdel) for p in col)))


def modules(walk: Any, col: List[types.ModuleType]) -> None:
    walk.out += tags.MODULES
    _described(walk, col, walk.sources.module)
