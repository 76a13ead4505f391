"""Replay real notebooks: does a memoized run leave the same values and show the same as a plain one?

    python replay/replay.py NOTEBOOKS --lint path/to/xetmemo-lint [--only REGEX] [--out report.json]

For every notebook under NOTEBOOKS that runs to its end: run it plainly, annotate a copy (``--cells all``), run that
cold with a threshold of 0, and once more, warm, in a fresh kernel. After every cell the digests of all values that are live
there (a later cell reads them before it binds them, by ``xetmemo-lint analyze``) and the displayed outputs are
compared with the plain run's. Two plain runs that differ from each other show what no memo can repeat: random state,
time, addresses; such cells are counted apart.

``--headers TRUTH`` makes the headers from recorded reads and writes instead of the linter's.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from conftest import Kernel  # noqa: E402

DIGESTS = """
def _xm_digests(names):
    import json, types
    from xetcache import reach, valuedigest
    found = {}
    for name in names:
        if name not in globals():
            found[name] = "unbound"
            continue
        value = globals()[name]
        try:
            found[name] = valuedigest.digest(reach.unwrapped(value), reach.Reach().sources())
        except Exception as e:
            found[name] = "no digest: " + type(value).__qualname__
    print("\\x01" + json.dumps(found) + "\\x01")
"""
PREPARE = "import xetcache; xetcache.set_runtime_threshold(0); xetcache.set_memo_path(%r)\n" + DIGESTS
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
TIMEOUT = 120


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("notebooks", type=Path)
    parser.add_argument("--lint", help="the linter's binary")
    parser.add_argument("--headers", type=Path, help="folder of recorded reads and writes, instead of --lint")
    parser.add_argument("--only", default="", help="notebooks whose path matches this regular expression")
    parser.add_argument("--limit", type=int, default=10**6)
    parser.add_argument("--jobs", type=int, default=1, help="notebooks at a time")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    if not asked.lint and not asked.headers:
        parser.error("give --lint or --headers")
    total, reports = Counter(), []
    paths = [p for p in sorted(asked.notebooks.rglob("*.ipynb")) if re.search(asked.only, str(p)) and ".ipynb_checkpoints" not in p.parts]
    with ThreadPoolExecutor(asked.jobs) as pool:
        done = pool.map(lambda path: in_folder_of_its_own(path, asked), paths[: asked.limit])
        for path, report in zip(paths, done):
            report["notebook"] = str(path.relative_to(asked.notebooks))
            reports.append(report)
            total.update({k: v for k, v in report.items() if isinstance(v, int)})
            print(f"{report['notebook']}: {summary(report)}", flush=True)
            for line in [*report.get("differences", []), *report.get("reasons", [])]:
                print(f"    {line}", flush=True)
    print(f"\n{total['ran']} of {len(reports)} notebooks ran to their end: {summary(total)}")
    if asked.out:
        asked.out.write_text(json.dumps(reports, indent=1))
    return 1 if total["different values"] or total["different output"] else 0


def in_folder_of_its_own(path, asked):
    with tempfile.TemporaryDirectory() as work:
        return replay(path, asked, Path(work))


def summary(r):
    if not r.get("ran"):
        return r.get("why", "nothing ran")
    share = 100 * r["hits"] / max(1, r["memoized"])
    return (
        f"{r['cells']} cells, {r['memoized']} memoized, {r['hits']} hit ({share:.0f}%), {r['values']} values compared, "
        f"{r['different values']} differ, {r['different output']} outputs differ, {r['unrepeatable']} not repeatable without a memo"
    )


def replay(path, asked, work):
    """Run one notebook four times; counts and the differences found."""
    cells = code_cells(path)
    if not cells:
        return {"ran": 0, "why": "no Python"}
    annotated, live = annotate(path, cells, asked, work)
    runs = {}
    for run, sources in (("plain", cells), ("again", cells), ("cold", annotated), ("warm", annotated)):
        runs[run] = run_all(path, sources, live, work)
        if runs[run] is None or any(o.error for o, _ in runs[run]):
            where = "" if runs[run] is None else next(f"cell {i}: {o.error}" for i, (o, _) in enumerate(runs[run]) if o.error)
            if run in ("plain", "again"):
                return {"ran": 0, "why": f"doesn't run to its end ({where or 'too slow'})"}
            return {"ran": 1, "cells": len(cells), "memoized": 0, "hits": 0, "values": 0, "different values": 1, "different output": 0,
                    "unrepeatable": 0, "differences": [f"the {run} run fails: {where}"]}  # fmt: skip
    return compare(cells, annotated, runs)


def compare(cells, annotated, runs):
    found = Counter({"ran": 1, "cells": len(cells)})
    for name in ("memoized", "hits", "values", "different values", "different output", "unrepeatable"):
        found[name] = 0
    differences, reasons = [], []
    for i, source in enumerate(annotated):
        (plain, values), (again, values2) = runs["plain"][i], runs["again"][i]
        if source.startswith("%%xetmemo"):
            found["memoized"] += 1
            warm = runs["warm"][i][0]
            hit = any(line.startswith("hit") for line in warm.lines)
            found["hits"] += hit
            if not hit:
                reasons.append(f"cell {i} ran again: {'; '.join(warm.lines)[:300]} | cold: {'; '.join(runs['cold'][i][0].lines)[:300]}")
        varies = {n for n in values if values[n] != values2.get(n)}
        shown_varies = shown(plain) != shown(again)
        found["unrepeatable"] += bool(varies) or shown_varies
        for run in ("cold", "warm"):
            outcome, got = runs[run][i]
            for name, want in values.items():
                found["values"] += 1
                if got.get(name) != want and name not in varies:
                    found["different values"] += 1
                    differences.append(f"cell {i}, {run}: {name} is {got.get(name)}, plainly {want}")
            if shown(outcome) != shown(plain) and not shown_varies:
                found["different output"] += 1
                differences.append(f"cell {i}, {run}: shows {str(shown(outcome))[:200]}, plainly {str(shown(plain))[:200]}")
    return {**found, "differences": differences[:20], "reasons": reasons}


def shown(outcome):
    """What is displayed, without memory addresses and the line end that the runtime's own line may need."""
    found = [x[:-1] + (x[-1].rstrip("\n"),) if x[0] == "stream" else x for x in outcome.shown]
    return ADDRESS.sub("0x", json.dumps(found, sort_keys=True))


