"""The key of a cell or call: one digest, and the parts that it is made of.

    H(version, kind, key, source of the cell, values of the inputs, S, D, versions)

S is the source digest of the functions reached, D their closure cells, defaults and globals. The parts are kept, so
that a miss can name the part that differs. Layout, comments, ``always`` and the order of words are in none of them.
"""

from __future__ import annotations

import ast
import builtins
import functools
import hashlib
import inspect
import io
import os
import re
import sys
import time
import tokenize
import types
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from .. import config
from .. import digest as valuedigest
from . import cellcode, process, unchanged
from ..source import fdigest, loads, local, reach, sourcefile, wrapped
from ..source.names import Names
from ..notebook.header import Header

VERSION = 2

# Libraries of which two major versions give other values for the same code: strings and views, in pandas 2 and 3.
_DIFFER = ("pandas",)

_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*xetmemo:[ \t]*(\w+)(?:[ \t]*=[ \t]*(.*))?$", re.MULTILINE)


class Key:
    """What a memo is found by."""

    def __init__(self, kind: str, group: Optional[str], slot: str):
        self.kind = kind  # "cell" or "call"
        self.group = group or "_"
        self.slot = slot  # which cell or function this is, roughly: to say what changed since its last run
        self.cell = ""
        self.written = ""  # docstrings and annotations of the functions that the cell defines: it leaves them behind
        self.analysed = False  # the inputs are what the analyser says, not what a header does
        self.silent = False  # a final semicolon, which no form of the code has, hides the last value
        self.inputs: Dict[str, str] = {}
        self.functions: Dict[str, str] = {}
        self.deps = ""
        self.dynamic: Dict[str, str] = {}
        self.versions: Dict[str, str] = {}  # part of the key: all where versions are strict, else the major ones that matter
        self.libraries: Dict[str, str] = {}  # to tell on a hit what has changed since
        self.via: Dict[str, str] = {}
        self.by_origin: Dict[str, str] = {}  # name → its type, for what counts by where it comes from
        self.process: Dict[str, str] = {}  # options of libraries that aren't as they come
        self.sharing = ""  # what the values read have in common
        self.roots: Dict[str, Any] = {}  # the notebook's names that are read as data, with their values
        self.walks: Dict[str, Any] = {}  # the walks that gave their digests, and those of what reached code reads
        self.data: Dict[str, Any] = {}  # what reached code reads, by its dotted name: globals, attributes of classes, closures, defaults
        self.read: Dict[str, Any] = {}  # all that is in inputs, with its value
        self.dynamic_found: Dict[str, Tuple[str, ...]] = {}  # what stands for each global that reached code reads
        self.texts: Set[str] = set()  # strings in the code that is reached, and among the values read: one may name a file
        self.added: List[str] = []  # names that the cell reads and the header lacks
        self.refused: List[str] = []  # why there is no key: the cell runs without a memo
        self.seconds = 0.0
        self.digest = ""
        self._reached: Set[str] = set()  # packages
        self._parts: Optional[Dict[str, Any]] = None
        self._exclude: Set[str] = set()
        self._origins: Any = None
        self._loads: List[loads.Load] = []

    def parts(self) -> Dict[str, Any]:
        if self._parts is None:
            found = self._found_parts()
            if not self.digest:
                return found
            self._parts = found
        return self._parts

    def _found_parts(self) -> Dict[str, Any]:
        return {
            "cell": self.cell,
            "deps": self.deps,
            "dynamic": self.dynamic,
            "functions": self.functions,
            "inputs": self.inputs,
            "process": self.process,
            "sharing": self.sharing,
            "versions": self.versions,
            "via": {name: root for name, root in self.via.items() if name != root},
        }

    def again(self, namespace: Dict[str, Any]) -> "Key":
        """The same values and functions, as they are now; namespace has the names as they were."""
        found = Key(self.kind, None, self.slot)
        reached = reach.Reach(tuple(self._exclude), self._origins)
        for text, value in self.read.items():
            _add_input(found, reached, text, value)
        reached.add_loads(self._loads, namespace)
        found.dynamic_found, found.data = _values_of(reached), reached.data
        return found

    def finish(self, reached: reach.Reach, since: float) -> "Key":
        self.dynamic_found = _values_of(reached)
        forms = reached.forms()
        self.refused += [f"reload {name}: its source was edited after it was loaded" for name in reached.edited]
        if forms:
            self.deps = fdigest.digest((name, form) for name, several in forms.items() for form in several)
        for name, several in forms.items():
            self.functions[name] = " ".join("~" * ((name, form) in reached.only_here) + _short(form) for form in several)
        self.dynamic = {name: _short("\n".join(sorted(v)).encode()) for name, v in reached.values.items()}
        self.via = dict(reached.via)
        self.by_origin.update(reached.by_origin)
        self.refused += reached.refused
        self._reached = reached.libraries
        return self._finish(since)

    def finish_as(self, other: "Key", since: float) -> "Key":
        """Finish with what was found for a call of the same function."""
        self.cell, self.deps, self._reached = other.cell, other.deps, other._reached
        self.functions, self.dynamic, self.via, self.by_origin = other.functions, other.dynamic, other.via, other.by_origin
        return self._finish(since)

    def _finish(self, since: float) -> "Key":
        for name in sorted(self._reached):
            _note_version(self, name)
        if config.strict_versions():
            self.versions = {**self.libraries, "python": "%d.%d" % sys.version_info[:2]}
        else:
            self.versions = {name: version.partition(".")[0] for name, version in self.libraries.items() if name in _DIFFER}
        whole = [
            VERSION, self.kind, self.group, self.cell, sorted(self.inputs.items()), self.deps,
            sorted(self.dynamic.items()), sorted(self.versions.items()), sorted(self.process.items()), self.sharing,
        ] + ["written " + self.written] * bool(self.written) + ["silent"] * self.silent + ["analysed"] * self.analysed  # fmt: skip
        self.digest = hashlib.sha256(repr(whole).encode("utf-8", "surrogatepass")).hexdigest()
        self.seconds = time.perf_counter() - since
        return self


