"""Options of libraries that the notebook has set: they change what a cell shows and computes, though it names none of them."""

from __future__ import annotations

import ast
import decimal
import logging
import os
import re
import sys
import types
import warnings
from typing import Any, Dict, List, Optional, Set, Tuple

from .. import digest as valuedigest
from ..source import fdigest, local, reach

# What may draw with Matplotlib: its options count where a cell reaches another library than these, or plots with one of them.
_NEVER_DRAW = frozenset("builtins numpy pandas polars pyarrow scipy __main__ collections re math json os sys datetime time random".split())
_PLOTS = re.compile(r"plot|hist|show|draw|figure|fig\b|ax\b|plt|scatter|imshow")


def options(libraries: Set[str], text: str) -> Dict[str, str]:
    """The digests of what differs from how libraries come, by its name."""
    found = {name: value for name, value in _all(libraries, text).items()}
    return {name: _digest(value) for name, value in sorted(found.items())}


def _all(libraries: Set[str], text: str) -> Dict[str, Any]:
    found: Dict[str, Any] = {}
    for read in (_decimal, _numpy, _pandas, _polars, _loggers, _warnings, _shell):
        found.update(read())
    if "matplotlib" in sys.modules and (_PLOTS.search(text) or not libraries <= _NEVER_DRAW):
        found.update(_matplotlib())
    found.update(_patched(libraries))
    return found


def _decimal() -> Dict[str, Any]:
    now, as_comes = decimal.getcontext(), decimal.DefaultContext
    names = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp")
    return {f"decimal.{n}": getattr(now, n) for n in names if getattr(now, n) != getattr(as_comes, n)}


_NUMPY = {"edgeitems": 3, "threshold": 1000, "floatmode": "maxprec", "precision": 8, "suppress": False, "linewidth": 75, "nanstr": "nan",
          "infstr": "inf", "sign": "-", "formatter": None, "legacy": False, "override_repr": None}  # fmt: skip


def _numpy() -> Dict[str, Any]:
    np = sys.modules.get("numpy")
    if np is None or not hasattr(np, "get_printoptions"):
        return {}
    now = np.get_printoptions()
    found = {f"numpy.{n}": v if isinstance(v, (int, float, str, bool, type(None))) else repr(v) for n, v in now.items() if n in _NUMPY and v != _NUMPY[n]}
    errors = np.geterr()
    as_comes = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
    found.update({f"numpy.errors.{n}": v for n, v in errors.items() if v != as_comes.get(n)})
    return found


def _pandas() -> Dict[str, Any]:
    config = sys.modules.get("pandas._config.config")
    if config is None:
        return {}
    found = {}
    for name, option in list(getattr(config, "_registered_options", {}).items()):
        node = config._global_config
        for part in name.split("."):
            node = node.get(part) if isinstance(node, dict) else None
        if node is not None and node != option.defval and not name.startswith(("plotting.backend", "display.width")):
            found[f"pandas.{name}"] = node if isinstance(node, (int, float, str, bool)) else _code(node)
    return found


def _code(value: Any) -> Any:
    return value if isinstance(value, types.FunctionType) else repr(value)


def _polars() -> Dict[str, Any]:
    pl = sys.modules.get("polars")
    if pl is None:
        return {}
    try:
        return {f"polars.{n}": v for n, v in pl.Config.state(if_set=True).items() if v is not None}
    except Exception:  # a version that has no such state
        return {}


def shell_settings(shell: Any) -> Dict[str, Any]:
    """What the notebook has set of IPython that changes what cells show: by magics such as %precision, %config, or by its own printers."""
    found: Dict[str, Any] = {f"shell.{n}": getattr(shell, n, v) for n, v in _SHELL.items() if getattr(shell, n, v) != v}
    for mime, formatter in getattr(getattr(shell, "display_formatter", None), "formatters", {}).items():
        if mime == "text/plain":
            found.update({f"shell.{n}": getattr(formatter, n, v) for n, v in _PRINTING.items() if getattr(formatter, n, v) != v})
        for kind, printer in [*formatter.type_printers.items(), *formatter.singleton_printers.items(), *formatter.deferred_printers.items()]:
            code = getattr(printer, "__code__", None)
            if code is not None and local.is_local(code.co_filename, printer.__module__):
                found[f"shell.{mime}.{getattr(kind, '__qualname__', kind)}"] = printer
    inline = sys.modules.get("matplotlib_inline.config")
    if inline is not None and inline.InlineBackend.initialized() and set(inline.InlineBackend.instance().figure_formats) != {"png"}:
        found["shell.figure_formats"] = sorted(inline.InlineBackend.instance().figure_formats)
    return found


