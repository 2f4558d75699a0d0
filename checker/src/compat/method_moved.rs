//! A method is at another path.
//!
//! # What
//!
//! Both versions declare the method, with other paths. What only moves because RT_basedir is another is said of
//! RT_basedir.
//!
//! # Why
//!
//! Then both can be installed beside each other, which resources of both versions need. The file of the old one must
//! stay as long as a resource has that version. Source: developer's guide, "Upgrading a Resource Type", "Packaging".
//!
//! # Example
//!
//! ```diff
//! -Stop = /opt/ACMEweb/1.0/stop;
//! +Stop = /opt/ACMEweb/2.0/stop;
//! -Start = /opt/ACMEweb/start;
//! +Start = /opt/ACMEweb/start;
//! ```
//!
//! # Instead
//!
//! ```diff
//!  Stop = /opt/ACMEweb/stop;
//!  Start = /opt/ACMEweb/start;
//! ```

use rtreg_model::{Level, MethodPath};

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let is_moved = |old: &MethodPath, new: &MethodPath| old.absolute != new.absolute && old.declared != new.declared;
    for (method, old, new) in pair.methods().filter(|(_, old, new)| is_moved(old, new)) {
        let message = format!("{method} was `{}`, and is `{}` now", old.absolute, new.absolute);
        report.add(pair.new.at(new.declared.span), message, |draft| {
            draft.also(pair.old.at(old.declared.span), "the old version's")
        });
    }
}
