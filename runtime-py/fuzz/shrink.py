"""Makes a notebook that differs small: fewer cells, fewer statements, as long as it differs in the same way."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Callable, Iterator, List, Tuple

from compare import Difference, judge
from fuzzed import Notebook, plain
from forks import Parent

TRIES = 150  # runs at most


def shrink(book: Notebook, difference: Difference, parents: List[Parent], folder: str) -> Tuple[Notebook, Difference]:
    """The smallest notebook found with a difference at the same stage, of the same kind, and that difference."""
    kind = (difference.stage, difference.where.partition(" ")[0])
    found, tries = difference, 0

    def differs(smaller: Notebook) -> bool:
        nonlocal found, tries
        tries += 1
        verdict = judge(smaller, parents, folder)
        same = [d for d in verdict.differences if (d.stage, d.where.partition(" ")[0]) == kind]
        if same:
            found = same[0]
        return bool(same)

    going = True
    while going and tries < TRIES:
        going = False
        for smaller in _smaller(book):
            if tries >= TRIES:
                break
            if differs(smaller):
                book, going = smaller, True
                break
    return book, found


def _smaller(book: Notebook) -> Iterator[Notebook]:
    if book.has_edit():
        yield replace(book, edit={}, edited_files={})
    for i in reversed(range(len(book.cells))):
        yield _without_cell(book, i)
    for i, cell in enumerate(book.cells):
        if i in book.edit:
            continue
        for text in _less(cell):
            yield replace(book, cells=[*book.cells[:i], text, *book.cells[i + 1 :]])
    for i, cell in book.edit.items():
        for both in _less_of_both(book.cells[i], cell):
            yield replace(book, cells=[*book.cells[:i], both[0], *book.cells[i + 1 :]], edit={i: both[1]})
    for i, cell in enumerate(book.cells):
        if cell.startswith("%%xetmemo") and i not in book.edit:
            yield replace(book, cells=[*book.cells[:i], plain(cell), *book.cells[i + 1 :]])
    for name in book.files:
        if name not in book.edited_files:
            yield replace(book, files={n: text for n, text in book.files.items() if n != name})


def _without_cell(book: Notebook, i: int) -> Notebook:
    edit = {j - (j > i): cell for j, cell in book.edit.items() if j != i}
    return replace(book, cells=book.cells[:i] + book.cells[i + 1 :], edit=edit)


def _less(cell: str) -> Iterator[str]:
    """A cell with one statement less, at its top level or in a body of more than one."""
    header = cell[: len(cell) - len(plain(cell))]
    try:
        tree = ast.parse(plain(cell))
    except SyntaxError:
        return
    lines = plain(cell).split("\n")
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if not isinstance(body, list) or len(body) < 2 and not isinstance(node, ast.Module):
                continue
            for statement in body:
                first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))])
                rest = lines[: first - 1] + lines[statement.end_lineno :]
                if any(line.strip() for line in rest):
                    yield header + "\n".join(rest)


def _less_of_both(old: str, new: str) -> Iterator[Tuple[str, str]]:
    """The same lines left out of a cell before and after its edit."""
    known = set(old.split("\n")) & set(new.split("\n"))
    shorter: Callable[[str, str], str] = lambda text, line: "\n".join(other for other in text.split("\n") if other != line)
    for line in sorted(known):
        if not line.startswith("%%") and line.strip():
            yield shorter(old, line), shorter(new, line)
