"""Header lines, from the table that the linter's tests read too."""

import ast
import json
import keyword
from pathlib import Path

import pytest

from xetcache.notebook import header

CASES = json.loads((Path(__file__).parents[2] / "testdata" / "headers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_header(case):
    got = header.parse(case["text"][len("%%xetmemo"):])
    want = {name: case[name] for name in ("input", "output", "key", "always", "unknown", "invalid")}
    assert {name: getattr(got, name) for name in want} == want


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_strict(case):
    assert accepted_by_0_0_2(case["text"]) == case["strict_ok"]


def accepted_by_0_0_2(text):
    """Whether XetCache 0.0.2 reads this header as it is meant.

    It splits at single spaces and `=`. IPython has expanded `{…}` and `$name` before, each input is evaluated, each
    output looked up. What it accepts and then takes for something else (a repeated option, `always=true`, a key
    that leaves the folder) is no part of the grammar.
    """
    line = text[len("%%xetmemo"):].strip()
    if "{" in line or "$" in line:
        return False
    seen = set()
    for word in line.split(" "):
        parts = word.split("=")
        if len(parts) != 2 or parts[0] not in header.KNOWN or parts[0] in seen:
            return False
        name, value = parts
        seen.add(name)
        if name == "input":
            for item in value.split(","):
                try:
                    ast.parse(item, mode="eval")
                except SyntaxError:
                    return False
        elif name == "output" and not all(n.isidentifier() and not keyword.iskeyword(n) for n in value.split(",")):
            return False
        elif name == "always" and value not in ("True", "False"):
            return False
        elif name == "key" and not header.valid_key(value):
            return False
    return True
