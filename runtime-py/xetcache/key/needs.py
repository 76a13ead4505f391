"""What a run was seen to use besides its inputs: files, folders, environment variables. A hit checks each of them first.

    {"files": {path: sha256 or null}, "looked": {path: what stat said}, "folders": {path: digest of the names}, "environ": {name: digest or null},
     "random": {name: digest of the state before}}

Paths under the working folder are relative, so that they hold in another clone.
"""

from __future__ import annotations

import hashlib
import os
import stat
from typing import Any, Dict, List, Optional, Tuple

_MAX_LISTED = 10_000


def of(files: Dict[str, Any], looked: List[str], folders: List[str], environ: List[str], random: Dict[str, str]) -> Dict[str, Any]:
    """The needs of a run. files are the digests of what was read, as it was when it was opened."""
    found: Dict[str, Any] = {}
    if files:
        found["files"] = {shown(path): digest for path, digest in sorted(files.items())}
    if looked:
        found["looked"] = {shown(path): said(path) for path in sorted(looked) if path not in files}
    if folders:
        found["folders"] = {shown(path): listed(path) for path in sorted(folders)}
    if environ:
        found["environ"] = {name: _variable(name) for name in sorted(environ)}
    if random:
        found["random"] = random
    return found


def unmet(needs: Dict[str, Any], state_of: Any) -> str:
    """Why these needs don't hold now, or ""; the cheap ones are checked first. state_of gives the digest of a random state."""
    for name, digest in needs.get("environ", {}).items():
        if _variable(name) != digest:
            return f"the environment variable {name} changed"
    for name, digest in needs.get("random", {}).items():
        if state_of(name) != digest:
            return f"the state of {name} is another one"
    for path, what in needs.get("looked", {}).items():
        if said(path) != what:
            return f"{path} is there no longer as it was" if what else f"{path} is there now"
    for path, names in needs.get("folders", {}).items():
        if listed(path) != names:
            return f"what lies in {path} changed"
    for path, digest in needs.get("files", {}).items():
        if content(path) != digest:
            return f"{path} changed" if digest else f"{path} is there now"
    return ""


def shown(path: str) -> str:
    """A path as a manifest holds it."""
    folder = os.getcwd()
    absolute = os.path.abspath(path)
    if absolute.startswith(folder + os.sep):
        return os.path.relpath(absolute, folder).replace(os.sep, "/")
    return absolute


def said(path: str) -> Optional[List[Any]]:
    """What stat says of a path, as far as code asks for it: its kind, and a file's size."""
    try:
        there = os.lstat(path) if not os.path.exists(path) else os.stat(path)
    except (OSError, ValueError):
        return None
    return [stat.S_IFMT(there.st_mode), there.st_size if stat.S_ISREG(there.st_mode) else 0]


def listed(path: str) -> Optional[str]:
    try:
        names = sorted(name for name in os.listdir(path) if name not in ("xmemo", "__pycache__", ".ipynb_checkpoints"))
    except OSError:
        return None
    return hashlib.sha256("\0".join(names[:_MAX_LISTED]).encode("utf-8", "surrogatepass")).hexdigest()[:32]


_contents: Dict[Tuple[str, int, int, int], str] = {}


def content(path: str) -> Optional[str]:
    """The SHA-256 of a regular file, None if there is none; kept while its time and size stay."""
    try:
        there = os.stat(path)
        if not stat.S_ISREG(there.st_mode):
            return None
        at = (os.path.abspath(path), there.st_size, there.st_mtime_ns, there.st_ino)
        if at not in _contents:
            found = hashlib.sha256()
            with open(path, "rb") as f:
                for block in iter(lambda: f.read(1 << 20), b""):
                    found.update(block)
            _contents[at] = found.hexdigest()
        return _contents[at]
    except OSError:
        return None


def _variable(name: str) -> Optional[str]:
    value = os.environ.get(name)
    return None if value is None else hashlib.sha256(b"environ " + value.encode("utf-8", "surrogatepass")).hexdigest()[:16]
