//! Tidy: what the house promises about itself, held by tests. Each check also fails where it finds nothing to look at.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms: folder, pure or not, and the rooms it may depend on (ARCHITECTURE.md, "Rooms").
const ROOMS: &[(&str, bool, &[&str])] = &[
    ("model", true, &[]),
    ("parser", true, &["model"]),
    ("checker", true, &["model", "parser"]),
    ("registry", true, &["model", "parser", "checker"]),
    ("control", true, &["model"]),
    ("upgrade", true, &["model", "checker", "registry", "control"]),
    ("store", false, &["model", "registry"]),
    ("runtime", false, &["model", "registry", "upgrade"]),
    ("lsp", false, &["model", "parser", "checker"]),
    ("cli", false, &["model", "parser", "checker", "registry", "control", "upgrade", "store", "lsp", "runtime"]),
    ("examples/embed", false, &["parser", "checker"]),
    ("tests", false, &["model", "parser", "checker", "registry", "upgrade", "store", "lsp", "runtime", "cli"]),
];

/// Crates from outside that a room's own code may use, each with its reason in the room's Cargo.toml.
const OUTSIDE: &[(&str, &[&str])] = &[
    ("model", &["serde", "semver"]),
    ("parser", &["nom"]),
    ("checker", &["serde", "serde_json", "schemars", "miette", "sha2"]),
    ("registry", &["serde", "serde_json", "sha2", "thiserror", "schemars"]),
    ("control", &[]),
    ("upgrade", &["serde", "serde_json", "schemars", "sha2"]),
    ("store", &["rusqlite", "tempfile"]),
    ("lsp", &["gen-lsp-types", "lsp-server", "serde", "serde_json", "similar"]),
    ("runtime", &["nix", "schemars", "serde", "serde_json", "sha2", "thiserror"]),
    ("cli", CLI_OUTSIDE),
    ("examples/embed", &[]),
    ("tests", &["nix"]),
];

/// What the command line needs from outside; one line for each reader, writer and format.
const CLI_OUTSIDE: &[&str] = &[
    "clap",
    "clap_complete",
    "clap_mangen",
    "serde",
    "serde_json",
    "schemars",
    "ignore",
    "indicatif",
    "nix",
    "jiff",
    "sha2",
    "similar",
    "supports-hyperlinks",
    "tempfile",
    "toml",
];

/// Crates from outside that a room's tests and benches may use. Those of the house that they use stand below the room.
const OUTSIDE_IN_TESTS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("parser", &["proptest"]),
    ("checker", &["divan"]),
    ("registry", &["insta", "proptest", "divan"]),
    ("control", &[]),
    ("upgrade", &["proptest", "divan"]),
    ("store", &["proptest"]),
    ("runtime", &["tempfile"]),
    ("lsp", &["divan", "proptest"]),
    ("cli", CLI_OUTSIDE_IN_TESTS),
    ("examples/embed", &["insta"]),
    ("tests", &["divan", "datatest-stable", "insta", "jsonschema", "serde_json", "schemars", "tempfile", "proptest"]),
];

/// Who reads what the command line writes, and how it is tried.
const CLI_OUTSIDE_IN_TESTS: &[&str] =
    &["datatest-stable", "jsonschema", "junit-parser", "roxmltree", "serde-sarif", "insta", "trycmd", "proptest"];

/// What each pure room's clippy.toml must forbid.
const FORBIDDEN_IN_PURE: &[&str] = &[
    "std::fs::read",
    "std::fs::File",
    "std::env::var",
    "std::path::Path::exists",
    "std::path::Path::is_file",
    "std::path::Path::is_dir",
    "std::path::Path::metadata",
    "std::path::Path::canonicalize",
    "std::path::Path::read_dir",
    "std::env::home_dir",
    "std::net::TcpStream",
    "std::os::unix::net::UnixStream",
    "std::thread::spawn",
    "std::thread::scope",
    "std::process::Command",
    "std::time::SystemTime::now",
    "std::time::Instant::now",
    "std::collections::HashMap",
];

/// The crates that authors of tools build on: what of theirs can grow is `#[non_exhaustive]`.
const BORDER: &[&str] = &["model", "parser", "checker"];

