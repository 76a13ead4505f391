"""Memoized functions and calls: ``@xetmemo``, ``xeteval``, ``xeteval_always``."""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
import time
import types
from typing import Any, Callable, Dict, Iterator, Optional, Tuple

from .. import config
from ..key import changes
from ..notebook import display, header, status
from ..store import memo, old, trust
from ..store.holdings import Holdings
from ..key import key as keys
from ..errors import XetCacheError

_RESULT = "result"  # the name of a call's one output
_SUSPENDS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR | inspect.CO_ITERABLE_COROUTINE
_LOUD = 1.0  # seconds from which a call is worth a line


def xetmemo(key: Any = None, always: Optional[bool] = None) -> Any:
    """Memoize a function: ``@xetmemo``, ``@xetmemo(key="hello")``, ``@xetmemo(always=True)``.

    A call with the same arguments is taken from xmemo/ as long as the function and what it reaches are the same.
    ``key`` keeps memos apart under a name. Calls under the threshold are not stored unless always is true. Works on
    functions, methods and ``async def``; a generator function raises XetCacheError. ``f.forget()`` removes its memos.
    """
    if callable(key) or isinstance(key, (staticmethod, classmethod)):
        return _wrapped(key, None, bool(always))
    _check_key(key)
    return lambda f: _wrapped(f, key, bool(always))


def xeteval(key_or_f: Any, *args: Any, **kwargs: Any) -> Any:
    """``f(*args, **kwargs)`` from its memo, or run and stored: ``xeteval(f, x)``, ``xeteval("key", f, x)``."""
    return _eval(key_or_f, args, kwargs, False)


def xeteval_always(key_or_f: Any, *args: Any, **kwargs: Any) -> Any:
    """Like xeteval, and stored however quick it is."""
    return _eval(key_or_f, args, kwargs, True)


def _eval(key_or_f: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any], always: bool) -> Any:
    key = None
    f = key_or_f
    if not callable(f):
        key = key_or_f
        _check_key(key)
        if not args or not callable(args[0]):
            raise XetCacheError("xeteval takes a function, or a key and a function: xeteval(f, x), xeteval('key', f, x)")
        f, args = args[0], args[1:]
    f = getattr(f, "__xetmemo_wrapped__", f)
    _check_function(f)
    if not _is_plain(f) and inspect.iscoroutinefunction(f):
        return _call_async(f, args, kwargs, key, always)
    return _call(f, args, kwargs, key, always)


def _wrapped(f: Any, key: Optional[str], always: bool) -> Any:
    if isinstance(f, (staticmethod, classmethod)):
        return type(f)(_wrapped(f.__func__, key, always))
    if isinstance(f, type):
        raise XetCacheError(f"xetmemo memoizes functions; {f.__qualname__} is a class: decorate its methods")
    _check_function(f)
    if inspect.iscoroutinefunction(f):

        @functools.wraps(f)
        async def memoized(*args: Any, **kwargs: Any) -> Any:
            return await _call_async(f, args, kwargs, key, always)

    else:

        @functools.wraps(f)
        def memoized(*args: Any, **kwargs: Any) -> Any:
            return _call(f, args, kwargs, key, always)

    memoized.__xetmemo_wrapped__ = f
    memoized.forget = functools.partial(_forget, f)
    return memoized


def _forget(f: Any) -> int:
    """Remove the memos of calls of a function, also those of its earlier texts. Returns how many."""
    slot = keys.slot_of_call(f)
    return Holdings(config.get_memo_path()).forget(lambda held: held.slot == slot)


def _call(f: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any], group: Optional[str], always: bool) -> Any:
    key, found = _lookup(f, args, kwargs, group)
    if isinstance(found, memo.Hit):
        return _hit(key, found)
    if found is None:
        return f(*args, **kwargs)
    recorder = display.Recorder(_shell(), this_thread=True)
    since = time.perf_counter()
    with recorder, _reported(key):
        result = f(*args, **kwargs)
    _store(key, found, result, recorder.events, time.perf_counter() - since, always)
    return result


