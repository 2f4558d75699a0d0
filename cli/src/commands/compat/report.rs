//! What `rtreg compat` prints: findings, promise, advice, as text and as JSON. A map without wording of its own, but for the
//! line that counts.

use std::io::{self, Write};

use rtreg_checker::promise::{Advice, Promise, Reason};
use rtreg_checker::report::json::{JsonFinding, JsonReport, JsonSpan, JsonSummary};
use rtreg_checker::report::text::{self, TextOptions};
use rtreg_model::Tunability;
use rtreg_model::evidence::Question;
use rtreg_registry::commands::witnesses::Witnesses;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Checked, Compared};
use crate::app::Format;
use crate::commands::lint::summary_line;
use crate::outputs;

/// The answer as JSON, version 1.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CompatReport {
    /// Of this form: 1.
    version: u32,
    /// Each two versions that were compared.
    pairs: Vec<JsonPair>,
    /// How much was found in all.
    summary: JsonSummary,
}

/// Two versions that were compared.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonPair {
    /// The old version.
    old: JsonVersion,
    /// The new version.
    new: JsonVersion,
    /// Whether they could be compared: what a file with errors says is not certain, and its errors are the findings.
    compared: bool,
    /// What differs, what breaks the promise, and what is wrong with the files.
    findings: Vec<JsonFinding>,
    /// The promise; null where the files could not be compared, or no upgrade leads from one to the other.
    promise: Option<JsonPromise>,
    /// How to package the change.
    packaging: Vec<JsonAdvice>,
    /// The resources of the registry that would notice; null without `--registry`.
    witnesses: Option<Witnesses>,
    /// Declared methods whose files were looked for and not found.
    methods_not_found: Vec<JsonMethod>,
}

/// A version.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonVersion {
    /// The full name of the type; null where the file has none.
    name: Option<String>,
    /// RT_version; null where the file declares none.
    rt_version: Option<String>,
    /// The file, as it was given.
    file: String,
}

/// A method.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonMethod {
    /// `old` or `new`.
    side: String,
    /// Its name.
    method: String,
    /// Its path.
    path: String,
}

/// A promise.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonPromise {
    /// The old version; null for a file without RT_version.
    from: Option<String>,
    /// What the new file promises.
    declared: Tunable,
    /// What says so: `listed`, `empty` (the line for `""`), `default`, `downgrade` or `not_upgrade_aware`.
    declared_by: String,
    /// Where; null where nothing says it.
    span: Option<JsonSpan>,
    /// `holds`, `broken` or `undecided`.
    verdict: String,
    /// The weakest that is safe; null where it is not known.
    weakest_safe: Option<Tunable>,
    /// No weaker one is safe.
    at_least: Tunable,
    /// This one is safe.
    at_most: Tunable,
    /// The same in one sentence.
    summary: String,
    /// What it rests on.
    reasons: Vec<JsonReason>,
    /// The questions whose answers could change it.
    open: Vec<Asked>,
}

/// Something that a promise rests on.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonReason {
    /// The question, as settings name it; null for what needs no question.
    question: Option<Asked>,
    /// In words.
    asked: String,
    /// `good`, `bad` or `unknown`.
    answer: String,
    /// Why.
    why: String,
    /// What the promise must be at least if the answer is bad.
    asks: Tunable,
}

/// A row of the table of packages.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonAdvice {
    /// What changed.
    change: String,
    /// The promise; null where nothing is registered anew.
    tunability: Option<Tunable>,
    /// What to ship, and where.
    ship: String,
    /// When the row fits; null where it does.
    condition: Option<String>,
}

/// One of the vendor's six words.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
struct Tunable(#[schemars(with = "String")] Tunability);

/// One of the seven questions.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
struct Asked(#[schemars(with = "String")] Question);

/// Writes one report.
///
/// # Errors
/// The sink takes no more.
pub fn write(format: Format, checked: &Checked, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text | Format::Auto => text(checked, options, out),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &json(checked))?;
            out.write_all(b"\n")
        }
        _ => outputs::findings(format, &checked.run, out),
    }
}

