"""``%xetmemo auto``: every cell is memoized when that pays, without a header.

The hook is ``shell.run_ast_nodes`` of the cells that the user runs: ``In``, ``Out``, the prompt, tracebacks and ``await`` stay
IPython's own. A cell that is memoized here is one with a bare ``%%xetmemo``: the same run, the same key. What differs is when one
is made at all (worth.py), and that little is said: the rest is in the table.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import os
import threading
import time
import types
from typing import Any, Callable, Dict, Iterator, List, Optional, Set

from .. import config
from ..key import cellcode
from ..key import key as keys
from ..source import fdigest
from ..store import trust
from ..store.holdings import Holdings
from . import analyser, ledger, status, worth
from .run import Run
from .table import Row, Table

_SPOKEN = 0.5  # seconds that a line speaks of, where the threshold isn't lower

# What is memoized under a header and not without one: it sets up libraries, modules and IPython, in ways that a hit repeats only in part.
_NOT_ASKED_FOR = frozenset(("process-state", "line-magic"))

_IDLE = 0.3  # seconds of cells before the analyser is started

_OWN = ("xetmemo", "xetcache")  # a cell that names one of these is left alone


class Auto:
    """Auto mode of one shell."""

    def __init__(self, shell: Any):
        self.shell = shell
        self.table = Table()
        self.budget = worth.Budget()
        self._plain: Optional[Callable[..., Any]] = None  # IPython's own run_ast_nodes, while auto mode is on
        self._ledger: Optional[ledger.Ledger] = None
        self._holdings: Optional[Holdings] = None
        self._root = ""
        self._cells: Optional[Set[str]] = None  # that had memos when the session began
        self._lock = threading.Lock()
        self._overlapped = False
        self._before_start = _IDLE

    @property
    def is_on(self) -> bool:
        return self._plain is not None

    def on(self) -> None:
        missing = analyser.missing()
        if missing:
            status.warn_once("auto", f"auto is off, and cells run as they are: {missing}")
        elif not self.is_on:
            self._plain = self.shell.run_ast_nodes
            self.shell.run_ast_nodes = self._run_ast_nodes
            self._before_start = _IDLE
            self._start_after(_IDLE if os.path.isdir(config.get_memo_path()) else 0.0)  # there may be hits

    def _start_after(self, seconds: float) -> None:
        """Start the analyser ahead of the first question, once cells have taken so long that its start is nothing beside them."""
        if self._before_start <= 0:
            return
        self._before_start -= seconds
        client = analyser.current()
        if self._before_start <= 0 and client is not None:
            client.start()

    def off(self) -> None:
        if self.is_on:
            if vars(self.shell).get("run_ast_nodes") == self._run_ast_nodes:
                del self.shell.run_ast_nodes
            self._plain = None

    def forget(self, cell: Optional[str] = None) -> int:
        """Remove the memos of one cell, or all, and what they took. Returns how many memos went."""
        self._open()
        assert self._ledger is not None and self._holdings is not None
        self._ledger.forget(cell)
        if cell is None:
            self._cells = set()
            return self._holdings.forget(lambda held: bool(held.cell))
        form = _form(cell)
        if self._cells is not None:
            self._cells.discard(form)
        return self._holdings.forget(lambda held: held.cell == form)

    async def _run_ast_nodes(self, nodelist: Any, cell_name: str, interactivity: str = "last_expr", compiler: Any = compile, result: Any = None) -> Any:
        async def plain() -> Any:
            return await own(nodelist, cell_name, interactivity=interactivity, compiler=compiler, result=result)

        own = self._plain or type(self.shell).run_ast_nodes.__get__(self.shell)
        cell = self._asked(interactivity, result)
        if not cell:
            return await plain()
        if not self._lock.acquire(blocking=False):
            self._overlapped = True
            return await plain()
        try:
            self._overlapped = False
            return await self._run(cell, nodelist, plain, result)
        finally:
            self._lock.release()

    def _asked(self, interactivity: str, result: Any) -> str:
        """The source of a cell that the user runs and that may have a memo, or ""."""
        info = getattr(result, "info", None)
        if info is None or not info.store_history or interactivity != "last_expr" or self.shell.ast_transformers:
            return ""
        return "" if any(word in info.raw_cell for word in _OWN) else info.raw_cell

    async def _run(self, cell: str, nodes: Any, plain: Callable[..., Any], result: Any) -> Any:
        run = self._watched(cell, nodes)
        if run is None:
            return await self._timed(cell, nodes, plain, result)
        since, cpu = time.perf_counter(), time.thread_time()
        try:
            hit = run.replayed()
        except KeyboardInterrupt as e:
            result.error_in_exec = e
            self.shell.showtraceback(running_compiled_code=True)
            return True
        if hit:
            self._note(run, result.execution_count, time.perf_counter() - since)
            return False
        with contextlib.ExitStack() as stack:
            with _nothing_lost(run):
                stack.enter_context(run.recorded())
            run.before, run.cpu = time.perf_counter() - since, time.thread_time() - cpu
            raised = await plain()
            run.took = time.perf_counter() - since - run.before
            if not raised:
                self._draw_figures()
        cpu = time.thread_time()
        with _nothing_lost(run):
            if self._overlapped:
                run.refuse("another cell ran at the same time")
            elif run.recorder is not None:
                run.ended(result)
        run.speak()
        if run.what != "stored":  # what storing takes is paid for by what it saves
            run.cpu += time.thread_time() - cpu
        self._note(run, result.execution_count, run.before)
        return raised

    def _watched(self, cell: str, nodes: Any) -> Optional["_AutoRun"]:
        """A run of a cell that is worth finding a key for; None for one that is not."""
        try:
            self._open()
            threshold = config.get_auto_threshold()
            took = self._ledger.took(cell) if self._ledger is not None else None
            if threshold <= 0:
                return _AutoRun(self.shell, cell)
            if worth.is_plain(nodes):
                return None
            if worth.pays(took, threshold) if took is not None else self._has_memo(cell):
                return _AutoRun(self.shell, cell)
            if took is not None or not self.budget.affords(0.0, threshold):
                return None
            guessed = worth.hashing(nodes, self.shell.user_ns)
            return _AutoRun(self.shell, cell, guessed) if self.budget.affords(guessed, threshold, worth.works(nodes, self.shell.user_ns)) else None
        except Exception as e:  # a defect here costs a memo, never a cell
            status.warn_once(repr(e), f"auto leaves cells alone: {type(e).__name__}: {e}")
            return None

    def _open(self) -> None:
        """The ledger of the memo folder as it is set now."""
        root = config.get_memo_path()
        if self._ledger is None or root != self._root:
            self._root, self._ledger, self._holdings, self._cells = root, ledger.of(root), Holdings(root), None

    def _has_memo(self, cell: str) -> bool:
        since = time.thread_time()
        if self._cells is None and self._holdings is not None:
            self._cells = self._holdings.cells()
        found = bool(self._cells) and _form(cell) in self._cells
        self.budget.spent(time.thread_time() - since, 0.0)
        return found

    async def _timed(self, cell: str, nodes: Any, plain: Callable[..., Any], result: Any) -> Any:
        """Run a cell as it is, and note what it took."""
        since = time.perf_counter()
        raised = await plain()
        seconds = time.perf_counter() - since
        self.budget.earned(seconds)
        self._start_after(seconds)
        what, why = "failed" if raised else "too quick", ""
        if not raised and self._ledger is not None:
            known = self._ledger.took(cell)
            if seconds >= config.get_auto_threshold():
                what, why = "not stored", "it is watched from its next run on"
                if worth.is_plain(nodes):
                    why = "it only imports and defines"
                elif known is not None and worth.costs_more(known):
                    why = "finding its key takes longer"
            if known is None or known.seconds < seconds:
                self._ledger.ran(cell, seconds)
        self.table.add(Row(result.execution_count, cell, what, why, seconds), 0.0)
        return raised

    def _note(self, run: "_AutoRun", number: int, cost: float) -> None:
        """Write down what became of a watched cell, and what finding that out cost."""
        if run.guessed is not None:
            self.budget.spent(run.cpu, run.guessed)
        self.budget.earned(run.took)
        self.table.add(Row(number, run.cell, run.what, run.why, run.took, run.saved), cost)
        if self._ledger is not None and run.what != "failed":
            self._ledger.ran(run.cell, run.took, cost)
        if self._holdings is not None and run.what == "stored":
            with contextlib.suppress(OSError):
                self._holdings.shrink(config.get_max_size(), trust.your_key())

    def _draw_figures(self) -> None:
        """Show the figures that the cell left open while its output is recorded, as IPython does right after."""
        for callback in list(self.shell.events.callbacks.get("post_execute", ())):
            if getattr(callback, "__name__", "") == "flush_figures":
                callback()


class _AutoRun(Run):
    """A run of a cell without a header."""

    def __init__(self, shell: Any, cell: str, guessed: Optional[float] = None):
        super().__init__(shell, "", cell)
        self.threshold = config.get_auto_threshold()
        self.guessed = guessed  # seconds that hashing was thought to take, for a cell that nobody has seen
        self.what, self.why = "not memoizable", ""
        self.took = self.saved = 0.0
        self.before = self.cpu = 0.0  # seconds from its begin to the cell's own, and of these those of this thread

    def _refused(self) -> str:
        refused = super()._refused()
        if refused or self.wanted.answer is None:
            return refused
        accepted = keys.directives(self.cell).get("accept", ())
        found = [reason.text for reason in self.wanted.answer.why_not if reason.code in _NOT_ASKED_FOR and reason.code not in accepted]
        if not found and "process-state" not in accepted:
            found = [f"it sets {name}" for name in _set_in_modules(cellcode.of(self.cell, self.shell).tree, self.shell.user_ns)]
        return found[0] if found else ""

    def refuse(self, why: str) -> None:
        self.what, self.why = "not memoizable", why
        status.report("uncached", "cell", f"runs without a memo: {why}", show=False)

    def report(self, kind: str, slot: str, line: str, **more: Any) -> None:
        self.what, self.saved = kind, more.get("saved", 0.0)
        self.took = more.get("took", self.took)
        if kind == "not stored":
            self.what, self.why = ("too quick", "") if self.took < self.threshold else (kind, line.partition("; ")[2])
        worth_a_line = kind in ("hit", "stored") and max(self.saved, self.took) >= self._spoken()
        status.report(kind, slot, line, **dict(more, show=worth_a_line))

    def speak(self) -> None:
        """Say once why a slow cell has no memo."""
        if self.why and self.took >= self._spoken():
            status.warn_once("auto " + self.why, self.why if self.what == "not stored" else f"not memoized: {self.why}", self._shown())

    def _shown(self) -> Any:
        return self.recorder.events if self.recorder is not None else None

    def _spoken(self) -> float:
        return min(_SPOKEN, self.threshold)


def _set_in_modules(tree: Optional[ast.Module], namespace: Dict[str, Any]) -> List[str]:
    """The attributes of modules that a cell sets or deletes, and what lies below them."""
    nodes = list(ast.walk(tree)) if tree is not None else []
    imported = {alias.asname or alias.name.partition(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {name for name, value in namespace.items() if isinstance(value, types.ModuleType)}
    found = []
    for node in nodes:
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            root: ast.AST = node
            while isinstance(root, (ast.Attribute, ast.Subscript)):
                root = root.value
            if isinstance(root, ast.Name) and root.id in imported:
                found.append(ast.unparse(node))
    return found


@contextlib.contextmanager
def _nothing_lost(run: _AutoRun) -> Iterator[None]:
    """The cell's own outcome stands, whatever goes wrong with its memo."""
    try:
        yield
    except KeyboardInterrupt:
        run.refuse("storing it was interrupted")
    except Exception as e:
        run.refuse(f"{type(e).__name__}: {e}")


def _form(cell: str) -> str:
    """A cell as manifests name it: whatever its layout and comments."""
    return hashlib.sha256(fdigest.cell_form(cell)).hexdigest()[:32]
