//! RT_version: opaque for identity, ordered for lists and ranges.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The RT_version of a type, or none ("unversioned", allowed in Sun Cluster 3.0). In JSON a string or null.
///
/// Two are the same when their bytes are. The order (unversioned first) is for lists and ranges: plain semantic versions
/// by the rules of semver; otherwise runs of digits by value and runs of text in turn, digits before text, prefix first,
/// ties bytewise. A version with a pre-release or build part is ordered by runs: mixing both rules for the same string
/// would not be transitive.
///
/// ```
/// use rtreg_model::RtVersion;
/// let mut versions: Vec<RtVersion> = ["5", "4.6", "3.2", "4.5-05", "3.1"].map(RtVersion::new).into();
/// versions.sort();
/// assert_eq!(versions, ["3.1", "3.2", "4.5-05", "4.6", "5"].map(RtVersion::new));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RtVersion(Option<String>);

/// The characters that RT_version must not contain; registration fails if one is present (rt_properties(5), 3.1).
pub const FORBIDDEN_IN_VERSION: [char; 10] = [' ', '\t', '/', '\\', '*', '?', ',', ';', '[', ']'];

impl RtVersion {
    /// The version of a file that declares none.
    pub const UNVERSIONED: Self = Self(None);

    /// The version with this text; the empty text means unversioned.
    ///
    /// ```
    /// use rtreg_model::RtVersion;
    /// assert_eq!(RtVersion::new(""), RtVersion::UNVERSIONED);
    /// assert_eq!(RtVersion::new("1.0").as_str(), Some("1.0"));
    /// ```
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self((!text.is_empty()).then_some(text))
    }

    /// The text, or none if unversioned.
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Whether the file declares no RT_version.
    pub const fn is_unversioned(&self) -> bool {
        self.0.is_none()
    }
}

impl fmt::Display for RtVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str().unwrap_or("unversioned"))
    }
}

impl Ord for RtVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.as_str(), other.as_str()) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => compare(a, b),
        }
    }
}

impl PartialOrd for RtVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn compare(a: &str, b: &str) -> Ordering {
    if let (Some(a), Some(b)) = (plain_semver(a), plain_semver(b)) {
        return a.cmp(&b);
    }
    compare_runs(a.as_bytes(), b.as_bytes()).then_with(|| a.cmp(b))
}

fn plain_semver(text: &str) -> Option<semver::Version> {
    semver::Version::parse(text).ok().filter(|version| version.pre.is_empty() && version.build.is_empty())
}

fn compare_runs(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        let (run_a, rest_a) = split_run(a);
        let (run_b, rest_b) = split_run(b);
        let order = match (run_a.first(), run_b.first()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) => match (x.is_ascii_digit(), y.is_ascii_digit()) {
                (true, true) => compare_digits(run_a, run_b),
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => run_a.cmp(run_b),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

fn split_run(text: &[u8]) -> (&[u8], &[u8]) {
    let digits = text.first().is_some_and(u8::is_ascii_digit);
    let end = text.iter().position(|byte| byte.is_ascii_digit() != digits).unwrap_or(text.len());
    text.split_at(end)
}

fn compare_digits(a: &[u8], b: &[u8]) -> Ordering {
    let a = strip_zeros(a);
    let b = strip_zeros(b);
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn strip_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_the_documented_one() {
        let sorted = [
            "",
            "01",
            "1",
            "1.0",
            "1.0.0",
            "1.0.0-rc1",
            "1.2",
            "1.10",
            "1.a",
            "3.1",
            "3.2",
            "4.5-05",
            "4.6",
            "5",
            "5a",
            "a",
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(RtVersion::new(*a).cmp(&RtVersion::new(*b)), i.cmp(&j), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn order_is_transitive_with_build_parts() {
        let texts = [
            "1.2.3+9b",
            "1.2.3+9c~",
            "1.2.3+10a",
            "1.2.3",
            "1.2.3-a",
            "1.02.3",
            "1.2",
            "01.2.3",
            "99999999999999999999.0.0",
        ];
        let versions: Vec<RtVersion> = texts.map(RtVersion::new).into();
        for a in &versions {
            for b in &versions {
                assert_eq!(a.cmp(b), b.cmp(a).reverse());
                assert_eq!(a.cmp(b) == Ordering::Equal, a == b);
                for c in &versions {
                    assert!(!(a < b && b < c) || a < c, "{a} {b} {c}");
                }
            }
        }
    }
}
