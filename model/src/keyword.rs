//! The keywords of property entries: attributes and types.

use std::fmt;

use crate::lookup::Lookup;
use crate::standard::{ATTRIBUTES, KIND_KEYWORDS};

/// A keyword of a property entry (property_attributes(5)).
///
/// ```
/// use rtreg_model::Keyword;
/// assert_eq!(Keyword::parse("array_MAXSIZE"), Some(Keyword::ArrayMaxsize));
/// assert_eq!(Keyword::parse("LENGTH"), None);
/// assert!(Keyword::StringArray.is_kind() && !Keyword::Default.is_kind());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keyword {
    /// The name of the property.
    Property,
    /// A property of the type's own.
    Extension,
    /// A value for each node.
    PerNode,
    /// When it may be changed.
    Tunable,
    /// The value if the administrator gives none.
    Default,
    /// Least value of an INT.
    Min,
    /// Largest value of an INT.
    Max,
    /// Least length of a STRING or of an element.
    Minlength,
    /// Largest length of a STRING or of an element.
    Maxlength,
    /// Least number of elements.
    ArrayMinsize,
    /// Largest number of elements.
    ArrayMaxsize,
    /// Words for people.
    Description,
    /// The type of texts.
    String,
    /// The type of TRUE and FALSE.
    Boolean,
    /// The type of integers.
    Int,
    /// The type of a list of literals.
    Enum,
    /// The type of lists of texts.
    StringArray,
}

const NAMES: [&str; Keyword::ALL.len()] = {
    let mut names = [""; Keyword::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = Keyword::ALL[at].as_str();
        at += 1;
    }
    names
};

static LOOKUP: Lookup = Lookup::new(&NAMES);

impl Keyword {
    /// All of them: the attributes, then the types, in the order of [`ATTRIBUTES`] and [`KIND_KEYWORDS`].
    pub const ALL: [Self; ATTRIBUTES.len() + KIND_KEYWORDS.len()] = [
        Self::Property,
        Self::Extension,
        Self::PerNode,
        Self::Tunable,
        Self::Default,
        Self::Min,
        Self::Max,
        Self::Minlength,
        Self::Maxlength,
        Self::ArrayMinsize,
        Self::ArrayMaxsize,
        Self::Description,
        Self::String,
        Self::Boolean,
        Self::Int,
        Self::Enum,
        Self::StringArray,
    ];

    /// The vendor's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Property => "PROPERTY",
            Self::Extension => "EXTENSION",
            Self::PerNode => "PER_NODE",
            Self::Tunable => "TUNABLE",
            Self::Default => "DEFAULT",
            Self::Min => "MIN",
            Self::Max => "MAX",
            Self::Minlength => "MINLENGTH",
            Self::Maxlength => "MAXLENGTH",
            Self::ArrayMinsize => "ARRAY_MINSIZE",
            Self::ArrayMaxsize => "ARRAY_MAXSIZE",
            Self::Description => "DESCRIPTION",
            Self::String => "STRING",
            Self::Boolean => "BOOLEAN",
            Self::Int => "INT",
            Self::Enum => "ENUM",
            Self::StringArray => "STRINGARRAY",
        }
    }

    /// Reads a keyword in any case.
    pub fn parse(word: impl AsRef<[u8]>) -> Option<Self> {
        LOOKUP.find(&Self::ALL, |keyword| keyword.as_str(), word.as_ref()).copied()
    }

    /// Whether it gives a property its type.
    pub const fn is_kind(self) -> bool {
        matches!(self, Self::String | Self::Boolean | Self::Int | Self::Enum | Self::StringArray)
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_those_of_the_tables_in_their_order() {
        let words: Vec<&str> = ATTRIBUTES.iter().chain(&KIND_KEYWORDS).copied().collect();
        assert_eq!(Keyword::ALL.map(Keyword::as_str).as_slice(), words);
        for keyword in Keyword::ALL {
            assert_eq!(Keyword::parse(keyword.as_str().to_lowercase()), Some(keyword));
            assert_eq!(keyword.is_kind(), KIND_KEYWORDS.contains(&keyword.as_str()), "{keyword}");
        }
    }
}
