"""Digest of source, fdigest v1. The definition, with its reasons, is docs/fdigest.md.

A form is an S-expression of an AST that is the same bytes on every Python from 3.8 on, and from
the Go package deps/digest. The digest is SHA-256 over named forms.

    source = fdigest.decode(data)            # bytes of a module to text
    tree = fdigest.parse(source)
    newer = fdigest.newer_lines(source)
    form = fdigest.function_form(tree.body[0], newer=newer)
    fdigest.digest([("utils.f", form)])
"""

import ast
import contextlib
import hashlib
import io
import re
import struct
import tokenize
import unicodedata
import warnings
from typing import Iterable, Iterator, List, Optional, Sequence, Tuple

from . import magics
from .unicode12 import assigned

__all__ = [
    "Opaque",
    "cell_form",
    "decode",
    "digest",
    "function_form",
    "names_doc",
    "newer_lines",
    "node_form",
    "parse",
]


class Opaque(ValueError):
    """The source has no form in fdigest v1; the message says why."""


def digest(pairs: Iterable[Tuple[str, bytes]]) -> str:
    """The digest of (name, form) pairs: 64 hex digits, of which the first 12 are shown.

    The pairs may come in any order; forms of one name stay in the order given.
    """
    encoded = sorted(((name.encode("utf-8"), form) for name, form in pairs), key=lambda pair: pair[0])
    total = hashlib.sha256(b"fdigest1\n")
    for name, form in encoded:
        total.update(b"%d:%s%d:%s\n" % (len(name), name, len(form), form))
    return total.hexdigest()


def function_form(
    node: ast.AST,
    *,
    special_class: bool = False,
    names_doc: bool = False,
    newer: Sequence[int] = (),
) -> bytes:
    """The form of a function, a class, a lambda or a statement that binds.

    special_class: the node stands in the body of a decorated or derived class.
    names_doc: code reached together with this node names __doc__, so docstrings stay.
    newer: newer_lines() of the source that the node was parsed from; if the node covers one of
    them, Opaque is raised.
    """
    first = min([node.lineno] + [d.lineno for d in getattr(node, "decorator_list", ())])
    for line in newer:
        if first <= line <= node.end_lineno:
            raise Opaque("line %d has a name newer than Unicode 12.1, or an f-string that this Python misreads" % line)
    return node_form(node, special_class=special_class, names_doc=names_doc)


def cell_form(source: str, *, names_doc: bool = False) -> bytes:
    """The form of a notebook cell.

    IPython is imported only for text that is not plain Python; Opaque is raised if it is not
    installed then.
    """
    text = _normal(source)
    lines: List[str] = []
    try:
        tree = _parse_cell(text, lines)
    except SyntaxError:
        return b"(raw " + _sized(b"s", text) + b")"
    body = node_form(tree, names_doc=names_doc)
    if not lines:
        return body
    return b"(magics body %s lines [%s])" % (body, b" ".join(_sized(b"s", line) for line in lines))


def names_doc(form: bytes) -> bool:
    """Whether the code of a form names __doc__, as an identifier or as a string."""
    return b"i7:__doc__" in form or b"s7:__doc__" in form


def decode(data: bytes) -> str:
    """The text of a module's bytes by BOM and coding cookie (PEP 263).

    Opaque for encodings other than UTF-8, Latin-1 and ASCII; SyntaxError if the bytes don't fit.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    if encoding.lower().replace("_", "-") not in _ENCODINGS:
        raise Opaque("fdigest v1 doesn't read the encoding " + encoding)
    try:
        return _normal(data.decode(encoding))
    except UnicodeDecodeError as error:
        raise SyntaxError(str(error)) from None


# What detect_encoding makes of the spellings that docs/fdigest.md lists.
_ENCODINGS = {"utf-8", "utf-8-sig", "utf8", "u8", "ascii", "us-ascii", "646"}
_ENCODINGS |= {"iso-8859-1", "iso8859-1", "latin1", "l1", "8859", "cp819"}


def parse(source: str) -> ast.Module:
    """The tree of a module's text; SyntaxError, whatever the reason is that it has none."""
    with no_warnings():
        try:
            return ast.parse(_normal(source))
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            raise SyntaxError(str(error)) from None


