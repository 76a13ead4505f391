"""Edits to a program: what must run again does, and nothing else does.

PROGRAM is a notebook with a local module; CELLS are its memoized cells. Each edit replaces one text by another and
names the cells that must run again; an edit of layout or comments names none.
"""

import shutil

import pytest

MODULE = '''\
LIMIT = 10
UNUSED = 1

def outer(x, scale=2):
    # scales
    return inner(x) * scale

def inner(x):
    return min(x, LIMIT)

def other(x):
    return x - UNUSED

class Model:
    """A model."""
    rate = 3

    def __init__(self, k):
        self.k = k

    def fit(self, x):
        return self.step(x) * self.rate

    def step(self, x):
        return inner(x) + self.k

    def never(self):
        return other(1)
'''

MODULE2 = '''\
FACTOR = 5

def scaled(x, by=FACTOR):
    return shift(x) * by

def shift(x):
    return x + 1

def unrelated():
    return 0
'''

SETUP = '''\
import lib
import functools
import lib2
from lib import outer, Model
K = 4
TABLE = {"a": 1, "b": [1, 2]}
a = [1, 2, 3]
b = {"x": 1.5}
def helper(x):
    return x + K
def clean(x, power=1):
    return [helper(v) ** power for v in x]
def make(n):
    def add(x):
        return x + n
    return add
add = make(5)
class Base:
    def run(self, x):
        return self.one(x) + 1
class Child(Base):
    factor = 2
    def one(self, x):
        return helper(x) * self.factor
child = Child()
fold = lambda x: sum(x) + TABLE["a"]
RATE = 7
@functools.lru_cache(maxsize=None)
def cached(x):
    return x * RATE
@functools.singledispatch
def kind(x):
    return "other"
@kind.register
def _int(x: int):
    return "whole"
def pipeline(*steps):
    def run(x):
        for step in steps:
            x = step(x)
        return x
    return run
def double(x):
    return x * 2
def third(x):
    return x - UNIT["b"]
UNIT = {"b": 3}
run = pipeline(double, third)
class Gauge:
    unit = "m"
    @staticmethod
    def zero():
        return 0
    @classmethod
    def make(cls, n=2):
        return cls(n)
    def __init__(self, n):
        self.n = n
    @property
    def value(self):
        return self.zero() + self.n
gauge = Gauge.make()
def late(x):
    from lib2 import scaled
    return scaled(x)
'''

CELLS = {
    "inputs": "%%xetmemo input=a output=r1\nr1 = len(a)",
    "dict": "%%xetmemo input=b output=r2\nr2 = b['x']",
    "clean": "%%xetmemo input=a,clean output=r3\nr3 = clean(a)",
    "unlisted": "%%xetmemo input=a output=r4\nr4 = clean(a)",
    "closure": "%%xetmemo input=add output=r5\nr5 = add(1)",
    "child": "%%xetmemo input=child output=r6\nr6 = child.run(2)",
    "fold": "%%xetmemo input=a,fold output=r7\nr7 = fold(a)",
    "outer": "%%xetmemo input=outer output=r8\nr8 = outer(3)",
    "module": "%%xetmemo output=r9\nr9 = lib.outer(3)",
    "model": "%%xetmemo input=Model output=r10\nr10 = Model(1).fit(2)",
    "alone": "%%xetmemo output=r11\nr11 = 1",
    "cached": "%%xetmemo input=cached output=r12\nr12 = cached(3)",
    "kind": "%%xetmemo input=kind output=r13\nr13 = kind(3)",
    "run": "%%xetmemo input=run output=r14\nr14 = run(3)",
    "gauge": "%%xetmemo input=gauge output=r15\nr15 = gauge.value",
    "late": "%%xetmemo input=late output=r16\nr16 = late(3)",
}

HELPER = {"clean", "unlisted", "child"}
INNER = {"outer", "module", "model"}
A = {"inputs", "clean", "unlisted", "fold"}

