"""Values that can't be hashed count by where they come from: what a cell made of them after an edit is what a plain run gives.

Each case is the cells of a notebook, the index and the new source of one that is edited (or a file's new content), and whether the
last cell may still be a hit: "hit" where the edit doesn't bear on it, "runs" where it does.
"""

import pytest

from stepped import Stepped

AUTO = "import xetcache\nxetcache.set_runtime_threshold(0)\n%xetmemo auto"

LOCK = "import threading\nclass Box:\n    def __init__(self, *held):\n        self.lock = threading.Lock()\n        self.held = held\n"

CASES = {
    "a path": (["import sqlite3", "c = sqlite3.connect('a.db')\nc.execute('create table if not exists t (x)')\nn = 0", "import os\ngot = [os.path.basename(r[2]) for r in c.execute('pragma database_list')]\ngot"],
               {1: "c = sqlite3.connect('b.db')\nc.execute('create table if not exists t (x)')\nn = 0"}, "runs"),
    "another cell": ([LOCK, "x = 1", "b = Box(3)", "got = b.held"], {1: "x = 2"}, "hit"),
    "a small list": ([LOCK, "rows = [1, 2]", "b = Box(len(rows))", "got = b.held"], {1: "rows = [1, 2, 3]"}, "runs"),
    "a large list that another name changes": ([LOCK, "rows = list(range(5000))\nalias = rows", "alias.append(1)", "b = Box(rows[-1])", "got = b.held"],
                                               {2: "alias.append(2)"}, "runs"),
    "what it holds is changed by another name": ([LOCK, "rows = [1]", "b = Box(rows)", "rows.append(2)", "got = [list(h) for h in b.held]"],
                                                 {3: "rows.append(3)"}, "runs"),
    "a closure": ([LOCK, "def made(n):\n    return lambda: n\nf = made(3)", "b = Box(f())", "got = b.held"],
                  {1: "def made(n):\n    return lambda: n\nf = made(4)"}, "runs"),
    "a default": ([LOCK, "n = 3", "def f(x=n):\n    return x", "b = Box(f())", "got = b.held"], {1: "n = 4"}, "runs"),
    "a global of a function": ([LOCK, "n = 3", "def f():\n    return n", "b = Box(f())", "got = b.held"], {1: "n = 4"}, "runs"),
    "a global of a method": ([LOCK, "n = 3", "class F:\n    def __init__(self):\n        self.k = 1\n    def get(self):\n        return n\nf = F()", "b = Box(f.get())", "got = b.held"],
                             {1: "n = 4"}, "runs"),
    "by eval": ([LOCK, "n = 3", "b = Box(eval('n' + ''))", "got = b.held"], {1: "n = 4"}, "runs"),
    "a module": ([LOCK, "import helper", "b = Box(helper.rows())", "got = b.held"], {"helper.py": "def rows():\n    return [2]\n"}, "runs"),
    "a module of a module": ([LOCK, "from other import rows", "b = Box(rows())", "got = b.held"], {"helper.py": "def rows():\n    return [2]\n"}, "runs"),
    "a module loaded late": ([LOCK, "def late():\n    import helper\n    return helper.rows()", "b = Box(late())", "got = b.held"], {"helper.py": "def rows():\n    return [2]\n"}, "runs"),
    "a file": ([LOCK, "text = open('data.txt').read() * 2000", "b = Box(len(text))", "got = b.held"], {"data.txt": "abc"}, "runs"),
    "a touch": ([LOCK, "b = Box([])", "b.held[0].append(1)", "got = b.held"], {2: "b.held[0].append(2)"}, "runs"),
    "a touch in a function": ([LOCK, "b = Box([])", "def touch():\n    b.held[0].append(1)", "touch()", "got = b.held"],
                              {2: "def touch():\n    b.held[0].append(2)"}, "runs"),
    "a small array": ([LOCK, "import numpy as np\na = np.arange(5)", "b = Box(a.sum())", "a += 7", "got = b.held"], {1: "import numpy as np\na = np.arange(6)"}, "runs"),
    "a comment": ([LOCK, "b = Box(1)", "got = b.held"], {1: "b = Box(1)  # the same"}, "hit"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_edit(tmp_path, name):
    cells, edits, wanted = CASES[name]
    folders = [tmp_path / "plain", tmp_path / "auto"]
    for folder in folders:
        folder.mkdir()
        (folder / "helper.py").write_text("def rows():\n    return [1]\n")
        (folder / "other.py").write_text("import helper\n\ndef rows():\n    return helper.rows()\n")
        (folder / "data.txt").write_text("a")
    plain, auto = session(folders[0], cells), session(folders[1], cells, AUTO)
    assert [shown for shown, *_ in auto] == [shown for shown, *_ in plain]
    again = session(folders[1], cells, AUTO)
    assert any(line.startswith("hit") for line in again[-1][2]), again[-1][2]
    cells = [edits.get(i, cell) for i, cell in enumerate(cells)]
    for folder in folders:
        for file in edits:
            if isinstance(file, str):
                (folder / file).write_text(edits[file])
    plain, auto = session(folders[0], cells), session(folders[1], cells, AUTO)
    assert auto[-1][1]["got"] == plain[-1][1]["got"]
    assert any(line.startswith("hit") for line in auto[-1][2]) == (wanted == "hit"), auto[-1][2]


def session(folder, cells, *first):
    shell = Stepped(folder, *first)
    try:
        return [shell.run(cell) for cell in cells]
    finally:
        shell.stop()
