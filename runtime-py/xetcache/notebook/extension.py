"""``import xetcache`` in a notebook and ``%load_ext xetcache``: the magics, and what has to be in place for them."""

from __future__ import annotations

from typing import Any, List

from IPython.core.magic import Magics, line_magic, magics_class
from traitlets import Bool

from . import analyser, control, magic, session, timing, trace

# What rewrites the lines of a cell before IPython reads them.
_TRANSFORMERS = (control.run_never, magic.rewrite_async)


@magics_class
class XetMemo(Magics):
    """Memoized cells. ``c.XetMemo.auto = True`` in the IPython configuration turns auto mode on."""

    auto = Bool(False, help="Memoize every cell when that pays, as %xetmemo auto does.").tag(config=True)

    @line_magic
    def xetmemo(self, line: str) -> None:
        """Memoize every cell when that pays, without headers.

            %xetmemo auto                          from here on; off: no longer
            %xetmemo                               the table of the cells so far, and the time saved
            %xetmemo line off | short | long       what is said of a cell; short is the same in every run
            %xetmemo forget last | cell 12 | all   remove memos
            %%xetmemo never                        above a cell: leave it alone
        """
        _control(self.shell).run(line)


_controls: List[control.Control] = []


def _control(shell: Any) -> control.Control:
    """The one of this shell: the extension may be loaded again."""
    for found in _controls:
        if found.auto.shell is shell:
            return found
    _controls.append(control.Control(shell))
    return _controls[-1]


def load_ipython_extension(shell: Any) -> None:
    magics = XetMemo(shell)
    shell.register_magics(magic.XetMemoCell, magics)
    trace.load(shell)
    analyser.load(shell)
    session.load(shell)
    timing.load(shell, lambda: not _control(shell).auto.is_on)
    names = {transformer.__name__ for transformer in _TRANSFORMERS}
    cleanups = shell.input_transformer_manager.cleanup_transforms
    cleanups[:] = [t for t in cleanups if getattr(t, "__name__", "") not in names] + list(_TRANSFORMERS)
    if magics.auto:
        _control(shell).auto.on()
