"""Values come back from the store as they went in, in the safest format that keeps them."""

import datetime
import itertools
import json

import pytest

from xetcache import xeteval_always
from xetcache.store import formats, memo
from xetcache.store.manifest import Bad
from xetcache.store.folder import BlobWriter
from xetcache.digest import digest

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")

from test_valuedigest import DIFFERENT  # noqa: E402

# The format of a value's memo; what isn't listed may be any.
FORMATS = {
    "None": "json", "1": "json", "1.0": "json", "''": "json", "[1, 2]": "json", "dict order 1": "json", "dict order 2": "json",
    "nan": "tagged", "(1, 2)": "tagged", "[[0]*3]*3": "tagged", "three lists": "json", "{1, 2}": "tagged", "surrogate": "json",
    "array": "npy", "array F": "npy", "array axes": "npy", "structured": "npy", "big endian": "npy", "array 0-d": "npy",
    "datetime64 s": "npy", "array object": "tagged", "dict key 1": "tagged", "Text": "pickle", "cycle": "tagged",
    "series": "tagged", "-0.0": "json", "2**63": "json", "frame": "tagged", "multi": "tagged",
    "timestamp": "tagged", "np.float64": "tagged", "nested 5000": "tagged", "x": "pickle", "partial": "pickle",
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENT)
def test_comes_back(name, memo_folder):
    value = DIFFERENT[name]
    runs = []

    def make(which):
        runs.append(which)
        return value

    first = xeteval_always(make, name)
    again = xeteval_always(make, name)
    assert first is value
    assert runs == [name], "the second call ran again"
    assert digest(again) == digest(value)
    (manifest,) = memo_folder.glob("k/*/*/*.json")
    (output,) = json.loads(manifest.read_bytes())["outputs"]
    assert output["format"] == FORMATS.get(name, output["format"])


FRAMES = {
    "plain": pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}),
    "empty": pd.DataFrame(),
    "no rows": pd.DataFrame({"a": pd.Series([], dtype="i8")}),
    "int columns": pd.DataFrame([[1, 2], [3, 4]]),
    "duplicate columns": pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "multi index": pd.DataFrame({"a": [1, 2]}, index=pd.MultiIndex.from_tuples([(1, "x"), (2, "y")], names=["i", None])),
    "multi columns": pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2)])),
    "categories": pd.DataFrame({"c": pd.Categorical(["x", None], categories=["y", "x"], ordered=True)}),
    "dates with a frequency": pd.DataFrame({"v": [1.0, 2.0]}, index=pd.date_range("2024", periods=2, freq="D")),
    "time zone": pd.DataFrame({"t": pd.date_range("2024", periods=2, tz="Europe/Zurich")}),
    "nullable": pd.DataFrame({"i": pd.array([1, None], dtype="Int64"), "b": pd.array([True, None], dtype="boolean")}),
    "objects": pd.DataFrame({"o": [[1, 2], {"a": 1}]}),
    "tuples": pd.DataFrame({"o": [(1, 2), (3, 4)]}),
    "mixed": pd.DataFrame({"o": pd.Series([1, "a", None, 2.5], dtype=object)}),
    "dates in objects": pd.DataFrame({"d": pd.Series([datetime.date(2024, 1, 1)], dtype=object)}),
    "int8 float16": pd.DataFrame({"a": np.array([1], "i1"), "b": np.array([1], "f2")}),
    "attributes": pd.DataFrame({"a": [1]}),
    "named index": pd.DataFrame({"a": [1]}, index=pd.Index(["r"], name="n")),
    "period": pd.DataFrame({"p": pd.period_range("2024", periods=2, freq="M")}),
    "interval": pd.DataFrame({"i": pd.interval_range(0, 2)}),
    "timedelta": pd.DataFrame({"d": pd.to_timedelta([1, None], unit="s")}),
    "column name": pd.DataFrame([[1]], columns=pd.Index(["a"], name="cols")),
    "complex": pd.DataFrame({"z": [1j, 2j]}),
    "sparse": pd.DataFrame({"s": pd.arrays.SparseArray([0, 0, 1])}),
    "text in objects": pd.DataFrame({"n": [1, 2, 3], "o": pd.Series(["x", "y", "x"], dtype=object), "s": ["a", "b", "c"]}),
    "None in objects": pd.DataFrame({"o": pd.Series(["x", None], dtype=object, index=[3, 5])}),
    "NaN in objects": pd.DataFrame({"o": pd.Series(["x", float("nan")], dtype=object)}),
    "only None": pd.DataFrame({"o": pd.Series([None, None], dtype=object)}),
    "text in objects, no rows": pd.DataFrame({"o": pd.Series([], dtype=object)}),
    "NumPy's text in objects": pd.DataFrame({"o": pd.Series([np.str_("x"), "y"], dtype=object)}),
    "dots in a name": pd.DataFrame({"a.b": pd.Series(["x", "y"], dtype=object)}),
}
FRAMES["None and NaN in objects"] = pd.DataFrame({"o": pd.Series(["x", float("nan"), None], dtype=object)})
FRAMES["NaN and pd.NA in objects"] = pd.DataFrame({"o": pd.Series(["x", float("nan"), pd.NA], dtype=object)})
OBJECTS_OF_TEXT = ("text in objects", "None in objects", "NaN in objects", "dots in a name")  # which pandas 3 reads as its own type of string
FRAMES["attributes"].attrs["unit"] = {"a": "m"}


