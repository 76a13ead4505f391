"""``f.forget()`` removes the memos of a function, and explain() shows what differs beside what it was."""

import re

from xetcache import get_memo_path, set_memo_path, stats, xetmemo


def test_forgets_one_function(tmp_path, monkeypatch):
    monkeypatch.setenv("XETCACHE_CONFIG_DIR", str(tmp_path / "config"))
    before = get_memo_path()
    set_memo_path(str(tmp_path / "xmemo"))
    ran = []
    try:

        @xetmemo(always=True)
        def double(x):
            return 2 * x

        @xetmemo(always=True)
        def triple(x):
            return 3 * x

        for _ in range(2):
            ran.append([double(1), double(2), triple(1)])
        hits = stats()["hit"]
        assert double.forget() == 2
        assert [double(1), triple(1)] == [2, 3]
        assert stats()["hit"] == hits + 1
        assert double.forget() == 1 and double.forget() == 0
    finally:
        set_memo_path(before)
    assert ran[0] == ran[1]


def test_explain_shows_old_beside_new(kernels):
    kernel = kernels()
    kernel.run("import xetcache; xetcache.set_runtime_threshold(0)\nn, k = 1, 2\ndef f(): return k")
    kernel.run("%%xetmemo input=n,f output=m\nm = n + f()")
    kernel.run("n = 5")
    kernel.run("%%xetmemo input=n,f output=m\nm = n + f()")
    said = kernel.run("xetcache.explain()").stream("stdout")
    line = next(line for line in said.splitlines() if re.match(r"  inputs +n ", line))
    assert "was " in line and ", is " in line, said
    assert not any("was" in line for line in said.splitlines() if re.match(r"  inputs +[fk] ", line)), said
