// The selected Python, as far as the Python extension is there to say.

import * as vscode from "vscode";

/** What is used of the Python extension's interface (its npm package "@vscode/python-extension"). */
interface Python {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(path: { readonly path: string }): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

async function python(): Promise<Python | undefined> {
  try {
    return await vscode.extensions.getExtension<Python>("ms-python.python")?.activate();
  } catch {
    return undefined; // its failure is its own to tell
  }
}

export async function interpreterOf(resource: vscode.Uri | undefined): Promise<string | undefined> {
  const api = (await python())?.environments;
  if (api === undefined) return undefined;
  const found = await api.resolveEnvironment(api.getActiveEnvironmentPath(resource));
  return found?.executable.uri?.fsPath;
}

export async function onInterpreterChange(then: () => void): Promise<vscode.Disposable> {
  const api = (await python())?.environments;
  return api?.onDidChangeActiveEnvironmentPath(then) ?? new vscode.Disposable(() => undefined);
}
