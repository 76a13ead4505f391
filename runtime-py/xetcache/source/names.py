"""Which names a cell may read from before it, binds on every path, or on some.

Bytecode tells in which order a straight line of code loads and stores; this module adds what branches and loops leave open: a name
that is bound in an ``if`` may still be the one from before where it is read after it.
"""

from __future__ import annotations

import ast
import inspect
import types
from dataclasses import dataclass, field
from typing import Any, Dict, FrozenSet, Iterable, List, Optional, Set, Tuple

from . import fdigest, loads, sourcefile
from .loads import Load

# Methods of IPython's shell that take code or a line in which names are replaced by values.
_LINES = frozenset(("system", "getoutput", "run_line_magic", "run_cell_magic", "ev", "ex", "run_cell", "var_expand"))


# Comprehensions, which run where they stand, as bodies of classes do.
_AT_ONCE = frozenset(("<listcomp>", "<setcomp>", "<dictcomp>"))


@dataclass
class Names:
    """The names of one cell."""

    reads: List[Load] = field(default_factory=list)  # may have their value from before the cell
    must: FrozenSet[str] = frozenset()  # bound on every path
    may: FrozenSet[str] = frozenset()  # bound on some paths, those of must included
    spelled: FrozenSet[str] = frozenset()  # names that it may read by strings that it holds
    computed: bool = False  # whether it may read by names that are computed as it runs: any name


def of_cell(tree: ast.Module, flags: int) -> Names:
    """The names of a cell's tree, in Python that IPython made of it."""
    walk = _Walk(flags)
    must = walk.block(tree.body, frozenset())
    inner = {load: None for load in walk.inner if load.name not in must}
    spelled, computed = _by_text(tree)
    return Names(list({**walk.reads, **inner}), must, frozenset(walk.bound) | must, frozenset(spelled), computed)


class _Walk:
    def __init__(self, flags: int):
        self.flags = flags
        self.reads: Dict[Load, None] = {}
        self.inner: Dict[Load, None] = {}  # of functions that the cell defines: read when they are called
        self.bound: Set[str] = set()

    def block(self, body: Iterable[ast.stmt], bound: FrozenSet[str]) -> FrozenSet[str]:
        """Walk statements before which bound is bound; what is bound after them."""
        for statement in body:
            bound = self.statement(statement, bound)
        return bound

    def statement(self, node: ast.stmt, bound: FrozenSet[str]) -> FrozenSet[str]:
        if isinstance(node, (ast.If, ast.While)):
            self.expression(node.test, bound)
            then, other = self.block(node.body, bound), self.block(node.orelse, bound)
            return then & other if isinstance(node, ast.If) else bound
        if isinstance(node, (ast.For, ast.AsyncFor)):
            self.expression(node.iter, bound)
            inside = bound | self.targets(node.target, bound)
            self.block(node.body, inside)
            self.block(node.orelse, bound)
            return bound
        if isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                self.expression(item.context_expr, bound)
                if item.optional_vars is not None:
                    bound = bound | self.targets(item.optional_vars, bound)
            after = self.block(node.body, bound)
            # A context manager may swallow what its body raises: then the rest of it hasn't run.
            return after if all(isinstance(i.context_expr, ast.Call) and _last(i.context_expr.func) != "suppress" for i in node.items) else bound
        if isinstance(node, ast.Try) or type(node).__name__ == "TryStar":
            return self.attempt(node, bound)
        if type(node).__name__ == "Match":
            self.expression(node.subject, bound)
            for case in node.cases:
                captured = {n.name for n in ast.walk(case.pattern) if getattr(n, "name", None)}
                captured |= {n.rest for n in ast.walk(case.pattern) if getattr(n, "rest", None)}
                self.bound |= captured
                for value in [n.value for n in ast.walk(case.pattern) if type(n).__name__ == "MatchValue"]:
                    self.expression(value, bound)
                for cls in [n.cls for n in ast.walk(case.pattern) if type(n).__name__ == "MatchClass"]:
                    self.expression(cls, bound)
                if case.guard is not None:
                    self.expression(case.guard, bound | captured)
                self.block(case.body, bound | captured)
            return bound
        if isinstance(node, ast.Delete):
            self.simple(node, bound)
            gone = {target.id for target in node.targets if isinstance(target, ast.Name)}
            for name in gone - bound:
                self.reads.setdefault(Load(name, ("",)))  # it must be there
            return bound - gone
        return bound | self.simple(node, bound)

    def attempt(self, node: Any, bound: FrozenSet[str]) -> FrozenSet[str]:
        after = self.block(node.orelse, self.block(node.body, bound))
        for handler in node.handlers:
            if handler.type is not None:
                self.expression(handler.type, bound)
            inside = bound
            if handler.name:
                self.bound.add(handler.name)
                inside = bound | {handler.name}
            end = self.block(handler.body, inside) - {handler.name}
            if not _leaves(handler.body):
                after = after & end
        return self.block(node.finalbody, bound) | after

    def simple(self, node: ast.stmt, bound: FrozenSet[str]) -> FrozenSet[str]:
        code = self.code([node])
        return self.note(code, bound) if code is not None else frozenset()

    def expression(self, node: ast.expr, bound: FrozenSet[str]) -> None:
        statement = ast.copy_location(ast.Expr(node), node)
        self.simple(statement, bound)

    def targets(self, node: ast.expr, bound: FrozenSet[str]) -> FrozenSet[str]:
        names = frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
        self.bound |= names
        for n in ast.walk(node):
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n.id not in bound:
                self.reads.setdefault(Load(n.id, ("",)))
        return names

    def note(self, code: types.CodeType, bound: FrozenSet[str]) -> FrozenSet[str]:
        own, _ = loads.loads(code)
        names = loads.names_in(code)
        for load in own:
            if load.name not in bound:
                self.reads.setdefault(loads.with_names(load, names))
        for inner in sourcefile.nested(code):
            if inner is not code:
                for load in loads.loads(inner)[0]:
                    called = not inner.co_flags & inspect.CO_NEWLOCALS or inner.co_name in _AT_ONCE
                    where = self.reads if called and load.name not in bound else self.inner
                    where.setdefault(loads.with_names(load, names))
        stored = loads.bound_by_cell(code)
        self.bound |= stored
        return stored

    def code(self, body: List[ast.stmt]) -> Optional[types.CodeType]:
        try:
            with fdigest.no_warnings():
                return compile(ast.Module(list(body), []), "<cell>", "exec", self.flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True)
        except (SyntaxError, ValueError):
            return None


