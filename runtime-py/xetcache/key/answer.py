"""What the resident analyser says of a cell that is about to run: docs/analyser.md describes the fields."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Dict, List, Tuple, Type, TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True)
class Read:
    """A global whose value from before the cell may be used."""

    name: str
    line: int = 0
    column: int = 0
    via: Tuple[str, ...] = ()
    defined_in: Tuple[int, ...] = ()
    imported: bool = False
    function: bool = False
    opaque: bool = False


@dataclass(frozen=True)
class Bound:
    """A global that the cell may bind."""

    name: str
    kind: str = "assign"
    must: bool = False
    opaque: bool = False
    statement: str = ""


@dataclass(frozen=True)
class Mutation:
    """A global from before whose object the cell may change in place."""

    name: str
    line: int = 0
    via: Tuple[str, ...] = ()
    reference: bool = False
    opaque: bool = False


@dataclass(frozen=True)
class Effect:
    kind: str
    line: int = 0
    column: int = 0
    detail: str = ""
    via: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Reason:
    """What forbids a memo."""

    code: str
    line: int = 0
    name: str = ""
    text: str = ""


@dataclass(frozen=True)
class UnknownCall:
    """A call into code that was not read."""

    name: str
    line: int = 0
    via: Tuple[str, ...] = ()


@dataclass(frozen=True)
class LocalModule:
    name: str
    path: str
    edited: bool = False


@dataclass(frozen=True)
class Statement:
    """An import or a definition that a hit can run again."""

    names: Tuple[str, ...]
    line: int
    text: str


@dataclass(frozen=True)
class Answer:
    """What one run of a cell reads and leaves behind."""

    run: int
    reads: Tuple[Read, ...] = ()
    binds: Tuple[Bound, ...] = ()
    mutates: Tuple[Mutation, ...] = ()
    deletes: Tuple[str, ...] = ()
    aliases: Dict[str, Tuple[str, ...]] = field(default_factory=dict)
    effects: Tuple[Effect, ...] = ()
    why_not: Tuple[Reason, ...] = ()
    computed_names: bool = False
    unknown: Tuple[UnknownCall, ...] = ()
    functions: Tuple[str, ...] = ()
    modules: Tuple[LocalModule, ...] = ()
    imports: Tuple[Statement, ...] = ()
    definitions: Tuple[Statement, ...] = ()

    def made_again(self) -> Tuple[Statement, ...]:
        """The imports and definitions that a hit runs again, in the cell's order."""
        return tuple(sorted(self.imports + self.definitions, key=lambda s: s.line))


_PARTS: Dict[str, Type[Any]] = {
    "reads": Read, "binds": Bound, "mutates": Mutation, "effects": Effect, "why_not": Reason, "unknown": UnknownCall,
    "modules": LocalModule, "imports": Statement, "definitions": Statement,
}  # fmt: skip


def from_json(message: Dict[str, Any]) -> Answer:
    """The answer in a message of the protocol. Fields of later versions are passed over; what is no answer raises a KeyError or TypeError."""
    found = {f.name: message[f.name] for f in fields(Answer)}
    for name, part in _PARTS.items():
        items: List[Any] = found[name]
        found[name] = tuple(_made(part, item) for item in items)
    found["aliases"] = {name: tuple(names) for name, names in found["aliases"].items()}
    return _made(Answer, found)


def _made(cls: Type[_T], values: Dict[str, Any]) -> _T:
    known = {f.name for f in fields(cls)}  # type: ignore[arg-type]
    return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items() if k in known})
