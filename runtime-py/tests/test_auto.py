"""``%xetmemo auto``: cells without headers, in real kernels."""

import time
from pathlib import Path

import pytest

from stepped import Stepped
from xetcache.notebook import ledger

AUTO = "import xetcache\n%xetmemo auto"
ALL = "import xetcache; xetcache.set_runtime_threshold(0)\n%xetmemo auto"


def session(kernels, cells, first=ALL, **env):
    kernel = kernels(**env)
    kernel.run(first)
    found = [kernel.run(cell) for cell in cells]
    kernel.stop()
    return found


def kinds(outcomes):
    return [outcome.lines[0].split()[0] if outcome.lines else "" for outcome in outcomes]


def test_restart_takes_all_cells_from_memos(kernels):
    cells = ["rows = [3, 1, 2]", "total = sum(rows)\nprint('added')", "total + 1"]
    cold = session(kernels, cells)
    warm = session(kernels, cells)
    assert [o.shown for o in warm] == [o.shown for o in cold]
    assert kinds(warm) == ["hit", "hit", "hit"]


def test_edit_runs_what_depends_on_it(kernels):
    cells = ["rows = [3, 1, 2]", "total = sum(rows)", "other = 5 * 2", "total"]
    session(kernels, cells)
    edited = session(kernels, ["rows = [3, 1, 2, 4]", *cells[1:]])
    assert edited[-1].result == "10"
    assert kinds(edited)[2] == "hit"


def test_slow_cell_is_stored_at_its_first_run_and_quick_ones_never(kernels):
    cells = ["import time\nn = 2", "time.sleep(0.6)\nm = n * 3", "m"]
    cold = session(kernels, cells, AUTO)
    assert kinds(cold) == ["", "miss;", ""]
    since = time.monotonic()
    kernel = kernels()
    kernel.run(AUTO)
    warm = [kernel.run(cell) for cell in cells]
    assert warm[-1].result == "6"
    assert kinds(warm) == ["", "hit", ""]
    table = kernel.run("%xetmemo").stdout
    assert "hit" in table and "too quick" in table and "saved 0." in table
    assert time.monotonic() - since < 30


def test_words(kernels):
    kernel = kernels()
    kernel.run("import xetcache")
    assert "off" in kernel.run("%xetmemo").stdout
    wrong = kernel.run("%xetmemo atuo")
    assert wrong.status == "error" and "%xetmemo auto?" in wrong.stream("stderr")
    assert "last?" in kernel.run("%xetmemo forget lst").stream("stderr")
    assert kernel.run("%xetmemo auto").status == "ok"
    assert kernel.run("%xetmemo off").status == "ok"
    kernel.run("xetcache.set_runtime_threshold(0)")
    assert kernel.run("x = 1").lines == []


def test_never(kernels):
    kernel = kernels()
    kernel.run(ALL)
    out = kernel.run("%%xetmemo never\nimport asyncio\nawait asyncio.sleep(0)\nx = 4\nx")
    assert (out.result, out.lines) == ("4", [])
    assert kernel.run("%%xetmemo never\n%%capture text\nprint('a')").status == "ok"
    assert kernel.run("text.stdout").result == "'a\\n'"


def test_forget(kernels):
    kernel = kernels()
    kernel.run(ALL)
    kernel.run("a = 1")
    kernel.run("b = 2")
    assert kinds([kernel.run("b = 2")]) == ["hit"]
    assert kernel.run("%xetmemo forget last").lines == ["forgot cell [4]: 1 memo removed"]
    assert kinds([kernel.run("b = 2"), kernel.run("a = 1")]) == ["miss;", "hit"]
    assert kernel.run("%xetmemo forget cell 7").lines == ["forgot cell [7]: 1 memo removed"]
    assert kernel.run("%xetmemo forget all").lines == ["forgot all cells: 1 memo removed"]
    assert "no cell [99]" in kernel.run("%xetmemo forget cell 99").stream("stderr")


def results_are_as_without(kernels, cells):
    kernel = kernels()
    kernel.run("pass")
    plain = [kernel.run(cell).result for cell in cells]
    kernel.stop()
    for _ in range(2):
        assert [o.result for o in session(kernels, cells)] == plain


