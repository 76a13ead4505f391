"""The kept cases of the runtime's fuzzer (fuzz/cases): notebooks that once did something else with memos than without."""

import os
import sys
from pathlib import Path

import pytest

if not hasattr(os, "fork"):
    pytest.skip("needs fork", allow_module_level=True)
FUZZ = Path(__file__).resolve().parents[1] / "fuzz"
sys.path.append(str(FUZZ))

import fuzzed  # noqa: E402
from compare import judge  # noqa: E402
from forks import Parent  # noqa: E402


@pytest.fixture(scope="module")
def parents():
    found = [Parent(seed) for seed in (1, 2, 3)]
    yield found
    for parent in found:
        parent.stop()


@pytest.mark.parametrize("path", sorted((FUZZ / "cases").glob("*.txt")), ids=lambda path: path.stem)
def test_case(path, parents, tmp_path):
    book = fuzzed.load(path.read_text(encoding="utf-8"))
    verdict = judge(book, parents, str(tmp_path / "run"))
    assert not verdict.problem
    assert not verdict.differences, "\n".join(map(str, verdict.differences))


def test_text_of_a_notebook():
    book = fuzzed.Notebook(["%%xetmemo\na = 1", "a\n"], "header", {"lib.py": "X = 1\n"}, {0: "a = 2"}, {"lib.py": ""})
    assert fuzzed.load(fuzzed.dump(book, "a comment")) == book
    with pytest.raises(ValueError):
        fuzzed.load("# %%\na = 1")
