//! What a rule may look at: the syntax, with the closed vocabularies looked up once and with the nodes marked that a
//! fault of syntax touches. It judges nothing.

use rtreg_model::standard::{
    Presence, StandardProperty, TYPE_PROPERTIES, TypeProperty, standard_property_of_bytes, type_property,
};
use rtreg_model::{Keyword, Level, Method, PropertyKind, Release, Span, suggest};
use rtreg_parser::{
    Attribute, AttributeValue, Declaration, Directive, DirectiveKind, Entry, Item, Rtr, Token, TokenKind, Value, Values,
};

use crate::lint::Set;
pub(crate) use crate::placeholders::{find_placeholder, has_placeholder};

/// What a file is checked for.
///
/// ```
/// use rtreg_checker::LintOptions;
/// use rtreg_model::Release;
/// let options = LintOptions::default().target(Release::V3_1).zone_root(true);
/// assert_eq!(options.target, Release::V3_1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LintOptions {
    /// The release of the cluster software that will read the file; the default is 4.x.
    pub target: Release,
    /// The file lies under the root of a zone.
    pub zone_root: bool,
    /// The rules that are asked; the default is [`Set::Recommended`].
    pub set: Set,
}

impl Default for LintOptions {
    fn default() -> Self {
        Self { target: Release::V4, zone_root: false, set: Set::Recommended }
    }
}

impl LintOptions {
    /// For another release.
    #[must_use]
    pub const fn target(mut self, target: Release) -> Self {
        self.target = target;
        self
    }

    /// With the rules of another set.
    #[must_use]
    pub const fn set(mut self, set: Set) -> Self {
        self.set = set;
        self
    }

    /// For a file under the root of a zone, or not.
    #[must_use]
    pub const fn zone_root(mut self, zone_root: bool) -> Self {
        self.zone_root = zone_root;
        self
    }
}

/// What rules read.
pub(crate) struct Context<'a> {
    pub(crate) target: Release,
    pub(crate) zone_root: bool,
    pub(crate) source: &'a [u8],
    /// The comments.
    pub(crate) comments: &'a [Token],
    /// The declarations outside of braces, in the order of the file.
    pub(crate) declarations: Vec<TypeDeclaration<'a>>,
    /// The directives, in the order of the file.
    pub(crate) directives: Vec<&'a Directive<'a>>,
    /// Whether the file has any directive, sound or not.
    pub(crate) has_directive: bool,
    /// The entries of the property table.
    pub(crate) entries: Vec<TableEntry<'a>>,
    /// Which of them bear the name of a system-defined property, EXTENSION or not.
    standard: Vec<usize>,
    /// Whether a fault of syntax may hide a type property or a directive.
    pub(crate) head_broken: bool,
    /// Where the first thing of the file stands that is a declaration, directive or entry.
    pub(crate) start: Span,
}

/// A declaration outside of braces.
pub(crate) struct TypeDeclaration<'a> {
    pub(crate) node: &'a Declaration<'a>,
    /// Its row in the vendor's table.
    pub(crate) property: Option<&'static TypeProperty>,
    /// Of an unknown name, the property that is probably meant.
    pub(crate) meant: Option<&'static str>,
    /// No fault of syntax touches it.
    pub(crate) sound: bool,
}

/// An entry of the property table.
pub(crate) struct TableEntry<'a> {
    pub(crate) node: &'a Entry<'a>,
    /// The name behind PROPERTY, if it can be read.
    pub(crate) name: Option<&'a Value<'a>>,
    /// The row of the system-defined property with this name, EXTENSION or not.
    pub(crate) standard: Option<&'static StandardProperty>,
    /// EXTENSION is declared and not FALSE.
    pub(crate) extension: bool,
    /// The type: predetermined, or the declared one if there is exactly one.
    pub(crate) kind: Option<PropertyKind>,
    /// No fault of syntax touches it: what is not there is missing.
    pub(crate) whole: bool,
    /// Whether a keyword is there twice where no fault of syntax touches it.
    pub(crate) repeats: bool,
    /// The keywords that no fault of syntax touches.
    found: Keywords,
    /// The keywords that are there or probably meant.
    hinted: Keywords,
    /// The attributes; what follows a second PROPERTY belongs to another entry and is left out.
    pub(crate) attributes: Vec<TableAttribute<'a>>,
    /// The second PROPERTY, if there is one that no fault of syntax touches.
    pub(crate) second_property: Option<&'a Attribute<'a>>,
}

