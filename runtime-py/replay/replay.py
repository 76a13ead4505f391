"""Replay real notebooks: does a memoized run leave the same values and show the same as a plain one?

    python replay/replay.py NOTEBOOKS --lint path/to/xetmemo-lint [--truth TRUTH] [--only REGEX] [--out report.jsonl]

For every notebook under NOTEBOOKS that runs to its end: run it plainly, annotate a copy (``--cells all``), run that
cold with a threshold of 0, and once more, warm, in a fresh kernel. After every cell the digests of all values that are live
there (a later cell reads them before it binds them, by ``xetmemo-lint analyze``, and by the reads that were recorded in
TRUTH) and the displayed outputs are compared with the plain run's. Two plain runs that differ from each other show what
no memo can repeat: random state, time, addresses; what differs there is counted apart, with what the linter says of the
cell where it begins. What a hit sets and shows must be what the cold run left, there too.

``--partly`` also takes notebooks in which cells fail, and goes on after these as if they had succeeded: errors are part
of what a cell shows.

``--auto`` gives no headers, and turns auto mode on. With ``--threshold 0.5``, as users have it, and ``--quick``, which compares no
values, it shows what that costs and saves: the kernel's CPU time.

Each notebook is a line in report.jsonl as soon as it is done. A notebook that has a line there, made by the same linter and
the same runtime, isn't run again. Kernels run without a network and without pip.
"""

import argparse
import contextlib
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import report

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from conftest import Kernel  # noqa: E402

DIGESTS = """
def _xm_digests(names):
    import json, time, types
    began = time.process_time()
    from xetcache import digest as valuedigest
    from xetcache.source import reach, wrapped
    found = {}
    for name in names:
        if name not in globals():
            found[name] = "unbound"
            continue
        value = globals()[name]
        try:
            found[name] = valuedigest.digest(wrapped.unwrapped(value), reach.Reach().sources())
        except Exception as e:
            found[name] = "no digest"
        found[name] += f" ({type(value).__module__}.{type(value).__qualname__})"
    print("\\x01" + json.dumps(found) + "\\x01" + json.dumps([began, time.process_time()]))
"""
ASK = "_xm_digests(%r)  # xetcache: auto mode leaves it alone"
PREPARE = "import xetcache; xetcache.set_runtime_threshold(%r); xetcache.set_memo_path(%r)\n" + DIGESTS
NOWHERE = "http://127.0.0.1:9"  # nothing listens on this port
OFFLINE = {**dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), NOWHERE), "PIP_NO_INDEX": "1"}
MORE_RUNS = 3  # where two plain runs agree and a memoized one doesn't
CELL_SECONDS, NOTEBOOK_SECONDS = 60, 300
# Addresses; where ipykernel says that a cell is; the names of widgets.
PASSING = re.compile(r"0x[0-9a-fA-F]{6,}|ipykernel_\d+/\d+\.py|(?<=\"model_id\": \")[0-9a-f]{32}")


class TooSlow(Exception):
    """A cell, or a whole run, went over its time."""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("notebooks", type=Path)
    parser.add_argument("--lint", required=True, type=Path, help="the linter's binary")
    parser.add_argument("--truth", type=Path, help="folder of recorded reads, which make more values live")
    parser.add_argument("--only", default="", help="notebooks whose path matches this regular expression")
    parser.add_argument("--jobs", type=int, default=1, help="notebooks at a time")
    parser.add_argument("--partly", action="store_true", help="notebooks with cells that fail, too")
    parser.add_argument("--auto", action="store_true", help="auto mode, instead of headers")
    parser.add_argument("--threshold", type=float, default=0, help="seconds that a cell takes which is stored")
    parser.add_argument("--quick", action="store_true", help="compare what is shown alone")
    parser.add_argument("--out", type=Path, default=Path("replay.jsonl"))
    asked = parser.parse_args()
    asked.lint = asked.lint.resolve()
    found = (p.relative_to(asked.notebooks) for p in sorted(asked.notebooks.rglob("*.ipynb")))
    wanted = [p for p in found if re.search(asked.only, str(p)) and ".ipynb_checkpoints" not in p.parts]
    if asked.truth:  # those that ran to their end first
        wanted.sort(key=lambda p: not recorded(asked, p).exists() or json.loads(recorded(asked, p).read_text())["status"] != "ok")
    version = fingerprint(asked.lint) + (f"-auto{asked.threshold:g}{'-quick' * asked.quick}" if asked.auto else "")
    done = report.read(asked.out, version)
    writing = threading.Lock()

    def one(path):
        since = time.monotonic()
        with tempfile.TemporaryDirectory() as work:
            try:
                found = replay(path, asked, Path(work))
            except Exception as e:
                found = {"left out": f"this script fails: {type(e).__name__}: {e}"}
        found = {"notebook": str(path), "version": version, **found, "seconds": round(time.monotonic() - since)}
        with writing, asked.out.open("a") as out:
            out.write(json.dumps(found) + "\n")
            print("\n".join(report.lines(found)), flush=True)

    with ThreadPoolExecutor(asked.jobs) as pool:
        list(pool.map(one, (p for p in wanted if str(p) not in done)))
    found = report.read(asked.out, version)
    reports = [found[str(p)] for p in wanted if str(p) in found]
    print("\n".join(report.totals(reports)))
    return 1 if any(r.get("differences") for r in reports) else 0