def test_out_and_prompt_are_as_without(kernels):
    cells = ["6 * 7", "_ + 1", "(Out[2], _2, In[2])", "get_ipython().execution_count"]
    results_are_as_without(kernels, cells)


def test_errors_are_as_without(kernels):
    cells = ["def f(x):\n    return 1 / x", "y = 1\nf(0)", "y", "return 3", "1 +", "await g()"]
    kernel = kernels()
    kernel.run("pass")
    plain = [kernel.run(cell) for cell in cells]
    kernel.stop()
    for _ in range(2):
        found = session(kernels, cells)
        assert [(o.error, o.status, o.shown) for o in found] == [(o.error, o.status, o.shown) for o in plain]
        assert [clean(o.traceback) for o in found] == [clean(o.traceback) for o in plain]


def clean(traceback):
    import re

    text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(traceback))
    return re.sub(r"/tmp/ipykernel_\d+/\d+\.py|<ipython-input-\d+-\w+>", "CELL", text)


def test_await(kernels):
    cells = ["import asyncio", "async def twice(x):\n    await asyncio.sleep(0.01)\n    return 2 * x", "y = await twice(4)\ny", "y + 1"]
    session(kernels, cells)
    warm = session(kernels, cells)
    assert [o.result for o in warm] == [None, None, "8", "9"]


def test_time_magic_and_nested_calls(kernels):
    cells = ["%%time\nx = sum(range(10))", "x", "get_ipython().run_cell('z = x + 1')\nz", "get_ipython().run_line_magic('time', 'w = 3')\nw"]
    for _ in range(2):
        assert [o.result for o in session(kernels, cells)][1:] == ["45", "46", "3"]


def test_autoreload(kernels, tmp_path):
    """A module that is edited meanwhile counts as it runs, in the same kernel and in the next."""
    module = tmp_path / "helper.py"
    module.write_text("def f(x):\n    return x + 1\n")
    first = ["%load_ext autoreload\n%autoreload 2\nimport helper", "a = helper.f(1)\na"]
    kernel = kernels()
    kernel.run(ALL)
    assert [kernel.run(cell).result for cell in first] == [None, "2"]
    module.write_text("def f(x):\n    return x + 100\n")
    assert kernel.run("a = helper.f(1)\na").result == "101"
    kernel.stop()
    assert [o.result for o in session(kernels, first)] == [None, "101"]
    module.write_text("def f(x):\n    return x + 1\n")
    assert [o.result for o in session(kernels, first)] == [None, "2"]


def test_what_sets_ipython_up_runs_each_time(kernels):
    cells = ["%config InteractiveShell.ast_node_interactivity = 'last_expr_or_assign'\nn = 1", "n = 2", "get_ipython().ast_node_interactivity = 'last_expr'\nn = 1", "n = 2"]
    results_are_as_without(kernels, cells)


def test_parameters_of_a_run(kernels):
    """papermill puts a cell in after the parameters."""
    cells = ["n = 1", "n = 5", "total = sum(range(n))\ntotal"]
    assert session(kernels, cells)[-1].result == "10"
    assert session(kernels, [cells[0], "n = 6", cells[2]])[-1].result == "15"
    found = session(kernels, cells)
    assert found[-1].result == "10" and kinds(found)[-1] == "hit"


def test_interrupt_of_what_binds_values_without_digest(kernels):
    """A value that an interrupted cell left hangs on when it was interrupted: what is made of it is no hit elsewhere."""
    cell = "import threading, time\nclass Box:\n    def __init__(self, n):\n        self.lock = threading.Lock()\n        self.n = n\nfor i in range(10_000):\n    box = Box(i)\n    time.sleep(0.01)"
    results = []
    for seconds in (1.0, 2.5):
        kernel = kernels()
        kernel.run(ALL)
        kernel.start(cell)
        time.sleep(seconds)
        kernel.manager.interrupt_kernel()
        assert kernel.wait().error.startswith("KeyboardInterrupt")
        plain = kernel.run("%%xetmemo never\nbox.n").result
        results.append((kernel.run("got = box.n\ngot").result, plain))
        kernel.stop()
    assert all(got == plain for got, plain in results)


