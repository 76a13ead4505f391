"""Random small notebooks of what memos get wrong: values that alias, change in place and are views; draws, files, options, deletions,
classes and modules that change. Names are of one kind each, so that most cells run; that some fail is part of it."""

from __future__ import annotations

import random
import re
from typing import Dict, List, Optional

from fuzzed import Notebook

# kind: its names
NAMES = {
    "n": ("n0", "n1", "n2"), "L": ("L0", "L1", "L2"), "N": ("N0", "N1"), "D": ("D0", "D1"), "S": ("S0", "S1"), "a": ("a0", "a1", "a2"), "m": ("m0", "m1"),
    "df": ("df0", "df1"), "s": ("s0", "s1"), "o": ("o0", "o1"), "f": ("f0", "f1"), "it": ("it0",), "R": ("r0",), "G": ("g0",), "z": ("z0", "z1"), "K": ("K",),
    "t": ("t0",), "B": ("b0",), "q": ("q0",),
}  # fmt: skip

# kind: expressions that give one. {kind} is a name of that kind, {1} a number.
VALUES = {
    "n": ["{1}", "len({L})", "sum(x for x in {L} if isinstance(x, int))", "{o}.v", "{f}({1})", "int({a}.sum())", "{D}.get('a', 0)", "lib.X", "lib.get()", "{K}.n", "max({n}, {1})",
          "{R}.randrange(1000)", "int({G}.integers(1000))", "random.randrange(1000)", "int(np.random.randint(1000))", "next({it}, -1)", "int({df}['x'].sum())", "{o}.total()", "len({z})"],
    "L": ["[{1}, {2}, 3]", "list({L})", "{L}", "{N}[0]", "{N}[-1]", "{D}['L']", "{o}.items", "{L} + [{1}]", "sorted({L}, key=str)", "{D}.setdefault('k', [{1}])", "lib.kept", "[x for x in {L}]",
          "[{L}, {1}]", "list({S})", "{a}.tolist()", "list({it})", "[{f}(x) for x in range({1})]", "{q}", "[{R}.random(), {1}]", "{t}[0]", "copy.deepcopy({L})", "sorted(os.listdir('.'))"],
    "N": ["[{L}, {L}]", "[{L}, [{1}]]", "[[{1}], [2]]", "{N}[::-1]", "[{N}[0], {N}[0]]", "list({D}.values())", "[{o}, {o}]"],
    "D": ["{{'a': {1}, 'L': {L}}}", "dict({D})", "{D}", "vars({o})", "{{'L': [{1}], 'o': {o}}}", "collections.defaultdict(list, L={L})", "{{'a': {a}, 'b': {a}}}", "{{**{D}, 'a': {1}}}", "collections.OrderedDict(L={L}, a={1})"],
    "S": ["{{{1}, 7, 12}}", "set({S})", "{S}", "{S} | {{{1}}}", "set(range({1}))"],
    "t": ["({L}, {1})", "({L}, {L})", "({a}, {o})"],
    "q": ["collections.deque({L}, maxlen=4)", "{q}", "collections.deque([{1}])"],
    "B": ["bytearray(b'abc')", "io.StringIO('a\\nb\\n{1}')", "io.BytesIO(b'abcdef')", "{B}"],
    "a": ["np.arange({1} + 4.0)", "{a}[1:]", "{a}[::-1]", "{a}", "{a}.copy()", "{m}[0]", "{m}[:, 0]", "{m}.ravel()", "{df}['x'].values", "{s}.to_numpy()", "{a} * {1}", "np.sort({a})", "{G}.normal(size=4)",
          "np.random.normal(size=4)", "np.array([{o}, {L}, {1}], dtype=object)[:2]", "{D}['a']", "np.asarray({a})", "{a}.reshape(2, -1)[0]"],
    "m": ["np.arange(6.0).reshape(2, 3) + {1}", "{m}.T", "{m}", "{m}[:, ::-1]", "np.vstack([{a}[:3], {a}[:3]])", "{df}[['x', 'y']].to_numpy()", "np.zeros((2, 3), order='F')"],
    "df": ["pd.DataFrame({{'x': [1.0, 2.5, {1}], 'y': [4, 5, 6]}})", "{df}", "{df}.copy()", "{df}[{df}['x'] > {1}]", "{df}.assign(z={1})", "{df}.sort_values('x')", "pd.read_csv('data.csv')", "{df}.head(2)",
           "pd.DataFrame({m}, columns=['x', 'y', 'z'], copy=False)", "pd.DataFrame({{'x': {a}[:3], 'y': {a}[:3]}}, copy=False)", "{df}.set_index('y', drop=False)", "pd.concat([{df}, {df}])", "{df}.iloc[:2]", "{df}[['x', 'y']]",
           "{df}.groupby('y').sum(numeric_only=True).reset_index()"],
    "s": ["{df}['x']", "{df}.x * {1}", "pd.Series([1, {1}])", "{s}", "{df}['y']", "{s}.rename('r{1}')", "{df}.loc[0]"],
    "o": ["{K}({1})", "{o}", "copy.copy({o})", "{o}.child", "{o}.me()", "max([{o}, {o}], key=lambda o: o.v)", "types.SimpleNamespace(v={1}, items={L}, child=None, total=lambda: {1})", "Sub({1})", "Point({1}, {L})"],
    "f": ["lambda x: x + {1}", "lambda x: x + {n}", "functools.partial(max, {1})", "functools.partial(pair, {1})", "{o}.bump", "adder({1})", "counter()", "{f}", "lambda x: {L}.append(x) or len({L})", "cached", "lib.put", "{L}.append", "grow"],
    "it": ["iter({L})", "(x + {1} for x in {L})", "zip({L}, {L})", "enumerate({L})", "itertools.count({1})", "map({f}, [1, {1}])", "reversed({L})", "itertools.chain({L}, [{1}])"],
    "R": ["random.Random({1})", "{R}"],
    "G": ["np.random.default_rng({1})", "{G}", "np.random.RandomState({1})"],
    "z": ["'ab' * {1}", "open('data.csv').read()", "os.environ.get('FUZZ', '-')", "open('out.txt').read()", "str({L})", "repr({o})", "{o}.__class__.__name__", "lib.name({1})", "f'{{decimal.Decimal(1) / 3}}'", "str(np.float64(1) / 3)",
          "str(os.path.exists('out.txt'))", "{B}.read()", "json.dumps({L}, default=str)", "inspect.getdoc(adder) or ''", "str(sorted(vars({o})))", "os.path.basename(os.getcwd())", "os.environ['FUZZ']"],
}  # fmt: skip

