// Why a cell reads a name or leaves it behind, as a read-only document. An untitled one would ask to be saved.

import * as vscode from "vscode";

const scheme = "xetmemo-explanation";

export class Explanations implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  readonly onDidChange = this.changed.event;

  async show(title: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${title}.txt` });
    this.texts.set(uri.path, text);
    this.changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: true, viewColumn: vscode.ViewColumn.Beside });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? "";
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

/** Asks for a name of a cell, the one at the cursor first: "" is for all names, undefined for a question that was closed. */
export async function askForName(cell: vscode.NotebookCell): Promise<string | undefined> {
  const editor = vscode.window.visibleTextEditors.find((e) => e.document === cell.document);
  const word = editor && cell.document.getWordRangeAtPosition(editor.selection.active, /[\p{L}_][\p{L}\p{N}_]*/u);
  const name = await vscode.window.showInputBox({
    title: "Explain a name of this cell",
    prompt: "Leave it empty for all names.",
    value: word ? cell.document.getText(word) : "",
  });
  return name?.trim();
}
