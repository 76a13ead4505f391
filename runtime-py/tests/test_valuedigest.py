"""Value digests: what differs, what agrees, and that both hold in every process."""

import collections
import dataclasses
import datetime
import decimal
import enum
import functools
import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from xetcache.digest import OverBudget, Unhashable, digest

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
sympy = pytest.importorskip("sympy")


@dataclasses.dataclass
class Point:
    x: int
    y: object


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a, self.b = a, b


class Unordered:
    def __init__(self, **kw):
        self.__dict__.update(kw)


class Text(str):
    pass


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


Pair = collections.namedtuple("Pair", "a b")


def cycle(first=0):
    a = [first]
    a.append(a)
    return a


def shared(depth):
    value = ()
    for _ in range(depth):
        value = (value, value)
    return value


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def rows(n, change=None):
    found = [{"id": i, "name": f"n{i}", "tags": ["a"]} for i in range(n)]
    if change:
        change(found)
    return found


def copied(value):
    import pickle

    return pickle.loads(pickle.dumps(value))


x = sympy.Symbol("x")


def expression(depth, shared=True):
    """An expression that holds itself of lesser depth twice."""
    value = x
    for _ in range(depth):
        other = value if shared else copied(value)
        value = sympy.Tuple(value, other)
    return value


base = np.arange(24.0).reshape(2, 3, 4)
def objects(*values):
    return pd.Series(values, dtype=object, index=["p", "q"])


frame = pd.DataFrame({"a": [1, 2], "b": objects("x", None)}, index=["p", "q"])

