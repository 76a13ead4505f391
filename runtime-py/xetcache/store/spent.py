"""What is spent: closed files, ended threads, futures that are done, pools that were shut down, generators at their end.

None of them can be pickled, but nothing of them is open: one like it is made again.
"""

from __future__ import annotations

import concurrent.futures
import io
import threading
import types
from typing import Any

_FEW = 1000  # items that are looked at


def is_spent(value: Any) -> bool:
    """Whether value is spent, or a short list or tuple of nothing but what is."""
    if type(value) in (list, tuple):
        return 0 < len(value) <= _FEW and all(_is_one(item) for item in value)
    return _is_one(value)


def _is_one(value: Any) -> bool:
    return bool(value.closed) if isinstance(value, io.IOBase) else reduced(value) is not None


def reduced(value: Any) -> Any:
    """How to pickle what is spent; None for all else."""
    kind = type(value)
    if kind is threading.Thread:
        return (_ended_thread, (value.name, value.daemon)) if value.ident is not None and not value.is_alive() else None
    if kind is concurrent.futures.Future:
        if not value.done() or value.cancelled():
            return None
        failed = value.exception()
        return (_done, (failed, None if failed is not None else value.result()))
    if kind is concurrent.futures.ThreadPoolExecutor:
        return (_shut, (value._max_workers,)) if value._shutdown else None
    if kind is types.GeneratorType:
        return (_ended, (value.__name__, value.__qualname__)) if value.gi_frame is None else None
    return None


def _ended_thread(name: str, daemon: bool) -> threading.Thread:
    thread = threading.Thread(target=int, name=name, daemon=daemon)
    thread.start()
    thread.join()
    return thread


def _done(failed: Any, result: Any) -> Any:
    found: Any = concurrent.futures.Future()
    if failed is not None:
        found.set_exception(failed)
    else:
        found.set_result(result)
    return found


def _shut(workers: int) -> Any:
    found = concurrent.futures.ThreadPoolExecutor(workers)
    found.shutdown()
    return found


def _ended(name: str = "<genexpr>", qualname: str = "<genexpr>") -> Any:
    found = (x for x in ())
    list(found)
    found.__name__, found.__qualname__ = name, qualname
    return found
