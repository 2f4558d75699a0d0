//! A relint after a keystroke in a file of 20 kB: the check alone, and from the message of the change to that of the
//! diagnostics, through pipes and JSON.

use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write};
use std::path::Path;

use divan::Bencher;
use rtreg_checker::levels::Levels;
use rtreg_checker::{LintOptions, check};
use rtreg_lsp::{Checked, Host, serve};
use rtreg_model::{FileId, Finding};
use serde_json::{Value, json};

const HEAD: &str = "Resource_type = web;\nVendor_id = ACME;\nRT_version = \"2.0\";\nRT_basedir = /opt/ACMEweb/bin;\n\
    Start = start;\nStop = stop;\n#$upgrade\n#$upgrade_from \"1.0\" ANYTIME\n\
    { PROPERTY = Start_timeout; DEFAULT = 60; }\n{ PROPERTY = Stop_timeout; DEFAULT = 60; }\n";

fn main() {
    divan::main();
}

/// 20 kB, with a finding in each tenth entry.
fn text() -> String {
    let entry = |number: usize| {
        let default = if number.is_multiple_of(10) { 900 } else { 50 };
        format!(
            "# Limit number {number}.\n{{\n    PROPERTY = Limit_{number};\n    EXTENSION;\n    INT;\n    MIN = 0;\n    MAX = 100;\n    \
             DEFAULT = {default};\n    TUNABLE = WHEN_DISABLED;\n    DESCRIPTION = \"A limit of the service\";\n}}\n"
        )
    };
    let mut text = HEAD.to_owned();
    (0..).map(entry).find(|entry| {
        text.push_str(entry);
        text.len() >= 20_000
    });
    text
}

fn findings(text: &str) -> Vec<Finding> {
    check(&rtreg_parser::parse(text.as_bytes(), FileId(0)), &LintOptions::default(), &Levels::default())
}

struct Defaults;

impl Host for Defaults {
    fn check(&mut self, _: Option<&Path>, text: &str) -> Checked {
        Checked::new(findings(text), LintOptions::default())
    }
}

#[divan::bench]
fn check_alone(bencher: Bencher<'_, '_>) {
    let text = text();
    assert!(text.len() >= 20_000 && findings(&text).len() >= 5, "{} bytes", text.len());
    bencher.bench_local(|| findings(divan::black_box(&text)));
}

#[divan::bench]
fn from_change_to_diagnostics(bencher: Bencher<'_, '_>) {
    let (input, mut to_server) = std::io::pipe().expect("a pipe");
    let (from_server, output) = std::io::pipe().expect("a pipe");
    std::thread::spawn(move || serve(BufReader::new(input), output, Defaults).map(drop));
    let mut from_server = BufReader::new(from_server);
    send(
        &mut to_server,
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } }),
    );
    receive(&mut from_server);
    let document = json!({ "uri": "file:///a.rtr", "languageId": "rtr", "version": 1, "text": text() });
    tell(&mut to_server, "textDocument/didOpen", json!({ "textDocument": document }));
    receive(&mut from_server);
    let mut version = 1;
    bencher.bench_local(|| {
        version += 1;
        let place = json!({ "line": 300, "character": 0 });
        // A letter comes and goes.
        let (end, new) = if version % 2 == 0 { (0, "x") } else { (1, "") };
        let range = json!({ "start": place, "end": { "line": 300, "character": end } });
        let document = json!({ "uri": "file:///a.rtr", "version": version });
        let change = json!([{ "range": range, "text": new }]);
        tell(&mut to_server, "textDocument/didChange", json!({ "textDocument": document, "contentChanges": change }));
        receive(&mut from_server)
    });
}

fn tell(output: &mut PipeWriter, method: &str, params: Value) {
    send(output, json!({ "jsonrpc": "2.0", "method": method, "params": params }));
}

fn send(output: &mut PipeWriter, message: Value) {
    let text = message.to_string();
    output.write_all(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes()).expect("the server reads");
}

/// The bytes of the next message; they are not looked into.
fn receive(input: &mut BufReader<PipeReader>) -> Vec<u8> {
    let mut line = String::new();
    input.read_line(&mut line).expect("the server writes");
    let length = line.trim().strip_prefix("Content-Length: ").and_then(|length| length.parse().ok()).expect("a length");
    input.read_line(&mut line).expect("the server writes");
    let mut body = vec![0; length];
    input.read_exact(&mut body).expect("the server writes");
    body
}
