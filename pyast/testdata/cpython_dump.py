"""Dumps CPython's syntax trees in the form of pyast.Dump, with places.

Reads from standard input pairs of lines "<mode> <length>" and that many bytes of UTF-8 source;
writes for each one "<status> <length>" and that many bytes. Mode is module, or cell for a
notebook's cell, which IPython transforms first. Status is "ok", for a cell whose text IPython
changed, and for all before Python 3.10, "bare": without places; "dedented" (see there) with nothing; or
"error", with the message. A
place is "@line:column-line:column", columns in bytes; the parts of f-strings have none before Python 3.12.
"""

import ast
import sys
import textwrap
import warnings

warnings.simplefilter("ignore")
sys.setrecursionlimit(20000)

NO_PLACE = (ast.arguments, ast.withitem, ast.comprehension) + (
    (ast.match_case,) if hasattr(ast, "match_case") else ()
)
SKIPPED = {"ctx", "kind", "type_comment", "type_ignores"}
PLACES = sys.version_info >= (3, 10)
PLACES_IN_FSTRINGS = sys.version_info >= (3, 12)


def quote(data, is_bytes):
    out = bytearray(b'"')
    for c in data:
        if c < 32 or c in (34, 92, 127) or (is_bytes and c > 127):
            out += b"\\x%02x" % c
        else:
            out.append(c)
    out += b'"'
    return bytes(out).decode("latin-1")


def constant(v):
    if v is None or v is True or v is False:
        return str(v)
    if v is Ellipsis:
        return "Ellipsis"
    if isinstance(v, int):
        return hex(v)
    if isinstance(v, float):
        return "f" + __import__("struct").pack(">d", v).hex()
    if isinstance(v, complex):
        return "c" + __import__("struct").pack(">d", v.imag).hex()
    if isinstance(v, bytes):
        return "b" + quote(v, True)
    return quote(v.encode("utf-8", "surrogatepass"), False)


def latin(s):
    """Bytes as characters, for the output is written as latin-1."""
    return s.encode("utf-8", "surrogatepass").decode("latin-1")


def parts(values):
    """The values of a JoinedStr, text merged and empty text dropped."""
    out = []
    for v in values:
        if isinstance(v, ast.Constant):
            if v.value == "":
                continue
            if out and isinstance(out[-1], ast.Constant):
                last = out[-1]
                merged = ast.Constant(last.value + v.value)
                merged.lineno, merged.col_offset = last.lineno, last.col_offset
                merged.end_lineno, merged.end_col_offset = v.end_lineno, v.end_col_offset
                out[-1] = merged
                continue
        out.append(v)
    return out


class Dumper:
    def __init__(self, places):
        self.out = []
        self.places = places

    def node(self, n):
        w = self.out.append
        name = type(n).__name__
        if name == "Index":  # up to Python 3.8
            return self.node(n.value)
        if name == "ExtSlice":
            n = ast.copy_location(ast.Tuple([d for d in n.dims]), n)
            name = "Tuple"
        w("(" + name)
        if self.places and not isinstance(n, NO_PLACE) and hasattr(n, "lineno"):
            w("@%d:%d-%d:%d" % (n.lineno, n.col_offset, n.end_lineno, n.end_col_offset))
        if name == "Constant":
            w(" value=" + constant(n.value) + ")")
            return
        if name == "MatchSingleton":
            w(" value=" + constant(n.value) + ")")
            return
        outer = self.places
        for f in n._fields:
            if f in SKIPPED:
                continue
            v = getattr(n, f, None)
            if v is None or v == [] or v is False:
                continue
            if isinstance(v, list):
                if name in ("JoinedStr", "TemplateStr"):
                    v = parts(v)
                    if not v:
                        continue
                    self.places = self.places and PLACES_IN_FSTRINGS
                w(" " + f + "=[")
                for i, e in enumerate(v):
                    if i:
                        w(" ")
                    if e is None:
                        w("-")
                    elif isinstance(e, str):
                        w(latin(e))
                    elif isinstance(e, ast.cmpop):
                        w(type(e).__name__)
                    else:
                        self.node(e)
                w("]")
                self.places = outer
            elif isinstance(v, (ast.operator, ast.boolop, ast.unaryop)):
                w(" " + f + "=" + type(v).__name__)
            elif isinstance(v, ast.AST):
                if f == "format_spec" and not parts(v.values):
                    continue
                w(" " + f + "=")
                self.node(v)
            elif isinstance(v, int):
                if v:
                    w(" %s=%d" % (f, v))
            elif name == "Interpolation":
                w(" " + f + "=" + constant(v))
            else:
                w(" " + f + "=" + latin(v))
        w(")")


def transform(source):
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager().transform_cell(source)


def dedented(source):
    """Whether IPython 9 cleans the cell up as IPython 8 doesn't: textwrap.dedent empties blank lines,
    also in strings, and takes the indentation off that all lines have, not that of the first."""
    from IPython import version_info

    return version_info[0] >= 9 and textwrap.dedent(source) != source


def dump(mode, source):
    places = PLACES
    if mode == "cell":
        if dedented(source):
            return "dedented", b""
        changed = transform(source)
        if changed not in (source, source + "\n"):
            places = False
        source = changed
    tree = ast.parse(source)
    d = Dumper(places)
    for i, s in enumerate(tree.body):
        if i:
            d.out.append("\n")
        d.node(s)
    return "ok" if places else "bare", "".join(d.out).encode("latin-1")


def main():
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    while True:
        line = stdin.readline()
        if not line:
            return
        mode, n = line.split()
        source = stdin.read(int(n)).decode("utf-8", "surrogatepass")
        try:
            status, out = dump(mode.decode(), source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
            status, out = "error", str(e).encode("utf-8", "backslashreplace")
        stdout.write(b"%s %d\n" % (status.encode(), len(out)))
        stdout.write(out)
        stdout.flush()


main()
