//! A version has a character that RT_version must not have.
//!
//! # What
//!
//! The value of RT_version, or the version behind `#$upgrade_from`, has a blank, a tab or one of `/ \ * ? , ; [ ]` in it.
//!
//! # Why
//!
//! Registration fails if one of these ten characters is in RT_version. Source: rt_properties(5), RT_version; the developer's
//! guide of 3.1, "RT_version".
//!
//! # Example
//!
//! ```text
//! RT_version = "1.0 beta";
//! ```
//!
//! # Instead
//!
//! ```text
//! RT_version = "1.0-beta";
//! ```

use rtreg_model::{Applicability, Level};
use rtreg_model::version::FORBIDDEN_IN_VERSION;
use rtreg_parser::Value;

use crate::context::{Context, part};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    if let Some(value) = context.find("RT_version").and_then(|declaration| declaration.single()) {
        judge(value, "RT_version", report);
    }
    for (_, version) in context.upgrade_from() {
        judge(version, "the version behind `#$upgrade_from`", report);
    }
}

fn judge(value: &Value<'_>, what: &str, report: &mut Report<'_>) {
    let is_forbidden = |byte: u8| FORBIDDEN_IN_VERSION.contains(&char::from(byte)) || byte.is_ascii_control();
    let Some((at, &byte)) = value.text.iter().enumerate().find(|&(_, &byte)| is_forbidden(byte)) else { return };
    let found = match byte {
        b' ' => "a blank".to_owned(),
        b'\t' => "a tab".to_owned(),
        byte => format!("`{}`", char::from(byte).escape_default()),
    };
    let message = format!("expected {what} without blank, tab and `/ \\ * ? , ; [ ]`, found {found}");
    report.add(part(value, at, 1), message, |draft| {
        let draft = draft.help("use letters, digits, periods and hyphens, such as `4.6-05`");
        let trimmed = value.text.trim_ascii();
        match std::str::from_utf8(trimmed) {
            Ok(text) if value.quoted && !text.is_empty() && !trimmed.iter().any(|&byte| is_forbidden(byte)) => {
                draft.replace("delete the blanks", Applicability::Unsafe, value.span, format!("\"{text}\""))
            }
            _ => draft,
        }
    });
}
