"""What a cell uses and does besides computing, seen while it runs: files read and written, folders and variables looked at,
children started.

Python tells of ``open``, ``sqlite3.connect``, ``os.listdir`` and their like by audit events. What reads files in C (Arrow, polars, h5py) and
``os.stat`` tell nothing: they are wrapped while a cell runs.
"""

from __future__ import annotations

import functools
import os
import shlex
import sys
import sysconfig
import threading
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from ..key import needs
from . import status

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC


class Watch:
    """What was seen while this was entered; it may be entered once."""

    def __init__(self) -> None:
        self.read: Dict[str, Any] = {}  # path → digest as of opening
        self.written: Dict[str, Tuple[Optional[str], bool]] = {}  # path → its digest before, and whether that matters
        self.folders: Set[str] = set()
        self.looked: Set[str] = set()
        self.environ: Set[str] = set()
        self.hosts: Set[str] = set()  # that it asked over the network
        self.refused: Dict[str, str] = {}  # what no hit can do again, each with the code that accepts it
        self._folder = os.getcwd()
        self._before: Dict[str, Tuple[int, int]] = {}

    def __enter__(self) -> "Watch":
        self._before = _listing(self._folder)
        self._threads = set(threading.enumerate())
        _install()
        _active.append(self)
        return self

    def __exit__(self, *_: Any) -> None:
        _active.remove(self)
        if not _active:
            _uninstall()
        for thread in threading.enumerate():
            if thread not in self._threads and thread.is_alive() and not _is_librarys(thread):
                self.refuse(f"it leaves the thread {thread.name} running", "process-state")
        for path, known in _listing(self._folder).items():  # written by what tells nothing
            if self._before.get(path) != known and path not in self.written:
                self._writes_source(path)
                if not is_left_out(path):
                    self.written[path] = (None, False)

    def refuse(self, why: str, code: str) -> None:
        self.refused.setdefault(why, code)

    def opened(self, path: Any, mode: Any, flags: int) -> None:
        path = _text(path)
        if path is None:
            return
        writes = bool(flags & _WRITES) if isinstance(flags, int) and flags else isinstance(mode, str) and any(c in mode for c in "wax+")
        if writes:
            self._writes_source(path)
        if is_left_out(path):
            return
        if writes:
            keeps = not (isinstance(flags, int) and flags & os.O_TRUNC) if flags else "w" not in str(mode) and "x" not in str(mode)
            if path not in self.written:
                self.written[path] = (needs.content(path), keeps)
        elif path not in self.written and path not in self.read:
            self.read[path] = needs.content(path)

    def _writes_source(self, path: str) -> None:
        """What a module is imported from is no file like others: it may be loaded already, and loaded again."""
        if path.endswith(".py") and path.startswith(self._folder + os.sep):
            self.refuse(f"it writes {os.path.basename(path)}, the source of a module", "files")


def _is_librarys(thread: threading.Thread) -> bool:
    """Whether a thread is one that libraries keep for themselves, such as the one that watches tqdm's bars."""
    if thread.name.startswith(("xetcache", "IPython", "ThreadPoolExecutor", "asyncio", "Thread-monitor", "tqdm_monitor")):
        return True
    return type(thread).__module__.partition(".")[0] in ("tqdm", "ipykernel", "IPython", "zmq", "joblib", "numexpr", "polars", "matplotlib")


_active: List[Watch] = []
_busy = threading.local()


def opened_since(mark: int) -> List[str]:
    """The files that were opened for reading after ``mark()``."""
    return list(dict.fromkeys(_opened[mark:]))


def mark() -> int:
    if len(_opened) > 100_000:
        del _opened[:]
    return len(_opened)


_opened: List[str] = []  # by anybody in this process, in order
_imports = [True]  # whether a module may have been loaded since it was asked last


_folder_now: List[str] = []  # empty after a change


def folder() -> str:
    """The working folder, asked for only where it may have changed. Raises OSError if it was removed."""
    if not _folder_now or not _hooked:
        _folder_now[:] = [os.getcwd()]
    return _folder_now[0]


