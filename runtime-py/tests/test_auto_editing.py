"""A notebook worked on in auto mode: cells edited, run again, run out of order, the kernel restarted. After each step every name
holds what it holds in a plain kernel that ran the same cells."""

import random

import numpy  # noqa: F401  (imported once, in the process that is forked)
import pandas  # noqa: F401
import pytest

from stepped import Stepped

AUTO = "import xetcache\nxetcache.set_runtime_threshold(%s)\n%%xetmemo auto"

# The cells of a notebook, each with the forms that its author gives it in turn. Those that wait are slow.
CELLS = [
    ["import time\nimport numpy as np\nimport pandas as pd"],
    ["LIMIT = 3", "LIMIT = 4", "LIMIT = 3  # as before"],
    ["def waits(x):\n    time.sleep(0.02)\n    return x", "def waits(x):\n    time.sleep(0.025)\n    return x"],
    ["def small(x):\n    return x < LIMIT", "def small(x):\n    return x <= LIMIT"],
    ["rows = waits([5, 1, 2, 3])", "rows = waits([5, 1, 2, 3, 4])"],
    ["kept = [r for r in waits(rows) if small(r)]\nkept"],
    ["alias = rows"],
    ["rows.append(9)\ntime.sleep(0.02)", "rows.sort()\ntime.sleep(0.02)"],
    ["df = pd.DataFrame({'a': waits(range(6)), 'b': 1.5})", "df = pd.DataFrame({'a': waits(range(6)), 'b': 2.5})"],
    ["df['c'] = waits(df.a * LIMIT)"],
    ["total = waits(df.a.sum())\nprint('total', total)", "total = waits(df.b.sum())\nprint('total', total)"],
    ["class Box:\n    def __init__(self, v):\n        self.v = v\n    def get(self):\n        return self.v + LIMIT", "class Box:\n    def __init__(self, v):\n        self.v = v\n    def get(self):\n        return self.v - LIMIT"],
    ["box = Box(waits(7))"],
    ["got = waits(box.get())\ngot"],
    ["box.v += 1\nwaits(0)"],
    ["arr = waits(np.arange(12).reshape(3, 4))"],
    ["view = arr[1]"],
    ["view[:] = waits(LIMIT)"],
    ["if len(rows) > 4:\n    big = waits(True)\nelse:\n    small_one = waits(True)"],
    ["for step in range(2):\n    last = waits(step + LIMIT)"],
    ["conf = {'k': rows, 'n': LIMIT}"],
    ["conf['n'] += waits(1)", "conf['k'].append(waits(0))"],
    ["waits(1 / (LIMIT - 3))"],
    ["add = lambda x: x + LIMIT", "add = lambda x: x - LIMIT"],
    ["mapped = list(map(add, waits(rows)))\nmapped[:2]"],
    ["def counted(n=LIMIT):\n    return list(range(n))"],
    ["counts = waits(counted())"],
    ["del alias\ntime.sleep(0.02)"],
    ["summary = waits({'total': total, 'kept': kept, 'counts': counts})\nsummary"],
    ["text = waits(f'{LIMIT} {len(rows)}')\nprint(text)"],
]


@pytest.mark.parametrize("seed", range(20))
def test_session(tmp_path, seed):
    first = AUTO % (0.015 if seed < 10 else 0)  # slow cells, or all
    choose = random.Random(seed)
    forms = [0] * len(CELLS)
    folders = [tmp_path / "plain", tmp_path / "auto"]
    for folder in folders:
        folder.mkdir()
    hits = saved = 0
    for _ in range(3):
        plain, auto = Stepped(folders[0]), Stepped(folders[1], first)
        try:
            for i in _steps(choose, forms):
                cell = CELLS[i][forms[i]]
                shown, values, _ = plain.run(cell)
                shown_too, values_too, lines = auto.run(cell)
                values_too.pop("xetcache")
                assert (shown_too, values_too) == (shown, values), (i, cell, lines)
                hits += any(line.startswith("hit") for line in lines)
                saved += 0.02 * any(line.startswith("hit") and "waits" in cell for line in lines)
        finally:
            plain.stop()
            auto.stop()
    assert hits > 10 and saved > 0.2
    print(f"{hits} hits saved at least {saved:.1f} s of waiting")


def _steps(choose, forms):
    """Run all, then edits with the cells from there on, single cells out of order, and cells run twice."""
    yield from range(len(CELLS))
    for _ in range(4):
        i = choose.randrange(1, len(CELLS))
        kind = choose.random()
        if kind < 0.6:
            forms[i] = (forms[i] + 1) % len(CELLS[i])
            yield from range(i, min(len(CELLS), i + choose.randrange(1, 12)))
        elif kind < 0.8:
            yield i
            yield i
        else:
            yield from choose.sample(range(1, len(CELLS)), 4)
