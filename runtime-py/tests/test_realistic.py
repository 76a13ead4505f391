'''Cells as people write them, in real kernels: a hit leaves and shows what a plain run does, and nothing is stale.

Each case of ``realistic/*.txt`` runs in three kernels: without the header, with it (a miss), and with it again in a kernel that
hasn't run it (a hit, unless the case says otherwise). Then each edit is made alone, and the memo of before must not be taken for it.

    === name of the case
    # file lib.py            what follows is this file, up to the next such line
    # setup                  a cell before the memoized one
    # cell input=x output=y  the memoized one, with its header
    # then                   a cell after it: it must print and give the same (there may be several)
    # edit old → new         in the setup or the cell, or in the file; the cell must run again, and then say what a plain run says
    # same old → new         likewise, but the cell must be a hit
    # needs pandas 3         skipped where the library isn't there, or is older
    # not stored text        instead of a hit: the cell runs each time, and its line has this text
    # wrong text             the runtime is known to do this, and should not: the test says so as soon as it is right
'''

import re
from pathlib import Path

import pytest

START = '''
%reset -f
import os, sys, xetcache
xetcache.set_runtime_threshold(0)
xetcache.set_memo_path({store!r})
sys.dont_write_bytecode = True
for _name in [n for n, m in sys.modules.items() if getattr(m, "__file__", None) and os.path.dirname(m.__file__).startswith({root!r})]:
    del sys.modules[_name]
os.chdir({folder!r})
sys.path[:] = [p for p in sys.path if not p.startswith({root!r})] + [{folder!r}]
'''

PROBE = '''
import re as _re
from xetcache.digest import digest as _digest, Unhashable as _Unhashable
for _name in {names!r}:
    _value = globals().get(_name, "not set")
    try:
        _seen = _digest(_value)
    except _Unhashable as _e:
        _seen = "unhashable"
    print(_name, type(_value), _re.sub(r"0x[0-9a-fA-F]+", "0x", repr(_value))[:500], _seen)
'''


class Case:
    def __init__(self, text):
        self.name, _, body = text.partition("\n")
        self.files, self.setup, self.header, self.cell, self.then, self.edits, self.refused = {}, [], "", "", [], [], None
        self.needs, self.wrong = [], None
        parts = re.split(r"^# (file|setup|cell|then|edit|same|not stored|needs|wrong)\b[ ]?(.*)\n", body, flags=re.MULTILINE)
        assert not parts[0].strip(), self.name
        for what, rest, text in zip(parts[1::3], parts[2::3], parts[3::3]):
            text = text.strip("\n")
            if what == "file":
                self.files[rest] = text + "\n"
            elif what == "setup":
                self.setup.append(text)
            elif what == "cell":
                self.header, self.cell = rest, text
            elif what == "then":
                self.then.append(text)
            elif what == "needs":
                self.needs.append(rest)
            elif what == "wrong":
                self.wrong = rest
            elif what == "not stored":
                self.refused = rest
            else:
                old, new = (part.strip().replace("⏎", "\n") for part in rest.split("→"))
                self.edits.append((what, old, new))

    def outputs(self):
        return re.search(r"output=(\S*)", self.header).group(1).split(",")


def cases():
    for path in sorted((Path(__file__).parent / "realistic").glob("*.txt")):
        for text in path.read_text(encoding="utf-8").split("=== ")[1:]:
            yield Case(text)


def play(kernel, folder, case, memo, old="", new=""):
    """What running the case shows and leaves, and what the runtime says of the cell."""
    hits = 0
    edited = lambda text: text.replace(old, new, 1) if old else text  # noqa: E731
    for name, text in case.files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(edited(text), encoding="utf-8")
        hits += old in text
    hits += sum(old in text for text in [*case.setup, case.cell])
    assert hits or not old, f"{case.name}: no {old!r}"
    started = kernel.run(START.format(store=str(folder / "xmemo"), folder=str(folder), root=str(folder.parent)))
    assert started.error is None, started.error
    seen = []
    for source in case.setup:
        outcome = kernel.run(edited(source))
        assert outcome.error is None, f"{case.name}: {outcome.error}\n{source}"
    outcome = kernel.run((f"%%xetmemo {case.header}\n" if memo else "") + edited(case.cell))
    seen.append((clean(outcome.shown), outcome.error, outcome.status))
    for source in [PROBE.format(names=case.outputs()), *case.then]:
        after = kernel.run(source)
        seen.append((source, clean(after.shown), after.error))
    return seen, outcome.lines


def clean(shown):
    """Without addresses, and without the times that %%time prints."""
    text = repr([tuple(dict(sorted(x.items())) if isinstance(x, dict) else x for x in item) for item in shown])
    text = re.sub(r"0x[0-9a-fA-F]+", "0x", text)
    return re.sub(r"(Wall time|CPU times): [^\\]*", r"\1", text)


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    from conftest import Kernel

    folder = tmp_path_factory.mktemp("realistic")
    kernels = [Kernel(folder) for _ in range(3)]
    yield kernels, folder
    for kernel in kernels:
        kernel.stop()


def marked(case):
    return pytest.param(case, id=case.name, marks=[pytest.mark.xfail(reason=case.wrong, strict=True)] if case.wrong else [])


@pytest.mark.parametrize("case", [marked(case) for case in cases()])
def test_case(case, three):
    for name in case.needs:
        library, _, version = name.partition(" ")
        pytest.importorskip(library, minversion=version or None)
    (plain, cold, warm), root = three
    folder = root / re.sub(r"\W", "_", case.name)
    folder.mkdir()
    want, _ = play(plain, folder, case, memo=False)
    got, lines = play(cold, folder, case, memo=True)
    assert got == want, lines
    if case.refused is None:
        assert len(lines) == 1 and lines[0].startswith("miss") and "; stored" in lines[0], lines
    else:
        assert case.refused in "\n".join(lines), lines
    got, lines = play(warm, folder, case, memo=True)
    assert got == want, lines
    if case.refused is None:
        assert len(lines) == 1 and lines[0].startswith("hit"), lines
    for what, old, new in case.edits:
        want, _ = play(plain, folder, case, False, old, new)
        got, lines = play(warm, folder, case, True, old, new)
        assert got == want, (old, new, lines)
        assert lines and lines[-1].startswith("hit" if what == "same" else "miss"), (old, new, lines)


def test_there_are_enough():
    assert len(list(cases())) >= 30
