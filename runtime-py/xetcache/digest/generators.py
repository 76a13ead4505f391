"""How random generators enter a value's digest.

A generator of one's own enters with its state. Those that a whole process shares (``random.random``, ``np.random.normal``)
enter by name: their state differs in every process until somebody seeds them, and much refers to them that never draws, such
as each distribution of SciPy's. The linter reports who draws from them (XM303).
"""

from __future__ import annotations

import random
import sys
from typing import Any, Callable, Dict, List, Optional

from . import tags
from .instances import instances


def encoder(kind: type) -> Optional[Callable[[Any, List[Any]], None]]:
    return _generators if kind in (random.Random, _numpy_kind()) else None


def _generators(walk: Any, col: List[Any]) -> None:
    shared = _shared()
    names = [shared.get(id(item), "") for item in col]
    walk.out += tags.GENERATORS
    walk.queue.append(names)
    own = [item for item, name in zip(col, names) if not name]
    if own:
        instances(walk, own)


def _shared() -> Dict[int, str]:
    """The names of the process's generators, by their ids."""
    found = {id(getattr(random, "_inst", None)): "random"}
    numpy = sys.modules.get("numpy.random.mtrand")
    if numpy is not None:
        found[id(getattr(numpy, "_rand", None))] = "numpy.random"
    return found


def _numpy_kind() -> Optional[type]:
    return getattr(sys.modules.get("numpy.random.mtrand"), "RandomState", None)
