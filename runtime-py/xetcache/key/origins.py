"""Where values come from that can't be hashed: a connection counts by the run that made it.

A run is a cell's source and what it read, recursively: small values by their digest, all else by its own origin. Of a value whose
state others change (a cursor, an iterator, a session) the runs count, too, that touched it since, in order; a hit counts
as its run. Values that were made together or one from the other, such as a connection and its cursor, are touched together.

Few cells ever ask. So before a cell runs only what may be gone afterwards is kept, which takes microseconds: what can't change by
reference, small lists, dictionaries and arrays as copies. What can change and is large counts by all runs before: each of them
may have changed it. The cell is parsed, and anything hashed, when a digest is asked for.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
import functools
import hashlib
import itertools
import os
import pathlib
import re
import sys
import types
import uuid
from typing import Any, Dict, FrozenSet, Iterable, List, NamedTuple, Optional, Set, Tuple

from .. import digest as valuedigest
from ..source import fdigest, local, sourcefile, wrapped
from ..source.loads import loads_of
from . import cellcode

# Packages whose objects have no state that a call changes, but for what they were made with.
_STATELESS = frozenset(
    "openai anthropic mistralai cohere groq together boto3 botocore sqlalchemy google azure langchain_openai langchain_anthropic litellm logging".split()
)
_SMALL = 1 << 12  # bytes of a value that a run knows by its digest
_ITEMS = 200  # of a container that a run knows by its digest, those inside it included
_SHELLS = frozenset(("In", "Out", "get_ipython", "exit", "quit", "open", "_ih", "_oh", "_dh", "_", "__", "___", "_i", "_ii", "_iii"))
_COMPUTES = frozenset(("globals", "locals", "vars", "dir", "user_ns", "user_global_ns", "eval", "exec"))  # a cell with these words may read any name


class _Seen(NamedTuple):
    """What a run keeps of one value that it may read."""

    kind: str  # "value", "text", "origin", or "before": counts by all runs before
    what: Any = None
    codes: Tuple[types.CodeType, ...] = ()  # whose names it reads, too


class Run:
    """One run of a cell, or its hit."""

    def __init__(self, place: int, cell: str, seen: Dict[str, _Seen]):
        self.place = place  # among the runs of this session
        self.cell = cell
        self.seen = seen
        self.salt = ""
        self.loaded = ""  # what stands for the user's modules, if it loaded any
        self.files: List[str] = []  # that were read meanwhile
        self.digest: Optional[str] = None
        self.read: Optional[Set[str]] = None


class _Touch(NamedTuple):
    """A run that may have touched the values of some names."""

    run: Run
    names: FrozenSet[str]


class _Group:
    """Values that are touched together."""

    def __init__(self) -> None:
        self.touches: List[_Touch] = []


class Origins:
    """What is known of where a notebook's names come from."""

    def __init__(self, shell: Any):
        self.shell = shell
        history = getattr(getattr(shell, "history_manager", None), "input_hist_raw", None) or []
        self._first = Run(0, "", {})
        self._first.digest, self._first.read = _hash("before", *history), set()
        self._runs = [self._first]
        self._upto: List[str] = []  # for each run that was asked for, the digest of it and all before it
        self._made: Dict[str, Run] = {}  # by name: the run that bound it
        self._groups: Dict[str, _Group] = {}
        self._before: Optional[Dict[str, Any]] = None
        self._run = self._first
        self._touched: Set[str] = set()

    def begin(self, cell: str) -> None:
        """A cell is about to run, or to be taken from its memo."""
        namespace = self.shell.user_ns
        self._before = {name: id(value) if _is_let_go(type(value)) else value for name, value in namespace.items()}
        seen: Dict[str, _Seen] = {}
        self._touched = set()
        self._run = Run(len(self._runs), cell, seen)
        self._run.salt = "begun"
        self._runs.append(self._run)
        waiting = list(cellcode.words(cell))
        if not _COMPUTES.isdisjoint(waiting):
            self._touched = {n for n, value in namespace.items() if n not in _SHELLS and not n.startswith("_") and _has_state(value)}
        while waiting:
            name = waiting.pop()
            if name in seen or name not in namespace or name in _SHELLS:
                continue
            value = namespace[name]
            seen[name] = found = self._look(name, value)
            for code in found.codes:
                waiting += _names_of(code)
            if _has_state(value):
                self._touched.add(name)
        self._run.salt = ""

    def end(self, files: List[str], loaded: str = "", interrupted: bool = False) -> None:
        """It ran, read these files, and loaded modules of the user's."""
        before, namespace = self._before, self.shell.user_ns
        if before is None:
            return
        self._before = None
        self._run.files, self._run.loaded = files, loaded
        if interrupted or self._run.salt:  # what it left hangs on when, or on what nobody knows: no other run leaves the same
            self._run.salt = uuid.uuid4().hex
        bound = [n for n, v in namespace.items() if n not in before or (before[n] != id(v) if _is_let_go(type(v)) else before[n] is not v)]
        for name in bound:
            self._made[name] = self._run
            self._groups.pop(name, None)
        made = [n for n in bound if n not in _SHELLS and _has_state(namespace[n])]
        if not made and not self._touched:
            return
        together = sorted(self._touched) + made
        touch = _Touch(self._run, frozenset(self._touched))
        groups = {id(g): g for g in (self._groups.get(name) for name in together) if g is not None}
        for group in list(groups.values()):
            if self._touched:
                group.touches.append(touch)
        if made:
            one = _Group()
            one.touches = [t for group in groups.values() for t in group.touches]
            for name, group in list(self._groups.items()):
                if id(group) in groups:
                    self._groups[name] = one
            groups = {id(one): one}
        for name in together:
            if self._groups.get(name) is None:
                if not groups:
                    group = _Group()
                    if name in self._touched and name not in made:
                        group.touches.append(touch)
                    groups = {id(group): group}
                self._groups[name] = next(iter(groups.values()))

    def of(self, value: Any, name: str) -> Optional[str]:
        """What stands for a value that is bound to name, or reached from it; None if nothing is known."""
        namespace = self.shell.user_ns
        if namespace.get(name) is not value:
            name = next((n for n, other in namespace.items() if other is value and n not in _SHELLS), name)
        if name in namespace and not isinstance(namespace[name], types.ModuleType):
            parts = self._parts(namespace[name], 0)
            return _hash(self._digest(self._origin(name, namespace[name])), *parts) if parts else self._digest(self._origin(name, namespace[name]))
        module = sys.modules.get(name.rpartition(".")[0] or name)
        return of_module(module) if module is not None else None

    def _parts(self, value: Any, depth: int) -> List[str]:
        """What can be hashed in a container or an instance of the user's that holds what can't be: other names may lead there, and change it."""
        if type(value) in (list, tuple):
            items = list(value)
        elif type(value) is dict:
            items = [x for pair in value.items() for x in pair]
        elif local.class_is_local(type(value)) and hasattr(value, "__dict__"):
            items = [x for pair in vars(value).items() for x in pair]
        else:
            return []
        if depth > 4 or len(items) > 2000:
            self._resolve(len(self._runs) - 1)
            return [self._upto[-1]]
        found = [type(value).__qualname__]
        for item in items:
            try:
                found.append(valuedigest.digest(item))
            except (valuedigest.Unhashable, valuedigest.OverBudget, valuedigest.Refused):
                found += [type(item).__qualname__, *self._parts(item, depth + 1)]
        return found

    def files_of(self, name: str) -> List[str]:
        """The files that were read where a name's value was made or touched, and what it was made of."""
        found: Dict[str, None] = {}
        waiting = list(self._of_origin(self._origin(name, self.shell.user_ns.get(name))))
        known: Set[int] = set()
        while waiting:
            run = waiting.pop()
            if run.place in known:
                continue
            known.add(run.place)
            found.update(dict.fromkeys(run.files))
            for read in self._reads(run):
                seen = run.seen.get(read)
                if seen is not None and seen.kind == "origin":
                    waiting += self._of_origin(seen.what)
                elif seen is not None and seen.kind == "before":
                    waiting += self._runs[: run.place]
        return list(found)

    def _look(self, name: str, value: Any) -> _Seen:
        """What to keep of a value that a cell may read and change."""
        if isinstance(value, types.ModuleType):
            return _Seen("text", f"module {value.__name__} " + (sourcefile.loaded_digest() if local.module_is_local(value) else ""))
        if isinstance(value, types.FunctionType):
            f = wrapped.unwrapped(value)
            if f.__globals__ is not self.shell.user_ns:
                own = local.is_local(f.__code__.co_filename, f.__module__)
                return _Seen("text", f"{f.__module__}.{f.__qualname__} " + (sourcefile.loaded_digest() if own else ""))
            if f is not value or f.__closure__ or f.__defaults__ or f.__kwdefaults__ or vars(f):
                return _Seen("origin", self._origin(name, value), (f.__code__,))
            return _Seen("value", f.__code__, (f.__code__,))
        if isinstance(value, type):
            if value.__module__ == "__main__":
                return _Seen("origin", self._origin(name, value), _methods(value))
            return _Seen("text", f"{value.__module__}.{value.__qualname__} " + (sourcefile.loaded_digest() if local.class_is_local(value) else ""))
        codes = _methods(type(value)) if type(value).__module__ == "__main__" else ()
        kept = _kept(value)
        if kept is not _NOT_KEPT:
            return _Seen("value", kept, codes)
        if type(value) in (str, bytes) or _has_state(value) and type(value) not in _CONTAINERS and not local.class_is_local(type(value)):
            return _Seen("origin", self._origin(name, value), codes)
        return _Seen("before", None, codes)

    def _origin(self, name: str, value: Any) -> Tuple[Run, Tuple[_Touch, ...]]:
        made = self._made.get(name, self._first)
        group = self._groups.get(name)
        return made, () if group is None or is_stateless(value) else tuple(group.touches)

    def _of_origin(self, origin: Tuple[Run, Tuple[_Touch, ...]]) -> List[Run]:
        made, touches = origin
        return [made] + [t.run for t in touches if not t.names.isdisjoint(self._reads(t.run))]

    def _digest(self, origin: Tuple[Run, Tuple[_Touch, ...]]) -> str:
        runs = self._of_origin(origin)
        self._resolve(max(run.place for run in runs) + 1)
        return _hash(*[str(run.digest) for run in runs])

    def _resolve(self, end: int) -> None:
        """Find the digests of the first runs: each needs none but earlier ones."""
        for run in self._runs[len(self._upto) : end]:
            if run.digest is None:
                run.digest = self._of_run(run)
            self._upto.append(_hash(self._upto[-1] if self._upto else "", run.digest))

    def _of_run(self, run: Run) -> str:
        try:
            form = fdigest.cell_form(run.cell).hex()
            parts = [f"{name} {self._token(run, run.seen[name])}" for name in sorted(self._reads(run)) if name in run.seen]
            if cellcode.of(run.cell, self.shell).names.computed:
                parts.append(self._upto[run.place - 1])
        except Exception as e:  # of a cell that can't be read: its text says all, and what ran before
            return _hash(run.cell, run.salt, type(e).__name__, self._upto[run.place - 1])
        return _hash(form, run.salt, run.loaded, *parts)

    def _token(self, run: Run, seen: _Seen) -> str:
        if seen.kind == "text":
            return str(seen.what)
        if seen.kind == "origin":
            return _hash(*[str(r.digest) for r in self._of_origin(seen.what)])
        if seen.kind == "value" and isinstance(seen.what, types.CodeType):
            return _hash(sourcefile.code_form(seen.what).hex())
        if seen.kind == "value":
            try:
                return valuedigest.digest(seen.what)
            except (valuedigest.Unhashable, valuedigest.OverBudget, valuedigest.Refused):
                pass
        return self._upto[run.place - 1]

    def _reads(self, run: Run) -> Set[str]:
        """The names that a cell read, by itself and through the notebook's functions."""
        if run.read is not None:
            return run.read
        names = cellcode.of(run.cell, self.shell).names
        waiting = [load.name for load in names.reads if not load.name.startswith("import ")] + list(names.spelled)
        found: Set[str] = set(run.seen) if names.computed else set()
        while waiting:
            name = waiting.pop()
            seen = run.seen.get(name)
            if name in found or seen is None:
                continue
            found.add(name)
            for code in seen.codes:
                waiting += [load.name for load in loads_of(code)]
        run.read = found
        return found


