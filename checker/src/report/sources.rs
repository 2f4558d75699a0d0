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
    lines: Lines,
}

/// Where the lines of a text start, and how many characters stand before some places of long ones, so that a text with many
/// findings on one line is still read only once.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    /// First byte of each line.
    starts: Vec<u32>,
    /// Places inside of long lines, between two characters, and the characters of the line before them.
    marks: Vec<(u32, u32)>,
}

/// At most so many bytes, or the bytes of one character more, are counted for a place.
const MARK_BYTES: usize = 1024;

impl Sources {
    /// Keeps a file and gives it its id.
    pub fn add(&mut self, name: impl Into<String>, text: Vec<u8>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Source { name: name.into(), lines: Lines::new(&text), text });
        id
    }

    /// Gives a file the text that was not kept before; does nothing for an id that was not given out.
    pub fn set_text(&mut self, file: FileId, text: Vec<u8>) {
        if let Some(source) = usize::try_from(file.0).ok().and_then(|index| self.files.get_mut(index)) {
            *source = Source { name: std::mem::take(&mut source.name), lines: Lines::new(&text), text };
        }
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
        self.get(file)
            .map_or_else(|| Lines::new(&[]).locate(&[], span), |source| source.lines.locate(&source.text, span))
    }

    /// The whole lines from the one before the span to the one behind it; of lines that are very long, what is near the
    /// span. With the number of the first line, from 0.
    #[cfg(feature = "render")]
    pub(super) fn lines_around(&self, file: FileId, span: Span) -> (Span, usize) {
        const NEAR: u32 = 1000;
        let Some(source) = self.get(file) else { return (Span::at(0), 0) };
        let starts = &source.lines.starts;
        let line_of = |at: u32| starts.partition_point(|&start| start <= at).saturating_sub(1);
        let start_of = |line: usize| starts.get(line).copied();
        let first = line_of(span.start).saturating_sub(1);
        let end = start_of(line_of(span.end) + 2).unwrap_or_else(|| number(source.text.len()));
        let lines = Span::new(start_of(first).unwrap_or(0), end);
        let is_inside = |at: &u32| source.text.get(*at as usize).is_some_and(|byte| byte & 0xC0 == 0x80);
        let near = |at: u32| (at..=end).find(|at| !is_inside(at)).unwrap_or(end);
        let start = if span.start - lines.start > NEAR { near(span.start - NEAR) } else { lines.start };
        let end = if end.saturating_sub(span.end) > NEAR { near(span.end + NEAR) } else { end };
        (Span::new(start, end), line_of(start))
    }

    fn get(&self, file: FileId) -> Option<&Source> {
        self.files.get(usize::try_from(file.0).ok()?)
    }
}

impl Lines {
    pub(super) fn new(text: &[u8]) -> Self {
        let mut lines = Self { starts: vec![0], marks: Vec::new() };
        let mut start = 0;
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            if line.len() > MARK_BYTES {
                lines.mark(start, line);
            }
            start += line.len();
            if line.ends_with(b"\n") {
                lines.starts.push(number(start));
            }
        }
        lines
    }

    fn mark(&mut self, start: usize, line: &[u8]) {
        let (mut at, mut characters, mut last) = (start, 0, start);
        let mut step = |bytes: usize| {
            (at, characters) = (at + bytes, characters + 1);
            if at - last >= MARK_BYTES {
                self.marks.push((number(at), characters));
                last = at;
            }
        };
        for chunk in line.utf8_chunks() {
            chunk.valid().chars().for_each(|character| step(character.len_utf8()));
            chunk.invalid().iter().for_each(|_| step(1));
        }
    }

    pub(super) fn locate(&self, text: &[u8], span: Span) -> JsonSpan {
        let (line, column) = self.position(text, span.start);
        let (end_line, end_column) = self.position(text, span.end);
        JsonSpan { start: span.start, end: span.end, line, column, end_line, end_column }
    }

    /// Line and column from 1; the column counts Unicode scalar values, and an invalid byte as one.
    fn position(&self, text: &[u8], at: u32) -> (u32, u32) {
        let line = self.starts.partition_point(|&start| start <= at);
        let start = line.checked_sub(1).and_then(|index| self.starts.get(index)).copied().unwrap_or(0);
        let marks = self.marks.partition_point(|&(mark, _)| mark <= at);
        let mark = marks.checked_sub(1).and_then(|index| self.marks.get(index)).filter(|(mark, _)| *mark >= start);
        let (from, characters) = mark.copied().unwrap_or((start, 0));
        let count = |chunk: std::str::Utf8Chunk<'_>| chunk.valid().chars().count() + chunk.invalid().len();
        let column = Span::new(from, at).slice(text).utf8_chunks().map(count).sum::<usize>();
        (number(line), number(column).saturating_add(characters).saturating_add(1))
    }
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_long_lines_are_those_that_counting_gives() {
        let line = "é=x; ".repeat(900);
        let mut text = format!("short\n{line}\n\n").into_bytes();
        text.extend(b"\xFF\xFEab\n".repeat(2));
        text.extend(b"\xFF".repeat(3000));
        let lines = Lines::new(&text);
        assert!(lines.marks.len() > 5);
        let (mut line, mut column) = (1, 1);
        let mut at = 0;
        for chunk in text.utf8_chunks() {
            let valid = chunk.valid().chars().map(|c| (c.len_utf8(), c == '\n'));
            for (bytes, is_end) in valid.chain(chunk.invalid().iter().map(|_| (1, false))) {
                assert_eq!(lines.position(&text, number(at)), (line, column), "byte {at}");
                at += bytes;
                (line, column) = if is_end { (line + 1, 1) } else { (line, column + 1) };
            }
        }
        assert_eq!((at, lines.position(&text, number(at))), (text.len(), (line, column)));
    }

    #[test]
    fn columns_count_characters_and_invalid_bytes() {
        let source = b"a\n\xc3\xa9\xffb\ncd";
        let lines = Lines::new(source);
        let span = lines.locate(source, Span::new(5, 7));
        assert_eq!((span.start, span.end), (5, 7));
        assert_eq!((span.line, span.column), (2, 3));
        assert_eq!((span.end_line, span.end_column), (3, 1));
        let beyond = lines.locate(source, Span::new(0, 99));
        assert_eq!((beyond.line, beyond.column, beyond.end_line, beyond.end_column), (1, 1, 3, 3));
    }
}
