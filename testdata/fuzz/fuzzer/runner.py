"""Runs many notebooks in one process under the oracle's tracer.

The oracle starts a process a notebook, half a second each. Here one Tracer, with its IPython shell, serves all notebooks of a
worker: between two notebooks the traced namespace goes back to what a fresh shell has, modules beside the notebook are
forgotten, and the shell's history is emptied. Shell lines expand their names but start no process. `verify` compares the
outcome with the oracle's own, one process a notebook.

Two things are recorded on top of the oracle's entry: `local`, the names that came by import from a module beside the notebook,
and `unchanged`, the mutated names whose change is none: an instance's digest contains its class, and a partial that was looked at
has got an empty `__dict__`. A class body in a function takes that function's variables, which the oracle's namespace
counts as globals of the same name: here they aren't. And two limits of the oracle's
rewriting of `global` stores are lifted, since both make reads that never happened: a def, class or import of a global name
notes the name by reading it, and `global x` in a function, or a walrus in a comprehension, makes CPython store the module's
own x, in the same statement, past the namespace's methods. A cell whose magic shows an error and goes on (%%capture, %%time) has
failed, as if it had none.
"""
import ast
import builtins
import functools
import importlib
import importlib.util
import os
import signal
import sys
from pathlib import Path

CELL_SECONDS = 1.0


def oracle(place=None):
    """The oracle's trace.py as a module."""
    folder = Path(place or os.environ.get('XETMEMO_ORACLE') or Path(__file__).resolve().parents[3].parent / 'shared' / 'oracle')
    path = folder / 'trace.py'
    if not path.exists(): raise FileNotFoundError(f'no oracle at {folder}: set XETMEMO_ORACLE to the folder with trace.py')
    if 'oracle_trace' not in sys.modules:
        spec = importlib.util.spec_from_file_location('oracle_trace', path)
        module = importlib.util.module_from_spec(spec)
        sys.modules['oracle_trace'] = module
        spec.loader.exec_module(module)
    return sys.modules['oracle_trace']


class Runner:
    """One shell for many notebooks. Only one may exist in a process, and none before it."""

    def __init__(self):
        os.environ.setdefault('IPYTHONDIR', '/nonexistent')
        trace = self.trace = oracle()

        class Tracer(trace.Tracer):
            def is_picklable(self, name, value): return None     # costs a pickling a name, and is not compared

        def on_alarm(*_): raise trace.CellTimeout('cell ran too long')
        signal.signal(signal.SIGALRM, on_alarm)
        sys.argv = ['ipykernel_launcher.py']
        sys.dont_write_bytecode = True
        sys.setrecursionlimit(3000)
        self.tracer = Tracer(os.getcwd())
        self.shell = shell = self.tracer.shell
        leave_free_names_of_classes_alone(trace)
        self.stores = global_stores(trace)
        place = next(i for i, t in enumerate(shell.ast_transformers) if isinstance(t, trace.GlobalStores))
        shell.ast_transformers[place] = self.stores
        builtins.__traced_note__ = lambda name: self.tracer.ns.record and self.tracer.ns.record.wrote(name)
        shell.system = lambda cmd: shell.var_expand(cmd, depth=1) and None
        shell.getoutput = lambda cmd, split=True, depth=0: shell_lines(shell.var_expand(cmd, depth=1))
        show = shell.showtraceback

        def showtraceback(*args, **kwargs):
            self.shown = True
            return show(*args, **kwargs)
        shell.showtraceback = showtraceback
        shell.run_cell('1')                          # what the first cell sets up belongs to the baseline
        self.reset_history()
        self.baseline = {n: v for n, v in self.tracer.ns.items() if not trace.NUMBERED.match(n)}
        self.modules = set(sys.modules)
        self.class_digest = self.digester_by_name()

    def digester_by_name(self):
        """A digest in which a class inside a value counts by name, and a partial by what it binds."""
        trace = self.trace

        class ByName(trace.Digester):
            def klass(self, cls): return trace._stub, ('class', cls.__qualname__, id(cls))

            def reducer_override(self, obj):
                if type(obj) is not functools.partial: return super().reducer_override(obj)
                func, args, keywords, attributes = obj.__reduce__()[2]
                return self.held((trace._stub, ('partial', func, args, keywords), attributes or {}))

        def digest(value):
            if isinstance(value, type): return None
            d = ByName(trace.Sink(0.5))
            try: d.dump(value)
            except BaseException as e: return f'{type(e).__name__}'
            return d.sink.h.hexdigest()
        return digest

    def reset_history(self):
        shell = self.shell
        shell.history_manager.reset(new_session=False)
        shell.execution_count = 1
        shell.displayhook.flush = lambda: None

    def reset(self, folder, files):
        os.chdir(folder)
        ns = self.tracer.ns
        ns.record = None
        dict.clear(ns)
        dict.update(ns, self.baseline)
        self.reset_history()
        for name in ('In', '_ih'): dict.__setitem__(ns, name, self.shell.history_manager.input_hist_parsed)
        for name in ('Out', '_oh'): dict.__setitem__(ns, name, self.shell.history_manager.output_hist)
        for m in set(sys.modules) - self.modules:
            if m in ('util', 'core', 'deep') or f'{m}.py' in files: del sys.modules[m]
        self.tracer.digests = {}
        self.tracer.hash_seconds = 0.0
        self.tracer.directory = os.path.realpath(folder)
        if sys.path[0] != self.tracer.directory: sys.path[0] = self.tracer.directory
        if files:
            sys.path_importer_cache.pop(self.tracer.directory, None)
            importlib.invalidate_caches()

    def run(self, notebook, folder):
        """One truth entry a cell, up to the first cell that fails; modules must be in `folder` already."""
        self.reset(folder, notebook.files)
        entries = []
        for i, source in enumerate(notebook.cells):
            before = self.by_name()
            self.stores.cell(source)
            self.shown = False
            entry = self.tracer.run({'index': i, 'id': f'c{i}', 'source': source}, CELL_SECONDS)
            if self.shown: entry['error'] = entry['error'] or 'an error was shown'
            if entry['error']:
                entries.append(entry)
                break
            entry['unchanged'] = [n for n in entry['mutates'] if before.get(n) is not None and before[n] == self.class_digest(dict.get(self.tracer.ns, n))]
            entries.append(entry)
        self.trace.add_later_reads([e for e in entries if not e['error']])     # a failing cell is no reader
        return entries

    def by_name(self):
        if not any(isinstance(v, type) and v.__module__ == '__main__' or v is functools for v in dict.values(self.tracer.ns)): return {}
        return {n: self.class_digest(dict.__getitem__(self.tracer.ns, n)) for n in self.tracer.names()}


