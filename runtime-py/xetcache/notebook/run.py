"""One run of a memoized cell: looked up, replayed or recorded, stored."""

from __future__ import annotations

import contextlib
import os
import sys
import time
import types
from typing import Any, Dict, Iterator, List, Optional, Set, Tuple

from .. import config
from ..key import cellcode, changes, handles, needs, process, randomness
from ..key import key as keys
from ..source import imports, local, wrapped
from ..store import aftermath, memo, old, trust
from ..store.pickles import Unstorable
from . import complete, display, effects, header, session, status, trace, watch

_WORTH_A_WORD = 0.1  # seconds of hashing that a line speaks of


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
        self.session = session.current()
        self.scene: Optional[aftermath.Before] = None
        self.watch = watch.Watch()
        self.imports = imports.Follow()
        self.unbound: List[str] = []

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
        names = cellcode.of(self.cell, self.shell).names
        allowed = names.may | frozenset(self.header.output)
        wanted = [name for name in self._asked_for() if name in names.must]
        found = memo.lookup(self.key, allowed, wanted, self._unmet)
        self.reasons = found.reasons
        if isinstance(found, memo.Miss):
            return self._old()
        try:
            result = self._restore(found)
        except Exception as e:
            self.reasons.append(str(e) if isinstance(e, (Unstorable, memo.Bad)) else f"it can't be restored here ({type(e).__name__}: {e})")
            return False
        left_out = display.replay(found.events, self.shell, found.level in (trust.YOU, trust.TRUSTED))
        if result:
            self.shell.displayhook.update_user_ns(result[0])
        waited = time.perf_counter() - self.since
        instead = f"instead of {status.seconds(found.manifest['seconds'])}"
        left_out_note = [f"left out {', '.join(left_out)}, shown from trusted signers only"] if left_out else []
        also = self._also_read()
        notes = [f"{status.seconds(waited)} {instead}", _signed(found)]
        notes += _versions_since(found.manifest["versions"], _libraries(self.key, self.shell, self.cell)) + left_out_note + also
        if self.key.seconds > found.manifest["seconds"] and self.key.seconds > _WORTH_A_WORD:
            notes.append(f"hashing took {status.seconds(self.key.seconds)}, more than it saves")
        what = f"hit {', '.join(self.header.output)}".rstrip()
        line, short = f"{what} ({', '.join(notes)})", f"{what} ({', '.join([instead, *left_out_note, *also])})"
        changes.ran(self.key, {o["name"]: o.get("digest") for o in found.manifest["outputs"]})
        saved = max(0.0, found.manifest["seconds"] - waited)
        details = {"saved": saved, "took": found.manifest["seconds"], "hashing": self.key.seconds, "parts": self.key.parts()}
        self.report("hit", self.key.slot, line, after=found.events, short=short, **details)
        return True

    def _unmet(self, needed: Dict[str, Any]) -> str:
        if needed.get("unseeded") and self.session is not None and self.key.digest in self.session.drawn:
            return "it draws random numbers that nobody seeded, and this kernel has taken those of its memo"
        for name, digest in needed.get("same", {}).items():
            if name not in self.shell.user_ns or aftermath.digest_of(self.shell.user_ns[name]) != digest:
                return f"{name} was something else"
        return needs.unmet(needed, randomness.digest)

    def _restore(self, found: memo.Hit) -> Tuple[Any, ...]:
        """Leave what the run of a memo left. Returns its last value, in a tuple, if there is one. Undoes all if a part fails."""
        namespace, made = self.shell.user_ns, found.manifest
        before = dict(namespace)
        undo: List[Any] = []
        codes = cellcode.Codes(self.cell, self.shell)
        try:
            if found.level in (trust.YOU, trust.TRUSTED):
                imports.again(made.get("needs", {}).get("imports", []))
            codes.run(made.get("again", []))
            restored = aftermath.load(found.pickled, before, codes) if found.pickled else aftermath.Restored({}, [])
            undo = aftermath.put(restored.changes)
            self._check_changed(made.get("changed", {}), before)
            result = (restored.values.pop(aftermath.RESULT),) if aftermath.RESULT in restored.values else found.result
            for record in made.get("files", ()):
                memo.restore_file(record)
            process.put({n: v for n, v in (found.process or {}).items() if not n.startswith("random ")})
        except BaseException:
            aftermath.put_back(undo)
            for name in [n for n in namespace if n not in before]:
                del namespace[name]
            namespace.update(before)
            raise
        namespace.update(found.values)
        namespace.update(restored.values)
        if made.get("result_of", _NOWHERE) in namespace:
            result = (namespace[made["result_of"]],)
        if not result and any("result" in event for event in found.events):
            result = (aftermath.NotKept(),)
        for name in made.get("deleted", ()):
            namespace.pop(name, None)
        for name, value in (found.process or {}).items():
            if name.startswith("random "):
                randomness.put(name[len("random ") :], value)
        needed = made.get("needs", {})
        if self.session is not None:
            self.session.took([path for path in needed.get("files", {})])
            if needed.get("unseeded"):
                self.session.drawn.add(self.key.digest)
        return result

    def _check_changed(self, changed: Dict[str, str], before: Dict[str, Any]) -> None:
        """Whether what a memo changed in place is now what it was after the run."""
        if not changed:
            return
        now = self.key.again(before)
        for name, digest in changed.items():
            found = now.inputs.get(name) or (now.dynamic_found.get(f"__main__.{name}") or now.dynamic_found.get(name) or ("",))[0]
            if found != digest:
                raise Unstorable(f"{name} could not be changed to what it was")

    def _also_read(self) -> List[str]:
        """The names that the cell reads and the header lacks."""
        if self.wanted.answer is not None:
            return self.wanted.notes()
        return [f"also reads {', '.join(self.key.added)}"] if self.key.added and self.header.input else []

    def refuse(self, why: str) -> None:
        """Say that the cell has no memo, and can't have one: once, or in every run where the line is saved."""
        line = f"runs without a memo: {why}"
        self.report("uncached", "cell", line, show=status.first_time(why + self.cell) or status.mode() == "short")

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
            self.key = keys.of_cell(self.header, self.cell, self.shell, self.session.origins if self.session is not None else None)
        except Exception as e:
            return f"its key can't be found ({type(e).__name__}: {e})"
        if self.key.refused:
            return "; ".join(self.key.refused)
        return ""

    @contextlib.contextmanager
    def recorded(self) -> Iterator[None]:
        self.recorder = display.Recorder(self.shell)
        if self.key is not None and not self.key.refused:
            self._look()
            with self.watch, self.recorder, self.imports:
                self.since = time.perf_counter()
                yield
            return
        with self.recorder:
            self.since = time.perf_counter()
            yield

    def _look(self) -> None:
        """Note what there is before the run."""
        try:
            self.scene = aftermath.Before(self.key, self.cell, self.shell)
            self.process = process.state()
            self.effects = effects.take(self.shell)
            self.handles = handles.states(self.key.by_origin, self.shell.user_ns)
            self.random = {name: randomness.digest(name) for name in randomness.NAMES}
            if self.session is not None:
                self.session.follow()
            self.seeded = {name: self.session is None or self.session.random.seeded(name) for name in randomness.NAMES}
            self.paths = self._paths()
        except Exception as e:
            self.scene = None
            self.refuse(f"what it reads can't be noted ({type(e).__name__}: {e})")

    def _paths(self) -> Dict[str, Any]:
        """The files that the cell, what it reaches and its inputs name, with what is in them, and those that were read for it before."""
        found = {text for text in self.key.texts if 0 < len(text) < 300 and os.path.isfile(text)}
        if self.session is not None:
            origins, namespace = self.session.origins, self.shell.user_ns
            reads = {load.name for load in self.scene.code.names.reads}
            for name in [*self.key.by_origin, *(n for n in reads if _is_of_module(namespace.get(n)))]:
                found.update(origins.files_of(name))
            cached = {name for name in reads if wrapped.wrapped_in(namespace.get(name)) is not None}
            found.update(self.session.files_behind(cached) if cached else ())
        return {os.path.abspath(path): needs.content(path) for path in found if not watch.is_left_out(path)}

    def _asked_for(self) -> List[str]:
        """The outputs that a memo must hold: where the user accepts what is lost, those that the header itself lists."""
        return header.parse(self.line).output if "opaque-output" in keys.directives(self.cell).get("accept", ()) else self.header.output

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
        if self.key is not None and not self.key.refused and self.scene is not None:
            self.result = result.result
            self._store(seconds)
        return None

    def _store(self, seconds: float) -> None:
        key, threshold = self.key, self.threshold
        before, changed = changes.last(key), changes.reasons(key)
        line = f"miss: {', '.join(changed)}" if changed else "miss"
        if self.reasons:
            line += f"; memo not used: {'; '.join(self.reasons)}"
        line += "".join(f"; {note}" for note in self._also_read())
        problem, stored_names, quick = "", [], not self.header.always and seconds < threshold
        digests: Dict[str, str] = {}
        if quick:
            problem = f"{status.seconds(seconds)} is under {status.seconds(threshold)}" + _hint()
        else:
            try:
                digests, problem, stored_names = self._kept(seconds)
            except Unstorable as e:
                problem = str(e)
        stored = not problem
        if stored and self.unbound and self.wanted.answer is None:
            line += f"; {', '.join(self.unbound)} is in output= but the cell doesn't bind it"
        short = f"{line}; not stored: under {status.seconds(threshold)}" if quick else ""
        line += f"; not stored: {problem}" if problem else f"; stored {', '.join(stored_names) or 'output'} ({status.seconds(seconds)})"
        short = short or line
        if stored and self.watch.hosts and status.first_time(f"hosts {self.cell}"):
            line += f"; what {', '.join(sorted(self.watch.hosts))} said is kept, and not asked for again"
        if key.seconds > seconds and key.seconds > _WORTH_A_WORD:
            line += f"; hashing took {status.seconds(key.seconds)}, more than the {status.seconds(seconds)} it saves"
        changes.ran(key, digests)
        kind = "stored" if stored else "not stored"
        details = {"hashing": key.seconds, "parts": key.parts(), "before": before, "reasons": self.reasons}
        self.report(kind, key.slot, line, after=self.recorder.events, short=short, **details)

    def _kept(self, seconds: float) -> Tuple[Dict[str, str], str, List[str]]:
        """Store the run: the digests of what it bound, why it isn't stored, and the names to speak of."""
        accepted = frozenset(keys.directives(self.cell).get("accept", ()))
        seen = self.watch
        answer = self.wanted.answer
        touched = handles.changed(self.handles, self.shell.user_ns, None if answer is None else frozenset(m.name for m in answer.mutates))
        changes_handle = {f"it may change {touched}, which no memo can hold": "opaque-output"} if touched else {}
        for why, code in {**seen.refused, **changes_handle, **effects.left(self.effects, self.shell)}.items():
            if code not in accepted:
                raise Unstorable(f"{why}{_way(code)}")
        read = {**self.paths, **seen.read}
        for path, (digest, keeps) in seen.written.items():
            read.pop(path, None)
            if keeps:
                read[path] = digest
        changed = next((path for path, digest in read.items() if path not in seen.written and needs.content(path) != digest), "")
        if changed:
            raise Unstorable(f"{os.path.basename(changed)} changed while it ran")
        files = [path for path in sorted(seen.written) if os.path.exists(path)]
        outside = [path for path in files if os.path.isabs(needs.shown(path))]
        if outside and "files" not in accepted:
            raise Unstorable(f"it writes {outside[0]}, which lies outside of this folder{_way('files')}")
        files = [path for path in files if path not in outside]
        random, unseeded, after = self._drawn()
        needed = needs.of(read, [p for p in seen.looked if p not in seen.written], list(seen.folders), list(seen.environ), random)
        if unseeded:
            needed["unseeded"] = True
        changed = self.imports.changed()
        if changed:
            raise Unstorable(f"it imports {changed} and changes it")
        if self.imports.found:
            needed["imports"] = list(self.imports.found)
        same = self.scene.same()
        if "unhashable" in same.values():
            raise Unstorable(f"it may bind {', '.join(n for n, d in same.items() if d == 'unhashable')} again, or not")
        if same:
            needed["same"] = same
        left = self.scene.left([n for n in self.header.output if n in self.scene.code.names.must], self._shown_result(), self._asked_for() if "opaque-output" in accepted else None)
        process_set = {**process.set_between(self.process, process.state()), **after}
        libraries = _libraries(self.key, self.shell, self.cell, {**left.plain})
        digests, problem = memo.store_cell(self.key, left, self.recorder.events, seconds, libraries, needed, process_set, files)
        if unseeded and self.session is not None and not problem:
            self.session.drawn.add(self.key.digest)
        every = [*left.plain, *left.names, *left.made_again, *left.changed]
        self.unbound = [name for name in self.header.output if name not in every]
        return digests, problem, [n for n in self.header.output if n in every] if self.header.output else every

    def _drawn(self) -> Tuple[Dict[str, str], bool, Dict[str, Any]]:
        """The random states that the run needs, whether it drew what nobody seeded, and the states after it."""
        needed, unseeded, after = {}, False, {}
        for name in randomness.NAMES:
            if randomness.digest(name) == self.random[name] or not self.random[name] and not self.seeded[name]:
                if not self.random[name] and randomness.digest(name):  # NumPy was loaded by this cell
                    self.session and self.session.follow()
                    if self.session is not None and self.session.random.seeded(name):
                        after[f"random {name}"] = randomness.state(name)
                continue
            if self.session is not None:
                self.session.follow()
            if self.seeded[name]:
                needed[name] = self.random[name]
                after[f"random {name}"] = randomness.state(name)
            elif self.session is not None and self.session.random.seeded(name):
                after[f"random {name}"] = randomness.state(name)
            else:
                unseeded = True
        return needed, unseeded, after

    def _shown_result(self) -> Any:
        return None if self.key.silent else self.result


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
    namespace = shell.user_ns
    found = dict(key.libraries)
    objects = [namespace.get(load.name) for load in cellcode.of(cell, shell).names.reads] + list((values or {}).values())
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


_NOWHERE = object()
_said: Set[Any] = set()


def _hint() -> str:
    """How to store quick cells, said once in a session."""
    if "hint" in _said:
        return ""
    _said.add("hint")
    return " (always=True in the header stores it all the same, xetcache.set_runtime_threshold changes the limit)"


def _way(code: str) -> str:
    """How to memoize a cell all the same."""
    return f" (# xetmemo: accept={code} memoizes the rest)"


def _is_of_module(value: Any) -> bool:
    """Whether a name leads into one of the user's own modules."""
    if isinstance(value, types.ModuleType):
        return local.module_is_local(value)
    return isinstance(value, (types.FunctionType, type)) and value.__module__ != "__main__" and local.is_local(getattr(sys.modules.get(value.__module__), "__file__", None) or "", value.__module__)


def _show_no_traceback(shell: Any, error: BaseException) -> None:
    """The run inside has shown the traceback; keep the run outside from showing it again."""
    show = shell.showtraceback

    def once(*args: Any, **kw: Any) -> Any:
        if vars(shell).get("showtraceback") is once:
            del shell.showtraceback
        if sys.exc_info()[1] is not error:
            return show(*args, **kw)

    shell.showtraceback = once
