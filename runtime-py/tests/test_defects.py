"""What XetCache 0.0.2 (2023) gets wrong, one test each, in real kernels.

The tests use only what both packages have. With XETCACHE_UNDER_TEST=folder they run against the package `xetcache` in that folder:
docs/runtime.md has what the one of 2023 does.
"""

import pickle
import re

import pytest

CELL = "%%xetmemo input=x output=y always=True\ny = x + [4]\nprint('printed')\ny"


@pytest.fixture
def notebook(kernels, tmp_path):
    def start(**env):
        kernel = kernels(tmp_path, **env)
        kernel.run("import xetcache")
        return kernel

    return start


def ran_and_value(kernel, source, name="y"):
    kernel.run(f"{name} = None")
    outcome = kernel.run(source)
    return outcome, kernel.run(name).result


def memos(folder):
    return [p for p in (folder / "xmemo").rglob("*") if p.is_file() and not p.name.startswith(".") and ".local" not in p.parts]


@pytest.mark.parametrize(
    "before, after",
    [
        ("def f(): return 1", "def f(): return 2"),
        ("def g(): return 1\ndef f(): return g()", "def g(): return 2\ndef f(): return g()"),
        ("def make(k):\n    def f(): return k\n    return f\nf = make(1)", "f = make(2)"),
        ("class A:\n    def m(self): return 1\nf = A().m", "class A:\n    def m(self): return 2\nf = A().m"),
    ],
    ids=["function", "helper", "closure", "method"],
)
def test_an_edited_function_runs_again(notebook, before, after):
    kernel = notebook()
    cell = "%%xetmemo input=f output=y always=True\ny = f()"
    kernel.run(before)
    assert ran_and_value(kernel, cell)[1] == "1"
    kernel.run(after)
    assert ran_and_value(kernel, cell)[1] == "2"


def test_an_input_that_cannot_be_hashed_does_not_stop_the_cell(notebook):
    kernel = notebook()
    kernel.run("import threading\nx = threading.Lock()")
    assert ran_and_value(kernel, "%%xetmemo input=x output=y always=True\ny = 5")[1] == "5"


def test_an_input_that_does_not_exist_does_not_stop_the_cell(notebook):
    assert ran_and_value(notebook(), "%%xetmemo input=missing output=y always=True\ny = 5")[1] == "5"


def test_an_exception_is_raised(notebook):
    kernel = notebook()
    kernel.run("x = [1]")
    assert kernel.run("%%xetmemo input=x output=y always=True\ny = 1 / 0").status == "error"


@pytest.mark.parametrize(
    "first, second",
    [("{'a', 'b', 'c', 'd'}", "{'a', 'b', 'c', 'd'}"), ("['ab', 'ab']", "['ab', ''.join(['a', 'b'])]")],
    ids=["set order", "text identity"],
)
def test_equal_inputs_hit_in_another_process(notebook, first, second):
    for seed, value in (("1", first), ("2", second), ("3", second)):
        kernel = notebook(PYTHONHASHSEED=seed)
        kernel.run(f"x = {value}")
        kernel.run("%%xetmemo input=x output=y always=True\ny = len(x)")
    assert len(memos_of(kernel)) == 1


def memos_of(kernel):
    text = kernel.run("import os; print([os.path.join(d, n) for d, _, f in os.walk('xmemo') for n in f if not n.startswith('.') and '.local' not in d])")
    return re.findall(r"'([^']+)'", text.stdout)


@pytest.mark.parametrize("header", ["input=x  output=y always=True", "input=x, output=y always=True"])
def test_a_header_with_other_spaces_works(notebook, header):
    kernel = notebook()
    kernel.run("x = [1]")
    assert ran_and_value(kernel, f"%%xetmemo {header}\ny = x + [4]")[1] == "[1, 4]"


def test_a_cell_without_outputs_is_stored(notebook, tmp_path):
    kernel = notebook()
    kernel.run("x = [1]")
    kernel.run("%%xetmemo input=x output= always=True\nprint('shown')")
    assert memos(tmp_path)


def test_a_flipped_bit_is_not_taken(notebook, tmp_path):
    kernel = notebook()
    kernel.run("x = [1, 2, 3]")
    ran_and_value(kernel, CELL)
    for path in memos(tmp_path):
        data = path.read_bytes()
        path.write_bytes(data.replace(b"K\x04", b"K\x05") if b"K\x04" in data else data[:-3] + bytes([data[-3] ^ 1]) + data[-2:])
    assert ran_and_value(kernel, CELL)[1] == "[1, 2, 3, 4]"


def test_an_output_that_cannot_be_pickled_leaves_nothing(notebook, tmp_path):
    kernel = notebook()
    kernel.run("x = [1]")
    kernel.run("%%xetmemo input=x output=y always=True\ny = (i for i in x)")
    assert memos(tmp_path) == []


def test_a_key_stays_in_its_folder(notebook, tmp_path):
    kernel = notebook()
    kernel.run("x = [1]")
    kernel.run(CELL.replace("always", "key=../../outside always"))
    assert not list(tmp_path.parent.rglob("outside*")) and not list(tmp_path.glob("outside*"))


class Evil:
    def __reduce__(self):
        return (exec, ("open('owned', 'w').close()",))


def test_a_swapped_memo_runs_nothing(notebook, tmp_path):
    kernel = notebook()
    kernel.run("x = [1]")
    ran_and_value(kernel, CELL)
    for path in memos(tmp_path):
        path.write_bytes(pickle.dumps({"y": Evil()}))
    assert ran_and_value(kernel, CELL)[1] == "[1, 4]"
    assert not (tmp_path / "owned").exists()


def test_a_memo_sets_only_declared_names(notebook, tmp_path):
    kernel = notebook()
    kernel.run("x = [1]")
    ran_and_value(kernel, CELL)
    for path in memos(tmp_path):
        path.write_bytes(pickle.dumps({"y": [0], "print": 0}))
    assert ran_and_value(kernel, CELL)[1] == "[1, 4]"
    assert kernel.run("callable(print)").result == "True"


def test_what_was_shown_is_shown_again(notebook):
    kernel = notebook()
    kernel.run("x = [1]")
    kernel.run(CELL)
    again = kernel.run(CELL)
    assert "printed" in again.stdout and again.result == "[1, 4]"


def test_a_pointer_is_known_for_one(notebook, tmp_path):
    kernel = notebook()
    kernel.run("x = [1]")
    ran_and_value(kernel, CELL)
    for path in memos(tmp_path):
        path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 3\n")
    outcome, value = ran_and_value(kernel, CELL)
    assert value == "[1, 4]" and "git-lfs pointer" in outcome.stream("stdout")
