"""What the manifests of small memos say, in one SQLite file: a call that takes microseconds is worth no walk of a folder.

The index is only ever a copy. A row is used while the manifest that it was taken from lies where it lay, unchanged by size
and time, and a row proves by its MAC, made with a key of the user's own, that this user put it there after every check of
memo.py. The file is in the user's cache folder, out of reach of any repository; rows of different stores are apart. When it
can't be opened, read or written, is damaged or grows too large, there is no index, and nothing else changes.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import sqlite3
import stat
import threading
from typing import Any, Dict, Optional

from . import trust

_MAX_ROW = 32 << 10  # bytes of a manifest
_MAX_FILE = 512 << 20
_SCHEMA = """
CREATE TABLE IF NOT EXISTS memo (
    place TEXT PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, time INTEGER NOT NULL, data BLOB NOT NULL, mac BLOB NOT NULL
) WITHOUT ROWID
"""

_open = threading.local()  # the connections of this thread, by path; a process made by fork opens its own


def get(root: str, key: str, digest: str) -> Optional[Dict[str, Any]]:
    """The manifest, made by this user and checked before, of a key's digest in the store at this folder."""
    connection = _connection()
    if connection is None:
        return None
    place = _place(root, key, digest)
    try:
        row = connection.execute("SELECT name, size, time, data, mac FROM memo WHERE place = ?", (place,)).fetchone()
        if row is None:
            return None
        name, size, time, data, mac = row
        there = _manifest(root, key, digest, name)
        if (there.st_size, there.st_mtime_ns) != (size, time) or not hmac.compare_digest(mac, _mac(place, name, data)):
            return None
        return json.loads(data)
    except (sqlite3.Error, OSError, ValueError, TypeError):
        return None


def put(root: str, key: str, digest: str, data: bytes, found: Dict[str, Any]) -> None:
    """Keep a manifest that this user made, and that has passed every check, if it is small and holds all its values."""
    if len(data) > _MAX_ROW or not isinstance(found["display"], list) or any("inline" not in o for o in found["outputs"]):
        return
    connection = _connection()
    if connection is None:
        return
    name = hashlib.sha256(data).hexdigest() + ".json"
    place = _place(root, key, digest)
    with contextlib.suppress(sqlite3.Error, OSError):
        there = _manifest(root, key, digest, name)
        row = (place, name, there.st_size, there.st_mtime_ns, data, _mac(place, name, data))
        connection.execute("INSERT OR REPLACE INTO memo VALUES (?, ?, ?, ?, ?, ?)", row)


def path() -> str:
    """The index's file."""
    folder = os.environ.get("XETCACHE_CONFIG_DIR")
    if not folder and os.name != "nt":
        base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        folder = os.path.join(base, "xetcache")
    return os.path.join(folder or trust.folder(), "index.sqlite")


def _manifest(root: str, key: str, digest: str, name: str) -> os.stat_result:
    """What there is under a manifest's name. Raises OSError if there is nothing, or a link on the way."""
    path = root
    there = os.lstat(path)
    for part in ("k", key, digest, name):
        if stat.S_ISLNK(there.st_mode):
            raise OSError("a link")
        path += os.sep + part
        there = os.lstat(path)
    if stat.S_ISLNK(there.st_mode):
        raise OSError("a link")
    return there


def _place(root: str, key: str, digest: str) -> str:
    return f"{root}\0{key}\0{digest}"


def _mac(place: str, name: str, data: bytes) -> bytes:
    return hmac.digest(trust.mac_key(b"xetcache index 1"), f"{place}\0{name}\0".encode("utf-8", "surrogatepass") + data, "sha256")


def _connection() -> Optional[sqlite3.Connection]:
    where = (os.getpid(), path())
    if getattr(_open, "where", None) != where:
        _open.where, _open.connection = where, _connect(where[1])
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
    connection.execute(_SCHEMA)
    return connection
