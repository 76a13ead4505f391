"""Why a cell or call missed: which part of its key differs from its last run."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from .. import config
from ..store import manifest
from .key import Key
from ..store.manifest import Bad
from ..store.folder import open_store

_SEARCHED = 300  # manifests looked through for the last run of another session

# Of this session, by slot: the parts of the last key, and the digests that its outputs had after it ran.
_last: Dict[str, Dict[str, Any]] = {}
_after: Dict[str, Dict[str, str]] = {}


def reasons(key: Key) -> List[str]:
    """What differs from the last run, each as a phrase; empty for a first run."""
    before = last(key)
    return differences(before, key.parts(), _after.get(_slot(key), {})) if before is not None else []


def last(key: Key) -> Optional[Dict[str, Any]]:
    """The parts of the key of the last run, of this session or of a memo; None if there was none."""
    return _last.get(_slot(key)) or _stored(key)


def _slot(key: Key) -> str:
    return key.slot + key.cell if key.slot + key.cell in _last else key.slot  # two cells may make the same names


def ran(key: Key, outputs: Dict[str, str]) -> None:
    """Note that a cell or call ran, or was replayed, and what its outputs then were."""
    if len(_last) > 10_000:
        _last.clear()
        _after.clear()
    for slot in (key.slot, key.slot + key.cell):
        _last[slot] = key.parts()
        _after[slot] = outputs


def differences(before: Dict[str, Any], now: Dict[str, Any], after: Dict[str, str]) -> List[str]:
    """The phrases for two keys' parts. after holds what the last run itself left in its names."""
    found: Dict[str, List[str]] = {}
    said: List[str] = []
    if before.get("cell") != now["cell"]:
        said.append("the code changed")
    for part in ("functions", "dynamic"):
        old, new = before.get(part) or {}, now[part]
        for name in sorted(set(old) | set(new)):
            if old.get(name) == new.get(name):
                continue
            via = now["via"].get(name) or (before.get("via") or {}).get(name) or _plain(name)
            inner = found.setdefault(_plain(via), [])
            if _plain(name) != _plain(via) and _plain(name) not in inner:
                inner.append(_plain(name))
    old, new = before.get("inputs") or {}, now["inputs"]
    for name in sorted(set(old) | set(new)):
        if name not in old:
            said.append(f"{name} is new in the header" if "cell" in before else f"{name} is new")
        elif name not in new:
            said.append(f"{name} is no longer an input")
        elif old[name] != new[name]:
            if after.get(name) == new[name]:
                said.append(f"{name} was changed by this cell's own last run")
            elif name not in found and not any(name in inner for inner in found.values()):
                said.append(f"{name} changed")
    for name, inner in found.items():
        said.append(f"{name} changed" + (f" ({', '.join(inner)})" if inner else ""))
    old, new = before.get("versions") or {}, now["versions"]
    said += [f"{name} was {old.get(name)}, is {new.get(name)}" for name in sorted(set(old) | set(new)) if old.get(name) != new.get(name)]
    return said


def _stored(key: Key) -> Optional[Dict[str, Any]]:
    """The parts of the newest memo of this slot."""
    best: Optional[Dict[str, Any]] = None
    try:
        store = open_store(config.get_memo_path())
        for group, digest, name in store.manifests(_SEARCHED):
            try:
                found = manifest.parse(store.manifest(group, digest, name))
            except (Bad, OSError):
                continue
            if found.get("slot") == key.slot and (best is None or str(found.get("created")) > str(best.get("created"))):
                best = found
    except (Bad, OSError):
        return None
    parts = best["parts"] if best is not None else None
    known = ("functions", "dynamic", "inputs", "versions", "via")
    return parts if parts is not None and all(isinstance(parts.get(n, {}), dict) for n in known) else None


def _plain(name: str) -> str:
    """A dotted name as the notebook's reader knows it."""
    return name[len("__main__.") :] if name.startswith("__main__.") else name
