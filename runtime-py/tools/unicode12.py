"""Writes xetcache/_unicode12.py, the code points that Unicode 12.1 assigns.

Run with Python 3.8, whose unicodedata is Unicode 12.1:

    python3.8 tools/unicode12.py > xetcache/_unicode12.py
"""

import sys
import textwrap
import unicodedata

if unicodedata.unidata_version != "12.1.0":
    sys.exit("unicode12: this Python has Unicode %s; run with Python 3.8" % unicodedata.unidata_version)

bounds, assigned = [], False
for code in range(sys.maxunicode + 1):
    if (unicodedata.category(chr(code)) != "Cn") is not assigned:
        assigned = not assigned
        bounds.append(code)

steps = [b - a for a, b in zip([0] + bounds, bounds)]
print('"""Code points that Unicode 12.1 assigns; written by tools/unicode12.py."""')
print()
print("from bisect import bisect_right")
print("from itertools import accumulate")
print()
print("# Distances between the code points at which unassigned turns into assigned and back.")
print('_STEPS = """')
print("\n".join(textwrap.wrap(" ".join(map(str, steps)), 118)))
print('"""')
print("_BOUNDS = list(accumulate(map(int, _STEPS.split())))")
print()
print()
print("def assigned(char: str) -> bool:")
print('    """Whether Unicode 12.1 assigns the code point."""')
print("    return bisect_right(_BOUNDS, ord(char)) % 2 == 1")