def fingerprint(lint):
    """What a report's line was made by."""
    whole = hashlib.sha256(lint.read_bytes())
    for path in sorted([*HERE.glob("*.py"), *HERE.glob("*.txt"), *(HERE.parent / "xetcache").rglob("*.py")]):
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def replay(path, asked, work):
    """Run one notebook four times; counts and the differences found."""
    cells = code_cells(asked.notebooks / path)
    if not cells:
        return {"left out": "no Python cells"}
    annotated, live, places = annotate(path, cells, asked, work)
    if asked.auto:
        annotated = cells
    if asked.quick:
        live = [set() for _ in live]
    runs = {"plain": [], "cold": [], "warm": []}
    for run, sources in (("plain", cells), ("plain", cells), ("cold", annotated), ("warm", annotated)):
        try:
            runs[run].append(run_all(path, sources, live, asked, work, run == "plain" and not asked.partly, asked.auto and run != "plain"))
        except TooSlow as e:
            if run == "plain":
                return {"left out": f"too slow: {e}"}
            slow = {"cell": 0, "said": [], "run": run, "what": "time", "got": str(e), "want": "an end"}
            return {"partly": False, "cells": len(cells), "differences": [slow], "varying": [], "missed": [], "lines": []}
        failed = [(i, o.error) for i, (o, _, _) in enumerate(runs[run][-1]) if o.error]
        if failed and run == "plain" and not asked.partly:
            return {"left out": "cell %d fails: %.100s" % failed[0]}
    found = compare(annotated, runs, places)
    cpu = {run: min(sum(cpu for _, _, cpu in one) for one in runs[run]) for run in runs}
    cpu["bytes"] = sum(f.stat().st_size for f in (work / "xmemo").rglob("*") if f.is_file())
    for _ in range(MORE_RUNS):  # what seldom varies: a time that is rounded, a set of few elements
        if not found["differences"]:
            break
        with contextlib.suppress(TooSlow):
            runs["plain"].append(run_all(path, cells, live, asked, work))
        found = compare(annotated, runs, places)
    return {"partly": any(o.error for o, _, _ in runs["plain"][0]), "cpu": cpu, **found}


def compare(annotated, runs, places):
    counts = Counter(dict.fromkeys(("memoized", "hits", "values", "no digest", "outputs", "kept"), 0))
    differences, varying, missed, lines = [], [], [], []
    for i, source in enumerate(annotated):
        where = places[i]
        plain, values, _ = runs["plain"][0][i]
        others = [run[i] for run in runs["plain"][1:]]
        (cold, cold_values, _), (warm, warm_values, _) = runs["cold"][0][i], runs["warm"][0][i]
        hit = any(line.startswith("hit") for line in warm.lines)
        memoized = source.startswith("%%xetmemo") or bool(cold.lines and cold.lines[0].startswith(("miss", "hit")))
        if memoized:
            counts["memoized"] += 1
            counts["hits"] += hit
            lines.append([where["cell"], cold.lines, warm.lines])
            if not hit:
                missed.append({**where, "warm": warm.lines, "cold": cold.lines, "error": plain.error})
        varies = {n: v.partition(" (")[2].rstrip(")") for n, v in values.items() if any(got.get(n) != v for _, got, _ in others)}
        output_varies = any(shown(other) != shown(plain) for other, _, _ in others)
        if varies or output_varies:
            found = {"names": varies, "output": output_varies, "memoized": memoized}
            if output_varies:
                found.update(next(apart(shown(other), shown(plain)) for other, _, _ in others if shown(other) != shown(plain)))
            varying.append({**where, **found})
        for run, outcome, got in (("cold", cold, cold_values), ("warm", warm, warm_values)):
            for name, want in values.items():
                if name in varies:
                    continue
                counts["no digest" if want.startswith("no digest") else "values"] += 1
                if got.get(name) != want:
                    differences.append({**where, "run": run, "what": name, "got": got.get(name), "want": want})
            if not output_varies:
                counts["outputs"] += 1
                if shown(outcome) != shown(plain):
                    differences.append({**where, "run": run, "what": "output", **apart(shown(outcome), shown(plain))})
        if hit:  # what no other run repeats is yet kept by the memo
            names = (header_outputs(source) or {n for n in values if f"{n}" in warm.lines[0].partition(" (")[0].replace(",", " ").split()}) & set(values)
            counts["kept"] += len(names) + 1
            for name in names:
                if warm_values.get(name) != cold_values.get(name):
                    found = {"got": warm_values.get(name), "want": cold_values.get(name)}
                    differences.append({**where, "run": "hit", "what": name, **found})
            if shown(warm) != shown(cold):
                differences.append({**where, "run": "hit", "what": "output", **apart(shown(warm), shown(cold))})
    return {"cells": len(annotated), **counts, "differences": differences, "varying": varying, "missed": missed, "lines": lines}


