"""What the resident analyser costs: its start, its answer with many cells behind it, and its memory.

    python bench/analyser.py [CELLS...]

XETMEMO_LINT names the binary. The cells are of the kinds that notebooks have: functions, frames, fits, loops that collect.
"""

import statistics
import sys
import time

from xetcache.notebook import analyser

KINDS = [
    "import pandas as pd\nfrom sklearn.linear_model import LinearRegression\nresults = []\nLIMIT = {n}",
    "def clean_{n}(df, by=LIMIT):\n    out = df[df.a > by].dropna()\n    out['b'] = out.a * LIMIT\n    return out",
    "df_{n} = pd.read_csv('data.csv')\ndf_{n}['c'] = df_{n}.a.map(lambda x: x + LIMIT)\ndf_{n}.describe()",
    "model = LinearRegression()\nmodel.fit(df_{df}[['a']], df_{df}.b)\nscore = model.score(df_{df}[['a']], df_{df}.b)",
    "for k in range(10):\n    part = clean_{f}(df_{df}, k)\n    results.append((k, len(part)))\nprint(results[-1])",
]


def cell(n):
    first = n - n % len(KINDS)
    return KINDS[n % len(KINDS)].format(n=n, f=first + 1, df=first + 2)


def measure(behind):
    client = analyser.Analyser({})
    for n in range(behind):
        client.ran(cell(n))
    since = time.perf_counter()
    while client.answer() is None:  # on a busy machine, thousands of cells take more than the two seconds that are waited
        time.sleep(0.05)
    start = time.perf_counter() - since
    took = []
    for n in range(behind, behind + 500):
        since = time.perf_counter()
        client.ran(cell(n))
        assert client.answer() is not None, client.problem
        took.append((time.perf_counter() - since) * 1000)
        time.sleep(0.002)
    pid = client._process._popen.pid
    memory = "?"
    if sys.platform == "linux":
        with open(f"/proc/{pid}/status") as f:
            memory = next(int(line.split()[1]) / 1024 for line in f if line.startswith("VmRSS"))
    client.forget()
    took.sort()
    print(
        f"{behind:6} cells behind: start with all of them told {start * 1000:6.1f} ms; the next {statistics.median(took):.2f} ms in the median, "
        f"{took[int(len(took) * 0.99)]:.2f} ms in 99%, {took[-1]:.2f} ms at most; {memory:.0f} MB"
    )


if __name__ == "__main__":
    for behind in [int(word) for word in sys.argv[1:]] or (1, 30, 300, 3000):
        measure(behind)
