//! RTR text (rt_reg(4)) → lossless syntax with byte spans → resource type; and back to text.
//!
//! Parsing never fails and never panics: each fault of the text is one [`rtreg_model::Finding`], and parsing goes on
//! behind it. This crate never does IO.

pub mod syntax;

use rtreg_model::{FileId, ResourceType};
pub use syntax::{
    Attribute, AttributeValue, Declaration, Directive, DirectiveKind, Entry, Item, Rtr, Stray, Token, TokenKind, Value,
    Values, Word,
};

/// Parses any bytes.
pub fn parse(source: &[u8], file: FileId) -> Rtr<'_> {
    Rtr { source, file, tokens: Vec::new(), items: Vec::new(), findings: Vec::new() }
}

/// The typed resource type of a file, with the defaults of the vendor's tables filled in; none if the file has no usable
/// Resource_type. Of a file with errors it is what can be made of it: ask the checker before using it.
pub fn lower(rtr: &Rtr<'_>) -> Option<ResourceType> {
    let _ = rtr;
    None
}

/// The type as an RTR file in one style; parsing and lowering the text gives the same type again.
pub fn print(resource_type: &ResourceType) -> String {
    let _ = resource_type;
    String::new()
}
