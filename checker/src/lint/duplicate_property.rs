//! A property has two entries in the table.
//!
//! # What
//!
//! Two entries have the same name behind PROPERTY; case does not count.
//!
//! # Why
//!
//! Which of the two counts is not defined by the manuals, and names of properties are compared in any case. Source: our
//! reading of rt_reg(4), "Resource Property Declarations".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 2; }
//! { PROPERTY = Retry_Count; DEFAULT = 3; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Retry_count; DEFAULT = 3; }
//! ```

use rtreg_model::{Applicability, Level};
use rtreg_parser::{Entry, Value};

use crate::context::{Context, TableEntry, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let named = context.entries.iter().filter_map(|entry| Some((entry, entry.name?)));
    let named: Vec<(&TableEntry<'_>, &Value<'_>)> = named.collect();
    let mut keys: Vec<(u64, usize)> =
        named.iter().enumerate().map(|(index, (_, name))| (key(name.text), index)).collect();
    keys.sort_unstable();
    for alike in keys.chunk_by(|one, other| one.0 == other.0).filter(|alike| alike.len() > 1) {
        let alike = || alike.iter().filter_map(|&(_, index)| named.get(index));
        for &(entry, name) in alike() {
            let first = alike().find(|(_, first)| first.text.eq_ignore_ascii_case(name.text));
            if let Some((first, _)) = first.filter(|(first, _)| first.node.span != entry.node.span) {
                again(first, entry, name, (context, report));
            }
        }
    }
}

fn again(
    first: &TableEntry<'_>,
    entry: &TableEntry<'_>,
    name: &Value<'_>,
    (context, report): (&Context<'_>, &mut Report<'_>),
) {
    let message = format!("expected one entry for each property, found a second one for {}", quote(name.text));
    report.add(name.span, message, |draft| {
        let draft = draft.also(first.name_span(), "the first entry is here");
        let draft = draft.help("keep one entry, with the attributes of both");
        match first.whole && entry.whole && says_the_same(first.node, entry.node) {
            true => draft.fix("delete the second entry", Applicability::Safe, vec![context.delete(entry.node.span)]),
            false => draft,
        }
    });
}

/// A number that names have in common if they are the same in any case, and hardly ever otherwise (FNV-1a).
fn key(name: &[u8]) -> u64 {
    let step = |key: u64, byte: &u8| (key ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3);
    name.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

/// Whether two entries have the same attributes in the same order.
fn says_the_same(first: &Entry<'_>, second: &Entry<'_>) -> bool {
    first.attributes.len() == second.attributes.len()
        && first.attributes.iter().zip(&second.attributes).all(|(first, second)| first.says(second))
}
