"""What a run of a cell left behind, and how a hit leaves the same.

Before the run, the objects that it can reach are noted with their paths. After it, what is stored is

- each name that it bound: plain values in formats of their own; all else in one pickle, where an object that was there before is a
  reference to its path and not a copy;
- the new content of each object that was there before and has changed (setters.py);
- the statements that a hit runs again: imports and definitions;
- the names that it deleted.

A value that would not come back as it was raises Unstorable: the cell isn't memoized then.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import sys
import types
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from .. import digest as valuedigest
from ..digest.instances import is_plain
from ..key import cellcode
from ..key.key import OF_SHELL, Key
from ..source import loads, reach, wrapped
from ..source.local import module_is_local
from . import columns, figures, pickles, setters, spent, tagged
from .paths import Paths, TooLong, resolve
from .pickles import Unstorable

RESULT = "Out"  # the name that a cell's last value goes by among the values of a pickle

_SECONDS = 1.0  # to note where objects lie

_HISTORY = re.compile(r"_+|_i+|_i?\d+|_+\d*\Z")

_PLAIN = (type(None), bool, int, float, str, list, dict)


class Left(NamedTuple):
    """What is to be stored."""

    plain: Dict[str, Any]  # values that stand alone, by name
    digests: Dict[str, Optional[str]]  # of all names bound
    pickled: bytes  # the rest, b"" if there is none
    names: List[str]  # the names whose values are in it
    again: List[int]  # statements that a hit runs again
    made_again: List[str]  # the names that these bind
    deleted: List[str]
    changed: Dict[str, str]  # the digests of what it changed in place, by name
    result: Tuple[Any, ...]  # its last value, if that has a format of its own
    result_of: str  # the name that is bound to its last value, if there is one


class Before:
    """What a cell can reach before it runs."""

    def __init__(self, key: Key, cell: str, shell: Any):
        self.key = key
        self.cell = cell
        self.shell = shell
        self.code = cellcode.of(cell, shell)
        self.namespace = dict(shell.user_ns)
        roots = dict(key.roots)
        for load in self.code.names.reads:
            value = self.namespace.get(load.name)
            if load.name not in roots and load.name not in OF_SHELL and isinstance(value, types.FunctionType):
                roots[load.name] = value
        for label, value in key.data.items():
            if label not in roots and value_at(label, self.namespace) is value:
                roots[label] = value
        self.modules = _modules(self.code, self.namespace)
        self.loaded = frozenset(sys.modules)
        self.figures = figures.looks(key.roots)
        try:
            self.paths: Optional[Paths] = Paths(roots, _SECONDS)
        except TooLong:
            self.paths = None

    def left(self, wanted: List[str], result: Any, only: Optional[List[str]] = None) -> Left:
        """What the cell left. wanted are names that must be among what it bound, result is its last value. Raises Unstorable; where
        only names outputs, other names that can't be kept are left out."""
        namespace = self.shell.user_ns
        names = self.code.names
        bound = {n: namespace[n] for n in namespace if self._is_bound(n) and (only is None or n in only or _has_format(namespace[n]))}
        for name in wanted:
            if name not in namespace:
                raise Unstorable(f"{name} is in output= but the cell doesn't bind it")
        deleted = sorted(n for n in self.namespace if n not in namespace and not _is_history(n, names.may))
        changed = self._changed(bound)
        again, made_again = self._again(bound)
        rest = {name: value for name, value in bound.items() if name not in made_again}
        result_of = next((name for name, value in {**bound, **self.key.roots}.items() if value is result), "") if result is not None else ""
        if result is not None and not result_of and not _is_definition(result):
            rest[RESULT] = result
        walks = {name: _Walked(value) for name, value in rest.items()}
        for made in made_again:
            objects = _Walked(bound[made]).of_classes if isinstance(bound[made], type) else set()
            sharing = [name for name in walks if not walks[name].objects.isdisjoint(objects)]
            if sharing:
                raise Unstorable(f"{', '.join(sharing)} shares with an attribute of the class {made}")
        before = self._objects_before()
        for name in self.touched:  # what was put into an input is stored with it
            before |= _Walked(self.paths.roots[name]).objects if self.paths is not None else set()
        self.parts = self._parts_of_frames(walks, changed)
        plain = self._plain(rest, walks, before, set(made_again))
        values = {name: value for name, value in rest.items() if name not in plain}
        pickled = b""
        try:
            pickled = self._pickled(values, walks, changed) if values or changed else b""
        except Unstorable:
            if RESULT not in values:
                raise
            del values[RESULT]  # it stays unset after a hit: a later cell that asks for it is told
            pickled = self._pickled(values, walks, changed) if values or changed else b""
        kept = (plain.pop(RESULT),) if RESULT in plain else ()
        digests = {name: walk.digest for name, walk in walks.items() if name != RESULT}
        names = [name for name in values if name != RESULT]
        in_place = {n: d for n, d in changed.items() if n not in bound or bound[n] is self.key.roots.get(n)}
        return Left(plain, digests, pickled, names, again, made_again, deleted, in_place, kept, result_of)

    # Names.

    def same(self) -> Dict[str, str]:
        """The digests of names that the cell may have bound to what they held already: a hit leaves them, and wants them so."""
        names, found = self.code.names, {}
        for name in sorted(names.may - names.must):
            value = self.shell.user_ns.get(name, _NOTHING)
            if value is not _NOTHING and self.namespace.get(name, _NOTHING) is value and not _is_history(name, frozenset()):
                found[name] = digest_of(value)
        return found

    def _is_bound(self, name: str) -> bool:
        names = self.code.names
        if _is_history(name, names.may):
            return False
        return name in names.must or self.namespace.get(name, _NOTHING) is not self.shell.user_ns[name]

    def _changed(self, bound: Dict[str, Any]) -> Dict[str, str]:
        """The digests of what the cell read and changed in place. Raises Unstorable for what no setter reaches."""
        for module, members in self.modules:
            for name, value in _members(module, members).items():
                if members.get(name, _NOTHING) is not value:
                    raise Unstorable(f"it sets {module.__name__}.{name}")
        key, found = self.key, {}
        drawn = figures.drawn_on(self.figures, key.roots)
        if drawn:
            raise Unstorable(f"it draws on a figure that was there before: {drawn}")
        again = key.again(self.namespace)
        self.touched: Set[str] = set()  # the names from which what changed is reached
        for name, digest in again.inputs.items():
            if digest != key.inputs.get(name) and name in key.roots:
                found[name] = digest
                self.touched.add(name)
        for name, value in key.roots.items():
            if name in key.by_origin and (hasattr(value, "__next__") or isinstance(value, io.IOBase)):
                raise Unstorable(f"it may read on in {name}, a {type(value).__name__}")
            if name in key.by_origin and _is_artist(value):
                raise Unstorable(f"it may draw in {name}")
        for label in sorted(set(key.dynamic_found) | set(again.dynamic_found)):
            was, now = key.dynamic_found.get(label, ()), again.dynamic_found.get(label, ())
            if was == now or label.startswith("__main__.") and label[len("__main__.") :] in bound:
                continue
            if self._is_of_imported(label):  # whose state is what its import made, see source/imports.py
                continue
            if label not in key.data and [text.partition(" ")[0] for text in was] == [text.partition(" ")[0] for text in now]:
                continue  # a function of which something changed that has a name of its own here
            place = self.paths.of(key.data[label]) if label in key.data and self.paths is not None else None
            if place is None or again.data.get(label) is not key.data[label] or not now:
                raise Unstorable(f"it changes {label.replace('__main__.', '')}")
            self.touched.add(place[0])
            found[label.replace("__main__.", "") if label[len("__main__.") :] in key.roots else label] = now[0]
        return found

    def _is_of_imported(self, label: str) -> bool:
        """Whether a dotted name is of a module that was loaded while the cell ran."""
        parts = label.split(".")
        names = [".".join(parts[:i]) for i in range(1, len(parts) + 1)]
        module = next((name for name in reversed(names) if name in sys.modules), "__main__")
        return module not in self.loaded

    # Statements that run again.

    def _again(self, bound: Dict[str, Any]) -> Tuple[List[int], List[str]]:
        body = self.code.tree.body if self.code.tree is not None else []
        binding: Dict[str, List[int]] = {}
        imports: List[int] = []
        for i, statement in enumerate(body):
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                imports.append(i)
            for name in _binds(statement):
                binding.setdefault(name, []).append(i)
        again, made = set(imports), {n for i in imports for n in _binds(body[i]) if n in bound and binding[n] == [i]}
        for i in imports:  # from lib import *
            module = sys.modules.get(getattr(body[i], "module", None) or "") if any(a.name == "*" for a in body[i].names) else None
            made |= {n for n, value in bound.items() if module is not None and n not in binding and vars(module).get(n, _NOTHING) is value}
        for name, value in bound.items():
            if name in made or not _is_definition(value):
                continue
            at = binding.get(name, [])
            if len(at) != 1:
                raise Unstorable(f"{name} is a {_kind(value)}, which a memo can hold only if one statement makes it")
            if not _makes_only(body[at[0]]):
                raise Unstorable(f"{name} is a {_kind(value)} whose making may do more")
            changed = _changed_since(body[at[0]], value)
            if changed:
                raise Unstorable(f"{changed} changes after {name} is defined")
            again.add(at[0])
            made.add(name)
        data = {name for name in bound if name not in made}
        for i in sorted(again - set(imports)):
            needs = _needs(body[i], self.shell.compile.flags) & data
            if needs:
                raise Unstorable(f"{', '.join(_binds(body[i]))} needs {', '.join(sorted(needs))}, which this cell makes: move it to a cell of its own")
        return sorted(again), sorted(made)

    # Values.

    def _objects_before(self) -> Set[int]:
        found: Set[int] = set(self.paths.found) if self.paths is not None else set()
        for walk in self.key.walks.values():
            found |= walk.reached()
        return found

    def _plain(self, rest: Dict[str, Any], walks: Dict[str, "_Walked"], before: Set[int], made: Set[str]) -> Dict[str, Any]:
        """The values that have formats of their own and share nothing with others, or with what was there."""
        arrays_before = [arr for walk in self.key.walks.values() for arr in walk.arrays]
        owners = {id(frame) for frame, _ in self.parts.values()}
        found = {}
        for name, value in rest.items():
            walk = walks[name]
            if walk.digest is None or not walk.objects.isdisjoint(before):
                continue
            if not _is_tagged(value, made, walk.digest) if walk.special else not _has_format(value, made):
                continue
            if any(not walk.objects.isdisjoint(other.objects) for n, other in walks.items() if n != name):
                continue
            others = arrays_before + [arr for n, other in walks.items() if n != name for arr in other.arrays()]
            if _overlap(walk.arrays(), others) or not self.parts.keys().isdisjoint(_frames_and_arrays(walk)) or not owners.isdisjoint(_frames_and_arrays(walk)):
                continue
            found[name] = value
        return found

    def _parts_of_frames(self, walks: Dict[str, "_Walked"], changed: Dict[str, str]) -> Dict[int, Any]:
        if "pandas" not in sys.modules:
            return {}
        touched = {id(value) for value, _, _ in self.paths.under(self.touched)} if changed and self.paths is not None else set()
        return columns.places({n: w.walk for n, w in walks.items() if w.walk is not None}, self.key.walks.values(), touched)

    def _pickled(self, values: Dict[str, Any], walks: Dict[str, "_Walked"], changed: Dict[str, str]) -> bytes:
        for name, value in values.items():
            if walks[name].digest is None and not _is_artist(value) and not spent.is_spent(value):
                raise Unstorable(f"{name} can't be kept: {walks[name].why}")
        if self.paths is None and (changed or any(not walks[n].objects.isdisjoint(self._objects_before()) for n in values)):
            raise Unstorable(f"what it shares or changes is too large to follow: {', '.join(sorted(changed) or values)}")
        changes = list(self._contents(changed))
        codes = cellcode.Codes(self.cell, self.shell, self.namespace)
        out = io.BytesIO()
        try:
            _Pickler(out, self.paths, _shared_memory({n: walks[n] for n in values}), codes, self.parts).dump((values, changes))
        except Unstorable:
            raise
        except Exception as e:
            raise Unstorable(f"{_culprit(values, codes, self.paths)} can't be kept: {type(e).__name__}: {e}") from None
        data = out.getvalue()
        self._check(data, values, walks, codes)
        return data

    def _contents(self, changed: Dict[str, str]) -> Iterator[Tuple[str, Any, str, Any]]:
        for value, name, path in self.paths.under(self.touched) if changed else ():
            kind = setters.kind_of(value)
            if kind is None:
                raise Unstorable(f"it changes {name}, which holds a {type(value).__name__}")
            if kind == "set" and not setters.keeps_order(value):
                raise Unstorable(f"{name} holds a set whose elements would come back in another order")
            if kind:
                yield name, path, kind, setters.of(kind).content(value)

    def _check(self, data: bytes, values: Dict[str, Any], walks: Dict[str, "_Walked"], codes: cellcode.Codes) -> None:
        """Whether what was pickled comes back as it was."""
        held = {(name, path): value for value, name, path in (self.paths.found.values() if self.paths is not None else ())}
        try:
            with pickles.finding(codes):
                back, _ = _Unpickler(io.BytesIO(data), lambda name, path: held[name, path]).load()
        except Exception as e:
            raise Unstorable(f"it can't be read back: {type(e).__name__}: {e}") from None
        known = [name for name in values if walks[name].digest is not None and not spent.is_spent(values[name])]
        for name in known:
            if _Walked(back[name]).digest != walks[name].digest:
                raise Unstorable(f"{name} would come back changed")
        if len(known) > 1 and _Walked([values[n] for n in known]).digest != _Walked([back[n] for n in known]).digest:
            raise Unstorable(f"{', '.join(known)} would come back changed")


