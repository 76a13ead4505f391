"""What the tagged form calls pandas' objects: frames by axes and columns, each column one part, exact for every dtype that is listed here.

A dtype that isn't listed raises Unwritable: Parquet or a pickle is tried then.
"""

from __future__ import annotations

import sys
import zoneinfo
from typing import Any, Callable, Dict, Tuple

import numpy as np
import pandas as pd

from ..digest.frames import _extra as extra_of
from .arraykinds import elements
from .manifest import Bad
from .tagged import Unwritable

_WIDE = 256  # columns of one NumPy dtype from which on they are one part
_UNFOLDED = 4 << 30  # bytes of text that a column may unfold to

_MASKED = (pd.arrays.IntegerArray, pd.arrays.FloatingArray, pd.arrays.BooleanArray)


def state_of(item: Any, writer: Any) -> Tuple[str, Any]:
    kind = type(item)
    if item is pd.NaT:
        return "pandas.NaT", None
    if item is pd.NA:
        return "pandas.NA", None
    if kind in _STATES:
        name, state = _STATES[kind]
        return "pandas." + name, state(item)
    raise Unwritable(f"a {kind.__module__}.{kind.__qualname__}")


# Frames.


def _frame_state(df: pd.DataFrame) -> Any:
    _refuse_extra(df)
    rows, width = df.shape
    dtypes = list(df.dtypes)
    if width >= _WIDE and isinstance(dtypes[0], np.dtype) and dtypes[0] != object and dtypes.count(dtypes[0]) == width:
        columns: Any = elements(df.to_numpy())
    else:
        columns = [_values(df.iloc[:, i]) for i in range(width)]
    return ((rows, width), df.columns, df.index, columns, dict(df.attrs), df.flags.allows_duplicate_labels)


def _frame(state: Any, reader: Any) -> Any:
    (rows, width), names, index, columns, attrs, duplicates = state
    if not isinstance(names, pd.Index) or not isinstance(index, pd.Index) or len(names) != width or len(index) != rows:
        raise Bad("the axes of a frame in its value don't fit")
    if type(columns) is np.ndarray:
        if columns.shape != (rows, width):
            raise Bad("the columns of a frame in its value don't fit its index")
        made = pd.DataFrame(columns, index=index, columns=names, copy=False)
    else:
        if type(columns) is not list or len(columns) != width:
            raise Bad("the columns of a frame in its value don't fit its names")
        series = {i: _as_series(column, index) for i, column in enumerate(columns)}
        made = pd.DataFrame(series, index=index, copy=False)
        made.columns = names
    return _flagged(made, attrs, duplicates)


def _series_state(s: pd.Series) -> Any:
    _refuse_extra(s)
    return (_values(s), s.index, s.name, dict(s.attrs), s.flags.allows_duplicate_labels)


def _series(state: Any, reader: Any) -> Any:
    values, index, name, attrs, duplicates = state
    if not isinstance(index, pd.Index):
        raise Bad("the index of a Series in its value is none")
    made = _as_series(values, index)
    made.name = name
    return _flagged(made, attrs, duplicates)


def _as_series(values: Any, index: Any) -> Any:
    if not isinstance(values, (np.ndarray, pd.api.extensions.ExtensionArray)) or getattr(values, "ndim", 1) != 1 or len(values) != len(index):
        raise Bad("a column in its value doesn't fit its index")
    return pd.Series(values, index=index, dtype=values.dtype, copy=False)


def _flagged(made: Any, attrs: Any, duplicates: Any) -> Any:
    if type(attrs) is not dict:
        raise Bad("the attributes of a frame in its value are no dictionary")
    if attrs:
        made.attrs = attrs
    if not duplicates:
        made.flags.allows_duplicate_labels = False
    return made


def _refuse_extra(item: Any) -> None:
    if extra_of(item):
        raise Unwritable("a frame with attributes of its own")


def _values(series: Any) -> Any:
    return elements(series.to_numpy()) if isinstance(series.dtype, np.dtype) else series.array


# Indexes.


def _index_state(index: Any) -> Any:
    values = elements(index.to_numpy()) if isinstance(index.dtype, np.dtype) else index.array
    return (values, getattr(index, "freqstr", None), index.name, type(index).__name__)


