#!/usr/bin/env python3
"""Fuzzer of the runtime: random small notebooks that must do with memos what they do without.

    python fuzz.py --seeds 0:500 --jobs 2             # with written and bare headers
    python fuzz.py --seeds 0:500 --mode auto          # without headers, `%xetmemo auto` on
    python fuzz.py --replay                           # the kept cases
    python fuzz.py --seeds 7:8 --show                 # a seed's notebook, and what the runtime says of it
    python fuzz.py --seeds 0:500 --keep found         # failures made small, a file each

Each notebook is run plain twice (what two plain runs don't agree on isn't compared), with an empty store, again, and after a random
edit, each time in a fresh IPython shell and the next hash seed. What each cell shows, what the names hold and share at the end,
options, environment and files must be the same. Exit: 0 no difference, 1 some, 2 it could not run.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Iterator, List, Optional, Tuple

import fuzzed as notebooks
from compare import Difference, Verdict, judge
from generator import generate
from fuzzed import Notebook
from forks import Parent
from shrink import shrink

CASES = Path(__file__).resolve().parent / "cases"
HASH_SEEDS = (1, 2, 3)

_parents: List[Parent] = []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", metavar="A:B", help="the notebooks of these seeds")
    parser.add_argument("--mode", choices=notebooks.MODES, help="how cells are memoized; without it, by written or bare headers")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--replay", nargs="*", metavar="FILE", help="the kept cases, or these")
    parser.add_argument("--show", action="store_true", help="print each notebook, and what the runtime says")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="write failures, made small, into this folder")
    asked = parser.parse_args()
    if not hasattr(os, "fork"):
        print("fuzz: it needs fork, which this system lacks", file=sys.stderr)
        return 2
    if asked.seeds is None and asked.replay is None:
        parser.error("give --seeds or --replay")
    binary = CASES.parents[2] / "xetmemo-lint"
    if "XETMEMO_LINT" not in os.environ and binary.exists():
        os.environ["XETMEMO_LINT"] = str(binary)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        work = list(_work(asked, parser))
        since = time.monotonic()
        hits = headed = cells = 0
        for done, (name, book, verdict, small) in enumerate(_results(asked, work, folder), 1):
            if done % 100 == 0:
                print(f"{done} of {len(work)} notebooks, {failed} differ", file=sys.stderr, flush=True)
            hits, headed, cells = hits + verdict.hits, headed + verdict.headed, cells + len(book.cells)
            if asked.show:
                print(notebooks.dump(book, name))
                for stage, said in verdict.said.items():
                    for i, lines in enumerate(said):
                        print(f"{stage}, cell {i}: {' | '.join(lines)}")
            if verdict.problem:
                print(f"{name}: a plain run has no end: {verdict.problem}", flush=True)
            if verdict.differences:
                failed += 1
                print(f"{name} ({book.mode}): {verdict.differences[0]}" + (f", and {len(verdict.differences) - 1} more" if len(verdict.differences) > 1 else ""), flush=True)
            if small is not None and asked.keep is not None:
                asked.keep.mkdir(parents=True, exist_ok=True)
                text = notebooks.dump(small[0], f"Found as {name}: {small[1]}.")
                (asked.keep / f"{name.replace(' ', '')}.txt").write_text(text, encoding="utf-8")
                print(text, flush=True)
        seconds = time.monotonic() - since
    print(f"fuzz: {len(work)} notebooks, {failed} differ; {hits} hits of {headed} memoized cells when warm, {cells} cells; {seconds:.0f} s")
    return 1 if failed else 0


def _work(asked: Any, parser: argparse.ArgumentParser) -> Iterator[Tuple[str, Notebook]]:
    if asked.replay is not None:
        for path in [Path(p) for p in asked.replay] or sorted(CASES.glob("*.txt")):
            try:
                book = notebooks.load(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as e:
                parser.error(f"{path}: {e}")
            if asked.mode:
                book.mode = asked.mode
            yield path.stem, book
    if asked.seeds is not None:
        try:
            first, last = map(int, asked.seeds.split(":"))
        except ValueError:
            parser.error("--seeds wants two numbers, such as 0:500")
        for seed in range(first, last):
            yield f"seed {seed}", generate(seed, asked.mode)


def _results(asked: Any, work: List[Tuple[str, Notebook]], folder: str) -> Iterator[Tuple[str, Notebook, Verdict, Optional[Tuple[Notebook, Difference]]]]:
    if asked.jobs <= 1:
        for item in work:
            yield _one((item, folder, asked.keep is not None))
        for parent in _parents:
            parent.stop()
        return
    with multiprocessing.get_context("fork").Pool(asked.jobs) as pool:
        yield from pool.imap(_one, [(item, folder, asked.keep is not None) for item in work])


def _one(job: Any) -> Tuple[str, Notebook, Verdict, Optional[Tuple[Notebook, Difference]]]:
    (name, book), folder, keep = job
    if not _parents:
        _parents.extend(Parent(seed) for seed in HASH_SEEDS)
    place = os.path.join(folder, str(os.getpid()))
    verdict = judge(book, _parents, place)
    small = shrink(book, verdict.differences[0], _parents, place) if keep and verdict.differences else None
    return name, book, verdict, small


if __name__ == "__main__":
    sys.exit(main())
