# What a person and CI call. Each target does the set-up that it needs by itself.

CARGO ?= cargo
SNAPSHOTS := $(CURDIR)/target/snapshots-used.txt
export CARGO_TERM_COLOR ?= auto

.PHONY: mutate docs-rules
.PHONY: editors
.PHONY: demo test bench bench-lint bench-compat fmt lint doc unit deny snapshots setup fuzz mutants new-rule package clean

## demo: the main job on real files and a temporary store, each command with its output
demo:
	$(CARGO) build --quiet --release -p rtreg-cli
	@sh tests/demo/demo.sh "$$($(CARGO) metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/release/rtreg"

## test: all that must hold: format, clippy, docs, tests, tidy, snapshots, licences
test: setup-tools fmt lint doc editors unit crashes snapshots deny

fmt: setup-rust
	$(CARGO) fmt --all --check

# The checker without its renderer too: tools that only want findings build it so.
lint: setup-rust
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(CARGO) check --quiet -p rtreg-checker --no-default-features

doc:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --quiet

# INSTA_UPDATE=no: a snapshot that differs fails and nothing is written.
unit:
	@mkdir -p target && rm -f $(SNAPSHOTS)
	INSTA_UPDATE=no INSTA_SNAPSHOT_REFERENCES_FILE=$(SNAPSHOTS) $(CARGO) test --workspace

# A snapshot that no test read is a leftover.
snapshots: unit
	@sh tests/tidy/unused-snapshots.sh $(SNAPSHOTS)

deny: setup-deny
	$(CARGO) deny --log-level error check licenses bans sources

## editors: the extension for VS Code is built and its grammar tried (needs npm); Neovim is tried with the other tests
editors: setup-editors
	@sh editors/vscode/check.sh

## bench: lint throughput, a relint after a keystroke, gate decisions per second
bench:
	$(CARGO) bench -p rtreg-checker --bench lint
	$(CARGO) bench -p rtreg-lsp --bench keystroke
	$(CARGO) bench -p rtreg-registry --bench gate

## bench-lint: linting beside other linters, one core and two; installs them into target/bench-peers (docs/performance.md)
bench-lint: setup-rust
	@CARGO="$(CARGO)" sh tests/bench/lint.sh

## bench-run: what a run costs beside what it runs: commits and processor time a step
.PHONY: bench-run
bench-run:
	$(CARGO) bench -p rtreg-cli --bench run

## bench-path: a thousand versions of a type as a graph, searched, and walked through the gate
.PHONY: bench-path
bench-path:
	$(CARGO) bench -p rtreg-upgrade --bench path

## bench-compat: pairs of versions per second, the time of one `compat`, beside `buf breaking`
bench-compat: setup-bench
	$(CARGO) bench -p rtreg-checker --bench compat
	$(CARGO) bench -p rtreg-upgrade --bench path
	$(CARGO) build --quiet --release -p rtreg-cli
	@folder="$$($(CARGO) metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')"; \
		sh tests/bench/compat.sh "$$folder/release/rtreg" "$$folder/bench-compat"

## bench-plan: a thousand resources planned, the growth up to a hundred thousand, and crm_simulate beside it
.PHONY: bench-plan
bench-plan: setup-peers
	$(CARGO) bench -p rtreg-tests --bench plan

## fuzz: the parser, ten minutes (needs cargo-fuzz)
fuzz:
	cd parser && RUSTC_BOOTSTRAP=1 $(CARGO) fuzz run --sanitizer none parse -- -max_total_time=600

# Every kill of every scenario, and every failure, with the optimised program: it is started some hundred thousand times.
.PHONY: crashes
crashes: setup-rust
	$(CARGO) test --quiet --release -p rtreg-cli --test crash

## crash: runs that are killed while they resume or abort, at every point of six scenarios; every failure in every way (an hour)
.PHONY: crash
crash: setup-rust
	RTREG_CRASH_ALL=1 $(CARGO) test --quiet --release -p rtreg-cli --test crash

## mutants: no mutant of the gate survives (needs cargo-mutants)
mutants:
	$(CARGO) mutants -p rtreg-registry -f 'registry/src/gate/*.rs' -f registry/src/migration.rs

## mutate: every good example wounded at every token; what the checker says of each mutant, by kind of wound
mutate:
	$(CARGO) run --quiet --release -p rtreg-tests --bin mutate -- TooMany Elsewhere Nothing

## docs-rules: docs/rules/ from the rules' own files, the tags in docs/scha.md from their table
docs-rules:
	RTREG_DOCS=write $(CARGO) test --quiet -p rtreg-tests --test rule_pages
	RTREG_DOCS=write $(CARGO) test --quiet -p rtreg-runtime --test scha_page

## new-rule RULE=<id> [KIND=compat]: the rule's file, its line in the list, its folder of fixtures
new-rule:
	@sh tests/tidy/new-rule.sh "$(RULE)" "$(or $(KIND),lint)"

## deb: the Debian package, with completions and man pages
deb: setup-deb
	@sh packaging/deb.sh

## deb-test: the package as lintian sees it; installed, used and removed, where this is root
deb-test: setup-deb
	@set -e; package=$$(sh packaging/deb.sh); sh packaging/deb-lint.sh "$$package"; sh packaging/deb-test.sh "$$package"

## package: every crate builds from its own package
# Cargo takes what it has unpacked and built of a name and a version for the same again, also when the content is another one since:
# what is left of an earlier run goes first.
package:
	rm -rf "$${CARGO_HOME:-$$HOME/.cargo}"/registry/src/-*/rtreg-* target/packaged/debug/.fingerprint/rtreg-*
	$(CARGO) package --workspace --allow-dirty --target-dir target/packaged --exclude rtreg-tests --exclude rtreg-example-embed

.PHONY: deb deb-test setup-rust setup-tools setup-bench setup-deny setup-editors setup-deb setup-peers
setup-rust:
	@sh tests/setup.sh rust

setup-tools:
	@sh tests/setup.sh tools

setup-bench:
	@sh tests/setup.sh bench

setup-deny:
	@sh tests/setup.sh deny

setup-editors:
	@sh tests/setup.sh editors

setup-deb:
	@sh tests/setup.sh deb

setup-peers:
	@sh tests/setup.sh peers

clean:
	$(CARGO) clean