/// An attribute of an entry.
pub(crate) struct TableAttribute<'a> {
    pub(crate) node: &'a Attribute<'a>,
    /// The keyword, if it is one.
    pub(crate) keyword: Option<Keyword>,
    /// Of an unknown keyword, the one that is probably meant.
    pub(crate) meant: Option<Keyword>,
    /// No fault of syntax touches it.
    pub(crate) sound: bool,
}

/// Some keywords.
#[derive(Clone, Copy, Default)]
struct Keywords(u32);

/// A value that is free text: no integer, boolean or word of a list.
pub(crate) struct FreeText<'a> {
    pub(crate) value: &'a Value<'a>,
    /// What it is the value of, in the vendor's words.
    pub(crate) of: &'static str,
    /// Elements of a list may stand in one value, separated by commas.
    pub(crate) list: bool,
}

impl<'a> Context<'a> {
    pub(crate) fn new(rtr: &'a Rtr<'a>, options: &LintOptions) -> Self {
        let faults = Faults::new(rtr);
        let table = rtr.entries().next().map_or(u32::MAX, |entry| entry.span.start);
        let entries: Vec<_> = rtr.entries().map(|node| TableEntry::new(node, &faults)).collect();
        let is_standard = |(index, entry): (usize, &TableEntry<'_>)| entry.standard.is_some().then_some(index);
        Self {
            target: options.target,
            zone_root: options.zone_root,
            source: rtr.source,
            comments: &rtr.comments,
            declarations: rtr.declarations().map(|node| TypeDeclaration::new(node, &faults)).collect(),
            directives: rtr.directives().filter(|directive| !faults.touch(directive.span)).collect(),
            has_directive: rtr.tokens.iter().any(|token| token.kind == TokenKind::Directive),
            standard: entries.iter().enumerate().filter_map(is_standard).collect(),
            entries,
            head_broken: faults.first().is_some_and(|fault| fault.start <= table),
            start: rtr.items.first().map_or(Span::at(0), |item| match item {
                Item::Declaration(node) => node.span,
                Item::Directive(node) => node.span,
                Item::Entry(node) => Span::new(node.span.start, node.span.start + 1),
                _ => Span::at(0),
            }),
        }
    }

    /// The value as the file writes it, quotes included.
    pub(crate) fn text(&self, value: &Value<'_>) -> &'a [u8] {
        value.span.slice(self.source)
    }

    /// The declarations of known type properties that no fault of syntax touches.
    pub(crate) fn sound(&self) -> impl Iterator<Item = (&TypeDeclaration<'a>, &'static TypeProperty)> {
        self.declarations.iter().filter(|declaration| declaration.sound).filter_map(|declaration| {
            let property = declaration.property?;
            Some((declaration, property))
        })
    }

    /// The first declaration of a type property that no fault of syntax touches.
    pub(crate) fn find(&self, name: &str) -> Option<&TypeDeclaration<'a>> {
        self.sound().find(|(_, property)| property.name == name).map(|(declaration, _)| declaration)
    }

    /// Whether the type property is declared, or a fault that is found elsewhere may hide its declaration.
    pub(crate) fn may_declare(&self, name: &str) -> bool {
        self.head_broken
            || self.declarations.iter().any(|declaration| {
                declaration.property.is_some_and(|property| property.name == name) || declaration.meant == Some(name)
            })
    }

    /// The first `#$upgrade` that no fault of syntax touches.
    pub(crate) fn upgrade(&self) -> Option<&'a Directive<'a>> {
        self.directives.iter().copied().find(|directive| directive.kind == DirectiveKind::Upgrade)
    }

    /// The `#$upgrade_from` lines that no fault of syntax touches, with the version they name.
    pub(crate) fn upgrade_from(&self) -> impl Iterator<Item = (&'a Directive<'a>, &'a Value<'a>)> {
        self.directives.iter().copied().filter_map(|directive| match &directive.kind {
            DirectiveKind::UpgradeFrom { version: Some(version), .. } => Some((directive, version)),
            _ => None,
        })
    }

    /// The entries that bear the name of a system-defined property, EXTENSION or not, each with its number.
    pub(crate) fn standard_entries(&self) -> impl DoubleEndedIterator<Item = (usize, &TableEntry<'a>)> {
        self.standard.iter().filter_map(|&index| Some((index, self.entries.get(index)?)))
    }

    /// Whether every entry has a name that can be read: what is not there is missing.
    pub(crate) fn table_is_readable(&self) -> bool {
        self.entries.iter().all(|entry| entry.whole && entry.name.is_some_and(|name| !name.text.is_empty()))
    }

    /// The DEFAULT of a system-defined property, by the vendor's spelling of its name.
    pub(crate) fn system_default(&self, name: &str) -> Option<&'a Values<'a>> {
        let mut entries = self.standard_entries().filter(|(_, entry)| entry.is_system());
        let (_, entry) = entries.find(|(_, entry)| entry.standard.is_some_and(|standard| standard.name == name))?;
        entry.get(Keyword::Default)?.values()
    }

    /// The DEFAULT of a system-defined property as an integer, and where it stands.
    pub(crate) fn integer_default(&self, name: &str) -> Option<(i64, Span)> {
        let value = self.system_default(name)?.single()?;
        value.to_text().parse().ok().map(|number| (number, value.span))
    }

    /// Where the DEFAULT of Scalable says TRUE.
    pub(crate) fn scalable_default(&self) -> Option<Span> {
        let value = self.system_default("Scalable")?.single()?;
        (boolean(&value.to_text()) == Some(true)).then_some(value.span)
    }

    /// The values of type properties that are free text.
    pub(crate) fn free_texts(&self) -> impl Iterator<Item = FreeText<'a>> {
        use rtreg_model::standard::TypePropertyKind::{MethodPath, Path, String, StringArray};
        self.sound().flat_map(|(declaration, property)| {
            let free = matches!(property.kind, String | Path | MethodPath | StringArray);
            let values = declaration.node.values.as_ref().filter(|_| free);
            FreeText::all(values, property.name, property.kind == StringArray)
        })
    }
}