def imported() -> bool:
    found = _imports[0]
    _imports[0] = False
    return found


def _audit(event: str, args: Tuple[Any, ...]) -> None:
    if event == "import":
        _imports[0] = True
    elif event == "os.chdir":
        _folder_now.clear()
    if event not in _EVENTS or getattr(_busy, "on", False):
        return
    _busy.on = True
    try:
        _EVENTS[event](*args)
    except Exception:  # a defect here must not become the cell's
        pass
    finally:
        _busy.on = False


def _open(path: Any, mode: Any = None, flags: Any = 0) -> None:
    if isinstance(path, str) and path.endswith((".py", ".pyc")):  # a module that is loaded again has no event of its own
        _imports[0] = True
    if getattr(status.saying, "quiet", False):
        return
    text = _text(path)
    if text is not None and not is_left_out(text):
        _opened.append(text)
    for watch in tuple(_active):
        watch.opened(path, mode, flags)


def _connect(path: Any, *_: Any) -> None:
    path = _text(path)
    if path is None or path == ":memory:" or not path:
        return
    if path.startswith("file:"):
        path = path[5:].partition("?")[0]
    _opened.append(os.path.abspath(path))
    for watch in tuple(_active):
        watch.opened(os.path.abspath(path), "r", 0)


def _list(path: Any = None, *_: Any) -> None:
    if str(sys._getframe(2).f_globals.get("__name__")).startswith(("importlib.", "_frozen_importlib")):  # what is imported counts by itself, and so do libraries
        return
    path = _text(path if path is not None else ".")
    if path is not None and not is_left_out(path):
        for watch in tuple(_active):
            watch.folders.add(path)


def _mkdir(path: Any, *_: Any) -> None:
    text = _text(path)
    if text is not None and not is_left_out(text) and not os.path.exists(text):
        for watch in tuple(_active):
            watch.written.setdefault(text, (None, False))


def _remove(what: str) -> Callable[..., None]:
    def seen(path: Any = "", *_: Any) -> None:
        text = _text(path)
        if text is not None and not is_left_out(text):
            for watch in tuple(_active):
                if text not in watch.written or what != "removes":
                    watch.refuse(f"it {what} {os.path.basename(text)}", "files")
                else:
                    del watch.written[text]  # it was made meanwhile

    return seen


def _rename(source: Any, target: Any, *_: Any) -> None:
    """A file that this run made may get its name at the end, as careful writers do."""
    old, new = _text(source), _text(target)
    for watch in tuple(_active):
        if old in watch.written and watch.written[old][0] is None and new is not None and not os.path.isdir(old):
            del watch.written[old]
            if not is_left_out(new):
                watch.written.setdefault(new, (needs.content(new), False))
        elif old is not None and not is_left_out(old):
            watch.refuse(f"it renames {os.path.basename(old)}", "files")


_QUIET_COMMANDS = frozenset(("echo", "printf", "true", "false", "seq", "expr", "basename", "dirname"))


def _popen(executable: Any, args: Any, *_: Any) -> None:
    words = [str(a) for a in args] if isinstance(args, (list, tuple)) else [str(args)]
    if len(words) == 3 and words[1] == "-c":
        words = words[2:]
    _command(" ".join(words) if len(words) > 1 else words[0])


def _command(command: Any, *_: Any) -> None:
    text = command.decode(errors="replace") if isinstance(command, bytes) else str(command)
    try:
        words = shlex.split(text)
    except ValueError:
        words = []
    quiet = words and os.path.basename(words[0]) in _QUIET_COMMANDS and not any(c in text for c in "|><;&$`")
    for watch in tuple(_active):
        if not quiet:
            watch.refuse(f"it starts {os.path.basename(words[0]) if words else 'a process'}", "shell")


