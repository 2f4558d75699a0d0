//! `rtreg lsp` as a partner in the talk: greeting, errors, cancelling, the end; texts that change; settings that change. What
//! it answers about places is in the fixtures (`cli/tests/lsp.rs`).

mod common;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::editor::{Editor, acted, byte_at, position_of, uri};
use common::{Cluster, answers, rtr};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

fn editor(cluster: &Cluster) -> Editor {
    Editor::new(cluster.command(), json!({}))
}

fn rules(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().filter_map(|found| found["code"].as_str()).collect()
}

fn good() -> String {
    rtr("web", "1.0", &["Start", "Stop"], &[])
}

#[test]
fn the_greeting_names_every_ability_and_the_encoding() {
    let cluster = Cluster::new();
    let plain = editor(&cluster);
    let abilities = &plain.greeting["capabilities"];
    assert_eq!(abilities["positionEncoding"], "utf-16");
    assert_eq!(abilities["textDocumentSync"]["change"], 2);
    for ability in
        ["hover", "completion", "definition", "documentSymbol", "codeAction", "documentFormatting", "foldingRange"]
    {
        assert!(!abilities[format!("{ability}Provider")].is_null(), "{ability}");
    }
    assert_eq!(abilities["semanticTokensProvider"]["full"], true);
    assert_eq!(plain.greeting["serverInfo"]["name"], "rtreg");
    assert_eq!(plain.stop(), 0);
    let bytes = Editor::new(cluster.command(), json!({ "general": { "positionEncodings": ["utf-16", "utf-8"] } }));
    assert_eq!(bytes.greeting["capabilities"]["positionEncoding"], "utf-8");
    assert_eq!(bytes.stop(), 0);
}

#[test]
fn positions_are_in_the_units_that_were_agreed() {
    let cluster = Cluster::new();
    let text = "Resource_type = web; RT_description = \"😀é\" Failover = TRUE;\n";
    let path = cluster.write("a.rtr", text);
    for (offer, column) in [("utf-8", 46), ("utf-16", 43), ("utf-32", 42)] {
        let mut editor = Editor::new(cluster.command(), json!({ "general": { "positionEncodings": [offer] } }));
        assert_eq!(editor.greeting["capabilities"]["positionEncoding"], offer);
        let found = editor.open(&path, text);
        let missing = found.iter().find(|found| found["code"] == "missing_semicolon").expect("the finding");
        let place = json!({ "line": 0, "character": column });
        assert_eq!(missing["range"]["start"], place, "{offer}");
        // And back: the same place is where a semicolon cures it.
        editor.change(&path, 2, json!([{ "range": { "start": place, "end": place }, "text": ";" }]));
        assert!(!rules(&editor.diagnostics(&path, 2)).contains(&"missing_semicolon"), "{offer}");
        assert_eq!(editor.stop(), 0);
    }
}

#[test]
fn what_is_asked_wrongly_is_answered_and_the_server_lives() {
    let cluster = Cluster::new();
    let mut editor = Editor::silent(cluster.command());
    let code = |answer: Value| answer["error"]["code"].as_i64();
    assert_eq!(code(editor.try_ask("textDocument/hover", json!({}))), Some(-32002));
    editor.tell("textDocument/didOpen", json!({}));
    editor.ask("initialize", json!({ "capabilities": { "general": 7, "textDocument": [] }, "rootUri": 3 }));
    assert_eq!(code(editor.try_ask("initialize", json!({}))), Some(-32600));
    assert_eq!(code(editor.try_ask("textDocument/rename", json!({}))), Some(-32601));
    let path = cluster.write("a.rtr", &good());
    for method in ["hover", "completion", "definition", "documentSymbol", "foldingRange", "formatting", "codeAction"] {
        let method = format!("textDocument/{method}");
        assert_eq!(code(editor.try_ask(&method, json!({}))), Some(-32602), "{method}");
        let position = json!({ "line": 0, "character": 0 });
        let params = json!({
            "textDocument": { "uri": uri(&path) }, "position": position, "options": { "tabSize": 1, "insertSpaces": true },
            "range": { "start": position, "end": position }, "context": { "diagnostics": [] },
        });
        assert_eq!(code(editor.try_ask(&method, params)), Some(-32602), "{method} of a file that is not open");
    }
    editor.tell("textDocument/didOpen", json!({ "textDocument": 5 }));
    editor.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": uri(&path), "version": 9 }, "contentChanges": [] }),
    );
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": "file:///nowhere" } }));
    editor.tell("$/whatever", json!([1]));
    editor.tell("workspace/didChangeConfiguration", Value::Null);
    editor.write(b"Content-Length: 9\r\n\r\n{\"a\": 1}}");
    assert!(editor.open(&path, &good()).is_empty());
    // A range that is none is not the whole text.
    editor.change(&path, 2, json!([{ "range": { "start": 5 }, "text": "" }]));
    let symbols = editor.about("textDocument/documentSymbol", &path);
    assert_eq!(symbols[0]["name"], "XMPL.web:1.0");
    assert_eq!(code(editor.try_ask("shutdown", Value::Null)), None);
    assert_eq!(code(editor.try_ask("textDocument/hover", json!({}))), Some(-32600));
    editor.tell("exit", Value::Null);
    assert_eq!(editor.wait(), 0);
}

