// Splitting a cell: the protocol has no edit that adds a cell, so the server leaves this to us.

import * as vscode from "vscode";

export interface Split {
  /** The source of the new cell above. */
  readonly above: string;
  /** What is left of the cell. */
  readonly text: string;
}

export async function splitCell(notebookUri: string, cellUri: string, split: Split): Promise<void> {
  const notebook = vscode.workspace.notebookDocuments.find((n) => n.uri.toString() === notebookUri);
  const cell = notebook?.getCells().find((c) => c.document.uri.toString() === cellUri);
  if (notebook === undefined || cell === undefined) return;
  const edit = new vscode.WorkspaceEdit();
  const whole = new vscode.Range(0, 0, cell.document.lineCount, 0);
  edit.replace(cell.document.uri, cell.document.validateRange(whole), split.text);
  const above = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, split.above, cell.document.languageId);
  edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(cell.index, [above])]);
  await vscode.workspace.applyEdit(edit);
}
