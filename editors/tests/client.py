"""A notebook in an editor: pygls' client, with the cells' texts on the client's side."""

import asyncio
import contextlib
import json
import random
import subprocess
import time
from pathlib import Path

from lsprotocol import types as t
from pygls.lsp.client import LanguageClient

UNIT = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


class Cell:
    def __init__(self, uri, source, code=True, metadata=None):
        self.uri, self.text, self.code, self.metadata, self.version = uri, source, code, metadata, 1

    def item(self):
        return t.TextDocumentItem(self.uri, "python" if self.code else "markdown", self.version, self.text)

    def cell(self):
        return t.NotebookCell(t.NotebookCellKind.Code if self.code else t.NotebookCellKind.Markup, self.uri, metadata=self.metadata)


class Editor:
    """One client with one server; the notebook is written out as a file whenever the command line is to be asked."""

    def __init__(self, tool, folder, encoding="utf-16", options=None, resolve=True, versions=True):
        self.tool, self.folder, self.encoding, self.options = tool, Path(folder), encoding, options
        self.resolve, self.versions = resolve, versions
        self.client = LanguageClient("editor", "1")
        self.diagnostics, self.applied, self.cells, self.version, self.made = {}, [], [], 1, 0
        self.metadata = {"language_info": {"name": "python", "version": "3.11.4"}}

        @self.client.feature(t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _(p):
            self.diagnostics[p.uri] = p.diagnostics

        @self.client.feature(t.WORKSPACE_APPLY_EDIT)
        def _(p):
            self.apply(p.edit)
            self.applied.append(p.label)
            return t.ApplyWorkspaceEditResult(applied=True)

        @self.client.feature(t.WORKSPACE_INLAY_HINT_REFRESH)
        @self.client.feature(t.WORKSPACE_CODE_LENS_REFRESH)
        def _(*_):
            return None

    async def __aenter__(self):
        await self.client.start_io(self.tool, "lsp")
        text = t.TextDocumentClientCapabilities(
            code_action=t.CodeActionClientCapabilities(resolve_support=t.ClientCodeActionResolveOptions(["edit"]) if self.resolve else None),
            hover=t.HoverClientCapabilities(content_format=[t.MarkupKind.PlainText]),
        )
        capabilities = t.ClientCapabilities(
            general=t.GeneralClientCapabilities(position_encodings=[t.PositionEncodingKind(self.encoding)]),
            notebook_document=t.NotebookDocumentClientCapabilities(synchronization=t.NotebookDocumentSyncClientCapabilities()),
            text_document=text,
            workspace=t.WorkspaceClientCapabilities(workspace_edit=t.WorkspaceEditClientCapabilities(document_changes=self.versions)),
        )
        self.server = await self.client.initialize_async(t.InitializeParams(capabilities, root_uri=self.folder.as_uri(), initialization_options=self.options))
        assert self.server.capabilities.position_encoding == self.encoding
        self.client.initialized(t.InitializedParams())
        return self

    async def __aexit__(self, *_):
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self.client.shutdown_async(None), 20)
            self.client.exit(None)
        await asyncio.wait_for(self.client.stop(), 20)

    # ------------------------------------------------------------------ the notebook

    @property
    def path(self):
        return self.folder / "nb.ipynb"

    @property
    def uri(self):
        return self.path.as_uri()

    def new_cell(self, source, code=True, metadata=None):
        self.made += 1
        return Cell(f"vscode-notebook-cell://remote{self.path}#c{self.made}", source, code, metadata)

    def open(self, sources, metadata=None):
        self.metadata = metadata or self.metadata
        self.cells = [s if isinstance(s, Cell) else self.new_cell(s) for s in sources]
        notebook = t.NotebookDocument(self.uri, "jupyter-notebook", 1, [c.cell() for c in self.cells], metadata=self.metadata)
        self.client.notebook_document_did_open(t.DidOpenNotebookDocumentParams(notebook, [c.item() for c in self.cells]))

    def open_file(self, path):
        """Open a notebook file, as VS Code would tell of it."""
        nb = json.loads(Path(path).read_text())
        self.open(
            [
                self.new_cell("".join(c["source"]), c["cell_type"] == "code", {"metadata": c["metadata"], **({"id": c["id"]} if "id" in c else {})})
                for c in nb["cells"]
            ],
            {"metadata": nb["metadata"]},
        )

    def close(self):
        self.client.notebook_document_did_close(t.DidCloseNotebookDocumentParams(t.NotebookDocumentIdentifier(self.uri), []))

    def change(self, cells=None, metadata=None):
        self.version += random.choice([1, 1, 3])  # versions skip
        self.client.notebook_document_did_change(
            t.DidChangeNotebookDocumentParams(
                t.VersionedNotebookDocumentIdentifier(version=self.version, uri=self.uri), t.NotebookDocumentChangeEvent(metadata=metadata, cells=cells)
            )
        )

    def splice(self, start, count, cells, moved=()):
        """Replace cells; what moved stays open."""
        gone = [c for c in self.cells[start : start + count] if c not in moved]
        self.cells[start : start + count] = cells
        array = t.NotebookCellArrayChange(start, count, [c.cell() for c in cells])
        self.change(
            t.NotebookDocumentCellChanges(
                structure=t.NotebookDocumentCellChangeStructure(
                    array,
                    did_open=[c.item() for c in cells if c not in moved],
                    did_close=[t.TextDocumentIdentifier(c.uri) for c in gone],
                )
            )
        )

    def edit(self, cell, start, end, text):
        """Replace a range of a cell's characters."""
        where = t.Range(self.position(cell.text, start), self.position(cell.text, end))
        cell.text = cell.text[:start] + text + cell.text[end:]
        cell.version += 1
        change = t.NotebookDocumentCellContentChanges(
            t.VersionedTextDocumentIdentifier(version=cell.version, uri=cell.uri), [t.TextDocumentContentChangePartial(where, text)]
        )
        self.change(t.NotebookDocumentCellChanges(text_content=[change]))

    def position(self, text, offset):
        """The protocol's position of a character of a text."""
        lines = split_lines(text[:offset])
        codec, width = UNIT[self.encoding]
        return t.Position(len(lines) - 1, len(lines[-1].encode(codec, "surrogatepass")) // width)

    def offset(self, text, position):
        lines = split_lines(text)
        if position.line >= len(lines):
            return len(text)
        codec, width = UNIT[self.encoding]
        line = lines[position.line]
        before = line.encode(codec)[: position.character * width].decode(codec)
        return sum(len(x) for x in lines[: position.line]) + len(before)

    def apply(self, edit):
        """Apply a workspace edit and tell the server of it."""
        edits = dict(edit.changes or {})
        for d in edit.document_changes or []:
            cell = next(c for c in self.cells if c.uri == d.text_document.uri)
            assert d.text_document.version == cell.version
            edits[cell.uri] = d.edits
        for uri, changes in edits.items():
            cell = next(c for c in self.cells if c.uri == uri)
            spans = [(self.offset(cell.text, e.range.start), self.offset(cell.text, e.range.end), e.new_text) for e in changes]
            for start, end, text in sorted(spans, reverse=True):
                self.edit(cell, start, end, text)

    # ------------------------------------------------------------------ what the command line says

    def write(self):
        nb = {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": self.metadata.get("metadata", self.metadata),
            "cells": [
                {
                    "cell_type": "code" if c.code else "markdown",
                    "metadata": (c.metadata or {}).get("metadata", {}),
                    **({"id": c.metadata["id"]} if c.metadata and "id" in c.metadata else {}),
                    "source": c.text,
                    **({"outputs": [], "execution_count": None} if c.code else {}),
                }
                for c in self.cells
            ],
        }
        self.path.write_text(json.dumps(nb))

    def run(self, *args):
        self.write()
        done = subprocess.run([self.tool, *args, str(self.path)], capture_output=True, text=True, cwd=self.folder)
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    def check(self):
        """What check finds, as (cell, code, start, end, message)."""
        found = []
        for f in json.loads(self.run("check", "--format", "json"))["findings"]:
            if f["cell"]:
                found.append((f["cell"]["index"], f["code"], (f["line"], f["column"]), (f["end_line"], f["end_column"]), f["message"]))
        return sorted(found)

    def seen(self, diagnostics):
        """The same of diagnostics by URI."""
        found = []
        for i, c in enumerate(self.cells):
            for d in diagnostics.get(c.uri, []):
                ends = [line_and_column(c.text, self.offset(c.text, p)) for p in (d.range.start, d.range.end)]
                found.append((i, d.code, *ends, d.message.split(": ", 1)[1]))
        return sorted(found)

    async def pulled(self):
        result = {}
        for c in self.cells:
            report = await self.client.text_document_diagnostic_async(t.DocumentDiagnosticParams(t.TextDocumentIdentifier(c.uri)))
            result[c.uri] = report.items
        return self.seen(result)

    def changed_by(self, *args):
        """The cells' sources after a command that writes the file."""
        self.write()
        copy = self.folder / "copy.ipynb"
        copy.write_bytes(self.path.read_bytes())
        subprocess.run([self.tool, *args, str(copy)], capture_output=True, text=True)
        cells = json.loads(copy.read_text())["cells"]
        copy.unlink()
        return ["".join(c["source"]) for c in cells]

    async def settle(self):
        """Wait until the server has done all that it was sent. It shows findings when nothing else waits, so between two answers."""
        for _ in range(2):
            await self.client.workspace_execute_command_async(t.ExecuteCommandParams("xetmemo.graph", [self.uri, "json"]))

    async def shows(self, holds):
        """Wait until something holds of what the server shows, which it sends when it has nothing else to do; say whether it does."""
        end = time.monotonic() + 20
        while not holds() and time.monotonic() < end:
            await asyncio.sleep(0.01)
        return holds()

    async def shows_findings(self, want):
        """Wait for these findings; say which are shown at last."""
        await self.shows(lambda: self.seen(self.diagnostics) == want)
        return self.seen(self.diagnostics)

    async def actions(self, cell, only=None, start=0, end=None):
        end = len(cell.text) if end is None else end
        where = t.Range(self.position(cell.text, start), self.position(cell.text, end))
        context = t.CodeActionContext([], only=only)
        found = await self.client.text_document_code_action_async(t.CodeActionParams(t.TextDocumentIdentifier(cell.uri), where, context))
        return [a if a.edit or a.command else await self.client.code_action_resolve_async(a) for a in found]


def split_lines(text):
    """Lines with their ends, and the part after the last: the protocol's, not Python's."""
    lines, start, i = [], 0, 0
    while i < len(text):
        if text[i] in "\r\n":
            i += 1 + (text[i : i + 2] == "\r\n")
            lines.append(text[start:i])
            start = i
        else:
            i += 1
    return [*lines, text[start:]]


def line_and_column(text, offset):
    lines = split_lines(text[:offset])
    return len(lines), len(lines[-1])
