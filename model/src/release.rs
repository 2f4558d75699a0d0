//! The releases of the cluster software that a file may be meant for.

use std::fmt;

/// A line of releases. Where releases inside a line differ, the newest of the line counts.
///
/// ```
/// use rtreg_model::Release;
/// assert_eq!(Release::parse("3.3"), Some(Release::V4));
/// assert!(Release::V3_0 < Release::V3_2);
/// assert_eq!(Release::V3_1.api_version_max(), Some(6));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Release {
    /// Sun Cluster 3.0.
    V3_0,
    /// Sun Cluster 3.1, up to 8/05.
    V3_1,
    /// Sun Cluster 3.2, up to 1/09.
    V3_2,
    /// Oracle Solaris Cluster 3.3 and 4.x.
    V4,
}

impl Release {
    /// All, oldest first.
    pub const ALL: [Self; 4] = [Self::V3_0, Self::V3_1, Self::V3_2, Self::V4];

    /// The word of the command line: `3.0`, `3.1`, `3.2`, `4.x`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V3_0 => "3.0",
            Self::V3_1 => "3.1",
            Self::V3_2 => "3.2",
            Self::V4 => "4.x",
        }
    }

    /// Reads the word of the command line; `4` and `3.3` mean `4.x`.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "4" | "3.3" => Some(Self::V4),
            _ => Self::ALL.into_iter().find(|release| release.as_str() == word),
        }
    }

    /// The highest API_version that installs (rt_properties(5), 3.2 1/09); none is known for 4.x.
    pub const fn api_version_max(self) -> Option<i64> {
        match self {
            Self::V3_0 => Some(2),
            Self::V3_1 => Some(6),
            Self::V3_2 => Some(9),
            Self::V4 => None,
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
