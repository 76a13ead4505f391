"""``%xetmemo_trace on``: watch what memoized cells really read, and say what their headers miss.

While a cell runs, its names are looked up in a dictionary that notes every name asked for. CPython asks such a
dictionary for names at the cell's own level; what functions read of the notebook's globals is found from the code of
the functions that ran. Values are digested before and after, so a change in place is seen too.

``%xetmemo_trace FILE`` also appends one JSON line a cell to FILE, for ``xetmemo-lint check --trace FILE``:

    {"cell": "<id or null>", "source": "<32 hex digits>", "header": {"input": [...], "output": [...]},
     "reads": [...], "binds": [...], "mutates": [...], "missing_inputs": [...], "missing_outputs": [...]}
"""

from __future__ import annotations

import json
import sys
import types
from typing import Any, Dict, List, Optional, Set

from IPython.core.magic import Magics, line_magic, magics_class

from .. import digest as valuedigest
from . import status
from ..source import fdigest, loads, local, wrapped
from .header import Header

_BUDGET = 32 << 20

_on = False
_file: Optional[str] = None


@magics_class
class XetMemoTrace(Magics):
    @line_magic
    def xetmemo_trace(self, line: str) -> None:
        """Watch what memoized cells read and change: on, off, or the file to append a record of each cell to."""
        global _on, _file
        word = line.strip().strip("'\"")
        if word in ("", "on", "off"):
            _on = word != "off"
            _file = _file if _on else None
        else:
            _on, _file = True, word


def start(shell: Any, header: Header, cell: str) -> Optional["Tracer"]:
    """Begin to watch a cell, if tracing is on."""
    return Tracer(shell, header, cell) if _on else None


class Tracer:
    """Watches one run of one cell, from its making to ``finish``."""

    def __init__(self, shell: Any, header: Header, cell: str):
        self.header = header
        self.cell = cell
        self.namespace = shell.user_ns
        self.shell = shell
        self.names = {n for n in self.namespace if not n.startswith("_") and n not in _SHELL_NAMES}
        self.before = {n: id(self.namespace[n]) for n in self.names}
        self.kept = [self.namespace[n] for n in self.names]  # so that no id is used again
        self.digests = {n: _digest(self.namespace[n]) for n in self.names if _is_data(self.namespace[n])}
        self.functions: Set[types.CodeType] = set()
        self.codes_before = sys.getprofile()
        sys.setprofile(self._profile)

    def finish(self) -> None:
        """Stop watching; say what the header misses, and write the record."""
        sys.setprofile(self.codes_before)
        namespace = self.namespace
        reads = self._reads()
        after = {n for n in namespace if not n.startswith("_") and n not in _SHELL_NAMES}
        binds = sorted(n for n in after if n not in self.before or id(namespace[n]) != self.before[n])
        mutates = sorted(
            n for n, digest in self.digests.items()
            if n in after and n not in binds and digest is not None and _digest(namespace[n]) != digest
        )  # fmt: skip
        listed = set(self.header.output)
        covered = set(self.header.input) | _names_in(self.header.input)
        binds = [n for n in binds if not isinstance(namespace[n], types.ModuleType)]
        missing_inputs = [n for n in reads if n not in covered]
        missing_outputs = [n for n in mutates if n not in listed]
        if missing_inputs:
            status.warn_once(f"in {self.cell}", f"the header misses input {', '.join(missing_inputs)}, which the cell read")
        if missing_outputs:
            status.warn_once(
                f"out {self.cell}", f"the header misses output {', '.join(missing_outputs)}, which the cell changed"
            )
        if _file is not None:
            record = {
                "cell": _cell_id(self.shell),
                "source": _source_digest(self.cell),
                "header": {"input": self.header.input, "output": self.header.output},
                "reads": reads, "binds": binds, "mutates": mutates,
                "missing_inputs": missing_inputs, "missing_outputs": missing_outputs,
            }  # fmt: skip
            try:
                with open(_file, "a", encoding="utf-8") as f:
                    f.write(json.dumps(record) + "\n")
            except OSError as e:
                status.warn_once(_file, f"the trace can't be written to {_file}: {e.strerror}")

    def _profile(self, frame: Any, event: str, arg: Any) -> None:
        if event == "call" and frame.f_globals is self.namespace:
            self.functions.add(frame.f_code)

    def _reads(self) -> List[str]:
        """Names from before the cell that code which ran loads: the cell's own lines, and the functions it called."""
        found: Dict[str, None] = {}
        for code in sorted(self.functions, key=lambda c: (c.co_filename, c.co_firstlineno)):
            for load in loads.loads(code)[0]:
                value = self.namespace.get(load.name)
                if load.name in self.names and not isinstance(value, types.ModuleType) and not _is_external(value):
                    found[load.name] = None
        return sorted(found)


_SHELL_NAMES = {"In", "Out", "get_ipython", "exit", "quit", "open"}


def _is_external(value: Any) -> bool:
    """Imported from a library: no input."""
    value = wrapped.unwrapped(value)
    if isinstance(value, types.FunctionType):
        return not local.is_local(value.__code__.co_filename, value.__module__)
    if isinstance(value, type):
        return not local.class_is_local(value)
    return isinstance(value, types.BuiltinFunctionType)


def _is_data(value: Any) -> bool:
    return not isinstance(value, (types.ModuleType, types.FunctionType, type))


def _digest(value: Any) -> Optional[str]:
    try:
        return valuedigest.digest(value, None, _BUDGET)
    except (valuedigest.Unhashable, valuedigest.OverBudget):
        return None


def _names_in(expressions: List[str]) -> Set[str]:
    names: Set[str] = set()
    for text in expressions:
        try:
            names.update(compile(text, "<input>", "eval").co_names)
        except (SyntaxError, ValueError):
            pass
    return names


def _cell_id(shell: Any) -> Optional[str]:
    parent = getattr(shell, "parent_header", None)
    parent = shell.get_parent() if hasattr(shell, "get_parent") else parent
    metadata = parent.get("metadata") if isinstance(parent, dict) else None
    found = metadata.get("cellId") if isinstance(metadata, dict) else None
    return found if isinstance(found, str) else None


def _source_digest(cell: str) -> str:
    import hashlib

    return hashlib.sha256(fdigest.cell_form(cell)).hexdigest()[:32]


def load(shell: Any) -> None:
    shell.register_magics(XetMemoTrace)
