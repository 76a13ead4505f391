"""What the tagged form calls the types of the standard library and of the notebook: a name, a state, and how a value is made of it.

Nothing is imported by a name that a file holds. A class is one that the notebook has bound, or a module of the user's own that
is imported already; its instances get their attributes without any of its methods being called.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import importlib
import pathlib
import re
import sys
import types
import uuid
import zoneinfo
from typing import Any, Callable, Dict, Optional, Tuple

from ..digest.instances import is_plain, state_of as attributes_of
from ..source.local import is_local
from . import pickles
from .manifest import Bad
from .tagged import Unwritable

Builder = Callable[[Any, Any], Any]

# The libraries that have kinds of their own, by the first part of a kind's name.
_LIBRARIES = {"numpy": ".arraykinds", "scipy": ".arraykinds", "pandas": ".framekinds"}

_DIGITS = 10_000  # of a Decimal


class Described:
    """Part of another object's state, that says itself what it is written as."""

    def __init__(self, state: Callable[[Any], Tuple[str, Any]]):
        self.state = state


def state_of(item: Any, writer: Any) -> Tuple[str, Any]:
    """The name of an object's kind, and the state that its builder makes it of. Raises Unwritable."""
    kind = type(item)
    if kind is Described:
        return item.state(writer)
    found = _STATES.get(kind)
    if found is not None:
        return found[0], found[1](item)
    package = (kind.__module__ or "").partition(".")[0]
    if package in _LIBRARIES:
        return importlib.import_module(_LIBRARIES[package], __package__).state_of(item, writer)
    if kind is type and item in _TYPES.values():
        return "type", item.__name__
    if isinstance(item, enum.Enum):
        return "member", (*_class_name(kind, writer), _member_name(item))
    if isinstance(item, tuple) and _is_namedtuple(kind):
        return "namedtuple", (*_class_name(kind, writer), tuple(item))
    if dataclasses.is_dataclass(kind) and is_plain(kind):
        return "instance", (*_class_name(kind, writer), attributes_of(item))
    raise Unwritable(f"a {kind.__module__}.{kind.__qualname__}")


def builder(name: str) -> Optional[Builder]:
    """What makes objects of this kind of their states, None if the kind isn't known here."""
    if name in _BUILDERS:
        return _BUILDERS[name]
    package = name.partition(".")[0]
    if package not in _LIBRARIES or not _is_installed(package):
        return None
    return importlib.import_module(_LIBRARIES[package], __package__).BUILDERS.get(name)


def _is_installed(package: str) -> bool:
    try:
        importlib.import_module(package)
    except ImportError:
        return False
    return True


# Classes of the notebook's own.


def _class_name(kind: type, writer: Any) -> Tuple[str, str]:
    module, name = kind.__module__, kind.__qualname__
    if module == "__main__" and name.partition(".")[0] in writer.defined:
        raise Unwritable(f"{name}, which the cell defines")
    try:
        if _class_at(module, name) is kind:
            return module, name
    except Bad:
        pass
    raise Unwritable(f"a {module}.{name}, which isn't bound under its name")


def _class_at(module: Any, name: Any) -> type:
    """A class that is there already, as this kernel has it. Raises Bad."""
    if type(module) is not str or type(name) is not str:
        raise Bad("its value names no class")
    found: Any = sys.modules.get(module)
    if type(found) is types.ModuleType and is_local(getattr(found, "__file__", None) or "", module):
        for part in name.split("."):
            held = vars(found) if isinstance(found, (type, types.ModuleType)) else {}
            found = held.get(part)
        if isinstance(found, type) and found.__module__ == module and found.__qualname__ == name and not hasattr(found, "__del__"):
            return found
    raise Bad(f"its value is of the class {module[:80]}.{name[:80]}, which isn't defined here")


def _member_name(item: Any) -> Any:
    return item.name if item.name is not None and type(item).__members__.get(item.name) is item else ("", item.value)


