"""Holds the entries of facts.txt against the libraries that are installed.

    python check.py                  all libraries; writes ../CHECKED.md
    python check.py numpy pandas     these only; prints what is wrong

For each entry a fresh receiver and fresh arguments are made (samples.py), the call is made, and what it did is
compared with what the entry says (observe.py): what changed, what the result shares with what, its type, whether it can
be pickled, and what happened outside: drawn random numbers, files, output, figures, settings. What an entry doesn't say
must not happen; a mutation that it does say has to happen in one of the calls at least, else it counts as
"not seen". Entries with a network, input, shell or process-state effect are looked up but not called.
"""

import collections
import contextlib
import importlib
import importlib.metadata
import inspect
import json
import os
import pickle
import re
import subprocess
import sys
import tempfile
import time
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, HERE)

import facts  # noqa: E402
import observe  # noqa: E402
import samples  # noqa: E402

DISTRIBUTION = {"sklearn": "scikit-learn", "PIL": "pillow", "bs4": "beautifulsoup4", "pylab": "matplotlib",
                "mpl_toolkits": "matplotlib", "bayes_opt": "bayesian-optimization", "mlflow": "mlflow-skinny"}
UNCALLED = {"network", "input", "shell", "process-state"}
LOOKUP_ONLY = set("""asyncio atexit breakpoint cProfile concurrent contextvars ctypes dask email ftplib gc http ipyparallel
    locale logging multiprocessing os pdb platform signal smtplib socket ssl threading tkinter turtle unittest webbrowser
    builtins.breakpoint builtins.exit builtins.quit builtins.open builtins.help builtins.globals builtins.locals builtins.eval
    builtins.exec builtins.compile builtins.__import__ builtins.input time.sleep pathlib.PurePath.touch
    pathlib.PurePath.mkdir shutil tempfile sys importlib networkx.drawing matplotlib.pyplot.show queue""".split())
WAITING = set("ginput waitforbuttonpress pause test subplot_tool".split())
# What was looked into and is not the entry's fault.
EXCUSED = {
    "sklearn.base.BaseEstimator": "scikit-learn 1.1 can't pickle an estimator without attributes on Python 3.11",
    "sklearn.preprocessing.KernelCenterer": "the same",
    "sklearn.preprocessing.LabelEncoder": "the same",
    "statsmodels.base.model.Model.fit": "the wrapper that it gives stands for the Results inside",
    "statsmodels.base.model.Model.fit_regularized": "the same",
    "statsmodels.graphics.tsaplots.deprecate_kwarg": "an import of the module, not its own",
    "xgboost.Booster": "an empty one can't be pickled, a trained one can",
    "html.unescape": "it was given a list",
    "pinecone.Pinecone": "it asks the system for its name",
    "qdrant_client.QdrantClient": "the same",
    "qdrant_client.AsyncQdrantClient": "the same",
    "geopandas.GeoDataFrame.to_file": "GDAL sets its variables when it is first used",
}
CALLS_PER_RECEIVER, CALLS = 2, 8


