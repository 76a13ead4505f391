"""Displays that are updated: ids are made anew on each replay, and stay together within one."""

import os
import re

import pytest

CELL = """%%xetmemo output=n
from IPython.display import display, update_display
first = display("one", display_id=True)
second = display("two", display_id=True)
first.update("one, updated")
display("three", display_id="mine")
update_display("three, updated", display_id="mine")
n = 1
"""


@pytest.fixture
def kernel(kernels):
    kernel = kernels()
    kernel.run("import xetcache; xetcache.set_runtime_threshold(0)\nfrom IPython.display import display, update_display")
    return kernel


def shown(outcome):
    return [
        (kind, content["data"]["text/plain"], content["transient"].get("display_id"))
        for kind, content in outcome.messages
        if kind in ("display_data", "update_display_data")
    ]


def test_ids_are_made_anew(kernel):
    runs = [kernel.run(CELL) for _ in range(3)]
    assert [outcome.lines[0][:4] for outcome in runs] == ["miss", "hit ", "hit "]
    runs = [shown(outcome) for outcome in runs]
    for run in runs:
        assert [(kind, text) for kind, text, _ in run] == [
            ("display_data", "'one'"),
            ("display_data", "'two'"),
            ("update_display_data", "'one, updated'"),
            ("display_data", "'three'"),
            ("update_display_data", "'three, updated'"),
        ]
        ids = [ident for _, _, ident in run]
        assert ids[0] == ids[2] != ids[1] and all(re.fullmatch("[0-9a-f]{32}", ident) for ident in ids[:3])
        assert ids[3] == ids[4] == "mine"  # a name that later cells may update
    made = [{ident for _, _, ident in run if ident != "mine"} for run in runs]
    assert len(set.union(*made)) == 6


def test_an_update_of_another_cells_display(kernel):
    kernel.run("handle = display('before', display_id=True); display('named', display_id='other')")
    cell = "%%xetmemo output=m\nhandle.update('later')\nupdate_display('named, later', display_id='other')\nm = 1"
    assert len(shown(kernel.run(cell))) == 2
    assert shown(kernel.run(cell)) == [("update_display_data", "'named, later'", "other")]


def test_a_stranger_changes_no_display_of_another_cell(kernel, tmp_path):
    import json

    from test_attacks import rewrite

    kernel.run("display('named', display_id='other')")
    cell = "%%xetmemo output=m\nupdate_display('spoofed', display_id='other')\ndisplay('mine', display_id='other')\nm = 1"
    kernel.run(cell)
    rewrite(lambda whole: None, tmp_path / "stranger")(tmp_path / "xmemo")
    assert json.loads(next((tmp_path / "xmemo").glob("k/*/*/*.json")).read_bytes())["display"][0]["name"] == "other"
    ((kind, text, ident),) = shown(kernel.run(cell))
    assert (kind, text) == ("display_data", "'mine'") and ident != "other"


@pytest.mark.skipif(os.name == "nt", reason="needs pipes that can be asked")
def test_what_child_processes_write(kernel):
    cell = "%%xetmemo output=r\nimport os, subprocess\nos.system('echo from the shell')\nr = subprocess.run(['echo', 'from a child']).returncode"
    assert kernel.run(cell).lines[0].startswith("miss")
    again = kernel.run(cell)
    assert again.lines[0].startswith("hit") and again.stdout == "from the shell\nfrom a child\n"
