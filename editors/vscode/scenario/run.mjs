// The extension in a real VS Code: code-server, with Chromium as the user's screen. Every step fails when what it
// waits for is not seen; pictures are left in .run/pictures.
//
// What the user does goes through the screen where that is reliable; cells are inserted, moved and turned to
// text by the driver extension, through VS Code's own interface.

import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { chromium } from "playwright-core";

import { makeWorkspace } from "./workspace.mjs";

const here = import.meta.dirname;
const root = path.join(here, "..", "..", "..");
const run = path.join(here, ".run");
const pictures = path.join(run, "pictures");
const patience = 30_000; // milliseconds until a step has failed

rmSync(run, { recursive: true, force: true });
mkdirSync(pictures, { recursive: true });
const tool = path.join(run, "xetmemo-lint"); // a copy, so that its processes can be told from others
copyFileSync(path.join(root, "xetmemo-lint"), tool);
const { folder, notebook, helper } = makeWorkspace(path.join(run, "workspace"), tool);

const [port, driverPort] = [await freePort(), await freePort()];
const code = startCode();
let browser;
try {
  await until("code-server answers", async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok);
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width: 1400, height: 1600 } });
  await scenario(page);
  console.log("all steps seen");
} catch (error) {
  await browser?.contexts()[0]?.pages()[0]?.screenshot({ path: path.join(pictures, "failed.png") });
  console.error(error);
  process.exitCode = 1;
} finally {
  await browser?.close();
  await stop(code);
}

