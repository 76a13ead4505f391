"""Two people, one repository with black, ruff, nbstripout and pre-commit, memos committed, ten commits each.

    python packaging/team_test.py

No merge may conflict, in notebooks or memos; no import may be lost; every changed line must be one that somebody changed; and a
notebook that is run again, by either, must be what it was. Installs from PyPI into a temporary environment; needs git and Go.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "packaging"))
import wheels  # noqa: E402
from hooks_test import make, notebook, run, source  # noqa: E402

ROUNDS = 10
CELLS = [
    "import json\nimport statistics\n\nimport xetcache\n\nimport helper\n\nxetcache.set_runtime_threshold(0)",
    "data = [1, 2, 3, 4]\nada = 0\nbob = 0",
    '%%xetmemo input=data,ada,helper.scaled output=low\nlow = [helper.scaled(x, ada) for x in data]\nprint(json.dumps(low))',
    '%%xetmemo input=data,bob output=high\nhigh = statistics.mean(data) + bob\nprint(high)',
    "print(low, high)",
]
HELPER = "def scaled(x, by):\n    return x * (by + {0})\n"
HOOKS = """\
repos:
  - repo: local
    hooks:
      - {id: black, name: black, entry: black -q, language: system, types: [jupyter]}
      - {id: ruff, name: ruff, entry: ruff check -q --fix, language: system, types: [jupyter]}
      - {id: annotate, name: annotate, entry: xetmemo-lint annotate --cells marked, language: system, types: [jupyter]}
      - {id: check, name: check, entry: xetmemo-lint check, language: system, types: [jupyter]}
"""

# Runs a notebook from top to bottom and saves it, as an editor does.
EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
nb = nbformat.read(sys.argv[1], 4)
NotebookClient(nb, timeout=120, kernel_name="python3", record_timing=False).execute()
nbformat.write(nb, sys.argv[1])
print("".join(o.get("text", "") for c in nb.cells for o in c.get("outputs", ())))
"""


class Person:
    """A clone with a home of its own."""

    def __init__(self, name, top, origin, env):
        self.name, self.repo = name, top / name
        home = make(top / f"home-{name}")
        self.env = env | {"HOME": str(home), "IPYTHONDIR": str(home / "ipython"), "JUPYTER_DATA_DIR": str(home / "jupyter")}
        self.env |= {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in (("NAME", name), ("EMAIL", f"{name}@example.org"))}
        self.git("clone", "-q", str(origin), str(self.repo), cwd=top)
        run(["nbstripout", "--install"], self.env, self.repo)
        run(["pre-commit", "install"], self.env, self.repo)

    def git(self, *words, cwd=None, code=0):
        return run(["git", *words], self.env, cwd or self.repo, code).stdout

    def execute(self):
        """Run the notebook; what it showed."""
        return run([sys.executable if "PYTHON" not in self.env else self.env["PYTHON"], "-c", EXECUTE, "nb.ipynb"], self.env, self.repo).stdout

    def edit(self, before, after, path="nb.ipynb"):
        text = (self.repo / path).read_text(encoding="utf-8")
        changed = re.sub(before, after, text)
        assert changed != text, f"{before} is not in {path}"
        (self.repo / path).write_text(changed, encoding="utf-8")

    def commit(self, message):
        """Commit all, if there is something; hooks that changed something are believed once."""
        self.git("add", "-A")
        if not self.git("status", "--porcelain"):
            return
        if subprocess.run(["git", "commit", "-qm", message], cwd=self.repo, env=self.env, capture_output=True).returncode:
            self.git("add", "-A")
            self.git("commit", "-qm", message)

    def changed(self):
        """The lines of notebook and code that the last commit changed."""
        diff = self.git("show", "--format=", "-U0", "--", "nb.ipynb", "helper.py")
        return [line for line in diff.splitlines() if re.match(r"[+-](?![+-]{2} )", line)]


