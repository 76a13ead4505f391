"""A fuzzed notebook: its cells in the order of running, the files beside it, one edit; and its text, in which failures are kept.

    === header             the mode
    # Found as seed 7: what differed.
    # %% file lib.py       a file beside the notebook
    X = 1
    # %%                   a cell, with its header if it has one
    %%xetmemo
    a = [1]
    # %% edit 0            the source of cell 0 after the edit
    a = [2]
    # %% edited lib.py     a file after the edit
    X = 2
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Dict, List, Optional

MODES = ("header", "bare", "auto")
_PART = re.compile(r"^# %%(.*)\n", re.MULTILINE)


@dataclass
class Notebook:
    cells: List[str]
    mode: str = "bare"
    files: Dict[str, str] = field(default_factory=dict)
    edit: Dict[int, str] = field(default_factory=dict)
    edited_files: Dict[str, str] = field(default_factory=dict)

    def edited(self) -> List[str]:
        return [self.edit.get(i, cell) for i, cell in enumerate(self.cells)]

    def has_edit(self) -> bool:
        return bool(self.edit or self.edited_files)


def plain(cell: str) -> str:
    """A cell without its header."""
    return re.sub(r"^%%xetmemo.*\n?", "", cell)


def dump(notebook: Notebook, comment: str = "") -> str:
    parts = [f"=== {notebook.mode}\n", *(f"# {line}\n" for line in comment.splitlines())]
    parts += [f"# %% file {name}\n{text}\n" for name, text in notebook.files.items()]
    parts += [f"# %%\n{cell}\n" for cell in notebook.cells]
    parts += [f"# %% edit {i}\n{cell}\n" for i, cell in notebook.edit.items()]
    parts += [f"# %% edited {name}\n{text}\n" for name, text in notebook.edited_files.items()]
    return "".join(parts)


def load(text: str) -> Notebook:
    """The notebook of a text. Raises ValueError where it is none."""
    head, *parts = _PART.split(text)
    mode: Optional[str] = next((mode for mode in MODES if head.startswith(f"=== {mode}\n")), None)
    if mode is None:
        raise ValueError(f"it begins with none of {', '.join(f'=== {m}' for m in MODES)}")
    found = Notebook([], mode)
    for words, body in zip(parts[::2], parts[1::2]):
        what, _, name = words.strip().partition(" ")
        body = body[:-1] if body.endswith("\n") else body
        if not what:
            found.cells.append(body)
        elif what == "file":
            found.files[name] = body
        elif what == "edit":
            found.edit[int(name)] = body
        elif what == "edited":
            found.edited_files[name] = body
        else:
            raise ValueError(f"# %%{words} is no part of a notebook")
    return found
