//! The commands fed from a store: each call reads one snapshot, and of it only what the question is about. A type is found by
//! its very full name, never by an abbreviation: so a method finds out by which name its version is registered, and both the
//! old and the new version of a type answer while both are registered. What is told is kept in the store; what is asked for in
//! a group that rtreg drives is handed back.

mod read;

use rtreg_model::Driver;
use rtreg_registry::commands::told::{self, Restarted, StatusRequest};
use rtreg_registry::{CommandError, Context, Store, Transaction, inspect, transact};

use super::control::{Asked, judge};
use super::reply::{Code, Reply};
use super::request::{Command, Request};
use super::tags;
use super::tell::{Tell, tell};
use read::Reader;

/// Who calls, where and when.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'c> {
    /// User, host, time and node.
    pub context: &'c Context,
    /// The time in milliseconds of Unix time.
    pub now_ms: u64,
    /// The run that the calling method is part of.
    pub run: Option<&'c str>,
}

/// An answer from the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// What the command prints and how it ends; if something is asked for, once that is done.
    pub reply: Reply,
    /// What is to be done first, in a group that rtreg drives. [`counted`] counts it once it is done.
    pub asked: Option<Asked>,
}

impl From<Reply> for Answered {
    fn from(reply: Reply) -> Self {
        Self { reply, asked: None }
    }
}

/// Answers a command, and keeps what it tells.
pub fn answer(store: &dyn Store, caller: Caller<'_>, command: Command, arguments: &[String]) -> Answered {
    let request = match Request::read(command, arguments) {
        Ok(request) => request,
        Err(refused) => return refused.into(),
    };
    let answered = match command {
        Command::ResourceGet | Command::TypeGet | Command::GroupGet => inspect(store, |view| {
            let facts = Reader::new(view, caller).facts(command, &request)?;
            Ok(tags::answer(command, &request, &facts).into())
        }),
        Command::SetStatus | Command::Control => told_by(store, caller, command, &request),
    };
    answered.unwrap_or_else(|error| failed(command, &error).into())
}

/// Counts a restart that was carried out, for NUM_RESOURCE_RESTARTS and NUM_RG_RESTARTS; other requests count nothing.
///
/// # Errors
/// [`CommandError`].
pub fn counted(store: &dyn Store, caller: Caller<'_>, asked: &Asked) -> Result<(), CommandError> {
    transact(store, caller.context, ("resources", 1), |tx| count(tx, caller.now_ms, asked)).map(|_| ())
}

fn told_by(
    store: &dyn Store,
    caller: Caller<'_>,
    command: Command,
    request: &Request,
) -> Result<Answered, CommandError> {
    let decide = |tx: &mut Transaction<'_>| {
        let facts = Reader::new(&tx.view, caller).facts(command, request)?;
        match tell(command, request, &facts) {
            Err(refused) => Ok(refused.into()),
            Ok(Tell::Status { resource, word, message }) => {
                let node = caller.context.local_node.clone();
                told::set_status(tx, &StatusRequest { resource, node, word, message })?;
                Ok(Reply::lines(Vec::new()).into())
            }
            Ok(Tell::Control { tag, resource, group }) => control(tx, caller, &tag, (&resource, &group)),
        }
    };
    transact(store, caller.context, ("resources", 1), decide).map(|(answered, _)| answered)
}

fn control(
    tx: &mut Transaction<'_>,
    caller: Caller<'_>,
    tag: &str,
    (resource, group): (&str, &str),
) -> Result<Answered, CommandError> {
    let situation = Reader::new(&tx.view, caller).situation(resource, group)?;
    let situation = match situation {
        Ok(situation) => situation,
        Err(refused) => return Ok(refused.into()),
    };
    let asked = match judge(tag, &situation) {
        Ok(asked) => asked,
        Err(refused) => return Ok(refused.into()),
    };
    let done = Reply::lines(Vec::new());
    match (&asked, situation.driver) {
        (Asked::CheckRestart, _) | (Asked::CheckGiveover { .. }, Driver::Recorded) => Ok(done.into()),
        (Asked::IsRestarted { .. }, Driver::Rgm) => {
            count(tx, caller.now_ms, &asked)?;
            Ok(done.into())
        }
        (_, Driver::Rgm) => Ok(Answered { reply: done, asked: Some(asked) }),
        (_, Driver::Recorded) => {
            let to = match &asked {
                Asked::Giveover { to, .. } => to.as_slice(),
                _ => &[],
            };
            told::record_request(tx, (resource, &situation.node), tag, to)?;
            count(tx, caller.now_ms, &asked)?;
            Ok(done.into())
        }
    }
}

fn count(tx: &mut Transaction<'_>, now_ms: u64, asked: &Asked) -> Result<(), CommandError> {
    match asked {
        Asked::ResourceRestart { resource, node } | Asked::IsRestarted { resource, node } => {
            told::count_restart(tx, (resource, node), Restarted::Resource, now_ms)
        }
        Asked::Restart { resource, node, .. } => told::count_restart(tx, (resource, node), Restarted::Group, now_ms),
        _ => Ok(()),
    }
}

/// What the registry refuses is one of the few things that were not looked at before: the node that one is on.
fn failed(command: Command, error: &CommandError) -> Reply {
    let code = match error {
        CommandError::Refused(refusal) if refusal.rule == "not_found" => Code::Node,
        CommandError::Refused(_) => Code::State,
        _ => Code::Internal,
    };
    let help = match error {
        CommandError::Refused(refusal) => refusal.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default(),
        _ => String::new(),
    };
    Reply::refused(code, format!("{}: {error}{help}", command.as_str()))
}
