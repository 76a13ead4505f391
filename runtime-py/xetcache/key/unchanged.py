"""Whether what a function reaches is still what it was: then its part of a key needs no second walk.

A walk of reach.py looks at live objects, which code may change at any time. For many functions it comes by nothing but
functions, a library's modules and classes, and plain constants, and all that it looked at can be looked at again within
microseconds: these are its conditions. A function that reaches anything else, such as a list, a closure or a class of the
user's own, has none, and is walked each time.
"""

from __future__ import annotations

import builtins
import linecache
import os
import sys
import types
from operator import is_
from typing import Any, Dict, List, Optional, Set, Tuple

from .. import config
from ..source import loads, local, reach

# Objects of these types can't change.
_CONSTANTS = frozenset((type(None), bool, int, float, complex, str, bytes))

class _Unknown(Exception):
    """The function reaches what can change unseen."""


def conditions(f: types.FunctionType) -> Optional["Conditions"]:
    """What a walk of this function finds hangs on these; None if it hangs on more than can be looked at again."""
    found = Conditions()
    try:
        found.function(f)
    except Exception:  # _Unknown, or of a module that finds its attributes on demand
        return None
    return found


class Conditions:
    """What a walk of a function looked at."""

    def __init__(self) -> None:
        self._folder = (os.getcwd(), tuple(config.local_paths))  # what is the user's own hangs on them
        self._texts: Dict[str, Any] = {}  # by file name: what its text is known by
        self._modules: Dict[str, Any] = {}  # by name: the module, its file, its name
        self._definitions: List[Tuple[Any, ...]] = []  # each with what a walk reads of it
        self._bound: List[Tuple[Dict[str, Any], str, Any]] = []  # namespace, name, what it is bound to
        self._unbound: List[Tuple[Dict[str, Any], str]] = []  # builtins that no global hides
        self._done: Set[int] = set()

    def hold(self) -> bool:
        """Whether all is as it was. Two values are the same only if they are one object: 1 equals 1.0."""
        try:
            return (
                self._folder == (os.getcwd(), tuple(config.local_paths))
                and all(_text(name) == known for name, known in self._texts.items())
                and all(_same(_module(name), known) for name, known in self._modules.items())
                and all(_same(_definition(known[0]), known) for known in self._definitions)
                and all(namespace.get(name, _NOTHING) is value for namespace, name, value in self._bound)
                and all(name not in namespace and hasattr(builtins, name) for namespace, name in self._unbound)
            )
        except OSError:  # the working folder is gone
            return False

    def function(self, f: types.FunctionType) -> None:
        if id(f) in self._done:
            return
        self._done.add(id(f))
        self._definition(f)
        _, module, _, _, code, defaults, kwdefaults, attributes = self._definitions[-1]
        if f.__closure__ or kwdefaults or attributes or any(type(value) not in _CONSTANTS for value in defaults or ()):
            raise _Unknown()
        if not local.is_local(code.co_filename, module):
            return
        file = self._modules[module][1]
        for name in (code.co_filename, file) if isinstance(file, str) else (code.co_filename,):
            self._texts[name] = _text(name)
        for load in loads.loads_of(code):
            self._load(load, f.__globals__)

    def _load(self, load: loads.Load, namespace: Dict[str, Any]) -> None:
        if load.name.startswith("import "):
            raise _Unknown()
        if load.name in reach.MODULE_NAMES:
            return
        if load.name not in namespace:
            if not hasattr(builtins, load.name):
                raise _Unknown()
            self._unbound.append((namespace, load.name))
            return
        value = namespace[load.name]
        self._bound.append((namespace, load.name, value))
        if type(value) is types.FunctionType:
            self.function(value)
        elif type(value) is types.ModuleType:
            if local.module_is_local(value) or self._module(value.__name__)[0] is not value:
                raise _Unknown()
        elif type(value) is type:
            if local.class_is_local(value):
                raise _Unknown()
            self._definition(value)
        elif type(value) is types.BuiltinFunctionType:
            if not isinstance(value.__self__, (types.ModuleType, type(None))):  # a method of some value
                raise _Unknown()
        elif type(value) not in _CONSTANTS:
            raise _Unknown()

    def _definition(self, value: Any) -> None:
        """A function or class, and the module that it says it is of: its file says whose it is."""
        known = _definition(value)
        if type(known[1]) is not str:
            raise _Unknown()
        self._definitions.append(known)
        self._module(known[1])

    def _module(self, name: str) -> Tuple[Any, ...]:
        self._modules[name] = _module(name)
        return self._modules[name]


_NOTHING = object()


def _same(now: Tuple[Any, ...], known: Tuple[Any, ...]) -> bool:
    return all(map(is_, now, known))


def _definition(value: Any) -> Tuple[Any, ...]:
    names = (value, value.__module__, value.__qualname__, value.__name__)
    if type(value) is type:
        return names
    return (*names, value.__code__, value.__defaults__, value.__kwdefaults__, value.__dict__ or None)


def _module(name: str) -> Tuple[Any, Any, Any]:
    module = sys.modules.get(name)
    return (module, getattr(module, "__file__", None), getattr(module, "__name__", None))


def _text(filename: str) -> Any:
    try:
        stat = os.stat(filename)
        return (stat.st_mtime_ns, stat.st_size)
    except (OSError, ValueError):
        return linecache.cache.get(filename)
