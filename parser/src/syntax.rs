//! The syntax tree of an RTR file: what stands where, right or wrong. It borrows the source; nothing is invented for what
//! is missing.

use std::borrow::Cow;

use rtreg_model::{FileId, Finding, Span};

/// A parsed file. `tokens` cover the source without gap or overlap, so that the text of all of them in turn is the
/// source, byte for byte; `items` are the declarations, directives and entries in the order of the file.
///
/// ```
/// let rtr = rtreg_parser::parse(b"# web\nResource_type = web;\n#$upgrade\n", rtreg_model::FileId(0));
/// assert_eq!((rtr.items.len(), rtr.findings.len()), (2, 0));
/// assert_eq!(rtr.to_bytes(), rtr.source);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Rtr<'s> {
    /// The text, any bytes.
    pub source: &'s [u8],
    /// The file that findings name.
    pub file: FileId,
    /// All tokens, white space and comments included.
    pub tokens: Vec<Token>,
    /// The comments among them.
    pub comments: Vec<Token>,
    /// What the file says.
    pub items: Vec<Item<'s>>,
    /// Faults of the syntax, in the order of their places.
    pub findings: Vec<Finding>,
}

/// A token and its bytes.
///
/// ```
/// use rtreg_parser::TokenKind;
/// let rtr = rtreg_parser::parse(b"Failover;", rtreg_model::FileId(0));
/// let tokens: Vec<_> = rtr.tokens.iter().map(|token| (token.kind, rtr.text(token.span))).collect();
/// assert_eq!(tokens, [(TokenKind::Word, &b"Failover"[..]), (TokenKind::Semicolon, b";")]);
/// ```
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
///
/// ```
/// use rtreg_parser::Item;
/// let rtr = rtreg_parser::parse(b"Failover; { PROPERTY = Run_dir; }", rtreg_model::FileId(0));
/// assert!(matches!(rtr.items.as_slice(), [Item::Declaration(_), Item::Entry(_)]));
/// ```
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
///
/// ```
/// let rtr = rtreg_parser::parse(b"FAILOVER = TRUE;", rtreg_model::FileId(0));
/// let name = rtr.declarations().next().unwrap().name;
/// assert!(name.is("Failover"));
/// assert_eq!(name.to_text(), "FAILOVER");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Word<'s> {
    /// Its bytes; not always UTF-8, not always ASCII.
    pub text: &'s [u8],
    /// Where.
    pub span: Span,
}

/// `name;`, `name = value, value;` or `name = ;`
///
/// ```
/// let rtr = rtreg_parser::parse(b"Failover; Vendor_id = ACME;", rtreg_model::FileId(0));
/// let declared: Vec<_> = rtr.declarations().map(|it| (it.name.to_text(), it.values.is_some())).collect();
/// assert_eq!(declared, [("Failover".to_owned(), false), ("Vendor_id".to_owned(), true)]);
/// ```
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
///
/// ```
/// let rtr = rtreg_parser::parse(b"Pkglist = SUNWa, SUNWb; Vendor_id = ;", rtreg_model::FileId(0));
/// let count = |name: &str| rtr.declaration(name)?.values.as_ref().map(|values| values.list.len());
/// assert_eq!((count("Pkglist"), count("Vendor_id")), (Some(2), Some(0)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Values<'s> {
    /// From the first value to the last; empty and behind `=` if there is none.
    pub span: Span,
    /// The values.
    pub list: Vec<Value<'s>>,
}

/// One value.
///
/// ```
/// let rtr = rtreg_parser::parse(b"RT_version = \"1.0\";", rtreg_model::FileId(0));
/// let version = rtr.declaration("RT_version").and_then(|it| it.values.as_ref()?.single()).unwrap();
/// assert_eq!((version.text, rtr.text(version.span)), (&b"1.0"[..], &b"\"1.0\""[..]));
/// assert!(version.quoted);
/// ```
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
///
/// ```
/// use rtreg_parser::DirectiveKind;
/// let rtr = rtreg_parser::parse(b"#$upgrade\n#$upgrade_from \"1.0\" ANYTIME\n", rtreg_model::FileId(0));
/// let kinds: Vec<_> = rtr.directives().map(|directive| &directive.kind).collect();
/// let [DirectiveKind::Upgrade, DirectiveKind::UpgradeFrom { tunability: Some(word), .. }] = kinds.as_slice() else {
///     panic!("{kinds:?}");
/// };
/// assert!(word.is("ANYTIME"));
/// ```
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
///
/// ```
/// let rtr = rtreg_parser::parse(b"{ PROPERTY = Run_dir; EXTENSION; STRING; }", rtreg_model::FileId(0));
/// let entry = rtr.entries().next().unwrap();
/// assert_eq!(entry.property().map(|name| name.to_text()).as_deref(), Some("Run_dir"));
/// assert!(entry.is_extension() && entry.attribute("DEFAULT").is_none());
/// ```
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
///
/// ```
/// let rtr = rtreg_parser::parse(b"{ PROPERTY = Delay; EXTENSION; INT; MAX = 5; }", rtreg_model::FileId(0));
/// let entry = rtr.entries().next().unwrap();
/// let max = entry.attribute("max").and_then(|attribute| attribute.single()).unwrap();
/// assert_eq!(max.to_text(), "5");
/// ```
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
    ///
    /// ```
    /// let rtr = rtreg_parser::parse(b"Failover; #$upgrade", rtreg_model::FileId(0));
    /// assert_eq!(rtr.text(rtr.directives().next().unwrap().span), b"#$upgrade");
    /// ```
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
    ///
    /// ```
    /// let rtr = rtreg_parser::parse(b"resource_TYPE = web;", rtreg_model::FileId(0));
    /// let name = rtr.declaration("Resource_type").and_then(|it| it.text()).unwrap();
    /// assert_eq!((name.value.as_str(), name.span.start), ("web", 16));
    /// ```
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
        self.as_text().into_owned()
    }

    /// [`Value::to_text`], without a copy where the bytes are UTF-8.
    pub fn as_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.text)
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
