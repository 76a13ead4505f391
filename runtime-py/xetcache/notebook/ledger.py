"""What the cells of a folder took: source -> seconds, and what finding their keys cost. It says which cells are worth watching.

It is a SQLite file in the user's cache folder, read once and then kept in memory. It holds no result: when it can't be read or
written, or is damaged, cells are timed anew.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import sqlite3
import time
from typing import Dict, NamedTuple, Optional, Set, Tuple

from ..store import index

_VERSION = 1
_ROWS = 20_000  # of one folder that are kept; the oldest go
_WAIT = 5.0  # seconds that what quick cells took may wait in memory
_WORTH_WRITING = 0.2  # seconds of a cell that is written at once: a kernel may be killed at any time


class Took(NamedTuple):
    """What one cell took when it last ran."""

    seconds: float
    cost: float  # seconds that finding its key, or its memo, took at least; 0 if neither was looked for


class Ledger:
    """The cells of one memo folder."""

    def __init__(self, root: str):
        self._root = root
        self._took: Dict[str, Took] = {}
        self._unwritten: Set[str] = set()
        self._written = time.monotonic()
        self._connection = _connect()
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
        gone = list(self._took) if cell is None else [_source(cell)]
        for source in gone:
            self._took.pop(source, None)
            self._unwritten.discard(source)
        with contextlib.suppress(sqlite3.Error):
            if self._connection is not None:
                self._connection.executemany("DELETE FROM cell WHERE root = ? AND source = ?", [(self._root, source) for source in gone])

    def flush(self) -> None:
        """Write what waits."""
        self._written = time.monotonic()
        rows = [(self._root, source, *self._took[source], time.time()) for source in sorted(self._unwritten)]
        self._unwritten.clear()
        if not rows or self._connection is None:
            return
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany("INSERT OR REPLACE INTO cell VALUES (?, ?, ?, ?, ?)", rows)
            finally:
                self._connection.execute("COMMIT")

    def _read(self) -> None:
        if self._connection is None:
            return
        try:
            found = self._connection.execute(
                "SELECT source, seconds, cost FROM cell WHERE root = ? ORDER BY written DESC LIMIT ?", (self._root, _ROWS)
            ).fetchall()
        except sqlite3.Error:
            return
        self._took = {source: Took(seconds, cost) for source, seconds, cost in found}


def _source(cell: str) -> str:
    return hashlib.sha256(cell.strip().encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _connect() -> Optional[sqlite3.Connection]:
    path = os.path.join(os.path.dirname(index.path()), "ledger.sqlite")
    with contextlib.suppress(OSError, sqlite3.Error):
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        try:
            return _prepared(path)
        except sqlite3.OperationalError:  # locked, read-only, no room
            return None
        except sqlite3.DatabaseError:  # damaged: made anew
            os.unlink(path)
            return _prepared(path)
    return None


def _prepared(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0.2, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")
    if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
        connection.execute("DROP TABLE IF EXISTS cell")
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute("CREATE TABLE IF NOT EXISTS cell (root, source, seconds REAL, cost REAL, written REAL, PRIMARY KEY (root, source)) WITHOUT ROWID")
    return connection
