"""``%%xetmemo``: run a cell once, and from then on set what it set and show what it showed."""

from __future__ import annotations

import ast
import inspect
import time
import types
from typing import Any, Dict, List, Optional, Tuple

from IPython.core.magic import Magics, cell_magic, magics_class, no_var_expand

from .. import config
from ..key import changes
from . import again, complete, display, header, status, trace
from ..source import fdigest
from ..store import memo, old, trust
from ..key import key as keys

_WORTH_A_WORD = 0.1  # seconds of hashing that a line speaks of

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


class Run:
    """One run of one memoized cell."""

    def __init__(self, shell: Any, line: str, cell: str):
        self.shell = shell
        self.threshold = config.get_runtime_threshold()
        self.line = line
        self.cell = cell
        self.header = header.parse(line)
        self.wanted = complete.Completed(self.header)
        self.key: Optional[keys.Key] = None
        self.reasons: List[str] = []
        self.recorder: Optional[display.Recorder] = None
        self.tracer = trace.start(shell, self.header, cell)
        self.since = time.perf_counter()

    def replayed(self) -> bool:
        """Look the cell up; on a hit set its outputs, show what it showed, and say so."""
        try:
            return self._replayed()
        except Exception as e:  # the cell is never lost to a defect here
            self.key = None
            self.refuse(f"the look-up failed ({type(e).__name__}: {e})")
            return False

    def _replayed(self) -> bool:
        refused = self._refused()
        if refused:
            self.refuse(refused)
            return False
        found = memo.lookup(self.key, self.header.output, self.wanted.maybe)
        self.reasons = found.reasons
        if isinstance(found, memo.Miss):
            return self._old()
        self.shell.user_ns.update(found.values)
        if self.wanted.answer is not None:
            again.run(self.wanted.answer, self.cell, self.shell)
        left_out = display.replay(found.events, self.shell, found.level in (trust.YOU, trust.TRUSTED))
        saved = max(0.0, found.manifest["seconds"] - (time.perf_counter() - self.since))
        notes = [f"saved {status.seconds(saved)}", _signed(found)]
        notes += _versions_since(found.manifest["versions"], _libraries(self.key, self.shell, self.cell))
        if left_out:
            notes.append(f"left out {', '.join(left_out)}, shown from trusted signers only")
        notes += _by_type(self.key) + self.wanted.notes(self.cell)
        if self.key.seconds > found.manifest["seconds"] and self.key.seconds > _WORTH_A_WORD:
            notes.append(f"hashing took {status.seconds(self.key.seconds)}, more than it saves")
        line = f"hit {', '.join(found.values)} ({', '.join(notes)})".replace("hit  (", "hit (")
        changes.ran(self.key, {o["name"]: o.get("digest") for o in found.manifest["outputs"]})
        details = {"saved": saved, "took": found.manifest["seconds"], "hashing": self.key.seconds, "parts": self.key.parts()}
        self.report("hit", self.key.slot, line, after=found.events, **details)
        return True

    def refuse(self, why: str) -> None:
        """Say that the cell has no memo, and can't have one."""
        status.warn_once(why + self.cell, f"runs without a memo: {why}")
        self.report("uncached", "cell", f"runs without a memo: {why}", show=False)

    def report(self, kind: str, slot: str, line: str, **more: Any) -> None:
        """Record what happened to the cell, and say it."""
        status.report(kind, slot, line, **more)

    def _old(self) -> bool:
        """Take the cell from a memo of 2023, if the user trusts it."""
        found = old.of_cell(self.line, self.cell, self.key.group, self.header.output, self.shell.ev)
        if found is None:
            return False
        if found.values is None:
            self.reasons.append(found.reason)
            return False
        self.shell.user_ns.update(found.values)
        line = f"hit {', '.join(self.header.output)} (the old memo {found.name}, which you trust: it doesn't know of edited functions)"
        changes.ran(self.key, {})
        self.report("hit", self.key.slot, line, hashing=self.key.seconds, parts=self.key.parts())
        return True

    def _refused(self) -> str:
        """Why the cell has no key, or ""."""
        asked = self.header
        if "skip" in keys.directives(self.cell):
            return "it is marked skip"
        if asked.key in asked.invalid and asked.key is not None:
            return f"key={asked.key} can't name a folder: letters, digits, '.', '_' and '-' only, 64 at most"
        if asked.invalid or asked.stray:
            return f"its header holds {', '.join([*asked.invalid, *asked.stray])}, which can't be read"
        self.wanted, refused = complete.complete(asked, self.cell, self.shell)
        if refused:
            return refused
        self.header = self.wanted.header
        try:
            self.key = keys.of_cell(self.header, self.cell, self.shell)
        except Exception as e:
            return f"its key can't be found ({type(e).__name__}: {e})"
        if self.key.refused:
            return "; ".join(self.key.refused)
        return ""

    def recorded(self) -> display.Recorder:
        self.recorder = display.Recorder(self.shell)
        self.since = time.perf_counter()
        return self.recorder

    def finish(self, result: Any) -> None:
        """Store what a run left, or raise what it raised."""
        error = self.ended(result)
        if error is not None:
            _show_no_traceback(self.shell, error)
            raise error

    def ended(self, result: Any) -> Optional[BaseException]:
        """Store what a run left, or return what it raised."""
        seconds = time.perf_counter() - self.since
        if self.tracer is not None:
            self.tracer.finish()
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            slot = self.key.slot if self.key is not None else "cell"
            self.report("failed", slot, f"failed: {type(error).__name__}", show=False)
            return error
        if self.key is not None and not self.key.refused:
            self._store(seconds)
        return None

    def _store(self, seconds: float) -> None:
        key, threshold = self.key, self.threshold
        changed = changes.reasons(key)
        line = f"miss: {', '.join(changed)}" if changed else "miss"
        if self.reasons:
            line += f"; memo not used: {'; '.join(self.reasons)}"
        line += "".join(f"; {note}" for note in _by_type(key) + self.wanted.notes(self.cell))
        values, problem = self._values()
        digests: Dict[str, str] = {}
        stored = False
        if not self.header.always and seconds < threshold:
            problem = problem or f"{status.seconds(seconds)} is under {status.seconds(threshold)}"
        elif not problem:
            libraries = _libraries(key, self.shell, self.cell, values)
            digests, problem = memo.store(key, values, self.recorder.events, seconds, libraries, keys.bound(self.cell, self.shell))
            stored = not problem
        line += f"; not stored: {problem}" if problem else f"; stored {', '.join(values) or 'output'} ({status.seconds(seconds)})"
        if key.seconds > seconds and key.seconds > _WORTH_A_WORD:
            line += f"; hashing took {status.seconds(key.seconds)}, more than the {status.seconds(seconds)} it saves"
        changes.ran(key, digests)
        kind = "stored" if stored else "not stored"
        details = {"hashing": key.seconds, "parts": key.parts(), "reasons": self.reasons}
        self.report(kind, key.slot, line, after=self.recorder.events, **details)

    def _values(self) -> Tuple[Dict[str, Any], str]:
        values: Dict[str, Any] = {}
        for name in self.wanted.left(self.shell.user_ns):
            if name not in self.shell.user_ns:
                return {}, f"{name} is in output= but the cell doesn't bind it"
            value = values[name] = self.shell.user_ns[name]
            if isinstance(value, types.ModuleType):
                return {}, f"{name} is a module, which a memo can't hold"
            if isinstance(value, (types.FunctionType, type)) and value.__module__ == "__main__":
                return {}, f"{name} is defined in the notebook; a memo can't hold definitions"
        return values, ""


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


