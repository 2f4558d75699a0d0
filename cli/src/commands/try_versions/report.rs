//! What `rtreg try` says: the table, the reasons, the output of what failed; and the schema of the evidence.

use std::collections::BTreeSet;

use rtreg_model::Method;
use rtreg_model::evidence::{Call, Question, Run, Verdict};
use rtreg_runtime::cell::Side;
use rtreg_runtime::trial::{first_the_old, then_the_new, together};
use schemars::Schema;

use super::subject::Pair;
use crate::error::Exit;

/// What came of one question.
pub struct Row {
    /// The question.
    pub question: Question,
    /// Its runs.
    pub runs: Vec<Run>,
    /// Why it does not arise.
    pub not_asked: Option<String>,
}

impl Row {
    /// What its runs say together; none if it was not asked.
    fn verdict(&self) -> Option<Verdict> {
        self.not_asked.is_none().then(|| together(self.runs.iter()))
    }

    fn words(&self) -> String {
        let Some(verdict) = self.verdict() else { return "does not arise".to_owned() };
        let count = self.runs.iter().filter(|run| run.verdict == verdict).count();
        let runs = |word: &str| match (count, self.runs.len()) {
            (1, 1) => format!("{word} by 1 run"),
            (count, all) if count == all => format!("{word} by {all} runs"),
            (count, all) => format!("{word} by {count} of {all} runs"),
        };
        match verdict {
            Verdict::Refuted => runs("refuted"),
            Verdict::Supported => runs("supported"),
            Verdict::Nothing => "nothing can be said".to_owned(),
        }
    }

    /// The different reasons for what they say together.
    fn reasons(&self) -> Vec<&str> {
        let verdict = self.verdict();
        let mut seen = BTreeSet::new();
        let said = self.runs.iter().filter(|run| Some(run.verdict) == verdict).map(|run| run.why.as_str());
        self.not_asked.as_deref().into_iter().chain(said).filter(|why| seen.insert(*why)).collect()
    }
}

/// What came of all questions.
pub struct Attempt {
    /// The questions.
    pub rows: Vec<Row>,
    /// What a reader must know besides.
    pub notes: Vec<String>,
}

impl Attempt {
    /// 1 if anything was refuted; else 3 if of anything that was asked nothing can be said; else 0.
    pub fn exit(&self) -> Exit {
        let has = |wanted| self.rows.iter().any(|row| row.verdict() == Some(wanted));
        if has(Verdict::Refuted) {
            Exit::Findings
        } else if has(Verdict::Nothing) || !has(Verdict::Supported) {
            Exit::Failed
        } else {
            Exit::Done
        }
    }

    /// The answer as text.
    pub fn text(&self, pair: &Pair, width: usize) -> String {
        let mut text = format!("{} -> {}\n\n", pair.evidence.old.name, pair.evidence.new.name);
        text.push_str(&self.matrix(pair));
        text.push('\n');
        for row in &self.rows {
            for why in row.reasons() {
                text.push_str(&wrapped(&format!("{}: {why}", row.question.as_str()), "", width));
            }
        }
        for row in &self.rows {
            for run in row.runs.iter().filter(|run| run.verdict != Verdict::Supported) {
                for call in run.calls.iter().filter(|call| !call.succeeded) {
                    text.push_str(&failed_call(row.question, call));
                }
                if run.verdict == Verdict::Refuted && !run.told.is_empty() {
                    text.push_str(&format!("\n{}: methods and monitors told the cluster:\n", row.question.as_str()));
                    run.told.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
                }
            }
        }
        text.push('\n');
        for note in &self.notes {
            text.push_str(&wrapped(&format!("note: {note}"), "", width));
        }
        text.push_str(&wrapped(self.conclusion(), "", width));
        text
    }

    /// A line for each question: what the old version did, what the new one did, what came of it.
    fn matrix(&self, pair: &Pair) -> String {
        let calls = |side, methods: &[Method]| {
            let had = methods.iter().filter(|method| pair.subject.has(side, **method));
            had.map(|method| method.as_str()).collect::<Vec<_>>().join(" ")
        };
        let head = ["QUESTION", "FIRST THE OLD", "THEN THE NEW", "VERDICT"].map(str::to_owned);
        let line = |row: &Row| {
            let asked = row.not_asked.is_none();
            let cell = |text: String| if asked && !text.is_empty() { text } else { "-".to_owned() };
            let old = cell(calls(Side::Old, first_the_old(row.question)));
            let new = cell(calls(Side::New, then_the_new(row.question)));
            [row.question.as_str().to_owned(), old, new, row.words()]
        };
        let lines: Vec<[String; 4]> = std::iter::once(head).chain(self.rows.iter().map(line)).collect();
        let width =
            |column: fn(&[String; 4]) -> &String| lines.iter().map(|line| column(line).len()).max().unwrap_or(0);
        let (a, b, c) = (width(|line| &line[0]), width(|line| &line[1]), width(|line| &line[2]));
        lines
            .iter()
            .map(|[question, old, new, verdict]| format!("{question:a$}  {old:b$}  {new:c$}  {verdict}\n"))
            .collect()
    }

