//! A value has characters that the cluster cannot store, or is too long.
//!
//! # What
//!
//! The value of a type property, a DEFAULT or a DESCRIPTION has a comma, semicolon, newline or NUL in it, quoted or not, or
//! more than 4194303 bytes. In a list the comma separates elements.
//!
//! # Why
//!
//! Property values and descriptions must not contain these characters. Source: r_properties(5), "RGM Legal Values".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; DESCRIPTION = "Port; a number"; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Port; EXTENSION; INT; DEFAULT = 80; DESCRIPTION = "Port (a number)"; }
//! ```

use rtreg_model::{Applicability, Level};
use rtreg_model::name::VALUE_LENGTH_MAX;

use crate::context::{Context, FreeText, TableEntry, part};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let texts = context.free_texts().filter(|text| !matches!(text.of, "RT_version" | "Resource_type" | "Vendor_id"));
    texts.for_each(|text| judge(&text, report));
}

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    entry.free_texts().for_each(|text| judge(&text, report));
}

fn judge(text: &FreeText<'_>, report: &mut Report<'_>) {
    let value = text.value;
    if value.text.len() > VALUE_LENGTH_MAX {
        let length = value.text.len();
        let message = format!("expected at most {VALUE_LENGTH_MAX} bytes in {}, found {length}", text.of);
        report.add(value.span, message, |draft| draft.help("shorten the value"));
        return;
    }
    let illegal = |byte: &u8| matches!(byte, b'\0' | b'\n' | b';') || (*byte == b',' && !text.list);
    let Some((at, &byte)) = value.text.iter().enumerate().find(|(_, byte)| illegal(byte)) else { return };
    let character = match byte {
        b'\0' => "a NUL byte",
        b'\n' => "a newline",
        b',' => "a comma",
        _ => "a semicolon",
    };
    let message = format!("expected no NUL, newline, comma or semicolon in {}, found {character}", text.of);
    report.add(part(value, at, 1), message, |draft| {
        let draft = draft.help("remove the character; quotes do not help");
        match std::str::from_utf8(value.text) {
            Ok(words) if value.quoted && matches!(text.of, "DESCRIPTION" | "RT_description") => {
                let fixed = format!("\"{}\"", reworded(words));
                draft.replace("part the words by hyphens", Applicability::Unsafe, value.span, fixed)
            }
            _ => draft,
        }
    });
}

/// A text for people, with hyphens in place of commas and semicolons.
fn reworded(text: &str) -> String {
    let parts = text.split([',', ';', '\0', '\n']).map(str::trim).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" - ")
}
