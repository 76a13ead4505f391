"""Crashes, full disks and several kernels at once: no wrong value, no lost cell, at most one run more.

The counts here are small; ``bench/crash.py`` runs the long version with the same functions.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1]

WORK = """
import sys, numpy as np
import xetcache
from xetcache import xeteval_always
xetcache.set_memo_path(sys.argv[1])
runs = 0
def work(seed):
    global runs
    runs += 1
    return {"a": np.random.default_rng(seed).normal(size=200_000), "b": [seed, "text"] * 50}
"""
STORE = WORK + "print('ready', flush=True)\nfor seed in range(int(sys.argv[2]), 10**9): xeteval_always(work, seed)\n"
CHECK = (
    WORK
    + """
want = work(int(sys.argv[2])); runs = 0
got = xeteval_always(work, int(sys.argv[2]))
assert (got["a"] == want["a"]).all() and got["b"] == want["b"]
print(runs)
"""
)


def python(code, *args, **kw):
    """Run code; its work function is defined as in a script that is the same each time."""
    script = Path(args[0]).parent / f"script{abs(hash(code))}.py"
    script.write_text(code)
    env = {**os.environ, "PYTHONPATH": str(PACKAGE), "XETCACHE_CONFIG_DIR": str(Path(args[0]).parent / "config")}
    return subprocess.Popen(
        [sys.executable, str(script), *map(str, args)], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **kw
    )


def runs_of(store, seed):
    """How often the work ran until its right value was there."""
    process = python(CHECK, store, seed)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return int(out.split()[-1])


def kill_at_random(folder, times, seed=0):
    """Kill a process that stores one memo after another; then every memo it may have begun is right."""
    rng = random.Random(seed)
    store = folder / "xmemo"
    for attempt in range(times):
        shutil.rmtree(store, ignore_errors=True)
        process = python(STORE, store, 0)
        assert process.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0, 0.15))
        process.send_signal(signal.SIGKILL)
        process.wait()
        stored = len(list(store.glob("k/*/*/*.json")))
        assert not [p for p in store.glob("k/*/*/*.json") if p.stat().st_size == 0]
        # Of the last two, one may have been under way: it runs at most once more, and then is there.
        for seed in range(max(0, stored - 1), stored + 1):
            assert runs_of(store, seed) <= 1
            assert runs_of(store, seed) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_kill(tmp_path):
    kill_at_random(tmp_path, 4)


def test_flipped_bits(tmp_path):
    flip_every_file(tmp_path)


def flip_every_file(folder):
    """One bit changed in each file of the store, one file at a time."""
    store = folder / "xmemo"
    assert runs_of(store, 1) == 1 and runs_of(store, 1) == 0
    pristine = folder / "pristine"
    shutil.copytree(store, pristine)
    rng = random.Random(1)
    for path in sorted(p for p in pristine.rglob("*") if p.is_file()):
        shutil.rmtree(store)
        shutil.copytree(pristine, store)
        target = store / path.relative_to(pristine)
        data = bytearray(target.read_bytes())
        if not data:
            continue
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        target.write_bytes(data)
        memo = path.suffix == ".json" or path.parent.name == "blobs"
        assert runs_of(store, 1) == (1 if memo else 0), path
        assert runs_of(store, 1) == 0, path


def test_torn_files(tmp_path):
    store = tmp_path / "xmemo"
    assert runs_of(store, 1) == 1
    for path in [*store.glob("blobs/*"), *store.glob("k/*/*/*.json")]:
        path.write_bytes(path.read_bytes()[:-100])
        assert runs_of(store, 1) == 1
        assert runs_of(store, 1) == 0


# Everything is permitted to root: load what is needed, then be somebody else.
DROP = """
if os.geteuid() == 0:
    here = xetcache.get_memo_path()
    xetcache.set_memo_path(here + "-warm")
    work(0), xeteval_always(work, 0), xeteval_always(work, 0)
    xetcache.set_memo_path(here)
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX permissions")
def test_read_only(tmp_path):
    """Nothing can be stored, the work still gives its value; what was stored is still used."""
    store = tmp_path / "xmemo"
    assert runs_of(store, 1) == 1
    check = CHECK.replace("\nwant =", "import os\n" + DROP + "\nwant =", 1)
    for path in [store, *store.rglob("*"), tmp_path / "config", tmp_path / "config" / "signing.key"]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    for path in (tmp_path, *list(tmp_path.parents)[:-2]):
        path.chmod(0o755)
    for seed, runs in ((1, 0), (2, 1), (2, 1)):
        process = python(check, store, seed)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert int(out.split()[-1]) == runs, out
        assert ("not stored: Permission denied" in out) == bool(runs)


FULL = """
import errno, builtins, xetcache.store as s
real = s.BlobWriter.write
def write(self, data):
    if self.size > 100_000:
        raise OSError(errno.ENOSPC, "No space left on device")
    return real(self, data)
s.BlobWriter.write = write
"""


def test_full_disk(tmp_path):
    store = tmp_path / "xmemo"
    process = python(CHECK.replace("runs = 0\ndef", FULL + "runs = 0\ndef", 1), store, 1)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "not stored: No space left on device" in out and int(out.split()[-1]) == 1
    assert not list(store.glob("k/*/*/*")) and not list(store.glob("blobs/*"))


def test_kernels_on_the_same_cell(tmp_path):
    same_cell(tmp_path, 3)


def same_cell(folder, number):
    """Kernels that miss together all finish; one memo is there; the next one hits."""
    from conftest import Kernel

    kernels = [Kernel(folder) for _ in range(number)]
    cell = "%%xetmemo input=x output=y,z always=True\nimport time; time.sleep(0.5)\ny = [x] * 3\nz = {x}\ny, z"
    try:
        for kernel in kernels:
            kernel.run("import xetcache; x = 1")
        for kernel in kernels:
            kernel.start(cell)
        outcomes = [kernel.wait() for kernel in kernels]
        assert [o.result for o in outcomes] == ["([1, 1, 1], {1})"] * number
        assert all(o.lines[0].startswith(("miss; stored", "hit")) for o in outcomes), [o.lines for o in outcomes]
        assert len(list((folder / "xmemo").glob("k/*/*/*.json"))) == 1
        assert kernels[0].run(cell).lines[0].startswith("hit")
    finally:
        for kernel in kernels:
            kernel.stop()
