"""Two people compute cells, commit and merge: no conflict, and both hit."""

import shutil
import subprocess

import pytest

CELLS = {name: f"%%xetmemo input=x output={name} always=True\n{name} = [x, '{name}'] * 3\n{name}" for name in ("same", "mine", "yours")}


def git(folder, *args):
    done = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *args], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("big", [False, True], ids=["inline", "blobs"])
def test_two_clones(tmp_path, kernels, big):
    origin, one, two = (tmp_path / name for name in ("origin", "one", "two"))
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(origin))
    git(tmp_path, "clone", "-q", str(origin), str(one))
    (one / "notebook.txt").write_text("x\n")
    git(one, "checkout", "-q", "-B", "main")
    git(one, "add", ".")
    git(one, "commit", "-q", "-m", "start")
    git(one, "push", "-q", "-u", "origin", "main")
    git(tmp_path, "clone", "-q", str(origin), str(two))
    cells = {name: cell.replace("* 3", "* 5000") + "; len(%s)" % name if big else cell for name, cell in CELLS.items()}
    for folder, own in ((one, "mine"), (two, "yours")):
        kernel = kernels(folder, XETCACHE_CONFIG_DIR=str(tmp_path / f"config {folder.name}"))
        kernel.run("import xetcache; x = 1")
        for name in ("same", own):
            assert kernel.run(cells[name]).lines[0].startswith("miss; stored")
        git(folder, "add", "xmemo/")
        assert ".local" not in git(folder, "status", "--porcelain")
        git(folder, "commit", "-q", "-m", f"memo {own}")
    git(one, "push", "-q")
    git(two, "pull", "-q", "--no-rebase", "--no-edit")
    git(two, "push", "-q")
    git(one, "pull", "-q")
    for folder in (one, two):
        kernel = kernels(folder, XETCACHE_CONFIG_DIR=str(tmp_path / f"config {folder.name}"))
        kernel.run("import xetcache; x = 1")
        for name in CELLS:
            outcome = kernel.run(cells[name])
            assert outcome.lines[0].startswith("hit"), outcome.lines
            assert not outcome.error
        assert git(folder, "status", "--porcelain") == ""
