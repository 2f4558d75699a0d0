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

use rtreg_model::Level;

use crate::context::{Context, part};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let texts = context.free_texts().filter(|text| !matches!(text.of, "Resource_type" | "Vendor_id"));
    let values = texts.map(|text| (text.value, text.of));
    let versions = context.upgrade_from().map(|(_, version)| (version, "#$upgrade_from"));
    for (value, of) in values.chain(versions) {
        let Some(start) = value.text.iter().position(|byte| !byte.is_ascii()) else { continue };
        let length = value.text.iter().skip(start).take_while(|byte| !byte.is_ascii()).count();
        let found = String::from_utf8_lossy(value.text.get(start..start + length).unwrap_or_default());
        let found: String = found.chars().take(20).collect();
        report.add(part(value, start, length), format!("expected ASCII in {of}, found `{found}`"), |draft| {
            draft.help("write it with ASCII characters; comments may have any")
        });
    }
}
