#!/bin/sh
# Installs what a target needs and the machine lacks. Debian packages only where root; says what is missing otherwise.
set -eu

# A test that needs a program says "skipped" where it is not there, so these are wanted and not required.
tools() {
    missing=
    for tool in strace; do
        command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "setup: installing$missing"
        # shellcheck disable=SC2086
        { apt-get update -qq && apt-get install -y -qq $missing; } >/dev/null ||
            echo "setup: could not install$missing; the tests that need it are skipped" >&2
    else
        echo "setup: not root, and$missing is missing; the tests that need it are skipped" >&2
    fi
}

deny() {
    command -v cargo-deny >/dev/null 2>&1 && return 0
    echo "setup: installing cargo-deny"
    # Unoptimised: it runs once, for a second.
    cargo install --locked --debug --quiet cargo-deny
}

case "${1:-}" in
    tools) tools ;;
    deny) deny ;;
    *) echo "usage: setup.sh tools|deny" >&2; exit 2 ;;
esac