def of_cell(header: Header, body: str, shell: Any, origins: Any = None) -> Key:
    """The key of a cell about to run in this shell; origins tell where values come from that can't be hashed."""
    since = time.perf_counter()
    found = Key("cell", header.key, "cell " + ",".join(sorted(header.output)))
    options = directives(body)
    reached = reach.Reach(options.get("exclude", ()), origins)
    found.cell = _short(fdigest.cell_form(body))
    found.silent = ends_in_semicolon(body)
    found.analysed = getattr(header, "analysed", False)
    if not header.output:
        found.slot += found.cell
    namespace = shell.user_ns
    code = cellcode.of(body, shell)
    listed = [*header.input, *(n for n in options.get("include", ()) if n not in header.input)]
    for text in listed:
        if text in reached.exclude:
            continue
        try:
            expression = compile(text.strip(), "<input>", "eval")
            value = wrapped.unwrapped(eval(expression, shell.user_global_ns, namespace))
        except Exception as e:
            found.refused.append(f"input {text}: {_reason(e)}")
            continue
        _add_input(found, reached, text, value, text in getattr(header, "reached", ()))
        if not text.isidentifier():
            found._loads += loads.loads_of(expression)
    for name in _read_as_data(code.names, reached.exclude, namespace):
        if name not in found.inputs:
            found.added.append(name)
            _add_input(found, reached, name, wrapped.unwrapped(namespace[name]))
    for name in dict.fromkeys(load.name for load in code.names.reads):
        if name not in namespace and name not in OF_SHELL and not name.startswith("import ") and not hasattr(builtins, name):
            found.inputs.setdefault(name, "unbound")
    reached.asked = _words_of(code.tree)
    found.written = _written(code.tree)
    found._exclude, found._origins = reached.exclude, origins
    found._loads += [load for load in code.names.reads if load.name not in found.inputs]
    reached.add_loads(found._loads, namespace)
    _add_globals(found, reached)
    found.texts = _texts(code.tree, reached, found.read.values())
    found.sharing = _sharing(found.walks)
    found.process = process.options(reached.libraries | _libraries_of(found.roots.values()), cellcode.of(body, shell).text)
    return found.finish(reached, since)


