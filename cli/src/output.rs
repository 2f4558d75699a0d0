//! Printing: text as it is, JSON pretty, and a closed pipe is no error.

use std::io::{self, Write};

use rtreg_registry::Refusal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::error::{CliError, Exit};

/// Prints text on standard output, with a line end behind it if it has none.
///
/// # Errors
/// Standard output cannot be written; a closed pipe is none.
pub fn text(text: &str) -> Result<(), CliError> {
    write(text.as_bytes(), !text.is_empty() && !text.ends_with('\n'))
}

/// Prints bytes on standard output as they are.
///
/// # Errors
/// As [`text`].
pub fn bytes(bytes: &[u8]) -> Result<(), CliError> {
    write(bytes, false)
}

/// Prints an answer as JSON.
///
/// # Errors
/// As [`text`].
pub fn json(answer: &impl Serialize) -> Result<(), CliError> {
    let json = serde_json::to_string_pretty(answer).map_err(|error| CliError::internal(error.to_string()))?;
    write(json.as_bytes(), true)
}

/// Prints an answer in the chosen format; `words` makes its text.
///
/// # Errors
/// As [`text`].
pub fn answer<T: Serialize>(
    app: &crate::app::App,
    report: &T,
    words: impl FnOnce(&T) -> String,
) -> Result<Exit, CliError> {
    if app.json() {
        json(report)?;
    } else {
        text(&words(report))?;
    }
    Ok(Exit::Done)
}

fn write(bytes: &[u8], end: bool) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    let mut all = || {
        out.write_all(bytes)?;
        if end {
            out.write_all(b"\n")?;
        }
        out.flush()
    };
    match all() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::io(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// An error as JSON, on standard error.
#[derive(Serialize, JsonSchema)]
pub struct ErrorReport<'r> {
    /// Version of this form: 1.
    version: u32,
    /// The error.
    error: ErrorBody<'r>,
}

/// What an error says.
#[derive(Serialize, JsonSchema)]
struct ErrorBody<'r> {
    /// Stable identifier of the rule that refused.
    rule: &'r str,
    /// What was expected and what was found.
    message: &'r str,
    /// Objects that it is about, one each.
    details: &'r [String],
    /// What to do next.
    help: Option<&'r str>,
}

/// An error as one line of JSON.
pub fn error_json(refusal: &Refusal) -> String {
    let error = ErrorBody {
        rule: refusal.rule,
        message: &refusal.message,
        details: &refusal.details,
        help: refusal.help.as_deref(),
    };
    serde_json::to_string(&ErrorReport { version: 1, error }).unwrap_or_default()
}