class Check:
    """The check of one library."""

    def __init__(self, base, library, skip, started):
        self.base, self.library, self.skip, self.started = base, library, skip, started
        self.tally = collections.Counter()
        self.wrong, self.unseen = [], []
        self.makers = {}

    def run(self):
        paths = [p for p in self.base.text if p == self.library or p.startswith(self.library + ".")]
        for path in paths:
            if self.base.text[path].startswith("alias "):
                self.tally["alias"] += 1
                continue
            outcome = self.entry(path)
            self.tally[outcome] += 1
        return {"tally": self.tally, "wrong": self.wrong, "unseen": self.unseen}

    # ------------------------------------------------------------------------------ one entry

    def entry(self, path):
        """"right", "wrong", "found" (only looked up), "absent" or "uncheckable"."""
        fact = self.base.fact(path)
        owner, _, name = path.rpartition(".")
        container = self.base.fact(owner) if owner else None
        if container and "class" in container.flags:
            return self.member(fact, owner, name)
        target = find(path if name != "*" else owner)
        if target is None:
            return "uncheckable" if "class" in fact.flags else "absent"
        if name == "*":
            return self.wildcard(fact, target, owner)
        if self.skipped(path, fact) or inspect.ismodule(target):
            return "found"
        if "attr" in fact.flags:
            if inspect.isroutine(target):
                return self.fault(path, "is a function, not an attribute")
            return self.verdict(self.wrong_type(fact, observe.Call(None, (), {}), target), path)
        if not callable(target):
            return self.fault(path, "is an attribute, not a function")
        return self.calls(fact, path, [lambda: None], lambda _: target)

    def member(self, fact, owner, name):
        receivers = self.receivers(owner)
        if not receivers:
            kind = find(owner)
            if kind is None:
                return "uncheckable"
            return "found" if name == "*" or hasattr(kind, name) else "uncheckable"
        if name == "*":
            return self.wildcard_member(fact, owner, receivers)
        return self.on_receivers(fact, f"{owner}.{name}", name, receivers)

    def on_receivers(self, fact, path, name, receivers):
        having = [r for r in receivers if has(r, name)]
        if "attr" in fact.flags:
            having = [r for r in having if in_instance(r(), name) or not inspect.isroutine(read(r(), name))] or having
        if not having:
            return "absent"
        if self.skipped(path, fact):
            return "found"
        if "attr" in fact.flags:
            return self.attribute(fact, path, name, having)
        value = read(having[0](), name)
        if not callable(value):
            return self.fault(path, "is an attribute, not a method")
        return self.calls(fact, path, having, lambda r: getattr(r, name))

    def attribute(self, fact, path, name, receivers):
        faults = []
        for make in receivers:
            receiver = make()
            parts = observe.parts(receiver)  # first: looking at __dict__ may create it
            before = observe.digest(receiver)
            value = read(receiver, name)
            call = observe.Call(receiver, (), {})
            if inspect.isroutine(value) and not in_instance(receiver, name):
                faults.append("is a method, not an attribute")
                continue
            if before and observe.digest(receiver) != before and not fact.says("mutates", "self", call):
                faults.append(f"reading it changes {type(receiver).__name__}")
            faults += self.shared(fact, call, value, {"self": parts})
            faults += self.wrong_type(fact, call, value)
        return self.verdict(faults, path)

    def wildcard(self, fact, module, owner):
        outcomes = collections.Counter()
        names = getattr(module, "__all__", None)
        for name in names if isinstance(names, (list, tuple)) else dir(module):
            path = f"{owner}.{name}"
            try:
                value = getattr(module, name, None)
            except Exception:  # it needs what isn't installed
                continue
            if name.startswith("_") or name == "test" or path in self.base.text or inspect.ismodule(value) or inspect.isclass(value):
                continue
            if not callable(value) or "attr" in fact.flags or self.skipped(path, fact):
                continue
            if any(f"{other}.{name}" in self.base.text for other in self.base.included(owner)):
                continue
            if self.base.canonical(path) != path:
                continue
            outcomes[self.calls(fact, path, [lambda: None], lambda _, v=value: v)] += 1
        return self.summary(fact.path, outcomes)

    def wildcard_member(self, fact, owner, receivers):
        outcomes = collections.Counter()
        names = dict.fromkeys(n for make in receivers for n in dir(make()) if not n.startswith("_"))
        for name in names:
            if self.base.member(owner, name) is not fact:
                continue
            having = [r for r in receivers if has(r, name)]
            path = f"{owner}.{name}"
            if not having or self.skipped(path, fact):
                continue
            if inspect.isroutine(read(having[0](), name)) and not in_instance(having[0](), name):
                if "attr" in fact.flags:
                    outcomes[self.fault(path, f"is a method, but {fact.path} makes it an attribute")] += 1
                    continue
                outcomes[self.calls(fact, path, having, lambda r, n=name: getattr(r, n))] += 1
            else:
                outcomes[self.attribute(fact, path, name, having)] += 1
        return self.summary(fact.path, outcomes)

    def summary(self, path, outcomes):
        self.tally["names under a wildcard"] += sum(outcomes.values())
        if outcomes["wrong"]:
            return "wrong"
        return "right" if outcomes["right"] else "uncheckable"

    # ---------------------------------------------------------------------------------- calls

    def calls(self, fact, path, receivers, method):
        """Makes the calls that work, and compares each with the fact."""
        self.started(path)
        made, faults, seen = 0, [], set()
        wanted = {p for p, _ in fact.lists.get("mutates", ())}
        for make in receivers:
            worked = 0
            for call in self.tries(make, method, path, fact):
                try:
                    found, changed = self.compare(fact, call, method)
                except KeyboardInterrupt:
                    raise
                except BaseException:  # a timeout, SystemExit, a panic in compiled code: this call doesn't work
                    continue
                worked += 1
                faults += [f"{fault}, called with {call}" for fault in found]
                seen |= changed
                if worked >= CALLS_PER_RECEIVER and wanted <= seen:
                    break
            made += worked
            if made >= CALLS:
                break
        if not made:
            return "uncheckable"
        if path == fact.path and (missing := (wanted & {"self", "0", "1"}) - seen):
            self.unseen.append(f"{path}: mutates {' '.join(sorted(missing))}")
        return self.verdict(faults, path)

    def tries(self, make, method, path, fact):
        """Calls to try: plain ones, then one for each condition, then one with out=."""
        function = method(make())
        conditions = {c.parameter.split("/")[-1]: c.op for refs in fact.lists.values() for _, c in refs if c}
        places = {p.split("/")[-1] for p, _ in fact.lists.get("mutates", ())}
        for arguments in samples.arguments(function, path, "immutable" in fact.flags):
            variants = [{}]
            variants += [{k: op != "if not"} for k, op in conditions.items() if k in ("inplace", "copy", "deep")]
            variants += [{k: True} for k in conditions if k.startswith("overwrite")]
            if "out" in places:
                variants.append({"out": "like the result"})
            for keywords in variants:
                try:
                    args = arguments()
                    if "out" in keywords:
                        keywords = {"out": method(make())(*args).copy()}
                        keywords["out"][...] = 0
                    yield observe.Call(make(), args, keywords)
                except Exception:
                    continue

    def compare(self, fact, call, method):
        """(faults, parameters whose mutation was seen)."""
        places = call.all()
        parts = {k: observe.parts(v) for k, v in places.items()}  # first: looking at __dict__ may create it
        before = {k: observe.digest(v) for k, v in places.items()}
        result, effects = observe.run(method(call.receiver), call)
        faults, changed = [], set()
        for place, value in places.items():
            if before[place] is None or isinstance(value, observe.ATOMS):
                continue
            if observe.digest(value) != before[place]:
                changed |= {p for p, _ in fact.lists.get("mutates", ()) if place in call.places(p)}
                if not any(fact.says(w, place, call) for w in ("mutates", "mutates-held")) and not (
                        fact.says("consumes", place, call) and hasattr(value, "__next__")):
                    faults.append(f"changes {place}")
        for place, value in places.items():
            if call.receiver is not None and place != "self" and fact.says("mutates", "self", call):
                if observe.share(observe.parts(call.receiver), parts[place]) and not observe.share(
                        parts["self"], parts[place]):
                    if not any(fact.says(w, place, call) for w in ("keeps", "keeps-elems")):
                        faults.append(f"keeps {place}")
        faults += self.shared(fact, call, result, {k: observe.parts(v) for k, v in places.items()})
        faults += self.wrong_type(fact, call, result)
        faults += self.wrong_effects(fact, call, effects)
        if not faults and not self.opaque(fact, call) and not picklable(result) and picklable_all(call):
            faults.append(f"its result, a {type(result).__name__}, is opaque")
        return faults, changed

    def shared(self, fact, call, result, parts):
        """Faults where the result shares with the receiver or an argument what the fact doesn't say."""
        if result is None or isinstance(result, observe.ATOMS):
            return []
        faults, of_result = [], observe.parts(result)
        for place, value in call.all().items():
            if any(fact.says(w, place, call) for w in ("same", "view", "elem", "elems", "holds", "keeps", "keeps-elems")):
                continue
            if place == "self" and self.immutable(fact.path):
                continue
            if result is value:
                faults.append(f"gives {place} back")
            elif observe.share(of_result, parts[place]):
                faults.append(f"the result shares with {place}")
        return faults

    def immutable(self, path):
        owner = self.base.fact(path.rpartition(".")[0])
        return owner is not None and "immutable" in owner.flags

    def wrong_type(self, fact, call, result):
        written = fact.result(call)
        if written is None or result is NotImplemented:
            return []
        accepted = []
        for one in alternatives(written):
            if one == "self-type" or one.startswith("like "):
                given, value = (True, call.receiver) if one == "self-type" else call.argument(one[5:])
                accepted.append(type(value) if given else None)
            else:
                accepted.append(self.kind(fact.path, one.partition("(")[0]))
        if None in accepted or isinstance(result, tuple(accepted)):
            return []
        return [f"gives {type(result).__module__}.{type(result).__qualname__}, not {written}"]

    def kind(self, path, name):
        """The Python class of a type, or None when it is a name of ours only."""
        absolute = self.base.absolute(path, name)
        if absolute == "builtins.None":
            return type(None)
        if absolute in ("builtins.iterator", "builtins.generator", "builtins.dict_view"):
            return object
        found = find(absolute)
        if not inspect.isclass(found):
            makers = samples.RECEIVERS.get(absolute)
            return None if makers is None else None
        if absolute == "builtins.int":
            return (int, numpy_kind("integer"))
        if absolute == "builtins.float":
            return (float, int, numpy_kind("floating"))
        if absolute == "builtins.bool":
            return (bool, numpy_kind("bool_"))
        if absolute == "numpy.generic":
            return (found, int, float, bool, complex, str)
        return found

    def opaque(self, fact, call):
        if fact.flags & {"opaque", "carries"} or any(map(callable, call.args)):
            return True
        if any(w in fact.lists for w in ("holds", "same", "elem", "elems", "view")):
            return True
        written = fact.result(call)
        if written is None:
            return False
        kinds = [self.base.fact(self.base.absolute(fact.path, one.partition("(")[0])) for one in alternatives(written)]
        return any(kind and kind.flags & {"opaque", "iterator"} for kind in kinds)

    def wrong_effects(self, fact, call, seen):
        faults = []
        for kind in sorted(seen):
            if fact.has_effect(kind, call):
                continue
            if kind == "random" and (fact.has_effect("random-state", call) or "random" in fact.effects):
                continue
            faults.append(f"has the effect {kind}")
        return faults

    # ------------------------------------------------------------------------------- receivers

    def receivers(self, owner):
        if owner not in self.makers:
            self.makers[owner] = [fresh(make) for make in self.find_receivers(owner)]
        return self.makers[owner]

    def find_receivers(self, owner):
        if owner in samples.RECEIVERS:
            return samples.RECEIVERS[owner]
        for sub in self.base.subclasses(owner):
            if sub in samples.RECEIVERS:
                return samples.RECEIVERS[sub]
        kind = find(owner)
        if inspect.isclass(kind) and not self.skipped(owner, self.base.fact(owner)):
            for arguments in samples.arguments(kind, owner)[:12]:
                def make(arguments=arguments):
                    return kind(*arguments())
                try:
                    make()
                except (Exception, SystemExit):
                    continue
                return [make]
        return []

    def skipped(self, path, fact):
        if UNCALLED & fact.effects.keys() or path in self.skip:
            return True
        if path.rpartition(".")[2] in WAITING:
            return True
        return any(path == s or path.startswith(s + ".") for s in LOOKUP_ONLY)

    # --------------------------------------------------------------------------------- verdicts

    def verdict(self, faults, path):
        if not faults or path in EXCUSED:
            return "right"
        kinds = {fault.partition(", called with")[0]: fault for fault in reversed(faults)}
        self.wrong += [f"{path}: {fault}" for fault in kinds.values()]
        return "wrong"

    def fault(self, path, text):
        return self.verdict([text], path)


