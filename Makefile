# What a person and CI call. Each target does the set-up that it needs by itself.

CARGO ?= cargo
SNAPSHOTS := $(CURDIR)/target/snapshots-used.txt
export CARGO_TERM_COLOR ?= auto

.PHONY: mutate docs-rules
.PHONY: demo test bench fmt lint doc unit deny snapshots setup fuzz mutants new-rule package clean

## demo: the main job on real files and a temporary store, each command with its output
demo: setup-tools
	$(CARGO) build --quiet --release -p rtreg-cli
	@sh tests/demo/demo.sh "$$($(CARGO) metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/release/rtreg"

## test: all that must hold: format, clippy, docs, tests, tidy, snapshots, licences
test: setup-tools fmt lint doc unit snapshots deny

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

## bench: lint throughput and gate decisions per second
bench:
	$(CARGO) bench -p rtreg-checker --bench lint
	$(CARGO) bench -p rtreg-registry --bench gate

## bench-path: a thousand versions of a type as a graph, searched, and walked through the gate
.PHONY: bench-path
bench-path:
	$(CARGO) bench -p rtreg-upgrade --bench path

## bench-plan: a thousand resources planned, the growth up to a hundred thousand, and crm_simulate beside it
.PHONY: bench-plan
bench-plan: setup-peers
	$(CARGO) bench -p rtreg-tests --bench plan

## fuzz: the parser, ten minutes (needs cargo-fuzz)
fuzz:
	cd parser && RUSTC_BOOTSTRAP=1 $(CARGO) fuzz run --sanitizer none parse -- -max_total_time=600

## mutants: no mutant of the gate survives (needs cargo-mutants)
mutants:
	$(CARGO) mutants -p rtreg-registry -f 'registry/src/gate/*.rs' -f registry/src/migration.rs

## mutate: every good example wounded at every token; what the checker says of each mutant, by kind of wound
mutate:
	$(CARGO) run --quiet --release -p rtreg-tests --bin mutate -- TooMany Elsewhere Nothing

## docs-rules: docs/rules/ from the rules' own files
docs-rules:
	RTREG_DOCS=write $(CARGO) test --quiet -p rtreg-tests --test rule_pages

## new-rule RULE=<id>: the rule's file, its line in the list, its folder of fixtures
new-rule:
	@sh tests/tidy/new-rule.sh "$(RULE)"

## package: every crate builds from its own package
package:
	$(CARGO) package --workspace --allow-dirty --exclude rtreg-tests --exclude rtreg-example-embed

.PHONY: setup-rust setup-tools setup-deny setup-peers
setup-rust:
	@sh tests/setup.sh rust

setup-tools:
	@sh tests/setup.sh tools

setup-deny:
	@sh tests/setup.sh deny

setup-peers:
	@sh tests/setup.sh peers

clean:
	$(CARGO) clean
