"""Whether a notebook does with memos what it does without: run plain, with an empty store, again, and after its edit."""

from __future__ import annotations

import os
import shutil
from typing import Dict, List, NamedTuple, Tuple

from fuzzed import Notebook, plain
from forks import Parent, Ran

START = "import xetcache; xetcache.load_ipython_extension(get_ipython()); xetcache.set_memo_path('../xmemo'); xetcache.set_runtime_threshold(0)"
AUTO = START + "\nget_ipython().run_line_magic('xetmemo', 'auto')"


class Difference(NamedTuple):
    """What is other with memos."""

    stage: str  # cold, warm or edited
    where: str  # "cell 3", or what is left at the end
    wanted: str
    got: str

    def __str__(self) -> str:
        return f"{self.stage}, {self.where}: {self.wanted.strip()[:300]!r} without memos, {self.got.strip()[:300]!r} with them"


class Verdict(NamedTuple):
    differences: List[Difference]
    said: Dict[str, List[List[str]]]  # by stage and cell
    hits: int
    headed: int  # cells that may be hits
    failed: int  # cells of the plain run that raise
    problem: str = ""


def judge(notebook: Notebook, parents: List[Parent], folder: str) -> Verdict:
    """Run a notebook in every way. folder is emptied first; the parents are used in turn, so that hash seeds differ."""
    shutil.rmtree(folder, ignore_errors=True)
    turn = iter(range(1000))
    where = os.path.join(folder, "run")

    def run(cells: List[str], files: Dict[str, str], setup: str) -> Ran:
        _prepare(where, files)
        return parents[next(turn) % len(parents)].run(cells, where, setup)

    setup = AUTO if notebook.mode == "auto" else START
    bare = [plain(cell) for cell in notebook.cells]
    truth = [run(bare, notebook.files, "") for _ in range(2)]
    differences: List[Difference] = []
    said: Dict[str, List[List[str]]] = {}
    for stage in ("cold", "warm"):
        got = run(notebook.cells, notebook.files, setup)
        said[stage] = got.said
        differences += _between(stage, truth, got)
    if notebook.has_edit():
        files = {**notebook.files, **notebook.edited_files}
        truth_after = [run([plain(cell) for cell in notebook.edited()], files, "") for _ in range(2)]
        got = run(notebook.edited(), files, setup)
        said["edited"] = got.said
        differences += _between("edited", truth_after, got)
    hits = sum(line.startswith("hit") for lines in said["warm"] for line in lines)
    headed = sum(cell.startswith("%%xetmemo") for cell in notebook.cells) if notebook.mode != "auto" else len(notebook.cells)
    failed = sum("Error: " in shown for shown in truth[0].shown)
    return Verdict(differences, said, hits, headed, failed, next((t.problem for t in truth if t.problem), ""))


def _between(stage: str, truth: List[Ran], got: Ran) -> List[Difference]:
    """What differs from the plain runs, of what these agree on."""
    one, two = truth
    if one.problem or two.problem:
        return []
    if got.problem:
        return [Difference(stage, "the shell", "", got.problem)]
    found = [Difference(stage, f"cell {i}", a, c) for i, (a, b, c) in enumerate(zip(one.shown, two.shown, got.shown)) if a == b and a.rstrip() != c.rstrip()]
    agreed: List[Tuple[str, str]] = [(name, value) for name, value in one.after.items() if two.after.get(name) == value]
    found += [Difference(stage, name, value, got.after.get(name, "nothing")) for name, value in agreed if got.after.get(name) != value]
    found += [Difference(stage, name, "nothing", got.after[name]) for name in got.after if name not in one.after and name not in two.after]
    return found


def _prepare(folder: str, files: Dict[str, str]) -> None:
    """The files of a notebook and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