impl<'a> FreeText<'a> {
    fn all(values: Option<&'a Values<'a>>, of: &'static str, list: bool) -> impl Iterator<Item = Self> {
        let values = values.map_or(&[][..], |values| &values.list);
        values.iter().map(move |value| Self { value, of, list })
    }
}

impl<'a> TypeDeclaration<'a> {
    fn new(node: &'a Declaration<'a>, faults: &Faults) -> Self {
        let name = node.name.to_text();
        let property = type_property(&name);
        let meant = match property {
            Some(_) => None,
            None => meant(&name, TYPE_PROPERTIES.iter().map(|property| property.name)),
        };
        Self { node, property, meant, sound: !faults.touch(node.span) }
    }

    /// The value, if there is exactly one.
    pub(crate) fn single(&self) -> Option<&'a Value<'a>> {
        self.node.values.as_ref().and_then(Values::single)
    }

    /// Whether it has no value, or only `""`.
    pub(crate) fn is_blank(&self) -> bool {
        self.node.values.as_ref().is_none_or(is_blank)
    }

    /// The method whose path it is.
    pub(crate) fn method(&self) -> Option<Method> {
        self.property.and_then(|property| Method::parse(property.name))
    }
}

impl<'a> TableEntry<'a> {
    fn new(node: &'a Entry<'a>, faults: &Faults) -> Self {
        let mut properties = node.attributes.iter().enumerate().filter(|(_, attribute)| attribute.name.is("PROPERTY"));
        let second = properties.nth(1);
        let end = second.map_or(node.attributes.len(), |(index, _)| index);
        let own = node.attributes.iter().take(end);
        let attributes: Vec<_> = own.map(|attribute| TableAttribute::new(attribute, faults)).collect();
        let mut entry = Self {
            node,
            name: None,
            standard: None,
            extension: false,
            kind: None,
            whole: node.strays.is_empty() && second.is_none() && !faults.touch(node.span),
            repeats: false,
            found: Keywords::default(),
            hinted: Keywords::default(),
            attributes,
            second_property: second.map(|(_, attribute)| attribute).filter(|attribute| !faults.touch(attribute.span)),
        };
        entry.index();
        entry.name = entry.get(Keyword::Property).and_then(|attribute| attribute.node.single());
        entry.standard = entry.name.and_then(|name| standard_property_of_bytes(name.text));
        entry.extension = entry.get(Keyword::Extension).is_some_and(TableAttribute::is_set);
        entry.kind = entry.find_kind();
        entry
    }