_SHELL = {"ast_node_interactivity": "last_expr", "autocall": 0, "automagic": True}
_PRINTING = {"float_format": "%r", "pprint": True, "max_width": 79, "max_seq_length": 1000}


def _shell() -> Dict[str, Any]:
    ipython = sys.modules.get("IPython.core.getipython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell_settings(shell) if shell is not None else {}


def _loggers() -> Dict[str, Any]:
    found = {}
    for name, logger in list(logging.Logger.manager.loggerDict.items()):
        level = getattr(logger, "level", 0)
        if level and not name.startswith(("ipykernel", "IPython", "traitlets", "asyncio", "parso", "tornado", "xetcache")) and name in _levels_set:
            found[f"logging.{name}"] = level
    if logging.root.level != logging.WARNING:
        found["logging.root"] = logging.root.level
    return found


def _warnings() -> Dict[str, Any]:
    mine = [repr(f[:1] + (getattr(f[1], "pattern", f[1]), f[2].__name__, getattr(f[3], "pattern", f[3]), f[4])) for f in warnings.filters if f in _filters_set]
    return {"warnings": mine} if mine else {}


# Set by the renderer, the terminal and the frontend.
_NOT_OURS = ("backend", "interactive", "toolbar", "webagg", "date.epoch", "savefig.directory", "figure.hooks", "backend_fallback", "timezone", "docstring")


def _matplotlib() -> Dict[str, Any]:
    mpl = sys.modules["matplotlib"]
    as_comes = getattr(mpl, "rcParamsDefault", {})
    now = dict.items(mpl.rcParams)
    return {
        f"matplotlib.{n}": repr(v)
        for n, v in now
        if not n.startswith(_NOT_OURS) and n in as_comes and repr(v) != repr(dict.get(as_comes, n)) and _inline.get(n, _inline) != v
    }


# What IPython's inline backend itself sets.
_inline: Dict[str, Any] = {"figure.facecolor": (1, 1, 1, 0), "figure.edgecolor": (1, 1, 1, 0)}


# What cells of this session have set: attributes of libraries' modules and classes, levels of loggers, filters of warnings.
_set: Dict[Tuple[int, str], Tuple[Any, str]] = {}
_levels_set: Set[str] = set()
_filters_set: List[Any] = []
_filters_before: List[Any] = []


# Text without which a cell sets nothing that ``after`` looks for: an attribute that is assigned to, or one of its calls.
_SETS = re.compile(r"simplefilter|filterwarnings|setLevel|basicConfig|set_verbosity|setattr|\.\s*\w+[\s\\)]*(?:[-+*/@%&|^<>]{0,3}=(?!=)|:[^=\n]*=)")


def may_set(cell: str) -> bool:
    """Whether a cell has to be looked at after it has run; its text says so at once."""
    return _SETS.search(cell) is not None


def before() -> None:
    """A cell is about to run."""
    _filters_before[:] = warnings.filters


def after(tree: Optional[ast.Module], namespace: Dict[str, Any]) -> None:
    """Note what a cell that ran may have set in libraries. Few cells may: see ``may_set``."""
    if tree is None:
        return
    text_names = {node.attr if isinstance(node, ast.Attribute) else node.id for node in ast.walk(tree) if isinstance(node, (ast.Attribute, ast.Name))}
    if not text_names.isdisjoint(("simplefilter", "filterwarnings")):
        _filters_set[:] = [f for f in warnings.filters if f not in _filters_before or f in _filters_set]
    if not text_names.isdisjoint(("setLevel", "basicConfig", "set_verbosity", "set_verbosity_error")):
        _levels_set.update(logging.Logger.manager.loggerDict)
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, (ast.AugAssign, ast.AnnAssign)) else []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr" and len(node.args) == 3:
            if isinstance(node.args[1], ast.Constant):
                targets = [ast.Attribute(node.args[0], str(node.args[1].value), ast.Store())]
        for target in targets:
            if isinstance(target, ast.Attribute) and not target.attr.startswith("__"):
                owner = _resolved(target.value, namespace)
                if isinstance(owner, types.ModuleType) and not local.module_is_local(owner) or isinstance(owner, type) and not local.class_is_local(owner):
                    _set[id(owner), target.attr] = (owner, target.attr)


