//! How declarations, attributes and their values are read: flags, integers, texts, lists. For lowering and for checks, so
//! that both read a file in the same way. Reports nothing; what cannot be read is none.

use rtreg_model::{PropertyKind, PropertyValue, Spanned, standard};

use crate::syntax::{Attribute, AttributeValue, Declaration, Entry, Value, Values};

/// TRUE or FALSE in any case.
///
/// ```
/// assert_eq!(rtreg_parser::read::boolean_text(b"False"), Some(false));
/// assert_eq!(rtreg_parser::read::boolean_text(b"yes"), None);
/// ```
pub fn boolean_text(text: &[u8]) -> Option<bool> {
    match text {
        text if text.eq_ignore_ascii_case(b"true") => Some(true),
        text if text.eq_ignore_ascii_case(b"false") => Some(false),
        _ => None,
    }
}

/// A boolean: `name;` and `name = TRUE;` mean true, `name = FALSE;` means false (rt_reg(4)).
///
/// ```
/// let rtr = rtreg_parser::parse(b"Failover; Proxy = FALSE; RT_system = 1;", rtreg_model::FileId(0));
/// let read: Vec<_> = rtr.declarations().map(|it| rtreg_parser::read::boolean(it.values.as_ref())).collect();
/// assert_eq!(read, [Some(true), Some(false), None]);
/// ```
pub fn boolean(values: Option<&Values<'_>>) -> Option<bool> {
    match values {
        None => Some(true),
        Some(values) => boolean_text(values.single()?.text),
    }
}

/// An integer: one decimal value, perhaps negative.
///
/// ```
/// let rtr = rtreg_parser::parse(b"API_version = 2;", rtreg_model::FileId(0));
/// let number = rtr.declaration("API_version").and_then(|it| rtreg_parser::read::integer(it.values.as_ref()?)).unwrap();
/// assert_eq!((number.value, number.span.start), (2, 14));
/// ```
pub fn integer(values: &Values<'_>) -> Option<Spanned<i64>> {
    let value = values.single()?;
    let number = std::str::from_utf8(value.text).ok()?.parse().ok()?;
    Some(Spanned::new(number, value.span))
}

/// A text: one value, or the empty text if there is none, as in `name = ;`.
///
/// ```
/// let rtr = rtreg_parser::parse(b"Vendor_id = ; Pkglist = a, b;", rtreg_model::FileId(0));
/// let read = |name: &str| rtreg_parser::read::text(rtr.declaration(name)?.values.as_ref()?).map(|text| text.value);
/// assert_eq!((read("Vendor_id"), read("Pkglist")), (Some(String::new()), None));
/// ```
pub fn text(values: &Values<'_>) -> Option<Spanned<String>> {
    match values.list.as_slice() {
        [] => Some(Spanned::new(String::new(), values.span)),
        [value] => Some(Spanned::new(value.to_text(), value.span)),
        _ => None,
    }
}

/// The elements of a list. A comma in a quoted value separates elements too, and one empty value is an empty list.
///
/// ```
/// # use rtreg_model::FileId;
/// let rtr = rtreg_parser::parse(b"Pkglist = SUNWa, \"SUNWb,SUNWc\";", FileId(0));
/// let values = rtr.declaration("Pkglist").and_then(|it| it.values.as_ref()).unwrap();
/// assert_eq!(rtreg_parser::read::elements(values), ["SUNWa", "SUNWb", "SUNWc"]);
/// ```
pub fn elements(values: &Values<'_>) -> Vec<String> {
    match values.list.as_slice() {
        [value] if value.text.is_empty() => Vec::new(),
        list => {
            list.iter().flat_map(|value| value.to_text().split(',').map(str::to_owned).collect::<Vec<_>>()).collect()
        }
    }
}

/// The type keywords of an entry with their literals, in the order of the file: one, if the entry is right.
///
/// ```
/// use rtreg_model::PropertyKind;
/// let rtr = rtreg_parser::parse(b"{ PROPERTY = Delay; EXTENSION; INT; }", rtreg_model::FileId(0));
/// let kinds = rtreg_parser::read::kinds(rtr.entries().next().unwrap());
/// assert_eq!(kinds.first().map(|kind| &kind.value), Some(&PropertyKind::Int));
/// ```
pub fn kinds(entry: &Entry<'_>) -> Vec<Spanned<PropertyKind>> {
    entry.attributes.iter().filter_map(|attribute| Some(Spanned::new(kind(attribute)?, attribute.span))).collect()
}

