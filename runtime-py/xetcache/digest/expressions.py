"""How SymPy's expressions enter a value's digest.

Expressions can't change, so what they share doesn't count: whether the two ``x`` of ``x**2 + x`` are one object depends
on a cache of SymPy's, and differs between a value that was computed and one that was loaded. Written out without their sharing
they can be exponentially larger than they are in memory. So each distinct expression has a digest of its own, made of
those of its arguments, and is written as that.
"""

from __future__ import annotations

import copyreg
from typing import Any, Callable, Dict, List, Optional, Tuple

import sympy

from . import tags
from .instances import reduced, whole


def encoder(kind: type) -> Optional[Callable[[Any, List[Any]], None]]:
    return _expressions if issubclass(kind, sympy.Basic) else None


def _expressions(walk: Any, col: List[Any]) -> None:
    walk.out += tags.EXPRESSIONS
    known = walk.expressions
    for item in col:
        # Arguments first, with a stack of our own: expressions can be deeper than Python's.
        waiting = [item]
        while waiting:
            last = waiting[-1]
            missing = [arg for arg in last.args if isinstance(arg, sympy.Basic) and id(arg) not in known]
            if id(last) in known or not missing:
                waiting.pop()
                _describe(walk, last, known)
            else:
                waiting += missing
        walk.out += known[id(item)]


def _describe(walk: Any, item: Any, known: Dict[int, bytes]) -> None:
    if id(item) in known:
        return
    kind = type(item)
    inner = type(walk)(walk.sources, walk.left, at_once=True)
    inner.expressions = known
    inner.raw(walk.sources.instance(kind))
    inner.run(_in_order(whole(reduced(kind, [item])[0])))
    inner.flush()
    walk.spend(64)
    walk.keep.append((item, inner))
    known[id(item)] = inner.hash.digest()


def _in_order(parts: Tuple[Any, ...]) -> Tuple[Any, ...]:
    """The same with its keyword arguments sorted: the assumptions of a symbol come in the order of a set in older SymPy."""
    func, args, *rest = parts
    if func is not copyreg.__newobj_ex__:
        return parts
    cls, given, named = args
    return (func, (cls, given, dict(sorted(named.items()))), *rest)
