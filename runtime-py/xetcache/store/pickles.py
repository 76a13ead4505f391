"""Pickles that keep what pickling by itself loses."""

from __future__ import annotations

import enum
import importlib
import io
import os
import pickle
import sys
import types
from typing import Any, Dict, Optional, Tuple

from ..digest.instances import is_plain, shape_of, state_of
from ..source.local import class_is_local
from . import spent


class Unstorable(Exception):
    """No format gives this value back as it is; the message says why."""


class Pickler(pickle.Pickler):
    """Keeps what NumPy's own pickling loses: the order of an array's axes in memory, a foreign byte order, that it can't be
    written to, and that arrays are views of the same memory."""

    def __init__(self, out: Any, shared: Optional[Dict[int, Tuple[int, int]]] = None, codes: Any = None):
        super().__init__(out, protocol=5)
        self._shared = shared or {}
        self._codes = codes  # where the code of the notebook's functions lies; None where functions go by their names
        self._memory: Dict[int, Any] = {}

    def reducer_override(self, value: Any) -> Any:
        np = sys.modules.get("numpy")
        if np is not None and type(value) is np.ndarray:
            return self._array(value)
        if np is not None and isinstance(value, np.memmap):
            raise Unstorable("an array in a file")
        if isinstance(value, type):
            return NotImplemented
        if isinstance(value, types.FunctionType):
            return self._function(value)
        if isinstance(value, types.CellType):
            return self._cell(value)
        if isinstance(value, types.ModuleType):
            return (importlib.import_module, (value.__name__,))
        if isinstance(value, BaseException) and value.__traceback__ is not None:
            raise Unstorable("an exception with its traceback")
        if isinstance(value, io.IOBase):
            return _file(value)
        ended = spent.reduced(value)
        if ended is not None:
            return ended
        kind = type(value)
        if is_plain(kind) and class_is_local(kind) and _has_own_way(kind) and not isinstance(value, enum.Enum):  # a member is found by its value
            return (object.__new__, (kind,), state_of(value), None, None, put_state)
        return NotImplemented

    def _function(self, f: types.FunctionType) -> Any:
        """A function of the notebook by its code, of which the cell's source tells the rest; any other by its name."""
        place = self._codes.place(f) if self._codes is not None else None
        if place is None:
            return NotImplemented
        state = {
            "defaults": f.__defaults__, "kwdefaults": f.__kwdefaults__, "dict": dict(f.__dict__), "name": f.__name__, "qualname": f.__qualname__,
            "doc": f.__doc__, "annotations": _annotations(f),
        }  # fmt: skip
        return (_made_function, (_Code(place), f.__closure__ or ()), state, None, None, _put_function)

    def _cell(self, cell: types.CellType) -> Any:
        try:
            return (_empty_cell, (), (cell.cell_contents,), None, None, _put_cell)
        except ValueError:
            return (_empty_cell, ())

    def _array(self, value: Any) -> Any:
        np = sys.modules["numpy"]
        from ..digest import arrays as arraydigest

        if self._shared and value.size and arraydigest.memory(value) in self._shared:
            return self._view(value)
        writeable = arraydigest.writeable(value)
        if value.dtype.hasobject:
            return NotImplemented if writeable else (_rebuilt, (value.copy(), None, None, False))
        if value.base is None and writeable and type(value.dtype.names) is not tuple and value.flags.forc and value.dtype.isnative:
            return (_owned, (value.view(),))
        dtype = value.dtype.str if not value.dtype.isnative and value.dtype.names is None else None
        if dtype is None and (value.flags.c_contiguous or value.flags.f_contiguous):
            return NotImplemented  # one that can't be written to is bytes in the pickle, and comes back as it was
        axes = arraydigest.axes_in_memory(value)
        back = tuple(sorted(range(value.ndim), key=axes.__getitem__)) if axes != tuple(range(value.ndim)) else None
        if dtype is None and back is None and writeable:
            return NotImplemented
        plain = np.ascontiguousarray(value.transpose(axes)).reshape([value.shape[axis] for axis in axes])
        return (_rebuilt, (plain.view(value.dtype.newbyteorder("=")) if dtype else plain.view(), dtype, back, writeable, value.base is None))

    def _view(self, value: Any) -> Any:
        """An array by its place in memory that is pickled once."""
        from ..digest import arrays as arraydigest

        owner = arraydigest.memory(value)
        first, last = self._shared[owner]
        low, high = arraydigest.bounds(value)
        if low < first or high > last:
            raise Unstorable("arrays that are views of one array")
        if owner not in self._memory:
            self._memory[owner] = (_objects if value.dtype.hasobject else _bytes)(value, first, last)
        place = (value.shape, value.strides, arraydigest.address(value) - first)
        return (_view, (self._memory[owner], value.dtype, *place, arraydigest.writeable(value)))


def _bytes(value: Any, first: int, last: int) -> Any:
    import ctypes

    import numpy as np

    whole = (ctypes.c_char * (last - first)).from_address(first)
    return np.frombuffer(whole, dtype=np.uint8).copy()