def _methods(cls: type) -> Tuple[types.CodeType, ...]:
    return tuple(f.__code__ for c in cls.__mro__ if c.__module__ == "__main__" for f in wrapped.own_functions(c))


def of_module(module: types.ModuleType) -> Optional[str]:
    """What stands for all that a module made when it was loaded: its source."""
    path = getattr(module, "__file__", None)
    try:
        there = os.stat(path)  # type: ignore[arg-type]
        return _of_file(path, there.st_mtime_ns, there.st_size)
    except (OSError, TypeError, ValueError):
        return None


@functools.lru_cache(maxsize=1024)
def _of_file(path: str, mtime: int, size: int) -> str:
    with open(path, "rb") as f:
        return _hash(hashlib.sha256(f.read()).hexdigest())


@functools.lru_cache(maxsize=8192)
def _names_of(code: types.CodeType) -> Tuple[str, ...]:
    """All names in a function's code: those of globals are among them."""
    return tuple(dict.fromkeys(name for inner in sourcefile.nested(code) for name in inner.co_names))


_ATOMS = (type(None), bool, int, float, complex, str, bytes, type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, range, slice)
_DATA = frozenset(("numpy", "pandas", "polars", "pyarrow", "datetime", "decimal", "fractions", "pathlib", "uuid", "re"))

