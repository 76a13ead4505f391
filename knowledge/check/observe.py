"""What a call did: content digests, shared parts, effects."""

import contextlib
import functools
import hashlib
import io
import os
import pickle
import random
import signal
import sys
import types
import warnings


class Call:
    """One call: a receiver or None, positional and keyword arguments."""

    def __init__(self, receiver, args, kwargs):
        self.receiver, self.args, self.kwargs = receiver, args, kwargs

    def all(self):
        """Place → object, for the receiver and every argument."""
        found = {} if self.receiver is None else {"self": self.receiver}
        found.update(enumerate(self.args))
        found.update(self.kwargs)
        return found

    def places(self, parameter):
        if parameter == "self":
            return ["self"]
        if parameter == "*":
            return [*range(len(self.args)), *self.kwargs]
        if parameter == "**":
            return [*self.kwargs]
        index, _, name = parameter.partition("/")
        if not index.isdigit():
            return [index]
        return [int(index), name]

    def argument(self, parameter):
        """(whether it is given, its value)."""
        everything = self.all()
        for place in self.places(parameter):
            if place in everything:
                return True, everything[place]
        return False, None

    def __str__(self):
        inside = [show(a) for a in self.args] + [f"{k}={show(v)}" for k, v in self.kwargs.items()]
        return f"({', '.join(inside)})"


def show(value):
    text = repr(value) if isinstance(value, (int, float, str, bool, type(None))) else type(value).__name__
    return text if len(text) < 30 else type(value).__name__


# ---------------------------------------------------------------------------------------- content


class Digester(pickle.Pickler):
    """Pickles by content. Code and modules count by name, lazily filled caches don't count."""

    def __init__(self, sink):
        super().__init__(sink, 5)
        self.kept = []

    def reducer_override(self, value):
        kind = type(value)
        if value is str:  # what all of these pickles are made of
            return NotImplemented
        if isinstance(value, (types.FunctionType, types.BuiltinFunctionType, type)):
            return str, (f"{value.__module__}.{value.__qualname__}",)
        if kind is types.ModuleType:
            return str, (value.__name__,)
        if kind is types.MethodType:
            return self.keep((str, ("method", value.__func__.__qualname__), value.__self__))
        if kind.__name__ in ("weakref", "ReferenceType", "CallbackRegistry", "ufunc"):
            return str, (kind.__name__,)
        if "numpy" in sys.modules and value is sys.modules["numpy"].random.mtrand._rand:
            return str, ("the global generator",)
        if "pandas" in sys.modules and (content := pandas_content(value, sys.modules["pandas"])):
            return self.keep((str, (), (kind.__name__, *content)))
        if kind.__module__ in ("xarray.core.dataarray", "xarray.core.dataset"):
            return self.keep((str, (), value.to_dict(encoding=True)))
        try:
            reduced = value.__reduce_ex__(5)
        except Exception:
            return str, (f"{kind.__qualname__} at {id(value)}",)
        if isinstance(reduced, str):
            return str, (reduced,)
        reduced = [*reduced, None, None, None, None][:5]
        if isinstance(reduced[2], dict):
            reduced[2] = {k: v for k, v in reduced[2].items() if not is_cache(kind, k)}
        made = getattr(reduced[0], "__qualname__", "")
        return self.keep((str, (), (kind.__qualname__, made, reduced[1], reduced[2],
                                    list(reduced[3] or ()), list(reduced[4] or ()))))

    def keep(self, reduced):
        """Keeps temporary objects alive: the pickler knows objects by their addresses."""
        self.kept.append(reduced)
        return reduced


def pandas_content(value, pd):
    """What a pandas object consists of, without what it remembers, or None."""
    if isinstance(value, pd.DataFrame):
        return [value.iloc[:, i].array for i in range(value.shape[1])], value.columns, value.index, value.attrs
    if isinstance(value, pd.Series):
        return value.array, value.name, value.index, value.attrs
    if isinstance(value, pd.MultiIndex):
        return [list(c) for c in value.codes], [list(v) for v in value.levels], list(value.names)
    if isinstance(value, pd.Index):
        return str(value.dtype), list(value), value.name
    if isinstance(value, (pd.arrays.DatetimeArray, pd.arrays.TimedeltaArray, pd.arrays.PeriodArray)):
        return str(value.dtype), value.asi8
    if type(value).__module__.startswith(("pandas.core.groupby", "pandas.core.window", "pandas.core.resample")):
        found = getattr(value, "obj", None)
        return None if found is None else (found,)
    return None


def is_cache(kind, key):
    if not isinstance(key, str):
        return False
    found = getattr(kind, key, None)
    return isinstance(found, functools.cached_property) or key in (
        "__networkx_cache__", "_mhash", "_cache", "_df_model", "_df_resid", "_lut", "_isinit", "has_sorted_indices", "_has_sorted_indices", "has_canonical_format",
        "_has_canonical_format")


def digest(value):
    """The digest of the content, or None for what has none."""
    sink = io.BytesIO()
    try:
        Digester(sink).dump(value)
    except Exception:
        return None
    return hashlib.blake2b(sink.getvalue(), digest_size=16).hexdigest()