/// Public types of the border that are exhaustive on purpose, each with its reason (ARCHITECTURE.md, "Decisions").
const EXHAUSTIVE: &[(&str, &str)] = &[
    ("Keyword", "the vendor's attributes and types; a new one must be thought about wherever entries are judged"),
    ("Tunability", "the vendor's six words; the gate must answer for each"),
    ("Method", "the vendor's twelve callbacks; who runs or prints them must think of each"),
    ("PropertyKind", "the vendor's five types"),
    ("PropertyTunable", "the vendor's words"),
    ("PropertyValue", "one shape of value for each group of the vendor's types"),
    ("InitNodes", "the vendor's two words"),
    ("Release", "a new release must be decided on wherever releases differ"),
    ("TypePropertyKind", "the shapes of the vendor's table"),
    ("Category", "the categories of the vendor's table"),
    ("StandardKind", "the vendor's five types"),
    ("Presence", "the cases of the vendor's table"),
    ("StandardDefault", "there is a default or there is none"),
    ("Level", "three levels; a tool maps each to its own"),
    ("Applicability", "three degrees; a tool that applies fixes must know each"),
    ("Origin", "known, unknown or none; the gate must answer for each"),
    ("$name", "words of the cluster's state; the gate must answer for each"),
    ("Question", "the conditions of the vendor's guide; whoever derives or tries must think of each"),
    ("Verdict", "what a run, or a promise, can turn out to be; it must be decided on wherever one is weighed"),
    ("Answer", "good, bad or unknown; whoever weighs one must think of each"),
    ("FileId", "a number that the caller gives out"),
    ("Span", "two offsets, and never more"),
    (
        "baseline::Key",
        "what tells one finding from another in a baseline; a further field is a new version of the file",
    ),
    ("levels::Layer", "what a caller writes down: select, ignore, levels"),
    ("levels::Setting", "a level, or off"),
    ("property::Entry", "a place that compares as equal, and never more"),
];

/// Most lines of a file, tests not counted (CONTRIBUTING.md).
const FILE_LINES_MAX: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ has a parent").to_path_buf()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files below a folder with this ending, build output left out.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())).flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if !matches!(name.as_str(), "target" | "node_modules")
                    && !name.starts_with('.')
                    && !name.starts_with("mutants.out")
                {
                    folders.push(path);
                }
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn rust_files() -> Vec<PathBuf> {
    let found = files(&root(), ".rs");
    assert!(found.len() > 30, "only {} Rust files found", found.len());
    found
}

/// The sections of a Cargo.toml: name, and lines with their numbers.
fn sections(manifest: &str) -> BTreeMap<String, Vec<(usize, String)>> {
    let mut sections: BTreeMap<String, Vec<(usize, String)>> = BTreeMap::new();
    let mut section = String::new();
    for (number, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']).to_owned();
        } else {
            sections.entry(section.clone()).or_default().push((number + 1, line.to_owned()));
        }
    }
    sections
}

fn dependencies(manifest: &str, section: &str) -> BTreeSet<String> {
    let sections = sections(manifest);
    let lines = sections.get(section).map(Vec::as_slice).unwrap_or_default();
    let name = |line: &str| line.split(['.', ' ', '=']).next().unwrap_or_default().to_owned();
    lines.iter().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).map(|(_, line)| name(line)).collect()
}

/// The crates that a table allows a room.
fn allowed<'t>(table: &'t [(&str, &'t [&'t str])], room: &str) -> &'t [&'t str] {
    table.iter().find(|(name, _)| *name == room).map(|(_, crates)| *crates).unwrap_or_default()
}

#[test]
fn rooms_depend_only_downwards() {
    for (room, _, below) in ROOMS {
        let manifest = read(&root().join(room).join("Cargo.toml"));
        for (section, table) in [("dependencies", OUTSIDE), ("dev-dependencies", OUTSIDE_IN_TESTS)] {
            let found = dependencies(&manifest, section);
            for dependency in &found {
                let is_allowed = match dependency.strip_prefix("rtreg-") {
                    Some(other) => below.contains(&other),
                    None => allowed(table, room).contains(&dependency.as_str()),
                };
                assert!(is_allowed, "{room}: {section} must not have {dependency}; the table is in ARCHITECTURE.md");
            }
            for listed in allowed(table, room) {
                assert!(found.contains(*listed), "{room}: {listed} is listed for {section}, and is not there");
            }
        }
        for section in sections(&manifest).keys().filter(|section| section.contains("dependencies")) {
            let known = matches!(section.as_str(), "dependencies" | "dev-dependencies");
            assert!(known, "{room}/Cargo.toml: [{section}]: dependencies stand in the two plain sections, one a line");
        }
    }
    let members = read(&root().join("Cargo.toml"));
    let listed = members.lines().find(|line| line.starts_with("members")).expect("a line `members`");
    for (room, _, _) in ROOMS {
        assert!(listed.contains(&format!("\"{room}\"")), "{room} is no member of the workspace");
    }
    assert_eq!(listed.matches('"').count() / 2, ROOMS.len(), "a member of the workspace is not in the table of rooms");
}

