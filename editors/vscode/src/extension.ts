// The client of "xetmemo-lint lsp". What is found and what is done about it is the server's; here
// are the settings, the program, what only an editor can do, and a word on how it goes.

import * as vscode from "vscode";
import { homedir } from "node:os";
import { ExecuteCommandRequest, LanguageClient, RevealOutputChannelOn, State } from "vscode-languageclient/node";
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
  await session.start();
}

export async function deactivate(): Promise<void> {
  await session?.stop();
}

class Session implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private readonly log = vscode.window.createOutputChannel("xetmemo", { log: true });
  private readonly status = vscode.window.createStatusBarItem("xetmemo.status", vscode.StatusBarAlignment.Right, 50);

  constructor() {
    this.status.name = "xetmemo";
    this.status.command = "xetmemo.showLog";
    this.show("$(sync~spin) xetmemo", "starting");
  }

  async start(): Promise<void> {
    const settings = vscode.workspace.getConfiguration(section);
    const setting = settings.get<string>("path", "").trim();
    const list = candidates({
      setting,
      workspace: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
      interpreter: await interpreterOf(vscode.window.activeNotebookEditor?.notebook.uri),
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
          { notebook: "interactive", language: "python" },
          { scheme: "file", language: "python" },
        ],
        initializationOptions: { splitCells: true, inlayHints: settings.get("inlayHints"), codeLens: settings.get("codeLens") },
        outputChannel: this.log,
        revealOutputChannelOn: RevealOutputChannelOn.Never,
      },
    );
    client.onDidChangeState((e) => {
      if (e.newState === State.Running) this.show("xetmemo", `xetmemo-lint ${version} is running\n${program}`);
      else if (e.newState === State.Stopped) this.show("$(warning) xetmemo", "the language server is not running");
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

  async restart(): Promise<void> {
    this.show("$(sync~spin) xetmemo", "starting");
    await this.stop();
    await this.start();
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
      on("explainCell", async () => {
        const cell = activeCell();
        const text = cell && (await this.ask("xetmemo.explain", cell.document.uri.toString()));
        if (typeof text === "string") {
          const document = await vscode.workspace.openTextDocument({ content: text, language: "plaintext" });
          await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside });
        }
      }),
      on("splitCell", (notebook: string, cell: string, split: Split) => splitCell(notebook, cell, split)),
      on("showLog", () => {
        this.log.show(true);
      }),
      on("restart", () => this.restart()),
    ];
  }

  dispose(): void {
    this.status.dispose();
    this.log.dispose();
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
