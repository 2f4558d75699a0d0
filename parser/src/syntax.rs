//! The syntax tree of an RTR file: what stands where, right or wrong. It borrows the source; nothing is invented for what
//! is missing.

use rtreg_model::{FileId, Finding, Span};

/// A parsed file. `tokens` cover the source without gap or overlap, so that the text of all of them in turn is the
/// source, byte for byte; `items` are the declarations, directives and entries in the order of the file.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Rtr<'s> {
    /// The text, any bytes.
    pub source: &'s [u8],
    /// The file that findings name.
    pub file: FileId,
    /// All tokens, white space and comments included.
    pub tokens: Vec<Token>,
    /// What the file says.
    pub items: Vec<Item<'s>>,
    /// Faults of the syntax, in the order of their places.
    pub findings: Vec<Finding>,
}

/// A token and its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes.
    pub span: Span,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenKind {
    /// Blanks, tabs, line ends.
    White,
    /// `#` up to the line end, which is not part of it.
    Comment,
    /// `#$` up to the line end, which is not part of it.
    Directive,
    /// An unquoted name or value.
    Word,
    /// A quoted value with its quotes; the closing one may be missing (a finding says so).
    Quoted,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// `;`
    Semicolon,
    /// `=`
    Equals,
    /// `,`
    Comma,
    /// Bytes that are no token of the language.
    Unknown,
}

/// Something that a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Item<'s> {
    /// `name = value;` outside of braces.
    Declaration(Declaration<'s>),
    /// A line that starts with `#$`.
    Directive(Directive<'s>),
    /// `{ PROPERTY = …; … }`
    Entry(Entry<'s>),
    /// Tokens that belong to nothing; a finding says so.
    Stray(Stray),
}

/// Tokens that belong to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stray {
    /// From the first of them to the last.
    pub span: Span,
}

/// A name or keyword, unquoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Word<'s> {
    /// Its bytes; not always UTF-8, not always ASCII.
    pub text: &'s [u8],
    /// Where.
    pub span: Span,
}

/// `name;`, `name = value, value;` or `name = ;`
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Declaration<'s> {
    /// From the name to the semicolon.
    pub span: Span,
    /// The name.
    pub name: Word<'s>,
    /// What follows `=`; none if there is no `=`.
    pub values: Option<Values<'s>>,
}

/// The values of a declaration or attribute; empty for `name = ;`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Values<'s> {
    /// From the first value to the last; empty and behind `=` if there is none.
    pub span: Span,
    /// The values.
    pub list: Vec<Value<'s>>,
}

/// One value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Value<'s> {
    /// Without the quotes.
    pub text: &'s [u8],
    /// With the quotes.
    pub span: Span,
    /// Whether it is quoted.
    pub quoted: bool,
}

/// A directive: `#$upgrade`, `#$upgrade_from "1.0" ANYTIME`, or something unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Directive<'s> {
    /// From `#$` to the last byte that is not white space.
    pub span: Span,
    /// The word behind `#$`, in the file's case.
    pub word: Word<'s>,
    /// Which one it is, with its parts.
    pub kind: DirectiveKind<'s>,
}

/// Which directive.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DirectiveKind<'s> {
    /// `#$upgrade`
    Upgrade,
    /// `#$upgrade_from version tunability`; what is missing is none, and a finding says so.
    UpgradeFrom {
        /// The version being upgraded from.
        version: Option<Value<'s>>,
        /// The word behind it, right or wrong.
        tunability: Option<Word<'s>>,
    },
    /// Any other word; a finding says so.
    Unknown,
}

/// An entry of the property table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry<'s> {
    /// From `{` to `}`.
    pub span: Span,
    /// The attributes, PROPERTY included, in the order of the file.
    pub attributes: Vec<Attribute<'s>>,
    /// Tokens in the entry that belong to no attribute.
    pub strays: Vec<Stray>,
}

/// An attribute of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attribute<'s> {
    /// From the name to the semicolon.
    pub span: Span,
    /// The keyword, right or wrong.
    pub name: Word<'s>,
    /// What follows it.
    pub value: AttributeValue<'s>,
}

/// What follows an attribute's keyword.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttributeValue<'s> {
    /// `NAME;`
    Flag,
    /// `NAME = …;`
    Values(Values<'s>),
    /// `ENUM { literal, … };`: the literals.
    Literals(Values<'s>),
}

impl<'s> Rtr<'s> {
    /// The bytes of a span of this file.
    pub fn text(&self, span: Span) -> &'s [u8] {
        span.slice(self.source)
    }

    /// The file again, put together from its tokens.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.tokens.iter().flat_map(|token| self.text(token.span)).copied().collect()
    }

    /// The declarations outside of braces.
    pub fn declarations(&self) -> impl Iterator<Item = &Declaration<'s>> {
        self.items.iter().filter_map(|item| match item {
            Item::Declaration(declaration) => Some(declaration),
            _ => None,
        })
    }

    /// The directives.
    pub fn directives(&self) -> impl Iterator<Item = &Directive<'s>> {
        self.items.iter().filter_map(|item| match item {
            Item::Directive(directive) => Some(directive),
            _ => None,
        })
    }

    /// The entries of the property table.
    pub fn entries(&self) -> impl Iterator<Item = &Entry<'s>> {
        self.items.iter().filter_map(|item| match item {
            Item::Entry(entry) => Some(entry),
            _ => None,
        })
    }

    /// The first declaration of a type property, by its name in any case.
    pub fn declaration(&self, name: &str) -> Option<&Declaration<'s>> {
        self.declarations().find(|declaration| declaration.name.is(name))
    }
}

impl Word<'_> {
    /// Whether the word is this one, in any case.
    pub fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word.as_bytes())
    }

    /// The word as text; bytes that are no UTF-8 are replaced.
    pub fn to_text(&self) -> String {
        String::from_utf8_lossy(self.text).into_owned()
    }
}

impl Value<'_> {
    /// The value as text; bytes that are no UTF-8 are replaced.
    pub fn to_text(&self) -> String {
        String::from_utf8_lossy(self.text).into_owned()
    }
}

impl<'s> Values<'s> {
    /// The value, if there is exactly one.
    pub fn single(&self) -> Option<&Value<'s>> {
        match self.list.as_slice() {
            [value] => Some(value),
            _ => None,
        }
    }
}

impl<'s> Entry<'s> {
    /// The first attribute with this keyword, in any case.
    pub fn attribute(&self, name: &str) -> Option<&Attribute<'s>> {
        self.attributes.iter().find(|attribute| attribute.name.is(name))
    }

    /// The value of PROPERTY: the name of the property.
    pub fn property(&self) -> Option<&Value<'s>> {
        self.attribute("PROPERTY").and_then(Attribute::single)
    }
}

impl<'s> Attribute<'s> {
    /// The value, if there is exactly one.
    pub fn single(&self) -> Option<&Value<'s>> {
        match &self.value {
            AttributeValue::Values(values) => values.single(),
            AttributeValue::Flag | AttributeValue::Literals(_) => None,
        }
    }
}
