"""Memos of XetCache 0.0.2, of 2023: ``xmemo/<sha>.pickle``, or ``xmemo/<key>/<sha>.pickle``.

Nobody signed them, and loading one runs whatever its maker wants; nor do they know of a function that was edited since, as
that package took functions by their names. So one is read only after ``xetcache trust add FILE``, which trusts this
content of this file in this repository, and what it holds isn't stored again.

The name is SHA-256 over the pickled list of what the cell or call depends on, each of a cell's parts by its own SHA-256.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import pickle
import re
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from .. import config
from . import trust
from .manifest import Bad
from .folder import Folder

_NAME = re.compile(r"[0-9a-f]{64}\.pickle\Z")
_PROTOCOL = 4  # the default of the Pythons of 2023
_MAX_BYTES = 8 << 30


class Found(NamedTuple):
    """What there is: the values and the file's name, or why it can't be used."""

    values: Optional[Dict[str, Any]]
    name: str
    reason: str


def of_cell(line: str, cell: str, group: str, names: List[str], evaluate: Callable[[str], Any]) -> Optional[Found]:
    """The old memo of a cell with this header line, if there is one."""
    if not _any(group):
        return None
    try:
        words = dict(word.split("=") for word in line.strip().split(" "))
        inputs = [text.strip() for text in words["input"].split(",")] if "input" in words else []
        parts = [_sha256(line), _sha256(cell), *(_sha256(evaluate(text)) for text in inputs)]
    except Exception:  # a header or an input that the old package didn't take
        return None
    return _found(_sha256(parts), group, names)


def of_call(f: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any], group: str, name: str) -> Optional[Found]:
    """The old memo of a call, if there is one; its value goes by this name."""
    if not _any(group):
        return None
    try:
        try:
            source = pickle.dumps(f, _PROTOCOL)
        except Exception:
            source = pickle.dumps(inspect.getsource(f), _PROTOCOL)
        found = _found(_sha256([source, args, kwargs]), group, ["RETVAL"])
    except Exception:
        return None
    return found._replace(values={name: found.values["RETVAL"]}) if found is not None and found.values is not None else found


def content(path: str) -> str:
    """What trust in an old memo is noted by."""
    found = hashlib.sha256()
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            found.update(block)
    return _trusted_by(found)


def _trusted_by(content: Any) -> str:
    return "pickle:" + content.hexdigest()


def _any(group: str) -> bool:
    """Whether a folder holds old memos at all: naming the one of a cell takes the pickling of its inputs."""
    try:
        return any(_NAME.match(name) for name in os.listdir(_folder(group)))
    except OSError:
        return False


def _folder(group: str) -> str:
    return config.get_memo_path() if group == "_" else os.path.join(config.get_memo_path(), group)


def _found(digest: str, group: str, names: List[str]) -> Optional[Found]:
    path = os.path.join(_folder(group), digest + ".pickle")
    if not os.path.lexists(path):
        return None
    short = f"{digest[:12]}*.pickle"
    try:
        data = Folder(config.get_memo_path()).regular(path, _MAX_BYTES)
        if _trusted_by(hashlib.sha256(data)) not in trust.trusted(config.get_memo_path()):
            shown = os.path.join(os.path.relpath(_folder(group)), short)
            raise Bad(f"anybody could have made the old memo {short}: `xetcache trust add {shown}` to trust it")
        values = pickle.loads(data)
        if not isinstance(values, dict) or any(name not in values for name in names):
            raise Bad(f"the old memo {short} doesn't hold {', '.join(names)}")
        return Found({name: values[name] for name in names}, short, "")
    except Bad as e:
        return Found(None, short, str(e))
    except Exception as e:
        return Found(None, short, f"the old memo {short} can't be loaded here ({type(e).__name__}: {e})")


def _sha256(value: Any) -> str:
    return hashlib.sha256(pickle.dumps(value, _PROTOCOL)).hexdigest()
