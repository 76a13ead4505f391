"""What the linter's table of magics (pyast/magics/table.go) says that the runtime needs.

Written by go generate ./pyast/magics, which a test holds to the table: change it there.
"""

# Cell magics whose body is Python of the notebook that is read as a cell (docs/fdigest.md, rule cell-magics).
CELLS = frozenset(
    {
        "capture",
        "debug",
        "prun",
        "time",
        "timeit",
        "xetmemo",
    }
)
