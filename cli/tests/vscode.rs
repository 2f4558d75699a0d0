//! The extension for VS Code with the real client library and the real server, as `make editors` builds it.

use std::path::Path;
use std::process::Command;

#[test]
fn the_client_of_vs_code_starts_the_server_and_registers_what_it_can_do() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../editors/vscode");
    if !folder.join("out/extension.js").exists() {
        eprintln!("skipped: the VS Code extension is not built (make editors)");
        return;
    }
    let mut node = Command::new("node");
    node.current_dir(folder).env("RTREG", env!("CARGO_BIN_EXE_rtreg")).args([
        "--test",
        "--test-reporter=tap",
        "test/client.test.mjs",
    ]);
    let output = node.output().expect("what built the extension has node");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("# pass 1"), "{said}");
}
