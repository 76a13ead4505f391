"""The source of live code objects: which text, and is it still the text that runs.

A function that was edited after its module was imported still runs the old code. Its source says nothing then, so a
text is believed only if compiling it gives the live code object again.
"""

from __future__ import annotations

import __future__
import ast
import hashlib
import importlib.machinery
import linecache
import os
import sys
import types
from collections import defaultdict
from functools import lru_cache
from typing import Any, Dict, Iterator, List, Optional, Tuple

from .. import config
from . import fdigest

_FUTURE = 0
for _name in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _name).compiler_flag


class Edited(Exception):
    """The text of this module or cell is no longer what runs."""


class Text:
    """One module's or cell's text: its tree, and the code that compiling it gives."""

    def __init__(self, text: str, filename: str, flags: int = 0, cell: bool = False):
        self.text = text
        with fdigest.no_warnings():
            self.tree = ast.parse(text)
        self.newer = fdigest.newer_lines(text)
        self.nodes: Dict[Tuple[str, int], List[Tuple[ast.AST, bool]]] = defaultdict(list)
        self.classes: Dict[str, List[Tuple[ast.ClassDef, bool]]] = defaultdict(list)
        self.codes: Dict[Tuple[str, int], List[types.CodeType]] = defaultdict(list)
        self._forms: Dict[Tuple[int, bool, bool], bytes] = {}
        self._found: Dict[int, Tuple[types.CodeType, List[Tuple[ast.AST, bool]]]] = {}
        for node, qualname, special in _definitions(self.tree):
            name = getattr(node, "name", "<lambda>")
            first = min([node.lineno] + [d.lineno for d in getattr(node, "decorator_list", ())])
            self.nodes[name, first].append((node, special))
            if isinstance(node, ast.ClassDef):
                self.classes[qualname].append((node, special))
        flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        units = [self.tree]
        if cell:  # IPython compiles each statement alone, and a name imported beside it then gives other code
            units += [ast.Module([statement], []) for statement in self.tree.body]
        with fdigest.no_warnings():
            compiled = [compile(unit, filename, "exec", flags, True) for unit in units]
        for unit in compiled:
            for code in nested(unit):
                self.codes[code.co_name, code.co_firstlineno].append(code)

    def form(self, node: ast.AST, special: bool, names_doc: bool) -> bytes:
        """The source form of one of this text's nodes; fdigest.Opaque if it has none."""
        at = (id(node), special, names_doc)
        if at not in self._forms:
            self._forms[at] = fdigest.function_form(node, special_class=special, names_doc=names_doc, newer=self.newer)
        return self._forms[at]

    def find(self, code: types.CodeType) -> List[Tuple[ast.AST, bool]]:
        """The definitions that code may come from (several lambdas of one line). Raises Edited."""
        known = self._found.get(id(code))
        if known is not None:
            return known[1]
        at = (code.co_name, code.co_firstlineno)
        if not any(same_code(code, other) for other in self.codes.get(at, ())):
            raise Edited()
        found = self.nodes.get(at, [])
        if not found:
            raise Edited()
        if len(self._found) < 10_000:
            self._found[id(code)] = (code, found)  # neither the text nor the code can change
        return found

    def statement_of(self, node: ast.AST) -> Optional[ast.stmt]:
        """The assignment at module level that holds a lambda, not merely another one of its line."""
        for statement in self.tree.body:
            if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.lineno <= node.lineno <= statement.end_lineno:
                if any(inner is node for inner in ast.walk(statement)):
                    return statement
        return None

    def bindings(self, name: str) -> List[ast.stmt]:
        """The statements at module level, in any block, that assign name."""
        return self._bindings().get(name, [])

    def units(self) -> List[types.CodeType]:
        """The code of the whole text."""
        return self.codes.get(("<module>", 0), []) + self.codes.get(("<module>", 1), [])

    def _bindings(self) -> Dict[str, List[ast.stmt]]:
        found = getattr(self, "_bound", None)
        if found is None:
            found = self._bound = defaultdict(list)
            for statement in _module_level(self.tree.body):
                for name in _assigned(statement):
                    found[name].append(statement)
        return found


def named(statement: ast.stmt) -> List[str]:
    """The names that one statement of a module defines or assigns."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    return list(dict.fromkeys(_assigned(statement))) if isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign)) else []


def unloaded(name: str) -> Optional[str]:
    """The file of a module that isn't loaded, without loading it or a package around it; None if there is none."""
    path: Optional[List[str]] = None
    spec = None
    parts = name.split(".")
    for i in range(len(parts)):
        try:
            spec = importlib.machinery.PathFinder.find_spec(".".join(parts[: i + 1]), path)
        except (ImportError, ValueError, AttributeError):
            return None
        if spec is None:
            return None
        path = list(spec.submodule_search_locations or ())
    return spec.origin if spec is not None and spec.origin is not None and spec.has_location else None


def text_of(filename: str) -> Optional[Text]:
    """The text behind a code object's file name: a file as it is now, or a cell. None if there is neither."""
    try:
        stat = os.stat(filename)
    except (OSError, ValueError):
        entry = linecache.cache.get(filename)
        if entry is None or len(entry) < 3:
            return None
        return _of_cell("".join(entry[2]), filename)
    return _of_file(filename, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=1024)
def _of_file(filename: str, mtime: int, size: int) -> Optional[Text]:
    try:
        with open(filename, "rb") as f:
            return Text(fdigest.decode(f.read()), filename)
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None


