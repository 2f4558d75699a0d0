//! Runs as the registry sees them: who carries out which plan since when, and that what a run has reserved is changed by nobody
//! else. How a run goes on is not decided here.

use serde::{Deserialize, Serialize};

use crate::error::{CommandError, Refusal};
use crate::history::Who;
use crate::keys;
use crate::store::{KeyRange, StoreError};
use crate::view::{View, decode};

/// The carrying out of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Its name: `r` and a number.
    pub id: String,
    /// The hash of the plan, which is the plan's name.
    pub plan: String,
    /// The hash of the plan's JSON as it is kept among the blobs, and its length in bytes.
    pub blob: (String, usize),
    /// The full names of the versions whose methods it may run.
    pub types: Vec<String>,
    /// What it is for, in words: `upgrade db-rs to 2.0`.
    pub what: String,
    /// Whether it goes on.
    pub state: RunState,
    /// Who has the right to carry it on.
    pub owner: Owner,
    /// When it began, RFC 3339 in UTC.
    pub began_at: String,
    /// When it ended; none while it has not.
    pub ended_at: Option<String>,
    /// A person wants what was done to be undone.
    pub abort_wanted: bool,
    /// Methods run although their file is not the one that the version registered.
    pub accept_changed_methods: bool,
    /// Its plan is that of a state command: nothing of it is undone.
    #[serde(default)]
    pub state_command: bool,
}

/// Whether a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It is at work, or whoever carried it on has ended without a word.
    Open,
    /// It has stopped and needs a person.
    Halted,
    /// Every bundle is done.
    Done,
    /// A bundle was undone or refused, or what it rests on had changed.
    Failed,
    /// A person wanted what was done to be undone, and it is.
    Aborted,
}

impl RunState {
    /// Whether a run in this state holds reservations.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Halted)
    }

    /// The word of every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Halted => "halted",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
        }
    }
}

/// Who has the right to carry a run on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Owner {
    /// Counts the owners of the run from 1: an older one can change nothing any more.
    pub epoch: u64,
    /// Who started it.
    pub who: Who,
    /// The node that it is on.
    pub node: String,
    /// Since when, RFC 3339 in UTC.
    pub since: String,
}

/// A run by its name.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn find(view: &View<'_>, id: &str) -> Result<RunRecord, CommandError> {
    if let Some(record) = view.record(&keys::run(id))? {
        return Ok(record);
    }
    let refusal = Refusal::new("not_found", format!("there is no run `{id}`"));
    Err(refusal.help("`rtreg runs` lists the runs").into())
}

/// The names of the runs that have not ended.
///
/// # Errors
/// [`StoreError`].
pub fn open(view: &View<'_>) -> Result<Vec<String>, StoreError> {
    let stored = view.peek(&KeyRange::prefix(&keys::open_run("")), usize::MAX)?;
    Ok(stored.iter().filter_map(|stored| keys::last_part(&stored.key)).collect())
}

/// All runs, the newest first.
///
/// # Errors
/// [`StoreError`].
pub fn all(view: &View<'_>) -> Result<Vec<RunRecord>, StoreError> {
    let stored = view.peek(&KeyRange::prefix(&keys::run("")), usize::MAX)?;
    let mut runs: Vec<RunRecord> = stored.iter().map(decode).collect::<Result<_, _>>()?;
    let number = |run: &RunRecord| run.id.get(1..).and_then(|digits| digits.parse::<u64>().ok());
    runs.sort_by_key(|run| std::cmp::Reverse(number(run)));
    Ok(runs)
}

/// The refusal of what would change something that a run has reserved.
///
/// # Errors
/// [`StoreError`].
pub fn reserved(view: &View<'_>, what: &str, run: &str) -> Result<Refusal, StoreError> {
    let record = view.peek_record::<RunRecord>(&keys::run(run))?;
    let (mut details, mut state) = (Vec::new(), "is at work on it, or its owner has ended");
    if let Some(record) = &record {
        let Owner { who, node, since, .. } = &record.owner;
        let sudo = who.sudo_user.as_ref().map(|user| format!(" ({user} by sudo)")).unwrap_or_default();
        details.push(format!(
            "run {run} ({}): {}{sudo} on {}, node {node}, since {since}",
            record.what, who.user, who.host
        ));
        if record.state == RunState::Halted {
            state = "has stopped there and needs a person";
        }
    }
    Ok(Refusal::new("reserved", format!("{what} cannot be changed now: run {run} {state}")).details(details).help(
        format!(
            "`rtreg runs show {run}` says how far it is; `rtreg resume {run}` goes on, `rtreg abort {run}` goes back"
        ),
    ))
}

#[derive(Deserialize)]
struct Reserved {
    #[serde(default)]
    reserved_by: Option<String>,
    /// Of a resource: its group, with which it is reserved.
    #[serde(default)]
    group: Option<String>,
}

/// Refuses a change of something that another run has reserved: of the record itself, or of what belongs to a group.
pub(crate) fn check_reserved(view: &View<'_>, changed: &[&str], run: Option<&str>) -> Result<(), CommandError> {
    for key in changed {
        let (what, record) = match key.split_once('/') {
            Some(("resources" | "groups", _)) => {
                let Some(object) = keys::object_of(key) else { continue };
                (format!("{} `{}`", object.kind, object.name), (*key).to_owned())
            }
            Some(("by-group", rest)) => {
                let Some(group) = rest.split('/').next().and_then(keys::unpart) else { continue };
                (format!("group `{group}`"), keys::group(&group))
            }
            _ => continue,
        };
        let Some(Reserved { reserved_by, group }) = view.record(&record)? else { continue };
        let of_group = match group {
            Some(group) if reserved_by.is_none() => view.record::<Reserved>(&keys::group(&group))?,
            _ => None,
        };
        let holder = reserved_by.or(of_group.and_then(|group| group.reserved_by));
        if let Some(holder) = holder.filter(|holder| run != Some(holder.as_str())) {
            return Err(reserved(view, &what, &holder)?.into());
        }
    }
    Ok(())
}