async def _call_async(f: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any], group: Optional[str], always: bool) -> Any:
    """What other tasks print meanwhile can't be told apart, so output is not recorded."""
    key, found = _lookup(f, args, kwargs, group)
    if isinstance(found, memo.Hit):
        return _hit(key, found)
    if found is None:
        return await f(*args, **kwargs)
    since = time.perf_counter()
    with _reported(key):
        result = await f(*args, **kwargs)
    _store(key, found, result, [], time.perf_counter() - since, always)
    return result


@contextlib.contextmanager
def _reported(key: keys.Key) -> Iterator[None]:
    try:
        yield
    except Exception as e:
        status.report("failed", key.slot, f"failed: {type(e).__name__}", show=False)
        raise


def _lookup(f: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any], group: Optional[str]) -> Tuple[keys.Key, Any]:
    """A Hit, a Miss, or None if the call has no key."""
    try:
        key = keys.of_call(f, args, kwargs, group)
        refused = "; ".join(key.refused)
    except Exception as e:
        key, refused = keys.Key("call", group, "call"), f"its key can't be found ({type(e).__name__}: {e})"
    if refused:
        line = f"{_name(f)} runs without a memo: {refused}"
        status.warn_once(line, line)
        status.report("uncached", key.slot, line, show=False)
        return key, None
    found = memo.lookup(key, frozenset((_RESULT,)), [_RESULT])
    before = old.of_call(f, args, kwargs, key.group, _RESULT) if isinstance(found, memo.Miss) else None
    if before is not None and before.values is not None:
        made: Dict[str, Any] = {"seconds": 0.0}
        return key, memo.Hit(before.values, [], made, trust.TRUSTED, [])
    if before is not None:
        found.reasons.append(before.reason)
    return key, found


def _hit(key: keys.Key, found: memo.Hit) -> Any:
    display.replay(found.events, _shell(), found.level in (trust.YOU, trust.TRUSTED))
    saved = found.manifest["seconds"]
    line = f"hit {key.slot[5:]}() (saved {status.seconds(saved)})"
    status.report("hit", key.slot, line, show=saved >= _LOUD, after=found.events, saved=saved, hashing=key.seconds, parts=key.parts())
    return found.values[_RESULT]


def _store(key: keys.Key, found: memo.Miss, result: Any, events: Any, seconds: float, always: bool) -> None:
    threshold = config.get_runtime_threshold()
    if not always and seconds < threshold:
        problem = f"{status.seconds(seconds)} is under {status.seconds(threshold)}"
        show = bool(found.reasons)
    else:
        _, problem = memo.store(key, {_RESULT: result}, events, seconds, key.libraries)
        show = bool(problem or found.reasons) or seconds >= _LOUD
    line = f"miss {key.slot[5:]}()"
    if show:
        changed = changes.reasons(key)
        line += f": {', '.join(changed)}" if changed else ""
        line += f"; memo not used: {'; '.join(found.reasons)}" if found.reasons else ""
    line += f"; not stored: {problem}" if problem else f"; stored ({status.seconds(seconds)})"
    changes.ran(key, {})
    kind = "not stored" if problem else "stored"
    details = {"hashing": key.seconds, "parts": key.parts(), "reasons": found.reasons}
    status.report(kind, key.slot, line, show=show, after=events, **details)


def _check_key(key: Any) -> None:
    if key is not None and not (isinstance(key, str) and header.valid_key(key)):
        raise XetCacheError(f"key {key!r} can't name a folder: letters, digits, '.', '_' and '-' only, 64 at most")


def _check_function(f: Callable[..., Any]) -> None:
    if _is_plain(f):
        return
    if inspect.isgeneratorfunction(f) or inspect.isasyncgenfunction(f):
        raise XetCacheError(f"{_name(f)} is a generator: a memo holds values. Memoize a function that returns a list")


def _is_plain(f: Any) -> bool:
    """Whether f is surely neither a generator nor a coroutine function."""
    return type(f) is types.FunctionType and not f.__code__.co_flags & _SUSPENDS and not f.__dict__  # it may be marked as one


def _name(f: Any) -> str:
    return getattr(f, "__qualname__", type(f).__qualname__)


def _shell() -> Any:
    ipython = sys.modules.get("IPython.core.getipython")
    return ipython.get_ipython() if ipython is not None else None
