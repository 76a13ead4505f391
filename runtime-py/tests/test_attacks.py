"""Memos that somebody else made or changed: each is refused with a clear line, and the cell runs."""

import base64
import hashlib
import json
import os
import pickle
import re
import shutil
import subprocess
import sys

import pytest

from xetcache.store import manifest as manifests
from xetcache.store import trust

# The cell's memo holds a pickle (a set), its other output is JSON.
CELL = "%%xetmemo input=x output=a,b always=True\nprint('ran')\na = {1, 2, x}\nb = [x]\na, b"
SMALL = "%%xetmemo input=x output=b always=True\nprint('ran')\nb = [x]\nb"
SHOWS = (
    "%%xetmemo input=x output=b always=True\nfrom IPython.display import display, HTML, Javascript\n"
    "display(HTML('<b>bold</b>'), Javascript('alert(1)'))\nprint('text')\nb = [x]\nb"
)
BIG = "%%xetmemo input=x output=b always=True\nprint('ran')\nb = 'long ' * 10000\nlen(b)"


class Evil:
    def __reduce__(self):
        return (exec, ("open('owned', 'w').close()",))


def rewrite(change, signer=None):
    """Change the manifest's content; without signer it keeps its signature, which then is false."""

    def tamper(store):
        (path,) = store.glob("k/*/*/*.json")
        whole = json.loads(path.read_bytes())
        change(whole)
        if signer is not None:
            sign_as(signer, whole)
        save(path, whole)

    return tamper


def sign_as(signer, whole):
    for name in ("signer", "signature", "mac"):
        whole.pop(name, None)
    if signer == "nobody":
        return
    before = os.environ.get("XETCACHE_CONFIG_DIR")
    os.environ["XETCACHE_CONFIG_DIR"] = str(signer)
    try:
        whole.update(trust.sign(manifests.unsigned(whole)))
    finally:
        if before is None:
            del os.environ["XETCACHE_CONFIG_DIR"]
        else:
            os.environ["XETCACHE_CONFIG_DIR"] = before


def save(path, whole):
    data = manifests.canonical(whole)
    path.unlink()
    (path.parent / (hashlib.sha256(data).hexdigest() + ".json")).write_bytes(data)


