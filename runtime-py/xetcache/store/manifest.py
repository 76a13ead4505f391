"""The manifest: one JSON file that says what a memo holds, for which key, and who made it.

    {"xetcache": 1, "kind": "cell", "key": "_", "digest": "<64 hex>", "slot": …, "parts": {…},
     "outputs": [{"name", "format", "sha256", "size", "digest", "inline"?}],
     "display": [event, …] or {"sha256", "size"},
     "seconds": 41.2, "versions": {…}, "created": "2024-01-31T12:00:00Z",
     "signer": "<public key>", "signature": "<over the canonical form of all the rest>",
     "mac": "<the same, for the signer alone>"}

The file is the canonical form itself (sorted names, no spaces, ASCII) and is named by its SHA-256; a file that isn't
what its name says is refused unread.

For other readers, all digests of source as in docs/fdigest.md: ``parts.cell`` is SHA-256 of the cell's form without
its header line; ``parts.functions`` has under each dotted name that of each of its forms, a space between; both are cut
to 32 hex digits. A ``~`` before one says that only the runtime has this form under this name: it is the code of a
function without source, the inner function of a decorator, a loop as a whole. ``parts.deps`` is the whole digest over
those functions.
"""

from __future__ import annotations

import json
import keyword
import math
import re
from typing import Any, Dict, FrozenSet, List, Optional

VERSION = 1
MAX_BYTES = 16 << 20  # of a manifest

SHA256 = re.compile(r"[0-9a-f]{64}\Z")


class Bad(Exception):
    """This memo can't be used; the message says why."""


_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def canonical(value: Any) -> bytes:
    return _encoder.encode(value).encode("ascii")


def texts(manifest: Dict[str, Any]) -> Dict[str, str]:
    """The canonical form of each of a manifest's parts."""
    return {name: _encoder.encode(value) for name, value in manifest.items()}


def joined(parts: Dict[str, str]) -> bytes:
    """The canonical form of what has these parts."""
    return ("{" + ",".join([f'"{name}":{parts[name]}' for name in sorted(parts)]) + "}").encode("ascii")


def unsigned(manifest: Dict[str, Any]) -> bytes:
    """What the signature is over."""
    return canonical({name: value for name, value in manifest.items() if name not in ("signer", "signature", "mac")})


def parse(data: bytes) -> Dict[str, Any]:
    """Read and check a manifest's bytes. Raises Bad."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise Bad("its manifest is damaged") from None
    _require(isinstance(found, dict))
    if found.get("xetcache") != VERSION:
        raise Bad(f"its format is version {found.get('xetcache')!r}, this package reads {VERSION}")
    _require(isinstance(found.get("digest"), str) and SHA256.match(found["digest"]))
    _require(isinstance(found.get("key"), str) and isinstance(found.get("kind"), str))
    _require(isinstance(found.get("outputs"), list) and isinstance(found.get("parts"), dict))
    _require(isinstance(found.get("seconds"), (int, float)) and math.isfinite(found["seconds"]))
    _require(isinstance(found.get("display"), (list, dict)) and isinstance(found.get("versions"), dict))
    _require(all(isinstance(v, str) for v in found["versions"].values()))
    for output in found["outputs"]:
        _require(isinstance(output, dict) and isinstance(output.get("name"), str))
        _require(isinstance(output.get("format"), str) and isinstance(output.get("inline", ""), str))
        _check_blob(output)
    for record in [found["display"], found.get("left"), found.get("process"), found.get("result"), *_list(found, "files")]:
        if isinstance(record, dict) and not record.get("folder"):
            _check_blob(record)
        _require(record is None or isinstance(record, (dict, list)))
    _require(isinstance(found.get("result_of", ""), str))
    for part in ("needs", "changed"):
        _require(isinstance(found.get(part, {}), dict))
    _require(all(isinstance(at, int) for at in _list(found, "again")))
    _require(all(isinstance(name, str) for part in ("deleted", "made_again") for name in _list(found, part)))
    _require(all(isinstance(record, dict) and isinstance(record.get("path"), str) for record in _list(found, "files")))
    return found


def check_names(manifest: Dict[str, Any], allowed: Optional[FrozenSet[str]], wanted: List[str]) -> None:
    """Only names that the cell may bind may be set by who isn't trusted, whatever the memo says. Raises Bad."""
    declared = [output["name"] for output in manifest["outputs"]]
    for name in declared:
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("__") or name in ("get_ipython", "In", "Out"):
            raise Bad(f"it declares {name!r}, which no memo may set")
        if allowed is not None and name not in allowed:
            raise Bad(f"it declares {name!r}, which the cell doesn't bind")
    if len(set(declared)) != len(declared):
        raise Bad("it declares a name twice")
    made = [*declared, *manifest.get("made_again", ()), *manifest.get("changed", ())]
    missing = [name for name in wanted if name not in made]
    if missing:
        raise Bad(f"it doesn't hold {', '.join(missing)}")


def _list(found: Dict[str, Any], part: str) -> List[Any]:
    value = found.get(part, [])
    _require(isinstance(value, list))
    return value


def _check_blob(record: Dict[str, Any]) -> None:
    _require(isinstance(record.get("sha256"), str))
    if not SHA256.match(record["sha256"]):
        raise Bad(f"it names a blob {record['sha256'][:80]!r}, which is no SHA-256")
    size = record.get("size")
    _require(isinstance(size, int) and not isinstance(size, bool) and size >= 0)


def _require(condition: Any) -> None:
    if not condition:
        raise Bad("its manifest is not of the known form")
