#!/bin/sh
# Builds the extension and tries its grammar. Where there is no npm, or too old a node, it says so and that is all.
set -eu
cd "$(dirname "$0")"
if ! command -v npm >/dev/null 2>&1 || ! node --version >/dev/null 2>&1; then
    echo "skipped: no npm; the VS Code extension was not built" >&2
    exit 0
fi
major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
if [ "$major" -lt 18 ]; then
    echo "skipped: expected node 18 or newer, found $(node --version); the VS Code extension was not built" >&2
    exit 0
fi
# The packages are there already if nothing that names them is newer.
if [ ! -e node_modules/.package-lock.json ] || [ -n "$(find package.json package-lock.json -newer node_modules/.package-lock.json)" ]; then
    npm ci --no-audit --no-fund --loglevel=error
fi
npm run --silent build
npm test --silent
