"""Makes a random notebook from the grammar's tables, deterministically by seed.

The tables (expressions.py, statements.py, classes.py, modules.py) hold templates: Python text with typed holes. A template
is filled from left to right:

    $int            an expression of this kind
    $@L             a name of this kind that is bound now
    $&L             a name of this kind that is bound now and may be bound anew where the statement stands
    $=L             a name to bind; it counts as bound when the whole statement is filled
    $+L             the same, bound from here on (a `for` target)
    $%int           a global name for a `global` statement; `$^1` marks label 1 bound
    $~int           a name of the kind that may be bound (walrus); nothing relies on it
    $?int  $!int    a name of the kind's pool for a parameter or comprehension variable: printed, or only labelled
    $obj:call       an object (class, module) that has the feature `call`
    $int#1 … $#1    the text filled in at the hole labelled 1, again
    $[v:int,#1:L] … $]   a function's scope with these parameters: its body is latent
    $(v:int) … $)   a comprehension's scope: inner names, run at once
    $live $dead $maybe   one or two statements that run, never run, may run
    $yes $no $cond  a condition that is true, false, unknown (in a way that takes a value to see)
    $std:heapq      a standard module, imported in the first cell
    $$              a dollar sign

Every name keeps its kind throughout the notebook (`a` is always a list), lists are never empty, dicts always have "k": so
nearly every program runs without error, whatever is bound, mutated or redefined in between. Local names come from the
same pools as global ones, for shadowing's sake. A function may use global names that are not bound yet; until they
are, no code that runs uses the function.
"""
import ast
import collections
import random
import re

from .classes import class_source
from .expressions import EXPRESSIONS
from .modules import module_source
from .notebook import Notebook, python_of
from .statements import STATEMENTS

POOLS = {kind: names.split() for kind, names in {
    'int': 'x y z n id w', 'on': 'on ready', 'off': 'off quiet', 'str': 's t name', 'L': 'a b c acc', 'LL': 'rows m', 'D': 'd cfg',
    'DL': 'reg idx', 'T': 'pair tup', 'S': 'seen uniq', 'NS': 'ns box', 'DQ': 'dq', 'DD': 'dd', 'BA': 'buf',
    'F1': 'f g h inc abs', 'F0': 'peek total now', 'FM': 'push fill', 'FL': 'getl lst', 'FI': 'same keep', 'FO': 'touch poke',
    'FF': 'fs steps', 'DF': 'table ops', 'DECO': 'deco wrap', 'DECOA': 'decoa opt', 'MK': 'make build', 'CB': 'apply run',
    'GF': 'genf items', 'G': 'it gen', 'CTX': 'ctx scope', 'AF': 'fetch', 'BM': 'app meth', 'class': 'A B C', 'obj': 'o p q',
    'N': 'arr mat', 'DFr': 'df tab', 'out': 'out cap', 'mod': '',
}.items()}
CARRIERS = {'F1', 'F0', 'FM', 'FL', 'FI', 'FO', 'FF', 'DF', 'DECO', 'DECOA', 'MK', 'CB', 'GF', 'G', 'CTX', 'AF', 'BM', 'class', 'obj'}
STORES = re.compile(r'\$=(' + '|'.join(sorted(CARRIERS, key=len, reverse=True)) + r')\b')
PRODUCERS = {kind: [s for s in STATEMENTS if re.search(rf'\$[=+]{kind}\b', s[2])] for kind in POOLS}
USES = collections.defaultdict(list)   # (kind, feature) → (construct, template) of statements that use a name of the kind
for _tag, _template in ([s[::2] for s in STATEMENTS] + [(t, f'$=int = {e}') for t, e in EXPRESSIONS['int']]
                        + [(t, f'{e}.append($int)') for t, e in EXPRESSIONS['Lr']] + [(t, f'$=L = {e}') for t, e in EXPRESSIONS['Lr']]):
    for _kind, _feature in set(re.findall(r'\$[@&]?([A-Za-z][A-Za-z0-9]*)(?::([a-z]+))?', _template)): USES[_kind, _feature or None].append((_tag, _template))
PLAIN = {'int', 'L', 'on', 'off', 'str', 'D'}
LATE = {'int', 'L', 'D', 'F1', 'LL', 'DL'}      # kinds that a function may use before they are bound
ALWAYS = {'bind', 'use', 'def', 'mutate'}       # families in every notebook
TOP_LEVEL = {'bind.annotation_only', 'call.conditional_def', 'object.class_reads_itself'}
FAMILY_WEIGHT = {'bind': 1.5, 'use': 0.8, 'def': 2, 'mutate': 2}      # the others have 3
LIBRARIES = {'numpy', 'pandas'}