# Each value differs from every other one.
DIFFERENT = {
    "None": None, "False": False, "True": True, "0": 0, "1": 1, "1.0": 1.0, "-1": -1, "0.0": 0.0, "-0.0": -0.0,
    "2**63": 2**63, "2**63-1": 2**63 - 1, "-2**63": -(2**63), "1j": 1j, "nan": float("nan"), "inf": float("inf"),
    "''": "", "'1'": "1", "b''": b"", "b'1'": b"1", "bytearray": bytearray(b"1"), "nul": "\0", "surrogate": "\ud800",
    "[]": [], "()": (), "{}": {}, "set()": set(), "frozenset()": frozenset(), "[[]]": [[]], "[()]": [()], "([],)": ([],),
    "[1, 2]": [1, 2], "[2, 1]": [2, 1], "(1, 2)": (1, 2), "{1, 2}": {1, 2}, "frozenset 1 2": frozenset({1, 2}), "range": range(3),
    "[1, True]": [1, True], "[1, 1]": [1, 1], "[True, True]": [True, True], "[1.0, 1]": [1.0, 1],
    "['ab', 'c']": ["ab", "c"], "['a', 'bc']": ["a", "bc"], "['a\\0b']": ["a\0b"], "['a', 'b']": ["a", "b"],
    "dict order 1": {"a": 1, "b": 2}, "dict order 2": {"b": 2, "a": 1}, "dict key 1": {1: 0}, "dict key True": {True: 0},
    "dict of dicts": {"a": {"b": 1}}, "defaultdict": collections.defaultdict(list, a=[1]), "OrderedDict": collections.OrderedDict(a=[1]),
    "deque": collections.deque([1, 2]), "Counter": collections.Counter("aab"),
    "[[0]*3]*3": [[0] * 3] * 3, "three lists": [[0] * 3 for _ in range(3)],
    "cycle": cycle(), "cycle 1": cycle(1), "list in a list": [0, [0]],
    "shared 60": shared(60), "nested 5000": nested(5000), "nested 5001": nested(5001),
    "rows": rows(20), "rows, one value": rows(20, lambda r: r[7].update(id=99)), "rows, one key": rows(20, lambda r: r[7].update(z=1)),
    "rows, shared list": rows(20, lambda r: r[7].update(tags=r[6]["tags"])), "rows, one type": rows(20, lambda r: r[7].update(id=7.0)),
    "rows, shared row": rows(20, lambda r: r.__setitem__(7, r[6])), "tuples": [(i, "a") for i in range(20)],
    "lists": [[i, "a"] for i in range(20)], "tuples, one type": [(i, "a" if i else b"a") for i in range(20)],
    "Point": Point(1, 2), "Point 1.0": Point(1.0, 2), "Slotted": Slotted(1, 2), "Slotted 2": Slotted(1, 3), "Pair": Pair(1, 2),
    "Text": Text("1"), "RED": Colour.RED, "BLUE": Colour.BLUE, "points": [Point(i, [i]) for i in range(10)],
    "Decimal": decimal.Decimal("1"), "Decimal 1.0": decimal.Decimal("1.0"), "date": datetime.date(2024, 1, 1),
    "datetime": datetime.datetime(2024, 1, 1), "utc": datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
    "partial": functools.partial(int, base=2), "int type": int, "len": len, "[].append": [].append, "type None": type(None),
    "sets": [{1, 2}, {3}], "set of tuples": {(1, 2), (3, 4)}, "set mixed": {1, "a", (2, "b")}, "set of sets": {frozenset({1})},
    "array": np.arange(6), "array float": np.arange(6.0), "array 2x3": np.arange(6).reshape(2, 3), "array 3x2": np.arange(6).reshape(3, 2),
    "array F": np.asfortranarray(np.arange(6).reshape(2, 3)), "array int32": np.arange(6, dtype="i4"), "big endian": np.arange(6, dtype=">i8"),
    "array 0-d": np.array(1), "np.int64": np.int64(1), "np.float64": np.float64(1), "np.bool": np.bool_(True), "np.str": np.str_("1"),
    "array bool": np.array([True, False]), "array str": np.array(["a", "b"]), "array bytes": np.array([b"a", b"b"]),
    "array object": np.array([1, "a"], dtype=object), "array empty": np.empty((0, 3)), "array empty 2": np.empty((3, 0)),
    "array axes": base.transpose(0, 2, 1), "array axes copy": base.transpose(0, 2, 1).copy(),
    "datetime64 s": np.array(["2024-01-01"], "M8[s]"), "datetime64 ns": np.array(["2024-01-01"], "M8[ns]"),
    "structured": np.array([(1, 2.0)], dtype=[("a", "i1"), ("b", "f8")]), "structured names": np.array([(1, 2.0)], dtype=[("a", "i1"), ("c", "f8")]),
    "masked": np.ma.array([1, 2], mask=[0, 1]), "masked objects": np.ma.MaskedArray([1, "a"], mask=[0, 1], dtype=object), "masked 2": np.ma.array([1, 2], mask=[1, 0]), "dtype": np.dtype("f8"), "ufunc": np.add,
    "frame": frame, "frame renamed": frame.rename(columns={"a": "c"}), "frame order": frame[["b", "a"]], "frame index": frame.reset_index(drop=True),
    "frame float": frame.assign(a=[1.0, 2.0]), "frame nan": frame.assign(b=objects("x", float("nan"))), "frame category": frame.assign(b=pd.Categorical(["x", None])),
    "frame categories": frame.assign(b=pd.Categorical(["x", None], categories=["x", "y"])), "frame Int64": frame.astype({"a": "Int64"}),
    "series": pd.Series([1, 2]), "series named": pd.Series([1, 2], name="a"), "index": pd.Index([1, 2]), "range index": pd.RangeIndex(2),
    "dates": pd.date_range("2024", periods=3), "dates no freq": pd.DatetimeIndex(["2024-01-01", "2024-01-02", "2024-01-03"]),
    "dates utc": pd.date_range("2024", periods=3, tz="UTC"), "multi": pd.MultiIndex.from_product([[1, 2], ["a"]]),
    "timestamp": pd.Timestamp("2024"), "period": pd.Period("2024"), "interval": pd.interval_range(0, 2), "sparse": pd.arrays.SparseArray([0, 1]),
    "attrs": pd.DataFrame(frame), "x": x, "positive x": sympy.Symbol("x", positive=True), "x + 1": x + 1, "x + 2": x + 2,
    "2*x": 2 * x, "x**2": x**2, "x()": sympy.Function("x")(x), "matrix": sympy.Matrix([x]), "two matrices": [sympy.Matrix([x])] * 2,
}  # fmt: skip
DIFFERENT["attrs"].attrs["unit"] = "m"


# Pairs that agree.
SAME = {
    "string identity": (["x" * 3, "xxx"], ["xxx", "xxx"]),
    "equal tuples": ([(1, 2), tuple([1, 2])], [(1, 2)] * 2),
    "set order": ({"a", "b", "c", "dd", "eee"}, {"eee", "dd", "c", "b", "a"}),
    "gaps": (np.arange(10)[::2], np.array([0, 2, 4, 6, 8])),
    "gaps of several": ([np.arange(10)[::2]] + [np.arange(5)[::1]], [np.array([0, 2, 4, 6, 8]), np.arange(5)]),
    "gaps of rows": (np.arange(12).reshape(3, 4)[:, ::2], np.arange(12).reshape(3, 4)[:, ::2].copy()),
    "frame blocks": (pd.DataFrame({"a": [1, 2], "c": [3, 4]}), pd.DataFrame({"a": [1, 2]}).assign(c=[3, 4])),
    "frame copy": (frame, frame.copy()),
    "points": ([Point(i, [i]) for i in range(10)], copied([Point(i, [i]) for i in range(10)])),
    "sharing between immutables": ((frozenset({1}),) * 2, (frozenset({1}), frozenset([1]))),
    "cycle": (cycle(), copied(cycle())),
    "order of assumptions": (sympy.Symbol("n", integer=True, positive=True), sympy.Symbol("n", positive=True, integer=True)),
    "sharing inside expressions": (expression(3), expression(3, shared=False)),
    "structured gaps": (
        np.zeros(3, dtype=np.dtype([("a", "i1"), ("b", "f8")], align=True)),
        copied(np.zeros(3, dtype=np.dtype([("a", "i1"), ("b", "f8")], align=True))),
    ),
}


