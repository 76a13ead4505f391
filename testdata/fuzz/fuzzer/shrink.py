"""Makes a failing notebook small: the same kind of miss of the same name stays while cells, statements and expressions go.

Edits are tried from the largest to the smallest: drop a cell or file, drop a statement, put a compound statement's body in its
place, drop a part of a list (argument, decorator, base, element), put a part of an expression or a plain constant in its place.
A whole pass over the edits without success ends it. Each round runs a handful of edits at once, with one run of the analyzer.
"""
import ast
import copy
import re
import tempfile
import time

from .campaign import judge_all
from .notebook import Notebook

ROUND = 24          # edits tried at once
MAX_SECONDS = 90   # after that the smallest found so far has to do

MAGIC = re.compile(r'^(\s*)((?:[\w, .]+ = )?[%!].*)$')


def key_of(missed):
    """(kind, name) pairs of a notebook's misses."""
    return {(kind, name) for _, kind, names in missed for name in names}


def shrink(runner, judge, notebook, key):
    """The smallest notebook found that still misses `key`, with its truth and misses; None if it doesn't miss it at all."""
    def failing(candidates):
        """The smallest of the candidates that fail."""
        with tempfile.TemporaryDirectory(prefix='soundness-shrink-') as folder:
            found = [(cut, truth, missed) for cut, truth, missed, _ in judge_all(runner, judge, candidates, folder) if key in key_of(missed)]
        return min(found, key=lambda r: weight(r[0]), default=None)

    best, deadline = failing([notebook]), time.monotonic() + MAX_SECONDS
    progress = best is not None
    while progress:
        progress = False
        for stage in STAGES:
            start, hit = 0, best
            while hit:
                edits = list(stage(best[0]))
                edits = edits[start:] + edits[:start]
                hit = None
                for i in range(0, len(edits), ROUND):
                    if time.monotonic() > deadline: return best
                    smaller = [nb for nb in (e() for e in edits[i:i + ROUND]) if nb and weight(nb) < weight(best[0])]
                    hit = failing(smaller) if smaller else None
                    if hit:
                        best, progress, start = hit, True, (start + i) % len(edits)
                        break
    return best


def weight(nb):
    """What is to shrink: nodes first, then characters."""
    nodes = 0
    for text in [*nb.cells, *nb.files.values()]:
        tree = tree_of(text)
        nodes += 30 + sum(1 for _ in ast.walk(tree)) if tree else 100 + len(text)
    return nodes, nb.size()


def edits_of(nb):
    """Functions that make a notebook one edit away, or None."""
    for stage in STAGES: yield from stage(nb)


def cell_edits(nb):
    for i in reversed(range(len(nb.cells))): yield lambda i=i: Notebook(nb.cells[:i] + nb.cells[i + 1:], nb.files)
    for name in nb.files: yield lambda name=name: Notebook(nb.cells, {n: t for n, t in nb.files.items() if n != name})
    for i in range(len(nb.cells) - 1):
        if not any(c.startswith('%%') for c in nb.cells[i:i + 2]):
            yield lambda i=i: Notebook(nb.cells[:i] + [nb.cells[i] + '\n' + nb.cells[i + 1]] + nb.cells[i + 2:], nb.files)


def text_edits(edits):
    """A stage that makes these edits of a text in every cell and file."""
    def stage(nb):
        for i, cell in enumerate(nb.cells):
            for edit in edits(cell): yield lambda i=i, edit=edit: with_text(edit(), lambda text: Notebook(nb.cells[:i] + [text] + nb.cells[i + 1:], nb.files))
        for name, source in nb.files.items():
            for edit in edits(source): yield lambda name=name, edit=edit: with_text(edit(), lambda text: Notebook(nb.cells, {**nb.files, name: text}))
    return stage


def with_text(text, make):
    return None if text is None else make(text)


# ------------------------------------------------------------------------------------------ text and trees

def tree_of(text):
    """The cell's tree with magics as calls of __magic__, or None when it doesn't parse."""
    head, body = heading(text)
    lines = []
    for line in body.split('\n'):
        m = MAGIC.match(line)
        if m and '= %' not in m[2] and '= !' not in m[2] and not m[2].startswith(('%', '!')): m = None
        lines.append(f'{m[1]}__magic__({m[2]!r})' if m else line)
    try: return ast.parse('\n'.join(lines))
    except SyntaxError: return None


def heading(text):
    """(leading %% line with its newline or '', the rest)."""
    if not text.startswith('%%'): return '', text
    head, newline, body = text.partition('\n')
    return head + newline, body


def text_of(tree, head):
    lines = []
    for line in ast.unparse(ast.fix_missing_locations(tree)).split('\n'):
        m = re.match(r'^(\s*)__magic__\((.*)\)$', line)
        lines.append(m[1] + ast.literal_eval(m[2]) if m else line)
    return head + '\n'.join(lines)


def edited(text, places):
    """Functions that make the text with one place of its tree changed; `places` yields what changes each place of a tree."""
    head, tree = heading(text)[0], tree_of(text)
    if tree is None: return
    for n in range(sum(1 for _ in places(tree))): yield lambda n=n: changed(tree, head, places, n)


def changed(tree, head, places, n):
    fresh = copy.deepcopy(tree)
    next(c for i, c in enumerate(places(fresh)) if i == n)()
    try: new = text_of(fresh, head)
    except (ValueError, AttributeError, TypeError, SyntaxError): return None   # a tree that has no text
    return None if head and not heading(new)[1].strip() else new


def statement_edits(text):
    head, body = heading(text)
    if head and body: yield lambda: body
    yield from edited(text, statement_places)
    for m in re.finditer(r'^%time (.*)$', text, re.M): yield lambda m=m: text[:m.start()] + m[1] + text[m.end():]