#[test]
fn who_leaves_without_a_word_gets_one() {
    let cluster = Cluster::new();
    assert_eq!(editor(&cluster).wait(), 1);
    let mut exits = editor(&cluster);
    exits.tell("exit", Value::Null);
    assert_eq!(exits.wait(), 1);
    let wrong = cluster.fails(2, "lsp --config nowhere.toml");
    assert!(wrong.contains("nowhere.toml cannot be read"), "{wrong}");
}

#[test]
fn behind_a_header_that_is_none_the_talk_ends_with_words() {
    let cluster = Cluster::new();
    for header in ["Content-Length: 99999999999999", "Content-Length: -5", "Content-Type: x", "hello"] {
        let input = cluster.write("input", &format!("{header}\r\n\r\n{{}}"));
        let input = std::fs::File::open(input).expect("the input");
        let output = cluster.command().arg("lsp").stdin(input).output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(1), "{header}");
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(words.starts_with("rtreg lsp: expected ") && words.lines().count() == 1, "{words}");
    }
}

#[test]
fn a_closed_file_has_no_diagnostics_and_a_text_without_a_file_has() {
    let cluster = Cluster::new();
    let mut editor = editor(&cluster);
    let broken = good().replacen(';', "", 1);
    let path = cluster.write("a.rtr", &broken);
    assert_eq!(rules(&editor.open(&path, &broken)), ["missing_semicolon"]);
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri(&path) } }));
    let closed = editor.next();
    assert_eq!((&closed["params"]["uri"], &closed["params"]["diagnostics"]), (&json!(uri(&path)), &json!([])));
    let document = json!({ "uri": "untitled:Untitled-1", "languageId": "rtr", "version": 1, "text": broken });
    editor.tell("textDocument/didOpen", json!({ "textDocument": document }));
    let found = editor.next();
    assert_eq!(found["params"]["diagnostics"][0]["code"], "missing_semicolon");
    assert_eq!(editor.stop(), 0);
}

/// Broken examples, each with its bytes.
fn examples() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rtr-examples/broken");
    let entries = std::fs::read_dir(folder).expect("the examples").flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|it| it == "rtr")).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read(&path).expect("an example"))).collect()
}

/// What the command line says of a file, as diagnostics have it: rule, places of UTF-16, severity, words.
fn linted(cluster: &Cluster, name: &str, text: &str) -> Vec<Value> {
    let report = cluster.json(&format!("lint {name}"));
    let one = |found: &Value| {
        let at = |end: &str| usize::try_from(found["span"][end].as_u64().expect("a byte")).expect("small");
        // A span may end inside of a character where the file is wrong.
        let position = |end: &str| position_of(text, text.floor_char_boundary(at(end)));
        let message =
            [found["message"].as_str(), found["help"].as_str()].into_iter().flatten().collect::<Vec<_>>().join("\n");
        let severity = match found["level"].as_str() {
            Some("error") => 1,
            Some("warning") => 2,
            _ => 3,
        };
        json!([found["rule"], position("start"), position("end"), severity, message])
    };
    report["findings"].as_array().expect("a list").iter().map(one).collect()
}

fn told(diagnostics: &[Value]) -> Vec<Value> {
    let one = |found: &Value| {
        json!([found["code"], found["range"]["start"], found["range"]["end"], found["severity"], found["message"]])
    };
    diagnostics.iter().map(one).collect()
}

