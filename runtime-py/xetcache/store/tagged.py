"""The tagged form: a value as a stream of tags that no reader has to trust, with large arrays beside it.

A file is, all numbers little-endian:

    "xetval1\\n" · stream's length (8 bytes) · number of parts (8) · each part's length (8 each) · stream · parts

where each part starts at a multiple of 64 bytes, after zeros. The stream is one value: a tag (one byte) and what belongs to
it, its children after it. Lengths are base-128 numbers, low bits first. docs/memo-format.md has the table of tags.

What is nested is read with a stack of its own, not by recursion, and every count is held against the bytes that are left. The
mutable containers, tuples and objects are numbered as they are met, and a reference is such a number: what is shared stays
shared, cycles stay cycles. Objects of other types are a name, out of a fixed list (kinds.py), and a state to make them of.
"""

from __future__ import annotations

import os
import struct
import sys
from array import array
from itertools import accumulate, chain, repeat
from typing import Any, Callable, Dict, List, Optional, Tuple

from .manifest import Bad

MAGIC = b"xetval1\n"
ALIGNED = 64  # what the places of parts are multiples of

MAX_DEPTH = 10_000  # containers inside containers
MAX_ITEMS = 1 << 28  # objects in one value
MAX_ITEMS_OF_STRANGERS = 1 << 24
MAX_INT = 1 << 16  # bytes of an integer
_MAX_HASHED = 1 << 26  # objects that the hashes of all keys go through
_NUMBERED = 64  # characters from which on a text is numbered, and bytes
_ROWS = 8  # dictionaries with the same keys from which on they are written by columns

_NONE, _TRUE, _FALSE, _NAN, _ELLIPSIS, _NOT_IMPLEMENTED = b"N"[0], b"T"[0], b"F"[0], b"n"[0], b"."[0], b"!"[0]
_INT, _FLOAT, _COMPLEX, _STR, _BYTES, _REF = b"i"[0], b"f"[0], b"c"[0], b"s"[0], b"b"[0], b"R"[0]
_LIST, _TUPLE, _SET, _FROZENSET, _DICT, _ROWS_OF, _OBJECT = b"l"[0], b"t"[0], b"e"[0], b"z"[0], b"d"[0], b"r"[0], b"o"[0]

# How the items of a container are written.
_EACH, _INTS, _FLOATS, _STRS, _UNIQUE, _BOOLS = b"*"[0], b"I"[0], b"D"[0], b"S"[0], b"U"[0], b"B"[0]

_WIDTHS = ((1, "b"), (2, "h"), (4, "i"), (8, "q"))


class Unwritable(Exception):
    """The tagged form doesn't hold this value; the message says why."""


class Written:
    """A value in the tagged form, in memory; its parts are views of the value's own memory."""

    def __init__(self, value: Any, defined: Any = frozenset()):
        """defined are names of the notebook whose classes don't count as bound, since a hit binds them later. Raises Unwritable, and what
        the value's own methods raise."""
        writer = _Writer(defined)
        writer.value(value)
        self.stream, self.parts = writer.out, writer.parts
        self._keep = writer.keep

    def write_to(self, out: Any) -> None:
        sizes = [part.nbytes for part in self.parts]
        head = MAGIC + struct.pack("<%dQ" % (2 + len(sizes)), len(self.stream), len(sizes), *sizes)
        out.write(head)
        out.write(bytes(self.stream))
        at = len(head) + len(self.stream)
        for part in self.parts:
            out.write(bytes(-at % ALIGNED))
            at += -at % ALIGNED + part.nbytes
            for start in range(0, part.nbytes, _CHUNK):
                out.write(part[start : start + _CHUNK])

    def back(self) -> Any:
        """The value as it will be read, its arrays in the memory that they were written from: to be compared, not kept."""
        return _Reader(memoryview(self.stream), list(self.parts), True).value()


_CHUNK = 1 << 24  # bytes that are written at once


