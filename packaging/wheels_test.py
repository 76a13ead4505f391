"""Install both packages from their wheels into a fresh environment, and memoize a notebook there.

    python packaging/wheels_test.py [DIST]

DIST holds the wheels of `make wheels`; without it those for this system are built. Installs IPython and ipykernel from PyPI; building
needs Go.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "packaging"))
import wheels  # noqa: E402

VERSION = wheels.current()

CELLS = [
    "import xetcache; xetcache.set_runtime_threshold(0)",
    "factor = 3\ndef scaled(x): return x * factor",
    "%%xetmemo\ny = scaled(2)\ny",
    "from xetcache.notebook import analyser; analyser.current()._process._popen.args[0]",
]

# Runs the cells in a kernel of this environment, and prints what each shows.
RUN = """
import json, sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="python3")
shown = []
for cell in json.loads(sys.argv[1]):
    texts = []
    client.execute_interactive(cell, timeout=60, output_hook=lambda m: texts.append(m["content"].get("text") or m["content"].get("data", {}).get("text/plain", "")))
    shown.append("".join(texts))
client.stop_channels()
manager.shutdown_kernel(now=True)
print(json.dumps(shown))
"""


def main(dist=None):
    with tempfile.TemporaryDirectory() as tmp:
        tmp = pathlib.Path(tmp)
        if dist is None:
            dist = tmp / "dist"
            dist.mkdir()
            wheels.build(VERSION, dist, wheels.native())
            wheels.runtime(VERSION, dist)
        (wheel,) = pathlib.Path(dist).glob("xetcache-*.whl")
        version = wheel.name.split("-")[1]
        venv = tmp / "venv"
        bin = venv / ("Scripts" if os.name == "nt" else "bin")
        env = {k: v for k, v in os.environ.items() if k not in ("XETMEMO_LINT", "PYTHONPATH", "VIRTUAL_ENV")} | {"HOME": str(tmp), "IPYTHONDIR": str(tmp / "ipython")}
        run([sys.executable, "-m", "venv", venv], env)
        pip = [bin / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        run([*pip, "--find-links", dist, f"xetcache=={version}", "ipykernel"], env)
        linter = run([bin / "xetmemo-lint", "version"], env)
        expect(f"v{version}" in linter, f"the linter beside the runtime is {linter}")
        expect(run([bin / "python", "-c", "import xetcache; print(xetcache.__version__)"], env).strip() == version, "the runtime has another version")
        book = tmp / "book"
        book.mkdir()
        for said in ("xetmemo: miss; stored y", "xetmemo: hit y"):
            shown = json.loads(run([bin / "python", "-c", RUN, json.dumps(CELLS)], env, book))
            expect(said in shown[2] and "6" in shown[2], f"the memoized cell showed {shown[2]!r}, not {said!r}")
            expect(pathlib.Path(shown[3].strip("'")).parent == bin, f"the analyser is {shown[3]}")
    print("all passed")


def expect(holds, otherwise):
    if not holds:
        sys.exit(otherwise)


def run(command, env, cwd=None):
    done = subprocess.run([str(c) for c in command], env=env, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main(*sys.argv[1:])
