"""The hash under a value's digest: a tree of SHA-256, the same whatever is installed, on several threads where that pays.

The data are cut into chunks of 1 MB. One chunk hashes to its SHA-256; several to the SHA-256 of a prefix, their hashes and
the length of the whole.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Iterable, List, Optional

ALGORITHM = "s4"

BIG = 1 << 20  # bytes from which an array is hashed on its own

_CHUNK = 1 << 20
_AT_ONCE = 32  # chunks that the threads share: few, so that nobody waits long for the last
_THREADS = 2
_PREFIX = b"xetcache tree 1\n"


def hash_bytes(data: bytes) -> str:
    """The digest of raw bytes, in the form of a value's."""
    return f"{ALGORITHM}:{hasher(data).hexdigest()}"


def hasher(data: bytes = b"") -> "Tree":
    tree = Tree()
    tree.update(data)
    return tree


def of_buffers(buffers: Iterable[memoryview]) -> bytes:
    """The hash of a large buffer, or of what would be one, without copying it."""
    tree = Tree()
    for data in buffers:
        tree.update(data)
    return tree.digest()


class Tree:
    """A hash object, as hashlib has them."""

    def __init__(self) -> None:
        self._leaves: List[bytes] = []
        self._rest = bytearray()
        self._size = 0

    def update(self, data: Any) -> None:
        view = memoryview(data)
        self._size += len(view)
        at = 0
        if self._rest or len(view) < _CHUNK:
            at = min(len(view), _CHUNK - len(self._rest))
            self._rest += view[:at]
            if len(self._rest) == _CHUNK and at < len(view):
                self._leaves.append(hashlib.sha256(self._rest).digest())
                self._rest = bytearray()
        # The last chunk stays: it may be the only one, and a hash is asked for once.
        whole = max(0, (len(view) - at - 1) // _CHUNK)
        for first in range(0, whole, _AT_ONCE):
            some = [view[at + i * _CHUNK : at + (i + 1) * _CHUNK] for i in range(first, min(first + _AT_ONCE, whole))]
            self._leaves += _sha256_of_each(some)
        self._rest += view[at + whole * _CHUNK :]

    def digest(self) -> bytes:
        last = hashlib.sha256(self._rest).digest()
        if not self._leaves:
            return last
        root = hashlib.sha256(_PREFIX)
        root.update(b"".join(self._leaves))
        root.update(last)
        root.update(self._size.to_bytes(8, "big"))
        return root.digest()

    def hexdigest(self) -> str:
        return self.digest().hex()


_pool: Optional[ThreadPoolExecutor] = None
_pool_pid = 0


def _sha256_of_each(chunks: List[memoryview]) -> List[bytes]:
    global _pool, _pool_pid
    if len(chunks) < 4:
        return list(map(_sha256, chunks))
    import os

    if _pool is None or _pool_pid != os.getpid():  # threads don't survive a fork
        _pool, _pool_pid = ThreadPoolExecutor(_THREADS, thread_name_prefix="xetcache-hash"), os.getpid()
    try:
        return list(_pool.map(_sha256, chunks))
    except RuntimeError:  # while Python ends
        return list(map(_sha256, chunks))


def _sha256(data: memoryview) -> bytes:
    return hashlib.sha256(data).digest()
