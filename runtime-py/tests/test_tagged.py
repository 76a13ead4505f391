"""The tagged form gives back what it was given, to readers that trust nobody; what isn't of the form is refused and does nothing."""

import collections
import copy
import datetime
import fractions
import pathlib
import random
import struct
import sys
import types
import uuid
import zoneinfo

import pytest

from xetcache.digest import digest
from xetcache.store import formats, tagged
from xetcache.store.manifest import Bad

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")
scipy_sparse = pytest.importorskip("scipy.sparse")

from test_formats import FRAMES  # noqa: E402
from test_valuedigest import DIFFERENT  # noqa: E402

# Values of the digest's table that need a pickle.
PICKLED = {
    "Slotted", "Slotted 2", "Text", "partial", "len", "[].append", "type None", "masked objects", "ufunc", "sparse", "x", "positive x",
    "x + 1", "x + 2", "2*x", "x**2", "x()", "matrix", "two matrices", "RED", "BLUE", "Point", "Point 1.0", "points", "Pair",
}  # fmt: skip


def holding_itself():
    found = {"list": []}
    found["list"] += [found, found["list"], [found]]
    return found


def dates(**how):
    return pd.date_range("2024-03-30", periods=4, **how)


VALUES = {
    "NumPy's NaN and another": [np.nan, float("nan")], "holding itself": holding_itself(), "UUID": uuid.UUID(int=7), "path": pathlib.Path("a/b"),
    "fraction": fractions.Fraction(1, 3), "time zone": datetime.datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo("Europe/Zurich")),
    "named offset": datetime.timezone(datetime.timedelta(hours=1), "x"), "time": datetime.time(1, 2, 3, 4), "timedelta": datetime.timedelta(1, 2, 3),
    "Timestamp": pd.Timestamp("2024-10-27 01:30", tz="UTC").tz_convert("Europe/Zurich"), "NaT": pd.NaT, "NA": pd.NA, "Period": pd.Period("2024-01"),
    "Interval": pd.Interval(0, 1.5, "both"), "Timedelta": pd.Timedelta("1s"), "CSR": scipy_sparse.random(9, 9, 0.3, format="csr", random_state=1),
    "CSC": scipy_sparse.random(9, 9, 0.3, format="csc", random_state=1), "COO": scipy_sparse.random(9, 9, 0.3, format="coo", random_state=1),
    "Series": pd.Series([1, 2], name=("a", 1)), "many texts": pd.Series([f"a{i}" for i in range(300)]), "few texts": pd.Series(["ä", None] * 200),
    "text in Python": pd.Series(["a", None], dtype="string[python]"), "text with NA": pd.Series(["a", None] * 3, dtype="string"),
    "categories": pd.Series(list("abc"), dtype="category"), "defaultdict of lists": collections.defaultdict(list, {1: [2]}),
    "rows": [{"a": i, "b": str(i), "c": i / 2} for i in range(100)], "rows with tuples": [{"a": i, "b": (i,)} for i in range(100)],
    "same rows": [{"a": 1}] * 20, "large integer": -(1 << 5000), "bytes": [b"x" * 100] * 3, "halves of a pair": ["ä", "\ud800", "\udc00"] * 100,
    "timedelta64": np.timedelta64(3, "s"), "flags": [True, False] * 50, "nullable": pd.array([1, None]), "hours": dates(tz="UTC", freq="h"),
    "over a change of clocks": dates(tz="Europe/Zurich", freq="h"), "days": pd.timedelta_range(0, periods=3), "quarters": pd.period_range("2024", periods=3, freq="Q"),
    "index of categories": pd.CategoricalIndex(list("aba")), "index of intervals": pd.interval_range(0, 3), "bounds": [2**63 - 1, -(2**63), 0, 0],
    "Path and str": (pathlib.PurePosixPath("x"), "x"), "deque": collections.deque([1, [2]], 3), "texts and missing": ["x", None, np.nan] * 20,
    "text many times": ["x" * 200] * 3, "aligned": np.zeros(2, np.dtype([("a", "i1"), ("b", "f8")])), "array in lists": [[np.arange(3)], {"a": np.ones((2, 2), order="F")}],
    "Series in a dictionary": {"a": pd.Series([1.5]), ("b", 2): [pd.Timestamp("2024")]}, "nested": [[[[[(1, [2])]]]]],
}  # fmt: skip

