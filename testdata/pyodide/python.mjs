// Runs a script as python.sh says.

import { loadPyodide } from "pyodide";
import fs from "node:fs";
import path from "node:path";

const flag = ["-m", "-c"].includes(process.argv[2]) ? process.argv[2] : "";
const [script, ...args] = process.argv.slice(flag ? 3 : 2);
if (!script) {
  console.error("usage: python.sh script.py argument …, or -m module argument …, or -c code");
  process.exit(2);
}

const python = await loadPyodide();
const skip = new Set(["dev", "proc", "lib"]); // Python's own, in WebAssembly
for (const entry of fs.readdirSync("/", { withFileTypes: true })) {
  const root = "/" + entry.name;
  if (skip.has(entry.name) || !fs.statSync(root).isDirectory()) continue;
  python.FS.mkdirTree(root);
  python.FS.mount(python.FS.filesystems.NODEFS, { root }, root);
}
python.setStdout({ write: (bytes) => fs.writeSync(1, bytes) });
python.setStderr({ write: (bytes) => fs.writeSync(2, bytes) });
python.globals.set("argv", python.toPy([flag ? script : path.resolve(script), ...args]));
python.globals.set("path", python.toPy((process.env.PYTHONPATH ?? "").split(path.delimiter).filter(Boolean)));
python.globals.set("flag", flag);
python.globals.set("folder", process.cwd());
process.exitCode = python.runPython(`
import os, runpy, sys, traceback
os.chdir(folder)
sys.argv = list(argv)
sys.path[:0] = [folder if flag else os.path.dirname(sys.argv[0]), *path]
sys.dont_write_bytecode = True
try:
    if flag == "-c":
        exec(sys.argv[0], {"__name__": "__main__"})
    elif flag == "-m":
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(sys.argv[0], run_name="__main__")
    status = 0
except SystemExit as error:
    status = error.code if isinstance(error.code, int) else int(error.code is not None)
    if isinstance(error.code, str):
        print(error.code, file=sys.stderr)
except BaseException:
    traceback.print_exc()
    status = 1
sys.stdout.flush()
status
`);
