"""Write docs/auto.svg: a notebook in auto mode, run, its kernel restarted, and run again, at the speed at which it ran.

    python tools/recording.py
"""

import html
import os
import re
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "runtime-py" / "tests"))
os.environ["XETMEMO_LINE"] = "short"  # what a notebook shows

import numpy  # noqa: E402, F401  (imported once, in the process that is forked)
import pandas  # noqa: E402, F401

from stepped import Stepped  # noqa: E402

CELLS = [
    "%load_ext xetcache\n%xetmemo auto",
    "import time\nimport numpy as np, pandas as pd",
    "def simulated(seed):\n    time.sleep(0.4)  # as a slow model would\n    return np.random.default_rng(seed).normal(size=10_000)",
    "df = pd.DataFrame({f'run {i}': simulated(i) for i in range(8)})",
    "df.mean().round(3).head(3)",
    "%xetmemo",
]
LINE, LEFT, SIZE = 19, 16, 13


def main():
    shown, now = [], 0.5  # (second, class, text)
    with tempfile.TemporaryDirectory() as folder:
        for title in ("", "— kernel restarted, all cells run again —"):
            if title:
                now += 1.5
                shown += [(now, "note", ""), (now, "note", title), (now, "note", "")]
            shell = Stepped(folder)
            for number, cell in enumerate(CELLS, 1):
                for i, line in enumerate(cell.split("\n")):
                    shown.append((now, "code", (f"In [{number}]: " if i == 0 else " " * 8) + line))
                since = time.perf_counter()
                text, _, own = shell.run(cell)
                now += max(0.3, time.perf_counter() - since)
                text = re.sub(r"^result: \n?", "", text.removesuffix(repr("")))
                shown += [(now, "text", line) for line in text.splitlines()]
                shown += [(now, "own", "xetmemo: " + line) for line in own]
            shell.stop()
    (ROOT / "docs" / "auto.svg").write_text(svg(shown, now + 4), encoding="utf-8")


def svg(shown, seconds):
    height = LINE * len(shown) + 2 * LEFT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="{height}" viewBox="0 0 900 {height}" font-family="monospace" font-size="{SIZE}">',
        "<style>.code{fill:#1a3f8b}.text{fill:#333}.own{fill:#8a4b00;font-weight:bold}.note{fill:#777}text{white-space:pre}</style>",
        f'<rect width="900" height="{height}" rx="6" fill="#fbfbfa" stroke="#ccc"/>',
    ]
    for i, (at, kind, text) in enumerate(shown):
        share = at / seconds
        lines.append(
            f'<text class="{kind}" xml:space="preserve" x="{LEFT}" y="{LEFT + LINE * (i + 1) - 5}">{html.escape(text)}'
            f'<animate attributeName="opacity" values="0;0;1;1" keyTimes="0;{share:.4f};{share:.4f};1" dur="{seconds:.1f}s" repeatCount="indefinite"/></text>'
        )
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    os.environ.setdefault("XETMEMO_LINT", str(ROOT / "xetmemo-lint"))
    os.environ["PYTHONPATH"] = str(ROOT / "runtime-py")
    main()
