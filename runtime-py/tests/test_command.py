"""What the command ``xetcache`` says of a memo folder, and that it forgets."""

import xetcache
from xetcache import xeteval_always
from xetcache.cli import main


def test_version(capsys):
    assert main(["version"]) == 0 and capsys.readouterr().out == f"xetcache {xetcache.__version__}\n"


def test_stats_and_forget(memo_folder, capsys):
    store = ["--store", str(memo_folder)]
    assert main(["stats", *store]) == 1
    for n in range(3):
        xeteval_always(divmod, 7, n + 1)
    capsys.readouterr()
    assert main(["stats", *store]) == 0
    assert "cells    0\ncalls    3\n" in capsys.readouterr().out
    assert main(["forget", "--dry-run", *store]) == 0 and capsys.readouterr().out == "would remove 3 memos\n"
    assert main(["forget", *store]) == 0 and capsys.readouterr().out == "removed 3 memos\n"
    assert main(["forget", *store]) == 1 and not list(memo_folder.glob("k/*/*/*.json"))
