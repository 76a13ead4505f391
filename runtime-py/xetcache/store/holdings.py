"""What a memo folder holds: for each memo its cell, its size and the seconds it saves. For forgetting and for bounded sizes.

Manifests never change, so each is read once; after that only the names of folders are read again.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from .folder import Folder
from .manifest import Bad

_READ = 100_000  # memos that are looked at


class Holding(NamedTuple):
    """One memo."""

    cell: str  # the digest of the cell's form; "" for a call
    seconds: float
    blobs: Dict[str, int]  # SHA-256 -> bytes
    size: int  # of the manifest
    signer: Optional[str]
    created: str
    slot: str = ""  # which cell or function it is of: "call f"


_Place = Tuple[str, str, str]  # group, digest, name


class Holdings:
    def __init__(self, root: str):
        self.folder = Folder(root)
        self._known: Dict[_Place, Holding] = {}

    def look(self) -> Dict[_Place, Holding]:
        """All memos that are there now."""
        there = set(self.folder.manifests(_READ))
        for place in [place for place in self._known if place not in there]:
            del self._known[place]
        for place in there.difference(self._known):
            with contextlib.suppress(Bad, OSError, ValueError, KeyError, TypeError, AttributeError):
                self._known[place] = _holding(self.folder.manifest(*place))
        return self._known

    def cells(self) -> Set[str]:
        """The digests of the cells that have memos."""
        return {held.cell for held in self.look().values() if held.cell}

    def bytes(self) -> int:
        """What all memos take, a blob counted once."""
        blobs: Dict[str, int] = {}
        for held in self.look().values():
            blobs.update(held.blobs)
        return sum(blobs.values()) + sum(held.size for held in self._known.values())

    def forget(self, wanted: Callable[[Holding], bool]) -> int:
        """Remove memos. Returns how many."""
        gone = [place for place, held in self.look().items() if wanted(held)]
        self._remove(gone)
        return len(gone)

    def shrink(self, limit: int, signer: Optional[str]) -> int:
        """Remove those of this signer's memos that save least per byte until all take no more than limit. Returns how many."""
        taken = self.bytes()
        if taken <= limit:
            return 0
        own = [(place, held) for place, held in self._known.items() if held.signer == signer]
        own.sort(key=lambda item: (item[1].seconds / max(1, item[1].size + sum(item[1].blobs.values())), item[1].created))
        users: Dict[str, int] = {}
        for held in self._known.values():
            for blob in held.blobs:
                users[blob] = users.get(blob, 0) + 1
        gone = []
        for place, held in own:
            if taken <= limit:
                break
            gone.append(place)
            taken -= held.size
            for blob, size in held.blobs.items():
                users[blob] -= 1
                taken -= size if users[blob] == 0 else 0
        self._remove(gone)
        return len(gone)

    def _remove(self, gone: List[_Place]) -> None:
        """Manifests first: one without its blobs is a miss, a blob without manifests is only lost room."""
        blobs: Set[str] = set()
        for place in gone:
            blobs.update(self._known.pop(place).blobs)
            with contextlib.suppress(Bad):
                self.folder.remove(*place)
        for held in self._known.values():
            blobs.difference_update(held.blobs)
        with contextlib.suppress(Bad):
            for blob in blobs:
                self.folder.remove_blob(blob)


def _holding(data: bytes) -> Holding:
    found = json.loads(data)
    cell = found["parts"].get("cell", "") if found["kind"] == "cell" else ""
    return Holding(cell, float(found["seconds"]), dict(_blobs(found)), len(data), found.get("signer"), str(found.get("created")), str(found.get("slot")))


def _blobs(value: Any) -> Iterator[Tuple[str, int]]:
    """Every blob that a manifest names, wherever it does."""
    if isinstance(value, dict):
        if isinstance(value.get("sha256"), str) and isinstance(value.get("size"), int) and "inline" not in value:
            yield value["sha256"], value["size"]
        for item in value.values():
            yield from _blobs(item)
    elif isinstance(value, list):
        for item in value:
            yield from _blobs(item)
