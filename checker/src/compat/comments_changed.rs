//! The text differs in what means nothing, and RT_version is the same.
//!
//! # What
//!
//! Both files describe the same type with the same RT_version; only comments, white space or the order of entries
//! differ.
//!
//! # Why
//!
//! Where one of them is registered, the other is refused: one version has one text. Source: rt_reg(4), "Upgrading a
//! Resource Type"; the registry keeps the file of each version as it was.
//!
//! # Example
//!
//! ```diff
//! -# Keeps the web server.
//! +# Keeps the web server running.
//!  RT_version = "1.0";
//!  Start = /opt/ACMEweb/start;
//!  Stop = /opt/ACMEweb/stop;
//!  #$upgrade
//! ```
//!
//! # Instead
//!
//! ```diff
//! -# Keeps the web server.
//! +# Keeps the web server running.
//! -RT_version = "1.0";
//! +RT_version = "1.1";
//! ```

use rtreg_model::Level;

use super::version_not_raised::is_same_type;
use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Note;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (&pair.old.resource_type, &pair.new.resource_type);
    if pair.is_same_text() || old.version != new.version || !is_same_type(old, new) {
        return;
    }
    let message = "the text differs, and says the same of the same version";
    report.add(pair.new.place(), message, |draft| {
        draft
            .also(pair.old.place(), "the old text")
            .help("where the old text is registered, this one is refused; raise RT_version if both are to be shipped")
    });
}
