//! The talk with the client: one message after the other, each answered before the next is looked at; reading goes on
//! meanwhile, so that a cancelled request is not computed and a text is not checked while the next keystroke waits.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::mpsc::{self, Sender};

use gen_lsp_types::{
    CodeActionRequest, CompletionRequest, DefinitionRequest, DidChangeTextDocumentParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DocumentFormattingRequest, DocumentSymbolRequest, FoldingRangeRequest, HoverRequest,
    MessageType, PublishDiagnosticsNotification, PublishDiagnosticsParams, RegistrationRequest, SemanticTokensRequest,
    TextDocumentContentChangeEvent, TextDocumentContentChangeWholeDocument, TextDocumentIdentifier, TextEdit, Uri,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId};
use serde_json::Value;

use crate::client::{Client, Fault};
use crate::document::Document;
use crate::frame;
use crate::host::Host;
use crate::initialize::{self, Abilities};
use crate::text::{Encoding, Text};
use crate::{actions, completion, definition, diagnostics, edits, folding, hover, symbols, tokens};

/// How the talk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The client shut the server down and then let it exit.
    Properly,
    /// `exit` without `shutdown`, or the input ended.
    Abruptly,
}

/// Serves one client until it is done.
///
/// # Errors
/// The output takes no more.
pub fn serve(input: impl BufRead + Send + 'static, output: impl Write, host: impl Host) -> io::Result<Ended> {
    let (sender, receiver) = mpsc::channel();
    // It ends with the input; nobody waits for it, because the input may stay open.
    std::thread::Builder::new().name("reader".to_owned()).spawn(move || read(input, &sender))?;
    let mut server = Server {
        client: Client::new(output),
        host,
        phase: Phase::New,
        abilities: Abilities { encoding: Encoding::Utf16, watches: false },
        documents: BTreeMap::new(),
        trouble: BTreeMap::new(),
    };
    let mut queue = VecDeque::new();
    loop {
        if queue.is_empty() {
            let Ok(message) = receiver.recv() else { return Ok(Ended::Abruptly) };
            queue.push_back(message);
        }
        queue.extend(receiver.try_iter());
        if let Some(message) = queue.pop_front() {
            if let Some(ended) = server.message(message, &queue)? {
                return Ok(ended);
            }
            if !queue.front().is_some_and(|next| is_notification(next, "textDocument/didChange")) {
                server.publish()?;
            }
        }
    }
}

/// Reads messages until the input ends. What is no message is left out and the next one is found; behind a header that is
/// none nothing can be found, and the talk ends.
fn read(mut input: impl BufRead, sender: &Sender<Message>) {
    loop {
        match frame::read(&mut input) {
            Ok(Some(bytes)) => match serde_json::from_slice(&bytes) {
                Ok(message) => {
                    if sender.send(message).is_err() {
                        break;
                    }
                }
                Err(_) => eprintln!("rtreg lsp: expected a message of the protocol, found something else"),
            },
            Ok(None) => break,
            Err(error) => {
                eprintln!("rtreg lsp: {error}");
                break;
            }
        }
    }
}

fn is_notification(message: &Message, method: &str) -> bool {
    matches!(message, Message::Notification(notification) if notification.method == method)
}

/// How far the talk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    New,
    Running,
    ShutDown,
}

struct Server<W, H> {
    client: Client<W>,
    host: H,
    phase: Phase,
    abilities: Abilities,
    /// The open files by their addresses.
    documents: BTreeMap<String, Document>,
    /// What was said about the settings of open files that cannot be used.
    trouble: BTreeMap<String, String>,
}

impl<W: Write, H: Host> Server<W, H> {
    /// Handles a message; `queue` are those that came after it.
    fn message(&mut self, message: Message, queue: &VecDeque<Message>) -> io::Result<Option<Ended>> {
        match message {
            Message::Notification(notification) if notification.method == "exit" => {
                let ended = if self.phase == Phase::ShutDown { Ended::Properly } else { Ended::Abruptly };
                return Ok(Some(ended));
            }
            Message::Notification(notification) if self.phase == Phase::Running => self.notification(notification)?,
            Message::Request(request) if is_cancelled(&request.id, queue) => {
                let fault = Fault::new(ErrorCode::RequestCanceled, "the request was cancelled");
                self.client.answer(request.id, Err(fault))?;
            }
            Message::Request(request) => {
                let id = request.id.clone();
                let answer = self.request(request)?;
                self.client.answer(id, answer)?;
            }
            Message::Notification(_) | Message::Response(_) => {}
        }
        Ok(None)
    }