def _resolved(node: ast.expr, namespace: Dict[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return namespace.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _resolved(node.value, namespace)
        return vars(owner).get(node.attr) if isinstance(owner, (types.ModuleType, type)) else None
    return None


def _patched(libraries: Set[str]) -> Dict[str, Any]:
    found = {}
    for owner, attr in _set.values():
        name = f"{owner.__name__}.{attr}" if isinstance(owner, types.ModuleType) else f"{owner.__module__}.{owner.__qualname__}.{attr}"
        if name.partition(".")[0] in libraries:
            found[name] = getattr(owner, attr, None)
    return found


def _digest(value: Any) -> str:
    """What stands for an option: of a function its source."""
    reached = reach.Reach()
    try:
        found = valuedigest.digest(value, reached.sources())[3:35]
    except valuedigest.Unhashable as e:
        return f"type {e.type.__qualname__}"
    forms = reached.forms()
    return found + (fdigest.digest((name, form) for name, several in forms.items() for form in several)[:32] if forms else "")


# The state that a run leaves: what is set, by flat names, and how it is set again.


def state() -> Dict[str, Any]:
    """What a cell may set in this process."""
    found: Dict[str, Any] = {"cwd": os.getcwd(), "sys.path": list(sys.path), "warnings": list(warnings.filters)}
    found.update({f"environ {name}": value for name, value in os.environ.items()})
    context = decimal.getcontext()
    found.update({f"decimal {n}": getattr(context, n) for n in _DECIMAL})
    found.update({f"decimal.signals {n}": [s.__name__ for s, on in getattr(context, n).items() if on] for n in ("flags", "traps")})
    found.update({f"logging {name}": level for name, level in _levels().items()})
    np, config, mpl = sys.modules.get("numpy"), sys.modules.get("pandas._config.config"), sys.modules.get("matplotlib")
    if np is not None and hasattr(np, "get_printoptions"):
        found.update({f"numpy {n}": v for n, v in np.get_printoptions().items()})
        found.update({f"numpy.errors {n}": v for n, v in np.geterr().items()})
    if config is not None:
        found.update({f"pandas {name}": value for name, value in _flat(config._global_config)})
    if mpl is not None and hasattr(mpl, "rcParams"):
        found.update({f"matplotlib {n}": v for n, v in dict.items(mpl.rcParams) if not n.startswith(_NOT_OURS)})
    return found


def set_between(before: Dict[str, Any], after: Dict[str, Any]) -> Dict[str, Any]:
    """What differs; a library's options only where it was loaded before."""
    loaded = {name.partition(" ")[0] for name in before}
    found = {}
    for name, value in after.items():
        if name not in before and name.partition(" ")[0] not in loaded | {"environ", "logging"}:
            continue
        if name not in before or not _same(before[name], value):
            found[name] = value
    found.update({name: None for name in before if name not in after and name.startswith("environ ")})
    return found


def put(found: Dict[str, Any]) -> None:
    """Set what a run had set."""
    for name, value in found.items():
        library, _, option = name.partition(" ")
        _PUT[library](option, value)


_DECIMAL = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp")


def _levels() -> Dict[str, int]:
    own = {name: getattr(logger, "level", 0) for name, logger in list(logging.Logger.manager.loggerDict.items())}
    return {**{name: level for name, level in own.items() if level}, "root": logging.root.level}


def _flat(node: Dict[str, Any], above: str = "") -> List[Tuple[str, Any]]:
    found: List[Tuple[str, Any]] = []
    for name, value in node.items():
        found += _flat(value, f"{above}{name}.") if isinstance(value, dict) else [(above + name, value)]
    return found


def _same(a: Any, b: Any) -> bool:
    try:
        return a is b or type(a) is type(b) and (bool(a == b) or repr(a) == repr(b))
    except Exception:  # arrays, whose comparison is no truth
        return repr(a) == repr(b)


def _put_signals(name: str, value: Any) -> None:
    held = getattr(decimal.getcontext(), name)
    for signal in list(held):
        held[signal] = signal.__name__ in value


def _put_environ(name: str, value: Any) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def _put_pandas(name: str, value: Any) -> None:
    import pandas as pd

    pd.set_option(name, value)


def _put_numpy(name: str, value: Any) -> None:
    import numpy as np

    np.set_printoptions(**{name: value})


def _put_numpy_errors(name: str, value: Any) -> None:
    import numpy as np

    np.seterr(**{name: value})


def _put_matplotlib(name: str, value: Any) -> None:
    import matplotlib

    matplotlib.rcParams[name] = value


def _put_warnings(_: str, value: Any) -> None:
    warnings.filters[:] = value
    warnings._filters_mutated()  # type: ignore[attr-defined]


_PUT = {
    "cwd": lambda _, value: os.chdir(value),
    "sys.path": lambda _, value: sys.path.__setitem__(slice(None), value),
    "warnings": _put_warnings,
    "environ": _put_environ,
    "decimal": lambda name, value: setattr(decimal.getcontext(), name, value),
    "decimal.signals": _put_signals,
    "logging": lambda name, value: (logging.root if name == "root" else logging.getLogger(name)).setLevel(value),
    "numpy": _put_numpy,
    "numpy.errors": _put_numpy_errors,
    "pandas": _put_pandas,
    "matplotlib": _put_matplotlib,
}
