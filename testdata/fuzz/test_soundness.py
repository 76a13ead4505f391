"""Tests of the fuzzer itself. Those that run notebooks need CPython 3.11 with IPython and the oracle, and say so when skipped."""
import sys
from pathlib import Path

import pytest

if sys.version_info < (3, 10): pytest.skip('the fuzzer needs Python 3.10', allow_module_level=True)
sys.path.insert(0, str(Path(__file__).resolve().parent))
import soundness
from fuzzer import cases
from fuzzer.campaign import Judge, in_worker, run_seeds
from fuzzer.expressions import EXPRESSIONS
from fuzzer.generator import POOLS, generate
from fuzzer.notebook import Notebook, imports_of
from fuzzer.shrink import edits_of, key_of, shape, weight
from fuzzer.statements import STATEMENTS
from fuzzer.truth import KINDS, misses, predict_by_ast, predict_everything

runs = pytest.mark.skipif(soundness.cannot_run(False) is not None, reason=str(soundness.cannot_run(False)))
NOTHING = {k: set() for k in KINDS}


def run_truth(notebook, folder):
    from fuzzer.campaign import judge_all
    from fuzzer.runner import Runner, silence
    silence()
    return judge_all(Runner(), Judge(predictor='all'), [notebook], folder)[0][:3]


# ------------------------------------------------------------------------------------------ grammar

def test_same_seed_same_notebook():
    for seed in range(40):
        one, two = generate(seed), generate(seed)
        assert (one.cells, one.files, one.tags) == (two.cells, two.files, two.tags)
    assert generate(1).cells != generate(2).cells


def test_every_construct_is_made():
    made = set().union(*(generate(seed, libs=seed % 4 == 0).tags for seed in range(4000)))
    known = {s[0] for s in STATEMENTS} | {t for choices in EXPRESSIONS.values() for t, _ in choices}
    missing = known - made
    assert len(missing) <= len(known) // 50, sorted(missing)


def test_names_have_one_kind():
    owner = {}
    for kind, names in POOLS.items():
        for name in names.split() if isinstance(names, str) else names:
            assert owner.setdefault(name, kind) == kind, name


def test_sizes():
    cells = [len(generate(seed).cells) for seed in range(300)]
    assert 2 <= min(cells) and max(cells) <= 9, (min(cells), max(cells))


@runs
@pytest.mark.parametrize('libs', [False, True])
def test_generated_cells_run(libs):
    if libs and soundness.cannot_run(True): pytest.skip(soundness.cannot_run(True))
    outcomes = run_seeds(range(600), Judge(predictor='all'), libs=libs, batch=300)
    ran, made = sum(o.ran for o in outcomes), sum(o.cells for o in outcomes)
    assert ran >= 0.95 * made, (ran, made)
    assert not any(o.misses for o in outcomes)      # who predicts everything misses nothing


@runs
def test_same_seed_same_outcome():
    one, two = (run_seeds(range(100), Judge(predictor='ast'), batch=b) for b in (100, 30))
    assert [(o.seed, o.ran, o.misses) for o in one] == [(o.seed, o.ran, o.misses) for o in two]


# ------------------------------------------------------------------------------------------ comparison

@pytest.mark.parametrize('kind, said, missed', [
    ('reads', {}, True), ('reads', {'reads': ['a']}, False), ('reads', {'all': ['a']}, True),
    ('binds', {}, True), ('binds', {'all': ['a']}, False), ('binds', {'mutates': ['a']}, True),
    ('mutates', {}, True), ('mutates', {'all': ['a']}, False), ('mutates', {'mutates': ['a']}, False),
    ('deletes', {}, True), ('deletes', {'deletes': ['a']}, False),
    ('live', {'all': ['a']}, True), ('live', {'live': ['a']}, False),
])
def test_misses(kind, said, missed):
    assert misses([{**NOTHING, kind: {'a'}}], {0: said}) == ([(0, kind, ['a'])] if missed else [])


@pytest.mark.parametrize('source, outside, local', [
    ('import os.path, util', {'os'}, {'util'}), ('from math import sin as s', {'s'}, set()), ('from util import *', set(), {'f', 'K'}),
    ('%time import re\n!ls', {'re'}, set()), ('def f():\n    import json', {'json'}, set()), ('x = !ls\nimport re', {'re'}, set()),
])
def test_imports(source, outside, local):
    assert imports_of(source, {'util.py': 'K = 1\ndef f(): pass\n_hidden = 2\n'}) == (outside, local)


