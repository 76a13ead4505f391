"""Runs seeds in batches: generate, run, analyze, compare. One forked worker a batch, one run of the analyzer a batch."""
import collections
import importlib
import multiprocessing
import os
import tempfile
import time
from dataclasses import dataclass, field

from .generator import generate
from .notebook import Notebook
from .runner import Runner, silence
from .truth import PREDICTORS, ToolFailed, analyze, misses, spurious, truth_of

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
    cut, truths = [], []
    for i, nb in enumerate(notebooks):
        place = os.path.join(folder, f'run{i}' if nb.files else 'run')
        Notebook(nb.cells, nb.files).write(place)
        entries = [e for e in runner.run(nb, place) if not e['error']]
        cut.append(Notebook(nb.cells[:len(entries)], nb.files, nb.tags))
        truths.append(truth_of(nb, entries))
    said = judge.found(cut, folder)
    return [(nb, t, [(0, 'tool', ['failed'])] if s is None else misses(t, s), (0, 0) if s is None else spurious(t, s))
            for nb, t, s in zip(cut, truths, said)]


def run_batch(job):
    seeds, judge, libs = job
    silence()
    runner = Runner()
    made = [generate(seed, libs) for seed in seeds]
    with tempfile.TemporaryDirectory(prefix='soundness-') as folder:
        results = judge_all(runner, judge, made, folder)
        os.chdir('/')
    return [Outcome(seed, nb.tags, len(nb.cells), len(cut.cells), missed, extra)
            for seed, nb, (cut, _, missed, extra) in zip(seeds, made, results)]


def run_seeds(seeds, judge, jobs=1, libs=False, batch=BATCH, progress=None):
    """Outcomes of all seeds, in order of the seeds."""
    if libs: importlib.import_module('pandas')       # once, before the workers fork
    work = [(seeds[i:i + batch], judge, libs) for i in range(0, len(seeds), batch)]
    outcomes, start = [], time.time()
    with multiprocessing.get_context('fork').Pool(min(jobs, len(work)), maxtasksperchild=1) as pool:
        for done in pool.imap(run_batch, work):
            outcomes += done
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
