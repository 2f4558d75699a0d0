//! Placeholders of templates in values, such as `(INSTALL_DIRECTORY)`: where they stand. It says nothing about them.

use rtreg_model::Span;
use rtreg_parser::Value;

use crate::context::part;

/// A name that a template has in place of a real value: `(NAME)`, `@NAME@` or `${NAME}`, where NAME is of capitals,
/// digits and underscores. The span is that of the placeholder inside of the value.
pub(crate) fn find_placeholder(value: &Value<'_>) -> Option<Span> {
    const FORMS: [(&str, &str); 3] = [("(", ")"), ("@", "@"), ("${", "}")];
    if !value.text.iter().any(|byte| matches!(byte, b'(' | b'@' | b'$')) {
        return None;
    }
    let text = std::str::from_utf8(value.text).ok()?;
    FORMS.iter().find_map(|&(open, close)| {
        let start = text.find(open)?;
        let name = text.get(start + open.len()..)?;
        let length = name.find(close)?;
        let capitals = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let is_name = length >= 3 && name.chars().take(length).all(capitals);
        is_name.then(|| part(value, start, open.len() + length + close.len()))
    })
}

/// Whether a value cannot be judged as a path or name because a template's placeholder stands in it.
pub(crate) fn has_placeholder(value: &Value<'_>) -> bool {
    find_placeholder(value).is_some()
}
