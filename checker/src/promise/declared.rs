//! What a file promises for an old version: its line, the line for `""`, or the default. It judges nothing.

use rtreg_model::{RtVersion, Span, Tunability, UpgradeFrom};

use crate::pair::Version;

/// What a file promises for an old version, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeclaredPromise {
    /// When an upgrade is permitted.
    pub tunability: Tunability,
    /// What says so.
    pub by: DeclaredBy,
    /// The line, or `#$upgrade`, in the new file.
    pub span: Option<Span>,
    /// The word of the tunability in that line.
    pub word: Option<Span>,
}

/// What says when an upgrade is permitted (rt_reg(4), "Upgrading a Resource Type").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeclaredBy {
    /// A line for that version.
    Listed,
    /// The line for `""`: for no version, and for all that are not listed.
    Empty,
    /// Nothing: an unlisted version needs an unmanaged group.
    Default,
    /// The new version comes before the old one, or is listed by it: a downgrade needs an unmanaged group.
    Downgrade,
    /// The new file has no `#$upgrade`: nothing can be upgraded to it.
    NotUpgradeAware,
}

impl DeclaredBy {
    /// The word for it in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Empty => "empty",
            Self::Default => "default",
            Self::Downgrade => "downgrade",
            Self::NotUpgradeAware => "not_upgrade_aware",
        }
    }

    /// What says so, in words that follow "by".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Listed => "its line `#$upgrade_from`",
            Self::Empty => "the line for `\"\"`",
            Self::Default => "the default for what is not listed",
            Self::Downgrade => "the rule for downgrades",
            Self::NotUpgradeAware => "the lack of `#$upgrade`",
        }
    }
}

/// As the gate reads it (`rtreg_registry::gate`), with `""` for all that is not listed.
pub(super) fn declared(old: &Version<'_>, new: &Version<'_>) -> DeclaredPromise {
    let lines = &new.resource_type.upgrade_from;
    let find = |version: &RtVersion| lines.iter().find(|line| line.version.value == *version);
    let Some(upgrade) = &new.resource_type.upgrade else {
        return DeclaredPromise {
            tunability: Tunability::AtCreation,
            by: DeclaredBy::NotUpgradeAware,
            span: None,
            word: None,
        };
    };
    if let Some(line) = find(old.version()).filter(|_| !old.version().is_unversioned()) {
        return of_line(line, DeclaredBy::Listed);
    }
    let without_line =
        |by| DeclaredPromise { tunability: Tunability::DEFAULT, by, span: Some(upgrade.span), word: None };
    let declared = match find(&RtVersion::UNVERSIONED) {
        Some(line) => of_line(line, DeclaredBy::Empty),
        None => without_line(DeclaredBy::Default),
    };
    let lists_new = old.resource_type.upgrade_from.iter().any(|line| line.version.value == *new.version());
    let is_downgrade = lists_new || new.version() < old.version();
    if is_downgrade && declared.tunability <= Tunability::WhenUnmanaged {
        return without_line(DeclaredBy::Downgrade);
    }
    declared
}

fn of_line(line: &UpgradeFrom, by: DeclaredBy) -> DeclaredPromise {
    DeclaredPromise { tunability: line.tunability.value, by, span: Some(line.line), word: Some(line.tunability.span) }
}