class NotKept:
    """Stands for the last value of a cell in ``_`` and ``Out``, where the memo could not keep it."""

    def __repr__(self) -> str:
        return "<not kept by xetmemo: run the cell again without its memo>"


def digest_of(value: Any) -> str:
    """What tells whether a name that a hit leaves alone holds what it held."""
    return _Walked(value).digest or "unhashable"


class Restored(NamedTuple):
    """What a memo's pickle holds, its references resolved."""

    values: Dict[str, Any]
    changes: List[Tuple[str, Any, str, Any]]


def load(data: bytes, namespace: Dict[str, Any], codes: Any) -> Restored:
    """Read the pickle of a memo; what it refers to is found in namespace, as it is before anything changes."""
    found: Dict[Tuple[str, Any], Any] = {}

    def at(name: str, path: Any) -> Any:
        if (name, path) not in found:
            found[name, path] = resolve({name: wrapped.unwrapped(value_at(name, namespace))}, name, path)
        return found[name, path]

    with _no_pyplot(), pickles.finding(codes):
        values, changes = _Unpickler(io.BytesIO(data), at).load()
        changes = [(at(name, path), kind, content, name) for name, path, kind, content in changes]
    return Restored(values, changes)


def value_at(name: str, namespace: Dict[str, Any]) -> Any:
    """What a name of the notebook holds, or a dotted name: of a module's global, or an attribute of a class. NotImplemented if nothing."""
    if name in namespace:
        return namespace[name]
    parts = name.split(".")
    at = max((i for i in range(1, len(parts)) if ".".join(parts[:i]) in sys.modules), default=0)
    held: Any = namespace if parts[0] == "__main__" else vars(sys.modules[".".join(parts[:at])]) if at else {}
    for part in parts[at or 1 :]:
        if part not in held:
            return NotImplemented
        value = held[part]
        held = vars(value) if isinstance(value, type) else {}
    return value if at else NotImplemented


