"""How values become bytes: JSON for plain values, .npy for arrays, the tagged form for nearly all else, Parquet for frames that it
doesn't hold, pickle for the rest.

All but the last can't run code when they are read, so they are taken from anybody; pickles only from trusted signers.
A format is used only if what it gives back has the digest of what it was given: Parquet, for one, silently changes
several shapes of frames (it drops a frequency, turns tuples into lists, names into strings).
"""

from __future__ import annotations

import io
import json
import marshal
import os
import pickle
import sys
from typing import Any, Callable, Dict, List, Optional, Tuple

from ..source import fdigest
from . import tagged
from .manifest import Bad
from .pickles import Pickler, Unstorable

SAFE = ("json", "npy", "tagged", "parquet")

_PLAIN = (type(None), bool, int, float, str, list, dict)
_EXPANSION = 4 << 30  # bytes that an unsigned Parquet file may unfold to
_JSON_MAX = 64 << 20


def encode(
    value: Any,
    digest: Optional[str],
    digest_of: Callable[[Any], str],
    out: Any,
    only: str = "",
    shared: Optional[Dict[int, Tuple[int, int]]] = None,
    shares: bool = True,
) -> Dict[str, Any]:
    """Write value to out, in the first format that preserves it, and return ``{"format": …}`` for the manifest.

    out is a file to write and ``restart``, with ``path`` or ``getvalue`` to read back from. digest is what digest_of
    says of the value, None if it has none (then only pickle is tried, unchecked). Raises Unstorable, or OSError or
    TooLarge from out. only names the one format to use. shared has the memory that several arrays in value are views of: where it is,
    by the identity of its owner. shares is false if no mutable object is in value twice.
    """
    with fdigest.no_warnings():  # of formats that don't keep a value: another is tried
        return _encode(value, digest, digest_of, out, only, shared or {}, shares)


def _encode(
    value: Any,
    digest: Optional[str],
    digest_of: Callable[[Any], str],
    out: Any,
    only: str,
    shared: Dict[int, Tuple[int, int]],
    shares: bool,
) -> Dict[str, Any]:
    why = "no format keeps it"
    for name in [only] if only else _candidates(value) if digest is not None else ["pickle"]:
        try:
            if name == "pickle":
                Pickler(out, shared).dump(value)
                record: Dict[str, Any] = {"format": name}
            elif name == "tagged":
                written = tagged.Written(value)
                written.write_to(out)
                out.flush()
                if digest_of(written.back()) == digest:
                    return {"format": name}
                raise Unstorable("it would come back changed")
            else:
                record = {"format": name, **(_ENCODE[name](value, out) or {})}
            out.flush()
            back = _npy_back(value, out, record) if name == "npy" else decode(out, record, trusted=True)
            if digest is None or (name == "json" and not shares and _alike(value, back)) or digest_of(back) == digest:
                return record
            why = "it would come back changed"
        except (OSError, TooLarge):
            raise
        except Exception as e:
            why = str(e) if isinstance(e, Unstorable) else f"{type(e).__name__}: {e}"
        out.restart()
    raise Unstorable(why)


def decode(source: Any, record: Dict[str, Any], trusted: bool) -> Any:
    """Read a value from a path, from bytes, or from the file that encode wrote to. Raises Bad or whatever its
    constructor raises."""
    name = record["format"]
    if name not in _DECODE:
        raise Bad(f"format {name!r} is not known here")
    if name not in SAFE and not trusted:
        raise Bad("a pickle is taken from trusted signers only")
    if hasattr(source, "getvalue"):
        source = source.getvalue()
    elif hasattr(source, "path"):
        source = source.path
    return _DECODE[name](source, record, trusted)


class TooLarge(Exception):
    """What is written is more than a Buffer takes."""


class Buffer(io.BytesIO):
    """A file in memory, for small values: it takes so many bytes."""

    def __init__(self, limit: int):
        super().__init__()
        self.limit = limit

    def write(self, data: Any) -> int:
        if self.tell() + memoryview(data).nbytes > self.limit:
            raise TooLarge()
        return super().write(data)

    def restart(self) -> None:
        self.seek(0)
        self.truncate()


def _candidates(value: Any) -> List[str]:
    np, pd = sys.modules.get("numpy"), sys.modules.get("pandas")
    if type(value) in _PLAIN:
        return ["json", "tagged", "pickle"]
    if np is not None and type(value) is np.ndarray and not value.dtype.hasobject:
        return ["npy", "pickle"]
    if pd is not None and type(value) is pd.DataFrame and _pyarrow() is not None:
        return ["tagged", "parquet", "pickle"]
    return ["tagged", "pickle"]


def _json_encode(value: Any, out: Any) -> None:
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    if len(text) > _JSON_MAX:
        raise ValueError("too long for JSON")
    out.write(text.encode("ascii"))


