"""How NumPy arrays, scalars and dtypes enter a value's digest.

An array is its dtype, its shape, the order of its axes in memory and its bytes in that order. The axes' order counts
because ``ravel("K")``, ``copy()`` and reductions over floats depend on it; gaps between elements don't. That it can't be written
to counts, and so does which arrays of one value are views of the same memory.
"""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import numpy as np

from . import hashing, tags
from .errors import Unhashable
from .instances import instances
from .scalars import FLUSH

_BLOCK = 1 << 24  # bytes copied at once when an array has gaps
_SMALL = 1 << 12  # bytes of arrays that are described together
_PAIRS = 64  # arrays between each other's bounds, up to which each is compared with each


def encoder(kind: type) -> Optional[Callable[[Any, List[Any]], None]]:
    if kind is np.ndarray:
        return _arrays
    if issubclass(kind, np.memmap):
        return _maps
    if kind is np.ma.MaskedArray:
        return _masked
    if issubclass(kind, np.generic) and kind is not np.void and kind is not np.object_:
        return _scalars
    if issubclass(kind, np.dtype):
        return _dtypes
    if issubclass(kind, np.ufunc):
        return _ufuncs
    return None


def axes_in_memory(arr: np.ndarray) -> Tuple[int, ...]:
    """The axes from the slowest to the fastest; ``arr.transpose`` of it is in C order up to gaps."""
    if arr.flags.c_contiguous or arr.ndim < 2:
        return tuple(range(arr.ndim))
    # A reversed axis lies in memory like a straight one. Ties and axes of length one keep their order.
    axes = [a for a in range(arr.ndim) if arr.shape[a] > 1]
    axes.sort(key=lambda a: -abs(arr.strides[a]))
    rest = iter(axes)
    return tuple(next(rest) if arr.shape[a] > 1 else a for a in range(arr.ndim))


def _maps(walk: Any, col: List[Any]) -> None:
    raise Unhashable(type(col[0]), "it stands for a file")


def _arrays(walk: Any, col: List[np.ndarray]) -> None:
    walk.out += tags.ARRAYS
    col = walk.fresh_but(col, walk.of_frames)
    if len(col) > 1 and _alike(walk, col):
        first = col[0]
        walk.out += tags.ALIKE
        walk.raw(_dtype_text(first.dtype))
        walk.raw(repr(first.shape).encode())
        walk.spend(first.nbytes * len(col))
        walk.out += b"".join(arr if arr.flags.c_contiguous else arr.tobytes() for arr in col)
        walk.arrays += col
        walk.views = views
        return
    for arr in col:
        axes = axes_in_memory(arr)
        walk.raw(_dtype_text(arr.dtype))
        walk.raw(repr((arr.shape, axes)).encode())
        if id(arr) in walk.of_frames:
            if id(arr) not in walk.of_indexes:
                walk.arrays_of_frames.append(arr)
        else:
            walk.arrays.append(arr)
            walk.views = views
            if not writeable(arr):
                walk.out += tags.READ_ONLY
        _elements(walk, arr.transpose(axes))
        if len(walk.out) > FLUSH:
            walk.flush()


def _alike(walk: Any, col: List[np.ndarray]) -> bool:
    """Whether these are small plain arrays of one dtype and shape, each in C order up to gaps and writable, such as embeddings."""
    dtype, shape = col[0].dtype, col[0].shape
    if dtype.kind not in "biufc" or not 0 < col[0].nbytes <= _SMALL:
        return False
    dtypes = list(map(attrgetter("dtype"), col))
    shapes = list(map(attrgetter("shape"), col))
    if dtypes.count(dtype) != len(col) or shapes.count(shape) != len(col) or any(map(attrgetter("metadata"), dtypes)):
        return False
    if not walk.of_frames.keys().isdisjoint(map(id, col)):
        return False
    straight = all(map(attrgetter("flags.c_contiguous"), col)) or all(axes_in_memory(arr) == tuple(range(arr.ndim)) for arr in col)
    return straight and all(map(writeable, col))


def views(walk: Any) -> None:
    """Describe which of the arrays that a walk has met share memory, and where in it they lie."""
    for group in sharing(walk.arrays):
        origin = min(bounds(walk.arrays[i])[0] for i in group)
        places = [(i, address(walk.arrays[i]) - origin, walk.arrays[i].strides) for i in group]
        walk.out += tags.VIEWS
        walk.raw(repr(places).encode())


def sharing(arrays: List[np.ndarray]) -> List[List[int]]:
    """The groups of arrays, by their indices, that have memory in common."""
    if all(arr.base is None for arr in arrays):
        return []
    of_memory: Dict[int, List[int]] = {}
    for i, arr in enumerate(arrays):
        if arr.size:
            of_memory.setdefault(memory(arr), []).append(i)
    return sorted(group for some in of_memory.values() if len(some) > 1 for group in _overlapping(arrays, some))


def memory(arr: np.ndarray) -> int:
    """The identity of the object that holds an array's memory."""
    return id(owner(arr))


def owner(arr: np.ndarray) -> Any:
    """The object that holds an array's memory."""
    found: Any = arr
    while isinstance(found, (np.ndarray, memoryview)) or type(found).__name__ == "DummyArray":  # of as_strided
        inner = found.obj if isinstance(found, memoryview) else found.base
        if inner is None:
            break
        found = inner
    return found


