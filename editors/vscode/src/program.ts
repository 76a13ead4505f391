// Which program is run: the setting's, else the one that came with the selected Python's packages,
// else the first on PATH. This file knows nothing of VS Code, so that it can be tested without.

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";

export interface Surroundings {
  /** The setting xetmemo.path, "" for none. */
  readonly setting: string;
  /** The folder that a relative setting starts from. */
  readonly workspace: string | undefined;
  /** The selected Python's executable. */
  readonly interpreter: string | undefined;
  readonly path: string;
  readonly windows: boolean;
  readonly home: string;
}

/** The places to look at, in order. A setting leaves no choice. */
export function candidates(s: Surroundings): string[] {
  const name = s.windows ? "xetmemo-lint.exe" : "xetmemo-lint";
  if (s.setting !== "") {
    const setting = s.setting.startsWith("~/") ? join(s.home, s.setting.slice(2)) : s.setting;
    return [isAbsolute(setting) ? setting : resolve(s.workspace ?? s.home, setting)];
  }
  const list: string[] = [];
  if (s.interpreter !== undefined) {
    const folder = dirname(s.interpreter);
    list.push(join(folder, name));
    if (s.windows) list.push(join(folder, "Scripts", name)); // conda and the installer have python.exe above
  }
  for (const folder of s.path.split(s.windows ? ";" : ":")) {
    if (isAbsolute(folder)) list.push(join(folder, name)); // an entry like "." would run what a workspace holds
  }
  return [...new Set(list)];
}

/** The first candidate that can be run. */
export async function find(list: readonly string[]): Promise<string | undefined> {
  for (const path of list) {
    try {
      await access(path, constants.X_OK);
      if ((await stat(path)).isFile()) return path; // folders can be "executed", too
    } catch {
      // the next one
    }
  }
  return undefined;
}

/** What a program says its version is; an error when it isn't ours, or has no language server. */
export async function versionOf(path: string): Promise<string> {
  const text = await run(path, ["version"]);
  const version = /^xetmemo-lint (\S+)/.exec(text)?.[1];
  if (version === undefined) throw new Error(`${path} is not xetmemo-lint: it says ${JSON.stringify(text.slice(0, 80))}`);
  try {
    await run(path, ["lsp", "--help"]);
  } catch {
    throw new Error(`${path} is xetmemo-lint ${version}, which has no language server yet: install a newer one`);
  }
  return version;
}

function run(path: string, args: readonly string[]): Promise<string> {
  return new Promise((done, failed) => {
    execFile(path, args, { timeout: 10_000, windowsHide: true }, (error, stdout) => {
      if (error === null) done(stdout);
      else failed(new Error(`${path} can't be run: ${error.message}`));
    });
  });
}
