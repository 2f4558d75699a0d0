//! The lower limit of a property is above the upper one.
//!
//! # What
//!
//! MIN is greater than MAX, MINLENGTH than MAXLENGTH, or ARRAY_MINSIZE than ARRAY_MAXSIZE.
//!
//! # Why
//!
//! No value fits. Source: property_attributes(5), "Min" to "Array_maxsize".
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Retry_count; MIN = 10; MAX = 1; DEFAULT = 2; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Retry_count; MIN = 1; MAX = 10; DEFAULT = 2; }
//! ```

use rtreg_model::{Applicability, Edit, Keyword, Level};

use crate::context::{Context, TableEntry};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Error;

const PAIRS: [(Keyword, Keyword); 3] = [
    (Keyword::Min, Keyword::Max),
    (Keyword::Minlength, Keyword::Maxlength),
    (Keyword::ArrayMinsize, Keyword::ArrayMaxsize),
];

pub(super) fn check_entry(entry: &TableEntry<'_>, _: &Context<'_>, report: &mut Report<'_>) {
    if entry.timeout_of().is_some() {
        return;
    }
    for (low, high) in PAIRS {
        let (Some((min, low_span)), Some((max, high_span))) = (entry.limit(low), entry.limit(high)) else { continue };
        if min > max {
            let name = entry.name_text();
            let message = format!("expected {low} of at most {high} for `{name}`, found {min} and {max}");
            report.add(low_span, message, |draft| {
                let mut edits = vec![
                    Edit::new(low_span, max.to_string()),
                    Edit::new(high_span, min.to_string()),
                ];
                edits.sort_unstable();
                draft
                    .also(high_span, format!("{high} is here"))
                    .help(format!("exchange the two, or change {low} or {high}"))
                    .fix("exchange the two", Applicability::Unsafe, edits)
            });
        }
    }
}
