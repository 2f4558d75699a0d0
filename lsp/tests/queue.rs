//! What waits is looked at: the first check goes on until all of the input has been read, so that what happens then is always the
//! same.

use std::io::{BufRead, Cursor, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

use rtreg_checker::LintOptions;
use rtreg_lsp::{Checked, Ended, Host, serve};
use serde_json::{Value, json};

/// An input that tells when all of it has been read.
struct Input {
    bytes: Cursor<Vec<u8>>,
    done: Sender<()>,
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.fill_buf()?.len().min(buffer.len());
        self.bytes.read(&mut buffer[..count])
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        let bytes = self.bytes.fill_buf()?;
        if bytes.is_empty() {
            // Nobody listens any more after the first time.
            let _ = self.done.send(());
        }
        Ok(bytes)
    }

    fn consume(&mut self, count: usize) {
        self.bytes.consume(count);
    }
}

/// Waits for the end of the input once, and keeps the texts that it was shown.
struct Slow<'t> {
    all_read: Option<Receiver<()>>,
    texts: &'t mut Vec<String>,
}

impl Host for Slow<'_> {
    fn check(&mut self, _: Option<&Path>, text: &str) -> Checked {
        if let Some(all_read) = self.all_read.take() {
            all_read.recv().expect("the input ends");
        }
        self.texts.push(text.to_owned());
        Checked::new(Vec::new(), LintOptions::default())
    }
}

fn frame(message: &Value) -> String {
    let text = message.to_string();
    format!("Content-Length: {}\r\n\r\n{text}", text.len())
}

fn answers(output: &[u8]) -> Vec<Value> {
    let mut input = Cursor::new(output);
    let mut messages = Vec::new();
    while let Some(message) = lsp_server::Message::read(&mut input).expect("messages") {
        messages.push(serde_json::to_value(message).expect("JSON"));
    }
    messages
}

#[test]
fn a_cancelled_request_is_not_computed_and_waiting_keystrokes_are_checked_once() {
    let hover = |id: i32| {
        let params = json!({ "textDocument": { "uri": "file:///a.rtr" }, "position": { "line": 0, "character": 1 } });
        json!({ "jsonrpc": "2.0", "id": id, "method": "textDocument/hover", "params": params })
    };
    let tell = |method: &str, params: Value| json!({ "jsonrpc": "2.0", "method": method, "params": params });
    let change = |version: i32| {
        let place = json!({ "line": 0, "character": 99 });
        let change = json!([{ "range": { "start": place, "end": place }, "text": version.to_string() }]);
        let document = json!({ "uri": "file:///a.rtr", "version": version });
        tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": change }))
    };
    let document = json!({ "uri": "file:///a.rtr", "languageId": "rtr", "version": 1, "text": "Failover = " });
    let messages = [
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } }),
        tell("textDocument/didOpen", json!({ "textDocument": document })),
        change(2),
        change(3),
        change(4),
        hover(5),
        hover(6),
        tell("$/cancelRequest", json!({ "id": 6 })),
        json!({ "jsonrpc": "2.0", "id": 7, "method": "shutdown" }),
        tell("exit", Value::Null),
    ];
    let bytes: String = messages.iter().map(frame).collect();
    let (done, all_read) = channel();
    let (mut output, mut texts) = (Vec::new(), Vec::new());
    let input = Input { bytes: Cursor::new(bytes.into_bytes()), done };
    let host = Slow { all_read: Some(all_read), texts: &mut texts };
    assert_eq!(serve(input, &mut output, host).expect("the output takes all"), Ended::Properly);
    assert_eq!(texts.last().map(String::as_str), Some("Failover = 234"));
    // The first text may have been checked before the others were there.
    assert!(texts.len() <= 2, "{texts:?}");
    let answers = answers(&output);
    let answer = |id: i32| answers.iter().find(|message| message["id"] == id).expect("an answer");
    assert!(answer(5)["result"]["contents"]["value"].as_str().is_some_and(|text| text.contains("Failover")));
    assert_eq!(answer(6)["error"]["code"], -32800);
    assert!(answer(7).get("error").is_none());
}