def alternatives(written):
    """Splits "A|B(C|D)" at the outermost bars."""
    depth, start, found = 0, 0, []
    for i, c in enumerate(written):
        depth += (c == "(") - (c == ")")
        if c == "|" and depth == 0:
            found.append(written[start:i].strip())
            start = i + 1
    return [*found, written[start:].strip()]


def numpy_kind(name):
    numpy = sys.modules.get("numpy")
    return getattr(numpy, name) if numpy else int


def find(path):
    """The object at a dotted path, or None."""
    words = path.split(".")
    for n in range(len(words), 0, -1):
        try:
            found = importlib.import_module(".".join(words[:n]))
        except Exception:
            continue
        for word in words[n:]:
            try:
                found = inspect.getattr_static(found, word) if inspect.isclass(found) else getattr(found, word)
            except Exception:
                return None
        return found
    return None


def fresh(make):
    """Makes the same as make; what takes long is made once, and copied by pickling."""
    kept = []

    def copy():
        if kept:
            return pickle.loads(kept[0])
        start = time.perf_counter()
        value = make()
        if time.perf_counter() - start > 0.005:
            with contextlib.suppress(Exception):
                kept.append(pickle.dumps(value))
        return value
    return copy


def has(make, name):
    try:
        return read(make(), name) is not NotImplemented
    except Exception:
        return False


