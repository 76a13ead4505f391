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


WRITES = {
    "a table": (["import sqlite3\ncon = sqlite3.connect(':memory:')", "con.execute('create table t (a)')"], "con.execute('select count(*) from t').fetchone()"),
    "rows": (["import sqlite3\ncon = sqlite3.connect(':memory:')\nn = con.execute('create table t (a)')", "for i in range(3):\n    c = con.execute('insert into t values (?)', (i,))"],
             "con.execute('select count(*) from t').fetchone()"),
    "rows by a function": (["import sqlite3\ncon = sqlite3.connect(':memory:')\nn = con.execute('create table t (a)')\ndef put(i):\n    con.execute('insert into t values (?)', (i,))", "put(3)"],
                           "con.execute('select count(*) from t').fetchone()"),
    "a tree": (["import xml.etree.ElementTree as et\nroot = et.fromstring('<a><b/></a>')", "e = et.SubElement(root, 'c')"], "len(root)"),
    "a queue": (["import queue\nq = queue.Queue()", "q.put(3)"], "q.qsize()"),
    "a class's count": (["import threading\nclass Box:\n    made = []\n    def __init__(self):\n        self.lock = threading.Lock()\nb = Box()", "b.made.append(1)"], "len(b.made)"),
    "an attribute": (["import threading\nclass Box:\n    def __init__(self):\n        self.e = threading.Event()\n        self.n = 0\nb = Box()", "b.n += 1"], "b.n"),
    "a parser": (["import argparse\np = argparse.ArgumentParser()", "a = p.add_argument('--x', default=3)"], "p.parse_args([]).x"),
    "a buffer": (["import mmap\nm = mmap.mmap(-1, 10)", "m[0] = 7"], "m[0]"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITES)
def test_what_writes_into_a_value_without_digest_is_there_for_cells_that_run(tmp_path, name):
    cells, last = WRITES[name]
    session(tmp_path, [*cells, last], AUTO)
    plain = session(tmp_path, [*cells, last])[-1][0]
    never = ["%%xetmemo never\n" + cell for cell in (cells[0], last)]  # as they run if they are too quick to be stored
    assert session(tmp_path, [never[0], *cells[1:], never[1]], AUTO)[-1][0] == plain


def test_what_reads_a_connection_is_a_hit(tmp_path):
    cells = ["import sqlite3\ncon = sqlite3.connect(':memory:')\nn = con.execute('create table t (a)')", "rows = con.execute('select * from t').fetchall()\nrows"]
    session(tmp_path, cells, AUTO)
    assert session(tmp_path, cells, AUTO)[-1][2][0].startswith("hit")


def session(folder, cells, *first):
    shell = Stepped(folder, *first)
    try:
        return [shell.run(cell) for cell in cells]
    finally:
        shell.stop()