#[test]
fn the_editor_says_what_lint_says_of_every_broken_example() {
    let cluster = Cluster::new();
    let mut editor = editor(&cluster);
    let (mut compared, mut not_utf8) = (0, 0);
    for (path, bytes) in examples() {
        // An editor has no other text than UTF-8; of other files it has what it made of them.
        not_utf8 += usize::from(std::str::from_utf8(&bytes).is_err());
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let copy = cluster.write(name, &text);
        let lone_returns = text.replace("\r\n", "\n").contains('\r');
        let found = editor.open(&copy, &text);
        if lone_returns {
            // Lines are other lines for the protocol then; the findings are the same ones.
            assert_eq!(rules(&found).len(), linted(&cluster, name, &text).len(), "{name}");
        } else {
            assert_eq!(told(&found), linted(&cluster, name, &text), "{name}");
        }
        compared += 1;
    }
    assert!(compared > 50 && not_utf8 < 5, "{compared} compared, {not_utf8} of them not UTF-8");
    assert_eq!(editor.stop(), 0);
}

/// Every action that is offered anywhere in the broken examples cures or hides what it is about.
#[test]
fn actions_do_what_they_say_on_every_broken_example() {
    let cluster = Cluster::new();
    let mut editor = editor(&cluster);
    let other = cluster.write("after.rtr", "");
    let mut counts = [0, 0, 0];
    for (path, bytes) in examples() {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        if text.replace("\r\n", "\n").contains('\r') {
            continue;
        }
        let copy = cluster.write(name, &text);
        let before = editor.open(&copy, &text);
        for found in &before {
            for action in editor.actions(&copy, found["range"].clone(), Value::Null) {
                let rule = &action["diagnostics"][0]["code"];
                let title = action["title"].as_str().expect("a title");
                let after = editor.open(&other, &acted(&text, &action));
                let count = |list: &[Value]| list.iter().filter(|other| other["code"] == *rule).count();
                if action["kind"] == "quickfix" {
                    assert!(
                        count(&after) < count(&before) || after.len() < before.len(),
                        "{name}: {title}: {:?}\n{:?}",
                        rules(&before),
                        rules(&after)
                    );
                    counts[usize::from(title.starts_with("allow "))] += 1;
                } else {
                    assert!(after.len() < before.len(), "{name}: {title}");
                    counts[2] += 1;
                }
            }
        }
    }
    assert!(counts.iter().all(|&count| count > 30), "{counts:?}");
    assert_eq!(editor.stop(), 0);
}

/// A random change: where from, where to, in permille of the text; what is put there.
fn changes() -> impl Strategy<Value = Vec<(usize, usize, String)>> {
    let piece = prop_oneof![
        Just(String::new()),
        Just(";".to_owned()),
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("{ PROPERTY = Start_timeout; MIN = 😀; }\n".to_owned()),
        "[a-zA-Z_#$;={}\", \n😀é“]{0,12}",
    ];
    prop::collection::vec((0..=1000_usize, 0..=1000_usize, piece), 1..12)
}