def _index(state: Any, reader: Any) -> Any:
    values, freq, name, kind = state
    if not isinstance(values, (np.ndarray, pd.api.extensions.ExtensionArray)) or getattr(values, "ndim", 1) != 1:
        raise Bad("an index in its value holds no array")
    made = pd.Index(values, dtype=values.dtype, name=name, copy=False)
    if freq is not None and isinstance(made, (pd.DatetimeIndex, pd.TimedeltaIndex)):
        made.freq = freq if type(freq) is str and len(freq) < 100 else "?"
    if type(made).__name__ != kind:
        raise Bad("an index in its value is of another kind than it says")
    return made


def _range_state(index: Any) -> Any:
    return (index.start, index.stop, index.step, index.name)


def _range(state: Any, reader: Any) -> Any:
    start, stop, step, name = state
    return pd.RangeIndex(start, stop, step, name=name)


def _multi_state(index: Any) -> Any:
    return (list(index.names), list(index.levels), [elements(np.asarray(codes)) for codes in index.codes])


def _multi(state: Any, reader: Any) -> Any:
    names, levels, codes = state
    if not all(isinstance(level, pd.Index) and not isinstance(level, pd.MultiIndex) for level in levels):
        raise Bad("an index in its value has no proper levels")
    if not all(type(code) is np.ndarray and code.dtype.kind == "i" for code in codes):
        raise Bad("an index in its value has no proper codes")
    return pd.MultiIndex(levels=levels, codes=codes, names=names, verify_integrity=True)


# Arrays of pandas' own.


def _categorical_state(arr: Any) -> Any:
    return (arr.categories, bool(arr.ordered), elements(arr.codes))


def _categorical(state: Any, reader: Any) -> Any:
    categories, ordered, codes = state
    if not isinstance(categories, pd.Index) or type(codes) is not np.ndarray or codes.dtype.kind != "i":
        raise Bad("a column of categories in its value has no proper codes")
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(categories, ordered=ordered))


def _masked_state(arr: Any) -> Any:
    mask = np.asarray(arr.isna())
    data = arr.to_numpy(dtype=arr.dtype.numpy_dtype, na_value=arr.dtype.numpy_dtype.type(0))
    return (elements(data), elements(mask))


def _masked(kind: Any) -> Callable[[Any, Any], Any]:
    def build(state: Any, reader: Any) -> Any:
        data, mask = state
        if type(data) is not np.ndarray or type(mask) is not np.ndarray or mask.dtype != bool or mask.shape != data.shape or data.ndim != 1:
            raise Bad("a nullable column in its value doesn't fit its mask")
        return kind(data, mask, copy=False)

    return build


def _dates_state(arr: Any) -> Any:
    return (elements(arr.asi8), _unit(arr.dtype), _zone(getattr(arr, "tz", None)), getattr(arr, "freqstr", None))


def _unit(dtype: Any) -> str:
    return dtype.unit if hasattr(dtype, "unit") else np.datetime_data(dtype)[0]


def _dates(state: Any, reader: Any) -> Any:
    numbers, unit, zone, freq = state
    _integers(numbers)
    made = pd.DatetimeIndex(numbers.view(f"M8[{_checked_unit(unit)}]"))
    tz = _to_zone(zone)
    if tz is not None:
        made = made.tz_localize("UTC").tz_convert(tz)
    if freq is not None:
        made.freq = freq if type(freq) is str and len(freq) < 100 else "?"
    return made.array


def _checked_unit(unit: Any) -> str:
    if unit not in ("s", "ms", "us", "ns"):
        raise Bad("a date in its value has an unknown unit")
    return unit


def _integers(numbers: Any) -> None:
    if type(numbers) is not np.ndarray or numbers.dtype != np.int64 or numbers.ndim != 1:
        raise Bad("a column of dates in its value holds no integers")


def _timedeltas_state(arr: Any) -> Any:
    return (elements(arr.asi8), _unit(arr.dtype), getattr(arr, "freqstr", None))


def _timedeltas(state: Any, reader: Any) -> Any:
    numbers, unit, freq = state
    _integers(numbers)
    made = pd.TimedeltaIndex(numbers.view(f"m8[{_checked_unit(unit)}]"))
    if freq is not None:
        made.freq = freq if type(freq) is str and len(freq) < 100 else "?"
    return made.array


def _periods_state(arr: Any) -> Any:
    return (elements(arr.asi8), arr.freqstr)


def _periods(state: Any, reader: Any) -> Any:
    numbers, freq = state
    _integers(numbers)
    return pd.arrays.PeriodArray(numbers, dtype=pd.PeriodDtype(_frequency(freq)))


