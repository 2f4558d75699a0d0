//! The names and texts of the files of one run. It reads nothing itself.

use rtreg_model::{FileId, Span};

use super::json::JsonSpan;

/// Names and texts by [`FileId`].
///
/// ```
/// let mut sources = rtreg_checker::report::Sources::default();
/// let file = sources.add("SUNW.web", b"Resource_type = web;".to_vec());
/// assert_eq!((sources.name(file), sources.text(file).len()), ("SUNW.web", 20));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
}

#[derive(Debug, Clone)]
struct Source {
    name: String,
    text: Vec<u8>,
    /// First byte of each line.
    lines: Vec<u32>,
}

impl Sources {
    /// Keeps a file and gives it its id.
    pub fn add(&mut self, name: impl Into<String>, text: Vec<u8>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Source { name: name.into(), lines: line_starts(&text), text });
        id
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The name of a file; `?` for an id that was not given out.
    pub fn name(&self, file: FileId) -> &str {
        self.get(file).map_or("?", |source| &source.name)
    }

    /// The text of a file; empty for an id that was not given out.
    pub fn text(&self, file: FileId) -> &[u8] {
        self.get(file).map_or(&[], |source| &source.text)
    }

    /// A place with its lines and columns.
    ///
    /// ```
    /// let mut sources = rtreg_checker::report::Sources::default();
    /// let file = sources.add("ACME.web", b"Failover;\nProxy;\n".to_vec());
    /// let place = sources.span(file, rtreg_model::Span::new(10, 15));
    /// assert_eq!((place.line, place.column, place.end_column), (2, 1, 6));
    /// ```
    pub fn span(&self, file: FileId, span: Span) -> JsonSpan {
        let (text, lines): (&[u8], &[u32]) = self.get(file).map_or((&[], &[0]), |source| (&source.text, &source.lines));
        locate(text, lines, span)
    }

    /// The whole lines from the one before the span to the one behind it, and the number of the first of them, from 0.
    #[cfg(feature = "render")]
    pub(super) fn lines_around(&self, file: FileId, span: Span) -> (Span, usize) {
        let Some(source) = self.get(file) else { return (Span::at(0), 0) };
        let line_of = |at: u32| source.lines.partition_point(|&start| start <= at).saturating_sub(1);
        let first = line_of(span.start).saturating_sub(1);
        let start = source.lines.get(first).copied().unwrap_or(0);
        let all = u32::try_from(source.text.len()).unwrap_or(u32::MAX);
        let end = source.lines.get(line_of(span.end) + 2).copied().unwrap_or(all);
        (Span::new(start, end), first)
    }

    fn get(&self, file: FileId) -> Option<&Source> {
        self.files.get(usize::try_from(file.0).ok()?)
    }
}

pub(super) fn line_starts(text: &[u8]) -> Vec<u32> {
    let newlines = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let starts = newlines.filter_map(|(at, _)| u32::try_from(at + 1).ok());
    std::iter::once(0).chain(starts).collect()
}

pub(super) fn locate(text: &[u8], lines: &[u32], span: Span) -> JsonSpan {
    let (line, column) = position(text, lines, span.start);
    let (end_line, end_column) = position(text, lines, span.end);
    JsonSpan { start: span.start, end: span.end, line, column, end_line, end_column }
}

/// Line and column from 1; the column counts Unicode scalar values, and an invalid byte as one.
fn position(text: &[u8], lines: &[u32], at: u32) -> (u32, u32) {
    let line = lines.partition_point(|&start| start <= at);
    let start = line.checked_sub(1).and_then(|index| lines.get(index)).copied().unwrap_or(0);
    let before = Span::new(start, at).slice(text);
    let count = |chunk: std::str::Utf8Chunk<'_>| chunk.valid().chars().count() + chunk.invalid().len();
    let column = 1 + before.utf8_chunks().map(count).sum::<usize>();
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}
