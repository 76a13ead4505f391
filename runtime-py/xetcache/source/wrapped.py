"""The functions and classes inside other objects: what wrappers, partials, registries and class bodies hold."""

from __future__ import annotations

import contextlib
import functools
import itertools
import types
from typing import Any, Iterable, Iterator, List, Tuple

from .local import class_is_local, is_local


def held(f: types.FunctionType) -> List[Tuple[bytes, Any]]:
    """The functions and classes in a function's closure, and in the containers there."""
    values: List[Any] = [f.__dict__.get("__wrapped__")]
    for cell in f.__closure__ or ():
        with contextlib.suppress(ValueError):  # an empty one
            values.append(cell.cell_contents)
    found: List[Tuple[bytes, Any]] = []
    for value in values:
        if type(value) is dict:
            found += [(_key_name(key), item) for key, item in value.items()]
        elif type(value) in (list, tuple):
            found += [(b"", item) for item in value]
        else:
            found.append((b"", value))
    out = []
    for label, value in found:
        while not isinstance(value, types.FunctionType):  # a bound method, a partial, a cached function
            inner = getattr(value, "__func__", None) if isinstance(value, types.MethodType) else None
            inner = value.func if isinstance(value, functools.partial) else inner or wrapped_in(value)
            if inner is None:
                break
            value = inner
        if isinstance(value, (types.FunctionType, type)):
            out.append((label, value))
    return out


def carried_by(value: Any, depth: int) -> Iterator[Any]:
    """The user's functions and classes that an object holds which has no digest: in its attributes, and in containers."""
    value = unwrapped(value)
    value = value.__func__ if isinstance(value, types.MethodType) else wrapped_in(value) or value
    if isinstance(value, types.FunctionType):
        if is_local(value.__code__.co_filename, value.__module__):
            yield value
        return
    if isinstance(value, (type, types.ModuleType)) or depth == 0:
        return
    if class_is_local(type(value)):
        yield type(value)
    inner: Iterable[Any] = ()
    if type(value) is dict:
        inner = value.values()
    elif type(value) in (list, tuple):
        inner = value
    elif isinstance(value, functools.partial):
        inner = (value.func, value.args, value.keywords)
    else:
        with contextlib.suppress(TypeError, AttributeError):
            inner = [item for _, item in sorted(vars(value).items(), key=lambda pair: str(pair[0]))]
    for item in itertools.islice(inner, 100):
        yield from carried_by(item, depth - 1)


def _key_name(key: Any) -> bytes:
    key = f"{key.__module__}.{key.__qualname__}" if isinstance(key, type) else key if isinstance(key, str) else ""
    return key.encode("utf-8", "surrogatepass") + b"="


def wrapped_in(value: Any) -> Any:
    """The function that a callable object says it wraps: functools.lru_cache, a compiler's. None if there is none."""
    if isinstance(value, (types.FunctionType, type)):
        return None
    own = getattr(value, "__dict__", None)
    found = own.get("__wrapped__") if isinstance(own, dict) else None
    return found if isinstance(found, types.FunctionType) else None


def unwrapped(value: Any) -> Any:
    """The function behind a memoized one."""
    return getattr(value, "__xetmemo_wrapped__", value) if isinstance(value, types.FunctionType) else value


def is_code(value: Any) -> bool:
    """Whether a name that a cell reads is followed: a function or class, however wrapped, but no data."""
    value = unwrapped(value)
    if isinstance(value, (types.FunctionType, types.MethodType, functools.partial)) or wrapped_in(value) is not None:
        return True
    return isinstance(value, type) and class_is_local(value)


def own_functions(cls: type) -> List[types.FunctionType]:
    """The functions in the body of a class, out of their wrappers."""
    found = []
    for value in vars(cls).values():
        for f in _functions_in(value):
            if f.__qualname__.startswith(cls.__qualname__ + ".") and f.__module__ == cls.__module__:
                if not f.__code__.co_filename.startswith("<string>"):  # not made by dataclass and the like
                    found.append(f)
    return found


def _functions_in(value: Any) -> List[types.FunctionType]:
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    if isinstance(value, property):
        return [f for f in (value.fget, value.fset, value.fdel) if isinstance(f, types.FunctionType)]
    if isinstance(value, functools.cached_property):
        value = value.func
    value = unwrapped(value)
    if hasattr(value, "__wrapped__") and isinstance(value.__wrapped__, types.FunctionType):
        return [value.__wrapped__]
    return [value] if isinstance(value, types.FunctionType) else []


# What Python puts into a class: on definition, or later, as pickle does with __slotnames__.
_MADE = {"__dict__", "__weakref__", "__slotnames__", "__doc__", "__module__", "__qualname__", "__annotations__", "__slots__", "__parameters__",
         "__firstlineno__", "__static_attributes__", "__orig_bases__", "__abstractmethods__", "_abc_impl", "__match_args__",
         "_value2member_map_", "_hashable_values_", "_unhashable_values_", "_unhashable_values_map_",  # an enum's, which grow
         "model_fields", "model_computed_fields", "__signature__", "__private_attributes__", "__class_vars__", "__annotate__", "__annotate_func__", "__annotations_cache__", "__classdictcell__", "__type_params__"}  # fmt: skip


def is_class_data(attr: str, value: Any) -> bool:
    if attr in _MADE or attr.startswith(("__dataclass_", "__pydantic_", "__xarray_")):
        return False
    functions = _functions_in(value)
    if isinstance(value, types.FunctionType):
        own = value.__qualname__.endswith("." + attr) or value.__code__.co_filename.startswith("<string>")
        return not own
    if functions or isinstance(value, (types.MemberDescriptorType, types.GetSetDescriptorType, types.BuiltinFunctionType)):
        return False
    return not isinstance(value, (types.WrapperDescriptorType, types.MethodDescriptorType))
