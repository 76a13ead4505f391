"""Where memos are kept. ``Store`` is all that the rest of the package knows of it; ``Folder`` is ``xmemo/``.

    xmemo/k/<key or _>/<digest>/<sha256 of the manifest>.json
    xmemo/blobs/<sha256>

Blobs are written first and never change; a manifest is written last, under a name that only its content gives. Every
file is written beside its place and renamed, so a crash leaves a temporary file and nothing else; the first manifest of a
digest in its folder, which can be renamed by one process alone. Two people who compute the same cell make two files, which
git merges without a conflict.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import os
import stat
import threading
import time
from typing import Any, BinaryIO, Callable, ContextManager, Iterator, List, Protocol, Tuple

from ..notebook import status
from ..notebook.header import valid_key
from .manifest import MAX_BYTES, SHA256, Bad

_LFS = b"version https://git-lfs.github.com/spec/"
_XET = (b"# xet version ", b'version = "0', b'version = "1')
_POINTER_MAX = 1024
_LARGE = 1 << 20  # bytes that are worth a thread


class Store(Protocol):
    """What a place for memos must do. All reading raises Bad or OSError, all writing OSError."""

    root: str

    def names(self, key: str, digest: str) -> List[str]:
        """The manifests under a key's digest, in a stable order."""

    def manifest(self, key: str, digest: str, name: str) -> bytes:
        """The bytes of one manifest, checked against its name."""

    def blob(self, sha256: str, size: int) -> str:
        """The path of a local file that holds this blob, of the right size; its content is the reader's to check."""

    def new_blob(self) -> ContextManager["BlobWriter"]:
        """A blob to write; it is in place once ``keep`` was called and the context ends."""

    def publish(self, key: str, digest: str, data: bytes, taken: Callable[[], bool]) -> bool:
        """Put a manifest in place unless taken() says, while others wait, that another has done so."""

    def remove(self, key: str, digest: str, name: str) -> None:
        """Take one manifest away."""


