"""What a user can set, for this process."""

from __future__ import annotations

import os
import re
from typing import List, Union

from .errors import XetCacheError

_memo_path = os.path.join(os.getcwd(), "xmemo")
_threshold = 3.0
_auto_threshold = 0.5
_max_size = 10 * 1000**3
_strict_versions = False
_require_signed = False
_line = os.environ.get("XETMEMO_LINE", "")
LINES = ("off", "short", "long")

local_paths: List[str] = []  # folders whose modules count as the user's own, beside the notebook's and its project's


def get_memo_path() -> str:
    """The folder that holds the memos: ``xmemo`` beside the notebook unless set."""
    return _memo_path


def set_memo_path(path: Union[str, "os.PathLike[str]"]) -> None:
    """Keep memos in this folder. It is made when the first memo is stored."""
    global _memo_path
    path = os.fspath(path)
    if "://" in path:
        raise XetCacheError(f"{path!r} is no folder; use set_store() for a store that is addressed by a URL")
    _memo_path = os.path.realpath(path)


def get_runtime_threshold() -> float:
    """The seconds that a cell or call must take to be stored."""
    return _threshold


def get_auto_threshold() -> float:
    """The seconds that a cell must take to be stored by ``%xetmemo auto``: half a second unless set."""
    return _auto_threshold


def set_runtime_threshold(seconds: float) -> None:
    """Store what takes at least this many seconds; 0 stores everything."""
    global _threshold, _auto_threshold
    _threshold = _auto_threshold = float(seconds)


def get_line() -> str:
    """How much the line of a cell says: ``off``, ``short`` or ``long``; empty where nobody has set it."""
    return _line if _line in LINES else ""


def set_line(word: str) -> None:
    """Say nothing of a cell, what is the same in every run and for everybody (``short``), or all (``long``).

    Unset, it is short in kernels, whose lines are saved in the notebook, and long in a terminal.
    """
    global _line
    if word not in LINES:
        raise XetCacheError(f"{word!r} is none of {', '.join(LINES)}")
    _line = word


def get_max_size() -> int:
    """The bytes that the memo folder may take."""
    return _max_size


def set_max_size(size: Union[int, str]) -> None:
    """Let the memo folder take so many bytes, or ``"500 MB"``, ``"20 GB"``; beyond, ``%xetmemo auto`` removes what saves least per byte."""
    global _max_size
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(|kB|MB|GB|TB)\s*", str(size), re.IGNORECASE)
    if found is None:
        raise XetCacheError(f"set_max_size takes bytes, or a text such as '500 MB' or '20 GB', not {size!r}")
    _max_size = int(float(found[1]) * 1000 ** ("", "kb", "mb", "gb", "tb").index(found[2].lower()))


def set_store(url: str) -> None:
    """Keep memos in the store at this URL: a folder, or ``file://`` and a folder."""
    if url.startswith("file://"):
        from urllib.parse import urlparse
        from urllib.request import url2pathname

        set_memo_path(url2pathname(urlparse(url).path))
    elif "://" in url:
        raise XetCacheError(f"{url!r}: this version keeps memos in folders only; use set_memo_path(), and share it by git")
    else:
        set_memo_path(url)


def strict_versions() -> bool:
    return _strict_versions


def set_versions(mode: str) -> None:
    """``strict``: another version of Python or of a library that the inputs come from is a miss; ``loose``: it isn't."""
    global _strict_versions
    if mode not in ("strict", "loose"):
        raise XetCacheError(f"set_versions takes 'strict' or 'loose', not {mode!r}")
    _strict_versions = mode == "strict"


def require_signed() -> bool:
    return _require_signed


def set_require_signed(on: bool = True) -> None:
    """Use only memos signed by you or a signer you trust, whatever they hold."""
    global _require_signed
    _require_signed = bool(on)


def set_xet_project(project: str, private: bool = True) -> None:
    """The service behind this call has ended; see the error for what to use."""
    raise XetCacheError(_NO_SERVICE)


def login(user: str = "", token: str = "", email: object = None, host: object = None) -> None:
    """The service behind this call has ended; see the error for what to use."""
    raise XetCacheError(_NO_SERVICE)


_NO_SERVICE = (
    "the XetHub service has ended: no login is needed. Memos are kept in xmemo/ and shared by git (git add xmemo/), "
    "or kept elsewhere with set_memo_path() or set_store()"
)