def writeable(arr: np.ndarray) -> bool:
    """Whether an array can be written to. ``flags.writeable`` warns when it is asked of what broadcast_arrays gave."""
    return bool(arr.flags.num & 0x400)


def address(arr: np.ndarray) -> int:
    return arr.__array_interface__["data"][0]


def bounds(arr: np.ndarray) -> Tuple[int, int]:
    """The addresses between which an array's elements lie."""
    first = last = address(arr)
    for n, stride in zip(arr.shape, arr.strides):
        if stride < 0:
            first += (n - 1) * stride
        else:
            last += (n - 1) * stride
    return first, last + arr.itemsize


def _overlapping(arrays: List[np.ndarray], some: List[int]) -> List[List[int]]:
    runs: List[List[int]] = []
    end = -1
    for (first, last), i in sorted((bounds(arrays[i]), i) for i in some):
        if first >= end:
            runs.append([])
        runs[-1].append(i)
        end = max(end, last)
    groups = []
    for run in runs:
        if len(run) > _PAIRS:  # too many to compare each with each
            groups.append(sorted(run))
            continue
        while run:  # columns of one array lie between each other, and share nothing
            group, run = [run[0]], run[1:]
            for member in group:
                new = [i for i in run if _common(arrays[member], arrays[i])]
                group += new
                run = [i for i in run if i not in new]
            if len(group) > 1:
                groups.append(sorted(group))
    return groups


def _common(a: np.ndarray, b: np.ndarray) -> bool:
    try:
        return bool(np.shares_memory(a, b, max_work=10_000))
    except Exception:  # numpy.TooHardError, which has had several places
        return True


def _masked(walk: Any, col: List[np.ma.MaskedArray]) -> None:
    walk.out += tags.MASKED
    col = walk.fresh(col)
    # The fill value of an array of objects is NumPy's text before pickling and Python's after.
    fills = [np.asarray(arr.fill_value).item() if arr.dtype.hasobject else arr.fill_value for arr in col]
    rows = [(arr.data, np.ma.getmask(arr), fill, arr.hardmask) for arr, fill in zip(col, fills)]
    walk.keep.append(rows)
    if rows:
        walk.queue.append(rows)


def _elements(walk: Any, arr: np.ndarray) -> None:
    if arr.dtype.hasobject and arr.dtype.names is None:
        items = arr.ravel().tolist()
        if items:
            walk.queue.append(items)
        return
    if arr.dtype.names is not None:  # field by field: the gaps between fields hold garbage
        for name in arr.dtype.names:
            field = arr[name]
            walk.raw(repr(field.shape).encode())
            _elements(walk, field)
        return
    walk.spend(arr.nbytes)
    if arr.nbytes == 0:
        return
    if arr.dtype.char in "gG" and np.dtype("g").itemsize == 16 and np.finfo("g").nmant == 63:
        # 80 bits in 128: the rest holds whatever was there.
        arr = np.ascontiguousarray(arr).reshape(-1).view(np.uint8).reshape(-1, 16)[:, :10]
    if arr.flags.c_contiguous:
        _update(walk, arr)
        return
    if arr.nbytes <= _BLOCK:
        _update(walk, np.ascontiguousarray(arr))
        return
    walk.out += hashing.of_buffers(map(_bytes, _blocks(arr)))  # as if there were no gaps


def _blocks(arr: np.ndarray) -> Iterator[np.ndarray]:
    """The elements of an array with gaps, in copies without."""
    if arr.nbytes <= _BLOCK:
        yield np.ascontiguousarray(arr)
    elif arr.shape[0] == 1 or arr[0].nbytes > _BLOCK:
        for part in arr:
            yield from _blocks(part)
    else:
        rows = _BLOCK // arr[0].nbytes
        for at in range(0, arr.shape[0], rows):
            yield np.ascontiguousarray(arr[at : at + rows])


def _update(walk: Any, arr: np.ndarray) -> None:
    data = _bytes(arr)
    if len(data) >= hashing.BIG:
        walk.out += hashing.of_buffers([data])
    else:
        walk.out += data


def _bytes(arr: np.ndarray) -> memoryview:
    return memoryview(arr.reshape(-1).view(np.uint8))


def _scalars(walk: Any, col: List[np.generic]) -> None:
    walk.out += tags.SCALARS
    packed = np.array(col)
    if packed.dtype != col[0].dtype or packed.dtype.kind in "SUMm":  # these differ by length or unit
        for item in col:
            walk.raw(_dtype_text(item.dtype))
            walk.raw(item.tobytes())
        return
    walk.raw(_dtype_text(packed.dtype))
    walk.raw(packed.tobytes())


def _dtypes(walk: Any, col: List[np.dtype]) -> None:
    walk.out += tags.DTYPES
    for item in col:
        walk.raw(_dtype_text(item))


def _ufuncs(walk: Any, col: List[np.ufunc]) -> None:
    walk.out += tags.UFUNCS
    if all(getattr(np, f.__name__, None) is f for f in col):
        for f in col:
            walk.raw(f.__name__.encode())
        return
    instances(walk, col)


def _dtype_text(dtype: np.dtype) -> bytes:
    if dtype.metadata:
        raise Unhashable(type(dtype), "a dtype with metadata")
    if dtype.names is not None or dtype.subdtype is not None:
        return repr(dtype).encode()  # not from the cache: one that is aligned equals one that isn't
    return _plain_dtype_text(dtype)


@lru_cache(maxsize=1024)
def _plain_dtype_text(dtype: np.dtype) -> bytes:
    return dtype.str.encode()