def _asks(host: Any = None, *_: Any) -> None:
    name = host.decode(errors="replace") if isinstance(host, bytes) else host
    if isinstance(name, str) and name not in ("", "localhost", "127.0.0.1", "::1", "0.0.0.0"):
        for watch in tuple(_active):
            watch.hosts.add(name)


_EVENTS: Dict[str, Callable[..., None]] = {
    "open": _open,
    "sqlite3.connect": _connect,
    "os.listdir": _list,
    "os.scandir": _list,
    "glob.glob": lambda *_: None,
    "os.remove": _remove("removes"),
    "os.rename": _rename,
    "os.rmdir": _remove("removes"),
    "os.mkdir": _mkdir,
    "os.chmod": _remove("changes the mode of"),
    "os.symlink": _remove("links"),
    "shutil.rmtree": _remove("removes"),
    "subprocess.Popen": _popen,
    "os.system": _command,
    "os.exec": _command,
    "os.posix_spawn": _command,
    "socket.getaddrinfo": _asks,
    "socket.bind": lambda *_: [watch.refuse("it opens a server", "process-state") for watch in tuple(_active)] and None,
}

_hooked = False


def load() -> None:
    """Listen to audit events, which can't be undone."""
    global _hooked
    if not _hooked:
        _hooked = True
        sys.addaudithook(_audit)


# What is wrapped while a cell runs.

_undo: List[Callable[[], None]] = []

# Functions that read a file in C, by the module that must be loaded: the first argument is a path.
_READERS = {
    "pandas": ("read_parquet", "read_feather", "read_orc", "read_hdf", "read_sas", "read_spss"),
    "pyarrow.parquet": ("read_table", "ParquetFile", "read_metadata", "read_schema"),
    "pyarrow.feather": ("read_table", "read_feather"),
    "pyarrow.csv": ("read_csv", "open_csv"),
    "pyarrow.dataset": ("dataset",),
    "polars": ("read_csv", "read_parquet", "read_ipc", "read_json", "read_ndjson", "read_avro", "read_excel", "scan_csv", "scan_parquet", "scan_ipc", "scan_ndjson"),
    "h5py": ("File",),
    "duckdb": ("connect", "read_csv", "read_parquet", "sql", "query"),
}  # fmt: skip


def _install() -> None:
    if _active:
        return
    load()
    for module, names in _READERS.items():
        loaded = sys.modules.get(module)
        for name in names if loaded is not None else ():
            if hasattr(loaded, name) and not isinstance(getattr(loaded, name), type):
                _wrap(loaded, name, _reads)
    _wrap(os, "stat", _looks)
    _wrap(os, "lstat", _looks)
    _wrap(type(os.environ), "__getitem__", _variable)


def _uninstall() -> None:
    while _undo:
        _undo.pop()()


def _wrap(owner: Any, name: str, seen: Callable[..., None]) -> None:
    before = getattr(owner, name)

    def watched(*args: Any, **kw: Any) -> Any:
        if not getattr(_busy, "on", False):
            _busy.on = True
            try:
                seen(*args, **kw)
            except Exception:  # a defect here must not become the cell's
                pass
            finally:
                _busy.on = False
        return before(*args, **kw)

    watched.__name__ = watched.__qualname__ = name
    watched.__doc__, watched.__module__ = before.__doc__, getattr(before, "__module__", None)
    watched.__wrapped__ = before  # type: ignore[attr-defined]
    setattr(owner, name, watched)

    def restore() -> None:
        if getattr(owner, name) is watched:
            setattr(owner, name, before)

    _undo.append(restore)


def _reads(path: Any = None, *_: Any, **kw: Any) -> None:
    for one in path if isinstance(path, (list, tuple)) else [path if path is not None else kw.get("source", kw.get("path"))]:
        text = _text(one)
        if text is None:
            continue
        if os.path.isdir(text):
            for root, _, names in os.walk(text):
                for name in names:
                    _open(os.path.join(root, name), "r", 0)
        elif os.path.isfile(text):
            _open(text, "r", 0)
        elif any(c in text for c in "*?["):
            import glob

            for found in glob.glob(text, recursive=True):
                _open(found, "r", 0)


