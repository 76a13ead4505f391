#!/bin/sh
# Holds fdigest against each Python given: its test vectors, and every function and class of all their
# standard libraries and every cell of the corpus against Go. Each needs pytest and ipython.
#
#   runtime-py/tools/fdigest-pythons.sh python3.9 python3.13
#   PYTHONPATH=… runtime-py/tools/fdigest-pythons.sh testdata/pyodide/python.sh    # 3.14

set -e
cd "$(dirname "$0")/../.."
list=
for python in "${@:-python3}"; do
	python=$(realpath -s "$(command -v "$python")")
	list=$list${list:+:}$python
	(cd runtime-py && "$python" -m pytest -q -s -p no:faulthandler -p no:cacheprovider --noconftest tests/test_fdigest.py)
done
XETMEMO_PYTHON=$list go test ./deps/digest -count=1 -timeout 2h -run 'TestPython|TestVectors|TestSum' -v | grep -v '^ *--- PASS: TestVectors\|^=== '
