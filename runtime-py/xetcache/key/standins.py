"""Inputs that stand for something else than their value: a file's content, or nothing at all."""

from __future__ import annotations

import functools
import hashlib
import os
from typing import Any, Tuple, Union


class File:
    """A file whose content is the input: ``%%xetmemo input=file("data.csv") output=df``."""

    def __init__(self, path: Union[str, "os.PathLike[str]"]):
        self.path = os.fspath(path)

    def __fspath__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        return f"file({self.path!r})"

    def __xetcache_value__(self) -> Tuple[str, str]:
        stat = os.stat(self.path)
        return ("file", _content(os.path.abspath(self.path), stat.st_mtime_ns, stat.st_size))


class Opaque:
    """A value of which only the type's name enters the key: ``input=opaque(client),prompt``."""

    def __init__(self, value: Any):
        self.value = value

    def __xetcache_value__(self) -> Tuple[str, str]:
        kind = type(self.value)
        return ("opaque", f"{kind.__module__}.{kind.__qualname__}")


def file(path: Union[str, "os.PathLike[str]"]) -> File:
    """An input that stands for the content of the file at path; its name and time don't count."""
    return File(path)


def opaque(value: Any) -> Opaque:
    """An input of which only the type counts: for clients, connections and the like, whose state doesn't matter."""
    return Opaque(value)


@functools.lru_cache(maxsize=1024)
def _content(path: str, mtime: int, size: int) -> str:
    found = hashlib.sha256()
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            found.update(block)
    return found.hexdigest()
