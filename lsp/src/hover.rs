//! What the word under the cursor means, in the words of the checker.

use gen_lsp_types::{Hover, MarkupContent, MarkupKind, Position};
use rtreg_checker::assist;

use crate::document::Document;

/// The description of a place.
pub(crate) fn hover(document: &Document, position: Position) -> Option<Hover> {
    let description = assist::describe(&document.rtr(), document.text.at(position))?;
    let contents = MarkupContent { kind: MarkupKind::Markdown, value: description.text };
    Some(Hover { contents: contents.into(), range: Some(document.text.range(description.span)) })
}
