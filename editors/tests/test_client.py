"""The language server with a client that isn't ours: pygls'. What it says is what the command line says of the same notebook, written to a file."""

import asyncio
import contextlib
import json
import os
import random
import subprocess
from pathlib import Path

import pytest
from client import Cell, Editor
from lsprotocol import types as t

ROOT = Path(__file__).resolve().parents[2]
TOOL = os.environ.get("XETMEMO_LINT", str(ROOT / "xetmemo-lint"))
NOTEBOOKS = sorted((ROOT / "testdata" / "notebooks").glob("*.ipynb"))
UTILS = "SCALE = 2\n\n\ndef norm(x):\n    return x * SCALE\n"


def session(folder, use, **options):
    async def main():
        async with Editor(TOOL, folder, **options) as editor:
            await asyncio.wait_for(use(editor), 300)

    asyncio.run(main())


async def graph(editor):
    text = await editor.client.workspace_execute_command_async(t.ExecuteCommandParams("xetmemo.graph", [editor.uri, "json"]))
    return json.loads(text)


# ---------------------------------------------------------------------------------- edits

PIECES = """
x = 1 | y = x + 1 | print(y) | import utils | z = utils.norm(y) | def f(a):\n    return a + x | f(z) | df["c"] = 1 | x += 1 | del y
%%xetmemo input=x output=y\n | %%xetmemo input=x,zzz output=y key=k\n | %time y = f(x) | # xetmemo: ignore=XM101\n | # é😀\n | s = "é😀𝔘" + str(x)
import random\nrandom.seed(1) | for i in range(3): pass | if x: y = 2 | "\r\n" | \r\n | ( | ] | [y := v for v in z] | class A:\n    k = x | 😀 | open("f")
""".replace("\n", " | ").replace("\\n", "\n").replace("\\r", "\r").split(" | ")


def random_edit(editor, rng):
    cells = editor.cells
    kind = rng.choices(["edit", "insert", "delete", "move", "turn", "metadata"], [12, 2, 1, 1, 1, 0.5])[0]
    if kind == "insert" or len(cells) < 3:
        source = rng.choice(PIECES) + rng.choice(["", "\n" + rng.choice(PIECES)])
        at = rng.randint(0, len(cells))
        editor.splice(at, 0, [editor.new_cell(source, rng.random() < 0.9)])
    elif kind == "edit":
        cell = rng.choice(cells)
        start = rng.randint(0, len(cell.text))
        if cell.text[start - 1 : start + 1] == "\r\n":
            start += 1
        end = start if rng.random() < 0.6 else min(len(cell.text), start + rng.randint(0, 12))
        if cell.text[end - 1 : end + 1] == "\r\n":
            end += 1
        editor.edit(cell, start, end, rng.choice([*PIECES, rng.choice("abx =,\n(): '"), ""]))
    elif kind == "delete" and len(cells) > 4:
        start = rng.randrange(len(cells))
        editor.splice(start, rng.randint(1, 2), [])
    elif kind == "move":
        start = rng.randrange(len(cells))
        moved = cells[start]
        others = cells[start + 1 :]
        editor.splice(start, len(others) + 1, [*others, moved], moved=[*others, moved])
    elif kind == "turn":  # VS Code takes the cell out and puts another in
        start = rng.randrange(len(cells))
        old = cells[start]
        editor.splice(start, 1, [editor.new_cell(old.text, not old.code, old.metadata)])
    elif kind == "metadata":
        editor.metadata = {"language_info": {"name": "python", "version": rng.choice(["3.9.1", "3.13.0"])}}
        editor.change(metadata=editor.metadata)


@pytest.mark.parametrize("encoding, seed, edits", [("utf-16", 1, 300), ("utf-8", 2, 100), ("utf-32", 3, 100)])
def test_random_edits(tmp_path, encoding, seed, edits):
    """After every edit the server's state is that of a fresh run over the notebook as it is then."""
    (tmp_path / "utils.py").write_text(UTILS)
    rng = random.Random(seed)

    async def use(editor):
        editor.open([rng.choice(PIECES) for _ in range(8)])
        for n in range(edits):
            random_edit(editor, rng)
            fresh = json.loads(editor.run("graph", "--format", "json"))
            assert {**await graph(editor), "path": ""} == {**fresh, "path": ""}, n
            assert await editor.pulled() == editor.check(), n
            if n % 10 == 0:
                want = editor.check()
                assert await editor.shows_findings(want) == want, n

    session(tmp_path, use, encoding=encoding)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
