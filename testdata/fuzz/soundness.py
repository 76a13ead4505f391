#!/usr/bin/env python3
"""Soundness fuzzer: random small notebooks whose real reads and writes the analysis must not miss.

    python soundness.py --tool xetmemo-lint --replay                       # the kept cases (no tracer needed)
    python soundness.py --tool xetmemo-lint --replay --seeds 0:300         # what `make test` runs
    python soundness.py --tool xetmemo-lint --seeds 0:100000 --jobs 2      # a long run
    python soundness.py --tool xetmemo-lint --seeds 0:100000 --truths FILE # the same, and soon again with another build
    python soundness.py --tool xetmemo-lint --shrink 4711                  # one seed's failure, made small
    python soundness.py --predictor ast --seeds 0:3000 --stats             # what a naive analysis would miss
    python soundness.py --verify-runner 50                                 # the fast runner against the oracle itself
    python soundness.py --show 4711                                        # a seed's notebook

A notebook is generated from a grammar (fuzzer/generator.py), run under the oracle's tracer (trace.py in the folder that XETMEMO_ORACLE
names, else ../shared/oracle beside the checkout), and compared with `xetmemo-lint analyze`. Whatever a cell read, bound,
deleted or mutated and the analysis does not list is a failure. Failures are shrunk and kept in cases/. What the analysis lists
beyond the truth is counted, never a failure: one run takes one path.

Running notebooks needs CPython 3.11 with IPython 8; --replay needs any Python from 3.9. Exit: 0 nothing missed, 1 something
missed, 2 it could not run.
"""
import argparse
import collections
import importlib.util
import os
import sys
import tempfile
import time
from pathlib import Path

from fuzzer import cases
from fuzzer.truth import PREDICTORS, misses

CASES = Path(__file__).resolve().parent / 'cases'


def cannot_run(libs):
    """Why notebooks can't be run here, or None."""
    if sys.implementation.name != 'cpython' or sys.version_info[:2] != (3, 11):
        return f'needs CPython 3.11, this is {sys.implementation.name} {sys.version.split()[0]}'
    for m in ['IPython'] + ['numpy', 'pandas'] * libs:
        if importlib.util.find_spec(m) is None: return f'needs {m}, which this Python does not have'
    from fuzzer.runner import oracle
    try: oracle()
    except FileNotFoundError as e: return str(e)
    return None


def replay(judge, folder):
    """Check the kept cases; returns the number that miss something."""
    loaded = []
    for path in sorted(folder.glob('*.py')):
        try: loaded.append((path, *cases.load(path.read_text())))
        except ValueError as e: sys.exit(f'{path.name}: {e}')
    failed = 0
    with tempfile.TemporaryDirectory(prefix='soundness-') as tmp:
        for (path, nb, truth), found in zip(loaded, judge.found([nb for _, nb, _ in loaded], tmp)):
            missed = [(0, 'tool', ['failed'])] if found is None else misses(truth, found)
            failed += bool(missed)
            for miss in missed: print(f'{path.name}: {describe(miss)}')
    print(f'soundness: {len(loaded)} cases, {failed} missed')
    return failed


def describe(miss):
    cell, kind, names = miss
    return f'cell {cell} {kind} {", ".join(names)}: missed' if kind != 'tool' else 'the analyzer failed'