# ------------------------------------------------------------------------------------------ parts

ATOMS = (int, float, complex, str, bytes, bool, type(None), type, range, slice, types.ModuleType, types.FunctionType,
         types.BuiltinFunctionType, types.MethodType, property, type(Ellipsis), type(NotImplemented))


def parts(value, limit=3000):
    """The mutable objects that a value consists of: {id: object}, and the arrays among them."""
    np, pd = sys.modules.get("numpy"), sys.modules.get("pandas")
    found, arrays, todo = {}, [], [value]
    while todo and len(found) < limit:
        v = todo.pop()
        if isinstance(v, ATOMS) or id(v) in found:
            continue
        if np and isinstance(v, (np.dtype, np.generic, np.ufunc)):
            continue
        if pd and isinstance(v, (pd.Index, pd.Timestamp, pd.Timedelta, pd.api.extensions.ExtensionDtype)):
            continue
        if np and isinstance(v, np.ndarray):
            if v.size:
                arrays.append(v)
            if v.dtype == object:
                todo.extend(v.ravel().tolist())
            continue
        if pd and isinstance(v, (pd.DataFrame, pd.Series)):
            found[id(v)] = v
            todo.extend(block.values for block in v._mgr.blocks)
            continue
        if isinstance(v, (tuple, frozenset)):
            todo.extend(v)
            continue
        if not getattr(type(v), "__flags__", 0):
            continue
        found[id(v)] = v
        if isinstance(v, dict):
            todo.extend(v.values())
        elif isinstance(v, (list, set)):
            todo.extend(v)
        state = getattr(v, "__dict__", None)
        if isinstance(state, dict):
            todo.extend(item for key, item in state.items() if not is_cache(type(v), key))
    return found, arrays


def share(a, b):
    """Whether two values, given by their parts, have a mutable part in common."""
    np = sys.modules.get("numpy")
    common = a[0].keys() & b[0].keys()
    if any(not is_singleton(a[0][i]) for i in common):
        return True
    return any(np.shares_memory(x, y) for x in a[1] for y in b[1] if x.dtype.itemsize and y.dtype.itemsize)


def is_singleton(value):
    """Objects of the library itself that everything refers to."""
    return type(value).__name__ in (
        "Logger", "RcParams", "CallbackRegistry", "ABCMeta", "RandomState", "Context", "Flags", "Lock", "DocStrings",
        "rv_generic", "mappingproxy", "Tags", "StringStorage", "NoDefault", "_NoValueType", "_NoValue")


# ---------------------------------------------------------------------------------------- effects


class Timeout(BaseException):
    """Not an Exception: what is called may catch those."""


def alarm(*_):
    raise Timeout


class Effects:
    """Context manager that sees what happens to the world while it is open."""

    opened = []
    hooked = False

    def __enter__(self):
        if not Effects.hooked:
            Effects.hooked = True
            sys.addaudithook(self.audit)
        Effects.opened.clear()
        self.before = self.state()
        self.out = io.StringIO()
        self.stack = contextlib.ExitStack()
        self.stack.enter_context(contextlib.redirect_stdout(self.out))
        self.stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
        return self

    def __exit__(self, *error):
        self.stack.close()
        after = self.state()
        self.seen = {kind for kind in after if after[kind] != self.before[kind]}
        self.seen.update(kind for kind, _ in Effects.opened)
        if self.out.getvalue():
            self.seen.add("display")
        return False

    @staticmethod
    def audit(event, args):
        if event == "open" and isinstance(args[0], str):
            path, mode = os.path.abspath(args[0]), args[1] or "r"
            if path.startswith(os.getcwd() + os.sep):
                Effects.opened.append(("writes-file" if set(mode) & set("wax+") else "reads-file", path))
        elif event == "socket.connect":
            Effects.opened.append(("network", str(args[1:])))
        elif event == "subprocess.Popen":
            Effects.opened.append(("shell", str(args[0])))

    @staticmethod
    def state():
        np, plt, pd = (sys.modules.get(m) for m in ("numpy", "matplotlib.pyplot", "pandas"))
        drawn = [random.getstate()]
        process = [os.getcwd(), dict(os.environ), list(sys.path)]
        if np:
            drawn.append(pickle.dumps(np.random.get_state()))
            process += [np.geterr(), repr(np.get_printoptions())]
        if plt:
            process.append(dict.copy(plt.rcParams))
        if pd:
            process.append({k: dict(v) for k, v in pd._config.config._global_config.items()})
        return {"random": drawn, "process-state": process, "pyplot-state": plt.get_fignums() if plt else None}


def run(function, call, processor=1, wall=10):
    """(result, effects seen), or raises what the function raises, or Timeout after so many seconds."""
    signal.signal(signal.SIGPROF, alarm)
    signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_PROF, processor)
    signal.setitimer(signal.ITIMER_REAL, wall)
    try:
        with warnings.catch_warnings(), Effects() as effects:
            warnings.simplefilter("ignore")
            result = function(*call.args, **call.kwargs)
        return result, effects.seen
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