def test_interrupt_keeps_nothing(kernels):
    kernel = kernels()
    kernel.run(ALL)
    kernel.run("import time")
    kernel.start("k = 1\ntime.sleep(30)\nk = 2")
    time.sleep(1.5)
    kernel.manager.interrupt_kernel()
    out = kernel.wait()
    assert out.error.startswith("KeyboardInterrupt")
    assert kernel.run("k").result == "1"


def test_figures(kernels):
    pytest.importorskip("matplotlib")
    cells = ["%matplotlib inline\nimport matplotlib.pyplot as plt", "plt.plot([1, 2, 3])\nprint('drawn')"]
    env = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    cold = session(kernels, cells, **env)
    warm = session(kernels, cells, **env)
    assert [kind for kind, *_ in cold[1].shown] == [kind for kind, *_ in warm[1].shown]
    assert sum(kind == "display_data" for kind, *_ in warm[1].shown) == 1


def test_without_the_binary(kernels):
    out = session(kernels, ["x = 1", "x"], first="import xetcache", XETMEMO_LINT="/nowhere/xetmemo-lint")
    assert out[1].result == "1"
    kernel = kernels(XETMEMO_LINT="/nowhere/xetmemo-lint")
    first = kernel.run(ALL)
    assert len(first.lines) == 1 and "pip install xetmemo-lint" in first.lines[0]
    assert kernel.run("1 + 1").result == "2"


def test_configuration(kernels, tmp_path):
    profile = tmp_path / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    (profile / "ipython_config.py").write_text("c = get_config()\nc.InteractiveShellApp.extensions = ['xetcache']\nc.XetMemo.auto = True\n")
    kernel = kernels(IPYTHONDIR=str(tmp_path / "ipython"))
    assert "auto is on" in kernel.run("%xetmemo").stdout


def test_two_kernels_on_one_folder(kernels):
    one, two = kernels(), kernels()
    for kernel in (one, two):
        kernel.run(ALL)
    for cell in ["a = [1, 2]", "b = a + [3]", "b"]:
        one.start(cell)
        two.start(cell)
        assert one.wait().shown == two.wait().shown
    assert one.run("b").result == two.run("b").result == "[1, 2, 3]"


def test_the_folder_stays_under_its_size(kernels, tmp_path):
    kernel = kernels()
    kernel.run(ALL)
    kernel.run("import xetcache\nxetcache.set_max_size('2 MB')")
    for i in range(5):
        kernel.run(f"data{i} = bytes([{i}]) * 900_000")
    size = sum(path.stat().st_size for path in (tmp_path / "xmemo" / "blobs").iterdir())
    assert 0 < size <= 2_000_000


def test_ledger_survives_damage(kernels, tmp_path, monkeypatch):
    monkeypatch.setenv("XETCACHE_CONFIG_DIR", str(tmp_path / ".config"))
    written = Path(ledger.path(str(tmp_path / "xmemo")))
    written.parent.mkdir(parents=True)
    written.write_bytes(b"\xff[1]\n{" * 100)
    assert session(kernels, ["x = 1", "x"])[1].result == "1"


def test_in_a_terminal_shell_what_is_shown_is_shown_once(tmp_path):
    cells = ["x = 20", "from IPython.display import display", "print('a')\ndisplay(x)\nx + 1"]
    shown = []
    for first in ("import xetcache", ALL, ALL):
        shell = Stepped(tmp_path, first)
        shown.append([shell.run(cell)[0] for cell in cells])
        shell.stop()
    assert shown[1] == shown[0] == shown[2]


def test_what_sets_up_the_process_runs_each_time(kernels, tmp_path):
    (tmp_path / "conf.py").write_text("K = 1\n")
    cells = [
        "import conf\nconf.K = 9",
        "import decimal\ndecimal.getcontext().prec = 3",
        "import os\nif not os.path.exists('made.py'):\n    open('made.py', 'w').write('M = 5')",
        "import made\n(conf.K, decimal.Decimal(1) / 3, made.M)",
    ]
    for _ in range(2):
        assert session(kernels, cells)[-1].result == "(9, Decimal('0.333'), 5)"
        (tmp_path / "made.py").unlink()
