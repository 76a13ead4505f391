"""Value digests without the package blake3: SHA-256, and neither is taken for the other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_without_blake3(tmp_path):
    first = run(tmp_path, "hidden")
    assert first[0].startswith("s2:") and first[1].startswith("s2:") and len(first[0]) == 3 + 64
    assert run(tmp_path, "hidden") == (*first[:2], 1)


def test_keys_of_both_kinds(tmp_path):
    pytest.importorskip("blake3")
    assert run(tmp_path, "there")[0].startswith("b3:")
    assert run(tmp_path, "hidden")[2] == 0
    assert run(tmp_path, "there")[2] == 1
    assert run(tmp_path, "hidden")[2] == 1
    assert len(list((tmp_path / "xmemo").glob("k/_/*"))) == 2
