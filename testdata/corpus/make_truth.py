#!/usr/bin/env python3
"""Run the notebooks of this folder under the project's oracle, and write beside each what its cells were seen to do.

    python3.11 -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python make_truth.py ORACLE

The oracle is a tracer for IPython on CPython 3.11 that is not part of this tree; what it saw is kept in
NOTEBOOK.truth.json, so that the notebooks can be scored without it. Names that aren't scored are left out of it on both
sides, and listed as such: modules, what only imports from outside bind, builtins, objects that change when merely looked at.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("oracle", type=Path, help="folder of the oracle: trace.py, externals.py, score.py")
    oracle = parser.parse_args().oracle
    sys.path.insert(0, str(oracle.resolve()))
    import score

    with tempfile.TemporaryDirectory() as folder:
        truths = Path(folder)
        for notebook in sorted(FOLDER.glob("*.ipynb")):
            subprocess.run([sys.executable, oracle / "trace.py", notebook, "--out", truths / (notebook.name + ".json")], check=True)
        subprocess.run([sys.executable, oracle / "externals.py", FOLDER, truths], check=True)
        for notebook in sorted(FOLDER.glob("*.ipynb")):
            truth = json.loads((truths / (notebook.name + ".json")).read_text())
            if truth["status"] != "ok":
                sys.exit("%s: %s, first in cell %s" % (notebook.name, truth["status"], truth["first_error"]))
            out = notebook.with_suffix(".truth.json")
            out.write_text(json.dumps(reduced(score, truth), indent=1) + "\n")


def reduced(score, truth):
    dropped = score.left_out(truth)
    cells = []
    for cell in truth["cells"]:
        drawn = {n for n, t in cell["types"].items() if t["type"].startswith(score.IGNORED_TYPES)}
        restless = {n for n, t in cell["types"].items() if t["type"].startswith(score.SELF_CHANGING_TYPES)}
        kept = lambda names, *sets: sorted(set(names).difference(dropped, drawn, *sets))
        cells.append(
            {
                "index": cell["index"],
                "reads": kept(cell["reads"]),
                "binds": kept(cell["writes"]),
                "mutates": kept(cell["mutates"], restless),
                "deletes": kept(cell["deletes"]),
                "left_out": sorted(drawn | restless),
            }
        )
    return {"left_out": sorted(dropped - score.BUILTINS), "cells": cells}


if __name__ == "__main__":
    main()
