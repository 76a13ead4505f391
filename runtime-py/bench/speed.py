"""Hash, store and call speed and memory beside pickle, joblib and diskcache, in one run: `make runtime-bench`.

    python bench/speed.py            all of it, a quarter of an hour
    python bench/speed.py --quick    a tenth of the sizes
    python bench/speed.py --only hash, store or calls; --repeats N

Every figure is the median of several repeats, each in a process of its own; what is compared takes turns, so that a machine that
others use too slows all of them alike. Memory is the peak above what the process took before, with the value in it.
"""

import argparse
import dataclasses
import hashlib
import math
import os
import pickle
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
sys.path.insert(0, str(PACKAGE))


@dataclasses.dataclass
class Reading:
    id: int
    name: str
    value: float
    tags: list


def array(scale):
    import numpy as np

    return np.random.default_rng(0).normal(size=int(50_000_000 * scale))


def frame(scale):
    import numpy as np
    import pandas as pd

    n = int(1_700_000 * scale)
    rng = np.random.default_rng(0)
    words = np.array([f"word{i}" for i in range(50_000)], dtype=object)
    return pd.DataFrame({
        "i": rng.integers(0, 1000, n), "x": rng.normal(size=n), "y": rng.normal(size=n), "when": pd.date_range("2020", periods=n, freq="s"),
        "kind": pd.Categorical.from_codes(rng.integers(0, 5, n), list("abcde")),
        "text": pd.Series(words[rng.integers(0, len(words), n)], dtype=object),
    })  # fmt: skip


def objects(scale):
    return [Reading(i, name, value, ["a", "b"]) for i, name, value in tuples(scale)]


def records(scale):
    return [{"id": i, "name": name, "value": value, "tags": ["a", "b"]} for i, name, value in tuples(scale)]


def tuples(scale):
    rng = random.Random(0)
    return [(i, f"n{i}", rng.random()) for i in range(int(200_000 * scale))]


def texts(scale):
    import pandas as pd

    rng = random.Random(0)
    return pd.DataFrame({"text": pd.Series([f"word{rng.randrange(50_000)}" for _ in range(int(1_000_000 * scale))], dtype=object)})


def forest(scale):
    import numpy as np
    from sklearn.ensemble import RandomForestClassifier

    rng = np.random.default_rng(0)
    x = rng.normal(size=(int(20_000 * scale), 20))
    y = x[:, 0] + rng.normal(size=len(x)) > 0
    return RandomForestClassifier(n_estimators=100, random_state=0, n_jobs=2).fit(x, y)


def hash_ours(value):
    from xetcache.digest import digest

    return digest(value)


def hash_pickle(value):
    return hashlib.sha256(pickle.dumps(value, protocol=5)).hexdigest()


def hash_joblib(value):
    import joblib

    return joblib.hash(value)


def store_ours(folder):
    import xetcache

    xetcache.set_memo_path(folder)
    return lambda f, *args: xetcache.xeteval_always(f, *args)


def store_joblib(folder):
    import joblib

    memory = joblib.Memory(folder, verbose=0)
    return lambda f, *args: memory.cache(f)(*args)


def give(which):
    return os.bench_value  # in a library's module, so that only storing and loading are measured


def small(x):
    return {"x": x, "squares": [x * x] * 5}


def calls_ours(n, folder):
    import xetcache

    xetcache.set_memo_path(folder)
    for i in range(n):
        xetcache.xeteval_always(small, i)


def calls_joblib(n, folder):
    import joblib

    cached = joblib.Memory(folder, verbose=0).cache(small)
    for i in range(n):
        cached(i)


def calls_diskcache(n, folder):
    import diskcache

    cached = diskcache.Cache(folder).memoize()(small)
    for i in range(n):
        cached(i)


VALUES = {"array of floats, 400 MB": array, "frame of mixed columns, 150 MB": frame, "200,000 dicts": records,
          "200,000 dataclass instances": objects, "200,000 tuples": tuples, "1,000,000 strings, object column": texts,
          "fitted random forest": forest}  # fmt: skip
