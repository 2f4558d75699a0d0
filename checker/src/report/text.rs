//! Findings as text with snippets of the source: the only module that knows miette. A map without wording.

use std::collections::BTreeMap;
use std::{fmt, io};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, Severity,
    SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};
use rtreg_model::{FileId, Finding, Label, Level, Span};

use super::Sources;

/// What the text looks like.
///
/// ```
/// use rtreg_checker::report::text::TextOptions;
/// let options = TextOptions::default().width(80).unicode(true);
/// assert!(!options.colour);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextOptions {
    /// Columns of a line; messages are wrapped there.
    pub width: usize,
    /// Colours of a terminal.
    pub colour: bool,
    /// Lines and arrows of Unicode instead of ASCII.
    pub unicode: bool,
    /// The rule is a link of the terminal's to its page.
    pub links: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { width: 100, colour: false, unicode: false, links: false }
    }
}

impl TextOptions {
    /// With lines of `width` columns.
    #[must_use]
    pub const fn width(mut self, width: usize) -> Self {
        self.width = width;
        self
    }

    /// With colours or without.
    #[must_use]
    pub const fn colour(mut self, colour: bool) -> Self {
        self.colour = colour;
        self
    }

    /// With Unicode or with ASCII.
    #[must_use]
    pub const fn unicode(mut self, unicode: bool) -> Self {
        self.unicode = unicode;
        self
    }
}

impl TextOptions {
    /// With the rule as a link of the terminal's to its page, or without.
    #[must_use]
    pub const fn links(mut self, links: bool) -> Self {
        self.links = links;
        self
    }
}

/// So many findings of a file are shown; a person reads no more, and a program reads another format.
const MOST_OF_A_FILE: usize = 1000;

/// The findings with snippets, in the order given; of a file with very many the first, and how many more there are.
///
/// ```
/// use rtreg_checker::report::{Sources, text};
/// use rtreg_checker::{LintOptions, lint};
///
/// let mut sources = Sources::default();
/// let file = sources.add("ACME.web", b"Resource_type = web\nVendor_id = ACME;\n".to_vec());
/// let findings = lint(&rtreg_parser::parse(sources.text(file), file), &LintOptions::default());
/// let text = text::render(&findings, &sources, &text::TextOptions::default());
/// assert!(text.starts_with("error[missing_semicolon]"));
/// assert!(text.contains("ACME.web:1:"));
/// ```
pub fn render(findings: &[Finding], sources: &Sources, options: &TextOptions) -> String {
    let mut text = Vec::new();
    // A vector takes all.
    let _ = write(&mut text, findings, sources, options);
    String::from_utf8(text).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// [`render`] into a sink, one finding at a time.
///
/// # Errors
/// The sink takes no more.
pub fn write(
    out: &mut dyn io::Write,
    findings: &[Finding],
    sources: &Sources,
    options: &TextOptions,
) -> io::Result<()> {
    let handler = handler(options);
    let mut counts: BTreeMap<FileId, usize> = BTreeMap::new();
    for finding in findings {
        let count = counts.entry(finding.primary.file).or_default();
        *count += 1;
        if *count <= MOST_OF_A_FILE {
            out.write_all(one(&handler, finding, sources).as_bytes())?;
        }
    }
    for (file, count) in counts {
        let more = count.saturating_sub(MOST_OF_A_FILE);
        if more > 0 {
            let (name, findings) = (sources.name(file), if more == 1 { "finding" } else { "findings" });
            writeln!(out, "{name} has {more} more {findings} than are shown here; `--format json` has all\n")?;
        }
    }
    Ok(())
}

fn handler(options: &TextOptions) -> GraphicalReportHandler {
    let characters = if options.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let styles = if options.colour { ThemeStyles::ansi() } else { ThemeStyles::none() };
    GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_width(options.width)
        .with_urls(options.links)
        .with_link_display_text("")
        .with_context_lines(1)
}

fn one(handler: &GraphicalReportHandler, finding: &Finding, sources: &Sources) -> String {
    let mut text = String::new();
    let report = Report::new(finding, sources);
    if handler.render_report(&mut text, &report).is_err() {
        let place = sources.span(finding.primary.file, finding.primary.span);
        let file = sources.name(finding.primary.file);
        let (level, message) = (finding.level.as_str(), &finding.message);
        text.push_str(&format!("{level}: {message} [{file}:{}:{}]\n", place.line, place.column));
    }
    text.push('\n');
    text
}

/// A finding in miette's eyes; labels in another file than the first, or far from it, become related notes.
#[derive(Debug)]
struct Report<'f> {
    code: Option<String>,
    url: Option<String>,
    message: &'f str,
    severity: Severity,
    help: Option<&'f str>,
    source: Snippet<'f>,
    labels: Vec<LabeledSpan>,
    related: Vec<Self>,
}

