"""fdigest v1: the vectors that the tests of deps/digest read too, and what holds on the Python side alone."""

import ast
import json
import re
import sys
import unicodedata

import pytest

import fdigest_vectors as vectors
from fdigest_alone import fdigest
from xetcache.source import unicode12 as _unicode12

TABLE = json.loads(vectors.PLACE.read_text(encoding="ascii"))
MINOR = sys.version_info[1]


def label(case):
    return "%s %s" % (case["rule"], case["source"][:40].encode("unicode_escape").decode())


@pytest.mark.parametrize("case", TABLE["cases"], ids=label)
def test_vector(case):
    if case.get("since", 0) > MINOR:
        with pytest.raises(SyntaxError):
            vectors.form(case, case["source"])
        return
    if case.get("opaque"):
        with pytest.raises((SyntaxError, fdigest.Opaque)):
            vectors.form(case, case["source"])
        return
    try:
        form = vectors.form(case, case["source"])
    except fdigest.Opaque:
        assert MINOR in case.get("misread", ())
        return
    assert form == case["form"].encode("latin-1")
    assert vectors.digest(form) == case["digest"]
    for source in case.get("same", ()):
        assert vectors.form(case, source) == form, source
    for source in case.get("differ", ()):
        assert vectors.form(case, source) != form, source
    if "mentions_doc" in case:
        assert fdigest.names_doc(form) == case["mentions_doc"]


@pytest.mark.parametrize("row", TABLE["digests"], ids=lambda row: row["note"])
def test_digest(row):
    def digest(pairs):
        return fdigest.digest((name, form.encode("latin-1")) for name, form in pairs)

    assert digest(row["pairs"]) == row["digest"]
    if "same" in row:
        assert digest(row["same"]) == row["digest"]
    if "differ" in row:
        assert digest(row["differ"]) != row["digest"]


def test_every_rule_of_the_page_has_vectors():
    page = (vectors.PLACE.parents[1] / "docs" / "fdigest.md").read_text(encoding="utf-8")
    forms = page.split("## Test vectors")[0]
    forms = re.sub(r"^## Reach$.*?(?=^## |\Z)", "", forms, flags=re.M | re.S)  # its cases: deps/testdata/reach
    rules = re.findall(r"^\| `([a-z-]+)` \|", forms, re.M)
    assert set(rules) == {case["rule"] for case in TABLE["cases"]} | {"digest"}
    assert len(rules) == len(set(rules))


def test_every_node_has_a_vector():
    """A field or node that v1 has and no vector shows could change unseen."""
    shown = " ".join(case.get("form", "") for case in TABLE["cases"])
    unseen = [kind for kind in fdigest._FIELDS if not re.search(r"\(%s[ )]" % kind, shown)]
    assert not unseen
    for kind, fields in fdigest._FIELDS.items():
        assert list(fields) == sorted(fields)


def test_newer_node_is_opaque():
    class FrozenSet(ast.expr):
        pass

    with pytest.raises(fdigest.Opaque, match="FrozenSet is newer"):
        fdigest.node_form(ast.Expr(value=FrozenSet()))


def test_newer_field_is_ignored():
    node = ast.parse("import a").body[0]
    node.is_lazy = True
    node._fields += ("is_lazy",)
    assert fdigest.node_form(node) == b"(Import names [(alias name i1:a)])"


def test_deep_tree():
    term: ast.expr = ast.Name(id="a")
    for _ in range(50_000):
        term = ast.UnaryOp(op=ast.Not(), operand=term)
    assert fdigest.node_form(term).count(b"(Not)") == 50_000


def test_newer_lines():
    assert fdigest.newer_lines("a = 'é'\n") == ()
    source = "a = 1\nb = '''\n\\N{BUBBLE TEA}'''\n# \\N{BUBBLE TEA}\n"
    if MINOR > 8:
        assert fdigest.newer_lines(source) == (3,)
        tree = fdigest.parse(source)
        assert fdigest.function_form(tree.body[0], newer=(3,))
        with pytest.raises(fdigest.Opaque, match="line 3 "):
            fdigest.function_form(tree.body[1], newer=(3,))
    else:
        with pytest.raises(SyntaxError):
            fdigest.parse(source)


def test_unicode_12():
    """Once assigned, always assigned: every later table contains the pinned one."""
    for code in range(0, sys.maxunicode + 1):
        here = unicodedata.category(chr(code)) != "Cn"
        pinned = _unicode12.assigned(chr(code))
        if unicodedata.unidata_version == "12.1.0":
            assert pinned == here
        else:
            assert here or not pinned, hex(code)


def test_identifiers_of_later_unicode():
    """The characters that 12.1 assigns and a later version made part of identifiers are those that the module names."""
    kana_and_joiners = set(fdigest._LATER_IN_IDENTIFIERS)
    allowed = {char for char in kana_and_joiners if ("a" + char).isidentifier()}
    assert allowed == (kana_and_joiners if MINOR >= 13 else set())


def test_without_ipython(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython.core.inputtransformer2", None)
    assert fdigest.cell_form("%%time\nx = 1").startswith(b"(magics ")
    assert fdigest.cell_form("%%bash\nls").startswith(b"(Module ")
    with pytest.raises(fdigest.Opaque, match="pip install ipython"):
        fdigest.cell_form("%matplotlib inline")
