import { strict as assert } from "node:assert";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { candidates, find, versionOf, type Surroundings } from "../src/program.ts";

const here: Surroundings = { setting: "", workspace: "/w", interpreter: undefined, path: "", windows: false, home: "/home/u" };

const cases: [string, Partial<Surroundings>, string[]][] = [
  ["a setting leaves no choice", { setting: "/opt/x", interpreter: "/env/bin/python", path: "/usr/bin" }, ["/opt/x"]],
  ["a relative setting starts from the workspace", { setting: "tools/x" }, ["/w/tools/x"]],
  ["a setting in the home folder", { setting: "~/bin/x" }, ["/home/u/bin/x"]],
  ["the environment comes before PATH", { interpreter: "/env/bin/python3", path: "/usr/bin:/bin" }, ["/env/bin/xetmemo-lint", "/usr/bin/xetmemo-lint", "/bin/xetmemo-lint"]],
  ["relative entries of PATH are not looked at", { path: ".::bin:/usr/bin" }, ["/usr/bin/xetmemo-lint"]],
  ["each place once", { interpreter: "/usr/bin/python3", path: "/usr/bin" }, ["/usr/bin/xetmemo-lint"]],
];
for (const [name, given, want] of cases) {
  test(name, () => {
    assert.deepEqual(candidates({ ...here, ...given }), want);
  });
}

async function withProgram(text: string, use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "xetmemo-"));
  try {
    const path = join(folder, "xetmemo-lint");
    await writeFile(path, `#!/bin/sh\n${text}\n`);
    await chmod(path, 0o755);
    await use(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("the first that can be run", async () => {
  await withProgram("", async (path) => {
    assert.equal(await find(["/no/such/file", tmpdir(), path]), path);
    await rm(path);
    assert.equal(await find([path]), undefined);
    assert.equal(await find([]), undefined);
  });
});

test("the version", async () => {
  await withProgram(`[ "$1" = lsp ] || echo "xetmemo-lint 1.2.3 (go1.26)"`, async (path) => {
    assert.equal(await versionOf(path), "1.2.3");
  });
});

test("another program is refused", async () => {
  await withProgram("echo hello", (path) => assert.rejects(versionOf(path), /is not xetmemo-lint: it says "hello/));
  await withProgram("exit 3", (path) => assert.rejects(versionOf(path), /can't be run/));
});

test("a program without a language server is refused", async () => {
  await withProgram(`[ "$1" = version ] && echo "xetmemo-lint 0.0.1 (go1.26)"`, (path) => assert.rejects(versionOf(path), /no language server yet/));
});