impl<'f> Report<'f> {
    fn new(finding: &'f Finding, sources: &'f Sources) -> Self {
        let file = finding.primary.file;
        let text = sources.text(file);
        let primary = shorten(text, finding.primary.span);
        let (mut all, mut secondary, mut elsewhere) = (primary, Vec::new(), Vec::new());
        for label in &finding.secondary {
            let span = shorten(text, label.span);
            if label.file == file && fits(text, all.to(span)) {
                all = all.to(span);
                secondary.push((label, span));
            } else {
                elsewhere.push(label);
            }
        }
        let source = Snippet::new(sources, file, all);
        let primary = LabeledSpan::new_primary_with_span(words(&finding.primary), source.place(primary));
        let secondary =
            secondary.into_iter().map(|(label, span)| LabeledSpan::new_with_span(words(label), source.place(span)));
        let labels = std::iter::once(primary).chain(secondary).collect();
        Self {
            code: Some(format!("{}[{}]", finding.level.as_str(), finding.rule)),
            url: Some(crate::page_url(finding.rule)),
            message: &finding.message,
            severity: match finding.level {
                Level::Error => Severity::Error,
                Level::Warning => Severity::Warning,
                Level::Note => Severity::Advice,
            },
            help: finding.help.as_deref(),
            source,
            labels,
            related: elsewhere.into_iter().map(|label| Self::elsewhere(label, sources)).collect(),
        }
    }

    fn elsewhere(label: &'f Label, sources: &'f Sources) -> Self {
        let span = shorten(sources.text(label.file), label.span);
        let source = Snippet::new(sources, label.file, span);
        Self {
            code: None,
            url: None,
            message: &label.text,
            severity: Severity::Advice,
            help: None,
            labels: vec![LabeledSpan::new_primary_with_span(None, source.place(span))],
            source,
            related: Vec::new(),
        }
    }
}

fn words(label: &Label) -> Option<String> {
    (!label.text.is_empty()).then(|| label.text.clone())
}

/// A label ends with its first line and is no longer than a line of a terminal: a snippet shows where, not all of it.
fn shorten(text: &[u8], span: Span) -> Span {
    const LONGEST: usize = 120;
    let bytes = span.slice(text);
    let line = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
    let start = span.start.min(u32::try_from(text.len()).unwrap_or(u32::MAX));
    Span::new(start, start.saturating_add(u32::try_from(line.min(LONGEST)).unwrap_or(u32::MAX)))
}

/// Whether a snippet can show all of a span: not many lines, and none of them long. A snippet of more would cost as much as
/// the file is long, for each finding, and miette cannot point beyond column 65,535.
fn fits(text: &[u8], span: Span) -> bool {
    const LONGEST: u32 = 4000;
    const LONGEST_LINE: usize = 400;
    span.len() <= LONGEST && span.slice(text).split(|&byte| byte == b'\n').all(|line| line.len() <= LONGEST_LINE)
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl std::error::Error for Report<'_> {}

impl Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_deref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.url.as_deref().map(|url| Box::new(url) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        (!self.related.is_empty()).then(|| {
            let related = self.related.iter().map(|report| report as &dyn Diagnostic);
            Box::new(related) as Box<dyn Iterator<Item = &dyn Diagnostic>>
        })
    }
}

/// The lines around the labels, as a terminal can show them: what is no UTF-8 and what a terminal would not show is
/// replaced by one `?` for each byte, so that places stay.
#[derive(Debug)]
struct Snippet<'f> {
    name: &'f str,
    text: Vec<u8>,
    /// Where the lines start in the file.
    start: u32,
    /// The number of the first line, from 0.
    line: usize,
    file: FileId,
    sources: &'f Sources,
}

