"""A kernel that a test runs cell by cell: an IPython shell in a forked process, which starts in milliseconds."""

import contextlib
import io
import os
import pickle
import re
import signal
import struct
import sys

from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
_SHELLS = {"In", "Out", "get_ipython", "exit", "quit", "open"}


class Stepped:
    """Runs cells in a folder; ``run`` tells what a cell showed, what the notebook's names hold after it, and the runtime's lines."""

    def __init__(self, folder, *first):
        asked, told = os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                _serve(asked[0], told[1], str(folder))
            finally:
                os._exit(0)
        os.close(asked[0])
        os.close(told[1])
        self._to, self._from = asked[1], told[0]
        for cell in first:
            self.run(cell)

    def run(self, cell):
        _send(self._to, cell)
        return _receive(self._from)

    def stop(self):
        """Kill it, as a kernel is killed."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._to)
        os.close(self._from)


def _serve(asks, tells, folder):
    os.chdir(folder)
    os.environ["XETCACHE_CONFIG_DIR"] = os.path.join(folder, ".config")
    sys.path.insert(0, folder)
    for name in [n for n in sys.modules if n.partition(".")[0] == "xetcache"]:
        del sys.modules[name]
    shell = _shell()
    while True:
        _send(tells, _run(shell, _receive(asks)))


class _Hook(DisplayHook):
    def write_output_prompt(self):
        sys.stdout.write("result: ")


class _Shell(InteractiveShell):
    displayhook_class = Type(_Hook)


def _shell():
    InteractiveShell.clear_instance()
    shell = _Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    InteractiveShell._instance = shell
    shell._showtraceback = lambda *args: None
    return shell


def _run(shell, cell):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        result = shell.run_cell(cell, store_history=True)
    error = result.error_before_exec or result.error_in_exec
    lines = out.getvalue().splitlines(True)
    own = [line[len("xetmemo: ") :].strip() for line in lines if line.startswith("xetmemo: ")]
    shown = "".join(line for line in lines if not line.startswith("xetmemo: ")) + err.getvalue() + repr(error or "")
    values = {name: _text(value) for name, value in shell.user_ns.items() if not name.startswith("_") and name not in _SHELLS}
    return shown, values, own


def _text(value):
    if type(value).__name__ in ("DataFrame", "Series"):
        return value.to_csv()
    return _ADDRESS.sub("0x", repr(value)) + repr(vars(value) if type(value).__module__ == "__main__" and hasattr(value, "__dict__") else "")


def _send(pipe, value):
    data = pickle.dumps(value)
    data = struct.pack("<Q", len(data)) + data
    while data:
        data = data[os.write(pipe, data) :]


def _receive(pipe):
    (size,) = struct.unpack("<Q", _read(pipe, 8))
    return pickle.loads(_read(pipe, size))


def _read(pipe, size):
    data = b""
    while len(data) < size:
        more = os.read(pipe, size - len(data))
        if not more:
            raise EOFError
        data += more
    return data