    fn request(&mut self, request: Request) -> io::Result<Result<Value, Fault>> {
        let method = request.method.as_str();
        Ok(match (self.phase, method) {
            (Phase::New, "initialize") => {
                self.abilities = Abilities::read(&request.params);
                self.phase = Phase::Running;
                value(initialize::result(self.abilities))
            }
            (Phase::New, _) => Err(Fault::new(
                ErrorCode::ServerNotInitialized,
                format!("expected `initialize` first, found `{method}`"),
            )),
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                Ok(Value::Null)
            }
            (Phase::Running, "initialize") => {
                Err(Fault::new(ErrorCode::InvalidRequest, "expected `initialize` once, found it again"))
            }
            (Phase::ShutDown, _) => Err(Fault::new(
                ErrorCode::InvalidRequest,
                format!("expected `exit` after `shutdown`, found `{method}`"),
            )),
            (Phase::Running, "textDocument/formatting") => return self.format(request.params),
            (Phase::Running, "textDocument/codeAction") => self.actions(request.params),
            (Phase::Running, _) => self.about_document(request),
        })
    }

    /// The requests that only look at a document.
    fn about_document(&self, request: Request) -> Result<Value, Fault> {
        let params = request.params;
        match request.method.as_str() {
            "textDocument/hover" => {
                let at = arguments::<HoverRequest>(params)?.text_document_position_params;
                value(hover::hover(self.document(&at.text_document)?, at.position))
            }
            "textDocument/completion" => {
                let params = arguments::<CompletionRequest>(params)?;
                let trigger = params.context.and_then(|context| context.trigger_character);
                let at = params.text_document_position_params;
                value(completion::complete(self.document(&at.text_document)?, at.position, trigger.as_deref()))
            }
            "textDocument/definition" => {
                let at = arguments::<DefinitionRequest>(params)?.text_document_position_params;
                value(definition::definition(self.document(&at.text_document)?, at.position))
            }
            "textDocument/documentSymbol" => {
                let params = arguments::<DocumentSymbolRequest>(params)?;
                value(symbols::symbols(self.document(&params.text_document)?))
            }
            "textDocument/foldingRange" => {
                let params = arguments::<FoldingRangeRequest>(params)?;
                value(folding::folding(self.document(&params.text_document)?))
            }
            "textDocument/semanticTokens/full" => {
                let params = arguments::<SemanticTokensRequest>(params)?;
                value(tokens::tokens(self.document(&params.text_document)?))
            }
            method => Err(Fault::new(ErrorCode::MethodNotFound, format!("`{method}` is not known to this server"))),
        }
    }

    fn document(&self, identifier: &TextDocumentIdentifier) -> Result<&Document, Fault> {
        let uri = &identifier.uri.0;
        self.documents
            .get(uri)
            .ok_or_else(|| Fault::new(ErrorCode::InvalidParams, format!("expected a file that is open, found {uri}")))
    }

    fn actions(&mut self, params: Value) -> Result<Value, Fault> {
        let params = arguments::<CodeActionRequest>(params)?;
        let uri = &params.text_document.uri.0;
        let Some(document) = self.documents.get(uri) else {
            return self.document(&params.text_document).and(Ok(Value::Null));
        };
        let path = document.path.as_deref();
        let check = |text: &str| self.host.check(path, text).findings;
        value(actions::actions(document, params.range, &params.context, check))
    }

    /// A file with errors of syntax is left alone, and the person is told why.
    fn format(&mut self, params: Value) -> io::Result<Result<Value, Fault>> {
        let params = match arguments::<DocumentFormattingRequest>(params) {
            Ok(params) => params,
            Err(fault) => return Ok(Err(fault)),
        };
        let document = match self.document(&params.text_document) {
            Ok(document) => document,
            Err(fault) => return Ok(Err(fault)),
        };
        let formatted = rtreg_parser::format(&document.rtr());
        let name = document.path.as_deref().and_then(Path::file_name);
        let name = name.map_or_else(|| document.uri.0.clone(), |name| name.to_string_lossy().into_owned());
        match formatted {
            Ok(text) => Ok(value::<Vec<TextEdit>>(edits::between(&document.text, &String::from_utf8_lossy(&text)))),
            Err(fault) => {
                self.client.say(MessageType::Warning, format!("{name}: left alone: {fault}"))?;
                Ok(Ok(Value::Null))
            }
        }
    }

    fn notification(&mut self, notification: Notification) -> io::Result<()> {
        let method = notification.method;
        let done = match method.as_str() {
            "initialized" if self.abilities.watches => {
                return self.client.ask::<RegistrationRequest>(initialize::watch());
            }
            "textDocument/didOpen" => self.open(notification.params),
            "textDocument/didChange" => self.change(notification.params),
            "textDocument/didClose" => return self.close(notification.params),
            // Another file may be a baseline, or settings that nobody watches.
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => {
                self.documents.values_mut().for_each(|document| document.stale = true);
                Ok(())
            }
            _ => Ok(()),
        };
        if let Err(error) = done {
            eprintln!("rtreg lsp: {method}: {error}");
        }
        Ok(())
    }

    fn open(&mut self, params: Value) -> Result<(), String> {
        let item = read_params::<DidOpenTextDocumentParams>(params)?.text_document;
        let text = Text::new(item.text, self.abilities.encoding);
        self.documents.insert(item.uri.0.clone(), Document::new(item.uri, item.version, text));
        Ok(())
    }

    fn change(&mut self, params: Value) -> Result<(), String> {
        check_ranges(&params)?;
        let params = read_params::<DidChangeTextDocumentParams>(params)?;
        let identifier = params.text_document;
        let uri = identifier.text_document_identifier.uri.0;
        let document = self.documents.get_mut(&uri).ok_or_else(|| format!("{uri} is not open"))?;
        for change in params.content_changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    document.text.edit(part.range, &part.text);
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                    let TextDocumentContentChangeWholeDocument { text } = whole;
                    document.text = Text::new(text, self.abilities.encoding);
                }
            }
        }
        document.version = identifier.version;
        document.stale = true;
        Ok(())
    }

    fn close(&mut self, params: Value) -> io::Result<()> {
        let Ok(params) = read_params::<DidCloseTextDocumentParams>(params) else { return Ok(()) };
        let uri = params.text_document.uri;
        self.trouble.remove(&uri.0);
        match self.documents.remove(&uri.0) {
            Some(_) => self.send_diagnostics(uri, None, Vec::new()),
            None => Ok(()),
        }
    }

    /// Checks what changed and tells what is found.
    fn publish(&mut self) -> io::Result<()> {
        let stale = self.documents.iter().filter(|(_, document)| document.stale);
        let stale: Vec<String> = stale.map(|(uri, _)| uri.clone()).collect();
        for uri in stale {
            match self.check(&uri) {
                Some(words) => {
                    if !self.trouble.values().any(|said| *said == words) {
                        self.client.say(MessageType::Error, &words)?;
                    }
                    self.trouble.insert(uri.clone(), words);
                }
                None => drop(self.trouble.remove(&uri)),
            }
            if let Some(document) = self.documents.get(&uri) {
                let (version, found) = (document.version, diagnostics::all(document));
                let uri = document.uri.clone();
                self.send_diagnostics(uri, Some(version), found)?;
            }
        }
        Ok(())
    }

    /// Checks a document; returns what is wrong with its settings.
    fn check(&mut self, uri: &str) -> Option<String> {
        let document = self.documents.get_mut(uri)?;
        let checked = self.host.check(document.path.as_deref(), document.text.as_str());
        document.findings = checked.findings;
        document.options = checked.options;
        document.stale = false;
        checked.trouble
    }

    fn send_diagnostics(
        &mut self,
        uri: Uri,
        version: Option<i32>,
        diagnostics: Vec<gen_lsp_types::Diagnostic>,
    ) -> io::Result<()> {
        self.client.notify::<PublishDiagnosticsNotification>(PublishDiagnosticsParams { uri, version, diagnostics })
    }
}

