//! What is written to the client: answers, notifications, requests. Each message is written whole and at once.

use std::io::{self, Write};

use gen_lsp_types::{MessageType, ShowMessageNotification, ShowMessageParams};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde_json::Value;

/// Why a request has no answer.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// The other end.
pub(crate) struct Client<W> {
    output: W,
    /// The number of the last request that was sent.
    last: i32,
}

impl<W: Write> Client<W> {
    pub(crate) const fn new(output: W) -> Self {
        Self { output, last: 0 }
    }

    fn send(&mut self, message: Message) -> io::Result<()> {
        message.write(&mut self.output)?;
        self.output.flush()
    }

    /// Answers a request.
    pub(crate) fn answer(&mut self, id: RequestId, answer: Result<Value, Fault>) -> io::Result<()> {
        let response = match answer {
            Ok(value) => Response::new_ok(id, value),
            Err(fault) => Response::new_err(id, fault.code as i32, fault.message),
        };
        self.send(Message::Response(response))
    }

    /// Tells something.
    pub(crate) fn notify<N: gen_lsp_types::Notification>(&mut self, params: N::Params) -> io::Result<()> {
        self.send(Message::Notification(Notification::new(N::METHOD.as_str().to_owned(), params)))
    }

    /// Asks for something; the answer is not waited for.
    pub(crate) fn ask<R: gen_lsp_types::Request>(&mut self, params: R::Params) -> io::Result<()> {
        self.last = self.last.wrapping_add(1);
        let id = RequestId::from(self.last);
        self.send(Message::Request(Request::new(id, R::METHOD.as_str().to_owned(), params)))
    }

    /// Says something to the person.
    pub(crate) fn say(&mut self, kind: MessageType, message: impl Into<String>) -> io::Result<()> {
        self.notify::<ShowMessageNotification>(ShowMessageParams { kind, message: message.into() })
    }
}
