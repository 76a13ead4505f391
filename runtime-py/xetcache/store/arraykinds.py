"""What the tagged form calls NumPy's arrays, scalars and dtypes, and SciPy's sparse matrices: raw bytes with a dtype and a shape."""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, Tuple

import numpy as np

from ..digest import arrays as digests
from .kinds import Described
from .manifest import Bad
from .tagged import Unwritable

_RAW = "biufcmMSUV"  # the kinds of dtypes whose elements are bytes

_SPARSE = ("csr_matrix", "csc_matrix", "csr_array", "csc_array", "coo_matrix", "coo_array")


def state_of(item: Any, writer: Any) -> Tuple[str, Any]:
    kind = type(item)
    if kind is np.ndarray:
        return _array_state(item, writer)
    if kind is np.ma.MaskedArray and not item.dtype.hasobject:
        return "numpy.masked", (item.data, np.ma.getmask(item) is not np.ma.nomask and np.ma.getmaskarray(item), item.fill_value, item.hardmask)
    if isinstance(item, np.generic) and kind is getattr(np, kind.__name__, None) and item.dtype.kind in "biufcmMSU" and item.nbytes:
        return "numpy.scalar", (item.dtype.str, item.tobytes())
    if isinstance(item, np.dtype) and item.kind in _RAW + "O":
        return "numpy.dtype", _description(item)
    if kind.__name__ in _SPARSE and kind.__module__.startswith("scipy.sparse."):
        return "scipy." + kind.__name__, _sparse_state(item)
    raise Unwritable(f"a {kind.__module__}.{kind.__qualname__}")


def elements(arr: Any) -> Any:
    """What another object holds in an array that is its own."""
    return Described(lambda writer: _array_state(arr, writer, writeable=True))


def _description(dtype: Any) -> Any:
    return dtype.str if dtype.names is None and dtype.subdtype is None else np.lib.format.dtype_to_descr(dtype)


def _array_state(arr: Any, writer: Any, writeable: bool = False) -> Tuple[str, Any]:
    """The state of an array. With writeable it can be written to once it is read, whether or not it could be before."""
    axes = digests.axes_in_memory(arr)
    straight = arr.transpose(axes)
    how = (straight.shape, None if axes == tuple(range(arr.ndim)) else axes, writeable or digests.writeable(arr))
    if arr.dtype == object and arr.dtype.metadata is None:
        return "numpy.objects", (*how, straight.reshape(-1).tolist())
    if arr.dtype.hasobject or arr.dtype.kind not in _RAW or arr.dtype.metadata:
        raise Unwritable(f"an array of {arr.dtype}")
    straight = np.ascontiguousarray(straight)
    writer.keep.append(straight)
    data = memoryview(straight.reshape(-1).view(np.uint8)) if straight.nbytes else memoryview(b"")
    return "numpy.array", (_description(arr.dtype), *how, writer.part(data))


def _dtype(described: Any) -> Any:
    """The dtype of a description. Raises Bad for one whose elements would be more than bytes."""
    dtype = np.dtype(described) if type(described) is str else np.lib.format.descr_to_dtype(described)
    if dtype.hasobject or dtype.kind not in _RAW:
        raise Bad("an array in its value has elements that are no bytes")
    return dtype


def _arranged(arr: Any, axes: Any, writeable: Any) -> Any:
    if axes is not None:
        if sorted(axes) != list(range(arr.ndim)):
            raise Bad("the axes of an array in its value don't fit")
        arr = arr.transpose(sorted(range(arr.ndim), key=axes.__getitem__))
    arr = arr.copy(order="K")  # it owns its elements then, as most do: it can be resized
    if not writeable:
        arr.setflags(write=False)
    return arr


def _shape(shape: Any) -> Tuple[int, ...]:
    if type(shape) is not tuple or len(shape) > 32 or not all(type(n) is int and n >= 0 for n in shape):
        raise Bad("an array in its value has no proper shape")
    return shape


