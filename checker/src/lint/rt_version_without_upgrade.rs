//! RT_version is declared, but without `#$upgrade` the name of the type does not carry it.
//!
//! # What
//!
//! The file has an RT_version and no `#$upgrade`.
//!
//! # Why
//!
//! The version is part of the name only if the file has `#$upgrade`. Without it no resource can be moved to this version, and
//! a next version would have the same name. The guides of 4.x advise to include the directive always. Source: r_properties(5),
//! "RGM Legal Names"; the upgrade chapter of the developer's guides of 4.3 and 4.4.
//!
//! # Example
//!
//! ```text
//! Resource_type = "web";
//! RT_version = "1.0";
//! ```
//!
//! # Instead
//!
//! ```text
//! Resource_type = "web";
//! RT_version = "1.0";
//! #$upgrade
//! ```

use rtreg_model::{Applicability, Level, Release};

use crate::context::Context;
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let Some(declaration) = context.find("RT_version").filter(|_| context.target >= Release::V3_1) else { return };
    let has_version = declaration.single().is_some_and(|value| !value.text.is_empty());
    if has_version && !context.has_directive && !context.head_broken {
        report.add(declaration.node.span, "the name of the type has no version, because the file has no `#$upgrade`", |draft| {
            let draft = draft
                .help("add a line `#$upgrade` behind the type properties, so that resources can be upgraded to this version");
            match context.declarations.last() {
                Some(last) => draft.fix(
                    "add `#$upgrade`",
                    Applicability::Unsafe,
                    vec![context.insert_line_behind(last.node.span, "#$upgrade")],
                ),
                None => draft,
            }
        });
    }
}
