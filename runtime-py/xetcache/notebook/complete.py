"""A header made whole: what the user wrote, and what the analyser says that the cell reads and leaves behind.

Nobody's header is believed: a name that it lacks counts as if it were there, and an output that the cell doesn't bind is none.
What a hit could not restore keeps the cell from being memoized, for a reason that is told.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace
from typing import Any, Dict, FrozenSet, Iterable, List, Optional, Set, Tuple

from ..key import key as keys
from ..key.answer import Answer, Reason
from . import analyser, header, status
from .header import Header

# What the analyser says forbids a memo, and a hit of this runtime restores all the same.
RESTORED: FrozenSet[str] = frozenset(
    "cell-magic deletes-global dynamic-code line-magic live-definition live-import mutates-reference opaque-output parts-aliases "
    "process-state pyplot-state random-state shell".split()
)

# Reasons that a user may know better about: "# xetmemo: accept=shell".
REASONS = frozenset(
    "cell-magic deletes-global dynamic-code files history input line-magic live-definition live-import mutates-reference opaque-output "
    "process-state pyplot-state random-state shell".split()
)

DIRECTIVES = ("accept", "deps", "exclude", "ignore", "include", "skip")

_OF_SHELL = frozenset(("In", "Out", "get_ipython", "exit", "quit", "_", "__", "___"))


@dataclass
class Completed:
    """What one run of a cell is memoized by."""

    header: Header
    answer: Optional[Answer] = None
    bare: bool = False  # nothing was written
    added: List[str] = field(default_factory=list)  # inputs that the header lacks
    unbound: List[str] = field(default_factory=list)  # outputs that it lists, and the cell doesn't bind

    def notes(self) -> List[str]:
        """What to say of the header."""
        notes = []
        said = [name for name in self.added if name not in self.header.reached or name not in self._functions()]
        if said and not self.bare:
            notes.append(f"also reads {', '.join(said)}")
        if self.unbound:
            notes.append(f"doesn't bind {', '.join(self.unbound)}, which output= lists")
        return notes

    def _functions(self) -> Set[str]:
        return {r.name for r in self.answer.reads if r.function} if self.answer is not None else set()


def complete(asked: Header, cell: str, shell: Any) -> Tuple[Completed, str]:
    """The whole header of a cell that is about to run, and why it can't be memoized, or ""."""
    words = keys.directives(cell)
    problem = _misspelt(asked, words)
    if problem:
        return Completed(asked), problem
    answer, unknown = _answer(cell)
    if answer is None:
        if _is_bare(asked):
            return Completed(asked), f"what it reads isn't known, since {unknown}"
        status.warn_once("analyser", f"headers are taken as they are written, since {unknown}")
        return Completed(asked), ""
    accepted = set(words.get("accept", ()))
    deletions = tuple(Reason("deletes-global", name=name, text=f"a hit would not delete {name}") for name in answer.deletes)
    for reason in answer.why_not + deletions:
        if reason.code not in RESTORED and reason.code not in accepted:
            return Completed(asked, answer), reason.text
    return _with(asked, answer, set(words.get("exclude", ())), shell.user_ns), ""


def _answer(cell: str) -> Tuple[Optional[Answer], str]:
    """What the analyser says of the cell that runs, or why it says nothing."""
    client = analyser.current()
    if client is None or cell.strip() not in analyser.source_running():
        return None, "it is run by other code"
    return client.answer(), client.problem


def _is_bare(asked: Header) -> bool:
    return not asked.input and not asked.output


def _misspelt(asked: Header, words: Dict[str, Tuple[str, ...]]) -> str:
    for word in asked.unknown:
        name = word.partition("=")[0].strip()
        if "=" in word:
            return f"{name}= is no option{_nearest(name, header.KNOWN, '=')}"
        return f"its header holds {word}, which is no option"
    for name in words:
        if name not in DIRECTIVES:
            return f"# xetmemo: {name} is no directive{_nearest(name, DIRECTIVES)}"
    for code in words.get("accept", ()):
        if code not in REASONS:
            return f"accept={code} names no reason{_nearest(code, REASONS)}"
    return ""


def _nearest(word: str, known: Iterable[str], end: str = "") -> str:
    found = difflib.get_close_matches(word.lower(), sorted(known), 1, 0.5)
    return f": {found[0]}{end}?" if found else ""


def _with(asked: Header, answer: Answer, exclude: Set[str], namespace: Dict[str, Any]) -> Completed:
    listed = set(asked.input)
    for text in asked.input:
        listed |= _names(text)
    mayhap = [b for b in answer.binds if not b.must and b.kind not in ("for", "import")]  # they may keep the value from before
    reads = [r.name for r in answer.reads if not r.imported and exclude.isdisjoint(r.via)] + [b.name for b in mayhap]
    added = [n for n in dict.fromkeys(reads) if n not in listed and n not in exclude and n not in _OF_SHELL and n in namespace]
    added = [n for n in added if not _is_module(namespace[n])]
    bound = {b.name: b for b in answer.binds}
    again = {name for s in answer.made_again() for name in s.names}
    left = [n for n in dict.fromkeys([*bound, *(m.name for m in answer.mutates)]) if n not in exclude and n not in again and n not in _OF_SHELL]
    left = [n for n in left if not (n in bound and bound[n].kind == "import")]
    output = [n for n in asked.output if n in left or n in again] + [n for n in left if n not in asked.output]
    return Completed(
        header=replace(
            asked,
            input=asked.input + added,
            output=[n for n in output if n not in again],
            analysed=True,
            reached=frozenset(r.name for r in answer.reads if r.via and r.name in added),
        ),
        answer=answer,
        bare=_is_bare(asked),
        added=added,
        unbound=[n for n in asked.output if n not in left and n not in again],
    )


def _names(text: str) -> Set[str]:
    try:
        return set(compile(text.strip(), "<input>", "eval").co_names)
    except (SyntaxError, ValueError):
        return set()


def _is_module(value: Any) -> bool:
    return type(value).__name__ == "module"
