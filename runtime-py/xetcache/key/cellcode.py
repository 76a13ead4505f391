"""A cell as Python: its tree, and the names in it."""

from __future__ import annotations

import ast
import functools
import re
import sys
import types
from dataclasses import replace
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ..source import fdigest, magics, names, sourcefile, wrapped


class CellCode(NamedTuple):
    text: str  # as IPython makes Python of it
    tree: Optional[ast.Module]  # None if it can't be parsed
    names: names.Names


def of(cell: str, shell: Any) -> CellCode:
    """A cell's Python, less its own header line and those of magics around it."""
    text = without_headers(cell)
    return _of(text, shell.transform_cell, shell.compile.flags & 0x1FF0000)


def without_headers(cell: str) -> str:
    lines = cell.splitlines(True)
    while lines and (lines[0].startswith("%%xetmemo") or lines[0].startswith("%%time") or not lines[0].strip()):
        lines = lines[1:]
    return "".join(lines)


@functools.lru_cache(maxsize=512)
def _of(text: str, transform: Any, flags: int) -> CellCode:
    try:
        text = transform(text)
        with fdigest.no_warnings():
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return CellCode(text, None, names.Names())
    magic, arguments, body = inner_magic(tree)
    if magic in magics.CELLS:
        inner = _of(without_headers(body), transform, flags)
        made = frozenset(w for w in names.words(arguments)) if magic == "capture" else frozenset()
        return CellCode(inner.text, inner.tree, replace(inner.names, may=inner.names.may | made))
    return CellCode(text, tree, names.of_cell(tree, flags))


def inner_magic(tree: Optional[ast.Module]) -> Tuple[str, str, str]:
    """The name, arguments and body of the cell magic that a whole cell is, or empty texts."""
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return "", "", ""
    call = tree.body[0].value
    if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "run_cell_magic" and len(call.args) == 3:
        name, arguments, body = (str(getattr(arg, "value", "")) for arg in call.args)
        return name, arguments, body
    return "", "", ""


_WORD = re.compile(r"[^\W\d]\w*")


@functools.lru_cache(maxsize=64)
def words(cell: str) -> Tuple[str, ...]:
    """All words of a cell's text: the names that it uses are among them."""
    return tuple(dict.fromkeys(_WORD.findall(cell)))


class Codes:
    """Where the code of functions lies: in a cell's own source, or inside a function that goes by its name."""

    def __init__(self, cell: str, shell: Any, before: Optional[Dict[str, Any]] = None):
        self.namespace = shell.user_ns
        self._cell = cell
        self._shell = shell
        self._before = before if before is not None else {}
        self._name = "<cell>"
        self._known: Optional[List[Tuple[Tuple[Any, ...], types.CodeType]]] = None

    def place(self, f: types.FunctionType) -> Optional[Tuple[Any, ...]]:
        """Where a function's code lies; None if the function goes by its own name, or nobody knows."""
        named = self._named(f.__module__, f.__qualname__)
        head = f.__qualname__.partition(".")[0]
        if named is f and (f.__module__ != "__main__" or head in self._before and self._before[head] is self.namespace.get(head)):
            return None
        for place, code in self._of_cell():
            if code.co_firstlineno == f.__code__.co_firstlineno and sourcefile.same_code(code, f.__code__):
                return place
        head = f.__qualname__.partition(".<locals>")[0]
        outer = wrapped.unwrapped(self._named(f.__module__, head))
        outer = getattr(outer, "__wrapped__", outer)
        if isinstance(outer, types.FunctionType):
            for path, code in _nested(outer.__code__, ()):
                if code is f.__code__:
                    return ("in", f.__module__, head, path)
        return None

    def code(self, place: Tuple[Any, ...]) -> types.CodeType:
        """The code at a place. Raises LookupError if there is none."""
        if place[0] == "in":
            outer = wrapped.unwrapped(self._named(place[1], place[2]))
            return _at(getattr(outer, "__wrapped__", outer).__code__, place[3])
        if self._name == "<cell>" and not self._before:  # for a function that is made now
            self._cached(of(self._cell, self._shell))
            self._known = None
        for known, code in self._of_cell():
            if known == tuple(place):
                return code
        raise LookupError(f"no code at {place}")

    def run(self, statements: List[int]) -> None:
        """Run some of the statements at the cell's top level again."""
        code = of(self._cell, self._shell)
        for at in statements:
            exec(self._compiled(code, code.tree.body[at], self._cached(code)), self._shell.user_global_ns, self.namespace)

    def _named(self, module: Any, qualname: str) -> Any:
        found: Any = None
        for i, part in enumerate(qualname.split(".")):
            if i == 0:
                found = self.namespace.get(part) if module == "__main__" else getattr(sys.modules.get(module), part, None)
            else:
                found = getattr(found, part, None)
        return found

    def _of_cell(self) -> List[Tuple[Tuple[Any, ...], types.CodeType]]:
        if self._known is None:
            self._known = []
            code = of(self._cell, self._shell)
            for i, statement in enumerate(code.tree.body if code.tree is not None else ()):
                whole = self._compiled(code, statement, self._name)
                self._known += [(("cell", i, path), inner) for path, inner in _nested(whole, ()) if path]
        return self._known

    def _cached(self, code: CellCode) -> str:
        """The name under which IPython finds the cell's source."""
        self._name = self._shell.compile.cache(code.text, self._shell.displayhook.prompt_count, raw_code=without_headers(self._cell))
        return self._name

    def _compiled(self, code: CellCode, statement: ast.stmt, name: str) -> types.CodeType:
        with fdigest.no_warnings():
            return compile(ast.Module([statement], []), name, "exec", self._shell.compile.flags & 0x1FF0000 | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True)


def _nested(code: types.CodeType, path: Tuple[int, ...]) -> Iterator[Tuple[Tuple[int, ...], types.CodeType]]:
    yield path, code
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    for n, c in enumerate(inner):
        yield from _nested(c, (*path, n))


def _at(code: types.CodeType, path: Tuple[int, ...]) -> types.CodeType:
    for n in path:
        code = [c for c in code.co_consts if isinstance(c, types.CodeType)][n]
    return code