def run(a, judge):
    from fuzzer.campaign import Truths, coverage, families, print_table, run_seeds
    seeds = range(*map(int, a.seeds.split(':')))
    tty = sys.stderr.isatty()

    told = set()

    def progress(outcomes, seconds):
        for o in outcomes:      # at once: a long run may be ended before its end
            if o.misses and o.seed not in told:
                told.add(o.seed)
                print(f'missed by seed {o.seed}', file=sys.stderr, flush=True)
        line = f'{len(outcomes)}/{len(seeds)} notebooks, {sum(bool(o.misses) for o in outcomes)} with misses, {len(outcomes) / seconds:.0f}/s'
        if tty: print(f'\r{line} ', end='', file=sys.stderr, flush=True)
        elif len(outcomes) % 10000 < 500 and len(outcomes) >= 10000: print(line, file=sys.stderr, flush=True)
    start = time.time()
    outcomes = run_seeds(seeds, judge, a.jobs, a.libs, progress=progress, truths=Truths(a.truths))
    seconds = time.time() - start
    if tty: print(file=sys.stderr)
    failed = [o for o in outcomes if o.misses]
    cells, ran = sum(o.cells for o in outcomes), sum(o.ran for o in outcomes)
    print(f'soundness: {len(outcomes)} notebooks, {ran} of {cells} cells ran ({ran / max(1, cells):.1%}), {len(failed)} with misses, '
          f'{seconds:.0f} s ({len(outcomes) / seconds:.0f}/s)')
    kinds = collections.Counter(kind for o in failed for _, kind, _ in o.misses)
    if kinds: print('missed: ' + ', '.join(f'{k} {n}' for k, n in kinds.most_common()))
    if a.stats:
        print_table(families(outcomes), 'family')
        print_table(coverage(outcomes), 'construct')
    if failed: print('seeds: ' + ' '.join(str(o.seed) for o in failed[:200]))
    if failed and a.shrink_failures: keep_failures(a, judge, failed)
    return len(failed)


def keep_failures(a, judge, failed):
    """Shrink failures until there are enough distinct ones, and write them as cases."""
    from fuzzer.campaign import each_in_worker
    from fuzzer.shrink import constructs_of, key_of, shape
    kept, groups = set(), collections.defaultdict(list)
    work = [(o.seed, a.libs, judge, key) for o in failed for key in first_of_each_kind(key_of(o.misses))][:a.shrink_failures * 4]
    for (seed, _, _, key), small in zip(work, each_in_worker(shrink_seed, work, a.jobs)):
        if len(kept) >= a.shrink_failures: break
        if small is None or (key[0], shape(small[0])) in kept: continue
        kept.add((key[0], shape(small[0])))
        groups[key[0], constructs_of(small[0])].append(keep(a, seed, key, *small))
    for (kind, made_of), found in sorted(groups.items(), key=lambda g: -len(g[1])):
        print(f'\n== {kind}: {made_of or "plain statements"} ({len(found)})')
        for text in found: print(text, flush=True)


def keep(a, seed, key, nb, truth, missed):
    """Write a shrunk failure as a case; returns its text."""
    text = cases.dump(nb, truth, f'Found by seed {seed}{" with libraries" if a.libs else ""}: ' + '; '.join(describe(m).removesuffix(': missed') for m in missed) + '.')
    a.cases.mkdir(parents=True, exist_ok=True)
    (a.cases / f'seed{seed}-{key[0]}-{key[1].strip("_")}.py').write_text(text)
    return text


def first_of_each_kind(keys):
    return list({kind: (kind, name) for kind, name in sorted(keys, reverse=True)}.values())


def shrink_seed(seed, libs, judge, key=None):
    """Body of a worker: the shrunk notebook of a seed with its truth and misses, or None when nothing is missed."""
    from fuzzer.campaign import judge_all
    from fuzzer.generator import generate
    from fuzzer.runner import Runner, silence
    from fuzzer.shrink import key_of, shrink
    silence()
    runner, nb = Runner(), generate(seed, libs)
    if key is None:
        with tempfile.TemporaryDirectory(prefix='soundness-') as folder:
            keys = sorted(key_of(judge_all(runner, judge, [nb], folder)[0][2]))
            os.chdir('/')
        if not keys: return None
        key = keys[0]
    small = shrink(runner, judge, nb, key)
    os.chdir('/')
    return small


def verify(a):
    """Run notebooks both ways; returns the number that differ."""
    from fuzzer.campaign import in_worker
    from fuzzer.generator import generate
    from fuzzer.runner import differences, oracle
    differing = 0
    with tempfile.TemporaryDirectory(prefix='soundness-') as folder:
        first = int(a.seeds.partition(':')[0]) if a.seeds else 0
        seeds = range(first, first + a.verify_runner)
        mine = in_worker(run_plainly, seeds, a.libs, folder)
        for seed, entries in zip(seeds, mine):
            theirs = oracle().trace(generate(seed, a.libs).write(f'{folder}/{seed}'), no_network=False)
            found = differences(entries, theirs)
            differing += bool(found)
            for d in found: print(f'seed {seed} cell {d[0]} {d[1]}: runner {d[2]}, oracle {d[3]}')
    print(f'soundness: {a.verify_runner} notebooks run both ways, {differing} differ')
    return differing


