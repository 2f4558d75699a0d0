#!/bin/sh
# Installs what a target needs and the machine lacks. Debian packages only where root; says what is missing otherwise.
set -eu

# The version of cargo-deny that deny.toml is written for.
deny_version=0.20.2

# The version of cargo-deb that cli/Cargo.toml is written for.
cargo_deb_version=3.8.0

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

# What the tests want of Python, in an environment of its own below the target folder.
python_packages="pre-commit==4.7.0 check-jsonschema==0.39.0"

# A test that needs a program says "skipped" where it is not there, so these are wanted and not required.
tools() {
    debian
    python
}

debian() {
    missing=
    # The program, and the Debian package that has it where that has another name.
    for tool in strace bash zsh fish mandoc groff shellcheck git nvim:neovim dot:graphviz; do
        command -v "${tool%:*}" >/dev/null 2>&1 || missing="$missing ${tool#*:}"
    done
    python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || missing="$missing python3-venv"
    apt_install "$missing" "the tests that need it are skipped"
}

# Installs Debian packages where this is root; says otherwise what follows.
apt_install() {
    [ -n "$1" ] || return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "setup: installing$1"
        # shellcheck disable=SC2086
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $1; } >/dev/null ||
            echo "setup: could not install$1; $2" >&2
    else
        echo "setup: not root, and$1 is missing; $2" >&2
    fi
}

python() {
    folder="${CARGO_TARGET_DIR:-target}/tools/python"
    # The marker is written last and names the versions, so that a broken or old environment is made anew.
    [ "$(cat "$folder/complete" 2>/dev/null)" != "$python_packages" ] || return 0
    echo "setup: $python_packages in $folder"
    # shellcheck disable=SC2086
    if python3 -m venv --clear "$folder" && "$folder/bin/pip" install --quiet --disable-pip-version-check $python_packages; then
        echo "$python_packages" >"$folder/complete"
    else
        rm -rf "$folder"
        echo "setup: could not install $python_packages; the tests that need them are skipped" >&2
    fi
}

# What figures are held against.
peers() {
    command -v crm_simulate >/dev/null 2>&1 || apt_install " pacemaker-cli-utils" "there is nothing to measure beside"
}

deny() {
    command -v cargo-deny >/dev/null 2>&1 && return 0
    echo "setup: installing cargo-deny $deny_version"
    # Unoptimised: it runs once, for a second.
    cargo install --locked --debug --quiet --version "$deny_version" cargo-deny
}

# What builds the Debian package, and what looks at it.
deb() {
    command -v cargo-deb >/dev/null 2>&1 || {
        echo "setup: installing cargo-deb $cargo_deb_version"
        cargo install --locked --debug --quiet --version "$cargo_deb_version" cargo-deb
    }
    missing=
    command -v dpkg-shlibdeps >/dev/null 2>&1 || missing="$missing dpkg-dev"
    command -v man >/dev/null 2>&1 || missing="$missing man-db"
    command -v lintian >/dev/null 2>&1 || missing="$missing lintian"
    apt_install "$missing" "the package cannot be built or looked at without them"
}

# What measures beside others.
bench() {
    missing=
    for tool in hyperfine npm; do
        command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
    done
    apt_install "$missing" "the benchmark cannot run without them"
}

# What builds the extension for VS Code.
editors() {
    command -v npm >/dev/null 2>&1 || apt_install " npm" "the VS Code extension is not built"
}

case "${1:-}" in
    rust) rust ;;
    tools) tools ;;
    bench) bench ;;
    deny) deny ;;
    deb) deb ;;
    editors) editors ;;
    peers) peers ;;
    *) echo "usage: setup.sh rust|tools|bench|deny|deb|editors|peers" >&2; exit 2 ;;
esac
