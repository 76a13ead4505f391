// The client of "xetmemo-lint lsp". What is found and what is done about it is the server's; here
// are the settings, the program, what only an editor can do, and a word on how it goes.

import * as vscode from "vscode";
import { homedir } from "node:os";
import { ExecuteCommandRequest, LanguageClient, RevealOutputChannelOn, State } from "vscode-languageclient/node";
import { askForName, Explanations } from "./explain.ts";
import { showGraph } from "./graph.ts";
import { interpreterOf, onInterpreterChange } from "./python.ts";
import { candidates, find, versionOf } from "./program.ts";
import { splitCell, type Split } from "./split.ts";

const section = "xetmemo";

let session: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  session = new Session();
  context.subscriptions.push(session, ...session.commands());
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((e) => {
      if (e.affectsConfiguration(`${section}.path`)) void session?.restart();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void session?.restart()),
    await onInterpreterChange(() => void session?.restart()),
  );
  await session.restart();
}

export async function deactivate(): Promise<void> {
  await session?.stop();
}

class Session implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private starting = Promise.resolve();
  private readonly explanations = new Explanations();
  private readonly log = vscode.window.createOutputChannel("xetmemo", { log: true });
  private readonly status = vscode.window.createStatusBarItem("xetmemo.status", vscode.StatusBarAlignment.Right, 50);

  constructor() {
    this.status.name = "xetmemo";
    this.status.command = "xetmemo.menu";
    this.show("$(sync~spin) xetmemo", "starting");
  }

  /** Starts the server, or starts it anew. Calls that come meanwhile wait: one server runs at a time. */
  restart(): Promise<void> {
    this.starting = this.starting.then(async () => {
      this.show("$(sync~spin) xetmemo", "starting");
      try {
        await this.stop();
        await this.start();
      } catch (error) {
        this.failed(`the language server can't be started: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
    return this.starting;
  }

  private async start(): Promise<void> {
    const settings = vscode.workspace.getConfiguration(section);
    const setting = settings.get<string>("path", "").trim();
    const list = candidates({
      setting,
      workspace: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
      // The environment may be a folder of the workspace: what it brings along is run only when it is trusted.
      interpreter: vscode.workspace.isTrusted ? await interpreterOf(vscode.window.activeNotebookEditor?.notebook.uri) : undefined,
      path: process.env.PATH ?? "",
      windows: process.platform === "win32",
      home: homedir(),
    });
    const program = await find(list);
    if (program === undefined) {
      this.failed(
        setting === ""
          ? "xetmemo-lint was not found: pip install xetmemo-lint into the notebook's environment, or name it in the setting xetmemo.path."
          : `The setting xetmemo.path names ${setting}, which is no program.`,
      );
      return;
    }
    let version: string;
    try {
      version = await versionOf(program);
    } catch (error) {
      this.failed(error instanceof Error ? error.message : String(error));
      return;
    }
    this.log.info(`${program}, version ${version}`);
    const client = new LanguageClient(
      section,
      "xetmemo",
      { command: program, args: ["lsp"] },
      {
        documentSelector: [
          { notebook: "jupyter-notebook", language: "python" },
          { notebook: "jupyter-notebook", language: "markdown" }, // the first cell is asked what to do on save
          { notebook: "interactive", language: "python" },
          { scheme: "file", language: "python" },
        ],
        initializationOptions: { splitCells: true },
        outputChannel: this.log,
        revealOutputChannelOn: RevealOutputChannelOn.Never,
      },
    );
    client.onDidChangeState((e) => {
      if (e.newState === State.Running) this.show(`$(check) xetmemo ${version}`, `xetmemo-lint ${version} is running\n${program}`);
      else if (e.newState === State.Stopped && this.client === client) this.show("$(warning) xetmemo", "the language server is not running");
    });
    this.client = client;
    await client.start();
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client?.needsStop() === true) await client.stop();
    await client?.dispose();
  }

  commands(): vscode.Disposable[] {
    const on = (name: string, run: (...args: never[]) => unknown) => vscode.commands.registerCommand(`${section}.${name}`, run);
    return [
      on("annotate", () => this.forNotebook("xetmemo.annotateNotebook", "Every header is as it should be.")),
      on("fix", () => this.forNotebook("xetmemo.fixAll", "There is nothing to fix.")),
      on("showGraph", async () => {
        const notebook = activeNotebook();
        const svg = notebook && (await this.ask("xetmemo.graph", notebook.uri.toString(), "svg"));
        if (typeof svg === "string") showGraph(notebook?.uri.path.split("/").at(-1) ?? "notebook", svg);
      }),
      on("explainName", async () => {
        const cell = activeCell();
        const name = cell && (await askForName(cell));
        if (name === undefined) return;
        const text = await this.ask("xetmemo.explain", cell?.document.uri.toString() ?? "", ...(name === "" ? [] : [name]));
        if (typeof text === "string") await this.explanations.show(name === "" ? `cell ${String(cell?.index)}` : name, text);
      }),
      on("splitCell", (notebook: string, cell: string, split: Split) => splitCell(notebook, cell, split)),
      on("showLog", () => {
        this.log.show(true);
      }),
      on("restart", () => this.restart()),
      on("menu", menu),
    ];
  }

  dispose(): void {
    this.status.dispose();
    this.log.dispose();
    this.explanations.dispose();
  }

  /** Has the server change the notebook, and says so when there is nothing to change. */
  private async forNotebook(command: string, nothing: string): Promise<void> {
    const notebook = activeNotebook();
    const changed = notebook && (await this.ask(command, notebook.uri.toString()));
    if (changed === 0) void vscode.window.showInformationMessage(nothing);
  }

  private async ask(command: string, ...args: string[]): Promise<unknown> {
    if (this.client?.isRunning() !== true) {
      void vscode.window.showWarningMessage("xetmemo: the language server is not running; its log says why.");
      return undefined;
    }
    try {
      return await this.client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args });
    } catch (error) {
      void vscode.window.showErrorMessage(`xetmemo: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  private failed(why: string): void {
    this.log.error(why);
    this.show("$(warning) xetmemo", why);
    void vscode.window.showWarningMessage(`xetmemo: ${why}`, "Open settings", "Try again").then((choice) => {
      if (choice === "Open settings") void vscode.commands.executeCommand("workbench.action.openSettings", "xetmemo.path");
      if (choice === "Try again") void this.restart();
    });
  }

  private show(text: string, tooltip: string): void {
    this.status.text = text;
    this.status.tooltip = tooltip;
    this.status.show();
  }
}

/** What a click on the status bar's item offers. */
async function menu(): Promise<void> {
  const chosen = await vscode.window.showQuickPick(
    [
      { label: "$(output) Show the log", command: "xetmemo.showLog", argument: undefined },
      { label: "$(debug-restart) Restart the language server", command: "xetmemo.restart", argument: undefined },
      { label: "$(gear) Open the settings", command: "workbench.action.openSettings", argument: "@ext:xetmemo.xetmemo" },
    ],
    { title: "xetmemo" },
  );
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command, chosen.argument);
}

function activeNotebook(): vscode.NotebookDocument | undefined {
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  if (notebook === undefined) void vscode.window.showInformationMessage("xetmemo: open a notebook first.");
  return notebook;
}

function activeCell(): vscode.NotebookCell | undefined {
  const editor = vscode.window.activeNotebookEditor;
  const notebook = activeNotebook();
  if (editor === undefined || notebook === undefined || notebook.cellCount === 0) return undefined;
  return notebook.cellAt(editor.selection.start);
}
