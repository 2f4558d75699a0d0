//! A file that is open in the editor: its text, what was found in it, and under which settings.

use std::path::PathBuf;

use gen_lsp_types::{
    OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};
use rtreg_checker::LintOptions;
use rtreg_model::{FileId, Finding};
use rtreg_parser::Rtr;

use crate::text::Text;
use crate::uri;

/// An open file.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) uri: Uri,
    /// Its path; none for a text that has no file yet.
    pub(crate) path: Option<PathBuf>,
    /// The client's number of this text.
    pub(crate) version: i32,
    pub(crate) text: Text,
    /// What was found in it when it was last checked.
    pub(crate) findings: Vec<Finding>,
    /// What the rules were asked then.
    pub(crate) options: LintOptions,
    /// Whether it has to be checked again.
    pub(crate) stale: bool,
}

impl Document {
    pub(crate) fn new(uri: Uri, version: i32, text: Text) -> Self {
        let path = uri::to_path(&uri);
        Self { uri, path, version, text, findings: Vec::new(), options: LintOptions::default(), stale: true }
    }

    /// The syntax of the present text.
    pub(crate) fn rtr(&self) -> Rtr<'_> {
        rtreg_parser::parse(self.text.as_str().as_bytes(), FileId(0))
    }

    /// Edits of this text, as the client applies them.
    pub(crate) fn workspace_edit(&self, edits: Vec<TextEdit>) -> WorkspaceEdit {
        let text_document = OptionalVersionedTextDocumentIdentifier {
            version: Some(self.version),
            text_document_identifier: TextDocumentIdentifier { uri: self.uri.clone() },
        };
        let edits = edits.into_iter().map(Into::into).collect();
        let change = TextDocumentEdit { text_document, edits };
        WorkspaceEdit { document_changes: Some(vec![change.into()]), ..WorkspaceEdit::default() }
    }
}
