"""IPython shells for fuzzed notebooks: a warmed process a hash seed, of which each run is a fork.

    python forks.py        serves runs asked for on its input, until that ends

A run gives what each cell shows, what the runtime says of it, and at the end what the notebook's names hold and the process is set to.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import re
import signal
import struct
import subprocess
import sys
from typing import Any, Dict, List, NamedTuple, Optional

LIMIT = 60  # seconds of one run

_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


class Ran(NamedTuple):
    """What one run of a notebook showed."""

    shown: List[str]  # by cell
    said: List[List[str]]  # the runtime's lines, by cell
    after: Dict[str, str]  # what is left at the end, by what it is of
    problem: str = ""  # why there is no more


class Parent:
    """A warmed process with a hash seed of its own."""

    def __init__(self, hash_seed: int):
        here = os.path.dirname(os.path.abspath(__file__))
        path = os.pathsep.join([here, os.path.dirname(here), *filter(None, [os.environ.get("PYTHONPATH")])])
        env = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "MPLBACKEND": "agg"}
        self._process = subprocess.Popen([sys.executable, os.path.abspath(__file__)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)

    def run(self, cells: List[str], folder: str, setup: str = "") -> Ran:
        """Run cells in a fresh shell in folder, setup before them."""
        data = pickle.dumps((cells, folder, setup))
        self._process.stdin.write(struct.pack("<I", len(data)) + data)
        self._process.stdin.flush()
        size = self._process.stdout.read(4)
        if len(size) < 4:
            raise RuntimeError("the parent of the shells died")
        return Ran(*pickle.loads(self._process.stdout.read(struct.unpack("<I", size)[0])))

    def stop(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def _serve() -> None:
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 0)
    os.dup2(quiet, 1)
    for name in ("IPython.core.interactiveshell", "numpy", "pandas", "xetcache", "xetcache.notebook.auto", "decimal", "json", "logging", "inspect", "shlex"):
        with contextlib.suppress(ImportError):
            __import__(name)
    while True:
        size = source.read(4)
        if len(size) < 4:
            return
        data = _in_fork(pickle.loads(source.read(struct.unpack("<I", size)[0])))
        sink.write(struct.pack("<I", len(data)) + data)
        sink.flush()


def _in_fork(job: Any) -> bytes:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with contextlib.suppress(BaseException):
            os.setpgid(0, 0)
        signal.alarm(LIMIT)
        try:
            found = tuple(_run(*job))
        except BaseException as e:
            found = ([], [], {}, f"{type(e).__name__}: {e}")
        with os.fdopen(writer, "wb") as f:
            f.write(pickle.dumps(found))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as f:
        data = f.read()
    os.waitpid(child, 0)
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)  # what it started: the analyser
    return data or pickle.dumps(([], [], {}, "the shell died"))


_shown: List[str] = []


def _shell() -> Any:
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Type
    from traitlets.config import Config

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            _shown.append(f"result {format_dict.get('text/plain')}\n")

    class Publisher(DisplayPublisher):
        def publish(self, data: Any, metadata: Any = None, **kw: Any) -> None:
            _shown.append(f"display {data.get('text/plain')}\n")

    class Shell(InteractiveShell):
        displayhook_class = Type(Hook)
        display_pub_class = Type(Publisher)

    shell = Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    InteractiveShell._instance = shell
    shell._showtraceback = lambda *args: None
    return shell


def _run(cells: List[str], folder: str, setup: str) -> Ran:
    os.chdir(folder)
    os.environ["XETCACHE_CONFIG_DIR"] = os.path.join(os.path.dirname(folder), ".config")
    sys.path.insert(0, folder)
    shell = _shell()
    if setup:
        _cell(shell, setup)
    began = _state(shell)
    shown, said = [], []
    for cell in cells:
        one, own = _cell(shell, cell)
        shown.append(one)
        said.append(own)
    return Ran(shown, said, _after(shell, began))


def _cell(shell: Any, cell: str) -> Any:
    out, err = io.StringIO(), io.StringIO()
    _shown.clear()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        result = shell.run_cell(cell, store_history=True)
    error = result.error_before_exec or result.error_in_exec
    lines = "".join([*_shown, out.getvalue(), err.getvalue()]).splitlines(True)
    own = [line[len("xetmemo: ") :].strip() for line in lines if line.startswith("xetmemo: ")]
    shown = "".join(line for line in lines if not line.startswith("xetmemo: "))
    shown += f"{type(error).__name__}: {error}" if error is not None else ""
    shown = re.sub(r"(CPU times|Wall time): .*", r"\1", shown)
    return _ADDRESS.sub("0x", re.sub(r"<ipython-input-\d+-\w+>", "<cell>", shown)), own


_OF_SHELL = re.compile(r"_.*|In|Out|get_ipython|exit|quit|open|display|xetcache")


def _state(shell: Any) -> Dict[str, str]:
    """What the process is set to."""
    import decimal
    import logging
    import random
    import warnings

    found = {"environ": repr(sorted((n, v) for n, v in os.environ.items() if not n.startswith("XETCACHE"))), "cwd": os.getcwd(), "path": repr(sys.path), "decimal": repr(decimal.getcontext())}
    found["random"] = repr(hash(random.getstate()))
    found["warnings"] = str(len(warnings.filters))
    found["level"] = repr(logging.getLogger("a").level)
    np, pd = sys.modules.get("numpy"), sys.modules.get("pandas")
    if np is not None:
        found["numpy.random"] = repr(hash(np.random.get_state()[1].tobytes() + str(np.random.get_state()[2:]).encode()))
        found["numpy"] = repr((np.get_printoptions(), np.geterr()))
    if pd is not None:
        found["pandas"] = repr(pd.get_option("display.precision"))
    return found


def _after(shell: Any, began: Dict[str, str]) -> Dict[str, str]:
    """What is left: the process as far as it changed, the files, and the names with what they hold and share."""
    from xetcache.digest import Unhashable, digest

    def of(value: Any) -> str:
        try:
            return digest(value)[:20]
        except Unhashable:
            return "unhashable"
        except Exception as e:
            return type(e).__name__

    now = _state(shell)
    found = {f"state {name}": value for name, value in now.items() if value != began.get(name)}
    for name in sorted(os.listdir(".")):
        if os.path.isfile(name):
            with open(name, "rb") as f:
                found[f"file {name}"] = repr(f.read()[:500])
    names = {name: value for name, value in shell.user_ns.items() if not _OF_SHELL.fullmatch(name)}
    for name, value in names.items():
        try:
            text = _ADDRESS.sub("0x", repr(value))[:300]
        except Exception as e:
            text = type(e).__name__
        found[f"name {name}"] = f"{type(value).__name__} {text} {of(value)}"
    identities: Dict[int, List[str]] = {}
    for name, value in names.items():
        if not isinstance(value, (int, float, str, bytes, type(None), bool)):
            identities.setdefault(id(value), []).append(name)
    found["same"] = repr(sorted(sorted(group) for group in identities.values() if len(group) > 1))
    hashable = [value for name, value in sorted(names.items()) if not found[f"name {name}"].endswith("unhashable")]
    found["together"] = of(hashable)
    for name in ("lib", "lib2", "math"):
        module = sys.modules.get(name)
        if name != "math" and module is not None:
            found[f"module {name}"] = _ADDRESS.sub("0x", repr({n: v for n, v in vars(module).items() if not n.startswith("__")}))[:400]
    return found


if __name__ == "__main__":
    _serve()