def shown(outcome):
    """What is displayed, without what passes: memory addresses and the line end that the runtime's own line may need."""
    found = [x[:-1] + (x[-1].rstrip("\n"),) if x[0] == "stream" else x for x in outcome.shown]
    return PASSING.sub("0x", json.dumps(found + [outcome.error], sort_keys=True))


def apart(got, want):
    """Where two outputs begin to differ."""
    at = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b), min(len(got), len(want)))
    return {"got": got[max(0, at - 80) : at + 200], "want": want[max(0, at - 80) : at + 200]}


def header_outputs(source):
    found = re.search(r"\boutput=(\S+)", source.partition("\n")[0])
    return set(found[1].split(",")) if found else set()


def run_all(path, sources, live, asked, work, stops=False, auto=False):
    """Run all cells in a fresh kernel and a fresh copy of the notebook's repository, always at the same place."""
    top = work / "run"
    shutil.rmtree(top, ignore_errors=True)
    shutil.copytree(asked.notebooks / path.parts[0], top)
    home = work / "home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    folder = top.joinpath(*path.parent.parts[1:])
    folder.mkdir(parents=True, exist_ok=True)
    places = {"HOME": str(home), "XETCACHE_CONFIG_DIR": str(work / "config"), "XDG_CACHE_HOME": str(work / "cache")}
    kernel = Kernel(folder, **places, **OFFLINE, MPLBACKEND="module://matplotlib_inline.backend_inline")
    end = time.monotonic() + NOTEBOOK_SECONDS
    try:
        kernel.run(PREPARE % (asked.threshold, str(work / "xmemo")))
        if auto:
            kernel.run("%xetmemo auto")
        before = json.loads(kernel.run(ASK % ([],)).stream("stdout").split("\x01")[2])[1]
        done = []
        for i, source in enumerate(sources):
            seconds = min(CELL_SECONDS, end - time.monotonic())
            if seconds <= 0:
                raise TooSlow(f"over {NOTEBOOK_SECONDS} s")
            try:
                outcome = kernel.run(source, seconds)
                answer = kernel.run(ASK % (sorted(live[i]),), NOTEBOOK_SECONDS)
            except AssertionError:
                raise TooSlow(f"cell {i}") from None
            text = answer.stream("stdout").split("\x01")
            began, after = json.loads(text[2]) if len(text) > 2 else (before, before)
            done.append((outcome, json.loads(text[1]) if len(text) > 1 else {}, began - before))
            before = after
            if outcome.error and stops:
                break
        return done
    finally:
        kernel.stop()


def annotate(path, cells, asked, work):
    """The annotated sources, the names live after each cell, and each cell's number, reads and what the linter says."""
    target = work / "annotated" / path.name
    shutil.copytree((asked.notebooks / path).parent, target.parent)
    subprocess.run([asked.lint, "annotate", "--cells", "all", target], capture_output=True)  # fails where a cell doesn't parse
    found = lint(asked, "analyze", target)["notebooks"][0]["cells"]
    sources = code_cells(target)
    assert len(sources) == len(cells) == len(found)
    reads = [{r["name"] for r in cell["reads"]} for cell in found]
    binds = [set(cell["binds"]) for cell in found]
    live = liveness(reads, binds)
    if asked.truth and recorded(asked, path).exists():
        truth = json.loads(recorded(asked, path).read_text())
        seen = {cell["index"]: cell for cell in truth["cells"]}
        records = [seen.get(cell["index"], {"reads": [], "writes": []}) for cell in found]
        more = liveness([set(r["reads"]) - set(truth.get("external", ())) for r in records], [set(r["writes"]) for r in records])
        live = [a | b for a, b in zip(live, more)]
    said = {cell["index"]: {e["kind"] for e in cell["effects"]} for cell in found}
    for finding in lint(asked, "check", "--format", "json", target)["findings"]:
        if finding["cell"] is not None and finding["cell"]["index"] in said:
            said[finding["cell"]["index"]].add(finding["code"])
    places = [{"cell": cell["index"], "said": sorted(said[cell["index"]]), "reads": sorted(names)} for cell, names in zip(found, reads)]
    return sources, live, places


def recorded(asked, path):
    return (asked.truth / path).with_suffix(".ipynb.json")


def lint(asked, *args):
    done = subprocess.run([asked.lint, *args], capture_output=True, text=True)
    return json.loads(done.stdout)


def liveness(reads, binds):
    live, after = [set() for _ in reads], set()
    for i in range(len(reads) - 1, -1, -1):
        live[i] = set(after)
        after = (after - binds[i]) | reads[i]
    return live


def code_cells(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    language = notebook.get("metadata", {}).get("kernelspec", {}).get("language", "python")
    if language != "python":
        return []
    cells = notebook["cells"] if "cells" in notebook else [c for sheet in notebook["worksheets"] for c in sheet.get("cells", ())]
    return ["".join(c.get("source", c.get("input", ""))) for c in cells if c["cell_type"] == "code"]


if __name__ == "__main__":
    sys.exit(main())
