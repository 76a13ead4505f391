"""What is followed through the cells of one notebook: where values come from, the random generators, the files that were read."""

from __future__ import annotations

import time
from typing import Any, Dict, List, Optional, Set, Tuple

from ..key import cellcode, process
from ..key.origins import Origins
from ..key.randomness import Randomness
from ..source import sourcefile
from . import watch


class Session:
    """One notebook's, from when xetcache was loaded.

    Most cells are quick and never asked about. What is done for each is little: the names that it binds are noted, and for the rest
    only what can't be found later.
    """

    def __init__(self, shell: Any):
        self.shell = shell
        history = getattr(getattr(shell, "history_manager", None), "input_hist_raw", None) or []
        self.origins = Origins(shell)
        self.random = Randomness(began_before=len(history) > 2)
        self.drawn: Set[str] = set()  # keys of cells that drew what nobody seeded, and ran or were taken in this kernel
        self._depth = 0
        self._mark = 0
        self._taken: List[str] = []
        self._read: List[Tuple[str, List[str]]] = []  # the runs that read files, and these
        self._loaded = sourcefile.loaded_digest()
        self._began = self._followed = time.perf_counter()

    def begin(self, info: Any) -> None:
        self._depth += 1
        if self._depth > 1:  # a cell inside a magic
            return
        self._mark, self._taken = watch.mark(), []
        process.before()
        self._began = time.perf_counter()
        self.origins.begin(info.raw_cell or "")

    def end(self, result: Any) -> None:
        if self._depth == 0:  # the cell that loaded xetcache
            return
        self._depth -= 1
        if self._depth:
            return
        if time.perf_counter() - self._followed > _FOLLOW:
            self.follow()
        raw = getattr(getattr(result, "info", None), "raw_cell", None) or ""
        if process.may_set(raw):
            process.after(cellcode.of(raw, self.shell).tree, self.shell.user_ns)
        if watch.imported():
            sourcefile.note_loaded()
        before, self._loaded = self._loaded, sourcefile.loaded_digest()
        files = watch.opened_since(self._mark) + self._taken
        if files:
            self._read.append((raw, files))
        interrupted = isinstance(getattr(result, "error_in_exec", None), KeyboardInterrupt)
        self.origins.end(files, self._loaded if self._loaded != before else "", interrupted)

    def follow(self) -> None:
        """Look at the random generators. What was drawn since the last look must not be more than can be stepped through."""
        self.random.follow()
        self._followed = time.perf_counter()

    def took(self, files: List[str]) -> None:
        """A hit stands for a run that read these files."""
        self._taken += files

    def files_behind(self, names: Set[str]) -> List[str]:
        """The files that runs read which also read one of these names: a cache may hold what was in them."""
        found: List[str] = []
        for cell, files in self._read:
            if not names.isdisjoint(load.name for load in cellcode.of(cell, self.shell).names.reads):
                found += files
        return found


_FOLLOW = 0.1  # seconds of cells between two looks at the random generators

_current: Optional[Session] = None


def current() -> Optional[Session]:
    return _current


def load(shell: Any) -> None:
    """Follow a shell's cells from now on."""
    global _current
    if _current is not None and _current.shell is shell:
        return
    _current = Session(shell)
    watch.load()
    sourcefile.note_loaded()
    events: Dict[str, Any] = {"pre_run_cell": _begin, "post_run_cell": _end}
    for name, call in events.items():
        if call not in shell.events.callbacks[name]:
            shell.events.register(name, call)


def _begin(info: Any) -> None:
    if _current is not None:
        try:
            _current.begin(info)
        except Exception:  # a defect here must not become the cell's
            pass


def _end(result: Any) -> None:
    if _current is not None:
        try:
            _current.end(result)
        except Exception:
            pass
