"""The test vectors of fdigest v1, testdata/fdigest.json, read by the tests of Python and of Go.

To add a case, write its rule, read and source, and run this file: it adds form and digest to the
cases that have none. What it adds is what this implementation says; look at it. docs/fdigest.md
says what the members of a case are.
"""

import json
import pathlib

from fdigest_alone import fdigest

PLACE = pathlib.Path(__file__).resolve().parents[2] / "testdata" / "fdigest.json"


def form(case: dict, source: str) -> bytes:
    """The form of a source that is read as the case says; SyntaxError or Opaque if it has none."""
    names_doc = case.get("names_doc", False)
    if case["read"] == "cell":
        return fdigest.cell_form(source, names_doc=names_doc)
    if case["read"] == "module":
        source = fdigest.decode(source.encode("latin-1"))
    statement = fdigest.parse(source).body[0]
    return fdigest.function_form(
        statement,
        special_class=case.get("special_class", False),
        names_doc=names_doc,
        newer=fdigest.newer_lines(source),
    )


def digest(form: bytes) -> str:
    """The digest that a case shows: of the form under the name __main__.f."""
    return fdigest.digest([("__main__.f", form)])


def main() -> None:
    vectors = json.loads(PLACE.read_text(encoding="ascii"))
    for case in vectors["cases"]:
        if "form" not in case and not case.get("opaque"):
            case["form"] = form(case, case["source"]).decode("latin-1")
            case["digest"] = digest(case["form"].encode("latin-1"))
    for row in vectors["digests"]:
        if "digest" not in row:
            row["digest"] = fdigest.digest((name, form.encode("latin-1")) for name, form in row["pairs"])
    PLACE.write_text(json.dumps(vectors, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
