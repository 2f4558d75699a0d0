//! The supervisor of one operation: a small process of its own that outlives whoever started it. It holds the operation's lock from
//! before its intent was journaled, calls the method, and writes down the outcome itself. It decides nothing about what that means.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rtreg_registry::runs;
use rtreg_registry::{CommandError, inspect};
use rtreg_upgrade::execute::{Failure, FailureKind, Status};
use rtreg_upgrade::plan::{DigestCheck, Operation, What};
use rtreg_upgrade::run::{self, Ended, Hand, OpRecord};

use super::executor::stubbornly;
use super::lock::{self, Holder};
use super::remains::CALL_VARIABLE;
use super::terminal::leave;
use super::{World, digest};
use crate::children::Children;
use crate::crash;
use crate::method::{self, GRACE, Invocation, Remainder};

/// The operation that a supervisor is for.
#[derive(Debug, Clone)]
struct Call {
    run: String,
    operation: String,
    attempt: u64,
}

/// What is called.
struct Program<'o> {
    path: &'o str,
    arguments: &'o [String],
    timeout_seconds: u64,
    digest: Option<&'o str>,
    /// Another file is only warned of.
    warns: bool,
    words: String,
}

/// Supervises an operation; standard input is its lock. The arguments are run, operation and attempt.
///
/// # Errors
/// What the command line says when it is not called by rtreg; the store fails.
pub fn supervise(world: &World<'_>, arguments: &[String]) -> Result<(), CommandError> {
    let [run, operation, attempt] = arguments else {
        return Err(CommandError::Internal("a supervisor is called with run, operation and attempt".to_owned()));
    };
    let attempt = attempt.parse().map_err(|_| CommandError::Internal("an attempt is a number".to_owned()))?;
    let call = Call { run: run.clone(), operation: operation.clone(), attempt };
    let broken = |error: io::Error| CommandError::Internal(format!("the lock of {run}/{operation}: {error}"));
    crash::point("supervisor.begin", operation);
    // A session of its own: the end of a terminal, or of who started it, is not its own end.
    leave();
    let mut lock = File::from(io::stdin().as_fd().try_clone_to_owned().map_err(broken)?);
    let pid = i32::try_from(std::process::id()).unwrap_or_default();
    lock::sign(&mut lock, &Holder { attempt, pid, boot: lock::boot() }).map_err(broken)?;
    let remainder = call.carry_out(world)?;
    lock::give_back(&lock);
    _ = writeln!(io::stdout(), "{operation}");
    _ = io::stdout().flush();
    // Whoever still writes to what was the method's output is not to be ended by a closed pipe.
    if let Some(remainder) = remainder {
        remainder.drain();
    }
    Ok(())
}

impl Call {
    fn carry_out(&self, world: &World<'_>) -> Result<Option<Remainder>, CommandError> {
        let (record, changed_accepted) = inspect(world.store, |view| {
            let record = run::operation(view, &self.run, &self.operation)?;
            Ok((record, runs::find(view, &self.run)?.accept_changed_methods))
        })?;
        let is_own = |record: &OpRecord| record.status == Status::Begun && record.attempt == self.attempt;
        let Some(record) = record.filter(is_own) else { return Ok(None) };
        let begun = Instant::now();
        let (failure, words, output, remainder) = match program(&record.operation) {
            None => {
                let sentence = "This version of rtreg cannot do what this step asks for.".to_owned();
                (Some(Failure { kind: FailureKind::Missing, sentence }), "not done".to_owned(), String::new(), None)
            }
            Some(program) => self.call(world, &record, &program, changed_accepted),
        };
        let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        crash::point("supervisor.before_outcome", &self.operation);
        let ctx = (world.clock)();
        let hand = Hand { store: world.store, ctx: &ctx, run: &self.run, epoch: None };
        let ended = Ended { attempt: self.attempt, failure, words, millis, output };
        stubbornly(|| run::outcome(&hand, &self.operation, &ended))?;
        crash::point("supervisor.after_outcome", &self.operation);
        Ok(remainder)
    }