def main():
    with tempfile.TemporaryDirectory() as tmp:
        top = pathlib.Path(tmp)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "VIRTUAL_ENV", "XETCACHE", "XETMEMO", "PYTHONPATH", "XDG_"))}
        env["PRE_COMMIT_HOME"] = str(top / "pre-commit")
        dist = make(top / "dist")
        linter, runtime = wheels.build(wheels.current(), dist, wheels.native()), wheels.runtime(wheels.current(), dist)
        run([sys.executable, "-m", "venv", top / "venv"], env)
        bin = top / "venv" / ("Scripts" if os.name == "nt" else "bin")
        run([bin / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", "pre-commit", "ruff", "black[jupyter]", "nbstripout", "nbclient", "ipykernel", linter, runtime], env)
        env |= {"PATH": f"{bin}{os.pathsep}{env['PATH']}", "PYTHON": str(bin / "python")}
        origin = top / "origin.git"
        run(["git", "init", "-q", "--bare", "-b", "main", origin], env)
        ada = begin(top, origin, env)
        bob = Person("bob", top, origin, env)
        for number in range(1, ROUNDS + 1):
            work(ada, bob, number)
        end(ada, bob)
    print("all passed")


def begin(top, origin, env):
    """Ada sets the project up."""
    ada = Person("ada", top, origin, env)
    (ada.repo / "nb.ipynb").write_text(notebook(*CELLS), encoding="utf-8")
    (ada.repo / "helper.py").write_text(HELPER.format(1), encoding="utf-8")
    (ada.repo / "pyproject.toml").write_text("[tool.black]\n\n[tool.ruff]\n", encoding="utf-8")
    (ada.repo / ".gitignore").write_text("__pycache__/\n.ipynb_checkpoints/\n", encoding="utf-8")
    run(["xetmemo-lint", "init", "--yes"], ada.env, ada.repo)
    (ada.repo / ".pre-commit-config.yaml").write_text(HOOKS, encoding="utf-8")
    ada.git("checkout", "-qb", "main", code=None)
    ada.execute()
    ada.commit("begin")
    ada.git("push", "-q", "origin", "HEAD:main")
    return ada


def work(ada, bob, number):
    """Both change the notebook at the same time, run it, and commit; the second to push takes what the first has pushed."""
    ada.edit(rf"ada = \d+", f"ada = {number}")
    allowed = {"ada = "}
    if number % 3 == 0:
        ada.edit(r"by \+ \d+", f"by + {number}", "helper.py")
        allowed.add("by + ")
    bob.edit(r"print\((high.*?)\)", rf"print(\1, {number})")
    for person, causes in ((ada, allowed), (bob, {"print(high"})):
        person.execute()
        person.commit(f"{person.name} {number}")
        stray = [line for line in person.changed() if not any(cause in line for cause in causes)]
        assert not stray, f"{person.name} {number}: lines that nobody changed: {stray}"
        left = person.git("status", "--porcelain") + person.git("diff", "--no-textconv")
        assert not left, f"{person.name} {number}: not committed: {left}"
    ada.git("push", "-q", "origin", "HEAD:main")
    bob.git("pull", "-q", "--rebase", "origin", "main")  # it fails on a conflict
    bob.git("push", "-q", "origin", "HEAD:main")
    ada.git("pull", "-q", "--rebase", "origin", "main")


def end(ada, bob):
    for person in (ada, bob):
        cells = json.loads((person.repo / "nb.ipynb").read_text(encoding="utf-8"))["cells"]
        assert source(person.repo / "nb.ipynb", 0) == CELLS[0], f"{person.name} lost an import: {cells[0]['source']}"
        assert f"ada = {ROUNDS}" in source(person.repo / "nb.ipynb", 1)
        assert source(person.repo / "nb.ipynb", 3).count(",") >= ROUNDS
    ada.execute()
    ada.commit("what the merge needs")
    ada.git("push", "-q", "origin", "HEAD:main")
    bob.git("pull", "-q", "--rebase", "origin", "main")
    shown = [person.execute() for person in (ada, bob, ada, bob)]
    assert len(set(shown)) == 1 and shown[0].count("xetmemo: hit") == 2, f"runs of one commit differ: {set(shown)}"
    for person in (ada, bob):
        person.git("add", "-A")  # git takes a file of another size for changed until it is filtered
        assert person.git("status", "--porcelain") == "", f"{person.name} has a diff without a cause: {person.git('status', '--porcelain')}{person.git('diff')}"
    commits = ada.git("rev-list", "--count", "HEAD").strip()
    memos = sum(1 for _ in (ada.repo / "xmemo").rglob("*.json"))
    print(f"{commits} commits, {memos} memos: no conflict, no import lost, no diff without a cause; runs by both save the same bytes")


if __name__ == "__main__":
    main()
