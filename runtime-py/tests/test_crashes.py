"""Crashes, full disks and several kernels at once: no wrong value, no lost cell, at most one run more.

The counts here are small; ``bench/crash.py`` runs the long version with the same functions.
"""

import builtins
import errno
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import xetcache
from xetcache.store.folder import open_store

np = pytest.importorskip("numpy")

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


def mixed(seed):
    RUNS.append(seed)
    return {"a": np.random.default_rng(seed).normal(size=50_000), "b": [seed, "text"] * 50}


def kill_at_random(store, times, seed=0):
    """Kill a process that stores one memo after another; then every memo it may have begun is right. What was found."""
    rng = random.Random(seed)
    found = {"kills": 0, "memos stored before": 0, "in the middle of one": 0, "files left half written": 0, "runs again": 0}
    for attempt in range(times):
        shutil.rmtree(store, ignore_errors=True)
        first = attempt * 1000
        child = os.fork()
        if child == 0:
            try:
                for number in itertools.count(first):
                    RUNS.clear()  # the work reads it, so it is part of the key
                    xetcache.xeteval_always(mixed, number)
            finally:
                os._exit(1)
        end = time.monotonic() + 30
        while not list(store.glob("blobs/*")) and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.1))
        os.kill(child, signal.SIGKILL)
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
        manifests = [p for p in store.glob("k/*/*/*.json") if not p.parent.name.startswith(".tmp-")]
        torn = len(list(store.rglob(".tmp-*")))
        blobs = len([p for p in store.glob("blobs/*") if not p.name.startswith(".")])
        found["kills"] += 1
        found["memos stored before"] += len(manifests)
        found["in the middle of one"] += blobs > len(manifests) or torn > 0
        found["files left half written"] += torn
        assert not [p for p in manifests if p.stat().st_size == 0]
        # The last one that is there must be whole; the one that was under way runs at most once more, and then is there.
        for number in range(first + max(0, len(manifests) - 1), first + len(manifests) + 1):
            again = computed(number)
            found["runs again"] += again
            assert again <= (number - first == len(manifests))
            assert computed(number) == 0
    return found


def computed(number):
    """How often the work ran until its right value was there."""
    RUNS.clear()
    got = xetcache.xeteval_always(mixed, number)
    runs = len(RUNS)
    want = mixed(number)
    assert (got["a"] == want["a"]).all() and got["b"] == want["b"]
    return runs


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_kill(memo_folder):
    assert kill_at_random(memo_folder, 20)["memos stored before"] > 0


def test_what_a_crash_left_goes_a_day_later(memo_folder, tmp_path):
    def left(age):
        folder = memo_folder / "k" / "_" / f".tmp-{age}"
        folder.mkdir()
        (folder / ("0" * 64 + ".json")).write_text("")
        blob = memo_folder / "blobs" / f".tmp-{age}"
        blob.write_text("")
        for path in (folder, blob):
            os.utime(path, (time.time() - age,) * 2)
        return folder, blob

    assert right(shown_and_large) == 1
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / ".tmp-1").mkdir(parents=True)
    os.utime(elsewhere / ".tmp-1", (0, 0))
    (memo_folder / "k" / "link").symlink_to(elsewhere)
    new, old = left(80_000), left(90_000)
    open_store.cache_clear()  # a new process looks
    assert right(shown_and_large) == 0 and computed(1) == 1
    assert all(p.exists() for p in new) and not any(p.exists() for p in old)
    assert (elsewhere / ".tmp-1").exists()


def shown_and_large(seed):
    """Its memo has a blob for the value, one for what it prints, and a manifest."""
    RUNS.append(seed)
    print("line of output\n" * 30_000)
    return {"a": np.random.default_rng(seed).normal(size=2_000), "b": [seed, "text"] * 50}


def small(seed):
    RUNS.append(seed)
    return [seed, "text"]