async function scenario(page) {
  const picture = async (name) => {
    await sleep(500); // what fades in has
    await page.screenshot({ path: path.join(pictures, `${name}.png`) });
  };
  const seen = (selector, text) =>
    page.locator(selector).filter({ hasText: text }).first().waitFor({ state: "visible", timeout: patience }).then(() => console.log(`  seen: ${text ?? selector}`));

  step("a notebook with a stale header is opened");
  await page.goto(`http://127.0.0.1:${port}/?folder=${folder}`);
  await page.locator(".monaco-workbench").waitFor({ timeout: 2 * patience });
  await until("the driver answers", () => driver("cells").catch((e) => /notebook|undefined/.test(String(e))));
  await driver("run", "workbench.action.closeSidebar");
  await driver("run", "workbench.action.closeAuxiliaryBar");
  await driver("open", notebook);
  await seen(".statusbar-item", /xetmemo devel/);
  await seen(".notebookOverlay .squiggly-error");
  await driver("run", "workbench.actions.view.problems");
  await seen(".markers-panel", /missing-input: SCALE/);
  await sameAsCheck(["XM101"]);
  await picture("1-finding");

  step("it is fixed by its quick fix, and saved");
  const fixed = readFixed();
  await page.locator(".notebookOverlay .squiggly-error").first().click({ force: true });
  await until("the quick fixes are offered", async () => {
    await page.keyboard.press("Control+.");
    await page.locator(".action-widget").first().waitFor({ timeout: 2000 });
    return true;
  });
  await seen(".action-widget", /XM101: /);
  await seen(".action-widget", /Ignore XM101 in this cell/);
  await picture("2-quick-fix");
  await page.locator(".action-widget .monaco-list-row").filter({ hasText: /XM101: / }).first().click();
  await until("the header lists SCALE", async () => /input=weights,SCALE,scaled|input=weights,scaled,SCALE/.test((await driver("cells"))[5].text));
  await page.keyboard.press("Control+s");
  await until("the file is what check --fix makes of it, byte for byte", () => readFileSync(notebook, "utf8") === fixed);
  await sameAsCheck([]);

  step("hover says why a name is in the header");
  await page.keyboard.press("Escape");
  const header = page.locator(".view-line").filter({ hasText: "SCALE" }).filter({ hasText: "xetmemo" });
  await hoverOver(page, header, "SCALE");
  await seen(".monaco-hover", /SCALE[\s\S]*scaled/);
  await picture("3-hover");
  await page.mouse.move(5, 500);

  step("inlay hints and code lenses show what cells without a header read and leave");
  await driver("set", "xetmemo.inlayHints", "on");
  await seen(".notebookOverlay .view-line", /def\sscaled.*output=scaled/);
  await seen(".notebookOverlay .view-line", /print.*input=total,middle/);
  await driver("set", "xetmemo.codeLens", "on");
  await seen(".notebookOverlay .codelens-decoration", /output=weights/);
  await picture("4-inlay-hints");
  await driver("set", "xetmemo.inlayHints", "off");
  await driver("set", "xetmemo.codeLens", "off");
  await gone(page, ".notebookOverlay .view-line", /output=scaled/);

  step("cells are inserted, moved and turned to text, and the findings stay those of check");
  await driver("insertCell", 0, "%%xetmemo input=nothing output=early\nearly = 'é🐧'");
  await sameAsCheck(["XM102"]);
  await driver("moveCell", 3, 7);
  await sameAsCheck(["XM102", "XM402"]);
  await picture("5-moved");
  await driver("turnTo", 6, "markdown");
  await sameAsCheck(["XM102", "XM401"]);
  await driver("setText", 7, "text that is no Python");
  await sameAsCheck(["XM102", "XM401"]);
  await driver("turnTo", 6, "code");
  await driver("moveCell", 6, 3);
  await sameAsCheck(["XM102"]);
  await driver("run", "xetmemo.fix");
  await until("fix all takes the input out", async () => !(await driver("cells"))[0].text.includes("nothing"));
  await driver("deleteCell", 0);
  await sameAsCheck([]);

  step("a helper edited in a .py file marks the notebook, before it is saved and after");
  await driver("editFile", helper, "len(ordered) // 2", "(len(ordered) - 1) // 2");
  await until("the pin is stale", async () => (await driver("findings")).some((f) => f.code === "XM109" && f.cell === 7));
  await seen(".markers-panel", /stale-dependency/);
  await picture("6-helper");
  await driver("saveFile", helper);
  await sameAsCheck(["XM109"]);

  step("the pin is renewed when the notebook is saved");
  const renewed = readFixed();
  await driver("open", notebook);
  await driver("set", "notebook.codeActionsOnSave", { "notebook.source.fixAll.xetmemo": "explicit" });
  await driver("setText", 0, "# Weights of some penguins");
  await driver("save");
  await until("the file is what check --fix makes of it", () => readFileSync(notebook, "utf8") === renewed.replace("# Weights of penguins", "# Weights of some penguins"));
  await sameAsCheck([]);

  step("imports and definitions move to a cell of their own");
  await driver("insertCell", 8, "%%xetmemo output=root\nimport math\nroot = math.sqrt(2)");
  await driver("insertCell", 9, "print(root, math.pi)");
  await until("the cell is found not to be memoizable", async () => (await driver("findings")).some((f) => f.cell === 8));
  await driver("act", 8, "Move imports and definitions to a cell of their own");
  await until("there is a cell more", async () => {
    const cells = await driver("cells");
    return cells.length === 12 && cells[8].text === "import math" && !cells[9].text.includes("import");
  });
  await driver("deleteCell", 10);
  await driver("deleteCell", 9);
  await driver("deleteCell", 8);
  await sameAsCheck([]);

  step("the graph and an explanation are shown");
  await driver("run", "xetmemo.showGraph");
  await until("the picture is drawn", async () => {
    for (const frame of page.frames()) {
      const width = await frame.evaluate(() => document.querySelector("body > svg")?.getBoundingClientRect().width ?? 0).catch(() => 0);
      if (width > 0) {
        return true;
      }
    }
    return false;
  });
  await picture("7-graph");
  await driver("run", "workbench.action.closeActiveEditor");
  await driver("open", notebook);
  const explain = async (name) => {
    await driver("start", "xetmemo.explainName");
    await page.locator(".quick-input-widget input").first().waitFor({ timeout: patience });
    await page.keyboard.press("Control+a");
    await page.keyboard.type(name);
    await page.keyboard.press("Enter");
  };
  await explain("nowhere");
  await seen(".notification-list-item", "the notebook has no name nowhere");
  await explain("SCALE");
  await seen(".tab", "SCALE.txt");
  await seen(".view-line", /line\s2:\sread\sthrough\sscaled/);
  await picture("8-explain");
  await driver("run", "workbench.action.closeActiveEditor");
  await driver("open", notebook);
  await driver("run", "notifications.clearAll");

  step("a program that is not there is told of, with a way forward");
  await driver("set", "xetmemo.path", path.join(run, "gone"));
  await seen(".notification-list-item", /which is no program/);
  await seen(".notification-list-item .monaco-button", "Open settings");
  await picture("9-no-program");
  await driver("set", "xetmemo.path", tool);
  await driver("run", "notifications.clearAll");
  await seen(".statusbar-item", /xetmemo devel/);
  assert.equal(servers().length, 1, "one server runs");
}

/** Waits until the findings seen in the editor are those of check for the saved file, and until their codes are these. */
async function sameAsCheck(codes) {
  await driver("save");
  let shown, checked;
  const key = (f) => `${f.cell} ${f.line} ${f.code} ${f.message}`;
  await until(`the findings are check's: ${codes.join(", ") || "none"}`, async () => {
    shown = (await driver("findings")).map(key).sort();
    checked = check().map(key).sort();
    return shown.join("\n") === checked.join("\n") && JSON.stringify(codes) === JSON.stringify([...new Set(checked.map((f) => f.split(" ")[2]))].sort());
  }).catch((error) => {
    throw new Error(`${error.message}\nin the editor:\n${shown?.join("\n")}\nby check:\n${checked?.join("\n")}`);
  });
}