    fn call(
        &self,
        world: &World<'_>,
        record: &OpRecord,
        program: &Program<'_>,
        changed_accepted: bool,
    ) -> (Option<Failure>, String, String, Option<Remainder>) {
        let warning = match program.check(changed_accepted) {
            Ok(warning) => warning,
            Err(failure) => return (Some(failure), "not started".to_owned(), String::new(), None),
        };
        let node = record.operation.node.clone().unwrap_or_default();
        let mut environment = method::environment(&world.place.programs());
        environment.extend([
            ("RTREG_STORE".to_owned(), format!("sqlite:{}", world.place.store().display())),
            ("RTREG_NODE".to_owned(), node.clone()),
            (CALL_VARIABLE.to_owned(), format!("{}/{}/{}", self.run, self.operation, self.attempt)),
        ]);
        let invocation = Invocation {
            program: PathBuf::from(program.path),
            arguments: program.arguments.to_vec(),
            environment,
            timeout: Duration::from_secs(program.timeout_seconds),
            grace: GRACE,
        };
        crash::point("supervisor.before_spawn", &self.operation);
        let started = || crash::point("supervisor.after_spawn", &self.operation);
        let (outcome, remainder) = method::run_watched(&invocation, &Children::default(), started);
        crash::point("supervisor.after_method", &self.operation);
        let output = warning.map(|warning| format!("warning: {warning}\n")).unwrap_or_default() + &outcome.output;
        (program.failure(&outcome.ended, &node), outcome.ended.words(), output, remainder)
    }
}

fn program(operation: &Operation) -> Option<Program<'_>> {
    match &operation.what {
        What::Method(call) => Some(Program {
            path: &call.path,
            arguments: &call.arguments,
            timeout_seconds: call.timeout_seconds,
            digest: call.digest.as_deref(),
            warns: call.digest_check == DigestCheck::Warn,
            words: format!("{} of {} for {}", call.method.as_str(), call.type_name, call.resource),
        }),
        What::Hook(program) | What::Script(program) => Some(Program {
            path: &program.path,
            arguments: &program.arguments,
            timeout_seconds: program.timeout_seconds,
            digest: program.digest.as_deref(),
            warns: false,
            words: program.path.clone(),
        }),
        What::Switch(_)
        | What::Group(_)
        | What::Registry(_)
        | What::SetTypeVersion(_)
        | What::NodeAction(_)
        | What::Mark { .. } => None,
    }
}

impl Program<'_> {
    /// The file is there, and it is the one that the version registered; a sentence where that is only warned of.
    fn check(&self, changed_accepted: bool) -> Result<Option<String>, Failure> {
        let found = digest::sha256(Path::new(self.path)).map_err(|error| Failure {
            kind: FailureKind::Missing,
            sentence: format!("The file of {} cannot be read: {}: {error}.", self.words, self.path),
        })?;
        if changed_accepted || self.digest == Some(found.as_str()) {
            return Ok(None);
        }
        let expected = self.digest.map_or("none is known", |digest| digest.get(..12).unwrap_or(digest));
        let sentence = format!(
            "The file of {} is not the one that its version registered: {} has the SHA-256 {}…, expected {expected}…; put \
             the right file there, or say --accept-changed-methods to `rtreg resume` if this one is right.",
            self.words,
            self.path,
            found.get(..12).unwrap_or(&found)
        );
        if self.warns { Ok(Some(sentence)) } else { Err(Failure { kind: FailureKind::Changed, sentence }) }
    }

    fn failure(&self, ended: &method::Ended, node: &str) -> Option<Failure> {
        let words = &self.words;
        let (kind, what) = match ended {
            method::Ended::Exit(0) => return None,
            method::Ended::Exit(code) => (FailureKind::ExitCode, format!("ended with code {code}")),
            method::Ended::Signal(signal) => (FailureKind::Signal, format!("was ended by signal {signal}")),
            method::Ended::Timeout(seconds) => {
                (FailureKind::Timeout, format!("was ended because it took longer than {seconds} s"))
            }
            method::Ended::NotStarted(why) => (FailureKind::Missing, format!("could not be started: {why}")),
        };
        Some(Failure { kind, sentence: format!("{words} on {node} {what}.") })
    }
}