def swapped_pickle(store):
    (path,) = store.glob("k/*/*/*.json")
    whole = json.loads(path.read_bytes())
    data = pickle.dumps(Evil())
    whole["left"] = {"inline": base64.b64encode(data).decode(), "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    save(path, whole)


def by_stranger(whole):
    pass


def output(whole, name="b"):
    return next(o for o in whole["outputs"] if o["name"] == name)


def another_key(store):
    (path,) = store.glob("k/*/*/*.json")
    other = store / "k" / "_" / path.parent.name
    for folder in store.glob("k/_/*"):
        assert folder == other
    source = store.parent / "other" / path.name
    source.parent.mkdir()
    shutil.copy(path, source)
    whole = json.loads(source.read_bytes())
    whole["digest"] = "0" * 64
    sign_as(store.parent / ".config", whole)
    save(path, whole)


def renamed(store):
    rewrite(by_stranger, "nobody")(store)
    (path,) = store.glob("k/*/*/*.json")
    path.rename(path.with_name("0" * 64 + ".json"))


def npy_3(value):
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(115) + b"\n"
    return b"\x93NUMPY\x03\x00" + len(header).to_bytes(4, "little") + header + pickle.dumps([value])


def blob(store):
    (path,) = [p for p in store.glob("blobs/*")]
    return path


def linked_blob(store):
    path = blob(store)
    target = store.parent / "elsewhere"
    path.rename(target)
    path.symlink_to(target)


def linked_folder(store):
    (folder,) = store.glob("k/_/*")
    target = store.parent / "elsewhere"
    folder.rename(target)
    folder.symlink_to(target, target_is_directory=True)


def linked_manifest(store):
    (path,) = store.glob("k/*/*/*.json")
    target = store.parent / "elsewhere.json"
    path.rename(target)
    path.symlink_to(target)


def fifo(store):
    path = blob(store)
    path.unlink()
    os.mkfifo(path)


def pointer(store):
    path = blob(store)
    path.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{path.name}\nsize {path.stat().st_size}\n")


def huge(store):
    (path,) = store.glob("k/*/*/*.json")
    with open(path, "r+b") as f:
        f.truncate(10 << 30)


STRANGER = "stranger"

# name: cell, what is done to the store, what the runtime must say
ATTACKS = {
    "swapped pickle": (CELL, swapped_pickle, "its signature by"),
    "pickle of an unknown signer": (CELL, rewrite(by_stranger, STRANGER), "who isn't trusted here: `xetcache trust add"),
    "unsigned pickle": (CELL, rewrite(by_stranger, "nobody"), "it holds a pickle and is unsigned"),
    "false signature": (SMALL, rewrite(lambda m: m.update(seconds=9)), "its signature by"),
    "signed for another key": (SMALL, another_key, "it was made for another key"),
    "declares print": (SMALL, rewrite(lambda m: output(m).update(name="print"), STRANGER), "it declares 'print', which"),
    "declares __builtins__": (
        SMALL, rewrite(lambda m: output(m).update(name="__builtins__"), STRANGER), "it declares '__builtins__', which no memo may set"),
    "declares get_ipython": (
        SMALL, rewrite(lambda m: output(m).update(name="get_ipython"), STRANGER), "it declares 'get_ipython', which no memo may set"),
    "declares another name": (
        SMALL, rewrite(lambda m: m["outputs"].append(dict(output(m), name="x")), STRANGER), "it declares 'x', which the cell"),
    "blob name with a path": (
        BIG, rewrite(lambda m: output(m).update(sha256="../../../../etc/passwd"), STRANGER), "names a blob '../../../../etc/passwd'"),
    "blob name with a path, as the display": (
        SMALL, rewrite(lambda m: m.update(display={"sha256": "/etc/passwd", "size": 1}), STRANGER), "names a blob '/etc/passwd'"),
    "declared size of 10 GB": (BIG, rewrite(lambda m: output(m).update(size=10 << 30), STRANGER), "its manifest says 11 GB"),
    "manifest of 10 GB": (SMALL, huge, "more than the 17 MB allowed"),
    "npy of 10 GB": (
        SMALL, rewrite(lambda m: inline(m, b"\x93NUMPY\x01\x00v\x00" + npy_header("(1342177280,)")), STRANGER), "doesn't fit its size"),
    "npy of objects": (
        SMALL, rewrite(lambda m: inline(m, b"\x93NUMPY\x01\x00v\x00" + npy_header("(1,)", "|O")), STRANGER), ".npy can't be read"),
    "npy of objects, version 3": (SMALL, rewrite(lambda m: inline(m, npy_3(Evil())), STRANGER), ".npy can't be read"),
    "manifest under another name": (SMALL, renamed, "is damaged: the content is not what the file's name says"),
    "JSON nested deeply": (SMALL, rewrite(lambda m: inline(m, b"[" * 5000, "json"), STRANGER), "its JSON can't be read"),
    "unknown format": (SMALL, rewrite(lambda m: output(m).update(format="exec"), STRANGER), "who isn't trusted here"),
    "blob is a link": (BIG, linked_blob, "is a symbolic link"),
    "folder is a link": (SMALL, linked_folder, "is a symbolic link"),
    "manifest is a link": (SMALL, linked_manifest, "is a symbolic link"),
    "blob is a pipe": (BIG, fifo, "is no regular file"),
    "blob is an LFS pointer": (BIG, pointer, "is a git-lfs pointer: run `git lfs pull`"),
    "false signature, claimed MAC": (SMALL, rewrite(lambda m: m.update(seconds=9, mac="0" * 64)), "its signature by"),
    "MAC of another manifest": (
        SMALL, rewrite(lambda m: m.update(seconds=9, mac=m["mac"])), "its signature by"),
    "signature of no known form": (SMALL, rewrite(lambda m: m.update(signature=5)), "its signature has no known form"),
}  # fmt: skip


def npy_header(shape, descr="<f8"):
    return f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117).encode() + b"\n" + b"\0" * 8


def inline(whole, data, format="npy"):
    import base64

    output(whole).update(
        format=format, inline=base64.b64encode(data).decode(), size=len(data), sha256=hashlib.sha256(data).hexdigest()
    )


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    from conftest import Kernel

    kernel = Kernel(tmp_path_factory.mktemp("attacks"))
    kernel.run("import xetcache, os; x = 3")
    yield kernel
    kernel.stop()


def stored(cell, kernel, tmp_path, monkeypatch):
    """Run a cell with a store and settings of its own. Returns the store's folder and what the run said."""
    monkeypatch.chdir(tmp_path)
    store = tmp_path / "xmemo"
    kernel.run(f"os.environ['XETCACHE_CONFIG_DIR'] = {str(tmp_path / '.config')!r}")
    kernel.run(f"xetcache.set_memo_path({str(store)!r})")
    return store, kernel.run(cell)