HASHES = {"xetcache": hash_ours, "sha256(pickle)": hash_pickle, "joblib.hash": hash_joblib}
STORES = {"xetcache": store_ours, "joblib.Memory": store_joblib}
CALLS = {"xetcache": calls_ours, "diskcache": calls_diskcache, "joblib.Memory": calls_joblib}


def one(kind, what, how, scale, folder):
    """Measure one thing in this process; prints numbers."""
    if kind == "calls":
        CALLS[how](1, folder)  # imports
        print(*measured(lambda: CALLS[how](int(10_000 * scale), folder)))
        return
    value = VALUES[what](scale)
    if kind == "hash":
        HASHES[how](VALUES[what](0.001))  # imports
        print(*measured(lambda: HASHES[how](value)))
        return
    os.bench_value = value
    call = STORES[how](folder)
    call(small, 0)  # imports
    print(*measured(lambda: call(give, 0)), *measured(lambda: call(give, 0)))


def measured(work):
    """Seconds, and MB of memory at its peak above what there is now."""
    before = memory("VmRSS:")
    try:
        Path("/proc/self/clear_refs").write_text("5")  # Linux forgets the peak so far
    except OSError:
        pass
    since = time.perf_counter()
    work()
    seconds = time.perf_counter() - since
    return seconds, max(0.0, memory("VmHWM:") - before)


def memory(what):
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1000
    except OSError:  # no Linux: the peak since the start is all that can be asked for
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def run(folder, *args):
    env = {**os.environ, "XETCACHE_CONFIG_DIR": folder + "/config", "PYTHONPATH": str(PACKAGE)}
    command = [sys.executable, __file__, "--one", *map(str, args), folder + "/store"]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return [float(x) for x in done.stdout.split()[-4 if args[0] == "store" else -2 :]]


def medians(repeats, ways, *args, processes=1):
    """For each way the medians of what one() prints, of several processes over one store."""
    found = {how: [] for how in ways}
    for _ in range(repeats):
        for how in ways:
            with tempfile.TemporaryDirectory() as folder:
                kind, what, scale = args
                found[how].append(sum((run(folder, kind, what, how, scale) for _ in range(processes)), []))
    return {how: [statistics.median(column) for column in zip(*rows)] for how, rows in found.items()}


def line(title, found, *places):
    """Seconds and MB of ours; of the others also how many times ours theirs is."""
    cells = []
    for at in places:
        first = next(iter(found.values()))[at]
        for how, numbers in found.items():
            seconds, mb = numbers[at : at + 2]
            times = "" if how == "xetcache" else f" ({_cut(seconds / first)}×)"
            cells.append(f"{seconds:.3g} s{times}, {mb:.0f} MB")
    print(f"| {title} | " + " | ".join(cells) + " |", flush=True)


def _cut(ratio):
    """A ratio that isn't rounded up."""
    return math.floor(ratio * 10) / 10 if ratio >= 1 else math.floor(ratio * 100) / 100


def head(title, ways):
    print(f"\n| {title} | " + " | ".join(ways) + " |\n|---|" + "---|" * len(ways), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", choices=("hash", "store", "calls"))
    parser.add_argument("--one", nargs=5)
    asked = parser.parse_args()
    if asked.one:
        kind, what, how, scale, folder = asked.one
        one(kind, what, how, float(scale), folder)
        return
    scale = 0.1 if asked.quick else 1.0
    print(f"Medians of {asked.repeats} repeats; in brackets how many times xetcache's time.")
    if asked.only in (None, "hash"):
        head("hash", HASHES)
        for what in VALUES:
            line(what, medians(asked.repeats, HASHES, "hash", what, scale), 0)
    if asked.only in (None, "store"):
        head("store, and load", [f"{how}: {work}" for work in ("store", "load") for how in STORES])
        for what in VALUES:
            line(what, medians(asked.repeats, STORES, "store", what, scale), 0, 2)
    if asked.only in (None, "calls"):
        head(f"{int(10_000 * scale):,} small calls", CALLS)
        found = medians(asked.repeats, CALLS, "calls", "-", scale, processes=2)
        line("cold", found, 0)
        line("warm, in a new process", found, 2)


if __name__ == "__main__":
    main()
