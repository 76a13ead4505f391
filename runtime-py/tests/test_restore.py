"""A hit is a run: notebooks show the same plain, memoized, and taken from their memos.

Each case is a table of cells; the last ones look at what the memoized ones left. ``hits`` says how many cells of the warm run must
be taken from memos, so that nothing is won by memoizing nothing; ``says`` what the runtime says where a cell isn't memoized.
"""

import os
import sys

import pytest

shells = pytest.importorskip("shells")
if not hasattr(os, "fork"):
    pytest.skip("needs fork", allow_module_level=True)

# Imported once, before the forks.
for name in ("IPython", "numpy", "pandas", "matplotlib.pyplot", "sklearn.linear_model", "polars", "networkx"):
    try:
        __import__(name)
    except ImportError:
        continue


class Case:
    def __init__(self, *cells, hits=None, says="", edit=None, needs=()):
        self.cells = list(cells)
        self.hits = sum(cell.startswith("%%xetmemo") for cell in cells) if hits is None and not says else hits or 0
        self.says = says
        self.edit = edit  # {number: the cell's source after an edit}
        self.needs = (needs,) if isinstance(needs, str) else needs


def check(case, folder):
    for name in case.needs:
        pytest.importorskip(name)
    plain = [shells.plain(cell) for cell in case.cells]
    truth = shells.run(plain, fresh(folder, "plain"), memos=False)
    memoized = fresh(folder, "memoized")
    said = []
    for stage in ("cold", "warm"):
        ran = shells.run(case.cells, memoized)
        said = [line for _, own in ran for line in own]
        clean(memoized)
        for i, (wanted, got) in enumerate(zip(truth, ran)):
            assert got[0] == wanted[0], f"{stage}, cell {i}: {case.cells[i]}\nthe runtime said {said}"
    assert sum(line.startswith("hit") for line in said) == case.hits, said
    assert case.says in "\n".join(said), said
    if case.edit is not None:
        edited = [case.edit.get(i, cell) for i, cell in enumerate(case.cells)]
        truth = shells.run([shells.plain(cell) for cell in edited], fresh(folder, "plain"), memos=False)
        for i, (wanted, got) in enumerate(zip(truth, shells.run(edited, memoized))):
            assert got[0] == wanted[0], f"after the edit, cell {i}: {edited[i]}"


def fresh(folder, name):
    path = folder / name
    path.mkdir(exist_ok=True)
    clean(path)
    return path


def clean(path):
    """Remove what a notebook wrote, but for its memos."""
    import shutil

    for entry in path.iterdir():
        if entry.name not in ("xmemo", ".config"):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def cases(table):
    return pytest.mark.parametrize("case", list(table.values()), ids=list(table))