@contextlib.contextmanager
def no_warnings() -> Iterator[None]:
    """Without warnings, which are errors under -W error: of invalid escapes in a text that is parsed, say.

    warnings.catch_warnings would forget which warnings of the user's own code were shown already, and so show them again.
    """
    filters = getattr(warnings, "_get_filters", lambda: warnings.filters)()
    before = filters[:]
    filters[:] = [("ignore", None, Warning, None, 0)]
    try:
        yield
    finally:
        filters[:] = before


# --- Nodes -------------------------------------------------------------------

# The fields that exist in v1, in bytewise order.
_FIELDS = {
    name: tuple(fields.split())
    for name, fields in {
        "Add": "",
        "And": "",
        "AnnAssign": "annotation simple target value",
        "Assert": "msg test",
        "Assign": "targets value",
        "AsyncFor": "body iter orelse target",
        "AsyncFunctionDef": "args body decorator_list name returns type_params",
        "AsyncWith": "body items",
        "Attribute": "attr value",
        "AugAssign": "op target value",
        "Await": "value",
        "BinOp": "left op right",
        "BitAnd": "",
        "BitOr": "",
        "BitXor": "",
        "BoolOp": "op values",
        "Break": "",
        "Call": "args func keywords",
        "ClassDef": "bases body decorator_list keywords name type_params",
        "Compare": "comparators left ops",
        "Constant": "value",
        "Continue": "",
        "Delete": "targets",
        "Dict": "keys values",
        "DictComp": "generators key value",
        "Div": "",
        "Eq": "",
        "ExceptHandler": "body name type",
        "Expr": "value",
        "FloorDiv": "",
        "For": "body iter orelse target",
        "FormattedValue": "conversion format_spec value",
        "FunctionDef": "args body decorator_list name returns type_params",
        "GeneratorExp": "elt generators",
        "Global": "names",
        "Gt": "",
        "GtE": "",
        "If": "body orelse test",
        "IfExp": "body orelse test",
        "Import": "names",
        "ImportFrom": "level module names",
        "In": "",
        "Interpolation": "conversion format_spec str value",
        "Invert": "",
        "Is": "",
        "IsNot": "",
        "JoinedStr": "values",
        "LShift": "",
        "Lambda": "args body",
        "List": "elts",
        "ListComp": "elt generators",
        "Lt": "",
        "LtE": "",
        "MatMult": "",
        "Match": "cases subject",
        "MatchAs": "name pattern",
        "MatchClass": "cls kwd_attrs kwd_patterns patterns",
        "MatchMapping": "keys patterns rest",
        "MatchOr": "patterns",
        "MatchSequence": "patterns",
        "MatchSingleton": "value",
        "MatchStar": "name",
        "MatchValue": "value",
        "Mod": "",
        "Module": "body",
        "Mult": "",
        "Name": "id",
        "NamedExpr": "target value",
        "Nonlocal": "names",
        "Not": "",
        "NotEq": "",
        "NotIn": "",
        "Or": "",
        "ParamSpec": "default_value name",
        "Pass": "",
        "Pow": "",
        "RShift": "",
        "Raise": "cause exc",
        "Return": "value",
        "Set": "elts",
        "SetComp": "elt generators",
        "Slice": "lower step upper",
        "Starred": "value",
        "Sub": "",
        "Subscript": "slice value",
        "TemplateStr": "values",
        "Try": "body finalbody handlers orelse",
        "TryStar": "body finalbody handlers orelse",
        "Tuple": "elts",
        "TypeAlias": "name type_params value",
        "TypeVar": "bound default_value name",
        "TypeVarTuple": "default_value name",
        "UAdd": "",
        "USub": "",
        "UnaryOp": "op operand",
        "While": "body orelse test",
        "With": "body items",
        "Yield": "value",
        "YieldFrom": "value",
        "alias": "asname name",
        "arg": "annotation arg",
        "arguments": "args defaults kw_defaults kwarg kwonlyargs posonlyargs vararg",
        "comprehension": "ifs is_async iter target",
        "keyword": "arg value",
        "match_case": "body guard pattern",
        "withitem": "context_expr optional_vars",
    }.items()
}
_INTEGERS = {"conversion", "is_async", "level", "simple"}
_CONSTANTS = {("Constant", "value"), ("Interpolation", "str"), ("MatchSingleton", "value")}
_FUNCTIONS = ("FunctionDef", "AsyncFunctionDef")

