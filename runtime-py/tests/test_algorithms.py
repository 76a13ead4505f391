"""One digest whether or not the package blake3 is installed; the hash is cut anywhere and stays the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from xetcache.digest import hashing

CHUNK = 1 << 20

SCRIPT = """
import sys
if sys.argv[2] == "hidden":
    sys.modules["blake3"] = None  # importing it fails
import xetcache
from xetcache import digest as valuedigest, xeteval_always
xetcache.set_memo_path(sys.argv[1])
def work(x):
    return x + [1]
value = xeteval_always(work, [1, 2.5, "text", b"x" * (2 << 20)])
assert value[0] == 1 and value[-1] == 1
print(valuedigest.digest([1, 2.5, "text"]), valuedigest.hash_bytes(b"x"), xetcache.stats()["hit"])
"""


def run(folder, blake3):
    script = folder / "script.py"
    script.write_text(SCRIPT)
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "XETCACHE_CONFIG_DIR": str(folder / "config")}
    out = subprocess.run([sys.executable, str(script), str(folder / "xmemo"), blake3], env=env, capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    digest, of_bytes, hits = out.stdout.split()[-3:]
    return digest, of_bytes, float(hits)


def test_blake3_changes_nothing(tmp_path):
    first = run(tmp_path, "hidden")
    assert first[0].startswith("s4:") and first[1].startswith("s4:") and len(first[0]) == 3 + 64
    assert run(tmp_path, "there") == (*first[:2], 1)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 40 * CHUNK + 17])
def test_the_tree_hangs_on_the_bytes_alone(size):
    data = bytes(i * 7 % 251 for i in range(4096)) * (size // 4096 + 1)
    data = data[:size]
    whole = hashing.hasher(data).hexdigest()
    for step in (CHUNK // 3, CHUNK, 3 * CHUNK + 1):
        tree = hashing.Tree()
        for at in range(0, size, step):
            tree.update(memoryview(data)[at : at + step])
        assert tree.hexdigest() == whole
    assert size == 0 or hashing.hasher(data[:-1] + bytes([data[-1] ^ 1])).hexdigest() != whole