SHARING = {
    "a whole input": Case("a = [1]", "%%xetmemo input=a output=b\nb = a", "b.append(2)\na, b is a"),
    "a list in a dict": Case("d = {'k': [1]}", "%%xetmemo input=d output=lst\nlst = d['k']", "lst.append(2)\nd"),
    "a dict of int keys": Case("d = {5: {'x': 1}}", "%%xetmemo input=d output=x\nx = d[5]", "x['y'] = 2\nd"),
    "the value of a tuple key": Case("d = {(1, 2): [1]}", "%%xetmemo input=d output=x\nx = d[1, 2]", "x.append(2)\nd"),
    "elements that pass a filter": Case(
        "recs = [{'v': i} for i in range(5)]", "%%xetmemo input=recs output=big\nbig = [r for r in recs if r['v'] > 2]", "big[0]['v'] = 99\nrecs"
    ),
    "a sorted list of them": Case("g = [[3], [1]]", "%%xetmemo input=g output=o\no = sorted(g)", "o[0].append(9)\ng"),
    "a member of instances": Case(
        "class M:\n    def __init__(s, k): s.k = k\nms = [M(1), M(2)]",
        "%%xetmemo input=ms output=best\nbest = max(ms, key=lambda m: m.k)",
        "ms.index(best), best is ms[1]",
    ),
    "a member of a set": Case(
        "class M:\n    def __init__(s, k): s.k = k\nms = {M(1), M(2)}",
        "%%xetmemo input=ms output=best\nbest = max(ms, key=lambda m: m.k)",
        "best in ms, best.k",
    ),
    "a key of a dict": Case(
        "class M:\n    def __init__(s, k): s.k = k\nd = {M(1): 'a', M(2): 'b'}",
        "%%xetmemo input=d output=m\nm = [k for k in d if k.k == 2][0]",
        "d[m]",
    ),
    "an attribute's list": Case(
        "class Box: pass\nbox = Box(); box.items = [1]", "%%xetmemo input=box output=items\nitems = box.items", "items.append(2)\nbox.items"
    ),
    "a slot": Case(
        "class P:\n    __slots__ = ('a', 'b')\n    def __init__(s): s.a = [1]; s.b = 2\np = P()", "%%xetmemo input=p output=x\nx = p.a", "x.append(2)\np.a"
    ),
    "a sentinel": Case("NOTHING = object()", "%%xetmemo output=x\nx = [NOTHING, 1]", "x[0] is NOTHING"),
    "through a function's global": Case(
        "cache = {'a': [1]}\ndef get(k): return cache[k]", "%%xetmemo input=get output=x\nx = get('a')", "x.append(2)\ncache"
    ),
    "through a closure": Case(
        "def make():\n    seen = []\n    def f(x):\n        return seen\n    return f\nf = make()", "%%xetmemo input=f output=x\nx = f(1)", "x.append(5)\nf(2)"
    ),
    "a bound method's object": Case(
        "class C:\n    def __init__(s): s.n = 0\n    def add(s): s.n += 1\nc = C()", "%%xetmemo input=c output=add\nadd = c.add", "add()\nc.n"
    ),
    "a slice of an array": Case("import numpy as np\na = np.arange(10)", "%%xetmemo input=a output=b\nb = a[2:5]", "b[0] = 99\na.tolist(), b.tolist()"),
    "a reshaped, transposed, reversed array": Case(
        "import numpy as np\na = np.arange(6)",
        "%%xetmemo input=a output=b,c,d\nb = a.reshape(2, 3); c = b.T; d = a[::-2]",
        "b[0, 0] = 10; c[2, 1] = 20; d[0] += 1\na.tolist(), b.tolist(), c.tolist(), d.tolist()",
    ),
    "a view of another dtype": Case(
        "import numpy as np\na = np.zeros(2)", "%%xetmemo input=a output=b\nb = a.view('u1')", "b[7] = 64\na.tolist()"
    ),
    "a diagonal": Case("import numpy as np\na = np.zeros((3, 3))", "%%xetmemo input=a output=d\nd = np.einsum('ii->i', a)", "d[:] = 1\na.tolist()"),
    "a view of objects": Case("import numpy as np\na = np.array([[1], [2], 3], dtype=object)", "%%xetmemo input=a output=b\nb = a[:2]", "b[0] = 'x'\na.tolist()"),
    "an element of an array of objects": Case(
        "import numpy as np\na = np.array([[1], {}], dtype=object)", "%%xetmemo input=a output=b\nb = a[0]", "b.append(2)\na.tolist()"
    ),
    "a field of a structured array": Case(
        "import numpy as np\na = np.zeros(2, dtype=[('x', 'i4'), ('y', 'f8')])", "%%xetmemo input=a output=y\ny = a['y']", "y[:] = 3\na.tolist()"
    ),
    "a frame's column under copy on write": Case(
        "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})", "%%xetmemo input=df output=s\ns = df['a']", "s.iloc[0] = 9\ndf.a.tolist(), s.tolist()"
    ),
    "a frame itself": Case(
        "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})", "%%xetmemo input=df output=x\nx = df", "x['b'] = 3\nlist(df.columns), x is df"
    ),
    "fit returns the estimator": Case(
        "from sklearn.linear_model import LinearRegression\nm = LinearRegression(); X = [[1.], [2.]]",
        "%%xetmemo input=m,X output=fitted\nfitted = m.fit(X, [1., 2.])",
        "fitted is m, m.coef_.round(3).tolist()",
        needs="sklearn",
    ),
    "outputs share": Case("x = 1", "%%xetmemo input=x output=a,b\na = [1]; b = {'a': a}", "a.append(2)\nb, b['a'] is a"),
    "an output shares with a name that the header lacks": Case("x = 1", "%%xetmemo input=x output=a\na = [1]; b = {'a': a}", "a.append(2)\nb"),
    "NaN as a key": Case("import numpy as np", "%%xetmemo output=d\nd = {np.nan: 1, 2.0: 3}", "d.get(np.nan), np.nan in list(d)"),
    "NaN from an input": Case(
        "import numpy as np\nL = [np.nan, 1.0]", "%%xetmemo input=L output=s\ns = {L[0]}", "np.nan in s, L[0] in s"
    ),
    "an enum's member and a class": Case(
        "import enum\nclass E(enum.Enum):\n    A = 1\nclass K: pass", "%%xetmemo input=E,K output=x\nx = [E.A, K, K()]", "x[0] is E.A, x[1] is K, type(x[2]) is K"
    ),
    "a view of a dict's keys": Case("d = {'a': 1}", "%%xetmemo input=d output=k\nk = d.keys()", "d['b'] = 2\nlist(k)", says="k can't be kept"),
    "a zip over an input": Case("L = [1, 2]", "%%xetmemo input=L output=z\nz = zip(L, L)", "L.append(3)\nlist(z)"),
    "a partial of a lambda that was there": Case(
        "import functools\nf = lambda a, b: a + b", "%%xetmemo input=f output=p\np = functools.partial(f, 1)", "p(2), p.func is f"
    ),
    "an edge's data of a graph": Case(
        "import networkx as nx\nG = nx.Graph(); G.add_edge(1, 2, w=[1])", "%%xetmemo input=G output=w\nw = G[1][2]['w']", "w.append(5)\nG.edges[1, 2]",
        needs="networkx",
    ),
}  # fmt: skip

