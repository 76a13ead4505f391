"""Parse the words after ``%%xetmemo``.

XetCache 0.0.2 split the line at single spaces and every word at ``=``, and so failed on ``input=a, b``, on two spaces
and on ``input=f(x=1)``. This parser accepts what a reader would understand:

    line    = { option | word } [ "#" comment ]
    option  = name [space] "=" [space] value          name: input, output, always, key, or one we don't know
    value   = item { [space] "," [space] item }       an item ends at white space outside brackets and quotes

- An option begins at the start of the line, after white space, or (the four known names only) after a comma.
- Brackets and quotes group, unless the line as a whole is unbalanced: then they are ordinary characters.
- A value that is one quoted string stands for its content. Empty items and repeated ones are dropped.
- An option given twice: ``input`` and ``output`` add up, of ``key`` and ``always`` the last counts.
- ``always`` alone means ``always=True``; true, 1 and yes in any case are true.
- What is left over is ``unknown``: options with another name, and stray words.
- ``invalid`` lists what has a known name but can't be used: an input that is no expression, an output that is no
  name, a key outside ``[A-Za-z0-9][A-Za-z0-9._-]{0,63}`` or one that some system takes for a device.

The cases that this module and the linter's ``rewrite/header`` package both pass are in ``testdata/headers.json``.
"""

from __future__ import annotations

import ast
import keyword
import re
from dataclasses import dataclass, field
from typing import FrozenSet, List, Optional, Tuple

KNOWN = ("input", "output", "always", "key")

_OPTION = re.compile(r"([^\W\d]\w*)[ \t]*=(?!=)[ \t]*")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\Z)", re.IGNORECASE)
_CLOSER = {"(": ")", "[": "]", "{": "}"}


@dataclass
class Header:
    """What one header line asks for."""

    input: List[str] = field(default_factory=list)
    output: List[str] = field(default_factory=list)
    key: Optional[str] = None
    always: bool = False
    unknown: List[str] = field(default_factory=list)
    invalid: List[str] = field(default_factory=list)
    analysed: bool = False  # made whole by what the analyser says
    reached: FrozenSet[str] = frozenset()  # inputs that only functions read, which nobody wrote

    @property
    def stray(self) -> List[str]:
        """Unknown words without a name: perhaps inputs that lost their comma."""
        return [word for word in self.unknown if not _OPTION.match(word)]


def body(cell: str) -> str:
    """A cell without its header."""
    first, _, rest = cell.lstrip("\n").partition("\n")
    return rest if first.split(None, 1)[:1] == ["%%xetmemo"] else cell


def parse(line: str) -> Header:
    """Parse the text after ``%%xetmemo``. Never fails: see ``unknown`` and ``invalid`` of the result."""
    header = Header()
    grouped = _balanced(line)
    at = 0
    while True:
        at = _skip_space(line, at)
        if line[at : at + 1] == ",":
            at += 1
            continue
        if at >= len(line) or line[at] == "#":
            break
        option = _OPTION.match(line, at)
        if option is None:
            end = _item_end(line, at, grouped, commas=False)
            word = line[at:end]
            if word == "always":
                header.always = True
            else:
                header.unknown.append(word)
            at = end
            continue
        items, at = _value(line, option.end(), grouped)
        _set(header, option.group(1), items, line[option.start() : at].rstrip(" \t,"))
    _check(header)
    return header


def valid_key(key: str) -> bool:
    """Whether a key may name a folder of the store, on every system."""
    return bool(_KEY.match(key)) and not _DEVICE.match(key) and not key.endswith(".")


def _set(header: Header, name: str, items: List[str], text: str) -> None:
    if name == "input" or name == "output":
        names = getattr(header, name)
        names.extend(item for item in dict.fromkeys(items) if item not in names)
    elif name == "key":
        header.key = ",".join(items) if items else None
    elif name == "always":
        header.always = ",".join(items).lower() in ("true", "1", "yes")
    else:
        header.unknown.append(text)


def _check(header: Header) -> None:
    for text in header.input:
        try:
            ast.parse(text, mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            header.invalid.append(text)
    header.invalid += [name for name in header.output if not name.isidentifier() or keyword.iskeyword(name)]
    if header.key is not None and not valid_key(header.key):
        header.invalid.append(header.key)


def _value(line: str, at: int, grouped: bool) -> Tuple[List[str], int]:
    """The items of the value that begins at ``at``, and where it ends."""
    items: List[str] = []
    while True:
        option = _OPTION.match(line, at)
        if option is not None and option.group(1) in KNOWN:
            break
        end = _item_end(line, at, grouped, commas=True)
        items.append(line[at:end])
        after = _skip_space(line, end)
        if after >= len(line) or line[after] != ",":
            at = end
            break
        at = _skip_space(line, after + 1)
    if len(items) == 1 and grouped and len(items[0]) >= 2 and items[0][0] in "\"'" and items[0][-1] == items[0][0]:
        inner = items[0][1:-1]
        if items[0][0] not in inner and "\\" not in inner:
            items = [item.strip(" \t") for item in inner.split(",")]
    return [item for item in items if item], at


def _item_end(line: str, at: int, grouped: bool, commas: bool) -> int:
    depth = 0
    while at < len(line):
        char = line[at]
        if grouped and char in "\"'":
            at = _string_end(line, at)
            continue
        if grouped and char in "([{":
            depth += 1
        elif grouped and char in ")]}":
            depth -= 1
        elif depth == 0 and (char in " \t" or (commas and char == ",")):
            break
        at += 1
    return at


def _balanced(line: str) -> bool:
    """Whether every bracket and quote before the comment is closed, in order."""
    open_: List[str] = []
    at = 0
    while at < len(line):
        char = line[at]
        if char == "#" and not open_ and (at == 0 or line[at - 1] in " \t"):
            break
        if char in "\"'":
            at = _string_end(line, at)
            if at < 0:
                return False
            continue
        if char in _CLOSER:
            open_.append(_CLOSER[char])
        elif char in ")]}" and (not open_ or open_.pop() != char):
            return False
        at += 1
    return not open_


def _string_end(line: str, at: int) -> int:
    """The index after the string literal that opens at ``at``, or -1."""
    quote = line[at]
    at += 1
    while at < len(line):
        if line[at] == "\\":
            at += 2
            continue
        if line[at] == quote:
            return at + 1
        at += 1
    return -1


def _skip_space(line: str, at: int) -> int:
    while at < len(line) and line[at] in " \t":
        at += 1
    return at
