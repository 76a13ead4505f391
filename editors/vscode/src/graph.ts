// The picture of a notebook, in a tab of its own.

import * as vscode from "vscode";

/** Shows an SVG. It runs no script and loads nothing. */
export function showGraph(title: string, svg: string): void {
  const panel = vscode.window.createWebviewPanel("xetmemo.graph", `Graph of ${title}`, vscode.ViewColumn.Beside, {
    enableScripts: false,
    localResourceRoots: [],
  });
  panel.webview.html = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body { background: #fff; padding: 1em } svg { max-width: 100%; height: auto }</style>
</head>
<body>${svg}</body>
</html>`;
}