def _show_no_traceback(shell: Any, error: BaseException) -> None:
    """The run inside has shown the traceback; keep the run outside from showing it again."""
    show = shell.showtraceback
    import sys

    def once(*args: Any, **kw: Any) -> Any:
        if vars(shell).get("showtraceback") is once:
            del shell.showtraceback
        if sys.exc_info()[1] is not error:
            return show(*args, **kw)

    shell.showtraceback = once


def _signed(found: memo.Hit) -> str:
    if found.level == trust.UNSIGNED:
        return "unsigned"
    signer = found.manifest["signer"]
    if found.level == trust.TRUSTED:
        name = trust.trusted(config.get_memo_path()).get(signer)
        return f"signed by {name or signer[:16]}"
    return "signed by you" if found.level == trust.YOU else f"signed by {signer[:16]}, not trusted"


def _libraries(key: keys.Key, shell: Any, cell: str, values: Optional[Dict[str, Any]] = None) -> Dict[str, str]:
    """The versions of the libraries that the cell names, or that its inputs and outputs come from."""
    import sys

    namespace = shell.user_ns
    found = dict(key.libraries)
    objects = [namespace.get(load.name) for load in keys.cell_loads(cell, shell)] + list((values or {}).values())
    for value in objects:
        name = value.__name__ if isinstance(value, types.ModuleType) else getattr(type(value), "__module__", "")
        if isinstance(value, (types.FunctionType, type)):
            name = value.__module__
        library = str(name).partition(".")[0]
        version = getattr(sys.modules.get(library), "__version__", None)
        if isinstance(version, str) and library != "xetcache":
            found[library] = version
    return found


def _versions_since(then: Dict[str, str], now: Dict[str, str]) -> List[str]:
    return [f"{name} {then[name]} then, {now[name]} now" for name in sorted(then) if name in now and then[name] != now[name]]


def _by_type(key: keys.Key) -> List[str]:
    names = ", ".join(f"{_last(name)} ({kind})" for name, kind in sorted(key.weak.items()))
    return [f"by type only: {names}"] if names else []


def _last(name: str) -> str:
    return name.rpartition(".")[2]
