"""Where values come from that can't be hashed: a connection counts by the run that made it.

A run is a cell's source and what it read, recursively: small values by their digest, all else by its own origin. Of a value whose
state others change (a cursor, an iterator, a session) the runs count, too, that touched it since, in order; a hit counts
as its run. Values that were made together or one from the other, such as a connection and its cursor, are touched together.
"""

from __future__ import annotations

import hashlib
import sys
import types
from typing import Any, Dict, List, Optional, Set

from .. import digest as valuedigest
from ..source import fdigest, local, sourcefile, wrapped
from ..source.loads import loads_of
from . import cellcode

# Packages whose objects have no state that a call changes, but for what they were made with.
_STATELESS = frozenset(
    "openai anthropic mistralai cohere groq together boto3 botocore sqlalchemy google azure langchain_openai langchain_anthropic litellm logging".split()
)
_SMALL = 1 << 16  # bytes of a value that a run knows by its digest
_SHELLS = frozenset(("In", "Out", "get_ipython", "exit", "quit", "open", "_ih", "_oh", "_dh", "_", "__", "___", "_i", "_ii", "_iii"))


class Run:
    """One run of a cell, or its hit."""

    def __init__(self, digest: str):
        self.digest = digest
        self.files: List[str] = []  # that were read meanwhile


class _Group:
    """Values that are touched together."""

    def __init__(self) -> None:
        self.touches: List[Run] = []


class Origins:
    """What is known of where a notebook's names come from."""

    def __init__(self, shell: Any):
        self.shell = shell
        history = getattr(getattr(shell, "history_manager", None), "input_hist_raw", None) or []
        self._first = Run(_hash("before", *history))
        self._made: Dict[str, Run] = {}  # by name: the run that bound it
        self._groups: Dict[str, _Group] = {}
        self._before: Optional[Dict[str, Any]] = None
        self._run = self._first
        self._touched: Set[str] = set()

    def begin(self, cell: str) -> None:
        """A cell is about to run, or to be taken from its memo."""
        namespace = self.shell.user_ns
        self._before = dict(namespace)
        try:
            reads = self._reads(cell)
            parts = [f"{name} {self._token(name)}" for name in sorted(reads)]
            self._run = Run(_hash(fdigest.cell_form(cell).hex(), *parts))
        except Exception as e:  # of a cell that can't be read: its text says all
            reads = set(namespace)
            self._run = Run(_hash(cell, type(e).__name__))
        self._touched = {name for name in reads if name in namespace and _has_state(namespace[name])}

    def end(self, files: List[str]) -> None:
        """It ran, and read these files."""
        before, namespace = self._before, self.shell.user_ns
        if before is None:
            return
        self._before = None
        self._run.files = files
        bound = [n for n in namespace if n not in before or namespace[n] is not before[n]]
        for name in bound:
            self._made[name] = self._run
            self._groups.pop(name, None)
        made = [n for n in bound if _has_state(namespace[n]) and n not in _SHELLS]
        together = sorted(self._touched) + made
        groups = {id(g): g for g in (self._groups.get(name) for name in together) if g is not None}
        for group in list(groups.values()):
            if self._touched:
                group.touches.append(self._run)
        if made:
            one = _Group()
            one.touches = [run for group in groups.values() for run in group.touches]
            for name, group in list(self._groups.items()):
                if id(group) in groups:
                    self._groups[name] = one
            groups = {id(one): one}
        for name in together:
            if self._groups.get(name) is None:
                if not groups:
                    group = _Group()
                    if name in self._touched and name not in made:
                        group.touches.append(self._run)
                    groups = {id(group): group}
                self._groups[name] = next(iter(groups.values()))

    def of(self, value: Any, name: str) -> Optional[str]:
        """What stands for a value that is bound to name, or reached from it; None if nothing is known."""
        namespace = self.shell.user_ns
        if namespace.get(name) is not value:
            name = next((n for n, other in namespace.items() if other is value and n not in _SHELLS), name)
        if name in namespace and not isinstance(namespace[name], types.ModuleType):
            return self._origin(name)
        module = sys.modules.get(name.rpartition(".")[0] or name)
        return of_module(module) if module is not None else None

    def files_of(self, name: str) -> List[str]:
        """The files that were read where a name's value was made or touched."""
        runs = [self._made.get(name, self._first)] + (self._groups[name].touches if name in self._groups else [])
        return [path for run in runs for path in run.files]

    def _origin(self, name: str) -> str:
        made = self._made.get(name, self._first)
        touches = [] if _is_stateless(self.shell.user_ns.get(name)) or name not in self._groups else self._groups[name].touches
        return _hash(made.digest, *[run.digest for run in touches])

    def _reads(self, cell: str) -> Set[str]:
        """The names that a cell reads, by itself and through the notebook's functions."""
        namespace = self.shell.user_ns
        names = cellcode.of(cell, self.shell).names
        waiting = [load.name for load in names.reads if not load.name.startswith("import ")] + list(names.spelled)
        if names.computed:
            waiting += [name for name in namespace if not name.startswith("_") and name not in _SHELLS]
        found: Set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in found or name not in namespace:
                continue
            found.add(name)
            f = wrapped.unwrapped(namespace[name])
            if isinstance(f, types.FunctionType) and f.__globals__ is namespace:
                waiting += [load.name for load in loads_of(f.__code__)]
            elif isinstance(f, type) and f.__module__ == "__main__":
                for method in wrapped.own_functions(f):
                    waiting += [load.name for load in loads_of(method.__code__)]
        return found

    def _token(self, name: str) -> str:
        value = self.shell.user_ns[name]
        if isinstance(value, types.ModuleType):
            return of_module(value) if local.module_is_local(value) else f"module {value.__name__}"
        if isinstance(value, types.FunctionType):
            return _hash(sourcefile.code_form(value.__code__).hex())
        if not isinstance(value, type):
            try:
                return valuedigest.digest(value, None, _SMALL)
            except (valuedigest.Unhashable, valuedigest.OverBudget, valuedigest.Refused):
                pass
        return self._origin(name)


def of_module(module: types.ModuleType) -> Optional[str]:
    """What stands for all that a module made when it was loaded: its source."""
    path = getattr(module, "__file__", None)
    try:
        with open(path, "rb") as f:
            return _hash(hashlib.sha256(f.read()).hexdigest())
    except (OSError, TypeError):
        return None


_ATOMS = (type(None), bool, int, float, complex, str, bytes, type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, range, slice)
_DATA = frozenset(("numpy", "pandas", "polars", "pyarrow", "datetime", "decimal", "fractions", "pathlib", "uuid", "re"))


def _has_state(value: Any) -> bool:
    """Whether others may change a value's state where nobody sees it."""
    if isinstance(value, _ATOMS):
        return False
    if type(value) in (list, tuple, set, frozenset):
        return any(_has_state(item) for item in list(value)[:20])
    if type(value) is dict:
        return any(_has_state(item) for item in list(value.values())[:20])
    return type(value).__module__.partition(".")[0] not in _DATA


def _is_stateless(value: Any) -> bool:
    return type(value).__module__.partition(".")[0] in _STATELESS


def _hash(*parts: str) -> str:
    found = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        found.update(b"%d:" % len(data) + data)
    return found.hexdigest()[:32]