CHANGES = [
    "{L}.append({1})", "{L}[0] = {1}", "{L}.sort(key=str)", "{L} += [{1}]", "{L}.clear()", "{L}.insert(0, {L})", "{N}[0].append({1})", "{N}.append({L})", "del {L}[:1]", "{L}[:] = [{1}]", "{L}.append({o})",
    "{D}['n'] = {1}", "{D}['L'] = {L}", "{D}.pop('a', None)", "{D}['L'].append({1})", "{D}.update(b={a})", "{S}.add({1})", "{S}.discard(7)", "{q}.append({1})", "{q}.popleft()", "{B}.seek(1)",
    "{a}[0] = {1}", "{a} += {1}", "{a}[:] = {1}", "{m}[1] = {1}", "{m}.sort()", "{m} *= 2", "{a}.setflags(write=False)", "{a}.resize(3, refcheck=False)", "np.add({a}, {1}, out={a})", "{m}.shape = (3, 2)", "{a}.fill({1})",
    "{df}.loc[0, 'x'] = {1}", "{df}['w'] = {1}", "{df}['x'] = {df}['y']", "{df}.drop(columns='w', inplace=True, errors='ignore')", "{df}.rename(columns={{'w': 'v'}}, inplace=True)", "{df}.sort_values('x', inplace=True)",
    "{df}.columns = list('abcdefgh')[:len({df}.columns)]", "{df}.attrs['k'] = {1}", "{df}.index = {df}.index + {1}", "{s}.iloc[0] = {1}", "{s}.name = 'k{1}'", "{s} += 1", "{df}.iloc[0, 0] = {1}", "{df}.at[1, 'y'] = {1}", "{df}.index.name = 'i'",
    "{o}.v = {1}", "{o}.items.append({1})", "{o}.bump({1})", "{o}.child = {o}", "{o}.items = {L}", "{K}.n = {1}", "{K}.shared.append({1})", "{o}.w = {a}", "del {o}.w", "{o}.__class__ = K", "setattr({o}, 'k{1}', {1})", "{o}.me = lambda: {o}",
    "{f}({1})", "{f}.tag = {1}", "put_in({L}, {1})", "put_in({D}.setdefault('q', []), {1})", "grow({1})", "cached({1})", "lib.X = {1}", "lib.put({1})", "lib.kept.append({1})", "lib.new = {L}", "adder.__defaults__ = ({1},)",
    "random.seed({1})", "np.random.seed({1})", "random.random()", "np.random.normal()", "{G}.normal()", "{R}.shuffle({L})", "random.shuffle({L})", "np.random.shuffle({a})", "{R}.seed({1})", "random.setstate({R}.getstate())",
    "os.environ['FUZZ'] = str({1})", "os.environ.pop('FUZZ', None)", "pd.set_option('display.precision', {1} + 1)", "np.set_printoptions(precision={1})", "np.seterr(all='ignore')", "decimal.getcontext().prec = {1} + 3",
    "warnings.simplefilter('ignore')", "sys.path.append('p{1}')", "logging.getLogger('a').setLevel({1}0)", "os.makedirs('sub', exist_ok=True)", "sys.setrecursionlimit(3000 + {1})", "locale_like['x'] = {1}",
    "open('out.txt', 'w').write(str({1}))", "open('out.txt', 'a').write('x')", "os.remove('out.txt')", "{df}.to_csv('data2.csv')", "open('data.csv', 'a').write('9,9\\n')", "pathlib.Path('p.json').write_text(json.dumps({1}))",
    "import math", "import lib2", "from lib import put", "from lib import X as n1", "import lib as m2", "from collections import Counter", "globals()['n0'] = {1}", "exec('n1 = {1}')", "del {any}", "{n} += {1}", "{any} = None",
    "next({it}, None)", "list({it})", "{z} += 'q'", "print({1}, file=sys.stderr)", "locale_like.clear()", "{n} = {n} if {n} > {1} else {n} + 1", "{B}.write('x')", "{any} = {any}",
    "gc_hook = {L}; gc_hook.append({1})", "functools.reduce(lambda x, y: {L}.append(y) or x, [1, {1}])", "[{L}.append(x) for x in range({1})]", "list(map({f}, [{1}]))", "sorted([3, {1}], key={f})",
]  # fmt: skip