# (where, old text, new text, cells that run again)
EDITS = [
    # input values
    ("setup", "a = [1, 2, 3]", "a = [1, 2, 4]", A),
    ("setup", "a = [1, 2, 3]", "a = [1, 2]", A),
    ("setup", "a = [1, 2, 3]", "a = [3, 2, 1]", A),
    ("setup", "a = [1, 2, 3]", "a = (1, 2, 3)", A),
    ("setup", "a = [1, 2, 3]", "a = [1, 2, 3.0]", A),
    ("setup", "a = [1, 2, 3]", "a = [True, 2, 3]", A),
    ("setup", "a = [1, 2, 3]", "a = [1, 2]\na.append(3)", set()),
    ("setup", "a = [1, 2, 3]", "a = list(range(1, 4))", set()),
    ("setup", 'b = {"x": 1.5}', 'b = {"x": 1.5, "y": 2}', {"dict"}),
    ("setup", 'b = {"x": 1.5}', 'b = {"x": 2.5}', {"dict"}),
    ("setup", 'b = {"x": 1.5}', 'b = {"y": 1, "x": 1.5}', {"dict"}),
    ("setup", 'b = {"x": 1.5}', "b = dict(x=1.5)", set()),
    ("setup", 'b = {"x": 1.5}', 'b = {"x": 3 / 2}', set()),
    # module constants and globals of the notebook
    ("setup", "K = 4", "K = 5", HELPER),
    ("setup", "K = 4", "K = 4.0", HELPER),
    ("setup", "K = 4", "K = True", HELPER),
    ("setup", "K = 4", "K = 2 + 2", set()),
    ("setup", "K = 4", "K = 4; L = 5", set()),
    ("setup", '"b": [1, 2]}', '"b": [1, 3]}', {"fold"}),
    ("setup", '{"a": 1,', '{"a": 2,', {"fold"}),
    ("setup", '{"a": 1, "b"', '{"b": 0, "a": 1, "b"', {"fold"}),
    # functions, helpers, helpers' helpers
    ("setup", "return x + K", "return x - K", HELPER),
    ("setup", "return x + K", "return K + x", HELPER),
    ("setup", "return x + K", "return x + K + 0", HELPER),
    ("setup", "def helper(x):\n    return x + K", "def helper(y):\n    return y + K", HELPER),
    ("setup", "def helper(x):", "def helper(x, z=0):", HELPER),
    ("setup", "return x + K", "y = x\n    return y + K", HELPER),
    ("setup", "return x + K", "if x:\n        return x + K\n    return K", HELPER),
    ("setup", "return x + K", "return int(x + K)", HELPER),
    ("setup", "return x + K", "return x + 4", HELPER),
    ("setup", "helper(v) ** power", "helper(v) * power", {"clean", "unlisted"}),
    ("setup", "helper(v) ** power", "helper(helper(v)) ** power", {"clean", "unlisted"}),
    ("setup", "[helper(v) ** power for v in x]", "[v ** power for v in x]", {"clean", "unlisted"}),
    ("setup", "[helper(v) ** power for v in x]", "[helper(v) ** power for v in x if v]", {"clean", "unlisted"}),
    ("setup", "[helper(v) ** power for v in x]", "list(helper(v) ** power for v in x)", {"clean", "unlisted"}),
    ("setup", "def clean(x, power=1):", "@__import__('functools').lru_cache\ndef unrelated(x): return x\ndef clean(x, power=1):", set()),
    ("setup", "def clean(x, power=1):", "def unrelated():\n    return K\ndef clean(x, power=1):", set()),
    ("setup", "lambda x: sum(x)", "lambda x: max(x)", {"fold"}),
    ("setup", "lambda x: sum(x)", "lambda y: sum(y)", {"fold"}),
    ("setup", "lambda x: sum(x)", "lambda x:  sum( x )", set()),
    # defaults
    ("setup", "power=1", "power=2", {"clean", "unlisted"}),
    ("setup", "power=1", "power=K", {"clean", "unlisted"}),
    ("setup", "power=1", "*, power=1", {"clean", "unlisted"}),
    ("lib", "scale=2", "scale=3", {"outer", "module"}),
    ("lib", "scale=2", "scale=2.0", {"outer", "module"}),
    ("lib", "scale=2", "scale=LIMIT", {"outer", "module"}),
    ("lib", "scale=2", "scale:int=2", set()),
    # closures
    ("setup", "make(5)", "make(6)", {"closure"}),
    ("setup", "make(5)", "make(5.0)", {"closure"}),
    ("setup", "make(5)", "make(-5)", {"closure"}),
    ("setup", "make(5)", "make(2 + 3)", set()),
    ("setup", "make(5)", "make(n=5)", set()),
    ("setup", "return x + n", "return x - n", {"closure"}),
    ("setup", "return x + n", "return x + n + K", {"closure"}),
    ("setup", "def make(n):", "def make(n, unused=1):", set()),
    ("setup", "def make(n):\n", "def make(n):\n    n + 1\n", set()),
    # methods, classes, bases
    ("setup", "self.one(x) + 1", "self.one(x) + 2", {"child"}),
    ("setup", "factor = 2", "factor = 3", {"child"}),
    ("setup", "helper(x) * self.factor", "helper(x) + self.factor", {"child"}),
    ("setup", "helper(x) * self.factor", "x * self.factor", {"child"}),
    ("setup", "class Child(Base):", "class Child(Base):\n    def extra(self): return 1", {"child"}),
    ("setup", "class Base:", "class Root: pass\nclass Base(Root):", {"child"}),
    ("setup", "child = Child()", "child = Child()\nchild.z = 1", {"child"}),
    ("setup", "child = Child()", "child = Child()\nChild.factor = 9", {"child"}),
    ("setup", "child = Child()", "Child.one = lambda self, x: 0\nchild = Child()", {"child"}),
    ("setup", "child = Child()", "child = child2 = Child()", set()),
    ("lib", "rate = 3", "rate = 4", {"model"}),
    ("lib", "self.step(x) * self.rate", "self.step(x) / self.rate", {"model"}),
    ("lib", "inner(x) + self.k", "inner(x) - self.k", {"model"}),
    ("lib", "inner(x) + self.k", "x + self.k", {"model"}),
    ("lib", "self.k = k", "self.k = k + 1", {"model"}),
    ("lib", "return other(1)", "return other(2)", {"model"}),
    # the local module
    ("lib", "LIMIT = 10", "LIMIT = 11", INNER),
    ("lib", "LIMIT = 10", "LIMIT = 10.0", INNER),
    ("lib", "min(x, LIMIT)", "max(x, LIMIT)", INNER),
    ("lib", "min(x, LIMIT)", "min(x, LIMIT, 99)", INNER),
    ("lib", "inner(x) * scale", "inner(x) + scale", {"outer", "module"}),
    ("lib", "inner(x) * scale", "scale * inner(x)", {"outer", "module"}),
    ("lib", "def other(x):", "def fresh(x):\n    return x\n\ndef other(x):", set()),
    ("lib", "LIMIT = 10", "import math\nLIMIT = 10", set()),
    ("setup", "from lib import outer, Model", "from lib import other as outer, Model", {"outer"}),
    ("setup", "from lib import outer, Model", "from lib import Model, outer", set()),
    ("setup", "import lib\n", "import lib, json\n", set()),
    # the cells themselves
    ("inputs", "len(a)", "len(a) + 1", {"inputs"}),
    ("inputs", "len(a)", "len( a )", set()),
    ("inputs", "r1 = len(a)", "# a comment\nr1 = len(a)  # another", set()),
    ("inputs", "input=a output=r1", "output=r1 input=a", set()),
    ("inputs", "output=r1", "output=r1 always=True", set()),
    ("inputs", "output=r1", "output=r1 key=other", {"inputs"}),
    ("dict", "b['x']", 'b["x"]', set()),
    ("clean", "input=a,clean", "input=clean,a", set()),
    ("alone", "r11 = 1", "r11 = 2", {"alone"}),
    ("alone", "r11 = 1", "r11 = 0x1", set()),
    ("alone", "r11 = 1", "r11 = 1\n\n\n", set()),
    ("alone", "r11 = 1", "if True:\n    r11 = 1", {"alone"}),
    # behind decorators, registries and partial application
    ("setup", "RATE = 7", "RATE = 8", {"cached"}),
    ("setup", "x * RATE", "x + RATE", {"cached"}),
    ("setup", "x * RATE", "x * RATE if x else 0", {"cached"}),
    ("setup", "@functools.lru_cache(maxsize=None)\n", "", {"cached"}),
    ("setup", "maxsize=None", "maxsize=8", {"cached"}),
    ("setup", "maxsize=None", "maxsize = None", set()),
    ("setup", '"other"', '"else"', {"kind"}),
    ("setup", '"whole"', '"int"', {"kind"}),
    ("setup", "def _int(x: int):", "def _int(x: str):", {"kind"}),
    ("setup", "@kind.register\n", "@kind.register(str)\ndef _str(x):\n    return 1\n@kind.register\n", {"kind"}),
    ("setup", "@kind.register\n", "# whole numbers\n@kind.register\n", set()),
    ("setup", "return x * 2\n", "return x * 4\n", {"run"}),
    ("setup", 'x - UNIT["b"]', 'x + UNIT["b"]', {"run"}),
    ("setup", 'UNIT = {"b": 3}', 'UNIT = {"b": 4}', {"run"}),
    ("setup", 'UNIT = {"b": 3}', 'UNIT = {"b": 1 + 2}', set()),
    ("setup", "pipeline(double, third)", "pipeline(third, double)", {"run"}),
    ("setup", "pipeline(double, third)", "pipeline(double)", {"run"}),
    ("setup", "pipeline(double, third)", "pipeline(*[double, third])", set()),
    ("setup", "x = step(x)", "x = step(x) + 0", {"run"}),
    # attributes, static and class methods, properties
    ("setup", 'unit = "m"', 'unit = "cm"', {"gauge"}),
    ("setup", "return 0\n    @classmethod", "return 1\n    @classmethod", {"gauge"}),
    ("setup", "make(cls, n=2)", "make(cls, n=3)", {"gauge"}),
    ("setup", "self.n = n", "self.n = n + 1", {"gauge"}),
    ("setup", "self.zero() + self.n", "self.zero() - self.n", {"gauge"}),
    ("setup", "gauge = Gauge.make()", "gauge = Gauge.make(5)", {"gauge"}),
    ("setup", "gauge = Gauge.make()", "gauge = Gauge(2.0)", {"gauge"}),
    ("setup", "gauge = Gauge.make()", "gauge = Gauge.make(); gauge.note = 1", {"gauge"}),
    ("setup", "gauge = Gauge.make()", "gauge = Gauge(2)", set()),
    # a module that a function imports itself
    ("lib2", "FACTOR = 5", "FACTOR = 6", {"late"}),
    ("lib2", "by=FACTOR", "by=9", {"late"}),
    ("lib2", "shift(x) * by", "shift(x) + by", {"late"}),
    ("lib2", "return x + 1", "return x + 2", {"late"}),
    ("lib2", "return 0", "return 9", set()),
    ("lib2", "FACTOR = 5", "FACTOR = 5  # five", set()),
    ("setup", "return scaled(x)", "return scaled(x, 2)", {"late"}),
    ("setup", "return scaled(x)", "return scaled( x )", set()),
    ("setup", "from lib2 import scaled", "from lib2 import shift as scaled", {"late"}),
    # more input values
    ("setup", "a = [1, 2, 3]", "a = [1, 2, 3, 4]", A),
    ("setup", "a = [1, 2, 3]", "a = [1, 2, -3]", A),
    ("setup", "a = [1, 2, 3]", "a = [1, 2, 3 + 0j]", A),
    ("setup", 'b = {"x": 1.5}', 'b = {"x": 1}', {"dict"}),
    ("setup", 'b = {"x": 1.5}', 'b = {"x": 1.5000000000000002}', {"dict"}),
    # layout, comments, docstrings, annotations
    ("setup", "    return x + K", "    # a comment\n\n    return x + K", set()),
    ("setup", "def helper(x):", "\n\n\ndef helper(x):", set()),
    ("setup", "def helper(x):", "def helper(x: int) -> int:", set()),
    ("setup", "def helper(x):", 'def helper(x):\n    "Adds."', set()),
    ("setup", "return x + K", "return (x\n            + K)", set()),
    ("setup", "    def one(self, x):\n", "\n    # comment\n    def one(self,  x):\n", set()),
    ("lib", "# scales", "# scales well", set()),
    ("lib", "    return inner(x) * scale", "\n    return (inner(x) * scale)", set()),
    ("lib", '"""A model."""', '"""A better model."""', {"model"}),  # a class is its whole body
    ("lib", "def inner(x):", 'def inner(x):\n    """Limits."""', set()),
]  # fmt: skip


