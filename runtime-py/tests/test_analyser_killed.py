"""The analyser is killed at random while a notebook runs: every cell shows what it would without memos, and none waits."""

import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are found in /proc")

KILLS = int(os.environ.get("XETCACHE_KILLS", "20"))


def cells():
    """Rounds of cells whose values change from round to round, and come back: hits and misses."""
    rng = random.Random(5)
    yield "import xetcache; xetcache.set_runtime_threshold(0)", None
    yield "def f(x): return x + base\nseen = []", None
    while True:
        x, base = rng.randrange(4), rng.randrange(3)
        yield f"x = {x}; base = {base}", None
        yield "%%xetmemo\ny = [f(x)] * 2\ny", str([x + base] * 2)
        yield "%%xetmemo input=y\nseen.append(y[0])\nlast = seen[-1]\nlast", str(x + base)
        yield f"base = {base + 10}", None
        yield "%%xetmemo input=x output=z\nz = f(x)\nz", str(x + base + 10)
        yield "seen[-1]", str(x + base)


def children(pid):
    found = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in tasks.read_text().split()]
    return [child for child in found if b"kernel\0" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_killed_at_random(kernels):
    kernel = kernels()
    pid = kernel.run("import os; os.getpid()").result
    killed, over = [], threading.Event()

    def kill():
        rng = random.Random(7)
        while not over.is_set():
            time.sleep(rng.uniform(0, 0.15))
            for child in children(pid):
                try:
                    os.kill(child, signal.SIGKILL)
                    killed.append(child)
                except ProcessLookupError:
                    pass

    killer = threading.Thread(target=kill)
    longest, hits, ran, said = 0.0, 0, 0, []
    killer.start()
    try:
        for source, want in cells():
            since = time.monotonic()
            said += outcome.lines if ran else []
            outcome = kernel.run(source)
            longest = max(longest, time.monotonic() - since)
            assert outcome.error is None, outcome.error
            if want is not None:
                assert outcome.result == want, f"{source}\nshowed {outcome.result}, not {want}, after {said[-6:]}"
            hits += any(line.startswith("hit") for line in outcome.lines)
            ran += 1
            if len(set(killed)) >= KILLS:
                break
    finally:
        over.set()
        killer.join()
    print(f"killed {len(set(killed))} times in {ran} cells, {hits} hits, the longest took {longest:.2f} s")
    assert longest < 5 and hits > 0