SHOWN = ["{any}", "print({any})", "{any}, {any}", "{L} is {L}", "{a} is {a}", "np.shares_memory({a}, {a})", "isinstance({o}, K)", "type({o}) is K", "{df}", "display({df})", "[n for n in sorted(globals()) if n in 'n0 n1 L0 a0 df0 K lib2 math put']",
         "_", "{z}", "lib.X, lib.kept", "random.random()", "np.random.random()", "{G}.random()", "os.environ.get('FUZZ')", "next({it}, None)", "{o}.items is {L}", "{f}({1})", "sorted(os.listdir('.'))", "1 / 3, decimal.Decimal(1) / 7",
         "[x is y for x in {N} for y in {N}]", "{K}.n, {K}.shared", "{df}.dtypes", "{s}", "print(end='')", "{a}.flags.writeable", "{a}.base is None", "{o}.child is {o}", "warnings.filters[0][0]", "Out.get(2)", "{B}.tell()", "{L}.__class__", "grow.__defaults__",
         "print({1}, end='')", "{df}.attrs", "pd.get_option('display.precision')", "{o}.__dict__", "{any};"]  # fmt: skip

BLOCKS = [
    "for x in {L}:\n    n2 = x", "for i in range({1}):\n    {change}", "if {n} > {1}:\n    {change}\nelse:\n    {change}", "try:\n    {change}\n    {change}\nexcept Exception as e:\n    n2 = str(type(e))", "with open('out.txt', 'w') as fh:\n    fh.write('{1}')",
    "def adder(k={1}):\n    'adds {1}'\n    return lambda x: x + k + {2}", "def grow(x, kept=[]):\n    kept.append(x)\n    return len(kept) + {1}", "def put_in(where, x):\n    where.append(x)\n    {change}\n    return where",
    "def helper(x):\n    global n0\n    n0 = x + {1}\n    return {n}\nhelper({2})", "class K:\n    n = {1}\n    shared = []\n    def __init__(self, v=1): self.v, self.items, self.child = v, [v], None\n    def bump(self, v=1):\n        self.v += v + {1}\n        return self.v\n    def me(self): return self\n    def total(self): return self.v + len(self.items)",
    "class Sub(K):\n    def total(self): return super().total() * {1}", "while {n} > 0:\n    break", "with np.errstate(all='ignore'):\n    {a} /= {1}", "@functools.lru_cache(None)\ndef cached(x):\n    return x + {1} + n0", "n1 = (n2 := {1}) + {n}", "{n}, {L} = {1}, [{2}]",
    "{L}, {L} = {L}, {L}", "*{L}, n2 = [1, {1}, 3]", "import importlib, lib2\nimportlib.reload(lib2)", "match_ = {{'k': {L}}}\nmatch_['k'] += [{1}]", "assert {1} > 0\n{change}", "lst = {L}\nfor _ in range(2): lst = lst + [{1}]", "for {n} in [1, {1}]:\n    pass",
    "import time\ntime.sleep(0)\n{change}", "def gen(n):\n    for i in range(n): yield i + {1}\nit0 = gen(3)", "{change}\n{change}\n{shown}", "if {1} > 100: {any} = 1", "try:\n    1 / 0\nexcept ZeroDivisionError as err:\n    z1 = str(err)",
]  # fmt: skip