CHANGES = {
    "a list": Case("L = [1]", "%%xetmemo input=L output=n\nL.append(2); n = len(L)", "n, L"),
    "a list without a word in the header": Case("L = [1]\nM = L", "%%xetmemo input=L\nL.append(2)", "L, M is L, M"),
    "a list in a list": Case("L = [[1], [2]]\ninner = L[0]", "%%xetmemo input=L\nL[0].append(5)", "L, inner"),
    "what goes in is an output too": Case("L = []", "%%xetmemo input=L output=r\nr = {'v': 1}; L.append(r)", "r['v'] = 2\nL"),
    "a dict's order": Case("d = dict(b=1, a=2)", "%%xetmemo input=d\nd['b'] = d.pop('b')", "list(d)"),
    "a set": Case("s = {1}\nt = s", "%%xetmemo input=s\ns.add(2); s.discard(1)", "s, t"),
    "a deque": Case("from collections import deque\nq = deque([1, 2], maxlen=2)", "%%xetmemo input=q\nq.append(3)", "q"),
    "an ordered dict": Case(
        "from collections import OrderedDict\nd = OrderedDict(a=1, b=2)", "%%xetmemo input=d\nd.move_to_end('a')", "list(d)"
    ),
    "a counter and a defaultdict": Case(
        "from collections import Counter, defaultdict\nc = Counter('ab'); d = defaultdict(list)", "%%xetmemo input=c,d\nc.update('a'); d['x'].append(1)", "c, d, d['new']"
    ),
    "a bytearray": Case("b = bytearray(b'abc')\nc = b", "%%xetmemo input=b\nb.extend(b'd')", "c"),
    "an exported bytearray stays as it is where its size changes": Case(
        "b = bytearray(b'abc')\nm = memoryview(b)", "%%xetmemo input=b\nb[0] = 65", "bytes(m)"
    ),
    "attributes": Case("class C: pass\nc = C(); c.a = 1", "%%xetmemo input=c\nc.b = [c]; del c.a", "vars(c).keys(), c.b[0] is c"),
    "slots": Case("class P:\n    __slots__ = ('a', 'b')\np = P(); p.a = 1", "%%xetmemo input=p\np.b = 2; del p.a", "hasattr(p, 'a'), p.b"),
    "an attribute of an attribute": Case(
        "import types\nc = types.SimpleNamespace(inner=types.SimpleNamespace(n=0))\ni = c.inner", "%%xetmemo input=c\nc.inner.n += 1", "i.n"
    ),
    "an array": Case("import numpy as np\na = np.arange(4.)\nb = a[1:]", "%%xetmemo input=a output=s\na *= 2; s = float(a.sum())", "s, a.tolist(), b.tolist()"),
    "an array through a view that is an input": Case(
        "import numpy as np\na = np.arange(4.)\nv = a[::2]", "%%xetmemo input=v\nv += 10", "a.tolist()"
    ),
    "arrays in a dict": Case(
        "import numpy as np\nd = {'w': np.zeros((2, 2)), 'b': np.ones(2)}\nw = d['w']", "%%xetmemo input=d\nd['w'] += 1; d['b'] = d['b'] * 3", "w.tolist(), d['b'].tolist()"
    ),
    "a frame": Case(
        "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2, None]})\nsame = df", "%%xetmemo input=df output=n\ndf['b'] = 1; df.loc[0, 'a'] = 7; n = len(df)",
        "n, same.to_dict('list'), same is df",
    ),
    "a frame's index and columns": Case(
        "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})", "%%xetmemo input=df\ndf.columns = ['z']; df.index = [5, 6]; df.attrs['u'] = 1", "df, df.attrs"
    ),
    "a frame that isn't in the header": Case(
        "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})", "%%xetmemo output=df\ndf['b'] = df.a * 2", "df.to_dict('list')",
        edit={0: "import pandas as pd\ndf = pd.DataFrame({'a': [5, 6]})"},
    ),
    "a series and its name": Case(
        "import pandas as pd\ns = pd.Series([1, 2], name='n')\nt = s", "%%xetmemo input=s\ns.iloc[0] = 9; s.name = 'm'", "t.tolist(), t.name"
    ),
    "what lies in cells of a frame": Case(
        "import pandas as pd\ndf = pd.DataFrame({'a': [[1], [2]]})", "%%xetmemo input=df\ndf.a[0].append(5)", "df.a.tolist()"
    ),
    "a polars frame": Case(
        "import polars as pl\ndf = pl.DataFrame({'a': [1]})\nsame = df", "%%xetmemo input=df\ndf.insert_column(1, pl.Series('b', [2]))", "same.columns", needs="polars"
    ),
    "generators of random numbers": Case(
        "import numpy as np, random\nrng = np.random.default_rng(0); r = random.Random(1); s = np.random.RandomState(2)",
        "%%xetmemo input=rng,r,s output=x\nx = [rng.integers(0, 100, 3).tolist(), r.random(), s.rand(2).tolist()]",
        "x, rng.integers(0, 100, 3).tolist(), r.random(), s.rand(2).tolist()",
    ),
    "a global of a function": Case(
        "n = 0\ndef f(x):\n    global n\n    n += 1\n    return x", "%%xetmemo input=f output=y\ny = f(1)", "n"
    ),
    "a cache of a function": Case(
        "seen = {}\ndef f(x):\n    seen[x] = [x]\n    return seen[x]", "%%xetmemo input=f output=y\ny = f(1)", "y.append(3)\nseen"
    ),
    "a variable of a closure": Case(
        "def make():\n    n = 0\n    def f():\n        nonlocal n\n        n += 1\n        return n\n    return f\nf = make()", "%%xetmemo input=f output=y\ny = f()", "y, f()", says="it changes make.<locals>.f[n]"
    ),
    "an attribute of a function": Case("def f(): f.calls += 1\nf.calls = 0", "%%xetmemo input=f\nf()", "f.calls", says="it changes f.calls"),
    "an attribute of a class": Case(
        "class C:\n    made = []\n    n = 0\n    def __init__(s): C.n += 1; C.made.append(s)", "%%xetmemo input=C output=c\nc = C()", "C.n, C.made[0] is c, len(C.made)", says="it changes C.n"
    ),
    "a text buffer": Case("import io\nf = io.StringIO('a\\nb\\nc')", "%%xetmemo input=f output=l\nl = f.readline()", "l, f.readline()"),
    "an estimator in a pipeline": Case(
        "from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler\nsc = StandardScaler(); p = make_pipeline(sc); X = [[1.], [3.]]",
        "%%xetmemo input=p,X\np.fit(X)", "sc.mean_.tolist(), p.steps[0][1] is sc", needs="sklearn",
    ),
    "an object that came to be an error's": Case(
        "L = [1]", "%%xetmemo input=L\ntry:\n    L.append(2); L.index(99)\nexcept ValueError:\n    pass", "L"
    ),
    "a graph": Case("import networkx as nx\nG = nx.Graph([(1, 2)])\nH = G", "%%xetmemo input=G\nG.add_edge(2, 3, w=1)", "sorted(H.edges), len(H)", needs="networkx"),
    "twice in one kernel": Case(
        "L = [1]", "%%xetmemo input=L\nL.append(2)", "%%xetmemo input=L\nL.append(2)", "L", hits=2
    ),
    "a queue": Case("import queue\nq = queue.Queue()", "%%xetmemo input=q\nq.put(1)", "q.get_nowait(), q.qsize()", says="q"),
    "a generator": Case("g = (i for i in range(3))", "%%xetmemo output=x\n# xetmemo: exclude=nothing\nx = next(g)", "x, next(g)", says="it may change g"),
    "an iterator": Case("it = iter([1, 2, 3])", "%%xetmemo output=x\nx = next(it)", "x, next(it)"),
    "an open file": Case(
        "open('t.txt', 'w').write('a\\nb\\n'); f = open('t.txt')", "%%xetmemo output=x\nx = f.readline()", "x, f.readline()", says="it may change f"
    ),
    "a figure from before": Case(
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(); plt.close()", "%%xetmemo output=y\nax.plot([1, 2]); y = 1", "len(ax.lines)", says="it may change ax"
    ),
}  # fmt: skip