class Folder:
    """A store in a folder of the file system."""

    def __init__(self, root: str):
        self.root = root
        self._prepared = False

    def names(self, key: str, digest: str) -> List[str]:
        folder = self._folder(key, digest)
        try:
            found = os.listdir(folder)
        except FileNotFoundError:
            return []
        except NotADirectoryError:
            raise Bad(f"{_shown(folder, self.root)} is no folder") from None
        self._no_links(folder)
        return sorted(n for n in found if n.endswith(".json") and not n.startswith("."))

    def manifest(self, key: str, digest: str, name: str) -> bytes:
        path = os.path.join(self._folder(key, digest), name)
        with self._open(path) as f:
            size = os.fstat(f.fileno()).st_size
            if size > MAX_BYTES:
                raise Bad(f"its manifest has {status.size(size)}, more than the {status.size(MAX_BYTES)} allowed")
            data = f.read(MAX_BYTES + 1)
        _refuse_pointer(data[:_POINTER_MAX], "its manifest")
        if hashlib.sha256(data).hexdigest() + ".json" != name:
            raise Bad("its manifest is damaged: the content is not what the file's name says")
        return data

    def blob(self, sha256: str, size: int) -> str:
        if not SHA256.match(sha256):
            raise Bad(f"{sha256[:80]!r} is no blob name")
        path = os.path.join(self.root, "blobs", sha256)
        self._no_links(os.path.dirname(path))
        try:
            with self._open(path) as f:
                there = os.fstat(f.fileno()).st_size
                if there <= _POINTER_MAX:
                    _refuse_pointer(f.read(_POINTER_MAX), f"blob {sha256[:12]}")
        except FileNotFoundError:
            raise Bad(f"blob {sha256[:12]} is missing") from None
        if there != size:
            raise Bad(f"blob {sha256[:12]} has {status.size(there)}, its manifest says {status.size(size)}")
        return path

    @contextlib.contextmanager
    def new_blob(self) -> Iterator["BlobWriter"]:
        self._prepare()
        folder = os.path.join(self.root, "blobs")
        os.makedirs(folder, exist_ok=True)
        self._no_links(folder)
        path = os.path.join(folder, _temporary())
        writer = BlobWriter(path)
        try:
            yield writer
            writer.close()
            if writer.kept:
                target = os.path.join(folder, writer.sha256())
                if not _is_whole(target, writer.size, writer.sha256()):
                    os.replace(path, target)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                os.unlink(path)

    def publish(self, key: str, digest: str, data: bytes, taken: Callable[[], bool]) -> bool:
        folder = self._folder(key, digest)
        name = hashlib.sha256(data).hexdigest() + ".json"
        if not os.path.lexists(folder) and self._publish_first(folder, name, data):
            return True
        self._prepare()
        os.makedirs(folder, exist_ok=True)
        self._no_links(folder)
        temporary = os.path.join(folder, _temporary())
        try:
            with open(temporary, "xb") as f:
                f.write(data)
            with self._lock():
                if taken():
                    return False
                os.replace(temporary, os.path.join(folder, name))
            return True
        finally:
            with contextlib.suppress(OSError):
                os.unlink(temporary)

    def _publish_first(self, folder: str, name: str, data: bytes) -> bool:
        """Put the first manifest of a digest in place with its folder; False where another process was first."""
        above = os.path.dirname(folder)
        temporary = f"{above}{os.sep}{_temporary()}"
        path = f"{temporary}{os.sep}{name}"
        self._no_links(above)
        try:
            os.mkdir(temporary)
        except FileNotFoundError:
            self._prepare()
            os.makedirs(above, exist_ok=True)
            os.mkdir(temporary)
        try:
            with open(path, "xb") as f:
                f.write(data)
            with contextlib.suppress(OSError):
                os.rename(temporary, folder)
                return True
            _remove(temporary, path)
            return False
        except BaseException:
            _remove(temporary, path)
            raise

    def manifests(self, limit: int) -> Iterator[Tuple[str, str, str]]:
        """(key, digest, name) of up to limit manifests, for reports."""
        top = os.path.join(self.root, "k")
        with contextlib.suppress(OSError):
            for key in sorted(os.listdir(top)):
                for digest in os.listdir(os.path.join(top, key)) if key == "_" or valid_key(key) else ():
                    for name in os.listdir(os.path.join(top, key, digest)) if SHA256.match(digest) else ():
                        if limit <= 0:
                            return
                        if name.endswith(".json") and not name.startswith("."):
                            limit -= 1
                            yield key, digest, name

    def remove(self, key: str, digest: str, name: str) -> None:
        """Remove a manifest, with its folder if it was the last one there."""
        folder = self._folder(key, digest)
        self._no_links(folder)
        for remove, path in ((os.unlink, os.path.join(folder, os.path.basename(name))), (os.rmdir, folder)):
            with contextlib.suppress(OSError):
                remove(path)

    def remove_blob(self, sha256: str) -> None:
        """Remove a blob that no manifest names any more."""
        if SHA256.match(sha256):
            folder = os.path.join(self.root, "blobs")
            self._no_links(folder)
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(folder, sha256))

    def regular(self, path: str, limit: int) -> bytes:
        """The content of a regular file in the store that no link leads to, and that is no pointer."""
        self._no_links(os.path.dirname(path))
        with self._open(path) as f:
            if os.fstat(f.fileno()).st_size > limit:
                raise Bad(f"{_shown(path, self.root)} has more than the {status.size(limit)} allowed")
            data = f.read(limit + 1)
        _refuse_pointer(data[:_POINTER_MAX], os.path.basename(path))
        return data

    def local(self) -> str:
        """A folder inside the store that git ignores."""
        self._prepare()
        path = os.path.join(self.root, ".local")
        os.makedirs(path, exist_ok=True)
        self._no_links(path)
        return path

    def _folder(self, key: str, digest: str) -> str:
        if key != "_" and not valid_key(key):
            raise Bad(f"key {key!r} can't name a folder: letters, digits, '.', '_' and '-' only, 64 at most")
        if not SHA256.match(digest):
            raise Bad(f"{digest[:80]!r} is no digest")
        return os.path.join(self.root, "k", key, digest)

    def _prepare(self) -> None:
        if self._prepared and os.path.lexists(os.path.join(self.root, ".gitignore")):
            return
        os.makedirs(self.root, exist_ok=True)
        self._no_links(self.root)
        for name, text in ((".gitattributes", "* -text\n"), (".gitignore", ".local/\n.tmp-*\n")):
            path = os.path.join(self.root, name)
            if not os.path.lexists(path):
                with open(path, "w", encoding="ascii", newline="\n") as f:
                    f.write(text)
        _sweep(self.root)
        self._prepared = True

    def _no_links(self, path: str) -> None:
        """No symbolic link may lead from the store's root to path."""
        while len(path) >= len(self.root):
            try:
                if stat.S_ISLNK(os.lstat(path).st_mode):
                    raise Bad(f"{_shown(path, self.root)} is a symbolic link")
            except FileNotFoundError:
                pass
            path = os.path.dirname(path)

    def _open(self, path: str) -> BinaryIO:
        """Open a regular file, following no link."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        if not hasattr(os, "O_NOFOLLOW") and os.path.islink(path):
            raise Bad(f"{_shown(path, self.root)} is a symbolic link")
        try:
            handle = os.open(path, flags)
        except OSError as e:
            if e.errno in (errno.ELOOP, errno.EMLINK):
                raise Bad(f"{_shown(path, self.root)} is a symbolic link") from None
            raise
        f = os.fdopen(handle, "rb")
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            f.close()
            raise Bad(f"{_shown(path, self.root)} is no regular file")
        return f

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """Hold the store's lock where the file system has locks; a crash releases it."""
        try:
            f = open(os.path.join(self.local(), "lock"), "a+b")
        except OSError:
            yield
            return
        with f:
            try:
                _lock_file(f)
            except OSError:
                pass
            yield