HOLE = re.compile(r'\$\$|\$<(?P<given>\w+)>|\$(?P<open>[\[(])(?P<params>[^\])]*)[\])]|\$(?P<close>[\])])|\$#(?P<again>\d)|\$\^(?P<bound>\d)'
                  r'|\$(?P<mode>[=@+%?!~&]?)(?P<kind>[A-Za-z][A-Za-z0-9]*)(?::(?P<feature>[a-z]+))?(?:#(?P<label>\d))?')


def generate(seed, libs=False):
    """The notebook of a seed."""
    return Generator(seed, libs).notebook()


class Unfit(Exception):
    """The template can't be filled here; another one is tried. `lacks` is the (kind, feature) it found no name of."""

    def __init__(self, lacks=None): self.lacks = lacks


class Scope:
    """Names of one function, lambda or comprehension under construction."""

    def __init__(self, names, latent):
        self.names, self.latent = names, latent
        self.globals, self.declared, self.unusable = set(), set(), set()

    def copy(self):
        s = Scope(dict(self.names), self.latent)
        s.globals, s.declared, s.unusable = set(self.globals), set(self.declared), set(self.unusable)
        return s


class Filling:
    """What one statement's template has bound and loaded so far."""

    def __init__(self):
        self.labels, self.targets, self.loaded, self.cls = {}, [], set(), None
        self.stores = False      # whether functions made here may run later only


