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

SETUP = '''\
import lib
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
    assert len(EDITS) >= 100


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """A kernel that has run and stored the program."""
    from conftest import Kernel

    folder = tmp_path_factory.mktemp("program")
    kernel = Kernel(folder)
    kernel.run("import sys, os, importlib, xetcache; xetcache.set_runtime_threshold(0); sys.dont_write_bytecode = True")
    ran = play(kernel, folder, MODULE, SETUP, CELLS)
    assert ran == set(CELLS)
    shutil.copytree(folder / "xmemo", folder / "pristine")
    yield kernel, folder
    kernel.stop()


def play(kernel, folder, module, setup, cells):
    """Run the program from a clean namespace; the names of the cells that were not taken from their memos."""
    (folder / "lib.py").write_text(module)
    kernel.run("%reset -f\nimport sys, importlib; sys.modules.pop('lib', None); importlib.invalidate_caches()")
    outcome = kernel.run(setup)
    assert outcome.error is None, outcome.error
    ran = set()
    for name, cell in cells.items():
        outcome = kernel.run(cell)
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
    texts = {"lib": MODULE, "setup": SETUP, **CELLS}
    assert texts[where].count(old) >= 1, old
    texts[where] = texts[where].replace(old, new, 1)
    shutil.rmtree(folder / "xmemo")  # a memo made under one edit must not be what another edit hits
    shutil.copytree(folder / "pristine", folder / "xmemo")
    ran = play(kernel, folder, texts["lib"], texts["setup"], {name: texts[name] for name in CELLS})
    assert ran == again
