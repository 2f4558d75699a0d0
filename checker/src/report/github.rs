//! Workflow commands of GitHub Actions, which become annotations of a change. The runner shows ten of a kind a step.
//! Source: GitHub's documentation, "Workflow commands for GitHub Actions".

use std::io::{self, Write};

use rtreg_model::Level;

use super::Run;

/// Writes one command a finding.
///
/// # Errors
/// The sink takes no more.
pub fn write(out: &mut dyn Write, run: &Run) -> io::Result<()> {
    for finding in &run.findings {
        let place = run.sources.span(finding.primary.file, finding.primary.span);
        let command = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let file = property(&run.relative(finding.primary.file));
        write!(out, "::{command} file={file},line={},endLine={}", place.line, place.end_line)?;
        // Columns are only taken where the annotation is on one line; the last column is part of it.
        if place.line == place.end_line {
            let end = place.end_column.saturating_sub(1).max(place.column);
            write!(out, ",col={},endColumn={end}", place.column)?;
        }
        let help = finding.help.as_deref().map(|help| format!("\n{help}")).unwrap_or_default();
        let message = format!("{}{help}\n{}", finding.message, crate::page_url(finding.rule));
        writeln!(out, ",title=rtreg {}::{}", property(finding.rule), data(&message))?;
    }
    Ok(())
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
