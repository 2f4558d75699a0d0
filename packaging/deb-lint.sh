#!/bin/sh
# Shows the Debian package to lintian; an error or warning fails.
set -eu
command -v lintian >/dev/null 2>&1 || { echo "skipped: no lintian" >&2; exit 0; }
lintian --fail-on error,warning --allow-root "$1"
echo "deb-lint: ok"