def statement_places(tree):
    for node in ast.walk(tree):
        for field in ('body', 'orelse', 'finalbody', 'handlers', 'cases'):
            block = getattr(node, field, None)
            if not isinstance(block, list): continue
            for i, stmt in enumerate(block):
                yield lambda block=block, i=i, field=field, node=node: drop(block, i, field, node)
                inner = getattr(stmt, 'body', None)
                if isinstance(stmt, ast.stmt) and isinstance(inner, list):
                    yield lambda block=block, i=i, inner=inner: block.__setitem__(slice(i, i + 1), inner)
                    if getattr(stmt, 'orelse', None): yield lambda block=block, i=i, stmt=stmt: block.__setitem__(slice(i, i + 1), stmt.orelse)


def drop(block, i, field, node):
    del block[i]
    if not block and field == 'body' and not isinstance(node, ast.Module): block.append(ast.Pass())


def list_edits(text):
    return edited(text, list_places)


def list_places(tree):
    for node in ast.walk(tree):
        for field in ('decorator_list', 'bases', 'keywords', 'args', 'elts', 'generators', 'ifs', 'targets', 'names', 'items', 'defaults', 'values', 'patterns'):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and not (field in ('elts', 'targets', 'names', 'generators', 'items') and len(block) == 1):
                for i in range(len(block)): yield lambda block=block, i=i, node=node, field=field: drop_part(node, field, block, i)
        if isinstance(node, ast.arg) and node.annotation: yield lambda node=node: setattr(node, 'annotation', None)
        if isinstance(node, ast.arguments) and node.args and not node.defaults:
            for i in range(len(node.args)): yield lambda node=node, i=i: node.args.pop(i)
        if isinstance(node, ast.FunctionDef) and node.returns: yield lambda node=node: setattr(node, 'returns', None)


def drop_part(node, field, block, i):
    del block[i]
    if isinstance(node, ast.Dict): del node.keys[i]
    if isinstance(node, ast.BoolOp) and len(block) == 1: block.append(block[0])


def expression_edits(text):
    return edited(text, expression_places)


def expression_places(tree):
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.expr) and isinstance(getattr(value, 'ctx', ast.Load()), ast.Load):
                yield from replacements(value, lambda new, node=node, field=field: setattr(node, field, new))
            elif isinstance(value, list):
                for i, item in enumerate(value):
                    if isinstance(item, ast.expr) and isinstance(getattr(item, 'ctx', ast.Load()), ast.Load):
                        yield from replacements(item, lambda new, value=value, i=i: value.__setitem__(i, new))


def replacements(expr, put):
    """Put a part of the expression, or a plain constant, in its place."""
    if isinstance(expr, ast.Constant) or isinstance(expr, ast.Call) and isinstance(expr.func, ast.Name) and expr.func.id == '__magic__': return
    parts = [c for c in ast.walk(expr) if c is not expr and isinstance(c, ast.expr) and isinstance(getattr(c, 'ctx', ast.Load()), ast.Load)]
    if not isinstance(expr, ast.Name):
        for c in parts[:6]: yield lambda c=c: put(c)
        yield lambda: put(ast.List([ast.Constant(1)], ast.Load()))
    yield lambda: put(ast.Constant(1))


STAGES = [cell_edits, *map(text_edits, (statement_edits, list_edits, expression_edits))]


# ------------------------------------------------------------------------------------------ likeness

def shape(nb):
    """The notebook with its names numbered in order: two failures of one shape are one."""
    numbers, out = {}, []
    for text in [*nb.cells, *(t for _, t in sorted(nb.files.items()))]:
        out.append(re.sub(r'\b[A-Za-z_]\w{0,5}\b', lambda m: m[0] if m[0] in KEPT else f'n{numbers.setdefault(m[0], len(numbers))}', text))
    return '\n# %%\n'.join(out)


KEPT = set('def class return lambda for in if else while try except finally with as import from global del pass not and or is None True False '
           'yield raise match case await async assert self append list dict sum len map print next iter eval exec'.split())


CONSTRUCTS = {ast.Lambda: 'lambda', ast.ClassDef: 'class', ast.With: 'with', ast.Try: 'try', ast.For: 'for', ast.While: 'while', ast.Match: 'match',
              ast.NamedExpr: 'walrus', ast.GeneratorExp: 'generator', ast.ListComp: 'comprehension', ast.DictComp: 'comprehension', ast.SetComp: 'comprehension',
              ast.Yield: 'generator', ast.YieldFrom: 'generator', ast.Global: 'global', ast.Nonlocal: 'nonlocal', ast.FunctionDef: 'def', ast.IfExp: 'if-expression',
              ast.BoolOp: 'and/or', ast.AugAssign: 'augmented', ast.Starred: 'star', ast.Delete: 'del', ast.Import: 'import', ast.ImportFrom: 'import', ast.JoinedStr: 'f-string'}


def constructs_of(nb):
    """Words for what a shrunk notebook is made of; the grouping of failures by likely cause."""
    found = set()
    for text in [*nb.cells, *nb.files.values()]:
        for node in ast.walk(tree_of(text) or ast.parse('')):
            if type(node) in CONSTRUCTS: found.add(CONSTRUCTS[type(node)])
            if getattr(node, 'decorator_list', None): found.add('decorator')
            if isinstance(node, ast.FunctionDef) and node.name.startswith('__') and node.name != '__init__': found.add(node.name)
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ''
                if name in ('eval', 'exec', 'globals', 'locals', 'vars', 'getattr', 'setattr', 'partial', '__magic__', 'map', 'filter', 'reduce', 'sorted', 'max', 'min'): found.add(name)
        if text.startswith('%%'): found.add('cell magic')
    if nb.files: found.add('local module')
    return ' '.join(sorted(found))
