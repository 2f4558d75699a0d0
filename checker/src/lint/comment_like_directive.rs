//! A comment looks like a directive.
//!
//! # What
//!
//! A comment is what a directive is but for its `#$`: `# $upgrade`, `#upgrade`, `# upgrade_from "1.0" ANYTIME`. A directive
//! that is commented out with a second `#` is none of these.
//!
//! # Why
//!
//! A directive starts with `#$` and no blank; any other line that starts with `#` is a comment, and the cluster skips it
//! without a word: versions cannot be upgraded that should be. Source: rt_reg(4), "Upgrading a Resource Type"; that it is
//! a warning is our choice.
//!
//! # Example
//!
//! ```text
//! #$upgrade
//! # $upgrade_from "1.0" ANYTIME
//! ```
//!
//! # Instead
//!
//! ```text
//! #$upgrade
//! #$upgrade_from "1.0" ANYTIME
//! ```

use rtreg_model::{Level, Span, Tunability};

use crate::context::{Context, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for comment in context.comments {
        let text = comment.span.slice(context.source).trim_ascii_end();
        let Some(word) = lost(text) else { continue };
        let message = format!("expected `#${word}`, found the comment {}", quote(text));
        let end = comment.span.start + u32::try_from(text.len()).unwrap_or(0);
        report.add(Span::new(comment.span.start, end), message, |draft| {
            draft.help(format!("write `#${word}`, with no blank; if this is a comment, start it with `##`"))
        });
    }
}

/// The word of the directive that a comment looks like; none if it is a comment.
fn lost(comment: &[u8]) -> Option<&'static str> {
    let behind = comment.strip_prefix(b"#")?;
    let text = behind.trim_ascii_start();
    let attached = text.len() == behind.len();
    let (marked, text) = text.strip_prefix(b"$").map_or((false, text), |text| (true, text.trim_ascii_start()));
    let starts = |word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()));
    let word = ["upgrade_from", "upgrade"].into_iter().find(|word| starts(word))?;
    let rest = text.get(word.len()..)?;
    let is_lost = match word {
        "upgrade_from" => is_versioned(rest) || (rest.is_empty() && (marked || attached)),
        _ => rest.is_empty() && (marked || attached),
    };
    is_lost.then_some(word)
}

/// Whether this is what stands behind `upgrade_from`: a blank, and a version in quotes or a tunability at the end.
fn is_versioned(rest: &[u8]) -> bool {
    let Some(arguments) = std::str::from_utf8(rest).ok().filter(|rest| rest.starts_with([' ', '\t', '"'])) else {
        return false;
    };
    let mut words = arguments.split_whitespace();
    let last = words.next_back().and_then(Tunability::parse).is_some();
    arguments.trim_start().starts_with('"') || (last && words.count() <= 1)
}