#[test]
fn random_edits_one_by_one_are_the_same_as_the_whole_text() {
    let cluster = Cluster::new();
    let editor = RefCell::new(editor(&cluster));
    let (path, other) = (cluster.write("a.rtr", ""), cluster.write("b.rtr", ""));
    let mut run = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let result = run.run(&changes(), |changes| {
        let mut editor = editor.borrow_mut();
        let mut text = good();
        let mut version = 1;
        // What was told of earlier versions is over.
        editor.told.clear();
        editor.open(&path, &text);
        for (from, to, new) in changes {
            let place = |permille: usize| text.floor_char_boundary(text.len() * permille / 1000);
            // Never between the two bytes of a line end: editors have no such place.
            let place = |permille: usize| {
                let at = place(permille);
                if text[..at].ends_with('\r') { at - 1 } else { at }
            };
            let (start, end) = (place(from.min(to)), place(from.max(to)));
            let range = json!({ "start": position_of(&text, start), "end": position_of(&text, end) });
            assert_eq!(byte_at(&text, &range["end"]), end);
            version += 1;
            editor.change(&path, version, json!([{ "range": range, "text": new }]));
            text.replace_range(start..end, &new);
        }
        let found = editor.diagnostics(&path, version);
        let whole = editor.open(&other, &text);
        prop_assert_eq!(told(&found), told(&whole), "{:?}", text);
        let tokens = editor.about("textDocument/semanticTokens/full", &path);
        prop_assert_eq!(tokens, editor.about("textDocument/semanticTokens/full", &other));
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(editor.into_inner().stop(), 0);
}

#[test]
fn edits_beyond_the_text_are_edits_at_its_end() {
    let cluster = Cluster::new();
    let mut editor = editor(&cluster);
    let path = cluster.write("a.rtr", "");
    editor.open(&path, "Resource_type = web");
    let far = json!({ "line": 4_000_000_000_u32, "character": 4_000_000_000_u32 });
    let end = json!({ "line": 0, "character": 99 });
    let changes = json!([
        { "range": { "start": far, "end": far }, "text": ";" },
        { "range": { "start": end, "end": { "line": 0, "character": 0 } }, "text": "Resource_type = mail;\n" },
        { "range": { "start": far, "end": end }, "text": "Stop = stop;" },
    ]);
    editor.change(&path, 2, changes);
    editor.diagnostics(&path, 2);
    let symbols = editor.about("textDocument/documentSymbol", &path);
    assert_eq!((&symbols[0]["name"], &symbols[0]["children"][0]["name"]), (&json!("mail"), &json!("Stop")));
    assert_eq!(editor.stop(), 0);
}

#[test]
fn settings_hold_as_for_lint_and_are_seen_when_they_change() {
    let cluster = Cluster::new();
    let text = good().replace("MIN = 5;", "MIN = 5; MAX = 9;");
    let path = cluster.write("types/a.rtr", &text);
    let mut editor = Editor::new(
        cluster.command(),
        json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } }),
    );
    let found = editor.open(&path, &text);
    assert!(rules(&found).contains(&"timeout_max"), "{found:?}");
    let asked = editor.told.iter().find(|message| message["method"] == "client/registerCapability").expect("a request");
    assert_eq!(asked["params"]["registrations"][0]["registerOptions"]["watchers"][0]["globPattern"], "**/rtreg.toml");
    // A file that was changed is looked at again where the client tells of it …
    let settings = cluster.write("rtreg.toml", "ignore = [\"timeout_max\"]\n");
    let event = json!({ "changes": [{ "uri": uri(&settings), "type": 1 }] });
    editor.tell("workspace/didChangeWatchedFiles", event.clone());
    let found = editor.diagnostics(&path, 1);
    assert!(!rules(&found).contains(&"timeout_max"), "{found:?}");
    assert_eq!(told(&found), linted(&cluster, "types/a.rtr", &text));
    // … and where it does not, with the next keystroke.
    cluster.write("rtreg.toml", "levels = { timeout_max = \"warning\" }\n");
    let place = json!({ "line": 0, "character": 0 });
    editor.change(&path, 2, json!([{ "range": { "start": place, "end": place }, "text": "" }]));
    let found = editor.diagnostics(&path, 2);
    let level = found.iter().find(|found| found["code"] == "timeout_max").map(|found| found["severity"].clone());
    assert_eq!(level, Some(json!(2)));
    // Settings that cannot be used are said once; the defaults hold meanwhile.
    cluster.write("rtreg.toml", "ignroe = []\n");
    editor.tell("workspace/didChangeWatchedFiles", event);
    let found = editor.diagnostics(&path, 2);
    assert!(rules(&found).contains(&"timeout_max"));
    let said = editor.told.iter().rev().find(|message| message["method"] == "window/showMessage").expect("a message");
    assert!(said["params"]["message"].as_str().is_some_and(|words| words.contains("did you mean `ignore`?")), "{said}");
    let count =
        |editor: &Editor| editor.told.iter().filter(|message| message["method"] == "window/showMessage").count();
    assert_eq!(count(&editor), 1);
    let second = cluster.write("types/b.rtr", &text);
    editor.open(&second, &text);
    editor.tell("textDocument/didSave", json!({ "textDocument": { "uri": uri(&second) } }));
    editor.diagnostics(&path, 2);
    editor.diagnostics(&second, 1);
    assert_eq!(count(&editor), 1);
    assert_eq!(editor.stop(), 0);
}

