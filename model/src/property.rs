//! Resource properties: their declarations in an RTR file and their values.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::span::{Span, Spanned};
use crate::standard::{STANDARD_PROPERTIES, StandardKind};

/// The type of a resource property (property_attributes(5), "Type").
///
/// ```
/// use rtreg_model::PropertyKind;
/// let kind = PropertyKind::Enum(vec!["SOFT".to_owned(), "HARD".to_owned()]);
/// assert_eq!(kind.as_str(), "ENUM");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PropertyKind {
    /// STRING.
    String,
    /// BOOLEAN.
    Boolean,
    /// INT.
    Int,
    /// ENUM with its literals, in the order of the file.
    Enum(Vec<String>),
    /// STRINGARRAY.
    StringArray,
}

impl PropertyKind {
    /// The keyword of an RTR file.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::String => "STRING",
            Self::Boolean => "BOOLEAN",
            Self::Int => "INT",
            Self::Enum(_) => "ENUM",
            Self::StringArray => "STRINGARRAY",
        }
    }
}

/// When a property of a resource may be changed (property_attributes(5), "Tunable"). Not to be confused with the
/// tunability of Type_version.
///
/// ```
/// use rtreg_model::PropertyTunable;
/// assert_eq!(PropertyTunable::parse("true"), Some(PropertyTunable::Anytime));
/// assert_eq!(PropertyTunable::WhenDisabled.to_string(), "WHEN_DISABLED");
/// assert_eq!(PropertyTunable::parse("WHEN_OFFLINE"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PropertyTunable {
    /// ANYTIME or TRUE.
    Anytime,
    /// WHEN_DISABLED.
    WhenDisabled,
    /// AT_CREATION.
    AtCreation,
    /// NONE or FALSE: never, also not at creation.
    None,
}

impl PropertyTunable {
    /// The vendor's word, in capitals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anytime => "ANYTIME",
            Self::WhenDisabled => "WHEN_DISABLED",
            Self::AtCreation => "AT_CREATION",
            Self::None => "NONE",
        }
    }

    /// Reads a word in any case; TRUE means ANYTIME, FALSE means NONE.
    pub fn parse(word: &str) -> Option<Self> {
        match word.to_ascii_uppercase().as_str() {
            "ANYTIME" | "TRUE" => Some(Self::Anytime),
            "WHEN_DISABLED" => Some(Self::WhenDisabled),
            "AT_CREATION" => Some(Self::AtCreation),
            "NONE" | "FALSE" => Some(Self::None),
            _ => None,
        }
    }
}

impl fmt::Display for PropertyTunable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A value of a property. In JSON a string, boolean, integer, or array of strings.
///
/// ```
/// use rtreg_model::PropertyValue;
/// let ports = PropertyValue::StringArray(vec!["80/tcp".to_owned(), "443/tcp".to_owned()]);
/// assert_eq!(ports.to_string(), "80/tcp,443/tcp");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PropertyValue {
    /// TRUE or FALSE.
    Boolean(bool),
    /// An integer.
    Int(i64),
    /// A string, or the literal of an enumeration.
    String(String),
    /// The elements of a string array.
    StringArray(Vec<String>),
}

impl fmt::Display for PropertyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(true) => f.pad("TRUE"),
            Self::Boolean(false) => f.pad("FALSE"),
            Self::Int(value) => f.pad(&value.to_string()),
            Self::String(value) => f.pad(value),
            Self::StringArray(values) => f.pad(&values.join(",")),
        }
    }
}

impl PropertyValue {
    /// Reads the text of a value for a property of type `kind`: integers decimal, booleans TRUE or FALSE in any case,
    /// literals exactly as written in the file, those of system-defined properties in any case, arrays split at commas.
    ///
    /// ```
    /// use rtreg_model::{PropertyKind, PropertyValue};
    /// assert_eq!(PropertyValue::parse(&PropertyKind::Boolean, "True"), Ok(PropertyValue::Boolean(true)));
    /// let level = PropertyKind::Enum(vec!["Quiet".to_owned(), "Loud".to_owned()]);
    /// assert_eq!(PropertyValue::parse(&level, "Loud"), Ok(PropertyValue::String("Loud".to_owned())));
    /// assert!(PropertyValue::parse(&level, "loud").is_err());
    /// assert_eq!(PropertyValue::parse(&PropertyKind::Int, "1s"), Err("expected an integer, found `1s`".to_owned()));
    /// ```
    ///
    /// # Errors
    /// A half-sentence that says what was expected.
    pub fn parse(kind: &PropertyKind, text: &str) -> Result<Self, String> {
        match kind {
            PropertyKind::String => Ok(Self::String(text.to_owned())),
            PropertyKind::StringArray if text.is_empty() => Ok(Self::StringArray(Vec::new())),
            PropertyKind::StringArray => Ok(Self::StringArray(text.split(',').map(str::to_owned).collect())),
            PropertyKind::Int => {
                text.parse().map(Self::Int).map_err(|_| format!("expected an integer, found `{text}`"))
            }
            PropertyKind::Boolean if text.eq_ignore_ascii_case("true") => Ok(Self::Boolean(true)),
            PropertyKind::Boolean if text.eq_ignore_ascii_case("false") => Ok(Self::Boolean(false)),
            PropertyKind::Boolean => Err(format!("expected TRUE or FALSE, found `{text}`")),
            PropertyKind::Enum(literals) => find_literal(literals, text).map(|literal| Self::String(literal.clone())),
        }
    }
}