def _member(state: Any, reader: Any) -> Any:
    module, name, member = state
    kind = _class_at(module, name)
    if not issubclass(kind, enum.Enum):
        raise Bad(f"its value takes {name} for an enumeration")
    if type(member) is tuple:
        if not issubclass(kind, enum.Flag) or type(member[1]) is not int:
            raise Bad(f"{name} has no such member")
        return kind(member[1])
    found = kind.__members__.get(member)
    if found is None:
        raise Bad(f"{name} has no member {str(member)[:80]}")
    return found


def _instance(state: Any, reader: Any) -> Any:
    module, name, attributes = state
    kind = _class_at(module, name)
    if not dataclasses.is_dataclass(kind) or not is_plain(kind) or type(attributes) is not dict:
        raise Bad(f"its value takes {name} for a dataclass")
    if not all(type(key) is str and not key.startswith("__") for key in attributes):
        raise Bad(f"its value has attributes that a {name} can't have")
    made = object.__new__(kind)
    pickles.put_state(made, attributes)
    return made


def _is_namedtuple(kind: type) -> bool:
    return kind.__bases__ == (tuple,) and isinstance(getattr(kind, "_fields", None), tuple)


def _namedtuple(state: Any, reader: Any) -> Any:
    module, name, items = state
    kind = _class_at(module, name)
    if not _is_namedtuple(kind) or type(items) is not tuple or len(items) != len(kind._fields):  # type: ignore[attr-defined]
        raise Bad(f"its value takes {name} for a named tuple")
    return tuple.__new__(kind, items)


# The standard library.


def _decimal(item: decimal.Decimal) -> str:
    text = str(item)
    if len(text) > _DIGITS:
        raise Unwritable("a Decimal with too many digits")
    return text


def _to_decimal(state: Any, reader: Any) -> Any:
    if type(state) is not str or len(state) > _DIGITS:
        raise Bad("a Decimal in its value has too many digits")
    return decimal.Decimal(state)


def _zone(item: Any) -> Any:
    """A time zone by its state; what no state is known for stays and is written as a value of its own."""
    if item is None or type(item) is datetime.timezone or type(item).__module__.startswith("zoneinfo"):
        return item
    raise Unwritable(f"a time zone of {type(item).__module__}")


def _zoneinfo(item: Any) -> str:
    if item.key is None or type(item)(item.key) is not item:
        raise Unwritable("a time zone without a name")
    return item.key


def _to_zoneinfo(state: Any, reader: Any) -> Any:
    if type(state) is not str or not re.match(r"[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,3}\Z", state):
        raise Bad("a time zone in its value has no proper name")
    return zoneinfo.ZoneInfo(state)


def _datetime(item: datetime.datetime) -> Tuple[Any, ...]:
    return (item.year, item.month, item.day, item.hour, item.minute, item.second, item.microsecond, _zone(item.tzinfo), item.fold)


def _to_datetime(state: Any, reader: Any) -> Any:
    *numbers, zone, fold = state
    return datetime.datetime(*numbers, tzinfo=_zone(zone), fold=fold)


def _time(item: datetime.time) -> Tuple[Any, ...]:
    return (item.hour, item.minute, item.second, item.microsecond, _zone(item.tzinfo), item.fold)


def _to_time(state: Any, reader: Any) -> Any:
    *numbers, zone, fold = state
    return datetime.time(*numbers, tzinfo=_zone(zone), fold=fold)


def _timezone(item: datetime.timezone) -> Any:
    if item is datetime.timezone.utc:
        return None
    offset, *name = item.__getinitargs__()  # type: ignore[attr-defined]
    return (offset, *name)


def _to_timezone(state: Any, reader: Any) -> Any:
    return datetime.timezone.utc if state is None else datetime.timezone(*state)


# What defaultdict may call.
_TYPES = {kind.__name__: kind for kind in (list, dict, set, int, float, str, bytes, tuple, bool, complex, frozenset, object)}