# Where a node stands, which decides what becomes of docstrings and annotations.
_CODE = 0  # in a module or a function
_CLASS = 1  # in the body of a class
_SPECIAL_CLASS = 2  # in the body of a decorated or derived class, or of a class in one
_BARE_ARGS = 3  # in the arguments of an undecorated function


def node_form(node: ast.AST, *, special_class: bool = False, names_doc: bool = False) -> bytes:
    """The form of any node; the keywords are those of function_form."""
    out: List[bytes] = []
    # Work still to do, last first: bytes to write and nodes with where they stand. A stack of our
    # own, since sums of a thousand terms nest deeper than Python recurses.
    todo: list = [(node, _SPECIAL_CLASS if special_class else _CODE)]
    while todo:
        item = todo.pop()
        if type(item) is bytes:
            out.append(item)
        else:
            todo.extend(reversed(_node(item[0], item[1], names_doc)))
    return b"".join(out)


def _node(node: ast.AST, where: int, keep_docs: bool) -> list:
    kind = type(node).__name__
    if kind == "Index":  # 3.8
        return [(node.value, where)]
    if kind == "ExtSlice":  # 3.8
        node = ast.Tuple(elts=node.dims)
        kind = "Tuple"
    fields = _FIELDS.get(kind)
    if fields is None:
        raise Opaque("%s is newer than fdigest v1" % kind)
    plain = kind in _FUNCTIONS and not node.decorator_list
    parts: list = [b"(" + kind.encode()]
    for field in fields:
        value = getattr(node, field, None)
        inside = where
        if (kind, field) in _CONSTANTS:
            parts.append(b" %s %s" % (field.encode(), _constant(value)))
            continue
        if field in _INTEGERS:
            parts.append(b" %s z%x" % (field.encode(), value or 0))
            continue
        if plain:
            if field == "returns":
                continue
            if field == "args":
                inside = _BARE_ARGS
            elif field == "body" and where != _SPECIAL_CLASS and not keep_docs and _is_docstring(value[0]):
                value = value[1:]
        if field == "annotation" and (where == _BARE_ARGS or kind == "AnnAssign" and where == _CODE):
            continue
        if field == "values" and kind in ("JoinedStr", "TemplateStr"):
            value = _merged(value)
        if field == "format_spec" and value is not None and not _merged(value.values):
            continue
        if field == "body":
            if kind in _FUNCTIONS:
                inside = _CODE
            elif kind == "ClassDef" and where != _SPECIAL_CLASS:
                inside = _SPECIAL_CLASS if node.decorator_list or node.bases or node.keywords else _CLASS
        if value is None or value == []:
            continue
        parts.append(b" %s " % field.encode())
        if type(value) is list:
            for i, element in enumerate(value):
                parts.append(b" " if i else b"[")
                parts.append(_part(element, inside))
            parts.append(b"]")
        else:
            parts.append(_part(value, inside))
    parts.append(b")")
    return parts


def _part(value, where: int):
    if value is None:
        return b"-"
    if type(value) is str:
        return _sized(b"i", value if value.isascii() else unicodedata.normalize("NFKC", value))
    return (value, where)


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _merged(values: list) -> list:
    """The parts of an f-string: CPython 3.12 leaves adjacent and empty constants."""
    merged: list = []
    text = ""
    for value in values:
        if isinstance(value, ast.Constant):
            text += value.value
            continue
        if text:
            merged.append(ast.Constant(value=text))
            text = ""
        merged.append(value)
    if text:
        merged.append(ast.Constant(value=text))
    return merged


