//! What the server can do, and what it learns of the client. The client's abilities are read one by one: a client that says
//! something unusual elsewhere is served all the same.

use gen_lsp_types::{
    CodeActionKind, CodeActionOptions, CompletionOptions, DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher,
    Full, InitializeResult, PositionEncodingKind, Registration, RegistrationParams, SemanticTokensOptions,
    ServerCapabilities, ServerInfo, TextDocumentSyncKind, TextDocumentSyncOptions,
};
use serde_json::Value;

use crate::text::Encoding;
use crate::{actions, tokens};

/// What is known of the client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Abilities {
    /// What positions count in.
    pub(crate) encoding: Encoding,
    /// Whether it tells of changed files when it is asked to.
    pub(crate) watches: bool,
}

impl Abilities {
    /// Reads the parameters of `initialize`.
    pub(crate) fn read(params: &Value) -> Self {
        let offered = params.pointer("/capabilities/general/positionEncodings").and_then(Value::as_array);
        let offers = |name: &str| offered.is_some_and(|list| list.iter().any(|offer| offer == name));
        let encoding = match () {
            () if offers("utf-8") => Encoding::Utf8,
            () if offers("utf-32") && !offers("utf-16") => Encoding::Utf32,
            () => Encoding::Utf16,
        };
        let watches = params.pointer("/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration");
        Self { encoding, watches: watches.and_then(Value::as_bool) == Some(true) }
    }
}

/// The answer to `initialize`.
pub(crate) fn result(abilities: Abilities) -> InitializeResult {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::Incremental),
        save: Some(true.into()),
        ..TextDocumentSyncOptions::default()
    };
    let completion = CompletionOptions {
        trigger_characters: Some(["=", "{", "$", "(", " "].map(str::to_owned).to_vec()),
        ..CompletionOptions::default()
    };
    let kinds = vec![CodeActionKind::QuickFix, CodeActionKind::Custom(actions::FIX_ALL.into())];
    let code_actions = CodeActionOptions { code_action_kinds: Some(kinds), ..CodeActionOptions::default() };
    let semantic_tokens = SemanticTokensOptions {
        legend: tokens::legend(),
        full: Some(Full::Bool(true)),
        ..SemanticTokensOptions::default()
    };
    let capabilities = ServerCapabilities {
        position_encoding: Some(match abilities.encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }),
        text_document_sync: Some(sync.into()),
        completion_provider: Some(completion),
        hover_provider: Some(true.into()),
        definition_provider: Some(true.into()),
        document_symbol_provider: Some(true.into()),
        code_action_provider: Some(code_actions.into()),
        document_formatting_provider: Some(true.into()),
        folding_range_provider: Some(true.into()),
        semantic_tokens_provider: Some(semantic_tokens.into()),
        ..ServerCapabilities::default()
    };
    let version = Some(env!("CARGO_PKG_VERSION").to_owned());
    InitializeResult { capabilities, server_info: Some(ServerInfo { name: "rtreg".to_owned(), version }) }
}

/// Asks the client to tell when settings change.
pub(crate) fn watch() -> RegistrationParams {
    let watcher = FileSystemWatcher { glob_pattern: "**/rtreg.toml".to_owned().into(), kind: None };
    let options = DidChangeWatchedFilesRegistrationOptions { watchers: vec![watcher] };
    RegistrationParams {
        registrations: vec![Registration {
            id: "rtreg.toml".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: serde_json::to_value(options).ok(),
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bytes_are_preferred_and_nothing_said_is_utf_16() {
        let of = |offers: Value| {
            Abilities::read(&json!({ "capabilities": { "general": { "positionEncodings": offers } } })).encoding
        };
        assert_eq!(of(json!(["utf-16", "utf-8"])), Encoding::Utf8);
        assert_eq!(of(json!(["utf-32", "utf-16"])), Encoding::Utf16);
        assert_eq!(of(json!(["utf-32"])), Encoding::Utf32);
        assert_eq!(of(json!("utf-8")), Encoding::Utf16);
        assert_eq!(Abilities::read(&Value::Null).encoding, Encoding::Utf16);
    }
}
