"""Value digests that are kept: the same on every Python, under every hash seed, whatever else is imported."""

import collections
import datetime
import decimal
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from xetcache.digest import walk
from xetcache.digest import OverBudget, digest

BLOCK = walk.BLOCK
LATER = walk.LATER

Pair = collections.namedtuple("Pair", "a b")


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


def records(n):
    rng = random.Random(0)
    return [{"id": i, "name": f"n{i}", "value": rng.random(), "tags": ["a"] * (i % 3)} for i in range(n)]


def ragged(n):
    return [{"id": i, **({"x": i / 2} if i % 3 else {}), **({"more": {"k": [i]}} if i % 5 else {})} for i in range(n)]


def tree(depth):
    return None if depth == 0 else {"left": tree(depth - 1), "right": tree(depth - 1), "depth": depth}


def shares_late():
    lists = [[i] for i in range(3 * LATER)]
    return lists + [lists[-1]]


VALUES = {
    "scalars": [None, True, False, 0, -1, 2**31, -(2**63), 2**63, -(2**200), 0.5, -0.0, float("inf"), 1j, "", "aé\0€\U0001f600\ud800", b"\0", ..., range(3)],
    "many scalars": [(None, True, i, i / 3, str(i), b"%d" % i)[i % 6] for i in range(3 * BLOCK + 1)],
    "ints": list(range(BLOCK + 1)), "large ints": [2**70 + i for i in range(10)], "texts": [f"t{i}" for i in range(2 * BLOCK)],
    "long texts": ["ab" * (i % 300) for i in range(BLOCK + 3)], "nul": ["a\0b", "c"] * 300,
    "records": records(2 * BLOCK + 7), "few records": records(5), "ragged": ragged(BLOCK + 99), "tree": tree(12),
    "tuples": [(i, str(i), i / 7) for i in range(BLOCK + 1)], "lists": [[0.5] * (i % 4) for i in range(3 * BLOCK)],
    "wide": {str(i): i for i in range(3 * BLOCK)}, "sets": [{i, i + 1, -i} for i in range(BLOCK + 1)],
    "mixed set": {1, "a", None, 2.5, True + 1, (1, "b"), (1, "a"), (2, None), frozenset({"x", "y"}), frozenset({"x"}), b"z", Pair(1, 2)},
    "set of tuples": {(i, str(i), i / 3) for i in range(500)}, "texts in a set": {f"s{i}" for i in range(500)},
    "points": [Point(i, [i]) for i in range(BLOCK + 1)], "pairs": [Pair(i, "x") for i in range(BLOCK + 1)],
    "dates": [datetime.datetime(2024, 1, 1) + datetime.timedelta(hours=i) for i in range(300)], "decimals": [decimal.Decimal(i) / 7 for i in range(300)],
    "bytes": [b"x" * i for i in range(600)], "bytearrays": [bytearray(b"x")] * 3, "shares": [[1]] * (BLOCK + 1), "shares late": shares_late(),
    "counter": collections.Counter("hello"), "ordered": collections.OrderedDict(b=1, a=[2]), "deque": collections.deque([1, [2]]),
}  # fmt: skip

KEPT = Path(__file__).parents[2] / "testdata" / "valuedigest.json"


def all_digests():
    return {name: digest(value).partition(":")[2] for name, value in VALUES.items()}


def test_kept():
    # When this fails on purpose, raise walk._VERSION, and write what the failing test prints.
    found = all_digests()
    assert found == json.loads(KEPT.read_text()), json.dumps(found, indent=1)


@pytest.mark.parametrize("without", ["", "numpy", "pyarrow", "numpy,pandas,pyarrow"])
def test_same_in_another_process(without):
    code = "import sys\nfor name in sys.argv[1].split(','): sys.modules[name] = None\nimport json, test_valuedigest_stable as t\nprint(json.dumps(t.all_digests()))"
    here = str(Path(__file__).parent)
    env = {**os.environ, "PYTHONHASHSEED": str(len(without)), "PYTHONPATH": os.pathsep.join([here, str(Path(here).parent)])}
    done = subprocess.run([sys.executable, "-c", code, without], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(KEPT.read_text())


@pytest.mark.parametrize("numpy", [True, False])
def test_sharing_that_is_found_late_counts(numpy, monkeypatch):
    if numpy:
        pytest.importorskip("numpy")
    else:
        monkeypatch.setitem(sys.modules, "numpy", None)
    apart = [[i] for i in range(3 * LATER)]
    with_copy = digest(apart + [list(apart[-1])])
    assert digest(apart + [apart[-1]]) not in (with_copy, digest(apart + [apart[-2]]))
    assert digest([[i] for i in range(3 * LATER)] + [[3 * LATER - 1]]) == with_copy


def test_sharing_across_a_set_that_is_found_late_counts():
    class Held:
        pass

    held = Held()
    apart = [[i] for i in range(2 * LATER)]
    other = Held()
    assert digest([held, apart, {held, 1.5}]) != digest([other, apart, {held, 1.5}])


def test_a_cycle_through_many_objects():
    def ring(n):
        first = last = [None]
        for _ in range(n):
            last = [last]
        first[0] = last
        return first

    assert digest(ring(LATER + 10)) == digest(ring(LATER + 10)) != digest(ring(LATER + 11))


def test_budget_counts_what_is_shared_once():
    inner = [list(range(1000))]
    for _ in range(12):
        inner = [inner, inner]
    value = [[[i] for i in range(2 * LATER)], inner]
    assert digest(value, budget=64 << 20) == digest(value)
    with pytest.raises(OverBudget):
        digest(value, budget=1 << 10)


def test_where_blocks_end_changes_count():
    for n in (BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK):
        value = list(range(n))
        seen = {digest(value)}
        for at in (0, n // 2, n - 1):
            for other in (float(value[at]), str(value[at]), [value[at]], -1):
                seen.add(digest(value[:at] + [other] + value[at + 1 :]))
        assert len(seen) == 13
        assert digest(value[:-1]) not in seen and digest([value]) not in seen


def test_exponentially_shared_pairs_are_written_once():
    value = Pair(0, 1)
    for _ in range(64):
        value = Pair(value, value)
    assert digest(value) == digest(Pair(*value))
