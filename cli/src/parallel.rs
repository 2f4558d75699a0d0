//! The same work on many things, on several threads, with the results in the order of the things whatever the number of
//! threads. What is done and not yet taken is bounded. It knows nothing of files.

use std::collections::BTreeMap;
use std::env;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use clap::Args;

use crate::error::CliError;

/// So many things are handed to a thread at once, which is worth a thread of its own: to ask for each would cost as much as
/// to look at a small file.
const BATCH: usize = 8;

/// So many batches for each thread may wait for an earlier one.
const WAITING_MAX: usize = 2;

/// The arguments.
#[derive(Debug, Args)]
pub struct ThreadArguments {
    /// How many files are looked at at once; what is printed does not depend on it. Default: RTREG_THREADS, else the number of
    /// processors.
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

impl ThreadArguments {
    /// The threads for so many things.
    ///
    /// # Errors
    /// RTREG_THREADS is no number of threads.
    pub fn threads(&self, things: usize) -> Result<usize, CliError> {
        let useful = things.div_ceil(BATCH).max(1);
        let wanted = match self.threads.map_or_else(of_environment, |threads| Ok(Some(threads)))? {
            // Few things are not worth the question.
            None if useful > 1 => thread::available_parallelism().map_or(1, NonZeroUsize::get),
            None => 1,
            Some(threads) => threads.get(),
        };
        Ok(wanted.min(useful))
    }
}

/// What RTREG_THREADS says; an empty one says nothing.
fn of_environment() -> Result<Option<NonZeroUsize>, CliError> {
    let Some(text) = env::var_os("RTREG_THREADS").filter(|text| !text.is_empty()) else { return Ok(None) };
    let text = text.to_string_lossy();
    text.parse().map(Some).map_err(|_| {
        CliError::usage(format!("expected a number of threads in RTREG_THREADS, found `{text}`"))
            .help("give a number from 1 on, or unset it")
    })
}

/// Does `work` on all things, at most `threads` at once, and gives each result to `take`, in the order of the things.
///
/// # Errors
/// The first that `take` returns; nothing behind it is taken.
pub fn in_order<T: Sync, R: Send>(
    threads: usize,
    things: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(&T, R) -> Result<(), CliError>,
) -> Result<(), CliError> {
    if threads <= 1 {
        return things.iter().try_for_each(|thing| take(thing, work(thing)));
    }
    let batches: Vec<&[T]> = things.chunks(BATCH).collect();
    let work = |batch: &&[T]| -> Vec<R> { batch.iter().map(&work).collect() };
    let queue = Queue { state: Mutex::default(), changed: Condvar::new(), ahead: threads * WAITING_MAX };
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| queue.serve(&batches, &work));
        }
        // However this ends, the threads end too.
        let _end = End { queue: &queue, always: true };
        for (index, batch) in batches.iter().enumerate() {
            let Some(results) = queue.result(index) else { break };
            batch.iter().zip(results).try_for_each(|(thing, result)| take(thing, result))?;
        }
        Ok(())
    })
}

/// What is to be done, and what is done.
struct Queue<R> {
    state: Mutex<State<R>>,
    changed: Condvar,
    /// How far the work may be ahead of what is taken.
    ahead: usize,
}

struct State<R> {
    /// The first thing that no thread has begun.
    next: usize,
    /// The first thing whose result is not taken.
    taken: usize,
    done: BTreeMap<usize, R>,
    /// Nothing more is to be done: all is taken, taking failed, or a thread panicked.
    ended: bool,
}

impl<R> Default for State<R> {
    fn default() -> Self {
        Self { next: 0, taken: 0, done: BTreeMap::new(), ended: false }
    }
}

impl<R> Queue<R> {
    fn serve<T>(&self, things: &[T], work: impl Fn(&T) -> R) {
        let _end = End { queue: self, always: false };
        while let Some((index, thing)) = self.begin().and_then(|index| Some((index, things.get(index)?))) {
            let result = work(thing);
            self.lock().done.insert(index, result);
            self.changed.notify_all();
        }
    }

    /// The next thing to be done, as soon as not too much is waiting.
    fn begin(&self) -> Option<usize> {
        let far_ahead = |state: &mut State<R>| !state.ended && state.next >= state.taken + self.ahead;
        let wait = self.changed.wait_while(self.lock(), far_ahead);
        let mut state = wait.unwrap_or_else(PoisonError::into_inner);
        let index = state.next;
        state.next += 1;
        (!state.ended).then_some(index)
    }

    /// The result for a thing, as soon as it is there; none if a thread panicked, which is then told by the scope.
    fn result(&self, index: usize) -> Option<R> {
        let missing = |state: &mut State<R>| !state.ended && !state.done.contains_key(&index);
        let wait = self.changed.wait_while(self.lock(), missing);
        let mut state = wait.unwrap_or_else(PoisonError::into_inner);
        state.taken = index + 1;
        let result = state.done.remove(&index);
        drop(state);
        self.changed.notify_all();
        result
    }

    fn lock(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the work when it goes, always or only in a panic.
struct End<'q, R> {
    queue: &'q Queue<R>,
    always: bool,
}

impl<R> Drop for End<'_, R> {
    fn drop(&mut self) {
        if self.always || thread::panicking() {
            self.queue.lock().ended = true;
            self.queue.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn results_come_in_order_and_few_wait() {
        let things: Vec<usize> = (0..500).collect();
        for threads in [1, 2, 7] {
            let (begun, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let ahead_max = AtomicUsize::new(0);
            let work = |thing: &usize| {
                let ahead = begun.fetch_add(1, Ordering::SeqCst) + 1 - taken.load(Ordering::SeqCst);
                ahead_max.fetch_max(ahead, Ordering::SeqCst);
                thing * 2
            };
            let mut results = Vec::new();
            let take = |_: &usize, result| {
                results.push(result);
                taken.fetch_add(1, Ordering::SeqCst);
                Ok(())
            };
            assert!(in_order(threads, &things, work, take).is_ok());
            assert_eq!(results, (0..500).map(|thing| thing * 2).collect::<Vec<_>>());
            // One batch more than may wait: the one that is being taken.
            assert!(ahead_max.load(Ordering::SeqCst) <= (threads * WAITING_MAX + 1) * BATCH, "{ahead_max:?}");
        }
    }

    #[test]
    fn an_error_ends_the_work() {
        let things: Vec<usize> = (0..10_000).collect();
        let begun = AtomicUsize::new(0);
        let mut taken = 0;
        let ended = in_order(
            2,
            &things,
            |thing| {
                begun.fetch_add(1, Ordering::SeqCst);
                *thing
            },
            |_, thing| {
                taken += 1;
                if thing == 5 { Err(CliError::usage("enough")) } else { Ok(()) }
            },
        );
        assert!(ended.is_err());
        assert_eq!(taken, 6);
        assert!(begun.load(Ordering::SeqCst) <= (1 + 2 * WAITING_MAX) * BATCH);
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_is_not_waited_for() {
        let things: Vec<usize> = (0..100).collect();
        let _ = in_order(2, &things, |thing| assert_ne!(*thing, 30), |_, ()| Ok(()));
    }

    #[test]
    fn few_things_get_few_threads() {
        let asked = |threads| ThreadArguments { threads: NonZeroUsize::new(threads) };
        for (wanted, things, expected) in [(4, 1, 1), (4, 16, 2), (4, 1000, 4), (1, 0, 1), (1, 1000, 1)] {
            assert_eq!(asked(wanted).threads(things).ok(), Some(expected), "{wanted} for {things}");
        }
    }
}