def put(changes: List[Any]) -> List[Any]:
    """Give objects their new content. Returns the old, for ``put`` again; undoes all if one fails."""
    old = [(value, kind, setters.of(kind).content(value), name) for value, kind, _, name in changes]
    try:
        for value, kind, content, _ in changes:
            setters.of(kind).put(value, content)
    except BaseException:
        put_back(old)
        raise
    return old


def put_back(old: List[Any]) -> None:
    for value, kind, content, _ in old:
        with contextlib.suppress(Exception):
            setters.of(kind).put(value, content)


class _Pickler(pickles.Pickler):
    """Writes objects that were there before as references."""

    def __init__(self, out: Any, paths: Optional[Paths], shared: Dict[int, Tuple[int, int]], codes: Any, parts: Dict[int, Any] = {}):
        super().__init__(out, shared, codes)
        self._paths = paths
        self._parts = parts  # what is a part of a frame, with its place
        self._states: Set[int] = set()  # the dictionaries that hold the attributes of instances
        self._dicts: Set[int] = set()
        self._nan = _nan()
        self._before: Dict[int, List[Any]] = {}
        np = sys.modules.get("numpy")
        if np is not None and paths is not None:
            from ..digest import arrays

            for value, _, _ in paths.found.values():
                if type(value) is np.ndarray and value.size:
                    self._before.setdefault(arrays.memory(value), []).append(value)

    def persistent_id(self, value: Any) -> Any:
        if value is self._nan:
            return "nan"
        if type(value) is dict:
            if id(value) in self._dicts and id(value) in self._states:
                raise Unstorable("the dictionary of an instance's attributes by itself")
            self._dicts.add(id(value))
        return self._paths.of(value) if self._paths is not None else None

    def reducer_override(self, value: Any) -> Any:
        place = self._parts.get(id(value)) if self._parts else None
        if place is not None:
            return (columns.values if type(value).__name__ == "ndarray" else columns.column, place)
        if not isinstance(value, type) and is_plain(type(value)):
            self._states.add(id(getattr(value, "__dict__", None)))
        return super().reducer_override(value)

    def _array(self, value: Any) -> Any:
        if self._before and value.size:
            from ..digest import arrays

            owners = self._before.get(arrays.memory(value), ())
            for owner in owners:
                found = pickles.as_view_of(value, owner)
                if found is not None:
                    return found
            if owners and arrays.sharing([value, *owners]):
                raise Unstorable("a view of an array that was there before")
        return super()._array(value)