@pytest.mark.parametrize("name", ATTACKS)
def test_refused(name, kernel, tmp_path, monkeypatch):
    cell, tamper, says = ATTACKS[name]
    kernel.run(f"os.chdir({str(tmp_path)!r})")
    store, first = stored(cell, kernel, tmp_path, monkeypatch)
    assert "; stored" in first.lines[0]
    tamper(store)
    second = kernel.run(cell)
    assert says in second.lines[0], second.lines
    assert second.lines[0].startswith("miss") and "ran" in second.stdout and second.result == first.result
    assert second.error is None and not (tmp_path / "owned").exists()
    if "folder" in name:
        return  # the folder stays a link, so nothing can be stored in it
    third = kernel.run(cell)
    assert third.lines[0].startswith("hit"), third.lines


def test_only_text_and_images_from_strangers(kernel, tmp_path, monkeypatch):
    store, _ = stored(SHOWS, kernel, tmp_path, monkeypatch)
    for signer in ("nobody", STRANGER):
        rewrite(by_stranger, signer)(store)
        hit = kernel.run(SHOWS)
        assert "left out text/html, application/javascript, shown from trusted signers only" in hit.lines[0]
        assert hit.lines[0].startswith("hit") and hit.stdout == "text\n" and hit.result == "[3]"
        assert {mime for kind, data, *_ in hit.shown if kind == "display_data" for mime in data} == {"text/plain"}
    signer = json.loads(next(store.glob("k/*/*/*.json")).read_bytes())["signer"]
    kernel.run(f"from xetcache.cli import main; main(['trust', '--store', {str(store)!r}, 'add', {signer[:16]!r}, '--name', 'Ada'])")
    hit = kernel.run(SHOWS)
    assert hit.lines == [hit.lines[0]] and "signed by Ada" in hit.lines[0] and "left out" not in hit.lines[0]
    kernel.run(f"main(['trust', '--store', {str(store)!r}, 'revoke', {signer!r}])")
    assert "not trusted" in kernel.run(SHOWS).lines[0]
    kernel.run("xetcache.set_require_signed()")
    assert "only trusted signers are allowed here" in kernel.run(SHOWS).lines[0]
    kernel.run("xetcache.set_require_signed(False)")


PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n rest").decode()

# mime: value, whether it is shown when somebody unknown has signed it
SHOWN = [
    ("text/plain", "plain", True),
    ("image/png", PNG, True),
    ("image/png", PNG[:8] + "\n" + PNG[8:] + "\n", True),
    ("image/jpeg", base64.b64encode(b"\xff\xd8\xff\xe0 rest").decode(), True),
    ("image/gif", base64.b64encode(b"GIF89a rest").decode(), True),
    ("image/png", '"><script>alert(1)</script>', False),
    ("image/png", PNG + '"><script>', False),
    ("image/png", base64.b64encode(b"<svg onload=alert(1)>").decode(), False),
    ("image/gif", PNG, False),
    ("image/png", ["not", "text"], False),
    ("image/svg+xml", "<svg onload='alert(1)'/>", False),
    ("text/html", "<b>bold</b>", False),
    ("application/javascript", "alert(1)", False),
    ("text/markdown", "<img src=x onerror=alert(1)>", False),
    ("text/latex", "$\\href{javascript:alert(1)}{x}$", False),
    ("application/pdf", "JVBERi0=", False),
    ("application/json", {"a": 1}, False),
    ("application/geo+json", {"type": "Point"}, False),
    ("application/vnd.jupyter.widget-view+json", {"model_id": "0", "version_major": 2}, False),
    ("application/vnd.vega.v5+json", {"signals": [{"update": "alert(1)"}]}, False),
    ("application/vnd.vegalite.v5+json", {"mark": "bar"}, False),
    ("application/vnd.plotly.v1+json", {"data": []}, False),
    ("application/vnd.bokehjs_exec.v0+json", "", False),
    ("text/x-unknown", "x", False),
    ("TEXT/HTML", "<b>", False),
]


def test_what_strangers_may_show(kernel, tmp_path, monkeypatch):
    store, _ = stored(SMALL, kernel, tmp_path, monkeypatch)

    def show(whole):
        whole["display"] = [
            {kind: {mime: value}, "metadata": {mime: {"width": 9}, "tags": ["x"]}} for mime, value, _ in SHOWN for kind in ("display", "result")
        ] + [{"stream": "stdout", "text": "\x1b]0;title\x07\x1b[31mred\x1b[0m\x9b2J\n"}]

    rewrite(show, STRANGER)(store)
    hit = kernel.run(SMALL)
    assert hit.lines[0].startswith("hit"), hit.lines
    shown = [item for item in hit.shown if item[0] in ("display_data", "execute_result")]
    assert shown == [
        (kind, {mime: value}, {}) for mime, value, good in SHOWN if good for kind in ("display_data", "execute_result")
    ]
    for mime in {mime for mime, _, good in SHOWN if not good}:
        assert mime in hit.lines[0], mime
    assert hit.stdout == "]0;title\x1b[31mred\x1b[0m2J\n"
    kernel.run("from xetcache.cli import main")
    signer = json.loads(next(store.glob("k/*/*/*.json")).read_bytes())["signer"]
    kernel.run(f"main(['trust', '--store', {str(store)!r}, 'add', {signer!r}])")
    hit = kernel.run(SMALL)
    assert len([item for item in hit.shown if item[0] in ("display_data", "execute_result")]) == 2 * len(SHOWN)
    assert ("display_data", {"text/html": "<b>bold</b>"}, {"text/html": {"width": 9}, "tags": ["x"]}) in hit.shown