@runs
@pytest.mark.parametrize('cells, expected', [
    (['a = [1]\nb = a', 'b.append(2)', 'len(a)'], {'reads': {'b'}, 'mutates': {'a', 'b'}, 'live': {'a'}}),
    (['x = 1\ndef f():\n    global x\n    x += 1', 'f()'], {'reads': {'f', 'x'}, 'binds': {'x'}}),
    (['x = 1', 'del x'], {'deletes': {'x'}}),
    (['import math', 'y = math.pi', 'y'], {'binds': {'y'}, 'live': {'y'}}),
    (['l = [1]', 'g = (v for v in l)', 'next(g)'], {'reads': {'l'}, 'binds': {'g'}}),      # a generator is opaque: no live output
    (['def f():\n    global g\n    def g(): pass\nf()', 'f()', 'g'], {'reads': {'f'}, 'binds': {'g'}, 'live': {'g'}}),
    (['y = 0', 'for y in [1]:\n    def f():\n        global y\n    z = y', '0'], {'binds': {'f', 'y', 'z'}}),
    (['y = 0', 'y = [(y := 1) for v in [1]]\nz = y', '0'], {'binds': {'y', 'z'}}),
    (['y = 0', '%timeit -n1 -r1 [(y := v) for v in [1]]', '0'], {}),      # local to timeit's function
    (['import functools\np = functools.partial(len)', 'functools.wraps(p)(lambda: 0);'], {'reads': {'p'}}),      # it gets a __dict__
    (['a = 1', 'b = a', 'b + nothing'], {'reads': {'a'}, 'binds': {'b'}}),      # the cell that fails is dropped, so b has no reader
    (['a = 1', 'from util import K\nb = a', 'b'], {'reads': {'a'}, 'binds': {'b'}, 'live': {'b'}}),
    (['class A: n = 1\no = A()', 'A.n = 2'], {'reads': {'A'}, 'mutates': {'A'}}),      # o changes only by its class
])
def test_truth_of_a_run(tmp_path, cells, expected):
    _, truth, _ = in_worker(run_truth, Notebook(cells, {'util.py': 'K = 1\n'}), str(tmp_path))
    assert truth[1] == {**NOTHING, **expected}


# ------------------------------------------------------------------------------------------ cases and shrinking

def test_case_text_round_trip():
    nb = Notebook(['a = [1]\n\nb = a', '%%time\nb.append(1)'], {'util.py': 'K = 1\n'})
    truth = [{**NOTHING, 'binds': {'a', 'b'}, 'live': {'b'}}, {**NOTHING, 'reads': {'b'}, 'mutates': {'a', 'b'}}]
    again, truth_again = cases.load(cases.dump(nb, truth, 'two\nlines'))
    assert (again.cells, again.files, truth_again) == (nb.cells, nb.files, truth)


@pytest.mark.parametrize('text, message', [('x = 1\n', 'no cell'), ('# %% sees=a\nx\n', 'none of'), ('# %% file\nx\n', 'file NAME'), ('# %% a\n', 'none of')])
def test_case_errors(text, message):
    with pytest.raises(ValueError, match=message): cases.load(text)


def test_edits_make_smaller_notebooks_of_every_part():
    nb = Notebook(['import m\nif x:\n    f(a, b=[1, 2])\nelse:\n    %time y = 1', '@d\ndef f(p, q=1): return p + q'], {'m.py': 'A = 1\nB = 2\n'})
    texts = {'\n--\n'.join([*e.cells, *e.files.values()]) for e in (edit() for edit in edits_of(nb)) if e and weight(e) < weight(nb)}
    for part in ('import m\nif x', '@d', 'b=[1, 2]', 'q=1', '%time', 'A = 1', 'p + q'):
        assert any(part not in t for t in texts), part
    assert any('\n%time y = 1\n' in f'\n{t}\n' or '    %time y = 1' in t for t in texts)    # magics stay magics


def test_shape_sees_through_names():
    assert shape(Notebook(['a = b\nf(a)'])) == shape(Notebook(['x = y\ng(x)'])) != shape(Notebook(['x = y\ng(y)']))


@runs
def test_shrinker_keeps_the_failure_and_drops_the_rest():
    seed = next(o.seed for o in run_seeds(range(40), Judge(predictor='ast')) if any(k == 'mutates' for _, k, _ in o.misses))
    judge, whole = Judge(predictor='ast'), generate(seed)
    nb, truth, missed = in_worker(soundness.shrink_seed, seed, False, judge)
    assert key_of(missed) and weight(nb) < weight(whole) and len(nb.cells) <= 3
    assert misses(truth, predict_by_ast(nb)) == missed
    assert not misses(truth, predict_everything(nb))


@runs
@pytest.mark.parametrize('path', sorted(soundness.CASES.glob('*.py')), ids=lambda p: p.stem)
def test_recorded_truth_of_cases(path, tmp_path):
    nb, recorded = cases.load(path.read_text())
    _, truth, _ = in_worker(run_truth, nb, str(tmp_path))
    assert truth == recorded
