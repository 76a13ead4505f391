"""Look a memo up, and store one. Neither ever fails: what goes wrong is a reason in the answer.

A memo is used if, in this order: its manifest is a regular file that no link leads to, and no pointer; it is what its
name says; it is of the form known here; its digest is the one computed; its signature holds; it sets exactly the
names that are wanted; every blob has its size and its digest; every format is one that the signer may use; every
value can be built.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import sys
import time
from typing import AbstractSet, Any, Dict, FrozenSet, List, NamedTuple, Optional, Tuple

from .. import config
from .. import digest as valuedigest
from ..notebook import display
from ..source import reach
from . import formats, index, manifest, trust
from ..key.key import Key
from .manifest import Bad
from .folder import Store, checked, open_store

_INLINE = 8 << 10  # bytes of a value that is kept inside its manifest
_INLINE_DISPLAY = 256 << 10


class Hit(NamedTuple):
    """A memo that passed every check."""

    values: Dict[str, Any]
    events: List[Dict[str, Any]]
    manifest: Dict[str, Any]
    level: str  # of trust
    reasons: List[str]  # why other memos of this key were not used


class Miss(NamedTuple):
    reasons: List[str]  # why the memos of this key, if any, were not used


def lookup(key: Key, names: List[str], maybe: AbstractSet[str] = frozenset()) -> Any:
    """The first usable memo of this key, which sets these names, though not each of maybe: a Hit or a Miss."""
    reasons: List[str] = []
    try:
        store = open_store(config.get_memo_path())
        indexed = index.get(store.root, key.group, key.digest)
        if indexed is not None:
            with contextlib.suppress(Exception):
                return _hit(store, indexed, trust.YOU, names, maybe, reasons)
        candidates = store.names(key.group, key.digest)
    except (Bad, OSError) as e:
        return Miss([_why(e)])
    for name in candidates:
        try:
            return _load(store, key, name, names, maybe, reasons)
        except Exception as e:
            reason = _why(e)
            if reason not in reasons:
                reasons.append(reason)
    return Miss(reasons)


def store(
    key: Key,
    values: Dict[str, Any],
    events: Optional[List[Dict[str, Any]]],
    seconds: float,
    libraries: Dict[str, str],
    bound: FrozenSet[str] = frozenset(),
) -> Tuple[Dict[str, str], str]:
    """Store a memo. Returns the digests of the values, and why it was not stored, or "". bound are the names that
    the code bound: a hit doesn't bind them, so the values may refer to no class or function of those names."""
    digests: Dict[str, str] = {}
    if events is None:
        return digests, f"it shows more than {display.MAX_BYTES >> 20} MB of output"
    try:
        place = open_store(config.get_memo_path())
        outputs, digests = _write_values(place, values, bound)
        shown: Any = events
        text = manifest.canonical(events) if events else b""
        if len(text) > _INLINE_DISPLAY:
            with place.new_blob() as blob:
                blob.write(text)
                blob.keep()
            shown = {"sha256": blob.sha256(), "size": blob.size}
        whole: Dict[str, Any] = {
            "xetcache": manifest.VERSION,
            "kind": key.kind,
            "key": key.group,
            "digest": key.digest,
            "slot": key.slot,
            "parts": key.parts(),
            "outputs": outputs,
            "display": shown,
            "seconds": round(seconds, 3),
            "versions": {**libraries, "python": "%d.%d" % sys.version_info[:2]},
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        texts = manifest.texts(whole)
        signature = trust.sign(manifest.joined(texts))
        texts.update(manifest.texts(signature or {}))
        data = manifest.joined(texts)
        if len(data) > manifest.MAX_BYTES:
            return digests, "its manifest would be too large"
        signer = (signature or {}).get("signer")
        names = list(values)
        if place.publish(key.group, key.digest, data, lambda: _is_there(place, key, names, signer)) and signature:
            index.put(place.root, key.group, key.digest, data, whole, texts)
        return digests, ""
    except formats.Unstorable as e:
        return digests, str(e)
    except Exception as e:
        return digests, _why(e)


def _load(store: Store, key: Key, name: str, names: List[str], maybe: AbstractSet[str], reasons: List[str]) -> Hit:
    data, found, level = _checked_manifest(store, key, name)
    hit = _hit(store, found, level, names, maybe, reasons)
    if level == trust.YOU:
        index.put(store.root, key.group, key.digest, data, found, manifest.texts(found))
    return hit


def _hit(store: Store, found: Dict[str, Any], level: str, names: List[str], maybe: AbstractSet[str], reasons: List[str]) -> Hit:
    trusted = level in (trust.YOU, trust.TRUSTED)
    if config.require_signed() and not trusted:
        raise Bad(f"it is {_by(found, level)}, and only trusted signers are allowed here")
    manifest.check_names(found, names, maybe)
    for record in found["outputs"]:
        if record["format"] not in formats.SAFE and not trusted:
            raise Bad(_untrusted(found, level))
    values: Dict[str, Any] = {}
    groups: Dict[str, Dict[str, Any]] = {}
    for record in found["outputs"]:
        if "group" in record:
            if record["sha256"] not in groups:
                groups[record["sha256"]] = _value(store, record, trusted)
            values[record["name"]] = groups[record["sha256"]][record["name"]]
        else:
            values[record["name"]] = _value(store, record, trusted)
    events = found["display"]
    if isinstance(events, dict):
        path = store.blob(events["sha256"], events["size"])
        if events["size"] > 2 * display.MAX_BYTES:
            raise Bad("its recorded output is too large")
        checked(path, events["sha256"])
        with open(path, "rb") as f:
            events = json.loads(f.read())
    return Hit(values, events, found, level, reasons)


def _checked_manifest(store: Store, key: Key, name: str) -> Tuple[bytes, Dict[str, Any], str]:
    """A manifest's bytes, what it says, and how far its signer is trusted."""
    data = store.manifest(key.group, key.digest, name)
    found = manifest.parse(data)
    if found["digest"] != key.digest or found["key"] != key.group or found["kind"] != key.kind:
        raise Bad("it was made for another key")
    try:
        level = trust.signer_level(found, manifest.unsigned(found), store.root)
    except ValueError as e:
        raise Bad(str(e)) from None
    return data, found, level


def _value(store: Store, record: Dict[str, Any], trusted: bool) -> Any:
    if "inline" in record:
        data = base64.b64decode(record["inline"], validate=True)
        if len(data) != record["size"] or hashlib.sha256(data).hexdigest() != record["sha256"]:
            raise Bad(f"its value of {record['name']} is damaged")
        return formats.decode(data, record, trusted)
    path = store.blob(record["sha256"], record["size"])
    checked(path, record["sha256"])
    return formats.decode(path, record, trusted)


def _is_there(store: Store, key: Key, names: List[str], signer: Optional[str]) -> bool:
    """Whether this signer's memo of the key is in place and whole: two kernels that miss together publish one."""
    try:
        candidates = store.names(key.group, key.digest)
    except (Bad, OSError):
        return False
    for name in candidates:
        try:
            _, found, _ = _checked_manifest(store, key, name)
            if found.get("signer") != signer:
                continue
            manifest.check_names(found, names)
            blobs = [r for r in found["outputs"] if "inline" not in r]
            blobs += [found["display"]] if isinstance(found["display"], dict) else []
            for record in blobs:
                checked(store.blob(record["sha256"], record["size"]), record["sha256"])
            return True
        except (Bad, OSError):
            continue
    return False


def _write_values(
    place: Store, values: Dict[str, Any], bound: FrozenSet[str]
) -> Tuple[List[Dict[str, Any]], Dict[str, str]]:
    walks = {name: _Walked(value) for name, value in values.items()}
    for name, walk in walks.items():
        needed = sorted(walk.sources.of_notebook & bound)
        if needed:
            raise formats.Unstorable(f"{name} needs {', '.join(needed)}, which this cell defines: move it to a cell of its own")
    digests = {name: walk.digest for name, walk in walks.items() if walk.digest is not None}
    outputs = []
    groups, shared = _sharing(walks)
    for group in groups:
        if len(group) == 1:
            (name,) = group
            record = _write(place, name, values[name], digests.get(name), walks[name].shares(), shared=shared)
            outputs.append({"name": name, "digest": digests.get(name), **record})
            continue
        together = {name: values[name] for name in group}
        digest = _digest_of(together) if all(name in digests for name in group) else None
        record = _write(place, ", ".join(group), together, digest, True, "pickle", shared)
        outputs += [{"name": name, "digest": digests.get(name), "group": True, **record} for name in group]
    return outputs, digests


class _Walked:
    """A value's digest, and the mutable objects that it reaches."""

    def __init__(self, value: Any):
        self.sources = reach.Reach().sources()
        try:
            self.digest, self.walk = valuedigest.digest_and_objects(value, self.sources)
            self.objects = self.walk.seen.all()
        except valuedigest.Unhashable:
            self.digest, self.walk, self.objects = None, None, set()

    def shares(self) -> bool:
        """Whether a mutable object may be in the value twice."""
        return self.walk is None or self.walk.shares

    def arrays(self) -> List[Tuple[Any, bool]]:
        """NumPy's arrays in the value, and whether each is there by itself and not pandas' own."""
        if self.walk is None:
            return []
        return [(arr, True) for arr in self.walk.arrays] + [(arr, False) for arr in self.walk.arrays_of_frames]


def _sharing(walks: Dict[str, _Walked]) -> Tuple[List[List[str]], Dict[int, Tuple[int, int]]]:
    """The names in groups whose values share mutable objects or arrays' memory, and that memory: where it is, by its owner."""
    sets: List[Tuple[List[str], set]] = [([name], set(walk.objects)) for name, walk in walks.items()]
    shared: Dict[int, Tuple[int, int]] = {}
    arrays = [(name, arr, mine) for name, walk in walks.items() for arr, mine in walk.arrays()]
    if len(arrays) > 1:
        from ..digest import arrays as arraydigest

        stretches: Dict[int, Tuple[int, int]] = {}
        for _, arr, _ in arrays:
            if arr.size:
                owner = arraydigest.memory(arr)
                low, high = arraydigest.bounds(arr)
                first, last = stretches.get(owner, (low, high))
                stretches[owner] = (min(low, first), max(high, last))
        for group in arraydigest.sharing([arr for _, arr, _ in arrays]):
            names = {arrays[i][0] for i in group}
            if not any(arrays[i][2] for i in group) and (len(names) == 1 or _copy_on_write()):
                continue  # within one frame, or between frames that copy before one of them changes
            owner = arraydigest.memory(arrays[group[0]][1])
            shared[owner] = stretches[owner]  # of all that lies there: a frame's columns are pickled together
            sets += [([], {name for name in names})]
    groups: List[Tuple[List[str], set]] = []
    for own in sets:
        own = (own[0], own[1] | set(own[0]))
        apart = []
        for other in groups:
            if own[1].isdisjoint(other[1]):
                apart.append(other)
            else:
                own = (other[0] + own[0], other[1] | own[1])
        groups = apart + [own]
    return [sorted(names, key=list(walks).index) for names, _ in groups], shared


def _copy_on_write() -> bool:
    pd = sys.modules["pandas"]
    return int(pd.__version__.split(".")[0]) >= 3 or bool(getattr(pd.options.mode, "copy_on_write", False))


def _write(
    place: Store,
    name: str,
    value: Any,
    digest: Optional[str],
    shares: bool,
    only: str = "",
    shared: Optional[Dict[int, Tuple[int, int]]] = None,
) -> Dict[str, Any]:
    try:
        if _small(value):
            buffer = formats.Buffer(_INLINE)
            with contextlib.suppress(formats.TooLarge):
                record = formats.encode(value, digest, _digest_of, buffer, only, shared, shares)
                data = buffer.getvalue()
                inline = base64.b64encode(data).decode("ascii")
                return {**record, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "inline": inline}
        with place.new_blob() as blob:
            record = formats.encode(value, digest, _digest_of, blob, only, shared, shares)
            blob.keep()
        return {**record, "sha256": blob.sha256(), "size": blob.size}
    except formats.Unstorable as e:
        raise formats.Unstorable(f"{name} can't be kept: {e}") from None


def _small(value: Any) -> bool:
    """Whether a value is worth a try in memory."""
    if isinstance(value, (str, bytes, list, tuple, dict, set, frozenset)):
        return len(value) <= 1000
    return getattr(value, "nbytes", 0) <= _INLINE and not hasattr(value, "memory_usage")


def _digest_of(value: Any) -> str:
    return valuedigest.digest(value, reach.Reach().sources())


def _untrusted(found: Dict[str, Any], level: str) -> str:
    if level == trust.UNSIGNED:
        return "it holds a pickle and is unsigned"
    signer = found["signer"]
    return f"it holds a pickle signed by {signer[:16]}, who isn't trusted here: `xetcache trust add {signer[:16]}` to trust"


def _by(found: Dict[str, Any], level: str) -> str:
    return "unsigned" if level == trust.UNSIGNED else f"signed by {found['signer'][:16]}"


def _why(e: BaseException) -> str:
    if isinstance(e, Bad):
        return str(e)
    if isinstance(e, OSError) and e.strerror:
        return e.strerror
    return f"{type(e).__name__}: {e}"