def _json_decode(source: Any, record: Dict[str, Any], trusted: bool) -> Any:
    try:
        return json.loads(_read(source).decode("utf-8"))
    except (ValueError, RecursionError) as e:
        raise Bad(f"its JSON can't be read ({e})") from None


def _alike(value: Any, back: Any) -> bool:
    """Whether values have one digest, told in a tenth of its time. back is of plain types alone, and in it nothing is there
    twice; of these types version 2 of marshal writes each in a form of its own, all that it holds, in its order."""
    try:
        return marshal.dumps(value, 2) == marshal.dumps(back, 2)
    except ValueError:  # something in value is of another type, or lies too deep
        return False


_CHUNK = 1 << 24  # bytes of an array that are written at once


def _npy_encode(value: Any, out: Any) -> Optional[Dict[str, Any]]:
    import numpy as np

    from ..digest.arrays import axes_in_memory

    axes = axes_in_memory(value)
    straight = value.transpose(axes)
    if straight.flags.c_contiguous and straight.nbytes > _CHUNK:
        np.lib.format.write_array_header_1_0(out, np.lib.format.header_data_from_array_1_0(straight))
        data = memoryview(straight.reshape(-1).view(np.uint8))
        for at in range(0, len(data), _CHUNK):
            out.write(data[at : at + _CHUNK])
    else:
        np.lib.format.write_array(out, straight, allow_pickle=False)
    how: Dict[str, Any] = {} if value.flags.writeable else {"writeable": False}
    if value.base is not None:
        how["view"] = True
    return {**how, "axes": list(axes)} if axes != tuple(range(value.ndim)) else how


def _npy_back(value: Any, out: Any, record: Dict[str, Any]) -> Any:
    """What decode gives, but with the elements where they are in value: a file of 400 MB needn't be read for its 128 bytes of
    header. They are hashed again, and so no other thread has changed them while they were written."""
    import numpy as np

    from ..digest.arrays import axes_in_memory

    straight = value.transpose(axes_in_memory(value))
    if not straight.flags.c_contiguous or value.nbytes <= _CHUNK or not hasattr(out, "path"):
        return decode(out, record, trusted=True)
    with open(out.path, "rb") as f:
        head = _npy_head(f, os.path.getsize(out.path))
    if head is None:
        return decode(out, record, trusted=True)
    shape, fortran, dtype = head
    arr = np.ndarray(shape, dtype, straight.reshape(-1).view(np.uint8).data, order="F" if fortran else "C")
    return _npy_arranged(arr, record)


def _npy_decode(source: Any, record: Dict[str, Any], trusted: bool) -> Any:
    import numpy as np

    total = os.path.getsize(source) if isinstance(source, str) else len(source)
    with open(source, "rb") if isinstance(source, str) else io.BytesIO(source) as f:
        try:
            head = _npy_head(f, total)
            if head is not None and not head[2].hasobject:
                arr = np.empty(head[0], head[2], order="F" if head[1] else "C")  # it owns its elements, which code sees
                if arr.size and f.readinto(memoryview(arr.reshape(-1, order="A").view(np.uint8))) != arr.nbytes:  # type: ignore[attr-defined]
                    raise ValueError("it is cut short")
            else:
                f.seek(0)
                arr = np.lib.format.read_array(f, allow_pickle=False)
        except (ValueError, OSError, EOFError, SyntaxError, TypeError) as e:
            raise Bad(f"its .npy can't be read ({e})") from None
    return _npy_arranged(arr, record)


def _npy_head(f: Any, total: int) -> Optional[Tuple[Tuple[int, ...], bool, Any]]:
    """The shape, whether it is in Fortran order, and the dtype that a header says, checked against the file's size; None for
    version 3, whose headers only NumPy itself reads. Raises ValueError and what NumPy raises."""
    import numpy as np

    version = np.lib.format.read_magic(f)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}.get(version)
    if read is None and version != (3, 0):
        raise ValueError(f"version {version}")
    size = int.from_bytes(f.read(2 if version == (1, 0) else 4), "little")
    if size > 1 << 20:
        raise ValueError("its header is too long")
    if read is None:
        return None
    f.seek(0)
    np.lib.format.read_magic(f)
    shape, fortran, dtype = read(f)
    count = 1
    for n in shape:
        count *= int(n)
    if dtype.hasobject or count * dtype.itemsize != total - f.tell():
        raise ValueError("its shape doesn't fit its size")
    return shape, fortran, dtype


def _npy_arranged(arr: Any, record: Dict[str, Any]) -> Any:
    axes = record.get("axes")
    if axes is not None:
        if not isinstance(axes, list) or sorted(axes) != list(range(arr.ndim)):
            raise Bad("its axes don't fit its array")
        arr = arr.transpose(sorted(range(arr.ndim), key=axes.__getitem__))
        arr = arr if record.get("view") is True else arr.copy(order="K")
    elif record.get("view") is True:
        arr = arr.view()
    if record.get("writeable") is False:
        arr.setflags(write=False)
    return arr


