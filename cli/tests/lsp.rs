//! Fixtures of the editor server: `tests/lsp/<request>/*.rtr`, driven through the binary. `‸` marks the cursor, two of them a
//! range. The answer, put into few lines, lies beside the file as its snapshot.

mod common;

use std::path::{Path, PathBuf};

use common::editor::{Editor, acted, byte_at, edited, position_of};
use common::{Cluster, answers};
use serde_json::{Value, json};

datatest_stable::harness! {
    { test = check, root = "../tests/lsp", pattern = r".*\.rtr$" },
}

struct Fixture {
    editor: Editor,
    path: PathBuf,
    text: String,
    /// Where the marks were.
    marks: Vec<Value>,
    diagnostics: Vec<Value>,
}

fn check(path: &Path) -> datatest_stable::Result<()> {
    let folder = path.parent().ok_or("a fixture lies in a folder")?;
    let request = folder.file_name().and_then(|name| name.to_str()).ok_or("the folder is named after a request")?;
    let file = path.file_name().and_then(|name| name.to_str()).ok_or("a fixture has a name")?;
    let cluster = Cluster::new();
    let mut marked = std::fs::read_to_string(path)?;
    let mut marks = Vec::new();
    while let Some(at) = marked.find('‸') {
        marks.push(at);
        marked.replace_range(at..at + '‸'.len_utf8(), "");
    }
    let marks = marks.into_iter().map(|at| position_of(&marked, at)).collect();
    let copy = cluster.write("types/XMPL.web.rtr", &marked);
    cluster.write("types/bin/web_start", "#!/bin/sh\n");
    let mut editor = Editor::new(cluster.command(), json!({}));
    let diagnostics = editor.open(&copy, &marked);
    let mut fixture = Fixture { editor, path: copy, text: marked, marks, diagnostics };
    let answer = fixture.answer(request).ok_or("the folder is named after a request")?;
    let answer = answer.replace(&cluster.path().display().to_string(), "FOLDER");
    assert_eq!(fixture.editor.stop(), 0);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(std::fs::canonicalize(folder)?);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(file, answer));
    Ok(())
}

impl Fixture {
    fn answer(&mut self, request: &str) -> Option<String> {
        match request {
            "diagnostics" => Some(self.all_diagnostics()),
            "hover" => Some(self.hover()),
            "completion" => Some(self.completion()),
            "definition" => Some(self.definition()),
            "actions" => Some(self.actions()),
            "formatting" => Some(self.formatting()),
            "symbols" => {
                let symbols = self.editor.about("textDocument/documentSymbol", &self.path);
                Some(self.symbols(&symbols, 0))
            }
            "folding" => Some(self.folding()),
            "tokens" => Some(self.tokens()),
            _ => None,
        }
    }

    fn mark(&self) -> Value {
        self.marks.first().expect("a mark").clone()
    }

    /// The text of a range, and where it starts.
    fn quoted(&self, range: &Value) -> String {
        let (start, end) = (&range["start"], &range["end"]);
        let text = &self.text[byte_at(&self.text, start)..byte_at(&self.text, end)];
        format!("{}:{} {text:?}", start["line"], start["character"])
    }

    fn all_diagnostics(&mut self) -> String {
        let one = |found: &Value| {
            let mut lines = format!(
                "{} severity {} {}{}\n  {}\n  {}\n",
                self.quoted(&found["range"]),
                found["severity"],
                found["code"].as_str().unwrap_or_default(),
                if found["tags"] == json!([1]) { " (unnecessary)" } else { "" },
                found["message"].as_str().unwrap_or_default().replace('\n', "\n  "),
                found["codeDescription"]["href"].as_str().unwrap_or_default(),
            );
            for related in answers(&found["relatedInformation"]) {
                let place = self.quoted(&related["location"]["range"]);
                lines.push_str(&format!("  {place}: {}\n", related["message"].as_str().unwrap_or_default()));
            }
            assert_eq!(found["source"], "rtreg");
            lines
        };
        self.diagnostics.iter().map(one).collect()
    }

    fn hover(&mut self) -> String {
        let mark = self.mark();
        let hover = self.editor.at("textDocument/hover", &self.path, mark);
        if hover.is_null() {
            return "nothing".to_owned();
        }
        assert_eq!(hover["contents"]["kind"], "markdown");
        format!("{}\n{}", self.quoted(&hover["range"]), hover["contents"]["value"].as_str().unwrap_or_default())
    }