@pytest.mark.parametrize("resolve", [True, False])
def test_actions_are_what_the_command_line_does(tmp_path, path, resolve):
    (tmp_path / "stats_tools.py").write_bytes((ROOT / "testdata/notebooks/stats_tools.py").read_bytes())
    if json.loads(path.read_text())["nbformat"] < 4:
        return  # an editor turns it to nbformat 4

    async def use(editor):
        for kind, args in (("notebook.source.annotate.xetmemo", ["annotate"]), ("notebook.source.fixAll.xetmemo", ["check", "--fix"])):
            editor.open_file(path)
            findings = editor.check()
            assert await editor.shows_findings(findings) == findings
            want = editor.changed_by(*args)
            found = []
            for cell in editor.cells:
                if cell.code and not found:
                    found = await editor.actions(cell, [kind])
            for action in found:
                editor.apply(action.edit)
            assert [c.text for c in editor.cells] == want
            assert await editor.pulled() == editor.check()
            editor.close()

    session(tmp_path, use, resolve=resolve, versions=resolve)


# ---------------------------------------------------------------------------------- one request each

CELLS = [
    "import utils\nfrom utils import norm as scaled\nLIMIT = 3\ndef clean(d):\n    return [min(v, LIMIT) for v in d]\nrows = [1, 2]",
    "%%xetmemo input=rows output=out\n# xetmemo: deps=000000000000\nout = clean(rows) + [utils.norm(1), scaled(2)]",
    "print('😀', out, f'{LIMIT}')\ndef g(rows):\n    return rows\nfirst = g(out)",
]


def run_on_cells(folder, use, **options):
    (folder / "utils.py").write_text(UTILS)

    async def main(editor):
        editor.open(CELLS)
        assert await editor.shows(lambda: editor.seen(editor.diagnostics))
        await use(editor)

    session(folder, main, **options)


def at(editor, cell, text, nth=0, into=0):
    """The parameters that name the nth place of a text in a cell."""
    c, start = editor.cells[cell], -1
    for _ in range(nth + 1):
        start = c.text.index(text, start + 1)
    return {"text_document": t.TextDocumentIdentifier(c.uri), "position": editor.position(c.text, start + into)}


def marked(editor, location):
    """The cell or file and the text of a location."""
    for i, c in enumerate(editor.cells):
        if c.uri == location.uri:
            return i, c.text[editor.offset(c.text, location.range.start) : editor.offset(c.text, location.range.end)], location.range.start.line
    return Path(location.uri).name, location.range.start.line


def test_hover(tmp_path):
    async def use(editor):
        hover = await editor.client.text_document_hover_async(t.HoverParams(**at(editor, 1, "rows")))
        assert "read here" in hover.contents.value and "cell 0 line 6" in hover.contents.value and "type: list" in hover.contents.value
        pin = await editor.client.text_document_hover_async(t.HoverParams(**at(editor, 1, "deps=")))
        assert all(name in pin.contents.value for name in ("clean", "utils.norm", "utils.SCALE")), pin.contents.value
        assert await editor.client.text_document_hover_async(t.HoverParams(**at(editor, 2, "print"))) is None

    run_on_cells(tmp_path, use)


def test_hints_and_lenses(tmp_path):
    async def use(editor):
        def ask(i):
            c = editor.cells[i]
            return t.TextDocumentIdentifier(c.uri), t.Range(t.Position(0, 0), t.Position(99, 0))

        hints = await editor.client.text_document_inlay_hint_async(t.InlayHintParams(*ask(2)))
        assert [h.label for h in hints] == ["input=out,LIMIT output=first"]
        assert not await editor.client.text_document_inlay_hint_async(t.InlayHintParams(*ask(1)))  # it has a header
        lenses = await editor.client.text_document_code_lens_async(t.CodeLensParams(ask(2)[0]))
        assert [x.command.title for x in lenses] == ["input=out,LIMIT output=first"]

    run_on_cells(tmp_path, use, options={"inlayHints": "on", "codeLens": True})