IMPORTS = "import collections, copy, decimal, functools, inspect, io, itertools, json, logging, os, pathlib, random, sys, types, warnings\nimport numpy as np, pandas as pd\nimport lib\nlocale_like = {}"
FIRST = '''class K:
    n = 1
    shared = []
    def __init__(self, v=1): self.v, self.items, self.child = v, [v], None
    def bump(self, v=1):
        self.v += v
        return self.v
    def me(self): return self
    def total(self): return self.v + len(self.items)
class Sub(K): pass
class Point(tuple):
    def __new__(cls, v, items): return super().__new__(cls, (v, items))
    v = property(lambda self: self[0]); items = property(lambda self: self[1]); child = None
def adder(k=1):
    return lambda x: x + k
def counter():
    seen = []
    def count(x):
        seen.append(x)
        return len(seen)
    return count
def pair(x, y): return (x, y)
def grow(x, kept=[]):
    kept.append(x)
    return len(kept)
def put_in(where, x):
    where.append(x)
    return where
n0 = 2
@functools.lru_cache(None)
def cached(x):
    return x + n0'''
LIB = "X = 1\nkept = []\ndef put(x):\n    kept.append(x)\n    return len(kept)\ndef get(): return X + len(kept)\ndef name(x): return 'lib' + str(x)"
FILES = {"lib.py": LIB, "lib2.py": "import lib\nY = 2\nlib.late = [Y]", "data.csv": "x,y\n1.5,2\n3.5,4\n0.5,6"}

_HOLE = re.compile(r"\{(\w+)\}")


class _Unfit(Exception):
    """A template needs a name that isn't bound."""


class _Generator:
    def __init__(self, rng: random.Random):
        self.rng = rng
        self.bound: Dict[str, str] = {"n0": "n", "K": "K"}

    def fill(self, template: str) -> str:
        def hole(match: "re.Match[str]") -> str:
            kind = match[1]
            if kind in "12":
                return str(self.rng.randint(1, 5))
            if kind == "change":
                return self.fill(self.rng.choice(CHANGES))
            if kind == "shown":
                return self.fill(self.rng.choice(SHOWN))
            names = [name for name, of in self.bound.items() if kind in (of, "any") and name != "K" or kind == of == "K"]
            if not names:
                raise _Unfit(kind)
            return self.rng.choice(names)

        return _HOLE.sub(hole, template.replace("{{", "\0").replace("}}", "\1")).replace("\0", "{").replace("\1", "}")

    def value(self) -> str:
        kind = self.rng.choice(list(VALUES))
        name = self.rng.choice(NAMES[kind])
        text = f"{name} = {self.fill(self.rng.choice(VALUES[kind]))}"
        self.bound[name] = kind
        return text

    def value_or_pass(self) -> str:
        for _ in range(10):
            try:
                return self.value()
            except _Unfit:
                continue
        return "pass"

    def statement(self) -> str:
        kinds = [self.value] * 9 + [lambda: self.fill(self.rng.choice(CHANGES))] * 8 + [lambda: self.fill(self.rng.choice(BLOCKS))] * 3
        for _ in range(20):
            try:
                return self.rng.choice(kinds)()
            except _Unfit:
                continue
        return "pass"

    def shown(self) -> str:
        for _ in range(20):
            try:
                return self.fill(self.rng.choice(SHOWN))
            except _Unfit:
                continue
        return "None"

    def cell(self) -> str:
        lines = [self.statement() for _ in range(self.rng.choice((1, 1, 2, 2, 3, 4)))]
        return "\n".join(lines + ([self.shown()] if self.rng.random() < 0.6 else []))