@pytest.mark.parametrize("name", FRAMES)
def test_frames_come_back(name, memo_folder):
    df = FRAMES[name]
    runs = []
    for _ in range(2):
        back = xeteval_always(lambda which: (runs.append(which), df)[1], name)
    assert runs == [name] and digest(back) == digest(df)
    if name in ("plain", "nullable", "named index", "time zone"):
        (manifest,) = memo_folder.glob("k/*/*/*.json")
        assert json.loads(manifest.read_bytes())["outputs"][0]["format"] == "tagged"
    pd.testing.assert_frame_equal(back, df)


@pytest.mark.parametrize("name", OBJECTS_OF_TEXT)
def test_objects_of_text_need_no_pickle(name, memo_folder):
    xeteval_always(lambda: FRAMES[name])
    assert record(memo_folder)["format"] == "tagged"


@pytest.mark.parametrize("objects", [[9], [-1], ["o"], [True], {"o": 1}, 0])
def test_columns_of_objects_that_are_none(objects):
    out = formats.Buffer(1 << 20)
    told = formats.encode(FRAMES["text in objects"], "", lambda _: "", out, only="parquet")
    assert formats.decode(out, told, trusted=False).dtypes["o"] == object
    with pytest.raises(Bad):
        formats.decode(out, {**told, "objects": objects}, trusted=False)
    with pytest.raises(Bad):
        formats.decode(out, {**told, "nan": objects}, trusted=False)


