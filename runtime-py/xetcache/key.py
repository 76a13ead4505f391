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
from typing import Any, Callable, Dict, FrozenSet, List, Optional, Tuple

from . import config, fdigest, reach, valuedigest
from .header import Header

VERSION = 1

_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*xetmemo:[ \t]*(\w+)(?:[ \t]*=[ \t]*(.*))?$", re.MULTILINE)


class Key:
    """What a memo is found by."""

    def __init__(self, kind: str, group: Optional[str], slot: str):
        self.kind = kind  # "cell" or "call"
        self.group = group or "_"
        self.slot = slot  # which cell or function this is, roughly: to say what changed since its last run
        self.cell = ""
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

    def parts(self) -> Dict[str, Any]:
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
        for name in sorted(reached.libraries):
            _note_version(self, name)
        if config.strict_versions():
            self.versions = {**self.libraries, "python": "%d.%d" % sys.version_info[:2]}
        whole = [
            VERSION, self.kind, self.group, self.cell, sorted(self.inputs.items()), self.deps,
            sorted(self.dynamic.items()), sorted(self.versions.items()),
        ] + ["silent"] * self.silent  # fmt: skip
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
    if not header.output:
        found.slot += found.cell
    namespace = shell.user_ns
    for text in [*header.input, *(n for n in options.get("include", ()) if n not in header.input)]:
        if text in reached.exclude:
            continue
        try:
            code = compile(text.strip(), "<input>", "eval")
            value = reach.unwrapped(eval(code, shell.user_global_ns, namespace))
        except Exception as e:
            found.refused.append(f"input {text}: {_reason(e)}")
            continue
        reached._roots = [text]
        try:
            found.inputs[text] = valuedigest.digest(value, reached.sources())
        except Exception as e:
            found.refused.append(f"input {text}: {_reason(e)}")
        if not text.isidentifier():
            reached.add_loads(reach.loads_of_cell(code), namespace)
        _note_versions(found, value)
    reached.add_loads(_cell_loads(body, shell), namespace)
    return found.finish(reached, since)


def of_call(f: Callable[..., Any], args: Tuple[Any, ...], kwargs: Dict[str, Any], group: Optional[str]) -> Key:
    """The key of ``f(*args, **kwargs)``."""
    since = time.perf_counter()
    f = reach.unwrapped(f)
    found = Key("call", group, "call " + getattr(f, "__qualname__", type(f).__qualname__))
    reached = reach.Reach()
    sources = reached.sources()
    name = getattr(f, "__name__", "f")
    reached._roots = [name]
    try:
        found.cell = valuedigest.digest(f, sources)
    except Exception as e:
        found.refused.append(f"{name}: {_reason(e)}")
    for arg, value in _arguments(f, args, kwargs):
        reached._roots = [arg]
        try:
            found.inputs[arg] = valuedigest.digest(reach.unwrapped(value), sources)
        except Exception as e:
            found.refused.append(f"argument {arg}: {_reason(e)}")
        _note_versions(found, value)
    return found.finish(reached, since)


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
    return frozenset() if code is None else reach.bound_by_cell(code)


def _arguments(f: Callable[..., Any], args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> List[Tuple[str, Any]]:
    """Arguments by parameter name, defaults filled in, so that ``f(1)`` and ``f(x=1)`` are one call."""
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


def _cell_loads(body: str, shell: Any) -> List[reach.Load]:
    code = _cell_code(body, shell)
    return reach.loads_of_cell(code) if code is not None else []


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
