//! JUnit XML: a suite for each file that was checked. An error is a case that fails; a warning or note is a case that
//! passes and says so; a file without findings is one case that passes. It gives no times.

use std::collections::BTreeMap;
use std::io::{self, Write};

use rtreg_model::{FileId, Finding, Level};

use super::Run;
use super::xml::Escaped;

/// Writes the report.
///
/// # Errors
/// The sink takes no more.
pub fn write(out: &mut dyn Write, run: &Run) -> io::Result<()> {
    let mut by_file: BTreeMap<FileId, Vec<(&Finding, &str)>> =
        run.files.iter().map(|file| (*file, Vec::new())).collect();
    for (finding, path) in run.located() {
        by_file.entry(finding.primary.file).or_default().push((finding, path));
    }
    let tests: usize = by_file.values().map(|found| found.len().max(1)).sum();
    let failures = super::summary(&run.findings).errors;
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
    writeln!(
        out,
        "<testsuites name=\"rtreg lint\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" time=\"0\">"
    )?;
    for (file, found) in &by_file {
        suite(out, run, *file, found)?;
    }
    out.write_all(b"</testsuites>\n")
}

fn suite(out: &mut dyn Write, run: &Run, file: FileId, found: &[(&Finding, &str)]) -> io::Result<()> {
    let name = run.relative(file);
    let name = Escaped(&name);
    let tests = found.len().max(1);
    let failures = found.iter().filter(|(finding, _)| finding.level == Level::Error).count();
    writeln!(
        out,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\" time=\"0\">"
    )?;
    if found.is_empty() {
        writeln!(out, "    <testcase name=\"lint\" classname=\"{name}\" time=\"0\"/>")?;
    }
    for (finding, path) in found {
        let place = run.sources.span(file, finding.primary.span);
        let (rule, level, message) = (finding.rule, finding.level.as_str(), Escaped(&finding.message));
        let (title, line, column) = (format!("{rule}: {path}"), place.line, place.column);
        writeln!(out, "    <testcase name=\"{}\" classname=\"{name}\" time=\"0\">", Escaped(&title))?;
        let help = finding.help.as_deref().map(|help| format!("\n{help}")).unwrap_or_default();
        let (help, url) = (Escaped(&help), crate::page_url(rule));
        let words = format!("{name}:{line}:{column}: {level}[{rule}] {message}{help}\n{}", Escaped(&url));
        if finding.level == Level::Error {
            writeln!(out, "      <failure message=\"{message}\" type=\"{rule}\">{words}</failure>")?;
        } else {
            writeln!(out, "      <system-out>{words}</system-out>")?;
        }
        out.write_all(b"    </testcase>\n")?;
    }
    out.write_all(b"  </testsuite>\n")
}