/// Literals keep their case; only the vendor's own are written in any.
fn find_literal<'l>(literals: &'l [String], text: &str) -> Result<&'l String, String> {
    let expected = || match literals.iter().find(|literal| literal.eq_ignore_ascii_case(text)) {
        Some(near) => format!("expected `{near}` in just these letters, upper and lower case, found `{text}`"),
        None => format!("expected one of {}, found `{text}`", literals.join(", ")),
    };
    let is_meant = |literal: &&String| match is_vendors(literals) {
        true => literal.eq_ignore_ascii_case(text),
        false => *literal == text,
    };
    literals.iter().find(is_meant).ok_or_else(expected)
}

/// Whether these are the literals of a system-defined property.
fn is_vendors(literals: &[String]) -> bool {
    STANDARD_PROPERTIES.iter().any(|property| match property.kind {
        StandardKind::Enum(words) => words == literals,
        _ => false,
    })
}

/// The declaration of a property, with what its file leaves out filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PropertyDecl {
    /// Name as the file writes it; names are compared in any case. System-defined ones carry the vendor's spelling.
    pub name: Spanned<String>,
    /// Declared with EXTENSION.
    pub extension: bool,
    /// Declared with PER_NODE.
    pub per_node: bool,
    /// Type; that of a system-defined property is predetermined.
    pub kind: PropertyKind,
    /// When it may be changed.
    pub tunable: PropertyTunable,
    /// Value of a resource that sets none; none if the administrator must give one (unless `required` is false).
    pub default: Option<Spanned<PropertyValue>>,
    /// Smallest value of an INT.
    pub min: Option<Spanned<i64>>,
    /// Largest value of an INT.
    pub max: Option<Spanned<i64>>,
    /// Fewest bytes of a STRING or of each element of a STRINGARRAY.
    pub min_length: Option<Spanned<i64>>,
    /// Most bytes of a STRING or of each element of a STRINGARRAY.
    pub max_length: Option<Spanned<i64>>,
    /// Fewest elements of a STRINGARRAY.
    pub array_min_size: Option<Spanned<i64>>,
    /// Most elements of a STRINGARRAY.
    pub array_max_size: Option<Spanned<i64>>,
    /// DESCRIPTION of an extension property.
    pub description: Option<String>,
    /// Where the entry stands; none for a property that exists without one.
    pub span: Option<Entry>,
}

/// Where the entry of a property stands. Never different from another: a comparison of types must not see places.
#[derive(Debug, Clone, Copy)]
pub struct Entry(pub Span);

impl PartialEq for Entry {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Entry {}

impl PropertyDecl {
    /// A declaration with nothing but a name and a type, tunable at any time.
    ///
    /// ```
    /// use rtreg_model::{PropertyDecl, PropertyKind, Span, Spanned};
    /// let port = PropertyDecl::new(Spanned::new("Listen_port".to_owned(), Span::default()), PropertyKind::Int);
    /// assert!(port.is_required());
    /// ```
    pub fn new(name: Spanned<String>, kind: PropertyKind) -> Self {
        Self {
            name,
            extension: false,
            per_node: false,
            kind,
            tunable: PropertyTunable::Anytime,
            default: None,
            min: None,
            max: None,
            min_length: None,
            max_length: None,
            array_min_size: None,
            array_max_size: None,
            description: None,
            span: None,
        }
    }

    /// Whether the administrator must give a value: there is no default.
    pub const fn is_required(&self) -> bool {
        self.default.is_none()
    }

    /// Checks a value against type, limits, enumeration and RGM's rules for values (property_attributes(5)).
    ///
    /// ```
    /// use rtreg_model::{PropertyDecl, PropertyKind, PropertyValue, Span, Spanned};
    /// let mut port = PropertyDecl::new(Spanned::new("Listen_port".to_owned(), Span::default()), PropertyKind::Int);
    /// port.min = Some(Spanned::new(1024, Span::default()));
    /// assert_eq!(port.check(&PropertyValue::Int(8080)), Ok(()));
    /// let refused = port.check(&PropertyValue::Int(80));
    /// assert_eq!(refused, Err("expected a value of at least 1024, found 80".to_owned()));
    /// ```
    ///
    /// # Errors
    /// A half-sentence that says what was expected and what was found.
    pub fn check(&self, value: &PropertyValue) -> Result<(), String> {
        match (&self.kind, value) {
            (PropertyKind::Boolean, PropertyValue::Boolean(_)) => Ok(()),
            (PropertyKind::Int, PropertyValue::Int(value)) => check_range("a value", *value, &self.min, &self.max),
            (PropertyKind::Enum(literals), PropertyValue::String(value)) if literals.contains(value) => Ok(()),
            (PropertyKind::Enum(literals), value) => {
                Err(format!("expected one of {}, found `{value}`", literals.join(", ")))
            }
            (PropertyKind::String, PropertyValue::String(value)) => self.check_text("a length", value),
            (PropertyKind::StringArray, PropertyValue::StringArray(values)) => {
                check_range("a number of elements", length(values.len()), &self.array_min_size, &self.array_max_size)?;
                values.iter().try_for_each(|value| self.check_text("a length of each element", value))
            }
            (kind, value) => Err(format!("expected a value of type {}, found `{value}`", kind.as_str())),
        }
    }

    fn check_text(&self, what: &str, text: &str) -> Result<(), String> {
        crate::name::check_value(text)?;
        check_range(what, length(text.len()), &self.min_length, &self.max_length)
    }
}

fn length(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn check_range(what: &str, value: i64, min: &Option<Spanned<i64>>, max: &Option<Spanned<i64>>) -> Result<(), String> {
    match (min, max) {
        (Some(min), _) if value < min.value => Err(format!("expected {what} of at least {}, found {value}", min.value)),
        (_, Some(max)) if value > max.value => Err(format!("expected {what} of at most {}, found {value}", max.value)),
        _ => Ok(()),
    }
}
