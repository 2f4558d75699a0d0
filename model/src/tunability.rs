//! When a resource may be moved to a version of its type: the six words of `#$upgrade_from`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The tunability of Type_version, weakest to strictest (rt_reg(4), "Upgrading a Resource Type"; the order is that of
/// the overview in the 3.1 developer's guide). A state that satisfies one satisfies all weaker ones.
///
/// ```
/// use rtreg_model::Tunability;
/// assert!(Tunability::Anytime < Tunability::AtCreation);
/// assert_eq!(Tunability::parse("when_offline"), Some(Tunability::WhenOffline));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Tunability {
    /// No restriction.
    Anytime,
    /// The resource's monitor is stopped.
    WhenUnmonitored,
    /// The resource is offline.
    WhenOffline,
    /// The resource is disabled.
    WhenDisabled,
    /// The resource's group is unmanaged.
    WhenUnmanaged,
    /// Never for a resource that exists.
    AtCreation,
}

impl Tunability {
    /// All six, weakest first.
    pub const ALL: [Self; 6] = [
        Self::Anytime,
        Self::WhenUnmonitored,
        Self::WhenOffline,
        Self::WhenDisabled,
        Self::WhenUnmanaged,
        Self::AtCreation,
    ];

    /// What an unlisted version gets (rt_reg(4)).
    pub const DEFAULT: Self = Self::WhenUnmanaged;

    /// The vendor's word, in capitals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anytime => "ANYTIME",
            Self::WhenUnmonitored => "WHEN_UNMONITORED",
            Self::WhenOffline => "WHEN_OFFLINE",
            Self::WhenDisabled => "WHEN_DISABLED",
            Self::WhenUnmanaged => "WHEN_UNMANAGED",
            Self::AtCreation => "AT_CREATION",
        }
    }

    /// Reads a word in any case; official texts print both.
    ///
    /// ```
    /// use rtreg_model::Tunability;
    /// assert_eq!(Tunability::parse("AnyTime"), Some(Tunability::Anytime));
    /// assert_eq!(Tunability::parse("WHEN_STOPPED"), None);
    /// ```
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tunability| tunability.as_str().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for Tunability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
