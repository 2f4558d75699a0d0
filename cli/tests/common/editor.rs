//! A client of `rtreg lsp` that a test drives: it writes messages to the binary and waits for what comes back.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// A server that does not answer in this time hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The client.
pub struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    last: i64,
    /// What came without being asked for.
    pub told: Vec<Value>,
    /// The answer to `initialize`.
    pub greeting: Value,
}

impl Editor {
    /// A server that was not greeted yet.
    pub fn silent(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.arg("lsp").spawn().expect("the binary runs");
        let input = child.stdin.take();
        let output = child.stdout.take().expect("a pipe");
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Self { child, input, messages, last: 0, told: Vec::new(), greeting: Value::Null }
    }

    /// A server that was greeted.
    pub fn new(command: Command, capabilities: Value) -> Self {
        let mut editor = Self::silent(command);
        let params = json!({ "processId": null, "rootUri": null, "capabilities": capabilities });
        editor.greeting = editor.ask("initialize", params);
        editor.tell("initialized", json!({}));
        editor
    }

    /// Writes bytes as they are.
    pub fn write(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the input is open");
        input.write_all(bytes).and_then(|()| input.flush()).expect("the server reads");
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.write(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    /// Sends a notification.
    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and does not wait; returns its number.
    pub fn send_request(&mut self, method: &str, params: Value) -> i64 {
        self.last += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params }));
        self.last
    }

    /// The next message.
    pub fn next(&mut self) -> Value {
        self.messages.recv_timeout(PATIENCE).expect("the server answers")
    }

    /// The answer to a request, result or error.
    pub fn answer(&mut self, id: i64) -> Value {
        loop {
            let message = self.next();
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
            self.told.push(message);
        }
    }

    /// Asks; the whole answer.
    pub fn try_ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.send_request(method, params);
        self.answer(id)
    }

    /// Asks for what must have a result.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.try_ask(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Opens a file and returns its diagnostics.
    pub fn open(&mut self, path: &Path, text: &str) -> Vec<Value> {
        let document = json!({ "uri": uri(path), "languageId": "rtr", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
        self.diagnostics(path, 1)
    }

    /// Changes an open file.
    pub fn change(&mut self, path: &Path, version: i64, changes: Value) {
        let document = json!({ "uri": uri(path), "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// Waits for the next diagnostics of a version of a file.
    pub fn diagnostics(&mut self, path: &Path, version: i64) -> Vec<Value> {
        let is_it = |message: &Value| {
            let params = &message["params"];
            message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri(path)
                && params["version"] == version
        };
        let known = self.told.iter().position(is_it).map(|at| self.told.remove(at));
        let mut message = known.unwrap_or_else(|| self.next());
        while !is_it(&message) {
            self.told.push(message);
            message = self.next();
        }
        message["params"]["diagnostics"].as_array().expect("a list").clone()
    }

    /// Asks about a place in a file.
    pub fn at(&mut self, method: &str, path: &Path, position: Value) -> Value {
        self.ask(method, json!({ "textDocument": { "uri": uri(path) }, "position": position }))
    }

    /// Asks about a file.
    pub fn about(&mut self, method: &str, path: &Path) -> Value {
        self.ask(method, json!({ "textDocument": { "uri": uri(path) } }))
    }

    /// The code actions of a range.
    pub fn actions(&mut self, path: &Path, range: Value, only: Value) -> Vec<Value> {
        let context =
            if only.is_null() { json!({ "diagnostics": [] }) } else { json!({ "diagnostics": [], "only": only }) };
        let params = json!({ "textDocument": { "uri": uri(path) }, "range": range, "context": context });
        self.ask("textDocument/codeAction", params).as_array().expect("a list").clone()
    }

    /// Shuts the server down and returns its exit code.
    pub fn stop(mut self) -> i32 {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        self.wait()
    }

    /// Closes the input and waits for the end.
    pub fn wait(mut self) -> i32 {
        self.input = None;
        self.child.wait().expect("the server ends").code().unwrap_or(-1)
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(output: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if let Some(text) = line.strip_prefix("Content-Length: ") {
            length = text.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// The address of a path of plain letters.
pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// The byte at a position of UTF-16, counted anew and not as the server does; lines end with `\n`.
pub fn byte_at(text: &str, position: &Value) -> usize {
    let wanted = |key: &str| usize::try_from(position[key].as_u64().expect("a number")).expect("small");
    let start: usize = text.split_inclusive('\n').take(wanted("line")).map(str::len).sum();
    let mut units = 0;
    for (at, character) in text[start..].char_indices() {
        if units >= wanted("character") || character == '\n' {
            return start + at;
        }
        units += character.len_utf16();
    }
    text.len()
}

/// The position of a byte in UTF-16.
pub fn position_of(text: &str, at: usize) -> Value {
    let before = &text[..at];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    json!({ "line": before.matches('\n').count(), "character": before[start..].encode_utf16().count() })
}

/// A text with the edits of an answer.
pub fn edited(text: &str, edits: &Value) -> String {
    let place = |edit: &Value, end: &str| byte_at(text, &edit["range"][end]);
    let mut edits: Vec<&Value> = edits.as_array().expect("edits").iter().collect();
    edits.sort_by_key(|edit| place(edit, "start"));
    let mut result = String::new();
    let mut reached = 0;
    for edit in edits {
        assert!(place(edit, "start") >= reached, "edits overlap: {edit}");
        result.push_str(&text[reached..place(edit, "start")]);
        result.push_str(edit["newText"].as_str().expect("a text"));
        reached = place(edit, "end");
    }
    result + &text[reached..]
}

/// The text with the edit of a code action.
pub fn acted(text: &str, action: &Value) -> String {
    edited(text, &action["edit"]["documentChanges"][0]["edits"])
}
