//! What the suites have in common: where fixtures are and how one is linted. It judges nothing itself.

use std::path::{Path, PathBuf};

pub mod grammar;
pub mod mutate;

use rtreg_checker::report::{Sources, text};
use rtreg_checker::{LintOptions, MethodFiles, Set, Version, compare, lint};
use rtreg_model::{FileId, Finding, Level, Method, Release};

/// The folder of a suite's fixtures.
pub fn suite(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// All `.rtr` files below a folder, in order.
///
/// # Panics
/// If the folder cannot be read: a test without its data must not pass.
pub fn rtr_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry of a folder of fixtures can be read").path();
        if path.is_dir() {
            files.extend(rtr_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rtr") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The good examples of `rtr-examples/`: all but those of `broken/`.
///
/// # Panics
/// If the folder cannot be read or has too few: a test without its data must not pass.
pub fn good_examples() -> Vec<PathBuf> {
    let examples = suite("..").join("rtr-examples").canonicalize().expect("rtr-examples is there");
    let broken = examples.join("broken");
    let files: Vec<PathBuf> = rtr_files(&examples).into_iter().filter(|path| !path.starts_with(&broken)).collect();
    assert!(files.len() >= 16, "{} good examples", files.len());
    files
}

/// What a good example is checked for. The one file of the 3.0 era has no RT_version, as its release permits.
pub fn example_options(path: &Path) -> LintOptions {
    let unversioned = path.components().any(|part| part.as_os_str() == "unversioned");
    LintOptions::default().target(if unversioned { Release::V3_0 } else { Release::V4 })
}

/// What the first lines of a fixture ask for: `# target: 3.1`, `# zone-root`.
///
/// # Panics
/// If the target is no release.
pub fn fixture_options(source: &[u8]) -> LintOptions {
    let text = String::from_utf8_lossy(source);
    let mut options = LintOptions::default();
    for line in text.lines().take_while(|line| line.starts_with('#')) {
        if let Some(release) = line.strip_prefix("# target: ") {
            options = options.target(Release::parse(release).unwrap_or_else(|| panic!("no release: {release}")));
        }
        options = options.zone_root(options.zone_root || line == "# zone-root");
    }
    options
}

/// The findings about a text, and how they look: 100 columns, ASCII, no colours.
pub fn lint_text(name: &str, source: &[u8], options: &LintOptions) -> (Vec<Finding>, String) {
    lint_where(name, source, options, |_| true)
}

/// [`lint_text`] with all rules, but of what is only worth knowing only what this rule finds.
pub fn lint_for(rule: &str, name: &str, source: &[u8]) -> (Vec<Finding>, String) {
    let options = fixture_options(source).set(Set::All);
    lint_where(name, source, &options, |finding| finding.level > Level::Note || finding.rule == rule)
}

fn lint_where(
    name: &str,
    source: &[u8],
    options: &LintOptions,
    wanted: impl Fn(&Finding) -> bool,
) -> (Vec<Finding>, String) {
    let mut sources = Sources::default();
    let file = sources.add(name, source.to_vec());
    let mut findings = lint(&rtreg_parser::parse(source, file), options);
    findings.retain(wanted);
    let rendered = text::render(&findings, &sources, &text::TextOptions::default());
    (findings, rendered)
}

/// Two versions and what is found of them; the comments `# SHA-256 of Stop: …` of a fixture are the digests of its methods.
///
/// # Panics
/// If one of the texts has no usable Resource_type.
pub fn compare_texts<T>(old: &[u8], new: &[u8], look: impl FnOnce(&Version<'_>, &Version<'_>) -> T) -> T {
    let (old_rtr, new_rtr) = (rtreg_parser::parse(old, FileId(0)), rtreg_parser::parse(new, FileId(1)));
    let version = |rtr| Version::new(rtr).expect("a fixture has a Resource_type");
    let (old_version, new_version) = (version(&old_rtr), version(&new_rtr));
    look(&old_version.files(fixture_digests(old)), &new_version.files(fixture_digests(new)))
}

fn fixture_digests(source: &[u8]) -> MethodFiles {
    let text = String::from_utf8_lossy(source);
    let mut files = MethodFiles::default();
    for line in text.lines().filter_map(|line| line.strip_prefix("# SHA-256 of ")) {
        let (method, digest) = line.split_once(": ").unwrap_or_else(|| panic!("no digest: {line}"));
        let method = Method::parse(method).unwrap_or_else(|| panic!("no method: {method}"));
        files.methods.insert(method, digest.to_owned());
    }
    files
}

/// The differences between two texts, and how those of a rule and all that hurt look: 100 columns, ASCII, no colours.
pub fn compat_for(rule: &str, name: &str, old: &[u8], new: &[u8]) -> (Vec<Finding>, String) {
    let mut sources = Sources::default();
    sources.add(format!("{name}/old.rtr"), old.to_vec());
    sources.add(format!("{name}/new.rtr"), new.to_vec());
    let all = compare_texts(old, new, compare);
    let shown: Vec<Finding> =
        all.iter().filter(|finding| finding.level > Level::Note || finding.rule == rule).cloned().collect();
    let rendered = text::render(&shown, &sources, &text::TextOptions::default());
    (all, rendered)
}