MORE_FRAMES = {
    "wide": pd.DataFrame(np.arange(1500.0).reshape(5, 300)),
    "wide, of integers and names": pd.DataFrame(np.arange(900).reshape(3, 300), columns=[f"c{i}" for i in range(300)]),
    "no columns": pd.DataFrame(index=range(3)),
    "strided": pd.DataFrame(np.arange(12.0).reshape(4, 3))[::2],
    "not sorted": pd.DataFrame({"a": [1, 2, 3]}, index=[3, 1, 2]),
    "same labels": pd.DataFrame({"a": [1, 2]}, index=["x", "x"]),
    "index of dates": pd.DataFrame({"a": range(4)}, index=dates()),
    "index of dates in a zone": pd.DataFrame({"a": range(4)}, index=dates(tz="Europe/Zurich")),
    "index of periods": pd.DataFrame({"a": range(2)}, index=pd.period_range("2024", periods=2, freq="M")),
    "index of intervals": pd.DataFrame({"a": range(2)}, index=pd.interval_range(0, 2)),
    "index of categories": pd.DataFrame({"a": range(2)}, index=pd.CategoricalIndex(["x", "y"])),
    "index of floats": pd.DataFrame({"a": range(2)}, index=[0.5, np.nan]),
    "index of tuples": pd.DataFrame({"a": range(2)}, index=pd.Index([(1, 2), (3, 4)], tupleize_cols=False)),
    "index of objects": pd.DataFrame({"a": range(2)}, index=pd.Index([1, "x"], dtype=object)),
    "index counting down": pd.DataFrame({"a": range(2)}, index=pd.RangeIndex(4, 0, -2, name="n")),
    "three levels": pd.DataFrame({"a": range(8)}, index=pd.MultiIndex.from_product([[1, 2], ["x", "y"], dates()[:2]], names=["i", None, "t"])),
    "levels that nothing uses": pd.DataFrame({"a": range(4)}, index=pd.MultiIndex.from_product([[1, 2], ["x", "y"]]))[:1],
    "columns of dates": pd.DataFrame([[1, 2, 3, 4]], columns=dates()),
    "columns of integers and text": pd.DataFrame([[1, 2]], columns=[1, "a"]),
    "names that are none": pd.DataFrame([[1, 2]], columns=["", None]),
    "floats of 32 bits": pd.DataFrame({"a": np.ones(3, "f4"), "b": np.ones(3, "u2")}),
    "seconds": pd.DataFrame({"a": np.array(["2024-01-01"], "M8[s]")}),
    "nullable floats": pd.DataFrame({"f": pd.array([1.5, None], dtype="Float32"), "u": pd.array([1, None], dtype="UInt8")}),
    "no labels twice": pd.DataFrame({"a": [1]}).set_flags(allows_duplicate_labels=False),
    "bools": pd.DataFrame({"a": [True, False]}),
    "bools and None": pd.DataFrame({"a": pd.Series([True, None], dtype=object)}),
    "arrays in objects": pd.DataFrame({"a": pd.Series([np.arange(2), np.arange(3)], dtype=object)}),
    "frames in objects": pd.DataFrame({"a": pd.Series([pd.Series([1]), None], dtype=object)}),
    "one list twice": pd.DataFrame({"a": [[1]] * 2}),
    "categories of integers": pd.DataFrame({"c": pd.Categorical([3, 1, 3])}),
    "categories of dates": pd.DataFrame({"c": pd.Categorical(dates())}),
    "few texts": pd.DataFrame({"s": ["ä", "b", None, "c"] * 100}),
    "large": pd.DataFrame({"a": np.arange(5000.0), "b": np.arange(5000), "s": [f"text {i}" for i in range(5000)]}),
}  # fmt: skip
ALL_FRAMES = {**FRAMES, **MORE_FRAMES}