def _is_namespace(node: ast.AST) -> bool:
    """Whether an expression is a dictionary of the notebook's names, or their list."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("user_ns", "user_global_ns")
    return isinstance(node, ast.Call) and not node.args and isinstance(node.func, ast.Name) and node.func.id in ("globals", "locals", "vars", "dir")


def _leaves(body: List[ast.stmt]) -> bool:
    """Whether a block never ends in the statement after it."""
    return bool(body) and isinstance(body[-1], (ast.Raise, ast.Return, ast.Break, ast.Continue))


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _by_text(tree: ast.AST) -> Tuple[Set[str], bool]:
    """The names that code may look up by strings that it holds, and whether it may look up others, too."""
    spelled: Set[str] = set()
    computed = False
    known: Set[int] = set()  # calls and attributes whose one name is a constant
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) or isinstance(node, ast.Call) and _last(node.func) == "get" and node.args:
            where = node.value if isinstance(node, ast.Subscript) else node.func.value if isinstance(node.func, ast.Attribute) else node
            name = node.slice if isinstance(node, ast.Subscript) else node.args[0]
            if _is_namespace(where) and isinstance(name, ast.Constant) and isinstance(name.value, str):
                spelled.add(name.value)
                known.add(id(where))
        if _is_namespace(node):
            computed = computed or id(node) not in known
        elif isinstance(node, ast.Call) and (_last(node.func) in _LINES or isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec")):
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            spelled.update(word for text in texts for word in words(text))
            computed = computed or isinstance(node.func, ast.Name) and not texts
    return spelled, computed


def words(text: str) -> Tuple[str, ...]:
    """The identifiers in a text, unless it is too long to be code."""
    if len(text) > 10_000:
        return ()
    return tuple(w for w in "".join(c if c.isalnum() or c == "_" else " " for c in text).split() if w.isidentifier())