def test_hints_are_off_unless_asked_for(tmp_path):
    async def use(editor):
        everything = t.Range(t.Position(0, 0), t.Position(99, 0))
        assert not await editor.client.text_document_inlay_hint_async(t.InlayHintParams(t.TextDocumentIdentifier(editor.cells[2].uri), everything))
        editor.client.workspace_did_change_configuration(t.DidChangeConfigurationParams({"xetmemo": {"inlayHints": "on"}}))
        assert await editor.client.text_document_inlay_hint_async(t.InlayHintParams(t.TextDocumentIdentifier(editor.cells[2].uri), everything))

    run_on_cells(tmp_path, use)


@pytest.mark.parametrize(
    "cell, text, nth, want",
    [
        (1, "clean", 0, [(0, "clean", 3)]),
        (1, "rows", 0, [(0, "rows", 5)]),  # in the header
        (1, "norm", 0, [("utils.py", 3)]),
        (1, "scaled", 0, [("utils.py", 3)]),
        (0, "norm", 0, [("utils.py", 3)]),
        (2, "LIMIT", 0, [(0, "LIMIT", 2)]),
        (2, "rows", 1, [(2, "rows", 1)]),  # the parameter
        (2, "out", 0, [(1, "out", 2)]),
    ],
)
def test_definition(tmp_path, cell, text, nth, want):
    async def use(editor):
        found = await editor.client.text_document_definition_async(t.DefinitionParams(**at(editor, cell, text, nth)))
        assert [marked(editor, x) for x in found] == want

    run_on_cells(tmp_path, use)


@pytest.mark.parametrize(
    "cell, text, nth, want",
    [
        (0, "LIMIT", 0, [(0, "LIMIT", 2), (0, "LIMIT", 4), (2, "LIMIT", 0)]),
        (1, "rows", 1, [(0, "rows", 5), (1, "rows", 0), (1, "rows", 2)]),
        (2, "rows", 0, [(2, "rows", 1), (2, "rows", 2)]),
        (1, "norm", 0, [(0, "norm", 1), (0, "scaled", 1), (1, "norm", 2), (1, "scaled", 2), ("utils.py", 3)]),
    ],
)
def test_references(tmp_path, cell, text, nth, want):
    async def use(editor):
        p = t.ReferenceParams(**at(editor, cell, text, nth), context=t.ReferenceContext(include_declaration=True))
        found = await editor.client.text_document_references_async(p)
        assert sorted((marked(editor, x) for x in found), key=str) == sorted(want, key=str)

    run_on_cells(tmp_path, use)


def test_references_from_a_module(tmp_path):
    async def use(editor):
        uri = (tmp_path / "utils.py").as_uri()
        editor.client.text_document_did_open(t.DidOpenTextDocumentParams(t.TextDocumentItem(uri, "python", 1, UTILS)))
        p = t.ReferenceParams(t.ReferenceContext(False), t.TextDocumentIdentifier(uri), t.Position(3, 5))
        found = await editor.client.text_document_references_async(p)
        assert (1, "norm", 2) in [marked(editor, x) for x in found] and (1, "scaled", 2) in [marked(editor, x) for x in found]

    run_on_cells(tmp_path, use)


def test_highlight(tmp_path):
    async def use(editor):
        found = await editor.client.text_document_document_highlight_async(t.DocumentHighlightParams(**at(editor, 1, "rows")))
        assert [(h.range.start.line, h.kind) for h in found] == [(2, t.DocumentHighlightKind.Read), (0, t.DocumentHighlightKind.Read)]

    run_on_cells(tmp_path, use)


