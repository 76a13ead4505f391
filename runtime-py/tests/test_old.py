"""Memos of the package of 2023: read only after explicit trust in each, whatever made them."""

import hashlib
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

LINE = "input=x output=y always=True"
CELL = "y = x + [4]\nprint('ran')\n"


def sha256(value):
    return hashlib.sha256(pickle.dumps(value, 4)).hexdigest()


def old_name(*inputs, line=LINE):
    return sha256([sha256(line), sha256(CELL), *map(sha256, inputs)]) + ".pickle"


class Evil:
    def __reduce__(self):
        return (exec, ("open('owned', 'w').close()",))


@pytest.fixture
def kernel(kernels):
    kernel = kernels()
    kernel.run("import xetcache\nx = [1]")
    return kernel


def trust(folder, *words):
    env = {"XETCACHE_CONFIG_DIR": str(folder / ".config"), "PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.run(
        [sys.executable, "-m", "xetcache.cli", "trust", *words], cwd=folder, env=env, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def test_a_cell(kernel, tmp_path):
    path = tmp_path / "xmemo" / old_name([1])
    path.parent.mkdir()
    path.write_bytes(pickle.dumps({"y": [1, 4, "old"], "print": 0}))
    cell = f"%%xetmemo {LINE}\n{CELL}"
    refused = kernel.run(cell)
    command = f"`xetcache trust add xmemo/{path.name[:12]}*.pickle` to trust it"
    assert f"memo not used: anybody could have made the old memo {path.name[:12]}*.pickle: {command}" in refused.lines[0]
    assert "ran" in refused.stdout
    for made in (tmp_path / "xmemo" / "k").rglob("*.json"):
        made.unlink()
    assert "trusting pickle:" in trust(tmp_path, "add", str(path))
    hit = kernel.run(cell)
    assert hit.lines == [f"hit y (the old memo {path.name[:12]}*.pickle, which you trust: it doesn't know of edited functions)"]
    assert not hit.stdout and kernel.run("y").result == "[1, 4, 'old']" and kernel.run("callable(print)").result == "True"
    assert path.name in trust(tmp_path, "list")
    # Another content under the same name is not what was trusted.
    path.write_bytes(pickle.dumps({"y": Evil()}))
    assert "anybody could have made" in kernel.run(cell).lines[0] and not (tmp_path / "owned").exists()
    for made in (tmp_path / "xmemo" / "k").rglob("*.json"):
        made.unlink()
    path.write_bytes(pickle.dumps({"y": [1, 4, "old"], "print": 0}))
    trust(tmp_path, "revoke", str(path))
    assert "anybody could have made" in kernel.run(cell).lines[0]


@pytest.mark.parametrize(
    "data, says",
    [
        (pickle.dumps({"z": 1}), "doesn't hold y"),
        (pickle.dumps([1]), "doesn't hold y"),
        (b"damaged", "can't be loaded here"),
        (b"# xet version 0\n", "is a Xet pointer"),
        (b"version https://git-lfs.github.com/spec/v1\n", "is a git-lfs pointer"),
    ],
    ids=["other name", "no dict", "damaged", "Xet pointer", "LFS pointer"],
)
def test_what_is_no_memo_of_the_cell(kernel, tmp_path, data, says):
    path = tmp_path / "xmemo" / old_name([1])
    path.parent.mkdir()
    path.write_bytes(data)
    trust(tmp_path, "add", str(path))
    outcome = kernel.run(f"%%xetmemo {LINE}\n{CELL}")
    assert says in outcome.lines[0] and "ran" in outcome.stdout and outcome.error is None


def test_a_link_is_not_followed(kernel, tmp_path):
    (tmp_path / "elsewhere").write_bytes(pickle.dumps({"y": [0]}))
    path = tmp_path / "xmemo" / old_name([1])
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere")
    trust(tmp_path, "add", str(path))
    assert "is a symbolic link" in kernel.run(f"%%xetmemo {LINE}\n{CELL}").lines[0]


def test_under_a_key(kernel, tmp_path):
    line = LINE + " key=exp"
    path = tmp_path / "xmemo" / "exp" / old_name([1], line=line)
    path.parent.mkdir(parents=True)
    path.write_bytes(pickle.dumps({"y": "old"}))
    trust(tmp_path, "add", str(path))
    assert kernel.run(f"%%xetmemo {line}\n{CELL}").lines[0].startswith("hit y (the old memo")
    assert kernel.run(f"%%xetmemo {LINE}\n{CELL}").lines[0].startswith("miss")


def test_a_call(kernel, tmp_path):
    kernel.run("def f(a, b=2):\n    print('ran')\n    return a + b")
    name = kernel.run("import pickle, hashlib\nhashlib.sha256(pickle.dumps([pickle.dumps(f, 4), (1,), {'b': 5}], 4)).hexdigest()").result.strip("'")
    path = tmp_path / "xmemo" / (name + ".pickle")
    path.parent.mkdir()
    path.write_bytes(pickle.dumps({"RETVAL": "old"}))
    refused = kernel.run("xetcache.xeteval(f, 1, b=5)")
    assert refused.result == "6" and "anybody could have made" in refused.lines[0]
    trust(tmp_path, "add", str(path))
    hit = kernel.run("xetcache.xeteval(f, 1, b=5)")
    assert hit.result == "'old'" and not hit.stdout


def test_the_names_are_those_of_2023():
    """Names that XetCache 0.0.2 itself gave, for a header, a cell and an input."""
    assert old_name([1, 2, 3], line="input=a output=b") == "65316879402447fb7293a267bd0ee20e5d1a24a5a192f20a0579afcea1db4403.pickle"
