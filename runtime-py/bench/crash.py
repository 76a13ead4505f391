"""The long version of tests/test_crashes.py: 200 kills at random moments, eight kernels on one cell, every file flipped."""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import test_crashes  # noqa: E402


def main():
    for name, work in (
        ("200 kills", lambda folder: test_crashes.kill_at_random(folder, 200, seed=7)),
        ("8 kernels on one cell, 5 times", lambda folder: [test_crashes.same_cell(_fresh(folder, i), 8) for i in range(5)]),
        ("a bit flipped in every file", test_crashes.flip_every_file),
    ):
        with tempfile.TemporaryDirectory() as folder:
            since = time.monotonic()
            work(Path(folder))
            print(f"{name}: no wrong value, no lost cell, at most one run more ({time.monotonic() - since:.0f} s)", flush=True)


def _fresh(folder, i):
    (folder / str(i)).mkdir()
    return folder / str(i)


if __name__ == "__main__":
    main()
