#!/bin/sh
# Builds the Debian package from this working tree: target/debian/rtreg_VERSION_ARCHITECTURE.deb, whose name it prints last.
set -eu
cd "$(dirname "$0")/.."
cargo=${CARGO:-cargo}

"$cargo" build --release -p rtreg-cli >&2
target=$("$cargo" metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
rtreg="$target/release/rtreg"
staged="$target/release/deb"
rm -rf "$staged"
mkdir -p "$staged"
"$rtreg" completions bash >"$staged/rtreg.bash"
"$rtreg" completions zsh >"$staged/_rtreg"
"$rtreg" completions fish >"$staged/rtreg.fish"
"$rtreg" man "$staged/man" >&2
gzip --best --no-name "$staged"/man/*.1
gzip --best --no-name --stdout CHANGELOG.md >"$staged/changelog.gz"

# All times in the package are that of the version, so that the same tree gives the same bytes.
SOURCE_DATE_EPOCH=$(date --date "$(sed -n 's/^ -- .*>  //p' packaging/debian/changelog | head -n 1)" +%s)
export SOURCE_DATE_EPOCH
# What cargo-deb warns of, such as two files for one place, is a fault of the package.
if ! "$cargo" deb --package rtreg-cli --no-build --output "$target/debian/" >"$staged/log" 2>&1 || grep -q '^warning' "$staged/log"; then
    cat "$staged/log" >&2
    exit 1
fi
version=$(sed -n '1s/^rtreg (\([^)]*\)).*/\1/p' packaging/debian/changelog)
echo "$target/debian/rtreg_${version}_$(dpkg --print-architecture).deb"