@cases(SHARING)
def test_outputs_share_with_what_was_there(case, tmp_path):
    check(case, tmp_path)


@cases(CHANGES)
def test_changes_in_place(case, tmp_path):
    check(case, tmp_path)


NAMES = {
    "a function and a class": Case(
        "x = 4", "%%xetmemo input=x output=y\nimport math as m\ndef f(a, k=2): return a + k + m.floor(1.5)\nclass K:\n    n = 5\n    def g(s): return f(s.n)\ny = f(x)", "y, f(9), K().g(), m.pi"
    ),
    "names that the header lacks": Case("x = 4", "%%xetmemo input=x\ny = x + 1; z = [y]", "y, z"),
    "an instance of a class of the cell": Case("x = 1", "%%xetmemo input=x output=o\nclass K:\n    v = 5\no = K()", "o.v, type(o) is K"),
    "a dataclass and a named tuple": Case(
        "x = 1",
        "%%xetmemo output=p,q\nfrom dataclasses import dataclass, field\nfrom collections import namedtuple\n@dataclass\nclass P:\n    a: int = 1\n"
        "    b: list = field(default_factory=list)\nQ = namedtuple('Q', 'x y')\np = P(); q = Q(1, [p])",
        "p, q, q.y[0] is p",
    ),
    "a lambda and a cached function": Case(
        "import functools", "%%xetmemo output=y\nsq = lambda v: v * v\n@functools.lru_cache\ndef f(v): return sq(v)\ny = f(3)", "y, f(4), sq(5)"
    ),
    "imports of all kinds": Case(
        "x = 1", "%%xetmemo output=y\nimport os.path, json as j\nfrom math import pi as p, floor\ntry:\n    import simplejson as sj\nexcept ImportError:\n    import json as sj\ny = 1",
        "os.path.basename('a/b'), j.dumps(1), p, floor(2.5), sj.dumps([1])",
    ),
    "a star": Case("x = 1", "%%xetmemo output=y\nfrom math import *\ny = sqrt(4)", "sqrt(9), pi, y"),
    "a deletion": Case("tmp = 1; x = 1", "%%xetmemo input=x output=y\ny = x\ndel tmp", "'tmp' in globals(), y"),
    "a deletion of what it made": Case("x = 1", "%%xetmemo input=x output=y\nt = 1\ny = t\ndel t", "'t' in globals(), y"),
    "an output that it doesn't bind": Case(
        "model = 1; x = 1", "%%xetmemo input=x output=model\nmodle = x + 1", "model, modle", edit={0: "model = 2; x = 1"}
    ),
    "an output bound in a branch that isn't taken": Case(
        "xs = [1, 2]; found = None", "%%xetmemo input=xs output=found\nfor v in xs:\n    if v > 5:\n        found = v", "found, v", edit={0: "xs = [1, 2]; found = 'other'"}
    ),
    "an output bound again to the same number": Case("y = 1; c = True", "%%xetmemo input=c output=y\nif c:\n    y = 1", "y", edit={0: "y = 5; c = True"}),
    "a definition in place of one that was there": Case(
        "def f(x): return x + 1", "%%xetmemo output=y\ng = f\ndef f(x): return g(x) * 10\ny = f(1)", "y, f(2), g(3)"
    ),
    "a definition that reads what the cell computed": Case(
        "x = 1", "%%xetmemo input=x output=y\nk = x + 1\ndef f(a=k): return a\ny = f()", "y, f(), k", says=""
    ),
    "a class that the cell then changes": Case("x = 1", "%%xetmemo output=o\nclass K:\n    n = 0\no = K()\nK.n += 1", "o.n", says="K.n changes after K is defined"),
    "a function with a decorator of the notebook's": Case(
        "made = []\ndef register(f):\n    made.append(f.__name__)\n    return f", "%%xetmemo output=y\n@register\ndef f(): return 1\ny = f()", "made, f()"
    ),
    "an alias of an import": Case("x = 1", "%%xetmemo output=y\nimport math\nm = math\ny = m.pi", "m is math, y"),
    "what a closed file leaves": Case("open('a', 'w').write('hi')", "%%xetmemo output=t\nwith open('a') as f:\n    t = f.read()", "t, f.closed, f.name, f.mode"),
    "threads and futures at their end": Case(
        "import threading\nfrom concurrent.futures import ThreadPoolExecutor",
        "%%xetmemo output=y\ny = []\nt = threading.Thread(target=y.append, args=(1,)); t.start(); t.join()\nwith ThreadPoolExecutor(1) as ex:\n    fu = ex.submit(int, '3')",
        "y, t.is_alive(), fu.result()",
    ),
    "a lock, made again": Case("import threading", "%%xetmemo output=y\nlock = threading.Lock()\ny = 1", "lock.locked(), y", says="lock can't be kept"),
    "a connection": Case("import sqlite3", "%%xetmemo output=y\nc = sqlite3.connect(':memory:'); c.execute('create table t(a)'); y = 1", "c.execute('select count(*) from t').fetchone()", says="c can't be kept"),
    "a connection that the user accepts to lose": Case("import sqlite3", "%%xetmemo output=y\n# xetmemo: accept=opaque-output\nc = sqlite3.connect(':memory:'); y = 1", "y"),
    "a generator that isn't at its end": Case("x = 1", "%%xetmemo output=g\ng = (i for i in range(3))\nnext(g)", "list(g)", says="can't be kept"),
    "a list that lies deep": Case("v = []\nfor _ in range(3000): v = [v]", "%%xetmemo input=v output=o\no = [v]", "len(o), o[0] is v"),
    "an exception with its cause": Case(
        "x = 1", "%%xetmemo output=err\nerr = ValueError('x', 1); err.__cause__ = KeyError('k'); err.extra = 2", "repr(err), repr(err.__cause__), err.extra", says="would come back changed"
    ),
    "an exception with its traceback": Case("x = 1", "%%xetmemo output=err\ntry:\n    1 / 0\nexcept Exception as e:\n    err = e", "err.__traceback__ is not None", says="traceback"),
    "an exception that pickle can't make": Case(
        "class MyErr(Exception):\n    def __init__(s, a, b): super().__init__(a); s.b = b", "%%xetmemo output=e\ne = MyErr(1, 2)", "e.b, e.args", says="can't be read back"
    ),
    "state that a class leaves out of its pickles": Case(
        "class C:\n    def __init__(s): s.a = 1; s.cache = {}\n    def __getstate__(s): return {'a': s.a}\n    def __setstate__(s, d): s.__dict__.update(d); s.cache = {}",
        "%%xetmemo input=C output=o\no = C(); o.cache['k'] = 5", "o.cache, o.a",
    ),
    "a class that copyreg pickles otherwise": Case(
        "import copyreg\nclass P:\n    def __init__(s, x): s.x = x\ncopyreg.pickle(P, lambda p: (P, (0,)))", "%%xetmemo output=p\np = P(3)", "p.x"
    ),
    "an attribute of a frame": Case("import pandas as pd", "%%xetmemo output=df\ndf = pd.DataFrame({'a': [1]}); object.__setattr__(df, 'source', 'f.csv')", "df.source, df.a.tolist()", says="would come back changed"),
    "a mapped file": Case("import numpy as np\nnp.arange(4.).tofile('mm')", "%%xetmemo output=m\nm = np.memmap('mm', dtype='f8', mode='r+')", "m[0] = 7; m.flush()\nfloat(np.fromfile('mm')[0])", says="m can't be kept"),
    "a figure that is closed": Case(
        "import matplotlib.pyplot as plt", "%%xetmemo output=s\nfig, ax = plt.subplots()\nax.plot([1, 2], [1, 4], label='a'); ax.set_title('t')\nplt.close(fig); s = 1",
        "len(ax.lines), ax.get_title(), fig.axes[0] is ax, plt.get_fignums()",
    ),
}  # fmt: skip

