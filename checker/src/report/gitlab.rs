//! A Code Quality report for GitLab: a JSON array of issues in the form of Code Climate. Source: GitLab's documentation,
//! "Code Quality report format".

use std::io::{self, Write};

use rtreg_model::{Finding, Level};
use serde::Serialize;

use super::Run;

#[derive(Serialize)]
struct Issue<'r> {
    #[serde(rename = "type")]
    kind: &'static str,
    check_name: &'r str,
    description: &'r str,
    content: Content,
    categories: [&'static str; 1],
    severity: &'static str,
    fingerprint: String,
    location: Location,
}

#[derive(Serialize)]
struct Content {
    body: String,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// What to do next, and the page about the rule, in Markdown.
fn body(finding: &Finding) -> String {
    let help = finding.help.as_deref().map(|help| format!("{help}\n\n")).unwrap_or_default();
    format!("{help}[{}]({})", finding.rule, crate::page_url(finding.rule))
}

/// Writes the report; without a finding an empty array.
///
/// # Errors
/// The sink takes no more.
pub fn write(out: &mut dyn Write, run: &Run) -> io::Result<()> {
    let mut before = "[\n";
    for (finding, _, fingerprint) in run.fingerprints() {
        let place = run.sources.span(finding.primary.file, finding.primary.span);
        let issue = Issue {
            kind: "issue",
            check_name: finding.rule,
            description: &finding.message,
            content: Content { body: body(finding) },
            categories: ["Bug Risk"],
            severity: match finding.level {
                Level::Error => "major",
                Level::Warning => "minor",
                Level::Note => "info",
            },
            fingerprint,
            location: Location {
                path: run.relative(finding.primary.file),
                lines: Lines { begin: place.line, end: place.end_line },
            },
        };
        out.write_all(before.as_bytes())?;
        serde_json::to_writer(&mut *out, &issue)?;
        before = ",\n";
    }
    out.write_all(if before == "[\n" { b"[]\n" } else { b"\n]\n" })
}
