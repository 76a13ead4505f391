"""Run the hooks where teams run them: real pre-commit, pip, ruff and black on scratch git repositories.

    python packaging/hooks_test.py

Installs pre-commit, ruff and black from PyPI into a temporary environment; needs git and Go.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "packaging"))
import wheels  # noqa: E402

VERSION = wheels.current()

STALE = "%%xetmemo input=data output=total\ntotal = sum(data) * factor"
RIGHT = "%%xetmemo input=data,factor output=total\ntotal = sum(data) * factor"


def main():
    with tempfile.TemporaryDirectory() as tmp:
        tmp = pathlib.Path(tmp)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "VIRTUAL_ENV"))}
        env |= {
            "HOME": str(tmp), "PRE_COMMIT_HOME": str(tmp / "pre-commit"), "GOFLAGS": "-modcacherw",
            "GOMODCACHE": go_env("GOMODCACHE"), "GOCACHE": go_env("GOCACHE"),
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
        }
        wheel = wheels.build(VERSION, make(tmp / "dist"), wheels.native())
        venv = tmp / "venv"
        run([sys.executable, "-m", "venv", venv], env)
        bin = venv / ("Scripts" if os.name == "nt" else "bin")
        run([bin / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", "pre-commit", "ruff", "black[jupyter]", wheel], env)
        env["PATH"] = f"{bin}{os.pathsep}{env['PATH']}"

        start_up(bin, env)
        hooks = tagged(tmp / "hooks", env)
        commit_cycle(make(tmp / "golang"), env, [hook_repo(str(hooks))])
        env["PIP_FIND_LINKS"] = str(wheel.parent)
        commit_cycle(make(tmp / "wheel"), env, [local_repo()])
        beside_ruff_and_black(make(tmp / "tools"), env)
    print("all passed")


def go_env(name):
    return subprocess.run(["go", "env", name], check=True, capture_output=True, text=True).stdout.strip()


def make(path):
    path.mkdir(parents=True)
    return path


def run(command, env, cwd=None, code=0):
    p = subprocess.run([str(c) for c in command], env=env, cwd=cwd, capture_output=True, text=True)
    if code is not None and p.returncode != code:
        sys.exit(f"{' '.join(map(str, command))}: exit {p.returncode}, want {code}\n{p.stdout}{p.stderr}")
    return p


def notebook(*sources):
    cells = [{"cell_type": "code", "id": f"c{i}", "metadata": {}, "execution_count": None, "outputs": [], "source": s.splitlines(True)} for i, s in enumerate(sources)]
    return json.dumps({"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def source(path, cell):
    return "".join(json.loads(path.read_text())["cells"][cell]["source"])


def tagged(path, env):
    """A repository of the project's committed state, with a tag, as pre-commit wants it."""
    run(["git", "clone", "-q", "--no-hardlinks", ROOT, path], env)
    run(["git", "tag", "v" + VERSION], env, path)
    return path


def hook_repo(url):
    return f"  - repo: {url}\n    rev: v{VERSION}\n    hooks:\n      - id: xetmemo-annotate\n      - id: xetmemo-check\n"


def local_repo():
    hook = "      - {{id: {0}, name: {0}, entry: xetmemo-lint {1}, language: python, types: [jupyter], additional_dependencies: [xetmemo-lint=={2}]}}\n"
    return "  - repo: local\n    hooks:\n" + hook.format("xetmemo-annotate", "annotate --cells marked", VERSION) + hook.format("xetmemo-check", "check", VERSION)


def commit_cycle(repo, env, entries):
    """A notebook whose code outgrew its header fails the commit, the hook repairs it, and the next commit passes."""
    run(["git", "init", "-q"], env, repo)
    (repo / ".pre-commit-config.yaml").write_text("repos:\n" + "".join(entries))
    path = repo / "nb.ipynb"
    path.write_text(notebook("data, factor = [1, 2], 3", STALE, "print(total)"))
    run(["git", "add", "."], env, repo)
    run(["pre-commit", "install"], env, repo)
    began = time.monotonic()
    first = run(["git", "commit", "-q", "-m", "one"], env, repo, code=1)
    took = time.monotonic() - began
    assert "xetmemo-annotate" in first.stderr and "files were modified by this hook" in first.stderr, first.stderr
    assert source(path, 1) == RIGHT, source(path, 1)
    run(["git", "add", "nb.ipynb"], env, repo)
    began = time.monotonic()
    run(["git", "commit", "-q", "-m", "two"], env, repo)
    print(f"{repo.name}: first commit failed and was repaired ({took:.1f} s with the installation), second passed ({time.monotonic() - began:.2f} s)")


def start_up(bin, env):
    """The wheel's command in a fresh environment, and its start-up time beside ruff's."""
    with tempfile.TemporaryDirectory() as tmp:
        path = pathlib.Path(tmp, "nb.ipynb")
        path.write_text(notebook("data, factor = [1, 2], 3", STALE, "print(total)"))
        p = run([bin / "xetmemo-lint", "check", path], env, code=1)
        assert "XM101 missing-input: factor" in p.stdout, p.stdout
    for command in (["xetmemo-lint", "version"], ["ruff", "--version"]):
        times = []
        for _ in range(30):
            began = time.monotonic()
            run([bin / command[0], *command[1:]], env)
            times.append(time.monotonic() - began)
        print(f"{' '.join(command)}: {min(times) * 1000:.1f} ms at best, {sorted(times)[15] * 1000:.1f} ms in the middle of 30 runs")


def beside_ruff_and_black(repo, env):
    """After init, ruff removes no import that a memoized cell uses, and black formats such cells."""
    run(["git", "init", "-q"], env, repo)
    (repo / "pyproject.toml").write_text("[tool.black]\nline-length = 100\n\n[tool.ruff]\nline-length = 100\n")
    path = repo / "nb.ipynb"
    cells = ["import json\nimport statistics\n\ndata = [1, 2]", '%%xetmemo input=data output=total\ntotal = statistics.mean( data )+len(json.dumps(  data))', "print(total)"]
    path.write_text(notebook(*cells))
    run(["ruff", "check", "--fix", path], env, repo, code=None)
    assert "import" not in source(path, 0), "ruff keeps the imports unasked: the set-up is needless"
    path.write_text(notebook(*cells))
    run(["xetmemo-lint", "init", "--yes"], env, repo)
    run(["ruff", "check", "--fix", path], env, repo)
    assert source(path, 0).startswith("import json\nimport statistics\n"), source(path, 0)
    run(["black", "-q", path], env, repo)
    assert source(path, 1) == "%%xetmemo input=data output=total\ntotal = statistics.mean(data) + len(json.dumps(data))", source(path, 1)
    print("tools: ruff removed no import that is used, black formatted the memoized cell")


if __name__ == "__main__":
    main()
