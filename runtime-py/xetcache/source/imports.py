"""Modules of the user's own that are imported while a cell runs: what they held right after, which tells whether the cell changed them."""

from __future__ import annotations

import contextlib
import importlib.machinery
import io
import sys
from typing import Any, Dict, FrozenSet, Iterator, List, Tuple

from . import local, reach

State = Dict[str, Tuple[str, ...]]


class Follow:
    """While this is entered, imports of the user's modules are noted, in the order in which they end."""

    def __init__(self) -> None:
        self.found: Dict[str, State] = {}
        self._before: FrozenSet[str] = frozenset()

    def __enter__(self) -> "Follow":
        self._before = frozenset(sys.modules)
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]
        return self

    def __exit__(self, *_: Any) -> None:
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(self)  # type: ignore[arg-type]

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        loader = getattr(spec, "loader", None)
        if not isinstance(loader, importlib.machinery.SourceFileLoader) or not local.is_local(spec.origin or "", name):
            return None  # the other finders are asked
        execute = loader.exec_module

        def noted(module: Any) -> None:
            del loader.exec_module  # type: ignore[attr-defined]
            execute(module)
            with contextlib.suppress(Exception):
                self.found[name] = state(module)

        loader.exec_module = noted  # type: ignore[method-assign]
        return spec

    def changed(self) -> str:
        """A module that isn't as its import left it, or of which nobody saw the import; or ""."""
        for name in sys.modules.keys() - self._before - self.found.keys():
            if name != "__main__" and local.is_local(getattr(sys.modules[name], "__file__", None) or "", name):
                return name
        for name, was in self.found.items():
            module = sys.modules.get(name)
            if module is not None and state(module) != was:
                return name
        return ""


def state(module: Any) -> State:
    """What stands for all that a module holds, with what its functions reach."""
    reached = reach.Reach()
    reached.module_token(module)
    return {label: tuple(sorted(values)) for label, values in reached.values.items()}


def again(names: List[str]) -> None:
    """Import modules that a run had imported. What they show was shown by the run."""
    with _quiet():
        for name in names:
            if name not in sys.modules:
                spec = importlib.machinery.PathFinder.find_spec(name) if "." not in name else None
                if "." in name or spec is not None and local.is_local(spec.origin or "", name):
                    __import__(name)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