_PLAIN = frozenset((type(None), bool, int, float, complex, range, slice, datetime.datetime, datetime.date, datetime.time, datetime.timedelta,
                    decimal.Decimal, fractions.Fraction, uuid.UUID, re.Pattern, type(pathlib.Path()), pathlib.PurePosixPath, type(...), type(NotImplemented)))  # fmt: skip
_CONTAINERS = frozenset((list, tuple, dict, set, frozenset))
_NOT_KEPT = object()
_DIRECT = frozenset((type(None), bool, int, float, complex, str, bytes))


def _kept(value: Any) -> Any:
    """A value that nobody can change, or a copy of a small one; _NOT_KEPT if it is neither."""
    cls = type(value)
    if cls is types.BuiltinFunctionType:
        return value if value.__self__ is None or isinstance(value.__self__, types.ModuleType) else _NOT_KEPT
    if cls in _PLAIN:
        return value
    if cls is str or cls is bytes:
        return value if len(value) <= _SMALL else _NOT_KEPT
    if cls in _CONTAINERS:
        return _copied(value, [_ITEMS])
    numpy = sys.modules.get("numpy")
    if numpy is not None and cls is numpy.ndarray:
        return value.copy() if value.nbytes <= _SMALL and not value.dtype.hasobject else _NOT_KEPT
    if numpy is not None and isinstance(value, numpy.generic):
        return value if not isinstance(value, numpy.void) else _NOT_KEPT
    pandas = sys.modules.get("pandas")
    if pandas is not None and cls in (getattr(pandas, "DataFrame", None), getattr(pandas, "Series", None)):
        return _at_once(value) if value.size * 8 <= _SMALL else _NOT_KEPT
    if cls.__module__ == "__main__" and len(getattr(value, "__dict__", ())) <= 20:
        return _at_once(value)
    return _NOT_KEPT