def _frequency(freq: Any) -> str:
    if type(freq) is not str or len(freq) > 100:
        raise Bad("a period in its value has no proper frequency")
    return freq


def _intervals_state(arr: Any) -> Any:
    return (arr.left, arr.right, arr.closed)


def _intervals(state: Any, reader: Any) -> Any:
    left, right, closed = state
    if not isinstance(left, pd.Index) or not isinstance(right, pd.Index):
        raise Bad("a column of intervals in its value has no bounds")
    return pd.arrays.IntervalArray.from_arrays(left, right, closed=closed)


def _text_state(arr: Any) -> Any:
    """Offsets and text as Arrow holds them, each text once where they repeat; else the texts."""
    storage, missing = arr.dtype.storage, _is_nan(arr.dtype)
    if storage != "pyarrow" or not _arrow():
        return (storage, missing, [item if isinstance(item, str) else None for item in arr.to_numpy(dtype=object)])
    import pyarrow as pa

    found = arr.__arrow_array__()
    chunks = found.chunks if isinstance(found, pa.ChunkedArray) else [found]
    whole = pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in chunks]) if chunks else pa.array([], pa.large_string())
    which = None
    sample = whole.slice(0, 1000)
    if len(whole) >= 100 and len(sample.unique()) * 2 < len(sample):
        folded = whole.dictionary_encode()
        if len(folded.dictionary) * 4 < len(whole):
            which = folded.indices
            whole = folded.dictionary
    valid = (whole if which is None else which).is_valid().to_numpy(zero_copy_only=False) if (whole if which is None else which).null_count else None
    offsets, text = _parts_of(whole.fill_null("") if whole.null_count else whole)
    return (
        storage,
        missing,
        elements(offsets),
        elements(text),
        None if which is None else elements(which.fill_null(0).to_numpy(zero_copy_only=False)),
        None if valid is None else elements(valid),
    )


def _parts_of(texts: Any) -> Tuple[Any, Any]:
    _, places, data = texts.buffers()
    if len(texts) == 0 or places is None:
        return np.zeros(1, np.int64), np.zeros(0, np.uint8)
    offsets = np.frombuffer(places, dtype="<i8")[texts.offset : texts.offset + len(texts) + 1]
    text = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]] if data is not None and data.size else np.zeros(0, np.uint8)
    return offsets - offsets[0], text


def _text(state: Any, reader: Any) -> Any:
    storage, missing, *parts = state
    dtype = _string_dtype(storage, missing)
    if len(parts) == 1:
        if type(parts[0]) is not list or not set(map(type, parts[0])) <= {str, type(None)}:
            raise Bad("a column of text in its value holds something else")
        return pd.array(parts[0], dtype=dtype)
    import pyarrow as pa

    offsets, text, which, valid = parts
    for part, kind in ((offsets, "i8"), (text, "u1"), (which, "i4"), (valid, "?")):
        if not (part is None and kind in "i4?" or type(part) is np.ndarray and part.dtype == kind and part.ndim == 1):
            raise Bad("a column of text in its value has no proper parts")
    if not len(offsets) or offsets[0] != 0 or offsets[-1] != len(text) or (offsets[1:] < offsets[:-1]).any():
        raise Bad("a column of text in its value has parts that don't fit")
    whole = pa.Array.from_buffers(pa.large_string(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(text)])
    whole.validate(full=True)
    if which is not None:
        lengths = offsets[1:] - offsets[:-1]
        if len(which) and (which.min() < 0 or which.max() >= len(whole) or int(lengths[which].sum()) > _UNFOLDED):
            raise Bad("a column of text in its value has parts that don't fit")
        whole = whole.take(pa.array(which))
    if valid is not None:
        if len(valid) != len(whole):
            raise Bad("a column of text in its value has parts that don't fit")
        import pyarrow.compute as pc

        whole = pc.if_else(pa.array(valid), whole, pa.scalar(None, pa.large_string()))
    return dtype.__from_arrow__(whole)


def _is_nan(dtype: Any) -> bool:
    return isinstance(getattr(dtype, "na_value", None), float)


def _string_dtype(storage: Any, missing: Any) -> Any:
    if storage not in ("python", "pyarrow"):
        raise Bad("a column of text in its value is kept in an unknown way")
    return pd.StringDtype(storage, na_value=np.nan) if missing else pd.StringDtype(storage)


def _arrow() -> Any:
    from .formats import _pyarrow

    return _pyarrow()


# Scalars.