class _Unpickler(pickles.Unpickler):
    def __init__(self, source: Any, at: Any):
        super().__init__(source)
        self._at = at

    def persistent_load(self, pid: Any) -> Any:
        if pid == "nan":
            import numpy

            return numpy.nan
        return self._at(pid[0], pid[1])


class _Walked:
    """A value's digest, and what it reaches."""

    def __init__(self, value: Any):
        self.digest: Optional[str] = None
        self.why = ""
        self.walk: Any = None
        self.objects: Set[int] = set()
        reached = reach.Reach()
        sources = reached.sources()
        self.inner: List[Any] = []  # walks over what functions in it hold: variables of closures, defaults
        self.of_classes: Set[int] = set()  # the objects that attributes of classes in it hold
        try:
            self.digest, self.walk = valuedigest.digest_and_objects(wrapped.unwrapped(value), sources)
            self.objects = self.walk.reached()
            self.inner = [walk for label, walk in reached.walks.items() if "[" in label or "(" in label]
            self.objects = self.objects.union(*(walk.reached() for walk in self.inner))
            self.of_classes = set().union(*(walk.reached() for label, walk in reached.walks.items() if not _is_global(label)))
        except valuedigest.Unhashable as e:
            self.why = str(e)
        self.special = self.walk is None or self.walk.nan_is_shared or bool(sources.of_notebook)

    def arrays(self) -> List[Any]:
        return [arr for walk in (self.walk, *self.inner) for arr in walk.arrays] if self.walk is not None else []


