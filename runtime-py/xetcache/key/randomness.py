"""The random generators that a whole process shares: whether anybody has seeded them, and their states.

Nobody seeded a generator if its state descends, by drawing alone, from the one that it began with. That is found by stepping:
the generators are Mersenne Twisters, whose next block of 624 words hangs on the last one alone. What has been seeded goes on
the same way in every run, so its state is part of what a cell needs; what hasn't is another in every kernel, and is not.
"""

from __future__ import annotations

import hashlib
import random
import struct
import sys
from typing import Any, Dict, List, Optional, Tuple

_WAITING = 500  # states of 2.5 kB
_BLOCKS = 10_000  # that are stepped through at most: 6 million draws

_Twister = Tuple[bytes, int]  # the key's words, and how many of them are used


class Randomness:
    """Follows the generators of a process from one cell to the next."""

    def __init__(self, began_before: bool):
        self._last: Dict[str, Optional[_Twister]] = {}
        self._seeded: Dict[str, bool] = {}
        self._states: Dict[str, List[_Twister]] = {name: [] for name in NAMES}  # that were seen since the last one of _last, in order
        for name in NAMES:
            state = twister(name)
            if state is not None:
                self._last[name] = state
                self._seeded[name] = began_before and not (name == "numpy.random" and _descends(_numpy_begin(), state))

    def follow(self) -> None:
        """Look at the generators after a cell, or before one. What the states say is found when it is asked for."""
        for name in NAMES:
            if self._seeded.get(name):
                continue
            state, seen = twister(name), self._states[name]
            if state is not None and state != (seen[-1] if seen else self._last.get(name)):
                seen.append(state)
                if len(seen) > _WAITING:
                    self.seeded(name)

    def seeded(self, name: str) -> bool:
        for state in self._states[name]:
            before = self._last[name] if name in self._last else _numpy_begin() if name == "numpy.random" else None
            if not self._seeded.get(name) and (name == "numpy.random" and _numpy_says_seeded() or not _descends(before, state)):
                self._seeded[name] = True
            self._last[name] = state
        self._states[name] = []
        return self._seeded.get(name, False)


NAMES = ("random", "numpy.random")


def state(name: str) -> Any:
    """The whole state of a generator; None if its library isn't loaded."""
    if name == "random":
        return random.getstate()
    numpy = sys.modules.get("numpy.random")
    return numpy.get_state(legacy=False) if numpy is not None else None


def put(name: str, value: Any) -> None:
    if name == "random":
        random.setstate(value)
    else:
        import numpy as np

        np.random.set_state(value)


def digest(name: str) -> str:
    """The digest of a generator's state, "" if there is none."""
    found = state(name)
    if found is None:
        return ""
    if name == "random":
        data = repr(found).encode()
    else:
        inner = found.get("state", {})
        key = inner.get("key") if isinstance(inner, dict) else None
        rest = (found.get("bit_generator"), {n: v for n, v in inner.items() if n != "key"}, found.get("has_gauss"), found.get("gauss"))
        data = (key.tobytes() if key is not None else b"") + repr(rest).encode()
    return hashlib.sha256(data).hexdigest()[:32]


def twister(name: str) -> Optional[_Twister]:
    if name == "random":
        words = random.getstate()[1]
        return struct.pack("<624I", *words[:-1]), words[-1]
    found = state(name)
    if found is None or found.get("bit_generator") != "MT19937":
        return None
    return found["state"]["key"].astype("<u4").tobytes(), int(found["state"]["pos"])


def _numpy_begin() -> Optional[_Twister]:
    """What NumPy's generator began with, before any draw, where it still knows."""
    try:
        import numpy as np

        sequence = np.random.mtrand._rand._bit_generator.seed_seq
        return _of(np.random.MT19937(np.random.SeedSequence(sequence.entropy, spawn_key=sequence.spawn_key, pool_size=sequence.pool_size)))
    except Exception:  # another version, or one that was seeded
        return None


def _numpy_says_seeded() -> bool:
    """Whether NumPy's generator has forgotten what it began with, as np.random.seed makes it do. That it hasn't says nothing."""
    try:
        import numpy as np

        return np.random.mtrand._rand._bit_generator.seed_seq is None
    except Exception:  # another version
        return False


def _of(generator: Any) -> _Twister:
    inner = generator.state["state"]
    return inner["key"].astype("<u4").tobytes(), int(inner["pos"])


def _descends(before: Optional[_Twister], after: _Twister) -> bool:
    """Whether drawing alone leads from one state to the other."""
    if before is None:
        return False
    if before[0] == after[0]:
        return after[1] >= before[1]
    try:
        import numpy as np
    except ImportError:
        return _descends_slowly(before, after)
    generator = np.random.MT19937(0)
    key = np.frombuffer(before[0], dtype="<u4").astype(np.uint32)
    generator.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": 624}}
    first = _tempered(int.from_bytes(after[0][:4], "little"))
    last = _tempered(int.from_bytes(after[0][-4:], "little"))
    for chunk in (8, *[_CHUNK] * (_BLOCKS // _CHUNK)):
        drawn = generator.random_raw(chunk * 624).reshape(chunk, 624)
        if bool(((drawn[:, 0] == first) & (drawn[:, -1] == last)).any()):
            return True
    return False


_CHUNK = 500  # blocks that are drawn at once


def _tempered(word: int) -> int:
    """What a word of the key gives when it is drawn."""
    word ^= word >> 11
    word ^= (word << 7) & 0x9D2C5680
    word ^= (word << 15) & 0xEFC60000
    return word ^ (word >> 18)


def _descends_slowly(before: _Twister, after: _Twister) -> bool:
    own = random.Random()
    words = [int.from_bytes(before[0][i : i + 4], "little") for i in range(0, len(before[0]), 4)]
    own.setstate((3, (*words, 624), None))
    for _ in range(_BLOCKS // 50):
        own.getrandbits(32)
        now = own.getstate()[1]
        if b"".join(word.to_bytes(4, "little") for word in now[:-1]) == after[0]:
            return True
        own.getrandbits(32 * 623)
    return False
