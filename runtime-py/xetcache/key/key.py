"""The key of a cell or call: one digest, and the parts that it is made of.

    H(version, kind, key, source of the cell, values of the inputs, S, D, versions)

S is the source digest of the functions reached, D their closure cells, defaults and globals. The parts are kept, so
that a miss can name the part that differs. Layout, comments, ``always`` and the order of words are in none of them.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import inspect
import io
import re
import sys
import time
import tokenize
import types
from typing import Any, Callable, Dict, FrozenSet, List, Optional, Set, Tuple

from .. import config
from .. import digest as valuedigest
from . import unchanged
from ..source import fdigest, loads, reach, wrapped
from ..notebook.header import Header

VERSION = 1

_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*xetmemo:[ \t]*(\w+)(?:[ \t]*=[ \t]*(.*))?$", re.MULTILINE)


class Key:
    """What a memo is found by."""

    def __init__(self, kind: str, group: Optional[str], slot: str):
        self.kind = kind  # "cell" or "call"
        self.group = group or "_"
        self.slot = slot  # which cell or function this is, roughly: to say what changed since its last run
        self.cell = ""
        self.analysed = False  # the inputs are what the analyser says, not what a header does
        self.silent = False  # a final semicolon, which no form of the code has, hides the last value
        self.inputs: Dict[str, str] = {}
        self.functions: Dict[str, str] = {}
        self.deps = ""
        self.dynamic: Dict[str, str] = {}
        self.versions: Dict[str, str] = {}  # part of the key, where versions are strict
        self.libraries: Dict[str, str] = {}  # to tell on a hit what has changed since
        self.via: Dict[str, str] = {}
        self.weak: Dict[str, str] = {}
        self.refused: List[str] = []  # why there is no key: the cell runs without a memo
        self.seconds = 0.0
        self.digest = ""
        self._reached: Set[str] = set()  # packages
        self._parts: Optional[Dict[str, Any]] = None

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
            "versions": self.versions,
            "via": {name: root for name, root in self.via.items() if name != root},
        }

    def finish(self, reached: reach.Reach, since: float) -> "Key":
        forms = reached.forms()
        self.refused += [f"reload {name}: its source was edited after it was loaded" for name in reached.edited]
        if forms:
            self.deps = fdigest.digest((name, form) for name, several in forms.items() for form in several)
        for name, several in forms.items():
            self.functions[name] = " ".join("~" * ((name, form) in reached.only_here) + _short(form) for form in several)
        self.dynamic = {name: _short("\n".join(sorted(v)).encode()) for name, v in reached.values.items()}
        self.via = dict(reached.via)
        self.weak = dict(reached.weak)
        self._reached = reached.libraries
        return self._finish(since)

    def finish_as(self, other: "Key", since: float) -> "Key":
        """Finish with what was found for a call of the same function."""
        self.cell, self.deps, self._reached = other.cell, other.deps, other._reached
        self.functions, self.dynamic, self.via, self.weak = other.functions, other.dynamic, other.via, other.weak
        return self._finish(since)

    def _finish(self, since: float) -> "Key":
        for name in sorted(self._reached):
            _note_version(self, name)
        if config.strict_versions():
            self.versions = {**self.libraries, "python": "%d.%d" % sys.version_info[:2]}
        whole = [
            VERSION, self.kind, self.group, self.cell, sorted(self.inputs.items()), self.deps,
            sorted(self.dynamic.items()), sorted(self.versions.items()),
        ] + ["silent"] * self.silent + ["analysed"] * self.analysed  # fmt: skip
        self.digest = hashlib.sha256(repr(whole).encode("utf-8", "surrogatepass")).hexdigest()
        self.seconds = time.perf_counter() - since
        return self


def of_cell(header: Header, body: str, shell: Any) -> Key:
    """The key of a cell about to run in this shell."""
    since = time.perf_counter()
    found = Key("cell", header.key, "cell " + ",".join(sorted(header.output)))
    options = directives(body)
    reached = reach.Reach(options.get("exclude", ()))
    found.cell = _short(fdigest.cell_form(body))
    found.silent = ends_in_semicolon(body)
    found.analysed = header.analysed
    if not header.output:
        found.slot += found.cell
    namespace = shell.user_ns
    for text in [*header.input, *(n for n in options.get("include", ()) if n not in header.input)]:
        if text in reached.exclude:
            continue
        try:
            code = compile(text.strip(), "<input>", "eval")
            value = wrapped.unwrapped(eval(code, shell.user_global_ns, namespace))
        except Exception as e:
            found.refused.append(f"input {text}: {_reason(e)}")
            continue
        reached.roots = [text]
        try:
            found.inputs[text] = valuedigest.digest(value, reached.sources())
        except Exception as e:
            if text in header.reached:  # it counts with the function that reads it
                continue
            found.refused.append(f"input {text}: {_reason(e)}")
        if not text.isidentifier():
            reached.add_loads(loads.loads_of_cell(code), namespace)
        _note_versions(found, value)
    reached.add_loads(cell_loads(body, shell), namespace)
    return found.finish(reached, since)


def of_call(f: Callable[..., Any], args: Tuple[Any, ...], kwargs: Dict[str, Any], group: Optional[str]) -> Key:
    """The key of ``f(*args, **kwargs)``."""
    since = time.perf_counter()
    f = wrapped.unwrapped(f)
    found = Key("call", group, "call " + getattr(f, "__qualname__", type(f).__qualname__))
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


def bound(body: str, shell: Any) -> FrozenSet[str]:
    """The names that a cell's own code binds."""
    code = _cell_code(body, shell)
    return frozenset() if code is None else loads.bound_by_cell(code)


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


@functools.lru_cache(maxsize=256)
def _compiled(text: str, flags: int) -> Optional[types.CodeType]:
    try:
        with fdigest.no_warnings():
            return compile(text, "<cell>", "exec", flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True)
    except (SyntaxError, ValueError):
        return None


def cell_loads(body: str, shell: Any) -> List[loads.Load]:
    code = _cell_code(body, shell)
    return loads.loads_of_cell(code) if code is not None else []


def _cell_code(body: str, shell: Any) -> Optional[types.CodeType]:
    lines = body.splitlines(True)
    while lines and (lines[0].startswith("%%") or not lines[0].strip()):
        lines = lines[1:]
    try:
        text = shell.transform_cell("".join(lines))
    except SyntaxError:
        return None
    return _compiled(text, shell.compile.flags & 0x1FF0000)


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