_NOTHING = object()


def _is_global(label: str) -> bool:
    """Whether a dotted name is of a module's global, and not of a default, a closure's variable, or an attribute."""
    module, _, name = label.rpartition(".")
    return name.isidentifier() and module in sys.modules


def _nan() -> Any:
    """NumPy's NaN, whose identity code asks for, once NumPy is loaded."""
    return getattr(sys.modules.get("numpy"), "nan", _NOTHING)


def _is_history(name: str, bound: Any) -> bool:
    return name in OF_SHELL or bool(_HISTORY.fullmatch(name)) and name not in bound or name.startswith("__")


def _has_format(value: Any, made: Any = frozenset()) -> bool:
    """Whether a format that runs no code may keep a value. made are the names that a hit binds after it has read values."""
    np, pd = sys.modules.get("numpy"), sys.modules.get("pandas")
    if type(value) in _PLAIN:
        return True
    if np is not None and type(value) is np.ndarray and not value.dtype.hasobject or pd is not None and type(value) is pd.DataFrame:
        return True
    return _is_tagged(value, made)


def _is_tagged(value: Any, made: Any, digest: str = "") -> bool:
    """Whether the tagged form holds a value, and, where a digest is given, as it is."""
    try:
        written = tagged.Written(value, made)
        return not digest or _Walked(written.back()).digest == digest
    except Exception:  # a method of the value's own that fails, or what the form doesn't hold
        return False