@lru_cache(maxsize=4096)
def _of_cell(text: str, filename: str) -> Optional[Text]:
    try:
        return Text(text, filename, _shell_flags(), cell=True)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _shell_flags() -> int:
    """The ``from __future__`` imports of earlier cells, which IPython keeps for later ones."""
    from IPython import get_ipython

    shell = get_ipython()
    return shell.compile.flags & _FUTURE if shell is not None else 0


def same_code(a: types.CodeType, b: types.CodeType) -> bool:
    """Whether two code objects do the same, whatever their lines."""
    if a is b:
        return True
    for name in (
        "co_name",
        "co_argcount",
        "co_posonlyargcount",
        "co_kwonlyargcount",
        "co_flags",
        "co_names",
        "co_varnames",
        "co_freevars",
        "co_cellvars",
        "co_code",
    ):
        if getattr(a, name) != getattr(b, name):
            return False
    return len(a.co_consts) == len(b.co_consts) and all(map(_same_constant, a.co_consts, b.co_consts))


def _same_constant(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, types.CodeType):
        return same_code(a, b)
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(_same_constant, a, b))
    if isinstance(a, frozenset):
        return a == b and sorted(map(repr, a)) == sorted(map(repr, b))
    return repr(a) == repr(b)  # tells 0.0 from -0.0, and NaN equals itself


def code_form(code: types.CodeType) -> bytes:
    """What stands for a function without source: its code, which differs from one Python version to the next."""
    constants = [code_form(c) if isinstance(c, types.CodeType) else _constant_form(c) for c in code.co_consts]
    head = (code.co_name, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    rest = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_code)
    return b"code" + repr((head, rest, constants)).encode("utf-8", "surrogatepass")


def _constant_form(value: Any) -> str:
    if isinstance(value, frozenset):
        return "frozenset" + repr(sorted(map(repr, value)))
    return repr(value)


def nested(code: types.CodeType) -> Iterator[types.CodeType]:
    """code and all code objects inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from nested(constant)


def _definitions(tree: ast.AST) -> Iterator[Tuple[ast.AST, str, bool]]:
    """Every def, class and lambda, its qualified name, and whether it stands in a decorated or derived class."""
    stack: List[Tuple[ast.AST, str, bool]] = [(tree, "", False)]
    while stack:
        node, prefix, special = stack.pop()
        for child in reversed(list(ast.iter_child_nodes(node))):
            if isinstance(child, ast.ClassDef):
                stack.append((child, f"{prefix}{child.name}.", bool(child.decorator_list or child.bases or child.keywords)))
            elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                stack.append((child, f"{prefix}{child.name}.<locals>.", False))
            else:
                stack.append((child, prefix, special))
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            own = prefix[: -len(".<locals>.")] if prefix.endswith(".<locals>.") else prefix[:-1]
            yield node, own, special


def _module_level(body: List[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                break
            for child in getattr(statement, name, None) or ():
                if isinstance(child, ast.stmt):
                    yield from _module_level([child])
                else:
                    yield from _module_level(child.body)


def _assigned(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
        targets = [statement.target]
    elif isinstance(statement, (ast.For, ast.AsyncFor)):
        targets = [statement.target]
    elif isinstance(statement, (ast.With, ast.AsyncWith)):
        targets = [item.optional_vars for item in statement.items if item.optional_vars is not None]
    else:
        return
    for target in targets:
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
            elif isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.value, ast.Name):
                yield node.value.id


# The text that each module had when it was loaded, as far as it was seen then: by name, with the module's spec, which a reload renews.
_loaded: Dict[str, Tuple[Any, str, str]] = {}
# The specs of libraries' modules, and the folders that counted as the user's when they were looked at: there are thousands.
_foreign: Dict[str, Any] = {}
_foreign_of: List[str] = []


_loads = 0  # how many texts were noted


def loaded_digest() -> str:
    """What stands for all of the user's own modules that are loaded: their texts as they were then."""
    return _digest_of_loaded(_loads)


@lru_cache(maxsize=1)
def _digest_of_loaded(_: int) -> str:
    texts = repr(sorted((name, known[2]) for name, known in _loaded.items()))
    return hashlib.sha256(texts.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def note_loaded() -> None:
    """Note the texts of the user's own modules that were loaded since the last time."""
    from . import local

    global _loads
    if _foreign_of != config.local_paths:
        _foreign.clear()
        _foreign_of[:] = config.local_paths
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        if spec is None or _foreign.get(name) is spec:
            continue
        path = getattr(module, "__file__", None)
        known = _loaded.get(name)
        if known is not None and known[0] is spec:
            continue
        if not isinstance(path, str) or not path.endswith(".py") or not local.is_local(path, name):
            _foreign[name] = spec
            continue
        try:
            with open(path, "rb") as f:
                _loaded[name] = (spec, path, fdigest.decode(f.read()))
                _loads += 1
        except (OSError, SyntaxError, ValueError):
            continue


def loaded_text(module: types.ModuleType) -> Optional[Text]:
    """The text of a module as it was when it was loaded, if it is another one now; None if it is the same, or was not seen."""
    known = _loaded.get(module.__name__)
    if known is None or known[0] is not getattr(module, "__spec__", None):
        return None
    now = text_of(known[1])
    return None if now is None or now.text == known[2] else _of_loaded(known[2], known[1])


@lru_cache(maxsize=64)
def _of_loaded(text: str, filename: str) -> Optional[Text]:
    try:
        return Text(text, filename)
    except (SyntaxError, ValueError, RecursionError):
        return None
