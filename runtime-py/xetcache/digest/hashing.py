"""The hash under a value's digest: BLAKE3 where it is installed, else SHA-256; a prefix says which."""

from __future__ import annotations

import hashlib
from typing import Any, Iterable

try:
    from blake3 import blake3 as _blake3
except ImportError:  # the extra isn't installed
    _blake3 = None

ALGORITHM = "b3" if _blake3 is not None else "s2"

BIG = 1 << 20  # bytes from which an array is hashed on its own, by several threads
_AT_ONCE = 1 << 21  # bytes of it that they share: on a busy machine one waits long for another that has half of the whole


def hash_bytes(data: bytes) -> str:
    """The digest of raw bytes, in the form of a value's."""
    return f"{ALGORITHM}:{hasher(data).hexdigest()}"


def hasher(data: bytes = b"") -> Any:
    return hashlib.sha256(data) if _blake3 is None else _blake3(data)


def of_buffers(buffers: Iterable[memoryview]) -> bytes:
    """The hash of a large buffer, or of what would be one, with several threads where the hash can, without copying it."""
    if _blake3 is None:
        part = hashlib.sha256()
        for data in buffers:
            part.update(data)
    else:
        part = _blake3(max_threads=_blake3.AUTO)
        for data in buffers:
            for at in range(0, len(data), _AT_ONCE):
                part.update(data[at : at + _AT_ONCE])
    return part.digest()