#[test]
fn pure_rooms_forbid_the_outside_world() {
    let pure: Vec<&str> = ROOMS.iter().filter(|(_, pure, _)| *pure).map(|(room, _, _)| *room).collect();
    assert!(pure.len() >= 4);
    for room in pure {
        let clippy = read(&root().join(room).join("clippy.toml"));
        for path in FORBIDDEN_IN_PURE {
            assert!(clippy.contains(&format!("\"{path}\"")), "{room}/clippy.toml does not forbid {path}");
        }
        let lib = read(&root().join(room).join("src/lib.rs"));
        let silent = "#![warn(clippy::print_stdout, clippy::print_stderr)]";
        assert!(lib.lines().any(|line| line == silent), "{room}/src/lib.rs: {silent}");
    }
    for (room, _, _) in ROOMS {
        let clippy = read(&root().join(room).join("clippy.toml"));
        assert!(clippy.contains("too-many-lines-threshold = 70"), "{room}/clippy.toml: too-many-lines-threshold");
        assert!(read(&root().join(room).join("Cargo.toml")).contains("[lints]\nworkspace = true"), "{room}: lints");
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let mut looked_at = 0;
    for (room, _, _) in ROOMS {
        let manifest = read(&root().join(room).join("Cargo.toml"));
        for section in ["dependencies", "dev-dependencies"] {
            let sections = sections(&manifest);
            let mut above = "";
            for (number, line) in sections.get(section).map(Vec::as_slice).unwrap_or_default() {
                if !line.is_empty() && !line.starts_with('#') {
                    assert!(above.starts_with("# "), "{room}/Cargo.toml:{number}: `{line}` has no reason above it");
                    looked_at += 1;
                }
                above = line;
            }
        }
    }
    assert!(looked_at > 20);
}

#[test]
fn files_have_a_head_and_a_limit() {
    for path in rust_files() {
        let text = read(&path);
        let body = text.lines().find(|line| !line.starts_with("#![")).unwrap_or_default();
        assert!(body.starts_with("//!"), "{}: no `//!` head", path.display());
        let code = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
        let is_test = path.components().any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "benches")));
        assert!(is_test || code <= FILE_LINES_MAX, "{}: {code} lines; split it along a concept", path.display());
    }
}

#[test]
fn nothing_unfinished() {
    let words = [["db", "g!("], ["to", "do!("], ["unimple", "mented!("], ["#[ign", "ore"], ["thread::sl", "eep("]];
    for path in rust_files() {
        for (number, line) in read(&path).lines().enumerate() {
            for word in words {
                let word = word.concat();
                // The store's wait is the only poll there is (ARCHITECTURE.md).
                let is_the_poll = word.starts_with("thread") && path.ends_with("store/src/embedded.rs");
                assert!(is_the_poll || !line.contains(&word), "{}:{}: {word}", path.display(), number + 1);
            }
            let comment = line.trim_start().strip_prefix("// ").unwrap_or_default();
            let is_code = comment.ends_with(';') && (comment.contains(" = ") || comment.contains('('));
            assert!(!is_code, "{}:{}: commented-out code", path.display(), number + 1);
        }
    }
}

#[test]
fn every_source_file_is_part_of_its_crate() {
    let mut looked_at = 0;
    for (room, _, _) in ROOMS {
        for path in files(&root().join(room).join("src"), ".rs") {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
            let folder = path.parent().expect("a file has a folder");
            let (name, owners) = if stem == "mod" {
                let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
                (name, owners_of(folder.parent().expect("src has a parent")))
            } else {
                (stem, owners_of(folder))
            };
            if matches!(name.as_str(), "lib" | "main") {
                continue;
            }
            let declared = owners.iter().any(|owner| {
                let text = read(owner);
                // A rule of lint: its line in the list, perhaps with what it judges.
                let is_listed =
                    |line: &str| line.trim().strip_suffix(',').and_then(|line| line.split('(').next()) == Some(&name);
                text.contains(&format!("mod {name};")) || text.lines().any(is_listed)
            });
            assert!(declared, "{}: no module declares it", path.display());
            looked_at += 1;
        }
    }
    assert!(looked_at > 30);
}

/// The files that may declare the modules of a folder.
fn owners_of(folder: &Path) -> Vec<PathBuf> {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let beside = folder.with_file_name(format!("{name}.rs"));
    let inside = ["lib.rs", "main.rs", "mod.rs"].map(|file| folder.join(file));
    inside.into_iter().chain([beside]).filter(|path| path.exists()).collect()
}

/// The public types of a file whose fields or variants can be seen from outside: name, line, and whether non-exhaustive.
fn visible_types(text: &str) -> Vec<(String, usize, bool)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let declaration = line.trim_start();
        let is_enum = declaration.starts_with("pub enum ");
        let is_struct = declaration.starts_with("pub struct ");
        let body = lines[at + 1..].iter().take_while(|line| line.trim_end() != "}");
        let has_fields = declaration.contains("(pub ") || body.clone().any(|line| line.starts_with("    pub "));
        if !is_enum && !(is_struct && has_fields && (declaration.ends_with('{') || declaration.contains("(pub "))) {
            continue;
        }
        let name = declaration.split([' ', '<', '(', '{', ';']).nth(2).unwrap_or_default().to_owned();
        let attributes = lines[..at].iter().rev().take_while(|line| line.trim_start().starts_with("#["));
        found.push((name, at + 1, attributes.into_iter().any(|line| line.trim() == "#[non_exhaustive]")));
    }
    found
}

