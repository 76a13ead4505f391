"""What the cells of a folder took: source -> seconds, and what finding their keys cost. It says which cells are worth watching.

It is a file of JSON lines in the user's cache folder, one for each folder of memos, that is read once and then only appended to;
the last line about a source holds:

    {"source": 32 hex digits of the SHA-256 of a cell without its header, "seconds": 4.1, "cost": 0.02}
    {"source": …, "seconds": null}     forgotten

``xetmemo-lint annotate`` and ``status`` read it, too: JupyterLab records no durations by default. It holds no result: when it
can't be read or written, or is damaged, cells are timed anew.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import json
import os
import time
from typing import Any, Dict, NamedTuple, Optional, Set

from ..store import index
from . import header

_ROWS = 20_000  # that are kept; the oldest go
_MAX_FILE = 4 << 20  # bytes from which it is written anew
_WAIT = 5.0  # seconds that what quick cells took may wait in memory
_WORTH_WRITING = 0.2  # seconds of a cell that is written at once: a kernel may be killed at any time


class Took(NamedTuple):
    """What one cell took when it last ran."""

    seconds: float
    cost: float  # seconds that finding its key, or its memo, took at least; 0 if neither was looked for


@functools.lru_cache(maxsize=None)
def of(root: str) -> "Ledger":
    """The one of a memo folder."""
    return Ledger(root)


class Ledger:
    """The cells of one memo folder."""

    def __init__(self, root: str):
        self._path = path(root)
        self._took: Dict[str, Took] = {}
        self._unwritten: Set[str] = set()
        self._written = time.monotonic()
        self._read()
        atexit.register(self.flush)

    def took(self, cell: str) -> Optional[Took]:
        """What this cell took, if it has run before."""
        return self._took.get(_source(cell))

    def ran(self, cell: str, seconds: float, cost: float = 0.0) -> None:
        """Note that a cell ran, or was taken from the memo of such a run."""
        source = _source(cell)
        before = self._took.get(source)
        if before is not None and before.cost:  # a busy moment says nothing
            cost = min(cost or before.cost, before.cost)
        self._took[source] = Took(seconds, cost)
        self._unwritten.add(source)
        if seconds >= _WORTH_WRITING or time.monotonic() - self._written > _WAIT:
            self.flush()

    def forget(self, cell: Optional[str] = None) -> None:
        """Forget one cell, or all."""
        for source in list(self._took) if cell is None else [_source(cell)]:
            if self._took.pop(source, None) is not None:
                self._unwritten.add(source)
        self.flush()

    def flush(self) -> None:
        """Write what waits."""
        self._written = time.monotonic()
        lines = [_line(source, self._took.get(source)) for source in sorted(self._unwritten)]
        self._unwritten.clear()
        if lines:
            with contextlib.suppress(OSError):
                os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
                file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    os.write(file, "".join(lines).encode())  # at once: other kernels append, too
                finally:
                    os.close(file)

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            with open(self._path, encoding="ascii", errors="replace") as f:
                text = f.read()
            for line in text.splitlines():
                self._note(line)
            for source in list(self._took)[:-_ROWS]:
                del self._took[source]
            if len(text) > _MAX_FILE:
                made = f"{self._path}.{os.getpid()}"
                with open(made, "w", encoding="ascii") as f:
                    f.writelines(_line(source, took) for source, took in self._took.items())
                os.replace(made, self._path)

    def _note(self, line: str) -> None:
        try:
            row: Any = json.loads(line)
            source, seconds = str(row["source"]), row["seconds"]
            self._took.pop(source, None)
            if seconds is not None:
                self._took[source] = Took(float(seconds), float(row.get("cost", 0.0)))
        except (ValueError, TypeError, KeyError, AttributeError):  # cut off, or another's
            pass


def path(root: str) -> str:
    """The file of a memo folder."""
    name = hashlib.sha256(os.path.realpath(root).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return os.path.join(os.path.dirname(index.path()), "ledger", name + ".jsonl")


def _line(source: str, took: Optional[Took]) -> str:
    row = {"source": source, "seconds": None} if took is None else {"source": source, "seconds": round(took.seconds, 4), "cost": round(took.cost, 6)}
    return json.dumps(row) + "\n"


def _source(cell: str) -> str:
    return hashlib.sha256(header.body(cell).strip().encode("utf-8", "surrogatepass")).hexdigest()[:32]
