//! Names: `vendor-id.resource-type:rt-version`, and the rules for names and values of RGM.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::version::RtVersion;

/// Most bytes of an RGM name (r_properties(5), "RGM Legal Names").
pub const NAME_LENGTH_MAX: usize = 255;

/// Most bytes of an RGM value: 4 MiB - 1 (same page).
pub const VALUE_LENGTH_MAX: usize = 4_194_303;

/// The full name of a resource type as users write it.
///
/// The suffix behind the first colon is part of the *name*; it is there only if the type's file has `#$upgrade`. The
/// *version* of a type is its RT_version whether or not the name carries it.
///
/// ```
/// use rtreg_model::TypeName;
/// let name = TypeName::parse("SUNW.qfs:4.6");
/// assert_eq!((name.base(), name.suffix()), ("SUNW.qfs", Some("4.6")));
/// assert_eq!((name.vendor(), name.resource_type()), (Some("SUNW"), "qfs"));
/// assert_eq!(name.to_string(), "SUNW.qfs:4.6");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct TypeName {
    base: String,
    suffix: Option<String>,
}

impl TypeName {
    /// Puts a name together from the properties of a file.
    ///
    /// ```
    /// use rtreg_model::TypeName;
    /// assert_eq!(TypeName::new(Some("SUNW"), "qfs", Some("4.6")), TypeName::parse("SUNW.qfs:4.6"));
    /// assert_eq!(TypeName::new(None, "qfs", None).to_string(), "qfs");
    /// ```
    pub fn new(vendor: Option<&str>, resource_type: &str, suffix: Option<&str>) -> Self {
        let base = match vendor {
            Some(vendor) if !vendor.is_empty() => format!("{vendor}.{resource_type}"),
            _ => resource_type.to_owned(),
        };
        Self { base, suffix: suffix.map(str::to_owned) }
    }

    /// Splits a name at its first colon.
    ///
    /// ```
    /// use rtreg_model::{RtVersion, TypeName};
    /// assert_eq!(TypeName::parse("SUNW.qfs:4.6").version(), Some(RtVersion::new("4.6")));
    /// assert_eq!(TypeName::parse("SUNW.qfs").version(), None);
    /// ```
    pub fn parse(text: &str) -> Self {
        match text.split_once(':') {
            Some((base, suffix)) => Self { base: base.to_owned(), suffix: Some(suffix.to_owned()) },
            None => Self { base: text.to_owned(), suffix: None },
        }
    }

    /// `vendor-id.resource-type`: what versions of one type have in common.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// What stands behind the colon.
    pub fn suffix(&self) -> Option<&str> {
        self.suffix.as_deref()
    }

    /// The part before the first period of the base.
    pub fn vendor(&self) -> Option<&str> {
        self.base.split_once('.').map(|(vendor, _)| vendor)
    }

    /// The base without the vendor.
    pub fn resource_type(&self) -> &str {
        self.base.split_once('.').map_or(&self.base, |(_, resource_type)| resource_type)
    }

    /// The version that the suffix names.
    pub fn version(&self) -> Option<RtVersion> {
        self.suffix().map(RtVersion::new)
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.suffix {
            Some(suffix) => f.pad(&format!("{}:{suffix}", self.base)),
            None => f.pad(&self.base),
        }
    }
}

impl From<String> for TypeName {
    fn from(text: String) -> Self {
        Self::parse(&text)
    }
}

impl From<TypeName> for String {
    fn from(name: TypeName) -> Self {
        name.to_string()
    }
}

/// What is wrong with a name of a group, resource, property or enumeration literal (RGM Legal Names), or `Ok`.
///
/// ```
/// use rtreg_model::name::check_name;
/// assert_eq!(check_name("web-rs_1"), Ok(()));
/// assert_eq!(check_name("1web"), Err("a name starts with an ASCII letter".to_owned()));
/// ```
///
/// # Errors
/// A half-sentence that says which rule the name breaks.
pub fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("a name must not be empty".to_owned());
    }
    if name.len() > NAME_LENGTH_MAX {
        return Err(format!("a name has at most {NAME_LENGTH_MAX} characters, this one has {}", name.len()));
    }
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err("a name starts with an ASCII letter".to_owned());
    }
    match name.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))) {
        Some(c) => Err(format!("a name has only ASCII letters, digits, `-` and `_`, this one has {c:?}")),
        None => Ok(()),
    }
}

/// What is wrong with a property value or a description (RGM Legal Values), or `Ok`. An element of a list is one value.
///
/// ```
/// use rtreg_model::name::check_value;
/// assert_eq!(check_value("/opt/web/bin"), Ok(()));
/// assert!(check_value("one;two").unwrap_err().contains("semicolon"));
/// ```
///
/// # Errors
/// A half-sentence that says which rule the value breaks.
pub fn check_value(value: &str) -> Result<(), String> {
    if value.len() > VALUE_LENGTH_MAX {
        return Err(format!("a value has at most {VALUE_LENGTH_MAX} bytes, this one has {}", value.len()));
    }
    match value.chars().find(|c| !c.is_ascii() || matches!(c, '\0' | '\n' | ',' | ';')) {
        Some(c) if !c.is_ascii() => Err(format!("a value is ASCII, this one has {c:?}")),
        Some(c) => Err(format!("a value must not contain NUL, newline, comma or semicolon, this one has {c:?}")),
        None => Ok(()),
    }
}
