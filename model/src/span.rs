//! Places in a source text: byte spans, and values that carry one.

use serde::{Deserialize, Serialize};

/// A file of one run: an index that the caller gives out and maps back to a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct FileId(pub u32);

/// A half-open range of bytes in one file, counted from 0.
///
/// ```
/// use rtreg_model::Span;
/// let span = Span::new(4, 7);
/// assert_eq!(span.slice(b"abc def"), b"def");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// First byte behind the range.
    pub end: u32,
}

impl Span {
    /// The range from `start` up to, not including, `end`; an `end` before `start` is taken as `start`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end: if end < start { start } else { end } }
    }

    /// An empty range at `at`.
    pub const fn at(at: u32) -> Self {
        Self { start: at, end: at }
    }

    /// The smallest range that holds both.
    ///
    /// ```
    /// use rtreg_model::Span;
    /// assert_eq!(Span::new(4, 7).to(Span::new(0, 5)), Span::new(0, 7));
    /// ```
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Length in bytes.
    pub const fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether no byte is in the range.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether both share a byte, or an end of one is an end of the other.
    ///
    /// ```
    /// use rtreg_model::Span;
    /// assert!(Span::new(0, 4).touches(Span::new(4, 7)));
    /// assert!(!Span::new(0, 3).touches(Span::new(4, 7)));
    /// ```
    pub const fn touches(self, other: Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// The bytes of the range; what lies outside of `text` is left out.
    pub fn slice(self, text: &[u8]) -> &[u8] {
        let end = (self.end as usize).min(text.len());
        let start = (self.start as usize).min(end);
        &text[start..end]
    }
}

/// A value and where it stands. Two are equal when their values are: a comparison of types must not see white space.
///
/// ```
/// use rtreg_model::{Span, Spanned};
/// assert_eq!(Spanned::new("web", Span::new(16, 19)), Spanned::new("web", Span::new(40, 43)));
/// ```
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value and where it stands.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}
