"""What ``%xetmemo auto`` costs a notebook of 100 quick cells: the CPU time of the kernel and its analyser without it, with xetcache
merely loaded, at its first run and at its second, of several runs the least. It reads /proc, so it runs on Linux only.

    python bench/auto.py [--rounds 3]
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = Path(__file__).parents[1]

RUN = """
import os, sys, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("import numpy as np, pandas as pd", store_history=True)
if sys.argv[1] != "plain":
    shell.run_cell("import xetcache" + ("\\n%xetmemo auto" if sys.argv[1] == "auto" else ""), store_history=True)
    shell.run_cell("pass", store_history=True)
cells = [open(path).read() for path in sys.argv[2:]]
wall, cpu = time.perf_counter(), time.process_time()
for cell in cells:
    assert shell.run_cell(cell, store_history=True).success
cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
children = 0.0
for pid in open(f"/proc/self/task/{os.getpid()}/children").read().split():
    children += sum(map(int, open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")
print(cpu + children, wall, file=sys.stderr)
"""

KINDS = [
    "rows{i} = [{{'name': f'n{{k}}', 'value': k * {i} % 17}} for k in range(20_000)]\nlen(rows{i})",
    "frame{i} = pd.DataFrame(rows{p})\nframe{i}.head({i} % 5 + 1)",
    "def scaled{i}(x):\n    return x * {i}",
    "frame{p}['scaled'] = frame{p}.value.map(scaled{q})\nframe{p}.groupby('value').scaled.mean()",
    "limit{i} = {i}\nprint(limit{i})",
    "data{i} = np.random.default_rng({i}).normal(size=(300, 300))\n(data{i} @ data{i}.T).trace()",
]


def cells():
    found = []
    for i in range(100):
        kind = i % len(KINDS)
        before = i - kind
        found.append(KINDS[kind].format(i=i, p=before if kind == 1 else before + 1, q=before + 2))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    found = {"plain": [], "loaded": [], "first": [], "second": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for i, cell in enumerate(cells()):
                paths.append(os.path.join(folder, f"{i:03}.py"))
                Path(paths[-1]).write_text(cell)
            env = dict(os.environ, PYTHONPATH=str(PACKAGE), IPYTHONDIR=folder, XETCACHE_CONFIG_DIR=os.path.join(folder, "config"), OMP_NUM_THREADS="1")
            for name, mode in (("plain", "plain"), ("loaded", "loaded"), ("first", "auto"), ("second", "auto")):
                ran = subprocess.run([sys.executable, "-c", RUN, mode, *paths], cwd=folder, env=env, check=True, capture_output=True, text=True)
                found[name].append([float(word) for word in ran.stderr.split()[-2:]])
    plain = min(cpu for cpu, _ in found["plain"])
    for name, took in found.items():
        cpu, wall = (min(numbers) for numbers in zip(*took))
        print(f"{name:7} {cpu * 1000:7.0f} ms CPU ({(cpu / plain - 1) * 100:+.1f}%)  {wall * 1000:7.0f} ms")


if __name__ == "__main__":
    main()
