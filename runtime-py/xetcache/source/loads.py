"""Which global names code reads and binds, by its bytecode."""

from __future__ import annotations

import dis
import functools
import types
from typing import Any, Dict, FrozenSet, List, NamedTuple, Optional, Set, Tuple

from . import sourcefile


class Load(NamedTuple):
    """A global name that code reads, with the attributes it then reads of it: ``np.linalg.norm``."""

    name: str
    attrs: Tuple[str, ...]


_LOADS = frozenset(("LOAD_GLOBAL", "LOAD_NAME", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_GLOBALS"))
_ATTRS = frozenset(("LOAD_ATTR", "LOAD_METHOD"))


@functools.lru_cache(maxsize=8192)
def loads(code: types.CodeType) -> Tuple[Tuple[Load, ...], frozenset]:
    """The global loads of one code object alone, in order, and the names it stores globally before any load."""
    found: Dict[Load, None] = {}
    stored: Set[str] = set()
    name: Optional[str] = None
    attrs: List[str] = []
    before: List[Any] = [None, None]  # what the last two instructions loaded: level and names of an import
    for step in dis.get_instructions(code):
        op = step.opname
        if name is not None and op in _ATTRS:
            attrs.append(step.argval)
            continue
        if op in ("PUSH_NULL", "NOP", "EXTENDED_ARG", "CACHE", "PRECALL"):
            continue
        if name is not None:
            if not attrs and op in ("STORE_ATTR", "DELETE_ATTR"):
                attrs.append("")  # ``module.attr = x`` reads nothing of it
            found[Load(name, tuple(attrs))] = None
            name, attrs = None, []
        if op in _LOADS and step.argval not in stored:
            name = step.argval
        elif op in ("STORE_NAME", "STORE_GLOBAL"):
            stored.add(step.argval)
        elif op == "IMPORT_NAME":
            level = before[0] if isinstance(before[0], int) else 0
            found[Load("import " + "." * level + step.argval, code.co_names)] = None
        before = [before[1], step.argval]
    if name is not None:
        found[Load(name, tuple(attrs))] = None
    return tuple(found), frozenset(stored)


def with_names(load: Load, names: Dict[str, None]) -> Load:
    """An import with all the names of the code around it, inner functions' included."""
    return load._replace(attrs=tuple(names)) if load.name.startswith("import ") else load


def names_in(code: types.CodeType) -> Dict[str, None]:
    return dict.fromkeys(name for inner in sourcefile.nested(code) for name in inner.co_names)


@functools.lru_cache(maxsize=8192)
def loads_of(code: types.CodeType) -> Tuple[Load, ...]:
    """The names that a function's code loads from its globals, its inner functions' included, each once."""
    found: Dict[Load, None] = {}
    names = names_in(code)
    for inner in sourcefile.nested(code):
        found.update(dict.fromkeys(with_names(load, names) for load in loads(inner)[0]))
    return tuple(found)


def bound_by_cell(code: types.CodeType) -> FrozenSet[str]:
    """The names that a cell's own code binds, without those that its functions declare global."""
    return frozenset(step.argval for step in dis.get_instructions(code) if step.opname in ("STORE_NAME", "STORE_GLOBAL"))