def test_there_are_enough():
    assert len([again for *_, again in EDITS if again]) >= 100


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """A kernel that has run and stored the program."""
    from conftest import Kernel

    folder = tmp_path_factory.mktemp("program")
    kernel = Kernel(folder)
    kernel.run("import sys, os, importlib, xetcache; xetcache.set_runtime_threshold(0); sys.dont_write_bytecode = True")
    ran = play(kernel, folder, {"lib": MODULE, "lib2": MODULE2, "setup": SETUP, **CELLS})
    assert ran == set(CELLS)
    shutil.copytree(folder / "xmemo", folder / "pristine")
    yield kernel, folder
    kernel.stop()


def play(kernel, folder, texts):
    """Run the program from a clean namespace; the names of the cells that were not taken from their memos."""
    for name in ("lib", "lib2"):
        (folder / (name + ".py")).write_text(texts[name])
    kernel.run("%reset -f\nimport sys, importlib; importlib.invalidate_caches()\nfor n in ('lib', 'lib2'): sys.modules.pop(n, None)")
    outcome = kernel.run(texts["setup"])
    assert outcome.error is None, outcome.error
    ran = set()
    for name in CELLS:
        outcome = kernel.run(texts[name])
        assert outcome.error is None, outcome.error
        (line,) = outcome.lines
        assert line.startswith(("hit", "miss")) and "memo not used" not in line, line
        if line.startswith("miss"):
            ran.add(name)
    return ran


