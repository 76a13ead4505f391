// Answers the scenario's requests, POST /NAME with JSON arguments, on the port that the environment names.

const http = require("node:http");
const vscode = require("vscode");

const notebook = () => vscode.window.activeNotebookEditor?.notebook ?? vscode.workspace.notebookDocuments[0];

async function apply(uri, edits) {
  const edit = new vscode.WorkspaceEdit();
  edit.set(uri, edits);
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new Error("the edit was not applied");
  }
}

const dataOf = (cell) => {
  const data = new vscode.NotebookCellData(cell.kind, cell.document.getText(), cell.document.languageId);
  data.metadata = cell.metadata;
  data.outputs = [...cell.outputs];
  return data;
};

const requests = {
  async open(file) {
    const document = await vscode.workspace.openNotebookDocument(vscode.Uri.file(file));
    await vscode.window.showNotebookDocument(document, { viewColumn: vscode.ViewColumn.One });
  },
  async insertCell(index, text) {
    await apply(notebook().uri, [vscode.NotebookEdit.insertCells(index, [new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, "python")])]);
  },
  async deleteCell(index) {
    await apply(notebook().uri, [vscode.NotebookEdit.deleteCells(new vscode.NotebookRange(index, index + 1))]);
  },
  /** Moves a cell before another one; both are numbers of before the move. */
  async moveCell(from, to) {
    const cell = dataOf(notebook().cellAt(from));
    await apply(notebook().uri, [
      vscode.NotebookEdit.deleteCells(new vscode.NotebookRange(from, from + 1)),
      vscode.NotebookEdit.insertCells(to, [cell]),
    ]);
  },
  async turnTo(index, kind) {
    const cell = dataOf(notebook().cellAt(index));
    cell.kind = kind === "markdown" ? vscode.NotebookCellKind.Markup : vscode.NotebookCellKind.Code;
    cell.languageId = kind === "markdown" ? "markdown" : "python";
    await apply(notebook().uri, [vscode.NotebookEdit.replaceCells(new vscode.NotebookRange(index, index + 1), [cell])]);
  },
  async setText(index, text) {
    const { document } = notebook().cellAt(index);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
    await vscode.workspace.applyEdit(edit);
  },
  async editFile(file, before, after) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Two, preserveFocus: true });
    const at = document.getText().indexOf(before);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + before.length)), after);
    await vscode.workspace.applyEdit(edit);
  },
  async saveFile(file) {
    await vscode.workspace.textDocuments.find((d) => d.uri.fsPath === file).save();
  },
  async save() {
    await notebook().save();
  },
  cells() {
    return notebook().getCells().map((c) => ({ kind: c.kind === vscode.NotebookCellKind.Code ? "code" : "markdown", text: c.document.getText() }));
  },
  /** The findings of all cells, in the order of check's. */
  findings() {
    return notebook().getCells().flatMap((cell) =>
      vscode.languages.getDiagnostics(cell.document.uri).filter((d) => d.source === "xetmemo-lint").map((d) => ({
        cell: cell.index, code: d.code, line: d.range.start.line + 1, message: d.message,
      })));
  },
  /** Does the code action with a title, as a click on it would. */
  async act(index, title) {
    const { document } = notebook().cellAt(index);
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const list = await vscode.commands.executeCommand("vscode.executeCodeActionProvider", document.uri, whole, undefined, 50);
    const action = list.find((a) => a.title === title);
    if (action === undefined) {
      throw new Error(`no action ${title} among ${list.map((a) => a.title).join("; ")}`);
    }
    if (action.edit) {
      await vscode.workspace.applyEdit(action.edit);
    }
    if (action.command) {
      await vscode.commands.executeCommand(action.command.command, ...(action.command.arguments ?? []));
    }
  },
  async run(command, ...args) {
    return (await vscode.commands.executeCommand(command, ...args)) ?? null;
  },
  /** Starts a command that waits for the user. */
  start(command, ...args) {
    void vscode.commands.executeCommand(command, ...args);
  },
  async set(name, value) {
    const [section, ...rest] = name.split(".");
    await vscode.workspace.getConfiguration(section).update(rest.join("."), value, vscode.ConfigurationTarget.Global);
  },
};

exports.activate = (context) => {
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const part of request) {
      body += part;
    }
    try {
      const answer = await requests[request.url.slice(1)](...JSON.parse(body));
      response.end(JSON.stringify(answer ?? null));
    } catch (error) {
      response.statusCode = 500;
      response.end(String(error?.stack ?? error));
    }
  });
  server.listen(Number(process.env.XETMEMO_SCENARIO_PORT), "127.0.0.1");
  context.subscriptions.push({ dispose: () => server.close() });
};
