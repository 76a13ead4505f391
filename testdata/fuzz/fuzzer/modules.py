"""Random local modules, and the statement that imports one."""

# feature → alternatives; every piece stands on its own
PIECES = {
    'limit': ['LIMIT = 5'],
    'state': ['state = [1]'],
    'push': ['def push(r, v=1):\n    r.append(v)', 'def push(r, v=1):\n    r.insert(0, v)\n    return r', 'def push(r, v=1):\n    _put(r, v)\n\ndef _put(r, v): r += [v]'],
    'same': ['def same(r): return r', 'def same(r):\n    out = r\n    return out', 'def same(r): return list(r)'],
    'scale': ['def scale(v): return v * 2', 'FACTOR = 3\n\ndef scale(v):\n    return v + FACTOR', 'def scale(v):\n    for _ in range(2): v += 1\n    return v'],
    'apply': ['def apply(fn, v): return fn(v)', 'def apply(fn, v):\n    return sum(map(fn, [v, 1]))', 'def apply(fn, v):\n    def inner(): return fn(v)\n    return inner()'],
    'bump': ['kept = [0]\n\ndef bump(v):\n    kept[-1].append(v) if isinstance(kept[-1], list) else kept.append(v)\n    return v\n\ndef keep(r): kept.append(r)'],
    'total': ['tally = [1]\n\ndef total(): return sum(tally)', 'def total(): return 7'],
    'hook': ['_hooks = []\n\ndef hook(fn): _hooks.append(fn)\n\ndef fire(v): return sum(fn(v) for fn in _hooks)'],
    'box': ['class Box:\n    def __init__(self, v): self.v = v\n    def get(self): return self.v\n    def put(self, v): self.v = v\n    def grow(self, v): self.v.append(v)'],
    'deco': ['def logged(fn):\n    def inner(v): return fn(v)\n    return inner', 'import functools\n\ndef logged(fn):\n    @functools.wraps(fn)\n    def inner(*args): return fn(*args)\n    return inner'],
}
# names a from-import may take, with the kinds they get in the notebook
KINDS = {'limit': ('LIMIT', 'int'), 'state': ('state', 'L'), 'push': ('push', 'FM'), 'same': ('same', 'FI'), 'scale': ('scale', 'F1'), 'apply': ('apply', 'CB'),
         'total': ('total', 'F0'), 'bump': ('bump', 'F1'), 'deco': ('logged', 'DECO')}


def module_source(rng, files, wanted=None):
    """(import statement, new files, names it binds with their kinds, features, constructs); `wanted` is a feature it must have."""
    if 'util.py' in files or rng.random() < 0.15: name, other = 'core', 'util'
    else: name, other = 'util', 'core'
    if f'{name}.py' in files: name, other = other, name
    pieces = sorted(rng.sample(sorted(PIECES), rng.choice([2, 3, 4, 5])))
    if wanted in PIECES: pieces = sorted({*pieces, wanted})
    text, new, tags = '\n\n\n'.join(rng.choice(PIECES[p]) for p in pieces) + '\n', {}, {'module.import'}
    if 'scale' in pieces and rng.random() < 0.4:   # a module that imports from another
        new['deep.py'] = 'DEEP = 2\n\n\ndef deep(v):\n    return v + DEEP\n'
        text = 'from deep import deep\n' + text + '\n\ndef scale(v): return deep(v)\n'
        tags.add('module.nested')
    new[f'{name}.py'] = text
    names = dict(KINDS[p] for p in pieces if p in KINDS)
    how = rng.choice(['import', 'import', 'as', 'from', 'from', 'star'])
    if not names and how in ('from', 'star'): how = 'import'
    tags.add(f'module.import_{how}')
    features = frozenset(pieces)
    if how == 'import': return f'import {name}', new, {name: 'mod'}, features, tags
    if how == 'as': return f'import {name} as lib', new, {'lib': 'mod'}, features, tags
    if how == 'star': return f'from {name} import *', new, names, features, tags
    some = dict(sorted(names.items())[:rng.randint(1, 3)])
    both = rng.random() < 0.4
    return (f'import {name}\n' if both else '') + f'from {name} import ' + ', '.join(some), new, {**some, **({name: 'mod'} if both else {})}, features, tags
