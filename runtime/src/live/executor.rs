//! The executor that runs methods: it journals the intent, starts a supervisor or leaves that to the agent of the node, and waits for
//! the outcome that the supervisor writes. It holds nothing that is not in the store or in a lock.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use rtreg_registry::{CommandError, StoreError, inspect, keys, runs};
use rtreg_upgrade::execute::{BundleNote, Executor, Finished, Journal, Status, Task, TaskEnd};
use rtreg_upgrade::plan::{Basis, Operation, Plan, Repeat};
use rtreg_upgrade::render::operation_words;
use rtreg_upgrade::run::{self, Begun, Hand, OpRecord};

use super::event::Event;
use super::terminal::shielded;
use super::{SUPERVISE_COMMAND, World, has_agent, lock, remains};
use crate::crash;

/// How long is waited for the outcome of an operation before it is looked whether anybody is still at it.
const LOOK: Duration = Duration::from_millis(500);

/// The executor.
pub(super) struct Live<'a> {
    world: &'a World<'a>,
    run: &'a str,
    epoch: u64,
    journal: Journal,
    /// How long each step took before, in seconds.
    expected: BTreeMap<String, Option<u64>>,
    /// The wave of each bundle, counted from 1.
    waves: BTreeMap<String, usize>,
    /// The bundles that are being undone.
    undoing: BTreeSet<String>,
    events: &'a mut dyn FnMut(&Event),
    /// What was said of operations that have not ended.
    said_begun: BTreeMap<String, Said>,
    begun: BTreeMap<String, Waited>,
    ended: VecDeque<Finished>,
    said: Sender<String>,
    heard: Receiver<String>,
    /// What ended the coordinator.
    pub broken: Option<CommandError>,
}

/// What the event says of an operation that begins.
#[derive(Default)]
struct Said {
    bundle: String,
    words: String,
    node: Option<String>,
}

/// An operation that is waited for.
struct Waited {
    operation: Operation,
    attempt: u64,
    /// Its node's agent is to begin it.
    by_agent: bool,
}

