"""Time every cell, with a header or without, for the ledger: ``xetmemo-lint annotate`` and ``status`` read there which are slow."""

from __future__ import annotations

import time
from typing import Any, Callable, List

from .. import config
from . import ledger, status


class Timing:
    """That of one shell."""

    def __init__(self, shell: Any, wanted: Callable[[], bool]):
        self.shell = shell
        self._wanted = wanted
        self._depth = 0
        self._since = 0.0
        self._hits = 0

    def begin(self, info: Any) -> None:
        self._depth += 1
        if self._depth == 1:  # no cell inside a magic
            self._hits = status.hits()
            self._since = time.perf_counter()

    def end(self, result: Any) -> None:
        seconds = time.perf_counter() - self._since
        if self._depth == 0:  # the cell that loaded xetcache
            return
        self._depth -= 1
        cell = getattr(getattr(result, "info", None), "raw_cell", None)
        # What was taken from a memo, as a whole or a call of it, says nothing of what running it takes.
        if self._depth or not cell or not result.success or status.hits() != self._hits or not self._wanted():
            return
        ledger.of(config.get_memo_path()).ran(cell, seconds)


_timings: List[Timing] = []


def load(shell: Any, wanted: Callable[[], bool]) -> None:
    """Time a shell's cells from now on, while wanted says so."""
    if any(timing.shell is shell for timing in _timings):
        return
    timing = Timing(shell, wanted)
    _timings.append(timing)
    shell.events.register("pre_run_cell", lambda info: _quietly(timing.begin, info))
    shell.events.register("post_run_cell", lambda result: _quietly(timing.end, result))


def _quietly(note: Callable[[Any], None], of: Any) -> None:
    try:
        note(of)
    except Exception:  # a defect here must not become the cell's
        pass