    fn index(&mut self) {
        for attribute in &self.attributes {
            if let Some(keyword) = attribute.keyword.filter(|_| attribute.sound) {
                self.repeats |= self.found.has(keyword);
                self.found.add(keyword);
            }
            if let Some(keyword) = attribute.keyword.or(attribute.meant) {
                self.hinted.add(keyword);
            }
        }
    }

    fn find_kind(&self) -> Option<PropertyKind> {
        if let (Some(standard), false) = (self.standard, self.extension) {
            return Some(standard.kind.to_kind());
        }
        let mut kinds = self.kinds();
        match (kinds.next(), kinds.next()) {
            (Some(kind), None) if kind.sound => kind.to_kind(),
            _ => None,
        }
    }

    /// The attributes that name a type.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &TableAttribute<'a>> {
        self.attributes.iter().filter(|attribute| attribute.keyword.is_some_and(Keyword::is_kind))
    }

    /// The attributes that no fault of syntax touches.
    pub(crate) fn sound(&self) -> impl Iterator<Item = &TableAttribute<'a>> {
        self.attributes.iter().filter(|attribute| attribute.sound)
    }

    /// The first attribute with this keyword that no fault of syntax touches.
    pub(crate) fn get(&self, keyword: Keyword) -> Option<&TableAttribute<'a>> {
        if !self.found.has(keyword) {
            return None;
        }
        self.attributes.iter().find(|attribute| attribute.sound && attribute.keyword == Some(keyword))
    }

    /// Whether the attribute is there, or a fault that is found elsewhere may hide it.
    pub(crate) fn may_have(&self, keyword: Keyword) -> bool {
        !self.whole || self.hinted.has(keyword)
    }

    /// Whether it has a type, or an unknown attribute that was to be one: `FLOAT;`, `TYPE = STRING;`, `ENUMLIST { a, b };`.
    pub(crate) fn may_have_kind(&self) -> bool {
        Keyword::ALL.into_iter().any(|keyword| keyword.is_kind() && self.may_have(keyword))
            || self.attributes.iter().any(|attribute| attribute.stands_for_kind())
    }

    /// The first attribute, if it is unknown and the entry has no PROPERTY: it stands where PROPERTY belongs.
    pub(crate) fn in_place_of_property(&self) -> Option<&TableAttribute<'a>> {
        self.attributes.first().filter(|first| first.is_unknown() && !self.may_have(Keyword::Property))
    }

    /// Whether it is the entry of a system-defined property.
    pub(crate) fn is_system(&self) -> bool {
        self.standard.is_some() && !self.may_be_extension()
    }

    /// Whether EXTENSION is there, or a fault that is found elsewhere may hide it.
    pub(crate) fn may_be_extension(&self) -> bool {
        match self.get(Keyword::Extension) {
            Some(attribute) => attribute.flag() != Some(false),
            None => self.may_have(Keyword::Extension),
        }
    }

    /// The method whose run time it limits, for a system-defined property.
    pub(crate) fn timeout_of(&self) -> Option<Method> {
        match self.standard.filter(|_| !self.extension)?.presence {
            Presence::WithMethod(method) => Some(method),
            _ => None,
        }
    }

    /// The name as text; empty if there is none.
    pub(crate) fn name_text(&self) -> String {
        self.name.map(Value::to_text).unwrap_or_default()
    }

    /// Where the entry's name stands, or its brace if it has none.
    pub(crate) fn name_span(&self) -> Span {
        self.name.map_or(Span::new(self.node.span.start, self.node.span.start + 1), |name| name.span)
    }

    /// The value of a limit as an integer, if it is one.
    pub(crate) fn limit(&self, keyword: Keyword) -> Option<(i64, Span)> {
        let value = self.get(keyword)?.node.single()?;
        integer(value).map(|number| (number, value.span))
    }

    /// The values of attributes that are free text.
    pub(crate) fn free_texts(&self) -> impl Iterator<Item = FreeText<'a>> {
        let texts = match self.kind {
            None | Some(PropertyKind::String | PropertyKind::StringArray) => Some(Keyword::Default),
            _ => None,
        };
        let list = self.kind.is_none() || self.kind == Some(PropertyKind::StringArray);
        self.sound().flat_map(move |attribute| match attribute.keyword {
            Some(Keyword::Description) => FreeText::all(attribute.values(), "DESCRIPTION", false),
            Some(Keyword::Default) if texts.is_some() => FreeText::all(attribute.values(), "DEFAULT", list),
            _ => FreeText::all(None, "", false),
        })
    }
}

