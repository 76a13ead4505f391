"""Kept failures: a small notebook in percent format with the truth in its cell headers, so that a replay needs no tracer.

    # Found by seed 7: cell 1 mutates a.
    # %% file util.py
    def push(r): r.append(1)
    # %% binds=a live=a
    import util
    a = [1]
    # %% reads=a mutates=a
    util.push(a)

To add a case by hand, write the names that the cell really reads, binds, mutates, deletes, and of what it binds or mutates the
names read later (`live`). soundness.py --replay checks all; test_soundness.py runs them under the oracle again.
"""
from .notebook import Notebook
from .truth import KINDS


def dump(notebook, truth, comment):
    """The text of a case."""
    parts = [''.join(f'# {line}\n' for line in comment.split('\n'))]
    for name, text in sorted(notebook.files.items()): parts.append(f'# %% file {name}\n{text.rstrip()}\n')
    for source, cell in zip(notebook.cells, truth):
        words = [f'{k}={",".join(sorted(cell[k]))}' for k in KINDS if cell[k]]
        parts.append(' '.join(['# %%', *words]) + '\n' + source + '\n')
    return ''.join(parts)


def load(text):
    """(notebook, truth) of a case's text; ValueError says what is wrong with a header."""
    cells, truth, files, lines = [], [], {}, None
    for line in text.split('\n'):
        if not line.startswith('# %%'):
            if lines is not None: lines.append(line)
            continue
        words = line[4:].split()
        lines = []
        if words[:1] == ['file']:
            if len(words) != 2: raise ValueError(f'{line!r}: a file header is `# %% file NAME`')
            files[words[1]] = lines
            continue
        cell = {k: set() for k in KINDS}
        for word in words:
            key, eq, names = word.partition('=')
            if not eq or key not in cell: raise ValueError(f'{line!r}: {word!r} is none of {", ".join(k + "=" for k in KINDS)}')
            cell[key] = set(names.split(','))
        cells.append(lines)
        truth.append(cell)
    if not cells: raise ValueError('no cell: a cell starts with `# %%`')
    join = lambda ls: '\n'.join(ls).strip('\n')
    return Notebook([join(c) for c in cells], {n: join(c) + '\n' for n, c in files.items()}), truth