def _frames_and_arrays(walk: "_Walked") -> Set[int]:
    return {id(part) for part in (*walk.walk.arrays, *walk.walk.of_frames.values())}


def _overlap(some: List[Any], others: List[Any]) -> bool:
    if not some or not others:
        return False
    from ..digest import arrays

    return any(min(group) < len(some) <= max(group) for group in arrays.sharing([*some, *others]))


def _shared_memory(walks: Dict[str, _Walked]) -> Dict[int, Tuple[int, int]]:
    """The memory that several of the values' arrays are views of: where it is, by its owner."""
    found = [arr for walk in walks.values() for arr in walk.arrays()]
    if len(found) < 2:
        return {}
    from ..digest import arrays

    stretches: Dict[int, Tuple[int, int]] = {}
    for arr in found:
        if arr.size:
            low, high = arrays.bounds(arr)
            first, last = stretches.get(arrays.memory(arr), (low, high))
            stretches[arrays.memory(arr)] = (min(low, first), max(high, last))
    return {owner: stretches[owner] for group in arrays.sharing(found) for owner in [arrays.memory(found[group[0]])]}


def _is_artist(value: Any) -> bool:
    artist = sys.modules.get("matplotlib.artist")
    if artist is None:
        return False
    if type(value) in (list, tuple):
        return all(_is_artist(item) for item in value)
    if type(value).__name__ == "ndarray" and value.dtype == object:
        return all(_is_artist(item) for item in value.ravel())
    return isinstance(value, artist.Artist)


@contextlib.contextmanager
def _no_pyplot() -> Iterator[None]:
    """While figures are loaded, pyplot isn't told: it would show them."""
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    before = list(helpers.Gcf.figs.items()) if helpers is not None else None
    try:
        yield
    finally:
        if before is not None:
            helpers.Gcf.figs.clear()
            helpers.Gcf.figs.update(before)


def _culprit(values: Dict[str, Any], codes: Any, paths: Optional[Paths]) -> str:
    for name, value in values.items():
        try:
            _Pickler(io.BytesIO(), paths, {}, codes).dump(value)
        except Exception:
            return name
    return ", ".join(values)


# Definitions.

# Decorators and functions that make a definition and do nothing besides.
_MAKERS = frozenset(
    "wraps lru_cache cache cached_property total_ordering singledispatch dataclass staticmethod classmethod property setter getter contextmanager "
    "asynccontextmanager abstractmethod njit jit vectorize guvectorize cfunc xetmemo namedtuple NewType TypeVar make_dataclass Enum IntEnum Flag "
    "NamedTuple TypedDict define frozen attrs s runtime_checkable final overload unique no_grad inference_mode override type partial".split()
)