def leave_free_names_of_classes_alone(trace):
    """Have the oracle's class namespace pass over the names that the body takes from a function around it."""
    build, note, free = builtins.__build_class__, trace.ClassBody.__missing__, []

    def build_class(func, *args, **kwargs):
        free.append(func.__code__.co_freevars)
        try: return build(func, *args, **kwargs)
        finally: free.pop()

    def missing(self, name):
        if free and name in free[-1]: raise KeyError(name)
        return note(self, name)
    builtins.__build_class__, trace.ClassBody.__missing__ = build_class, missing


def global_stores(trace):
    """The oracle's transformer without its two limits."""
    class GlobalStores(trace.GlobalStores):
        times, seen = False, False

        def cell(self, source):
            self.times, self.seen = 'timeit' in source, False

        def visit_Module(self, node):
            in_function, self.seen = self.times and self.seen, True     # %timeit puts its code into a function; the cell's own comes before
            names = {n for g in ast.walk(node) if isinstance(g, ast.Global) for n in g.names}
            for comp in () if in_function else ast.walk(node):
                if isinstance(comp, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
                    names |= {w.target.id for w in ast.walk(comp) if isinstance(w, ast.NamedExpr)}
            return self.scope(node, names)

        def binder(self, node, names):
            notes = [ast.parse(f'__traced_note__({n!r})').body[0] for n in names if n in self.names]
            for note in notes:
                for part in ast.walk(note): ast.copy_location(part, node)
            return [node, *notes] if notes else node
    return GlobalStores()


def shell_lines(text):
    from IPython.utils.text import SList
    return SList(text.split('\n'))


def silence():
    """Send what the notebooks print to nowhere (a worker's standard output and error)."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2): os.dup2(null, fd)
    sys.stdout = sys.stderr = open(os.devnull, 'w')


# of a notebook without `global` both are equal
COMPARED = ('reads', 'writes', 'mutates', 'deletes', 'temporaries', 'reads_own')


def differences(entries, truth):
    """Where this runner's entries differ from the oracle's for the same notebook."""
    found = []
    for mine, theirs in zip(entries, truth['cells']):
        for key in COMPARED:
            if mine.get(key) != theirs.get(key): found.append((mine['index'], key, mine.get(key), theirs.get(key)))
        if bool(mine['error']) != bool(theirs['error']): found.append((mine['index'], 'error', mine['error'], theirs['error']))
        if mine['error']: break
    return found
