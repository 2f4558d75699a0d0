//! Edits as the protocol has them: of fixes, and of one whole text to another.

use gen_lsp_types::TextEdit;
use rtreg_model::{Edit, Span};
use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::text::Text;

/// The edits of a fix.
pub(crate) fn of_fix(text: &Text, edits: &[Edit]) -> Vec<TextEdit> {
    edits.iter().map(|edit| of_edit(text, edit)).collect()
}

/// There is no position between the two bytes of a line end: what starts or ends there takes the whole of it.
fn of_edit(text: &Text, edit: &Edit) -> TextEdit {
    let (mut span, mut new_text) = (edit.span, edit.text.clone());
    let is_inside = |at: u32| {
        text.as_str().get(..at as usize).is_some_and(|before| before.ends_with('\r'))
            && text.as_str().get(at as usize..).is_some_and(|behind| behind.starts_with('\n'))
    };
    if is_inside(span.start) {
        span.start -= 1;
        new_text.insert(0, '\r');
    }
    if is_inside(span.end) {
        span.end += 1;
        new_text.push('\n');
    }
    TextEdit { range: text.range(span), new_text }
}

/// Edits that make `text` the text `new`, of whole lines: what did not change is not touched, and the cursor stays.
pub(crate) fn between(text: &Text, new: &str) -> Vec<TextEdit> {
    let old: Vec<&str> = text.as_str().split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let mut starts = vec![0];
    starts.extend(old.iter().scan(0, |at, line| {
        *at += line.len();
        Some(*at)
    }));
    let start = |line: usize| starts.get(line).copied().and_then(|at| u32::try_from(at).ok()).unwrap_or(u32::MAX);
    let changes = capture_diff_slices(Algorithm::Myers, &old, &new);
    let changes = changes.iter().map(similar::DiffOp::as_tag_tuple).filter(|(tag, _, _)| *tag != DiffTag::Equal);
    changes
        .map(|(_, old, lines)| {
            let span = Span::new(start(old.start), start(old.end));
            TextEdit { range: text.range(span), new_text: new.get(lines).unwrap_or_default().concat() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Encoding;

    #[test]
    fn a_carriage_return_goes_with_its_line_end() {
        let mut text = Text::new("a\r\nb\r\n", Encoding::Utf16);
        let edits = of_fix(&text, &[Edit::new(Span::new(1, 2), ""), Edit::new(Span::new(5, 5), ";")]);
        for edit in edits.iter().rev() {
            text.edit(edit.range, &edit.new_text);
        }
        assert_eq!(text.as_str(), "a\nb\r;\n");
    }

    #[test]
    fn only_the_lines_that_differ_are_edited_and_the_edits_give_the_new_text() {
        let old = "a\nb\r\nc\nd";
        for (new, count) in [("a\nb\r\nc\nd", 0), ("a\nb\nc\nd\n", 2), ("", 1), ("x\na\nb\r\nc\ny\nd", 2)] {
            let mut text = Text::new(old, Encoding::Utf16);
            let edits = between(&text, new);
            assert_eq!(edits.len(), count, "{new:?}");
            for edit in edits.iter().rev() {
                text.edit(edit.range, &edit.new_text);
            }
            assert_eq!(text.as_str(), new);
        }
    }
}
