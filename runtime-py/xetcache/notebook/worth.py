"""Which cells are worth finding a key for before they run: those known to be slow, and unknown ones within a budget.

Finding a key reads the cell's inputs, and most cells are quick. So a cell that was quick is left alone; one that nobody has seen
is watched while all such watching stays under a fiftieth of the time that the session's cells took.
"""

from __future__ import annotations

import ast
import builtins
import itertools
import sys
import time
import types
from typing import Any, Dict, List

from .ledger import Took

_SHARE = 0.015
_GRACE = 0.03  # seconds that a session may spend before it has earned them, on cells that look like work
_FIRST = 0.01  # seconds that a key takes, before one was made
_USUAL_THRESHOLD = 0.5
_PER_BYTE = 1 / 1.0e9
_PER_ITEM = 1e-6
_PER_OBJECT = 5e-6  # a container or an instance inside another one


class Budget:
    """What a session may spend on cells that nobody has seen."""

    def __init__(self) -> None:
        self._earned = _SHARE * time.process_time()  # the kernel's start takes its time, too
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


# What is called often and takes no time: the methods of small values, and what looks at a value or draws one. A cell that calls
# nothing else is not likely to be slow.
_QUICK = frozenset(
    "head tail info describe figure subplots plot title xlabel ylabel legend show hist scatter bar barh imshow axis xlim ylim grid tight_layout set_title set_xlabel "
    "set_ylabel set suptitle annotate axhline axvline colorbar xticks yticks set_option seed arange linspace zeros ones array asarray reshape ravel DataFrame Series "
    "unique nunique value_counts isnull isna notnull sum mean std var median cumsum argmax argmin rename drop dropna fillna astype sample reset_index set_index Path exists "
    "display Markdown HTML Counter defaultdict namedtuple deque choice random randint rand randn normal uniform shape dot T sqrt exp log log10 sin cos tan pi array_equal "
    "concatenate stack where to_datetime Symbol symbols getcwd listdir datetime date timedelta now today time perf_counter partial chain product islice".split()
).union(*map(dir, (builtins, str, list, dict, set, tuple, int, float, bytes))) - {"open", "exec", "eval", "input", "__import__", "compile"}  # fmt: skip
_MANY = 100_000  # a number in a loop's cell from which on it may take a while


def works(nodes: List[ast.stmt], namespace: Dict[str, Any]) -> bool:
    """Whether a cell looks like work: it awaits, loops long, or calls what isn't known to be quick, itself or by a function of the notebook's."""
    waiting: List[ast.AST] = list(nodes)
    loops = many = False
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.While, ast.Await, ast.AsyncFor, ast.AsyncWith)):
            return True
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                if node.func.attr not in _QUICK:
                    return True
            elif not isinstance(node.func, ast.Name) or _called_works(node.func.id, namespace, 0):
                return True
        elif isinstance(node, ast.Name):  # it may be handed on, and called
            if type(namespace.get(node.id)) is types.FunctionType and _called_works(node.id, namespace, 0):
                return True
        loops = loops or isinstance(node, (ast.For, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.BinOp))
        many = many or isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and node.value >= _MANY
        many = many or isinstance(node, ast.BinOp) and isinstance(node.op, (ast.MatMult, ast.Pow))
        many = many or isinstance(node, ast.Name) and _is_large(namespace.get(node.id))
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))
    return loops and many


def _called_works(name: str, namespace: Dict[str, Any], depth: int) -> bool:
    if name not in namespace:
        return name not in _QUICK
    f = namespace[name]
    if type(f) is types.FunctionType and f.__globals__ is namespace and depth < 4:
        return _code_works(f.__code__, namespace, depth)
    if isinstance(f, type) and f.__module__ == "__main__":
        return any(_code_works(m.__code__, namespace, depth) for m in vars(f).values() if type(m) is types.FunctionType and m.__name__ == "__init__")
    return name not in _QUICK


def _code_works(code: types.CodeType, namespace: Dict[str, Any], depth: int) -> bool:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType) and _code_works(constant, namespace, depth):
            return True
        if isinstance(constant, (int, float)) and constant >= _MANY:
            return True
    return any(_called_works(name, namespace, depth + 1) for name in code.co_names if not _is_data(namespace.get(name)))


def _is_data(value: Any) -> bool:
    return value is not None and (isinstance(value, types.ModuleType) or not callable(value))


def _is_large(value: Any) -> bool:
    if isinstance(value, (int, float)):
        return value >= _MANY
    return type(value) in (list, dict, set, tuple) and len(value) >= _MANY // 10 or getattr(value, "nbytes", 0).__class__ is int and getattr(value, "nbytes", 0) >= 1 << 20


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