def _type(state: Any, reader: Any) -> Any:
    return _TYPES[state]


def _defaultdict(item: Any) -> Any:
    if item.default_factory is not None and item.default_factory not in _TYPES.values():
        raise Unwritable("a defaultdict with a function")
    return (item.default_factory, dict(item))


def _to_defaultdict(state: Any, reader: Any) -> Any:
    factory, items = state
    if factory is not None and factory not in _TYPES.values():
        raise Bad("a defaultdict in its value calls a function")
    return collections.defaultdict(factory, items)


def _exact(kind: type, make: Callable[[Any], Any]) -> Builder:
    """A builder whose state must be of one type: a constructor that takes anything calls the methods of what it gets."""

    def build(state: Any, reader: Any) -> Any:
        if type(state) is not kind:
            raise Bad("an object in its value has no proper state")
        return make(state)

    return build


def _numbers(make: Callable[..., Any]) -> Builder:
    def build(state: Any, reader: Any) -> Any:
        if type(state) is not tuple or not all(type(n) is int for n in state):
            raise Bad("an object in its value has no proper state")
        return make(*state)

    return build


def _counter(state: Dict[Any, Any]) -> Any:
    made: Any = collections.Counter()
    dict.update(made, state)
    return made


# type: (name, how its state is taken)
_STATES: Dict[type, Tuple[str, Callable[[Any], Any]]] = {
    bytearray: ("bytearray", bytes),
    range: ("range", lambda r: (r.start, r.stop, r.step)),
    slice: ("slice", lambda s: (s.start, s.stop, s.step)),
    decimal.Decimal: ("Decimal", _decimal),
    fractions.Fraction: ("Fraction", lambda f: (f.numerator, f.denominator)),
    datetime.date: ("date", lambda d: (d.year, d.month, d.day)),
    datetime.time: ("time", _time),
    datetime.datetime: ("datetime", _datetime),
    datetime.timedelta: ("timedelta", lambda d: (d.days, d.seconds, d.microseconds)),
    datetime.timezone: ("timezone", _timezone),
    uuid.UUID: ("UUID", lambda u: u.bytes),
    pathlib.PurePosixPath: ("PurePosixPath", str),
    pathlib.PureWindowsPath: ("PureWindowsPath", str),
    type(pathlib.Path()): (type(pathlib.Path()).__name__, str),
    collections.OrderedDict: ("OrderedDict", dict),
    collections.defaultdict: ("defaultdict", _defaultdict),
    collections.Counter: ("Counter", dict),
    collections.deque: ("deque", lambda d: (d.maxlen, list(d))),
}
_STATES[zoneinfo.ZoneInfo] = ("ZoneInfo", _zoneinfo)

_BUILDERS: Dict[str, Builder] = {
    "bytearray": _exact(bytes, bytearray),
    "range": _numbers(range),
    "slice": _exact(tuple, lambda state: slice(*state)),
    "Decimal": _to_decimal,
    "Fraction": _numbers(fractions.Fraction),
    "date": _numbers(datetime.date),
    "time": _to_time,
    "datetime": _to_datetime,
    "timedelta": _numbers(datetime.timedelta),
    "timezone": _to_timezone,
    "UUID": _exact(bytes, lambda state: uuid.UUID(bytes=state)),
    "PurePosixPath": _exact(str, pathlib.PurePosixPath),
    "PureWindowsPath": _exact(str, pathlib.PureWindowsPath),
    type(pathlib.Path()).__name__: _exact(str, pathlib.Path),
    "OrderedDict": _exact(dict, collections.OrderedDict),
    "defaultdict": _to_defaultdict,
    "Counter": _exact(dict, _counter),
    "deque": _exact(tuple, lambda state: collections.deque(state[1], state[0])),
    "ZoneInfo": _to_zoneinfo,
    "type": _type,
    "member": _member,
    "instance": _instance,
    "namedtuple": _namedtuple,
}