def run_all(path, sources, live, work):
    """Run all cells in a fresh kernel and a fresh copy of the notebook's folder, always at the same place."""
    folder = work / "run"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(path.parent, folder, ignore=shutil.ignore_patterns("*.ipynb"))
    kernel = Kernel(folder, XETCACHE_CONFIG_DIR=str(work / "config"), MPLBACKEND="module://matplotlib_inline.backend_inline")
    try:
        kernel.run(PREPARE % str(work / "xmemo"))
        done = []
        for i, source in enumerate(sources):
            outcome = kernel.run(source, TIMEOUT)
            answer = kernel.run(f"_xm_digests({sorted(live[i])!r})", TIMEOUT)
            text = answer.stream("stdout").split("\x01")
            done.append((outcome, json.loads(text[1]) if len(text) > 1 else {}))
            if outcome.error:
                break
        return done
    except AssertionError:
        return None
    finally:
        kernel.stop()


def annotate(path, cells, asked, work):
    """The annotated sources, and the names live after each cell."""
    if asked.headers:
        return from_truth(path, cells, asked)
    copy = work / "annotated"
    shutil.copytree(path.parent, copy)
    target = copy / path.name
    subprocess.run([asked.lint, "annotate", "--cells", "all", str(target)], capture_output=True, text=True, check=True)
    done = subprocess.run([asked.lint, "analyze", str(path)], capture_output=True, text=True)
    found = json.loads(done.stdout)["notebooks"][0]["cells"]
    reads = [{r["name"] for r in cell["reads"]} for cell in found]
    binds = [set(cell["binds"]) for cell in found]
    sources = code_cells(target)
    assert len(sources) == len(cells) == len(found)
    return sources, liveness(reads, binds)


def from_truth(path, cells, asked):
    truth = json.loads((asked.headers / path.relative_to(asked.notebooks)).with_suffix(".ipynb.json").read_text())
    external = set(truth["external"])
    records = truth["cells"][-len(cells) :]
    reads = [set(c["reads"]) - external for c in records]
    live = liveness(reads, [set(c["writes"]) for c in records])
    sources = []
    for i, (source, record) in enumerate(zip(cells, records)):
        output = sorted((set(record["writes"]) | set(record["mutates"])) & live[i] - set(record["imports"]) - external)
        functions = any(record["types"].get(n) in ("function", "type") for n in output)
        if not output or functions or source.startswith("%%") or record["imports"]:
            sources.append(source)
            continue
        inputs = sorted(set(reads[i]) - set(record["unhashable"]))
        header = "%%xetmemo" + (f" input={','.join(inputs)}" if inputs else "") + f" output={','.join(output)}"
        sources.append(f"{header}\n{source}")
    return sources, live


def liveness(reads, binds):
    live, after = [set() for _ in reads], set()
    for i in range(len(reads) - 1, -1, -1):
        live[i] = set(after)
        after = (after - binds[i]) | reads[i]
    return live


def code_cells(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    language = notebook.get("metadata", {}).get("kernelspec", {}).get("language", "python")
    if language != "python" or notebook.get("nbformat", 0) < 4:
        return []
    joined = ("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
    return list(joined)


if __name__ == "__main__":
    sys.exit(main())
