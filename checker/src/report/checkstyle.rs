//! The XML of Checkstyle, which many viewers of build results read.

use std::io::{self, Write};

use rtreg_model::{FileId, Level};

use super::Run;
use super::xml::Escaped;

/// Writes the report.
///
/// # Errors
/// The sink takes no more.
pub fn write(out: &mut dyn Write, run: &Run) -> io::Result<()> {
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n")?;
    let mut open: Option<FileId> = None;
    for finding in &run.findings {
        let file = finding.primary.file;
        if open != Some(file) {
            if open.is_some() {
                out.write_all(b"  </file>\n")?;
            }
            writeln!(out, "  <file name=\"{}\">", Escaped(&run.relative(file)))?;
            open = Some(file);
        }
        let place = run.sources.span(file, finding.primary.span);
        let severity = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "info",
        };
        let (line, column, message, rule) = (place.line, place.column, Escaped(&finding.message), finding.rule);
        writeln!(
            out,
            "    <error line=\"{line}\" column=\"{column}\" severity=\"{severity}\" message=\"{message}\" source=\"rtreg.{rule}\"/>"
        )?;
    }
    if open.is_some() {
        out.write_all(b"  </file>\n")?;
    }
    out.write_all(b"</checkstyle>\n")
}
