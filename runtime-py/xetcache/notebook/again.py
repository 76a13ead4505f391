"""What a hit does again: the imports and definitions of the cell, by the statements that made them."""

from __future__ import annotations

import ast
import contextlib
import io
from typing import Any, List

from ..key.answer import Answer


def run(answer: Answer, cell: str, shell: Any) -> None:
    """Run a cell's imports and plain definitions, silently. They are compiled as parts of the cell, so that their source is found."""
    names = {name for s in answer.made_again() for name in s.names}
    if not names:
        return
    if any(s.text.rstrip().endswith("*") for s in answer.imports):
        names.add("*")
    text = shell.transform_cell(cell)
    tree = shell.transform_ast(ast.parse(text))
    tree.body = [s for s in tree.body if not names.isdisjoint(_bound(s))]
    place = shell.compile.cache(text, shell.displayhook.prompt_count, raw_code=cell)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        exec(shell.compile(tree, place, "exec"), shell.user_global_ns, shell.user_ns)


def _bound(statement: ast.stmt) -> List[str]:
    """The names that an import or a definition binds."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    return []
