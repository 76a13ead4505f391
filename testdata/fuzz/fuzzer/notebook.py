"""A small notebook: its cells, the modules beside it, and its forms on disk."""
import ast
import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Notebook:
    cells: list                                  # source of each code cell
    files: dict = field(default_factory=dict)    # name → text of modules beside the notebook
    tags: frozenset = frozenset()                # constructs it was made of

    def write(self, folder, name='nb.ipynb'):
        """Write the notebook and its modules into `folder`; returns the notebook's path."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in self.files.items(): (folder / file).write_text(text)
        cells = [{'cell_type': 'code', 'id': f'c{i}', 'metadata': {}, 'source': s, 'outputs': [], 'execution_count': None}
                 for i, s in enumerate(self.cells)]
        path = folder / name
        path.write_text(json.dumps({
            'nbformat': 4, 'nbformat_minor': 5, 'cells': cells,
            'metadata': {'language_info': {'name': 'python', 'version': '3.11.7'}, 'kernelspec': {'name': 'python3', 'language': 'python', 'display_name': 'Python 3'}}}))
        return path

    def size(self):
        return sum(map(len, self.cells)) + sum(map(len, self.files.values()))


def python_of(source):
    """The cell as plain Python as far as imports and names go: lines of magics are blanked."""
    lines = []
    for line in source.split('\n'):
        bare = line.lstrip()
        if bare.startswith('%time '): line = bare[6:]
        elif bare.startswith(('%', '!')): line = line[:len(line) - len(bare)] + 'pass' if line != bare else ''
        elif '= !' in line or '= %' in line: line = line.partition('=')[0] + '= None'
        lines.append(line)
    return '\n'.join(lines)


def parse(source):
    """The cell's tree, without its magics; an empty one when it doesn't parse."""
    try: return ast.parse(python_of(source))
    except SyntaxError: return ast.parse('')


def public_names(text):
    """What `from module import *` takes of a module with this text."""
    return {n for n in bound_names(ast.parse(text)) if not n.startswith('_')}


def bound_names(tree):
    """Names a module's own level binds."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node in tree.body: found.add(node.name)
        elif isinstance(node, ast.Assign) and node in tree.body:
            found |= {n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        elif isinstance(node, (ast.Import, ast.ImportFrom)) and node in tree.body:
            found |= {(a.asname or a.name).split('.')[0] for a in node.names}
    return found


def imports_of(source, files):
    """(names a cell imports from outside, from the notebook's own modules), functions included."""
    outside, local = set(), set()
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Import):
            for a in node.names:
                (local if a.name.split('.')[0] + '.py' in files else outside).add((a.asname or a.name).split('.')[0])
        elif isinstance(node, ast.ImportFrom):
            text = files.get(f'{node.module}.py')
            names = {a.asname or a.name for a in node.names}
            if names == {'*'}: names = public_names(text) if text else set()
            (outside if text is None else local).update(names)
    return outside, local