    fn conclusion(&self) -> &'static str {
        match self.exit() {
            Exit::Findings => "At least one of these was seen not to work.",
            Exit::Done => {
                "Nothing was seen not to work. That supports a promise and does not prove it: other values, loads and nodes \
                 may show other things."
            }
            _ => {
                "Nothing was seen not to work, but of some nothing can be said: look at the reasons, and give --probe, \
                 --prepare or -p where they help."
            }
        }
    }
}

fn failed_call(question: Question, call: &Call) -> String {
    let side = if call.new { "new" } else { "old" };
    let mut text = format!("\n{}: the {side} {}: {}\n", question.as_str(), call.method, call.ended);
    call.output.lines().for_each(|line| text.push_str(&format!("  | {line}\n")));
    text
}

/// Lines of at most `width` columns where the words allow it, each begun with `indent`.
fn wrapped(text: &str, indent: &str, width: usize) -> String {
    let mut lines = vec![indent.to_owned()];
    for word in text.split(' ') {
        let is_full = lines.last().is_some_and(|line| line.len() > indent.len() && line.len() + 1 + word.len() > width);
        if is_full {
            lines.push(indent.to_owned());
        }
        if let Some(line) = lines.last_mut() {
            if line.len() > indent.len() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

/// The schema of evidence, which is the model's and knows no schemas.
pub fn schema() -> Schema {
    let digests =
        |what: &str| serde_json::json!({ "description": what, "type": "object", "additionalProperties": digest() });
    let version = serde_json::json!({
        "description": "A version as the runs had it.",
        "type": "object",
        "required": ["name", "rtr_sha256", "methods", "beside"],
        "properties": {
            "name": { "description": "The full name of the type.", "type": "string" },
            "rtr_sha256": digest(),
            "methods": digests("SHA-256 of each declared method's file."),
            "beside": digests("SHA-256 of the other files below the folder of the methods, by their path there."),
        },
    });
    schemars::json_schema!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Evidence",
        "description": "What was tried with two versions of a type, and what was seen.",
        "type": "object",
        "required": ["version", "old", "new", "runs"],
        "properties": {
            "version": { "description": "Of this form.", "const": "evidence-v1" },
            "old": version,
            "new": version,
            "runs": { "description": "All runs, in order.", "type": "array", "items": run() },
        },
    })
}

fn digest() -> serde_json::Value {
    serde_json::json!({ "description": "SHA-256, hexadecimal.", "type": "string", "pattern": "^[0-9a-f]{64}$" })
}

fn run() -> serde_json::Value {
    let questions: Vec<&str> = Question::ALL.iter().map(|question| question.as_str()).collect();
    let methods: Vec<String> =
        rtreg_model::Method::ALL.iter().map(|method| method.as_str().to_ascii_lowercase()).collect();
    let call = serde_json::json!({
        "description": "One call of a method.",
        "type": "object",
        "required": ["method", "new", "ended", "succeeded", "output"],
        "properties": {
            "method": { "description": "Which method.", "enum": methods },
            "new": { "description": "Whether it was the new version's.", "type": "boolean" },
            "ended": { "description": "How it ended: `exit 0`, `signal 9`, `timeout after 5 s`.", "type": "string" },
            "succeeded": { "description": "Whether it came back in time with 0.", "type": "boolean" },
            "output": { "description": "What it printed, up to a limit.", "type": "string" },
        },
    });
    serde_json::json!({
        "description": "One run.",
        "type": "object",
        "required": ["question", "verdict", "why", "calls"],
        "properties": {
            "question": { "description": "What was asked.", "enum": questions },
            "verdict": { "description": "What it says.", "enum": ["refuted", "supported", "nothing"] },
            "why": { "description": "Why, for a person.", "type": "string" },
            "calls": { "description": "The calls, in order.", "type": "array", "items": call },
            "told": {
                "description": "What methods and monitors told the cluster: command lines.",
                "type": "array",
                "items": { "type": "string" },
            },
        },
    })
}