def _timestamp_state(t: Any) -> Any:
    number = t.asm8
    return (int(number.astype("i8")), np.datetime_data(number.dtype)[0], _zone(t.tz), t.fold)


def _timestamp(state: Any, reader: Any) -> Any:
    number, unit, zone, fold = state
    made = pd.Timestamp(np.datetime64(number, _checked_unit(unit)))
    tz = _to_zone(zone)
    return made if tz is None else made.tz_localize("UTC").tz_convert(tz)


def _timedelta_state(d: Any) -> Any:
    number = d.asm8
    return (int(number.astype("i8")), np.datetime_data(number.dtype)[0])


def _timedelta(state: Any, reader: Any) -> Any:
    number, unit = state
    return pd.Timedelta(np.timedelta64(number, _checked_unit(unit)))


def _period(state: Any, reader: Any) -> Any:
    ordinal, freq = state
    if type(ordinal) is not int:
        raise Bad("a period in its value has no proper number")
    return pd.Period(ordinal=ordinal, freq=_frequency(freq))


def _interval(state: Any, reader: Any) -> Any:
    left, right, closed = state
    if not all(type(bound) in (int, float, pd.Timestamp, pd.Timedelta) or isinstance(bound, np.number) for bound in (left, right)):
        raise Bad("an interval in its value has no proper bounds")
    return pd.Interval(left, right, closed)


def _zone(tz: Any) -> Any:
    """A time zone as the tagged form holds it; pytz's by their names."""
    pytz = sys.modules.get("pytz")
    if pytz is not None and isinstance(tz, pytz.BaseTzInfo) and getattr(tz, "zone", None):
        return ("pytz", tz.zone)
    return tz


def _to_zone(zone: Any) -> Any:
    import datetime

    if zone is None or type(zone) in (datetime.timezone, zoneinfo.ZoneInfo):
        return zone
    name, key = zone
    if name == "pytz" and type(key) is str and len(key) < 100:
        import pytz

        return pytz.timezone(key)
    raise Bad("a time zone in its value is not known here")


_STATES: Dict[type, Tuple[str, Callable[[Any], Any]]] = {
    pd.DataFrame: ("frame", _frame_state),
    pd.Series: ("series", _series_state),
    pd.RangeIndex: ("range", _range_state),
    pd.MultiIndex: ("multi", _multi_state),
    **{kind: ("index", _index_state) for kind in (pd.Index, pd.DatetimeIndex, pd.TimedeltaIndex, pd.PeriodIndex, pd.IntervalIndex, pd.CategoricalIndex)},
    **{kind: ("index", _index_state) for kind in (getattr(pd, name, None) for name in ("Int64Index", "UInt64Index", "Float64Index")) if kind is not None},
    pd.Categorical: ("categorical", _categorical_state),
    **{kind: (kind.__name__, _masked_state) for kind in _MASKED},
    pd.arrays.DatetimeArray: ("dates", _dates_state),
    pd.arrays.TimedeltaArray: ("timedeltas", _timedeltas_state),
    pd.arrays.PeriodArray: ("periods", _periods_state),
    pd.arrays.IntervalArray: ("intervals", _intervals_state),
    pd.arrays.StringArray: ("text", _text_state),
    **({pd.arrays.ArrowStringArray: ("text", _text_state)} if hasattr(pd.arrays, "ArrowStringArray") else {}),
    pd.Timestamp: ("Timestamp", _timestamp_state),
    pd.Timedelta: ("Timedelta", _timedelta_state),
    pd.Period: ("Period", lambda p: (p.ordinal, p.freqstr)),
    pd.Interval: ("Interval", lambda i: (i.left, i.right, i.closed)),
}

BUILDERS: Dict[str, Callable[[Any, Any], Any]] = {
    "pandas.NaT": lambda state, reader: pd.NaT,
    "pandas.NA": lambda state, reader: pd.NA,
    "pandas.frame": _frame,
    "pandas.series": _series,
    "pandas.range": _range,
    "pandas.multi": _multi,
    "pandas.index": _index,
    "pandas.categorical": _categorical,
    **{"pandas." + kind.__name__: _masked(kind) for kind in _MASKED},
    "pandas.dates": _dates,
    "pandas.timedeltas": _timedeltas,
    "pandas.periods": _periods,
    "pandas.intervals": _intervals,
    "pandas.text": _text,
    "pandas.Timestamp": _timestamp,
    "pandas.Timedelta": _timedelta,
    "pandas.Period": _period,
    "pandas.Interval": _interval,
}
