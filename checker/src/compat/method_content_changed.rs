//! The file of a method has another content.
//!
//! # What
//!
//! The digests of a method's files are known for both versions, and they differ.
//!
//! # Why
//!
//! Whether the new method understands what the old ones began is then a question, and not a matter of course. Source:
//! developer's guide, "Upgrading a Resource Type", "Specifying the tunability of Type_version".
//!
//! # Example
//!
//! ```diff
//! -# SHA-256 of Stop: 11aa
//! +# SHA-256 of Stop: 22bb
//! ```
//!
//! # Instead
//!
//! ```diff
//! -# SHA-256 of Stop: 11aa
//! +# SHA-256 of Stop: 11aa
//! ```

use rtreg_model::Level;

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    for (method, old, new) in pair.methods() {
        if pair.is_same_method(method) != Some(false) {
            continue;
        }
        let message = format!("the file of {method} has another content");
        report.add(pair.new.at(new.declared.span), message, |draft| {
            let draft = draft.also(pair.old.at(old.declared.span), "the old version's");
            if pair.old.version() != pair.new.version() {
                return draft;
            }
            draft.help("with the same RT_version no upgrade stands between the two: what runs already meets the new file")
        });
    }
}