def written(value):
    out = formats.Buffer(1 << 26)
    tagged.Written(value).write_to(out)
    return out.getvalue()


@pytest.mark.parametrize("name", [*DIFFERENT, *VALUES])
def test_comes_back(name):
    value = VALUES[name] if name in VALUES else DIFFERENT[name]
    try:
        data = written(value)
    except tagged.Unwritable:
        assert name in PICKLED
        return
    assert digest(tagged.Written(value).back()) == digest(value)
    assert digest(tagged.read(data, trusted=False)) == digest(value)


@pytest.mark.parametrize("name", [name for name in ALL_FRAMES if name != "sparse"])
def test_frames_are_exact_and_can_be_written_into(name):
    df = ALL_FRAMES[name]
    back = tagged.read(written(df), trusted=False)
    assert digest(back) == digest(df)
    pd.testing.assert_frame_equal(back, df, check_freq=True)
    before = digest(df)
    back, other = tagged.read(written(df), trusted=False), df.copy(deep=True)
    for frame in (back, other):  # each column gets its first element last
        for i in range(frame.shape[1]):
            if len(frame):
                frame.iloc[-1, i] = copy.copy(frame.iloc[0, i])
    assert digest(back) == digest(other) and digest(df) == before


def test_sixty_frames():
    assert len(ALL_FRAMES) >= 60


def test_what_is_shared_stays_shared():
    inner = [1, 2]
    key = ("long text " * 20, inner)
    back = tagged.read(written([inner, {"a": inner}, key, key, collections.deque([inner])]), trusted=False)
    assert back[0] is back[1]["a"] is back[2][1] is back[4][0] and back[2] is back[3] and back[0] is not inner
    assert tagged.read(written([np.nan]), trusted=False)[0] is np.nan
    arrays = tagged.read(written([np.arange(1000)] * 2), trusted=False)
    assert arrays[0] is arrays[1]
    arrays[0][0] = 9  # it lies in memory that can be written to


@pytest.fixture
def shapes(tmp_path, monkeypatch):
    """A local module, imported already, with classes."""
    module = types.ModuleType("shapes")
    module.__file__ = str(tmp_path / "shapes.py")
    source = """
import dataclasses, enum, typing
class Colour(enum.Enum):
    RED = 1
    BLUE = {"a": 1}
class Flags(enum.Flag):
    A = 1
    B = 2
@dataclasses.dataclass
class Point:
    x: int
    y: object
    def __post_init__(self): called.append("init")
    def __setattr__(self, name, value): called.append(name); object.__setattr__(self, name, value)
    def __setstate__(self, state): called.append("state")
@dataclasses.dataclass(frozen=True)
class Slotted:
    __slots__ = ("a", "b")
    a: int
    b: int
class Pair(typing.NamedTuple):
    a: int
    b: int
class Other:
    pass
@dataclasses.dataclass
class Ending:
    x: int
    def __del__(self): called.append("del")
called = []
"""
    monkeypatch.setitem(sys.modules, "shapes", module)
    exec(source, vars(module))
    return module


def test_classes_that_are_there(shapes):
    point = shapes.Point(1, [shapes.Colour.RED, shapes.Flags.A | shapes.Flags.B, shapes.Pair(1, 2)])
    shapes.called.clear()
    back = tagged.read(written([point, point, shapes.Slotted(1, 2), shapes.Colour.BLUE]), trusted=False)
    assert back[0] == point and back[0] is back[1] and back[0].y[0] is shapes.Colour.RED and type(back[0].y[2]) is shapes.Pair
    assert back[2] == shapes.Slotted(1, 2) and back[3] is shapes.Colour.BLUE
    assert shapes.called == [], "a method of the class was called"


def test_classes_that_are_not_there(shapes):
    data = written(shapes.Point(1, 2))
    for value in (shapes.Other(), shapes.Ending(1)):
        with pytest.raises(tagged.Unwritable):
            written(value)
    kept = shapes.Point
    shapes.Point = shapes.Other
    with pytest.raises(Bad, match="isn't defined here"):
        tagged.read(data, trusted=True)
    with pytest.raises(tagged.Unwritable):
        written(kept(1, 2))
    del sys.modules["shapes"]
    with pytest.raises(Bad, match="isn't defined here"):
        tagged.read(data, trusted=True)
    assert "shapes" not in sys.modules