def _looks(path: Any = None, *_: Any, **__: Any) -> None:
    text = _text(path)
    if text is not None and not is_left_out(text) and _asked_by_user(3):
        for watch in tuple(_active):
            if text not in watch.written:
                watch.looked.add(text)


def _variable(_: Any, name: Any) -> None:
    if isinstance(name, str) and not name.startswith(_OURS_TO_IGNORE) and _asked_by_user(3):
        for watch in tuple(_active):
            watch.environ.add(name)


_OURS_TO_IGNORE = ("PYTHON", "JPY_", "IPYTHON", "MPL", "COLUMNS", "LINES", "OMP_", "XETCACHE", "PYTEST", "TERM")


def _asked_by_user(depth: int) -> bool:
    """Whether code that isn't a library's asks, by itself or through the standard library's path functions."""
    frame = sys._getframe(depth)
    for _ in range(6):
        if frame is None:
            return False
        name = frame.f_code.co_filename
        if name.startswith(_stdlib()) and "site-packages" not in name or name.startswith("<frozen"):
            if "importlib" in name or "linecache" in name or "inspect" in name or "threading" in name:
                return False
            frame = frame.f_back  # os.path.exists, pathlib, glob
            continue
        return "site-packages" not in name and not name.startswith(_package())
    return False


@functools.lru_cache(maxsize=None)
def _stdlib() -> str:  # asked for each frame behind each stat of a cell
    return sysconfig.get_paths()["stdlib"]


@functools.lru_cache(maxsize=None)
def _package() -> str:
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _text(path: Any) -> Optional[str]:
    if isinstance(path, int) or path is None:
        return None
    try:
        path = os.fspath(path)
        path = os.fsdecode(path) if isinstance(path, bytes) else path
    except TypeError:
        return None
    return os.path.abspath(path) if "\0" not in path and "://" not in path else None


def _left_out_folders() -> Tuple[str, ...]:
    global _left_out, _left_out_of
    of = (os.environ.get("HOME", ""), os.getpid())
    if _left_out_of != of:
        _left_out_of = of
        home = os.path.expanduser("~")
        found = ["/proc", "/dev", "/sys", "/etc", "/usr", sys.prefix, sys.base_prefix, sys.exec_prefix, _package(), _stdlib()]
        found += [os.path.join(home, name) for name in (".cache", ".config", ".ipython", ".jupyter", ".local", ".matplotlib")]
        found += [os.environ[name] for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XETCACHE_CONFIG_DIR") if name in os.environ]
        found = [os.path.abspath(f).rstrip(os.sep) + os.sep for f in found if f]
        _left_out = tuple(f for f in found if f != os.sep)
    return _left_out


_left_out: Tuple[str, ...] = ()
_left_out_of: Any = None
_NAMES_LEFT_OUT = frozenset(("__pycache__", "site-packages", "dist-packages", ".ipynb_checkpoints", "xmemo", ".git"))


def is_left_out(path: str) -> bool:
    path = os.path.abspath(path)
    if not _NAMES_LEFT_OUT.isdisjoint(path.split(os.sep)) or path.endswith((".py", ".pyc", ".pyi", ".so")):
        return True
    if path.startswith(os.path.join(os.path.abspath(os.sep), "tmp") + os.sep + "ipykernel_"):
        return True
    return path.startswith(_left_out_folders())


def _listing(folder: str) -> Dict[str, Tuple[int, int]]:
    """The files in a folder, with their times and sizes."""
    found: Dict[str, Tuple[int, int]] = {}
    _busy.on = True
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if len(found) > 2000:
                    return {}
                if entry.is_file(follow_symlinks=False):
                    there = entry.stat(follow_symlinks=False)
                    found[entry.path] = (there.st_mtime_ns, there.st_size)
    except OSError:
        pass
    finally:
        _busy.on = False
    return found