PROCESS = {
    "numpy's print options": Case("import numpy as np", "%%xetmemo output=y\nnp.set_printoptions(precision=2); y = 1", "str(np.array([1.23456]))"),
    "pandas' options": Case("import pandas as pd", "%%xetmemo output=y\npd.set_option('display.max_rows', 5); pd.options.display.precision = 1; y = 1", "pd.get_option('display.max_rows'), pd.options.display.precision"),
    "pandas' options where the cell imports it": Case("x = 1", "%%xetmemo output=y\nimport pandas as pd\npd.set_option('display.width', 33); y = 1", "pd.get_option('display.width')"),
    "the decimal context": Case("import decimal", "%%xetmemo output=y\ndecimal.getcontext().prec = 5; y = 1", "str(decimal.Decimal(1) / 3)"),
    "rcParams": Case("import matplotlib.pyplot as plt", "%%xetmemo output=y\nplt.rcParams['figure.figsize'] = (2, 3); y = 1", "plt.rcParams['figure.figsize']"),
    "a style": Case("import matplotlib.pyplot as plt", "%%xetmemo output=y\nplt.style.use('ggplot'); y = 1", "plt.rcParams['axes.facecolor'], len(plt.rcParams['axes.prop_cycle'])"),
    "the environment": Case("import os\nos.environ['B'] = 'b'", "%%xetmemo output=y\nos.environ['A1'] = 'x'; del os.environ['B']; y = 1", "os.environ['A1'], os.environ.get('B')"),
    "the working directory": Case("import os", "%%xetmemo output=y\nos.makedirs('sub', exist_ok=True); os.chdir('sub'); y = 1", "os.path.basename(os.getcwd())", says="it writes"),
    "sys.path": Case("import sys", "%%xetmemo output=y\nsys.path.insert(0, '/nowhere'); y = 1", "sys.path[0]"),
    "warning filters": Case("import warnings", "%%xetmemo output=y\nwarnings.filterwarnings('ignore', 'care.*', UserWarning); y = 1", "warnings.warn('careful')", "warnings.warn('other')"),
    "levels of loggers": Case("import logging", "%%xetmemo output=y\nlogging.getLogger('a.b').setLevel('ERROR'); logging.getLogger().setLevel(10); y = 1", "logging.getLogger('a.b').level, logging.root.level"),
    "a seed": Case("import numpy as np, random", "%%xetmemo output=y\nnp.random.seed(0); random.seed(1); y = 1", "np.random.rand(), random.random()"),
    "draws after a seed": Case("import numpy as np, random\nnp.random.seed(0); random.seed(1)", "%%xetmemo output=y\ny = [np.random.rand(), random.random()]", "y, np.random.rand(), random.random()"),
    "an attribute of a module of one's own": Case("import types, sys\nopen('conf.py', 'w').write('K = 1')\nimport conf", "%%xetmemo output=y\nconf.K = 9; y = 1", "conf.K", says="it sets conf.K"),
    "numpy's error handling": Case("import numpy as np", "%%xetmemo output=y\nnp.seterr(divide='ignore'); y = 1", "np.array([1.]) / 0"),
    "a thread": Case("import threading, time", "%%xetmemo output=y\nthreading.Thread(target=time.sleep, args=(0.5,), daemon=True).start(); y = 1", "y", says="it leaves the thread"),
    "a logging handler": Case("import logging, sys", "%%xetmemo output=y\nlogging.getLogger('q').addHandler(logging.NullHandler()); y = 1", "len(logging.getLogger('q').handlers)", says="adds a logging handler"),
    "a logging handler that is accepted": Case("import logging, sys", "%%xetmemo output=y\n# xetmemo: accept=process-state\nlogging.getLogger('q').addHandler(logging.NullHandler()); y = 1", "y"),
    "an accessor": Case("import pandas as pd", "%%xetmemo output=y\n@pd.api.extensions.register_dataframe_accessor('geo')\nclass G:\n    def __init__(s, df): s.n = len(df)\ny = 1", "pd.DataFrame({'a': [1]}).geo.n", says="not stored: "),
    "a hook": Case("import threading", "%%xetmemo output=y\nthreading.excepthook = print; y = 1", "threading.excepthook is print", says="it sets threading.excepthook"),
    "a registry of the notebook's": Case("handlers = []", "%%xetmemo output=y\nhandlers.append(1); y = 1", "handlers"),
    "a registry of functions of the cell": Case("R = {}\ndef reg(f):\n    R[f.__name__] = f", "%%xetmemo output=y\ndef h(): return 7\nreg(h); y = 1", "R['h']() , R['h'] is h"),
    "an open figure": Case("import matplotlib.pyplot as plt", "%%xetmemo output=y\nplt.plot([1, 2]); y = 1", "len(plt.gca().lines)", says="leaves a figure open"),
}  # fmt: skip

