//! A Code Quality report for GitLab: a JSON array of issues in the form of Code Climate. Source: GitLab's documentation,
//! "Code Quality report format".

use std::io::{self, Write};

use rtreg_model::Level;
use serde::Serialize;

use super::Run;

#[derive(Serialize)]
struct Issue<'r> {
    #[serde(rename = "type")]
    kind: &'static str,
    check_name: &'r str,
    description: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Content<'r>>,
    categories: [&'static str; 1],
    severity: &'static str,
    fingerprint: String,
    location: Location,
}

#[derive(Serialize)]
struct Content<'r> {
    body: &'r str,
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
            content: finding.help.as_deref().map(|body| Content { body }),
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
