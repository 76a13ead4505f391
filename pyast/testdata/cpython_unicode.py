"""Writes what Python knows of each character that it has assigned: code point in hex, whether it may
start and go on in an identifier, NFKC of it behind "a" and between other letters, and its name."""

import sys
import unicodedata

out = []
for c in range(128, 0x110000):
    ch = chr(c)
    if 0xD800 <= c < 0xE000 or unicodedata.category(ch) in ("Cn", "Co"):
        continue
    start, goes_on = ch.isidentifier(), ("a" + ch).isidentifier()
    forms = []
    if goes_on:
        forms = [unicodedata.normalize("NFKC", s) for s in ("a" + ch, "\u1112\u1161" + ch + "\u0323\u0301e\u0301")]
    out.append("%x\t%d%d\t%s\t%s" % (c, start, goes_on, " ".join(forms), unicodedata.name(ch, "")))
sys.stdout.buffer.write((unicodedata.unidata_version + "\n" + "\n".join(out)).encode())
