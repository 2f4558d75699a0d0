//! RT_basedir is not an absolute path.
//!
//! # What
//!
//! The value of RT_basedir does not begin with `/`.
//!
//! # Why
//!
//! Relative paths of methods are completed with it; completed with a relative path they lead nowhere. Source:
//! rt_properties(5), RT_basedir.
//!
//! # Example
//!
//! ```text
//! RT_basedir = opt/ACMEweb/bin;
//! ```
//!
//! # Instead
//!
//! ```text
//! RT_basedir = /opt/ACMEweb/bin;
//! ```

use rtreg_model::{Applicability, Level};

use crate::context::{Context, has_placeholder, part, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

/// Folders of the root that packages are installed in: before one of them only the `/` is missing.
const ROOTS: [&[u8]; 5] = [b"opt", b"usr", b"var", b"export", b"global"];

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let Some(value) = context.find("RT_basedir").and_then(|declaration| declaration.single()) else { return };
    if !value.text.is_empty() && !value.text.starts_with(b"/") && !has_placeholder(value) {
        let message = format!("expected an absolute path for RT_basedir, found {}", quote(value.text));
        report.add(value.span, message, |draft| {
            let start = part(value, 0, 0);
            let draft = draft.help("begin the path with `/`");
            let first = value.text.split(|&byte| byte == b'/').next().unwrap_or_default();
            match ROOTS.contains(&first) {
                true => draft.replace("insert `/`", Applicability::Unsafe, start, "/"),
                false => draft,
            }
        });
    }
}