def named(name, state):
    """The stream of an object of this kind."""
    return b"o" + bytes([len(name)]) + name.encode() + bytes(tagged.Written(state).stream)


def file_named(name, state):
    written_state = tagged.Written(state)
    return file_of(named(name, state), *map(bytes, written_state.parts))


def file_of(stream, *parts):
    head = tagged.MAGIC + struct.pack(f"<{2 + len(parts)}Q", len(stream), len(parts), *map(len, parts))
    data = head + stream
    for part in parts:
        data += bytes(-len(data) % tagged.ALIGNED) + part
    return data


def doubled(times):
    """A tuple that holds one tuple twice, and so on: its hash takes forever."""
    stream = b"t*\x02NN"
    for i in range(times):
        stream = b"t*\x02" + stream + b"R" + bytes([i])
    return stream


REFUSED = {
    "nothing": (b"", "no tagged value"),
    "another version": (b"xetval9\n" + bytes(16), "no tagged value"),
    "a length beyond the end": (tagged.MAGIC + struct.pack("<QQ", 1 << 60, 0), "cut short"),
    "parts beyond the end": (tagged.MAGIC + struct.pack("<QQ", 0, 1 << 60), "cut short"),
    "a part of 10 GB": (tagged.MAGIC + struct.pack("<QQQ", 1, 1, 10 << 30) + b"N", "another size"),
    "an empty stream": (file_of(b""), "cut short"),
    "two values": (file_of(b"NN"), "something follows"),
    "an unknown tag": (file_of(b"\x00"), "tag 0"),
    "a text of 10 GB": (file_of(b"s\x80\x80\x80\x80\x28"), "cut short"),
    "a list of 10 G items": (file_of(b"l*\x80\x80\x80\x80\x28N"), "more items than"),
    "integers of 10 GB": (file_of(b"lI\x80\x80\x80\x80\x28\x01"), "more items than"),
    "an integer with many digits": (file_of(b"i\x80\x80\x08" + bytes(1 << 17)), "too many digits"),
    "nested deeply": (file_of(b"l*\x01" * 30_000 + b"N"), "nested too deeply"),
    "a reference ahead": (file_of(b"R\x05"), "comes later"),
    "a hash that takes forever": (file_of(b"z*\x01" + doubled(40)), "too large"),
    "keys of one hash": (file_of(bytes(tagged.Written([0]).stream)[:1].replace(b"l", b"e") + b"*\xd0\x0f" + b"".join(
        b"i\x0c" + ((2**61 - 1) * n).to_bytes(12, "little") for n in range(2000))), "one hash"),
    "an unknown kind": (file_of(named("os.system", "true")), "not known here"),
    "a class of a library": (file_of(named("instance", ("subprocess", "Popen", {}))), "isn't defined here"),
    "a class that isn't imported": (file_of(named("instance", ("antigravity", "x", {}))), "isn't defined here"),
    "a class inside a builtin": (file_of(named("instance", ("builtins", "object", {}))), "isn't defined here"),
    "a function as a factory": (file_of(named("defaultdict", (len.__name__, {}))), "calls a function"),
    "a zone with a path": (file_of(named("ZoneInfo", "../../etc/passwd")), "no proper name"),
    "a fraction by nothing": (file_of(named("Fraction", (1, 0))), "can't be read"),
    "many digits": (file_of(named("Decimal", "1" * 20_000)), "too many digits"),
    "an array of objects": (file_of(named("numpy.array", ("|O", (1,), None, True, bytes(8)))), "no bytes"),
    "an array of 10 GB": (file_of(named("numpy.array", ("<f8", (1342177280,), None, True, 0)), bytes(8)), "doesn't fit"),
    "a negative shape": (file_of(named("numpy.array", ("<f8", (-1, -1), None, True, 0)), bytes(8)), "no proper shape"),
    "an array that lies nowhere": (file_of(named("numpy.array", ("<f8", (1,), None, True, 7)), bytes(8)), "lies nowhere"),
    "arrays in one place": (file_of(b"l*\x02" + named("numpy.array", ("<f8", (1,), None, True, 0)) * 2, bytes(8)), "one place"),
    "text beyond its end": (file_of(named("pandas.text", ("pyarrow", True, np.array([0, 99]), np.zeros(3, "u1"), None, None))), "don't fit"),
    "text that isn't UTF-8": (file_of(named("pandas.text", ("pyarrow", True, np.array([0, 1]), np.full(1, 255, "u1"), None, None))), "can't be read"),
    "text that unfolds": (file_named("pandas.text", ("pyarrow", True, np.array([0, 10_000]), np.full(10_000, 65, "u1"), np.zeros(500_000, "i4"), None)), "don't fit"),
    "a frame of another length": (file_of(named("pandas.frame", ((2, 1), pd.Index(["a"]), pd.RangeIndex(2), [np.arange(3)], {}, True))), "doesn't fit"),
    "codes beyond the levels": (file_of(named("pandas.multi", ([None], [pd.Index([1])], [np.array([5], "i1")]))), "can't be read"),
    "a matrix beyond its shape": (file_of(named("scipy.csr_matrix", ((1, 1), np.ones(1), np.array([7], "i4"), np.array([0, 1], "i4"), {}))), "can't be read"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    data, says = REFUSED[name]
    with pytest.raises(Bad, match=says):
        tagged.read(data, trusted=False)


def mutated(data, chance):
    """Data with a few bytes changed, left out, or put in."""
    data = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(data))
        how = chance.randrange(4)
        if how == 0:
            data[at] = chance.randrange(256)
        elif how == 1:
            data[at] ^= 1 << chance.randrange(8)
        elif how == 2:
            del data[at : at + chance.choice((1, 1, 8))]
        else:
            data[at:at] = data[(start := chance.randrange(len(data))) : start + chance.choice((1, 2, 8))]
        if not data:
            break
    return bytes(data)


def stream_alone(data):
    """Where the stream of a small file starts: most of what is changed is changed there."""
    count = struct.unpack_from("<Q", data, 16)[0]
    return 24 + 8 * count


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [*VALUES, *(name for name in ALL_FRAMES if name != "sparse")])
def test_mutated(name, rounds=60):
    value = VALUES[name] if name in VALUES else ALL_FRAMES[name]
    data = written(value)
    start, chance = stream_alone(data), random.Random(name)
    for _ in range(rounds):
        stream = mutated(data[start : start + struct.unpack_from("<Q", data, 8)[0]], chance)
        parts = data[start + struct.unpack_from("<Q", data, 8)[0] :] if not struct.unpack_from("<Q", data, 16)[0] else None
        changed = file_of(stream) if parts is not None else mutated(data, chance)
        try:
            tagged.read(changed, trusted=False)
        except Bad:
            pass


def test_the_page_names_every_tag_and_kind():
    from xetcache.store import arraykinds, framekinds, kinds, manifest

    page = (pathlib.Path(__file__).parents[2] / "docs" / "memo-format.md").read_text(encoding="utf-8")
    form = page[page.index("## The tagged form") :]
    tags = {chr(value) for name, value in vars(tagged).items() if name.startswith("_") and type(value) is int and name[1:2].isupper() and value in range(33, 127)}
    tags -= {chr(tagged._ROWS), chr(tagged._NUMBERED)}
    assert {"N", "o", "U", "*"} <= tags and all(f"`{tag}`" in form for tag in tags)
    assert all(f"`{name.partition('.')[0]}" in form or "Path" in name for name in kinds._BUILDERS)
    assert {name.partition(".")[0] for name in (*framekinds.BUILDERS, *arraykinds.BUILDERS)} == {"numpy", "pandas", "scipy"}
    assert all(f"| `{name}`" in page or f"`{name}`" in page for name in formats._DECODE) and manifest.VERSION == 1
