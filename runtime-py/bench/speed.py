"""Hash, store and call speed beside pickle, joblib and diskcache, in one run.

    python bench/speed.py            the whole table (needs numpy, pandas, pyarrow, scikit-learn, joblib, diskcache)
    python bench/speed.py --quick    a tenth of the sizes

Each line is the best of several runs in a fresh process; memory is the peak above what the value itself takes.
"""

import argparse
import hashlib
import os
import pickle
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
sys.path.insert(0, str(PACKAGE))


class Reading:
    def __init__(self, i):
        self.sensor = f"s{i % 100}"
        self.time = i
        self.value = i * 0.25
        self.tags = ["a", "b"] if i % 2 else None


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
    return [Reading(i) for i in range(int(200_000 * scale))]


def records(scale):
    rng = random.Random(0)
    return [{"id": i, "name": f"n{i}", "value": rng.random(), "tags": ["a", "b"]} for i in range(int(200_000 * scale))]


def texts(scale):
    import pandas as pd

    rng = random.Random(0)
    return pd.DataFrame({"text": pd.Series([f"word{rng.randrange(50_000)}" for _ in range(int(1_000_000 * scale))], dtype=object)})


def forest(scale):
    import numpy as np
    from sklearn.ensemble import RandomForestClassifier

    rng = np.random.default_rng(0)
    x = rng.normal(size=(int(20_000 * scale), 20))
    return RandomForestClassifier(n_estimators=100, random_state=0, n_jobs=2).fit(x, x[:, 0] > 0)


def hash_ours(value):
    from xetcache.valuedigest import digest

    return digest(value)


def hash_pickle(value):
    return hashlib.sha256(pickle.dumps(value)).hexdigest()


def hash_joblib(value):
    import joblib

    return joblib.hash(value)


def store_ours(value, folder):
    import xetcache

    xetcache.set_memo_path(folder)
    since = time.perf_counter()
    xetcache.xeteval_always(give, 0)
    cold = time.perf_counter() - since
    since = time.perf_counter()
    xetcache.xeteval_always(give, 0)
    return cold, time.perf_counter() - since


def store_joblib(value, folder):
    import joblib

    cached = joblib.Memory(folder, verbose=0).cache(give)
    since = time.perf_counter()
    cached(0)
    cold = time.perf_counter() - since
    since = time.perf_counter()
    cached(0)
    return cold, time.perf_counter() - since


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


VALUES = {"400 MB array": array, "150 MB mixed frame": frame, "200,000 small objects": objects, "200,000 records": records,
          "1,000,000 strings, object column": texts, "fitted forest": forest}  # fmt: skip
HASHES = {"xetcache": hash_ours, "sha256(pickle)": hash_pickle, "joblib.hash": hash_joblib}
STORES = {"xetcache": store_ours, "joblib.Memory": store_joblib}
CALLS = {"xetcache": calls_ours, "diskcache": calls_diskcache, "joblib.Memory": calls_joblib}


def one(kind, what, how, scale, folder):
    """Measure one line in this process; prints numbers."""
    if kind == "calls":
        CALLS[how](1, folder)  # imports
        since = time.perf_counter()
        CALLS[how](int(10_000 * scale), folder)
        print(time.perf_counter() - since)
        return
    value = VALUES[what](scale)
    if kind == "store":
        os.bench_value = value
        print(*STORES[how](value, folder))
        return
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = []
    for _ in range(3):
        since = time.perf_counter()
        HASHES[how](value)
        times.append(time.perf_counter() - since)
    print(min(times), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


def measure(*args):
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "XETCACHE_CONFIG_DIR": folder + "/config", "PYTHONPATH": str(PACKAGE)}
        runs = 2 if args[0] == "calls" else 1
        out = []
        for _ in range(runs):
            command = [sys.executable, __file__, "--one", *map(str, args), folder + "/store"]
            done = subprocess.run(command, env=env, capture_output=True, text=True)
            if done.returncode:
                return [done.stderr.strip().splitlines()[-1]]
            out += [float(x) for x in done.stdout.split()[-2 if args[0] != "calls" else -1 :]]
        return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--one", nargs=5)
    asked = parser.parse_args()
    if asked.one:
        kind, what, how, scale, folder = asked.one
        one(kind, what, how, float(scale), folder)
        return
    scale = 0.1 if asked.quick else 1.0
    print("| hashing | " + " | ".join(f"{how}: s, MB" for how in HASHES) + " |\n|---|" + "---|" * len(HASHES))
    for what in VALUES:
        cells = [measure("hash", what, how, scale) for how in HASHES]
        print(f"| {what} | " + " | ".join(_cell(c) for c in cells) + " |", flush=True)
    print("\n| storing | " + " | ".join(f"{how}: cold, warm s" for how in STORES) + " |\n|---|" + "---|" * len(STORES))
    for what in VALUES:
        cells = [measure("store", what, how, scale) for how in STORES]
        print(f"| {what} | " + " | ".join(_cell(c) for c in cells) + " |", flush=True)
    print("\n| 10,000 small calls | cold s | warm s |\n|---|---|---|")
    for how in CALLS:
        print(f"| {how} | " + " | ".join(f"{x:.2f}" if isinstance(x, float) else x for x in measure("calls", "-", how, scale)) + " |", flush=True)


def _cell(numbers):
    return ", ".join(f"{x:.3f}" if isinstance(x, float) and x < 10 else f"{x:.0f}" if isinstance(x, float) else str(x) for x in numbers)


if __name__ == "__main__":
    main()
