"""A function's part of a key is kept only while a new walk would find the same: each change here is one that it must see."""

import importlib
import os
import sys
import types

import pytest

from xetcache import config
from xetcache.key import key, unchanged
from xetcache.source import local, reach

SOURCE = """
import math
scale = 1
limit = None
def helper(x, y=1):
    return x + y
def f(x):
    return len(str(helper(x) * scale)) + math.sqrt(x), limit
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(config, "local_paths", [])
    key._calls.clear()
    (tmp_path / "kept_module.py").write_text(SOURCE)
    sys.modules.pop("kept_module", None)
    importlib.invalidate_caches()
    yield importlib.import_module("kept_module")
    sys.modules.pop("kept_module", None)
    key._calls.clear()


def key_of(f, *args):
    return key.of_call(f, args, {}, None)


def walked(f, *args):
    """The key without what was kept."""
    key._calls.clear()
    return key_of(f, *args)


def same(a, b):
    return a.digest == b.digest and a.parts() == b.parts() and a.by_origin == b.by_origin and a.refused == b.refused and a.libraries == b.libraries


def test_a_second_call_needs_no_walk(module, monkeypatch):
    first = key_of(module.f, 4)
    monkeypatch.setattr(reach, "Reach", lambda *_: pytest.fail("a walk"))
    assert same(key_of(module.f, 4), first)
    assert key_of(module.f, 5).digest != first.digest


def replaced(f):
    def changed(module):
        names = {}
        exec("def helper(x, y=1):\n    return x - y\n", names)
        f(module, types.FunctionType(names["helper"].__code__, vars(module), "helper", (1,)))

    return changed


def write(module, text):
    with open(module.__file__, "w") as out:
        out.write(text)
    os.utime(module.__file__, ns=(1, 1))


CHANGES = {
    "a constant": lambda m: setattr(m, "scale", 2),
    "a constant to one that equals it": lambda m: setattr(m, "scale", 1.0),
    "a constant to a list": lambda m: setattr(m, "limit", []),
    "a constant is gone": lambda m: delattr(m, "limit"),
    "a helper": replaced(lambda m, other: setattr(m, "helper", other)),
    "a helper's code": replaced(lambda m, other: setattr(m.helper, "__code__", other.__code__)),
    "a helper's default": lambda m: setattr(m.helper, "__defaults__", (2,)),
    "a helper's default to one that equals it": lambda m: setattr(m.helper, "__defaults__", (True,)),
    "a helper's default by name": lambda m: setattr(m.helper, "__kwdefaults__", {"y": 3}),
    "a helper's attribute": lambda m: setattr(m.helper, "rate", 3),
    "a helper's name": lambda m: setattr(m.helper, "__qualname__", "other"),
    "a helper's module": lambda m: setattr(m.helper, "__module__", "other"),
    "the function's own default": lambda m: setattr(m.f, "__defaults__", (1,)),
    "a builtin is hidden": lambda m: setattr(m, "len", lambda x: 3),
    "a module": lambda m: setattr(m, "math", sys.modules["cmath"]),
    "a module to a value": lambda m: setattr(m, "math", 3),
    "the text": lambda m: write(m, SOURCE.replace("* scale", "/ scale")),
    "the text of what is bound": lambda m: write(m, SOURCE.replace("scale = 1", "scale = 0 + 1")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen(module, change):
    import cmath  # noqa: F401

    before = key_of(module.f, 4)
    change(module)
    after = key_of(module.f, 4)
    assert after.digest != before.digest or after.refused != before.refused
    assert same(after, walked(module.f, 4))


def test_what_is_the_users_own_can_change(module, tmp_path, monkeypatch):
    inside = key_of(module.f, 4)
    assert inside.functions
    monkeypatch.setattr(local, "_library_folders", lambda: (str(tmp_path.resolve()) + os.sep,))
    local._is_own.cache_clear()
    monkeypatch.setattr(config, "local_paths", ["/nowhere"])
    assert not key_of(module.f, 4).functions


UNSEEN = {
    "list": "data = [1]\ndef f(x): return data[0]",
    "list in a tuple": "data = ([1],)\ndef f(x): return data[0][0]",
    "list in a default": "def f(x, data=[1]): return data",
    "closure": "def make():\n    data = [1]\n    def f(x): return data\n    return f\nf = make()",
    "class": "class C:\n    rate = 1\ndef f(x): return C.rate",
    "instance": "class C: pass\nc = C()\ndef f(x): return c",
    "method of a value": "data = [1]\nadd = data.append\ndef f(x): return add(x)",
    "module that is imported later": "def f(x):\n    import other_module\n    return other_module.g(x)",
    "decorated function": "import functools\ndef g(x): return 1\n@functools.wraps(g)\ndef h(x): return g(x)\ndef f(x): return h(x)",
    "name that is nowhere": "def f(x): return nowhere",
}


@pytest.mark.parametrize("source", UNSEEN.values(), ids=UNSEEN)
def test_what_can_change_unseen_is_walked_each_time(module, source):
    write(module, source)
    exec(compile(source, module.__file__, "exec"), vars(module))
    assert unchanged.conditions(module.f) is None


def test_functions_among_the_arguments(module):
    """The walk goes on where it is put off: keys are those of a walk from the start."""
    exec("class C:\n    def __init__(self): self.a = [1]\n", vars(module))
    for args in ((module.helper,), ([1, module.helper],), (module.C,), (module.C(),), (module.f,)):
        assert key_of(module.f, 1).digest  # what is kept is there
        late = key_of(module.f, *args)
        reached = key.Key("call", None, late.slot)
        walk = key._Walk(module.f, reached)
        walk.start()
        walk.at("x")
        reached.inputs["x"] = key.valuedigest.digest(args[0], walk)
        key._note_versions(reached, args[0])
        assert same(late, reached.finish(walk.reached, 0.0))
