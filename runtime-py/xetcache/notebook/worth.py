"""Which cells are worth finding a key for before they run: those known to be slow, and unknown ones within a budget.

Finding a key reads the cell's inputs, and most cells are quick. So a cell that was quick is left alone; one that nobody has seen
is watched while all such watching stays under a fiftieth of the time that the session's cells took.
"""

from __future__ import annotations

import ast
import itertools
import sys
from typing import Any, Dict, List

from .ledger import Took

_SHARE = 0.015
_GRACE = 0.06  # seconds that a session may spend before it has earned them, on cells that look like work
_FIRST = 0.01  # seconds that a key takes, before one was made
_USUAL_THRESHOLD = 0.5
_PER_BYTE = 1 / 1.0e9
_PER_ITEM = 1e-6
_PER_OBJECT = 5e-6  # a container or an instance inside another one


class Budget:
    """What a session may spend on cells that nobody has seen."""

    def __init__(self) -> None:
        self._earned = 0.0
        self._spent = 0.0
        self._usual = _FIRST

    def earned(self, seconds: float) -> None:
        """A cell took so long, or a hit saved it."""
        self._earned += _SHARE * seconds

    def spent(self, seconds: float, guessed: float) -> None:
        """The key of an unknown cell took so long."""
        self._spent += seconds
        self._usual += (max(0.0, seconds - guessed) - self._usual) / 8

    def affords(self, guessed: float, threshold: float, works: bool = True) -> bool:
        """Whether another may be looked at. Who wants quicker cells stored than usual wants more of them looked at."""
        more = max(1.0, _USUAL_THRESHOLD / threshold)
        return self._spent + self._usual + guessed <= (self._earned + _GRACE) * more if works else self._spent + self._usual + guessed <= self._earned * more / 2


def is_plain(nodes: List[ast.stmt]) -> bool:
    """Whether a cell only imports, defines, and names values: nothing that takes time and that a memo could save."""
    return all(_is_plain(node) for node in nodes)


def _is_plain(node: ast.stmt) -> bool:
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass)):
        return True
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return not node.decorator_list
    working = (ast.Call, ast.BinOp, ast.Compare, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Await, ast.Subscript)
    if isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign)):
        return not any(isinstance(inner, working) for inner in ast.walk(node))
    return False


# What is called to look at a value, and takes no time: a cell that calls nothing else is not likely to be slow.
_LOOKS = frozenset(
    "print display len type str repr int float bool list dict set tuple range sorted round format min max abs isinstance help dir head tail info describe keys values items "
    "copy append figure subplots plot title xlabel ylabel legend show hist scatter bar barh imshow axis xlim ylim grid tight_layout set_title set_xlabel set_ylabel "
    "suptitle annotate text savefig axhline axvline colorbar xticks yticks set_option seed arange linspace zeros ones array reshape DataFrame Series join split strip "
    "replace lower upper startswith endswith get unique nunique value_counts isnull isna sum mean std rename drop sample Path exists".split()
)


def works(nodes: List[ast.stmt]) -> bool:
    """Whether a cell looks like work: it loops, awaits, or calls what isn't known to be quick."""
    waiting: List[ast.AST] = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.For, ast.While, ast.AsyncFor, ast.Await, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.With, ast.AsyncWith)):
            return True
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in _LOOKS:
                return True
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))
    return False


def hashing(nodes: List[ast.stmt], namespace: Dict[str, Any]) -> float:
    """A guess of the seconds that hashing the values takes which a cell names."""
    names = {node.id for statement in nodes for node in ast.walk(statement) if isinstance(node, ast.Name)}
    return sum(_seconds(namespace[name]) for name in names if name in namespace)


_SIMPLE = frozenset((type(None), bool, int, float, complex, str, bytes))


def _seconds(value: Any, depth: int = 0) -> float:
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        items = list(itertools.islice(value.values() if isinstance(value, dict) else value, 10))
        inner = [_PER_OBJECT + (_seconds(item, depth + 1) if depth < 3 else 0.0) for item in items if type(item) not in _SIMPLE]
        return len(value) * (_PER_ITEM + (sum(inner) / len(items) if items else 0.0))
    if isinstance(value, (str, bytes, bytearray)):
        return len(value) * _PER_BYTE
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, (pandas.DataFrame, pandas.Series)):
        columns = len(value.columns) if isinstance(value, pandas.DataFrame) else 1
        return len(value) * columns * 8 * _PER_BYTE + len(value) * _objects(value) * _PER_ITEM
    size = getattr(value, "nbytes", 0)
    return size * _PER_BYTE if isinstance(size, int) else 0.0


def _objects(frame: Any) -> int:
    types = [frame.dtype] if frame.ndim == 1 else list(frame.dtypes)
    return sum(not hasattr(t, "itemsize") or t.kind == "O" for t in types)


def pays(took: Took, threshold: float) -> bool:
    """Whether a cell that has run before is worth a memo: it is slow, and finding its key and loading it plainly takes less."""
    return took.seconds >= threshold and not costs_more(took)


def costs_more(took: Took) -> bool:
    return took.cost > 2 * took.seconds