def read(source: Any, trusted: bool) -> Any:
    """The value in a file, or in bytes. Raises Bad."""
    data = _data(source)
    try:
        stream, parts = _apart(data)
        return _Reader(stream, parts, trusted).value()
    except Bad:
        raise
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as e:
        raise Bad(f"its value can't be read ({type(e).__name__}: {str(e)[:200]})") from None


def _data(source: Any) -> memoryview:
    """The bytes, in memory that can be written to: arrays stay in it."""
    if not isinstance(source, str):
        return memoryview(bytearray(source))
    with open(source, "rb") as f:
        data = bytearray(os.fstat(f.fileno()).st_size)
        view = memoryview(data)
        at = 0
        while at < len(data):
            count = f.readinto(view[at:])
            if not count:
                raise Bad("its file is cut short")
            at += count
        return view


def _apart(data: memoryview) -> Tuple[memoryview, List[memoryview]]:
    if data[: len(MAGIC)] != MAGIC or len(data) < 24:
        raise Bad("it is no tagged value of a version that is known here")
    length, count = struct.unpack_from("<QQ", data, 8)
    if count > len(data) // 8 or length > len(data):
        raise Bad("its tagged value is cut short")
    sizes = struct.unpack_from("<%dQ" % count, data, 24)
    at = 24 + 8 * count + length
    stream, parts = data[24 + 8 * count : at], []
    for size in sizes:
        at += -at % ALIGNED
        parts.append(data[at : at + size])
        at += size
    if at != len(data) or len(stream) != length:
        raise Bad("its tagged value has another size than it says")
    return stream, parts


