"""Who encodes what: by exact type, else by the library whose class it is, else as an instance."""

from __future__ import annotations

import functools
import importlib
import sys
import types
from typing import Any, Callable, Dict, List, Optional

from . import containers, definitions, instances, scalars

_Encoder = Callable[[Any, List[Any]], None]

ENCODERS: Dict[type, _Encoder] = {
    type(None): scalars.none,
    type(Ellipsis): scalars.ellipsis,
    type(NotImplemented): scalars.not_implemented,
    bool: scalars.bools,
    int: scalars.ints,
    float: scalars.floats,
    complex: scalars.complexes,
    str: scalars.strs,
    bytes: scalars.byte_strings,
    bytearray: scalars.bytearrays,
    range: scalars.ranges,
    slice: scalars.slices,
    list: containers.lists,
    tuple: containers.tuples,
    dict: containers.dicts,
    set: containers.sets,
    frozenset: containers.frozensets,
    type: definitions.classes,
    types.FunctionType: definitions.functions,
    types.BuiltinFunctionType: definitions.builtins,
    types.MethodType: definitions.methods,
    types.ModuleType: definitions.modules,
    staticmethod: definitions.wrappers,
    classmethod: definitions.wrappers,
    property: definitions.properties,
    type(functools.lru_cache()(lambda: None)): definitions.cached,
}

# Who has encoders for the classes of a library.
_LIBRARIES = {"numpy": ".arrays", "pandas": ".frames", "sympy": ".expressions", "random": ".generators", "matplotlib.artist": ".figures"}
_loaded: Dict[str, Callable[[type], Optional[_Encoder]]] = {}


def encoder_for(kind: type) -> _Encoder:
    """The encoder of a class that has no entry above. Libraries are looked at only once they are imported."""
    if hasattr(kind, "__xetcache_value__"):
        return instances.stand_ins
    if issubclass(kind, instances.STATELESS):
        return instances.stateless
    if issubclass(kind, type):
        return definitions.classes
    for library, encoders in _LIBRARIES.items():
        if sys.modules.get(library) is not None:
            if library not in _loaded:
                _loaded[library] = importlib.import_module(encoders, __package__).encoder
            found = _loaded[library](kind)
            if found is not None:
                return found
    return instances.instances