def _add_input(found: Key, reached: reach.Reach, text: str, value: Any, counts_elsewhere: bool = False) -> None:
    reached.roots = [text]
    found.read[text] = value
    if isinstance(value, types.ModuleType):
        found.inputs[text] = valuedigest.digest(value, reached.sources())
        return
    if text.isidentifier():
        found.roots[text] = value
    try:
        found.inputs[text], found.walks[text] = valuedigest.digest_and_objects(value, reached.sources())
    except valuedigest.Unhashable as e:
        origin = reached.origins.of(value, text) if reached.origins is not None else None
        if origin is None and counts_elsewhere:  # with the function that reads it
            return
        if origin is None:
            found.refused.append(f"input {text}: {_reason(e)}; opaque({text}) in its place counts by its type alone")
            return
        found.inputs[text] = f"origin {origin}"
        found.by_origin[text] = type(value).__qualname__
    _note_versions(found, value)


def _read_as_data(names: Names, exclude: Set[str], namespace: Dict[str, Any]) -> List[str]:
    """The names that a cell reads, or may leave as they were, and that aren't functions, classes or modules."""
    read = [load.name for load in names.reads]
    read += sorted(names.spelled)
    read += [name for name in namespace if not name.startswith("_")] if names.computed else []
    found = []
    for name in dict.fromkeys(read):
        if name in exclude or name in OF_SHELL or name not in namespace or name.startswith("import "):
            continue
        value = wrapped.unwrapped(namespace[name])
        if isinstance(value, (types.ModuleType, types.FunctionType, types.BuiltinFunctionType)) or type(value) is type(valuedigest.digest):
            continue
        if isinstance(value, type) and not local.class_is_local(value):
            continue
        found.append(name)
    return found


def _words_of(tree: Any) -> Set[str]:
    """The names and attributes in a tree."""
    nodes = list(ast.walk(tree)) if tree is not None else []
    found = {node.id for node in nodes if isinstance(node, ast.Name)} | {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return found | {alias.name.rpartition(".")[2] for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names}


def _written(tree: Any) -> str:
    """The docstrings and annotations of a tree's functions, which no form of the code has; "" if there are none."""
    found: List[str] = []
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found += [repr(ast.get_docstring(node, clean=False)), ast.dump(node.returns) if node.returns is not None else ""]
        if isinstance(node, ast.arg) and node.annotation is not None:
            found += [node.arg, ast.dump(node.annotation)]
    return _short("\n".join(found).encode("utf-8", "surrogatepass")) if any(text and text != "None" for text in found) else ""


def _texts(tree: Any, reached: reach.Reach, values: Any) -> Set[str]:
    found = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)} if tree is not None else set()
    for code in reached.codes:
        found.update(constant for inner in sourcefile.nested(code) for constant in inner.co_consts if isinstance(constant, str))
    for value in values:
        some = value if type(value) in (list, tuple) and len(value) <= 1000 else [value]
        found.update(os.fspath(item) for item in some if isinstance(item, (str, os.PathLike)))
    return {text for text in found if isinstance(text, str)}


def _values_of(reached: reach.Reach) -> Dict[str, Tuple[str, ...]]:
    return {name: tuple(sorted(values)) for name, values in reached.values.items()}


# Names that IPython keeps in the notebook's namespace.
OF_SHELL = frozenset(("In", "Out", "get_ipython", "exit", "quit", "open", "display", "_ih", "_oh", "_dh", "_exit_code", "_sh"))


