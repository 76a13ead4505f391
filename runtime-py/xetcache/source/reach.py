"""What code a cell or a call reaches: its functions' sources, and what they depend on at run time.

The walk starts at names (of a cell) or at one function, and follows what each code object loads from its globals, as
the live objects are bound at this moment:

    function, class of the user's own    its source form, under its dotted name (docs/fdigest.md); followed further
    function, class of a library         its dotted name
    module                               its name; of the user's own modules the attributes that are used
    closure cell, default, global data   its value digest, under the name it has in the code
    data beyond hashing                  where it comes from (key/origins.py); the name is in ``by_origin``

What is the user's own: the notebook, and files under its folder, its project or ``config.local_paths``, but nothing in
a site-packages.
"""

from __future__ import annotations

import ast
import builtins
import functools
import hashlib
import os
import sys
import types
from typing import Any, Dict, List, Optional, Set, Tuple

from .. import digest as valuedigest
from . import fdigest, sourcefile
from .loads import Load, loads_of
from .names import words
from .local import class_is_local, is_local, module_is_local
from .wrapped import carried_by, held, is_class_data, is_code, own_functions, unwrapped, wrapped_in

MODULE_NAMES = frozenset(("__name__", "__file__", "__cached__", "__doc__", "__package__", "__spec__", "__loader__", "__builtins__"))


