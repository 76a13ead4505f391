"""Notebooks of ipython-cache, cache-magic and ipycache, run with the packages themselves and, migrated, with this one: the same values.

make build first. It makes environments of its own and installs the packages from PyPI: migrate_test.py [PYTHON]
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINES = [
    "import cache_magic\nlimit = 3\nversion = 2\ndef make(n):\n    return [n]*limit",
    "b = 1\n%cache a = make(4)\nprint(a)\n%cache -v 3 c = make(len(a))",
    "%cache --version version d = make(b)",
    "%cache -r e = make(2)\n%cache g = make({limit})",
    "seen = [a, b, c, d, e, g]",
]
CASES = {
    "ipython-cache": LINES,
    "cache-magic": LINES,
    "ipycache": [
        "%load_ext ipycache\nlimit = 3",
        "%%cache mycache.pkl total, mean\ndata = list(range(limit))\ntotal = sum(data)\nmean = total / len(data)\nprint('done')",
        "%%cache -v -d cache other.pkl top\ntop = total + 1",
        "%%cache --force third.pkl low\nlow = total - 1",
        "seen = [total, mean, top, low]",
    ],
}

# Runs the cells of a notebook as a kernel does, and prints what `seen` is at the end. The shell starts in the notebook's folder.
RUN = """
import builtins, json, pickle, sys, types
from IPython.core.interactiveshell import InteractiveShell
import traitlets, traitlets.config.configurable
# The ipycache on PyPI imports what has another name since Python 3 and IPython 4.
sys.modules.setdefault("cPickle", pickle)
sys.modules.setdefault("IPython.config", types.ModuleType("IPython.config"))
sys.modules.setdefault("IPython.config.configurable", traitlets.config.configurable)
sys.modules.setdefault("IPython.utils.traitlets", traitlets)
builtins.moves = types.SimpleNamespace(builtins=builtins)
shell = InteractiveShell.instance()
for cell in json.load(open(sys.argv[1]))["cells"]:
    result = shell.run_cell("".join(cell["source"]), store_history=True)
    result.raise_error()
print("seen", json.dumps(shell.user_ns["seen"]))
"""


def main() -> int:
    python = sys.argv[1] if len(sys.argv) > 1 else sys.executable
    failed = []
    with tempfile.TemporaryDirectory() as top:
        for package, cells in CASES.items():
            folder = Path(top) / package
            folder.mkdir()
            there, here = environment(folder / "there", python, package), environment(folder / "here", python, str(ROOT / "runtime-py"))
            notebook = folder / "nb.ipynb"
            notebook.write_text(json.dumps(as_notebook(cells)), encoding="utf-8")
            before = [seen(there, notebook) for _ in range(2)]
            subprocess.run([ROOT / "xetmemo-lint", "migrate", notebook], check=True)
            after = [seen(here, notebook) for _ in range(2)]
            print(package, before[0], "as before" if before == after else f"NOT as before: {before} {after}", flush=True)
            if before != after:
                failed.append(package)
    return bool(failed)


def environment(folder: Path, python: str, package: str) -> Path:
    subprocess.run([python, "-m", "venv", folder], check=True)
    found = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([found, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "ipython", package], check=True)
    return found


def seen(python: Path, notebook: Path) -> object:
    environ = {**os.environ, "XETMEMO_LINT": str(ROOT / "xetmemo-lint"), "IPYTHONDIR": str(notebook.parent / "ipython"), "XETCACHE_CONFIG_DIR": str(notebook.parent / "config")}
    environ.pop("PYTHONPATH", None)
    shown = subprocess.run([python, "-c", RUN, notebook], cwd=notebook.parent, env=environ, capture_output=True, text=True)
    lines = [line for line in shown.stdout.splitlines() if line.startswith("seen ")]
    assert shown.returncode == 0 and lines, shown.stdout + shown.stderr
    return json.loads(lines[-1][len("seen ") :])


def as_notebook(cells: list) -> dict:
    made = [{"cell_type": "code", "id": f"c{i}", "metadata": {}, "execution_count": None, "outputs": [], "source": source} for i, source in enumerate(cells)]
    return {"cells": made, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}


if __name__ == "__main__":
    sys.exit(main())
