"""What the manifests of small memos say, in one SQLite file: a call that takes microseconds is worth no walk of a folder.

The index is only ever a copy. A row is used while the manifest that it was taken from lies where it lay, unchanged by size
and time, and a row proves by its MAC, made with a key of the user's own, that this user put it there after every check of
memo.py. The file is in the user's cache folder, out of reach of any repository; rows of different stores are apart. When it
can't be opened, read or written, is damaged or grows too large, there is no index, and nothing else changes.

Rows that come fast are written many at once. Until then this thread has them in memory, and a crash loses copies alone.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import hmac
import json
import os
import sqlite3
import stat
import threading
import time
from typing import Any, Dict, List, Optional, Tuple

from . import trust
from .manifest import joined

_MAX_ROW = 32 << 10  # bytes of a manifest
_MAX_FILE = 512 << 20
_VERSION = 3  # of the rows: a file with others is emptied
_SCHEMA = """
CREATE TABLE IF NOT EXISTS memo (
    place BLOB PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, time INTEGER NOT NULL, data BLOB NOT NULL, mac BLOB NOT NULL
)
"""
_LEFT_OUT = ("xetcache", "kind", "key", "digest", "slot", "parts", "signature", "mac")  # of a manifest: what no hit looks at
_SECONDS = 0.2  # between two writes, while rows come fast
_ROWS = 1000  # that wait at most

_Row = Tuple[str, int, int, bytes, bytes]

# Of this thread: the connection, by the path and process that it was made for (a process made by fork opens its own), and the
# rows that wait.
_open = threading.local()


def get(root: str, key: str, digest: str) -> Optional[Dict[str, Any]]:
    """What a hit needs of the manifest, made by this user and checked before, of a key's digest in the store at this folder."""
    if getattr(_open, "where", None) is None and not os.path.isdir(root):  # nothing was stored yet: opening the index takes long
        return None
    connection = _connection()
    if connection is None:
        return None
    place = _place(root, key, digest)
    try:
        row = _open.waiting.get(place)
        if row is None:
            row = connection.execute("SELECT name, size, time, data, mac FROM memo WHERE place = ?", (place,)).fetchone()
        if row is None:
            return None
        name, size, mtime, data, mac = row
        if not hmac.compare_digest(mac, _mac(place, name, data)):
            return None
        there = _manifest(root, key, digest, name)
        if (there.st_size, there.st_mtime_ns) != (size, mtime):
            return None
        return json.loads(data.decode("ascii"))
    except (sqlite3.Error, OSError, ValueError, TypeError):
        return None


def put(root: str, key: str, digest: str, data: bytes, found: Dict[str, Any], texts: Dict[str, str]) -> None:
    """Keep a manifest that this user made, and that has passed every check, if it is small and holds all its values; texts
    are its parts in their canonical form."""
    if len(data) > _MAX_ROW or not isinstance(found["display"], list) or "files" in found or any("inline" not in o for o in _held(found)):
        return
    if _connection() is None:
        return
    name = hashlib.sha256(data).hexdigest() + ".json"
    place = _place(root, key, digest)
    kept = joined({part: text for part, text in texts.items() if part not in _LEFT_OUT})
    with contextlib.suppress(OSError):
        there = _manifest(root, key, digest, name)
        _open.waiting[place] = (name, there.st_size, there.st_mtime_ns, kept, _mac(place, name, kept))
    if len(_open.waiting) >= _ROWS or time.monotonic() - _open.written > _SECONDS:
        flush()


def _held(found: Dict[str, Any]) -> List[Dict[str, Any]]:
    more = [found[part] for part in ("left", "process", "result") if part in found]
    return [o for o in found["outputs"] if o["format"] != "left"] + more


def flush() -> None:
    """Write the rows of this thread that wait."""
    waiting: Dict[bytes, _Row] = getattr(_open, "waiting", {})
    if not waiting or _open.where[0] != os.getpid():
        return
    rows = [(place, *row) for place, row in sorted(waiting.items())]
    waiting.clear()  # what can't be written now is lost: it is a copy
    _open.written = time.monotonic()
    with contextlib.suppress(sqlite3.Error), _open.connection as transaction:
        transaction.execute("BEGIN IMMEDIATE")
        transaction.executemany("INSERT OR REPLACE INTO memo VALUES (?, ?, ?, ?, ?, ?)", rows)


atexit.register(flush)


def path() -> str:
    """The index's file."""
    folder = os.environ.get("XETCACHE_CONFIG_DIR")
    if not folder and os.name != "nt":
        base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        folder = os.path.join(base, "xetcache")
    return os.path.join(folder or trust.folder(), "index.sqlite")


def _manifest(root: str, key: str, digest: str, name: str) -> os.stat_result:
    """What there is under a manifest's name. Raises OSError if there is nothing, or a link on the way."""
    folder = _keys_folder(root, key) + digest
    path = f"{folder}{os.sep}{name}"
    there = os.lstat(path)
    if stat.S_ISLNK(there.st_mode) or stat.S_ISLNK(os.lstat(folder).st_mode):
        raise OSError("a link")
    return there


@functools.lru_cache(maxsize=64)
def _keys_folder(root: str, key: str) -> str:
    """The folder that a key's digests lie in, looked at once: a row says what its MAC says, wherever a link leads later."""
    path = root
    for part in ("k", key, ""):
        if stat.S_ISLNK(os.lstat(path).st_mode):
            raise OSError("a link")
        path = os.path.join(path, part)
    return path


def _place(root: str, key: str, digest: str) -> bytes:
    return hashlib.sha256(f"{root}\0{key}\0{digest}".encode("utf-8", "surrogatepass")).digest()


def _mac(place: bytes, name: str, data: bytes) -> bytes:
    said = place + name.encode("utf-8", "surrogatepass") + b"\0" + data
    return hashlib.blake2b(said, key=trust.mac_key(b"xetcache index 2"), digest_size=32).digest()


def _connection() -> Optional[sqlite3.Connection]:
    where = (os.getpid(), path())
    if getattr(_open, "where", None) != where:
        flush()
        _open.where, _open.connection = where, _connect(where[1])
        _open.waiting, _open.written = {}, -_SECONDS
    return _open.connection


def _connect(file: str) -> Optional[sqlite3.Connection]:
    if trust.your_key() is None:
        return None
    try:
        os.makedirs(os.path.dirname(file), mode=0o700, exist_ok=True)
        with contextlib.suppress(OSError):
            if os.path.getsize(file) > _MAX_FILE:
                os.unlink(file)
        return _prepared(file)
    except sqlite3.DatabaseError as e:
        if isinstance(e, sqlite3.OperationalError):  # locked, read-only, no room: it may be better next time
            return None
        with contextlib.suppress(OSError, sqlite3.Error):  # damaged: made anew
            os.unlink(file)
            return _prepared(file)
    except OSError:
        pass
    return None


def _prepared(file: str) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=0.2, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")  # a loss of power may damage it: then it is made anew
    if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
        connection.execute("DROP TABLE IF EXISTS memo")
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute(_SCHEMA)
    return connection
