//! The examples: those of `rtr-examples/broken/` each with the snapshot of their diagnostics beside them; all others clean,
//! upgradable by every tunability, with method scripts that exist and can be run.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rtreg_checker::LintOptions;
use rtreg_model::{FileId, Tunability};
use rtreg_tests::{example_options, good_examples, lint_text, rtr_files, suite};

fn examples() -> PathBuf {
    suite("..").join("rtr-examples").canonicalize().expect("rtr-examples is there")
}

/// One type shows a name without a version: what the warning is about is what it is there for.
fn is_meant(path: &Path, rule: &str) -> bool {
    rule == "rt_version_without_upgrade" && path.ends_with("license/4.2/XMPL.license.rtr")
}

#[test]
fn broken_examples_and_what_is_said_of_them() {
    let folder = examples().join("broken");
    let files = rtr_files(&folder);
    assert!(files.len() >= 20, "{} broken examples", files.len());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for path in files {
        let source = std::fs::read(&path).expect("an example can be read");
        let name = path.file_name().and_then(|name| name.to_str()).expect("an example has a name");
        let (findings, rendered) = lint_text(name, &source, &LintOptions::default());
        assert!(!findings.is_empty(), "{name} is said to be broken, but nothing is found");
        settings.bind(|| insta::assert_snapshot!(name, rendered));
    }
}

#[test]
fn good_examples_are_clean_and_print_as_the_same_type() {
    for path in good_examples() {
        let source = std::fs::read(&path).expect("an example can be read");
        let (findings, rendered) = lint_text(&path.display().to_string(), &source, &example_options(&path));
        let unexpected = findings.iter().any(|finding| !is_meant(&path, finding.rule));
        assert!(!unexpected, "{rendered}");
        let lowered = |source: &[u8]| rtreg_parser::lower(&rtreg_parser::parse(source, FileId(0)));
        let resource_type = lowered(&source).expect("a clean file gives a type");
        let printed = rtreg_parser::print(&resource_type);
        assert_eq!(lowered(printed.as_bytes()).as_ref(), Some(&resource_type), "{}", path.display());
    }
}

#[test]
fn every_tunability_occurs_and_several_types_have_several_versions() {
    let mut tunabilities = BTreeSet::new();
    let mut versions = BTreeSet::new();
    for path in good_examples() {
        let source = std::fs::read(&path).expect("an example can be read");
        let rtr = rtreg_parser::parse(&source, FileId(0));
        let resource_type = rtreg_parser::lower(&rtr).expect("a clean file gives a type");
        tunabilities.extend(resource_type.upgrade_from.iter().map(|line| line.tunability.value));
        versions.insert((resource_type.name().base().to_owned(), resource_type.version.value.clone()));
    }
    assert_eq!(tunabilities, Tunability::ALL.into_iter().collect());
    let types: BTreeSet<&String> = versions.iter().map(|(base, _)| base).collect();
    assert!(types.len() >= 8, "{} types", types.len());
    let several = types.iter().filter(|base| versions.iter().filter(|(other, _)| other == **base).count() > 1).count();
    assert!(several >= 4, "{several} types have several versions");
}

#[test]
fn every_declared_method_is_a_script_that_can_be_run() {
    for path in good_examples() {
        let source = std::fs::read(&path).expect("an example can be read");
        let resource_type = rtreg_parser::lower(&rtreg_parser::parse(&source, FileId(0))).expect("a type");
        let bin = path.parent().expect("an example has a folder").join("bin");
        assert!(!resource_type.methods.is_empty());
        for (method, declared) in &resource_type.methods {
            let name = Path::new(&declared.absolute).file_name().expect("a method has a file name");
            let script = bin.join(name);
            let mode = std::fs::metadata(&script).map(|metadata| metadata.permissions().mode());
            assert!(
                mode.is_ok_and(|mode| mode & 0o111 == 0o111),
                "{method} of {}: {}",
                path.display(),
                script.display()
            );
        }
    }
}
