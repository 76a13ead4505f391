"""Symbol tables as CPython builds them, one request after the other.

A request on standard input is a line with the length of a source in bytes, then the source. The answer is a line with the length
of the dump in bytes (-1: CPython rejects the source), then the dump: a line for each block, in order, indented by depth:

    TYPE NAME LINE name=RESOLUTION+USES …

with the names sorted, RESOLUTION one of local, cell, free, global, explicit, and USES of the letters r(eferenced) a(ssigned)
p(arameter) i(mported) n(annotated).
"""
import _symtable as st
import sys

RESOLUTIONS = {st.LOCAL: 'local', st.GLOBAL_EXPLICIT: 'explicit', st.GLOBAL_IMPLICIT: 'global', st.FREE: 'free', st.CELL: 'cell'}
USES = [('r', st.USE), ('a', st.DEF_LOCAL), ('p', st.DEF_PARAM), ('i', st.DEF_IMPORT), ('n', st.DEF_ANNOT)]


def dump(table, depth, lines):
    names = []
    for name, flags in sorted(table.symbols.items()):
        scope = RESOLUTIONS.get(flags >> st.SCOPE_OFF & st.SCOPE_MASK, '?')
        names.append(f'{name}={scope}+' + ''.join(letter for letter, flag in USES if flags & flag))
    lines.append(f"{' ' * depth}{table.type} {table.name} {table.lineno} {' '.join(names)}")
    for child in table.children:
        dump(child, depth + 1, lines)


def main():
    print(sys.version_info[1], flush=True)
    sys.setrecursionlimit(10000)
    while True:
        head = sys.stdin.buffer.readline()
        if not head:
            return
        source = sys.stdin.buffer.read(int(head))
        try:
            lines = []
            dump(st.symtable(source.decode('utf-8', 'surrogatepass'), '<test>', 'exec'), 0, lines)
            answer = '\n'.join(lines).encode('utf-8', 'surrogatepass')
            sys.stdout.buffer.write(b'%d\n' % len(answer) + answer)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            sys.stdout.buffer.write(b'-1\n')
        sys.stdout.buffer.flush()


main()