#[test]
fn border_types_can_grow() {
    let mut exhaustive = BTreeSet::new();
    let mut looked_at = 0;
    for room in BORDER {
        for path in files(&root().join(room).join("src"), ".rs") {
            for (name, line, can_grow) in visible_types(&read(&path)) {
                let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
                let qualified = format!("{stem}::{name}");
                let listed = EXHAUSTIVE.iter().find(|(entry, _)| *entry == name || *entry == qualified);
                match (listed, can_grow) {
                    (Some((entry, _)), false) => _ = exhaustive.insert(*entry),
                    (None, true) => {}
                    (Some(_), true) => panic!("{}:{line}: {name} is listed as exhaustive, and is not", path.display()),
                    (None, false) => {
                        panic!("{}:{line}: {name} is neither #[non_exhaustive] nor listed", path.display())
                    }
                }
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 30, "only {looked_at} types found");
    let all: BTreeSet<&str> = EXHAUSTIVE.iter().map(|(name, _)| *name).collect();
    assert_eq!(exhaustive, all, "a listed type does not exist");
    assert!(EXHAUSTIVE.iter().all(|(_, reason)| !reason.is_empty()));
}

#[test]
fn documents_are_there_and_short() {
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        assert!(!read(&root().join(name)).trim().is_empty(), "{name}");
    }
    let architecture = read(&root().join("ARCHITECTURE.md"));
    assert!(architecture.lines().count() < 300, "ARCHITECTURE.md has 300 lines or more");
    for (room, _, _) in ROOMS {
        assert!(architecture.contains(&format!("`{room}/`")), "ARCHITECTURE.md does not name {room}/");
    }
    for number in 1..=6 {
        assert!(architecture.contains(&format!("INV-{number}")), "ARCHITECTURE.md does not name INV-{number}");
    }
    let readme = read(&root().join("README.md"));
    let first_screen: String = readme.lines().take(30).collect::<Vec<_>>().join("\n");
    assert!(first_screen.contains("make demo") && first_screen.contains("make test"), "README: the two commands");
}

/// What stands in backquotes, or in the parentheses of a link, outside of blocks.
fn quoted_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            words.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
            words.extend(line.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())));
        }
    }
    words
}

#[test]
fn documents_name_what_exists() {
    let mut looked_at = 0;
    for document in ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"] {
        for word in quoted_words(&read(&root().join(document))) {
            let is_path = (word.contains('/') || word.ends_with(".md")) && !word.contains([' ', ':']);
            if !is_path || word.starts_with('/') {
                continue;
            }
            // `lint/<rule>.rs` and `tests/*.rs` name a folder with something in it.
            let fixed: PathBuf = Path::new(&word).iter().take_while(|part| !has_hole(part)).collect();
            let path = root().join(&fixed);
            let is_there = if fixed == Path::new(&word) { path.exists() } else { has_entry(&path, &word) };
            assert!(is_there, "{document} names `{word}`, which does not exist");
            looked_at += 1;
        }
    }
    assert!(looked_at > 20, "only {looked_at} paths found");
}

/// Whether a part of a path stands for many.
fn has_hole(part: &std::ffi::OsStr) -> bool {
    part.to_str().is_some_and(|part| part.contains(['<', '*']))
}

/// Whether a folder holds something with the ending of a pattern.
fn has_entry(folder: &Path, pattern: &str) -> bool {
    let ending = pattern.rsplit(['*', '>']).next().unwrap_or_default();
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| ending.contains('/') || entry.file_name().to_str().is_some_and(|name| name.ends_with(ending)))
}

#[test]
fn nothing_of_the_machine_it_was_written_on() {
    let words = [["/wo", "rk/"], ["/ro", "ot/"], ["crates", ".io/"], ["npm", "js."]];
    let mut looked_at = 0;
    let endings = [".rs", ".md", ".toml", ".sh", ".rtr", ".snap", ".tsv", "Makefile", "run"];
    for ending in endings.into_iter().chain([".lua", ".vim", ".ts", ".mjs", ".json"]) {
        for path in files(&root(), ending) {
            let Ok(text) = fs::read_to_string(&path) else { continue };
            for word in words {
                assert!(!text.contains(&word.concat()), "{}: {}", path.display(), word.concat());
            }
            looked_at += 1;
        }
    }
    assert!(looked_at > 50);
}
