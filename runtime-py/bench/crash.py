"""The long version of tests/test_crashes.py: 200 kills at random moments, eight kernels on one cell, a full disk, every file flipped.

Each line gives what was done; the run ends with an error at the first wrong value, lost cell or second recomputation.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

os.environ["XETCACHE_CONFIG_DIR"] = tempfile.mkdtemp()

import test_crashes  # noqa: E402

import xetcache  # noqa: E402


def kills(folder):
    xetcache.set_memo_path(folder / "xmemo")
    return ", ".join(f"{name}: {count}" for name, count in test_crashes.kill_at_random(folder / "xmemo", 200, seed=7).items())


def kernels(folder):
    for i in range(5):
        (folder / str(i)).mkdir()
        test_crashes.same_cell(folder / str(i), 8)
    return "8 kernels, 5 times, one memo each time"


def flips(folder):
    xetcache.set_memo_path(folder / "xmemo")
    with open(os.devnull, "w") as sys.stdout:
        files = test_crashes.flip_every_file(folder / "xmemo", folder / "pristine", 50)
    sys.stdout = sys.__stdout__
    return f"{files} files, 50 bits each"


def full_disk(folder):
    """A file system of a megabyte with less and less room; needs the right to mount one."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], stderr=subprocess.DEVNULL)
    if mounted.returncode:
        return "skipped: no file system can be mounted here"
    full = 0
    try:
        for room in range(0, 1000, 20):  # kilobytes
            (folder / "filler").write_bytes(bytes((1000 - room) << 10))
            xetcache.set_memo_path(folder / "xmemo")
            with open(os.devnull, "w") as sys.stdout:
                assert test_crashes.right(test_crashes.shown_and_large) == 1
                (folder / "filler").unlink()
                again = test_crashes.right(test_crashes.shown_and_large)
                assert again <= 1 and test_crashes.right(test_crashes.shown_and_large) == 0
            sys.stdout = sys.__stdout__
            full += again
            shutil.rmtree(folder / "xmemo")
    finally:
        sys.stdout = sys.__stdout__
        subprocess.run(["umount", str(folder)], check=True)
    return f"50 amounts of room, {full} of them too little"


def main():
    for name, work in (("kill -9", kills), ("one cell", kernels), ("a full disk", full_disk), ("a flipped bit", flips)):
        with tempfile.TemporaryDirectory() as folder:
            since = time.monotonic()
            print(f"{name}: {work(Path(folder))}; no wrong value, no lost cell, at most one run more ({time.monotonic() - since:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