ARRAYS = {
    "C": lambda a: a.reshape(3000, 1000),
    "Fortran": lambda a: a.reshape(3000, 1000).T,
    "axes": lambda a: a.reshape(300, 100, 100).transpose(1, 2, 0),
    "dates": lambda a: a.view("M8[ms]"),
    "foreign byte order": lambda a: a.view(">f8"),
    "gaps": lambda a: np.concatenate([a, a])[::2],
    "not writable": lambda a: np.lib.stride_tricks.as_strided(a, writeable=False),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_large_arrays_come_back(name, memo_folder):
    value = ARRAYS[name](np.arange(3_000_000.0))
    assert value.nbytes > formats._CHUNK
    kept = []

    def make(which):
        kept.append(which)
        return value

    assert xeteval_always(make, name) is value
    again = xeteval_always(make, name)
    assert kept == [name] and again is not value
    assert record(memo_folder)["format"] == "npy"
    assert digest(again) == digest(value)


def test_an_array_that_changes_while_it_is_written_is_not_stored(memo_folder, monkeypatch, capsys):
    value = np.arange(3_000_000.0)
    write = BlobWriter.write

    def meanwhile(self, data):
        value[-1] += 1
        return write(self, data)

    monkeypatch.setattr(BlobWriter, "write", meanwhile)
    assert xeteval_always(lambda: value) is value
    assert "not stored" in capsys.readouterr().out and not list(memo_folder.glob("k/*/*/*.json"))


def record(folder):
    (manifest,) = folder.glob("k/*/*/*.json")
    (output,) = json.loads(manifest.read_bytes())["outputs"]
    return output


def test_large_values_have_blobs(memo_folder):
    arr = np.arange(100_000.0)
    for _ in range(2):
        back = xeteval_always(lambda: arr)
    assert back.tobytes() == arr.tobytes() and back is not arr
    (blob,) = memo_folder.glob("blobs/*")
    assert blob.stat().st_size == arr.nbytes + 128


_numbers = itertools.count()  # each makes another cell


def stored(outputs, memo_folder):
    """What comes back of a cell's outputs, and their records."""
    from types import SimpleNamespace

    from xetcache.key import cellcode, key
    from xetcache.store import aftermath

    shell, body = _shell(), f"{' = '.join(outputs)} = {next(_numbers)}"
    for name in outputs:
        shell.user_ns.pop(name, None)
    found = key.of_cell(SimpleNamespace(key=None, output=list(outputs), input=[]), body, shell)
    before = aftermath.Before(found, body, shell)
    shell.user_ns.update(outputs)
    _, problem = memo.store_cell(found, before.left(list(outputs), None), [], 1.0, {}, {}, {}, [])
    assert problem == ""
    hit = memo.lookup(found, frozenset(outputs), list(outputs))
    rest = aftermath.load(hit.pickled, {}, cellcode.Codes(body, shell)).values if hit.pickled else {}
    return {**hit.values, **rest}, hit.manifest["outputs"]


def test_outputs_keep_what_they_share(memo_folder):
    inner = [1, 2]
    values, records = stored({"a": inner, "b": {"x": inner}, "c": [3]}, memo_folder)
    assert values == {"a": [1, 2], "b": {"x": [1, 2]}, "c": [3]}
    assert values["a"] is values["b"]["x"]
    assert [o["format"] for o in sorted(records, key=lambda o: o["name"])] == ["left", "left", "json"]


def test_views_of_one_array_stay_views(memo_folder):
    arr = np.arange(10)
    values, _ = stored({"a": arr, "b": arr[2:]}, memo_folder)
    values["b"][0] = 99
    assert values["a"][2] == 99
    _, records = stored({"a": arr[:5], "b": arr[5:]}, memo_folder)
    assert {o["format"] for o in records} == {"npy"}


OBJECTS = np.array([[1, "x", None], [2.5, [3], ()]], dtype=object)


@pytest.mark.parametrize("take", [
    lambda a: a[1], lambda a: a[:, 1], lambda a: a.T[::-1], lambda a: a.ravel()[1::2], lambda a: a.copy("F").T[1:],
    lambda a: np.lib.stride_tricks.as_strided(a, (2, 2), (8, 16)),
])  # fmt: skip
def test_views_of_objects_stay_views(take, memo_folder):
    arr = OBJECTS.copy()
    values, _ = stored({"a": arr, "b": take(arr)}, memo_folder)
    assert values["a"].tolist() == arr.tolist() and values["b"].tolist() == take(arr).tolist()
    assert np.shares_memory(values["a"], values["b"]) == np.shares_memory(arr, take(arr))


def test_frames_may_share_an_index(memo_folder):
    index = pd.Index(["x", "y"], dtype=object)
    _, records = stored({"a": pd.DataFrame({"a": [1, 2]}, index), "b": pd.DataFrame({"b": [1, 2]}, index.view())}, memo_folder)
    assert "left" not in [record["format"] for record in records]


@pytest.mark.filterwarnings("error::FutureWarning")
def test_broadcast_arrays_come_back_without_a_warning(memo_folder):
    a, b = np.broadcast_arrays(np.arange(3), np.arange(3).reshape(3, 1))
    values, _ = stored({"a": a, "b": [b, b.copy()]}, memo_folder)
    assert values["a"].tolist() == a.tolist() and values["b"][0].tolist() == b.tolist()


def _shell():
    from IPython.core.interactiveshell import InteractiveShell

    return InteractiveShell.instance()
