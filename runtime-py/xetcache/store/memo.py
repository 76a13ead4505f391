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
import os
import pickle
import shutil
import sys
import time
from typing import Any, Callable, Dict, FrozenSet, List, NamedTuple, Optional, Tuple

from .. import config
from .. import digest as valuedigest
from ..notebook import display
from ..source import reach
from . import formats, index, manifest, trust
from ..key import needs as needs_
from ..key.key import Key
from .aftermath import Left
from .pickles import Unstorable
from .manifest import Bad
from .folder import Store, checked, open_store

_INLINE = 8 << 10  # bytes of a value that is kept inside its manifest
_INLINE_DISPLAY = 256 << 10
_FILE_MAX = 64 << 20  # bytes of a file that a cell wrote


class Hit(NamedTuple):
    """A memo that passed every check."""

    values: Dict[str, Any]
    events: List[Dict[str, Any]]
    manifest: Dict[str, Any]
    level: str  # of trust
    reasons: List[str]  # why other memos of this key were not used
    pickled: bytes = b""  # a cell's values that refer to what was there before, and what it changed (aftermath.py)
    process: Optional[Dict[str, Any]] = None  # what a cell set in the process
    result: Tuple[Any, ...] = ()  # a cell's last value, if it has one that could be kept


class Miss(NamedTuple):
    reasons: List[str]  # why the memos of this key, if any, were not used


def lookup(key: Key, allowed: FrozenSet[str], wanted: List[str], unmet: Callable[[Dict[str, Any]], str] = lambda needs: "") -> Any:
    """The first usable memo of this key: a Hit or a Miss. It must hold the names that are wanted, and no other than those allowed if
    its signer isn't trusted; unmet says why what a run was seen to need isn't there, or ""."""
    reasons: List[str] = []
    try:
        store = open_store(config.get_memo_path())
        indexed = index.get(store.root, key.group, key.digest)
        if indexed is not None and not unmet(indexed.get("needs", {})):
            with contextlib.suppress(Exception):
                return _hit(store, indexed, trust.YOU, allowed, wanted, reasons)
        candidates = store.names(key.group, key.digest)
    except (Bad, OSError) as e:
        return Miss([_why(e)])
    found = []
    for name in candidates:
        try:
            found.append(_checked_manifest(store, key, name))
        except Exception as e:
            _note(reasons, e)
    order = {trust.YOU: 0, trust.TRUSTED: 1}
    for data, manifest_, level in sorted(found, key=lambda one: order.get(one[2], 2)):
        try:
            why = unmet(manifest_.get("needs", {}))
            if why:
                raise Bad(why)
            hit = _hit(store, manifest_, level, allowed, wanted, reasons)
            if level == trust.YOU:
                index.put(store.root, key.group, key.digest, data, manifest_, manifest.texts(manifest_))
            return hit
        except Exception as e:
            _note(reasons, e)
    return Miss(reasons)


def _note(reasons: List[str], e: Exception) -> None:
    reason = _why(e)
    if reason not in reasons:
        reasons.append(reason)


def store(
    key: Key, values: Dict[str, Any], events: Optional[List[Dict[str, Any]]], seconds: float, libraries: Dict[str, str]
) -> Tuple[Dict[str, str], str]:
    """Store a call's memo. Returns the digests of the values, and why it was not stored, or ""."""
    return _stored(key, lambda place: _write_values(place, values), events, seconds, libraries)


def store_cell(
    key: Key,
    left: Left,
    events: Optional[List[Dict[str, Any]]],
    seconds: float,
    libraries: Dict[str, str],
    needs: Dict[str, Any],
    process: Dict[str, Any],
    files: List[str],
) -> Tuple[Dict[str, str], str]:
    """Store what a cell left: see aftermath.py. files are those that it wrote, process what it set."""

    def write(place: Store) -> Tuple[List[Dict[str, Any]], Dict[str, str], Dict[str, Any]]:
        outputs, more = [], {}
        for name, value in left.plain.items():
            outputs.append({"name": name, "digest": left.digests[name], **_write(place, name, value, left.digests[name], True)})
        if left.pickled:
            more["left"] = _write_bytes(place, left.pickled)
            there = {**more["left"], **({"inline": ""} if "inline" in more["left"] else {})}
            outputs += [{"name": name, "digest": left.digests[name], "format": "left", **there} for name in left.names]
        if process:
            more["process"] = _write_bytes(place, pickle.dumps(process, 5))
        if left.result:
            more["result"] = {"digest": None, **_write(place, "the result", left.result[0], _digest_of(left.result[0]), True)}
        if files:
            more["files"] = [{"path": needs_.shown(path), **_write_file(place, path)} for path in files]
        more.update({name: value for name, value in (("result_of", left.result_of), ("again", left.again), ("made_again", left.made_again), ("deleted", left.deleted)) if value})
        if left.changed:
            more["changed"] = left.changed
        if needs:
            more["needs"] = needs
        return outputs, {n: d for n, d in left.digests.items() if d is not None}, more

    return _stored(key, write, events, seconds, libraries)