impl<'a> Live<'a> {
    pub fn new(
        world: &'a World<'a>,
        (run, epoch): (&'a str, u64),
        (plan, journal): (&Plan, Journal),
        events: &'a mut dyn FnMut(&Event),
    ) -> Self {
        let steps = plan.bundles().flat_map(|bundle| &bundle.steps);
        let expected = steps.map(|step| (step.id.clone(), step.expected_seconds)).collect();
        let waves = plan.waves.iter().zip(1..);
        let waves = waves.flat_map(|(wave, number)| wave.bundles.iter().map(move |of| (of.id.clone(), number)));
        let (said, heard) = channel();
        let notes = journal.bundles.iter().filter(|(_, note)| **note == BundleNote::Unwinding);
        let undoing = notes.map(|(bundle, _)| bundle.clone()).collect();
        Self {
            world,
            run,
            epoch,
            journal,
            expected,
            waves: waves.collect(),
            undoing,
            events,
            said_begun: BTreeMap::new(),
            begun: BTreeMap::new(),
            ended: VecDeque::new(),
            said,
            heard,
            broken: None,
        }
    }

    fn act<R>(&self, act: impl Fn(&Hand<'_>) -> Result<R, CommandError>) -> Result<R, CommandError> {
        let ctx = (self.world.clock)();
        patiently(|| act(&Hand { store: self.world.store, ctx: &ctx, run: self.run, epoch: Some(self.epoch) }))
    }

    fn say(&mut self, event: impl FnOnce(String, String) -> Event) {
        let at = (self.world.clock)().at;
        (self.events)(&event(self.run.to_owned(), at));
    }

    fn try_begin(&mut self, task: &Task<'_>) -> Result<(), CommandError> {
        let operation = task.operation;
        let node = operation.node.clone().filter(|_| operation.repeat != Repeat::OneCommit);
        let by_agent = node.as_ref().is_some_and(|node| *node != self.world.node);
        let silent = node.as_ref().filter(|node| by_agent && !has_agent(&self.world.place, node));
        // Where a node is declared down nobody is needed: the intent says that nothing runs there.
        if let Some(node) = silent
            && !inspect(self.world.store, |view| run::is_down(view, node))?
        {
            let sentence = format!(
                "No agent answers for node `{node}`; start `rtreg agent --node {node}` there, then `rtreg resume {}`.",
                self.run
            );
            self.over(task.id, TaskEnd::Unknown(sentence));
            return Ok(());
        }
        // Taken before the intent is journaled and handed on: it is never free while the operation may be at work.
        let lock = match node.filter(|_| !by_agent) {
            Some(_) => Some(self.lock(task.id)?),
            None => None,
        };
        crash::point("coordinator.before_intent", task.id);
        let begun = self.act(|hand| run::intent(hand, task, by_agent))?;
        crash::point("coordinator.after_intent", task.id);
        match begun {
            Begun::Done => self.over(task.id, TaskEnd::Done),
            Begun::Failed(failure) => self.over(task.id, TaskEnd::Failed(failure)),
            Begun::NodeDown => self.over(task.id, TaskEnd::NodeDown),
            Begun::NodeUnknown(sentence) => self.over(task.id, TaskEnd::Unknown(sentence)),
            Begun::Begun(attempt) => {
                if let Some(lock) = lock {
                    crash::point("coordinator.before_spawn", task.id);
                    let child = spawn(self.world, (self.run, task.id, attempt), lock).map_err(unspawned)?;
                    crash::point("coordinator.after_spawn", task.id);
                    self.listen(task.id, child).map_err(unspawned)?;
                }
                let waited = Waited { operation: operation.clone(), attempt, by_agent };
                self.begun.insert(task.id.to_owned(), waited);
            }
        }
        Ok(())
    }

    fn lock(&self, id: &str) -> Result<File, CommandError> {
        let path = self.world.place.operation_lock(self.run, id);
        lock::take(&path).map_err(|error| CommandError::Internal(format!("{}: {error}", path.display())))
    }

    fn over(&mut self, id: &str, end: TaskEnd) {
        self.ended.push_back(Finished { id: id.to_owned(), end });
    }

    /// A supervisor says a word when the outcome is written, and nothing if it is killed.
    fn listen(&self, id: &str, mut child: Child) -> io::Result<()> {
        let (id, said) = (id.to_owned(), self.said.clone());
        let listen = move || {
            if let Some(output) = child.stdout.take() {
                _ = BufReader::new(output).read_line(&mut String::new());
            }
            _ = said.send(id);
            // It may go on as a drain; when it ends it is waited for.
            _ = child.wait();
        };
        std::thread::Builder::new().name("listen".to_owned()).spawn(listen)?;
        Ok(())
    }

    /// Waits until something may have ended, and looks at what.
    fn look(&mut self) -> Result<(), CommandError> {
        let by_agents = self.begun.values().any(|waited| waited.by_agent);
        let since = self.world.store.snapshot()?.revision();
        self.take_ended()?;
        if !self.ended.is_empty() {
            return Ok(());
        }
        if by_agents {
            self.world.store.wait(&keys::journal(self.run), since, LOOK)?;
        } else {
            match self.heard.recv_timeout(LOOK) {
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(CommandError::Internal("nobody listens to the supervisors".to_owned()));
                }
            }
        }
        self.take_ended()?;
        self.take_lost()
    }

    fn record(&self, id: &str) -> Result<Option<OpRecord>, CommandError> {
        inspect(self.world.store, |view| run::operation(view, self.run, id))
    }

    fn take_ended(&mut self) -> Result<(), CommandError> {
        let ids: Vec<String> = self.begun.keys().cloned().collect();
        for id in ids {
            let record = self.record(&id)?;
            let Some(end) = record.and_then(|record| end_of(&record)) else { continue };
            self.begun.remove(&id);
            self.over(&id, end);
        }
        Ok(())
    }

    /// An operation that nobody is at any more, and that has no outcome.
    fn take_lost(&mut self) -> Result<(), CommandError> {
        let is_free = |(id, _): &(&String, &Waited)| lock::is_free(&self.world.place.operation_lock(self.run, id));
        let free: Vec<String> = self.begun.iter().filter(is_free).map(|(id, _)| id.clone()).collect();
        for id in free {
            let Some(waited) = self.begun.get(&id) else { continue };
            let node = waited.operation.node.clone().unwrap_or_default();
            if waited.by_agent {
                match self.is_to_come(&id, waited.attempt)? {
                    // Somebody has just taken it.
                    None => continue,
                    Some(true) if has_agent(&self.world.place, &node) => continue,
                    Some(_) => self.act(|hand| run::withdraw(hand, &id))?,
                }
            }
            let ended = settle(self.world, self.run, &id)?;
            let Some(waited) = self.begun.remove(&id) else { continue };
            let words = operation_words(&waited.operation);
            let end = ended.unwrap_or_else(|| {
                let who = if waited.by_agent { "the agent of its node or its supervisor" } else { "its supervisor" };
                TaskEnd::Unknown(format!(
                    "{id} ({words} on {node}) has no outcome: {who} was ended. `rtreg resume {0}` goes on, `rtreg abort {0}` goes back.",
                    self.run
                ))
            });
            self.over(&id, end);
        }
        Ok(())
    }

    /// Whether the agent has not begun it yet; none if its lock is held now.
    fn is_to_come(&self, id: &str, attempt: u64) -> Result<Option<bool>, CommandError> {
        let path = self.world.place.operation_lock(self.run, id);
        let Ok(Some(mut file)) = lock::try_take(&path) else { return Ok(None) };
        let has_begun = lock::holder(&mut file).is_some_and(|holder| holder.attempt == attempt);
        Ok(Some(!has_begun && self.record(id)?.is_some_and(|record| record.status == Status::Begun)))
    }
}

/// Does something again for as long as others are faster: what is to be journaled must be journaled.
pub(super) fn patiently<R>(act: impl Fn() -> Result<R, CommandError>) -> Result<R, CommandError> {
    loop {
        match act() {
            Err(CommandError::Busy { .. }) => {}
            acted => return acted,
        }
    }
}

/// As [`patiently`], and for as long as the store cannot be written: who holds the lock of an operation can wait.
pub(super) fn stubbornly<R>(act: impl Fn() -> Result<R, CommandError>) -> Result<R, CommandError> {
    loop {
        match patiently(&act) {
            Err(CommandError::Store(StoreError::Unavailable { .. })) => std::thread::park_timeout(LOOK),
            acted => return acted,
        }
    }
}

fn unspawned(error: io::Error) -> CommandError {
    CommandError::Internal(format!("no supervisor can be started: {error}"))
}

/// Starts the supervisor of an operation; it inherits the lock.
pub(super) fn spawn(world: &World<'_>, (run, id, attempt): (&str, &str, u64), lock: File) -> io::Result<Child> {
    let mut command = Command::new(&world.program);
    command
        .args([SUPERVISE_COMMAND, &world.place.store().display().to_string(), run, id, &attempt.to_string()])
        .env("RTREG_NODE", &world.node)
        .stdin(Stdio::from(lock))
        .stdout(Stdio::piped());
    shielded(|| command.spawn())
}

/// Waits until nobody is at an operation any more, and ends what is left of it: how it ended, or none if nobody has written that
/// down.
pub(super) fn settle(world: &World<'_>, run: &str, id: &str) -> Result<Option<TaskEnd>, CommandError> {
    let path = world.place.operation_lock(run, id);
    let unlocked = |error: io::Error| CommandError::Internal(format!("{}: {error}", path.display()));
    let mut file = lock::take(&path).map_err(unlocked)?;
    let record = inspect(world.store, |view| run::operation(view, run, id))?;
    if let Some(end) = record.as_ref().and_then(end_of) {
        return Ok(Some(end));
    }
    if let (Some(holder), Some(record)) = (lock::holder(&mut file), record)
        && holder.attempt == record.attempt
    {
        remains::end(&holder, &format!("{run}/{id}/{}", record.attempt));
    }
    Ok(None)
}

/// Waits until nobody is at any operation of a run that has no outcome, takes back what no agent has begun, and ends what is left.
///
/// # Errors
/// The store or a lock fails.
pub fn settle_all(world: &World<'_>, run: &str) -> Result<(), CommandError> {
    let begun = inspect(world.store, |view| run::operations(view, run))?;
    for (id, _) in begun.into_iter().filter(|(_, record)| record.status == Status::Begun) {
        let ctx = (world.clock)();
        run::withdraw(&Hand { store: world.store, ctx: &ctx, run, epoch: None }, &id)?;
        settle(world, run, &id)?;
    }
    Ok(())
}

fn end_of(record: &OpRecord) -> Option<TaskEnd> {
    match (record.status, &record.failure) {
        (Status::Begun, _) => None,
        (Status::Failed, Some(failure)) => Some(TaskEnd::Failed(failure.clone())),
        (Status::Failed, None) => Some(TaskEnd::Unknown("It is recorded as failed.".to_owned())),
        (Status::Skipped, _) => Some(TaskEnd::NodeDown),
        (Status::Done, _) => Some(TaskEnd::Done),
    }
}

impl Executor for Live<'_> {
    fn journal(&self) -> Journal {
        self.journal.clone()
    }

