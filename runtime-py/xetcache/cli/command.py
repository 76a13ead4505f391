"""The command ``xetcache``: who is trusted, what a memo folder holds, and forgetting it."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Dict, List, Optional

from ..store import manifest, old, trust
from ..errors import XetCacheError
from ..notebook import status
from ..store.folder import Folder
from ..store.holdings import Holdings


def main(argv: Optional[List[str]] = None) -> int:
    """Run the command; 0 done, 1 nothing to do or not found, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="xetcache", description="Memoized notebook cells: what is kept of them, and trust in those who made them.")
    commands = parser.add_subparsers(dest="command", required=True)
    about = commands.add_parser("trust", help="signers whose pickles, HTML and JavaScript are used here")
    about.add_argument("--store", default="xmemo", metavar="DIR", help="the memo folder (default: xmemo)")
    actions = about.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="your key, the signers trusted here, and those found in the store")
    add = actions.add_parser("add", help="trust a signer in this repository")
    add.add_argument("signer", nargs="+", help="its public key, or the first 16 or more digits of one found in the store; or an old .pickle")
    add.add_argument("--name", default="", help="a name to show")
    remove = actions.add_parser("revoke", help="trust a signer no longer")
    remove.add_argument("signer", help="its public key, or the first 16 or more digits; or an old .pickle")
    commands.add_parser("version", help="the version of this package")
    held = commands.add_parser("stats", help="what the memo folder holds")
    gone = commands.add_parser("forget", help="remove all memos of the memo folder")
    for command in (held, gone):
        command.add_argument("--store", default="xmemo", metavar="DIR", help="the memo folder (default: xmemo)")
    gone.add_argument("--dry-run", action="store_true", help="only say how many there are")
    asked = parser.parse_args(argv)
    actions_by_name = {"list": _list, "add": _add, "revoke": _revoke, "version": _version, "stats": _stats, "forget": _forget}
    try:
        return actions_by_name[getattr(asked, "action", asked.command)](asked)
    except (XetCacheError, OSError) as e:
        print(f"xetcache: {e}", file=sys.stderr)
        return 2


def _version(asked: argparse.Namespace) -> int:
    from .. import __version__

    print(f"xetcache {__version__}")
    return 0


def _stats(asked: argparse.Namespace) -> int:
    """Counts of the memos, what they take, and what a hit of each saves."""
    holdings = Holdings(os.path.realpath(asked.store))
    memos = holdings.look().values()
    cells = sum(1 for memo in memos if memo.cell)
    print(f"cells    {cells}")
    print(f"calls    {len(memos) - cells}")
    print(f"size     {status.size(holdings.bytes())}")
    print(f"saves    {status.seconds(sum(memo.seconds for memo in memos))}, if each is taken once")
    return 0 if memos else 1


def _forget(asked: argparse.Namespace) -> int:
    holdings = Holdings(os.path.realpath(asked.store))
    count = len(holdings.look()) if asked.dry_run else holdings.forget(lambda memo: True)
    print(f"{'would remove' if asked.dry_run else 'removed'} {count} memo{'' if count == 1 else 's'}")
    return 0 if count else 1


def _list(asked: argparse.Namespace) -> int:
    known = trust.trusted(asked.store)
    print(f"you      {trust.your_key() or '(no key: the configuration folder cannot be written)'}")
    for signer, name in sorted(known.items()):
        print(f"trusted  {signer}  {name}".rstrip())
    for signer, count in sorted(_signers(asked.store).items()):
        if signer not in known and signer != trust.your_key():
            print(f"unknown  {signer}  {count} memo{'s' if count > 1 else ''} here")
    return 0


def _add(asked: argparse.Namespace) -> int:
    for text in asked.signer:
        signer = _whole(text, list(_signers(asked.store)))
        trust.trust(asked.store, signer, asked.name or (os.path.basename(text) if text.endswith(".pickle") else ""))
        print(f"trusting {signer} in {trust.repository(asked.store)}")
    return 0


def _revoke(asked: argparse.Namespace) -> int:
    signer = _whole(asked.signer, list(trust.trusted(asked.store)))
    if not trust.revoke(asked.store, signer):
        print(f"{signer} was not trusted in {trust.repository(asked.store)}")
        return 1
    print(f"no longer trusting {signer} in {trust.repository(asked.store)}")
    return 0


def _whole(text: str, known: List[str]) -> str:
    """A public key from its first digits. Short ones are refused: somebody could make a key that begins alike."""
    if text.endswith(".pickle"):
        return old.content(text)
    text = text.lower()
    if len(text) == 64:
        return text
    found = [signer for signer in known if signer.startswith(text)] if len(text) >= 16 else []
    if len(found) != 1:
        raise XetCacheError(f"{text!r} names no one signer here: give 16 digits or more; `xetcache trust list` shows them")
    return found[0]


def _signers(store: str) -> Dict[str, int]:
    """Who signed the memos of a store. Signatures that don't hold are not counted."""
    found: Dict[str, int] = {}
    folder = Folder(os.path.realpath(store))
    for key, digest, name in folder.manifests(100_000):
        try:
            whole = manifest.parse(folder.manifest(key, digest, name))
            trust.signer_level(whole, manifest.unsigned(whole), folder.root)
        except (manifest.Bad, OSError, ValueError):
            continue
        if whole.get("signer"):
            found[whole["signer"]] = found.get(whole["signer"], 0) + 1
    return found


if __name__ == "__main__":
    sys.exit(main())
