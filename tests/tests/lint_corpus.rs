//! Real files written by others, read where they lie beside the project: none may have an error, and each warning is
//! known by rule. Says so and passes where the folder is missing, as in a user's clone.

use std::fmt::Write as _;
use std::path::Path;

use rtreg_checker::LintOptions;
use rtreg_model::Level;
use rtreg_tests::{lint_text, rtr_files};

#[test]
fn real_files_have_no_error_and_known_warnings() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let corpus =
        if corpus.is_dir() { corpus } else { Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus") };
    if !corpus.is_dir() {
        eprintln!("skipped: no corpus");
        return;
    }
    let files = rtr_files(&corpus);
    assert!(!files.is_empty(), "the corpus has files");
    let mut report = String::new();
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let source = std::fs::read(&path).expect("a file of the corpus can be read");
        let (findings, rendered) = lint_text(&name, &source, &LintOptions::default());
        assert!(findings.iter().all(|finding| finding.level != Level::Error), "{rendered}");
        for finding in findings {
            writeln!(report, "{name}: {} {}", finding.level.as_str(), finding.rule).expect("a string takes text");
        }
    }
    insta::assert_snapshot!(report, @r"
    SUNW.hasam-4.6.rtr: warning rt_version_without_upgrade
    SUNW.hasam-4.6.rtr: warning retry_interval_not_in_minutes
    SUNW.qfs-4.6-r1.20.rtr: warning retry_interval_not_in_minutes
    SUNW.qfs-4.6.rtr: warning retry_interval_not_in_minutes
    SUNW.qfs-5.rtr: warning retry_interval_not_in_minutes
    ");
}