class Reach:
    """All that is reached from what was added."""

    def __init__(self, exclude: Tuple[str, ...] = (), origins: Any = None):
        self.exclude = set(exclude)
        self.origins = origins  # tells where data comes from that can't be hashed (key/origins.py); None if nothing does
        self.via: Dict[str, str] = {}  # dotted name → the name in the cell that led to it
        self.values: Dict[str, List[str]] = {}  # name → digests of what it is bound to
        self.by_origin: Dict[str, str] = {}  # name → its type, for data that enters by where it comes from
        self.asked: Set[str] = set()  # names that the cell itself has
        self.codes: List[types.CodeType] = []  # of the user's own functions that are reached
        self.refused: List[str] = []  # data that has neither a digest nor an origin
        self.data: Dict[str, Any] = {}  # name → the value that reached code reads
        self.walks: Dict[str, Any] = {}  # name → the walk that gave its digest
        self.edited: List[str] = []  # modules whose text is no longer what runs
        self.libraries: Set[str] = set()  # the packages that reached code names, or that its values come from
        self.only_here: Set[Tuple[str, bytes]] = set()  # forms that nobody finds under their name in the text alone
        self._nodes: Dict[str, List[Tuple[Any, Any, bool]]] = {}
        self._codes: Dict[str, bytes] = {}
        self._done: Set[Any] = set()
        self._keep: List[Any] = []
        self.roots: List[str] = []
        self._tokens: Dict[int, bytes] = {}

    def add_loads(self, loads: List[Load], namespace: Dict[str, Any]) -> None:
        """Follow the functions and classes among names that a cell reads. Its data are inputs or not, by the header."""
        for load in loads:
            if load.name.startswith("import "):
                self.roots = [load.name[len("import ") :]]
                self._imported(load, "__main__")
                continue
            if load.name in self.exclude or load.name not in namespace or load.name == "get_ipython":
                continue
            value = namespace[load.name]
            self._library(value)
            self.roots = [load.name]
            if isinstance(value, types.ModuleType):
                self._attributes(value, load.attrs)
            elif is_code(value):
                self.add(load.name, value)

    def _library(self, value: Any) -> None:
        if isinstance(value, types.ModuleType):
            name = value.__name__
        else:
            definition = isinstance(value, (types.FunctionType, types.BuiltinFunctionType, type))
            name = value.__module__ if definition else type(value).__module__
        self.libraries.add(str(name).partition(".")[0])

    def add(self, label: str, value: Any) -> None:
        """Follow one value that reached code is bound to under label."""
        value = unwrapped(value)
        self._library(value)
        self._keep.append(value)
        if not self.roots:
            self.roots = [label]
        if isinstance(value, types.FunctionType):
            self._note(label, self.function_token(value))
        elif isinstance(value, type):
            self._note(label, self.class_token(value))
        elif isinstance(value, types.ModuleType):
            self._note(label, b"module " + value.__name__.encode())
        elif isinstance(value, types.BuiltinFunctionType) and isinstance(value.__self__, (types.ModuleType, type(None))):
            self._note(label, f"{value.__module__}.{value.__qualname__}".encode())
        else:
            self._data(label, value)
            inner = wrapped_in(value)
            if inner is not None:
                self._note(label, self.function_token(inner))

    def sources(self) -> "Sources":
        """For value digests: functions and classes inside values are followed by this walk."""
        return Sources(self)

    def forms(self) -> Dict[str, List[bytes]]:
        """The source forms of all functions, classes and module bindings reached, by dotted name."""
        forms = self._forms(False)
        if not _ASKS.isdisjoint(self.asked | {name for code in self.codes for inner in sourcefile.nested(code) for name in inner.co_names}):
            forms = self._forms(True)
            for name, nodes in self._nodes.items():
                self._codes.setdefault(name + " as written", "\n".join(ast.dump(node) for _, node, _ in nodes).encode("utf-8", "surrogatepass"))
        elif any(fdigest.names_doc(form) for several in forms.values() for form in several):
            forms = self._forms(True)
        for name, form in self._codes.items():
            forms.setdefault(name, []).append(form)
            self.only_here.add((name, form))
        return forms

    def _forms(self, names_doc: bool) -> Dict[str, List[bytes]]:
        out: Dict[str, List[bytes]] = {}
        for name, nodes in self._nodes.items():
            out[name] = []
            for text, node, special in nodes:
                try:
                    form = text.form(node, special, names_doc)
                except fdigest.Opaque as e:
                    if str(e) not in self.edited:
                        self.edited.append(f"{name}: {e}")
                    continue
                out[name].append(form)
                if not _is_named(node, name):
                    self.only_here.add((name, form))
        return out

    # Functions and classes: what stands for them inside a value, while their source goes to the forms.

    def function_token(self, f: types.FunctionType) -> bytes:
        f = unwrapped(f)
        if id(f) in self._tokens:
            return self._tokens[id(f)]
        name = f"{f.__module__}.{f.__qualname__}"
        self._tokens[id(f)] = name.encode("utf-8", "surrogatepass")  # while the walk is inside it
        self._keep.append(f)
        if not is_local(f.__code__.co_filename, f.__module__):
            carried = self._carried(f)
            if carried:
                self._tokens[id(f)] += b" " + hashlib.sha256(b"\n".join(carried)).hexdigest()[:32].encode()
            return self._tokens[id(f)]
        self._enter(name)
        self._source(name, f.__code__)
        self._loads(f.__code__, f.__globals__, f.__module__)
        own = self._bound(name, f)
        self._tokens[id(f)] += own
        return self._tokens[id(f)]

    def _carried(self, f: types.FunctionType) -> List[bytes]:
        """Tokens of the user's functions and classes that a library's function calls for them: what a decorator wraps, and
        what a registry of implementations holds."""
        found = []
        for label, value in held(f):
            value = unwrapped(value)
            if isinstance(value, types.FunctionType):
                token = self.function_token(value)
                if b" " in token or is_local(value.__code__.co_filename, value.__module__):
                    found.append(label + token)
            elif isinstance(value, type) and class_is_local(value):
                found.append(label + self.class_token(value))
        return found

    def module_token(self, module: types.ModuleType) -> bytes:
        """What stands for a module in a value: all that the user's own one holds, of a library its name and version."""
        if module_is_local(module) and ("module", id(module)) not in self._done:
            self._done.add(("module", id(module)))
            self._attributes(module, ())
        return f"{module.__name__} {getattr(module, '__version__', '')}".encode("utf-8", "surrogatepass")

    def class_token(self, cls: type) -> bytes:
        name = f"{cls.__module__}.{cls.__qualname__}"
        if id(cls) in self._tokens:
            return self._tokens[id(cls)]
        token = name.encode("utf-8", "surrogatepass")
        if not class_is_local(cls):
            self._tokens[id(cls)] = token
            self._patched(name, cls)
            return token
        if _is_replaced(cls):
            token += b" replaced"
        self._tokens[id(cls)] = token
        self._keep.append(cls)
        self._enter(name)
        functions = list(own_functions(cls))
        if not self._class_source(name, cls, functions):
            for f in functions:
                self._codes[f"{name}.{f.__name__}"] = sourcefile.code_form(f.__code__)
        for base in cls.__bases__:
            if base is not object:
                self._note(f"{name}.__bases__", self.class_token(base))
        if class_is_local(type(cls)):
            self._note(f"{name}.__class__", self.class_token(type(cls)))
        for f in functions:
            self._loads(f.__code__, f.__globals__, f.__module__)
            own = self._bound(f"{name}.{f.__name__}", f)
            if own:
                self._note(f"{name}.{f.__name__}", own)
        for attr, value in sorted(vars(cls).items()):
            if not is_class_data(attr, value):
                continue
            if isinstance(value, types.FunctionType):  # put there from outside
                self._note(f"{name}.{attr}", self.function_token(value))
            else:
                self._data(f"{name}.{attr}", value)
        return token

    def _patched(self, name: str, cls: type) -> None:
        """Functions of the user's own that were put into a library's class."""
        for base in cls.__mro__[:-1]:
            if class_is_local(base):
                continue
            for attr, f in list(vars(base).items()):
                f = getattr(f, "__func__", f) if isinstance(f, (staticmethod, classmethod)) else f.fget if isinstance(f, property) else f
                if isinstance(f, types.FunctionType) and is_local(f.__code__.co_filename, f.__module__):
                    self._note(f"{name}.{attr}", self.function_token(f))

    def _bound(self, name: str, f: types.FunctionType) -> bytes:
        """A digest of defaults and closure cells, which are noted by name too."""
        parts: List[str] = []
        code = f.__code__
        if f.__defaults__:
            names = code.co_varnames[: code.co_argcount][-len(f.__defaults__) :]
            for arg, value in zip(names, f.__defaults__):
                parts.append(self._data(f"{name}({arg}=)", value))
        for arg, value in sorted((f.__kwdefaults__ or {}).items()):
            parts.append(self._data(f"{name}({arg}=)", value))
        for free, cell in zip(code.co_freevars, f.__closure__ or ()):
            if free == "__class__":
                continue
            try:
                value = cell.cell_contents
            except ValueError:
                parts.append("empty")
                continue
            parts.append(self._data(f"{name}[{free}]", value))
        if f.__dict__ and is_local(code.co_filename, None):
            for attr, value in sorted(f.__dict__.items()):
                if attr not in ("__wrapped__", "__xetmemo_wrapped__"):
                    parts.append(self._data(f"{name}.{attr}", value))
        if not parts:
            return b""
        return b" " + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32].encode()

    def _source(self, name: str, code: types.CodeType) -> None:
        text = sourcefile.text_of(code.co_filename)
        if text is None:
            self._codes[name] = sourcefile.code_form(code)
            return
        try:
            found = text.find(code)
        except sourcefile.Edited:
            self._mark_edited(name, code.co_filename)
            return
        for node, special in found:
            goes_by = name
            if code.co_name == "<lambda>":
                statement = text.statement_of(node)
                if statement is not None:  # a lambda that is bound goes by its binding
                    node = statement
                    target = getattr(statement, "target", None) or statement.targets[0]
                    goes_by = f"{name.partition('.<lambda>')[0]}.{target.id}" if hasattr(target, "id") else name
                    self._enter(goes_by)
            nodes = self._nodes.setdefault(goes_by, [])
            if not any(node is known for _, known, _ in nodes):
                nodes.append((text, node, special))

    def _class_source(self, name: str, cls: type, functions: List[types.FunctionType]) -> bool:
        texts = [sourcefile.text_of(f.__code__.co_filename) for f in functions]
        texts = [t for t in texts if t is not None]
        if not texts and cls.__module__ != "__main__":
            module = sys.modules.get(cls.__module__)
            texts = [sourcefile.text_of(getattr(module, "__file__", None) or "")]
        elif not texts:
            texts = [t for t in notebook_texts() if cls.__qualname__ in t.classes][:1]
        for text in texts:
            if text is None or cls.__qualname__ not in text.classes:
                continue
            for f in functions:  # what a decorator gave may come from elsewhere
                try:
                    (sourcefile.text_of(f.__code__.co_filename) or text).find(f.__code__)
                except sourcefile.Edited:
                    self._mark_edited(name, f.__code__.co_filename)
                    return True
            candidates = text.classes[cls.__qualname__]
            lines = {f.__code__.co_firstlineno for f in functions if sourcefile.text_of(f.__code__.co_filename) in (text, None)}
            best = [c for c in candidates if all(c[0].lineno <= line <= c[0].end_lineno for line in lines)] or candidates
            node, special = best[-1]
            self._nodes[name] = [(text, node, special)]
            self._class_body(text, node, cls)
            return True
        return False

    def _class_body(self, text: sourcefile.Text, node: Any, cls: type) -> None:
        """What the body of a class, its decorators and bases load when it is made."""
        first = min([node.lineno] + [d.lineno for d in node.decorator_list])
        module = sys.modules.get(cls.__module__)
        for code in text.codes.get((node.name, first), ()):
            for load in loads_of(code):
                if load.name not in vars(cls):
                    self._load(load, vars(module) if module else {}, cls.__module__)

    def _mark_edited(self, name: str, filename: str) -> None:
        module = name.split(".")[0] if not name.startswith("__main__") else name.partition(".")[2]
        if os.path.isfile(filename):
            module = os.path.splitext(os.path.basename(filename))[0]
        if module not in self.edited:
            self.edited.append(module)

    # Names that code loads.

    def _loads(self, code: types.CodeType, namespace: Dict[str, Any], module: str) -> None:
        self.codes.append(code)
        for load in loads_of(code):
            self._load(load, namespace, module)
        for load in _by_text(code, namespace):
            self._load(load, namespace, module)

    def _load(self, load: Load, namespace: Dict[str, Any], module: str) -> None:
        if (module == "__main__" and load.name in self.exclude) or load.name in MODULE_NAMES:
            return
        if load.name.startswith("import "):
            self._imported(load, module)
            return
        label = f"{module}.{load.name}"
        if load.name not in namespace:
            if not hasattr(builtins, load.name) and load.name not in ("get_ipython", "display"):
                self._note(label, b"unbound")
            return
        value = namespace[load.name]
        if isinstance(value, types.ModuleType):
            self._library(value)
            self._attributes(value, load.attrs)
            if (label, id(value)) not in self._done:
                self._done.add((label, id(value)))
                self._note(label, b"module " + value.__name__.encode())
            return
        if (label, id(value)) in self._done:
            return
        self._done.add((label, id(value)))
        if module != "__main__":
            self._binding(module, load.name)
        self.add(label, value)

    def _attributes(self, module: types.ModuleType, attrs: Tuple[str, ...]) -> None:
        """Follow ``module.attr`` of the user's own modules, through packages; all of a module that is itself passed on."""
        for attr in attrs:
            if attr not in vars(module):
                return
            value = vars(module)[attr]
            if not module_is_local(module):
                if isinstance(value, types.ModuleType):
                    module = value
                    continue
                if isinstance(value, types.FunctionType) and is_local(value.__code__.co_filename, value.__module__):
                    self._note(f"{module.__name__}.{attr}", self.function_token(value))  # put there from outside
                elif isinstance(value, type):
                    self.class_token(value)
                return
            if isinstance(value, types.ModuleType):
                module = value
                continue
            self._load(Load(attr, ()), vars(module), module.__name__)
            return
        if module_is_local(module):
            for attr in [attr for attr in vars(module) if not attr.startswith("__")]:
                self._load(Load(attr, ("",)), vars(module), module.__name__)

    def _imported(self, load: Load, importer: str) -> None:
        """``import utils`` in reached code: all of the names that the code has, as far as the module has them too."""
        name = _absolute(load.name[len("import ") :], importer)
        if not name or (name, load.attrs) in self._done:
            return
        self._done.add((name, load.attrs))
        parent, is_package = "", False
        for part in name.split("."):
            parent = f"{parent}.{part}" if parent else part
            module = sys.modules.get(parent)
            if module is None:
                unloaded = sourcefile.unloaded(parent)
                if unloaded is None or not is_local(unloaded, parent):
                    return
                self._unloaded(parent, unloaded)
                is_package = os.path.basename(unloaded).startswith("__init__.")
            else:
                is_package = module_is_local(module) and hasattr(module, "__path__")
                if module_is_local(module):
                    self._names_of(module, load.attrs)
        for attr in load.attrs if is_package else ():  # from package import module
            if f"{name}.{attr}" not in sys.modules:
                unloaded = sourcefile.unloaded(f"{name}.{attr}")
                if unloaded is not None and is_local(unloaded, name):
                    self._unloaded(f"{name}.{attr}", unloaded)

    def _names_of(self, module: types.ModuleType, names: Tuple[str, ...]) -> None:
        if not _BY_TEXT.isdisjoint(names):
            self._attributes(module, ())
            return
        for name in names:
            value = vars(module).get(name)
            if not isinstance(value, types.ModuleType):
                self._attributes(module, (name,))
            elif module_is_local(value) and (name, id(value), names) not in self._done:
                self._done.add((name, id(value), names))
                self._names_of(value, names)

    def _unloaded(self, name: str, filename: str) -> None:
        """A module that is loaded only when the code runs: its whole text, and that of the modules that it imports."""
        if (name, filename) in self._done:
            return
        self._done.add((name, filename))
        text = sourcefile.text_of(filename)
        if text is None:
            self._note(name, b"no source")
            return
        self._enter(name)
        for statement in text.tree.body:
            for at in sourcefile.named(statement) or [""]:
                at = f"{name}.{at}" if at else name
                self._enter(at)
                self._nodes.setdefault(at, []).append((text, statement, False))
        package = name if os.path.basename(filename) == "__init__.py" else name.rpartition(".")[0]
        for code in text.units():
            for load in loads_of(code):
                if load.name.startswith("import "):
                    self._imported(load._replace(name="import " + _absolute(load.name[len("import ") :], package, True)), name)

    def _binding(self, module: str, name: str) -> None:
        """The statements of a local module that bind a name which reached code reads."""
        owner = sys.modules.get(module)
        filename = getattr(owner, "__file__", None)
        text = sourcefile.text_of(filename) if filename and is_local(filename, module) else None
        if text is None:
            return
        nodes = [(text, node, False) for node in text.bindings(name)]
        loaded = sourcefile.loaded_text(owner)
        if loaded is not None and [ast.dump(node) for node in loaded.bindings(name)] != [ast.dump(node) for _, node, _ in nodes]:
            self._mark_edited(f"{module}.{name}", filename)
            return
        if nodes:
            self._enter(f"{module}.{name}")
            self._nodes.setdefault(f"{module}.{name}", nodes)

    # Data.

    def _data(self, label: str, value: Any) -> str:
        value = unwrapped(value)
        self._keep.append(value)
        self.data.setdefault(label, value)
        try:
            found, self.walks[label] = valuedigest.digest_and_objects(value, self.sources())
        except valuedigest.Unhashable as e:
            found = self._origin_of(label, value, e)
            for carried in carried_by(value, 3):
                token = self.class_token(carried) if isinstance(carried, type) else self.function_token(carried)
                found += f" {token.decode('utf-8', 'surrogatepass')}"
        self._note(label, found.encode())
        return found

    def _origin_of(self, label: str, value: Any, error: Exception) -> str:
        """What stands for data that can't be hashed: where it comes from."""
        root = self.roots[0] if self.roots else ""
        origin = self.origins.of(value, label.partition(".")[2] if label.startswith("__main__.") else root) if self.origins else None
        if origin is None:
            self.refused.append(f"{label.rpartition('.')[2]}: {error}, and nothing says where it comes from")
            return f"type {type(value).__module__}.{type(value).__qualname__}"
        self.by_origin[label] = type(value).__qualname__
        return f"origin {origin}"

    def _note(self, label: str, what: bytes) -> None:
        self.via.setdefault(label, self.roots[0] if self.roots else label)
        digests = self.values.setdefault(label, [])
        text = what.decode("utf-8", "replace")
        if text not in digests:
            digests.append(text)

    def _enter(self, name: str) -> None:
        self.via.setdefault(name, self.roots[0] if self.roots else name)