def run_plainly(seeds, libs, folder):
    from fuzzer.generator import generate
    from fuzzer.runner import Runner, silence
    silence()
    runner, out = Runner(), []
    for seed in seeds:
        nb = generate(seed, libs)
        nb.write(f'{folder}/{seed}')
        out.append(runner.run(nb, f'{folder}/{seed}'))
    os.chdir('/')
    return out


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--tool', help='path of the xetmemo-lint binary')
    ap.add_argument('--predictor', choices=sorted(PREDICTORS), help='a built-in stand-in for the tool')
    ap.add_argument('--seeds', metavar='A:B', help='run the notebooks of these seeds')
    ap.add_argument('--jobs', type=int, default=1)
    ap.add_argument('--libs', action='store_true', help='numpy and pandas too')
    ap.add_argument('--replay', action='store_true', help='check the kept cases')
    ap.add_argument('--cases', type=Path, default=CASES, help='folder of the kept cases')
    ap.add_argument('--truths', type=Path, metavar='FILE', help='take what notebooks showed from this file, and add what it lacks')
    ap.add_argument('--shrink', type=int, metavar='SEED', help='shrink one failing seed and print it')
    ap.add_argument('--shrink-failures', type=int, default=10, metavar='N', help='shrink and keep at most N distinct failures of a run (default 10)')
    ap.add_argument('--stats', action='store_true', help='print figures by construct')
    ap.add_argument('--verify-runner', type=int, metavar='N', help='compare the fast runner with the oracle on N notebooks')
    ap.add_argument('--show', type=int, metavar='SEED', help='print the notebook of a seed')
    ap.add_argument('--not-run', type=Path, metavar='FILE', help='write why the seeds could not be run to this file; nothing where they could')
    a = ap.parse_args()
    if a.tool and a.predictor: ap.error('--tool and --predictor exclude each other')
    if not (a.tool or a.predictor) and (a.seeds or a.replay or a.shrink is not None) and a.verify_runner is None: ap.error('give --tool PATH or --predictor NAME')
    if a.tool:
        a.tool = os.path.abspath(a.tool)
        if not os.access(a.tool, os.X_OK): ap.error(f'{a.tool} is not an executable file')

    from fuzzer.campaign import Judge, in_worker
    judge, failed = Judge(a.tool, a.predictor), 0
    if a.show is not None:
        from fuzzer.generator import generate
        nb = generate(a.show, a.libs)
        print(cases.dump(nb, [dict.fromkeys(cases.KINDS, ()) for _ in nb.cells], f'seed {a.show}'), end='')
        return 0
    if a.replay: failed += replay(judge, a.cases)
    if a.seeds or a.shrink is not None or a.verify_runner is not None:
        why = cannot_run(a.libs)
        if a.not_run: a.not_run.write_text(why + '\n' if why else '')
        if why:
            print(f'soundness: NOT RUN: {why}', file=sys.stderr)
            return 1 if failed else 0 if a.replay else 2
        if os.environ.get('PYTHONHASHSEED') != '0':   # the order of sets must not depend on the process
            os.environ.update(PYTHONHASHSEED='0', PYTHONWARNINGS='ignore')
            args = [s for s in sys.argv[1:] if s != '--replay']
            sys.stdout.flush()
            return os.spawnv(os.P_WAIT, sys.executable, [sys.executable, os.path.abspath(__file__), *args]) or (1 if failed else 0)
    if a.verify_runner is not None: return 1 if verify(a) else 0
    if a.shrink is not None:
        small = in_worker(shrink_seed, a.shrink, a.libs, judge)
        if small is None: print(f'seed {a.shrink}: nothing missed'); return 0
        print(cases.dump(small[0], small[1], f'Found by seed {a.shrink}: ' + '; '.join(describe(m).removesuffix(': missed') for m in small[2]) + '.'), end='')
        return 1
    if a.seeds: failed += run(a, judge)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
