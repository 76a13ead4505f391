"""What has its elements in the memory of a frame: arrays that ``.values`` gave and, where pandas doesn't copy on write, columns.

Such a part is kept as the place in its frame from which it is taken again, so that it still sees what is written to the frame. What has no
such place, like a frame made over an array, is not kept.
"""

from __future__ import annotations

import sys
from typing import Any, Dict, Iterable, List, Optional, Set, Tuple

from .pickles import Unstorable

Place = Tuple[Any, Optional[int]]  # a frame, and the number of its column; None for all of it


def places(kept: Dict[str, Any], before: Iterable[Any], changed: Set[int]) -> Dict[int, Place]:
    """By identity, each part of a frame that is kept, with its place. kept are walks over what is kept, by name; before are those over what
    was there, of which nothing is kept; changed are the ids of what gets another content. Raises Unstorable."""
    walks = [("", walk) for walk in before] + [(name, walk) for name, walk in kept.items()]
    if not any(walk.arrays_of_frames for _, walk in walks):
        return {}
    there = {id(part) for name, walk in walks if not name for part in _parts(walk)}
    found: Dict[int, Place] = {}
    for group in _groups(walks):
        parts = {id(part): (name, part) for name, part, _ in group}
        frames = {id(part): part for _, part, arr in group if part is not arr}
        new = {ident: known for ident, known in parts.items() if ident not in there}
        if len(parts) == 1 or len(frames) == len(parts) and _copies_on_write():
            continue  # frames and columns of which none sees what is written to another
        if not frames.keys().isdisjoint(changed):
            raise Unstorable(f"a frame changes whose memory {_named(group)} shares")
        owners = [part for ident, part in frames.items() if ident in there] or sorted(frames.values(), key=lambda frame: -getattr(frame, "ndim", 0))[:1]
        if len(new) < len(parts) and id(owners[0]) in new:
            raise Unstorable(f"{_named(group)} shares the memory of an array that was there before")
        for ident, (name, part) in new.items():
            if any(part is owner for owner in owners):
                continue
            place = next((place for place in (_place(part, owner) for owner in owners) if place is not None), None)
            if place is None:
                raise Unstorable(f"{name} shares the memory of a frame")
            found[ident] = place
    return found


def _parts(walk: Any) -> List[Any]:
    return [*walk.arrays, *(walk.of_frames[id(arr)] for arr in walk.arrays_of_frames)]


def _groups(walks: List[Tuple[str, Any]]) -> List[List[Tuple[str, Any, Any]]]:
    """(name, array or the frame that it is of, array) of those that have memory in common, where a frame is among them."""
    from ..digest import arrays

    found = [(name, arr, arr) for name, walk in walks for arr in walk.arrays]
    found += [(name, walk.of_frames[id(arr)], arr) for name, walk in walks for arr in walk.arrays_of_frames]
    groups = [[found[i] for i in group] for group in arrays.sharing([arr for _, _, arr in found])]
    return [group for group in groups if any(part is not arr for _, part, arr in group)]


def _place(part: Any, frame: Any) -> Optional[Place]:
    """Where a part lies in a frame, if exactly there."""
    import numpy as np
    import pandas as pd

    if not isinstance(frame, (pd.DataFrame, pd.Series)):
        return None
    if isinstance(part, pd.Series) and frame.ndim == 2:
        if not isinstance(part.dtype, np.dtype) or part.index is not frame.index and not part.index.equals(frame.index):
            return None
        values = part.to_numpy()
    elif type(part) is np.ndarray:
        if bool(part.flags.num & 0x400) and _copies_on_write():
            return None
        values = part
    else:
        return None
    columns: Iterable[Optional[int]] = [None] if values.ndim == frame.ndim else range(frame.shape[1]) if values.ndim == 1 else ()
    return next(((frame, i) for i in columns if _same_memory(taken(frame, i), values)), None)


def taken(frame: Any, column: Optional[int]) -> Any:
    """The elements of a frame, or of one of its columns."""
    if column is None:
        return frame.to_numpy()
    return frame.iloc[:, column].to_numpy()


def column(frame: Any, number: int) -> Any:
    """A column that shares the memory of its frame."""
    return frame.iloc[:, number]


def values(frame: Any, number: Optional[int]) -> Any:
    """Elements in the memory of their frame. Raises Unstorable if this pandas gives a copy."""
    from ..digest import arrays

    found = taken(frame, number)
    if not arrays.sharing([found, taken(frame, number)]):
        raise Unstorable("a frame gives no view of its elements here")
    return found


def _same_memory(a: Any, b: Any) -> bool:
    from ..digest import arrays

    return a.shape == b.shape and a.dtype == b.dtype and a.strides == b.strides and arrays.address(a) == arrays.address(b)


def _copies_on_write() -> bool:
    pd = sys.modules.get("pandas")
    if pd is None or int(pd.__version__.partition(".")[0]) >= 3:
        return True
    return getattr(pd.options.mode, "copy_on_write", False) is True


def _named(group: Any) -> str:
    return ", ".join(dict.fromkeys(name for name, _, _ in group if name)) or "another value"
