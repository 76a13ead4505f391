"""Run notebooks in real kernels, each in its folder, storing every memoized cell: run_notebook.py NB…

For tests of the linter that need memos and traces. The runtime's lines are printed. Exit 1 when a cell raises.
"""

import json
import sys
from pathlib import Path

from conftest import Kernel

START = "import xetcache; xetcache.set_runtime_threshold(0)"


def run(path: Path) -> bool:
    """Run the code cells in order, to the first that raises."""
    kernel = Kernel(path.parent)
    try:
        sources = ["".join(c["source"]) for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
        for source in [START, *sources]:
            outcome = kernel.run(source)
            for line in outcome.lines:
                print(line)
            if outcome.error is not None:
                print(outcome.error, file=sys.stderr)
                return False
        return True
    finally:
        kernel.stop()


if __name__ == "__main__":
    sys.exit(not all([run(Path(name).resolve()) for name in sys.argv[1:]]))
