"""Notebooks in IPython shells of forked processes: plain, with an empty store, and again with what that left.

A fork takes a few milliseconds where a kernel takes seconds; what was imported before is there. What a cell shows is what it
writes, its result and its error, without the runtime's own lines.
"""

import contextlib
import io
import os
import pickle
import re
import sys
import traceback

import xetcache  # once, before the forks

_START = "import xetcache; xetcache.load_ipython_extension(get_ipython()); xetcache.set_memo_path('xmemo')"
HEADER = re.compile(r"^%%xetmemo.*\n?")


def plain(cell):
    return HEADER.sub("", cell)


def run(cells, folder, memos=True, threshold=0):
    """What each cell shows, and the runtime's lines about it, of a fresh shell in folder."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            found = _cells(cells, folder, memos, threshold)
        except BaseException:
            found = traceback.format_exc()
        with os.fdopen(writer, "wb") as f:
            pickle.dump(found, f)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as f:
        data = f.read()
    os.waitpid(child, 0)
    found = pickle.loads(data) if data else "the shell died"
    assert not isinstance(found, str), found
    return found


def _cells(cells, folder, memos, threshold):
    os.chdir(folder)
    os.environ["XETCACHE_CONFIG_DIR"] = os.path.join(str(folder), ".config")
    sys.path.insert(0, str(folder))
    shell = _shell()
    _run(shell, f"{_START}; xetcache.set_runtime_threshold({threshold})" if memos else "pass")
    return [_run(shell, cell) for cell in cells]


def _shell():
    """A shell that sends results and displays as a kernel does, and not as text of the cell."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Type
    from traitlets.config import Config

    class Hook(DisplayHook):
        def write_output_prompt(self):
            pass

        def write_format_data(self, format_dict, md_dict=None):
            _shown.append(f"result {format_dict.get('text/plain')}\n")

    class Publisher(DisplayPublisher):
        def publish(self, data, metadata=None, *, transient=None, update=False, **kw):
            _shown.append(f"{'update' if update else 'display'} {data.get('text/plain')}\n")

        def clear_output(self, wait=False):
            _shown.append(f"clear {wait}\n")

    class Shell(InteractiveShell):
        displayhook_class = Type(Hook)
        display_pub_class = Type(Publisher)

    InteractiveShell.clear_instance()  # the one of the process that was forked
    shell = Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    InteractiveShell._instance = shell
    shell._showtraceback = lambda *args: None
    return shell


_shown = []


def _run(shell, cell):
    out, err = io.StringIO(), io.StringIO()
    _shown.clear()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        result = shell.run_cell(cell, store_history=True)
    error = result.error_before_exec or result.error_in_exec
    text = re.sub(r"<ipython-input-\d+-", "<ipython-input-", "".join([*_shown, out.getvalue(), err.getvalue()]))
    lines = text.splitlines(True)
    own = [line[len("xetmemo: ") :].strip() for line in lines if line.startswith("xetmemo: ")]
    shown = "".join(line for line in lines if not line.startswith("xetmemo: "))
    return shown + (f"{type(error).__name__}: {error}" if error is not None else ""), own