def test_different():
    found = collections.defaultdict(list)
    for name, value in DIFFERENT.items():
        found[digest(value)].append(name)
    assert not [names for names in found.values() if len(names) > 1]


@pytest.mark.parametrize("name", SAME)
def test_same(name):
    first, second = SAME[name]
    assert digest(first) == digest(second)


@pytest.mark.parametrize("name", [n for n in DIFFERENT if n not in ("[].append", "nested 5000", "nested 5001", "len")])
def test_survives_pickling(name):
    value = DIFFERENT[name]
    if name in ("array axes", "big endian"):
        assert digest(copied(value)) != digest(value)  # NumPy's own pickling changes these; test_formats has the store's
    else:
        assert digest(copied(value)) == digest(value)


def test_same_in_another_process():
    code = "import test_valuedigest as t; print([t.digest(v) for n, v in t.DIFFERENT.items()])"
    found = set()
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[1])])}
        found.add(subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout)
    assert len(found) == 1 and next(iter(found)).count(":") == len(DIFFERENT)


def test_generators_of_the_process_go_by_name():
    shared = [random._inst, random.randint, np.random.mtrand._rand, np.random.normal]
    own = [random.Random(1), np.random.RandomState(1)]
    before = [digest(v) for v in shared + own]
    for generator in (random, np.random, *own):
        generator.seed(2)
    after = [digest(v) for v in shared + own]
    assert before[:4] == after[:4] and not set(before[4:]) & set(after[4:]) and len(set(before)) == 6
    assert digest([random._inst, own[0]]) != digest([own[0], random._inst])


@pytest.mark.parametrize(
    "value",
    [(i for i in range(3)), open(os.devnull), sys._getframe(), memoryview(b"x"), {"a": [memoryview(b"x")]}],
    ids=lambda v: type(v).__name__,
)
def test_unhashable(value):
    with pytest.raises(Unhashable, match="can't be hashed"):
        digest(value)


def test_failing_state_is_unhashable():
    class Bad:
        def __getstate__(self):
            raise RuntimeError("no state")

    with pytest.raises(Unhashable, match="no state"):
        digest(Bad())


def test_budget():
    with pytest.raises(OverBudget):
        digest(np.zeros(1 << 20), budget=1 << 20)
    assert digest(np.zeros(1 << 10), budget=1 << 20) == digest(np.zeros(1 << 10))


def test_shared_expressions_take_no_longer_than_they_are_large():
    assert digest(expression(60)) != digest(expression(61))


def test_large_arrays_agree_with_their_copies():
    big = np.random.default_rng(0).normal(size=(300, 3000))
    assert digest(big) == digest(big.copy()) != digest(big[:, ::-1].copy())
    assert digest(big.T) == digest(np.asfortranarray(big.T.copy()))
    assert digest(big[:, ::3]) == digest(big[:, ::3].copy())


def test_large_arrays_with_gaps_agree_with_those_without():
    from xetcache.digest import arrays as arraydigest

    whole = np.arange(6_000_000.0).reshape(3, 1000, 2000)
    for view in (whole[:, :, ::2], whole[:, ::2], whole[::2], whole.reshape(-1)[::2], whole.transpose(0, 2, 1)[:, ::2]):
        axes = arraydigest.axes_in_memory(view)
        copy = np.ascontiguousarray(view.transpose(axes)).transpose(np.argsort(axes))
        assert view.nbytes > arraydigest._BLOCK and digest(view) == digest(copy)
        copy[-1, ...] += 1
        assert digest(view) != digest(copy)


def test_aligned_records_are_no_others_after_equal_ones():
    aligned = np.dtype([("a", "i1"), ("b", "f8")], align=True)
    same = np.dtype({"names": ["a", "b"], "formats": ["i1", "f8"], "offsets": [0, 8], "itemsize": 16})
    assert aligned == same and aligned.isalignedstruct != same.isalignedstruct
    first, second = digest(np.zeros(2, aligned)), digest(np.zeros(2, same))
    assert first != second and digest(np.zeros(2, aligned)) == first