    fn stale(&mut self, basis: &Basis) -> Option<String> {
        match inspect(self.world.store, |view| run::stale(view, basis, Some(self.run), None)) {
            Ok(sentence) => sentence,
            Err(error) => {
                self.broken = Some(error);
                Some("The store cannot be read.".to_owned())
            }
        }
    }

    fn begin(&mut self, task: &Task<'_>) {
        if self.broken.is_some() {
            return;
        }
        let (operation, words) = (task.id.to_owned(), operation_words(task.operation));
        let (node, expected) = (task.operation.node.clone(), self.expected.get(task.id).copied());
        let (bundle, wave) = (task.bundle.to_owned(), self.waves.get(task.bundle).copied().unwrap_or_default());
        let (is_step, undoes, expected_seconds) =
            (expected.is_some(), self.undoing.contains(task.bundle), expected.flatten());
        let begun = Said { bundle: bundle.clone(), words: words.clone(), node: node.clone() };
        self.said_begun.insert(operation.clone(), begun);
        self.say(|run, at| Event::StepBegun {
            run,
            at,
            operation,
            bundle,
            wave,
            is_step,
            undoes,
            words,
            node,
            expected_seconds,
        });
        if let Err(error) = self.try_begin(task) {
            self.broken = Some(error);
        }
    }