class Sources(valuedigest.Names):
    """Describes functions and classes inside values to a walk, by tokens that their sources complete."""

    def __init__(self, reach: Reach):
        self.reach = reach
        self.of_notebook: Set[str] = set()  # the names in the notebook that a pickle of the values refers to

    def function(self, f: types.FunctionType) -> bytes:
        self._note(f)
        return self.reach.function_token(f)

    def class_(self, cls: type) -> bytes:
        self._note(cls)
        return self.reach.class_token(cls)

    def instance(self, cls: type) -> bytes:
        return self.reach.class_token(cls)

    def module(self, module: types.ModuleType) -> bytes:
        return self.reach.module_token(module)

    def is_own(self, cls: type) -> bool:
        return class_is_local(cls)

    def _note(self, definition: Any) -> None:
        if definition.__module__ == "__main__":
            self.of_notebook.add(definition.__qualname__.partition(".")[0])


def _by_text(code: types.CodeType, namespace: Dict[str, Any]) -> List[Load]:
    """The globals that code may look up by strings: those that its strings spell, or all where none does."""
    inside = list(sourcefile.nested(code))
    names = {name for inner in inside for name in inner.co_names}
    texts = [text for inner in inside for text in inner.co_consts if isinstance(text, str)]
    if "import_module" in names or "__import__" in names:
        found = [Load("import " + text, ()) for text in texts if text.replace(".", "").isidentifier() and text in sys.modules]
        found = [load._replace(attrs=tuple(vars(sys.modules[load.name[7:]]))) for load in found]
    else:
        found = []
    if _LOOKS_UP.isdisjoint(names):
        return found
    spelled = [Load(word, ("",)) for text in texts for word in words(text) if word in namespace]
    return found + (spelled or [Load(name, ("",)) for name in namespace if not name.startswith("_")])


