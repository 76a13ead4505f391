"""A hit is a run: small notebooks show the same with memos as plainly, when cold, when warm in another process, and after an edit.

A row is the cells, of which those under ``%%xetmemo`` are memoized, then what is edited (the number of a cell and its new source, or of
a file's name and its new text), and whether the memoized cells must be hits in the warm run. Headers lack names on purpose.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy  # noqa: F401  (imported once, in the process that is forked)
import pandas  # noqa: F401
import pytest

from stepped import Stepped

START = "import xetcache; xetcache.set_runtime_threshold(0)"
MEMO = "%%xetmemo"

# name: (cells, edit, the memoized cells hit when warm)
CASES = {
    # Names that the header lacks.
    "a global in a comprehension": (["n = 3", "%%xetmemo output=y\ny = [i * n for i in range(2)]", "y"], {0: "n = 4"}, True),
    "a global in a lambda": (["n = 3", "%%xetmemo output=y\ny = list(map(lambda i: i * n, [1]))", "y"], {0: "n = 4"}, True),
    "a name bound in one branch": (["w = 1; go = False", "%%xetmemo input=go output=y\nif go:\n    w = 5\ny = w", "y"], {0: "w = 2; go = False"}, True),
    "a name bound in a loop that doesn't run": (["w = 1", "%%xetmemo output=y\nfor w in []: pass\ny = w", "y"], {0: "w = 2"}, True),
    "a name bound after a failure": (["w = 1", "%%xetmemo output=y\ntry:\n    w = 1 / 0\nexcept ZeroDivisionError: pass\ny = w", "y"], {0: "w = 2"}, True),
    "a name that isn't there": (["pass", "%%xetmemo output=y\ntry: y = thing\nexcept NameError: y = 0", "y"], {0: "thing = 1"}, True),
    "an output that isn't bound": (["best = 1", "%%xetmemo output=best\nbset = 2", "best"], {0: "best = 3"}, True),
    "a name by globals()": (["k = 1", "%%xetmemo output=y\ny = globals()['k']", "y"], {0: "k = 2"}, True),
    "a name by eval": (["k = 1", "%%xetmemo output=y\ny = eval('k + 1')", "y"], {0: "k = 2"}, True),
    "a computed name": (["k1 = 1", "%%xetmemo output=y\ny = globals()['k' + str(1)]", "y"], {0: "k1 = 2"}, True),
    "a lambda beside another": (["a = lambda: 1; b = lambda: 1", "%%xetmemo output=y\ny = b()", "y"], {0: "a = lambda: 1; b = lambda: 2"}, True),
    "a docstring that is asked for": (
        ["def f():\n    'one'", "%%xetmemo input=f output=y\ny = f.__doc__", "y"], {0: "def f():\n    'two'"}, True),
    "a method put into a library's class": (
        ["import fractions\nfractions.Fraction.twice = lambda self: self * 2\nx = fractions.Fraction(1)", "%%xetmemo input=x output=y\ny = x.twice()", "y"],
        {0: "import fractions\nfractions.Fraction.twice = lambda self: self * 3\nx = fractions.Fraction(1)"}, True),
    "a docstring of the cell's own function": (["pass", "%%xetmemo\ndef f():\n    'one'", "f.__doc__"], {1: "%%xetmemo\ndef f():\n    'two'"}, True),
    "a class whose definition ran again": (
        ["class K: pass\no = K()", "pass", "%%xetmemo input=o,K output=y\ny = isinstance(o, K)", "y"], {1: "class K: pass"}, True),
    # Values.
    "a fitted model": (
        ["from sklearn.linear_model import Ridge\nm = Ridge().fit([[1.], [2.]], [1., 2.])\ndef p(): return float(m.predict([[3.]])[0])",
         "%%xetmemo input=p output=y\ny = round(p(), 4)", "y"],
        {0: "from sklearn.linear_model import Ridge\nm = Ridge().fit([[1.], [2.]], [1., 5.])\ndef p(): return float(m.predict([[3.]])[0])"}, True),
    "an array of 80 MB": (
        ["import numpy as np\nbig = np.zeros(10_000_000)\ndef f(): return float(big[-1])", "%%xetmemo input=f output=y\ny = f()", "y"],
        {0: "import numpy as np\nbig = np.zeros(10_000_000); big[-1] = 1\ndef f(): return float(big[-1])"}, True),
    "an attribute that pickling drops": (
        ["class C:\n    def __getstate__(self): return {}\nc = C(); c.v = 1", "%%xetmemo input=c output=y\ny = c.v", "y"],
        {0: "class C:\n    def __getstate__(self): return {}\nc = C(); c.v = 2"}, True),
    "the order of attributes": (["class C: pass\nc = C(); c.a = c.b = 1", "%%xetmemo input=c output=y\ny = list(vars(c))", "y"], {0: "class C: pass\nc = C(); c.b = c.a = 1"}, True),
    "a connection to another file": (
        ["import sqlite3\nfor n in 'ab':\n    c = sqlite3.connect(n + '.db'); c.execute('drop table if exists t'); c.execute(f'create table t as select \"{n}\" x'); c.commit()",
         "con = sqlite3.connect('a.db')", "%%xetmemo output=y\ny = con.execute('select x from t').fetchall()", "y"],
        {1: "con = sqlite3.connect('b.db')"}, None),
    # Sharing.
    "an element of an input": (["rows = [[1], [2]]", "%%xetmemo input=rows output=r\nr = rows[1]", "r.append(9)", "rows"], {}, True),
    "a member by max": (["class P:\n    def __init__(self, k): self.k = k\nps = [P(1), P(3)]", "%%xetmemo input=ps output=b\nb = max(ps, key=lambda p: p.k)", "ps.index(b), b is ps[1]"], {}, True),
    "a value of a dictionary": (["d = {'a': [1], 'b': [2]}", "%%xetmemo input=d output=v\nv = d.get('b')", "v.append(3)\nd"], {}, True),
    "a view": (["import numpy as np\na = np.zeros((3, 4))", "%%xetmemo input=a output=v\nv = a[1:, ::2]", "v[:] = 7\na.tolist()"], {}, True),
    "a view from the end": (["import numpy as np\na = np.arange(6)", "%%xetmemo input=a output=v\nv = a[::-1]", "v[0] = 70\na.tolist()"], {}, True),
    "two names of one list": (["x = [1]; y = x", "%%xetmemo input=x,y output=n\nx.append(2); n = len(y)", "n, x, y"], {0: "x = [1]; y = [1]"}, True),
    "two outputs": (["pass", "%%xetmemo output=a,b\na = [1]; b = (a, {'k': a})", "a.append(2)\nb"], {}, True),
    "fit returns self": (["class E:\n    def fit(self):\n        self.w = 1\n        return self\ne = E()", "%%xetmemo input=e output=f\nf = e.fit()", "f is e, vars(e)"], {}, True),
    "NumPy's NaN": (["import numpy as np", "%%xetmemo output=d\nd = {np.nan: 1}", "d.get(np.nan)"], {}, True),
    # Changes in place.
    "a list": (["a = [3, 1]; b = a", "%%xetmemo input=a output=n\na.sort(); n = a[0]", "n, b"], {}, True),
    "a nested dictionary": (["c = {'x': {'y': [1]}}; inner = c['x']['y']", "%%xetmemo input=c\nc['x']['y'].append(2); c['z'] = inner", "inner, c, c['z'] is inner"], {}, True),
    "a set, a deque and a bytearray": (
        ["import collections\ns = {1}; q = collections.deque([1], maxlen=2); b = bytearray(b'x'); t = (s, q, b)", "%%xetmemo\ns.add(2); q.extend([2, 3]); b += b'y'", "t"], {}, True),
    "an array": (["import numpy as np\na = np.arange(4.); v = a[1:]", "%%xetmemo input=a output=s\na *= 2; s = a.sum()", "float(s), v.tolist()"], {}, True),
    "a frame": (["import pandas as pd\ndf = pd.DataFrame({'a': [1, None]}); same = df", "%%xetmemo input=df output=n\ndf['b'] = 1; df.dropna(inplace=True); n = len(df)", "n, same.to_dict('list'), same is df"], {}, True),
    "a series": (["import pandas as pd\ns = pd.Series([2, 1], name='n'); same = s", "%%xetmemo input=s\ns.sort_values(inplace=True); s.iloc[0] = 5", "same.to_dict(), same.name"], {}, True),
    "an instance by its method": (["class C:\n    def __init__(self): self.n = [0]\n    def up(self): self.n[0] += 1; self.m = 1\nc = C(); n = c.n", "%%xetmemo input=c\nc.up()", "n, vars(c)"], {}, True),
    "slots": (["class C:\n    __slots__ = ('a', 'b')\nc = C(); c.a = 1; d = c", "%%xetmemo input=c\nc.b = 2; del c.a", "hasattr(d, 'a'), d.b"], {}, True),
    "a counter by a function": (["n = 0\ndef f():\n    global n\n    n += 1", "%%xetmemo input=f\nf()", "n"], {}, True),
    "a list that a function appends to": (["seen = []\ndef f(x):\n    seen.append(x)\n    return x", "%%xetmemo input=f output=y\ny = f(3)", "y, seen"], {}, True),
    "a generator of one's own": (["import random\nr = random.Random(1)", "%%xetmemo input=r output=x\nx = r.random()", "x, r.random()"], {}, True),
    "an iterator": (["it = iter([1, 2, 3].__iter__, None) and (i for i in range(3))", "%%xetmemo input=it output=x\nx = next(it)", "x, next(it)"], {}, False),
    "a text buffer": (["import io\nf = io.StringIO('a\\nb\\n')", "%%xetmemo input=f output=x\nx = f.readline()", "x, f.readline()"], {}, True),
    "a class's attribute": (["class C: n = 0", "%%xetmemo input=C\nC.n += 1", "C.n"], {}, False),
    # Names.
    "a function": (["x = 4", "%%xetmemo input=x output=y\ndef f(a, b=x): return a + b\ny = f(1)", "y, f(9), f.__name__"], {0: "x = 5"}, None),
    "a closure": (["def make(n): return lambda x: x + n", "%%xetmemo output=y\ng = make(3); y = g(1)", "y, g(10)"], {0: "def make(n): return lambda x: x * n"}, True),
    "two closures of one cell": (["pass", "%%xetmemo\ndef make():\n    n = 0\n    def up():\n        nonlocal n\n        n += 1\n        return n\n    return up, lambda: n\nup, now = make()", "up(), now()"], {}, True),
    "a recursive function": (["pass", "%%xetmemo\ndef f(n): return 1 if n < 2 else n * f(n - 1)\ny = f(5)", "y, f(4)"], {}, True),
    "a class and an instance": (["pass", "%%xetmemo output=o\nclass K:\n    v = 5\n    def m(self): return self.v\no = K()", "o.m(), type(o) is K, isinstance(K(), K)"], {}, True),
    "an import": (["pass", "%%xetmemo output=y\nimport math, os.path as p\nfrom collections import OrderedDict as O\ny = math.pi", "math.tau, p.join('a', 'b'), O()"], {}, True),
    "a star import": (["pass", "%%xetmemo output=y\nfrom math import *\ny = sqrt(4)", "cos(0)"], {}, True),
    "a deletion": (["a = b = 1", "%%xetmemo output=y\ny = a\ndel b", "'b' in globals(), y"], {}, True),
    "a deletion of what isn't there": (["b = 1", "%%xetmemo\ndel b", "%%xetmemo\ndel b", "'b' in globals()"], {}, None),
    "a function named as another was": (["def f(x): return x + 1", "%%xetmemo\ng = f\ndef f(x): return g(x) * 10", "f(1), g(1)"], {0: "def f(x): return x + 2"}, True),
    "a file that was closed": (["open('d.txt', 'w').write('x')", "%%xetmemo output=t\nwith open('d.txt') as f: t = f.read()", "t, f.closed, f.name"], {}, True),
    "an exception with its traceback": (["pass", "%%xetmemo output=e\ntry: 1 / 0\nexcept Exception as err: e = err", "repr(e), e.__traceback__ is not None"], {}, False),
    "the last value": (["pass", "%%xetmemo\n[1, 2]", "_ + [3]"], {}, True),
    "the last value, which is an output": (["pass", "%%xetmemo\nv = [1]\nv", "_.append(2)\nv"], {}, True),
    # The process.
    "print options": (["import numpy as np\na = np.array([1.23456])", "np.set_printoptions(precision=2)", "%%xetmemo input=a output=s\ns = str(a)", "s"], {1: "np.set_printoptions(precision=4)"}, True),
    "print options that the cell sets": (["import numpy as np\na = np.array([1.23456])", "%%xetmemo\nnp.set_printoptions(precision=2)", "str(a)"], {}, True),
    "decimal's precision": (["import decimal\ndecimal.getcontext().prec = 5", "%%xetmemo output=y\nfrom decimal import Decimal\ny = Decimal(1) / 3", "y"], {0: "import decimal\ndecimal.getcontext().prec = 7"}, True),
    "pandas' options": (["import pandas as pd\npd.set_option('display.precision', 2)", "%%xetmemo output=s\ns = repr(pd.Series([1.23456]))", "s"], {0: "import pandas as pd\npd.set_option('display.precision', 3)"}, True),
    "an environment variable": (["import os\nos.environ['RATE'] = '1'", "%%xetmemo output=y\ny = os.environ['RATE']", "y"], {0: "import os\nos.environ['RATE'] = '2'"}, True),
    "an environment variable that is set": (["import os", "%%xetmemo\nos.environ['RATE'] = '7'", "os.environ['RATE']"], {}, True),
    "sys.path": (["import sys", "%%xetmemo\nsys.path.append('/nowhere')", "sys.path[-1]"], {}, True),
    "a seed above": (["import random\nrandom.seed(1)", "%%xetmemo output=x\nx = random.random()", "x, random.random()"], {0: "import random\nrandom.seed(2)"}, True),
    "a seed of NumPy's above": (["import numpy as np\nnp.random.seed(1)", "%%xetmemo output=x\nx = np.random.rand(2).tolist()", "x, np.random.rand()"], {0: "import numpy as np\nnp.random.seed(2)"}, True),
    "a seed in the cell": (["import numpy as np", "%%xetmemo output=x\nnp.random.seed(3)\nx = np.random.rand()", "float(x), float(np.random.rand())"], {}, True),
    # Files.
    "a file that is read": (["open('in.txt', 'w').write('1')", "%%xetmemo output=y\ny = open('in.txt').read()", "y"], {0: "open('in.txt', 'w').write('2')"}, True),
    "a file that is read by a function": (["open('in.txt', 'w').write('1')\ndef load(p): return open(p).read()", "%%xetmemo output=y\ny = load('in.' + 'txt')", "y"], {0: "open('in.txt', 'w').write('2')\ndef load(p): return open(p).read()"}, True),
    "a file that an lru_cache has read": (
        ["import functools\nopen('in.txt', 'w').write('1')\n@functools.lru_cache\ndef load(): return open('in.txt').read()", "load()", "%%xetmemo output=y\ny = load()", "y"],
        {0: "import functools\nopen('in.txt', 'w').write('2')\n@functools.lru_cache\ndef load(): return open('in.txt').read()"}, True),
    "a file that Arrow reads": (
        ["import pandas as pd\npd.DataFrame({'a': [1]}).to_parquet('d.parquet')", "%%xetmemo output=y\ny = int(pd.read_parquet('d' + '.parquet').a.sum())", "y"],
        {0: "import pandas as pd\npd.DataFrame({'a': [2]}).to_parquet('d.parquet')"}, True),
    "a file that is looked for": (["import os\nopen('flag', 'w').close()", "%%xetmemo output=y\ny = os.path.exists('flag')", "y", "os.remove('flag')"], {0: "import os"}, True),
    "a folder that is listed": (["import os, shutil\nos.makedirs('d', exist_ok=True); open('d/a', 'w').close()", "%%xetmemo output=y\ny = sorted(os.listdir('d'))", "y", "shutil.rmtree('d')"],
        {0: "import os, shutil\nos.makedirs('d', exist_ok=True); open('d/a', 'w').close(); open('d/b', 'w').close()"}, True),
    "a file that is written": (["import os", "%%xetmemo output=y\nwith open('out.txt', 'w') as f: f.write('made')\ny = 1", "open('out.txt').read()", "os.remove('out.txt')"], {}, True),
    "a file that is appended to": (["import os\nopen('log', 'w').write('a')", "%%xetmemo\nwith open('log', 'a') as f: f.write('b')", "open('log').read()"], {0: "import os\nopen('log', 'w').write('z')"}, True),
    "a folder that is made": (["import os, shutil", "%%xetmemo\nos.makedirs('made/deep')", "os.path.isdir('made/deep')", "shutil.rmtree('made')"], {}, True),
    "a file that is removed": (["import os\nopen('x', 'w').close()", "%%xetmemo\nos.remove('x')", "os.path.exists('x')"], {}, False),
    "a child process": (["open('in.txt', 'w').write('1')", "%%xetmemo output=y\nimport subprocess\ny = subprocess.run(['cat', 'in.txt'], capture_output=True).stdout", "y"], {0: "open('in.txt', 'w').write('2')"}, False),
}  # fmt: skip


def plain(cell):
    return cell.partition("\n")[2] if cell.startswith(MEMO) else cell


def ran(folder, cells, first=()):
    """What each cell showed, and the runtime's lines for it."""
    shell = Stepped(folder, *first)
    try:
        return [(shown, lines) for shown, _, lines in map(shell.run, cells)]
    finally:
        shell.stop()


@pytest.mark.parametrize("name", CASES)
def test_shows_the_same(name, tmp_path, monkeypatch):
    monkeypatch.setenv("XETMEMO_LINT", "/nowhere")  # by what the runtime itself finds
    cells, edit, hits = CASES[name]
    edited = [edit.get(i, cell) for i, cell in enumerate(cells)]
    for stage, source in (("cold", cells), ("warm", cells), ("edited", edited if edit else cells)):
        folders = [tmp_path / "plain", tmp_path / "memo"]
        for folder in folders:
            folder.mkdir(exist_ok=True)
        wanted = [shown for shown, _ in ran(folders[0], map(plain, source))]
        # Without the analyser a header that names nothing isn't believed: this one names what the cell doesn't bind.
        headed = [cell.replace("%%xetmemo\n", "%%xetmemo output=nothing\n") for cell in source]
        got = ran(folders[1], headed, [START])
        lines = [line for _, said in got for line in said]
        assert [shown for shown, _ in got] == wanted, (stage, lines)
        if stage == "warm" and hits is not None:
            assert [line.startswith("hit") for line in lines if line.startswith(("hit", "miss"))] == [hits] * sum(cell.startswith(MEMO) for cell in cells), lines
