"""The resident analyser: ``xetmemo-lint kernel``, asked what a cell reads and leaves behind before the cell runs.

The process is started at the first question and told every cell that has run since the kernel's start; with each further question it
is told those that ran since. Nothing here may keep a cell from running: when the analyser is missing, dead or silent, the answer is None, and the
user is told so once. docs/analyser.md describes the protocol.

A question is waited for by the thread that runs cells, two seconds in all without an answer; pipes are written and read by
threads of their own, since one that is full or empty would hold it up for longer.
"""

from __future__ import annotations

import functools
import json
import os
import queue
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ..key import answer as answers
from ..key import cellcode
from ..key.answer import Answer
from . import watch

PROTOCOL = 1
_PATIENCE = 2.0  # seconds without an answer, in all
_NOT_FOUND = f"xetmemo-lint was not found: {sys.executable} -m pip install xetmemo-lint"
_RESTARTS = 10  # after deaths in a row that no answer came between

_STDLIB = sysconfig.get_path("stdlib")

class _Ran(NamedTuple):
    """A cell that has begun to run."""

    source: str
    folder: str
    paths: Tuple[str, ...]
    failed: bool


class Analyser:
    """Knows the cells of one kernel, and has a process that knows what they do."""

    def __init__(self, namespace: Dict[str, Any]):
        self._namespace = namespace
        self._history: List[_Ran] = []
        self._process: Optional[_Process] = None
        self._untold: List[Tuple[_Ran, Dict[str, type]]] = []  # what the process doesn't know yet: most cells are never asked about
        self._left = _PATIENCE
        self._deaths = 0
        self.problem = ""  # why there was no answer, in words

    def start(self) -> None:
        """Start the process ahead of the first question, and don't wait for it."""
        self._started()

    def ran(self, source: str) -> None:
        """Note that a cell begins to run."""
        run = _Ran(source, _folder(), _paths(), False)
        self._history.append(run)
        if self._process is not None:
            self._untold.append((run, _types(source, self._namespace)))

    def failed(self) -> None:
        """Note that the last cell raised."""
        if self._history:
            self._history[-1] = self._history[-1]._replace(failed=True)
            if self._process is not None:
                if self._untold:
                    self._untold[-1] = (self._history[-1], self._untold[-1][1])
                else:
                    self._process.send({"op": "failed"})

    def answer(self) -> Optional[Answer]:
        """What the last cell does; None, and ``problem`` says why, when that can't be known."""
        message = self._asked({"op": "answer", "run": len(self._history) - 1})
        if message is None:
            return None
        try:
            if "error" in message:
                raise ValueError(message["error"]["text"])
            found = answers.from_json(message)
        except (TypeError, ValueError, KeyError, AttributeError) as e:
            self.problem = f"xetmemo-lint has no answer: {e}"
            return None
        self._left, self._deaths, self.problem = _PATIENCE, 0, ""
        return found

    def _asked(self, question: Dict[str, Any]) -> Optional[Dict[str, Any]]:
        """The reply to a question. A process that dies over it is started anew, and asked again."""
        while True:
            process = self._started()
            if process is None:
                return None
            if process.heard:  # of an earlier question: it was late, but is there
                self._left, process.heard = _PATIENCE, False
            deadline = time.monotonic() + self._left
            message = process.ask(question, deadline)
            self._left = max(0.0, deadline - time.monotonic())
            if message is not None:
                process.heard = False
                return message
            if not process.dead:
                self.problem = "xetmemo-lint did not answer in time"
                return None
            self.problem = f"{process.program} ended unexpectedly"

    def forget(self) -> None:
        """Leave the process alone: this one is a fork, and it belongs to the parent."""
        if self._process is not None:
            self._process.leave()
        self._process, self._deaths, self._left = None, 0, _PATIENCE

    def _started(self) -> Optional["_Process"]:
        """The process, told all that ran; a dead one is started anew."""
        if self._process is not None and self._process.dead:
            self._process = None
        if self._process is not None:
            for run, types in self._untold:
                self._process.send(_message(run, types))
                if run.failed:
                    self._process.send({"op": "failed"})
            self._untold = []
            return self._process
        if self._deaths >= _RESTARTS or not self._left:
            return None
        program = _program()
        if program is None:
            self.problem = _NOT_FOUND
            return None
        self._deaths += 1
        try:
            process = _Process(program)
        except OSError as e:
            self.problem = f"{program} can't be started: {e.strerror or e}"
            return None
        begin = {"op": "begin", "protocol": PROTOCOL, "python": "%d.%d.%d" % sys.version_info[:3], "folder": _folder(), "parent": os.getpid()}
        process.send(dict(begin, paths=_paths(), id=0))
        last = len(self._history) - 1
        for i, run in enumerate(self._history):
            process.send(_message(run, _types(run.source, self._namespace) if i == last else {}))
            if run.failed:
                process.send({"op": "failed"})
        self._process, self._untold = process, []
        return process