def right(f):
    """Call f by its memo; its value must be right. How often it ran."""
    RUNS.clear()
    got = xetcache.xeteval_always(f, 1)
    runs = len(RUNS)
    want = f(1)
    assert type(got) is type(want)
    assert got == want if f is small else (got["a"] == want["a"]).all() and got["b"] == want["b"]
    return runs


RUNS = []


def test_flipped_bits(memo_folder, tmp_path, capsys):
    assert flip_every_file(memo_folder, tmp_path / "pristine", 4) >= 6


def flip_every_file(store, pristine, bits):
    """Change one bit in each file of the store, several in turn; one file at a time. The number of files with content."""
    for f in (small, shown_and_large):
        assert right(f) == 1 and right(f) == 0
    shutil.copytree(store, pristine)
    rng = random.Random(1)
    files = [p for p in sorted(pristine.rglob("*")) if p.is_file() and p.stat().st_size]
    for path in files:
        for _ in range(bits):
            shutil.rmtree(store)
            shutil.copytree(pristine, store)
            target = store / path.relative_to(pristine)
            data = bytearray(target.read_bytes())
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            target.write_bytes(data)
            memo = path.suffix == ".json" or path.parent.name == "blobs"
            assert right(small) + right(shown_and_large) == (1 if memo else 0), path
            assert right(small) + right(shown_and_large) == 0, path
    return len(files)


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


class Full:
    """Fails the nth thing that is done to the disk inside a folder: opening to write, writing, renaming, making a folder."""

    def __init__(self, monkeypatch, folder, nth, error):
        self.left, self.error, self.folder = nth, error, str(folder)
        for owner, name in ((builtins, "open"), (os, "open"), (os, "replace"), (os, "rename"), (os, "makedirs"), (os, "mkdir")):
            monkeypatch.setattr(owner, name, self.failing(getattr(owner, name), name))
        self.failed = False

    def step(self):
        self.left -= 1
        if self.left == 0:
            self.failed = True
            raise OSError(self.error, os.strerror(self.error))

    def failing(self, real, name):
        def call(path, *args, **kw):
            inside = isinstance(path, (str, os.PathLike)) and os.fspath(path).startswith(self.folder)
            if name == "open":
                mode = args[0] if args else kw.get("mode", "r")
                writes = mode & (os.O_WRONLY | os.O_RDWR) if isinstance(mode, int) else set(mode) & set("wxa+")
                if inside and writes:
                    self.step()
                    found = real(path, *args, **kw)
                    return found if isinstance(found, int) else FullFile(found, self)
            elif inside:
                self.step()
            return real(path, *args, **kw)

        return call


class FullFile:
    def __init__(self, file, full):
        self._file, self._full = file, full

    def __getattr__(self, name):
        return getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self._file.close()

    def write(self, data):
        self._file.write(data[: len(data) // 2])  # what there was room for
        self._full.step()
        return self._file.write(data[len(data) // 2 :])


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
@pytest.mark.parametrize("f", [small, shown_and_large])
def test_full_disk(f, error, memo_folder, monkeypatch, capsys):
    """Whichever step of storing fails: the value is right, nothing damaged stays, and the next run stores it."""
    for nth in itertools.count(1):
        shutil.rmtree(memo_folder, ignore_errors=True)
        with monkeypatch.context() as patch:
            full = Full(patch, memo_folder, nth, error)
            assert right(f) == 1
        if not full.failed:
            break
        left = list(memo_folder.rglob(".tmp-*"))
        assert not left
        assert right(f) <= 1
        assert right(f) == 0
    assert nth > 5
    assert "not stored: " + os.strerror(error) in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="needs RLIMIT_FSIZE")
def test_files_limited_in_size(tmp_path):
    """The system itself fails the write in the middle of a blob."""
    store = tmp_path / "xmemo"
    limit = "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (200_000, -1))\n"
    process = python(CHECK.replace("want =", limit + "want =", 1), store, 1)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "not stored: File too large" in out and int(out.split()[-1]) == 1
    assert not list(store.glob("k/*/*/*")) and not list(store.glob("blobs/*"))
    assert runs_of(store, 1) == 1 and runs_of(store, 1) == 0


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