def generate(seed: int, mode: Optional[str] = None, grammar: bool = True) -> Notebook:
    """The notebook of a seed. Where grammar, one in four is of the soundness fuzzer's grammar, if that is beside."""
    rng = random.Random(seed)
    mode = mode or rng.choice(("header", "bare", "bare"))
    files = dict(FILES)
    cells: List[str] = []
    if grammar and rng.random() < 0.25:
        made = _of_grammar(seed)
        if made is not None:
            cells, files = list(made.cells), {**made.files}
    if not cells:
        g = _Generator(rng)
        cells = [IMPORTS, FIRST, "\n".join(g.value_or_pass() for _ in range(5))]
        cells += [g.cell() for _ in range(rng.randint(3, 7))]
    if rng.random() < 0.3:  # a cell that is run again
        cells.insert(rng.randint(len(cells) // 2, len(cells)), rng.choice(cells[2:] or cells))
    whole = Notebook(cells, mode, files)
    _edit(whole, rng)
    if mode != "auto":
        headed = {i: _header(rng, mode, cell, "\n".join(cells[:i])) for i, cell in enumerate(cells)}
        whole.cells = [headed[i] + cell for i, cell in enumerate(cells)]
        whole.edit = {i: headed[i] + cell for i, cell in whole.edit.items()}
    return whole


def _header(rng: random.Random, mode: str, cell: str, before: str) -> str:
    if rng.random() < 0.25 or cell == IMPORTS or cell.startswith("%%"):
        return ""
    if mode == "bare":
        return "%%xetmemo\n"
    words = sorted(set(re.findall(r"\b[a-zA-Z]\w*\b", cell)) & {name for names in NAMES.values() for name in names})
    some = [name for name in words if re.search(rf"\b{name}\b", before) and rng.random() < 0.6]
    made = [name for name in words if re.search(rf"^{name}\b[^=\n]*=", cell, re.MULTILINE) and rng.random() < 0.7]
    return "%%xetmemo" + (f" input={','.join(some)}" if some else "") + (f" output={','.join(made)}" if made else "") + "\n"


def _edit(notebook: Notebook, rng: random.Random) -> None:
    """One edit of a notebook: a number, a line more, a line less, or a file."""
    how = rng.random()
    if how < 0.12 and "lib.py" in notebook.files:
        name, old, new = rng.choice((("lib.py", "X = 1", "X = 4"), ("lib.py", "return len(kept)", "return 10 * len(kept)"), ("data.csv", "3.5", "7.5"), ("lib2.py", "Y = 2", "Y = 3")))
        notebook.edited_files[name] = notebook.files[name].replace(old, new)
        return
    for _ in range(10):
        i = rng.randrange(1, len(notebook.cells))
        cell = notebook.cells[i]
        numbers = list(re.finditer(r"\b\d\b", cell))
        lines = cell.split("\n")
        if how < 0.6 and numbers:
            at = rng.choice(numbers)
            new = cell[: at.start()] + str((int(at[0]) + 1) % 10) + cell[at.end() :]
        elif how < 0.8 and len(lines) > 1 and not any(line.startswith((" ", "@", "el", "ex")) for line in lines):
            gone = rng.randrange(len(lines))
            new = "\n".join(lines[:gone] + lines[gone + 1 :])
        else:
            g = _Generator(rng)
            g.bound.update({name: kind for kind, names in NAMES.items() for name in names if re.search(rf"\b{name}\b", "\n".join(notebook.cells[: i + 1]))})
            new = g.statement() + "\n" + cell
        if new != cell:
            notebook.edit[i] = new
            return


def _of_grammar(seed: int) -> Optional[Notebook]:
    """A notebook of the soundness fuzzer's (testdata/fuzz), or None where that isn't beside."""
    import sys
    from pathlib import Path

    beside = Path(__file__).resolve().parents[2] / "testdata" / "fuzz"
    if not (beside / "fuzzer" / "generator.py").exists():
        return None
    if str(beside) not in sys.path:
        sys.path.append(str(beside))
    from fuzzer.generator import generate as made

    return made(seed, False)