class _Writer:
    def __init__(self, defined: Any):
        self.out = bytearray()
        self.parts: List[memoryview] = []
        self.keep: List[Any] = []  # objects made on the way: their ids must stay taken
        self.defined = defined
        self._numbers: Dict[int, int] = {}
        self._open: set = set()  # tuples and objects that are being written: they have no number yet
        self._items = 0

    def part(self, data: memoryview) -> Any:
        """Where an array's bytes go: a part's number, or the bytes themselves where they are few."""
        if data.nbytes < 1024:
            return bytes(data)
        self.parts.append(data)
        return len(self.parts) - 1

    def value(self, root: Any) -> None:
        stack: List[Tuple[Any, Any]] = [(iter((root,)), None)]
        while stack:
            children, holder = stack[-1]
            for item in children:
                leaf = _LEAVES.get(type(item))
                if leaf is not None:
                    leaf(self, item)
                    continue
                inner = self._container(item)
                if inner is not None:
                    if len(stack) >= MAX_DEPTH:
                        raise Unwritable("it is nested too deeply")
                    stack.append(inner)
                    break
            else:
                stack.pop()
                if holder is not None:
                    self._open.discard(id(holder))
                    self._number(holder)

    def _container(self, item: Any) -> Optional[Tuple[Any, Any]]:
        """Write the head of what has children. Returns them, with what gets its number after them; None if nothing is left to write."""
        kind = type(item)
        if kind is _Column:
            inner = self._column(item.items)
            return None if inner is None else (inner, None)
        at = self._numbers.get(id(item))
        if at is not None:
            self.out.append(_REF)
            self._length(at)
            return None
        if kind is list:
            self._number(item)
            if len(item) >= _ROWS and type(item[0]) is dict and self._rows(item):
                return None
            self.out.append(_LIST)
            inner = self._column(item)
            return None if inner is None else (inner, None)
        if kind is dict or kind is set:
            self._number(item)
            self.out.append(_DICT if kind is dict else _SET)
            return iter((_Column(list(item)), _Column(list(item.values()))) if kind is dict else (_Column(_in_order(item)),)), None
        if id(item) in self._open:
            raise Unwritable(f"a {kind.__name__} that holds itself")
        self._open.add(id(item))
        self.keep.append(item)
        if kind is tuple or kind is frozenset:
            self.out.append(_TUPLE if kind is tuple else _FROZENSET)
            return iter((_Column(item if kind is tuple else _in_order(item)),)), item
        from . import kinds

        name, state = kinds.state_of(item, self)
        self.keep.append(state)
        self.out.append(_OBJECT)
        self._length(len(name))
        self.out += name.encode("ascii")
        return iter((state,)), item

    def _number(self, item: Any) -> None:
        self._numbers[id(item)] = len(self._numbers)
        self.keep.append(item)

    def _length(self, n: int) -> None:
        while n > 127:
            self.out.append(n & 127 | 128)
            n >>= 7
        self.out.append(n)

    def _column(self, items: Any) -> Any:
        """Write items at once where one type allows it, else their number. Returns those still to be written."""
        self._items += len(items)
        if self._items > MAX_ITEMS:
            raise Unwritable("it has too many items")
        if not self._at_once(items):
            self.out.append(_EACH)
            self._length(len(items))
            return iter(items) if items else None
        return None

    def _at_once(self, items: Any, few: int = 4) -> bool:
        if len(items) < few:
            return False
        kind = type(items[0])
        if kind not in _SCALARS and type(items[-1]) not in _SCALARS:
            return False
        types = set(map(type, items))
        if types == {int}:
            low, high = min(items), max(items)
            for width, code in _WIDTHS:
                if -(1 << 8 * width - 1) <= low and high < 1 << 8 * width - 1:
                    self._head(_INTS, len(items))
                    self.out.append(width)
                    self.out += _little(array(code, items))
                    return True
            return False
        if types == {float}:
            nan = _numpys_nan()
            if nan is not None and any(item is nan for item in items):
                return False
            self._head(_FLOATS, len(items))
            self.out += _little(array("d", items))
            return True
        if types == {bool}:
            self._head(_BOOLS, len(items))
            self.out += bytes(items)
            return True
        if types == {str}:
            some = items[:: max(1, len(items) // 4096)]
            unique = dict.fromkeys(items) if len(items) > 64 and len(set(some)) * 2 < len(some) else ()
            if unique and len(unique) * 4 < len(items):
                return self._unique(items, unique)
            self._head(_STRS, len(items))
            self._texts(items)
            return True
        if types <= {str, type(None), float} and str in types and len(items) > 16:
            nan = _numpys_nan()
            if all(item is None or item is nan or type(item) is str for item in items):
                return self._unique(items, dict.fromkeys(items))
        return False

    def _head(self, form: int, count: int) -> None:
        self.out.append(form)
        self._length(count)

    def _unique(self, items: Any, unique: Dict[Any, Any]) -> bool:
        """Each text once, then which one each item is: None is the one after the last text, NumPy's NaN the next."""
        texts = [item for item in unique if type(item) is str]
        number: Dict[Any, int] = dict(zip(texts, range(len(texts))))
        number[None] = len(texts)
        if _numpys_nan() is not None:
            number[_numpys_nan()] = len(texts) + 1
        width, code = next((w, c) for w, c in _WIDTHS if len(texts) + 2 < 1 << 8 * w - 1)
        self._head(_UNIQUE, len(items))
        self._length(len(texts))
        self._texts(texts)
        self.out.append(width)
        self.out += _little(array(code, map(number.__getitem__, items)))
        return True

    def _texts(self, items: Any) -> None:
        encoded = "".join(items).encode("utf-8", "surrogatepass")
        lengths = list(map(len, items))
        if len(encoded) != sum(lengths):  # not ASCII alone: lengths are of bytes, and halves of a pair must not meet
            parts = [item.encode("utf-8", "surrogatepass") for item in items]
            encoded, lengths = b"".join(parts), list(map(len, parts))
            self.out.append(1)
        else:
            self.out.append(0)
        width, code = next((w, c) for w, c in _WIDTHS if max(lengths, default=0) < 1 << 8 * w - 1)
        self.out.append(width)
        self.out += _little(array(code, lengths))
        self.out += encoded

    def _rows(self, rows: List[Any]) -> bool:
        """Dictionaries with the same texts as keys, whose values can all be written at once by columns."""
        keys = tuple(rows[0])
        if not keys or set(map(type, rows)) != {dict} or set(map(type, keys)) != {str} or any(map(keys.__ne__, map(tuple, rows))):
            return False
        if len(set(map(id, rows))) != len(rows) or not self._numbers.keys().isdisjoint(map(id, rows)):
            return False
        size, items = len(self.out), self._items
        self._head(_ROWS_OF, len(rows))
        self._length(len(keys))
        self._texts(keys)
        for column in zip(*map(dict.values, rows)):
            self._items += len(column)
            if not self._at_once(column):
                del self.out[size:]
                self._items = items
                return False
        for row in rows:
            self._number(row)
        return True

    # Leaves.

    def _none(self, item: Any) -> None:
        self.out.append(_NONE)

    def _ellipsis(self, item: Any) -> None:
        self.out.append(_ELLIPSIS)

    def _not_implemented(self, item: Any) -> None:
        self.out.append(_NOT_IMPLEMENTED)

    def _bool(self, item: bool) -> None:
        self.out.append(_TRUE if item else _FALSE)

    def _int(self, item: int) -> None:
        size = item.bit_length() // 8 + 1
        if size > MAX_INT:
            raise Unwritable("an integer with too many digits")
        self._head(_INT, size)
        self.out += item.to_bytes(size, "little", signed=True)

    def _float(self, item: float) -> None:
        if item != item and item is _numpys_nan():
            self.out.append(_NAN)
            return
        self.out.append(_FLOAT)
        self.out += struct.pack("<d", item)

    def _complex(self, item: complex) -> None:
        self.out.append(_COMPLEX)
        self.out += struct.pack("<dd", item.real, item.imag)

    def _str(self, item: str) -> None:
        if len(item) >= _NUMBERED and self._again(item):
            return
        data = item.encode("utf-8", "surrogatepass")
        self._head(_STR, len(data))
        self.out += data

    def _bytes(self, item: bytes) -> None:
        if len(item) >= _NUMBERED and self._again(item):
            return
        self._head(_BYTES, len(item))
        self.out += item

    def _again(self, item: Any) -> bool:
        at = self._numbers.get(id(item))
        if at is None:
            self._number(item)
            return False
        self._head(_REF, at)
        return True


class _Column:
    """The items of a container, as a child of it."""

    __slots__ = ("items",)

    def __init__(self, items: Any):
        self.items = items


_LEAVES: Dict[type, Callable[[_Writer, Any], None]] = {
    type(None): _Writer._none, bool: _Writer._bool, int: _Writer._int, float: _Writer._float, complex: _Writer._complex, str: _Writer._str,
    bytes: _Writer._bytes, type(Ellipsis): _Writer._ellipsis, type(NotImplemented): _Writer._not_implemented,
}  # fmt: skip
_SCALARS = (int, float, bool, str, type(None))


def _in_order(items: Any) -> List[Any]:
    """The elements of a set, in an order that the hash seed has no part in where they are all of one plain type."""
    kinds = set(map(type, items))
    return sorted(items) if len(kinds) == 1 and kinds <= {str, bytes} else list(items)


def _numpys_nan() -> Any:
    """NumPy's NaN, whose identity code asks for, once NumPy is loaded."""
    return getattr(sys.modules.get("numpy"), "nan", None)


def _little(numbers: array) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


class _Frame:
    """A container that is being read."""

    __slots__ = ("items", "need", "finish", "columns", "weight")

    def __init__(self, need: int, finish: Callable[[List[Any], int], Any], columns: bool):
        self.items: List[Any] = []
        self.need = need
        self.finish = finish
        self.columns = columns  # whether its children are columns, not values
        self.weight = 1  # the objects in it, where each path to one counts


class _Reader:
    def __init__(self, stream: memoryview, parts: List[Any], trusted: bool):
        self.parts = parts
        self.trusted = trusted
        self._data = bytes(stream)
        self._at = 0
        self._numbered: List[Tuple[Any, int]] = []
        self._left = MAX_ITEMS if trusted else MAX_ITEMS_OF_STRANGERS
        self._hashed = 0

    def value(self) -> Any:
        stack = [_Frame(1, lambda items, weight: items[0], False)]
        while True:
            frame = stack[-1]
            if frame.columns:
                value, inner = self._column()
            else:
                value, inner = self._value()
            if inner is not None:
                if len(stack) > 2 * MAX_DEPTH:
                    raise Bad("its value is nested too deeply")
                stack.append(inner)
                continue
            weight = self._weight
            while True:
                frame.items.append(value)
                frame.weight += weight
                if len(frame.items) < frame.need:
                    break
                stack.pop()
                value, weight = frame.finish(frame.items, frame.weight), frame.weight
                if not stack:
                    if self._at != len(self._data):
                        raise Bad("something follows its value")
                    return value
                frame = stack[-1]

    def _take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise Bad("its value is cut short")
        found = self._data[self._at : end]
        self._at = end
        return found

    def _byte(self) -> int:
        return self._take(1)[0]

    def _length(self) -> int:
        n = shift = 0
        while True:
            byte = self._byte()
            n |= (byte & 127) << shift
            if byte < 128:
                return n
            shift += 7
            if shift > 56:
                raise Bad("a length in its value is too large")

    def _count(self) -> int:
        """How many items follow; each takes a byte at least."""
        count = self._length()
        self._left -= count
        if count > len(self._data) - self._at or self._left < 0:
            raise Bad("its value says to have more items than it has bytes, or than are taken")
        return count

    def _value(self) -> Tuple[Any, Optional[_Frame]]:
        """One value, or a frame for what holds others."""
        self._weight = 1
        tag = self._byte()
        if tag == _STR or tag == _BYTES:
            data: Any = self._take(self._length())
            value = data.decode("utf-8", "surrogatepass") if tag == _STR else data
            if len(value) >= _NUMBERED:
                self._numbered.append((value, 1))
            return value, None
        if tag == _INT:
            size = self._length()
            if size > MAX_INT:
                raise Bad("an integer in its value has too many digits")
            return int.from_bytes(self._take(size), "little", signed=True), None
        if tag == _FLOAT:
            return struct.unpack("<d", self._take(8))[0], None
        if tag == _COMPLEX:
            return complex(*struct.unpack("<dd", self._take(16))), None
        if tag in _CONSTANTS:
            return _CONSTANTS[tag], None
        if tag == _NAN:
            return _numpys_nan() if _numpys_nan() is not None else float("nan"), None
        if tag == _REF:
            at = self._length()
            if at >= len(self._numbered):
                raise Bad("its value refers to what comes later")
            value, self._weight = self._numbered[at]
            return value, None
        return self._container(tag)

    def _container(self, tag: int) -> Tuple[Any, Optional[_Frame]]:
        made: Any
        if tag == _LIST:
            made = []
            self._numbered.append((made, 1))
            return None, _Frame(1, lambda items, weight: made.extend(items[0]) or made, True)
        if tag == _DICT:
            made = {}
            self._numbered.append((made, 1))

            def fill(items: List[Any], weight: int) -> Any:
                keys, values = items
                if len(keys) != len(values):
                    raise Bad("a dictionary in its value has keys without values")
                self._keys(keys, weight)
                made.update(zip(keys, values))
                return made

            return None, _Frame(2, fill, True)
        if tag == _SET:
            made = set()
            self._numbered.append((made, 1))

            def add(items: List[Any], weight: int) -> Any:
                self._keys(items[0], weight)
                made.update(items[0])
                return made

            return None, _Frame(1, add, True)
        if tag == _TUPLE:
            return None, _Frame(1, lambda items, weight: self._numbering(tuple(items[0]), weight), True)
        if tag == _FROZENSET:

            def frozen(items: List[Any], weight: int) -> Any:
                self._keys(items[0], weight)
                return self._numbering(frozenset(items[0]), weight)

            return None, _Frame(1, frozen, True)
        if tag == _ROWS_OF:
            return self._rows(), None
        if tag == _OBJECT:
            from . import kinds

            name = self._take(self._length()).decode("ascii", "replace")
            build = kinds.builder(name)
            if build is None:
                raise Bad(f"its value holds a {name[:40]!r}, which is not known here")
            return None, _Frame(1, lambda items, weight: self._numbering(build(items[0], self), weight), False)
        raise Bad(f"its value has a tag {tag}, which is not known here")

    def _numbering(self, value: Any, weight: int) -> Any:
        self._numbered.append((value, weight))
        return value

    def _keys(self, keys: List[Any], weight: int) -> None:
        """Hold what is about to be hashed against what is taken: tuples that share tuples, or many keys of one hash, take forever."""
        self._hashed += weight
        if self._hashed > _MAX_HASHED:
            raise Bad("the keys in its value are too large")
        if len(keys) > 1000 and len(set(map(hash, keys))) * 2 < len(keys):
            raise Bad("too many keys in its value have one hash")

    def _column(self) -> Tuple[Any, Optional[_Frame]]:
        form = self._byte()
        count = self._count()
        self._weight = count + 1
        if form == _EACH:
            return ([], None) if count == 0 else (None, _Frame(count, lambda items, weight: items, False))
        return self._at_once(form, count), None

    def _at_once(self, form: int, count: int) -> List[Any]:
        if form == _INTS:
            return self._integers(self._byte(), count)
        if form == _FLOATS:
            return self._array("d", 8, count).tolist()
        if form == _BOOLS:
            return list(map(bool, self._take(count)))
        if form == _STRS:
            return self._texts(count)
        if form == _UNIQUE:
            texts: List[Any] = self._texts(self._count())
            texts += [None, _numpys_nan() if _numpys_nan() is not None else float("nan")]
            which = self._integers(self._byte(), count)
            if count and min(which) < 0:
                raise Bad("a text in its value is none of those")
            return list(map(texts.__getitem__, which))
        raise Bad(f"its value has a column of form {form}, which is not known here")

    def _integers(self, width: int, count: int) -> List[int]:
        code = dict(_WIDTHS).get(width)
        if code is None:
            raise Bad("integers of an unknown width in its value")
        return self._array(code, width, count).tolist()

    def _array(self, code: str, width: int, count: int) -> array:
        found = array(code)
        found.frombytes(self._take(width * count))
        if sys.byteorder == "big":
            found.byteswap()
        return found

    def _texts(self, count: int) -> List[str]:
        wide = self._byte()
        lengths = self._integers(self._byte(), count)
        if count and min(lengths) < 0:
            raise Bad("a text in its value has a negative length")
        data = self._take(sum(lengths))
        ends = list(accumulate(lengths))
        places = map(slice, chain((0,), ends), ends)
        if wide:
            return [data[place].decode("utf-8", "surrogatepass") for place in places]
        return list(map(data.decode("ascii").__getitem__, places))

    def _rows(self) -> List[Any]:
        made: List[Any] = []
        self._numbered.append((made, 1))
        count = self._count()
        keys = self._texts(self._count())
        columns = []
        for _ in keys:
            form = self._byte()
            if self._count() != count or form == _EACH:
                raise Bad("a column in its value has another length than its rows")
            columns.append(self._at_once(form, count))
        made.extend(map(dict, map(zip, repeat(keys), zip(*columns))))
        self._numbered.extend(zip(made, repeat(1)))
        self._weight = count * (len(keys) + 1)
        return made


_CONSTANTS = {_NONE: None, _TRUE: True, _FALSE: False, _ELLIPSIS: ..., _NOT_IMPLEMENTED: NotImplemented}
