"""The cells that ran in auto mode: what became of each, and the account of time saved. ``%xetmemo`` prints it."""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional

from . import status

_WIDTH = 44  # of a cell's first line


class Row(NamedTuple):
    """One cell, as it last ran."""

    number: int  # of In
    cell: str
    what: str  # "hit", "stored", "too quick", "not memoizable", "not stored", "failed"
    why: str = ""
    seconds: float = 0.0  # that it took, or took when its memo was made
    saved: float = 0.0


class Table:
    def __init__(self) -> None:
        self._rows: Dict[str, Row] = {}
        self.saved = 0.0
        self.spent = 0.0  # on keys, storing and loading

    def add(self, row: Row, spent: float) -> None:
        self._rows.pop(row.cell, None)
        self._rows[row.cell] = row
        self.saved += row.saved
        self.spent += spent

    def last(self) -> Optional[Row]:
        """The last cell that has a memo."""
        return next((row for row in reversed(list(self._rows.values())) if row.what in ("hit", "stored")), None)

    def numbered(self, number: int) -> Optional[Row]:
        return next((row for row in self._rows.values() if row.number == number), None)

    def numbers(self) -> List[int]:
        return sorted(row.number for row in self._rows.values())

    def text(self, on: bool) -> str:
        """The table, for people."""
        state = "on" if on else "off: %xetmemo auto turns it on"
        if not self._rows:
            return f"auto is {state}; no cell has run yet"
        lines = [_line("cell", "", "", "took", "saved")]
        for row in sorted(self._rows.values(), key=lambda row: row.number):
            saved = status.seconds(row.saved) if row.saved else ""
            lines.append(_line(f"[{row.number}]", _title(row.cell), row.what, status.seconds(row.seconds), saved))
            if row.why:
                lines.append(" " * 6 + row.why)
        lines.append(f"auto is {state}; saved {status.seconds(self.saved)}, spent {status.seconds(self.spent)} on it")
        return "\n".join(line.rstrip() for line in lines)


def _line(number: str, title: str, what: str, took: str, saved: str) -> str:
    return f"{number:<5} {title:<{_WIDTH}} {what:<15} {took:>7} {saved:>7}"


def _title(cell: str) -> str:
    """The first line of a cell that is no comment."""
    lines = [line.strip() for line in cell.splitlines()]
    title = next((line for line in lines if line and not line.startswith("#")), "")
    return title if len(title) <= _WIDTH else title[: _WIDTH - 1] + "…"