def test_rename(tmp_path):
    async def use(editor):
        prepared = await editor.client.text_document_prepare_rename_async(t.PrepareRenameParams(**at(editor, 1, "rows")))
        assert prepared.placeholder == "rows"
        editor.apply(await editor.client.text_document_rename_async(t.RenameParams(new_name="zeilen", **at(editor, 1, "rows"))))
        assert [c.text for c in editor.cells] == [
            CELLS[0].replace("rows", "zeilen"),
            CELLS[1].replace("rows", "zeilen"),
            CELLS[2],  # its own parameter
        ]
        editor.apply(await editor.client.text_document_rename_async(t.RenameParams(new_name="r", **at(editor, 2, "rows"))))
        assert editor.cells[2].text == CELLS[2].replace("rows", "r")

    run_on_cells(tmp_path, use)


@pytest.mark.parametrize(
    "cell, text, name, why",
    [
        (1, "norm", "x", "belongs to the module"),
        (1, "scaled", "x", "imported from"),
        (2, "print", "x", "no cell binds it"),
        (0, "rows", "out", "used already: cell 1 line 3"),
        (0, "rows", "class", "is no name"),
        (0, "rows", "a b", "is no name"),
    ],
)
def test_rename_is_refused(tmp_path, cell, text, name, why):
    async def use(editor):
        with pytest.raises(Exception, match=why):
            await editor.client.text_document_rename_async(t.RenameParams(new_name=name, **at(editor, cell, text)))

    run_on_cells(tmp_path, use)


@pytest.mark.parametrize(
    "header, want",
    [
        ("%%xetmemo ", ["input=", "output=", "always=True", "key="]),
        ("%%xetmemo input=rows ", ["output=", "always=True", "key="]),
        ("%%xetmemo input=", ["rows", "LIMIT", "clean"]),
        ("%%xetmemo input=rows,", ["LIMIT", "clean"]),
        ("%%xetmemo input=rows output=", ["out"]),
        ("print", []),
    ],
)
def test_completion(tmp_path, header, want):
    async def use(editor):
        cell = editor.cells[1]
        editor.edit(cell, 0, len(cell.text), header + "\nout = clean(rows)")
        p = t.CompletionParams(t.TextDocumentIdentifier(cell.uri), editor.position(cell.text, len(header)))
        items = await editor.client.text_document_completion_async(p)
        assert [i.label for i in items][: len(want)] == want

    run_on_cells(tmp_path, use)


def test_quick_fixes(tmp_path):
    async def use(editor):
        cell = editor.cells[1]
        titles = {a.title: a for a in await editor.actions(cell, [t.CodeActionKind.QuickFix])}
        assert {"XM110: add LIMIT to input=", "XM109: renew the pin", "Fix this header", "Ignore XM109 in this cell"} <= titles.keys() | {
            x.replace("XM101", "XM110") for x in titles
        }, sorted(titles)
        editor.apply(titles["Ignore XM109 in this cell"].edit)
        assert editor.cells[1].text.split("\n")[1] == "# xetmemo: ignore=XM109"
        assert await editor.pulled() == editor.check()
        assert not any(code == "XM109" for _, code, *_ in await editor.pulled())
        fix = next(a for a in await editor.actions(cell, ["quickfix"]) if a.title == "Fix this header")
        editor.apply(fix.edit)
        assert editor.cells[1].text.startswith("%%xetmemo input=rows,LIMIT,clean,scaled output=out\n")

    run_on_cells(tmp_path, use)


def test_exclude_a_name(tmp_path):
    async def use(editor):
        cell = editor.cells[1]
        found = [a for a in await editor.actions(cell, ["quickfix"]) if a.title.startswith("Exclude LIMIT")]
        editor.apply(found[0].edit)
        assert "# xetmemo: exclude=LIMIT\n" in editor.cells[1].text
        assert not any("LIMIT" in message for *_, message in await editor.pulled())

    run_on_cells(tmp_path, use)


def test_annotate_one_cell(tmp_path):
    async def use(editor):
        editor.splice(3, 0, [editor.new_cell("total = sum(out)"), editor.new_cell("total")])
        (action,) = await editor.actions(editor.cells[3], ["refactor.rewrite.xetmemo.annotate"])
        editor.apply(action.edit)
        assert editor.cells[3].text == "%%xetmemo input=out output=total\ntotal = sum(out)"

    run_on_cells(tmp_path, use)