impl Keywords {
    fn has(self, keyword: Keyword) -> bool {
        self.0 & (1 << keyword as u32) != 0
    }

    fn add(&mut self, keyword: Keyword) {
        self.0 |= 1 << keyword as u32;
    }
}

impl<'a> TableAttribute<'a> {
    fn new(node: &'a Attribute<'a>, faults: &Faults) -> Self {
        let keyword = Keyword::parse(node.name.text);
        let meant = match keyword {
            Some(_) => None,
            None => meant(&node.name.to_text(), Keyword::ALL.iter().map(|keyword| keyword.as_str())),
        };
        Self { node, keyword, meant: meant.and_then(Keyword::parse), sound: !faults.touch(node.span) }
    }

    /// Whether its keyword neither exists nor resembles one, and no fault of syntax touches it.
    fn is_unknown(&self) -> bool {
        self.sound && self.keyword.is_none() && self.meant.is_none()
    }

    /// Whether it is unknown and written as types are, or called by a name that the manual has for them.
    pub(crate) fn stands_for_kind(&self) -> bool {
        self.is_unknown()
            && (!matches!(self.node.value, AttributeValue::Values(_))
                || self.node.name.is("TYPE")
                || self.node.name.is("ENUMLIST"))
    }

    /// The values behind `=`.
    pub(crate) fn values(&self) -> Option<&'a Values<'a>> {
        match &self.node.value {
            AttributeValue::Values(values) => Some(values),
            _ => None,
        }
    }

    /// The literals of an ENUM.
    pub(crate) fn literals(&self) -> Option<&'a Values<'a>> {
        match &self.node.value {
            AttributeValue::Literals(literals) => Some(literals),
            _ => None,
        }
    }

    /// The value as a flag: `NAME;` and TRUE are true, FALSE is false, anything else is none.
    pub(crate) fn flag(&self) -> Option<bool> {
        match &self.node.value {
            AttributeValue::Flag => Some(true),
            _ => self.node.single().and_then(|value| boolean(&value.to_text())),
        }
    }

    fn is_set(&self) -> bool {
        self.flag() != Some(false)
    }

