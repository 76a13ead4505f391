"""Random notebook classes. All have attributes `v` (int) and `items` (list) and a class attribute `n`; features add methods.

A class defined again keeps its features, so that what uses an instance works on old and new ones alike.
"""

# feature → alternatives of its methods; `self.v` and `self.items` may be used, `$[…$]` holes are latent
FEATURES = {
    'get': ['def get(self):\n    return $[]self.v + $int$]', 'def get(self):\n    $[]$live\n    return $int$]', 'def get(self): return len(self.items) + $[]$int$]'],
    'put': ['def put(self, v):\n    self.items.append(v + $[v:int]$int$])', 'def put(self, v):\n    self.v += v', 'def put(self, v):\n    $[v:int]$Lr.append(v)$]', 'def put(self, v):\n    $[v:int]$live$]', 'def put(self, v):\n    $*.n = v', 'def put(self, v): self._add(v)\ndef _add(self, v): self.items.append($[v:int]$int$])'],
    'call': ['def __call__(self, v):\n    return v + $[v:int]$int$]', 'def __call__(self, v):\n    self.v += v\n    return self.v', 'def __call__(self, v):\n    $[v:int]$live\n    return $int$]'],
    'getitem': ['def __getitem__(self, key):\n    return $[]$int$]', 'def __getitem__(self, key):\n    self.items.append(1)\n    return 4', 'def __getitem__(self, key):\n    $[]$live\n    return self.v$]'],
    'setitem': ['def __setitem__(self, key, v):\n    self.v = v', 'def __setitem__(self, key, v):\n    $[v:int]$live$]', 'def __setitem__(self, key, v):\n    self.items[0] = $[v:int]$int$]'],
    'delitem': ['def __delitem__(self, key):\n    self.v = $[]$int$]', 'def __delitem__(self, key):\n    $[]$live$]'],
    'iter': ['def __iter__(self):\n    yield $[]$int\n    $live$]', 'def __iter__(self):\n    self.v += 1\n    return iter(self.items[:2])'],
    'len': ['def __len__(self): return 1 + len($[]$L$])', 'def __len__(self):\n    self.items.append(1)\n    return 2'],
    'contains': ['def __contains__(self, v): return v == $[v:int]$int$]', 'def __contains__(self, v):\n    self.items.append(v)\n    return True'],
    'add': ['def __add__(self, v): return self.v + v + $[v:int]$int$]', 'def __add__(self, v):\n    $[v:int]$live\n    return v$]\n__radd__ = __add__'],
    'iadd': ['def __iadd__(self, v):\n    self.items.append(v)\n    return self', 'def __iadd__(self, v):\n    $[v:int]$live\n    return self$]'],
    'eq': ['def __eq__(self, other): return $[]$int$] == other\n__hash__ = object.__hash__', 'def __eq__(self, other):\n    $[]$live\n    return True$]\n__hash__ = object.__hash__'],
    'lt': ['def __lt__(self, other): return $[]$int$] > 1'],
    'str': ['def __str__(self): return str($[]$int$])', 'def __repr__(self):\n    return f"{$[]$int$]}"', 'def __str__(self):\n    self.items.append(1)\n    return "z"'],
    'getattr': ['def __getattr__(self, name):\n    if name != "missing": raise AttributeError(name)\n    return $[]$int$]'],
    'static': ['@staticmethod\ndef st(v): return v + $[v:int]$int$]', '@staticmethod\ndef st(v):\n    $[v:int]$live\n    return v$]'],
    'cm': ['@classmethod\ndef cm(cls): return cls.n + $[]$int$]', '@classmethod\ndef cm(cls):\n    cls.n += 1\n    return $[]$int$]'],
    'prop': ['@property\ndef p(self): return self.v + $[]$int$]', '@property\ndef p(self):\n    self.items.append($[]$int$])\n    return 2'],
    'propset': ['@property\ndef q(self): return 1\n@q.setter\ndef q(self, v): self.items.append(v + $[v:int]$int$])\n@q.deleter\ndef q(self): self.v = $[]$int$]', 'def _set(self, v): self.v = $[v:int]$int$]\ndef _del(self): self.items.append(5)\nq = property(None, _set, _del)'],
    'enter': ['def __enter__(self):\n    self.v += 1\n    return self\ndef __exit__(self, *exc): $[]$live$]', 'def __enter__(self):\n    $[]$live\n    return self$]\ndef __exit__(self, *exc): self.items.append(2)'],
    'swallow': ['def __enter__(self): return self\ndef __exit__(self, *exc): return $[]$int$] is not None'],
    'callback': ['fn = None\ndef fire(self, v): return self.fn(v) if "fn" in vars(self) else v'],
    'shared': ['shared = [1]', 'shared = [$int, 2]', 'shared = $Lr'],
    'ref': ['def ref(self): return self.items', 'def ref(self): return $[]$Lr$]'],
    'fluent': ['def then(self, v):\n    self.items.append(v)\n    return self', 'def then(self, v):\n    $[v:int]$live\n    return self$]'],
    'bool': ['def __bool__(self): return $[]$int$] > 1'],
    'hash': ['def __hash__(self): return 1 + $[]$int$] * 0'],
    'neg': ['def __neg__(self): return $[]$int$]'],
    'index': ['def __index__(self): return 1 + 0 * $[]$int$]'],
    'descriptor': ['class Slot:\n    def __get__(self, obj, cls):\n        $[]$live\n        return $int$]\nslot = Slot()', 'class Slot:\n    def __get__(self, obj, cls):\n        if obj is not None: obj.items.append(3)\n        return 5\nslot = Slot()'],
    'mangled': ['def __hid(self): return $[]$int$]\ndef secret(self): return self.__hid()'],
}
INITS = [
    'def __init__(self, v=1):\n    self.v = v\n    self.items = [v]',
    'def __init__(self, v=1):\n    self.v, self.items = v, $[v:int]$Lr$]',
    'def __init__(self, v=1):\n    $[v:int]$live\n    self.v = $int$]\n    self.items = [v, 2]',
    'def __init__(self, v=1, items=$Lr):\n    self.v, self.items = v, items',
    'def __init__(self, v=1):\n    self.reset(v)\ndef reset(self, v):\n    self.v = v\n    self.items = $[v:int]$L$]',
]
SUPER = {'get': 'def get(self): return super().get() + $[]$int$]', 'put': 'def put(self, v):\n    super().put(v)\n    $[v:int]$live$]',
         'call': 'def __call__(self, v): return super().__call__(v) + $[v:int]$int$]'}