def test_commands(tmp_path):
    async def use(editor):
        async def run(name, *args):
            return await editor.client.workspace_execute_command_async(t.ExecuteCommandParams(name, list(args)))

        assert (await run("xetmemo.graph", editor.uri)).startswith("<svg")
        assert "digraph" in await run("xetmemo.graph", editor.uri, "dot")
        assert "LIMIT" in await run("xetmemo.explain", editor.cells[1].uri)
        assert "bound in cell 0" in await run("xetmemo.explain", editor.cells[1].uri, "LIMIT")
        want = editor.changed_by("check", "--fix")
        assert await run("xetmemo.fixAll", editor.uri) == 2  # a header, and the import that it needs
        await editor.settle()
        assert [c.text for c in editor.cells] == want and editor.applied == ["Fix all"]
        assert await run("xetmemo.annotateNotebook", editor.uri) == 0
        for name, args in (("xetmemo.graph", ["file:///none.ipynb"]), ("xetmemo.graph", []), ("xetmemo.graph", [editor.uri, "png"]), ("no.such", [editor.uri])):
            with pytest.raises(Exception):
                await run(name, *args)

    run_on_cells(tmp_path, use)


# ---------------------------------------------------------------------------------- files beside the notebook


def test_an_edited_module_marks_the_notebook(tmp_path):
    async def use(editor):
        subprocess.run([TOOL, "annotate", "--pins", "--cells", "all", editor.path], capture_output=True)
        editor.open_file(editor.path)
        await editor.settle()
        assert editor.seen(editor.diagnostics) == []
        uri = (tmp_path / "utils.py").as_uri()
        editor.client.text_document_did_open(t.DidOpenTextDocumentParams(t.TextDocumentItem(uri, "python", 1, UTILS)))
        change = t.TextDocumentContentChangePartial(t.Range(t.Position(4, 11), t.Position(4, 12)), "x + x")
        editor.client.text_document_did_change(t.DidChangeTextDocumentParams(t.VersionedTextDocumentIdentifier(version=2, uri=uri), [change]))
        assert await editor.shows(lambda: [d[1] for d in editor.seen(editor.diagnostics)] == ["XM109"])
        editor.client.text_document_did_close(t.DidCloseTextDocumentParams(t.TextDocumentIdentifier(uri)))  # not saved
        assert await editor.shows_findings([]) == []

    (tmp_path / "utils.py").write_text(UTILS)
    editor = Editor(TOOL, tmp_path)
    editor.cells = [Cell("a", "import utils"), Cell("b", "x = [1]"), Cell("c", "y = utils.norm(x)"), Cell("d", "y")]
    editor.write()
    session(tmp_path, use)


def test_configuration_is_read_anew(tmp_path):
    async def use(editor):
        assert any(d[1] == "XM109" for d in await editor.pulled())
        (tmp_path / ".xetmemo.yaml").write_text("ignore: [XM109]\n")
        editor.client.workspace_did_change_watched_files(
            t.DidChangeWatchedFilesParams([t.FileEvent((tmp_path / ".xetmemo.yaml").as_uri(), t.FileChangeType.Created)])
        )
        assert not any(d[1] == "XM109" for d in await editor.pulled())
        assert await editor.pulled() == editor.check()
        (tmp_path / ".xetmemo.yaml").write_text("nonsense: 1\n")
        editor.client.notebook_document_did_save(t.DidSaveNotebookDocumentParams(t.NotebookDocumentIdentifier(editor.uri)))
        first = editor.cells[0].uri
        assert await editor.shows(lambda: any("nonsense" in d.message for d in editor.diagnostics[first]))

    run_on_cells(tmp_path, use)


def test_other_languages_are_left_alone(tmp_path):
    async def use(editor):
        editor.open(["undefined_here"], {"language_info": {"name": "julia"}})
        await editor.settle()
        assert editor.seen(editor.diagnostics) == [] and await editor.actions(editor.cells[0]) == []

    session(tmp_path, use)


def test_closing_takes_findings_away(tmp_path):
    async def use(editor):
        assert editor.diagnostics[editor.cells[1].uri]
        editor.close()
        assert await editor.shows(lambda: not any(editor.diagnostics.values()))
        with contextlib.suppress(Exception):
            await editor.settle()

    run_on_cells(tmp_path, use)
