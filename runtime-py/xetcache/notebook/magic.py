"""``%%xetmemo``: run a cell once, and from then on set what it set and show what it showed."""

from __future__ import annotations

import ast
import inspect
from typing import Any, List, Tuple

from IPython.core.magic import Magics, cell_magic, magics_class, no_var_expand

from ..key import key as keys
from ..source import fdigest
from .run import Run

_ASYNC = "await __import__('xetcache.notebook.magic', fromlist=['run_async']).run_async(%r, %r)\n"


@magics_class
class XetMemoCell(Magics):
    @no_var_expand
    @cell_magic
    def xetmemo(self, line: str, cell: str) -> None:
        """Run this cell once; later take its outputs from xmemo/.

            %%xetmemo input=df,clean_data output=model
            %%xetmemo input=df output=model always=True key=experiment1

        The cell runs again when its code, an input, or a function that it reaches changes. Only cells that take 3
        seconds or more are stored (set_runtime_threshold), with always=True every one.
        """
        run = Run(self.shell, line, cell)
        if run.replayed():
            return
        with run.recorded():
            result = _run_nested(self.shell, cell)
        run.finish(result)


async def run_async(line: str, cell: str) -> None:
    """The same for a cell that awaits."""
    from IPython import get_ipython

    shell = get_ipython()
    run = Run(shell, line, cell)
    if run.replayed():
        return
    with run.recorded():
        quiet, before = _silence(shell, cell)
        try:
            result = await shell.run_cell_async(cell, store_history=False, transformed_cell=shell.transform_cell(cell))
            shell.events.trigger("post_execute")
        finally:
            _speak(shell, quiet, before)
    run.finish(result)


def rewrite_async(lines: List[str]) -> List[str]:
    """Input transformer: a memoized cell that awaits can't run inside a magic, which is an ordinary call."""
    if not lines or not lines[0].startswith("%%xetmemo") or not any("await" in line or "async" in line for line in lines):
        return lines
    first = lines[0][len("%%xetmemo") :]
    if first.strip() and not first[0].isspace():
        return lines
    body = "".join(lines[1:])
    return [_ASYNC % (first.strip(), body)] if _awaits(body) else lines


def _awaits(body: str) -> bool:
    from IPython import get_ipython

    try:
        text = get_ipython().transform_cell(body)
        with fdigest.no_warnings():
            code = compile(text, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True)
    except (SyntaxError, ValueError):
        return False
    return bool(code.co_flags & inspect.CO_COROUTINE)


def _run_nested(shell: Any, cell: str) -> Any:
    quiet, before = _silence(shell, cell)
    try:
        return shell.run_cell(cell, store_history=False)
    finally:
        _speak(shell, quiet, before)


def _silence(shell: Any, cell: str) -> Tuple[Any, Any]:
    """Let a final semicolon of the body hide its value: the display hook looks for it in the history."""
    hook = shell.displayhook
    before = getattr(hook, "exec_result", None)
    ends = keys.ends_in_semicolon(cell)
    own = vars(hook).get("quiet")
    hook.quiet = lambda: ends
    return own, before


def _speak(shell: Any, own: Any, before: Any) -> None:
    hook = shell.displayhook
    if own is None:
        del hook.quiet
    else:
        hook.quiet = own
    hook.exec_result = before
