"""Five notebooks in auto mode and, converted, in marimo with ``cache_cells``: seconds plain, cold, warm and after an edit, and wrong results.

    python bench/marimo_beside.py --marimo PYTHON

PYTHON is one that has marimo and what the notebooks import; this one runs the notebooks as they are. Their slow cells wait for four
seconds, which stands for work. A result is wrong if it isn't what the same cells give without a memo. Marimo's times are those of
``marimo export ipynb``, with its start; ours are those of a kernel, with its start.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from conftest import Kernel  # noqa: E402

# Of each notebook the cells, what is edited (a cell by its index, or a file by its name), and the files beside it.
NOTEBOOKS = {
    "a chain of values": (
        ["import time\nimport sklearn.linear_model", "rows = [3, 1, 2]", "time.sleep(4)\ndoubled = [2 * r for r in rows]\ndoubled", "time.sleep(4)\ntotal = sum(doubled)\ntotal", "total + 1"],
        {1: "rows = [3, 1, 2, 4]"}, {}),
    "a list that is added to": (
        ["import time\nimport sklearn.linear_model", "rows = [3, 1, 2]", "rows.append(4)\ndone = True", "done\ntime.sleep(4)\ntotal = sum(rows)\ntotal", "total + 1"],
        {2: "rows.append(5)\ndone = True"}, {}),
    "a module that a module imports": (
        ["import time\nimport sklearn.linear_model\nfrom clean import cleaned", "time.sleep(4)\nrows = cleaned([3, 1, 2])\nrows", "time.sleep(4)\ntotal = sum(rows)\ntotal"],
        {"rules.py": "LIMIT = 3\n"}, {"clean.py": "import rules\n\ndef cleaned(rows):\n    return [r for r in rows if r < rules.LIMIT]\n", "rules.py": "LIMIT = 2\n"}),
    "a file that is read": (
        ["import time\nimport sklearn.linear_model", "time.sleep(4)\nwords = open('text.txt').read().split()\nwords", "time.sleep(4)\ncount = len(words)\ncount"],
        {"text.txt": "one two three"}, {"text.txt": "one two"}),
    "a model that is fitted in place": (
        ["import time\nimport numpy as np\nfrom sklearn.linear_model import LinearRegression", "x = np.arange(6.0).reshape(-1, 1)\ny = 2 * x.ravel()",
         "model = LinearRegression()", "time.sleep(4)\nfitted = model.fit(x, y)\nround(float(fitted.coef_[0]), 6)", "time.sleep(4)\nfitted\nguess = round(float(model.predict([[10.0]])[0]), 6)\nguess"],
        {1: "x = np.arange(6.0).reshape(-1, 1)\ny = 3 * x.ravel()"}, {}),
}  # fmt: skip

STAGES = ("plain", "cold", "warm", "edited")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--marimo", required=True, help="a Python with marimo")
    marimo = parser.parse_args().marimo
    print("| notebook | tool | plain | cold | warm | after the edit | wrong results |\n|---|---|---|---|---|---|---|")
    for name, (cells, edit, files) in NOTEBOOKS.items():
        for tool, run in (("xetcache", in_kernel), ("marimo", lambda *given: in_marimo(marimo, *given))):
            with tempfile.TemporaryDirectory() as folder:
                took, wrong = stages(Path(folder), run, cells, edit, files)
            print(f"| {name} | {tool} | " + " | ".join(f"{took[stage]:.1f} s" for stage in STAGES) + f" | {wrong} |", flush=True)


def stages(folder, run, cells, edit, files):
    """The seconds of each stage, and how many results were wrong."""
    edited = [edit.get(i, cell) for i, cell in enumerate(cells)]
    changed = {file: text for file, text in edit.items() if isinstance(file, str)}
    took, shown = {}, {}
    for stage, memos, given, there in (
        ("plain", False, cells, files), ("cold", True, cells, files), ("warm", True, cells, {}), ("edited", True, edited, changed), ("edited plain", False, edited, {}),
    ):  # fmt: skip
        for file, text in there.items():
            (folder / file).write_text(text)
        since = time.perf_counter()
        shown[stage] = run(folder, given, memos)
        took[stage] = time.perf_counter() - since
    pairs = [(stage, "plain") for stage in ("cold", "warm")] + [("edited", "edited plain")]
    return took, sum(a != b for stage, truth in pairs for a, b in zip(shown[stage], shown[truth], strict=True))


def in_kernel(folder, cells, memos):
    kernel = Kernel(folder)
    try:
        kernel.run("%load_ext xetcache\n%xetmemo auto" if memos else "pass")
        return [kernel.run(cell).result for cell in cells]
    finally:
        kernel.stop()


def in_marimo(python, folder, cells, memos):
    (folder / "pyproject.toml").write_text(f"[tool.marimo.runtime]\ncache_cells = {str(memos).lower()}\n")
    plain = folder / "notebook.ipynb"
    made = [{"cell_type": "code", "id": f"c{i}", "metadata": {}, "outputs": [], "execution_count": None, "source": cell} for i, cell in enumerate(cells)]
    plain.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    env = dict(os.environ, HOME=str(folder), XDG_CONFIG_HOME=str(folder / ".config"), XDG_CACHE_HOME=str(folder / ".cache"))

    def marimo(*args):
        subprocess.run([python, "-m", "marimo", *args], cwd=folder, env=env, check=True, capture_output=True, stdin=subprocess.DEVNULL)

    (folder / "notebook.py").unlink(missing_ok=True)
    marimo("convert", "notebook.ipynb", "-o", "notebook.py")
    marimo("export", "ipynb", "notebook.py", "-o", "shown.ipynb", "--include-outputs", "-f", "--sort", "top-down")
    shown = json.loads((folder / "shown.ipynb").read_text())["cells"]
    return [_text(cell) for cell in shown if cell["cell_type"] == "code"]


def _text(cell):
    found = [out.get("data", {}) for out in cell["outputs"] if out["output_type"] in ("display_data", "execute_result")]
    found += [{"error": out} for out in cell["outputs"] if out["output_type"] == "error"]
    return json.dumps(found, sort_keys=True)


if __name__ == "__main__":
    main()
