"""The words of ``%xetmemo``: auto, off, line, forget; alone it prints the table."""

from __future__ import annotations

import difflib
from typing import Any, List, Sequence

from IPython.core.error import UsageError

from .. import config
from . import status
from .auto import Auto
from .table import Row

_WORDS = ("auto", "off", "line", "forget")
_FORGET = ("last", "cell N", "all")
_NEVER = ("%%xetmemo", "never")


class Control:
    """Does what ``%xetmemo`` asks for."""

    def __init__(self, shell: Any):
        self.auto = Auto(shell)

    def run(self, line: str) -> None:
        words = line.split()
        if not words:
            print(self.auto.table.text(self.auto.is_on))
        elif words == ["auto"]:
            self.auto.on()
        elif words == ["off"]:
            self.auto.off()
        elif words[0] == "line":
            self._line(words[1:])
        elif words[0] == "forget":
            self._forget(words[1:])
        else:
            raise _wrong("%xetmemo", line.strip(), _WORDS)

    def _line(self, words: List[str]) -> None:
        if not words:
            print(f"the lines of cells are {status.mode()}: %xetmemo line {'|'.join(config.LINES)}")
        elif len(words) == 1 and words[0] in config.LINES:
            config.set_line(words[0])
        else:
            raise _wrong("%xetmemo line", " ".join(words), config.LINES)

    def _forget(self, words: List[str]) -> None:
        if words == ["all"]:
            self._say("all cells", self.auto.forget())
        elif words in ([], ["last"]):
            row = self.auto.table.last()
            if row is None:
                raise UsageError("no cell of this session has a memo")
            self._say_of(row)
        elif words[0] == "cell" and len(words) == 2 and words[1].strip("[]").isdecimal():
            row = self.auto.table.numbered(int(words[1].strip("[]")))
            if row is None:
                raise UsageError(f"no cell [{words[1].strip('[]')}] has run in auto mode; %xetmemo shows those that have")
            self._say_of(row)
        else:
            raise _wrong("%xetmemo forget", " ".join(words), _FORGET)

    def _say_of(self, row: Row) -> None:
        self._say(f"cell [{row.number}]", self.auto.forget(row.cell))

    def _say(self, what: str, count: int) -> None:
        status.say(f"forgot {what}: {count} memo{'' if count == 1 else 's'} removed")


def run_never(lines: List[str]) -> List[str]:
    """Input transformer: a cell under ``%%xetmemo never`` is run as if that line weren't there."""
    return lines[1:] if lines and tuple(lines[0].split()) == _NEVER else lines


def _wrong(magic: str, asked: str, words: Sequence[str]) -> UsageError:
    near = difflib.get_close_matches(asked.lower(), words, 1, 0.5) or difflib.get_close_matches(asked.lower().split()[0], words, 1, 0.5)
    return UsageError(f"{magic} {asked}: there is no such word; " + (f"{magic} {near[0]}?" if near else f"there are {', '.join(words)}"))
