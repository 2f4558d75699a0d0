//! How long the methods of a version took before: what a plan expects of them, in words and numbers, and nothing that it rests on.
//! Written blindly beside each outcome and read without a condition: no decision becomes stale because something took its
//! time.

use rtreg_model::Method;
use serde::{Deserialize, Serialize};

use crate::error::CommandError;
use crate::keys;
use crate::store::StoreError;
use crate::transaction::Transaction;
use crate::view::{View, decode};

/// From this many runs on each further one counts a quarter, so that a method that has become slower is soon known as slow.
const WEIGHED_RUNS_MAX: u64 = 4;

/// How long a method of a version took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DurationRecord {
    /// How often it was seen to end well.
    pub count: u64,
    /// The mean in milliseconds: of the first four runs the plain one, from then on each further run counts a quarter.
    pub mean_ms: u64,
    /// The newest run, in milliseconds.
    pub last_ms: u64,
}

impl DurationRecord {
    /// The record behind one more run of so many milliseconds; `previous` is none before the first.
    #[must_use]
    pub fn after(previous: Option<&Self>, millis: u64) -> Self {
        let (before, mean) = previous.map_or((0, 0), |of| (of.count, of.mean_ms));
        let count = before.saturating_add(1);
        let weight = u128::from(count.min(WEIGHED_RUNS_MAX));
        let sum = u128::from(mean) * (weight - 1) + u128::from(millis);
        let mean = (sum + weight / 2) / weight;
        // A mean is never more than the greatest of what it is of.
        Self { count, mean_ms: u64::try_from(mean).unwrap_or(u64::MAX), last_ms: millis }
    }

    /// What a run is expected to take, in whole seconds: the mean, rounded up.
    pub fn expected_seconds(&self) -> u64 {
        self.mean_ms.div_ceil(1000)
    }
}

/// How long a method of a version took, by the version's full name; none if nothing is known. No condition. A value that
/// is no such record counts as nothing known: it is in the way of no upgrade.
///
/// # Errors
/// As [`View::peek_key`].
pub fn read(view: &View<'_>, type_name: &str, method: Method) -> Result<Option<DurationRecord>, StoreError> {
    let stored = view.peek_key(&keys::duration(type_name, method))?;
    Ok(stored.and_then(|stored| decode(&stored).ok()))
}

/// Notes one more run in a transaction, without a condition: of two at the same time one may be forgotten.
///
/// # Errors
/// [`CommandError::Store`].
pub fn add(tx: &mut Transaction<'_>, (type_name, method): (&str, Method), millis: u64) -> Result<(), CommandError> {
    let previous = read(&tx.view, type_name, method)?;
    tx.put(keys::duration(type_name, method), &DurationRecord::after(previous.as_ref(), millis));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryStore;
    use crate::store::{Change, Commit, Store};
    use crate::transaction::transact;
    use crate::{Context, Who};

    fn record(count: u64, mean_ms: u64, last_ms: u64) -> DurationRecord {
        DurationRecord { count, mean_ms, last_ms }
    }

    #[test]
    fn the_first_four_runs_count_alike_and_each_further_one_a_quarter() {
        let runs = [
            (1_000, record(1, 1_000, 1_000)),
            (2_000, record(2, 1_500, 2_000)),
            (6_000, record(3, 3_000, 6_000)),
            (7_000, record(4, 4_000, 7_000)),
            // 4000 and 8000, three to one: 5000. By five alike it would be 4800.
            (8_000, record(5, 5_000, 8_000)),
            (1, record(6, 3_750, 1)),
        ];
        let mut known = None;
        for (millis, expected) in runs {
            let next = DurationRecord::after(known.as_ref(), millis);
            assert_eq!(next, expected, "behind {millis} ms");
            known = Some(next);
        }
    }

    #[test]
    fn no_number_is_too_large() {
        let most = record(u64::MAX, u64::MAX, 0);
        assert_eq!(DurationRecord::after(Some(&most), u64::MAX), record(u64::MAX, u64::MAX, u64::MAX));
    }

    #[test]
    fn seconds_are_rounded_up() {
        for (mean_ms, seconds) in [(0, 0), (1, 1), (999, 1), (1_000, 1), (1_001, 2), (59_000, 59)] {
            assert_eq!(record(3, mean_ms, 7).expected_seconds(), seconds, "{mean_ms} ms");
        }
    }

    #[test]
    fn what_is_added_is_read_by_type_and_method_and_rests_on_nothing() {
        let store = MemoryStore::default();
        let context = Context {
            at: "2026-01-02T03:04:05.678Z".to_owned(),
            who: Who { user: "mara".to_owned(), sudo_user: None, host: "adm1".to_owned() },
            why: None,
            local_node: "n1".to_owned(),
        };
        for millis in [3_000, 4_000] {
            transact(&store, &context, ("methods", 1), |tx| {
                add(tx, ("XMPL.web:1.0", Method::Start), millis)?;
                assert_eq!(tx.view.basis(), []);
                Ok(())
            })
            .expect("a commit");
        }
        let snapshot = store.snapshot().expect("a snapshot");
        assert_eq!(snapshot.range(&crate::KeyRange::prefix("history/"), 9), Ok(Vec::new()), "it is no history");
        let key = "durations/XMPL.web:1.0/Start";
        let stored = snapshot.get(key).expect("a read").expect("a record");
        assert_eq!(String::from_utf8(stored.value).as_deref(), Ok(r#"{"count":2,"mean_ms":3500,"last_ms":4000}"#));
        let view = View::new(&*snapshot);
        assert_eq!(read(&view, "XMPL.web:1.0", Method::Start), Ok(Some(record(2, 3_500, 4_000))));
        assert_eq!(read(&view, "XMPL.web:1.0", Method::Stop), Ok(None));
        assert_eq!(read(&view, "XMPL.web:2.0", Method::Start), Ok(None));
        assert_eq!(view.basis(), []);
    }

    #[test]
    fn what_is_no_record_is_nothing_known() {
        let store = MemoryStore::default();
        let put = Change::Put { key: "durations/XMPL.web/Stop".to_owned(), value: b"{\"count\":\"two\"}".to_vec() };
        store.commit(&Commit { conditions: Vec::new(), changes: vec![put] }).expect("a commit");
        let snapshot = store.snapshot().expect("a snapshot");
        assert_eq!(read(&View::new(&*snapshot), "XMPL.web", Method::Stop), Ok(None));
    }
}
