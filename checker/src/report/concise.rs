//! One line a finding, as compilers and `grep -n` write: `file:line:column: level[rule] message`.

use std::io::{self, Write};

use super::Run;

/// Writes the findings.
///
/// # Errors
/// The sink takes no more.
pub fn write(out: &mut dyn Write, run: &Run) -> io::Result<()> {
    for finding in &run.findings {
        let place = run.sources.span(finding.primary.file, finding.primary.span);
        let name = printable(run.sources.name(finding.primary.file));
        let (level, rule, message) = (finding.level.as_str(), finding.rule, printable(&finding.message));
        writeln!(out, "{name}:{}:{}: {level}[{rule}] {message}", place.line, place.column)?;
    }
    Ok(())
}

/// On one line, and without what would control a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}
