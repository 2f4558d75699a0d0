//! The commands in the documents are run as they stand there, each document on a store of its own.

use std::path::Path;

/// Runs the `console` blocks of a document in the folder of the repository.
fn document(path: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("cli/ has a parent");
    std::env::set_current_dir(root).expect("the folder of the repository");
    let folder = tempfile::tempdir().expect("a temporary folder");
    trycmd::TestCases::new()
        .register_bin("rtreg", Path::new(env!("CARGO_BIN_EXE_rtreg")))
        .env("RTREG_STORE", format!("sqlite:{}", folder.path().join("store.db").display()))
        .env("RTREG_NODE", "tokyo")
        .env("LC_ALL", "C")
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .case(root.join(path))
        .run();
}

#[test]
fn readme() {
    document("README.md");
}
