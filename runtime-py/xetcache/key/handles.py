"""Whether a cell changed a value that has no digest: a connection that was written to, a session that got cookies, a model of a library's.

A hit can't change it again, so such a cell isn't memoized. What can be hashed in the value is compared; a SQLite connection counts
what was written. Of what nobody can look into, the analyser says whether the cell may change it.
"""

from __future__ import annotations

import contextvars
import logging
import socket
import sqlite3
import ssl
import sys
import threading
import types
import weakref
from typing import Any, Dict, FrozenSet, List, Optional

from .. import digest as valuedigest
from . import origins

_DEPTH, _ITEMS = 6, 5000

# What holds nothing that a cell's result could hang on.
_HANDLES = (types.ModuleType, types.FunctionType, types.MethodType, types.BuiltinFunctionType, type, logging.Logger, weakref.ref, ssl.SSLContext, socket.socket,
            contextvars.ContextVar, threading.Thread, type(threading.Lock()), type(threading.RLock()))  # fmt: skip


def states(names: Dict[str, str], namespace: Dict[str, Any]) -> Dict[str, Optional[List[str]]]:
    """The states of the values that a cell reads and that have no digest, by name; None where nobody can look into one."""
    found = {}
    for name in names:
        value = _value(name, namespace)
        if value is not None and not origins.is_stateless(value):
            found[name] = _state(value)
    return found


def changed(before: Dict[str, Optional[List[str]]], namespace: Dict[str, Any], mutated: Optional[FrozenSet[str]]) -> str:
    """The name of one that was changed, or may have been; "" if there is none. mutated is what the analyser names; None if it said nothing."""
    for name, state in before.items():
        own = name.rpartition("__main__.")[2]
        if state is None:
            if mutated is None or "." in own or own in mutated:
                return own
        elif _state(_value(name, namespace)) != state:
            return own
    return ""


def _value(name: str, namespace: Dict[str, Any]) -> Any:
    module, _, attr = name.rpartition(".")
    if module in ("", "__main__"):
        return namespace.get(attr)
    return getattr(sys.modules.get(module), attr, None)


def _state(value: Any) -> Optional[List[str]]:
    found: List[str] = []
    try:
        return found if _add(value, found, {}, 0) else None
    except Exception:  # a library's own attributes, a connection of another thread
        return None


def _add(value: Any, found: List[str], known: Dict[int, Any], depth: int) -> bool:
    """Add what can be said of a value; whether all of it can be looked into."""
    if id(value) in known:
        found.append("again")
        return True
    if depth > _DEPTH or len(found) > _ITEMS:
        return False
    known[id(value)] = value
    found.append(type(value).__qualname__)
    if isinstance(value, sqlite3.Cursor):
        value = value.connection
    if isinstance(value, sqlite3.Connection):
        version = tuple(value.execute("PRAGMA schema_version").fetchone())
        found.append(repr((value.total_changes, version, value.in_transaction, value.isolation_level, getattr(value.row_factory, "__name__", ""))))
        return True
    if isinstance(value, _HANDLES):
        return True
    try:
        found.append(valuedigest.digest(value))
        return True
    except (valuedigest.Unhashable, valuedigest.OverBudget, valuedigest.Refused):
        pass
    if type(value) in (list, tuple):
        return all([_add(item, found, known, depth + 1) for item in value])
    if type(value) is dict:
        return all([_add(item, found, known, depth + 1) for pair in value.items() for item in pair])
    if type(value).__dictoffset__ and not isinstance(value, (list, dict, set, tuple)) and _is_pythons(type(value)):
        return all([_add(item, found, known, depth + 1) for pair in vars(value).items() for item in pair])
    return False


def _is_pythons(cls: type) -> bool:
    """Whether a class, and what it derives from, is written in Python: its instances have no parts but their attributes."""
    return all(base is object or base.__module__ == "__main__" or str(getattr(sys.modules.get(base.__module__), "__file__", "")).endswith(".py") for base in cls.__mro__)