def _array(state: Any, reader: Any) -> Any:
    described, shape, axes, writeable, part = state
    dtype, shape = _dtype(described), _shape(shape)
    if type(part) is bytes:
        data: Any = bytearray(part)
    elif type(part) is int and 0 <= part < len(reader.parts):
        data, reader.parts[part] = reader.parts[part], None  # each once: arrays that overlap would change each other
        if data is None:
            raise Bad("two arrays in its value lie in one place")
    else:
        raise Bad("an array in its value lies nowhere")
    if math.prod(shape) * dtype.itemsize != len(data):
        raise Bad("the shape of an array in its value doesn't fit its size")
    return _arranged(np.ndarray(shape, dtype, buffer=data if len(data) else None), axes, writeable)


def _objects(state: Any, reader: Any) -> Any:
    shape, axes, writeable, items = state
    if type(items) is not list or math.prod(_shape(shape)) != len(items):
        raise Bad("the shape of an array in its value doesn't fit its items")
    return _arranged(of_objects(items).reshape(shape), axes, writeable)


def of_objects(items: Any) -> Any:
    """A row of these objects as they are, even if each of them is a list of one length."""
    try:
        return np.fromiter(items, dtype=object, count=len(items))
    except ValueError:  # NumPy before 1.23
        made = np.empty(len(items), dtype=object)
        for i, item in enumerate(items):
            made[i] = item
        return made


def _masked(state: Any, reader: Any) -> Any:
    data, mask, fill, hard = state
    if type(data) is not np.ndarray or not (mask is False or type(mask) is np.ndarray and mask.dtype == np.ma.make_mask_descr(data.dtype) and mask.shape == data.shape):
        raise Bad("a masked array in its value doesn't fit its mask")
    return np.ma.MaskedArray(data, mask=np.ma.nomask if mask is False else mask, fill_value=fill, hard_mask=bool(hard), copy=False)


def _scalar(state: Any, reader: Any) -> Any:
    described, data = state
    dtype = _dtype(described)
    if type(data) is not bytes or len(data) != dtype.itemsize or dtype.names is not None or not data:
        raise Bad("a number in its value doesn't fit its type")
    return np.frombuffer(data, dtype)[0]


def _to_dtype(state: Any, reader: Any) -> Any:
    return np.dtype(object) if state == "|O" else _dtype(state)


def _sparse_state(item: Any) -> Any:
    places = ("row", "col") if type(item).__name__.startswith("coo") else ("indices", "indptr")
    if len(item.shape) != 2:
        raise Unwritable("a sparse array that is no matrix")
    state = vars(item)
    sorted_ = {name: value for name, value in state.items() if name in _KNOWN}
    return (item.shape, item.data, *(getattr(item, name) for name in places), sorted_)


_KNOWN = ("_has_canonical_format", "_has_sorted_indices", "has_canonical_format")  # what a matrix has found out about itself


def _sparse(name: str) -> Callable[[Any, Any], Any]:
    def build(state: Any, reader: Any) -> Any:
        import scipy.sparse

        shape, data, first, second, known = state
        if not all(type(part) is np.ndarray and part.ndim == 1 for part in (data, first, second)) or len(_shape(shape)) != 2:
            raise Bad("a sparse matrix in its value has no proper parts")
        if not first.dtype.kind == second.dtype.kind == "i" or type(known) is not dict or not all(name in _KNOWN and type(v) is bool for name, v in known.items()):
            raise Bad("a sparse matrix in its value has no proper parts")
        kind = getattr(scipy.sparse, name)
        made = kind((data, (first, second)), shape=shape, copy=False) if name.startswith("coo") else kind((data, first, second), shape=shape, copy=False)
        if not name.startswith("coo"):
            made.check_format(full_check=True)
        vars(made).update(known)
        return made

    return build


BUILDERS: Dict[str, Callable[[Any, Any], Any]] = {
    "numpy.array": _array,
    "numpy.objects": _objects,
    "numpy.masked": _masked,
    "numpy.scalar": _scalar,
    "numpy.dtype": _to_dtype,
    **{"scipy." + name: _sparse(name) for name in _SPARSE},
}