def _stored(
    key: Key, write: Callable[[Store], Tuple[Any, ...]], events: Optional[List[Dict[str, Any]]], seconds: float, libraries: Dict[str, str]
) -> Tuple[Dict[str, str], str]:
    digests: Dict[str, str] = {}
    if events is None:
        return digests, f"it shows more than {display.MAX_BYTES >> 20} MB of output"
    try:
        place = open_store(config.get_memo_path())
        outputs, digests, more = write(place)
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
            **more,
        }
        texts = manifest.texts(whole)
        signature = trust.sign(manifest.joined(texts))
        texts.update(manifest.texts(signature or {}))
        data = manifest.joined(texts)
        if len(data) > manifest.MAX_BYTES:
            return digests, "its manifest would be too large"
        signer = (signature or {}).get("signer")
        if place.publish(key.group, key.digest, data, lambda: _is_there(place, key, whole, signer)) and signature:
            index.put(place.root, key.group, key.digest, data, whole, texts)
            _keep_few(place, key, signer)
        return digests, ""
    except Unstorable as e:
        return digests, str(e)
    except Exception as e:
        return digests, _why(e)


_FEW = 8  # memos of one key, by one signer, that differ in what they need


def _keep_few(place: Store, key: Key, signer: Optional[str]) -> None:
    names = place.names(key.group, key.digest)
    if len(names) <= _FEW:
        return
    own = []
    for name in names:
        with contextlib.suppress(Bad, OSError):
            found = manifest.parse(place.manifest(key.group, key.digest, name))
            if found.get("signer") == signer:
                own.append((str(found.get("created")), name))
    for _, name in sorted(own)[: max(0, len(own) - _FEW)]:
        place.remove(key.group, key.digest, name)


def _hit(store: Store, found: Dict[str, Any], level: str, allowed: FrozenSet[str], wanted: List[str], reasons: List[str]) -> Hit:
    trusted = level in (trust.YOU, trust.TRUSTED)
    if config.require_signed() and not trusted:
        raise Bad(f"it is {_by(found, level)}, and only trusted signers are allowed here")
    manifest.check_names(found, None if trusted else allowed, wanted)
    if not trusted:
        if any(record["format"] not in formats.SAFE for record in found["outputs"]):
            raise Bad(_untrusted(found, level))
        if any(name in found for name in ("left", "process", "files", "deleted", "changed")):
            raise Bad(_untrusted(found, level, "it changes more than plain values"))
    values: Dict[str, Any] = {}
    for record in found["outputs"]:
        if record["format"] != "left":
            values[record["name"]] = _value(store, record, trusted)
    pickled = _data(store, found["left"]) if "left" in found else b""
    process = pickle.loads(_data(store, found["process"])) if "process" in found else None
    result = found.get("result")
    result = (_value(store, {"name": "the result", **result}, trusted),) if result and (trusted or result["format"] in formats.SAFE) else ()
    for record in found.get("files", ()):
        if os.path.isabs(record["path"]) or ".." in record["path"].split("/"):
            raise Bad(f"it writes {record['path']!r}, outside of this folder")
        if "sha256" in record and needs_.content(record["path"]) != record["sha256"]:
            checked(store.blob(record["sha256"], record["size"]), record["sha256"])
    events = found["display"]
    if isinstance(events, dict):
        path = store.blob(events["sha256"], events["size"])
        if events["size"] > 2 * display.MAX_BYTES:
            raise Bad("its recorded output is too large")
        checked(path, events["sha256"])
        with open(path, "rb") as f:
            events = json.loads(f.read())
    return Hit(values, events, found, level, reasons, pickled, process, result)


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
        return formats.decode(_inlined(record, f"its value of {record['name']}"), record, trusted)
    path = store.blob(record["sha256"], record["size"])
    checked(path, record["sha256"])
    return formats.decode(path, record, trusted)


def _data(store: Store, record: Dict[str, Any]) -> bytes:
    if "inline" in record:
        return _inlined(record, "what it holds")
    path = store.blob(record["sha256"], record["size"])
    with open(path, "rb") as f:
        data = f.read()
    if _sha256(data) != record["sha256"]:
        raise Bad(f"blob {record['sha256'][:12]} is damaged: the content is not what the file's name says")
    return data


def _inlined(record: Dict[str, Any], what: str) -> bytes:
    """The bytes that a record itself holds; what names them where they are damaged."""
    data = base64.b64decode(record["inline"], validate=True)
    if len(data) != record["size"] or _sha256(data) != record["sha256"]:
        raise Bad(f"{what} is damaged")
    return data


