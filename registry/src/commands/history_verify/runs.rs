//! What `rtreg history verify` finds about runs: the plan of each is there with its hash, its journal is what its chain says it is, and
//! nothing is reserved by a run that has ended. It never changes anything, and holds the names of one run's operations at a time.

use std::collections::BTreeMap;

use super::Check;
use crate::error::CommandError;
use crate::history::{Entry, Object, sha256_hex};
use crate::keys;
use crate::records::{GroupRecord, ResourceRecord};
use crate::runs::RunRecord;
use crate::store::{KeyRange, Stored};
use crate::transaction::read_blob;
use crate::view::{View, decode};

/// Walks all runs.
///
/// # Errors
/// [`CommandError::Store`]. Faults are reported to `check`.
pub(super) fn check(view: &View<'_>, check: &mut Check) -> Result<(), CommandError> {
    view.for_each(&KeyRange::prefix(&keys::run("")), |stored| {
        check.key(&stored);
        run(view, check, &stored)
    })?;
    let mut orphans = |prefix: &str| {
        view.for_each(&KeyRange::prefix(prefix), |stored| {
            check.key(&stored);
            let run = stored.key.split('/').nth(1).and_then(keys::unpart).unwrap_or_default();
            if view.peek_key(&keys::run(&run))?.is_none() {
                check.fault(None, None, &stored.key, format!("there is no run `{run}` that it could belong to"));
            }
            Ok::<(), CommandError>(())
        })
    };
    ["journal/", "bundles/", "open-runs/"].into_iter().try_for_each(&mut orphans)?;
    view.for_each(&KeyRange::prefix(&keys::resource("")), |stored| {
        let holder = decode::<ResourceRecord>(&stored).ok().and_then(|record| record.reserved_by);
        reserved(view, check, (&stored, holder))
    })?;
    view.for_each(&KeyRange::prefix(&keys::group("")), |stored| {
        let holder = decode::<GroupRecord>(&stored).ok().and_then(|record| record.reserved_by);
        reserved(view, check, (&stored, holder))
    })
}

fn run(view: &View<'_>, check: &mut Check, stored: &Stored) -> Result<(), CommandError> {
    check.report.objects += 1;
    let id = keys::last_part(&stored.key).unwrap_or_default();
    let object = Object::new("run", &id);
    let Ok(record) = decode::<RunRecord>(stored) else {
        check.fault(Some(&object), None, &stored.key, "expected a record, found something that is none");
        return Ok(());
    };
    let (hash, length) = &record.blob;
    if read_blob(view, hash, *length).is_err() {
        check.fault(Some(&object), None, &keys::blob_all(hash), "the plan of the run is not there as it was written");
    }
    if view.peek_key(&keys::open_run(&id))?.is_some() != record.state.is_open() {
        check.fault(Some(&object), None, &keys::open_run(&id), "the list of open runs does not say what the run says");
    }
    let mut said = said(view, &id)?;
    if said.is_empty() && view.peek(&KeyRange::prefix(&keys::history_all("run", &id)), 1)?.is_empty() {
        check.fault(Some(&object), None, &stored.key, "the object exists, but has no history");
    }
    for prefix in [keys::journal(&id), keys::bundles(&id)] {
        view.for_each(&KeyRange::prefix(&prefix), |stored| {
            match said.remove(&stored.key) {
                Some((_, hash)) if hash == sha256_hex(&stored.value) => {}
                Some((number, _)) => {
                    let message = "the journal does not hold what its entry in the history says";
                    check.fault(Some(&object), Some(number), &stored.key, message);
                }
                None => check.fault(Some(&object), None, &stored.key, "no entry of the history speaks of it"),
            }
            Ok::<(), CommandError>(())
        })?;
    }
    for (key, (number, _)) in said {
        check.fault(Some(&object), Some(number), &key, "the history speaks of it, but it is not in the journal");
    }
    Ok(())
}

/// What the chain of a run says of its journal: the newest entry about each key, and the hash of what stands there.
fn said(view: &View<'_>, id: &str) -> Result<BTreeMap<String, (u64, String)>, CommandError> {
    let mut said = BTreeMap::new();
    view.for_each(&KeyRange::prefix(&keys::history_all("run", id)), |stored| {
        let Ok(entry) = decode::<Entry>(&stored) else { return Ok(()) };
        let text = |name: &str| entry.detail.get(name).and_then(|value| value.as_str()).map(str::to_owned);
        if let (Some(key), Some(hash)) = (text("key"), text("sha256")) {
            said.entry(key).or_insert((entry.number, hash));
        }
        Ok::<(), CommandError>(())
    })?;
    Ok(said)
}

fn reserved(
    view: &View<'_>,
    check: &mut Check,
    (stored, holder): (&Stored, Option<String>),
) -> Result<(), CommandError> {
    let Some(holder) = holder else { return Ok(()) };
    let run = view.peek_record::<RunRecord>(&keys::run(&holder)).ok().flatten();
    if !run.is_some_and(|run| run.state.is_open()) {
        let object = keys::object_of(&stored.key);
        check.fault(object.as_ref(), None, &stored.key, format!("it is reserved by run {holder}, which is not open"));
    }
    Ok(())
}