def _add_globals(found: Key, reached: reach.Reach) -> None:
    """Notebook globals that reached functions read are the cell's inputs, too, where it changes them or shares with them. So is what
    modules, classes and functions hold, under its dotted name."""
    found.data = reached.data
    for label, value in reached.data.items():
        module, _, name = label.partition(".")
        if module == "__main__" and name.isidentifier():
            if name in found.roots:
                continue
            found.roots[name] = value
            label_ = name
        else:
            label_ = label
        if label in reached.walks:
            found.walks[label_] = reached.walks[label]


def _sharing(walks: Dict[str, Any]) -> str:
    """What values that are read have in common: mutable objects, and the memory of arrays."""
    objects = {name: walk.reached() for name, walk in walks.items()}
    names = [name for name in objects if objects[name]]
    together = set()
    for i, name in enumerate(names):
        for other in names[i + 1 :]:
            if not objects[name].isdisjoint(objects[other]):
                together |= {name, other}
    arrays = [(name, arr) for name, walk in walks.items() for arr in walk.arrays]
    if len({name for name, _ in arrays}) > 1:
        from ..digest import arrays as arraydigest

        for group in arraydigest.sharing([arr for _, arr in arrays]):
            shared = {arrays[i][0] for i in group}
            together |= shared if len(shared) > 1 else set()
    if not together:
        return ""
    in_order = sorted(together)
    try:
        return " ".join(in_order) + " " + valuedigest.digest([walks[name].value for name in in_order])
    except valuedigest.Unhashable:  # which each of them alone is not
        return " ".join(in_order)


def _libraries_of(values: Any) -> Set[str]:
    return {type(value).__module__.partition(".")[0] for value in values}


def of_call(f: Callable[..., Any], args: Tuple[Any, ...], kwargs: Dict[str, Any], group: Optional[str]) -> Key:
    """The key of ``f(*args, **kwargs)``."""
    since = time.perf_counter()
    f = wrapped.unwrapped(f)
    found = Key("call", group, slot_of_call(f))
    known = _known(f)
    walk = _Walk(f, found)
    if known is None:
        walk.start()
    for arg, value in _arguments(f, args, kwargs):
        walk.at(arg)
        try:
            found.inputs[arg] = valuedigest.digest(wrapped.unwrapped(value), walk)
        except Exception as e:
            found.refused.append(f"argument {arg}: {_reason(e)}")
        _note_versions(found, value)
    return found.finish(walk.reached, since) if walk.reached is not None else found.finish_as(known, since)


def slot_of_call(f: Any) -> str:
    """What calls of a function go by."""
    f = wrapped.unwrapped(f)
    return "call " + getattr(f, "__qualname__", type(f).__qualname__)


class _Walk(valuedigest.Names):
    """The walk over a call's function, then over functions and classes in its arguments; put off until one is met."""

    def __init__(self, f: Callable[..., Any], found: Key):
        self.f = f
        self.found = found
        self.reached: Optional[reach.Reach] = None
        self._root = ""

    def at(self, argument: str) -> None:
        self._root = argument
        if self.reached is not None:
            self.reached.roots = [argument]

    def start(self) -> reach.Sources:
        self.reached = reach.Reach()
        self._sources = self.reached.sources()
        name = getattr(self.f, "__name__", "f")
        self.reached.roots = [name]
        try:
            self.found.cell = valuedigest.digest(self.f, self._sources)
        except Exception as e:
            self.found.refused.append(f"{name}: {_reason(e)}")
        self.at(self._root)
        return self._sources

    def function(self, f: types.FunctionType) -> bytes:
        return (self._sources if self.reached is not None else self.start()).function(f)

    def class_(self, cls: type) -> bytes:
        return (self._sources if self.reached is not None else self.start()).class_(cls)


# By the function's id: the function, on what its part of a key hangs, and a key with this part.
_calls: Dict[int, Tuple[Any, unchanged.Conditions, Key]] = {}


