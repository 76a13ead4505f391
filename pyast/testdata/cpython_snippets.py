"""Writes as JSON the string constants of the interpreter's own grammar tests, and the doctests in
them: most are small pieces of Python, right and wrong, the rest is text that is no Python."""

import ast
import doctest
import json
import os
import sys
import sysconfig
import textwrap
import warnings

warnings.simplefilter("ignore")

TESTS = """test_ast/test_ast test_codeop test_compile test_dictcomps test_eof test_except_star test_exceptions
test_extcall test_flufl test_fstring test_generators test_genexps test_grammar test_listcomps
test_named_expressions test_patma test_pep646_syntax test_positional_only_arg test_setcomps
test_string_literals test_syntax test_tokenize test_type_params test_unpack test_unpack_ex test_unparse"""

pieces = []
for name in TESTS.split():
    path = os.path.join(sysconfig.get_path("stdlib"), "test", name + ".py")
    if not os.path.exists(path):
        continue
    with open(path, encoding="utf-8") as f:
        tree = ast.parse(f.read())
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if ">>>" in text:
                try:
                    pieces += [e.source for e in doctest.DocTestParser().get_examples(text)]
                except ValueError:
                    pass
            pieces += [text, textwrap.dedent(text).strip() + "\n"]
json.dump(list(dict.fromkeys(p for p in pieces if p.isprintable() or "\n" in p)), sys.stdout)
