"""Sessions in real kernels, one a file of ``sessions/``.

A session is a list of cells. A line ``# %%`` begins a cell, with a word about it:

    # %%                    run it
    # %% restart            first start a new kernel in the same folder
    # %% file utils.py      write this file instead of running anything
    # %% remove utils.py    remove a file or folder
    # %% needs pandas       skip the session visibly if the package is missing

and lines ``#| what: text`` in a cell are taken out and compared with what the cell did:

    #| hit                  the cell was taken from its memo          #| hit: text    … and said this
    #| miss                 it ran and was stored                     #| miss: text   … and said this
    #| says: text           a line of the runtime holds this text
    #| says nothing         the runtime said nothing
    #| stdout: text         what it printed holds this text; ``#| no stdout: text`` it doesn't
    #| stderr: text         the same of stderr, ``#| no stderr: text`` it doesn't
    #| result: text         its result as text is this
    #| shows: mime          a display of this type
    #| error: text          it raised this
    #| as before            it showed the same, in the same order, as the same cell did before

Cells start with ``import xetcache`` and a threshold of 0.
"""

import re
import shutil
from pathlib import Path

import pytest

SESSIONS = sorted((Path(__file__).parent / "sessions").glob("*.txt"))
START = "import xetcache; xetcache.set_runtime_threshold(0)"


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_session(path, tmp_path, kernels):
    kernel = None
    before = {}
    for number, (head, body) in enumerate(_cells(path.read_text(encoding="utf-8"))):
        word, _, rest = head.partition(" ")
        if word == "needs":
            pytest.importorskip(rest)
            continue
        if word == "file":
            (tmp_path / rest).parent.mkdir(exist_ok=True)
            (tmp_path / rest).write_text(body, encoding="utf-8")
            continue
        if word == "remove":
            target = tmp_path / rest
            shutil.rmtree(target) if target.is_dir() else target.unlink()
            continue
        assert word in ("", "restart"), f"{path.name}: what is '# %% {head}'?"
        if kernel is None or word == "restart":
            if kernel is not None:
                kernel.stop()
            kernel = kernels()
            kernel.run(START)
        source, wanted = _split(body)
        outcome = kernel.run(source)
        place = f"{path.name} cell {number}:\n{source}\nsaid {outcome.lines}, error {outcome.error}, showed {outcome.shown}"
        if not any(line.startswith("error") for line in wanted):
            assert outcome.error is None, place
        for line in wanted:
            assert _holds(line, outcome, before.get(source)), f"not so: {line}\n{place}"
        before[source] = outcome


def _holds(line, outcome, before):
    what, _, text = line.partition(": ")
    said = "\n".join(outcome.lines)
    if what in ("hit", "miss"):
        good = [x for x in outcome.lines if x.startswith(what) and text in x]
        return len(good) == 1 and (what == "hit" or "; stored" in good[0])
    if what == "says":
        return text in said
    if what == "says nothing":
        return not outcome.lines
    if what == "stdout":
        return text in outcome.stdout
    if what == "no stdout":
        return text not in outcome.stdout
    if what == "stderr":
        return text in outcome.stream("stderr")
    if what == "no stderr":
        return text not in outcome.stream("stderr")
    if what == "result":
        return outcome.result == text
    if what == "shows":
        return any(text in x[1] for x in outcome.shown if x[0] in ("display_data", "execute_result"))
    if what == "error":
        return outcome.error is not None and text in outcome.error and len(outcome.traceback) == 1
    if what == "as before":
        return before is not None and before.shown == outcome.shown and bool(outcome.shown)
    raise AssertionError(f"what is '#| {line}'?")


def _cells(text):
    parts = re.split(r"^# %%[ ]?(.*)\n", text, flags=re.MULTILINE)
    return [(head.strip(), body.rstrip("\n") + "\n") for head, body in zip(parts[1::2], parts[2::2])]


def _split(body):
    lines = body.splitlines()
    source = "\n".join(line for line in lines if not line.startswith("#| "))
    return source.rstrip("\n"), [line[3:] for line in lines if line.startswith("#| ")]
