"""How pandas objects enter a value's digest: by what they hold, not by how they hold it.

Two frames with equal columns, dtypes, index and values agree whether pandas keeps the columns in one block or in many.
"""

from __future__ import annotations

import sys
from typing import Any, Callable, Iterator, List, Optional

from . import tags

import numpy as np
import pandas as pd


def encoder(kind: type) -> Optional[Callable[[Any, List[Any]], None]]:
    if kind is pd.DataFrame:
        return _of(_frame)
    if kind is pd.Series:
        return _of(_series)
    if issubclass(kind, pd.Index) and kind.__module__.partition(".")[0] == "pandas":
        return _of(_index)
    if issubclass(kind, pd.api.extensions.ExtensionArray) and kind.__module__.partition(".")[0] == "pandas":
        return _of(_array)
    return None


def _of(describe: Callable[[Any], tuple]) -> Callable[[Any, List[Any]], None]:
    def encode(walk: Any, col: List[Any]) -> None:
        walk.out += tags.FRAMES
        walk.raw(type(col[0]).__name__.encode())
        walk.sources.instance(type(col[0]))  # which sees what the notebook put into the class
        col = walk.fresh_but(col, walk.of_indexes) if not isinstance(col[0], pd.Index) else col
        rows = [describe(item) for item in col]
        walk.keep.append(rows)
        for item, row in zip(col, rows):
            walk.of_frames.update((id(arr), item) for arr in _arrays_in(row))
            if isinstance(item, pd.Index) or id(item) in walk.of_indexes:  # nobody sees what indexes share
                walk.of_indexes.update(map(id, _arrays_in(row)))
                walk.of_indexes.update(id(part) for part in row if isinstance(part, pd.api.extensions.ExtensionArray))
        if rows:
            walk.queue.append(rows)

    return encode


def _arrays_in(rows: Any) -> Iterator[Any]:
    """The arrays of pandas' own: whether they can be written to, and what they share, is its business."""
    for item in rows:
        if isinstance(item, tuple):
            yield from _arrays_in(item)
        elif type(item) is np.ndarray:
            yield item


def _frame(df: pd.DataFrame) -> tuple:
    columns = tuple(_column(df.iloc[:, i]) for i in range(df.shape[1]))
    return (df.shape, df.columns, df.index, dict(df.attrs), df.flags.allows_duplicate_labels, columns, _extra(df))


def _series(s: pd.Series) -> tuple:
    return (s.name, s.index, dict(s.attrs), s.flags.allows_duplicate_labels, _column(s), _extra(s))


# What pandas itself keeps in the attributes of a frame; pandas 2 puts some there only when it reads a pickle.
_OWN = frozenset(("_mgr", "_typ", "_item_cache", "_attrs", "_flags", "_name", "_is_copy", "_cacher", "_cache", "_index", "_hidden_attrs", "_metadata"))


def _extra(item: Any) -> dict:
    """Attributes that the user set on a frame."""
    return {name: value for name, value in vars(item).items() if name not in _OWN}


def _column(s: pd.Series) -> Any:
    """The elements: an object that nobody else has, since pandas 2 hands out its own array."""
    return s.to_numpy().view() if isinstance(s.dtype, np.dtype) else s.array


def _index(index: pd.Index) -> tuple:
    if isinstance(index, pd.RangeIndex):
        return ("range", index.start, index.stop, index.step, index.name)
    if isinstance(index, pd.MultiIndex):
        return ("multi", tuple(index.names), tuple(index.levels), tuple(codes for codes in index.codes))
    values = index.to_numpy().view() if isinstance(index.dtype, np.dtype) else index.array
    return (index.name, getattr(index, "freqstr", None), values)


def _array(arr: Any) -> tuple:
    if isinstance(arr, pd.Categorical):
        return ("categorical", arr.categories, arr.ordered, arr.codes)
    dtype = str(arr.dtype)
    if isinstance(arr.dtype, pd.StringDtype):
        return (dtype, repr(arr.dtype.na_value), _strings(arr))
    if isinstance(arr, (pd.arrays.IntegerArray, pd.arrays.FloatingArray, pd.arrays.BooleanArray)):
        mask = arr.isna()
        data = arr.to_numpy(dtype=arr.dtype.numpy_dtype, na_value=arr.dtype.numpy_dtype.type(0))
        return (dtype, mask, data)
    if isinstance(arr, (pd.arrays.DatetimeArray, pd.arrays.TimedeltaArray, pd.arrays.PeriodArray)):
        return (dtype, getattr(arr, "freqstr", None), arr.asi8)
    if type(arr).__name__ in ("NumpyExtensionArray", "PandasArray"):
        return (dtype, arr.to_numpy())
    return (dtype, arr.__reduce_ex__(4))


def _strings(arr: Any) -> Any:
    """The text of a string array: offsets and bytes where Arrow holds it, else a list."""
    if sys.modules.get("pyarrow") is None or getattr(arr.dtype, "storage", "") != "pyarrow":
        return ("list", arr.isna(), [x if isinstance(x, str) else "" for x in arr.to_numpy(dtype=object)])
    import pyarrow as pa

    chunks = arr.__arrow_array__()
    chunks = chunks.chunks if isinstance(chunks, pa.ChunkedArray) else [chunks]
    joined = pa.concat_arrays([c.cast(pa.large_string()) for c in chunks]) if chunks else pa.array([], pa.large_string())
    if joined.null_count:
        missing = joined.is_null().to_numpy(zero_copy_only=False)
        joined = joined.fill_null("")
    else:
        missing = None
    offsets = np.frombuffer(joined.buffers()[1], dtype="<i8")[joined.offset : joined.offset + len(joined) + 1]
    if len(offsets) == 0:
        return ("arrow", missing, b"", b"")
    data = joined.buffers()[2]
    text = np.frombuffer(data, dtype=np.uint8)[offsets[0] : offsets[-1]] if data is not None and data.size else b""
    return ("arrow", missing, offsets - offsets[0], text)