class _Process:
    """One process, and the threads at its two pipes."""

    def __init__(self, program: str):
        options: Dict[str, Any] = {"start_new_session": True}  # so that an interrupt of the kernel isn't one of it
        if os.name == "nt":
            options = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}  # type: ignore[attr-defined]
        self._popen = subprocess.Popen(
            [program, "kernel"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0, **options
        )
        self.program = program
        self.dead = False
        self.heard = False  # something has come that was not looked at
        self._ids = 0
        self._outgoing: "queue.SimpleQueue[Optional[bytes]]" = queue.SimpleQueue()
        self._arrived = threading.Condition()
        self._incoming: Dict[int, Dict[str, Any]] = {}
        for work in (self._write, self._read):
            threading.Thread(target=work, name="xetcache-analyser", daemon=True).start()

    def send(self, message: Dict[str, Any]) -> None:
        self._outgoing.put(json.dumps(message).encode("ascii") + b"\n")

    def ask(self, message: Dict[str, Any], deadline: float) -> Optional[Dict[str, Any]]:
        """The answer to a message, or None: the process is dead, or it is late."""
        self._ids += 1
        number = self._ids
        self.send(dict(message, id=number))
        with self._arrived:
            while number not in self._incoming and not self.dead:
                left = deadline - time.monotonic()
                if left <= 0 or not self._arrived.wait(left):
                    break
            return self._incoming.pop(number, None)

    def leave(self) -> None:
        """Close this process's ends of the pipes. In a fork there are no threads at them."""
        self.dead = True
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                pipe.close()

    def _write(self) -> None:
        pipe = self._popen.stdin
        assert pipe is not None
        try:
            while True:
                data = memoryview(self._outgoing.get() or b"")
                while data:
                    data = data[pipe.write(data) or 0 :]
        except (OSError, ValueError):
            self._died()

    def _read(self) -> None:
        pipe = self._popen.stdout
        assert pipe is not None
        rest = b""
        try:
            while True:
                data = pipe.read(1 << 16)
                if not data:
                    break
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    self._arrive(json.loads(line))
        except (OSError, ValueError):
            pass
        self._died()

    def _arrive(self, message: Any) -> None:
        number = message.get("id") if isinstance(message, dict) else None
        if isinstance(number, int):
            with self._arrived:
                self._incoming = {n: m for n, m in self._incoming.items() if n > number - 8}  # those that nobody waits for any more
                self._incoming[number] = message
                self.heard = True
                self._arrived.notify_all()

    def _died(self) -> None:
        with self._arrived:
            self.dead = True
            self._arrived.notify_all()
        self._popen.kill()
        self._popen.wait()


def _program() -> Optional[str]:
    """The path of xetmemo-lint: what XETMEMO_LINT says, else the one beside this Python, else the first on PATH."""
    named = os.environ.get("XETMEMO_LINT")
    if named:
        return shutil.which(named)
    for folder in (os.path.dirname(sys.executable), sysconfig.get_path("scripts")):
        found = shutil.which("xetmemo-lint", path=folder) if folder else None
        if found:
            return found
    return shutil.which("xetmemo-lint")


def _message(run: _Ran, types: Dict[str, type]) -> Dict[str, Any]:
    message = {"op": "run", "source": run.source, "folder": run.folder, "paths": run.paths}
    paths = {name: _public(cls) for name, cls in types.items()}
    paths = {name: path for name, path in paths.items() if path}
    return dict(message, types=paths) if paths else message


def _folder() -> str:
    try:
        return watch.folder()
    except OSError:  # it was removed
        return os.path.abspath(os.sep)


def _paths() -> Tuple[str, ...]:
    """The folders of sys.path in which the user's own modules may lie."""
    try:
        return _own_paths(tuple(sys.path), _folder())
    except TypeError:  # one of them can't be hashed
        return ()


@functools.lru_cache(maxsize=8)
def _own_paths(paths: Tuple[Any, ...], folder: str) -> Tuple[str, ...]:
    foreign = (sys.prefix, sys.base_prefix, sys.exec_prefix, _STDLIB)
    own = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # a checkout of this package is no module of the user's
    found = []
    for path in paths:
        if not isinstance(path, str) or path in ("", own) or path.endswith(".zip") or "site-packages" in path or "dist-packages" in path:
            continue
        path = os.path.abspath(os.path.join(folder, path))
        if not any(path == f or path.startswith(f + os.sep) for f in foreign if f):
            found.append(path)
    return tuple(found)


def _types(source: str, namespace: Dict[str, Any]) -> Dict[str, type]:
    """The types of the globals that a cell names, those of libraries only."""
    found = {}
    for name in cellcode.words(source):
        if name in namespace:
            cls = type(namespace[name])
            if cls.__module__ not in ("builtins", "__main__"):
                found[name] = cls
    return found


_paths_of_types: Dict[type, str] = {}


def _public(cls: type) -> str:
    """The shortest path that a library shows a type under: pandas.DataFrame, not pandas.core.frame.DataFrame."""
    known = _paths_of_types.get(cls)
    if known is None:
        known, parts = "", str(cls.__module__).split(".")
        if parts[0] not in ("builtins", "__main__"):
            for n in range(1, len(parts) + 1):
                module = ".".join(parts[:n])
                if vars(sys.modules.get(module, object)).get(cls.__name__) is cls:
                    known = f"{module}.{cls.__name__}"
                    break
        if len(_paths_of_types) > 1000:  # made by the cells themselves
            _paths_of_types.clear()
        _paths_of_types[cls] = known
    return known


# One analyser a process: that of the shell it was loaded into.
_current: Optional[Analyser] = None
_running: List[Any] = []


def current() -> Optional[Analyser]:
    """The kernel's analyser; None outside of one."""
    return _current


def missing() -> str:
    """Why cells can't be analysed here, or ""."""
    return "" if _program() is not None else _NOT_FOUND


def source_running() -> str:
    """The text of the cell that runs now, as it was written."""
    return getattr(_running[0], "raw_cell", "") if _running else ""


def load(shell: Any) -> None:
    """Follow the cells of a shell from here on; those before are in its history."""
    global _current
    if _current is not None and _current._namespace is shell.user_ns:
        return
    _current = Analyser(shell.user_ns)
    past = getattr(shell.history_manager, "input_hist_raw", [""])[1:]
    for source in past:
        _current.ran(source)
        _current.failed()  # it may have been
    shell.events.register("pre_run_cell", _begins)
    shell.events.register("post_run_cell", _ends)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_current.forget)


def _begins(info: Any) -> None:
    """Cells that are run by code of a cell are part of it: only those that the user runs count."""
    if getattr(info, "store_history", False):
        _running.clear()
    if not _running and _current is not None:
        _current.ran(info.raw_cell)
    _running.append(info)


def _ends(result: Any) -> None:
    if not _running or _running[-1] is not result.info:
        return
    _running.pop()
    if not _running and _current is not None and not result.success:
        _current.failed()