function check() {
  const { stdout, stderr } = spawnSync(tool, ["check", "--format", "json", notebook], { encoding: "utf8" });
  assert.equal(stderr, "");
  return JSON.parse(stdout).findings.map((f) => ({ cell: f.cell.index, code: f.code, line: f.line, message: `${f.name}: ${f.message}` }));
}

/** What check --fix makes of the notebook, which stays as it is. */
function readFixed() {
  const copy = path.join(folder, "copy.ipynb");
  copyFileSync(notebook, copy);
  execFileSync(tool, ["check", "--fix", copy], { stdio: "pipe" });
  const text = readFileSync(copy, "utf8");
  rmSync(copy);
  assert.notEqual(text, readFileSync(notebook, "utf8"), "there is something to fix");
  return text;
}

async function hoverOver(page, line, word) {
  const box = await line.first().evaluate((element, word) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.data.indexOf(word);
      if (at >= 0) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        const { x, y, width, height } = range.getBoundingClientRect();
        return { x: x + width / 2, y: y + height / 2 };
      }
    }
    return null;
  }, word);
  assert.ok(box, `${word} is on the line`);
  await page.mouse.move(box.x - 3, box.y);
  await page.mouse.move(box.x, box.y, { steps: 3 });
}

async function gone(page, selector, text) {
  await until(`${text} is gone`, async () => (await page.locator(selector).filter({ hasText: text }).count()) === 0);
}

function startCode() {
  const settings = path.join(run, "data", "User");
  mkdirSync(settings, { recursive: true });
  writeFileSync(path.join(settings, "settings.json"), JSON.stringify({
    "xetmemo.path": tool,
    "security.workspace.trust.enabled": false,
    "workbench.startupEditor": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "chat.disableAIFeatures": true,
    "files.autoSave": "off",
    "git.enabled": false,
    "notebook.lineNumbers": "on",
  }));
  const extensions = path.join(run, "extensions");
  const driverPackage = path.join(run, "driver.vsix");
  execFileSync(process.execPath, [path.join(here, "../node_modules/@vscode/vsce/vsce"), "package", "--allow-missing-repository", "--skip-license", "--out", driverPackage], { cwd: path.join(here, "driver"), stdio: "pipe" });
  const command = [path.join(here, "node_modules/code-server/out/node/entry.js"), "--user-data-dir", path.join(run, "data"), "--extensions-dir", extensions];
  const env = { ...process.env, XETMEMO_SCENARIO_PORT: String(driverPort), XDG_CONFIG_HOME: path.join(run, "config") };
  for (const extension of [path.join(root, `dist/xetmemo.vsix`), driverPackage]) {
    execFileSync(process.execPath, [...command, "--install-extension", extension], { env, stdio: "pipe" });
  }
  const log = [];
  const child = spawn(process.execPath, [...command, "--bind-addr", `127.0.0.1:${port}`, "--auth", "none", "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"], { env, detached: true });
  child.stdout.on("data", (data) => log.push(data));
  child.stderr.on("data", (data) => log.push(data));
  child.on("exit", () => writeFileSync(path.join(run, "code-server.log"), Buffer.concat(log)));
  return child;
}

/** Stops code-server, and sees that no language server is left. */
async function stop(child) {
  process.kill(-child.pid, "SIGTERM");
  await until("no language server is left", () => servers().length === 0).catch((error) => {
    console.error(error);
    process.exitCode = 1;
    servers().forEach((pid) => process.kill(pid));
  });
}

/** The processes that run our copy of the program. */
function servers() {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/exe`) === realpathSync(tool);
    } catch {
      return false;
    }
  }).map(Number);
}

async function driver(name, ...args) {
  const response = await fetch(`http://127.0.0.1:${driverPort}/${name}`, { method: "POST", body: JSON.stringify(args) });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${name}: ${text}`);
  }
  return JSON.parse(text);
}

/** Waits until a condition holds; one that throws doesn't hold yet. */
async function until(what, holds) {
  const end = Date.now() + patience;
  for (let error; ; await sleep(100)) {
    try {
      if (await holds()) {
        console.log(`  seen: ${what}`);
        return;
      }
    } catch (e) {
      error = e;
    }
    if (Date.now() > end) {
      throw new Error(`not seen in ${patience / 1000} s: ${what}`, { cause: error });
    }
  }
}

function step(what) {
  console.log(what);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