def _is_replaced(cls: type) -> bool:
    """Whether another class goes by the name of this one, since its definition ran again: isinstance tells the two apart."""
    found: Any = sys.modules.get(cls.__module__)
    for part in cls.__qualname__.split("."):
        if part == "<locals>":
            return False
        found = vars(found).get(part) if isinstance(found, (type, types.ModuleType)) else None
    return isinstance(found, type) and found is not cls and found.__module__ == cls.__module__ and found.__qualname__ == cls.__qualname__


# Names of what gives code the docstrings, annotations and source text of functions.
_ASKS = frozenset("__doc__ inspect getdoc signature get_type_hints getsource getfullargspec __annotations__ help StructuredTool FunctionTool create_schema".split())

# Functions that look names up in the globals of their caller.
_LOOKS_UP = frozenset(("globals", "eval", "exec"))

# What code may have that uses names of a module which it spells as text.
_BY_TEXT = frozenset(("getattr", "vars", "dir", "__dict__"))


def _absolute(name: str, importer: str, is_package: bool = False) -> str:
    """The name of an imported module; one dot before it for each level of a relative import. "" if there is none."""
    bare = name.lstrip(".")
    level = len(name) - len(bare)
    if not level:
        return bare
    package = importer
    if not is_package:
        package = getattr(sys.modules.get(importer), "__package__", None) or ""
    parts = package.split(".") if package else []
    if level > len(parts):
        return ""
    return ".".join(parts[: len(parts) - level + 1] + ([bare] if bare else []))


def _is_named(node: Any, name: str) -> bool:
    """Whether node defines or assigns name, and isn't, say, the inner function of a decorator that took its name."""
    kind = type(node).__name__
    return kind in ("Assign", "AnnAssign", "AugAssign") or getattr(node, "name", None) == name.rpartition(".")[2]


def notebook_texts() -> List[sourcefile.Text]:
    """The cells that ran in this session, the last one first, without the lines of their cell magics."""
    from IPython import get_ipython

    shell = get_ipython()
    history = getattr(getattr(shell, "history_manager", None), "input_hist_raw", None) or []
    texts = (_cell_text(raw) for raw in reversed(history))
    return [text for text in texts if text is not None]


@functools.lru_cache(maxsize=4096)
def _cell_text(raw: str) -> Optional[sourcefile.Text]:
    from IPython import get_ipython

    lines = raw.lstrip("\n").splitlines(True)
    while lines and lines[0].startswith("%%"):
        lines = lines[1:]
    try:
        return sourcefile.Text(get_ipython().transform_cell("".join(lines)), "<cell>")
    except (SyntaxError, ValueError, RecursionError):
        return None
