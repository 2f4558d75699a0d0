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

#[test]
fn two_versions_tried() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let fixture = "Resource_type = t; RT_version = \"1\"; RT_basedir = /opt/t; Start = s; Stop = s;\n#$upgrade\n";
    std::fs::create_dir(folder.path().join("bin")).expect("a folder");
    std::fs::write(folder.path().join("t.rtr"), fixture).expect("a file");
    std::fs::copy("/bin/true", folder.path().join("bin/s")).expect("a program");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rtreg"));
    let output = command.args(["try", "t.rtr", "t.rtr"]).current_dir(folder.path()).output().expect("the binary runs");
    if String::from_utf8_lossy(&output.stderr).contains("a sandbox cannot be made here") {
        eprintln!("skipped: namespaces are not permitted here");
        return;
    }
    document("docs/try.md");
}
