import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { test } from "node:test";

// npm runs the tests in the extension's folder.
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
  contributes: { commands: { command: string }[]; configuration: { properties: Record<string, unknown> } };
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
};

test("an untrusted workspace can't name the program", () => {
  assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, ["xetmemo.path"]);
});

test("each command of the palette is registered", () => {
  const registered = [...readFileSync("src/extension.ts", "utf8").matchAll(/\bon\("(\w+)"/g)].map((m) => `xetmemo.${m[1] ?? ""}`);
  for (const { command } of manifest.contributes.commands) assert.ok(registered.includes(command), command);
});

test("each setting is described for users", () => {
  const page = readFileSync("README.md", "utf8");
  for (const setting of Object.keys(manifest.contributes.configuration.properties)) assert.ok(page.includes(`\`${setting}\``), setting);
});

for (const folder of [".", "node", "scenario"]) {
  test(`the lock of ${folder} names no registry`, () => {
    assert.doesNotMatch(readFileSync(`${folder}/package-lock.json`, "utf8"), /"resolved"/);
  });
}