/// The type that an attribute gives, if it is one of the type keywords.
///
/// ```
/// use rtreg_model::PropertyKind;
/// let rtr = rtreg_parser::parse(b"{ PROPERTY = Mode; EXTENSION; ENUM { FAST, SAFE }; }", rtreg_model::FileId(0));
/// let attribute = rtr.entries().next().and_then(|entry| entry.attribute("ENUM")).unwrap();
/// let literals = vec!["FAST".to_owned(), "SAFE".to_owned()];
/// assert_eq!(rtreg_parser::read::kind(attribute), Some(PropertyKind::Enum(literals)));
/// ```
pub fn kind(attribute: &Attribute<'_>) -> Option<PropertyKind> {
    let keyword = standard::KIND_KEYWORDS.into_iter().find(|keyword| attribute.name.is(keyword))?;
    match (keyword, &attribute.value) {
        ("ENUM", AttributeValue::Literals(values)) => {
            Some(PropertyKind::Enum(values.list.iter().map(Value::to_text).collect()))
        }
        (_, AttributeValue::Values(values)) if boolean(Some(values)) != Some(true) => None,
        (_, AttributeValue::Literals(_)) => None,
        ("STRING", _) => Some(PropertyKind::String),
        ("BOOLEAN", _) => Some(PropertyKind::Boolean),
        ("INT", _) => Some(PropertyKind::Int),
        ("STRINGARRAY", _) => Some(PropertyKind::StringArray),
        _ => None,
    }
}

/// The values of a property of this type, as DEFAULT has them.
///
/// ```
/// use rtreg_model::{PropertyKind, PropertyValue};
/// let rtr = rtreg_parser::parse(b"{ PROPERTY = Delay; EXTENSION; INT; DEFAULT = 5; }", rtreg_model::FileId(0));
/// let default = rtr.entries().next().and_then(|entry| entry.attribute("DEFAULT")?.values()).unwrap();
/// let read = |kind| rtreg_parser::read::property_value(&kind, default);
/// assert_eq!(read(PropertyKind::Int), Ok(PropertyValue::Int(5)));
/// assert_eq!(read(PropertyKind::Boolean), Err("expected TRUE or FALSE, found `5`".to_owned()));
/// ```
///
/// # Errors
/// A half-sentence that says what was expected and what was found.
pub fn property_value(kind: &PropertyKind, values: &Values<'_>) -> Result<PropertyValue, String> {
    match (kind, values.list.as_slice()) {
        (PropertyKind::StringArray, _) => Ok(PropertyValue::StringArray(elements(values))),
        (_, []) => PropertyValue::parse(kind, ""),
        (_, [value]) => PropertyValue::parse(kind, &value.to_text()),
        (_, list) => Err(format!("expected one value of type {}, found {}", kind.as_str(), list.len())),
    }
}

impl<'s> Declaration<'s> {
    /// The declaration as a boolean; see [`boolean`].
    pub fn boolean(&self) -> Option<bool> {
        boolean(self.values.as_ref())
    }

    /// The value as text, if it is exactly one and not empty.
    pub fn text(&self) -> Option<Spanned<String>> {
        text(self.values.as_ref()?).filter(|text| !text.value.is_empty())
    }
}

impl<'s> Attribute<'s> {
    /// The values behind `=`.
    pub fn values(&self) -> Option<&Values<'s>> {
        match &self.value {
            AttributeValue::Values(values) => Some(values),
            AttributeValue::Flag | AttributeValue::Literals(_) => None,
        }
    }

    /// The attribute as a boolean; see [`boolean`].
    pub fn boolean(&self) -> Option<bool> {
        match &self.value {
            AttributeValue::Flag => Some(true),
            AttributeValue::Values(values) => boolean(Some(values)),
            AttributeValue::Literals(_) => None,
        }
    }
}

impl Values<'_> {
    /// Whether both are the same values in the same order, however they are quoted.
    pub fn says(&self, other: &Values<'_>) -> bool {
        self.list.iter().map(|value| value.text).eq(other.list.iter().map(|value| value.text))
    }
}

impl Declaration<'_> {
    /// Whether both declare the same value of the same property, however they are spelled.
    pub fn says(&self, other: &Declaration<'_>) -> bool {
        let values = match (&self.values, &other.values) {
            (Some(values), Some(others)) => values.says(others),
            (None, None) => true,
            _ => false,
        };
        values && self.name.text.eq_ignore_ascii_case(other.name.text)
    }
}

impl Attribute<'_> {
    /// Whether both have the same keyword and the same value, however they are spelled.
    pub fn says(&self, other: &Attribute<'_>) -> bool {
        let values = match (&self.value, &other.value) {
            (AttributeValue::Flag, AttributeValue::Flag) => true,
            (AttributeValue::Values(values), AttributeValue::Values(others))
            | (AttributeValue::Literals(values), AttributeValue::Literals(others)) => values.says(others),
            _ => false,
        };
        values && self.name.text.eq_ignore_ascii_case(other.name.text)
    }
}

impl Entry<'_> {
    /// Whether the entry declares an extension property.
    pub fn is_extension(&self) -> bool {
        self.attribute("EXTENSION").and_then(Attribute::boolean) == Some(true)
    }
}
