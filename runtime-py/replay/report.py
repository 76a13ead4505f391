"""What was seen of each notebook, and of all of them."""

import json
import re
from collections import Counter, defaultdict

SHOWN = 12  # differences of one notebook that are printed; all are in the file


def read(path, version):
    """The lines of a report that this version made, by notebook."""
    if not path.exists():
        return {}
    found = map(json.loads, path.read_text().splitlines())
    return {line["notebook"]: line for line in found if line["version"] == version}


def lines(found):
    """One notebook, with its differences and misses."""
    name = found["notebook"]
    if "left out" in found:
        return [f"{name}: left out, {found['left out']}"]
    out = [f"{name}: {summary([found])}{', some cells fail' if found['partly'] else ''}, {found['seconds']} s"]
    for d in found["differences"][:SHOWN]:
        out.append(f"    cell {d['cell']}, {d['run']}: {d['what']} is {d['got']}, plainly {d['want']} {d['said']}")
    for m in found["missed"]:
        if not m["error"]:
            out.append(f"    cell {m['cell']} ran again: {'; '.join(m['warm'])[:300]} | cold: {'; '.join(m['cold'])[:300]}")
    return out


def totals(reports):
    ran = [r for r in reports if "left out" not in r]
    out = [""]
    for title, some in (("run to their end", [r for r in ran if not r["partly"]]), ("run with cells that fail", [r for r in ran if r["partly"]])):
        if not some:
            continue
        out.append(f"{len(some)} of {len(reports)} notebooks {title}: {summary(some)}")
        begin = causes(some)
        for cause, places in sorted(begin.items(), key=lambda x: -len(x[1])):
            out.append(f"    {len(places)} cells where plain runs begin to differ, of which the linter says: {cause}; {', '.join(places[:3])}")
        for why, count in misses(some).most_common():
            out.append(f"    {count} cells ran again: {why}")
    for why, count in Counter(re.sub(r"\d+|(?<=:).*", "", r["left out"]).strip(" :") for r in reports if "left out" in r).most_common():
        out.append(f"{count} left out: {why}")
    out += times(ran)
    return out


def times(reports):
    """The CPU time of kernels, without memos, with an empty store and with a full one."""
    some = [r for r in reports if r.get("cpu") and r["cpu"]["plain"] > 0.05]
    if not some:
        return []
    cold = sorted((r["cpu"]["cold"] / r["cpu"]["plain"] - 1, r["notebook"]) for r in some)
    whole = {run: sum(r["cpu"][run] for r in some) for run in ("plain", "cold", "warm", "bytes")}
    return [
        f"CPU of {len(some)} notebooks: plain {whole['plain']:.1f} s, cold {whole['cold']:.1f} s, warm {whole['warm']:.1f} s; {whole['bytes'] / 1e6:.1f} MB stored",
        f"cold against plain: median {100 * cold[len(cold) // 2][0]:+.1f}%, worst {100 * cold[-1][0]:+.1f}% ({cold[-1][1]})",
    ]


def summary(reports):
    n = Counter()
    for r in reports:
        n.update({k: v for k, v in r.items() if isinstance(v, int)})
        n["varying"] += len(r["varying"])
        n["different values"] += sum(d["what"] != "output" for d in r["differences"])
        n["different outputs"] += sum(d["what"] == "output" for d in r["differences"])
    share = 100 * n["hits"] // max(1, n["memoized"])
    return (
        f"{n['cells']} cells, {n['memoized']} memoized, {n['hits']} hit ({share}%), {n['values']} values compared, {n['different values']} differ, "
        f"{n['outputs']} outputs compared, {n['different outputs']} differ, {n['kept']} kept by hits, {n['varying']} cells vary without a memo"
    )


def causes(reports):
    """The cells where two plain runs begin to differ, by what the linter says of them."""
    found = defaultdict(list)
    for r in reports:
        known = set()
        for v in r["varying"]:
            carried = known & set(v["reads"])
            fresh = set(v["names"]) - known
            known |= fresh
            if (fresh or v["output"]) and not carried:
                found[", ".join(v["said"]) or "nothing"].append(f"{r['notebook']} cell {v['cell']}")
    return found


def misses(reports):
    """Why memoized cells ran again."""
    found = Counter()
    for r in reports:
        for m in r["missed"]:
            found[_why(m)] += 1
    return found


WHY = (  # words of the runtime's own lines, and what they come to
    ("is defined in the notebook", "not stored: a definition"),
    ("which this cell defines", "not stored: an instance of a class that the cell defines"),
    ("it would come back changed", "not stored: no format gives it back as it was"),
    ("views of one array", "not stored: views of one array"),
    ("ickle", "not stored: it can't be pickled"),
    ("not stored: ", "not stored: other"),
    ("runs without a memo: ", "no key"),
    ("memo not used: ", "memo not used"),
)


def _why(missed):
    if missed["error"]:
        return "they fail"
    line = "; ".join(missed["cold"] + missed["warm"])
    return next((what for words, what in WHY if words in line), "an input changed")
