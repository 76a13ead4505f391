"""What the user reads: one line a cell, and the session's record behind ``explain()`` and ``stats()``."""

from __future__ import annotations

import sys
import threading
from collections import deque
from typing import Any, Deque, Dict, List, NamedTuple, Set

from IPython import get_ipython

from .. import config

PREFIX = "xetmemo: "

saying = threading.local()


class Event(NamedTuple):
    """What happened to one cell or call."""

    kind: str  # "hit", "stored", "not stored", "uncached", "failed"
    slot: str
    line: str
    details: Dict[str, Any]


_events: Deque[Event] = deque(maxlen=1000)
_counts: Dict[str, float] = {}
_warned: Set[str] = set()


def report(kind: str, slot: str, line: str, show: bool = True, after: Any = None, short: str = "", **details: Any) -> None:
    """Record what happened, and print it as one line after the output recorded in after.

    Where the line is saved with the notebook, it is short: what every run and everybody would say, so that it makes no difference.
    """
    _events.append(Event(kind, slot, line, details))
    for name, amount in ((kind, 1), ("seconds saved", details.get("saved", 0)), ("seconds hashing", details.get("hashing", 0))):
        _counts[name] = _counts.get(name, 0) + amount
    if show:
        _say_of_cell((short or line) if mode() == "short" else line, after)


def mode() -> str:
    """How much the lines of cells say: ``off``, ``short`` or ``long``."""
    return config.get_line() or ("short" if hasattr(get_ipython(), "kernel") else "long")


def warn_once(what: str, line: str, after: Any = None) -> None:
    """Print a warning unless this session has seen it."""
    if first_time(what):
        _say_of_cell(line, after)


def _say_of_cell(line: str, after: Any) -> None:
    if mode() != "off":
        say(line, after)


def first_time(what: str) -> bool:
    """Whether this session hasn't asked this before."""
    if what in _warned:
        return False
    _warned.add(what)
    return True


def say(line: str, after: Any = None) -> None:
    """Print a line of the runtime's own; after is the recorded output before it, which may have ended in mid-line."""
    progress_ended()
    last = after[-1].get("text") if after else None
    saying.on = True  # recorders leave it out
    try:
        sys.stdout.write(("\n" if last and last[-1] != "\n" else "") + PREFIX + " ".join(line.split("\n")) + "\n")
        sys.stdout.flush()
    finally:
        saying.on = False


def progress(line: str) -> None:
    """Say what long work is at, in one line that is written over; ``progress_ended`` takes it away."""
    _write_over(PREFIX + line)


def progress_ended() -> None:
    """Leave nothing of the line that says what long work is at."""
    if _progress:
        _write_over("")


_progress: List[str] = []  # the line that is shown now


def _write_over(text: str) -> None:
    before = _progress.pop() if _progress else ""
    saying.on = True
    try:
        sys.stderr.write("\r" + text.ljust(len(before)) + ("" if text else "\r"))  # not among what the cell itself printed
        sys.stderr.flush()
    finally:
        saying.on = False
    if text:
        _progress.append(text)


def hits() -> int:
    """How many hits there were in this session, of cells and of calls."""
    return int(_counts.get("hit", 0))


def stats() -> Dict[str, float]:
    """Counts of what happened in this session, and the seconds saved and spent on hashing."""
    names = ("hit", "stored", "not stored", "uncached", "failed", "seconds saved", "seconds hashing")
    return {name: round(_counts.get(name, 0), 3) for name in names}


def explain() -> None:
    """Print what happened to the last cell or call, and what its key is made of; where it missed, what differs beside what it was."""
    if not _events:
        print("no memoized cell or call has run in this session")
        return
    event = _events[-1]
    lines: List[str] = [f"{event.slot}: {event.line}"]
    for reason in event.details.get("reasons", ()):
        lines.append(f"  memo not used: {reason}")
    parts = event.details.get("parts")
    before = event.details.get("before") or {}
    if parts:
        for title, name in (("inputs", "inputs"), ("functions", "functions"), ("bound", "dynamic"), ("versions", "versions")):
            for item, found in sorted(parts[name].items()):
                root = parts["via"].get(item)
                lines.append(f"  {title:9} {item} {_beside(before.get(name), item, found)}" + (f" (by {root})" if root else ""))
            lines += [f"  {title:9} {item} was {was[:15]}, is read no longer" for item, was in sorted((before.get(name) or {}).items()) if item not in parts[name]]
        lines.append(f"  {'cell':9} {_beside(before, 'cell', parts['cell'])}")
    print("\n".join(lines))


def _beside(before: Any, name: str, now: str) -> str:
    was = (before or {}).get(name)
    if before is None or not before and not isinstance(was, str) or was == now:
        return now[:15]
    return f"was {was[:15]}, is {now[:15]}" if isinstance(was, str) else f"is new, {now[:15]}"


def seconds(s: float) -> str:
    if s >= 120:
        return f"{s / 60:.0f} min"
    return f"{s:.0f} s" if s >= 10 else f"{s:.1f} s" if s >= 0.1 else f"{s * 1000:.0f} ms" if s >= 0.001 else "<1 ms"


def size(n: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if n < 1000 or unit == "GB":
            return f"{n:.0f} {unit}" if unit == "bytes" or n >= 10 else f"{n:.1f} {unit}"
        n /= 1000
    return f"{n:.0f} TB"
