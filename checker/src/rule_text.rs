//! The explanation of a rule is the head of its own file: here it is read from there.

/// One sentence: the first line.
pub(crate) fn summary(source: &'static str) -> &'static str {
    source.lines().next().map_or("", |line| line.trim_start_matches("//!").trim())
}

/// The whole head in Markdown.
pub(crate) fn doc(source: &str) -> String {
    let head = source.lines().map_while(|line| line.strip_prefix("//!"));
    head.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}