impl<'f> Snippet<'f> {
    fn new(sources: &'f Sources, file: FileId, labels: Span) -> Self {
        let (lines, line) = sources.lines_around(file, labels);
        let mut text = Vec::with_capacity(lines.len() as usize);
        for chunk in lines.slice(sources.text(file)).utf8_chunks() {
            for character in chunk.valid().chars() {
                match character {
                    '\r' => text.push(b' '),
                    character if is_invisible(character) => {
                        text.extend(std::iter::repeat_n(b'?', character.len_utf8()));
                    }
                    character => text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
                }
            }
            text.extend(std::iter::repeat_n(b'?', chunk.invalid().len()));
        }
        if labels.end as usize >= sources.text(file).len() {
            // At the end of a text miette shows no label.
            text.extend_from_slice(if text.last().is_none_or(|&last| last == b'\n') { b" \n" } else { b"\n" });
        }
        Self { name: sources.name(file), text, start: lines.start, line, file, sources }
    }

    /// The column of a place in these lines, from 0.
    fn column(&self, span: &SourceSpan) -> usize {
        let at = self.start.saturating_add(u32::try_from(span.offset()).unwrap_or(u32::MAX));
        (self.sources.span(self.file, Span::at(at)).column as usize).saturating_sub(1)
    }

    /// A place of the file in these lines.
    fn place(&self, span: Span) -> SourceSpan {
        SourceSpan::from((span.start.saturating_sub(self.start) as usize, span.len() as usize))
    }
}

impl SourceCode for Snippet<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        const LONGEST: usize = 2000;
        let contents = self.text.as_slice().read_span(span, before, after)?;
        let (data, place) = (contents.data(), *contents.span());
        let (line, lines) = (self.line + contents.line(), contents.line_count());
        // Without lines around it, what is read is the label itself, and its place is shown: as the other reports count it.
        let column = if before == 0 && after == 0 { self.column(span) } else { contents.column() };
        let all = data;
        let (data, place) = if data.len() > LONGEST { clip(data, place, span) } else { (data, place) };
        let dropped = all.get(..place.offset().saturating_sub(contents.span().offset())).unwrap_or_default();
        let line = line + dropped.iter().filter(|&&byte| byte == b'\n').count();
        Ok(Box::new(MietteSpanContents::new_named(self.name.to_owned(), data, place, line, column, lines)))
    }
}

/// Whether a character would control the terminal, or move or hide others.
fn is_invisible(character: char) -> bool {
    let controls = character.is_control() && !matches!(character, '\n' | '\t');
    let formats =
        matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    controls || formats
}

/// Of very long lines only the neighbourhood of the label.
fn clip<'a>(data: &'a [u8], place: SourceSpan, label: &SourceSpan) -> (&'a [u8], SourceSpan) {
    const AROUND: usize = 60;
    let is_start = |at: &usize| data.get(*at).is_none_or(|byte| byte & 0xC0 != 0x80);
    let from = label.offset().saturating_sub(place.offset()).saturating_sub(AROUND);
    let to = (label.offset() + label.len() + AROUND).saturating_sub(place.offset()).min(data.len());
    let from = (from..=to).find(is_start).unwrap_or(to);
    let to = (to..=data.len()).find(is_start).unwrap_or(data.len());
    (data.get(from..to).unwrap_or_default(), SourceSpan::from((place.offset() + from, to.saturating_sub(from))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_on_a_long_line_has_its_line_and_column() {
        let mut text = format!("first\n{}", "é ".repeat(50));
        let near = text.len();
        text.push_str(&format!("HERE {}", "é ".repeat(9000)));
        let far = text.len();
        text.push_str(&format!("THERE {}\nlast\n", "é ".repeat(9000)));
        let mut sources = Sources::default();
        let file = sources.add("a.rtr", text.into_bytes());
        for (at, length, column, word) in [(near, 4, 101, "HERE"), (far, 5, 18_106, "THERE")] {
            let start = u32::try_from(at).unwrap();
            let finding = Finding::new("x", Level::Error, file, Span::new(start, start + length), "message");
            let shown = render(&[finding], &sources, &TextOptions::default());
            assert!(shown.contains(&format!("[a.rtr:2:{column}]")), "{shown}");
            let line = shown.lines().find(|line| line.contains(word)).expect("the line is shown");
            assert!(line.trim_start().starts_with("2 |"), "{shown}");
            assert!(shown.len() < 2000, "{}", shown.len());
        }
    }
}
