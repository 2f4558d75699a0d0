//! The DEFAULT breaks the limits of its own entry.
//!
//! # What
//!
//! The default of an INT is below MIN or above MAX; the default of a STRING or an element of a STRINGARRAY is shorter than
//! MINLENGTH or longer than MAXLENGTH; the default of a STRINGARRAY has fewer elements than ARRAY_MINSIZE or more than
//! ARRAY_MAXSIZE. A blank default of a string or list stands for "no value" and is not measured.
//!
//! # Why
//!
//! Which of the two counts is not defined, and every resource that sets no value starts outside of its limits. Source:
//! property_attributes(5), "Default", "Min", "Max", "Minlength", "Maxlength", "Array_minsize", "Array_maxsize".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Retry_count; MIN = 1; MAX = 10; DEFAULT = 20; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Retry_count; MIN = 1; MAX = 10; DEFAULT = 10; }
//! ```

use rtreg_model::{Keyword, Level, PropertyKind, Span};
use rtreg_parser::Values;

use crate::context::{Context, TableEntry, is_blank};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    let Some(values) = entry.get(Keyword::Default).and_then(|attribute| attribute.values()) else { return };
    if is_blank(values) {
        return;
    }
    match entry.kind {
        Some(PropertyKind::Int) => integer(entry, values, report),
        Some(PropertyKind::String) => lengths(entry, values, report),
        Some(PropertyKind::StringArray) => {
            lengths(entry, values, report);
            elements(entry, values, report);
        }
        _ => {}
    }
}

fn integer(entry: &TableEntry<'_>, values: &Values<'_>, report: &mut Report<'_>) {
    let Some(value) = values.single() else { return };
    if let Ok(number) = value.to_text().parse() {
        compare(entry, (Keyword::Min, Keyword::Max), ("a default", number), value.span, report);
    }
}

fn lengths(entry: &TableEntry<'_>, values: &Values<'_>, report: &mut Report<'_>) {
    let split = entry.kind == Some(PropertyKind::StringArray);
    for value in &values.list {
        let parts = value.text.split(|&byte| split && byte == b',').map(<[u8]>::len);
        for length in parts.filter(|&length| length > 0) {
            compare(entry, (Keyword::Minlength, Keyword::Maxlength), ("a length", count(length)), value.span, report);
        }
    }
}

fn elements(entry: &TableEntry<'_>, values: &Values<'_>, report: &mut Report<'_>) {
    let commas = |text: &[u8]| text.iter().filter(|&&byte| byte == b',').count();
    let number = values.list.iter().map(|value| 1 + commas(value.text)).sum();
    compare(entry, (Keyword::ArrayMinsize, Keyword::ArrayMaxsize), ("a number of elements", count(number)), values.span, report);
}

fn compare(
    entry: &TableEntry<'_>,
    (low, high): (Keyword, Keyword),
    (what, number): (&str, i64),
    place: Span,
    report: &mut Report<'_>,
) {
    let (low, high) = (entry.limit(low).map(|found| (low, found)), entry.limit(high).map(|found| (high, found)));
    if let (Some((_, (min, _))), Some((_, (max, _)))) = (low, high)
        && min > max
    {
        return;
    }
    let broken = match (low, high) {
        (Some((keyword, (min, span))), _) if number < min => Some((keyword, "at least", min, span)),
        (_, Some((keyword, (max, span)))) if number > max => Some((keyword, "at most", max, span)),
        _ => None,
    };
    if let Some((keyword, relation, limit, span)) = broken {
        let name = entry.name_text();
        let message = format!("expected {what} of {relation} {limit} for `{name}`, found {number}");
        report.add(place, message, |draft| {
            draft.also(span, format!("{keyword} is here")).help(format!("change DEFAULT or {keyword}"))
        });
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
