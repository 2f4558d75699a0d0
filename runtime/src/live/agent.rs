//! The agent of a node: begins the operations that are addressed to its node. There is one for each node; whether it lives is seen by
//! its lock. It starts supervisors and forgets them: they write the outcome down themselves.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rtreg_registry::commands::seen;
use rtreg_registry::{CommandError, KeyRange, inspect, keys, transact};
use rtreg_upgrade::execute::Status;
use rtreg_upgrade::run;

use super::executor::spawn;
use super::lock::Holder;
use super::place::Place;
use super::{World, digest, lock};
use crate::crash;

/// How long an agent waits for work before it looks again without being told.
const LOOK: Duration = Duration::from_secs(60);

/// How long it waits before it tries again to take what somebody else was looking at.
const AGAIN: Duration = Duration::from_millis(20);

/// How long is waited for a new version before it is seen whether the agent has ended.
const GLANCE: Duration = Duration::from_secs(1);

/// Why an agent ends.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// There is one for the node.
    #[error("an agent of this node is at work already")]
    Another,
    /// The system refuses something.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The store fails.
    #[error(transparent)]
    Command(#[from] CommandError),
}

/// Whether an agent of the node lives.
pub fn has_agent(place: &Place, node: &str) -> bool {
    !lock::is_free(&place.agent_lock(node))
}

/// Is the agent of the node that the world says, for good. `ready` is called once it is.
///
/// # Errors
/// [`AgentError`].
pub fn agent(world: &World<'_>, mut ready: impl FnMut()) -> Result<(), AgentError> {
    let held = lock::try_take(&world.place.agent_lock(&world.node))?;
    let Some(_held) = held else { return Err(AgentError::Another) };
    // The versions that are there are seen before anybody is told, and those that come later beside the work.
    see(world)?;
    ready();
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        std::thread::Builder::new().name("look".to_owned()).spawn_scoped(scope, || look(world, &ended))?;
        let served = serve(world);
        ended.store(true, Ordering::Relaxed);
        served
    })
}

/// Looks at the methods of versions that are registered from now on, as long as the store answers.
fn look(world: &World<'_>, ended: &AtomicBool) {
    let mut since = 0;
    while let Ok(revision) = world.store.snapshot().map(|snapshot| snapshot.revision())
        && !ended.load(Ordering::Relaxed)
    {
        if world.store.wait("types/", since, GLANCE).is_err() || see(world).is_err() {
            return;
        }
        since = revision;
    }
}

/// Keeps the digests of the method files that this node has not looked at yet.
fn see(world: &World<'_>) -> Result<(), CommandError> {
    let unseen = inspect(world.store, |view| seen::unseen(view, &world.node))?;
    for seen::Unseen { key, paths } in unseen {
        let digest = |path: String| digest::sha256(Path::new(&path)).ok().map(|digest| (path, digest));
        let digests: BTreeMap<String, String> = paths.into_iter().filter_map(digest).collect();
        if !digests.is_empty() {
            let ctx = (world.clock)();
            transact(world.store, &ctx, ("types", 1), |tx| seen::saw(tx, &key, &world.node, &digests))?;
        }
    }
    Ok(())
}

fn serve(world: &World<'_>) -> Result<(), AgentError> {
    loop {
        let revision = world.store.snapshot().map_err(CommandError::from)?.revision();
        let mut is_late = false;
        for (run, operation, attempt) in work(world)? {
            is_late |= !take(world, (&run, &operation, attempt))?;
        }
        let patience = if is_late { AGAIN } else { LOOK };
        world.store.wait(&keys::work_all(&world.node), revision, patience).map_err(CommandError::from)?;
    }
}

/// What is addressed to this node.
fn work(world: &World<'_>) -> Result<Vec<(String, String, u64)>, CommandError> {
    inspect(world.store, |view| {
        let prefix = keys::work_all(&world.node);
        let mut found = Vec::new();
        for stored in view.peek(&KeyRange::prefix(&prefix), usize::MAX)? {
            let parts = stored.key.strip_prefix(&prefix).and_then(|rest| rest.split_once('/'));
            let Some((Some(run), Some(operation))) = parts.map(|(run, of)| (keys::unpart(run), keys::unpart(of)))
            else {
                continue;
            };
            found.push((run, operation, rtreg_registry::view::decode(&stored)?));
        }
        Ok(found)
    })
}

/// Begins an operation, unless it has begun, or is not wanted any more; false if its lock was somebody else's just then.
fn take(world: &World<'_>, (run, operation, attempt): (&str, &str, u64)) -> Result<bool, AgentError> {
    let path = world.place.operation_lock(run, operation);
    let has_begun = |file: &mut File| lock::holder(file).is_some_and(|holder| holder.attempt == attempt);
    let Some(mut lock) = lock::try_take(&path)? else {
        // At work already; or the coordinator has it for a moment, to see whether anybody is.
        return Ok(File::open(&path).is_ok_and(|mut file| has_begun(&mut file)));
    };
    if has_begun(&mut lock) {
        return Ok(true);
    }
    crash::point("agent.before_take", operation);
    // Looked at under the lock: who takes the work back does so before he waits for the lock.
    let is_wanted = inspect(world.store, |view| {
        let addressed = view.peek_record::<u64>(&keys::work(&world.node, run, operation))? == Some(attempt);
        let record = run::operation(view, run, operation)?;
        Ok(addressed && record.is_some_and(|record| record.status == Status::Begun && record.attempt == attempt))
    })?;
    // A run that nobody carries on begins nothing: whoever goes on with it asks again.
    if !is_wanted || lock::is_free(&world.place.owner_lock(run)) {
        return Ok(true);
    }
    crash::point("agent.before_spawn", operation);
    // From now on it has begun, also for who finds the lock free: a supervisor that is killed before it signs is not waited for.
    // Nothing runs yet that would have to be ended.
    lock::sign(&mut lock, &Holder { attempt, pid: 0, boot: lock::boot() })?;
    start(world, (run, operation, attempt), lock)?;
    crash::point("agent.after_spawn", operation);
    Ok(true)
}

fn start(world: &World<'_>, call: (&str, &str, u64), lock: File) -> io::Result<()> {
    let mut child = spawn(world, call, lock)?;
    std::thread::Builder::new().name("wait".to_owned()).spawn(move || child.wait())?;
    Ok(())
}
