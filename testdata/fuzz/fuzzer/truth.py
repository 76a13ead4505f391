"""What running a notebook showed, what an analysis says, and where the second misses something of the first.

A cell's truth is five sets of names: `reads`, `binds`, `mutates`, `deletes`, and `live`, the bound or mutated names whose version a
later cell read (opaque ones less). Left out are the names that semantics.md leaves out: modules, and names that only imports from outside bind.
An analysis may say more, since it answers for every path and the run took one; it may not say less.
"""
import ast
import json
import subprocess

from .notebook import imports_of, parse

KINDS = ('reads', 'binds', 'mutates', 'deletes', 'live')


def truth_of(notebook, entries):
    """One {kind: set of names} a cell, from the oracle's entries (see runner.py)."""
    outside, local = set(), []
    for source in notebook.cells[:len(entries)]:
        o, l = imports_of(source, notebook.files)
        outside |= o
        local.append(l)
    kept, cells = {e['index'] for e in entries}, []     # a reader that failed was cut off
    for entry, imported in zip(entries, local):
        skip = outside | {n for n, t in entry['types'].items() if t['type'] == 'builtins.module'}
        binds = set(entry['writes']) - skip - imported
        mutates = set(entry['mutates']) - skip - set(entry.get('unchanged', ()))
        cells.append({'reads': set(entry['reads']) - skip, 'binds': binds, 'mutates': mutates, 'deletes': set(entry['deletes']) - skip,
                      'live': {n for n in binds | mutates - imported if entry['later_reads'].get(n) in kept and n not in entry['unhashable']}})
    return cells


def misses(truth, found):
    """[(cell, kind, names)] that the run showed and the analysis lacks."""
    out = []
    for i, cell in enumerate(truth):
        said = found.get(i, {})
        names = {k: set(said.get(k, ())) for k in ('reads', 'all', 'live', 'mutates', 'deletes')}
        enough = {'reads': names['reads'], 'binds': names['all'], 'mutates': names['mutates'] | names['all'], 'deletes': names['deletes'] | names['all'], 'live': names['live']}
        for kind in KINDS:
            missed = cell[kind] - enough[kind]
            if kind == 'live': missed -= (cell['binds'] - enough['binds']) | (cell['mutates'] - enough['mutates'])   # said once
            if missed: out.append((i, kind, sorted(missed)))
    return out


def spurious(truth, found):
    """(names read, names bound or mutated) that the analysis says beyond the run's."""
    reads = outputs = 0
    for i, cell in enumerate(truth):
        said = found.get(i, {})
        reads += len(set(said.get('reads', ())) - cell['reads'])
        outputs += len(set(said.get('all', ())) - cell['binds'] - cell['mutates'] - cell['deletes'])
    return reads, outputs


class ToolFailed(Exception):
    """The analyzer ended with an internal error or printed no JSON."""


def analyze(tool, paths, folder):
    """{path: {cell index: found}} from one run of `tool analyze`."""
    run = subprocess.run([tool, 'analyze', *paths], capture_output=True, text=True, cwd=folder, stdin=subprocess.DEVNULL, timeout=300)
    if run.returncode not in (0, 1, 2): raise ToolFailed(f'exit {run.returncode}: {run.stderr[-600:]}')
    try: notebooks = json.loads(run.stdout)['notebooks']
    except (ValueError, KeyError) as e: raise ToolFailed(f'no JSON: {e}; {run.stderr[-600:]}') from e
    return {nb['path']: {c['index']: found_in(c) for c in nb['cells']} for nb in notebooks}


def found_in(cell):
    """The contract's JSON of a cell, as far as it is compared; `inputs` and `opaque` together are what it reads."""
    names = lambda key: list(cell.get(key) or ())
    return {'reads': names('inputs') + names('opaque'), 'all': list((cell.get('outputs') or {}).get('all') or ()),
            'live': list((cell.get('outputs') or {}).get('live') or ()), 'mutates': names('mutates'), 'deletes': names('deletes')}


# ------------------------------------------------------------------------------------------ built-in predictors

def predict_everything(notebook):
    """Every identifier for everything: misses nothing, which tests the comparison."""
    names = sorted({n.id for c in notebook.cells for n in ast.walk(parse(c)) if isinstance(n, ast.Name)} | identifiers(notebook))
    return {i: {'reads': names, 'all': names, 'live': names, 'mutates': names, 'deletes': names} for i in range(len(notebook.cells))}


def identifiers(notebook):
    import re
    text = '\n'.join([*notebook.cells, *notebook.files.values()])
    found = set(re.findall(r'[^\W\d]\w*', text))
    classes = re.findall(r'class\s+(\w+)', text)
    return found | {f'_{c.lstrip("_")}{n}' for c in classes for n in found if n.startswith('__')}


def predict_by_ast(notebook):
    """The naive way: names loaded and stored in the cell's own text, receivers of stores and of discarded calls mutated."""
    cells = []
    for source in notebook.cells:
        tree = parse(source)
        names = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
        stores = {n.id for n in names if isinstance(n.ctx, ast.Store)} | {n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
        mutated = set()
        for n in ast.walk(tree):
            root = n
            if isinstance(n, (ast.Subscript, ast.Attribute)) and not isinstance(n.ctx, ast.Load): pass
            elif isinstance(n, ast.Expr) and isinstance(n.value, ast.Call) and isinstance(n.value.func, ast.Attribute): root = n.value.func
            else: continue
            while isinstance(root, (ast.Subscript, ast.Attribute)): root = root.value
            if isinstance(root, ast.Name): mutated.add(root.id)
        cells.append({'reads': sorted({n.id for n in names if isinstance(n.ctx, ast.Load)}), 'all': sorted(stores | mutated), 'mutates': sorted(mutated),
                      'deletes': sorted({n.id for n in names if isinstance(n.ctx, ast.Del)})})
    for i, c in enumerate(cells):
        later = {n for d in cells[i + 1:] for n in d['reads']}
        c['live'] = [n for n in c['all'] if n in later]
    return dict(enumerate(cells))


PREDICTORS = {'ast': predict_by_ast, 'all': predict_everything}