def _known(f: Any) -> Optional[Key]:
    """A key with the part of this function, as it is now, where it needs no walk."""
    if type(f) is not types.FunctionType:
        return None
    before = _calls.get(id(f))
    if before is not None and before[1].hold():
        return before[2]
    conditions = unchanged.conditions(f)
    if conditions is None:
        return None
    found = Key("call", None, "")
    found.finish(_Walk(f, found).start().reach, time.perf_counter())
    if found.refused or not conditions.hold():
        return None
    if len(_calls) >= 256:
        _calls.clear()
    _calls[id(f)] = (f, conditions, found)
    return found


def directives(body: str) -> Dict[str, Tuple[str, ...]]:
    """The ``# xetmemo:`` comments of a cell: ``{"exclude": ("client",), "skip": ()}``."""
    found: Dict[str, Tuple[str, ...]] = {}
    for name, value in _DIRECTIVE.findall(body):
        found[name] = found.get(name, ()) + tuple(v.strip() for v in value.split(",") if v.strip())
    return found


def ends_in_semicolon(cell: str) -> bool:
    """Whether the cell doesn't show its last value."""
    if ";" not in cell:
        return False
    last = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(cell).readline):
            if token.type not in (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER, tokenize.DEDENT, tokenize.INDENT):
                last = token.string
    except (tokenize.TokenError, SyntaxError):
        last = cell.rstrip()[-1:]
    return last == ";"


def _arguments(f: Callable[..., Any], args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> List[Tuple[str, Any]]:
    """Arguments by parameter name, defaults filled in, so that ``f(1)`` and ``f(x=1)`` are one call."""
    plain = _plain_names(f)
    if plain is not None and not kwargs and len(args) == len(plain):
        return list(zip(plain, args))
    try:
        bound = _signature(f).bind(*args, **kwargs)
    except (TypeError, ValueError):  # a call that fails anyway, or a callable without a signature
        return [(f"#{i}", value) for i, value in enumerate(args)] + sorted(kwargs.items())
    bound.apply_defaults()
    found = []
    for name, value in bound.arguments.items():
        if bound.signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
            found += sorted((f"{name}.{k}", v) for k, v in value.items())
        else:
            found.append((name, value))
    return found


def _plain_names(f: Callable[..., Any]) -> Optional[Tuple[str, ...]]:
    """The parameters of a function that has only such as may be given by their place."""
    if type(f) is not types.FunctionType or f.__code__.co_kwonlyargcount or "__signature__" in f.__dict__ or "__wrapped__" in f.__dict__:
        return None
    code = f.__code__
    if code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
        return None
    return code.co_varnames[: code.co_argcount]


def _signature(f: Callable[..., Any]) -> inspect.Signature:
    if isinstance(f, types.FunctionType) and not hasattr(f, "__signature__") and not hasattr(f, "__wrapped__"):
        defaults = f.__defaults__ or ()
        if all(d is None or type(d) in (int, str, float, bool, tuple) for d in defaults) and not f.__kwdefaults__:
            try:
                return _plain_signature(f.__code__, tuple(map(id, defaults)), defaults)
            except TypeError:
                pass
    return inspect.signature(f)


@functools.lru_cache(maxsize=1024)
def _plain_signature(code: types.CodeType, _ids: Tuple[int, ...], defaults: Tuple[Any, ...]) -> inspect.Signature:
    return inspect.signature(types.FunctionType(code, {}, code.co_name, defaults, _cells(code)))


def _cells(code: types.CodeType) -> Optional[Tuple[Any, ...]]:
    return tuple(types.CellType() for _ in code.co_freevars) or None


def _note_versions(found: Key, value: Any) -> None:
    _note_version(found, type(value).__module__.partition(".")[0])


def _note_version(found: Key, library: str) -> None:
    version = getattr(sys.modules.get(library), "__version__", None) if library not in ("builtins", "__main__", "xetcache") else None
    if isinstance(version, str):
        found.libraries[library] = version


def _short(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _reason(e: BaseException) -> str:
    if isinstance(e, valuedigest.Unhashable):
        return str(e)
    return f"{type(e).__name__}: {e}" if not isinstance(e, NameError) else str(e)