def _parquet_encode(value: Any, out: Any) -> Optional[Dict[str, Any]]:
    """Not compressed, which costs more than the disk does, and whoever shares the file compresses it anyway: only what repeats
    in columns of text is written once."""
    import inspect

    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(value, preserve_index=None)
    texts = [field.name for field in table.schema if pa.types.is_dictionary(field.type) or _is_text(field.type)]
    options: Dict[str, Any] = {"compression": "none", "use_dictionary": texts or False, "write_statistics": False}
    if "use_content_defined_chunking" in inspect.signature(pq.ParquetWriter.__init__).parameters or _arrow() >= (21,):
        options["use_content_defined_chunking"] = True  # equal stretches stay equal bytes, for stores that deduplicate
    sink = pa.PythonFile(_Sink(out), mode="w")
    pq.write_table(table, sink, **options)
    objects = [i for i, dtype in enumerate(value.dtypes) if dtype == object and _is_text(table.schema.field(i).type)]
    nan = [i for i in objects if table.column(i).null_count and _first_missing(value.iloc[:, i]) is not None]
    return {**({"objects": objects} if objects else {}), **({"nan": nan} if nan else {})}


def _parquet_decode(source: Any, record: Dict[str, Any], trusted: bool) -> Any:
    if _pyarrow() is None:
        raise Bad("reading Parquet needs pyarrow 14.0.1 or newer")
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source if isinstance(source, str) else pa.BufferReader(source), pre_buffer=False) as f:
            groups = range(f.metadata.num_row_groups)
            unfolded = sum(f.metadata.row_group(i).total_byte_size for i in groups)
            rows = f.metadata.num_rows * max(1, f.metadata.num_columns)
            if not trusted and max(unfolded, rows) > _EXPANSION:
                raise Bad("its Parquet file would unfold to more than is taken from unknown signers")
            table = f.read()
            return _with_objects(table.to_pandas(), table, record.get("objects", []), record.get("nan", []))
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError) as e:
        raise Bad(f"its Parquet can't be read ({type(e).__name__}: {e})") from None


def _with_objects(df: Any, table: Any, columns: Any, nan: Any) -> Any:
    """pandas 3 makes its own type of string of all text: these columns were of objects, with NaN for what is missing in some."""
    for some in (columns, nan):
        if not isinstance(some, list) or not all(type(i) is int and 0 <= i < df.shape[1] for i in some):
            raise Bad("its columns of objects don't fit its frame")
    import numpy as np
    import pandas as pd

    for i in columns:
        if df.dtypes.iloc[i] == object and i not in nan:
            continue
        missing = [float("nan") if i in nan else None]
        parts = []
        for chunk in table.column(i).dictionary_encode().chunks:  # a text that repeats is one object, as it mostly was
            texts = np.append(chunk.dictionary.to_numpy(zero_copy_only=False).astype(object), missing)
            parts.append(texts[chunk.indices.fill_null(len(texts) - 1).to_numpy(zero_copy_only=False)])
        values = np.concatenate(parts) if parts else np.empty(0, dtype=object)
        df.isetitem(i, pd.Series(values, index=df.index, dtype=object))
    return df


def _first_missing(column: Any) -> Any:
    """What stands in a column of objects where nothing is, as pandas sees it."""
    return column.iloc[int(column.isna().to_numpy().argmax())]


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _tagged_decode(source: Any, record: Dict[str, Any], trusted: bool) -> Any:
    return tagged.read(source, trusted)


def _pickle_decode(source: Any, record: Dict[str, Any], trusted: bool) -> Any:
    try:
        if isinstance(source, str):
            with open(source, "rb") as f:
                return pickle.load(f)
        return pickle.loads(source)
    except Exception as e:
        raise Bad(f"its pickle can't be loaded here ({type(e).__name__}: {e})") from None


_ENCODE = {"json": _json_encode, "npy": _npy_encode, "parquet": _parquet_encode}
_DECODE = {"json": _json_decode, "tagged": _tagged_decode, "npy": _npy_decode, "parquet": _parquet_decode, "pickle": _pickle_decode}


class _Sink:
    """What pyarrow needs of a file to write to; closing it leaves the blob open."""

    closed = False

    def __init__(self, out: Any):
        self._out = out
        self._at = 0

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        self._out.write(data)
        self._at += size
        return size

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False


def _read(source: Any) -> bytes:
    if not isinstance(source, str):
        return source
    with open(source, "rb") as f:
        return f.read()


def _arrow() -> Tuple[int, ...]:
    import pyarrow as pa

    return tuple(int(n) for n in pa.__version__.split(".")[:3] if n.isdigit())


def _pyarrow() -> Any:
    """pyarrow, unless it is missing or so old that reading a hostile file runs code (CVE-2023-47248)."""
    try:
        import pyarrow as pa
    except ImportError:
        return None
    return pa if _arrow() >= (14, 0, 1) else None
