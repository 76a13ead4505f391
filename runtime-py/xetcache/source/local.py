"""Whose code it is: the user's own, or a library's."""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
import types
from typing import Optional, Tuple

from .. import config


def module_is_local(module: types.ModuleType) -> bool:
    return is_local(getattr(module, "__file__", None) or "", module.__name__)


def is_local(filename: str, module: Optional[str]) -> bool:
    """Whether code of this file is the user's own."""
    if module == "__main__" or _is_cell(filename):
        return True
    if not filename or filename.startswith("<"):
        return False
    return _is_own(filename if os.path.isabs(filename) else os.path.abspath(filename), tuple(config.local_paths))


@functools.lru_cache(maxsize=8192)
def _is_cell(filename: str) -> bool:
    base = os.path.basename(os.path.dirname(filename))
    return base.startswith("ipykernel_") or filename.startswith(("<ipython-input-", "<timed "))


@functools.lru_cache(maxsize=8192)
def _is_own(filename: str, paths: Tuple[str, ...]) -> bool:
    path = os.path.realpath(filename)
    parts = path.split(os.sep)
    if "site-packages" in parts or "dist-packages" in parts:
        return any(path.startswith(os.path.realpath(root).rstrip(os.sep) + os.sep) for root in paths)
    return not path.startswith(_library_folders())


@functools.lru_cache(maxsize=1)
def _library_folders() -> Tuple[str, ...]:
    """Where Python, what comes with it, and this package lie."""
    found = [sysconfig.get_paths()["stdlib"], sysconfig.get_paths()["platstdlib"], os.path.dirname(os.path.dirname(__file__))]
    return tuple(os.path.realpath(folder) + os.sep for folder in found)


def project_root(folder: str) -> str:
    """The nearest folder upwards with a pyproject.toml or .git, else folder itself."""
    at = os.path.realpath(folder)
    while True:
        if any(os.path.exists(os.path.join(at, name)) for name in ("pyproject.toml", ".git")):
            return at
        above = os.path.dirname(at)
        if above == at:
            return folder
        at = above


def class_is_local(cls: type) -> bool:
    if cls.__module__ in ("builtins", "collections", "typing"):
        return False
    module = sys.modules.get(cls.__module__)
    return is_local(getattr(module, "__file__", None) or "", cls.__module__)