FILES = {
    "a new file": Case("x = 1", "%%xetmemo output=y\nopen('out.txt', 'w').write('hi'); y = 1", "open('out.txt').read()"),
    "a file in a new folder": Case("import os", "%%xetmemo output=y\nos.makedirs('a/b')\nwith open('a/b/c.bin', 'wb') as f: f.write(b'\\0')\ny = 1", "open('a/b/c.bin', 'rb').read()"),
    "appended to nothing": Case("x = 1", "%%xetmemo output=y\nopen('out.txt', 'a').write('1'); y = 1", "open('out.txt').read()", "import os; os.remove('out.txt')"),
    "appended to what was there": Case("open('l', 'w').write('a')", "%%xetmemo output=y\nopen('l', 'a').write('b'); y = 1", "open('l').read()", edit={0: "open('l', 'w').write('z')"}),
    "appended twice": Case("x = 1", "%%xetmemo output=y\nopen('l', 'a').write('b'); y = 1", "%%xetmemo output=y\nopen('l', 'a').write('b'); y = 1", "open('l').read()"),
    "by pandas": Case("import pandas as pd", "%%xetmemo output=y\npd.DataFrame({'a': [1]}).to_csv('d.csv', index=False); y = 1", "open('d.csv').read()"),
    "by a native writer": Case("import polars as pl", "%%xetmemo output=y\npl.DataFrame({'a': [1]}).write_parquet('d.parquet'); y = 1", "pl.read_parquet('d.parquet')['a'].to_list()", needs="polars"),
    "by a child process": Case("import subprocess", "%%xetmemo output=y\ny = subprocess.run('echo hi > c.txt', shell=True).returncode", "open('c.txt').read()", says="it starts echo"),
    "by pickle, renamed": Case("import os, pickle", "%%xetmemo output=y\nwith open('t.tmp', 'wb') as f: pickle.dump([1], f)\nos.replace('t.tmp', 't.pkl'); y = 1", "pickle.load(open('t.pkl', 'rb')), os.path.exists('t.tmp')"),
    "a figure": Case("import matplotlib.pyplot as plt, os", "%%xetmemo output=y\nf = plt.figure(); f.savefig('f.png'); plt.close(f); y = 1", "open('f.png', 'rb').read(4)"),
    "a temporary file that is gone": Case("import os", "%%xetmemo output=y\nopen('t', 'w').write('x'); y = open('t').read(); os.remove('t')", "y, os.path.exists('t')"),
    "a database": Case("import sqlite3", "%%xetmemo output=y\nc = sqlite3.connect('a.db'); c.execute('create table t(a)'); c.execute('insert into t values (5)'); c.commit(); c.close(); del c; y = 1", "sqlite3.connect('a.db').execute('select * from t').fetchall()"),
    "a removed file": Case("open('x', 'w').write('1')", "%%xetmemo output=y\nimport os; os.remove('x'); y = 1", "os.path.exists('x')", hits=0),
}  # fmt: skip

SHOWN = {
    "the last value": Case("x = 1", "%%xetmemo input=x output=y\ny = 5\ny", "_, Out[3]"),
    "a last value that is an input": Case("d = [1]", "%%xetmemo input=d output=y\ny = 5\nd", "_.append(2)\nd"),
    "a last value that can't be kept": Case("import sys", "%%xetmemo output=y\ny = 5\nsys._getframe().__class__", "y"),
    "a hidden last value": Case("x = 1", "%%xetmemo input=x output=y\ny = 5\ny;", "y"),
    "displays in order": Case(
        "from IPython.display import display, clear_output", "%%xetmemo output=y\nprint('a'); h = display(1, display_id='s'); print('b'); h.update(2); clear_output(); display([3]); y = 1", "h.update(5)"
    ),
}  # fmt: skip


@cases(NAMES)
def test_names(case, tmp_path):
    check(case, tmp_path)


@cases(PROCESS)
def test_process_state(case, tmp_path):
    check(case, tmp_path)


@cases(FILES)
def test_files_written(case, tmp_path):
    check(case, tmp_path)


@cases(SHOWN)
def test_shown(case, tmp_path):
    check(case, tmp_path)