def in_instance(receiver, name):
    return name in getattr(receiver, "__dict__", ())


def read(receiver, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(receiver, name)


def picklable(value):
    if inspect.isclass(value) or isinstance(value, contextlib.AbstractContextManager):
        return True  # a class that the call made; what is entered by "with" and not kept
    try:
        pickle.dumps(value)
    except Exception:
        return False
    return True


def picklable_all(call):
    return all(picklable(v) for v in call.all().values())


# ------------------------------------------------------------------------------------- the report


def check(library, skip, started):
    """Runs in a process of its own: a library may crash, or leave its state behind."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["MPLBACKEND"] = "agg"
        warnings.simplefilter("ignore")
        try:
            importlib.import_module(library)
        except ImportError:
            return {"absent": True}
        for module in ("numpy", "pandas", "matplotlib.pyplot"):
            if importlib.util.find_spec(module.split(".")[0]):
                importlib.import_module(module)
        outcome = Check(facts.Base(os.path.join(ROOT, "facts.txt")), library, skip, started).run()
        os.chdir(ROOT)
    try:
        outcome["version"] = importlib.metadata.version(DISTRIBUTION.get(library, library))
    except importlib.metadata.PackageNotFoundError:
        outcome["version"] = ".".join(map(str, sys.version_info[:2]))
    return outcome


def libraries():
    """Library → the version its file says it was checked against."""
    found = {}
    for name in sorted(os.listdir(ROOT)):
        if name.endswith(".yaml") and name != "names.yaml":
            with open(os.path.join(ROOT, name), encoding="utf-8") as file:
                found.update(re.findall(r'^library: (\S+)\nchecked: "(.*)"$', file.read(), re.M))
    return found


def spawn(library):
    """Checks a library in a process of its own, without the entries that crash it.

    The process reports to a file: some calls close file descriptors, standard output among them.
    """
    skip, last = [], ""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        while len(skip) < 10:
            command = [sys.executable, os.path.abspath(__file__), "--one", out, library, *skip]
            done = subprocess.run(command, text=True, errors="replace", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            last = ""
            with contextlib.suppress(FileNotFoundError), open(out, encoding="utf-8") as file:
                last = file.read()
            if done.returncode == 0:
                return json.loads(last)
            if done.returncode > 0 or not last:
                break
            skip.append(last)
    print(f"{library}, after {last}: {done.stderr[-2000:]}", file=sys.stderr)
    return {"failed": True}


def one(out, library, skip):
    def write(text):
        with open(out, "w", encoding="utf-8") as file:
            file.write(text)

    write(json.dumps(check(library, skip, write)))
    return 0


COLUMNS = ["right", "wrong", "found", "absent", "uncheckable", "alias"]


def report(outcomes, said):
    lines = [
        "# Entries, held against the installed libraries", "",
        "Written by `make knowledge-check` (check/check.py). Right: called, or read, and everything that was seen is said by the "
        "entry. Looked up: the name exists, but calling it would reach outside. Absent: no such name in this version. Not "
        "called: no sample of the receiver, or no arguments that it takes. Under wildcards: names that a `*` entry "
        "stands for and that were checked one by one.", "",
        "| library | version | entries | right | wrong | looked up | absent | not called | aliases | under wildcards |",
        "|---|---|---|---|---|---|---|---|---|---|"]
    total = collections.Counter()
    for library, o in outcomes.items():
        if "tally" not in o:
            continue
        tally = collections.Counter(o["tally"])
        row = [tally[c] for c in COLUMNS]
        version = o["version"] + ("" if o["version"].startswith(said[library]) else f" (entries: {said[library]})")
        lines.append(f"| {library} | {version} | {sum(row)} | " + " | ".join(map(str, row)) +
                     f" | {tally['names under a wildcard']} |")
        total.update(dict(zip(COLUMNS, row)), wild=tally["names under a wildcard"], all=sum(row))
    lines.append(f"| all | | {total['all']} | " + " | ".join(str(total[c]) for c in COLUMNS) + f" | {total['wild']} |")
    not_installed = [lib for lib, o in outcomes.items() if "tally" not in o]
    lines += ["", f"Not installed: {', '.join(not_installed)}.", "", "## Wrong", ""]
    wrong = [w for o in outcomes.values() for w in o.get("wrong", ())]
    lines += [f"- {w}" for w in wrong] or ["None."]
    lines += ["", "## Mutations that are said but were not seen", ""]
    lines += [f"- {u}" for o in outcomes.values() for u in o.get("unseen", ())]
    return "\n".join(lines) + "\n"


def main(arguments):
    if arguments[:1] == ["--one"]:
        return one(arguments[1], arguments[2], arguments[3:])
    said = libraries()
    outcomes = {}
    for library in arguments or said:
        print(library, file=sys.stderr)
        outcomes[library] = spawn(library)
    if arguments:
        print(report(outcomes, said))
    else:
        with open(os.path.join(ROOT, "CHECKED.md"), "w", encoding="utf-8") as file:
            file.write(report(outcomes, said))
    return 1 if any("failed" in o or o.get("wrong") for o in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
