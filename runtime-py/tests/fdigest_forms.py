"""Prints the digests of the definitions in Python files and of the cells in notebooks, one JSON line a file.

    python fdigest_forms.py --library > list     # the files of this Python's standard library
    python fdigest_forms.py list                 # the digests of the files in a list, one path a line

The tests of the Go package deps/digest ask several Pythons and compare.
"""

import ast
import json
import os
import pathlib
import sys
import sysconfig

from fdigest_alone import fdigest


def module(data: bytes) -> dict:
    try:
        source = fdigest.decode(data)
        tree = fdigest.parse(source)
    except (SyntaxError, fdigest.Opaque) as error:
        return {"refused": str(error)}
    newer = fdigest.newer_lines(source)
    names, digests = [], []
    for node, special_class in definitions(tree):
        try:
            form = fdigest.function_form(node, special_class=special_class, newer=newer)
            digest = fdigest.digest([(node.name, form)])
        except fdigest.Opaque:
            digest = "opaque"
        names.append(node.name)
        digests.append(digest)
    return {"names": names, "digests": digests}


def definitions(tree: ast.Module):
    """Functions and classes, nested ones too, each before what it contains; and whether it stands in a special class."""
    todo = [(tree, False)]
    while todo:
        node, special = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node, special
            special = False
        elif isinstance(node, ast.ClassDef):
            yield node, special
            special = special or bool(node.decorator_list or node.bases or node.keywords)
        children = [(child, special) for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr)]
        todo.extend(reversed(children))


def notebook(data: bytes) -> dict:
    content = json.loads(data.decode("utf-8-sig"))
    cells = content.get("cells") or [c for sheet in content.get("worksheets", ()) for c in sheet.get("cells", ())]
    names, digests = [], []
    for index, cell in enumerate(cells):
        if cell["cell_type"] != "code":
            continue
        source = cell.get("source", cell.get("input", ""))
        form = fdigest.cell_form("".join(source))
        names.append("%d %s" % (index, "raw" if form.startswith(b"(raw ") else ""))
        digests.append(fdigest.digest([("cell", form)]))
    return {"names": names, "digests": digests}


def library():
    for folder, folders, files in os.walk(sysconfig.get_path("stdlib")):
        folders[:] = sorted(set(folders) - {"site-packages", "__pycache__", "lib-dynload"})
        for file in sorted(files):
            if file.endswith(".py"):
                yield os.path.join(folder, file)


def main() -> None:
    if sys.argv[1] == "--library":
        print("\n".join(library()))
        return
    for path in pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        data = pathlib.Path(path).read_bytes()
        found = notebook(data) if path.endswith(".ipynb") else module(data)
        print(json.dumps(dict(found, path=path)), flush=True)


if __name__ == "__main__":
    main()
