"""Long storing and loading say what they are at, in one line that is gone at the end, and that is no part of what is recorded."""

import itertools
import json
import time
from types import SimpleNamespace

import xetcache


def large():
    return {"a": list(range(400_000)), "b": {1, 2}}


def test_progress(memo_folder, monkeypatch, capsys):
    clock = itertools.count(0, 3)  # each look at it is three seconds later
    monkeypatch.setattr("xetcache.store.folder.time", SimpleNamespace(monotonic=lambda: next(clock), time=time.time))
    xetcache.xeteval_always(large)
    shown = capsys.readouterr()
    lines = shown.err.split("\r")
    assert lines[1].startswith("xetmemo: storing, ") and lines[1].endswith(" so far")
    assert "\n" not in shown.err and shown.out == "" and not lines[-2].strip() and lines[-1] == ""
    xetcache.xeteval_always(large)
    assert capsys.readouterr().err.startswith("\rxetmemo: reading, ")
    (path,) = memo_folder.glob("k/*/*/*.json")
    assert json.loads(path.read_bytes())["display"] == []


def test_quick_work_says_nothing(memo_folder, monkeypatch, capsys):
    monkeypatch.setattr("xetcache.store.folder.time", SimpleNamespace(monotonic=lambda: 0, time=time.time))  # no time passes, however busy the machine
    xetcache.xeteval_always(large)
    xetcache.xeteval_always(large)
    assert capsys.readouterr() == ("", "")


def test_a_bar_of_tqdm_is_its_last_text(kernels):
    """A widget lives in the kernel that made it; in the next one it would be an error in its place. And tqdm's thread is no cell's."""
    start = """import sys, types, xetcache; xetcache.set_runtime_threshold(0)
class Bar:
    def __repr__(self): return "100%|###| 3/3"
sys.modules["ipywidgets.widgets.widget"] = types.SimpleNamespace(_instances={"a": Bar()})"""
    cell = """%%xetmemo output=n
import threading, time
from IPython.display import display
threading.Thread(target=time.sleep, args=(9,), name="tqdm_monitor", daemon=True).start()
widget = "application/vnd.jupyter.widget-view+json"
display({"text/plain": "  0%|   | 0/3", widget: {"model_id": "a"}}, raw=True)
display({"text/plain": "  0%|   | 0/3", widget: {"model_id": "one that is closed"}}, raw=True)
n = 1"""
    kernel = kernels()
    kernel.run(start)
    assert "; stored n" in kernel.run(cell).lines[0]
    other = kernels()
    other.run(start)
    again = other.run(cell)
    assert again.lines[0].startswith("hit n") and again.shown == [("display_data", {"text/plain": "100%|###| 3/3"}, {})]
