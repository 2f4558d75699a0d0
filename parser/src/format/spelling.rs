//! How the language's own words are spelled: the vendor's spelling for names, capitals for keywords and words of closed
//! lists. What the author chose (values, names of extension properties, literals) is never touched.

use std::collections::BTreeMap;

use rtreg_model::standard::{self, StandardKind, StandardProperty, TypePropertyKind};
use rtreg_model::{PropertyKind, PropertyTunable, Span, Tunability};

use crate::read;
use crate::syntax::{Attribute, Declaration, DirectiveKind, Entry, Item, Rtr, Value, Word};

/// The words of a file that are spelled in another way than in the file, by the place of their first byte.
pub(super) struct Spelling(BTreeMap<u32, Vec<u8>>);

impl Spelling {
    pub fn new(rtr: &Rtr<'_>) -> Self {
        let mut spelling = Self(BTreeMap::new());
        for item in &rtr.items {
            match item {
                Item::Declaration(declaration) => spelling.declaration(declaration),
                Item::Directive(directive) => spelling.directive(directive.word, &directive.kind),
                Item::Entry(entry) => spelling.entry(entry),
                Item::Stray(_) => {}
            }
        }
        spelling
    }

    /// The word that starts here, if it is spelled in another way; the text is as long as the word of the file.
    pub fn of(&self, span: Span) -> Option<&[u8]> {
        self.0.get(&span.start).map(Vec::as_slice)
    }

    fn set(&mut self, at: u32, text: impl Into<Vec<u8>>) {
        self.0.insert(at, text.into());
    }

    /// Spells the text of a value, its quotes kept.
    fn set_value(&mut self, value: &Value<'_>, text: &str) {
        if value.text.eq_ignore_ascii_case(text.as_bytes()) {
            self.set(value.span.start, if value.quoted { format!("\"{text}\"") } else { text.to_owned() });
        }
    }

    fn boolean(&mut self, value: Option<&Value<'_>>) {
        if let Some(value) = value
            && let Some(flag) = read::boolean_text(value.text)
        {
            self.set_value(value, if flag { "TRUE" } else { "FALSE" });
        }
    }

    fn declaration(&mut self, it: &Declaration<'_>) {
        let Some(property) = standard::type_property(&it.name.to_text()) else {
            return;
        };
        self.set(it.name.span.start, property.name);
        let value = it.values.as_ref().and_then(|values| values.single());
        match property.kind {
            TypePropertyKind::Boolean => self.boolean(value),
            // Sysdefined_type is kept as it is written.
            TypePropertyKind::Enum(words) if property.name == "Init_nodes" => {
                if let Some(value) = value {
                    words.iter().for_each(|word| self.set_value(value, word));
                }
            }
            _ => {}
        }
    }

    fn directive(&mut self, word: Word<'_>, kind: &DirectiveKind<'_>) {
        self.set(word.span.start, word.text.to_ascii_lowercase());
        if let DirectiveKind::UpgradeFrom { tunability: Some(word), .. } = kind
            && let Some(tunability) = Tunability::parse(&word.to_text())
        {
            self.set(word.span.start, tunability.as_str());
        }
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        let row = entry
            .property()
            .filter(|_| !entry.is_extension())
            .and_then(|name| standard::standard_property(&name.to_text()));
        if let (Some(name), Some(row)) = (entry.property(), row) {
            self.set_value(name, row.name);
        }
        for attribute in &entry.attributes {
            self.attribute(attribute, row, entry);
        }
    }

    fn attribute(&mut self, it: &Attribute<'_>, row: Option<&StandardProperty>, entry: &Entry<'_>) {
        let keywords = standard::ATTRIBUTES.iter().chain(&standard::KIND_KEYWORDS);
        let Some(&keyword) = keywords.into_iter().find(|keyword| it.name.is(keyword)) else {
            return;
        };
        self.set(it.name.span.start, keyword);
        match keyword {
            "EXTENSION" | "PER_NODE" => self.boolean(it.single()),
            "TUNABLE" => {
                let known = |value: &&Value<'_>| PropertyTunable::parse(&value.to_text()).is_some();
                if let Some(value) = it.single().filter(known) {
                    self.set_value(value, &value.to_text().to_ascii_uppercase());
                }
            }
            "DEFAULT" => self.default(it, row, entry),
            _ => {}
        }
    }

    fn default(&mut self, it: &Attribute<'_>, row: Option<&StandardProperty>, entry: &Entry<'_>) {
        match row.map(|row| row.kind) {
            Some(StandardKind::Boolean) => self.boolean(it.single()),
            Some(StandardKind::Enum(literals)) => {
                if let Some(value) = it.single() {
                    literals.iter().for_each(|literal| self.set_value(value, literal));
                }
            }
            Some(_) => {}
            None if matches!(read::kinds(entry).first(), Some(kind) if kind.value == PropertyKind::Boolean) => {
                self.boolean(it.single());
            }
            None => {}
        }
    }
}