class BlobWriter:
    """A file that counts and hashes what is written."""

    def __init__(self, path: str):
        self._file = open(path, "x+b")
        self._hash = hashlib.sha256()
        self._since = time.monotonic()
        self.path = path
        self.size = 0
        self.kept = False

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B") if not isinstance(data, bytes) else data
        if len(view) < _LARGE:
            self._hash.update(view)
            self._file.write(view)
        else:  # both leave the other threads alone
            hashing = threading.Thread(target=self._hash.update, args=(view,))
            hashing.start()
            try:
                self._file.write(view)
            finally:
                hashing.join()
        self.size += len(view)
        if time.monotonic() - self._since > 2:
            self._since = time.monotonic()
            status.progress(f"storing, {status.size(self.size)} so far")
        return len(view)

    def flush(self) -> None:
        self._file.flush()

    def restart(self) -> None:
        """Forget what was written: the value didn't survive in this format."""
        self._file.seek(0)
        self._file.truncate()
        self._hash = hashlib.sha256()
        self.size = 0

    def sha256(self) -> str:
        return self._hash.hexdigest()

    def keep(self) -> None:
        """Put the blob in place when its context ends. It isn't forced to the disk, which takes longer than all else:
        a loss of power can tear it, and then its digest makes it a miss."""
        self._file.flush()
        self.kept = True

    def close(self) -> None:
        self._file.close()
        status.progress_ended()


def _temporary() -> str:
    return f".tmp-{os.getpid()}-{os.urandom(6).hex()}"


def _remove(folder: str, path: str) -> None:
    """Remove a folder and the one file in it, as far as they are there."""
    for remove, what in ((os.unlink, path), (os.rmdir, folder)):
        with contextlib.suppress(OSError):
            remove(what)


@functools.lru_cache(maxsize=16)
def open_store(root: str) -> Store:
    """The store at this place."""
    return Folder(root)


def checked(path: str, sha256: str) -> None:
    """Compare a blob's content with its name. Raises Bad."""
    if _sha256_of(path) != sha256:
        raise Bad(f"blob {sha256[:12]} is damaged: the content is not what the file's name says")


def _sha256_of(path: str) -> str:
    found = hashlib.sha256()
    since = time.monotonic()
    done = 0
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 22), b""):
            found.update(block)
            done += len(block)
            if time.monotonic() - since > 2:
                since = time.monotonic()
                status.progress(f"reading, {status.size(done)} so far")
    status.progress_ended()
    return found.hexdigest()


def _is_whole(path: str, size: int, sha256: str) -> bool:
    try:
        there = os.lstat(path)
        return stat.S_ISREG(there.st_mode) and there.st_size == size and _sha256_of(path) == sha256
    except OSError:
        return False


def _refuse_pointer(head: bytes, what: str) -> None:
    if head.startswith(_LFS):
        raise Bad(f"{what} is a git-lfs pointer: run `git lfs pull` to fetch it")
    if head.startswith(_XET):
        raise Bad(f"{what} is a Xet pointer: fetch it first")


def _sweep(root: str) -> None:
    """Remove temporary files and folders that a crash left, a day later."""
    top = os.path.join(root, "k")
    folders = [os.path.join(root, "blobs")]
    with contextlib.suppress(OSError):
        folders += [os.path.join(top, key) for key in os.listdir(top)]
    for folder in folders:
        with contextlib.suppress(OSError):
            for name in os.listdir(folder) if stat.S_ISDIR(os.lstat(folder).st_mode) else ():
                path = os.path.join(folder, name)
                if not name.startswith(".tmp-") or time.time() - os.lstat(path).st_mtime <= 86400:
                    continue
                if not stat.S_ISDIR(os.lstat(path).st_mode):
                    os.unlink(path)
                    continue
                for inner in os.listdir(path):
                    os.unlink(os.path.join(path, inner))
                os.rmdir(path)


def _shown(path: str, root: str) -> str:
    return os.path.join(os.path.basename(root), os.path.relpath(path, root)) if path != root else os.path.basename(root)


if os.name == "nt":
    import msvcrt

    def _lock_file(f: Any) -> None:
        f.seek(0)
        msvcrt.locking(f.fileno(), msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _lock_file(f: Any) -> None:
        fcntl.flock(f, fcntl.LOCK_EX)