def _constant(value) -> bytes:
    if value is None:
        return b"N"
    if value is True:
        return b"T"
    if value is False:
        return b"F"
    if value is Ellipsis:
        return b"E"
    if type(value) is int:
        return b"z%x" % value
    if type(value) is float:
        return b"d" + struct.pack(">d", value).hex().encode()
    if type(value) is complex:
        return b"c" + struct.pack(">d", value.imag).hex().encode()
    if type(value) is str:
        return _sized(b"s", value)
    if type(value) is bytes:
        return b"b%d:%s" % (len(value), value)
    raise Opaque("a constant of type %s is newer than fdigest v1" % type(value).__name__)


def _sized(tag: bytes, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogatepass")
    return b"%s%d:%s" % (tag, len(raw), raw)


# --- Cells -------------------------------------------------------------------

_CLASSIC_PROMPT = re.compile(r"(>>>|\.\.\.)( |$)", re.M)
_CLASSIC_FIRST = re.compile(r">>>( |$)", re.M)
_IPYTHON_PROMPT = re.compile(r"((\[nav\]|\[ins\])? )?In \[\d+\]: |\s*\.{3,}: ?")


def _parse_cell(text: str, lines: List[str]) -> ast.Module:
    """The tree of a cell, below the leading cell magics, which go to lines as written."""
    if not text.endswith("\n"):
        text += "\n"
    rest = _cleaned(text)
    while rest and rest[0].startswith("%%") and not re.match(r"%%\w+\?", rest[0]):
        if len(rest) == 1:
            raise SyntaxError("the body of the cell magic is empty")
        name, _, arguments = rest[0][2:].rstrip().partition(" ")
        body = "".join(rest[1:])
        if name not in magics.CELLS:
            return ast.parse("get_ipython().run_cell_magic(%r, %r, %r)" % (name, arguments, body))
        if name != "xetmemo":  # the header's words are no part of the cell
            lines.append(rest[0].rstrip("\n"))
        rest = _cleaned(body)
    plain = "".join(rest)
    return _parse_pinned(plain if _parses(plain) else _desugared(rest))


def _cleaned(text: str) -> List[str]:
    """The lines of a cell, which ends in a newline, less leading blank ones, indentation and prompts."""
    # Not IPython's own functions: those of IPython 9 also change lines inside strings.
    lines = [line + "\n" for line in text.split("\n")[:-1]]
    while lines and lines[0].isspace():
        del lines[0]
    if not lines:
        return lines
    indent = re.match(r"[ \t]*", lines[0]).group()
    lines = [line[len(indent) :] if line.startswith(indent) else line for line in lines]
    for first, prompt in ((_CLASSIC_FIRST, _CLASSIC_PROMPT), (_IPYTHON_PROMPT, _IPYTHON_PROMPT)):
        if first.match(lines[0]) or len(lines) > 1 and prompt.match(lines[1]):
            lines = [prompt.sub("", line, count=1) if prompt.match(line) else line for line in lines]
    return lines


# What IPython makes of a %%name that is not on the first line, and then refuses.
_LATE_CELL_MAGIC = re.compile(r"""get_ipython\(\)\.run_line_magic\(['"]%""")


def _desugared(lines: List[str]) -> str:
    try:
        from IPython.core.inputtransformer2 import TransformerManager
    except ImportError:
        raise Opaque("IPython is needed to read a cell with magics: pip install ipython") from None
    try:
        desugared = "".join(TransformerManager().do_token_transforms(lines))
    except Exception as error:  # it raises whatever it trips over: AssertionError, IndexError
        raise SyntaxError(str(error)) from None
    if len(_LATE_CELL_MAGIC.findall(desugared)) > len(_LATE_CELL_MAGIC.findall("".join(lines))):
        raise SyntaxError("a cell magic must be the first line of its cell")
    return desugared


def _parse_pinned(text: str) -> ast.Module:
    tree = parse(text)
    if _newer_names(text):
        raise SyntaxError("a name that is newer than Unicode 12.1")
    for line in _lost_text(text):
        raise Opaque("line %d has an f-string that this Python misreads" % line)
    return tree


def _normal(source: str) -> str:
    if source.startswith("\ufeff"):
        source = source[1:]
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    return source


# --- Unicode -----------------------------------------------------------------

# Later versions made these, long assigned, characters of identifiers.
_LATER_IN_IDENTIFIERS = "\u200c\u200d\u30fb\uff65"
# Later versions gave these names to characters long assigned.
_LATER_NAMES = {
    "ARABIC SMALL HIGH LIGATURE ALEF WITH YEH BARREE",
    "BAMUM LETTER PHASE-A MAEMGBIEE",
    "CUNEIFORM SIGN KALAM",
    "EM",
    "FVS4",
    "MENDE KIKAKUI SYLLABLE M172 MBO",
    "MENDE KIKAKUI SYLLABLE M174 MBOO",
    "MYANMAR LETTER KHAMTI LLA",
    "SUNDANESE LETTER ARCHAIC I",
}
_SUSPECT = re.compile(r"\\N\{([^{}\n]+)\}|([^\x00-\x7f])")
_NO_IDENTIFIER = "\ue000"  # private use: fine in a string, an error in a name


def newer_lines(source: str) -> Tuple[int, ...]:
    r"""Lines of code that has no form: identifiers and \N{names} that Unicode 12.1, Python 3.8's, doesn't have.

    On Python 3.12 and 3.13 also debug fields of f-strings whose text their parser loses. The source
    is one that parses here.
    """
    source = _normal(source)
    return tuple(sorted({*_newer_names(source), *_lost_text(source)}))


def _newer_names(source: str) -> List[int]:
    # Which characters and escapes count as code is found by breaking them on purpose: those that
    # matter make the parser fail.
    if source.isascii() and "\\N{" not in source:
        return []
    suspects = [(m, broken) for m in _SUSPECT.finditer(source) for broken in [_broken(m)] if broken]
    if not suspects or _parses(_replaced(source, suspects)):
        return []
    found = [m for m, broken in suspects if not _parses(_replaced(source, [(m, broken)]))]
    return [source.count("\n", 0, m.start()) + 1 for m in found]


def _broken(match) -> Optional[str]:
    """What to put for a newer name or character, None if it is no newer one."""
    name, char = match.groups()
    if name is None:
        newer = not assigned(char) or char in _LATER_IN_IDENTIFIERS
        return _NO_IDENTIFIER if newer and ("a" + char).isidentifier() else None
    try:
        char = unicodedata.lookup(name)
    except KeyError:
        return None
    if len(char) > 1:  # a named sequence, which escapes don't know
        return None
    return "\\N{}" if not assigned(char) or name.upper() in _LATER_NAMES else None


def _replaced(source: str, suspects: list) -> str:
    parts, end = [], 0
    for match, broken in suspects:
        parts += [source[end : match.start()], broken]
        end = match.end()
    return "".join(parts) + source[end:]


def _parses(source: str) -> bool:
    try:
        parse(source)
    except SyntaxError:
        return False
    return True


# --- Debug fields ------------------------------------------------------------


def _keeps_text() -> bool:
    try:
        field = ast.parse(r"""f'{"#\x41"=}'""", mode="eval").body
    except SyntaxError:  # before 3.12
        return True
    return field.values[0].value == r'"#\x41"='


# Python 3.12 and 3.13 lose the text of f"{x = }" from a "#" in a string on, and decode its escapes.
_KEEPS_TEXT = _keeps_text()
_EQUALS = re.compile(rb"(?:[\s),]|#[^\n]*\n)*=")


def _lost_text(source: str) -> List[int]:
    if _KEEPS_TEXT or not re.search(r"=\s*[}!:#]", source):
        return []
    raw = [line.encode("utf-8", "surrogatepass") for line in source.split("\n")]

    def text(line: int, column: int, end_line: int, end_column: int) -> bytes:
        if line == end_line:
            return raw[line - 1][column:end_column]
        return b"\n".join([raw[line - 1][column:], *raw[line : end_line - 1], raw[end_line - 1][:end_column]])

    def text_of(node: ast.AST) -> bytes:
        return text(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)

    lost = []
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.FormattedValue):
            value = node.value
            if not _EQUALS.match(text(value.end_lineno, value.end_col_offset, node.end_lineno, node.end_col_offset)):
                continue
            strings = [n for n in ast.walk(value) if isinstance(n, (ast.Constant, ast.JoinedStr))]
            if b"\\" in text_of(value) or any(b"#" in text_of(n) for n in strings):
                lost.append(node.lineno)
    return lost