def test_a_pickle_of_a_signer_who_becomes_trusted(kernel, tmp_path, monkeypatch):
    store, _ = stored(CELL, kernel, tmp_path, monkeypatch)
    rewrite(by_stranger, STRANGER)(store)
    pristine = {path: path.read_bytes() for path in store.rglob("*.json")}
    refused = kernel.run(CELL)
    (signer,) = re.findall(r"xetcache trust add ([0-9a-f]{16})`", refused.lines[0])
    for path in store.rglob("*.json"):
        path.unlink()
    for path, data in pristine.items():
        path.write_bytes(data)
    monkeypatch.setenv("XETCACHE_CONFIG_DIR", str(tmp_path / ".config"))
    assert subprocess.run([sys.executable, "-m", "xetcache.cli", "trust", "add", signer, "--name", "Ada"]).returncode == 0
    hit = kernel.run(CELL)
    assert hit.lines[0].startswith("hit a, b") and "signed by Ada" in hit.lines[0] and "ran" in hit.stdout
    assert subprocess.run([sys.executable, "-m", "xetcache.cli", "trust", "revoke", signer]).returncode == 0
    assert "who isn't trusted here" in kernel.run(CELL).lines[0]


def test_trust_is_outside_the_repository(tmp_path, monkeypatch):
    monkeypatch.setenv("XETCACHE_CONFIG_DIR", str(tmp_path / "config"))
    mine = trust.your_key()
    assert mine and oct(os.stat(tmp_path / "config" / "signing.key").st_mode)[-3:] == "600"
    trust.trust(str(tmp_path / "a" / "xmemo"), "0" * 64, "A")
    assert trust.trusted(str(tmp_path / "a" / "xmemo")) == {"0" * 64: "A"}
    assert trust.trusted(str(tmp_path / "b" / "xmemo")) == {}
    (tmp_path / "config" / "trusted.json").write_text("{damaged")
    assert trust.trusted(str(tmp_path / "a" / "xmemo")) == {}


def test_formats_refuse_what_strangers_may_not_give(monkeypatch):
    """A second line behind the look-up's own checks."""
    from xetcache.store import formats

    with pytest.raises(manifests.Bad, match="from trusted signers only"):
        formats.decode(pickle.dumps(Evil()), {"format": "pickle"}, trusted=False)
    pd, pa = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    out = pa.BufferOutputStream()
    pd.DataFrame({"a": [0] * 1000}).to_parquet(out, compression="zstd")
    data = out.getvalue().to_pybytes()
    assert len(formats.decode(data, {"format": "parquet"}, trusted=False)) == 1000
    monkeypatch.setattr(formats, "_EXPANSION", 500)
    with pytest.raises(manifests.Bad, match="would unfold to more"):
        formats.decode(data, {"format": "parquet"}, trusted=False)
    assert len(formats.decode(data, {"format": "parquet"}, trusted=True)) == 1000


def test_a_short_prefix_of_a_key_in_the_store_is_refused(memo_folder, capsys):
    import xetcache
    from xetcache.cli import main

    xetcache.xeteval(len, [1])
    rewrite(by_stranger, STRANGER)(memo_folder)
    (signer,) = {json.loads(path.read_bytes())["signer"] for path in memo_folder.glob("k/*/*/*.json")}
    store = ["--store", str(memo_folder)]
    assert main(["trust", *store, "add", signer[:15]]) == 2
    assert trust.trusted(str(memo_folder)) == {}
    assert main(["trust", *store, "add", signer[:16]]) == 0
    assert list(trust.trusted(str(memo_folder))) == [signer]


def test_short_prefixes_of_keys_are_refused(tmp_path, monkeypatch, capsys):
    from xetcache.cli import main

    monkeypatch.setenv("XETCACHE_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    assert main(["trust", "add", "abcd"]) == 2
    assert "16 digits or more" in capsys.readouterr().err
    assert main(["trust", "list"]) == 0
