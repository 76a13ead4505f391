"""Runs seeds in batches: generate, run, analyze, compare. One forked worker a batch, one run of the analyzer a batch.

Nearly all the time goes into running the notebooks, and what they show does not depend on the analyzer: truths that are kept in
a file serve for the next build.
"""
import collections
import hashlib
import importlib
import json
import multiprocessing
import os
import tempfile
import time
from dataclasses import dataclass, field

from .generator import generate
from .notebook import Notebook
from .runner import Runner, silence
from .truth import KINDS, PREDICTORS, ToolFailed, analyze, misses, spurious, truth_of

BATCH = 500


@dataclass
class Judge:
    """What is compared with the truth: an analyzer's path or a built-in predictor's name."""
    tool: str = None
    predictor: str = None

    def found(self, notebooks, folder):
        """[{cell index: found}], one a notebook; None where the analyzer failed."""
        if self.predictor: return [PREDICTORS[self.predictor](nb) for nb in notebooks]
        paths = []
        for i, nb in enumerate(notebooks):
            where = os.path.join(folder, f'{i}' if nb.files else '')
            nb.write(where, f'nb{i}.ipynb')
            paths.append(os.path.relpath(os.path.join(where, f'nb{i}.ipynb'), folder))
        try:
            found = analyze(self.tool, paths, folder)
            return [found.get(p, {}) for p in paths]
        except ToolFailed:
            if len(paths) == 1: return [None]
            out = []
            for p in paths:
                try: out.append(analyze(self.tool, [p], folder).get(p, {}))
                except ToolFailed: out.append(None)
            return out


@dataclass
class Outcome:
    """What became of one notebook."""
    seed: int
    tags: frozenset
    cells: int                                    # generated
    ran: int                                      # without error
    misses: list = field(default_factory=list)    # (cell, kind, names); ('tool' as kind) when the analyzer failed
    spurious: tuple = (0, 0)


def judge_all(runner, judge, notebooks, folder):
    """(notebook cut before its first failing cell, truth, misses, spurious) of each notebook."""
    return compare(judge, notebooks, [run_one(runner, nb, folder, i) for i, nb in enumerate(notebooks)], folder)


def run_one(runner, nb, folder, i):
    """The truth of each cell up to the first that fails."""
    place = os.path.join(folder, f'run{i}' if nb.files else 'run')
    Notebook(nb.cells, nb.files).write(place)
    return truth_of(nb, [e for e in runner.run(nb, place) if not e['error']])


def compare(judge, notebooks, truths, folder):
    cut = [Notebook(nb.cells[:len(t)], nb.files, nb.tags) for nb, t in zip(notebooks, truths)]
    said = judge.found(cut, folder)
    return [(nb, t, [(0, 'tool', ['failed'])] if s is None else misses(t, s), (0, 0) if s is None else spurious(t, s))
            for nb, t, s in zip(cut, truths, said)]


class Truths:
    """What notebooks showed, by seed, kept in a file of a JSON line a notebook."""

    def __init__(self, path=None):
        self.path, self.kept = path, {}
        if path and os.path.exists(path):
            with open(path) as f:
                for line in f:
                    try: record = json.loads(line)
                    except ValueError: continue     # the last line of a run that was ended
                    self.kept[record['seed']] = record

    def of(self, seeds):
        return {s: self.kept[s] for s in seeds if s in self.kept}

    def add(self, records):
        if self.path and records:
            with open(self.path, 'a') as f: f.writelines(json.dumps(r) + '\n' for r in records)


def record_of(seed, nb, truth):
    return {'seed': seed, 'of': identity(nb), 'truth': [[sorted(cell[k]) for k in KINDS] for cell in truth]}


def truth_in(record, nb):
    """The truth in a record, or None if it is another notebook's: the generator has changed since."""
    if record is None or record['of'] != identity(nb): return None
    return [{k: set(names) for k, names in zip(KINDS, cell)} for cell in record['truth']]


def identity(nb):
    return hashlib.sha256(json.dumps([nb.cells, nb.files]).encode()).hexdigest()[:16]


def run_batch(job):
    """(outcomes, records of the truths that were not kept yet) of a batch."""
    seeds, judge, libs, kept = job
    silence()
    runner, fresh = None, []
    made = [generate(seed, libs) for seed in seeds]
    truths = [truth_in(kept.get(seed), nb) for seed, nb in zip(seeds, made)]
    with tempfile.TemporaryDirectory(prefix='soundness-') as folder:
        for i, (seed, nb) in enumerate(zip(seeds, made)):
            if truths[i] is None:
                runner = runner or Runner()
                truths[i] = run_one(runner, nb, folder, i)
                fresh.append(record_of(seed, nb, truths[i]))
        results = compare(judge, made, truths, folder)
        os.chdir('/')
    return [Outcome(seed, nb.tags, len(nb.cells), len(cut.cells), missed, extra)
            for seed, nb, (cut, _, missed, extra) in zip(seeds, made, results)], fresh


def run_seeds(seeds, judge, jobs=1, libs=False, batch=BATCH, progress=None, truths=None):
    """Outcomes of all seeds, in order of the seeds."""
    if libs: importlib.import_module('pandas')       # once, before the workers fork
    truths = truths or Truths()
    batches = [seeds[i:i + batch] for i in range(0, len(seeds), batch)]
    work = ((some, judge, libs, truths.of(some)) for some in batches)
    outcomes, start = [], time.time()
    with multiprocessing.get_context('fork').Pool(min(jobs, len(batches)), maxtasksperchild=1) as pool:
        for done, fresh in pool.imap(run_batch, work):
            outcomes += done
            truths.add(fresh)
            if progress: progress(outcomes, time.time() - start)
    return outcomes


def in_worker(function, *args):
    """Run a function that needs a Runner of its own in a forked process and return its result."""
    with multiprocessing.get_context('fork').Pool(1, maxtasksperchild=1) as pool:
        return pool.apply(function, args)


def each_in_worker(function, work, jobs):
    """Results of function(*args) for each args in `work`, in order as they come, each in a forked process of its own."""
    with multiprocessing.get_context('fork').Pool(jobs, maxtasksperchild=1) as pool:
        for pending in [pool.apply_async(function, args) for args in work]: yield pending.get()


# ------------------------------------------------------------------------------------------ figures

def coverage(outcomes):
    """{construct: Counter of notebooks, failures, spurious} over all outcomes."""
    table = collections.defaultdict(collections.Counter)
    for o in outcomes:
        for tag in o.tags:
            row = table[tag]
            row['notebooks'] += 1
            row['failed'] += bool(o.misses)
            row['spurious reads'] += o.spurious[0]
            row['spurious outputs'] += o.spurious[1]
            row['cells'] += o.ran
    return table


def families(outcomes):
    """The same, by the family of a construct; a notebook counts once a family."""
    table = collections.defaultdict(collections.Counter)
    for o in outcomes:
        for family in {t.partition('.')[0] for t in o.tags}:
            row = table[family]
            row['notebooks'] += 1
            row['failed'] += bool(o.misses)
            row['spurious reads'] += o.spurious[0]
            row['spurious outputs'] += o.spurious[1]
            row['cells'] += o.ran
    return table


def print_table(table, title):
    print(f'{title:36}{"notebooks":>10}{"failed":>8}{"spurious reads/cell":>21}{"spurious outputs/cell":>23}')
    for tag, row in sorted(table.items()):
        cells = max(1, row['cells'])
        print(f'{tag:36}{row["notebooks"]:10}{row["failed"]:8}{row["spurious reads"] / cells:21.3f}{row["spurious outputs"] / cells:23.3f}')
