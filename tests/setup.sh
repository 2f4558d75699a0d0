#!/bin/sh
# Installs what a target needs and the machine lacks. Debian packages only where root; says what is missing otherwise.
set -eu

# The version of cargo-deny that deny.toml is written for.
deny_version=0.20.2

# Format and clippy are parts of Rust that a distribution or a minimal installation leaves out.
rust() {
    missing=
    cargo fmt --version >/dev/null 2>&1 || missing="$missing rustfmt"
    cargo clippy --version >/dev/null 2>&1 || missing="$missing clippy"
    [ -n "$missing" ] || return 0
    if command -v rustup >/dev/null 2>&1; then
        echo "setup: adding$missing"
        # shellcheck disable=SC2086
        rustup component add $missing
    else
        echo "setup: expected rustfmt and clippy, missing:$missing, and there is no rustup to add them;" \
            "install them the way Rust was installed, in the same version (1.95 or newer)" >&2
        return 1
    fi
}

# The commands, each with the Debian package that has it. Who needs a program says "skipped" where it is not there, so
# these are wanted and not required.
wanted() {
    missing=
    for tool in "$@"; do
        command -v "${tool%%:*}" >/dev/null 2>&1 || missing="$missing ${tool#*:}"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "setup: installing$missing"
        # shellcheck disable=SC2086
        { apt-get update -qq && apt-get install -y -qq $missing; } >/dev/null ||
            echo "setup: could not install$missing; what needs it is skipped" >&2
    else
        echo "setup: not root, and$missing is missing; what needs it is skipped" >&2
    fi
}

tools() {
    wanted strace:strace dot:graphviz shellcheck:shellcheck
}

# What figures are held against.
peers() {
    wanted crm_simulate:pacemaker-cli-utils
}

deny() {
    command -v cargo-deny >/dev/null 2>&1 && return 0
    echo "setup: installing cargo-deny $deny_version"
    # Unoptimised: it runs once, for a second.
    cargo install --locked --debug --quiet --version "$deny_version" cargo-deny
}

case "${1:-}" in
    rust) rust ;;
    tools) tools ;;
    deny) deny ;;
    peers) peers ;;
    *) echo "usage: setup.sh rust|tools|deny|peers" >&2; exit 2 ;;
esac