    fn to_kind(&self) -> Option<PropertyKind> {
        match self.keyword? {
            Keyword::String => Some(PropertyKind::String),
            Keyword::Boolean => Some(PropertyKind::Boolean),
            Keyword::Int => Some(PropertyKind::Int),
            Keyword::StringArray => Some(PropertyKind::StringArray),
            Keyword::Enum => self
                .literals()
                .map(|literals| PropertyKind::Enum(literals.list.iter().map(|literal| literal.to_text()).collect())),
            _ => None,
        }
    }
}

/// The spans of the errors of syntax with the blanks around them, in order, each with the farthest end of it and all
/// before it.
struct Faults(Vec<(Span, u32)>);

impl Faults {
    fn new(rtr: &Rtr<'_>) -> Self {
        let errors = rtr.findings.iter().filter(|finding| finding.level == Level::Error);
        let mut spans: Vec<Span> = errors.map(|finding| with_blanks(rtr.source, finding.primary.span)).collect();
        spans.sort_unstable();
        let mut reach = 0;
        let with_reach = |span: Span| {
            reach = span.end.max(reach);
            (span, reach)
        };
        Self(spans.into_iter().map(with_reach).collect())
    }

    fn first(&self) -> Option<Span> {
        self.0.first().map(|&(span, _)| span)
    }

    fn touch(&self, span: Span) -> bool {
        let before = self.0.partition_point(|(fault, _)| fault.start <= span.end);
        before.checked_sub(1).and_then(|last| self.0.get(last)).is_some_and(|&(_, reach)| reach >= span.start)
    }
}

fn with_blanks(source: &[u8], span: Span) -> Span {
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
    let before = Span::new(0, span.start).slice(source).iter().rev().take_while(is_blank).count();
    let after = Span::new(span.end, u32::MAX).slice(source).iter().take_while(is_blank).count();
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Span::new(span.start.saturating_sub(number(before)), span.end.saturating_add(number(after)))
}

/// The word of a vocabulary that an unknown one probably is: the nearest, or the one it begins with where `=` is missing.
fn meant(word: &str, words: impl Iterator<Item = &'static str> + Clone) -> Option<&'static str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = word.find(|c: char| !is_name(c)).and_then(|end| word.get(..end)).unwrap_or_default();
    let begins = words.clone().find(|candidate| candidate.eq_ignore_ascii_case(name));
    begins.or_else(|| suggest::nearest(word, words))
}

/// Whether there is no value, or only `""`.
pub(crate) fn is_blank(values: &Values<'_>) -> bool {
    values.list.iter().all(|value| value.text.is_empty())
}

/// TRUE or FALSE, in any case.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        text if text.eq_ignore_ascii_case("TRUE") => Some(true),
        text if text.eq_ignore_ascii_case("FALSE") => Some(false),
        _ => None,
    }
}

/// A value as an integer, if it is one.
pub(crate) fn integer(value: &Value<'_>) -> Option<i64> {
    std::str::from_utf8(value.text).ok()?.parse().ok()
}

/// The span of some bytes of a value's text.
pub(crate) fn part(value: &Value<'_>, start: usize, length: usize) -> Span {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let text = value.span.start.saturating_add(u32::from(value.quoted));
    let start = text.saturating_add(number(start));
    Span::new(start, start.saturating_add(number(length)))
}

/// "did you mean `…`?" for a word of a closed vocabulary.
pub(crate) fn did_you_mean<'w>(word: &str, words: impl IntoIterator<Item = &'w str>) -> Option<String> {
    suggest::nearest(word, words).map(|near| format!("did you mean `{near}`?"))
}

/// A word of the file for a message: shortened where it is long.
pub(crate) fn quote(text: &[u8]) -> String {
    const LONGEST: usize = 60;
    let text = String::from_utf8_lossy(text.get(..4 * LONGEST).unwrap_or(text));
    let printable = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let short: String = text.chars().take(LONGEST).map(printable).collect();
    if short.len() < text.len() { format!("`{short}…`") } else { format!("`{short}`") }
}
