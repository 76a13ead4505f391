"""What a run leaves in the process that no memo can leave there: children, tasks, handlers, hooks, accessors, open figures.

Each look is cheap: it is taken before every memoized cell, and after.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import signal
import sys
import threading
from typing import Any, Callable, Dict, Tuple

from ..key import process


def take(shell: Any) -> Dict[str, Any]:
    return {name: look(shell) for name, (look, _) in _LOOKS.items()}


def left(before: Dict[str, Any], shell: Any) -> Dict[str, str]:
    """What is there now and wasn't before, as phrases, each with the code that accepts it."""
    phrases = {say(before[name], look(shell)): "pyplot-state" if name == "figures" else "process-state" for name, (look, say) in _LOOKS.items()}
    return {phrase: code for phrase, code in phrases.items() if phrase}


def _children(shell: Any) -> Any:
    found = set()
    processes = sys.modules.get("multiprocessing.process")
    if processes is not None:
        found |= {p.pid for p in list(processes._children) if p._popen is not None and p._popen.poll() is None and not p.daemon}
    opened = sys.modules.get("subprocess")
    if opened is not None and getattr(opened, "_active", None):
        found |= {p.pid for p in opened._active if p.returncode is None}
    return found


def _tasks(shell: Any) -> Any:
    try:
        return set(map(id, asyncio.all_tasks(asyncio.get_running_loop())))
    except RuntimeError:
        return set()


def _handlers(shell: Any) -> Any:
    found = {("", id(h)) for h in logging.root.handlers}
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and logger.handlers:
            found |= {(name, id(h)) for h in logger.handlers}
    return found


def _hooks(shell: Any) -> Any:
    found: Dict[str, Any] = {
        name: getattr(sys, name) for name in ("excepthook", "unraisablehook", "stdin")
    }  # fmt: skip
    found["threading.excepthook"] = threading.excepthook
    found["atexit"] = atexit._ncallbacks() if hasattr(atexit, "_ncallbacks") else 0
    for name in ("SIGINT", "SIGTERM", "SIGALRM", "SIGUSR1"):
        if hasattr(signal, name):
            found[name] = signal.getsignal(getattr(signal, name))
    if shell is not None:
        found["events"] = {id(f) for several in shell.events.callbacks.values() for f in several if not _is_librarys(f)}
        found["magics"] = [len(f) for f in shell.magics_manager.magics.values()]
        found["transformers"] = (len(shell.input_transformers_post), len(shell.ast_transformers))
    return found


def _is_librarys(f: Any) -> bool:
    """Whether the import of a library that draws asked to be told when cells end."""
    return str(getattr(f, "__module__", "")).partition(".")[0] in ("matplotlib", "matplotlib_inline", "ipykernel", "IPython", "plotly", "xetcache")


def _say_hooks(before: Any, now: Any) -> str:
    changed = [name for name in now if before.get(name) is not now[name] and before.get(name) != now[name]]
    if changed == ["atexit"]:  # many libraries have one from their import on
        return ""
    changed = [name for name in changed if name != "atexit"]
    return f"it sets {', '.join(changed)}" if changed else ""


_CLASSES = (("pandas", "DataFrame"), ("pandas", "Series"), ("pandas", "Index"), ("polars", "DataFrame"), ("polars", "Series"), ("xarray", "Dataset"),
            ("xarray", "DataArray"), ("matplotlib.axes", "Axes"))  # fmt: skip


def _registered(shell: Any) -> Any:
    found = {}
    for module, name in _CLASSES:
        cls = getattr(sys.modules.get(module), name, None)
        if isinstance(cls, type):
            found[f"{module}.{name}"] = set(vars(cls))
    return found


def _say_registered(before: Any, now: Any) -> str:
    for name, members in now.items():
        new = sorted(m for m in members - before.get(name, members) if not m.startswith("_"))
        if new:
            return f"it registers {', '.join(new)} with {name}"
    return ""


def _figures(shell: Any) -> Any:
    registry = sys.modules.get("matplotlib._pylab_helpers")
    return {number: len(manager.canvas.figure.axes) for number, manager in registry.Gcf.figs.items()} if registry is not None else {}


def _say_figures(before: Any, now: Any) -> str:
    if now.keys() - before.keys():
        return "it leaves a figure open, which a later cell would draw on"
    return "it draws on a figure that an earlier cell left open" if before and now != before else ""


_SETTINGS = ("ast_node_interactivity", "autoawait", "autocall", "call_pdb", "automagic", "colors", "loop_runner")


def _settings(shell: Any) -> Any:
    if shell is None:
        return {}
    found = {name: repr(getattr(shell, name, None)) for name in _SETTINGS}
    found["the mode of tracebacks"] = getattr(getattr(shell, "InteractiveTB", None), "mode", "")
    return {**found, **{name.replace("shell.", ""): value for name, value in process.shell_settings(shell).items() if name.replace("shell.", "") not in found}}


def _say_settings(before: Any, now: Any) -> str:
    return next((f"it sets {name} of IPython" for name in {**now, **before} if before.get(name) != now.get(name)), "")


def _say_new(phrase: str) -> Callable[[Any, Any], str]:
    return lambda before, now: phrase if now - before else ""


_LOOKS: Dict[str, Tuple[Callable[[Any], Any], Callable[[Any, Any], str]]] = {
    "processes": (_children, _say_new("it leaves a process running")),
    "tasks": (_tasks, _say_new("it leaves a task running")),
    "handlers": (_handlers, _say_new("it adds a logging handler")),
    "hooks": (_hooks, _say_hooks),
    "registers": (_registered, _say_registered),
    "settings": (_settings, _say_settings),
    "figures": (_figures, _say_figures),
}
