// The workspace of the scenario: a notebook whose header is stale, and a module beside it.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const cells = [
  ["markdown", "# Weights of penguins"],
  ["code", "import measure"],
  ["code", "SCALE = 2.5"],
  ["code", "weights = [3.75, 3.8, 3.25, 4.1]"],
  ["code", "def scaled(values):\n    return [v * SCALE for v in values]"],
  ["code", "%%xetmemo input=weights,scaled output=total\ntotal = sum(scaled(weights))"],
  ["markdown", "The middle is measured by the module beside this notebook: 🐧"],
  ["code", "%%xetmemo input=weights output=middle\nmiddle = measure.middle(weights)"],
  ["code", "print(f\"🐧 {total:.1f}, {middle:.2f}\")"],
];

const module = `def middle(values):
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
`;

/** Makes the folder, with a pin in the cell that uses the module; returns the paths. */
export function makeWorkspace(folder, tool) {
  mkdirSync(folder, { recursive: true });
  const notebook = path.join(folder, "penguins.ipynb");
  const helper = path.join(folder, "measure.py");
  writeFileSync(helper, module);
  writeFileSync(notebook, JSON.stringify(asNotebook(), null, 1) + "\n");
  execFileSync(tool, ["annotate", "--pins", "--cell", "7", notebook]);
  return { folder, notebook, helper };
}

function asNotebook() {
  return {
    cells: cells.map(([kind, text], i) => ({
      cell_type: kind,
      ...(kind === "code" ? { execution_count: null } : {}),
      id: `cell-${i}`,
      metadata: {},
      ...(kind === "code" ? { outputs: [] } : {}),
      source: text.split(/(?<=\n)/),
    })),
    metadata: { kernelspec: { display_name: "Python 3", language: "python", name: "python3" }, language_info: { name: "python", version: "3.11.4" } },
    nbformat: 4,
    nbformat_minor: 5,
  };
}