@pytest.mark.parametrize("edit", EDITS, ids=lambda e: f"{e[0]}: {e[1]} → {e[2]}".replace("\n", "⏎"))
def test_edit(edit, program):
    kernel, folder = program
    where, old, new, again = edit
    texts = {"lib": MODULE, "lib2": MODULE2, "setup": SETUP, **CELLS}
    assert texts[where].count(old) >= 1, old
    texts[where] = texts[where].replace(old, new, 1)
    shutil.rmtree(folder / "xmemo")  # a memo made under one edit must not be what another edit hits
    shutil.copytree(folder / "pristine", folder / "xmemo")
    ran = play(kernel, folder, texts)
    assert ran == again


def test_major_version_of_pandas(kernels):
    """pandas 2 and 3 give other values for the same code."""
    kernel = kernels()
    kernel.run("import xetcache; xetcache.set_runtime_threshold(0)\nimport pandas as pd\nnow = pd.__version__")
    cell = "%%xetmemo output=s\ns = pd.Series(['a']).dtype.name"
    assert kernel.run(cell).lines[0].startswith("miss; stored")
    assert kernel.run(cell).lines[0].startswith("hit")
    kernel.run("pd.__version__ = now + '.1'")
    assert kernel.run(cell).lines[0].startswith("hit")
    kernel.run("pd.__version__ = '1' + now")
    assert "pandas was" in kernel.run(cell).lines[0]
