//! A value has characters that are not ASCII.
//!
//! # What
//!
//! A byte above 127 stands in a value. In comments every byte is accepted.
//!
//! # Why
//!
//! An RTR file is an ASCII text file, and so are property values and descriptions. Source: rt_reg(4); r_properties(5), "RGM
//! Legal Values".
//!
//! # Example
//!
//! ```text
//! RT_description = "Café server";
//! ```
//!
//! # Instead
//!
//! ```text
//! RT_description = "Cafe server";
//! ```

use rtreg_model::{Applicability, Level};
use rtreg_parser::Value;

use crate::context::{Context, TableEntry, part};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let texts = context.free_texts().filter(|text| !matches!(text.of, "Resource_type" | "Vendor_id"));
    let values = texts.map(|text| (text.value, text.of));
    let versions = context.upgrade_from().map(|(_, version)| (version, "#$upgrade_from"));
    values.chain(versions).for_each(|(value, of)| judge(value, of, report));
}

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    entry.free_texts().for_each(|text| judge(text.value, text.of, report));
}

fn judge(value: &Value<'_>, of: &str, report: &mut Report<'_>) {
    if value.text.is_ascii() {
        return;
    }
    let Some(start) = value.text.iter().position(|byte| !byte.is_ascii()) else { return };
    let length = value.text.iter().skip(start).take_while(|byte| !byte.is_ascii()).count();
    let found = String::from_utf8_lossy(value.text.get(start..start + length).unwrap_or_default());
    let found: String = found.chars().take(20).collect();
    report.add(part(value, start, length), format!("expected ASCII in {of}, found `{found}`"), |draft| {
        let draft = draft.help("write it with ASCII characters; comments may have any");
        let text = String::from_utf8(value.text.to_vec()).ok().and_then(|text| plain(&text));
        match text.filter(|_| value.quoted) {
            Some(text) => {
                let for_people = matches!(of, "DESCRIPTION" | "RT_description");
                let sure = if for_people { Applicability::Safe } else { Applicability::Unsafe };
                draft.replace("use the ASCII characters that mean the same", sure, value.span, format!("\"{text}\""))
            }
            None => draft,
        }
    });
}

/// The text with the ASCII characters that mean the same as those of typesetting; none if it has others.
fn plain(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{2018}'..='\u{201f}' => plain.push('\''),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => plain.push('-'),
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => plain.push(' '),
            '\u{2026}' => plain.push_str("..."),
            '\u{d7}' => plain.push('x'),
            character if character.is_ascii() => plain.push(character),
            _ => return None,
        }
    }
    Some(plain)
}
