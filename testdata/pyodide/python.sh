#!/bin/sh
# Python 3.14 for tests where no other is installed: CPython compiled to WebAssembly, under node.
#
#   npm install
#   ./python.sh script.py argument …
#   ./python.sh -m module argument …
#   ./python.sh -c code
#
# It sees the machine's files, except those under /dev, /proc and /lib; PYTHONPATH works, pure Python
# packages of another Python included; subprocesses and threads don't. For pytest: -s -p no:faulthandler.

# Python recurses on node's stack.
ulimit -s 65536 && exec node --stack-size=30000 "$(dirname "$0")/python.mjs" "$@"
