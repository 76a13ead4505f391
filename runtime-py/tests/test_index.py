"""The index of small memos is a copy: whatever happens to it, values are right, and what it isn't sure of it doesn't say."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import xetcache
from xetcache.store import index

ran = []


def slow(x):
    ran.append(x)
    return [x, "text"]


@pytest.fixture(autouse=True)
def forget():
    ran.clear()


def call(x=1):
    before = len(ran)
    assert xetcache.xeteval(slow, x) == [x, "text"]
    return len(ran) > before


def rows():
    index.flush()
    with sqlite3.connect(index.path()) as connection:
        return connection.execute("SELECT place, name, size, time, data, mac FROM memo").fetchall()


def change(sql, *values):
    with sqlite3.connect(index.path()) as connection:
        connection.execute(sql, values)
    connection.close()


def reopen():
    """As a new process would."""
    index.flush()
    if getattr(index._open, "connection", None) is not None:
        index._open.connection.close()
    index._open.where = None


def test_serves_without_reading_the_manifest(memo_folder, monkeypatch):
    assert call()
    monkeypatch.setattr("xetcache.store.folder.Folder.manifest", lambda *_: pytest.fail("the manifest was read"))
    assert not call()


def test_is_filled_by_a_hit(memo_folder):
    assert call()
    reopen()
    os.unlink(index.path())
    assert not call() and len(rows()) == 1


def test_a_removed_memo_is_gone(memo_folder):
    assert call()
    shutil.rmtree(memo_folder)
    assert call()


def test_a_damaged_memo_is_a_miss(memo_folder):
    assert call()
    (path,) = memo_folder.glob("k/*/*/*.json")
    path.write_bytes(path.read_bytes()[:-1] + b" ")
    assert call()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE memo SET data = replace(CAST(data AS TEXT), 'list', 'tupl')",
        "UPDATE memo SET data = x'00'",
        "UPDATE memo SET data = 'text'",
        "UPDATE memo SET mac = zeroblob(32)",
        "UPDATE memo SET mac = 'x'",
        "UPDATE memo SET name = '../../../../etc/passwd'",
        "DROP TABLE memo",
    ],
)
def test_a_changed_row_is_not_used(memo_folder, sql):
    assert call()
    change(sql)
    reopen()
    assert not call()  # by the manifest
    assert not call()


def test_a_row_counts_for_its_place_alone(memo_folder):
    assert call(1) and call(2)
    (first, *one), (second, *two) = rows()
    change("UPDATE memo SET name = ?, size = ?, time = ?, data = ?, mac = ? WHERE place = ?", *two, first)
    reopen()
    assert not call(1) and not call(2)


def test_somebody_elses_rows_are_not_used(memo_folder, tmp_path, monkeypatch):
    assert call()
    theirs = Path(index.path())
    reopen()
    monkeypatch.setenv("XETCACHE_CONFIG_DIR", str(tmp_path / "me"))
    (tmp_path / "me").mkdir()
    shutil.copy(theirs, tmp_path / "me" / theirs.name)
    (path,) = memo_folder.glob("k/*/*/*.json")
    assert index.get(str(memo_folder), path.parts[-3], path.parts[-2]) is None


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(4000)])
def test_a_file_that_is_no_index_is_made_anew(memo_folder, content):
    Path(index.path()).parent.mkdir(parents=True)
    Path(index.path()).write_bytes(content)
    reopen()
    assert call() and not call() and len(rows()) == 1


def test_without_a_place_to_write(memo_folder, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(index, "path", lambda: str(tmp_path / "file" / "index.sqlite"))
    reopen()
    assert call() and not call()


def test_rows_that_come_fast_are_used_before_they_are_written(memo_folder, monkeypatch):
    monkeypatch.setattr(index, "_SECONDS", 1e9)
    assert call(1) and call(2)
    monkeypatch.setattr("xetcache.store.folder.Folder.manifest", lambda *_: pytest.fail("the manifest was read"))
    assert not call(1) and not call(2)
    assert len(rows()) == 2


def test_rows_are_written_when_the_process_ends(memo_folder, tmp_path):
    script = tmp_path / "process.py"
    script.write_text(PROCESS.replace("150", "20"))
    env = {**os.environ, "PYTHONPATH": str(Path(xetcache.__file__).parents[1])}
    subprocess.run([sys.executable, str(script), str(memo_folder)], env=env, check=True, timeout=60)
    assert len(rows()) == 20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_rows_that_wait_are_not_written_by_a_fork(memo_folder, monkeypatch):
    monkeypatch.setattr(index, "_SECONDS", 1e9)
    assert call(1) and call(2)
    child = os.fork()
    if child == 0:
        index.flush()
        os._exit(0)
    os.waitpid(child, 0)
    with sqlite3.connect(index.path()) as connection:
        assert connection.execute("SELECT count(*) FROM memo").fetchone() == (1,)  # the first goes at once


def test_an_index_of_another_version_is_emptied(memo_folder):
    assert call()
    reopen()
    change("PRAGMA user_version = 1")
    assert index.get(str(memo_folder), "_", "0" * 64) is None and rows() == []
    assert not call() and len(rows()) == 1


def test_large_values_are_not_kept(memo_folder):
    assert xetcache.xeteval(lambda: "x" * 100_000) == "x" * 100_000
    assert not Path(index.path()).exists() or rows() == []


PROCESS = """
import sys, xetcache
xetcache.set_memo_path(sys.argv[1])
xetcache.set_runtime_threshold(0)
def slow(x): return [x, "text"]
for _ in range(2):
    for x in range(150):
        assert xetcache.xeteval(slow, x) == [x, "text"]
print(xetcache.stats()["hit"])
"""


def test_eight_processes(memo_folder, tmp_path):
    script = tmp_path / "process.py"
    script.write_text(PROCESS)
    env = {**os.environ, "PYTHONPATH": str(Path(xetcache.__file__).parents[1])}
    run = [sys.executable, str(script), str(memo_folder)]
    started = [subprocess.Popen(run, env=env, stdout=subprocess.PIPE, text=True) for _ in range(8)]
    hits = [int(p.communicate(timeout=120)[0].split()[-1]) for p in started]
    assert all(p.returncode == 0 for p in started)
    assert all(h >= 150 for h in hits), hits  # the second round is all hits
    assert len(list(memo_folder.glob("k/*/*/*.json"))) == 150  # each was published once
