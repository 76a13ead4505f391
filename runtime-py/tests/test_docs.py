"""The examples of docs/runtime.md run, in order, and say what the page says."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "runtime.md"


def test_examples(kernels):
    text = PAGE.read_text(encoding="utf-8")
    kernel = kernels()
    blocks = list(re.finditer(r"^```python\n(.*?)^```\n", text, re.MULTILINE | re.DOTALL))
    assert len(blocks) > 10
    for block in blocks:
        outcome = kernel.run(block.group(1).rstrip("\n"))
        assert outcome.error is None, f"{block.group(1)}\n{outcome.error}"
        promise = re.match(r"\s*(?:says|and run again)?\s*says `([^`]*)`", text[block.end() :])
        if promise is not None:
            assert promise.group(1) in "\n".join(outcome.lines), f"{block.group(1)}\n{outcome.lines}"
    assert sum(bool(re.match(r"\s*says `", text[b.end() :])) for b in blocks) >= 4