def _is_definition(value: Any) -> bool:
    """Whether a value is of the kind that is made again and not stored."""
    if isinstance(value, type):
        return value.__module__ == "__main__"
    if isinstance(value, types.FunctionType):
        return False
    f = wrapped.wrapped_in(value)
    if f is not None and f.__module__ == "__main__":
        return True
    return type(value).__module__.partition(".")[0] in _CLIENTS


_CLIENTS = frozenset(("openai", "anthropic", "mistralai", "cohere", "groq", "boto3", "botocore", "sqlalchemy"))


def _kind(value: Any) -> str:
    return "class" if isinstance(value, type) else type(value).__name__


def _binds(statement: ast.stmt) -> List[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [(a.asname or a.name).partition(".")[0] for a in statement.names]
    if isinstance(statement, ast.Assign) and all(isinstance(t, ast.Name) for t in statement.targets):
        return [t.id for t in statement.targets]
    return []


def _makes_only(statement: ast.stmt) -> bool:
    """Whether running a statement makes its definition and does nothing else that anybody sees."""
    if isinstance(statement, ast.Assign):
        call = statement.value
        return isinstance(call, (ast.Call, ast.Lambda)) and not any(isinstance(n, (ast.Await, ast.NamedExpr, ast.Yield)) for n in ast.walk(call))
    for decorator in statement.decorator_list:
        name = decorator.func if isinstance(decorator, ast.Call) else decorator
        if (name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")) not in _MAKERS:
            return False
    if isinstance(statement, ast.ClassDef):
        for inner in statement.body:
            if isinstance(inner, ast.Expr) and not isinstance(inner.value, ast.Constant):
                return False
            if not isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.Expr, ast.Pass)):
                return False
            if hasattr(inner, "decorator_list") and not _makes_only(inner):
                return False
    return True


def _needs(statement: ast.stmt, flags: int) -> Set[str]:
    """The names that a statement reads when it runs."""
    code = compile(ast.Module([statement], []), "<cell>", "exec", flags & 0x1FF0000, True)
    found = {load.name for load in loads.loads(code)[0]}
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType) and not inner.co_flags & 0x2:  # the body of a class
            found |= {load.name for load in loads.loads(inner)[0]}
    return found


def _modules(code: cellcode.CellCode, namespace: Dict[str, Any]) -> List[Tuple[types.ModuleType, Dict[str, Any]]]:
    """The modules that a cell names, with what they hold: the user's own all, others what the cell's code sets."""
    tree = code.tree if code.tree is not None else ast.Module([], [])
    sets = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    found = []
    for load in code.names.reads:
        module = namespace.get(load.name)
        if isinstance(module, types.ModuleType) and (sets or module_is_local(module)):
            found.append((module, _members(module, None if module_is_local(module) else sets)))
    return found


def _members(module: types.ModuleType, names: Any) -> Dict[str, Any]:
    held = vars(module)
    if names is not None and not module_is_local(module):
        return {name: held.get(name, _NOTHING) for name in names}
    return {name: value for name, value in list(held.items()) if not name.startswith("__") and not isinstance(value, types.ModuleType)}


def _changed_since(statement: ast.stmt, value: Any) -> str:
    """What of a definition isn't as its statement says, as far as constants show, or "": the cell changed it later."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) and not statement.decorator_list:
        return f"an attribute of {statement.name}" if getattr(value, "__dict__", None) else ""
    if not isinstance(statement, ast.ClassDef) or not isinstance(value, type):
        return ""
    said: Dict[str, Any] = {}
    for line in statement.body:
        targets = line.targets if isinstance(line, ast.Assign) else [line.target] if isinstance(line, ast.AnnAssign) else []
        if len(targets) == 1 and isinstance(targets[0], ast.Name) and getattr(line, "value", None) is not None:
            with contextlib.suppress(ValueError, TypeError, SyntaxError):
                said[targets[0].id] = ast.literal_eval(line.value)  # type: ignore[attr-defined]
    for name, constant in said.items():
        now = vars(value).get(name, constant)
        if type(now) in (*_PLAIN, tuple, set, bytes) and (type(now) is not type(constant) or now != constant):
            return f"{statement.name}.{name}"
    return ""
