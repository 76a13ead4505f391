"""The line of a cell is saved with the notebook: it is the same in every run and for everybody. Details are asked for."""

import re

START = """import xetcache; xetcache.set_runtime_threshold(0)
import numpy, time
limit = 3"""
SLOW = """%%xetmemo input=limit output=total
time.sleep(.15)
total = numpy.arange(limit).sum()"""


def saved(kernel, source):
    outcome = kernel.run(source)
    assert outcome.error is None, outcome.error
    return outcome.stream("stdout")


def test_hits_are_alike(kernels, tmp_path):
    """In this kernel, the next, and another person's who trusts the signer, or has another version of a library."""
    first = kernels(XETMEMO_LINE="")
    saved(first, START)
    stored = saved(first, SLOW)
    took = re.search(r"\((.*)\)", stored)[1]
    assert stored == f"xetmemo: miss; stored total ({took})\n"
    hit = saved(first, SLOW)
    assert hit == f"xetmemo: hit total (instead of {took})\n"
    assert saved(first, SLOW) == hit
    assert "signed by you" in saved(first, "xetcache.explain()")
    signer = re.search(r"signer.*?([0-9a-f]{64})", next(tmp_path.glob("xmemo/k/*/*/*.json")).read_text())[1]
    other = kernels(XETMEMO_LINE="", XETCACHE_CONFIG_DIR=str(tmp_path / "other"))
    saved(other, START.replace("import numpy", f"numpy = __import__('numpy'); numpy.__version__ = '1.0'; from xetcache.store import trust; trust.trust(xetcache.get_memo_path(), '{signer}', 'Ada'); import numpy"))
    assert saved(other, SLOW) == hit
    details = saved(other, "xetcache.explain()")
    assert "signed by Ada" in details and "1.0 now" in details


def test_quick_cells_and_refused_ones_are_alike(kernels):
    kernel = kernels(XETMEMO_LINE="")
    saved(kernel, START.replace("set_runtime_threshold(0)", "set_runtime_threshold(3)"))
    quick, refused = "%%xetmemo input=limit output=z\nz = limit + 1", "%%xetmemo inptu=limit output=z\nz = limit + 1"
    assert saved(kernel, quick) == saved(kernel, quick) == "xetmemo: miss; not stored: under 3.0 s\n"
    assert saved(kernel, refused) == saved(kernel, refused)
    assert "runs without a memo" in saved(kernel, refused)


def test_words(kernels):
    kernel = kernels(XETMEMO_LINE="")
    saved(kernel, START)
    assert saved(kernel, "%xetmemo line") == "the lines of cells are short: %xetmemo line off|short|long\n"
    saved(kernel, SLOW)
    saved(kernel, "%xetmemo line long")
    assert re.search(r"hit total \(.* instead of .*, signed by you", saved(kernel, SLOW))
    saved(kernel, "%xetmemo line off")
    assert saved(kernel, SLOW) == saved(kernel, "%%xetmemo inptu=limit output=z\nz = limit + 1") == ""
    assert "%xetmemo line short?" in kernel.run("%xetmemo line shrot").stream("stderr")