class Generator:
    """One notebook in the making."""

    def __init__(self, seed, libs=False):
        self.rng = random.Random(f'soundness {seed}')
        self.bound, self.kinds, self.cls_of, self.features, self.needs = set(), {}, {}, {}, {}
        self.pending, self.std, self.tags, self.files = set(), set(), set(), {}
        self.scopes, self.depth, self.nesting = [], 0, 0
        families = sorted({tag.partition('.')[0] for tag, *_ in STATEMENTS} - LIBRARIES)
        if libs: families += sorted(LIBRARIES)
        optional = sorted(set(families) - ALWAYS)
        self.families = ALWAYS | set(self.rng.sample(optional, self.rng.choice([1, 2, 3, 3, 4])))
        self.statements = [s for s in STATEMENTS if s[0].partition('.')[0] in self.families]
        total = collections.Counter()
        for tag, weight, _ in self.statements: total[tag.partition('.')[0]] += weight
        self.weights = [weight * FAMILY_WEIGHT.get(tag.partition('.')[0], 3) / total[tag.partition('.')[0]] for tag, weight, _ in self.statements]
        family = lambda choice: choice[0].partition('.')[0]
        known = self.families | {'use', 'call', 'flow'}
        self.expressions = {kind: [c for i, c in enumerate(choices) if not i or family(c) in known or kind not in ('int', 'L', 'Lr') and family(c) not in LIBRARIES]
                            for kind, choices in EXPRESSIONS.items()}
        self.feature = None          # what the class or module made next must have

    # ------------------------------------------------------------------------------------------ notebook

    def notebook(self):
        cells = []
        for i in range(self.rng.randint(3, 8)):
            lines = []
            if i and self.pending and self.rng.random() < 0.6: lines += self.define_pending()
            if not i: lines += self.start()
            for _ in range(self.rng.choice([1, 1, 2, 2, 3, 4])):
                lines += self.statement(top=not lines)
                if lines and lines[0].startswith('%%'): break
            if lines: cells.append('\n'.join(lines))
        if self.std: cells.insert(0, '\n'.join(f'import {m}' for m in sorted(self.std)))
        return Notebook(cells, dict(self.files), frozenset(self.tags))

    def start(self):
        """Something for the rest to work on."""
        lines = []
        for kind in ['int', 'L'] + self.rng.sample(['L', 'LL', 'D', 'DL', 'on', 'off', 'str', 'T'], self.rng.choice([0, 1, 1, 2])):
            lines += self.attempt('bind.start', f'$={kind} = ${kind}') or []
        return lines

    def define_pending(self):
        lines = []
        for name in sorted(self.pending - self.bound):
            kind = self.kinds[name]
            for tag, template in [('def.late', f'def {name}(v):\n    $[v:int]return v + $int$]')] if kind == 'F1' else [('def.late', f'{name} = ${kind}')]:
                done = self.attempt(tag, template, also=(name, kind))
                if done: lines += done
        self.pending -= self.bound
        return lines

    def statement(self, top=False):
        """Lines of one statement of a random template."""
        for _ in range(12):
            tag, _, template = self.rng.choices(self.statements, self.weights)[0]
            if self.rng.random() < 0.35: tag, template = self.use_of_a_name() or (tag, template)
            if not self.fits(tag, template, top): continue
            done = self.attempt(tag, template)
            if done: return done
            before = self.provide(self.lacks) if self.lacks and not self.scopes and self.rng.random() < 0.6 else []
            if before: return before + (self.attempt(tag, template) or [])
        return []

    def use_of_a_name(self):
        """A statement about something beyond plain data that is bound here."""
        names = [n for n in sorted(self.bound) if self.kinds[n] not in PLAIN]
        if not names: return None
        name = self.rng.choice(names)
        kind = self.kinds[name]
        feature = None
        if kind in ('obj', 'class', 'mod'): feature = self.rng.choice(sorted(self.features.get(self.cls_of.get(name, name), ())) or [None])
        uses = USES.get((kind, feature))
        return self.rng.choice(uses) if uses else None

    def provide(self, lacks, depth=0):
        """Statements that bind a name of the kind that a template found none of."""
        kind, self.feature = lacks
        if kind == 'class' or kind == 'obj' and self.feature: templates = [('object.class', 1, '$CLASS')]
        elif kind == 'mod': templates = [('module.import', 1, '$MODULE')]
        else: templates = PRODUCERS.get(kind, [])
        lines = []
        for _ in range(2):
            if not templates: break
            tag, _, template = self.rng.choices(templates, [t[1] for t in templates])[0]
            lines = (self.attempt(tag, template) if self.fits(tag, template, False) else None) or []
            if not lines and self.lacks and depth < 2: lines = self.provide(self.lacks, depth + 1)
            if lines: break
        self.feature = None
        if lines and kind == 'obj' and templates[0][2] == '$CLASS': lines += self.attempt('object.new', '$=obj = $new') or []
        return lines

    def fits(self, tag, template, top):
        inside = bool(self.scopes)
        if tag.partition('.')[0] in LIBRARIES - self.families: return False
        if template.startswith('%%'): return top and not self.nesting and not inside
        if self.nesting and (template.startswith(('%', '!')) or '"""' in template): return False
        if inside and (tag.startswith(('dynamic.', 'magic.')) or 'global ' in template or 'gone' in template or tag in TOP_LEVEL): return False
        return not (self.nesting > 1 and '$live' in template)

    def attempt(self, tag, template, also=None):
        saved, self.lacks = self.state(), None
        try:
            self.depth = 0
            f = Filling()
            if also: f.targets.append((*also, 0))
            text = self.class_text(f) if template == '$CLASS' else self.module_text(f) if template == '$MODULE' else self.fill(template, f)
            if not self.scopes and not self.nesting: ast.parse(python_of(text))
            # in executed text such a walrus binds past the tracer, which then takes the next load for a read
            if 'exec(' in template and ':=' in text: raise Unfit
            for name, kind, depth in f.targets:
                if depth == len(self.scopes): self.bind(name, kind, f)
            self.tags.add(tag)
            return text.split('\n')
        except (Unfit, SyntaxError) as e:   # quotes within quotes, a walrus where none may stand
            self.restore(saved)
            self.lacks = getattr(e, 'lacks', None)
            return None

    def state(self):
        return (set(self.bound), dict(self.kinds), dict(self.cls_of), dict(self.features), {k: set(v) for k, v in self.needs.items()},
                set(self.pending), set(self.std), set(self.tags), dict(self.files), [s.copy() for s in self.scopes], self.depth, self.nesting)

    def restore(self, saved):
        (self.bound, self.kinds, self.cls_of, self.features, self.needs, self.pending, self.std, self.tags, self.files,
         self.scopes, self.depth, self.nesting) = saved

    # ------------------------------------------------------------------------------------------ templates

    def fill(self, template, f):
        out, at = [], 0
        f.stores = f.stores or bool(STORES.search(template))
        for m in HOLE.finditer(template):
            out.append(template[at:m.start()])
            at = m.end()
            line = template[:m.start()].rpartition('\n')[2]
            indent = len(line) - len(line.lstrip())
            out.append(self.hole(m, f, indent))
        out.append(template[at:])
        return ''.join(out)

    def hole(self, m, f, indent):
        if m[0] == '$$': return '$'
        if m['given']: return self.load(m['given'], f)
        if m['open']: self.open(m['open'] == '[', m['params'], f); return ''
        if m['close']: self.close(f); return ''
        if m['again']: return f.labels[m['again']]
        if m['bound']: self.rebound(f.labels[m['bound']], f); return ''
        kind, mode, feature = m['kind'], m['mode'], m['feature']
        if kind == 'std': self.std.add(feature); return feature
        if kind in ('live', 'dead', 'maybe'): return self.block(kind, indent)
        if mode == '=' or mode == '+': text = self.target(kind, f, now=mode == '+')
        elif mode == '%': text = self.global_name(kind)
        elif mode == '&': text = self.rebindable(kind, f)
        elif mode == '~': text = self.perhaps(kind)
        elif mode in ('?', '!'): text = self.rng.choice(POOLS[kind])
        elif mode == '@': text = self.name(kind, f, feature)
        else: text = self.expression(kind, f, feature)
        if m['label']: f.labels[m['label']] = text
        return '' if mode == '!' else text

    def open(self, latent, params, f):
        latent = latent and f.stores
        names = {}
        for p in filter(None, params.split(',')):
            name, _, kind = p.partition(':')
            names[f.labels[name[1:]] if name.startswith('#') else name] = kind
        latent = latent or bool(self.scopes and self.scopes[-1].latent)
        self.scopes.append(Scope(names, latent))

    def close(self, f):
        s = self.scopes.pop()
        for n in s.globals - set(s.names):
            if self.scopes and n not in self.scopes[-1].names: self.scopes[-1].globals.add(n)
        if self.scopes: self.scopes[-1].globals |= s.globals
        f.loaded |= s.globals

    def block(self, kind, indent):
        if self.nesting > 2: return 'pass'
        bound, names = set(self.bound), [dict(s.names) for s in self.scopes]
        self.nesting += 1
        depth = self.depth
        lines = []
        for _ in range(self.rng.choice([1, 1, 2])): lines += self.statement()
        self.depth = depth
        self.nesting -= 1
        if kind != 'live':
            self.bound = bound
            for s, old in zip(self.scopes, names):
                s.unusable |= set(s.names) - set(old)
                s.names = old
        return ('\n' + ' ' * indent).join(lines or ['pass'])

    # ------------------------------------------------------------------------------------------ names

    def bind(self, name, kind, f, anew=False):
        """Bind in the innermost function, else in the notebook."""
        if self.scopes and name not in self.scopes[-1].declared:
            s = self.scopes[-1]
            if name in s.globals: raise Unfit
            s.names[name] = kind
            return
        self.kinds.setdefault(name, kind)
        self.bound.add(name)
        self.pending.discard(name)
        if kind in CARRIERS:
            if name in self.reach(f.loaded - {name} if anew else f.loaded): raise Unfit   # would call itself without end
            self.needs.setdefault(name, set()).update(n for n in f.loaded if n != name)

    def rebound(self, name, f):
        if not self.scopes: self.bind(name, self.kinds[name], f, anew=True)
        elif name not in self.scopes[-1].names: self.needs.setdefault(name, set()).update(f.loaded - {name})

    def reach(self, names):
        seen, todo = set(), list(names)
        while todo:
            n = todo.pop()
            if n not in seen: seen.add(n); todo += self.needs.get(n, ())
        return seen

    def usable(self, name):
        return self.reach([name]) <= self.bound

    def target(self, kind, f, now):
        pool = POOLS[kind]
        if kind == 'obj':
            classes = [c for c in POOLS['class'] if c in self.bound and self.usable(c)]
            if f.cls is None and not classes: raise Unfit(('class', None))
            f.cls = f.cls or self.rng.choice(classes)
            pool = [n for n in pool if self.cls_of.get(n, f.cls) == f.cls]
        if kind == 'class': pool = [n for n in pool if n not in self.cls_of]
        if self.scopes:
            s = self.scopes[-1]
            pool = [n for n in pool if n not in s.globals and n not in s.unusable and n not in s.declared and s.names.get(n, kind) == kind]
        else: pool = [n for n in pool if self.kinds.get(n, kind) == kind]
        pool = [n for n in pool if not any(n == t[0] for t in f.targets)]
        if not pool: raise Unfit
        name = self.rng.choice(pool[:2] if self.rng.random() < 0.6 else pool)
        if kind == 'obj' and not self.scopes: self.cls_of[name] = f.cls
        if now: self.bind(name, kind, f)
        else:
            f.targets.append((name, kind, len(self.scopes)))
            if self.scopes: self.scopes[-1].unusable.add(name)
        return name

    def perhaps(self, kind):
        if self.scopes: raise Unfit    # a walrus in a lambda or comprehension binds elsewhere than its text says
        name = self.rng.choice(POOLS[kind])
        self.kinds.setdefault(name, kind)
        return name

    def global_name(self, kind):
        s = self.scopes[-1] if self.scopes else None
        pool = [n for n in POOLS[kind] if s is None or n not in s.names and n not in s.globals and n not in s.unusable]
        if not pool: raise Unfit
        name = self.rng.choice(pool)
        self.kinds.setdefault(name, kind)
        if s: s.declared.add(name)
        return name

    def names_of(self, kind, feature=None, cls=None):
        """(local names, global names) of a kind that can be used here."""
        latent = any(s.latent for s in self.scopes)
        hidden, local = set(), []
        for s in reversed(self.scopes):
            local += [n for n, k in s.names.items() if k == kind and n not in hidden and feature in (None, 'base')]
            hidden |= set(s.names) | s.unusable
        found = [n for n in sorted(self.bound) if self.kinds[n] == kind and n not in hidden]
        if kind in ('obj', 'class', 'mod'):
            of = lambda n: self.features.get(self.cls_of.get(n, n), frozenset())
            found = [n for n in found if (feature is None or feature in of(n)) and (cls is None or self.cls_of.get(n, n) == cls)]
            if cls or (kind != 'obj'): local = []
        if not latent: found = [n for n in found if self.usable(n)]
        return local, found

    def name(self, kind, f, feature=None):
        local, found = self.names_of(kind, feature, f.cls if kind == 'obj' else None)
        latent = any(s.latent for s in self.scopes)
        if latent and kind in LATE and self.rng.random() < 0.12:
            hidden = set().union(*(set(s.names) | s.unusable for s in self.scopes))
            late = [n for n in POOLS[kind] if n not in self.bound and n not in hidden and self.kinds.get(n, kind) == kind]
            if late and len(self.pending) < 2:
                name = self.rng.choice(late)
                self.kinds.setdefault(name, kind)
                self.pending.add(name)
                return self.load(name, f)
        if local and (not found or self.rng.random() < 0.5): return self.rng.choice(local)
        if not found: raise Unfit((kind, feature))
        return self.load(self.rng.choice(found), f)

    def rebindable(self, kind, f):
        if not self.scopes: return self.name(kind, f)
        own = [n for n, k in self.scopes[-1].names.items() if k == kind]
        if not own: raise Unfit
        return self.rng.choice(own)

    def load(self, name, f):
        f.loaded.add(name)
        for s in self.scopes: s.globals.add(name)
        return name

    # ------------------------------------------------------------------------------------------ expressions

    def expression(self, kind, f, feature=None):
        if kind == 'new': return f'{self.load(f.cls, f)}({self.expression("int", f)})'
        if kind in ('obj', 'class', 'mod'): return self.name(kind, f, feature)
        if kind in POOLS and self.rng.random() < (0.55 if self.depth < 1 else 0.8):
            try: return self.name(kind, f, feature)
            except Unfit: pass
        self.depth += 1
        try:
            choices = self.expressions.get(kind)
            if not choices: return self.name(kind, f, feature)
            for i in range(5):
                if self.depth > 2 or i == 4: tag, template = choices[0]
                else: tag, template = self.rng.choice(choices)
                if self.scopes and tag.startswith('dynamic.'): continue
                saved = self.state()
                try:
                    inner = Filling()
                    inner.cls, inner.stores = f.cls, kind in CARRIERS and f.stores
                    text = self.fill(template, inner)
                    f.loaded |= inner.loaded
                    f.targets += inner.targets
                    self.tags.add(tag)
                    return text
                except Unfit: self.restore(saved)
            raise Unfit
        finally: self.depth -= 1

    # ------------------------------------------------------------------------------------------ classes, modules

    def class_text(self, f):
        if self.scopes: raise Unfit
        names = [n for n in POOLS['class'] if self.feature is None or self.feature in self.features.get(n, {self.feature})]
        if not names: raise Unfit
        name = self.rng.choice(names)
        bases = [c for c in POOLS['class'] if c in self.bound and c != name and self.usable(c) and name not in self.reach([c])]
        text, features, tags = class_source(self.rng, name, self.features.get(name), {b: self.features[b] for b in bases}, self.feature)
        f.targets.append((name, 'class', 0))
        f.stores = True
        done = self.fill(text, f)
        self.features[name] = features
        self.cls_of.setdefault(name, name)
        self.tags |= tags
        return done

    def module_text(self, f):
        if self.scopes or len(self.files) > 1: raise Unfit
        text, files, names, features, tags = module_source(self.rng, self.files, self.feature)
        for name, kind in names.items():
            if self.kinds.get(name, kind) != kind: raise Unfit
            f.targets.append((name, kind, 0))
            self.kinds[name] = kind
            if kind == 'mod': self.features[name] = features
        self.files.update(files)
        self.tags |= tags
        return text