/// Whether the client wants no answer any more.
fn is_cancelled(id: &RequestId, queue: &VecDeque<Message>) -> bool {
    queue.iter().any(|message| match message {
        Message::Notification(cancel) if cancel.method == "$/cancelRequest" => {
            cancel.params.get("id").is_some_and(|cancelled| serde_json::to_value(id).is_ok_and(|id| id == *cancelled))
        }
        _ => false,
    })
}

/// A change with a range that is none must not be taken for the whole text.
fn check_ranges(params: &Value) -> Result<(), String> {
    let changes = params.get("contentChanges").and_then(Value::as_array);
    let ranges = changes.into_iter().flatten().filter_map(|change| change.get("range"));
    for range in ranges.filter(|range| !range.is_null()) {
        read_params::<gen_lsp_types::Range>(range.clone())?;
    }
    Ok(())
}

fn read_params<P: serde::de::DeserializeOwned>(params: Value) -> Result<P, String> {
    serde_json::from_value(params).map_err(|error| error.to_string())
}

fn arguments<R: gen_lsp_types::Request>(params: Value) -> Result<R::Params, Fault> {
    read_params(params).map_err(|error| Fault::new(ErrorCode::InvalidParams, error))
}

fn value<T: serde::Serialize>(result: T) -> Result<Value, Fault> {
    serde_json::to_value(result).map_err(|error| Fault::new(ErrorCode::InternalError, error.to_string()))
}