def _objects(value: Any, first: int, last: int) -> Any:
    import numpy as np

    from ..digest import arrays as arraydigest

    owner = arraydigest.owner(value)
    if type(owner) is not np.ndarray or owner.dtype != object or value.dtype != object:
        raise Unstorable("arrays that are views of one array of objects")
    row = owner.transpose(arraydigest.axes_in_memory(owner)).reshape(-1)
    at = arraydigest.address(row)
    return row[(first - at) // row.itemsize : (last - at) // row.itemsize].copy()


def _view(memory: Any, dtype: Any, shape: Tuple[int, ...], strides: Tuple[int, ...], offset: int, writeable: bool) -> Any:
    import numpy as np

    if dtype == object:  # which no buffer may hold
        arr = np.lib.stride_tricks.as_strided(memory[offset // memory.itemsize :], shape, strides)
    else:
        arr = np.ndarray(shape, dtype, buffer=memory, offset=offset, strides=strides)
    if not writeable:
        arr.setflags(write=False)
    return arr


def _owned(arr: Any) -> Any:
    """An array that owns its elements, which what pickle itself makes doesn't: such a one can't be resized."""
    return arr.copy(order="K")


def _rebuilt(arr: Any, dtype: Optional[str], axes: Optional[Tuple[int, ...]], writeable: bool, owns: bool = False) -> Any:
    arr = arr if dtype is None else arr.view(dtype)
    arr = arr if axes is None else arr.transpose(axes)
    arr = arr.copy(order="K") if owns else arr
    if not writeable:
        arr.setflags(write=False)
    return arr


class Unpickler(pickle.Unpickler):
    """Reads what Pickler wrote."""


def as_view_of(value: Any, owner: Any) -> Any:
    """How an array is made of another one whose elements lie without gaps, or None if it isn't a view of it."""
    from ..digest import arrays

    (low, high), (first, last) = arrays.bounds(value), arrays.bounds(owner)
    if low < first or high > last or last - first != owner.nbytes or value.dtype.hasobject and value.dtype != owner.dtype:
        return None
    return (_view_of, (owner, value.dtype, value.shape, value.strides, arrays.address(value) - first, arrays.writeable(value)))


def _view_of(owner: Any, dtype: Any, shape: Tuple[int, ...], strides: Tuple[int, ...], offset: int, writeable: bool) -> Any:
    import numpy as np

    from ..digest import arrays

    flat = owner.transpose(arrays.axes_in_memory(owner))[tuple(slice(None, None, -1 if s < 0 else 1) for s in owner.transpose(arrays.axes_in_memory(owner)).strides)]
    flat = flat.reshape(-1)
    return _view(flat if dtype == object else flat.view(np.uint8), dtype, shape, strides, offset, writeable)


class _Code:
    """Stands for a code object in a pickle: where it lies in the notebook's source."""

    def __init__(self, place: Any):
        self.place = place

    def __reduce__(self) -> Any:
        return (code_at, (self.place,))


# Set while a pickle is loaded: finds code by its place.
_finder: Any = None


class finding:
    """While this is entered, pickles find the code of functions by this."""

    def __init__(self, codes: Any):
        self._codes = codes

    def __enter__(self) -> None:
        global _finder
        _finder = self._codes

    def __exit__(self, *_: Any) -> None:
        global _finder
        _finder = None


def code_at(place: Any) -> types.CodeType:
    if _finder is None:
        raise Unstorable("a function of a notebook, of which no cell is at hand")
    return _finder.code(place)


def _made_function(code: types.CodeType, closure: Tuple[Any, ...]) -> types.FunctionType:
    return types.FunctionType(code, _finder.namespace, code.co_name, None, closure or None)


def _put_function(f: types.FunctionType, state: Dict[str, Any]) -> None:
    f.__defaults__, f.__kwdefaults__ = state["defaults"], state["kwdefaults"]
    f.__name__, f.__qualname__, f.__doc__ = state["name"], state["qualname"], state["doc"]
    f.__dict__.update(state["dict"])
    if state["annotations"]:
        f.__annotations__ = state["annotations"]


def _annotations(f: types.FunctionType) -> Any:
    try:
        return dict(f.__annotations__)
    except Exception:  # they name what isn't there
        return {}


def _empty_cell() -> types.CellType:
    return types.CellType()


def _put_cell(cell: types.CellType, state: Tuple[Any]) -> None:
    cell.cell_contents = state[0]


def put_state(value: Any, state: Dict[str, Any]) -> None:
    """Give an instance of a plain class its attributes, past whatever its class says of pickles."""
    own = getattr(value, "__dict__", None)
    for name, item in state.items():
        if own is not None and not _is_slot(type(value), name):
            own[name] = item
        else:
            object.__setattr__(value, name, item)


def _is_slot(kind: type, name: str) -> bool:
    return any(isinstance(vars(cls).get(name), types.MemberDescriptorType) for cls in kind.__mro__)


def _has_own_way(kind: type) -> bool:
    return shape_of(kind) == "reduce" or hasattr(kind, "__setstate__")


def _file(value: Any) -> Any:
    """A file that was closed again, as ``with open(…) as f`` leaves it; io.StringIO and io.BytesIO as they are."""
    if type(value) in (io.StringIO, io.BytesIO):
        return NotImplemented
    if not value.closed:
        raise Unstorable("an open file")
    return (_closed, (getattr(value, "name", ""), getattr(value, "mode", "r")))


def _closed(name: Any, mode: str) -> Any:
    binary = "b" in mode
    f = open(os.devnull, "rb" if binary else "r")
    raw = f.raw if binary else f.buffer.raw
    raw.name = name
    if not binary:
        f.mode = mode
    f.close()
    return f
