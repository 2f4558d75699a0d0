//! Resource_type or Vendor_id has characters that the name of a type cannot have.
//!
//! # What
//!
//! The value of Resource_type or Vendor_id has other characters than ASCII letters, digits, `-` and `_`.
//!
//! # Why
//!
//! The cluster puts the name of the type together as `vendor-id.resource-type:rt-version`. A period or colon in a part
//! makes it impossible to tell the parts apart. Source: rt_properties(5), Resource_type; r_properties(5), "RGM Legal Names".
//!
//! # Example
//!
//! ```text
//! Resource_type = "web:1";
//! ```
//!
//! # Instead
//!
//! ```text
//! Resource_type = "web";
//! ```

use rtreg_model::{Applicability, Level};
use rtreg_model::name::NAME_LENGTH_MAX;
use rtreg_parser::Value;

use crate::context::{Context, has_placeholder, part, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for name in ["Resource_type", "Vendor_id"] {
        let Some(value) = context.find(name).and_then(|declaration| declaration.single()) else { continue };
        if has_placeholder(value) {
            continue;
        }
        let legal = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let own = (name == "Resource_type").then(|| own_part(context, value)).flatten();
        if let Some(at) = value.text.iter().position(|byte| !legal(byte)) {
            let message = format!("expected only ASCII letters, digits, `-` and `_` in {name}, found {}", quote(value.text));
            report.add(part(value, at, 1), message, |draft| {
                let draft = draft
                    .help("the cluster inserts the period behind Vendor_id and the colon before RT_version itself");
                match own.filter(|own| own.as_bytes().iter().all(legal)) {
                    Some(own) => {
                        let own = if value.quoted { format!("\"{own}\"") } else { own.to_owned() };
                        draft.replace("keep only the name", Applicability::Unsafe, value.span, own)
                    }
                    None => draft,
                }
            });
        } else if value.text.len() > NAME_LENGTH_MAX {
            let message = format!("expected at most {NAME_LENGTH_MAX} characters in {name}, found {}", value.text.len());
            report.add(value.span, message, |draft| draft.help("choose a shorter name"));
        }
    }
}

/// The name without the Vendor_id and RT_version that the file declares too.
fn own_part<'v>(context: &Context<'_>, value: &Value<'v>) -> Option<&'v str> {
    let text = std::str::from_utf8(value.text).ok()?;
    let declared = |name: &str| context.find(name).and_then(|it| it.single()).map(Value::to_text);
    let vendor = declared("Vendor_id").map(|vendor| format!("{vendor}."));
    let version = declared("RT_version").map(|version| format!(":{version}"));
    let own = vendor.and_then(|vendor| text.strip_prefix(vendor.as_str())).unwrap_or(text);
    let own = version.and_then(|version| own.strip_suffix(version.as_str())).unwrap_or(own);
    (own.len() < text.len() && !own.is_empty()).then_some(own)
}