#[test]
fn what_a_baseline_holds_is_not_told() {
    let cluster = Cluster::new();
    let text = good().replace("MIN = 5;", "MIN = 5; MAX = 9;");
    let path = cluster.write("a.rtr", &text);
    cluster.write("rtreg.toml", "baseline = \"known.json\"\n");
    cluster.ok("lint a.rtr --update-baseline");
    let mut editor = editor(&cluster);
    assert_eq!(told(&editor.open(&path, &text)), Vec::<Value>::new());
    let worse = text.replacen("Vendor_id", "Vendor_ID = XMPL;\nVendor_id", 1);
    assert_eq!(rules(&editor.open(&path, &worse)), ["duplicate_type_property"]);
    std::fs::remove_file(cluster.path().join("known.json")).expect("the baseline");
    assert!(rules(&editor.open(&path, &text)).contains(&"timeout_max"));
    assert_eq!(editor.stop(), 0);
}

#[test]
fn kinds_of_actions_are_those_that_were_asked_for() {
    let cluster = Cluster::new();
    let text = good().replacen(';', "", 1);
    let path = cluster.write("a.rtr", &text);
    let mut editor = editor(&cluster);
    let found = editor.open(&path, &text);
    let range = found[0]["range"].clone();
    let mut kinds = |only: Value| {
        let actions = editor.actions(&path, range.clone(), only);
        actions.iter().map(|action| action["kind"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(json!(["source.fixAll"])), ["source.fixAll.rtreg"]);
    assert_eq!(kinds(json!(["source.fixAll.rtreg"])), ["source.fixAll.rtreg"]);
    assert_eq!(kinds(json!(["quickfix"])), ["quickfix", "quickfix"]);
    assert_eq!(kinds(json!(["refactor"])), [""; 0]);
    assert_eq!(editor.stop(), 0);
}

#[test]
fn who_moves_the_cursor_or_indents_is_not_offered_all() {
    let cluster = Cluster::new();
    let text = good().replacen(';', "", 1) + "{ PROPERTY = Failover_mode; TUNABLE = \n ";
    let path = cluster.write("a.rtr", &text);
    let mut editor = editor(&cluster);
    editor.open(&path, &text);
    let mut kinds = |trigger: u64| {
        let (start, end) = (json!({ "line": 0, "character": 0 }), json!({ "line": 99, "character": 0 }));
        let context = json!({ "diagnostics": [], "triggerKind": trigger });
        let document = json!({ "uri": uri(&path) });
        let params = json!({ "textDocument": document, "range": { "start": start, "end": end }, "context": context });
        let actions = editor.ask("textDocument/codeAction", params);
        answers(&actions).iter().filter(|action| action["kind"] == "source.fixAll.rtreg").count()
    };
    assert_eq!((kinds(1), kinds(2)), (1, 0), "asked for, and by itself");
    let mut offered = |line: usize, character: usize| {
        let context = json!({ "triggerKind": 2, "triggerCharacter": " " });
        let position = json!({ "line": line, "character": character });
        let params = json!({ "textDocument": { "uri": uri(&path) }, "position": position, "context": context });
        answers(&editor.ask("textDocument/completion", params)).len()
    };
    let last = text.lines().count() - 2;
    assert_eq!((offered(last, 38), offered(2, 0)), (6, 0), "a value, and a name");
    assert_eq!(editor.stop(), 0);
}

#[test]
fn a_file_of_the_cluster_is_where_rt_basedir_says() {
    let cluster = Cluster::new();
    let script = cluster.write("opt/web/start me", "#!/bin/sh\n");
    let folder = cluster.path().join("opt").display().to_string();
    let text = format!("Resource_type = web;\nRT_basedir = {folder}/web;\nStart = \"start me\";\n");
    let path = cluster.write("src/a.rtr", &text);
    let mut editor = editor(&cluster);
    editor.open(&path, &text);
    let place = editor.at("textDocument/definition", &path, json!({ "line": 2, "character": 10 }));
    assert_eq!(place["uri"], uri(&script).replace(' ', "%20"));
    assert_eq!(editor.stop(), 0);
}

#[test]
fn no_options_of_clients_are_in_the_way() {
    let cluster = Cluster::new();
    let mut command: Command = cluster.command();
    let output = command.args(["lsp", "--stdio"]).stdin(std::process::Stdio::null()).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1), "the input ended");
    assert!(output.stderr.is_empty());
}