def class_source(rng, name, features, bases, wanted=None):
    """(template, features, constructs) of a class; `features` is what an earlier class of this name had, `bases` {name: features},
    `wanted` a feature it must have."""
    tags = {'object.class'}
    base = rng.choice(sorted(bases)) if bases and rng.random() < 0.4 and features is None else None
    inherited = bases[base] if base else frozenset()
    if features is None:
        own = set(rng.sample(sorted(FEATURES), rng.choice([1, 2, 2, 3])))
        if wanted in FEATURES: own.add(wanted)
        own |= {'get'} - inherited if rng.random() < 0.6 else set()
    else: own = set(features) - {'base'}
    body = ['n = $int' if rng.random() < 0.4 else 'n = 1']
    if not base: body.append(rng.choice(INITS + INITS[:1] * 3))
    for feature in sorted(own):
        text = rng.choice(FEATURES[feature])
        if feature in inherited and feature in SUPER and rng.random() < 0.7:
            text = SUPER[feature]
            tags.add('object.super')
        tags.add(f'class.{feature}')
        body.append(text.replace('$*', name))
    if base: tags.add('object.inheritance')
    # the base's name is printed through a hole that loads it
    lines = '\n'.join(body).split('\n')
    return f'class {name}' + (f'($<{base}>)' if base else '') + ':\n' + '\n'.join('    ' + s for s in lines), frozenset(own | inherited | {'base'}), tags