def restore_file(record: Dict[str, Any]) -> None:
    """Write a file again that a run wrote, unless it is there with its content."""
    path = record["path"]
    if record.get("folder"):
        os.makedirs(path, exist_ok=True)
        return
    if needs_.content(path) == record["sha256"]:
        return
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    source = open_store(config.get_memo_path()).blob(record["sha256"], record["size"])
    temporary = f"{path}.tmp-{os.getpid()}"
    shutil.copyfile(source, temporary)
    os.replace(temporary, path)


def _is_there(store: Store, key: Key, whole: Dict[str, Any], signer: Optional[str]) -> bool:
    """Whether this signer's memo of the key, and of what it needs, is in place and whole: two kernels that miss together publish one."""
    try:
        candidates = store.names(key.group, key.digest)
    except (Bad, OSError):
        return False
    for name in candidates:
        try:
            _, found, _ = _checked_manifest(store, key, name)
            if found.get("signer") != signer or found.get("needs", {}) != whole.get("needs", {}):
                continue
            if {o["name"] for o in found["outputs"]} != {o["name"] for o in whole["outputs"]}:
                continue
            blobs = [r for r in [*found["outputs"], found.get("left"), found.get("process"), *found.get("files", ())] if r and "inline" not in r]
            blobs = [r for r in blobs if r.get("format") != "left" and "sha256" in r]
            blobs += [found["display"]] if isinstance(found["display"], dict) else []
            for record in blobs:
                checked(store.blob(record["sha256"], record["size"]), record["sha256"])
            return True
        except (Bad, OSError):
            continue
    return False


def _write_values(place: Store, values: Dict[str, Any]) -> Tuple[List[Dict[str, Any]], Dict[str, str], Dict[str, Any]]:
    outputs, digests = [], {}
    for name, value in values.items():
        try:
            digest, walk = valuedigest.digest_and_objects(value, reach.Reach().sources())
            digests[name], shares = digest, walk.shares
        except valuedigest.Unhashable:
            digest, shares = None, True
        outputs.append({"name": name, "digest": digest, **_write(place, name, value, digest, shares)})
    return outputs, digests, {}


def _write_bytes(place: Store, data: bytes) -> Dict[str, Any]:
    record = {"sha256": _sha256(data), "size": len(data)}
    if len(data) <= _INLINE:
        return {**record, "inline": base64.b64encode(data).decode("ascii")}
    with place.new_blob() as blob:
        blob.write(data)
        blob.keep()
    return record


def _write_file(place: Store, path: str) -> Dict[str, Any]:
    if os.path.isdir(path):
        return {"folder": True}
    if os.path.getsize(path) > _FILE_MAX:
        raise Unstorable(f"it writes {os.path.basename(path)}, which has more than {_FILE_MAX >> 20} MB")
    with place.new_blob() as blob, open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            blob.write(block)
        blob.keep()
    return {"sha256": blob.sha256(), "size": blob.size}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write(
    place: Store,
    name: str,
    value: Any,
    digest: Optional[str],
    shares: bool,
) -> Dict[str, Any]:
    try:
        if _small(value):
            buffer = formats.Buffer(_INLINE)
            with contextlib.suppress(formats.TooLarge):
                record = formats.encode(value, digest, _digest_of, buffer, shares=shares)
                data = buffer.getvalue()
                inline = base64.b64encode(data).decode("ascii")
                return {**record, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "inline": inline}
        with place.new_blob() as blob:
            record = formats.encode(value, digest, _digest_of, blob, shares=shares)
            blob.keep()
        return {**record, "sha256": blob.sha256(), "size": blob.size}
    except Unstorable as e:
        raise Unstorable(f"{name} can't be kept: {e}") from None


def _small(value: Any) -> bool:
    """Whether a value is worth a try in memory."""
    if isinstance(value, (str, bytes, list, tuple, dict, set, frozenset)):
        return len(value) <= 1000
    return getattr(value, "nbytes", 0) <= _INLINE and not hasattr(value, "memory_usage")


def _digest_of(value: Any) -> str:
    return valuedigest.digest(value, reach.Reach().sources())


def _untrusted(found: Dict[str, Any], level: str, what: str = "it holds a pickle") -> str:
    if level == trust.UNSIGNED:
        return f"{what} and is unsigned"
    signer = found["signer"]
    return f"{what}, signed by {signer[:16]}, who isn't trusted here: `xetcache trust add {signer[:16]}` to trust"


def _by(found: Dict[str, Any], level: str) -> str:
    return "unsigned" if level == trust.UNSIGNED else f"signed by {found['signer'][:16]}"


def _why(e: BaseException) -> str:
    if isinstance(e, Bad):
        return str(e)
    if isinstance(e, OSError) and e.strerror:
        return e.strerror
    return f"{type(e).__name__}: {e}"