    fn completion(&mut self) -> String {
        let mark = self.mark();
        let items = self.editor.at("textDocument/completion", &self.path, mark);
        let one = |item: &Value| {
            let place = self.quoted(&item["textEdit"]["range"]);
            let detail = item["detail"].as_str().map(|detail| format!(": {detail}")).unwrap_or_default();
            format!(
                "{} for {place}, kind {}{detail}\n",
                item["textEdit"]["newText"].as_str().unwrap_or_default(),
                item["kind"]
            )
        };
        answers(&items).iter().map(one).collect()
    }

    fn definition(&mut self) -> String {
        let mark = self.mark();
        let place = self.editor.at("textDocument/definition", &self.path, mark);
        place["uri"].as_str().unwrap_or("nothing").to_owned()
    }

    fn actions(&mut self) -> String {
        let range = json!({ "start": self.mark(), "end": self.marks.last() });
        let actions = self.editor.actions(&self.path, range, Value::Null);
        let one = |action: &Value| {
            let preferred = if action["isPreferred"] == true { ", preferred" } else { "" };
            let title = action["title"].as_str().unwrap_or_default();
            let kind = action["kind"].as_str().unwrap_or_default();
            format!("{title} ({kind}{preferred})\n{}", changed(&self.text, &acted(&self.text, action)))
        };
        actions.iter().map(one).collect()
    }

    fn formatting(&mut self) -> String {
        let options = json!({ "tabSize": 4, "insertSpaces": true });
        let params = json!({ "textDocument": { "uri": common::editor::uri(&self.path) }, "options": options });
        let edits = self.editor.ask("textDocument/formatting", params);
        if edits.is_null() {
            let said = self.editor.told.iter().find(|message| message["method"] == "window/showMessage");
            return said.expect("the reason")["params"]["message"].as_str().unwrap_or_default().to_owned();
        }
        format!("{} edits\n{}", answers(&edits).len(), edited(&self.text, &edits))
    }

    fn symbols(&self, symbols: &Value, depth: usize) -> String {
        let one = |symbol: &Value| {
            let name = symbol["name"].as_str().unwrap_or_default();
            let detail = symbol["detail"].as_str().map(|detail| format!(": {detail}")).unwrap_or_default();
            let selected = self.quoted(&symbol["selectionRange"]);
            let line = format!("{:depth$}{name}{detail}, kind {}, {selected}\n", "", symbol["kind"]);
            line + &self.symbols(&symbol["children"], depth + 2)
        };
        answers(symbols).iter().map(one).collect()
    }

    fn folding(&mut self) -> String {
        let ranges = self.editor.about("textDocument/foldingRange", &self.path);
        let one = |range: &Value| {
            format!("{}-{} {}\n", range["startLine"], range["endLine"], range["kind"].as_str().unwrap_or("code"))
        };
        answers(&ranges).iter().map(one).collect()
    }

    fn tokens(&mut self) -> String {
        let legend = self.editor.greeting["capabilities"]["semanticTokensProvider"]["legend"].clone();
        let tokens = self.editor.about("textDocument/semanticTokens/full", &self.path);
        let numbers: Vec<u64> = answers(&tokens["data"]).iter().filter_map(Value::as_u64).collect();
        let (mut line, mut character) = (0, 0);
        let mut lines = String::new();
        for token in numbers.chunks(5) {
            character = if token[0] == 0 { character + token[1] } else { token[1] };
            line += token[0];
            let range = json!({
                "start": { "line": line, "character": character },
                "end": { "line": line, "character": character + token[2] },
            });
            let kind = legend["tokenTypes"][usize::try_from(token[3]).unwrap_or(99)].as_str().expect("a known type");
            let modifiers = ["", " declaration", " defaultLibrary", " declaration defaultLibrary"];
            let modifiers = modifiers[usize::try_from(token[4]).expect("bits")];
            lines.push_str(&format!("{} {kind}{modifiers}\n", self.quoted(&range)));
        }
        lines
    }
}

/// The lines that an edit takes away and puts in.
fn changed(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let before = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old[before..].iter().rev().zip(new[before..].iter().rev());
    let behind = rest.take_while(|(a, b)| a == b).count();
    let lines = |sign: &str, lines: &[&str]| lines.iter().map(|line| format!("  {sign}{line}\n")).collect::<String>();
    lines("-", &old[before..old.len() - behind]) + &lines("+", &new[before..new.len() - behind])
}