    fn finish(&mut self) -> Finished {
        while self.ended.is_empty() && self.broken.is_none() {
            if let Err(error) = self.look() {
                self.broken = Some(error);
            }
        }
        let crashed = || Finished { id: String::new(), end: TaskEnd::Crashed };
        if self.broken.is_some() {
            return crashed();
        }
        let Some(finished) = self.ended.pop_front() else { return crashed() };
        let Said { bundle, words, node } = self.said_begun.remove(&finished.id).unwrap_or_default();
        let is_step = self.expected.contains_key(&finished.id);
        let (end, sentence) = match &finished.end {
            TaskEnd::Done => ("done", None),
            TaskEnd::Failed(failure) => ("failed", Some(failure.sentence.clone())),
            TaskEnd::NodeDown => ("node_down", None),
            TaskEnd::Unknown(sentence) => ("unknown", Some(sentence.clone())),
            TaskEnd::Crashed => ("unknown", None),
        };
        let (operation, end) = (finished.id.clone(), end.to_owned());
        self.say(|run, at| Event::StepEnded { run, at, operation, bundle, is_step, words, node, end, sentence });
        finished
    }

    fn note(&mut self, bundle: &str, note: BundleNote) {
        if self.broken.is_some() {
            return;
        }
        crash::point("coordinator.before_note", bundle);
        if let Err(error) = self.act(|hand| run::note(hand, bundle, note)) {
            self.broken = Some(error);
            return;
        }
        crash::point("coordinator.after_note", bundle);
        if note == BundleNote::Unwinding {
            self.undoing.insert(bundle.to_owned());
        }
        let bundle = bundle.to_owned();
        self.say(|run, at| Event::Bundle { run, at, bundle, note });
    }

    fn wants_abort(&mut self) -> bool {
        inspect(self.world.store, |view| runs::find(view, self.run)).is_ok_and(|record| record.abort_wanted)
    }
}
