"""How an object that is there gets the content that it had after a run: one setter for each type that is known.

``content`` takes the state of an object apart, ``put`` gives it to one of the same type. A type that isn't here can't be restored.
"""

from __future__ import annotations

import collections
import functools
import io
import random
import sys
import types
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from ..digest.instances import is_plain, own_dict, slot_names


class Setter(NamedTuple):
    content: Callable[[Any], Any]
    put: Callable[[Any, Any], None]


def kind_of(value: Any) -> Optional[str]:
    """The name of the setter for an object, "" if it can't change, or None if none is known."""
    kind = type(value)
    for name, fits in _FITS:
        if fits(value, kind):
            return name
    return None


def of(kind: str) -> Setter:
    return _SETTERS[kind]


def _attributes(value: Any) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    slots = {}
    for name in slot_names(type(value)):
        try:
            slots[name] = object.__getattribute__(value, name)
        except AttributeError:
            continue
    return dict(own_dict(value)), slots


def _put_attributes(value: Any, content: Any) -> None:
    state, slots = content
    own = own_dict(value)
    own.clear()
    own.update(state)
    for name in slot_names(type(value)):
        if name in slots:
            object.__setattr__(value, name, slots[name])
        else:
            try:
                object.__delattr__(value, name)
            except AttributeError:
                pass


def _dict(value: Any) -> Any:
    return list(value.items()), _attributes(value), getattr(value, "default_factory", None)


def _put_dict(value: Any, content: Any) -> None:
    items, attributes, factory = content
    dict.clear(value) if not isinstance(value, collections.OrderedDict) else value.clear()
    for key, item in items:
        dict.__setitem__(value, key, item) if not isinstance(value, collections.OrderedDict) else collections.OrderedDict.__setitem__(value, key, item)
    if isinstance(value, collections.defaultdict):
        value.default_factory = factory
    _put_attributes(value, attributes)


def _list(value: Any) -> Any:
    return list(value), _attributes(value)


def _put_list(value: Any, content: Any) -> None:
    value[:] = content[0]
    _put_attributes(value, content[1])


def _put_deque(value: Any, content: Any) -> None:
    value.clear()
    value.extend(content)


def _put_set(value: Any, content: Any) -> None:
    """Code sees the order of a set of integers, which hangs on how large its table became: a set that is merged grows it."""
    value.clear()
    value.update(content)
    for _ in range(4):
        if list(value) == content:
            break
        value |= set(content)


def keeps_order(value: Any) -> bool:
    """Whether another set gets the order of this one, where that isn't the hash seed's."""
    if set(map(type, value)) != {int}:
        return True
    other: Any = set()
    _put_set(other, list(value))
    return list(other) == list(value)


def _put_bytes(value: Any, content: Any) -> None:
    value[:] = content


def _array(value: Any) -> Any:
    return value.copy()


def _put_array(value: Any, content: Any) -> None:
    if value.shape != content.shape or value.dtype != content.dtype:
        raise ValueError("its array has another shape or type")
    import numpy as np

    np.copyto(value, content)


def _frame(value: Any) -> Any:
    return value.copy(deep=True)


def _put_frame(value: Any, content: Any) -> None:
    """pandas' own way of changing a frame or series in place, and what that leaves out."""
    for name in [n for n in vars(value) if n not in vars(content)]:
        object.__delattr__(value, name)
    for name, item in vars(content).items():
        object.__setattr__(value, name, item)


def _buffer(value: Any) -> Any:
    return value.__getstate__()


def _put_buffer(value: Any, content: Any) -> None:
    value.__setstate__(content)


def _generator(value: Any) -> Any:
    return value.bit_generator.state


def _put_generator(value: Any, content: Any) -> None:
    value.bit_generator.state = content


def _polars(value: Any) -> Any:
    return value.clone()


def _put_polars(value: Any, content: Any) -> None:
    name = "_s" if type(value).__name__ == "Series" else "_df"
    setattr(value, name, getattr(content.clone(), name))


_ITERATORS = tuple(type(iter(of)) for of in ([], (), range(0), range(1 << 70), "", b"", bytearray()))


def _iterator(value: Any) -> Any:
    """Where it stands, None at its end."""
    reduced = value.__reduce__()
    return reduced[2] if len(reduced) > 2 else None


def _put_iterator(value: Any, content: Any) -> None:
    if content is None:
        for _ in value:
            pass
    else:
        value.__setstate__(content)


_SETTERS: Dict[str, Setter] = {
    "list": Setter(_list, _put_list),
    "dict": Setter(_dict, _put_dict),
    "set": Setter(list, _put_set),
    "deque": Setter(list, _put_deque),
    "bytearray": Setter(bytes, _put_bytes),
    "array": Setter(_array, _put_array),
    "frame": Setter(_frame, _put_frame),
    "polars": Setter(_polars, _put_polars),
    "buffer": Setter(_buffer, _put_buffer),
    "random": Setter(random.Random.getstate, random.Random.setstate),
    "random state": Setter(lambda value: value.get_state(legacy=False), lambda value, content: value.set_state(content)),
    "generator": Setter(_generator, _put_generator),
    "iterator": Setter(_iterator, _put_iterator),
    "attributes": Setter(_attributes, _put_attributes),
}


def _is(module: str, *names: str) -> Callable[[Any, type], bool]:
    def fits(value: Any, kind: type) -> bool:
        loaded = sys.modules.get(module)
        return loaded is not None and any(kind is getattr(loaded, name, None) for name in names)

    return fits


def _immutable(value: Any, kind: type) -> bool:
    if kind in (types.FunctionType, types.MethodType, functools.partial, tuple, frozenset) or isinstance(value, tuple) and not hasattr(value, "__dict__"):
        return True
    arrays = sys.modules.get("numpy")
    if arrays is not None and kind is arrays.ndarray:
        return not value.flags.num & 0x400
    return kind.__module__.partition(".")[0] in ("polars", "pyarrow") or _is("pandas", "Index", "RangeIndex", "MultiIndex", "DatetimeIndex", "CategoricalIndex")(value, kind)


_FITS: List[Tuple[str, Callable[[Any, type], bool]]] = [
    ("polars", _is("polars", "DataFrame", "Series")),
    ("", _immutable),
    ("list", lambda value, kind: isinstance(value, list)),
    ("dict", lambda value, kind: isinstance(value, dict)),
    ("set", lambda value, kind: kind is set),
    ("deque", lambda value, kind: kind is collections.deque),
    ("bytearray", lambda value, kind: kind is bytearray),
    ("array", _is("numpy", "ndarray")),
    ("frame", _is("pandas", "DataFrame", "Series")),
    ("buffer", lambda value, kind: kind in (io.StringIO, io.BytesIO)),
    ("iterator", lambda value, kind: kind in _ITERATORS),
    ("random", lambda value, kind: kind is random.Random),
    ("random state", _is("numpy.random", "RandomState")),
    ("generator", _is("numpy.random", "Generator")),
    ("attributes", lambda value, kind: kind is types.SimpleNamespace or is_plain(kind) and (hasattr(value, "__dict__") or bool(slot_names(kind)))),
]
