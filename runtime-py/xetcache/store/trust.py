"""Who made a memo, and who is believed.

A memo may hold pickles, and a pickle runs any code when it is loaded; memos come by git from everybody who can push.
So every manifest is signed with its maker's Ed25519 key, and pickles, HTML and JavaScript are taken from oneself and
from signers whom the user has named for this repository, from nobody else.

Key and names are kept in the user's configuration folder, out of reach of any repository:

    signing.key     the private key (32 bytes, mode 0600), made on first use
    trusted.json    {"repository folder": {"public key, 64 hex digits": "name", "pickle:<SHA-256>": "file of an old memo"}}
"""

from __future__ import annotations

import functools
import hmac
import json
import os
import re
import sys
import tempfile
from typing import Any, Dict, Optional

from ..source import local
from ..errors import XetCacheError

YOU, TRUSTED, UNKNOWN, UNSIGNED = "you", "trusted", "unknown", "unsigned"

_PUBLIC = re.compile(r"[0-9a-f]{64}\Z")


def folder() -> str:
    """The user's configuration folder for this package; XETCACHE_CONFIG_DIR names another."""
    named = os.environ.get("XETCACHE_CONFIG_DIR")
    if named:
        return named
    if sys.platform == "win32":
        base = os.environ.get("APPDATA") or os.path.expanduser("~")
    else:
        base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(base, "xetcache")


def sign(data: bytes) -> Optional[Dict[str, str]]:
    """Public key, signature and MAC in hex; None where no key can be kept, and the memo stays unsigned."""
    where = folder()
    key = _private_key(where)
    if key is None:
        return None
    return {"signer": _public(where), "signature": key.sign(data).hex(), "mac": _mac(data)}


def your_key() -> Optional[str]:
    """Your public key in hex, made on first use; None where the configuration folder can't be written."""
    return _public(folder()) if _private_key(folder()) is not None else None


def signer_level(signed: Dict[str, Any], data: bytes, store: str) -> str:
    """YOU, TRUSTED, UNKNOWN or UNSIGNED for data that came with what sign() gives, in the store at this folder.

    Raises ValueError if the signature is false.
    """
    signer, signature, mac = signed.get("signer"), signed.get("signature"), signed.get("mac")
    if signer is None and signature is None:
        return UNSIGNED
    if not isinstance(signer, str) or not _PUBLIC.match(signer) or not isinstance(signature, str):
        raise ValueError("its signature has no known form")
    if signer == your_key() and isinstance(mac, str) and hmac.compare_digest(mac.encode(), _mac(data).encode()):
        return YOU
    from cryptography.exceptions import InvalidSignature

    try:
        _verifier(signer).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        raise ValueError(f"its signature by {signer[:16]} is false") from None
    if signer == your_key():
        return YOU
    return TRUSTED if signer in trusted(store) else UNKNOWN


def trusted(store: str) -> Dict[str, str]:
    """The signers trusted for the repository that holds this store: public key → name."""
    return _read().get(repository(store), {})


def trust(store: str, signer: str, name: str = "") -> None:
    """Trust a signer, by its whole public key, for the repository that holds this store; or one old memo, see old.content."""
    if not _PUBLIC.match(signer) and not (signer.startswith("pickle:") and _PUBLIC.match(signer[len("pickle:") :])):
        raise XetCacheError(f"{signer!r} is no public key (64 hex digits); `xetcache trust list` shows the signers here")
    known = _read()
    known.setdefault(repository(store), {})[signer] = name
    _write(known)


def revoke(store: str, signer: str) -> bool:
    """Trust a signer no longer; whether it was trusted."""
    known = _read()
    found = known.get(repository(store), {}).pop(signer, None) is not None
    _write(known)
    return found


def repository(store: str) -> str:
    """The folder that trust is given for: the repository around the store, else the folder that holds it."""
    return os.path.realpath(local.project_root(os.path.dirname(os.path.realpath(store))))


def mac_key(purpose: bytes) -> bytes:
    """A key that only the holder of the private key can make. There must be one: see your_key."""
    return _mac_key(folder(), purpose)


def _mac(data: bytes) -> str:
    """What only the holder of the private key can make, and check: a hundred times faster than a signature."""
    return hmac.new(mac_key(b"xetcache mac 1"), data, "sha256").hexdigest()


@functools.lru_cache(maxsize=8)
def _mac_key(where: str, purpose: bytes) -> bytes:
    from cryptography.hazmat.primitives import serialization

    raw = _private_key(where).private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    return hmac.new(raw, purpose, "sha256").digest()


def _read() -> Dict[str, Dict[str, str]]:
    path = os.path.join(folder(), "trusted.json")
    try:
        stat = os.stat(path)
    except OSError:
        return {}
    return json.loads(_contents(path, stat.st_mtime_ns, stat.st_size))


@functools.lru_cache(maxsize=4)
def _contents(path: str, mtime: int, size: int) -> str:
    try:
        with open(path, encoding="utf-8") as f:
            text = f.read()
        if not all(isinstance(signers, dict) for signers in json.loads(text).values()):
            raise ValueError
        return text
    except (OSError, ValueError, AttributeError):
        return "{}"  # a damaged file trusts nobody


def _write(known: Dict[str, Dict[str, str]]) -> None:
    os.makedirs(folder(), mode=0o700, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder(), prefix="trusted.")
    with os.fdopen(handle, "w", encoding="utf-8") as f:
        json.dump(known, f, indent=1, sort_keys=True)
    os.replace(temporary, os.path.join(folder(), "trusted.json"))
    _contents.cache_clear()


@functools.lru_cache(maxsize=4)
def _private_key(where: str) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    path = os.path.join(where, "signing.key")
    for _ in range(2):
        try:
            with open(path, "rb") as f:
                return Ed25519PrivateKey.from_private_bytes(f.read())
        except FileNotFoundError:
            try:
                _make_key(where, path)
            except OSError:
                return None
        except (OSError, ValueError):
            return None
    return None


def _make_key(where: str, path: str) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    raw = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    os.makedirs(where, mode=0o700, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=where, prefix="signing.")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as f:
            f.write(raw)
        try:
            os.link(temporary, path)  # fails if another process was first: its key is the one
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            os.replace(temporary, path)
            return
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


@functools.lru_cache(maxsize=4)
def _public(where: str) -> str:
    from cryptography.hazmat.primitives import serialization

    public = _private_key(where).public_key()
    return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


@functools.lru_cache(maxsize=64)
def _verifier(signer: str) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer))
