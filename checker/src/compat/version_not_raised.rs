//! The content differs, and RT_version is the same.
//!
//! # What
//!
//! The two files say different things of the type, with the same RT_version. A change of methods only needs no new
//! registration.
//!
//! # Why
//!
//! A version is known by its RT_version alone. Where the old one is registered the new file is refused, and no
//! resource can be upgraded from a version to itself. Source: rt_reg(4), "Upgrading a Resource Type"; the guide asks
//! for another value for each change.
//!
//! # Example
//!
//! ```diff
//!  RT_version = "1.0";
//! -Pkglist = ACMEweb;
//! +Pkglist = ACMEweb, ACMElib;
//! ```
//!
//! # Instead
//!
//! ```diff
//! -RT_version = "1.0";
//! +RT_version = "1.1";
//! -Pkglist = ACMEweb;
//! +Pkglist = ACMEweb, ACMElib;
//! ```

use rtreg_model::{Level, ResourceType};

use crate::compat::Report;
use crate::pair::Pair;

pub(super) const LEVEL: Level = Level::Error;

pub(super) fn check(pair: &Pair<'_>, report: &mut Report<'_>) {
    let (old, new) = (&pair.old.resource_type, &pair.new.resource_type);
    if old.version != new.version || is_same_type(old, new) {
        return;
    }
    let message = match new.version.value.as_str() {
        Some(version) => format!("expected another RT_version than `{version}` for another content, found the same"),
        None => "expected a RT_version for another content, found none".to_owned(),
    };
    report.add(pair.new.place(), message, |draft| {
        draft.also(pair.old.place(), "the old content").help("raise RT_version, and list the old version with `#$upgrade_from`")
    });
}

/// Whether both say the same of a type, in whatever order.
pub(super) fn is_same_type(old: &ResourceType, new: &ResourceType) -> bool {
    let sorted = |it: &ResourceType| {
        let mut it = it.clone();
        it.properties.sort_by_key(|property| property.name.value.to_ascii_lowercase());
        it.properties.iter_mut().for_each(|property| property.name.value.make_ascii_lowercase());
        it.upgrade_from.sort_by(|a, b| a.version.value.cmp(&b.version.value));
        it
    };
    old == new || sorted(old) == sorted(new)
}