fn text(checked: &Checked, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    for pair in &checked.pairs {
        let name = |side: usize| match pair.types.get(side).and_then(Option::as_ref) {
            Some((name, version)) if name.contains(':') || version.is_empty() => name.clone(),
            Some((name, version)) => format!("{name} ({version})"),
            None => pair.files.get(side).cloned().unwrap_or_default(),
        };
        writeln!(out, "{} to {}\n", name(0), name(1))?;
        let findings = checked.run.findings.get(pair.findings.clone()).unwrap_or_default();
        text::write(out, findings, &checked.run.sources, options)?;
        if !pair.comparable {
            writeln!(out, "Not compared: what a file with errors says is not certain.")?;
        }
        for [side, method, path] in &pair.not_found {
            writeln!(out, "note: {method} of the {side} version was not found: {path}")?;
        }
        if let Some(promise) = &pair.promise {
            out.write_all(promise.text().as_bytes())?;
        }
        for (number, advice) in pair.advice.iter().enumerate() {
            let head = if number == 0 { "\nPackaging: " } else { "  or: " };
            writeln!(out, "{head}{}.", advice.text())?;
        }
        if let Some(witnesses) = &pair.witnesses {
            write!(out, "\n{}", witnesses.text())?;
        }
        out.write_all(b"\n")?;
    }
    let pairs = checked.pairs.len();
    let of_pairs = if pairs == 1 { String::new() } else { format!(" ({pairs} pairs)") };
    writeln!(out, "{}{of_pairs}", summary_line(&checked.run.findings, checked.run.sources.len()))
}

fn json(checked: &Checked) -> CompatReport {
    let all = JsonReport::new(&checked.run.findings, &checked.run.sources, checked.run.sources.len());
    let mut findings = all.findings.into_iter();
    let pairs = checked.pairs.iter().zip(&checked.run.files).map(|(pair, file)| JsonPair {
        old: version(pair, 0),
        new: version(pair, 1),
        compared: pair.comparable,
        findings: findings.by_ref().take(pair.findings.len()).collect(),
        promise: pair.promise.as_ref().map(|it| promise(it, |span| checked.run.sources.span(*file, span))),
        packaging: pair.advice.iter().map(packaging).collect(),
        witnesses: pair.witnesses.clone(),
        methods_not_found: pair.not_found.iter().map(method).collect(),
    });
    CompatReport { version: 1, pairs: pairs.collect(), summary: all.summary }
}

fn version(pair: &Compared, side: usize) -> JsonVersion {
    let found = pair.types.get(side).cloned().flatten();
    let (name, version) = found.unzip();
    let file = pair.files.get(side).cloned().unwrap_or_default();
    JsonVersion { name, rt_version: version.filter(|version| !version.is_empty()), file }
}

fn method([side, method, path]: &[String; 3]) -> JsonMethod {
    JsonMethod { side: side.clone(), method: method.clone(), path: path.clone() }
}

fn promise(promise: &Promise, place: impl Fn(rtreg_model::Span) -> JsonSpan) -> JsonPromise {
    JsonPromise {
        from: promise.from.as_str().map(str::to_owned),
        declared: Tunable(promise.declared.tunability),
        declared_by: promise.declared.by.as_str().to_owned(),
        span: promise.declared.span.map(place),
        verdict: promise.verdict().as_str().to_owned(),
        weakest_safe: promise.decided().map(Tunable),
        at_least: Tunable(promise.at_least),
        at_most: Tunable(promise.at_most),
        summary: promise.summary(),
        reasons: promise.reasons.iter().map(reason).collect(),
        open: promise.open().filter_map(|reason| reason.question.map(Asked)).collect(),
    }
}

fn reason(reason: &Reason) -> JsonReason {
    JsonReason {
        question: reason.question.map(Asked),
        asked: reason.asked.clone(),
        answer: reason.answer.as_str().to_owned(),
        why: reason.why.clone(),
        asks: Tunable(reason.asks),
    }
}

fn packaging(advice: &Advice) -> JsonAdvice {
    JsonAdvice {
        change: advice.change.to_owned(),
        tunability: advice.tunability.map(Tunable),
        ship: advice.ship.to_owned(),
        condition: advice.condition.map(str::to_owned),
    }
}
