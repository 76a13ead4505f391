"""Whether a run drew on a figure that was there before: what each artist says of itself, since figures have no digest."""

from __future__ import annotations

import re
import sys
from typing import Any, Dict, List, Tuple

_SAYS = ("get_visible", "get_zorder", "get_alpha", "get_label", "get_text", "get_color", "get_facecolor", "get_edgecolor", "get_linewidth", "get_linestyle",
         "get_marker", "get_xdata", "get_ydata", "get_array", "get_offsets", "get_extent", "get_clim", "get_xlim", "get_ylim", "get_xscale", "get_yscale",
         "get_position", "get_size_inches", "get_dpi", "get_aspect")  # fmt: skip

Looks = Dict[str, List[Tuple[Any, List[Any]]]]


def looks(values: Dict[str, Any]) -> Looks:
    """How the figures look that these values are, or are on; by their names."""
    artist = getattr(sys.modules.get("matplotlib.artist"), "Artist", None)
    found: Looks = {}
    for name, value in values.items() if artist is not None else ():
        if type(value).__module__ == "numpy" and getattr(value, "size", 0) and getattr(value, "dtype", None) == object:
            value = value.ravel()[0]  # the axes that subplots() gives
        if isinstance(value, artist):
            found[name] = _look(value.get_figure() or value)
    return found


def drawn_on(before: Looks, values: Dict[str, Any]) -> str:
    """The name of a value whose figure looks different now, or ""."""
    now = looks(values)
    for name, said in before.items():
        other = now.get(name, [])
        if len(said) != len(other) or any(a is not b or x != y for (a, x), (b, y) in zip(said, other)):
            return name
    return ""


def _look(figure: Any) -> List[Tuple[Any, List[Any]]]:
    axis: Any = sys.modules["matplotlib.axis"].Axis  # whose ticks are made when it is drawn
    found, stack = [], [figure]
    while stack:
        artist = stack.pop()
        said = []
        for name in _SAYS:
            try:
                said.append(_word(getattr(artist, name)()))
            except Exception:  # not every artist has each of them, or an answer before it was drawn
                continue
        found.append((artist, said))
        stack += [artist.label] if isinstance(artist, axis) else artist.get_children()
    return found


def _word(value: Any) -> Any:
    import numpy as np

    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        mask = np.ma.getmaskarray(value) if isinstance(value, np.ma.MaskedArray) else b""
        return value.shape, hash(np.ma.getdata(value).tobytes()), bytes(mask)
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))