def _at_once(value: Any) -> Any:
    """The digest of a small value that has no quick copy."""
    try:
        return valuedigest.digest(value, None, 4 * _SMALL)
    except Exception:
        return _NOT_KEPT


def _copied(value: Any, left: List[int]) -> Any:
    cls = type(value)
    if cls in _PLAIN:
        return value
    if cls is str or cls is bytes:
        left[0] -= len(value) // 64
        return value if left[0] >= 0 else _NOT_KEPT
    if cls not in _CONTAINERS or len(value) > left[0]:
        return _NOT_KEPT
    left[0] -= len(value) + 1
    items: Iterable[Any] = [x for pair in value.items() for x in pair] if cls is dict else list(value)
    copies = []
    for item in items:
        copy = _copied(item, left)
        if copy is _NOT_KEPT:
            return copy
        copies.append(copy)
    return dict(zip(copies[::2], copies[1::2])) if cls is dict else cls(copies)


@functools.lru_cache(maxsize=4096)
def _is_let_go(kind: type) -> bool:
    """Whether values of a type are known by their identity while a cell runs, and not held: it may free them, or resize them."""
    return kind in _CONTAINERS or kind.__module__.partition(".")[0] in _DATA or local.class_is_local(kind)


def _has_state(value: Any, left: Optional[List[int]] = None) -> bool:
    """Whether others may change a value's state where nobody sees it. Of large containers a few items are looked at."""
    kind = type(value)
    if kind in _DIRECT or isinstance(value, _ATOMS):
        return False
    if kind in _CONTAINERS:
        left = [40] if left is None else left
        for item in itertools.islice(value.values() if kind is dict else value, 20):
            left[0] -= 1
            if left[0] < 0:
                return False
            if type(item) not in _DIRECT and _has_state(item, left):
                return True
        return False
    return kind.__module__.partition(".")[0] not in _DATA


def is_stateless(value: Any) -> bool:
    return type(value).__module__.partition(".")[0] in _STATELESS


def _hash(*parts: str) -> str:
    found = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        found.update(b"%d:" % len(data) + data)
    return found.hexdigest()[:32]
