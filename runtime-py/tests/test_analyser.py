"""The client of the resident analyser: its answers, and that no state of its process holds a kernel up."""

import os
import subprocess
import sys
import time

import pytest

from xetcache.notebook import analyser

pytestmark = pytest.mark.skipif(os.name == "nt", reason="stand-ins for the analyser are shell scripts")


@pytest.fixture
def client():
    made = analyser.Analyser({})
    yield made
    made.forget()


def program(tmp_path, monkeypatch, script):
    """Take a shell script for the analyser."""
    path = tmp_path / "analyser"
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)
    monkeypatch.setenv("XETMEMO_LINT", str(path))


def reads(client, source):
    client.ran(source)
    found = client.answer()
    assert found is not None, client.problem
    return [read.name for read in found.reads]


def test_answers(client):
    client.ran("limit = 1\ndef f(x): return x + limit")
    assert reads(client, "%%xetmemo\ny = f(z)") == ["f", "limit", "z"]
    client.ran("def f(x): return x")
    assert reads(client, "y = f(1)") == ["f"]


def test_all_fields(client):
    client.ran("import os\na = []\nclass C: pass\ngone = 1")
    client.ran("import os\nb = a\nb.append(os.getenv('X'))\nlib.call()\ndef g(): pass\nC.x = 1\ndel gone")
    found = client.answer()
    assert found.aliases == {"b": ("a",)} and [m.name for m in found.mutates] == ["a", "C"]
    assert [m.reference for m in found.mutates] == [False, True] and [u.name for u in found.unknown] == ["lib.call"]
    assert [s.text for s in found.made_again()] == ["import os", "def g(): pass"] and found.deletes == ("gone",)
    assert [r.code for r in found.why_not] == ["mutates-reference"] and found.effects[0].kind == "environment"
    assert not found.computed_names and found.run == 1


def test_failed_cells(client):
    client.ran("a = []\nb = a")
    client.ran("b = []\nrisky()")
    client.failed()
    client.ran("b.append(1)")
    assert {m.name for m in client.answer().mutates} == {"a", "b"}


def test_started_late_it_knows_what_ran(client):
    for n in range(50):
        client.ran(f"x{n} = {n}")
    assert client._process is None
    assert reads(client, "x7 + x49") == ["x7", "x49"]


def test_types_of_values(client):
    pandas = pytest.importorskip("pandas")
    client._namespace["df"] = pandas.DataFrame({"a": [1]})
    client.ran("x = df.pop('a')")
    assert [m.name for m in client.answer().mutates] == ["df"]


def test_killed_it_is_started_anew(client):
    client.ran("x = 1")
    for _ in range(10):
        assert reads(client, "x") == ["x"]
        client._process._popen.kill()
        client._process._popen.wait()
        client.ran("y = x")
        assert [r.name for r in client.answer().reads] == ["x"]


@pytest.mark.parametrize("script", ["exit 1", "echo nonsense; exit 0", "echo '[]'; exec cat >/dev/null", "exec cat"])
def test_what_is_no_analyser(client, tmp_path, monkeypatch, script):
    program(tmp_path, monkeypatch, script)
    since = time.monotonic()
    for _ in range(20):
        client.ran("x")
        assert client.answer() is None and client.problem
    assert time.monotonic() - since < 2.5


def test_a_missing_one(client, monkeypatch):
    monkeypatch.setenv("XETMEMO_LINT", "/nowhere/xetmemo-lint")
    client.ran("x")
    assert client.answer() is None and "pip install xetmemo-lint" in client.problem


def test_a_silent_one_is_waited_for_once(client, tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, "exec sleep 100")
    since = time.monotonic()
    for _ in range(20):
        client.ran("x" * 100_000)  # more than a pipe holds
        assert client.answer() is None
    assert 1.9 < time.monotonic() - since < 2.5
    client._process._popen.kill()


def test_a_slow_one_is_asked_again(client, tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, f"sleep 2.5; exec '{os.environ['XETMEMO_LINT']}' kernel")
    client.ran("x")
    assert client.answer() is None
    client.ran("y")
    assert client.answer() is None  # no patience is left
    time.sleep(1)
    assert reads(client, "z") == ["z"]


def test_a_fork_leaves_it_to_its_parent(client):
    os.register_at_fork(after_in_child=client.forget)
    assert reads(client, "x = y") == ["y"]
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(write, ",".join(reads(client, "x + z")).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 100) == b"x,z"
    assert reads(client, "w") == ["w"]


def test_it_dies_with_its_kernel(tmp_path):
    script = (
        "import os, sys, time\nfrom xetcache.notebook import analyser\na = analyser.Analyser({})\na.ran('x'); assert a.answer()\n"
        "if not os.fork():\n    time.sleep(30)  # a child that nobody tells, and that holds the pipe\n    os._exit(0)\n"
        "print(a._process._popen.pid, flush=True); time.sleep(30)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}) as kernel:
        pid = int(kernel.stdout.readline())
        assert _runs(pid)
        kernel.kill()
        end = time.monotonic() + 5
        while _runs(pid) and time.monotonic() < end:
            time.sleep(0.05)
        assert not _runs(pid)
        kernel.stdout.close()


def _runs(pid):
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as f:  # one that ended and that nobody waited for is still seen
            return f.read().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return sys.platform != "linux"
