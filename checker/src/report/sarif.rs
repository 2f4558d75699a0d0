//! SARIF 2.1.0 (OASIS), the form in which code-scanning services read findings. URIs are relative to `SRCROOT`, columns
//! count Unicode scalar values, fingerprints come from the structure of the file and not from its lines.

use std::collections::BTreeMap;
use std::io::{self, Write};

use rtreg_model::{Applicability, Edit, FileId, Finding, Fix, Label, Level, Span};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::Run;
use super::run::is_kept;
use crate::catalogue;

/// The name of the folder that URIs are relative to.
const ROOT: &str = "SRCROOT";

/// Writes the report, one result at a time.
///
/// # Errors
/// The sink takes no more.
pub fn write(out: &mut dyn Write, run: &Run) -> io::Result<()> {
    let rules: BTreeMap<&str, usize> = run.findings.iter().map(|finding| (finding.rule, 0)).collect();
    let rules = rules.into_keys().enumerate().map(|(index, rule)| (rule, index)).collect();
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Record {
            tool: json!({ "driver": driver(&rules) }),
            column_kind: "unicodeCodePoints",
            original_uri_base_ids: json!({ ROOT: { "description": { "text": "The root of what was checked." } } }),
            invocations: json!([{ "executionSuccessful": true }]),
            results: Results { run, rules },
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Record<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'r> {
    tool: Value,
    column_kind: &'static str,
    original_uri_base_ids: Value,
    invocations: Value,
    results: Results<'r>,
}

/// The results are made while they are written.
struct Results<'r> {
    run: &'r Run,
    rules: BTreeMap<&'r str, usize>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let result = |(finding, path, fingerprint): (&Finding, &str, String)| {
            result(self.run, finding, &Names { index: self.rules.get(finding.rule).copied(), path, fingerprint })
        };
        serializer.collect_seq(self.run.fingerprints().map(result))
    }
}

fn driver(rules: &BTreeMap<&str, usize>) -> Value {
    json!({
        "name": "rtreg",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": env!("CARGO_PKG_REPOSITORY"),
        "rules": rules.keys().map(|id| descriptor(id)).collect::<Vec<_>>(),
    })
}

fn descriptor(id: &str) -> Value {
    let Some(known) = catalogue::find(id) else { return json!({ "id": id }) };
    json!({
        "id": id,
        "shortDescription": { "text": known.summary },
        "helpUri": crate::page_url(id),
        "help": { "text": known.doc(), "markdown": known.doc() },
        "defaultConfiguration": { "level": level(known.level) },
    })
}

/// What names a finding beside its place.
struct Names<'r> {
    index: Option<usize>,
    path: &'r str,
    fingerprint: String,
}

fn result(run: &Run, finding: &Finding, names: &Names<'_>) -> Value {
    let text = match &finding.help {
        Some(help) => format!("{}\n{help}", finding.message),
        None => finding.message.clone(),
    };
    let related = finding.secondary.iter().map(|label| location(run, label, None));
    let fix = finding.fix.as_ref().and_then(|fix| cure(run, finding.primary.file, fix));
    with_some(json!({
        "ruleId": finding.rule,
        "ruleIndex": names.index,
        "level": level(finding.level),
        "message": { "text": text },
        "locations": [location(run, &finding.primary, Some(names.path))],
        "relatedLocations": (!finding.secondary.is_empty()).then(|| related.collect::<Value>()),
        "partialFingerprints": { "structure/v1": names.fingerprint },
        "fixes": fix.map(|fix| [fix]),
    }))
}

/// Without the fields that have no value: SARIF knows no null.
fn with_some(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    object
}

fn location(run: &Run, label: &Label, path: Option<&str>) -> Value {
    with_some(json!({
        "physicalLocation": {
            "artifactLocation": artifact(run, label.file),
            "region": region(run, label.file, label.span),
        },
        "message": (!label.text.is_empty()).then(|| json!({ "text": label.text })),
        "logicalLocations": path.map(|path| json!([{ "fullyQualifiedName": path }])),
    }))
}

fn artifact(run: &Run, file: FileId) -> Value {
    let uri = run.uri(file);
    if uri.starts_with("file:") || is_kept(&uri) {
        json!({ "uri": uri })
    } else {
        json!({ "uri": uri, "uriBaseId": ROOT })
    }
}

fn region(run: &Run, file: FileId, span: Span) -> Value {
    let place = run.sources.span(file, span);
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
        "byteOffset": place.start,
        "byteLength": place.end - place.start,
    })
}

/// A fix for a program to apply; SARIF wants at least one replacement in it.
fn cure(run: &Run, file: FileId, fix: &Fix) -> Option<Value> {
    if fix.edits.is_empty() || fix.applicability == Applicability::DisplayOnly {
        return None;
    }
    let replacement = |edit: &Edit| {
        json!({
            "deletedRegion": region(run, file, edit.span),
            "insertedContent": { "text": edit.text },
        })
    };
    Some(json!({
        "description": { "text": fix.title },
        "artifactChanges": [{
            "artifactLocation": artifact(run, file),
            "replacements": fix.edits.iter().map(replacement).collect::<Vec<_>>(),
        }],
        "properties": { "applicability": fix.applicability },
    }))
}

fn level(level: Level) -> &'static str {
    level.as_str()
}
